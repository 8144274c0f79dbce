/* web/office_renew.c: GET /office/caselle/{address}/rinnovo: what renewing it would cost and bring, by the same quote
 * as the portal's; POST: the order is placed for the customer, who gets the mail with the ways to pay. Nothing is ever
 * charged from here. */

#include "base/i18n.h"
#include "base/text.h"
#include "shop/cart.h"
#include "shop/place_order.h"
#include "web/office_mailbox.h"
#include "web/office_order_for.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct renew_form {
    int64_t years, extra_gb;
    const char *plan;
    struct order_for order;
};

static const struct form_field ORDER[] = {
    FORM_INT(struct renew_form, years, "years", .min = 1, .max = 10),
    FORM_TEXT(struct renew_form, plan, "plan", .max = 40),
    FORM_INT(struct renew_form, extra_gb, "extra_gb", .min = 0, .max = 10000),
    ORDER_FOR_FIELDS(struct renew_form, order),
    FORM_END,
};

struct renewing {
    struct mailbox mailbox;
    const struct brand *brand;
    struct renew_form form;
    struct quote quote;
    bool quoted;
    struct problem no; /* why not, where it is not */
};

static enum outcome look(struct db_tx *tx, struct office *o, struct renewing *r, struct problem *why)
{
    struct renewal_choice choice;
    enum outcome outcome;

    TRY(mailbox_view_find(tx, o, &r->mailbox, why));
    r->brand = brand_by_id(o->page.shop->brands, r->mailbox.brand);
    if (!r->brand)
        return problem_set(why, PROBLEM_BRAND, "", "%s", "");
    if (!r->form.years) {
        r->form.years = renewal_years(r->brand, &r->mailbox, o->page.today).least;
        r->form.extra_gb = r->mailbox.extra_gb;
    }
    if (!r->form.plan || !r->form.plan[0])
        r->form.plan = r->mailbox.plan;
    choice = (struct renewal_choice){.years = r->form.years, .extra_gb = r->form.extra_gb, .plan = r->form.plan};
    outcome = quote_possible(tx, o->page.mem, r->brand, &r->mailbox, &choice, o->page.today, &r->quote, &r->no);
    r->quoted = outcome == DONE;
    return outcome == REFUSED ? DONE : outcome;
}

/* What is asked for in the address, or was sent with the order: the same is quoted, whatever else is wrong with it. */
static void read_choice(struct http_request *req, struct renew_form *f)
{
    const struct form *from = req->method == HTTP_GET ? &req->query : &req->form;
    const char *years = form_value(from, "years"), *gb = form_value(from, "extra_gb"), *plan = form_value(from, "plan");

    *f = (struct renew_form){.years = office_number(years), .plan = plan, .extra_gb = office_number(gb)};
    if (f->years > 10 || f->extra_gb > 10000 || (plan && !text_is_plain(plan, strlen(plan))))
        *f = (struct renew_form){0};
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct renewing *r = arg;

    r->no = (struct problem){0};
    read_choice(o->page.req, &r->form);
    return look(tx, o, r, why);
}

/* ---- The page ---- */

static void put_choices(struct page *p, const struct renewing *r)
{
    struct renewal_years years = renewal_years(r->brand, &r->mailbox, p->today);
    json_t *terms = json_array(), *plans = json_array();
    struct plan priced;

    for (int y = years.least; y <= years.most; y++)
        json_array_append_new(
            terms, json_pack("{s:i, s:b, s:b}", "years", y, "one", y == 1, "selected", (int64_t)y == r->form.years));
    for (size_t i = 0; i < r->brand->plan_count; i++) {
        const struct brand_plan *plan = &r->brand->plans[i];
        bool held = strcmp(plan->id, r->mailbox.plan) == 0;

        if (!held && (r->brand->change_type == CHANGE_NONE || plan->own_domain || plan->max_years ||
                      brand_plan_on(plan, p->today, &priced, NULL) != DONE))
            continue;
        json_array_append_new(plans, json_pack("{s:s, s:s, s:b, s:b}", "id", plan->id, "name", plan->name, "held", held,
                                               "selected", strcmp(plan->id, r->form.plan) == 0));
    }
    page_set(p, "terms", terms);
    page_set(p, "plans", plans);
    page_set(p, "extra_gb", json_integer(r->form.extra_gb));
    page_set(p, "sells_space", json_boolean(r->brand->extra_space));
}

static void put_quote(struct page *p, const struct renewing *r)
{
    struct order_line *lines = NULL;
    size_t count = 0;

    page_set(p, "refusal", r->quoted ? json_false() : json_string(problem_text(p->mem, p->language, &r->no)));
    if (!r->quoted) {
        page_set(p, "quote", json_false());
        return;
    }
    quote_lines(p->mem, p->language, &r->mailbox, &r->quote, p->today, &lines, &count);
    page_set(p, "quote", present_lines(p->mem, lines, count, &r->quote.total));
    page_set(p, "expires_on", present_day(r->mailbox.term.ends_on));
    page_set(p, "new_expires_on", present_day(r->quote.renewed.ends_on));
    page_set(p, "years", json_integer(r->form.years));
    page_set(p, "plan", json_string(r->quote.plan->id));
}

static void show(struct office *o, const struct renewing *r, int status, const struct problems *faults)
{
    struct page *p = &o->page;

    page_fields(p, ORDER, NULL, faults);
    order_for_put_mailbox(p, &r->mailbox);
    put_choices(p, r);
    order_for_put(p, r->brand, &r->form.order);
    put_quote(p, r);
    office_show(o, status, "renew", N_("Rinnovo per il cliente"));
}

void office_renew(struct http_request *req)
{
    struct renewing r;
    struct office o;

    if (office_open(req, load, &r, &o))
        show(&o, &r, 200, NULL);
}

/* ---- The order ---- */

struct placing {
    struct office *o;
    struct renewing *r;
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct placing *pl = arg;
    struct renewing *r = pl->r;
    const struct renew_form *f = &r->form;
    const struct wanted_line line = {
        .address = r->mailbox.address,
        .choice = {.years = f->years, .extra_gb = f->extra_gb, .plan = f->plan},
    };
    struct order_request request;

    TRY(order_for_request(pl->o, r->brand, &f->order, &request, &pl->why));
    request.lines = &line;
    request.line_count = 1;
    return place_order(tx, pl->o->page.mem, &request, &pl->placed, &pl->why);
}

void office_renew_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct renewing r;
    struct office o;
    struct placing pl = {.o = &o, .r = &r};
    enum outcome outcome;

    if (!office_open(req, load, &r, &o))
        return;
    if (page_form(&o.page, ORDER, &r.form, &faults) != DONE) {
        show(&o, &r, 422, &faults);
        return;
    }
    outcome = db_transaction_rows(o.page.shop->db, "office.renew", place, &pl);
    if (outcome == REFUSED && pl.why.code)
        problems_put(&faults, &pl.why);
    if (order_for_ended(&o, outcome, &pl.placed, &r.form.order, &faults))
        show(&o, &r, problem_status(pl.why.code), &faults);
}
