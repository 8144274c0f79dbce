/* shop/terminate.h: disdetta (DOMAIN M23): who has a mailbox ends it, at once or with its term.
 *
 * At once it ceases, and nothing is given back: who may withdraw within 14 days does that instead (shop/withdraw.h). With its term it
 * works to the last day, gets no more notices, and ceases the day after, without a grace; a renewal in between takes it back, and so
 * does who gave it, or switches automatic renewal on. That is off from then on: nobody is charged for a mailbox that was given up. */
#pragma once

#include "shop/shop.h"
#include "store/ending.h"

struct terminate_look {
    const struct brand *brand;
    struct mailbox mailbox;
    struct termination given; /* mailbox_id 0: none */
    struct day today;
};
/* REFUSED: no such mailbox of this brand. */
enum outcome terminate_look(struct db_tx *tx, void *mem, const struct brands *brands, const char *address,
                            struct terminate_look *look, struct problem *why) must_check;

/* There is nothing to end any more: it does not live, or its day has come and the turn of the day is on its way. */
bool terminate_ended(const struct terminate_look *look);

/* `typed` must be the mailbox's address: whoever ends one has to mean it. REFUSED, fields typed and mailbox: it does not live, an order
 * is open, it was given already. The mail that says so is in the outbox, on record as a notice. */
enum outcome terminate(struct db_tx *tx, void *mem, const struct terminate_look *look, bool at_once, const char *typed,
                       const struct actor *actor, struct problem *why) must_check;
/* While it still lives. REFUSED: there is nothing to take back. */
enum outcome terminate_undo(struct db_tx *tx, const struct terminate_look *look, const struct actor *actor,
                            struct problem *why) must_check;

/* ---- Legal hold (M19) ---- */

/* What is in the mailbox is not deleted until the hold is lifted. REFUSED on "reason": none is given. */
enum outcome content_hold(struct db_tx *tx, const struct terminate_look *look, const char *reason, const struct actor *actor,
                          struct problem *why) must_check;
/* REFUSED: nothing holds it. */
enum outcome content_release(struct db_tx *tx, const struct terminate_look *look, const struct actor *actor, struct problem *why) must_check;
