#include "store/webhook.h"
#include "store/event_log.h"

static const struct db_column WEBHOOK[] = {
    DB_ID(struct webhook, id),
    DB_TEXT(struct webhook, brand),
    DB_TEXT(struct webhook, url),
    DB_TEXT(struct webhook, kinds),
    DB_TEXT(struct webhook, email),
    DB_TEXT(struct webhook, secret),
    DB_TEXT(struct webhook, old_secret),
    DB_INSTANT(struct webhook, old_until),
    DB_INT64(struct webhook, cursor),
    DB_INSTANT(struct webhook, failing_since),
    DB_INSTANT(struct webhook, created_at),
    DB_INSTANT(struct webhook, disabled_at),
    DB_END,
};
#define SELECT_WEBHOOK                                                                                                 \
    "SELECT w.id, w.brand, w.url, w.kinds, w.email, w.secret, w.old_secret, w.old_until, w.cursor, w.failing_since, "  \
    "w.created_at, w.disabled_at FROM webhook w "

enum outcome webhook_insert(struct db_tx *tx, struct webhook *w)
{
    w->created_at = db_now(tx);
    return db_number(tx, &w->id,
                     "INSERT INTO webhook (brand, url, kinds, email, secret, old_secret, cursor, created_at) VALUES "
                     "($1, $2, $3, $4, $5, '', $6, $7) RETURNING id",
                     db_text(w->brand), db_text(w->url), db_text(w->kinds), db_text(w->email), db_text(w->secret),
                     db_int(w->cursor), db_instant(w->created_at));
}

enum outcome webhook_by_id(struct db_tx *tx, void *mem, int64_t id, struct webhook *out)
{
    return db_one(tx, mem, WEBHOOK, out, SELECT_WEBHOOK "WHERE w.id = $1", db_int(id));
}

enum outcome webhooks_after(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit,
                            struct webhook **all, size_t *count)
{
    return db_all(tx, mem, WEBHOOK, all, count,
                  SELECT_WEBHOOK "WHERE w.id > $1 AND ($3 = '' OR w.brand = $3) ORDER BY w.id LIMIT $2", db_int(after),
                  db_int(limit), db_text(brand));
}

enum outcome webhooks_behind(struct db_tx *tx, void *mem, int limit, struct webhook **all, size_t *count)
{
    return db_all(tx, mem, WEBHOOK, all, count,
                  SELECT_WEBHOOK "WHERE w.disabled_at IS NULL AND w.cursor < (SELECT coalesce(max(seq), 0) FROM "
                                 "event_seal) ORDER BY w.id LIMIT $1",
                  db_int(limit));
}

enum outcome webhook_move(struct db_tx *tx, int64_t id, int64_t seen, int64_t cursor, bool *moved)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE webhook SET cursor = $3 WHERE id = $1 AND cursor = $2", db_int(id), db_int(seen),
                db_int(cursor)));
    *moved = rows == 1;
    return DONE;
}

enum outcome webhook_set_secrets(struct db_tx *tx, int64_t id, const char *secret, const char *old,
                                 struct instant old_until)
{
    return db_exec(tx, NULL, "UPDATE webhook SET secret = $2, old_secret = $3, old_until = $4 WHERE id = $1",
                   db_int(id), db_text(secret), db_text(old), db_id(old_until.us));
}

enum outcome webhook_set_failing(struct db_tx *tx, int64_t id, struct instant since)
{
    return db_exec(tx, NULL, "UPDATE webhook SET failing_since = $2 WHERE id = $1", db_int(id), db_id(since.us));
}

enum outcome webhook_set_disabled(struct db_tx *tx, int64_t id, bool disabled, bool *changed)
{
    int64_t rows;

    if (disabled)
        TRY(db_exec(tx, &rows, "UPDATE webhook SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL", db_int(id),
                    db_instant(db_now(tx))));
    else
        TRY(db_exec(tx, &rows,
                    "UPDATE webhook SET disabled_at = NULL, failing_since = NULL WHERE id = $1 AND disabled_at IS NOT "
                    "NULL",
                    db_int(id)));
    *changed = rows == 1;
    return DONE;
}

enum outcome webhook_delete(struct db_tx *tx, int64_t id)
{
    TRY(db_exec(tx, NULL, "DELETE FROM webhook_delivery WHERE webhook_id = $1", db_int(id)));
    return db_exec(tx, NULL, "DELETE FROM webhook WHERE id = $1", db_int(id));
}

/* ---- Deliveries ---- */

static const struct db_column DELIVERY[] = {
    DB_ID(struct webhook_delivery, id),
    DB_ID(struct webhook_delivery, webhook_id),
    DB_ID(struct webhook_delivery, event_id),
    DB_INT64(struct webhook_delivery, attempts),
    DB_INT64(struct webhook_delivery, status),
    DB_TEXT(struct webhook_delivery, state),
    DB_TEXT(struct webhook_delivery, error),
    DB_TEXT(struct webhook_delivery, kind),
    DB_INSTANT(struct webhook_delivery, created_at),
    DB_INSTANT(struct webhook_delivery, tried_at),
    DB_END,
};
#define SELECT_DELIVERY                                                                                                \
    "SELECT d.id, d.webhook_id, d.event_id, d.attempts, d.status, d.state, d.error, e.kind, d.created_at, d.tried_at " \
    "FROM webhook_delivery d JOIN event e ON e.id = d.event_id "

enum outcome webhook_delivery_put(struct db_tx *tx, int64_t webhook_id, int64_t event_id, int64_t *id)
{
    return db_number(
        tx, id,
        "INSERT INTO webhook_delivery (webhook_id, event_id, state, attempts, status, error, created_at) "
        "VALUES ($1, $2, 'waiting', 0, 0, '', $3) ON CONFLICT (webhook_id, event_id) DO UPDATE SET state = "
        "'waiting', attempts = 0 RETURNING id",
        db_int(webhook_id), db_int(event_id), db_instant(clock_now()));
}

enum outcome webhook_delivery_by_id(struct db_tx *tx, void *mem, int64_t id, struct webhook_delivery *out)
{
    return db_one(tx, mem, DELIVERY, out, SELECT_DELIVERY "WHERE d.id = $1", db_int(id));
}

enum outcome webhook_deliveries(struct db_tx *tx, void *mem, int64_t webhook_id, const char *state, int64_t before,
                                int limit, struct webhook_delivery **all, size_t *count)
{
    return db_all(tx, mem, DELIVERY, all, count,
                  SELECT_DELIVERY "WHERE d.webhook_id = $1 AND d.id < $2 AND ($3 = '' OR d.state = $3) ORDER BY d.id "
                                  "DESC LIMIT $4",
                  db_int(webhook_id), db_int(before ? before : INT64_MAX), db_text(state), db_int(limit));
}

enum outcome webhook_delivery_tried(struct db_tx *tx, int64_t id, const char *state, int status, const char *error)
{
    return db_exec(tx, NULL,
                   "UPDATE webhook_delivery SET state = $2, status = $3, error = $4, attempts = attempts + 1, tried_at "
                   "= $5 WHERE id = $1",
                   db_int(id), db_text(state), db_int(status), db_text(error), db_instant(clock_now()));
}

enum outcome webhook_place_before(struct db_tx *tx, struct instant since, int64_t *seq)
{
    int64_t first;

    TRY(event_id_at(tx, since, &first));
    return db_number(tx, seq,
                     "SELECT coalesce(min(seq), 0) - 1 FROM (SELECT seq FROM event_seal WHERE event_id >= $1 ORDER BY "
                     "event_id LIMIT 1000) near",
                     db_int(first));
}
