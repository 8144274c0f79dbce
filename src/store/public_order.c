#include "store/public_order.h"

enum outcome public_order_of(struct db_tx *tx, void *mem, int64_t order_id, struct public_order *out)
{
    static const struct db_column PUBLIC[] = {
        DB_ID(struct public_order, order_id),
        DB_TEXT(struct public_order, cig),
        DB_TEXT(struct public_order, cup),
        DB_TEXT(struct public_order, act),
        DB_TEXT(struct public_order, committed_by),
        DB_INSTANT(struct public_order, committed_at),
        DB_END,
    };

    return db_one(tx, mem, PUBLIC, out,
                  "SELECT order_id, cig, cup, act, committed_by, committed_at FROM public_order WHERE order_id = $1",
                  db_int(order_id));
}

enum outcome public_order_put(struct db_tx *tx, const struct public_order *o)
{
    return db_exec(tx, NULL,
                   "INSERT INTO public_order (order_id, cig, cup, act, committed_by, committed_at) VALUES ($1, $2, $3, "
                   "$4, $5, $6) ON CONFLICT (order_id) DO UPDATE SET cig = $2, cup = $3, act = $4, committed_by = $5, "
                   "committed_at = $6",
                   db_int(o->order_id), db_text(o->cig), db_text(o->cup), db_text(o->act), db_text(o->committed_by),
                   o->committed_at.us ? db_instant(o->committed_at) : db_null());
}
