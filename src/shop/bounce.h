/* shop/bounce.h: mails that come back (DOMAIN §3.9).
 *
 * A report is believed where it is about a mail that is ours, by its Message-ID, which carries the row of the outbox; that was sent
 * lately; and to the very address that the report names. What was not delivered marks the address (action failed: be it that there is
 * nobody, or that a server which never answered was given up on, the notice did not arrive): the desk sees it in a list, its mailboxes'
 * owners at the top of their area. It is unmarked when a later mail is said to be delivered there, when the holder's address is changed
 * or typed again, and by the desk. */
#pragma once

#include "shop/ports.h"
#include "shop/shop.h"
#include "store/bounce.h"
#include "store/mailbox.h"

enum bounce_fate {
    BOUNCE_STRANGE, /* not about a mail of ours, or to somebody else, or of long ago: nothing is done */
    BOUNCE_NOTED,   /* delayed, or known already: an event at most */
    BOUNCE_MARKED,
    BOUNCE_CLEARED,
};
#define BOUNCE_WITHIN DAYS(30) /* of the mail's writing; servers give up after a week at most */

enum outcome bounce_take(struct db_tx *tx, void *mem, const struct brands *brands, const struct returned *returned,
                         const struct actor *actor, enum bounce_fate *fate) must_check;
/* It is believed to take mails again. REFUSED: it was not marked. */
enum outcome bounce_clear(struct db_tx *tx, const struct bounce *bounce, const struct actor *actor) must_check;

/* What letters carry: "outbox-42@legalmail.example". */
char *outbox_message_id(void *mem, const struct brand *brand, int64_t outbox_id);

/* A holder's email di riferimento, by whoever sees the mailbox and types the password he came in with. The same address once more says
 * that it works; the one before is told of another, unless it takes no mail. REFUSED with PROBLEM_MAILBOX_UNKNOWN, PROBLEM_NOT_AN_EMAIL,
 * PROBLEM_PASSWORD_WRONG, PROBLEM_THROTTLED. Verifies a password: call it from the bounded lane. */
struct contact_change {
    const struct brand *brand;
    struct principal who;
    const char *mailbox; /* its address */
    const char *email, *password;
    const char *client;
};
enum outcome contact_change(struct shop *shop, void *mem, const struct contact_change *change, struct problem *why) must_check;
