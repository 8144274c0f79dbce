/* shop/refund.h: money given back, whole or in part (Y11, O11, O12): credit note, ledger, the term taken back, and the money to its
 * source, to the prepaid account, or by a transfer. Decided in one transaction; a provider is asked by a worker. */
#pragma once

#include "shop/held.h"
#include "shop/ports.h"
#include "shop/shop.h"
#include "store/order.h"
#include "store/payment.h"
#include "store/refund.h"

struct refund_request {
    const char *code;        /* of a fulfilled order */
    bool refused;            /* of one in process: the desk refuses its mailbox (shop/review.h); only whole, with take_back */
    struct money amount;     /* of what was due (T56); at most what is left of it */
    const int64_t *lines;    /* instead of an amount: these lines of the order, whole and once; not of a bulk order */
    size_t line_count;
    const char *destination; /* source, wallet, transfer */
    const char *iban, *payee; /* of a transfer */
    const char *reason;      /* stands on the credit note */
    bool take_back;          /* the term too: only with the whole, but for what is kept */
    struct money kept;       /* with take_back: stays paid, for the service that was used (shop/withdraw.h) */
    struct actor actor;
};
/* Where the money is not with us (a proof without its credit, a payment that was charged back) there is the credit note and no
 * refund: *refund has destination "none". REFUSED with the fault and its field. The credit note's mail is in the outbox. */
enum outcome refund_order(struct db_tx *tx, void *mem, const struct brands *brands, const struct refund_request *request,
                          struct refund *refund, struct problem *why) must_check;

/* Money that is held, and belongs to nobody's invoice, goes back: no credit note. "source" only of a payment. */
enum outcome refund_held(struct db_tx *tx, void *mem, const struct brands *brands, enum held_kind kind, int64_t id,
                         const char *destination, const char *iban, const char *payee, const struct actor *actor,
                         struct refund *refund, struct problem *why) must_check;
/* A credit in another currency was given back at the bank: it is held no longer. REFUSED where it is in euro. */
enum outcome held_returned(struct db_tx *tx, void *mem, const struct brands *brands, int64_t bank_entry_id, const char *reason,
                           const struct actor *actor, struct problem *why) must_check;

/* What the outbox's row of kind "refund" asks for: the provider gives it back, by the refund's own key, at most once. Of one that
 * goes another way by now there is nothing to do. */
enum outcome refund_do(struct shop *shop, void *mem, int64_t refund_id, struct problem *why) must_check;
/* Staff made the transfer. */
enum outcome refund_sent(struct db_tx *tx, void *mem, int64_t refund_id, const struct actor *actor, struct problem *why) must_check;

/* What the provider refuses goes by a transfer, or to the prepaid account. Only where the provider has said that it will not: while
 * that is not known, or the bank has taken the money back already, it is REFUSED. The customer is told. */
enum outcome refund_turn(struct db_tx *tx, void *mem, const struct brands *brands, int64_t refund_id, const char *destination,
                         const char *iban, const char *payee, const struct actor *actor, struct refund *refund,
                         struct problem *why) must_check;

/* A transfer that was not made yet is not needed any more: a charge-back has brought the money to its payer. */
enum outcome refund_drop(struct db_tx *tx, void *mem, int64_t refund_id, const struct actor *actor, struct problem *why) must_check;
/* The same of all that the provider has refused to give back of a payment that was charged back. */
enum outcome refunds_drop_refused(struct db_tx *tx, void *mem, int64_t payment_id, const struct actor *actor) must_check;

/* The provider says that it gave back `in_all` of a payment: what we did not ask for was given back at its own desk. It is recorded,
 * without a credit note, which is for a person to decide; *found is how much, 0: nothing new. */
enum outcome refund_elsewhere(struct db_tx *tx, void *mem, const struct order *order, struct payment *payment, struct money in_all,
                              struct money *found) must_check;
