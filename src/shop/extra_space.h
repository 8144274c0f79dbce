/* shop/extra_space.h: more room for the rest of a term that runs (DOMAIN §3.7; order kind extra_space).
 *
 * Each added GB costs a twelfth of its yearly price for every started month to the expiry, and ends with the term: it is part of the next
 * renewal, or is left out of it. Automatic renewal stands in nobody's way here, and neither does a convention of which the member pays
 * the extras.
 *
 * An unpaid order of space gives way to every renewal: whatever claims the mailbox cancels it in the same transaction, for its price was
 * that of the term that ran then. While a renewal is ordered and not paid, no space can be ordered: the renewal was priced with the space
 * that there was. */
#pragma once

#include "shop/place_order.h"
#include "shop/quote.h"

struct space_quote {
    const struct brand_plan *plan;
    struct plan priced;   /* with what a GB costs here a year */
    struct space wanted;  /* what there will be, in all */
    int64_t added_gb;     /* of both */
    struct space_price price;
    struct total total;
    struct total year;    /* what it adds to each year of a renewal */
};

/* Whether there may be more of it today. REFUSED: state, expiry, an own domain, none on sale, as much as there can be, or that the Ordine
 * pays it. */
enum outcome space_eligible(const struct brand *brand, const struct mailbox *mailbox, struct day today, struct problem *why) must_check;
/* The same, and no order stands in the way: PROBLEM_OPEN_ORDER with its code, PROBLEM_SPACE_LATER for one of the Ordine's. */
enum outcome space_possible(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox, struct day today,
                            struct problem *why) must_check;

/* `wanted` is what there is to be in all, EXTRA_GB_AS_HELD as much as there is. Faults on extra_gb and extra_archive_gb. */
enum outcome quote_space(const struct brand *brand, const struct mailbox *mailbox, const struct space *wanted, struct day today,
                         struct space_quote *quote, struct problem *why) must_check;
/* The one line of the order. */
struct order_line *space_line(void *mem, const char *language, const struct mailbox *mailbox, const struct space_quote *quote,
                              struct day today);

/* As place_order, of one line whose choice has extra_gb and extra_archive_gb as quote_space wants them; its years do not count. */
enum outcome place_space(struct db_tx *tx, void *mem, const struct order_request *request, struct placed_order *placed,
                         struct problem *why) must_check;

/* ---- What follows ---- */

/* The order is settled: the room is there at once, and the mail host is told. */
enum outcome space_settled(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                           const struct order_line *line, const struct actor *actor) must_check;
/* Whether an order that lapsed may still be settled: the mailbox is as it was. */
enum outcome space_still_fits(struct db_tx *tx, void *mem, const struct order_line *line, bool *fits) must_check;
/* The order is refunded: the room goes again, as soon as what is in use fits. REFUSED with PROBLEM_RENEWED_SINCE. */
enum outcome space_taken_back(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                              const struct order_line *line, const struct actor *actor, struct problem *why) must_check;
/* A body has renewed its members' mailboxes: what each has beside is its own to pay, by an order made here, and goes on until then; where
 * the order is not paid, it ends with the term that it was paid for, or when the order lapses, whichever is later. */
enum outcome spaces_carry(struct db_tx *tx, void *mem, const struct brand *brand, int64_t bulk_order_id) must_check;
enum outcome spaces_end(struct db_tx *tx, void *mem, const struct brands *brands, int limit, int *ended) must_check; /* the day's turn */
/* An event that says how much there is now. */
enum outcome space_note(struct db_tx *tx, const struct order *order, const struct mailbox *mailbox, const char *kind, const struct space *now,
                        const struct actor *actor) must_check;
/* A renewal claims the mailbox: an unpaid order of space for it is cancelled. */
enum outcome space_gives_way(struct db_tx *tx, void *mem, const struct mailbox *mailbox, const struct actor *actor) must_check;
/* The same of all mailboxes that a bulk order claims. */
enum outcome spaces_give_way(struct db_tx *tx, void *mem, int64_t order_id, const struct actor *actor) must_check;
