#include "store/access.h"

/* ---- Sessions ---- */

static const struct db_column SESSION[] = {
    DB_TEXT(struct session, brand),        DB_ID(struct session, who.account_id),
    DB_ID(struct session, who.mailbox_id), DB_INSTANT(struct session, created_at),
    DB_INSTANT(struct session, seen_at),   DB_TEXT(struct session, label),
    DB_TEXT(struct session, email),        DB_END,
};

enum outcome session_insert(struct db_tx *tx, const char *token_hash, const char *brand, struct principal who)
{
    return db_exec(tx, NULL,
                   "INSERT INTO session (token_hash, brand, account_id, mailbox_id, created_at, seen_at) "
                   "VALUES ($1, $2, $3, $4, $5, $5)",
                   db_text(token_hash), db_text(brand), db_id(who.account_id), db_id(who.mailbox_id),
                   db_instant(db_now(tx)));
}

enum outcome session_find(struct db_tx *tx, void *mem, const char *token_hash, struct session *out)
{
    return db_one(tx, mem, SESSION, out,
                  "SELECT s.brand, s.account_id, s.mailbox_id, s.created_at, s.seen_at, coalesce(a.name, m.address), "
                  "a.email FROM session s LEFT JOIN account a ON a.id = s.account_id LEFT JOIN mailbox m ON "
                  "m.id = s.mailbox_id WHERE s.token_hash = $1 AND coalesce(m.status, '') <> 'deleted'",
                  db_text(token_hash));
}

enum outcome session_touch(struct db_tx *tx, const char *token_hash)
{
    return db_exec(tx, NULL, "UPDATE session SET seen_at = $2 WHERE token_hash = $1", db_text(token_hash),
                   db_instant(db_now(tx)));
}

enum outcome mailbox_grant(struct db_tx *tx, const char *session, int64_t mailbox_id)
{
    return db_exec(tx, NULL,
                   "INSERT INTO mailbox_grant (session, mailbox_id, found_at) VALUES ($1, $2, $3) "
                   "ON CONFLICT (session, mailbox_id) DO UPDATE SET found_at = excluded.found_at",
                   db_text(session), db_int(mailbox_id), db_instant(db_now(tx)));
}

enum outcome mailbox_is_granted(struct db_tx *tx, const char *session, int64_t mailbox_id, bool *granted)
{
    int64_t count;

    TRY(db_number(tx, &count,
                  "SELECT count(*) FROM mailbox_grant WHERE session = $1 AND mailbox_id = $2 AND found_at > $3",
                  db_text(session), db_int(mailbox_id), db_instant((struct instant){db_now(tx).us - GRANT_LIFE})));
    *granted = count > 0;
    return DONE;
}

enum outcome session_delete(struct db_tx *tx, const char *token_hash)
{
    return db_exec(tx, NULL, "DELETE FROM session WHERE token_hash = $1", db_text(token_hash));
}

enum outcome sessions_delete_of(struct db_tx *tx, struct principal who)
{
    return db_exec(tx, NULL, "DELETE FROM session WHERE account_id = $1 OR mailbox_id = $2", db_int(who.account_id),
                   db_int(who.mailbox_id));
}

enum outcome sessions_count(struct db_tx *tx, int64_t account_id, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) FROM session WHERE account_id = $1 AND account_id IS NOT NULL",
                     db_int(account_id));
}

enum outcome sessions_delete_before(struct db_tx *tx, struct instant seen_before)
{
    return db_exec(tx, NULL, "DELETE FROM session WHERE seen_at < $1", db_instant(seen_before));
}

/* ---- Failed attempts ---- */

enum outcome throttle_of(struct db_tx *tx, const char *key, struct throttle *out)
{
    static const struct db_column THROTTLE[] = {DB_INT64(struct throttle, failures),
                                                DB_INSTANT(struct throttle, last_at), DB_END};

    *out = (struct throttle){0};
    enum outcome o =
        db_one(tx, NULL, THROTTLE, out, "SELECT failures, last_at FROM throttle WHERE key = $1", db_text(key));
    return o == REFUSED ? DONE : o;
}

enum outcome throttle_failed(struct db_tx *tx, const char *key, int64_t window)
{
    struct instant now = db_now(tx);

    return db_exec(tx, NULL,
                   "INSERT INTO throttle (key, failures, last_at) VALUES ($1, 1, $2) ON CONFLICT (key) DO UPDATE SET "
                   "failures = CASE WHEN throttle.last_at < $3 THEN 1 ELSE throttle.failures + 1 END, last_at = $2",
                   db_text(key), db_instant(now), db_instant(instant_plus(now, -window)));
}

enum outcome throttle_forget(struct db_tx *tx, const char *key)
{
    return db_exec(tx, NULL, "DELETE FROM throttle WHERE key = $1", db_text(key));
}

enum outcome throttles_delete_before(struct db_tx *tx, struct instant before)
{
    return db_exec(tx, NULL, "DELETE FROM throttle WHERE last_at < $1", db_instant(before));
}

/* ---- Forgotten passwords ---- */

enum outcome reset_link_insert(struct db_tx *tx, const char *token_hash, struct principal who,
                               struct instant expires_at)
{
    return db_exec(tx, NULL,
                   "INSERT INTO reset_link (token_hash, account_id, mailbox_id, expires_at) VALUES ($1, $2, $3, $4)",
                   db_text(token_hash), db_id(who.account_id), db_id(who.mailbox_id), db_instant(expires_at));
}

enum outcome reset_link_owner(struct db_tx *tx, const char *token_hash, struct principal *who)
{
    static const struct db_column OWNER[] = {DB_ID(struct principal, account_id), DB_ID(struct principal, mailbox_id),
                                             DB_END};

    return db_one(tx, NULL, OWNER, who,
                  "SELECT account_id, mailbox_id FROM reset_link WHERE token_hash = $1 AND used_at IS NULL AND "
                  "expires_at > $2",
                  db_text(token_hash), db_instant(db_now(tx)));
}

enum outcome reset_links_spend(struct db_tx *tx, struct principal who)
{
    return db_exec(tx, NULL,
                   "UPDATE reset_link SET used_at = $3 WHERE (account_id = $1 OR mailbox_id = $2) AND used_at IS NULL",
                   db_int(who.account_id), db_int(who.mailbox_id), db_instant(db_now(tx)));
}

/* ---- Cart ---- */

enum outcome cart_put(struct db_tx *tx, const char *owner, const struct cart_line *line)
{
    return db_exec(
        tx, NULL,
        "INSERT INTO cart_line (owner, mailbox_id, years, plan, extra_gb, added_at, extra_archive_gb, consent) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (owner, mailbox_id) DO UPDATE SET years = $3, plan = $4, "
        "extra_gb = $5, added_at = $6, extra_archive_gb = $7, consent = $8",
        db_text(owner), db_int(line->mailbox_id), db_int(line->years), db_text(line->plan), db_int(line->extra_gb),
        db_instant(db_now(tx)), db_int(line->extra_archive_gb), db_text(line->consent ? line->consent : ""));
}

enum outcome cart_remove(struct db_tx *tx, const char *owner, int64_t mailbox_id)
{
    return db_exec(tx, NULL, "DELETE FROM cart_line WHERE owner = $1 AND mailbox_id = $2", db_text(owner),
                   db_int(mailbox_id));
}

enum outcome cart_remove_domain(struct db_tx *tx, const char *owner, const char *brand, int64_t mailbox_id)
{
    TRY(cart_remove(tx, owner, mailbox_id));
    return db_exec(tx, NULL,
                   "DELETE FROM cart_line WHERE owner = $1 AND mailbox_id IN (SELECT o.id FROM mailbox_row m JOIN "
                   "mailbox_row o ON o.brand_no = m.brand_no AND o.domain = m.domain WHERE m.id = $3 AND " MAILBOX_OF(
                       "$2") " AND m.domain <> '')",
                   db_text(owner), db_text(brand), db_int(mailbox_id));
}

enum outcome cart_clear(struct db_tx *tx, const char *owner)
{
    return db_exec(tx, NULL, "DELETE FROM cart_line WHERE owner = $1", db_text(owner));
}

enum outcome cart_count(struct db_tx *tx, const char *owner, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) FROM cart_line WHERE owner = $1", db_text(owner));
}

enum outcome cart_lines(struct db_tx *tx, void *mem, const char *owner, struct cart_line **lines, size_t *count)
{
    static const struct db_column CART[] = {DB_ID(struct cart_line, mailbox_id),
                                            DB_INT64(struct cart_line, years),
                                            DB_TEXT(struct cart_line, plan),
                                            DB_INT64(struct cart_line, extra_gb),
                                            DB_INT64(struct cart_line, extra_archive_gb),
                                            DB_TEXT(struct cart_line, consent),
                                            DB_END};

    return db_all(tx, mem, CART, lines, count,
                  "SELECT mailbox_id, years, plan, extra_gb, extra_archive_gb, consent FROM cart_line WHERE owner = $1 "
                  "ORDER BY added_at, mailbox_id "
                  "LIMIT 99",
                  db_text(owner));
}

/* ---- API keys ---- */

enum outcome api_key_insert(struct db_tx *tx, const char *brand, const char *role, const char *key_hash, int64_t *id)
{
    return db_number(tx, id,
                     "INSERT INTO api_key (brand, role, key_hash, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
                     db_text(brand), db_text(role), db_text(key_hash), db_instant(db_now(tx)));
}

struct admitted {
    struct api_key key;
    struct given_answer given;
};

enum outcome api_key_find(struct db_tx *tx, void *mem, const char *key_hash, const char *idempotency,
                          struct api_key *key, struct given_answer *given)
{
    static const struct db_column ADMITTED[] = {DB_ID(struct admitted, key.id),
                                                DB_TEXT(struct admitted, key.brand),
                                                DB_TEXT(struct admitted, key.role),
                                                DB_TEXT(struct admitted, given.request),
                                                DB_INT64(struct admitted, given.status),
                                                DB_TEXT(struct admitted, given.answer),
                                                DB_END};
    struct admitted row;

    TRY(db_one(tx, mem, ADMITTED, &row,
               "SELECT k.id, k.brand, k.role, i.request, i.status, i.answer FROM api_key k LEFT JOIN idempotency i "
               "ON i.key_id = k.id AND i.key = $2 WHERE k.key_hash = $1 AND k.revoked_at IS NULL",
               db_text(key_hash), db_text(idempotency)));
    *key = row.key;
    if (given)
        *given = row.given;
    return DONE;
}

enum outcome answer_keep(struct db_tx *tx, int64_t key_id, const char *key, const struct given_answer *a)
{
    return db_exec(
        tx, NULL,
        "INSERT INTO idempotency (key_id, key, request, status, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        db_int(key_id), db_text(key), db_text(a->request), db_int(a->status), db_text(a->answer),
        db_instant(db_now(tx)));
}

enum outcome answer_finish(struct db_tx *tx, int64_t key_id, const char *key, const struct given_answer *a,
                           bool *finished)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE idempotency SET status = $3, answer = $4 WHERE key_id = $1 AND key = $2 AND status = 0",
                db_int(key_id), db_text(key), db_int(a->status), db_text(a->answer)));
    *finished = rows == 1;
    return DONE;
}

enum outcome answer_give_up(struct db_tx *tx, int64_t key_id, const char *key)
{
    return db_exec(tx, NULL, "DELETE FROM idempotency WHERE key_id = $1 AND key = $2 AND status = 0", db_int(key_id),
                   db_text(key));
}

enum outcome answers_delete_before(struct db_tx *tx, struct instant before)
{
    return db_exec(tx, NULL, "DELETE FROM idempotency WHERE created_at < $1", db_instant(before));
}
