/* web/step_summary.c: what will be ordered, and which account sees the mailbox (R134), before the last question. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/wizard_lines.h"

struct summary_form {
    int64_t total_cents;
};
static const struct form_field FIELDS[] = {
    FORM_INT(struct summary_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT), FORM_END};

/* What was seen must be what would be ordered. */
static bool holds(struct walk *w)
{
    const json_t *seen = json_object_get(walk_kept(w, "summary"), "total_cents");

    return seen && json_integer_value(seen) == w->cart.total.gross.cents;
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;

    page_fields(p, FIELDS, NULL, faults);
    page_set(p, "total_cents", json_integer(w->cart.total.gross.cents));
    page_set(p, "account",
             p->visitor.who.account_id ? json_pack("{s:s, s:s}", "name", p->visitor.label, "email", p->visitor.email)
                                       : json_false());
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct summary_form form = {0};

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    if (form.total_cents != w->cart.total.gross.cents) {
        char text[MONEY_TEXT];

        return problems_add(faults, PROBLEM_PRICE_CHANGED, "", "%s €", money_italian(w->cart.total.gross, text));
    }
    walk_keep(w, "summary", json_pack("{s:I}", "total_cents", (json_int_t)form.total_cents));
    return DONE;
}

const struct wizard_step STEP_PAGE_SUMMARY = {
    .name = "summary", .title = N_("Riepilogo"), .holds = holds, .show = show, .take = take};
