/* shop/cheque.h: cheques, recorded on arrival, settled on clearing, never before (Y10, T34, PAYMENTS §13). */
#pragma once

#include "shop/shop.h"
#include "store/order.h"
#include "store/proof.h"

/* `cheque` with what is written on it and order_code; checked. */
enum outcome cheque_receive(struct db_tx *tx, void *mem, const struct brands *brands, struct cheque *cheque, const struct actor *actor,
                            struct problem *why) must_check;
enum outcome cheque_deposit(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                            struct cheque *cheque, struct problem *why) must_check;
/* Settles the order; REFUSED before clears_on. Where the order can no longer be settled the money is held. */
enum outcome cheque_clear(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                          struct cheque *cheque, struct problem *why) must_check;
enum outcome cheque_bounce(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, const struct actor *actor,
                           struct cheque *cheque, struct problem *why) must_check;
