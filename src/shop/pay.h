/* shop/pay.h: paying an order through a provider (DOMAIN §3.4 Y1-Y3, PAYMENTS §0.3).
 *
 * An order is settled only on what the provider says when it is asked. The browser's return, a notification and the poller all do
 * the same: payment_ask. They may come in any order, many times, or never; each leaves the same state. What the provider says is
 * compared with what was asked (amount, currency, our key); what does not agree, and what comes for an order that is already paid
 * or was given up, is held and given back or credited, never lost and never renewing by resemblance. */
#pragma once

#include "shop/ports.h"
#include "shop/shop.h"
#include "store/order.h"
#include "store/payment.h"

struct pay_request {
    const struct brand *brand;
    const char *code; /* of the order; who may pay it is the caller's to check */
    enum payment_method method;
    bool remember;
    const char *language;
    const char *return_base; /* of the address at which the browser comes back, where that is not shop_link's; else NULL */
    struct actor actor;
};

/* Opens an attempt and asks the provider for its page: *payment.redirect_url is where the browser goes. An attempt by the same
 * method that is still open is taken up again rather than doubled; where another click is just opening it, its state is NEW and the
 * address not yet known. REFUSED: the order cannot be paid so (state, method), or the
 * provider will not. BUSY: the provider does not answer; the attempt stands as unknown and the poller asks. */
enum outcome pay_begin(struct shop *shop, void *mem, const struct pay_request *request, struct payment *payment,
                       struct problem *why) must_check;

/* From the prepaid account, in one transaction with the order (Y4, T11). REFUSED with PROBLEM_WALLET_SHORT when it is a cent short:
 * nothing changes then. */
enum outcome pay_from_wallet(struct shop *shop, void *mem, const struct pay_request *request, struct payment *payment,
                             struct problem *why) must_check;

/* By a method that goes on outside: transfer, slip, cheque. The order waits for it from now on; *changed is false where it did already. */
enum outcome pay_outside(struct shop *shop, void *mem, const struct pay_request *request, bool *changed, struct problem *why) must_check;

/* Asks the provider and acts on the answer; *payment is read anew. DONE also when nothing was new; BUSY when it does not answer. */
enum outcome payment_ask(struct shop *shop, void *mem, int64_t payment_id, struct payment *payment, struct problem *why) must_check;

/* Whether it was asked about in the last few seconds, or never had to be: pages that are loaded again and again need not ask. */
bool payment_asked_lately(const struct payment *payment);

/* Keeps a notification as it came, then asks about the payment it names; `nonce` is that of the address at which it came, NULL
 * where one address serves all. DONE: answer the provider 2xx; REFUSED: forged, not
 * understood, or unsigned and about no payment of ours; BUSY: it must be sent again. */
enum outcome payment_heard(struct shop *shop, void *mem, const struct brand *brand, enum payment_method method,
                           const char *nonce, const struct gateway_notice *notice, struct problem *why) must_check;

/* A payment whose end nobody can find out by asking is closed by a person who has looked at the provider's own desk. With `ref`, the
 * number it has there: it is believed only when the provider, asked by that number, names our key; REFUSED otherwise, and nothing
 * changes. Without: nobody has paid; should money appear for it after all, it is taken or held like any other. */
struct payment_closing {
    int64_t payment_id;
    const char *ref; /* NULL or "": not paid */
    const char *reason;
    struct actor actor;
};
enum outcome payment_close(struct shop *shop, void *mem, const struct payment_closing *closing, struct payment *payment,
                           struct problem *why) must_check;

/* A payment that was taken is looked at again, because something was heard of it: charged back, a dispute won, or given back at the
 * provider's own desk. The ledger follows and the desk is told; order and term stay. BUSY when the provider does not answer. */
enum outcome payment_look_again(struct shop *shop, void *mem, int64_t payment_id) must_check;

/* Asks about every payment that is due to be asked about, once: the poller. Adds to *asked. */
enum outcome payments_poll(struct shop *shop, void *mem, int limit, int *asked) must_check;

/* Whether this brand offers the method now (P15): it is among brand.payment_methods and works here. `shop` NULL: without providers. */
bool method_offered(const struct shop *shop, const struct brand *brand, enum payment_method method);
