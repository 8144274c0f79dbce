/* web/portal_space.c: GET and POST /caselle/{address}/spazio (§3.7): more room until the expiry. How many GB is in the
 * address, so that the price stands beside it without a line of script; the button below orders just that. */

#include "base/i18n.h"
#include "shop/extra_space.h"
#include "shop/present.h"
#include "web/checkout_form.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define MOST_GB 10000

struct more {
    int64_t gb, archive_gb; /* on top of what there is; -1: what was typed is no number of GB */
};

struct space_form {
    struct checkout_form order;
    struct more more;
};
static const struct form_field ORDER[] = {
    CHECKOUT_FIELDS,
    CHECKOUT_TOTAL,
    CHECKOUT_BILLING,
    FORM_INT(struct space_form, more.gb, "gb", .min = 0, .max = MOST_GB, .optional = true),
    FORM_INT(struct space_form, more.archive_gb, "archive_gb", .min = 0, .max = MOST_GB, .optional = true),
    FORM_END,
};

struct adding {
    struct mailbox mailbox;
    struct more more;
    bool possible, priced;
    struct problem why;     /* not possible */
    struct problem refused; /* possible, but not so many */
    struct space_quote quote;
    struct billing known;
    struct pay_offer offer;
};

static enum outcome price(struct page *p, struct adding *a)
{
    const struct mailbox *m = &a->mailbox;
    struct space wanted = {m->extra_gb + a->more.gb, m->extra_archive_gb + a->more.archive_gb};
    enum outcome o = quote_space(p->brand, m, &wanted, p->today, &a->quote, &a->refused);

    a->priced = o == DONE;
    return o == REFUSED ? DONE : o;
}

static int64_t gb_of(const char *typed)
{
    size_t length = typed ? strlen(typed) : 0;

    if (!length)
        return 0;
    return strspn(typed, "0123456789") == length && length < 6 ? strtoll(typed, NULL, 10) : -1;
}

/* Where nothing was chosen yet, one. */
static void read_choice(const struct page *p, struct adding *a)
{
    const struct form *form = p->req->method == HTTP_GET ? &p->req->query : &p->req->form;
    const char *gb = form_value(form, "gb"), *archive_gb = form_value(form, "archive_gb");

    a->more = (struct more){gb || archive_gb ? gb_of(gb) : 1, gb_of(archive_gb)};
}

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct adding *a = arg;
    enum outcome o = mailbox_by_address(tx, p->mem, text_lower(p->mem, http_parameter(p->req, "address")), &a->mailbox);

    if (o == REFUSED || (o == DONE && !principal_sees(p->visitor.who, &a->mailbox)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    o = space_possible(tx, p->mem, p->brand, &a->mailbox, p->today, &a->why);
    a->possible = o == DONE;
    if (o != DONE)
        return o == REFUSED ? DONE : o;
    read_choice(p, a);
    TRY(price(p, a));
    TRY(billing_known(tx, p, &a->mailbox.holder, &a->known));
    return pay_offer_load(tx, p, a->priced ? a->quote.total.gross : money(-1), &a->offer);
}

/* ---- Showing ---- */

static json_t *space_data(const struct page *p, const struct adding *a)
{
    const struct mailbox *m = &a->mailbox;
    const struct space_quote *q = &a->quote;
    const struct brand_plan *plan = brand_plan_by_id(p->brand, m->plan);
    int64_t archive_gb = plan && plan->archive_gb ? plan->archive_gb + m->extra_archive_gb : 0;

    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:o, s:b, s:I}", "address", m->address, "path",
                     present_path(p->mem, m->address), "plan", plan ? plan->name : m->plan, "mailbox_gb",
                     (json_int_t)((plan ? plan->mailbox_gb : 0) + m->extra_gb), "archive_gb", (json_int_t)archive_gb,
                     "expires_on", present_day(m->term.ends_on), "sells_archive",
                     plan && plan->archive_gb && plan->max_extra_archive_gb > 0, "months", (json_int_t)q->price.months);
}

static json_t *price_data(const struct adding *a)
{
    const struct space_quote *q = &a->quote;
    const struct plan *plan = &q->priced;

    return json_pack("{s:o, s:o, s:I, s:b, s:o, s:b, s:I, s:I}", "gb_year", present_money(plan->extra_gb_year), "year",
                     present_money(q->year.gross), "months", (json_int_t)q->price.months, "one_month",
                     q->price.months == 1, "vat_rate", present_vat_rate(q->year.vat_rate_bp), "renews_itself",
                     a->mailbox.auto_renew, "will_gb", (json_int_t)(plan->mailbox_gb + q->wanted.extra_gb),
                     "will_archive_gb",
                     (json_int_t)(plan->archive_gb ? plan->archive_gb + q->wanted.extra_archive_gb : 0));
}

/* A fault of the choice stands beside the field it is about, which has the name of what is added. */
static void put_refused(const struct adding *a, struct problems *faults)
{
    struct problem why = a->refused;

    snprintf(why.field, sizeof why.field, "%s", strcmp(why.field, "extra_archive_gb") == 0 ? "archive_gb" : "gb");
    if (why.code == PROBLEM_EXTRA_GB) {
        const struct mailbox *m = &a->mailbox;
        bool archive = strcmp(why.field, "archive_gb") == 0;

        snprintf(why.detail, sizeof why.detail, "%d",
                 (int)(strtoll(why.detail, NULL, 10) - (archive ? m->extra_archive_gb : m->extra_gb)));
    }
    problems_put(faults, &why);
}

static json_t *choice_values(const struct adding *a)
{
    return json_pack("{s:o, s:o}", "gb", json_sprintf("%" PRId64, a->more.gb < 0 ? 0 : a->more.gb), "archive_gb",
                     json_sprintf("%" PRId64, a->more.archive_gb < 0 ? 0 : a->more.archive_gb));
}

static json_t *cart_data(const struct page *p, const struct adding *a)
{
    json_t *cart =
        present_lines(p->mem, space_line(p->mem, p->language, &a->mailbox, &a->quote, p->today), 1, &a->quote.total);

    billing_owed(p, cart, &a->known, &a->quote.total);
    return cart;
}

/* `typed` is NULL when the page is shown first. */
static void show(struct page *p, struct adding *a, int status, const struct space_form *typed, struct problems *faults)
{
    json_t *values = choice_values(a);

    if (!a->priced)
        put_refused(a, faults);
    checkout_form_put(p, &(struct checkout_known){.billing = &a->known, .offer = &a->offer},
                      typed ? &typed->order : NULL, ORDER, faults);
    page_fields(p, ORDER, values, faults);
    json_decref(values);
    page_set(p, "box", space_data(p, a));
    page_set(p, "price", a->priced ? price_data(a) : json_false());
    page_set(p, "cart", a->priced ? cart_data(p, a) : json_false());
    page_show(p, status, "space", N_("Aggiungere spazio"));
}

/* An open order is shown instead: there it can be paid or cancelled. */
static void refuse(struct page *p, const struct problem *why)
{
    if (why->code == PROBLEM_OPEN_ORDER)
        page_go(p, talloc_asprintf(p->mem, "/ordini/%s", why->detail));
    else
        page_problem(p, why);
}

void portal_space(struct http_request *req)
{
    struct adding a = {0};
    struct problems faults = {0};
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &a, &p))
        return;
    if (!a.possible)
        refuse(&p, &a.why);
    else
        show(&p, &a, a.priced ? 200 : 422, NULL, &faults);
}

/* ---- Ordering ---- */

struct ordering {
    void *mem;
    struct order_request *request;
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct ordering *w = arg;

    return place_space(tx, w->mem, w->request, &w->placed, &w->why);
}

static enum outcome order(struct page *p, const struct adding *a, const struct space_form *form, struct ordering *w)
{
    struct wanted_line line = {.address = a->mailbox.address,
                               .choice = {.extra_gb = a->quote.wanted.extra_gb,
                                          .extra_archive_gb = a->quote.wanted.extra_archive_gb,
                                          .archive_chosen = true}};
    struct order_request request = checkout_request(p, &form->order);

    request.lines = &line;
    request.line_count = 1;
    w->mem = p->mem;
    w->request = &request;
    return db_transaction_rows(p->shop->db, "space.place", place, w);
}

void portal_space_sent(struct http_request *req)
{
    struct adding a = {0};
    struct space_form form = {0};
    struct problems faults = {0};
    struct ordering w = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &a, &p))
        return;
    if (!a.possible) {
        refuse(&p, &a.why);
        return;
    }
    o = checkout_form_read(&p, &(struct checkout_known){.billing = &a.known, .offer = &a.offer}, &form.order, ORDER,
                           &faults);
    if (o == DONE && !a.priced)
        o = REFUSED;
    if (o == DONE) {
        o = order(&p, &a, &form, &w);
        if (o == REFUSED)
            checkout_refused(&w.why, &faults);
    }
    if (o == DONE)
        pay_placed(&p, &w.placed.order, form.order.remember);
    else if (o == REFUSED)
        show(&p, &a, 422, &form, &faults);
    else
        page_failed(&p, o, &w.why);
}
