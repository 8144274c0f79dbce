#include "store/wish.h"

enum outcome wish_insert(struct db_tx *tx, const struct wish *w)
{
    return db_exec(tx, NULL,
                   "INSERT INTO autorenew_wish (order_id, account_id, method, consent_version, consent_sha256, "
                   "consented_at, consented_door, consented_by) VALUES ($1, $2, '', $3, $4, $5, $6, $7)",
                   db_int(w->order_id), db_int(w->account_id), db_text(w->consent_version), db_text(w->consent_sha256),
                   db_instant(w->consented_at), db_text(w->consented_door), db_text(w->consented_by));
}

enum outcome wish_of(struct db_tx *tx, void *mem, int64_t order_id, struct wish *out)
{
    static const struct db_column WISH[] = {
        DB_ID(struct wish, order_id),          DB_ID(struct wish, account_id),
        DB_ID(struct wish, instrument_id),     DB_TEXT(struct wish, method),
        DB_TEXT(struct wish, consent_version), DB_TEXT(struct wish, consent_sha256),
        DB_INSTANT(struct wish, consented_at), DB_TEXT(struct wish, consented_door),
        DB_TEXT(struct wish, consented_by),    DB_END,
    };

    return db_one(tx, mem, WISH, out,
                  "SELECT order_id, account_id, instrument_id, method, consent_version, consent_sha256, consented_at, "
                  "consented_door, consented_by FROM autorenew_wish WHERE order_id = $1",
                  db_int(order_id));
}

enum outcome wish_pay(struct db_tx *tx, int64_t order_id, int64_t instrument_id, const char *method)
{
    return db_exec(tx, NULL, "UPDATE autorenew_wish SET instrument_id = $2, method = $3 WHERE order_id = $1",
                   db_int(order_id), db_int(instrument_id), db_text(method));
}

enum outcome wish_drop(struct db_tx *tx, int64_t order_id)
{
    return db_exec(tx, NULL, "DELETE FROM autorenew_wish WHERE order_id = $1", db_int(order_id));
}
