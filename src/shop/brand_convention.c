/* The part `conventions` of brand.yaml: what was agreed with an Ordine or Collegio for its members (R89-R92, R120,
 * DOMAIN §3.8). */
#include "base/i18n.h"
#include "base/text.h"
#include "rules/email.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

#define TEXT(key, type, member, most) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, most)
#define TEXT_OR_NOT(key, type, member, most)                                                                           \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, most)

static const cyaml_schema_value_t EMAIL = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 254)};

static const cyaml_schema_field_t PRICE_FIELDS[] = {
    TEXT("from", struct convention_price_file, from, 10),
    TEXT("term", struct convention_price_file, term, 12),
    TEXT_OR_NOT("extra_gb_year", struct convention_price_file, extra_gb_year, 12),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t PRICE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct convention_price_file, PRICE_FIELDS)};

static const cyaml_schema_field_t BILLING[] = {
    TEXT("kind", struct convention_billing_file, kind, 20),
    TEXT("name", struct convention_billing_file, name, 80),
    TEXT_OR_NOT("tax_code", struct convention_billing_file, tax_code, 16),
    TEXT_OR_NOT("vat_number", struct convention_billing_file, vat_number, 11),
    TEXT("street", struct convention_billing_file, street, 60),
    TEXT("postcode", struct convention_billing_file, postcode, 5),
    TEXT("city", struct convention_billing_file, city, 60),
    TEXT("province", struct convention_billing_file, province, 2),
    TEXT_OR_NOT("sdi_code", struct convention_billing_file, sdi_code, 7),
    TEXT_OR_NOT("sdi_pec", struct convention_billing_file, sdi_pec, 254),
    TEXT("email", struct convention_billing_file, email, 254),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t CONVENTION_FIELDS[] = {
    TEXT("id", struct convention_file, id, 32),
    TEXT("professional_body", struct convention_file, body, 100),
    TEXT("text", struct convention_file, text, 120),
    TEXT_OR_NOT("note", struct convention_file, note, 300),
    TEXT("plan", struct convention_file, plan, 32),
    CYAML_FIELD_INT("years", CYAML_FLAG_DEFAULT, struct convention_file, years),
    TEXT("payer", struct convention_file, payer, 10),
    TEXT_OR_NOT("extras_payer", struct convention_file, extras_payer, 10),
    TEXT_OR_NOT("from", struct convention_file, from, 10),
    TEXT_OR_NOT("until", struct convention_file, until, 10),
    CYAML_FIELD_SEQUENCE_COUNT("prices", CYAML_FLAG_POINTER, struct convention_file, prices, price_count, &PRICE, 1,
                               200),
    CYAML_FIELD_SEQUENCE_COUNT("delegates", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct convention_file, delegates,
                               delegate_count, &EMAIL, 0, 50),
    CYAML_FIELD_MAPPING("billing", CYAML_FLAG_OPTIONAL, struct convention_file, billing, BILLING),
    CYAML_FIELD_END,
};
const struct cyaml_schema_value BRAND_CONVENTION = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct convention_file, CONVENTION_FIELDS)};

/* ---- From the file's words ---- */

/* One convention while it is read: what its fields are called in the file. */
struct reading {
    const struct convention_file *from;
    struct brand_convention *to;
    const char *name; /* "conventions[0]" */
    struct brand_faults *f;
};

static const char *field(const struct reading *r, const char *name)
{
    return talloc_asprintf(r->f->mem, "%s.%s", r->name, name);
}

static bool is_body(const struct reading *r, const char *name, const char *payer, bool required)
{
    if (payer && strcmp(payer, "body") == 0)
        return true;
    if ((required || payer) && (!payer || strcmp(payer, "member") != 0))
        brand_fault(r->f, field(r, name), N_("«%s» non è tra i valori previsti: %s"), payer ? payer : "",
                    "member, body");
    return false;
}

static void read_prices(void *mem, const struct reading *r)
{
    struct convention_price *prices = talloc_zero_array(mem, struct convention_price, r->from->price_count);

    for (unsigned i = 0; i < r->from->price_count; i++) {
        const struct convention_price_file *p = &r->from->prices[i];
        const char *at = talloc_asprintf(r->f->mem, "prices[%u].from", i);

        prices[i].from = brand_day(r->f, field(r, at), p->from);
        if (i > 0 && !day_before(prices[i - 1].from, prices[i].from))
            brand_fault(r->f, field(r, at), N_("i prezzi vanno in ordine di data"));
        at = talloc_asprintf(r->f->mem, "prices[%u].term", i);
        prices[i].term = brand_price(r->f, field(r, at), p->term);
        at = talloc_asprintf(r->f->mem, "prices[%u].extra_gb_year", i);
        prices[i].extra_gb_year = brand_amount(r->f, field(r, at), p->extra_gb_year);
    }
    r->to->prices = prices;
    r->to->price_count = r->from->price_count;
    r->to->priced = dated_new(mem);
}

static void read_delegates(void *mem, const struct reading *r)
{
    const char **list = talloc_zero_array(mem, const char *, r->from->delegate_count + 1);

    for (unsigned i = 0; i < r->from->delegate_count; i++) {
        const char *at = talloc_asprintf(r->f->mem, "delegates[%u]", i);

        list[i] = r->from->delegates[i];
        if (!email_valid(list[i]) || strpbrk(list[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            brand_fault(r->f, field(r, at), N_("«%s» non è un indirizzo e-mail scritto in minuscolo"), list[i]);
        for (unsigned j = 0; j < i; j++)
            if (strcmp(list[i], list[j]) == 0)
                brand_fault(r->f, field(r, at), N_("«%s» compare due volte"), list[i]);
    }
    r->to->delegates = list;
}

/* Who the bulk orders are invoiced to; a body has an own tax code and answers for itself. */
static void read_billing(void *mem, const struct reading *r)
{
    const struct convention_billing_file *b = &r->from->billing;
    struct problems faults = {0};
    enum holder_kind kind;

    if (!b->name) {
        if (r->to->body_pays)
            brand_fault(r->f, field(r, "payer"), N_("paga l'Ordine, ma manca billing: a chi va la fattura"));
        return;
    }
    if (holder_kind_of(b->kind, &kind) != DONE || (kind != HOLDER_COMPANY && kind != HOLDER_PUBLIC_BODY)) {
        brand_fault(r->f, field(r, "billing.kind"), N_("«%s» non è tra i valori previsti: %s"), b->kind,
                    "company, public_body");
        return;
    }
    r->to->billing = (struct billing){.kind = (int)kind,
                                      .name = b->name,
                                      .tax_code = b->tax_code,
                                      .vat_number = b->vat_number,
                                      .street = b->street,
                                      .postcode = b->postcode,
                                      .city = b->city,
                                      .province = b->province,
                                      .country = "IT",
                                      .sdi_code = b->sdi_code,
                                      .sdi_pec = b->sdi_pec,
                                      .email = b->email};
    if (billing_check(mem, &r->to->billing, &faults) == DONE)
        return;
    for (size_t i = 0; i < faults.count && i < count_of(faults.item); i++)
        brand_fault(r->f, field(r, talloc_asprintf(r->f->mem, "billing.%s", faults.item[i].field)), "%s",
                    problem_text(r->f->mem, "it", &faults.item[i]));
}

static void check_words(const struct reading *r)
{
    const struct {
        const char *name, *text;
    } line[] = {{"professional_body", r->from->body}, {"text", r->from->text}, {"note", r->from->note}};

    if (!brand_is_id(r->from->id))
        brand_fault(r->f, field(r, "id"), N_("solo lettere minuscole, cifre e trattini"));
    for (size_t i = 0; i < count_of(line); i++)
        if (line[i].text && (text_is_blank(line[i].text) || !text_is_plain(line[i].text, strlen(line[i].text))))
            brand_fault(r->f, field(r, line[i].name), N_("deve essere una riga di testo"));
}

static void read_one(void *mem, const struct brand *brand, const struct reading *r)
{
    const struct convention_file *from = r->from;
    struct brand_convention *to = r->to;
    const struct brand_plan *plan = brand_plan_by_id(brand, from->plan);

    *to = (struct brand_convention){
        .id = from->id, .body = from->body, .text = from->text, .note = from->note, .plan = plan, .years = from->years};
    check_words(r);
    if (!plan)
        brand_fault(r->f, field(r, "plan"), N_("«%s» non è tra i tipi di casella (plans)"), from->plan);
    brand_check_range(r->f, field(r, "years"), from->years, 1, brand->renewal.horizon_years);
    to->body_pays = is_body(r, "payer", from->payer, true);
    to->body_pays_extras = is_body(r, "extras_payer", from->extras_payer, false);
    if (to->body_pays_extras && !to->body_pays)
        brand_fault(r->f, field(r, "extras_payer"), N_("gli extra sono a carico dell'iscritto quando il rinnovo lo è"));
    to->from = brand_day(r->f, field(r, "from"), from->from);
    to->until = brand_day(r->f, field(r, "until"), from->until);
    if (to->from.n && to->until.n && day_before(to->until, to->from))
        brand_fault(r->f, field(r, "until"), N_("viene prima di from"));
    read_prices(mem, r);
    read_delegates(mem, r);
    read_billing(mem, r);
}

void brand_conventions_read(void *mem, const struct convention_file *files, unsigned count, struct brand *brand,
                            struct brand_faults *f)
{
    struct brand_convention *all = talloc_zero_array(mem, struct brand_convention, count + 1);

    for (unsigned i = 0; i < count; i++) {
        struct reading r = {&files[i], &all[i], talloc_asprintf(f->mem, "conventions[%u]", i), f};

        read_one(mem, brand, &r);
        for (unsigned j = 0; j < i; j++)
            if (strcmp(files[i].id, files[j].id) == 0)
                brand_fault(f, field(&r, "id"), N_("«%s» compare due volte"), files[i].id);
    }
    brand->conventions = all;
    brand->convention_count = count;
}

/* ---- Asking it ---- */

const struct brand_convention *brand_convention_by_id(const struct brand *brand, const char *id)
{
    for (size_t i = 0; i < brand->convention_count; i++)
        if (strcmp(brand->conventions[i].id, id) == 0)
            return &brand->conventions[i];
    return NULL;
}

const struct convention_price *convention_price_on(const struct brand_convention *convention, struct day on)
{
    if ((convention->from.n && day_before(on, convention->from)) ||
        (convention->until.n && day_before(convention->until, on)))
        return NULL;
    return dated_on(convention->priced, convention->prices, convention->price_count, sizeof *convention->prices, on);
}
