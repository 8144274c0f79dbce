/* The parts `payments` and `gateways` of brand.yaml: how a brand is paid. All of it may be left out: then there are
 * 15-digit references, no proofs, no postal account and no cheques. */
#include "base/i18n.h"
#include "base/text.h"
#include "rules/email.h"
#include "rules/iban.h"
#include "rules/payment.h"
#include "shop/brand_file.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- The schema ---- */

#define TEXT(key, type, member, most)                                                                                  \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, most)
#define PART(key, member, fields)    CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, struct payments_file, member, fields)
#define FILE_TEXT(key, member, most) TEXT(key, struct payments_file, member, most)

static const cyaml_schema_value_t WORD = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 20)};

static const cyaml_schema_field_t CODES[] = {
    TEXT("purchase", struct codes_file, purchase, CODE_PREFIX_MAX),
    TEXT("renewal", struct codes_file, renewal, CODE_PREFIX_MAX),
    TEXT("topup", struct codes_file, topup, CODE_PREFIX_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t DESK[] = {
    TEXT("opens", struct desk_file, opens, 5),
    TEXT("closes", struct desk_file, closes, 5),
    TEXT("patron", struct desk_file, patron, 5),
    CYAML_FIELD_INT("within_minutes", CYAML_FLAG_OPTIONAL, struct desk_file, within_minutes),
    CYAML_FIELD_BOOL("open_hours", CYAML_FLAG_OPTIONAL, struct desk_file, open_hours),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t SLIP[] = {
    TEXT("type", struct slip_file, type, 3),
    TEXT("iban", struct slip_file, iban, 42),
    TEXT("holder", struct slip_file, holder, 60),
    TEXT("authorisation", struct slip_file, authorisation, 60),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t CHEQUE[] = {
    TEXT("payee", struct cheque_file, payee, 70),
    TEXT("address", struct cheque_file, address, 200),
    CYAML_FIELD_END,
};
const struct cyaml_schema_field BRAND_PAYMENTS[] = {
    FILE_TEXT("trust", trust, 20),
    FILE_TEXT("card_host", card_host, 60),
    FILE_TEXT("proof_email", proof_email, 254),
    FILE_TEXT("proof_fax", proof_fax, 30),
    CYAML_FIELD_SEQUENCE_COUNT("proof_by", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct payments_file, proof_by,
                               proof_by_count, &WORD, 0, 3),
    PART("codes", codes, CODES),
    PART("desk", desk, DESK),
    PART("slip", slip, SLIP),
    PART("cheque", cheque, CHEQUE),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t AXERVE[] = {
    TEXT("url", struct brand_axerve, url, 200),
    TEXT("shop_login", struct brand_axerve, shop_login, 30),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t PAYPAL[] = {
    TEXT("url", struct brand_paypal, url, 200),
    TEXT("client_id", struct brand_paypal, client_id, 120),
    TEXT("webhook_id", struct brand_paypal, webhook_id, 60),
    TEXT("ca_file", struct brand_paypal, ca_file, 400),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t STRIPE[] = {
    TEXT("url", struct brand_stripe, url, 200),
    CYAML_FIELD_END,
};
const struct cyaml_schema_field BRAND_GATEWAYS[] = {
    CYAML_FIELD_MAPPING("axerve", CYAML_FLAG_OPTIONAL, struct brand_gateways, axerve, AXERVE),
    CYAML_FIELD_MAPPING("paypal", CYAML_FLAG_OPTIONAL, struct brand_gateways, paypal, PAYPAL),
    CYAML_FIELD_MAPPING("stripe", CYAML_FLAG_OPTIONAL, struct brand_gateways, stripe, STRIPE),
    CYAML_FIELD_END,
};

/* ---- From the file's words ---- */

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static bool offers(const struct brand *brand, enum payment_method method)
{
    for (const char **name = brand->payment_methods; *name; name++)
        if (is(*name, payment_method_name(method)))
            return true;
    return false;
}

/* "18:00" is 1080. */
static void read_time(struct brand_faults *f, const char *field, const char *text, int *minute)
{
    int hours, minutes, length = 0;

    if (!text)
        return;
    if (sscanf(text, "%2d:%2d%n", &hours, &minutes, &length) == 2 && text[length] == '\0' && hours >= 0 && hours < 24 &&
        minutes >= 0 && minutes < 60)
        *minute = hours * 60 + minutes;
    else
        brand_fault(f, field, N_("«%s» non è un'ora: scriverla come \"09:00\""), text);
}

static void read_desk(const struct payments_file *file, struct brand_payment *p, struct brand_faults *f)
{
    int month, day, length = 0;

    p->desk = DESK_POLICY;
    read_time(f, "payments.desk.opens", file->desk.opens, &p->desk.opens_minute);
    read_time(f, "payments.desk.closes", file->desk.closes, &p->desk.closes_minute);
    if (p->desk.closes_minute <= p->desk.opens_minute)
        brand_fault(f, "payments.desk.closes", N_("lo sportello chiude prima di aprire"));
    p->desk.open_hours = file->desk.open_hours;
    if (file->desk.within_minutes)
        p->desk.within_minutes = file->desk.within_minutes;
    if (p->desk.within_minutes < 1 || p->desk.within_minutes > 480)
        brand_fault(f, "payments.desk.within_minutes", N_("da 1 a 480 minuti"));
    if (!file->desk.patron)
        return;
    if (sscanf(file->desk.patron, "%2d-%2d%n", &month, &day, &length) == 2 && file->desk.patron[length] == '\0' &&
        month >= 1 && month <= 12 && day >= 1 && day <= 31)
        p->desk.patron = (struct patron){month, day};
    else
        brand_fault(f, "payments.desk.patron", N_("«%s» non è mese e giorno: scriverli come \"06-29\""),
                    file->desk.patron);
}

static void read_slip(void *mem, const struct payments_file *file, struct brand_payment *p, struct brand_faults *f)
{
    char *iban = talloc_size(mem, IBAN_TEXT);

    if (!file->slip.type)
        return;
    p->slip.type = file->slip.type;
    p->slip.holder = file->slip.holder;
    p->slip.authorisation = file->slip.authorisation ? file->slip.authorisation : "";
    if (!is(file->slip.type, "896") && !is(file->slip.type, "123"))
        brand_fault(f, "payments.slip.type", N_("«%s» non è tra i tipi previsti: 896, 123"), file->slip.type);
    if (is(file->slip.type, "896") && !file->slip.authorisation)
        brand_fault(f, "payments.slip.authorisation",
                    N_("manca: il tipo 896 si stampa solo con l'autorizzazione di Poste"));
    if (!file->slip.holder)
        brand_fault(f, "payments.slip.holder", N_("manca"));
    if (!file->slip.iban || iban_check(file->slip.iban, "", iban, NULL) != DONE || strncmp(iban + 5, "07601", 5) != 0 ||
        strspn(iban + 15, "0123456789") != 12) {
        brand_fault(f, "payments.slip.iban", N_("deve essere l'IBAN di un conto corrente postale"));
        return;
    }
    p->slip.iban = iban;
    p->slip.account = iban + 15;
}

static void read_codes(const struct payments_file *file, struct brand_payment *p, struct brand_faults *f)
{
    const struct {
        const char *field, *prefix;
        enum order_code_kind kind;
    } all[] = {{"payments.codes.purchase", file->codes.purchase, ORDER_CODE_PURCHASE},
               {"payments.codes.renewal", file->codes.renewal, ORDER_CODE_RENEWAL},
               {"payments.codes.topup", file->codes.topup, ORDER_CODE_TOPUP}};

    for (size_t i = 0; i < count_of(all); i++) {
        p->codes.prefix[all[i].kind] = all[i].prefix;
        if (all[i].prefix && !code_prefix_valid(all[i].prefix))
            brand_fault(f, all[i].field, N_("«%s» non va bene: da 2 a %d lettere maiuscole"), all[i].prefix,
                        CODE_PREFIX_MAX);
    }
}

static void read_proofs(void *mem, const struct payments_file *file, struct brand_payment *p, struct brand_faults *f)
{
    p->trust_proof = is(file->trust, "on_proof");
    if (file->trust && !p->trust_proof && !is(file->trust, "on_credit"))
        brand_fault(f, "payments.trust", N_("«%s» non è tra i valori previsti: %s"), file->trust,
                    "on_credit, on_proof");
    p->proof_by = talloc_zero_array(mem, const char *, file->proof_by_count + 1);
    for (unsigned i = 0; i < file->proof_by_count; i++) {
        p->proof_by[i] = file->proof_by[i];
        if (!is(p->proof_by[i], "upload") && !is(p->proof_by[i], "email") && !is(p->proof_by[i], "fax"))
            brand_fault(f, talloc_asprintf(f->mem, "payments.proof_by[%u]", i),
                        N_("«%s» non è tra i valori previsti: %s"), p->proof_by[i], "upload, email, fax");
    }
    p->proof_email = file->proof_email;
    p->proof_fax = file->proof_fax;
    if (p->proof_email && !email_valid(p->proof_email))
        brand_fault(f, "payments.proof_email", N_("«%s» non è un indirizzo e-mail"), p->proof_email);
}

static bool is_url(const char *url)
{
    return text_starts(url, "https://") || text_starts(url, "http://127.0.0.1:");
}

static void check_gateways(const struct brand_gateways *g, struct brand_faults *f)
{
    const struct {
        const char *field, *url, *needed, *name;
    } all[] = {{"gateways.axerve.url", g->axerve.url, g->axerve.shop_login, "gateways.axerve.shop_login"},
               {"gateways.paypal.url", g->paypal.url, g->paypal.client_id, "gateways.paypal.client_id"},
               {"gateways.paypal.url", g->paypal.url, g->paypal.webhook_id, "gateways.paypal.webhook_id"},
               {"gateways.stripe.url", g->stripe.url, "", ""}};

    for (size_t i = 0; i < count_of(all); i++) {
        if (all[i].url && !is_url(all[i].url))
            brand_fault(f, all[i].field, N_("deve essere un indirizzo https://"));
        if (all[i].url && !all[i].needed)
            brand_fault(f, all[i].name, N_("manca"));
    }
}

/* Without its gateway a means would never be offered, whatever secrets there are. */
static void check_reached(const struct brand *brand, struct brand_faults *f)
{
    const struct {
        enum payment_method method;
        const char *url, *name;
    } all[] = {{METHOD_CARD, brand->gateways.axerve.url, "axerve"},
               {METHOD_PAYPAL, brand->gateways.paypal.url, "paypal"},
               {METHOD_STRIPE, brand->gateways.stripe.url, "stripe"}};

    for (size_t i = 0; i < count_of(all); i++)
        if (offers(brand, all[i].method) && !all[i].url)
            brand_fault(f, "payment_methods", N_("«%s» ha bisogno di gateways.%s: dove risponde chi incassa"),
                        payment_method_name(all[i].method), all[i].name);
}

void brand_payments_read(void *mem, const struct payments_file *file, struct brand *brand, struct brand_faults *f)
{
    struct brand_payment *p = &brand->payment;

    *p = (struct brand_payment){
        .card_host = file->card_host, .cheque_payee = file->cheque.payee, .cheque_address = file->cheque.address};
    read_proofs(mem, file, p, f);
    read_codes(file, p, f);
    read_desk(file, p, f);
    read_slip(mem, file, p, f);
    if (offers(brand, METHOD_POSTAL_SLIP) && !p->slip.type)
        brand_fault(f, "payments.slip", N_("manca, ma tra i modi di pagamento c'è il bollettino"));
    if (offers(brand, METHOD_CHEQUE) && (!p->cheque_payee || !p->cheque_address))
        brand_fault(f, "payments.cheque", N_("mancano payee o address, ma tra i modi di pagamento c'è l'assegno"));
    check_gateways(&brand->gateways, f);
    check_reached(brand, f);
}

/* ---- Asking it ---- */

const char *brand_account(const struct brand *brand, const char *account)
{
    if (iban_named(brand->seller.iban, account))
        return brand->seller.iban;
    return brand->payment.slip.iban && iban_named(brand->payment.slip.iban, account) ? brand->payment.slip.iban : NULL;
}

bool brand_account_is_postal(const struct brand *brand, const char *account)
{
    return brand->payment.slip.iban && text_same(brand->payment.slip.iban, account);
}

bool brand_has_account(const struct brand *brand, const char *account)
{
    return text_same(brand->seller.iban, account) || brand_account_is_postal(brand, account);
}

struct code_forms brands_code_forms(void *mem, const struct brands *brands)
{
    const char **prefixes = talloc_zero_array(mem, const char *, (unsigned)(brands->count * ORDER_CODE_KINDS) + 1);
    size_t count = 0;

    for (size_t i = 0; i < brands->count * ORDER_CODE_KINDS; i++) {
        const char *prefix = brands->all[i / ORDER_CODE_KINDS].payment.codes.prefix[i % ORDER_CODE_KINDS];
        bool known = !prefix || !prefix[0];

        for (size_t j = 0; j < count && !known; j++)
            known = strcmp(prefixes[j], prefix) == 0;
        if (!known)
            prefixes[count++] = prefix;
    }
    return (struct code_forms){prefixes, count};
}
