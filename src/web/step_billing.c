/* web/step_billing.c: who is invoiced (R132): what is known, to be looked over or changed. */

#include "base/i18n.h"
#include "rules/steps.h"
#include "web/billing_form.h"
#include "web/wizard_billing.h"
#include <string.h>

struct billing_step_form {
    int kind; /* -1: what is known was confirmed */
    struct billing billing;
};
static const struct form_field FIELDS[] = {BILLING_FIELDS(struct billing_step_form), FORM_END};

static enum outcome load(struct db_tx *tx, struct walk *w, struct problem *why)
{
    struct billing holder = walk_holder(w);

    (void)why;
    return w->cart.count ? billing_known(tx, &w->page, &holder, &w->holder) : DONE;
}

static bool holds(struct walk *w)
{
    struct billing billing;
    struct problems faults = {0};

    return walk_kept_billing(w, "billing", &billing) && billing_check(w->page.mem, &billing, &faults) == DONE;
}

static void show(struct walk *w, const struct problems *faults)
{
    struct billing known = w->holder;
    bool open = billing_sent(&w->page) || form_value(&w->page.req->query, "modifica");
    const char *kind = form_value(&w->page.req->form, "kind");
    enum holder_kind typed;

    (void)!walk_kept_billing(w, "billing", &known);
    billing_form(&w->page, &known, kind && holder_kind_of(kind, &typed) == DONE ? (int)typed : -1, open, FIELDS,
                 faults);
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct billing_step_form form = {.kind = -1};
    enum outcome o = page_form(&w->page, FIELDS, &form, faults);

    if (billing_sent(&w->page))
        form.billing.kind = form.kind;
    else if (!walk_kept_billing(w, "billing", &form.billing))
        form.billing = w->holder;
    if (o == DONE && billing_check(w->page.mem, &form.billing, faults) == DONE)
        walk_keep(w, "billing", billing_values(&form.billing));
    return faults->count ? REFUSED : DONE;
}

const struct wizard_step STEP_PAGE_BILLING = {
    .name = "billing", .title = N_("Dati di fatturazione"), .load = load, .holds = holds, .show = show, .take = take};
