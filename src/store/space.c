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

enum outcome mailbox_set_space(struct db_tx *tx, int64_t mailbox_id, int64_t extra_gb, int64_t extra_archive_gb,
                               int64_t quota_mb)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET extra_gb = $2, extra_archive_gb = $3, quota_mb = $4 WHERE id = $1",
                   db_int(mailbox_id), db_int(extra_gb), db_int(extra_archive_gb), db_int(quota_mb));
}
