/* web/portal_checkout.c: GET and POST /cassa (R20-R22, L14): billing data, payment method, conditions, the order. */

#include "base/i18n.h"
#include "shop/cart.h"
#include "shop/plan_change.h"
#include "shop/present.h"
#include "web/checkout_form.h"
#include "web/portal.h"
#include <string.h>
#include <talloc.h>

static const struct form_field CHECKOUT[] = {
    CHECKOUT_FIELDS, CHECKOUT_TOTAL, CHECKOUT_BILLING, CHECKOUT_AUTORENEW, FORM_END,
};

struct checkout {
    struct cart cart;
    struct billing known; /* the holder's, or as last invoiced to this account */
    struct pay_offer offer;
    const char *just_placed; /* the cart is empty because of this open order; NULL: of none */
};

#define JUST_NOW MINUTES(30)

/* Who comes back here from the provider's page, by the browser's button, has ordered already. */
static enum outcome find_placed(struct db_tx *tx, struct page *p, struct checkout *c)
{
    struct order *orders;
    size_t count;

    c->just_placed = NULL;
    TRY(orders_seen_by(tx, p->mem, p->visitor.who, 0, 1, &orders, &count));
    if (count && order_is_open(orders[0].state) && p->now.us - orders[0].confirmed_at.us < JUST_NOW)
        c->just_placed = orders[0].code;
    return DONE;
}

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct checkout *c = arg;

    (void)why;
    TRY(cart_load(tx, p->mem, p->brand, p->visitor.who, p->language, &c->cart));
    TRY(pay_offer_load(tx, p, c->cart.total.gross, &c->offer));
    return c->cart.count ? billing_known(tx, p, &c->cart.items[0].mailbox.holder, &c->known) : find_placed(tx, p, c);
}

/* For all that is in the cart, or not at all. */
static bool may_renew_itself(const struct page *p, const struct checkout *c)
{
    for (size_t i = 0; i < c->cart.count; i++)
        if (!autorenew_offered(p, &c->cart.items[i].mailbox))
            return false;
    return c->cart.count > 0;
}

/* An empty cart: the form was sent before, and place_order finds the order it made. */
static struct checkout_known known(const struct page *p, const struct checkout *c)
{
    return (struct checkout_known){
        .billing = &c->known, .offer = c->cart.count ? &c->offer : NULL, .may_renew_itself = may_renew_itself(p, c)};
}

/* ---- Showing ---- */

static json_t *holders_data(const struct checkout *c, const struct billing *billing)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->cart.count; i++) {
        const struct billing *holder = &c->cart.items[i].mailbox.holder;

        if (!text_same(holder->email, billing->email) && json_array_size(list) < 5)
            json_array_append_new(list, json_string(holder->name));
    }
    return list;
}

/* `typed` is NULL when the page is shown first. */
static void show(struct page *p, struct checkout *c, int status, const struct checkout_form *typed,
                 const struct problems *faults)
{
    struct checkout_known k = known(p, c);
    json_t *cart;

    page_steps(p, "checkout");
    checkout_form_put(p, &k, typed, CHECKOUT, faults);
    page_set(p, "holders", holders_data(c, &c->known));
    cart = present_lines(p->mem, c->cart.lines, c->cart.line_count, &c->cart.total);
    billing_owed(p, cart, &c->known, &c->cart.total);
    page_set(p, "cart", cart);
    page_show(p, status, "checkout", N_("Dati e pagamento"));
}

void portal_checkout(struct http_request *req)
{
    struct checkout c = {0};
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &c, &p))
        return;
    if (!c.cart.count && c.just_placed)
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s", c.just_placed));
    else if (!c.cart.line_count ||
             c.cart.line_count < c.cart.count) /* empty, or with something that is no longer possible */
        page_go(&p, "/carrello");
    else
        show(&p, &c, 200, NULL, NULL);
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

    return place_order(tx, w->mem, w->request, &w->placed, &w->why);
}

static struct wanted_line *wanted(struct page *p, const struct cart *cart)
{
    struct wanted_line *lines = talloc_zero_array(p->mem, struct wanted_line, (unsigned)cart->count + 1);

    for (size_t i = 0; i < cart->count; i++)
        lines[i] = (struct wanted_line){.address = cart->items[i].mailbox.address, .choice = cart->items[i].choice};
    return lines;
}

static enum outcome order(struct page *p, struct checkout *c, const struct checkout_form *form, struct ordering *w)
{
    struct order_request request = checkout_request(p, form);

    request.lines = wanted(p, &c->cart);
    request.line_count = c->cart.count;
    request.cart_owner = p->owner;
    w->mem = p->mem;
    w->request = &request;
    if (http_leave(p->req))
        (void)!spaces_ask(p->shop, p->mem, request.lines, request.line_count);
    http_return(p->req);
    return db_transaction_rows(p->shop->db, "order.place", place, w);
}

void portal_checkout_sent(struct http_request *req)
{
    struct checkout c = {0};
    struct checkout_form form = {0};
    struct checkout_known k;
    struct problems faults = {0};
    struct ordering w = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &c, &p))
        return;
    k = known(&p, &c);
    o = checkout_form_read(&p, &k, &form, CHECKOUT, &faults);
    if (o == DONE) {
        o = order(&p, &c, &form, &w);
        if (o == REFUSED)
            checkout_refused(&w.why, &faults);
    }
    if (o == DONE)
        pay_placed(&p, &w.placed.order, form.remember);
    else if (o == REFUSED && c.cart.line_count)
        show(&p, &c, 422, &form, &faults);
    else if (o == REFUSED)
        page_go(&p, "/carrello");
    else
        page_failed(&p, o, &w.why);
}
