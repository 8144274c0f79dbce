/* shop/autorenew_parts.h: what the files of automatic renewal share: autorenew.c keeps the states, autorenew_switch.c the consent,
 * autorenew_turn.c the day (autorenew_day.h), autorenew_mail.c tells the customer. */
#pragma once

#include "shop/autorenew.h"

/* By the table, written with what the caller has set in *mandate; an event of the transaction's. A step that the table lacks is
 * BROKEN; BUSY where another was first. */
enum outcome mandate_step(struct db_tx *tx, struct mandate *mandate, enum mandate_event event, const struct actor *actor,
                          const char *reason, int64_t order_id) must_check;
/* The days of the term that ends on mandate->expires_on, as seen from today; nothing of it has been announced or tried. */
void mandate_arm(const struct brand *brand, struct mandate *mandate, struct day today);
/* → method_missing, and the customer is told why: "removed", "expired", "charged_back", "refused", "imported" (A7). */
enum outcome mandate_lose_method(struct db_tx *tx, void *mem, struct mandate *mandate, const char *reason, const struct actor *actor) must_check;

/* An order of a mailbox was paid: what paid it is noted with the wish, or the wish ends. */
enum outcome autorenew_wish_paid(struct db_tx *tx, void *mem, const struct order *order, enum payment_method method, bool by_policy,
                                 int64_t instrument_id, const struct actor *actor) must_check;

/* ---- Mails ---- */

struct autorenew_letter {
    const char *template; /* autorenew_on, autorenew_off, charge_notice, charge_refused, method_missing */
    const struct brand *brand;         /* NULL: the letter says nothing of prices */
    const struct mandate *mandate;
    const struct mailbox *mailbox;
    const struct instrument *instrument; /* NULL: none */
    const char *reason;        /* NULL: none */
    struct total total;        /* what is, or was to be, charged */
    struct day on;             /* when; 0: not any more */
    struct money was;          /* the price before, where it has changed; cents 0: it has not */
    const struct order *order; /* the one to pay by hand; NULL: none */
    const char *error;         /* the provider's code; "" or NULL: none */
    bool action;               /* the bank wants the customer to confirm */
    bool last;                 /* no other attempt follows */
};
/* To the holder's reference address, and to the account where that is another (P36). *recipient, which may be NULL: the first. */
enum outcome autorenew_tell(struct db_tx *tx, void *mem, const struct autorenew_letter *letter, const char **recipient) must_check;
