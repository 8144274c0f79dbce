/* web/portal_checkout.c: GET and POST /cassa (R20-R22, L14): billing data, payment method, conditions, the order. */

#include "base/i18n.h"
#include "shop/cart.h"
#include "shop/plan_change.h"
#include "shop/present.h"
#include "web/autorenew_form.h"
#include "web/billing_form.h"
#include "web/pay_form.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct checkout_form {
    const char *method, *form_token;
    bool terms, remember;
    struct autorenew_typed autorenew;
    const char *autorenew_version; /* as checked */
    int64_t total_cents;
    int kind; /* -1: the billing data were not in the form, what is known was confirmed */
    struct billing billing;
};

static const struct form_field CHECKOUT[] = {
    FORM_TEXT(struct checkout_form, method, "method", .max = 40, .optional = true),
    FORM_FLAG(struct checkout_form, remember, "remember"),
    AUTORENEW_FIELDS(struct checkout_form, autorenew),
    FORM_FLAG(struct checkout_form, terms, "terms"),
    FORM_IGNORE("terms_version"),
    FORM_INT(struct checkout_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT),
    FORM_TEXT(struct checkout_form, form_token, "form_token", .max = 64),
    BILLING_FIELDS(struct checkout_form),
    FORM_END,
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
static void show(struct page *p, struct checkout *c, int status, const struct checkout_form *typed, bool open,
                 const struct problems *faults)
{
    char token[TOKEN_TEXT];
    json_t *cart;

    token_make(token);
    page_set(p, "form_token", json_string(typed && typed->form_token ? typed->form_token : token));
    page_steps(p, "checkout");
    billing_form(p, &c->known, typed ? typed->kind : -1, open, CHECKOUT, faults);
    pay_form(p, &c->offer, typed ? typed->method : NULL, typed && typed->remember);
    autorenew_form(p, may_renew_itself(p, c), typed && typed->autorenew.wanted);
    page_put_terms(p, typed && typed->terms);
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
        show(&p, &c, 200, NULL, form_value(&req->query, "modifica") != NULL, NULL);
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

/* What the customer must see beside its field; the rest is of the whole form. */
static const char *form_field_of(const struct problem *why)
{
    return strcmp(why->field, "payment_method") == 0 ? "method" : why->field;
}

static enum outcome order(struct page *p, struct checkout *c, const struct checkout_form *form, struct ordering *w)
{
    struct order_request request = {.brand = p->brand,
                                    .actor = p->actor,
                                    .who = p->visitor.who,
                                    .lines = wanted(p, &c->cart),
                                    .line_count = c->cart.count,
                                    .shop = p->shop,
                                    .payment_method = form->method,
                                    .billing = form->billing,
                                    .terms_accepted = form->terms,
                                    .terms_version = page_terms_shown(p),
                                    .language = p->language,
                                    .form_token = form->form_token,
                                    .expected = money(form->total_cents),
                                    .autorenew_version = form->autorenew_version,
                                    .cart_owner = p->owner};

    w->mem = p->mem;
    w->request = &request;
    if (http_leave(p->req))
        (void)!spaces_ask(p->shop, p->mem, request.lines, request.line_count);
    http_return(p->req);
    return db_transaction_rows(p->shop->db, "order.place", place, w);
}

/* All that can be seen before the order is made. */
static enum outcome check(struct page *p, struct checkout *c, struct checkout_form *form, struct problems *faults)
{
    enum outcome o = page_form(p, CHECKOUT, form, faults);
    enum payment_method method;

    if (billing_sent(p))
        form->billing.kind = form->kind;
    else
        form->billing = c->known;
    /* An empty cart has no billing data either: the form was sent before, and place_order finds the order it made. */
    if (!c->cart.count)
        return o;
    (void)!pay_form_check(p, &c->offer, form->method, &method, faults);
    (void)!autorenew_form_check(p, may_renew_itself(p, c), &form->autorenew, form->method, &form->autorenew_version,
                                faults);
    if (!form->terms)
        (void)!problems_add(faults, PROBLEM_TERMS, "terms", "%s", "");
    if (o == DONE)
        (void)!billing_check(p->mem, &form->billing, faults);
    return faults->count ? REFUSED : DONE;
}

void portal_checkout_sent(struct http_request *req)
{
    struct checkout c = {0};
    struct checkout_form form = {.kind = -1};
    struct problems faults = {0};
    struct ordering w = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &c, &p))
        return;
    o = check(&p, &c, &form, &faults);
    if (o == DONE) {
        o = order(&p, &c, &form, &w);
        if (o == REFUSED) {
            snprintf(w.why.field, sizeof w.why.field, "%s", form_field_of(&w.why));
            problems_put(&faults, &w.why);
        }
    }
    if (o == DONE)
        pay_placed(&p, &w.placed.order, form.remember);
    else if (o == REFUSED && c.cart.line_count)
        show(&p, &c, 422, &form, billing_sent(&p), &faults);
    else if (o == REFUSED)
        page_go(&p, "/carrello");
    else
        page_failed(&p, o, &w.why);
}
