#include "store/wizard.h"

static const struct db_column WIZARD[] = {
    DB_TEXT(struct wizard, id),       DB_TEXT(struct wizard, brand),         DB_TEXT(struct wizard, owner),
    DB_ID(struct wizard, mailbox_id), DB_TEXT(struct wizard, answers),       DB_INT64(struct wizard, version),
    DB_ID(struct wizard, order_id),   DB_INSTANT(struct wizard, changed_at), DB_END,
};
#define COLUMNS "id, brand, owner, mailbox_id, answers, version, order_id, changed_at"

enum outcome wizard_by_id(struct db_tx *tx, void *mem, const char *id, struct wizard *out)
{
    return db_one(tx, mem, WIZARD, out, "SELECT " COLUMNS " FROM wizard WHERE id = $1", db_text(id));
}

enum outcome wizard_latest(struct db_tx *tx, void *mem, const char *brand, const char *owner, int64_t mailbox_id,
                           struct wizard *out)
{
    return db_one(tx, mem, WIZARD, out,
                  "SELECT " COLUMNS " FROM wizard WHERE owner = $2 AND mailbox_id = $3 AND brand = $1 AND order_id IS "
                  "NULL ORDER BY changed_at DESC, id LIMIT 1",
                  db_text(brand), db_text(owner), db_int(mailbox_id));
}

enum outcome wizard_keep(struct db_tx *tx, struct wizard *w)
{
    if (w->version++ == 0)
        return db_exec(tx, NULL,
                       "INSERT INTO wizard (id, brand, owner, mailbox_id, answers, version, created_at, changed_at) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                       db_text(w->id), db_text(w->brand), db_text(w->owner), db_id(w->mailbox_id), db_text(w->answers),
                       db_int(w->version), db_instant(db_now(tx)));
    return db_exec(
        tx, NULL, "UPDATE wizard SET mailbox_id = $2, answers = $3, version = $4, changed_at = $5 WHERE id = $1",
        db_text(w->id), db_id(w->mailbox_id), db_text(w->answers), db_int(w->version), db_instant(db_now(tx)));
}

enum outcome wizard_ordered(struct db_tx *tx, const char *id, int64_t order_id)
{
    return db_exec(tx, NULL, "UPDATE wizard SET order_id = $2, changed_at = $3 WHERE id = $1", db_text(id),
                   db_int(order_id), db_instant(db_now(tx)));
}

enum outcome wizard_drop(struct db_tx *tx, const char *id)
{
    return db_exec(tx, NULL, "DELETE FROM wizard WHERE id = $1 AND order_id IS NULL", db_text(id));
}

enum outcome wizards_delete_before(struct db_tx *tx, struct instant before)
{
    return db_exec(tx, NULL, "DELETE FROM wizard WHERE changed_at < $1", db_instant(before));
}
