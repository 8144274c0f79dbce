/* shop/refund_parts.h: what the files of giving money back share: refund.c of an order, refund_held.c of what was held, refund_do.c
 * does what was decided, refund_turn.c takes another way, and refund_elsewhere.c records what was given back without us. */
#pragma once

#include "shop/refund.h"
#include "store/payment.h"
#include <string.h>

static inline bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* Whether the order's account has, or may get, a prepaid account: it is an account's, of a brand that offers one. */
bool refund_may_credit(const struct brand *brand, const struct order *order);

/* Fills in refund->iban and payee from what was written; REFUSED with the fault and its field. */
enum outcome refund_by_transfer(void *mem, struct refund *refund, const char *iban, const char *payee, struct problem *why) must_check;

/* Writes the refund. `from` is the ledger's account that owes it. To the prepaid account it goes at once; otherwise it is on its way
 * until the provider has done it or the transfer was made. */
enum outcome refund_send_back(struct db_tx *tx, void *mem, struct refund *refund, const char *from, int64_t account_id,
                              const char *language) must_check;

/* What was given back of a provider's payment, its state with it. */
enum outcome refund_note(struct db_tx *tx, struct payment *payment, struct money amount) must_check;

/* Decided, and not yet done or dropped. */
static inline bool refund_is_under_way(const struct refund *refund)
{
    return !same(refund->state, "done") && !same(refund->state, "dropped");
}

/* "refund.state" */
enum outcome refund_event(struct db_tx *tx, const struct refund *refund, const struct actor *actor) must_check;
