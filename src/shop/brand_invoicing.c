/* The part `invoicing` of brand.yaml: by which way invoices go to SdI, what public bodies may do, and to whom is sold
 * without VAT. */
#include "base/i18n.h"
#include "base/text.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

#define TEXT(key, member, most)                                                                                        \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct invoicing_file, member, 1, most)

#define RULE_TEXT(key, member, most)                                                                                   \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, struct without_vat_file, member, 1, most)

static const struct cyaml_schema_field RULE_FIELDS[] = {
    RULE_TEXT("customer", customer, 10),
    RULE_TEXT("nature", nature, 4),
    RULE_TEXT("law", law, 300),
    CYAML_FIELD_END,
};
static const struct cyaml_schema_value RULE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct without_vat_file, RULE_FIELDS)};

const struct cyaml_schema_field BRAND_INVOICING[] = {
    TEXT("channel", channel, 10),
    TEXT("outgoing", outgoing, 400),
    TEXT("notices", notices, 400),
    TEXT("pec_from", pec_from, 254),
    TEXT("pec_to", pec_to, 254),
    CYAML_FIELD_BOOL("public_commitment", CYAML_FLAG_OPTIONAL, struct invoicing_file, public_commitment),
    CYAML_FIELD_SEQUENCE_COUNT("without_vat", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct invoicing_file,
                               without_vat, without_vat_count, &RULE, 1, SALE_CUSTOMERS),
    CYAML_FIELD_END,
};

static void check_channel(const struct invoicing_file *file, struct brand_faults *f)
{
    bool folder = strcmp(file->channel, "folder") == 0, mail = strcmp(file->channel, "mail") == 0;

    if (!folder && !mail)
        brand_fault(f, "invoicing.channel", N_("«%s» non è tra i valori previsti: %s"), file->channel, "folder, mail");
    if (folder != (file->outgoing != NULL))
        brand_fault(f, "invoicing.outgoing", N_("va indicata con channel: folder, e solo allora"));
    if (mail != (file->pec_from != NULL) || mail != (file->pec_to != NULL))
        brand_fault(f, "invoicing.pec_from", N_("con channel: mail, e solo allora, vanno indicati pec_from e pec_to"));
    if (mail && file->pec_from && file->pec_to && (!strchr(file->pec_from, '@') || !strchr(file->pec_to, '@')))
        brand_fault(f, "invoicing.pec_from", N_("pec_from e pec_to sono indirizzi di posta"));
    if (!file->notices)
        brand_fault(f, "invoicing.notices", N_("manca: dove arrivano le notifiche"));
}

/* Sellers whose own regime has no VAT: forfettari, and minimi before them. */
static bool seller_has_no_vat(const struct seller *seller)
{
    return text_same(seller->tax_regime, "RF19") || text_same(seller->tax_regime, "RF02");
}

static void read_rules(void *mem, const struct invoicing_file *file, struct brand *brand, struct brand_faults *f)
{
    struct sale_rule *rules = talloc_zero_array(mem, struct sale_rule, file->without_vat_count + 1);

    for (unsigned i = 0; i < file->without_vat_count; i++) {
        const struct without_vat_file *rule = &file->without_vat[i];

        if (sale_customer_of(rule->customer, &rules[i].customer) != DONE)
            brand_fault(f, "invoicing.without_vat", N_("«%s» non è tra i valori previsti: %s"), rule->customer,
                        "union, world, all");
        if (!sale_nature_valid(rule->nature))
            brand_fault(f, "invoicing.without_vat", N_("«%s» non è un codice natura che SdI accetta"), rule->nature);
        if (text_characters(rule->law) > SALE_LAW_MOST)
            brand_fault(f, "invoicing.without_vat", N_("law: al massimo %d caratteri"), SALE_LAW_MOST);
        rules[i].nature = rule->nature;
        rules[i].law = rule->law;
    }
    brand->invoicing.sale =
        file->without_vat_count ? (struct sale_policy){rules, file->without_vat_count} : SALE_POLICY;
    if (brand_has_no_vat(brand) != seller_has_no_vat(&brand->seller))
        brand_fault(f, "invoicing.without_vat",
                    N_("customer: all va indicato con seller.tax_regime RF19 o RF02, e solo allora"));
}

void brand_invoicing_read(void *mem, const struct invoicing_file *file, struct brand *brand, struct brand_faults *f)
{
    brand->invoicing = (struct brand_invoicing){.channel = file->channel,
                                                .outgoing = file->outgoing,
                                                .notices = file->notices,
                                                .pec_from = file->pec_from,
                                                .pec_to = file->pec_to,
                                                .public_commitment = file->public_commitment};
    read_rules(mem, file, brand, f);
    if (file->channel)
        check_channel(file, f);
    else if (file->outgoing || file->notices || file->pec_from || file->pec_to)
        brand_fault(f, "invoicing.channel", N_("manca: folder o mail"));
}
