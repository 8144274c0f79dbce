/* web/step_type.c: Gestione caselle PEC (R153-R155): the type and the space of each mailbox, as they are or others.
 * What may be chosen, and what that takes, is for quote_renewal to say. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/wizard_lines.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct type_form {
    const char *plan;
    int64_t extra_gb;
};
static const struct form_field TYPE[] = {
    FORM_TEXT(struct type_form, plan, "plan", .max = 40, .optional = true),
    FORM_INT(struct type_form, extra_gb, "extra_gb", .min = 0, .max = 10000, .optional = true),
    FORM_END,
};

static bool holds(struct walk *w)
{
    for (size_t i = 0; i < w->lines.count; i++)
        if (!w->lines.all[i].plan[0])
            return false;
    return w->lines.count > 0;
}

static json_t *plan_data(struct walk *w, const struct mailbox *m, const struct brand_plan *plan, const char *chosen)
{
    struct renewal_choice choice = {
        .years = renewal_years(w->page.brand, m, w->page.today).least, .plan = plan->id, .extra_gb = EXTRA_GB_AS_HELD};
    struct plan priced;
    struct quote quote;
    struct problem why = {0};
    bool held = strcmp(plan->id, m->plan) == 0;

    if (brand_plan_on(plan, w->page.today, &priced, NULL) != DONE)
        return NULL;
    /* One that cannot be had at all is left out; one that takes something else as well, such as more space, is not. */
    if (!held && quote_renewal(w->page.brand, m, &choice, w->page.today, &quote, &why) != DONE &&
        strcmp(why.field, "plan") == 0)
        return NULL;
    return json_pack("{s:s, s:s, s:I, s:o, s:o, s:b, s:b}", "id", plan->id, "name", plan->name, "mailbox_gb",
                     (json_int_t)plan->mailbox_gb, "archive_gb",
                     plan->archive_gb ? json_integer(plan->archive_gb) : json_false(), "year",
                     present_money(priced.year), "current", held, "checked", strcmp(plan->id, chosen) == 0);
}

static json_t *plans_of(struct walk *w, const struct wizard_line *line, const char *chosen)
{
    json_t *list = json_array(), *row;

    for (size_t i = 0; i < w->page.brand->plan_count; i++)
        if ((row = plan_data(w, &line->item->mailbox, &w->page.brand->plans[i], chosen)))
            json_array_append_new(list, row);
    return list;
}

/* The space on sale with the plan chosen; false where the brand sells none. */
static json_t *space_of(struct walk *w, const char *chosen)
{
    const struct brand_plan *plan = brand_plan_by_id(w->page.brand, chosen);
    struct plan priced;

    if (!w->page.brand->extra_space || !plan || brand_plan_on(plan, w->page.today, &priced, NULL) != DONE ||
        !priced.extra_gb_year.cents)
        return json_false();
    return json_pack("{s:o, s:I}", "year", present_money(priced.extra_gb_year), "max", (json_int_t)priced.max_extra_gb);
}

static const char *typed(const struct walk *w, const char *name, size_t index)
{
    return form_value(&w->page.req->form, talloc_asprintf(w->page.mem, "%s_%zu", name, index + 1));
}

static json_t *box_data(struct walk *w, size_t i, const struct wizard_line *line)
{
    const struct mailbox *m = &line->item->mailbox;
    const char *plan = typed(w, "plan", i);
    json_t *row = wizard_line_data(w, line), *f_gb = wizard_line_field(w, "extra_gb", i);
    int64_t extra_gb = line->chosen->plan[0] ? line->chosen->extra_gb : m->extra_gb;

    if (!plan || !brand_plan_by_id(w->page.brand, plan))
        plan = line->chosen->plan[0] ? line->chosen->plan : m->plan;
    if (!typed(w, "extra_gb", i))
        json_object_set_new(f_gb, "value", json_sprintf("%lld", (long long)extra_gb));
    json_object_set_new(row, "plans", plans_of(w, line, plan));
    json_object_set_new(row, "space", space_of(w, plan));
    json_object_set(row, "f_plan", wizard_line_field(w, "plan", i));
    json_object_set(row, "f_gb", f_gb);
    return row;
}

static void show(struct walk *w, const struct problems *faults)
{
    struct page *p = &w->page;
    json_t *list = json_array();
    struct wizard_line line;

    page_fields(p, wizard_line_fields(w, TYPE, sizeof(struct type_form)), NULL, faults);
    for (size_t i = 0; wizard_line_at(w, i, &line); i++)
        json_array_append_new(list, box_data(w, i, &line));
    page_set(p, "several", json_boolean(w->cart.count > 1));
    page_set(p, "boxes", list);
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct page *p = &w->page;
    struct type_form *form = talloc_zero_array(p->mem, struct type_form, (unsigned)w->cart.count + 1);
    struct wizard_line line;
    struct quote quote;
    struct problem why;

    for (size_t i = 0; wizard_line_at(w, i, &line); i++)
        form[i] = (struct type_form){line.item->mailbox.plan, line.item->mailbox.extra_gb};
    if (page_form(p, wizard_line_fields(w, TYPE, sizeof *form), form, faults) != DONE)
        return REFUSED;
    for (size_t i = 0; wizard_line_at(w, i, &line); i++) {
        struct renewal_choice choice = {
            .years = line.item->choice.years, .plan = form[i].plan, .extra_gb = form[i].extra_gb};
        enum outcome o = quote_renewal(p->brand, &line.item->mailbox, &choice, p->today, &quote, &why);

        if (o != DONE && strcmp(why.field, "years") != 0) /* the term is asked anew */
            wizard_line_fault(faults, &why, strcmp(why.field, "extra_gb") == 0 ? "extra_gb" : "plan", i);
        line.chosen->plan = (char *)form[i].plan;
        line.chosen->extra_gb = form[i].extra_gb;
    }
    walk_keep_lines(w);
    return faults->count ? REFUSED : DONE;
}

const struct wizard_step STEP_PAGE_TYPE = {.name = "type",
                                           .title = N_("Gestione caselle PEC"),
                                           .button = N_("Prosegui e completa l'ordine"),
                                           .holds = holds,
                                           .show = show,
                                           .take = take};
