/* store/catalogue.h: prices and sales that the desk has dated beyond the brands' files (shop/catalogue.h). */
#pragma once

#include "db/db.h"

#define CATALOGUE_PRICE "price"
#define CATALOGUE_SALE  "sale"

struct catalogue_change {
    int64_t id;
    char *kind, *brand, *convention, *plan; /* either a convention or a plan, the other "" */
    struct day from;
    struct money net, extra_gb;             /* of a price */
    struct day sold_from, sold_until;       /* of a sale; DAY 0: no limit */
    int max_years;
    char *reason, *decided_by;
    struct instant decided_at;
    char *withdrawn_by;
    struct instant withdrawn_at;            /* 0: it stands */
};

/* Those that stand, of every brand: by kind, brand, convention, plan and day. */
enum outcome catalogue_changes(struct db_tx *tx, void *mem, struct catalogue_change **all, size_t *count) must_check;
/* All of a brand, the latest days first, those taken back among them. */
enum outcome catalogue_changes_of(struct db_tx *tx, void *mem, const char *brand, struct catalogue_change **all, size_t *count) must_check;
enum outcome catalogue_change_by_id(struct db_tx *tx, void *mem, int64_t id, struct catalogue_change *change) must_check;
/* Sets id and decided_at. *inserted false: another stands for that day. */
enum outcome catalogue_change_insert(struct db_tx *tx, struct catalogue_change *change, bool *inserted) must_check;
enum outcome catalogue_change_withdraw(struct db_tx *tx, int64_t id, const char *by, bool *changed) must_check;

/* Whom a change of a plan's price meets: carts and drafts that hold it, mandates that will be charged for it, mailboxes whose term ends
 * within a year from `from` on. A convention's: its mailboxes alone. */
struct catalogue_met {
    int64_t carts, mandates, announced, mailboxes; /* announced: mandates that were told an amount already */
};
enum outcome catalogue_meets(struct db_tx *tx, const struct catalogue_change *change, struct catalogue_met *met) must_check;
