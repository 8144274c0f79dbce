#include "store/door.h"

struct key_row {
    char key[DOOR_KEY];
};

enum outcome door_key(struct db_tx *tx, char key[DOOR_KEY])
{
    static const struct db_column KEY[] = {DB_CHARS(struct key_row, key), DB_END};
    struct key_row row;

    TRY(db_one(tx, NULL, KEY, &row, "SELECT key FROM door_key WHERE one = 1"));
    for (int i = 0; i < DOOR_KEY; i++)
        key[i] = row.key[i];
    return DONE;
}

enum outcome door_key_put(struct db_tx *tx, const char *key)
{
    return db_exec(tx, NULL, "INSERT INTO door_key (one, key) VALUES (1, $1) ON CONFLICT DO NOTHING", db_text(key));
}

enum outcome door_use(struct db_tx *tx, const char *pass_hash, struct instant forget_at, bool *first)
{
    int64_t changed;

    TRY(db_exec(tx, &changed, "INSERT INTO door_used (pass, forget_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                db_text(pass_hash), db_instant(forget_at)));
    *first = changed == 1;
    return DONE;
}

enum outcome door_was_used(struct db_tx *tx, const char *pass_hash, bool *used)
{
    int64_t count;

    TRY(db_number(tx, &count, "SELECT count(*) FROM door_used WHERE pass = $1", db_text(pass_hash)));
    *used = count > 0;
    return DONE;
}

enum outcome doors_forget(struct db_tx *tx, struct instant now)
{
    return db_exec(tx, NULL, "DELETE FROM door_used WHERE forget_at < $1", db_instant(now));
}
