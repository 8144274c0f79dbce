/* store/association.h: a renewal can give its mailboxes an account, of whoever came with the mailbox's own password (R134). It is told
 * before the order is confirmed, and done when the mailboxes are renewed. */
#pragma once

#include "store/event.h"
#include "store/order.h"

enum outcome association_put(struct db_tx *tx, int64_t order_id, int64_t account_id) must_check;
/* For an order that is being fulfilled; nobody waits for its answer, and without an association it changes nothing. */
enum outcome association_apply(struct db_tx *tx, const struct order *order, const struct actor *actor) must_check;
