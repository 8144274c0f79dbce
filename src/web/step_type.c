/* web/step_type.c: Gestione caselle PEC (R153-R155): the type and the space of each mailbox, as they are or others.
 * What may be chosen, and what that takes, is for quote_renewal to say. */

#include "base/i18n.h"
#include "shop/plan_change.h"
#include "shop/present.h"
#include "web/wizard_lines.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct type_form {
    const char *plan, *consent;
    int64_t extra_gb, extra_archive_gb;
};
static const struct form_field TYPE[] = {
    FORM_TEXT(struct type_form, plan, "plan", .max = 40, .optional = true),
    FORM_INT(struct type_form, extra_gb, "extra_gb", .min = 0, .max = 10000, .optional = true),
    FORM_INT(struct type_form, extra_archive_gb, "extra_archive_gb", .min = 0, .max = 10000, .optional = true),
    FORM_TEXT(struct type_form, consent, "consent", .max = 40, .optional = true),
    FORM_END,
};

/* What was consented to is asked anew where an archive would go without; the years come later. */
static bool line_holds(const struct walk *w, const struct wizard_line *line)
{
    const struct cart_item *item = line->item;
    struct quote quote;

    if (item->refused || !line->chosen->plan[0])
        return false;
    return quote_renewal(w->page.brand, &item->mailbox, &item->choice, w->page.today, &quote, NULL) == DONE &&
           plan_consent_check(w->page.language, &quote, NULL) == DONE;
}

static bool holds(struct walk *w)
{
    struct wizard_line line;
    size_t i = 0;

    while (wizard_line_at(w, i, &line) && line_holds(w, &line))
        i++;
    return i > 0 && i == w->cart.count;
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
    /* One that cannot be had at all is left out; one that takes something else as well, such as room made first, is
     * not. */
    if (!held && quote_renewal(w->page.brand, m, &choice, w->page.today, &quote, &why) != DONE &&
        (why.code == PROBLEM_PLAN || why.code == PROBLEM_PLAN_LOWER))
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

/* The same of the archive: of whichever plan on sale has one (R155). */
static json_t *archive_space_of(struct walk *w)
{
    const struct brand *brand = w->page.brand;
    struct plan priced;
    int most = 0;

    for (size_t i = 0; brand->extra_space && i < brand->plan_count; i++)
        if (brand->plans[i].max_extra_archive_gb > most &&
            brand_plan_on(&brand->plans[i], w->page.today, &priced, NULL) == DONE)
            most = brand->plans[i].max_extra_archive_gb;
    return most ? json_pack("{s:i}", "max", most) : json_false();
}

/* What agrees that an archive goes, once a plan without one was chosen; false otherwise. */
static json_t *consent_of(struct walk *w, const struct mailbox *m, const char *chosen)
{
    const struct brand_plan *from = brand_plan_by_id(w->page.brand, m->plan),
                            *to = brand_plan_by_id(w->page.brand, chosen);
    struct quote quote = {.plan = to};

    if (!from || !to || !from->archive_gb || to->archive_gb)
        return json_false();
    return json_pack("{s:s, s:s}", "text", plan_consent_text(w->page.mem, w->page.language, m, &quote), "word",
                     plan_consent_word(w->page.language));
}

static const char *typed(const struct walk *w, const char *name, size_t index)
{
    return form_value(&w->page.req->form, talloc_asprintf(w->page.mem, "%s_%zu", name, index + 1));
}

static json_t *box_data(struct walk *w, size_t i, const struct wizard_line *line)
{
    const struct mailbox *m = &line->item->mailbox;
    const char *plan = typed(w, "plan", i);
    json_t *row = wizard_line_data(w, line), *f_gb = wizard_line_field(w, "extra_gb", i),
           *f_archive = wizard_line_field(w, "extra_archive_gb", i), *f_consent = wizard_line_field(w, "consent", i);
    int64_t extra_gb = line->chosen->plan[0] ? line->chosen->extra_gb : m->extra_gb;
    int64_t archive_gb = line->chosen->plan[0] && line->chosen->extra_archive_gb != EXTRA_GB_AS_HELD
                             ? line->chosen->extra_archive_gb
                             : m->extra_archive_gb;
    bool own_domain = m->domain[0];

    if (!plan || !brand_plan_by_id(w->page.brand, plan))
        plan = line->chosen->plan[0] ? line->chosen->plan : m->plan;
    if (!typed(w, "extra_gb", i))
        json_object_set_new(f_gb, "value", json_sprintf("%lld", (long long)extra_gb));
    if (!typed(w, "extra_archive_gb", i))
        json_object_set_new(f_archive, "value", json_sprintf("%lld", (long long)archive_gb));
    json_object_set(row, "f_archive", f_archive);
    json_object_set(row, "f_consent", f_consent);
    json_object_set_new(row, "archive_space", own_domain ? json_false() : archive_space_of(w));
    json_object_set_new(row, "archive_consent", consent_of(w, m, plan));
    json_object_set_new(row, "plans", plans_of(w, line, plan));
    json_object_set_new(row, "space", space_of(w, plan));
    json_object_set_new(row, "automatic", json_boolean(m->auto_renew));
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

/* A mailbox that is to get smaller: how much of it is in use, as its host says now. */
static struct mailbox measured(struct walk *w, const struct mailbox *m, const struct type_form *form)
{
    struct mailbox now = *m;

    if (strcmp(form->plan, m->plan) == 0 && form->extra_gb >= m->extra_gb &&
        form->extra_archive_gb >= m->extra_archive_gb)
        return now;
    if (http_leave(w->page.req))
        (void)!space_ask(w->page.shop, w->page.mem, &now);
    http_return(w->page.req);
    return now;
}

static const char *field_of(const struct problem *why)
{
    static const char *const FIELDS[] = {"extra_gb", "extra_archive_gb", "consent"};

    for (size_t i = 0; i < count_of(FIELDS); i++)
        if (strcmp(why->field, FIELDS[i]) == 0)
            return FIELDS[i];
    return "plan";
}

static void take_line(struct walk *w, struct wizard_line *line, const struct type_form *form, size_t index,
                      struct problems *faults)
{
    struct mailbox m = measured(w, &line->item->mailbox, form);
    struct renewal_choice choice = {.years = line->item->choice.years,
                                    .plan = form->plan,
                                    .extra_gb = form->extra_gb,
                                    .archive_chosen = form->extra_archive_gb != m.extra_archive_gb,
                                    .extra_archive_gb = form->extra_archive_gb,
                                    .consent = form->consent};
    struct problem why = {0};
    struct quote quote;
    enum outcome o = quote_renewal(w->page.brand, &m, &choice, w->page.today, &quote, &why);

    if (o == DONE)
        o = plan_consent_check(w->page.language, &quote, &why);
    if (o == DONE && m.auto_renew && !quote.changes) /* A11 */
        o = problem_set(&why, PROBLEM_AUTO_RENEWAL_ON, "plan", "%s", "");
    if (o != DONE && strcmp(why.field, "years") != 0) /* the term is asked anew */
        wizard_line_fault(faults, &why, field_of(&why), index);
    line->chosen->plan = (char *)form->plan;
    line->chosen->extra_gb = form->extra_gb;
    line->chosen->extra_archive_gb = choice.archive_chosen ? form->extra_archive_gb : EXTRA_GB_AS_HELD;
    line->chosen->consent = (char *)form->consent;
}

static enum outcome take(struct walk *w, struct problems *faults)
{
    struct page *p = &w->page;
    struct type_form *form = talloc_zero_array(p->mem, struct type_form, (unsigned)w->cart.count + 1);
    struct wizard_line line;

    for (size_t i = 0; wizard_line_at(w, i, &line); i++)
        form[i] = (struct type_form){.plan = line.item->mailbox.plan,
                                     .consent = "",
                                     .extra_gb = line.item->mailbox.extra_gb,
                                     .extra_archive_gb = line.item->mailbox.extra_archive_gb};
    if (page_form(p, wizard_line_fields(w, TYPE, sizeof *form), form, faults) != DONE)
        return REFUSED;
    for (size_t i = 0; wizard_line_at(w, i, &line); i++)
        take_line(w, &line, &form[i], i, faults);
    walk_keep_lines(w);
    return faults->count ? REFUSED : DONE;
}

const struct wizard_step STEP_PAGE_TYPE = {.name = "type",
                                           .title = N_("Gestione caselle PEC"),
                                           .button = N_("Prosegui e completa l'ordine"),
                                           .holds = holds,
                                           .show = show,
                                           .take = take};
