/* shop/lookup.h: renewing a mailbox by its user-id and address (R78, R84-R88, P3): whoever has an account of a brand that allows it.
 * Only the pair opens anything: it lets this session renew that mailbox (store/access.h: mailbox_grant), and shows no more of it than
 * what renewing takes. Guessing is throttled by account and by client, and one message answers every pair that is none (T28). */
#pragma once

#include "shop/quote.h"
#include "shop/shop.h"

struct lookup {
    const struct brand *brand;
    struct principal who; /* with his session */
    int64_t key_id;       /* an API key asks, for nobody in particular; 0: a visitor */
    const char *client;   /* the peer's address */
    const char *user_id, *address; /* as typed */
    struct actor actor;
};

/* DONE where the pair is right and the mailbox may be renewed today; the grant is written then, of a visitor. REFUSED with
 * PROBLEM_FORBIDDEN         the brand does not do it, or who came in with a mailbox's own password
 * PROBLEM_THROTTLED         five pairs were wrong
 * PROBLEM_USER_ID_EXCLUDED  on user_id: P26, T27
 * PROBLEM_USER_ID_IS_LOGIN  on user_id: his own user name or e-mail was typed (R85)
 * PROBLEM_LOOKUP            on user_id: no such pair
 * and, once the pair is right, what renewal_eligible says: each with a message of its own (R119). *found is set then too. A key is
 * throttled like a visitor, and hears of a wrong pair what he hears. */
enum outcome lookup_mailbox(struct shop *shop, void *mem, const struct lookup *lookup, struct mailbox *found,
                            struct problem *why) must_check;

/* Whether a refusal is about the mailbox that was found: the pair was right. */
bool lookup_found(const struct problem *why);

/* Whether a principal may renew a mailbox: it is his, or its pair was given in his session. */
enum outcome may_renew(struct db_tx *tx, struct principal who, const struct mailbox *mailbox, bool *may) must_check;
