/* web/step_term.c: for how many years (R162), each mailbox its own (R150). */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/wizard_lines.h"
#include <string.h>
#include <talloc.h>

struct term_form {
    int64_t years;
};
static const struct form_field TERM[] = {FORM_INT(struct term_form, years, "years", .min = 1, .max = 10), FORM_END};

static bool holds(struct walk *w)
{
    for (size_t i = 0; i < w->lines.count; i++)
        if (!w->lines.all[i].years)
            return false;
    return w->lines.count > 0;
}

static json_t *option_data(struct page *p, const struct quote *q, bool checked)
{
    return json_pack("{s:I, s:b, s:b, s:s, s:o, s:o, s:o, s:o}", "years", (json_int_t)q->choice.years, "one",
                     q->choice.years == 1, "checked", checked, "what",
                     present_renewal(p->mem, p->language, q->plan->name, q->choice.years), "net",
                     present_money(q->total.net), "vat", present_money(q->total.vat), "gross",
                     present_money(q->total.gross), "new_expires_on", present_day(q->renewed.ends_on));
}

static json_t *options_of(struct walk *w, const struct wizard_line *line)
{
    struct page *p = &w->page;
    struct quote options[QUOTE_OPTIONS];
    size_t count = quote_options_of(p->brand, &line->item->mailbox, &line->item->choice, p->today, options);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            list, option_data(p, &options[i], count == 1 || options[i].choice.years == line->chosen->years));
    return list;
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;
    json_t *list = json_array();
    struct wizard_line line;

    page_fields(p, wizard_line_fields(w, TERM, sizeof(struct term_form)), NULL, faults);
    for (size_t i = 0; wizard_line_at(w, i, &line); i++) {
        json_t *row = wizard_line_data(w, &line);

        json_object_set_new(row, "options", options_of(w, &line));
        json_object_set(row, "f_years", wizard_line_field(w, "years", i));
        json_array_append_new(list, row);
    }
    page_set(p, "vat_rate", present_vat_rate(w->cart.total.vat_rate_bp));
    page_set(p, "several", json_boolean(w->cart.count > 1));
    page_set(p, "boxes", list);
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct page *p = &w->page;
    struct term_form *form = talloc_zero_array(p->mem, struct term_form, (unsigned)w->cart.count + 1);
    struct wizard_line line;
    struct quote quote;
    struct problem why;

    if (page_form(p, wizard_line_fields(w, TERM, sizeof *form), form, faults) != DONE)
        return REFUSED;
    for (size_t i = 0; wizard_line_at(w, i, &line); i++) {
        struct renewal_choice choice = line.item->choice;

        choice.years = line.chosen->years = form[i].years;
        if (quote_renewal(p->brand, &line.item->mailbox, &choice, p->today, &quote, &why) != DONE)
            wizard_line_fault(faults, &why, "years", i);
    }
    walk_keep_lines(w);
    return faults->count ? REFUSED : DONE;
}

const struct wizard_step STEP_PAGE_TERM = {
    .name = "term", .title = N_("Durata del rinnovo"), .holds = holds, .show = show, .take = take};
