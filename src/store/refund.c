#include "store/refund.h"
#include <inttypes.h>
#include <talloc.h>

static const struct db_column REFUND[] = {
    DB_ID(struct refund, id),
    DB_TEXT(struct refund, brand),
    DB_TEXT(struct refund, key),
    DB_ID(struct refund, order_id),
    DB_ID(struct refund, payment_id),
    DB_ID(struct refund, bank_entry_id),
    DB_ID(struct refund, cheque_id),
    DB_ID(struct refund, credit_note_id),
    DB_TEXT(struct refund, destination),
    DB_MONEY(struct refund, amount),
    DB_TEXT(struct refund, iban),
    DB_TEXT(struct refund, payee),
    DB_TEXT(struct refund, state),
    DB_BOOL(struct refund, turned),
    DB_BOOL(struct refund, elsewhere),
    DB_TEXT(struct refund, reason),
    DB_TEXT(struct refund, provider_ref),
    DB_TEXT(struct refund, error),
    DB_TEXT(struct refund, decided_by),
    DB_INSTANT(struct refund, created_at),
    DB_INSTANT(struct refund, done_at),
    DB_END,
};

#define SELECT_REFUND                                                                                                  \
    "SELECT id, brand, key, order_id, payment_id, bank_entry_id, cheque_id, credit_note_id, destination, "             \
    "amount_cents, iban, payee, state, turned, elsewhere, reason, provider_ref, error, decided_by, created_at, "       \
    "done_at FROM refund "

/* A provider keeps idempotency keys for a while only; ours is never used twice, since it counts all refunds there are.
 */
enum outcome refund_insert(struct db_tx *tx, void *mem, struct refund *r)
{
    int64_t before;
    enum outcome o;

    TRY(db_number(tx, &before, "SELECT coalesce(max(id), 0) FROM refund"));
    r->key = talloc_asprintf(mem, "R%" PRId64 "-%" PRId64, before + 1, r->payment_id ? r->payment_id : r->order_id);
    r->created_at = db_now(tx);
    o = db_number(
        tx, &r->id,
        "INSERT INTO refund (brand, key, order_id, payment_id, bank_entry_id, credit_note_id, destination, "
        "amount_cents, iban, payee, state, reason, provider_ref, error, decided_by, created_at, done_at, cheque_id, "
        "elsewhere) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', $13, $14, $15, $16, $17) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        db_text(r->brand), db_text(r->key), db_id(r->order_id), db_id(r->payment_id), db_id(r->bank_entry_id),
        db_id(r->credit_note_id), db_text(r->destination), db_money(r->amount), db_text(r->iban), db_text(r->payee),
        db_text(r->state), db_text(r->reason), db_text(r->decided_by), db_instant(r->created_at),
        r->done_at.us ? db_instant(r->done_at) : db_null(), db_id(r->cheque_id), db_bool(r->elsewhere));
    return o == REFUSED ? BUSY : o; /* another one took this key meanwhile */
}

enum outcome refund_update(struct db_tx *tx, const struct refund *r, const char *was, bool *changed)
{
    int64_t rows;

    TRY(db_exec(
        tx, &rows,
        "UPDATE refund SET state = $2, provider_ref = $3, error = $4, done_at = $5, destination = $7, iban = $8, "
        "payee = $9, turned = $10 WHERE id = $1 AND state = $6",
        db_int(r->id), db_text(r->state), db_text(r->provider_ref), db_text(r->error),
        r->done_at.us ? db_instant(r->done_at) : db_null(), db_text(was), db_text(r->destination), db_text(r->iban),
        db_text(r->payee), db_bool(r->turned)));
    *changed = rows == 1;
    return DONE;
}

enum outcome refund_by_id(struct db_tx *tx, void *mem, int64_t id, struct refund *out)
{
    return db_one(tx, mem, REFUND, out, SELECT_REFUND "WHERE id = $1", db_int(id));
}

enum outcome refunds_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct refund **refunds, size_t *count)
{
    return db_all(tx, mem, REFUND, refunds, count, SELECT_REFUND "WHERE order_id = $1 ORDER BY id", db_int(order_id));
}

enum outcome refunds_of_payment(struct db_tx *tx, void *mem, int64_t payment_id, struct refund **refunds, size_t *count)
{
    return db_all(tx, mem, REFUND, refunds, count, SELECT_REFUND "WHERE payment_id = $1 ORDER BY id",
                  db_int(payment_id));
}

enum outcome refunds_open(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit,
                          struct refund **refunds, size_t *count)
{
    return db_all(tx, mem, REFUND, refunds, count,
                  SELECT_REFUND "WHERE state <> 'done' AND state <> 'dropped' AND ($1 = '' OR brand = $1) AND id > $2 "
                                "ORDER BY id LIMIT $3",
                  db_text(brand), db_int(after), db_int(limit));
}

enum outcome refunds_sent(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit,
                          struct refund **refunds, size_t *count)
{
    return db_all(tx, mem, REFUND, refunds, count,
                  SELECT_REFUND "WHERE destination = 'transfer' AND state = 'done' AND ($1 = '' OR brand = $1) AND "
                                "($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3",
                  db_text(brand), db_int(before), db_int(limit));
}

enum outcome refund_returned_put(struct db_tx *tx, int64_t refund_id, int64_t bank_entry_id)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "INSERT INTO refund_returned (refund_id, bank_entry_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                db_int(refund_id), db_int(bank_entry_id), db_instant(db_now(tx))));
    return rows == 1 ? DONE : REFUSED;
}

enum outcome refund_returned_as(struct db_tx *tx, int64_t refund_id, int64_t *bank_entry_id)
{
    return db_number(tx, bank_entry_id,
                     "SELECT coalesce((SELECT bank_entry_id FROM refund_returned WHERE refund_id = $1), 0)",
                     db_int(refund_id));
}
