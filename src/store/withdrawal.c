#include "store/withdrawal.h"

static const struct db_column WITHDRAWAL[] = {
    DB_ID(struct withdrawal, id),
    DB_ID(struct withdrawal, order_id),
    DB_INSTANT(struct withdrawal, asked_at),
    DB_DAY(struct withdrawal, sent_on),
    DB_DAY(struct withdrawal, last_on),
    DB_INT64(struct withdrawal, days_used),
    DB_MONEY(struct withdrawal, kept),
    DB_ID(struct withdrawal, credit_note_id),
    DB_END,
};

static const struct db_column NEW_WITHDRAWAL[] = {DB_ID(struct withdrawal, id), DB_END};

enum outcome withdrawal_insert(struct db_tx *tx, struct withdrawal *w, bool *fresh)
{
    enum outcome o =
        db_one(tx, NULL, NEW_WITHDRAWAL, w,
               "INSERT INTO withdrawal (order_id, asked_at, last_on, days_used, kept_cents, "
               "credit_note_id, sent_on) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (order_id) DO NOTHING "
               "RETURNING id",
               db_int(w->order_id), db_instant(w->asked_at), db_day(w->last_on), db_int(w->days_used),
               db_money(w->kept), db_id(w->credit_note_id), db_day(w->sent_on));

    *fresh = o == DONE;
    return o == REFUSED ? DONE : o;
}

enum outcome withdrawal_by_order(struct db_tx *tx, int64_t order_id, struct withdrawal *out)
{
    return db_one(
        tx, NULL, WITHDRAWAL, out,
        "SELECT id, order_id, asked_at, sent_on, last_on, days_used, kept_cents, credit_note_id FROM withdrawal WHERE "
        "order_id = $1",
        db_int(order_id));
}
