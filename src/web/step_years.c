/* web/step_years.c: «Anni Rinnovo» (R89-R96): what it costs, VAT excluded, until when it goes on, and for how many
 * years. A convention fixes the term: there is nothing to choose then, and what is sent all the same is refused (T29).
 */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/wizard.h"
#include <string.h>

struct years_form {
    int64_t years; /* 0: not sent */
};
static const struct form_field FIELDS[] = {
    FORM_INT(struct years_form, years, "years", .min = 1, .max = 10, .optional = true),
    FORM_END,
};

static bool holds(struct walk *w)
{
    return w->lines.count == 1 && w->lines.all[0].years;
}

static size_t options_of(const struct walk *w, struct quote options[QUOTE_OPTIONS])
{
    const struct mailbox *m = &w->cart.items[0].mailbox;

    return quote_options(w->page.brand, m, m->plan, m->extra_gb, w->page.today, options);
}

static json_t *option_data(const struct page *p, const struct quote *q, bool checked, bool first)
{
    return json_pack("{s:I, s:b, s:b, s:b, s:s, s:o, s:o}", "years", (json_int_t)q->choice.years, "one",
                     q->choice.years == 1, "checked", checked, "first", first, "what",
                     present_renewal(p->mem, p->language, q->plan->name, q->choice.years), "net",
                     present_money(q->total.net), "new_expires_on", present_day(q->renewed.ends_on));
}

static json_t *box_data(const struct walk *w)
{
    const struct mailbox *m = &w->cart.items[0].mailbox;
    const struct brand_plan *plan = brand_plan_by_id(w->page.brand, m->plan);
    int gone = elapsed_days(m, w->page.today);

    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:b}", "address", m->address, "user_id",
                     m->user_id[0] ? json_string(m->user_id) : json_false(), "plan", plan ? plan->name : m->plan,
                     "expires_on", present_day(m->term.ends_on), "expired_days",
                     gone ? json_integer(gone) : json_false(), "one_day", gone == 1);
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;
    struct quote options[QUOTE_OPTIONS];
    size_t count = options_of(w, options);
    int64_t chosen = w->lines.count ? w->lines.all[0].years : 0;
    const struct brand_convention *convention = count ? options[0].convention : NULL;
    json_t *list = json_array();

    page_fields(p, FIELDS, NULL, faults);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list,
                              option_data(p, &options[i], options[i].choice.years == chosen || count == 1, i == 0));
    page_set(p, "box", box_data(w));
    page_set(p, "fixed", convention && count ? json_incref(json_array_get(list, 0)) : json_false());
    page_set(p, "body", convention ? json_string(convention->body) : json_false());
    page_set(p, "note", convention && convention->note ? json_string(convention->note) : json_false());
    page_set(p, "options", list);
    json_object_set_new(json_object_get(p->data, "way"), "term_open", json_false()); /* it is chosen here, or fixed */
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct page *p = &w->page;
    const struct mailbox *m = &w->cart.items[0].mailbox;
    struct quote options[QUOTE_OPTIONS], quote;
    struct years_form form = {0};
    struct problem why;
    size_t count = options_of(w, options);

    if (page_form(p, FIELDS, &form, faults) != DONE)
        return REFUSED;
    if (!form.years && count == 1)
        form.years = options[0].choice.years;
    if (!form.years)
        return problems_add(faults, PROBLEM_NOT_A_CHOICE, "years", "%s", "");
    if (quote_renewal(p->brand, m,
                      &(struct renewal_choice){.years = form.years, .extra_gb = m->extra_gb, .plan = m->plan}, p->today,
                      &quote, &why) != DONE) {
        problems_put(faults, &why);
        return REFUSED;
    }
    w->lines.all[0].years = form.years;
    walk_keep_lines(w);
    return DONE;
}

const struct wizard_step STEP_PAGE_YEARS = {
    .name = "years", .title = N_("Anni Rinnovo"), .button = N_("Avanti"), .holds = holds, .show = show, .take = take};
