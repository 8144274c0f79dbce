/* shop/domain_offer.h: a customer renews a domain of his own: all of its mailboxes at once, for as many years (R145, P44). What is chosen
 * stands in the cart, and becomes an order there as any other. */
#pragma once

#include "shop/quote.h"
#include "store/domain.h"

struct domain_term {
    int64_t years;
    struct day ends_on;
    struct total total; /* of all mailboxes */
};

struct domain_offer {
    struct domain domain;
    struct mailbox *mailboxes; /* all of it */
    size_t count, seen;        /* `seen`: how many of them are of who asks */
    struct problem why;        /* it may not be renewed now; PROBLEM_NONE: it may */
    struct domain_term terms[QUOTE_OPTIONS];
    size_t term_count;
};

/* REFUSED (PROBLEM_NOT_FOUND) where there is no such domain, or nothing of it is of who asks. Who has only some of its mailboxes may look:
 * `why` is PROBLEM_DOMAIN_SHARED then. */
enum outcome domain_offer(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who, const char *name,
                          struct domain_offer *offer, struct problem *why) must_check;
/* Puts all of its mailboxes in the cart. REFUSED as above, with offer.why, and with PROBLEM_YEARS on "years". */
enum outcome domain_choose(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who, const char *name,
                           int64_t years, struct problem *why) must_check;
