/* web/portal_renew.c: GET and POST /caselle/{address}/rinnovo (R14-R17): for how long, with which plan and space. */

#include "base/i18n.h"
#include "rules/steps.h"
#include "shop/present.h"
#include "web/box.h"
#include "web/portal.h"
#include "web/wizard.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct choice_form {
    int64_t years, extra_gb;
    const char *plan;
};

static const struct form_field CHOICE[] = {
    FORM_INT(struct choice_form, years, "years", .min = 1, .max = 10),
    FORM_TEXT(struct choice_form, plan, "plan", .max = 40, .optional = true),
    FORM_INT(struct choice_form, extra_gb, "extra_gb", .min = 0, .max = 10000, .optional = true),
    FORM_END,
};

struct choosing {
    struct mailbox mailbox;
    struct choice_form form; /* at first what the cart holds already, or one more term of the same */
};

static enum outcome chosen_before(struct db_tx *tx, struct page *p, struct choosing *c)
{
    struct cart_line *lines;
    size_t count;

    c->form = (struct choice_form){.years = renewal_years(p->brand, &c->mailbox, p->today).least,
                                   .extra_gb = c->mailbox.extra_gb,
                                   .plan = c->mailbox.plan};
    TRY(cart_lines(tx, p->mem, p->owner, &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (lines[i].mailbox_id == c->mailbox.id)
            c->form =
                (struct choice_form){.years = lines[i].years, .extra_gb = lines[i].extra_gb, .plan = lines[i].plan};
    return DONE;
}

/* DONE for a mailbox that may be renewed; what stands in the way otherwise. */
static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct choosing *c = arg;
    enum outcome o = mailbox_by_address(tx, p->mem, text_lower(p->mem, http_parameter(p->req, "address")), &c->mailbox);

    if (o == REFUSED || (o == DONE && !principal_sees(p->visitor.who, &c->mailbox)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    TRY(chosen_before(tx, p, c));
    return renewal_possible(tx, p->mem, p->brand, &c->mailbox, p->today, why);
}

static json_t *parts_data(struct page *p, const struct choosing *c, const struct quote *q)
{
    struct order_line *lines = NULL;
    size_t count = 0;
    json_t *parts = json_array();

    quote_lines(p->mem, p->language, &c->mailbox, q, p->today, &lines, &count);
    for (size_t i = 0; count > 1 && i < count; i++)
        json_array_append_new(
            parts, json_pack("{s:s, s:o}", "what", lines[i].description, "net", present_money(lines[i].net)));
    return parts;
}

static json_t *option_data(struct page *p, const struct choosing *c, const struct quote *q, bool checked)
{
    json_t *parts = parts_data(p, c, q);
    char *what = present_renewal(p->mem, p->language, q->plan->name, q->choice.years);

    if (json_array_size(parts))
        what = talloc_asprintf(p->mem, page_text(p, N_("%s, aggiunte comprese")), what);
    return json_pack("{s:I, s:b, s:b, s:s, s:o, s:o, s:o, s:o, s:o}", "years", (json_int_t)q->choice.years, "one",
                     q->choice.years == 1, "checked", checked, "what", what, "net", present_money(q->total.net), "vat",
                     present_money(q->total.vat), "gross", present_money(q->total.gross), "new_expires_on",
                     present_day(q->renewed.ends_on), "parts", parts);
}

/* The plans one may go up to (P28) and the space on sale (P29); false where the brand sells neither. */
static json_t *change_data(struct page *p, const struct choosing *c, const char *plan_id, bool changed,
                           const char *fault)
{
    const struct brand_plan *held = brand_plan_by_id(p->brand, c->mailbox.plan),
                            *wanted = brand_plan_by_id(p->brand, plan_id);
    json_t *plans = json_array(), *space = json_false(), *f_gb;
    struct plan priced;
    char value[24];

    for (size_t i = 0; p->brand->change_type && i < p->brand->plan_count; i++) {
        const struct brand_plan *plan = &p->brand->plans[i];

        if ((held && plan->rank < held->rank) || brand_plan_on(plan, p->today, &priced, NULL) != DONE)
            continue;
        json_array_append_new(plans, json_pack("{s:s, s:s, s:I, s:o, s:o, s:b, s:b}", "id", plan->id, "name",
                                               plan->name, "mailbox_gb", (json_int_t)plan->mailbox_gb, "archive_gb",
                                               plan->archive_gb ? json_integer(plan->archive_gb) : json_false(), "year",
                                               present_money(priced.year), "current", plan == held, "checked",
                                               strcmp(plan->id, plan_id) == 0));
    }
    if (p->brand->extra_space && wanted && brand_plan_on(wanted, p->today, &priced, NULL) == DONE &&
        priced.extra_gb_year.cents)
        space = json_pack("{s:o, s:I}", "year", present_money(priced.extra_gb_year), "max",
                          (json_int_t)priced.max_extra_gb);
    if (json_array_size(plans) < 2 && json_is_false(space)) {
        json_decref(plans);
        return space;
    }
    snprintf(value, sizeof value, "%" PRId64, c->form.extra_gb);
    f_gb = json_pack("{s:s, s:s}", "name", "extra_gb", "value", value);
    if (fault)
        json_object_set_new(f_gb, "error", json_string(fault));
    return json_pack("{s:b, s:b, s:o, s:o, s:o}", "open", changed || fault, "changed", changed, "plans", plans, "space",
                     space, "f_gb", f_gb);
}

static const char *fault_of(struct page *p, const struct problems *faults, const char *field)
{
    for (size_t i = 0; faults && i < faults->count && i < count_of(faults->item); i++)
        if (strcmp(faults->item[i].field, field) == 0)
            return problem_text(p->mem, p->language, &faults->item[i]);
    return NULL;
}

static void show(struct page *p, struct choosing *c, int status, const struct problems *faults)
{
    const struct mailbox *m = &c->mailbox;
    const char *plan_id = c->form.plan && brand_plan_by_id(p->brand, c->form.plan) ? c->form.plan : m->plan;
    const char *gb_fault = fault_of(p, faults, "extra_gb");
    int64_t extra_gb = gb_fault ? m->extra_gb : c->form.extra_gb;
    struct quote options[QUOTE_OPTIONS];
    size_t count = quote_options(p->brand, m, plan_id, extra_gb, p->today, options), chosen = 0;
    json_t *list = json_array();
    struct box_page shown = {.box.mailbox = *m};

    if (!count) { /* the plan or the space asked for cannot be had: the prices of what it has */
        plan_id = m->plan;
        count = quote_options(p->brand, m, plan_id, m->extra_gb, p->today, options);
    }
    if (!count) {
        struct problem why = {.code = PROBLEM_NOT_RENEWABLE};
        struct quote none;
        struct renewal_choice least = {.years = renewal_years(p->brand, m, p->today).least, .extra_gb = m->extra_gb};

        json_decref(list);
        page_failed(p, quote_renewal(p->brand, m, &least, p->today, &none, &why), &why);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (options[i].choice.years == c->form.years)
            chosen = i;
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, option_data(p, c, &options[i], i == chosen));
    page_steps(p, "choose");
    page_fields(p, CHOICE, NULL, faults);
    box_look(p, &shown.box);
    page_set_view(p, BOX_PAGE, &shown);
    page_set(p, "expired_days", elapsed_days(m, p->today) ? json_integer(elapsed_days(m, p->today)) : json_false());
    page_set(p, "one_day", json_boolean(elapsed_days(m, p->today) == 1));
    page_set(p, "plan_id", json_string(plan_id));
    page_set(p, "extra_gb", json_integer(options[0].choice.extra_gb));
    json_object_set(p->data, "chosen", json_array_get(list, chosen));
    page_set(p, "options", list);
    page_set(p, "vat_rate", present_vat_rate(options[0].total.vat_rate_bp));
    page_set(p, "change",
             change_data(p, c, plan_id, strcmp(plan_id, m->plan) != 0 || extra_gb != m->extra_gb, gb_fault));
    page_show(p, status, "choose", N_("Durata del rinnovo"));
}

/* An open order is shown instead: there it can be paid or cancelled (D10). */
static void refuse(struct page *p, enum outcome o, const struct problem *why)
{
    if (o == REFUSED && why->code == PROBLEM_OPEN_ORDER)
        page_go(p, talloc_asprintf(p->mem, "/ordini/%s", why->detail));
    else if (o == REFUSED && why->code == PROBLEM_AUTO_RENEWAL_ON) /* T43 */
        page_go(p, talloc_asprintf(p->mem, "/caselle/%s/rinnovo-automatico",
                                   text_lower(p->mem, http_parameter(p->req, "address"))));
    else if (o == REFUSED && why->code == PROBLEM_OWN_DOMAIN) /* R145 */
        page_go(p, talloc_asprintf(p->mem, "/domini/%s", why->detail));
    else
        page_failed(p, o, why);
}

/* `load`, but a mailbox that may not be renewed is told on the page itself. */
struct attempt {
    struct choosing *choosing;
    struct problem why;
    enum outcome outcome;
};

static enum outcome try_load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct attempt *a = arg;

    (void)why;
    a->outcome = load(tx, p, a->choosing, &a->why);
    return a->outcome == REFUSED ? DONE : a->outcome;
}

static bool open_choosing(struct http_request *req, struct choosing *c, struct page *p)
{
    struct attempt a = {.choosing = c};

    if (!page_open(req, PAGE_SIGNED_IN, try_load, &a, p))
        return false;
    if (a.outcome == REFUSED && form_value(&req->query, "cambia") && wizard_may_change(p->brand, &a.why))
        walk_begin(p, c->mailbox.address);
    else if (a.outcome != DONE)
        refuse(p, a.outcome, &a.why);
    else if (!steps_by_cart(p->brand->steps))
        walk_begin(p, c->mailbox.address);
    else
        return true;
    return false;
}

void portal_choose(struct http_request *req)
{
    static const struct form_field QUERY[] = {
        FORM_TEXT(struct choice_form, plan, "plan", .max = 40, .optional = true),
        FORM_INT(struct choice_form, extra_gb, "extra_gb", .min = 0, .max = 10000, .optional = true),
        FORM_INT(struct choice_form, years, "years", .min = 1, .max = 10, .optional = true),
        FORM_IGNORE("lang"),
        FORM_END,
    };
    struct choosing c = {0};
    struct problems faults = {0};
    struct quote quote;
    struct problem why;
    struct page p;

    if (!open_choosing(req, &c, &p))
        return;
    if (form_check(p.mem, QUERY, &req->query, &c.form, &faults) == DONE &&
        quote_renewal(p.brand, &c.mailbox,
                      &(struct renewal_choice){.years = c.form.years, .extra_gb = c.form.extra_gb, .plan = c.form.plan},
                      p.today, &quote, &why) == REFUSED &&
        (strcmp(why.field, "extra_gb") == 0 || strcmp(why.field, "plan") == 0))
        problems_put(&faults, &why);
    show(&p, &c, faults.count ? 422 : 200, faults.count ? &faults : NULL);
}

struct putting {
    struct page *p;
    struct cart_line line;
};

static enum outcome put(struct db_tx *tx, void *arg)
{
    struct putting *w = arg;

    return cart_put(tx, w->p->owner, &w->line);
}

void portal_choose_sent(struct http_request *req)
{
    struct choosing c = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct quote quote;
    enum outcome o;
    struct page p;

    if (!open_choosing(req, &c, &p))
        return;
    c.form = (struct choice_form){.extra_gb = c.mailbox.extra_gb};
    o = page_form(&p, CHOICE, &c.form, &faults);
    if (o == DONE) {
        o = quote_renewal(
            p.brand, &c.mailbox,
            &(struct renewal_choice){.years = c.form.years, .extra_gb = c.form.extra_gb, .plan = c.form.plan}, p.today,
            &quote, &why);
        if (o == REFUSED)
            problems_put(&faults, &why);
    }
    if (o == REFUSED) {
        show(&p, &c, 422, &faults);
        return;
    }
    if (o == DONE)
        o = db_transaction(p.shop->db, "cart.put", put,
                           &(struct putting){&p,
                                             {.mailbox_id = c.mailbox.id,
                                              .years = quote.choice.years,
                                              .plan = (char *)quote.choice.plan,
                                              .extra_gb = quote.choice.extra_gb}});
    if (o != DONE)
        page_failed(&p, o, &why);
    else
        page_go(&p, "/carrello");
}
