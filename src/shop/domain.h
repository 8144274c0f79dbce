/* shop/domain.h: mailboxes on a domain of the customer's own (DOMAIN §3.8, P44, T50). They expire with the domain and are renewed with it:
 * an order for the domain has a line for each of them; a domain renewed elsewhere (the registrar's, a hosting's) moves all in one
 * transaction. */
#pragma once

#include "shop/shop.h"
#include "store/domain.h"

/* A domain that mailboxes will be on, with its expiry. REFUSED: the brand has none such, the name is no domain's or is the brand's own
 * ("domain"), the day is over ("expires_on"), or it is there already with that or another expiry (PROBLEM_DOMAIN_KNOWN). */
enum outcome domain_add(struct db_tx *tx, void *mem, const struct brand *brand, const char *name, struct day ends_on,
                        const struct actor *actor, struct problem *why) must_check;
/* The domain has been renewed: it and its mailboxes expire on that day from now on. REFUSED: no such domain (PROBLEM_NOT_FOUND), the
 * day is not after the present end (PROBLEM_DAY_RANGE, "date"), an order for it is open (PROBLEM_OPEN_ORDER: paid later it would renew
 * what is renewed; it is cancelled first). */
enum outcome domain_renewed(struct db_tx *tx, void *mem, const struct brand *brand, const char *name, struct day ends_on,
                            const struct actor *actor, int64_t *moved, struct problem *why) must_check;
/* The same, of an order that is settled: what it did not name of the domain's mailboxes moves with it. */
enum outcome domain_settled(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox, struct day ends_on,
                            const struct actor *actor) must_check;
/* It is nobody's any more, or it is somebody's again (M20, M21). Who has a mailbox there is told, on record as by a notice; where it stays
 * nobody's the day ends them (M22, shop/day.h). */
enum outcome domain_unregistered(struct db_tx *tx, void *mem, const struct brand *brand, const char *name, bool gone,
                                 const struct actor *actor, int64_t *changed, struct problem *why) must_check;
