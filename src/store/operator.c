#include "store/operator.h"

static const struct db_column OPERATOR[] = {
    DB_ID(struct operator, id),
    DB_TEXT(struct operator, brand),
    DB_TEXT(struct operator, email),
    DB_TEXT(struct operator, name),
    DB_TEXT(struct operator, role),
    DB_TEXT(struct operator, password_hash),
    DB_INSTANT(struct operator, created_at),
    DB_INSTANT(struct operator, disabled_at),
    DB_END,
};
#define COLUMNS         "o.id, o.brand, o.email, o.name, o.role, o.password_hash, o.created_at, o.disabled_at"
#define SELECT_OPERATOR "SELECT " COLUMNS " FROM operator o "

enum outcome operator_insert(struct db_tx *tx, struct operator* o)
{
    o->created_at = db_now(tx);
    return db_number(tx, &o->id,
                     "INSERT INTO operator (brand, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, "
                     "$4, $5, $6) ON CONFLICT (email) DO NOTHING RETURNING id",
                     db_text(o->brand), db_text(o->email), db_text(o->name), db_text(o->role),
                     db_text(o->password_hash), db_instant(o->created_at));
}

enum outcome operator_by_email(struct db_tx *tx, void *mem, const char *email, struct operator* out)
{
    return db_one(tx, mem, OPERATOR, out, SELECT_OPERATOR "WHERE o.email = $1", db_text(email));
}

enum outcome operator_by_id(struct db_tx *tx, void *mem, int64_t id, struct operator* out)
{
    return db_one(tx, mem, OPERATOR, out, SELECT_OPERATOR "WHERE o.id = $1", db_int(id));
}

enum outcome operators_after(struct db_tx *tx, void *mem, int64_t after, int limit, struct operator** operators,
                             size_t *count)
{
    return db_all(tx, mem, OPERATOR, operators, count, SELECT_OPERATOR "WHERE o.id > $1 ORDER BY o.id LIMIT $2",
                  db_int(after), db_int(limit));
}

enum outcome operators_of(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit,
                          struct operator** operators, size_t *count)
{
    return db_all(tx, mem, OPERATOR, operators, count,
                  SELECT_OPERATOR "WHERE o.id > $1 AND ($3 = '' OR o.brand = $3) ORDER BY o.id LIMIT $2", db_int(after),
                  db_int(limit), db_text(brand));
}

enum outcome operator_set_password(struct db_tx *tx, int64_t id, const char *hash)
{
    return db_exec(tx, NULL, "UPDATE operator SET password_hash = $2 WHERE id = $1", db_int(id), db_text(hash));
}

enum outcome operator_disabled(struct db_tx *tx, int64_t id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE operator SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL", db_int(id),
                db_instant(db_now(tx))));
    *changed = rows == 1;
    return DONE;
}

enum outcome operator_set_role(struct db_tx *tx, int64_t id, const char *role, const char *brand)
{
    return db_exec(tx, NULL, "UPDATE operator SET role = $2, brand = $3 WHERE id = $1", db_int(id), db_text(role),
                   db_text(brand));
}

enum outcome operator_other_owners(struct db_tx *tx, int64_t but, int64_t *count)
{
    return db_number(tx, count,
                     "SELECT count(*) FROM operator WHERE role = 'owner' AND brand = '' AND disabled_at IS NULL AND id "
                     "<> $1",
                     db_int(but));
}

/* ---- Sessions ---- */

enum outcome operator_session_insert(struct db_tx *tx, const char *token_hash, int64_t operator_id, const char *client,
                                     const char *agent)
{
    return db_exec(tx, NULL,
                   "INSERT INTO operator_session (token_hash, operator_id, client, agent, created_at, seen_at) VALUES "
                   "($1, $2, $3, $4, $5, $5)",
                   db_text(token_hash), db_int(operator_id), db_text(client), db_text(agent), db_instant(db_now(tx)));
}

enum outcome operator_sessions_of(struct db_tx *tx, void *mem, int64_t operator_id, struct instant since, int limit,
                                  struct operator_session **sessions, size_t *count)
{
    static const struct db_column LISTED[] = {
        DB_ID(struct operator_session, id),           DB_TEXT(struct operator_session, client),
        DB_TEXT(struct operator_session, agent),      DB_INSTANT(struct operator_session, session_at),
        DB_INSTANT(struct operator_session, seen_at), DB_END,
    };

    return db_all(tx, mem, LISTED, sessions, count,
                  "SELECT id, client, agent, created_at, seen_at FROM operator_session WHERE operator_id = $1 AND "
                  "seen_at > $2 ORDER BY seen_at DESC, id DESC LIMIT $3",
                  db_int(operator_id), db_instant(since), db_int(limit));
}

enum outcome operator_session_close(struct db_tx *tx, int64_t operator_id, int64_t session_id, bool *gone)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "DELETE FROM operator_session WHERE id = $1 AND operator_id = $2", db_int(session_id),
                db_int(operator_id)));
    *gone = rows == 1;
    return DONE;
}

enum outcome operator_sessions_delete_but(struct db_tx *tx, int64_t operator_id, int64_t session_id)
{
    return db_exec(tx, NULL, "DELETE FROM operator_session WHERE operator_id = $1 AND id <> $2", db_int(operator_id),
                   db_int(session_id));
}

enum outcome operator_session_find(struct db_tx *tx, void *mem, const char *token_hash, struct operator_session *out)
{
    static const struct db_column SESSION[] = {
        DB_ID(struct operator_session, operator.id),
        DB_TEXT(struct operator_session, operator.brand),
        DB_TEXT(struct operator_session, operator.email),
        DB_TEXT(struct operator_session, operator.name),
        DB_TEXT(struct operator_session, operator.role),
        DB_TEXT(struct operator_session, operator.password_hash),
        DB_INSTANT(struct operator_session, operator.created_at),
        DB_INSTANT(struct operator_session, operator.disabled_at),
        DB_ID(struct operator_session, id),
        DB_INSTANT(struct operator_session, session_at),
        DB_INSTANT(struct operator_session, seen_at),
        DB_END,
    };

    return db_one(tx, mem, SESSION, out,
                  "SELECT " COLUMNS ", s.id, s.created_at, s.seen_at FROM operator_session s JOIN operator o ON o.id = "
                  "s.operator_id WHERE s.token_hash = $1 AND o.disabled_at IS NULL",
                  db_text(token_hash));
}

enum outcome operator_session_touch(struct db_tx *tx, const char *token_hash)
{
    return db_exec(tx, NULL, "UPDATE operator_session SET seen_at = $2 WHERE token_hash = $1", db_text(token_hash),
                   db_instant(db_now(tx)));
}

enum outcome operator_session_delete(struct db_tx *tx, const char *token_hash)
{
    return db_exec(tx, NULL, "DELETE FROM operator_session WHERE token_hash = $1", db_text(token_hash));
}

enum outcome operator_sessions_delete_of(struct db_tx *tx, int64_t operator_id)
{
    return db_exec(tx, NULL, "DELETE FROM operator_session WHERE operator_id = $1", db_int(operator_id));
}

enum outcome operator_sessions_delete_before(struct db_tx *tx, struct instant seen_before)
{
    return db_exec(tx, NULL, "DELETE FROM operator_session WHERE seen_at < $1", db_instant(seen_before));
}

/* ---- Links ---- */

enum outcome operator_link_insert(struct db_tx *tx, const char *token_hash, int64_t operator_id,
                                  struct instant expires_at)
{
    return db_exec(tx, NULL, "INSERT INTO operator_link (token_hash, operator_id, expires_at) VALUES ($1, $2, $3)",
                   db_text(token_hash), db_int(operator_id), db_instant(expires_at));
}

enum outcome operator_link_owner(struct db_tx *tx, const char *token_hash, int64_t *operator_id)
{
    return db_number(tx, operator_id,
                     "SELECT l.operator_id FROM operator_link l JOIN operator o ON o.id = l.operator_id WHERE "
                     "l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND o.disabled_at IS NULL",
                     db_text(token_hash), db_instant(db_now(tx)));
}

enum outcome operator_links_spend(struct db_tx *tx, int64_t operator_id)
{
    return db_exec(tx, NULL, "UPDATE operator_link SET used_at = $2 WHERE operator_id = $1 AND used_at IS NULL",
                   db_int(operator_id), db_instant(db_now(tx)));
}
