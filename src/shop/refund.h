/* shop/refund.h: money given back, whole or in part (Y11, O11, O12): credit note, ledger, the term taken back, and the money to its
 * source, to the prepaid account, or by a transfer. Decided in one transaction; a provider is asked by a worker. */
#pragma once

#include "shop/ports.h"
#include "shop/shop.h"
#include "store/order.h"
#include "store/refund.h"

struct refund_request {
    const char *code;        /* of a fulfilled order */
    bool refused;            /* of one in process: the desk refuses its mailbox (shop/review.h); only whole, with take_back */
    struct money amount;     /* gross; at most what is left of it */
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

/* Money that is held, and belongs to nobody's invoice, goes back: no credit note. Of a payment or of a bank entry. */
enum outcome refund_held(struct db_tx *tx, void *mem, const struct brands *brands, int64_t payment_id, int64_t bank_entry_id,
                         const char *destination, const char *iban, const char *payee, const struct actor *actor,
                         struct refund *refund, struct problem *why) must_check;

/* What the outbox's row of kind "refund" asks for: the provider gives it back, by the refund's own key, at most once. */
enum outcome refund_do(struct shop *shop, void *mem, int64_t refund_id, struct problem *why) must_check;
/* Staff made the transfer. */
enum outcome refund_sent(struct db_tx *tx, void *mem, int64_t refund_id, const struct actor *actor, struct problem *why) must_check;
