#include "store/hold.h"

/* ---- Holds ---- */

static const struct db_column HOLD[] = {
    DB_ID(struct mailbox_hold, id),
    DB_ID(struct mailbox_hold, mailbox_id),
    DB_BOOL(struct mailbox_hold, stops_deletion),
    DB_BOOL(struct mailbox_hold, stops_renewal),
    DB_TEXT(struct mailbox_hold, reason),
    DB_DAY(struct mailbox_hold, until_on),
    DB_TEXT(struct mailbox_hold, set_by),
    DB_INSTANT(struct mailbox_hold, set_at),
    DB_TEXT(struct mailbox_hold, lifted_by),
    DB_INSTANT(struct mailbox_hold, lifted_at),
    DB_END,
};
#define SELECT_HOLD                                                                                                    \
    "SELECT id, mailbox_id, stops_deletion, stops_renewal, reason, until_on, set_by, set_at, lifted_by, lifted_at "    \
    "FROM mailbox_hold "

enum outcome mailbox_hold_insert(struct db_tx *tx, struct mailbox_hold *h)
{
    h->set_at = db_now(tx);
    return db_number(tx, &h->id,
                     "INSERT INTO mailbox_hold (mailbox_id, stops_deletion, stops_renewal, reason, until_on, set_by, "
                     "set_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                     db_int(h->mailbox_id), db_bool(h->stops_deletion), db_bool(h->stops_renewal), db_text(h->reason),
                     db_day(h->until_on), db_text(h->set_by), db_instant(h->set_at));
}

enum outcome mailbox_hold_by_id(struct db_tx *tx, void *mem, int64_t id, struct mailbox_hold *out)
{
    return db_one(tx, mem, HOLD, out, SELECT_HOLD "WHERE id = $1", db_int(id));
}

enum outcome mailbox_hold_lift(struct db_tx *tx, int64_t id, const char *by, bool *lifted)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE mailbox_hold SET lifted_at = $2, lifted_by = $3 WHERE id = $1 AND lifted_at IS NULL",
                db_int(id), db_instant(db_now(tx)), db_text(by)));
    *lifted = rows == 1;
    return DONE;
}

enum outcome mailbox_holds_of(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct mailbox_hold **holds,
                              size_t *count)
{
    return db_all(tx, mem, HOLD, holds, count, SELECT_HOLD "WHERE mailbox_id = $1 ORDER BY id DESC LIMIT $2",
                  db_int(mailbox_id), db_int(limit));
}

/* ---- Suspension ---- */

enum outcome mailbox_suspend(struct db_tx *tx, int64_t mailbox_id, const char *reason, const char *note, const char *by,
                             bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE mailbox_row SET status = 'suspended' WHERE id = $1 AND status = 'live'",
                db_int(mailbox_id)));
    *changed = rows == 1;
    if (!*changed)
        return DONE;
    return db_exec(tx, NULL,
                   "INSERT INTO suspension (mailbox_id, reason, note, set_by, set_at) VALUES ($1, $2, $3, $4, $5) ON "
                   "CONFLICT (mailbox_id) DO UPDATE SET reason = excluded.reason, note = excluded.note, set_by = "
                   "excluded.set_by, set_at = excluded.set_at",
                   db_int(mailbox_id), db_text(reason), db_text(note), db_text(by), db_instant(db_now(tx)));
}

enum outcome mailbox_resume(struct db_tx *tx, int64_t mailbox_id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE mailbox_row SET status = 'live' WHERE id = $1 AND status = 'suspended'",
                db_int(mailbox_id)));
    *changed = rows == 1;
    return db_exec(tx, NULL, "DELETE FROM suspension WHERE mailbox_id = $1", db_int(mailbox_id));
}

enum outcome suspension_of(struct db_tx *tx, void *mem, int64_t mailbox_id, struct suspension *out)
{
    static const struct db_column SUSPENSION[] = {
        DB_TEXT(struct suspension, reason),
        DB_TEXT(struct suspension, note),
        DB_TEXT(struct suspension, set_by),
        DB_INSTANT(struct suspension, set_at),
        DB_END,
    };

    return db_one(tx, mem, SUSPENSION, out, "SELECT reason, note, set_by, set_at FROM suspension WHERE mailbox_id = $1",
                  db_int(mailbox_id));
}

/* ---- Notes ---- */

static const struct db_column NOTE[] = {
    DB_ID(struct desk_note, id),
    DB_TEXT(struct desk_note, brand),
    DB_ID(struct desk_note, mailbox_id),
    DB_ID(struct desk_note, account_id),
    DB_ID(struct desk_note, order_id),
    DB_TEXT(struct desk_note, body),
    DB_TEXT(struct desk_note, written_by),
    DB_BOOL(struct desk_note, pinned),
    DB_INSTANT(struct desk_note, written_at),
    DB_END,
};
#define SELECT_NOTE                                                                                                    \
    "SELECT id, brand, mailbox_id, account_id, order_id, body, written_by, pinned, written_at FROM desk_note "

enum outcome desk_note_insert(struct db_tx *tx, struct desk_note *n)
{
    n->written_at = db_now(tx);
    return db_number(tx, &n->id,
                     "INSERT INTO desk_note (brand, mailbox_id, account_id, order_id, body, written_by, pinned, "
                     "written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                     db_text(n->brand), db_id(n->mailbox_id), db_id(n->account_id), db_id(n->order_id),
                     db_text(n->body), db_text(n->written_by), db_bool(n->pinned), db_instant(n->written_at));
}

enum outcome desk_note_by_id(struct db_tx *tx, void *mem, int64_t id, struct desk_note *out)
{
    return db_one(tx, mem, NOTE, out, SELECT_NOTE "WHERE id = $1", db_int(id));
}

enum outcome desk_note_pin(struct db_tx *tx, int64_t id, bool pinned)
{
    return db_exec(tx, NULL, "UPDATE desk_note SET pinned = $2 WHERE id = $1", db_int(id), db_bool(pinned));
}

enum outcome desk_notes_of(struct db_tx *tx, void *mem, const struct desk_note *about, int limit,
                           struct desk_note **notes, size_t *count)
{
#define NEWEST "ORDER BY pinned DESC, id DESC LIMIT $2"
    if (about->mailbox_id)
        return db_all(tx, mem, NOTE, notes, count, SELECT_NOTE "WHERE mailbox_id = $1 " NEWEST,
                      db_int(about->mailbox_id), db_int(limit));
    if (about->account_id)
        return db_all(tx, mem, NOTE, notes, count, SELECT_NOTE "WHERE account_id = $1 " NEWEST,
                      db_int(about->account_id), db_int(limit));
    return db_all(tx, mem, NOTE, notes, count, SELECT_NOTE "WHERE order_id = $1 " NEWEST, db_int(about->order_id),
                  db_int(limit));
#undef NEWEST
}
