/* store/space.h: unpaid orders of extra space (sql/0021-more.sql). They hold no mailbox against its renewal, as mailbox.open_order_id
 * does: whoever claims the mailbox lets go of them (shop/extra_space.h). */
#pragma once

#include "db/db.h"

/* Of a mailbox that was read free of orders in this very transaction. *claimed false: another was quicker. */
enum outcome space_claim(struct db_tx *tx, int64_t mailbox_id, int64_t order_id, bool *claimed) must_check;
enum outcome space_release(struct db_tx *tx, int64_t order_id) must_check;
/* The orders of those mailboxes that a bulk order renews. */
enum outcome spaces_beside(struct db_tx *tx, void *mem, int64_t order_id, int64_t **orders, size_t *count) must_check;

/* ---- Space that members pay for themselves, kept over the end of its term (sql/0027-phase.sql) ---- */

struct space_kept {
    int64_t mailbox_id, order_id; /* order 0: there is none yet */
    struct day paid_until;
};
/* Of a bulk order that has just renewed its mailboxes: those with space of their own, and the ends of the terms it was paid for. */
enum outcome spaces_kept(struct db_tx *tx, void *mem, int64_t bulk_order_id, struct space_kept **kept, size_t *count) must_check;
/* Until its order is paid. What was unpaid before stays paid until then only. */
enum outcome space_carry(struct db_tx *tx, int64_t mailbox_id, int64_t order_id, struct day paid_until) must_check;
enum outcome space_carried_end(struct db_tx *tx, int64_t order_id, bool *carried) must_check; /* *carried: it was there */
/* Whose last paid day is over and whose order will not be paid, up to `limit`; not where the mailbox was renewed since. */
enum outcome spaces_unpaid(struct db_tx *tx, void *mem, struct day today, int limit, struct space_kept **unpaid, size_t *count) must_check;

/* What there is more of, bought for the rest of the term; quota_mb is what the mail host gives it from now on. */
enum outcome mailbox_set_space(struct db_tx *tx, int64_t mailbox_id, int64_t extra_gb, int64_t extra_archive_gb, int64_t quota_mb) must_check;
