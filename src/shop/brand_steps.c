/* `renewal.steps` of brand.yaml: what the rules of rules/steps.h find, told so that whoever writes the file can mend
 * it. */
#include "base/i18n.h"
#include "rules/steps.h"
#include "shop/brand_file.h"
#include <string.h>
#include <talloc.h>

static void tell(struct brand_faults *f, const struct step_fault *fault)
{
    const char *field = fault->at < 0 ? "renewal.steps" : talloc_asprintf(f->mem, "renewal.steps[%d]", fault->at);

    switch (fault->wrong) {
    case STEP_TWICE:
        brand_fault(f, field, N_("«%s» chiede di nuovo ciò che chiede «%s»: ne basta uno"), fault->name, fault->other);
        break;
    case STEP_EARLY:
        brand_fault(f, field, N_("«%s» viene prima di «%s», ma ha bisogno della sua risposta"), fault->name,
                    fault->other);
        break;
    case STEP_LACKS:
        brand_fault(f, field, N_("«%s» ha bisogno della risposta di «%s», che manca"), fault->name, fault->other);
        break;
    case STEP_LATE:
        brand_fault(f, field, N_("«%s» viene dopo «%s»: a ordine fatto non si può più chiedere nulla"), fault->name,
                    fault->other);
        break;
    case STEP_MIXED:
        brand_fault(
            f, field,
            N_("«%s» non sta con gli altri: choose, cart e checkout vanno tra loro, ogni altro passo senza di loro"),
            fault->name);
        break;
    case STEP_ENDS:
        brand_fault(f, field, N_("«%s» è la pagina dopo l'ordine: va per ultimo"), fault->name);
        break;
    case STEP_MISSING:
        brand_fault(f, field, N_("manca «%s»: senza, un ordine non si può fare"), fault->other);
        break;
    }
}

/* Steps and the part `lookup` go together. */
static void check_lookup(const struct brand *brand, struct brand_faults *f)
{
    bool found = false;

    for (size_t i = 0; brand->steps[i]; i++) {
        bool looks = strcmp(brand->steps[i], "lookup") == 0;

        found |= looks;
        if ((looks || strcmp(brand->steps[i], "means") == 0) && !brand->lookup.on)
            brand_fault(f, talloc_asprintf(f->mem, "renewal.steps[%zu]", i),
                        N_("«%s» ha bisogno della parte lookup: dice chi può rinnovare, e con quali mezzi"),
                        brand->steps[i]);
        if (brand->lookup.on && (step_by_name(brand->steps[i])->gives & STEP_HOLDER))
            brand_fault(f, talloc_asprintf(f->mem, "renewal.steps[%zu]", i),
                        N_("«%s» mostrerebbe i dati del titolare a chi ha trovato la casella con la user-id"),
                        brand->steps[i]);
    }
    if (brand->lookup.on && !found)
        brand_fault(f, "renewal.steps", N_("manca «lookup»: la parte lookup senza il suo passo non serve"));
}

void brand_check_steps(const struct brand *brand, struct brand_faults *f)
{
    struct step_fault faults[2 * STEPS_MOST];
    size_t count = steps_faults(brand->steps, brand->renewal.min_years == brand->renewal.max_years, faults,
                                sizeof faults / sizeof *faults);

    for (size_t i = 0; i < count; i++)
        tell(f, &faults[i]);
    check_lookup(brand, f);
}
