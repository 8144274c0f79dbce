/* shop/bulk.h: an Ordine renews its members' mailboxes by one order and one invoice (§3.8, T42). The mailboxes are chosen first, under
 * an owner's name (store/bulk.h); what they cost is worked out for each group of equal ones, again when the order is placed. Each is
 * renewed from its own old date, all of them in the transaction in which the money comes. */
#pragma once

#include "shop/place_order.h"
#include "store/bulk.h"

#define BULK_FAULTS_LISTED 200

/* Whose choice it is: the delegate's account, for one convention. */
char *bulk_owner(void *mem, const struct brand *brand, const struct brand_convention *convention, struct principal who);

struct bulk_quote {
    int64_t mailboxes;
    struct order_line *lines; /* one for each group; quantity: of mailboxes, address "" */
    struct bulk_group *groups;/* lines[i] is of groups[i] */
    size_t count;
    struct total total;
    struct bulk_fault {
        char *address;
        struct problem why;
    } *faults;                /* what stands in the way; with any of them nothing is ordered */
    size_t fault_count;
};
/* What the choice comes to today. REFUSED when the convention is not in force, or its members pay for themselves. */
enum outcome bulk_quote(struct db_tx *tx, void *mem, const struct brand *brand, const struct brand_convention *convention,
                        const char *owner, const char *language, struct bulk_quote *quote, struct problem *why) must_check;

/* Takes out of the choice what stands in its way. */
enum outcome bulk_drop_unfit(struct db_tx *tx, void *mem, const struct brand *brand, const struct brand_convention *convention,
                             const char *owner, struct problem *why) must_check;

/* As place_order, for the choice of `owner`, which is emptied; the request's lines and billing are not looked at. placed->lines are
 * grouped. REFUSED with PROBLEM_BULK_FAULTS where quote->faults says why. */
enum outcome place_bulk(struct db_tx *tx, void *mem, const struct brand_convention *convention, const char *owner,
                        const struct order_request *request, struct placed_order *placed, struct bulk_quote *quote,
                        struct problem *why) must_check;

/* Whether who has this e-mail is, today, a delegate of the body whose bulk order it is: what one has ordered, each may pay or cancel. */
enum outcome bulk_seen_by(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order, const char *email,
                          bool *seen) must_check;

/* The order's mailboxes renewed, their holders told. For settle_order alone. */
enum outcome bulk_fulfil(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                         const struct actor *actor) must_check;
