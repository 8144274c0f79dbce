/* shop/fulfil.h: an order is settled, by whatever means: ledger, invoice, new expiry (or the prepaid account's new balance), events
 * and mails, in the caller's transaction. The one place where money turns into service; how the money came is the caller's. */
#pragma once

#include "rules/payment.h"
#include "rules/sale.h"
#include "shop/shop.h"
#include "store/bank.h"
#include "store/order.h"

struct settling {
    const char *cause;   /* "bank:17", "payment:5", "cheque:2", "proof:3": of the ledger, and shop_order.settled_by */
    const char *from;    /* the ledger's account that gains: "bank:IBAN", "gateway:axerve:visura", "wallet:7", "provisional:visura" */
    enum payment_method method;
    int64_t instrument_id; /* what the provider keeps of it for later charges; 0: nothing */
    struct money amount; /* what came; must be what is due */
    struct day paid_on;  /* the tax point (D11) */
    bool provisional;    /* on a proof: the money has not been seen yet */
    struct actor actor;
};

/* What is due for the order when paid on that day: by the rate of that day (T30), and without the VAT where a public body pays that to
 * the state on that day (T56): total.due. A top-up has no VAT. */
enum outcome order_due(const struct order *order, struct day paid_on, struct total *due, struct problem *why) must_check;

/* How an order that is about to be placed will be taxed, by its brand and to whom it is invoiced, and its total with that. */
enum outcome order_agree_tax(const struct brand *brand, struct order *order, struct day today, struct problem *why) must_check;

/* Whether an order that has lapsed may still be settled by money that was authorised on or before its last day (D16): as long as
 * its mailboxes are as they were, and not in another order; or the name that was held for a new one is still free. */
enum outcome order_may_settle_late(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                   struct day authorised_on, bool *may) must_check;

/* `order` must be confirmed, or lapsed and order_may_settle_late; BUSY when it no longer is what was read. */
enum outcome settle_order(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                          const struct settling *how) must_check;
