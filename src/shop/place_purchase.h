/* shop/place_purchase.h: Conferma of a purchase (DOMAIN R54-R57, §3.2 M4, §3.3 O1): only now is there an order and its LM… code. */
#pragma once

#include "shop/place_order.h"
#include "shop/request.h"

struct purchase_request {
    struct order_request order; /* lines and cart_owner are not used; who.account_id: the buyer. Its billing is the payer's; all empty: the
                                   holder's is invoiced */
    int64_t request_id;         /* of the buyer; its name is held */
    bool start_now;             /* a consumer wants the service to begin before the days of withdrawal are over (L15); kept for
                                   consumers only */
};

/* One transaction (db_transaction_rows will do): the request's data, price and hold are checked again; an order of kind `purchase` with
 * one line, `awaiting_payment`, the name kept without end, the mail order_received in the outbox. A hold that ran out is taken again
 * where nobody else has the name; where somebody has, REFUSED with PROBLEM_NAME_NOT_HELD on `names`, and the form stays as it is: the
 * customer goes back to «Valida». REFUSED also as place_order (payment_method, terms, total_cents), as request_check (the first fault),
 * with PROBLEM_NOT_FOUND, and with PROBLEM_REQUEST_STATE. The same form_token again finds the order it made (placed->found). */
enum outcome place_purchase(struct db_tx *tx, void *mem, const struct purchase_request *request, struct placed_order *placed,
                            struct problem *why) must_check;

/* The same whole, for who has no wizard: an API key, the desk. The form is saved, its names are checked and one is held, the order is placed,
 * in one transaction that must not commit when REFUSED; then *faults is all that is wrong, on the fields of the form and of the order.
 * Of *bought what draft_save reads; it is the request that was made. The same form_token again finds the order it made. */
enum outcome purchase_at_once(struct db_tx *tx, void *mem, struct purchase_request *purchase, struct request *bought,
                              struct placed_order *placed, struct problems *faults) must_check;

/* An order that ends unpaid lets its name go: its request is dropped (M6). Called by who cancels and lapses orders. */
enum outcome purchase_dropped(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor) must_check;
