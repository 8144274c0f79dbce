#include "store/space.h"
#include <talloc.h>

/* The mailbox's own row is written as well: who claims it for a renewal at the same moment meets there (PostgreSQL). */
enum outcome space_claim(struct db_tx *tx, int64_t mailbox_id, int64_t order_id, bool *claimed)
{
    int64_t rows, inserted = 0;

    TRY(db_exec(tx, &rows, "UPDATE mailbox_row SET open_order_id = NULL WHERE id = $1 AND open_order_id IS NULL",
                db_int(mailbox_id)));
    if (rows)
        TRY(db_exec(tx, &inserted,
                    "INSERT INTO space_claim (mailbox_id, order_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    db_int(mailbox_id), db_int(order_id)));
    *claimed = inserted == 1;
    return DONE;
}

enum outcome space_release(struct db_tx *tx, int64_t order_id)
{
    return db_exec(tx, NULL, "DELETE FROM space_claim WHERE order_id = $1", db_int(order_id));
}

enum outcome spaces_beside(struct db_tx *tx, void *mem, int64_t order_id, int64_t **orders, size_t *count)
{
    struct row {
        int64_t id;
    } * rows;
    static const struct db_column ROW[] = {DB_ID(struct row, id), DB_END};

    TRY(db_all(
        tx, mem, ROW, &rows, count,
        "SELECT c.order_id FROM space_claim c WHERE c.mailbox_id IN (SELECT l.mailbox_id FROM order_line l WHERE "
        "l.order_id = $1 AND l.kind = 'renewal') ORDER BY c.order_id",
        db_int(order_id)));
    *orders = talloc_array(mem, int64_t, (unsigned)*count + 1);
    for (size_t i = 0; i < *count; i++)
        (*orders)[i] = rows[i].id;
    return DONE;
}

static const struct db_column KEPT[] = {
    DB_ID(struct space_kept, mailbox_id),
    DB_ID(struct space_kept, order_id),
    DB_DAY(struct space_kept, paid_until),
    DB_END,
};

enum outcome spaces_kept(struct db_tx *tx, void *mem, int64_t bulk_order_id, struct space_kept **kept, size_t *count)
{
    return db_all(tx, mem, KEPT, kept, count,
                  "SELECT l.mailbox_id, NULL, l.old_expires_on FROM order_line l JOIN mailbox m ON m.id = l.mailbox_id "
                  "WHERE l.order_id = $1 AND l.kind = 'renewal' AND (m.extra_gb > 0 OR m.extra_archive_gb > 0) "
                  "ORDER BY l.mailbox_id",
                  db_int(bulk_order_id));
}

enum outcome space_carry(struct db_tx *tx, int64_t mailbox_id, int64_t order_id, struct day paid_until)
{
    return db_exec(tx, NULL,
                   "INSERT INTO space_carried (mailbox_id, order_id, paid_until) VALUES ($1, $2, $3) ON CONFLICT "
                   "(mailbox_id) DO UPDATE SET order_id = excluded.order_id",
                   db_int(mailbox_id), db_int(order_id), db_day(paid_until));
}

enum outcome space_carried_end(struct db_tx *tx, int64_t order_id, bool *carried)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "DELETE FROM space_carried WHERE order_id = $1", db_int(order_id)));
    *carried = rows == 1;
    return DONE;
}

enum outcome spaces_unpaid(struct db_tx *tx, void *mem, struct day today, int limit, struct space_kept **unpaid,
                           size_t *count)
{
    return db_all(tx, mem, KEPT, unpaid, count,
                  "SELECT c.mailbox_id, c.order_id, c.paid_until FROM space_carried c JOIN shop_order o ON o.id = "
                  "c.order_id JOIN order_line l ON l.order_id = o.id JOIN mailbox m ON m.id = c.mailbox_id WHERE "
                  "c.paid_until < $1 AND o.state IN ('cancelled', 'lapsed', 'refunded') AND m.status = 'live' AND "
                  "m.expires_on = l.to_day AND m.open_order_id IS NULL ORDER BY c.mailbox_id LIMIT $2",
                  db_day(today), db_int(limit));
}

enum outcome mailbox_set_space(struct db_tx *tx, int64_t mailbox_id, int64_t extra_gb, int64_t extra_archive_gb,
                               int64_t quota_mb)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET extra_gb = $2, extra_archive_gb = $3, quota_mb = $4 WHERE id = $1",
                   db_int(mailbox_id), db_int(extra_gb), db_int(extra_archive_gb), db_int(quota_mb));
}
