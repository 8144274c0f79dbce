/* The part `autorenew` of brand.yaml: automatic renewal (DOMAIN §3.6, P32-P34). Without it the brand offers none. */
#include "base/i18n.h"
#include "base/text.h"
#include "rules/payment.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

static const cyaml_schema_value_t WORD = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 40)};
static const cyaml_schema_value_t NUMBER = {CYAML_VALUE_INT(CYAML_FLAG_DEFAULT, int)};

static const cyaml_schema_field_t WARN[] = {
    CYAML_FIELD_INT("months", CYAML_FLAG_OPTIONAL, struct warn_file, months),
    CYAML_FIELD_INT("days", CYAML_FLAG_OPTIONAL, struct warn_file, days),
    CYAML_FIELD_END,
};
const struct cyaml_schema_field BRAND_AUTORENEW[] = {
    CYAML_FIELD_SEQUENCE_COUNT("methods", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct autorenew_file, methods,
                               method_count, &WORD, 1, PAYMENT_METHODS),
    CYAML_FIELD_INT("charge_days_before", CYAML_FLAG_OPTIONAL, struct autorenew_file, charge_days_before),
    CYAML_FIELD_SEQUENCE_COUNT("retry_days", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct autorenew_file,
                               retry_days, retry_count, &NUMBER, 0, AUTORENEW_RETRIES),
    CYAML_FIELD_MAPPING("warn", CYAML_FLAG_OPTIONAL, struct autorenew_file, warn, WARN),
    CYAML_FIELD_BOOL_PTR("blocks_manual", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct autorenew_file,
                         blocks_manual),
    CYAML_FIELD_STRING_PTR("text", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct autorenew_file, text, 1, 20),
    CYAML_FIELD_END,
};

/* By which a renewal can be charged with nobody there. */
static bool may_be_kept(const char *name)
{
    enum payment_method method;

    return payment_method_of(name, &method) == DONE && payment_method_is_online(method);
}

static void read_methods(void *mem, const struct autorenew_file *file, struct brand *brand, struct brand_faults *f)
{
    const char **methods = talloc_zero_array(mem, const char *, file->method_count + 1);

    for (unsigned i = 0; i < file->method_count; i++) {
        char *field = talloc_asprintf(f->mem, "autorenew.methods[%u]", i);
        const char **offered = brand->payment_methods;

        methods[i] = file->methods[i];
        while (*offered && strcmp(*offered, methods[i]) != 0)
            offered++;
        if (!may_be_kept(methods[i]))
            brand_fault(f, field, N_("«%s» non si può addebitare da solo: card, paypal, stripe"), methods[i]);
        else if (!*offered)
            brand_fault(f, field, N_("«%s» non è tra i payment_methods"), methods[i]);
        for (unsigned j = 0; j < i; j++)
            if (strcmp(methods[i], methods[j]) == 0)
                brand_fault(f, field, N_("«%s» compare due volte"), methods[i]);
    }
    brand->autorenew.methods = methods;
}

static void read_retries(const struct autorenew_file *file, struct autorenew_policy *p, struct brand_faults *f)
{
    static const int USUAL[] = {5, 3, 1, 0};
    const int *days = file->retry_days ? file->retry_days : USUAL;
    int count = file->retry_days ? (int)file->retry_count : (int)count_of(USUAL), before = p->charge_days_before;

    for (int i = 0; i < count; i++) {
        char *field = talloc_asprintf(f->mem, "autorenew.retry_days[%d]", i);

        if (days[i] < 0)
            brand_fault(f, field, N_("%d: dopo la scadenza non si addebita"), days[i]);
        else if (days[i] >= before)
            brand_fault(f, field, N_("%d non viene dopo il tentativo precedente, a %d giorni dalla scadenza"), days[i],
                        before);
        before = days[i];
        p->retry_days[p->retry_count++] = days[i];
    }
}

void brand_autorenew_read(void *mem, const struct autorenew_file *file, struct brand *brand, struct brand_faults *f)
{
    struct brand_autorenew *a = &brand->autorenew;
    struct autorenew_policy *p = &a->policy;

    /* What was imported with its switch on is held to this too. */
    *a = (struct brand_autorenew){.blocks_manual = !file->blocks_manual || *file->blocks_manual,
                                  .policy = {.charge_days_before = 7, .warn_months_before = 3, .warn_days_before = 30}};
    if (!file->methods) {
        if (file->text || file->retry_days || file->charge_days_before)
            brand_fault(f, "autorenew.methods", N_("manca: senza, il rinnovo automatico non si può attivare"));
        return;
    }
    a->on = true;
    if (file->charge_days_before)
        p->charge_days_before = file->charge_days_before;
    if (file->warn.months)
        p->warn_months_before = file->warn.months;
    if (file->warn.days)
        p->warn_days_before = file->warn.days;
    a->text.version = file->text;
    if (!file->text)
        brand_fault(f, "autorenew.text", N_("manca: la versione del testo in autorenew-VERSIONE.txt"));
    brand_check_range(f, "autorenew.charge_days_before", p->charge_days_before, 1, 28);
    brand_check_range(f, "autorenew.warn.months", p->warn_months_before, 2, 12);
    /* Art. 65-bis of the consumer code asks for thirty days. */
    brand_check_range(f, "autorenew.warn.days", p->warn_days_before, 30, 59);
    read_methods(mem, file, brand, f);
    read_retries(file, p, f);
}
