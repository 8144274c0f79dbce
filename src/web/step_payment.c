/* web/step_payment.c: how it will be paid (R133, R159). The sum may not be known yet. */

#include "base/i18n.h"
#include "rules/steps.h"
#include "web/autorenew_form.h"
#include "web/wizard.h"
#include <string.h>

struct payment_form {
    const char *method;
    bool remember;
    struct autorenew_typed autorenew;
};
static const struct form_field FIELDS[] = {
    FORM_TEXT(struct payment_form, method, "method", .max = 40, .optional = true),
    FORM_FLAG(struct payment_form, remember, "remember"),
    AUTORENEW_FIELDS(struct payment_form, autorenew),
    FORM_END,
};

static bool term_is_known(const struct walk *w)
{
    for (size_t i = 0; i < w->lines.count; i++)
        if (!w->lines.all[i].years)
            return !walk_asks(w, STEP_TERM);
    return w->lines.count > 0;
}

static enum outcome load(struct db_tx *tx, struct walk *w, struct problem *why)
{
    (void)why;
    return pay_offer_load(tx, &w->page, term_is_known(w) ? w->cart.total.gross : money(-1), &w->offer);
}

static const char *method_kept(const struct walk *w)
{
    return json_string_value(json_object_get(walk_kept(w, "payment"), "method"));
}

static const char *autorenew_kept(const struct walk *w)
{
    return json_string_value(json_object_get(walk_kept(w, "payment"), "autorenew"));
}

/* For all that is renewed, or not at all. */
static bool may_renew_itself(const struct walk *w)
{
    for (size_t i = 0; i < w->cart.count; i++)
        if (!autorenew_offered(&w->page, &w->cart.items[i].mailbox))
            return false;
    return w->cart.count > 0;
}

/* What was consented to is still what there is, and for each mailbox. */
static bool autorenew_holds(const struct walk *w)
{
    struct autorenew_typed kept = {.wanted = autorenew_kept(w) != NULL, .version = autorenew_kept(w)};
    struct problems faults = {0};
    const char *version;

    return autorenew_form_check(&w->page, may_renew_itself(w), &kept, method_kept(w), &version, &faults) == DONE;
}

static bool holds(struct walk *w)
{
    struct problems faults = {0};
    enum payment_method method;

    return method_kept(w) && pay_form_check(&w->page, &w->offer, method_kept(w), &method, &faults) == DONE &&
           autorenew_holds(w);
}

static void show(struct walk *w, const struct problems *faults)
{
    const char *typed = form_value(&w->page.req->form, "method");

    page_fields(&w->page, FIELDS, NULL, faults);
    pay_form(&w->page, &w->offer, typed ? typed : method_kept(w),
             json_is_true(json_object_get(walk_kept(w, "payment"), "remember")));
    autorenew_form(&w->page, may_renew_itself(w),
                   faults ? form_value(&w->page.req->form, "autorenew") != NULL : autorenew_kept(w) != NULL);
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct payment_form form = {0};
    enum payment_method method;
    const char *version;

    if (page_form(&w->page, FIELDS, &form, faults) == DONE &&
        pay_form_check(&w->page, &w->offer, form.method, &method, faults) == DONE &&
        autorenew_form_check(&w->page, may_renew_itself(w), &form.autorenew, form.method, &version, faults) == DONE)
        walk_keep(w, "payment",
                  json_pack("{s:s, s:b, s:s*}", "method", payment_method_name(method), "remember", form.remember,
                            "autorenew", version));
    return faults->count ? REFUSED : DONE;
}

const struct wizard_step STEP_PAGE_PAYMENT = {
    .name = "payment", .title = N_("Modalità di pagamento"), .load = load, .holds = holds, .show = show, .take = take};
