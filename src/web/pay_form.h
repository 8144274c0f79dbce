/* web/pay_form.h: choosing how to pay, the same on every page that asks (checkout, an open order, a top-up), and what follows. */
#pragma once

#include "rules/payment.h"
#include "shop/place_order.h"
#include "web/page.h"

/* What the visitor may pay from. */
struct pay_offer {
    struct money due;     /* cents < 0: not known yet */
    bool wallet;          /* the prepaid account is among the ways */
    struct money balance; /* its */
    bool remember;        /* a card may be kept: an account's */
};

/* In the page's reading: whether the visitor has a prepaid account here, and its balance. */
enum outcome pay_offer_load(struct db_tx *tx, const struct page *p, struct money due, struct pay_offer *offer) must_check;

/* Sets `methods` and `remember` as part/methods lists them. With one method that can be had there is nothing to choose: it is chosen. */
void pay_form(struct page *p, const struct pay_offer *offer, const char *chosen, bool remember);

/* Whether `chosen` may pay this. REFUSED with the fault on field "method". */
enum outcome pay_form_check(const struct page *p, const struct pay_offer *offer, const char *chosen,
                            enum payment_method *method, struct problems *faults) must_check;

/* Pays an order that stands, and answers the request: off to the provider, or to the order's page, which says how things are. `fresh`:
 * it has just been placed. False, with *why and nothing answered, when the prepaid account is short. */
bool pay_order(struct page *p, const char *code, enum payment_method method, bool remember, bool fresh, struct problem *why);
/* After a form that places an order: pays it; the same form again finds its order, and does not pay it again once it is paid. */
void pay_placed(struct page *p, const struct order *order, bool remember);
