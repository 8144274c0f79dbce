#include "store/payment.h"
#include <talloc.h>

static const struct db_column PAYMENT[] = {
    DB_ID(struct payment, id),
    DB_TEXT(struct payment, brand),
    DB_ID(struct payment, order_id),
    DB_TEXT(struct payment, key),
    DB_TEXT(struct payment, method),
    DB_TEXT(struct payment, provider),
    DB_TEXT(struct payment, state_text),
    DB_MONEY(struct payment, amount),
    DB_TEXT(struct payment, nonce),
    DB_TEXT(struct payment, provider_ref),
    DB_TEXT(struct payment, capture_ref),
    DB_TEXT(struct payment, redirect_url),
    DB_BOOL(struct payment, remember),
    DB_ID(struct payment, instrument_id),
    DB_INSTANT(struct payment, authorised_at),
    DB_MONEY(struct payment, captured),
    DB_MONEY(struct payment, refunded),
    DB_MONEY(struct payment, charged_back),
    DB_BOOL(struct payment, under_way),
    DB_TEXT(struct payment, held_reason),
    DB_TEXT(struct payment, error),
    DB_INSTANT(struct payment, created_at),
    DB_INSTANT(struct payment, ask_at),
    DB_INT64(struct payment, asked),
    DB_INSTANT(struct payment, expires_at),
    DB_END,
};

#define SELECT_PAYMENT                                                                                                 \
    "SELECT id, brand, order_id, key, method, provider, state, amount_cents, nonce, provider_ref, capture_ref, "       \
    "redirect_url, remember, instrument_id, authorised_at, captured_cents, refunded_cents, charged_back_cents, "       \
    "under_way, "                                                                                                      \
    "held_reason, error, created_at, ask_at, asked, expires_at FROM payment "

static struct db_value instant_or_null(struct instant i)
{
    return i.us ? db_instant(i) : db_null();
}

static enum outcome finish(struct payment *payment)
{
    return payment_state_of(payment->state_text, &payment->state) == DONE ? DONE : BROKEN;
}

static enum outcome finish_one(enum outcome o, struct payment *payment)
{
    return o == DONE ? finish(payment) : o;
}

static enum outcome finish_all(enum outcome o, struct payment *payments, size_t count)
{
    for (size_t i = 0; o == DONE && i < count; i++)
        o = finish(&payments[i]);
    return o;
}

enum outcome payment_insert(struct db_tx *tx, void *mem, const char *order_code, struct payment *p)
{
    int64_t before;
    enum outcome o;

    TRY(db_number(tx, &before, "SELECT count(*) FROM payment WHERE order_id = $1", db_int(p->order_id)));
    p->key = payment_key_make(order_code, (int)before + 1, talloc_array(mem, char, PAYMENT_KEY_TEXT));
    p->state_text = (char *)payment_state_name(p->state);
    o = db_number(
        tx, &p->id,
        "INSERT INTO payment (brand, order_id, key, method, provider, state, amount_cents, nonce, provider_ref, "
        "capture_ref, redirect_url, remember, instrument_id, authorised_at, captured_cents, held_reason, error, "
        "created_at, ask_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '', $9, $10, $11, $12, "
        "'', '', $13, $14, $15) ON CONFLICT (key) DO NOTHING RETURNING id",
        db_text(p->brand), db_int(p->order_id), db_text(p->key), db_text(p->method), db_text(p->provider),
        db_text(p->state_text), db_money(p->amount), db_text(p->nonce), db_bool(p->remember), db_id(p->instrument_id),
        instant_or_null(p->authorised_at), db_money(p->captured), db_instant(p->created_at), instant_or_null(p->ask_at),
        db_instant(p->expires_at));
    return o == REFUSED ? BUSY : o; /* another attempt took this number meanwhile */
}

enum outcome payment_update(struct db_tx *tx, const struct payment *p, enum payment_state was, bool *changed)
{
    int64_t rows;

    TRY(db_exec(
        tx, &rows,
        "UPDATE payment SET state = $2, provider_ref = $3, capture_ref = $4, redirect_url = $5, authorised_at = $6, "
        "captured_cents = $7, refunded_cents = $8, held_reason = $9, error = $10, ask_at = $11, asked = $12, "
        "charged_back_cents = $14, under_way = $15 WHERE id = $1 AND state = $13",
        db_int(p->id), db_text(payment_state_name(p->state)), db_text(p->provider_ref), db_text(p->capture_ref),
        db_text(p->redirect_url), instant_or_null(p->authorised_at), db_money(p->captured), db_money(p->refunded),
        db_text(p->held_reason), db_text(p->error), instant_or_null(p->ask_at), db_int(p->asked),
        db_text(payment_state_name(was)), db_money(p->charged_back), db_bool(p->under_way)));
    *changed = rows == 1;
    return DONE;
}

enum outcome payment_ask_later(struct db_tx *tx, int64_t id, struct instant at)
{
    return db_exec(tx, NULL, "UPDATE payment SET ask_at = $2 WHERE id = $1 AND ask_at IS NOT NULL", db_int(id),
                   db_instant(at));
}

enum outcome payment_by_id(struct db_tx *tx, void *mem, int64_t id, struct payment *out)
{
    return finish_one(db_one(tx, mem, PAYMENT, out, SELECT_PAYMENT "WHERE id = $1", db_int(id)), out);
}

enum outcome payment_by_key(struct db_tx *tx, void *mem, const char *key, struct payment *out)
{
    return finish_one(db_one(tx, mem, PAYMENT, out, SELECT_PAYMENT "WHERE key = $1", db_text(key)), out);
}

enum outcome payment_by_nonce(struct db_tx *tx, void *mem, const char *nonce, struct payment *out)
{
    return finish_one(db_one(tx, mem, PAYMENT, out, SELECT_PAYMENT "WHERE nonce = $1", db_text(nonce)), out);
}

enum outcome payment_by_ref(struct db_tx *tx, void *mem, const char *provider, const char *key, const char *ref,
                            struct payment *out)
{
    enum outcome o = REFUSED;

    if (key[0])
        o = db_one(tx, mem, PAYMENT, out, SELECT_PAYMENT "WHERE key = $1 AND provider = $2", db_text(key),
                   db_text(provider));
    if (o == REFUSED && ref[0])
        o = db_one(tx, mem, PAYMENT, out,
                   SELECT_PAYMENT
                   "WHERE provider = $1 AND (provider_ref = $2 OR capture_ref = $2) ORDER BY id DESC LIMIT 1",
                   db_text(provider), db_text(ref));
    return finish_one(o, out);
}

enum outcome payments_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct payment **payments, size_t *count)
{
    enum outcome o =
        db_all(tx, mem, PAYMENT, payments, count, SELECT_PAYMENT "WHERE order_id = $1 ORDER BY id", db_int(order_id));

    return finish_all(o, *payments, *count);
}

enum outcome payments_to_ask(struct db_tx *tx, void *mem, struct instant now, int limit, struct payment **payments,
                             size_t *count)
{
    enum outcome o =
        db_all(tx, mem, PAYMENT, payments, count, SELECT_PAYMENT "WHERE ask_at <= $1 ORDER BY ask_at LIMIT $2",
               db_instant(now), db_int(limit));

    return finish_all(o, *payments, *count);
}

/* What is asked about has not ended. */
enum outcome payments_open(struct db_tx *tx, void *mem, int64_t after, int limit, struct payment **payments,
                           size_t *count)
{
    enum outcome o = db_all(tx, mem, PAYMENT, payments, count,
                            SELECT_PAYMENT "WHERE ask_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2", db_int(after),
                            db_int(limit));

    return finish_all(o, *payments, *count);
}

enum outcome payments_in_state(struct db_tx *tx, void *mem, const char *state, int64_t after, int limit,
                               struct payment **payments, size_t *count)
{
    enum outcome o =
        db_all(tx, mem, PAYMENT, payments, count, SELECT_PAYMENT "WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3",
               db_text(state), db_int(after), db_int(limit));

    return finish_all(o, *payments, *count);
}

enum outcome payments_held(struct db_tx *tx, void *mem, int64_t after, int limit, struct payment **payments,
                           size_t *count)
{
    enum outcome o =
        db_all(tx, mem, PAYMENT, payments, count,
               SELECT_PAYMENT "WHERE state = 'held' AND id > $1 ORDER BY id LIMIT $2", db_int(after), db_int(limit));

    return finish_all(o, *payments, *count);
}

/* ---- Notifications ---- */

enum outcome notification_keep(struct db_tx *tx, struct notification *n, bool *fresh)
{
    int64_t copies;

    TRY(db_number(
        tx, &copies,
        "INSERT INTO notification (provider, brand, event_id, headers, body, verified, payment_id, received_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (provider, event_id) DO UPDATE SET "
        "copies = notification.copies + 1 RETURNING copies",
        db_text(n->provider), db_text(n->brand), db_text(n->event_id), db_text(n->headers), db_text(n->body),
        db_bool(n->verified), db_id(n->payment_id), db_instant(db_now(tx))));
    *fresh = copies == 1;
    return DONE;
}

/* ---- Instruments ---- */

static const struct db_column INSTRUMENT[] = {
    DB_ID(struct instrument, id),
    DB_TEXT(struct instrument, brand),
    DB_ID(struct instrument, account_id),
    DB_TEXT(struct instrument, provider),
    DB_TEXT(struct instrument, token),
    DB_TEXT(struct instrument, customer),
    DB_TEXT(struct instrument, first_ref),
    DB_TEXT(struct instrument, label),
    DB_TEXT(struct instrument, last4),
    DB_INT(struct instrument, exp_month),
    DB_INT(struct instrument, exp_year),
    DB_INSTANT(struct instrument, created_at),
    DB_INSTANT(struct instrument, removed_at),
    DB_END,
};

#define SELECT_INSTRUMENT                                                                                              \
    "SELECT id, brand, account_id, provider, token, customer, first_ref, label, last4, exp_month, exp_year, "          \
    "created_at, removed_at FROM instrument "

enum outcome instrument_insert(struct db_tx *tx, struct instrument *i)
{
    i->created_at = db_now(tx);
    return db_number(
        tx, &i->id,
        "INSERT INTO instrument (brand, account_id, provider, token, customer, first_ref, label, last4, exp_month, "
        "exp_year, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        db_text(i->brand), db_int(i->account_id), db_text(i->provider), db_text(i->token), db_text(i->customer),
        db_text(i->first_ref), db_text(i->label), db_text(i->last4), db_int(i->exp_month), db_int(i->exp_year),
        db_instant(i->created_at));
}

enum outcome instruments_of(struct db_tx *tx, void *mem, int64_t account_id, struct instrument **instruments,
                            size_t *count)
{
    return db_all(tx, mem, INSTRUMENT, instruments, count,
                  SELECT_INSTRUMENT "WHERE account_id = $1 AND removed_at IS NULL ORDER BY id DESC LIMIT 100",
                  db_int(account_id));
}

enum outcome instrument_by_id(struct db_tx *tx, void *mem, int64_t id, struct instrument *out)
{
    return db_one(tx, mem, INSTRUMENT, out, SELECT_INSTRUMENT "WHERE id = $1 AND removed_at IS NULL", db_int(id));
}

enum outcome instrument_remove(struct db_tx *tx, int64_t id, int64_t account_id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(
        tx, &rows,
        "UPDATE instrument SET removed_at = $3, token = '', customer = '' WHERE id = $1 AND account_id = $2 AND "
        "removed_at IS NULL",
        db_int(id), db_int(account_id), db_instant(db_now(tx))));
    *changed = rows == 1;
    return DONE;
}
