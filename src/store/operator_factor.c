#include "store/operator_factor.h"

enum outcome operator_totp_find(struct db_tx *tx, void *mem, int64_t operator_id, struct operator_totp *out)
{
    static const struct db_column TOTP[] = {
        DB_TEXT(struct operator_totp, sealed),
        DB_INSTANT(struct operator_totp, since),
        DB_INT64(struct operator_totp, step),
        DB_END,
    };

    return db_one(tx, mem, TOTP, out, "SELECT totp_secret, totp_since, totp_step FROM operator WHERE id = $1",
                  db_int(operator_id));
}

enum outcome operator_totp_set(struct db_tx *tx, int64_t operator_id, const char *sealed)
{
    return db_exec(tx, NULL, "UPDATE operator SET totp_secret = $2, totp_since = NULL, totp_step = 0 WHERE id = $1",
                   db_int(operator_id), db_text(sealed));
}

enum outcome operator_totp_take(struct db_tx *tx, int64_t operator_id, int64_t step, bool *taken)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE operator SET totp_step = $2, totp_since = coalesce(totp_since, $3) WHERE id = $1 AND totp_step "
                "< $2",
                db_int(operator_id), db_int(step), db_instant(db_now(tx))));
    *taken = rows == 1;
    return DONE;
}

/* ---- Recovery codes ---- */

enum outcome operator_recovery_set(struct db_tx *tx, int64_t operator_id, const char *const *hashes, size_t count)
{
    TRY(db_exec(tx, NULL, "DELETE FROM operator_recovery WHERE operator_id = $1", db_int(operator_id)));
    for (size_t i = 0; i < count; i++)
        TRY(db_exec(tx, NULL, "INSERT INTO operator_recovery (operator_id, code_hash) VALUES ($1, $2)",
                    db_int(operator_id), db_text(hashes[i])));
    return DONE;
}

enum outcome operator_recovery_spend(struct db_tx *tx, int64_t operator_id, const char *hash, bool *spent)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE operator_recovery SET used_at = $3 WHERE operator_id = $1 AND code_hash = $2 AND used_at IS "
                "NULL",
                db_int(operator_id), db_text(hash), db_instant(db_now(tx))));
    *spent = rows == 1;
    return DONE;
}

enum outcome operator_recovery_left(struct db_tx *tx, int64_t operator_id, int64_t *left)
{
    return db_number(tx, left, "SELECT count(*) FROM operator_recovery WHERE operator_id = $1 AND used_at IS NULL",
                     db_int(operator_id));
}

/* ---- Logins that wait for a code ---- */

enum outcome operator_entry_insert(struct db_tx *tx, const char *token_hash, int64_t operator_id,
                                   struct instant expires_at)
{
    return db_exec(tx, NULL, "INSERT INTO operator_entry (token_hash, operator_id, expires_at) VALUES ($1, $2, $3)",
                   db_text(token_hash), db_int(operator_id), db_instant(expires_at));
}

enum outcome operator_entry_owner(struct db_tx *tx, const char *token_hash, int64_t *operator_id)
{
    return db_number(tx, operator_id,
                     "SELECT e.operator_id FROM operator_entry e JOIN operator o ON o.id = e.operator_id WHERE "
                     "e.token_hash = $1 AND e.expires_at > $2 AND o.disabled_at IS NULL",
                     db_text(token_hash), db_instant(db_now(tx)));
}

enum outcome operator_entry_delete(struct db_tx *tx, const char *token_hash)
{
    return db_exec(tx, NULL, "DELETE FROM operator_entry WHERE token_hash = $1", db_text(token_hash));
}

enum outcome operator_entries_delete_of(struct db_tx *tx, int64_t operator_id)
{
    return db_exec(tx, NULL, "DELETE FROM operator_entry WHERE operator_id = $1", db_int(operator_id));
}

enum outcome operator_entries_delete_before(struct db_tx *tx, struct instant over_before)
{
    return db_exec(tx, NULL, "DELETE FROM operator_entry WHERE expires_at <= $1", db_instant(over_before));
}
