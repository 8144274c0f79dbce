/* store/space.h: unpaid orders of extra space (sql/0021-more.sql). They hold no mailbox against its renewal, as mailbox.open_order_id
 * does: whoever claims the mailbox lets go of them (shop/extra_space.h). */
#pragma once

#include "db/db.h"

/* Of a mailbox that was read free of orders in this very transaction. *claimed false: another was quicker. */
enum outcome space_claim(struct db_tx *tx, int64_t mailbox_id, int64_t order_id, bool *claimed) must_check;
enum outcome space_release(struct db_tx *tx, int64_t order_id) must_check;
/* The orders of those mailboxes that a bulk order renews. */
enum outcome spaces_beside(struct db_tx *tx, void *mem, int64_t order_id, int64_t **orders, size_t *count) must_check;
/* What there is more of, bought for the rest of the term; quota_mb is what the mail host gives it from now on. */
enum outcome mailbox_set_space(struct db_tx *tx, int64_t mailbox_id, int64_t extra_gb, int64_t extra_archive_gb, int64_t quota_mb) must_check;
