/* brand.yaml as a whole: its schema, of which the files beside this one bring their parts, and the way from there to
 * struct brand. The names of steps and payment methods are checked against the lists below. */
#include "shop/brand_file.h"
#include "base/config.h"
#include "base/i18n.h"
#include "base/text.h"
#include "rules/email.h"
#include "rules/iban.h"
#include "rules/payment.h"
#include "rules/steps.h"
#include <string.h>
#include <talloc.h>

struct late_fee_file {
    char *net;
    int from_day;
};

struct brand_file {
    char *id, *name, *domain, *mail_from, *terms, *privacy, *guide, *share_capital;
    char **hosts, **steps, **payment_methods;
    unsigned host_count, step_count, payment_method_count;
    char *provider, *provider_manual, *support_email, *support_phone;
    struct seller seller;
    struct renewal_policy renewal;
    struct late_fee_file late_fee;
    int change_type, order_lapses_days;
    bool extra_space, several_mailboxes;
    struct payments_file payments;
    struct purchase_file purchase;
    struct notices_file notices;
    struct autorenew_file autorenew;
    struct lookup_file lookup;
    struct holder_change_file holder_change;
    struct mailhost_file mailhost;
    struct invoicing_file invoicing;
    struct domains_file domains;
    struct desk_policy_file desk;
    struct brand_gateways gateways;
    struct plan_file *plans;
    unsigned plan_count;
    struct convention_file *conventions;
    unsigned convention_count;
    struct brand_colours light, dark;
};

/* ---- The schema ---- */

#define TEXT(key, type, member, most) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, most)
#define TEXT_OR_NOT(key, type, member, most)                                                                           \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, most)
#define NUMBER(key, type, member) CYAML_FIELD_INT(key, CYAML_FLAG_DEFAULT, type, member)
#define LIST(key, type, member, counter, entry, most)                                                                  \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER, type, member, counter, entry, 1, most)
/* A mapping in the file whose members stand in the outer struct itself. */
#define PART(key, fields) CYAML_FIELD_MAPPING(key, CYAML_FLAG_DEFAULT, struct whole, file, fields)

/* The whole seen as a part of itself, for PART: libcyaml places a mapping's members from where the mapping begins. */
struct whole {
    struct brand_file file;
};

static const cyaml_schema_value_t WORD = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 100)};

static const cyaml_schema_field_t PROVIDER_FIELDS[] = {
    TEXT("name", struct brand_file, provider, 100),
    TEXT("manual", struct brand_file, provider_manual, 200),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t SUPPORT_FIELDS[] = {
    TEXT("email", struct brand_file, support_email, 254),
    TEXT_OR_NOT("phone", struct brand_file, support_phone, 30),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t SELLER_FIELDS[] = {
    TEXT("name", struct brand_file, seller.name, 80),
    TEXT("vat_number", struct brand_file, seller.vat_number, 11),
    TEXT("tax_code", struct brand_file, seller.tax_code, 16),
    TEXT("tax_regime", struct brand_file, seller.tax_regime, 4),
    TEXT("street", struct brand_file, seller.street, 60),
    TEXT("postcode", struct brand_file, seller.postcode, 5),
    TEXT("city", struct brand_file, seller.city, 60),
    TEXT("province", struct brand_file, seller.province, 2),
    TEXT("country", struct brand_file, seller.country, 2),
    TEXT_OR_NOT("rea_office", struct brand_file, seller.rea_office, 2),
    TEXT_OR_NOT("rea_number", struct brand_file, seller.rea_number, 20),
    TEXT_OR_NOT("share_capital", struct brand_file, share_capital, 15),
    TEXT("email", struct brand_file, seller.email, 254),
    TEXT_OR_NOT("phone", struct brand_file, seller.phone, 30),
    TEXT_OR_NOT("website", struct brand_file, seller.website, 200),
    TEXT("payee", struct brand_file, seller.payee, 70),
    TEXT("bank", struct brand_file, seller.bank, 60),
    TEXT("iban", struct brand_file, seller.iban, 42),
    TEXT_OR_NOT("bic", struct brand_file, seller.bic, 11),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t CLOSES_FIELDS[] = {
    NUMBER("months", struct span, months),
    NUMBER("days", struct span, days),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t RECEIVES_FIELDS[] = {
    CYAML_FIELD_INT("months", CYAML_FLAG_OPTIONAL, struct span, months),
    CYAML_FIELD_INT("days", CYAML_FLAG_OPTIONAL, struct span, days),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t LATE_FEE_FIELDS[] = {
    TEXT("net", struct late_fee_file, net, 20),
    NUMBER("from_day", struct late_fee_file, from_day),
    CYAML_FIELD_END,
};
static const cyaml_strval_t MODES[] = {
    {"read_only", EXPIRED_READ_ONLY}, {"receive_only", EXPIRED_RECEIVE_ONLY}, {"disabled", EXPIRED_DISABLED}};
static const cyaml_strval_t CHANGES[] = {{"none", CHANGE_NONE}, {"up", CHANGE_UP}, {"up_and_down", CHANGE_UP_AND_DOWN}};
static const cyaml_schema_field_t RENEWAL_FIELDS[] = {
    NUMBER("opens_months_before", struct brand_file, renewal.opens_months_before),
    CYAML_FIELD_MAPPING("closes_after", CYAML_FLAG_DEFAULT, struct brand_file, renewal.closes_after, CLOSES_FIELDS),
    CYAML_FIELD_ENUM("expired_mode", CYAML_FLAG_STRICT, struct brand_file, renewal.expired_mode, MODES,
                     count_of(MODES)),
    CYAML_FIELD_MAPPING("receives_for", CYAML_FLAG_OPTIONAL, struct brand_file, renewal.receives_for, RECEIVES_FIELDS),
    CYAML_FIELD_MAPPING("late_fee", CYAML_FLAG_OPTIONAL, struct brand_file, late_fee, LATE_FEE_FIELDS),
    NUMBER("horizon_years", struct brand_file, renewal.horizon_years),
    NUMBER("min_years", struct brand_file, renewal.min_years),
    NUMBER("max_years", struct brand_file, renewal.max_years),
    NUMBER("advise_days_before", struct brand_file, renewal.advise_days_before),
    CYAML_FIELD_ENUM("change_type", CYAML_FLAG_STRICT, struct brand_file, change_type, CHANGES, count_of(CHANGES)),
    CYAML_FIELD_BOOL("extra_space", CYAML_FLAG_DEFAULT, struct brand_file, extra_space),
    CYAML_FIELD_BOOL("several_mailboxes", CYAML_FLAG_OPTIONAL, struct brand_file, several_mailboxes),
    LIST("steps", struct brand_file, steps, step_count, &WORD, STEPS_MOST),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t COLOUR_FIELDS[] = {
    TEXT("brand", struct brand_colours, brand, 7),
    TEXT("ink", struct brand_colours, brand_ink, 7),
    TEXT("soft", struct brand_colours, brand_soft, 7),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t COLOURS_FIELDS[] = {
    CYAML_FIELD_MAPPING("light", CYAML_FLAG_DEFAULT, struct brand_file, light, COLOUR_FIELDS),
    CYAML_FIELD_MAPPING("dark", CYAML_FLAG_DEFAULT, struct brand_file, dark, COLOUR_FIELDS),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t FIELDS[] = {
    TEXT("id", struct brand_file, id, 32),
    TEXT("name", struct brand_file, name, 60),
    TEXT("domain", struct brand_file, domain, 200),
    LIST("hosts", struct brand_file, hosts, host_count, &WORD, 20),
    TEXT("mail_from", struct brand_file, mail_from, 254),
    PART("provider", PROVIDER_FIELDS),
    PART("support", SUPPORT_FIELDS),
    PART("seller", SELLER_FIELDS),
    PART("renewal", RENEWAL_FIELDS),
    LIST("payment_methods", struct brand_file, payment_methods, payment_method_count, &WORD, 10),
    NUMBER("order_lapses_days", struct brand_file, order_lapses_days),
    CYAML_FIELD_MAPPING("payments", CYAML_FLAG_OPTIONAL, struct brand_file, payments, BRAND_PAYMENTS),
    CYAML_FIELD_MAPPING("purchase", CYAML_FLAG_OPTIONAL, struct brand_file, purchase, BRAND_PURCHASE),
    CYAML_FIELD_MAPPING("notices", CYAML_FLAG_OPTIONAL, struct brand_file, notices, BRAND_NOTICES),
    CYAML_FIELD_MAPPING("autorenew", CYAML_FLAG_OPTIONAL, struct brand_file, autorenew, BRAND_AUTORENEW),
    CYAML_FIELD_MAPPING("lookup", CYAML_FLAG_OPTIONAL, struct brand_file, lookup, BRAND_LOOKUP),
    CYAML_FIELD_MAPPING("holder_change", CYAML_FLAG_OPTIONAL, struct brand_file, holder_change, BRAND_HOLDER_CHANGE),
    CYAML_FIELD_MAPPING("mailhost", CYAML_FLAG_OPTIONAL, struct brand_file, mailhost, BRAND_MAILHOST),
    CYAML_FIELD_MAPPING("invoicing", CYAML_FLAG_OPTIONAL, struct brand_file, invoicing, BRAND_INVOICING),
    CYAML_FIELD_MAPPING("domains", CYAML_FLAG_OPTIONAL, struct brand_file, domains, BRAND_DOMAINS),
    CYAML_FIELD_MAPPING("desk", CYAML_FLAG_OPTIONAL, struct brand_file, desk, BRAND_DESK),
    CYAML_FIELD_MAPPING("gateways", CYAML_FLAG_OPTIONAL, struct brand_file, gateways, BRAND_GATEWAYS),
    LIST("plans", struct brand_file, plans, plan_count, &BRAND_PLAN, 50),
    CYAML_FIELD_SEQUENCE_COUNT("conventions", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct brand_file, conventions,
                               convention_count, &BRAND_CONVENTION, 0, 2000),
    TEXT("terms", struct brand_file, terms, 20),
    TEXT_OR_NOT("privacy", struct brand_file, privacy, 20),
    TEXT_OR_NOT("guide", struct brand_file, guide, 20),
    PART("colours", COLOURS_FIELDS),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t SCHEMA = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct brand_file, FIELDS)};

/* ---- From the file's words ---- */

static const char *const *method_names(void *mem)
{
    const char **names = talloc_zero_array(mem, const char *, PAYMENT_METHODS + 1);

    for (int method = 0; method < PAYMENT_METHODS; method++)
        names[method] = payment_method_name((enum payment_method)method);
    return names;
}

static const char *const *step_names(void *mem)
{
    const char **names = NULL;
    unsigned count = 0;

    do
        names = talloc_realloc(mem, names, const char *, count + 1);
    while ((names[count] = step_at(count) ? step_at(count)->name : NULL) && ++count);
    return names;
}

/* M17: two modes within the grace. */
static void check_modes(const struct renewal_policy *r, struct brand_faults *f)
{
    const struct span *part = &r->receives_for, *grace = &r->closes_after;

    brand_check_range(f, "renewal.receives_for.months", part->months, 0, 24);
    brand_check_range(f, "renewal.receives_for.days", part->days, 0, 366);
    if (part->months == 0 && part->days == 0)
        return;
    if (r->expired_mode != EXPIRED_RECEIVE_ONLY)
        brand_fault(f, "renewal.receives_for",
                    N_("vale solo con expired_mode: receive_only; togliere receives_for o cambiare expired_mode"));
    else if (part->months * 31 + part->days >= grace->months * 28 + grace->days)
        brand_fault(f, "renewal.receives_for",
                    N_("deve finire prima di closes_after, per ogni scadenza; se riceve fino alla fine togliere "
                       "receives_for"));
}

static void check_policy(const struct brand_file *file, struct brand_faults *f)
{
    const struct renewal_policy *r = &file->renewal;

    brand_check_range(f, "renewal.opens_months_before", r->opens_months_before, ANY_TIME, 24);
    brand_check_range(f, "renewal.closes_after.months", r->closes_after.months, 0, 24);
    brand_check_range(f, "renewal.closes_after.days", r->closes_after.days, 0, 366);
    check_modes(r, f);
    if (file->late_fee.net)
        brand_check_range(f, "renewal.late_fee.from_day", file->late_fee.from_day, 1,
                          r->closes_after.months * 31 + r->closes_after.days);
    brand_check_range(f, "renewal.horizon_years", r->horizon_years, 1, 20);
    brand_check_range(f, "renewal.min_years", r->min_years, 1, 10);
    brand_check_range(f, "renewal.max_years", r->max_years, r->min_years, 10);
    brand_check_range(f, "renewal.advise_days_before", r->advise_days_before, 0, 366);
    brand_check_range(f, "order_lapses_days", file->order_lapses_days, 1, 365);
    if (r->max_years > r->horizon_years)
        brand_fault(f, "renewal.max_years", N_("va oltre horizon_years: non si potrebbe mai acquistare"));
}

/* What is shown on one line must be one line, and not blank. */
static void check_plain(const struct brand_file *file, struct brand_faults *f)
{
    const struct {
        const char *field, *text;
    } texts[] = {
        {"name", file->name},
        {"provider.name", file->provider},
        {"support.phone", file->support_phone},
        {"seller.name", file->seller.name},
        {"seller.street", file->seller.street},
        {"seller.city", file->seller.city},
        {"seller.phone", file->seller.phone},
        {"seller.payee", file->seller.payee},
        {"seller.bank", file->seller.bank},
    };

    for (size_t i = 0; i < count_of(texts); i++)
        if (texts[i].text && (text_is_blank(texts[i].text) || !text_is_plain(texts[i].text, strlen(texts[i].text))))
            brand_fault(f, texts[i].field, N_("deve essere una riga di testo"));
    for (unsigned i = 0; i < file->plan_count; i++)
        if (text_is_blank(file->plans[i].name) || !text_is_plain(file->plans[i].name, strlen(file->plans[i].name)))
            brand_fault(f, talloc_asprintf(f->mem, "plans[%u].name", i), N_("deve essere una riga di testo"));
}

static void check_addresses(const char *id, const struct brand_file *file, struct brand_faults *f)
{
    if (!brand_is_id(file->id))
        brand_fault(f, "id", N_("solo lettere minuscole, cifre e trattini"));
    else if (strcmp(file->id, id) != 0)
        brand_fault(f, "id", N_("la cartella si chiama «%s»"), id);
    if (!brand_is_domain(file->domain) || strpbrk(file->domain, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        brand_fault(f, "domain", N_("«%s» non è un dominio scritto in minuscolo"), file->domain);
    if (!email_valid(file->mail_from))
        brand_fault(f, "mail_from", N_("«%s» non è un indirizzo e-mail"), file->mail_from);
    if (!email_valid(file->support_email))
        brand_fault(f, "support.email", N_("«%s» non è un indirizzo e-mail"), file->support_email);
    if (!text_starts(file->provider_manual, "https://") || strpbrk(file->provider_manual, " \"<>\\\n\r\t"))
        brand_fault(f, "provider.manual", N_("deve essere un indirizzo https://"));
    if (!brand_is_id(file->terms))
        brand_fault(f, "terms", N_("solo lettere minuscole, cifre e trattini"));
    if (file->privacy && !brand_is_id(file->privacy))
        brand_fault(f, "privacy", N_("solo lettere minuscole, cifre e trattini"));
    if (file->guide && !brand_is_id(file->guide))
        brand_fault(f, "guide", N_("solo lettere minuscole, cifre e trattini"));
}

/* An order among names that are not known says nothing. */
static void read_steps(void *mem, const struct brand_file *file, struct brand *brand, struct brand_faults *f)
{
    size_t before = f->count;

    brand->steps = brand_words(mem, f, "renewal.steps", file->steps, file->step_count, step_names(f->mem));
    if (f->count == before)
        brand_check_steps(brand, f);
}

void brand_file_read(void *mem, const char *id, struct brand *brand, struct brand_faults *f)
{
    struct brand_file *file;
    struct problem why;
    void *data;
    size_t before = f->count;

    memset(brand, 0, sizeof *brand);
    if (config_parse(mem, f->name, f->bytes, f->length, &SCHEMA, &data, &why) != DONE) {
        f->all = talloc_realloc(f->mem, f->all, char *, f->count + 1);
        f->all[f->count++] = talloc_strdup(f->mem, why.detail); /* which names file, line and field already */
        return;
    }
    file = data;
    check_plain(file, f);
    check_addresses(id, file, f);
    check_policy(file, f);
    *brand = (struct brand){
        .id = file->id,
        .name = file->name,
        .domain = file->domain,
        .provider = file->provider,
        .provider_manual_url = file->provider_manual,
        .mail_from = file->mail_from,
        .support_email = file->support_email,
        .support_phone = file->support_phone,
        .seller = file->seller,
        .renewal = file->renewal,
        .late_fee = {brand_amount(f, "renewal.late_fee.net", file->late_fee.net), file->late_fee.from_day},
        .change_type = (enum change_type)file->change_type,
        .extra_space = file->extra_space,
        .several_mailboxes = file->several_mailboxes,
        .gateways = file->gateways,
        .order_lapses_days = file->order_lapses_days,
        .terms = {.version = file->terms},
        .privacy = {.version = file->privacy},
        .guide = {.version = file->guide},
        .light = file->light,
        .dark = file->dark};
    brand->hosts = brand_words(mem, f, "hosts", file->hosts, file->host_count, NULL);
    brand->payment_methods =
        brand_words(mem, f, "payment_methods", file->payment_methods, file->payment_method_count, method_names(f->mem));
    brand_payments_read(mem, &file->payments, brand, f);
    brand_purchase_read(&file->purchase, brand, f);
    brand_autorenew_read(mem, &file->autorenew, brand, f);
    brand_desk_read(mem, &file->desk, brand, f);
    brand_lookup_read(mem, &file->lookup, brand, f);
    brand_holder_change_read(&file->holder_change, brand, f);
    read_steps(mem, file, brand, f);
    brand_mailhost_read(&file->mailhost, brand, f);
    brand_invoicing_read(mem, &file->invoicing, brand, f);
    if (f->count == before)
        brand_notices_read(mem, &file->notices, brand, f);
    brand->seller.share_capital = brand_amount(f, "seller.share_capital", file->share_capital);
    brand_plans_read(mem, file->plans, file->plan_count, brand, f);
    brand_conventions_read(mem, file->conventions, file->convention_count, brand, f);
    brand_domains_read(&file->domains, brand, f);
    brand_check_seller(&brand->seller, f);
    brand_check_colours(brand, f);
    if (f->count == before) { /* one spelling of an account number from here on */
        char *canonical = talloc_size(mem, IBAN_TEXT);

        if (iban_check(brand->seller.iban, "", canonical, NULL) == DONE)
            brand->seller.iban = canonical;
    }
}
