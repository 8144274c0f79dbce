/* shop/held_mail.h: a mail to whoever paid with a reference that does not do: last year's, one of an order that was given up, another
 * amount (R36, Y9). It goes at once, since a mailbox may be about to expire; a person of the desk may write again, in other words. */
#pragma once

#include "shop/shop.h"
#include "store/bank.h"
#include "store/order.h"

#define HELD_MAIL_MOST 4000 /* characters */

struct held_mail {
    struct order order; /* that the entry names: to whom it goes, and in which language */
    char *text;         /* proposed, lines apart */
    int64_t times;      /* it was written to about this entry */
};
/* REFUSED: the entry names no order, so nobody's e-mail is known. */
enum outcome held_mail_draft(struct db_tx *tx, void *mem, const struct brands *brands, const struct bank_entry *entry,
                             struct held_mail *mail) must_check;
/* REFUSED on "text", or PROBLEM_NOT_FOUND. */
enum outcome held_mail_send(struct db_tx *tx, void *mem, const struct brands *brands, const char *brand, int64_t entry_id, const char *text,
                            const struct actor *actor, struct problem *why) must_check;
/* As soon as such money is held: by itself, in the words that are proposed. DONE also where the payer cannot be told what is wrong: no
 * order was named, or the money is in another currency. */
enum outcome held_mail_at_once(struct db_tx *tx, void *mem, const struct order *order, const struct bank_entry *entry,
                               const struct actor *actor) must_check;
