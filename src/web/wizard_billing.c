#include "web/wizard_billing.h"
#include "web/billing_form.h"
#include <talloc.h>

struct kept_billing {
    int kind;
    struct billing billing;
};
static const struct form_field KEPT[] = {BILLING_FIELDS(struct kept_billing), FORM_END};

bool walk_kept_billing(const struct walk *w, const char *step, struct billing *billing)
{
    struct kept_billing read = {.kind = HOLDER_PERSON};
    struct problems faults = {0};
    const json_t *kept = walk_kept(w, step);

    if (!json_is_object(kept) || form_check_json(w->page.mem, KEPT, kept, &read, &faults) != DONE)
        return false;
    *billing = read.billing;
    billing->kind = read.kind;
    (void)!billing_check(w->page.mem, billing, &faults);
    return true;
}

static const struct billing NOBODY = {.name = "",
                                      .tax_code = "",
                                      .vat_number = "",
                                      .street = "",
                                      .postcode = "",
                                      .city = "",
                                      .province = "",
                                      .country = "",
                                      .sdi_code = "",
                                      .sdi_pec = "",
                                      .email = ""};

struct billing walk_holder(const struct walk *w)
{
    const struct mailbox *m = w->cart.count ? &w->cart.items[0].mailbox : NULL;

    return m && principal_sees(w->page.visitor.who, m) ? m->holder : NOBODY;
}

struct billing walk_billing(const struct walk *w)
{
    struct billing billing;

    if (walk_kept_billing(w, "billing", &billing) || walk_kept_billing(w, "holder", &billing))
        return billing;
    return walk_holder(w);
}
