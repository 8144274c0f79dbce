/* The part `holder_change` of brand.yaml: change of holder (DOMAIN M25). Without it none is asked for online. */
#include "shop/brand_file.h"

const struct cyaml_schema_field BRAND_HOLDER_CHANGE[] = {
    CYAML_FIELD_INT("answer_days", CYAML_FLAG_OPTIONAL, struct holder_change_file, answer_days),
    CYAML_FIELD_END,
};

void brand_holder_change_read(const struct holder_change_file *file, struct brand *brand, struct brand_faults *f)
{
    struct brand_holder_change *h = &brand->holder_change;

    *h = (struct brand_holder_change){0};
    if (!file->answer_days)
        return;
    h->on = true;
    h->answer_days = file->answer_days;
    brand_check_range(f, "holder_change.answer_days", h->answer_days, 3, 90);
}
