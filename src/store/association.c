#include "store/association.h"

enum outcome association_put(struct db_tx *tx, int64_t order_id, int64_t account_id)
{
    return db_exec(tx, NULL, "INSERT INTO order_association (order_id, account_id) VALUES ($1, $2)", db_int(order_id),
                   db_int(account_id));
}

enum outcome association_apply(struct db_tx *tx, const struct order *order, const struct actor *actor)
{
    TRY(db_exec(tx, NULL,
                "INSERT INTO event (at, brand, door, actor, kind, order_id, mailbox_id, data) SELECT CAST($2 AS "
                "BIGINT), m.brand, CAST($3 AS TEXT), CAST($4 AS TEXT), 'mailbox.associated', a.order_id, m.id, "
                "'{\"account\":' || CAST(a.account_id AS TEXT) || '}' FROM order_association a JOIN order_line l ON "
                "l.order_id = a.order_id AND l.kind = 'renewal' JOIN mailbox m ON m.id = l.mailbox_id WHERE "
                "a.order_id = $1 AND coalesce(m.account_id, 0) <> a.account_id",
                db_int(order->id), db_instant(db_now(tx)), db_text(actor->door), db_text(actor->name)));
    return db_exec(
        tx, NULL,
        "UPDATE mailbox_row SET account_id = (SELECT a.account_id FROM order_association a WHERE a.order_id = "
        "$1) WHERE EXISTS (SELECT 1 FROM order_association a WHERE a.order_id = $1) AND id IN (SELECT "
        "l.mailbox_id FROM order_line l WHERE l.order_id = $1 AND l.kind = 'renewal')",
        db_int(order->id));
}
