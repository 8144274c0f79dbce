/* shop/cheque.h: cheques, recorded on arrival, settled on clearing, never before (Y10, T34, PAYMENTS §13). */
#pragma once

#include "rules/cheque.h"
#include "shop/shop.h"
#include "store/order.h"
#include "store/proof.h"

struct cheque_request {
    const char *code; /* of the order */
    struct cheque_facts facts;
    struct actor actor;
};
/* REFUSED with every fault and its field: what makes the desk send it back to its sender, and "code" of an order that is no longer
 * open. The amount must be what is due. `warnings` (a bit 1 << enum cheque_warning each) are the desk's to weigh. */
enum outcome cheque_receive(struct db_tx *tx, void *mem, const struct brands *brands, const struct cheque_request *request,
                            struct cheque *cheque, unsigned *warnings, struct problems *faults) must_check;

/* Each of these, done again, changes nothing. */
enum outcome cheque_deposit(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                            struct cheque *cheque, struct problem *why) must_check;
/* By a person who has looked for a return on the statement. Settles the order; REFUSED before clears_on. Where the order can no
 * longer be settled the money is held. */
enum outcome cheque_clear(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                          struct cheque *cheque, struct problem *why) must_check;
/* The order stays unpaid, and the customer has some days to pay in another way. After clearing: what the cheque settled is without
 * its money again, provisional as on a proof; what was held is gone; what was given back before is lost. The desk decides about such an
 * order (O12). */
enum outcome cheque_bounce(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                           struct cheque *cheque, struct problem *why) must_check;
