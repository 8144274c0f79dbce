/* shop/place_order.h: an order is confirmed, before any money (O1). One transaction; prices and dates are computed here, again,
 * whatever the form said. */
#pragma once

#include "shop/quote.h"
#include "shop/shop.h"
#include "store/order.h"

#define ORDER_MAILBOXES 99

struct wanted_line {
    const char *address; /* of the mailbox */
    struct renewal_choice choice;
};

struct order_request {
    const struct brand *brand;
    struct actor actor;
    struct principal who;      /* {0,0}: staff or an API key, who may order for any mailbox of the brand */
    const struct wanted_line *lines;
    size_t line_count;
    const struct shop *shop;   /* which online methods work (shop/pay.h: method_offered); NULL: none of them */
    const char *payment_method;
    struct billing billing;    /* checked by billing_check; all empty: the holder's, checked here, for who may see them */
    bool terms_accepted;
    const char *terms_version; /* as shown; must be the one in force */
    const char *autorenew_version; /* of the text of automatic renewal that was consented to (shop/autorenew.h: autorenew_ask); NULL: not asked for */
    const char *language;
    const char *form_token;    /* NULL: none. A second order with the same token finds the first */
    struct money expected;     /* the total that was shown; cents < 0: not checked */
    int64_t associate_account_id; /* R134: whose the mailboxes are once renewed, for who came by the mailbox's own password, and our own people; 0: as it is */
    const char *cart_owner;    /* cleared with the order; NULL: none */
};

struct placed_order {
    struct order order;
    struct order_line *lines;
    size_t line_count;
    bool found; /* the form had been sent before: this is the order it made */
};

/* REFUSED with the fault and its field; nothing is written then. The acknowledgment mail is in the outbox (L19). */
enum outcome place_order(struct db_tx *tx, void *mem, const struct order_request *request, struct placed_order *placed,
                         struct problem *why) must_check;

/* Tells the database what place_order will read, for who has other questions first. */
void place_order_ahead(struct db_tx *tx, const struct wanted_line *lines, size_t count);

/* All that stands in the way of a request, for who sends a whole form at once: fields payment_method, terms, lines,
 * lines[0].mailbox, lines[0].years …, billing.street …, total_cents. Writes nothing, so it may follow a refusal in the same transaction. DONE when
 * nothing stands in the way. */
enum outcome order_faults(struct db_tx *tx, void *mem, const struct order_request *request, struct problems *all) must_check;

/* confirmed → cancelled, by who may see it; REFUSED with PROBLEM_ORDER_STATE once it is anything else (O9). */
enum outcome cancel_order(struct db_tx *tx, void *mem, const char *code, const struct actor *actor, struct problem *why) must_check;

/* confirmed → lapsed: up to `limit` orders that nobody paid in time (O10). Money that comes later is held. */
enum outcome lapse_orders(struct db_tx *tx, void *mem, int limit, int *lapsed) must_check;

/* Gives an order that is about to be inserted its id, and its code by the brand's way of making them (P18). */
enum outcome order_give_code(struct db_tx *tx, void *mem, const struct brand *brand, struct order *order) must_check;
