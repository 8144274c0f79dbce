/* The parts `domains` (mailboxes on domains of the customers' own) and `mailhost` (of a brand that only renews) of
 * brand.yaml. */
#include "base/i18n.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

static const cyaml_schema_field_t CLOSES[] = {
    CYAML_FIELD_INT("months", CYAML_FLAG_OPTIONAL, struct span, months),
    CYAML_FIELD_INT("days", CYAML_FLAG_OPTIONAL, struct span, days),
    CYAML_FIELD_END,
};

const struct cyaml_schema_field BRAND_DOMAINS[] = {
    CYAML_FIELD_MAPPING("closes_after", CYAML_FLAG_OPTIONAL, struct domains_file, closes_after, CLOSES),
    CYAML_FIELD_INT("unregistered_days", CYAML_FLAG_OPTIONAL, struct domains_file, unregistered_days),
    CYAML_FIELD_END,
};

const struct cyaml_schema_field BRAND_MAILHOST[] = {
    CYAML_FIELD_STRING_PTR("by", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct mailhost_file, by, 1, 10),
    CYAML_FIELD_STRING_PTR("command", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct mailhost_file, command, 1, 400),
    CYAML_FIELD_END,
};

void brand_mailhost_read(const struct mailhost_file *file, struct brand *brand, struct brand_faults *f)
{
    if (!file->by && !file->command)
        return;
    if (brand->purchase.on)
        brand_fault(f, "mailhost", N_("chi vende caselle nuove lo indica in purchase.mailhost"));
    else if (!file->by || (strcmp(file->by, "sql") != 0 && strcmp(file->by, "command") != 0))
        brand_fault(f, "mailhost.by", N_("«%s» non è tra i valori previsti: %s"), file->by ? file->by : "",
                    "sql, command");
    else if ((strcmp(file->by, "command") == 0) != (file->command != NULL))
        brand_fault(f, "mailhost.command", N_("va indicato con by: command, e solo allora"));
    brand->purchase.mailhost = file->by;
    brand->purchase.mailhost_command = file->command;
}

static bool has_own_plan(const struct brand *brand)
{
    for (size_t i = 0; i < brand->plan_count; i++)
        if (brand->plans[i].own_domain)
            return true;
    return false;
}

/* A plan of own domains is nothing but room: no more of it is sold (§3.7). */
static void check_own_plans(const struct brand *brand, struct brand_faults *f)
{
    for (size_t i = 0; i < brand->plan_count; i++) {
        const struct brand_plan *p = &brand->plans[i];

        if (!p->own_domain)
            continue;
        if (p->max_extra_gb || p->max_extra_archive_gb)
            brand_fault(f, talloc_asprintf(f->mem, "plans[%zu].max_extra_gb", i),
                        N_("un tipo con own_domain non ha spazio aggiuntivo"));
        if (p->max_years)
            brand_fault(f, talloc_asprintf(f->mem, "plans[%zu].max_years", i),
                        N_("un tipo con own_domain segue il suo dominio: la durata non si limita"));
    }
}

void brand_domains_read(const struct domains_file *file, struct brand *brand, struct brand_faults *f)
{
    struct brand_domains *d = &brand->domains;
    bool own = has_own_plan(brand);

    check_own_plans(brand, f);
    *d = (struct brand_domains){.on = own,
                                .closes_after = file->closes_after,
                                .unregistered_days = file->unregistered_days ? file->unregistered_days : 7};
    if (!file->closes_after.months && !file->closes_after.days) {
        if (file->unregistered_days && !own)
            brand_fault(f, "domains", N_("nessun tipo ha own_domain: true"));
        d->closes_after = brand->renewal.closes_after;
        return;
    }
    if (!own)
        brand_fault(f, "domains", N_("nessun tipo ha own_domain: true"));
    brand_check_range(f, "domains.closes_after.months", d->closes_after.months, 0, 24);
    brand_check_range(f, "domains.closes_after.days", d->closes_after.days, 0, 366);
    brand_check_range(f, "domains.unregistered_days", d->unregistered_days, 1, 90);
}
