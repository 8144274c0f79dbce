/* web/step_summary.c: what will be ordered, and which account sees the mailbox (R134), before the last question. */

#include "base/i18n.h"
#include "rules/email.h"
#include "shop/present.h"
#include "web/wizard_lines.h"

struct summary_form {
    int64_t total_cents;
    const char *account;
};
static const struct form_field FIELDS[] = {
    FORM_INT(struct summary_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT),
    FORM_TEXT(struct summary_form, account, "account", .max = 254, .optional = true),
    FORM_END,
};

static enum outcome load(struct db_tx *tx, struct walk *w, struct problem *why)
{
    int64_t id = w->cart.count ? w->cart.items[0].mailbox.account_id : 0;
    struct account account;
    enum outcome o;

    (void)why;
    if (!id)
        return DONE;
    o = account_by_id(tx, w->page.mem, id, &account);
    if (o == DONE)
        w->account = account.name;
    return o == REFUSED ? DONE : o;
}

/* What was seen must be what would be ordered. */
static bool holds(struct walk *w)
{
    const json_t *seen = json_object_get(walk_kept(w, "summary"), "total_cents");

    return seen && json_integer_value(seen) == w->cart.total.gross.cents;
}

/* By which conventions, each once. */
static json_t *conventions(struct walk *w)
{
    const struct brand_convention *before = NULL;
    json_t *list = json_array();

    for (size_t i = 0; i < w->cart.count; i++) {
        const struct brand_convention *c = convention_of(w->page.brand, &w->cart.items[i].mailbox, w->page.today);

        if (c && c != before)
            json_array_append_new(
                list, json_pack("{s:s, s:o}", "text", c->text, "note", c->note ? json_string(c->note) : json_false()));
        before = c;
    }
    return list;
}

static void show(struct walk *w, const struct problems *faults)
{
    const json_t *typed = json_object_get(walk_kept(w, "summary"), "account");
    json_t *values = typed ? json_pack("{s:O}", "account", typed) : json_object();
    struct page *p = &w->page;

    page_fields(p, FIELDS, values, faults);
    json_decref(values);
    page_set(p, "total_cents", json_integer(w->cart.total.gross.cents));
    page_set(p, "conventions", conventions(w));
    page_set(p, "account", w->account ? json_pack("{s:s}", "name", w->account) : json_false());
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct summary_form form = {0};
    json_t *kept;

    if (page_form(&w->page, FIELDS, &form, faults) != DONE)
        return REFUSED;
    if (form.account && !email_valid(form.account))
        return problems_add(faults, PROBLEM_NOT_AN_EMAIL, "account", "%s", "");
    if (form.total_cents != w->cart.total.gross.cents) {
        char text[MONEY_TEXT];

        return problems_add(faults, PROBLEM_PRICE_CHANGED, "", "%s €", money_italian(w->cart.total.gross, text));
    }
    kept = json_pack("{s:I}", "total_cents", (json_int_t)form.total_cents);
    if (form.account && !w->account)
        json_object_set_new(kept, "account", json_string(form.account));
    walk_keep(w, "summary", kept);
    return DONE;
}

const struct wizard_step STEP_PAGE_SUMMARY = {
    .name = "summary", .title = N_("Riepilogo"), .load = load, .holds = holds, .show = show, .take = take};
