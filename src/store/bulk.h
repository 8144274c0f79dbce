/* store/bulk.h: the mailboxes of a bulk order (T42), by statements over all of them: an Ordine may have thousands of members. They are
 * chosen under an owner's name, grouped by what their renewal comes to, made into an order's lines, claimed, and later renewed, a
 * statement or two for each group. */
#pragma once

#include "store/event.h"
#include "store/order.h"

enum outcome bulk_add(struct db_tx *tx, const char *owner, int64_t mailbox_id) must_check;
enum outcome bulk_remove(struct db_tx *tx, const char *owner, int64_t mailbox_id) must_check;
enum outcome bulk_clear(struct db_tx *tx, const char *owner) must_check;
enum outcome bulk_count(struct db_tx *tx, const char *owner, int64_t *count) must_check;
/* All of a convention that expire on these days, both included, and that no order or automatic renewal holds. */
enum outcome bulk_add_expiring(struct db_tx *tx, const char *owner, const char *brand, const char *convention, struct day from,
                               struct day until) must_check;

/* How many these are. */
enum outcome bulk_count_expiring(struct db_tx *tx, const char *brand, const char *convention, struct day from, struct day until,
                                 int64_t *count) must_check;

/* Chosen mailboxes whose renewal is the same in everything. */
struct bulk_group {
    char *plan;
    int64_t extra_gb;
    struct term term;
    int64_t count, lines; /* lines: filled in by bulk_lines */
};
enum outcome bulk_groups(struct db_tx *tx, void *mem, const char *owner, struct bulk_group **groups, size_t *count) must_check;

/* Chosen ones that cannot be in an order of this convention, with the reason: "convention", "status", "order", "domain", "auto". */
struct bulk_unfit {
    char *address, *reason;
};
enum outcome bulk_unfit(struct db_tx *tx, void *mem, const char *owner, const char *brand, const char *convention, int limit,
                        struct bulk_unfit **unfit, size_t *count) must_check;
/* Some of a group, for messages. */
enum outcome bulk_some(struct db_tx *tx, void *mem, const char *owner, const struct bulk_group *group, int limit,
                       struct bulk_unfit **some, size_t *count) must_check;

/* A line for each mailbox of a group, like `line` but for its mailbox and number; numbers go on from *last. */
enum outcome bulk_lines(struct db_tx *tx, const char *owner, const struct bulk_group *group, int64_t order_id,
                        const struct order_line *line, int64_t *last) must_check;
/* As mailbox_claim, for all that the order has lines of; *claimed is how many. */
enum outcome bulk_claim(struct db_tx *tx, int64_t order_id, int64_t *claimed) must_check;

/* Whose order it is. REFUSED: no convention's. */
enum outcome bulk_order_put(struct db_tx *tx, int64_t order_id, const char *convention) must_check;
enum outcome bulk_order_convention(struct db_tx *tx, void *mem, int64_t order_id, const char **convention) must_check;

/* Lines that renew alike, once the order is paid. */
struct bulk_renewal {
    struct day old_expires_on, new_expires_on;
    char *plan;
    int64_t extra_gb, years, count;
};
enum outcome bulk_renewals(struct db_tx *tx, void *mem, int64_t order_id, struct bulk_renewal **renewals, size_t *count) must_check;
/* The new term of each, and its event with `data`; *renewed is how many still waited for the order. */
enum outcome bulk_renew(struct db_tx *tx, const struct order *order, const struct bulk_renewal *renewal, const struct allowed *allowed,
                        int64_t quota_mb, const struct actor *actor, const json_t *data, int64_t *renewed) must_check;
/* Those of them that ceased while it was not paid live again; not whose holder gave it up. */
enum outcome bulk_revive(struct db_tx *tx, int64_t order_id) must_check;
/* Outbox rows: to every holder the mail "holder_notice", to the mail host of every mailbox its change. */
enum outcome bulk_notify(struct db_tx *tx, const struct order *order) must_check;
enum outcome bulk_tell_mailhost(struct db_tx *tx, const struct order *order) must_check;
