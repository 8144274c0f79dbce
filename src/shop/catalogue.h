/* shop/catalogue.h: prices and sales that the desk dates beyond what the brands' files say.
 *
 * A change counts from a day that has not begun, and is decided at least CATALOGUE_MARGIN before. Every process reads the changes anew in
 * the first transaction of each hour that it sees (db/db.h: db_each_hour), before anything else and in that transaction's snapshot; so
 * whatever is priced on a day is priced by all that counts on it, in every process, and placing an order costs nothing more. Who looks
 * ahead of the day (a charge's warning, the desk's own pages) asks catalogue_refresh first.
 *
 * An order keeps the amounts of its lines: no change reaches it. A total that was shown before midnight and confirmed after is refused
 * with PROBLEM_PRICE_CHANGED, as any other (place_order: expected). */
#pragma once

#include "shop/approval.h"
#include "shop/shop.h"
#include "store/catalogue.h"

#define CATALOGUE_MARGIN HOURS(2)

/* From now on `brands` follow what stands in `db`, which is up to date. Once, before other threads. */
void catalogue_follow(struct db *db, const struct brands *brands);
/* Reads it now. */
enum outcome catalogue_refresh(struct db_tx *tx, const struct brands *brands) must_check;
enum outcome catalogue_look(struct shop *shop) must_check; /* the same, in a transaction of its own */

/* A new price or sale; of `change` what decides and when is filled in. *waits: a second person has to agree (brand.yaml: price), as
 * *id; otherwise it stands as *id. REFUSED with the fault and its field: brand, plan, convention, from (PROBLEM_DAY_RANGE: too soon;
 * PROBLEM_CATALOGUE_DAY: there is one for that day), net, extra_gb, sold_until, max_years, reason. */
enum outcome catalogue_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct catalogue_change *change,
                           const struct actor *actor, int64_t *id, bool *waits, struct problem *why) must_check;
/* Taken back before it begins. REFUSED with PROBLEM_NOT_FOUND, PROBLEM_DAY_RANGE. */
enum outcome catalogue_take_back(struct db_tx *tx, void *mem, int64_t id, const struct actor *actor, struct catalogue_change *change,
                                 struct problem *why) must_check;

/* What of it differs for who renews for a year: before and after, with VAT; and whom it meets. */
struct catalogue_effect {
    bool known;              /* there is a price now */
    struct money net_before, extra_before;
    struct total before, after; /* one year, or the convention's term */
    struct catalogue_met met;
    struct money income;     /* net, a year: what the mailboxes whose terms end within it would bring more, if all are renewed once */
};
enum outcome catalogue_effect(struct db_tx *tx, const struct brands *brands, const struct catalogue_change *change,
                              struct catalogue_effect *effect, struct problem *why) must_check;
/* As catalogue_ask checks it. */
enum outcome catalogue_check(struct db_tx *tx, const struct brands *brands, const struct catalogue_change *change,
                             struct problem *why) must_check;

/* The first day from which a change may count. */
struct day catalogue_first_day(struct instant now);
