/* The part `plans` of brand.yaml: the types of mailbox, what each holds, when it is on sale and at which prices. */
#include "base/i18n.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

#define TEXT(key, type, member, most) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, most)
#define TEXT_OR_NOT(key, type, member, most)                                                                           \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, most)
#define NUMBER(key, type, member) CYAML_FIELD_INT(key, CYAML_FLAG_DEFAULT, type, member)

static const cyaml_schema_value_t WORD = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 100)};

static const cyaml_schema_field_t PRICE_FIELDS[] = {
    TEXT("from", struct plan_price_file, from, 10),
    TEXT("year", struct plan_price_file, year, 12),
    TEXT_OR_NOT("extra_gb_year", struct plan_price_file, extra_gb_year, 12),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t PRICE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct plan_price_file, PRICE_FIELDS)};

static const cyaml_schema_field_t PLAN_FIELDS[] = {
    TEXT("id", struct plan_file, id, 32),
    TEXT("name", struct plan_file, name, 60),
    NUMBER("rank", struct plan_file, rank),
    NUMBER("mailbox_gb", struct plan_file, mailbox_gb),
    NUMBER("archive_gb", struct plan_file, archive_gb),
    NUMBER("max_extra_gb", struct plan_file, max_extra_gb),
    CYAML_FIELD_INT("max_extra_archive_gb", CYAML_FLAG_OPTIONAL, struct plan_file, max_extra_archive_gb),
    CYAML_FIELD_BOOL("own_domain", CYAML_FLAG_OPTIONAL, struct plan_file, own_domain),
    CYAML_FIELD_INT("max_years", CYAML_FLAG_OPTIONAL, struct plan_file, max_years),
    TEXT_OR_NOT("sold_from", struct plan_file, sold_from, 10),
    TEXT_OR_NOT("sold_until", struct plan_file, sold_until, 10),
    TEXT_OR_NOT("note", struct plan_file, note, 300),
    CYAML_FIELD_SEQUENCE_COUNT("features", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct plan_file, features,
                               feature_count, &WORD, 0, 12),
    CYAML_FIELD_SEQUENCE_COUNT("prices", CYAML_FLAG_POINTER, struct plan_file, prices, price_count, &PRICE, 1, 200),
    CYAML_FIELD_END,
};
const struct cyaml_schema_value BRAND_PLAN = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct plan_file, PLAN_FIELDS)};

static void read_prices(void *mem, const struct plan_file *from, const char *plan, struct brand_plan *to,
                        struct brand_faults *f)
{
    struct brand_price *prices = talloc_zero_array(mem, struct brand_price, from->price_count);

    for (unsigned i = 0; i < from->price_count; i++) {
        const struct plan_price_file *p = &from->prices[i];
        char *field;

        field = talloc_asprintf(f->mem, "%s.prices[%u].from", plan, i);
        if (day_parse(p->from, strlen(p->from), &prices[i].from) != DONE)
            brand_fault(f, field, N_("«%s» non è una data: scriverla come 2026-01-31"), p->from);
        else if (i > 0 && !day_before(prices[i - 1].from, prices[i].from))
            brand_fault(f, field, N_("i prezzi vanno in ordine di data"));
        field = talloc_asprintf(f->mem, "%s.prices[%u].year", plan, i);
        prices[i].year = brand_price(f, field, p->year);
        field = talloc_asprintf(f->mem, "%s.prices[%u].extra_gb_year", plan, i);
        prices[i].extra_gb_year = brand_amount(f, field, p->extra_gb_year);
        if ((from->max_extra_gb > 0 || from->max_extra_archive_gb > 0) && !p->extra_gb_year)
            brand_fault(f, field, N_("manca, ma il tipo ammette spazio aggiuntivo"));
    }
    to->prices = prices;
    to->price_count = from->price_count;
    to->priced = dated_new(mem);
    to->sale = dated_new(mem);
}

/* What the catalogue says of a plan, and when it is on sale. */
static void read_sale(void *mem, const struct plan_file *from, const char *plan, struct brand_plan *to,
                      struct brand_faults *f)
{
    to->features = talloc_zero_array(mem, const char *, from->feature_count + 1);
    for (unsigned i = 0; i < from->feature_count; i++)
        to->features[i] = from->features[i];
    to->note = from->note;
    to->max_years = from->max_years;
    brand_check_range(f, talloc_asprintf(f->mem, "%s.max_years", plan), from->max_years, 0, 10);
    to->sold_from = brand_day(f, talloc_asprintf(f->mem, "%s.sold_from", plan), from->sold_from);
    to->sold_until = brand_day(f, talloc_asprintf(f->mem, "%s.sold_until", plan), from->sold_until);
    if (to->sold_from.n && to->sold_until.n && day_before(to->sold_until, to->sold_from))
        brand_fault(f, talloc_asprintf(f->mem, "%s.sold_until", plan), N_("viene prima di sold_from"));
}

void brand_plans_read(void *mem, const struct plan_file *files, unsigned count, struct brand *brand,
                      struct brand_faults *f)
{
    struct brand_plan *plans = talloc_zero_array(mem, struct brand_plan, count);

    for (unsigned i = 0; i < count; i++) {
        const struct plan_file *from = &files[i];
        char *plan, *field;

        plan = talloc_asprintf(f->mem, "plans[%u]", i);
        plans[i] = (struct brand_plan){.id = from->id,
                                       .name = from->name,
                                       .rank = from->rank,
                                       .mailbox_gb = from->mailbox_gb,
                                       .archive_gb = from->archive_gb,
                                       .max_extra_gb = from->max_extra_gb,
                                       .max_extra_archive_gb = from->max_extra_archive_gb,
                                       .own_domain = from->own_domain};
        field = talloc_asprintf(f->mem, "%s.id", plan);
        if (!brand_is_id(from->id))
            brand_fault(f, field, N_("solo lettere minuscole, cifre e trattini"));
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(from->id, plans[j].id) == 0)
                brand_fault(f, field, N_("«%s» compare due volte"), from->id);
            if (from->rank == plans[j].rank)
                brand_fault(f, plan, N_("rank %d è già di «%s»"), from->rank, plans[j].id);
        }
        field = talloc_asprintf(f->mem, "%s.rank", plan);
        brand_check_range(f, field, from->rank, 1, 100);
        field = talloc_asprintf(f->mem, "%s.mailbox_gb", plan);
        brand_check_range(f, field, from->mailbox_gb, 1, 10000);
        field = talloc_asprintf(f->mem, "%s.archive_gb", plan);
        brand_check_range(f, field, from->archive_gb, 0, 10000);
        field = talloc_asprintf(f->mem, "%s.max_extra_gb", plan);
        brand_check_range(f, field, from->max_extra_gb, 0, 10000);
        field = talloc_asprintf(f->mem, "%s.max_extra_archive_gb", plan);
        brand_check_range(f, field, from->max_extra_archive_gb, 0, from->archive_gb ? 10000 : 0);
        read_prices(mem, from, plan, &plans[i], f);
        read_sale(mem, from, plan, &plans[i], f);
    }
    brand->plans = plans;
    brand->plan_count = count;
}
