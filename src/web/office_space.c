/* web/office_space.c: GET /office/caselle/{address}/spazio: what more room would cost until the expiry, by the same
 * quote as the portal's (§3.7); POST: the order is placed for the customer, who gets the mail with the ways to pay. */

#include "base/i18n.h"
#include "shop/extra_space.h"
#include "web/office_mailbox.h"
#include "web/office_order_for.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define MOST_GB 10000

struct space_form {
    int64_t gb, archive_gb; /* on top of what there is */
    struct order_for order;
};

static const struct form_field ORDER[] = {
    FORM_INT(struct space_form, gb, "gb", .min = 0, .max = MOST_GB, .optional = true),
    FORM_INT(struct space_form, archive_gb, "archive_gb", .min = 0, .max = MOST_GB, .optional = true),
    ORDER_FOR_FIELDS(struct space_form, order),
    FORM_END,
};

struct adding {
    struct mailbox mailbox;
    const struct brand *brand;
    const struct brand_plan *plan;
    struct space_form form;
    struct space_quote quote;
    bool quoted;
    struct problem no; /* why not, where it is not */
};

/* What is asked for in the address, or was sent with the order; where nothing was chosen yet, one. */
static void read_choice(struct http_request *req, struct space_form *f)
{
    const struct form *from = req->method == HTTP_GET ? &req->query : &req->form;
    const char *gb = form_value(from, "gb"), *archive_gb = form_value(from, "archive_gb");

    *f = (struct space_form){.gb = gb || archive_gb ? office_number(gb) : 1, .archive_gb = office_number(archive_gb)};
    if (f->gb > MOST_GB || f->archive_gb > MOST_GB)
        *f = (struct space_form){0};
}

static struct space wanted(const struct adding *a)
{
    return (struct space){a->mailbox.extra_gb + a->form.gb, a->mailbox.extra_archive_gb + a->form.archive_gb};
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct adding *a = arg;
    struct space space;
    enum outcome outcome;

    *a = (struct adding){0};
    TRY(mailbox_view_find(tx, o, &a->mailbox, why));
    a->brand = brand_by_id(o->page.shop->brands, a->mailbox.brand);
    if (!a->brand)
        return problem_set(why, PROBLEM_BRAND, "", "%s", "");
    a->plan = brand_plan_by_id(a->brand, a->mailbox.plan);
    read_choice(o->page.req, &a->form);
    space = wanted(a);
    outcome = space_possible(tx, o->page.mem, a->brand, &a->mailbox, o->page.today, &a->no);
    if (outcome == DONE)
        outcome = quote_space(a->brand, &a->mailbox, &space, o->page.today, &a->quote, &a->no);
    a->quoted = outcome == DONE;
    return outcome == REFUSED ? DONE : outcome;
}

/* ---- The page ---- */

static void put_quote(struct page *p, const struct adding *a)
{
    const struct space_quote *q = &a->quote;

    page_set(p, "refusal", a->quoted ? json_false() : json_string(problem_text(p->mem, p->language, &a->no)));
    page_set(p, "quote", json_false());
    if (!a->quoted)
        return;
    page_set(p, "quote",
             present_lines(p->mem, space_line(p->mem, p->language, &a->mailbox, q, p->today), 1, &q->total));
    page_set(p, "expires_on", present_day(a->mailbox.term.ends_on));
    page_set(p, "year", present_money(q->year.gross));
}

static void show(struct office *o, const struct adding *a, int status, const struct problems *faults)
{
    struct page *p = &o->page;
    const struct mailbox *m = &a->mailbox;
    int64_t mailbox_gb = a->plan ? a->plan->mailbox_gb : 0, archive_gb = a->plan ? a->plan->archive_gb : 0;

    page_fields(p, ORDER, NULL, faults);
    order_for_put_mailbox(p, m);
    page_set(p, "has_gb", json_integer(mailbox_gb + m->extra_gb));
    page_set(p, "has_archive_gb", json_integer(archive_gb ? archive_gb + m->extra_archive_gb : 0));
    page_set(p, "sells_archive", json_boolean(archive_gb && a->plan->max_extra_archive_gb > 0));
    page_set(p, "gb", json_integer(a->form.gb));
    page_set(p, "archive_gb", json_integer(a->form.archive_gb));
    order_for_put(p, a->brand, &a->form.order);
    put_quote(p, a);
    office_show(o, status, "space", N_("Spazio per il cliente"));
}

void office_space(struct http_request *req)
{
    struct adding a;
    struct office o;

    if (office_open(req, load, &a, &o))
        show(&o, &a, 200, NULL);
}

/* ---- The order ---- */

struct placing {
    struct office *o;
    struct adding *a;
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct placing *pl = arg;
    struct adding *a = pl->a;
    const struct space_form *f = &a->form;
    struct space space = wanted(a);
    const struct wanted_line line = {
        .address = a->mailbox.address,
        .choice = {.extra_gb = space.extra_gb, .archive_chosen = true, .extra_archive_gb = space.extra_archive_gb},
    };
    struct order_request request;

    TRY(order_for_request(pl->o, a->brand, &f->order, &request, &pl->why));
    request.lines = &line;
    request.line_count = 1;
    return place_space(tx, pl->o->page.mem, &request, &pl->placed, &pl->why);
}

void office_space_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct adding a;
    struct office o;
    struct placing pl = {.o = &o, .a = &a};
    enum outcome outcome;

    if (!office_open(req, load, &a, &o))
        return;
    if (page_form(&o.page, ORDER, &a.form, &faults) != DONE) {
        show(&o, &a, 422, &faults);
        return;
    }
    outcome = db_transaction_rows(o.page.shop->db, "office.space", place, &pl);
    if (outcome == REFUSED && pl.why.code)
        problems_put(&faults, &pl.why);
    if (order_for_ended(&o, outcome, &pl.placed, &a.form.order, &faults))
        show(&o, &a, problem_status(pl.why.code), &faults);
}
