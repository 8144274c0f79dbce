/* web/step_confirm.c: everything once more, with the way back to each answer; then the order is made (R134, R135, R165;
 * L14). */

#include "base/i18n.h"
#include "rules/steps.h"
#include "shop/present.h"
#include "web/billing_form.h"
#include "web/walk_order.h"
#include "web/wizard_billing.h"
#include <string.h>
#include <talloc.h>

struct confirm_form {
    int64_t total_cents, version;
};
static const struct form_field FIELDS[] = {
    FORM_INT(struct confirm_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT),
    FORM_INT(struct confirm_form, version, "version", .min = 0, .max = INT64_MAX),
    FORM_END,
};

static bool holds(struct walk *w)
{
    (void)w;
    return false; /* an order that is made is no wizard any more */
}

/* ---- Showing ---- */

/* Where an answer can be changed; false where the brand does not ask. */
static json_t *change_of(const struct walk *w, unsigned things)
{
    for (const char **name = w->page.brand->steps; *name; name++)
        if (step_by_name(*name)->path && (step_by_name(*name)->gives & things))
            return json_sprintf("%s%s", w->page.base, walk_path(w, *name));
    return json_false();
}

static const char *method_kept(const struct walk *w)
{
    return json_string_value(json_object_get(walk_kept(w, "payment"), "method"));
}

/* R134: that it exists is not told to who only names it. */
static const char *account_kept(const struct walk *w)
{
    return json_string_value(json_object_get(walk_kept(w, "summary"), "account"));
}

static json_t *billing_data(struct walk *w, bool *consumer)
{
    struct billing billing = walk_billing(w);

    *consumer = holder_is_consumer((enum holder_kind)billing.kind);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "name", billing.name, "street", billing.street, "postcode",
                     billing.postcode, "city", billing.city, "email", billing.email, "country", billing.country,
                     "province", billing.province[0] ? json_string(billing.province) : json_false());
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;
    enum payment_method method = METHOD_BANK_TRANSFER;
    const char *associate = account_kept(w);
    bool consumer;

    page_fields(p, FIELDS, NULL, faults);
    page_set(p, "billing", billing_data(w, &consumer));
    page_set(p, "consumer", json_boolean(consumer));
    (void)!payment_method_of(method_kept(w), &method);
    page_set(p, "method",
             json_pack("{s:s, s:s, s:b}", "label",
                       page_text(p, method == METHOD_WALLET ? N_("Preleva da conto prepagato")
                                                            : payment_method_label(method)),
                       "delay", page_text(p, payment_method_delay(method)), "online",
                       payment_method_is_online(method)));
    page_set(p, "autorenew", json_boolean(json_object_get(walk_kept(w, "payment"), "autorenew") != NULL));
    page_set(p, "change",
             json_pack("{s:o, s:o, s:o, s:o}", "type", change_of(w, STEP_TYPE), "term", change_of(w, STEP_TERM),
                       "billing", change_of(w, STEP_BILLING), "method", change_of(w, STEP_METHOD)));
    page_set(p, "associate", associate ? json_string(associate) : json_false());
    page_set(p, "terms_version", json_string(page_conditions(p)->version));
    page_set(p, "total_cents", json_integer(w->cart.total.gross.cents));
    page_set(p, "version", json_integer(w->kept.version));
}

/* ---- Ordering ---- */

static struct instant accepted_at(const struct walk *w)
{
    const char *at = json_string_value(json_object_get(walk_kept(w, "contract"), "at"));
    struct instant instant = {0};

    if (at)
        (void)!instant_parse(at, strlen(at), &instant);
    return instant;
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct confirm_form form = {0};
    struct billing holder;

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    return walk_order(w,
                      &(struct walk_order){
                          .method = method_kept(w),
                          .remember = json_is_true(json_object_get(walk_kept(w, "payment"), "remember")),
                          .terms_version = json_string_value(json_object_get(walk_kept(w, "contract"), "version")),
                          .accepted_at = accepted_at(w),
                          .autorenew_version = json_string_value(json_object_get(walk_kept(w, "payment"), "autorenew")),
                          .account = account_kept(w),
                          .holder = walk_kept_billing(w, "holder", &holder) ? &holder : NULL,
                          .version = form.version,
                          .expected = money(form.total_cents)},
                      faults);
}

const struct wizard_step STEP_PAGE_CONFIRM = {
    .name = "confirm", .title = N_("Conferma dell'ordine"), .holds = holds, .show = show, .take = take};
