#include "web/wizard_billing.h"
#include "web/billing_form.h"
#include <talloc.h>

struct kept_billing {
    int kind;
    struct billing billing;
};
static const struct form_field KEPT[] = {BILLING_FIELDS(struct kept_billing), FORM_END};

bool billing_from_json(void *mem, const json_t *kept, struct billing *billing)
{
    struct kept_billing read = {.kind = HOLDER_PERSON};
    struct problems faults = {0};

    if (!json_is_object(kept) || form_check_json(mem, KEPT, kept, &read, &faults) != DONE)
        return false;
    *billing = read.billing;
    billing->kind = read.kind;
    return true;
}

/* In canonical form, whole or not. */
static struct billing tidy(void *mem, struct billing billing)
{
    struct problems unused = {0};

    (void)!billing_check(mem, &billing, &unused);
    return billing;
}

struct billing walk_billing(const struct walk *w)
{
    static const char *const WHERE[] = {"billing", "holder"};
    struct billing billing = {0};

    for (size_t i = 0; i < count_of(WHERE); i++)
        if (billing_from_json(w->page.mem, walk_kept(w, WHERE[i]), &billing))
            return tidy(w->page.mem, billing);
    return w->cart.count ? w->cart.items[0].mailbox.holder : billing;
}
