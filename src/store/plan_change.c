#include "store/plan_change.h"

static const struct db_column ROW[] = {
    DB_ID(struct plan_change_row, id),
    DB_ID(struct plan_change_row, order_id),
    DB_ID(struct plan_change_row, mailbox_id),
    DB_TEXT(struct plan_change_row, state),
    DB_TEXT(struct plan_change_row, old_plan),
    DB_TEXT(struct plan_change_row, new_plan),
    DB_INT64(struct plan_change_row, quota_mb),
    DB_INT64(struct plan_change_row, archive_mb),
    DB_INT64(struct plan_change_row, kept_archive_mb),
    DB_INT64(struct plan_change_row, used_mb),
    DB_INT64(struct plan_change_row, used_archive_mb),
    DB_TEXT(struct plan_change_row, consent),
    DB_TEXT(struct plan_change_row, consent_text),
    DB_TEXT(struct plan_change_row, consent_by),
    DB_INSTANT(struct plan_change_row, ordered_at),
    DB_DAY(struct plan_change_row, asked_on),
    DB_INSTANT(struct plan_change_row, done_at),
    DB_TEXT(struct plan_change_row, address),
    DB_TEXT(struct plan_change_row, brand),
    DB_END,
};

#define SELECT_ROW                                                                                                     \
    "SELECT c.id, c.order_id, c.mailbox_id, c.state, c.old_plan, c.new_plan, c.quota_mb, c.archive_mb, "               \
    "c.kept_archive_mb, c.used_mb, c.used_archive_mb, c.consent, c.consent_text, c.consent_by, c.ordered_at, "         \
    "c.asked_on, c.done_at, m.address, m.brand FROM plan_change c JOIN mailbox m ON m.id = c.mailbox_id "

#define OPEN "(c.state = 'waiting' OR c.state = 'held') "

const char *plan_change_state_name(enum plan_change_state state)
{
    static const char *const NAME[] = {[CHANGE_ORDERED] = "ordered",
                                       [CHANGE_WAITING] = "waiting",
                                       [CHANGE_HELD] = "held",
                                       [CHANGE_DONE] = "done",
                                       [CHANGE_DROPPED] = "dropped"};
    return NAME[state];
}

enum outcome plan_change_insert(struct db_tx *tx, struct plan_change_row *r)
{
    r->ordered_at = db_now(tx);
    return db_number(tx, &r->id,
                     "INSERT INTO plan_change (order_id, mailbox_id, state, old_plan, new_plan, quota_mb, archive_mb, "
                     "kept_archive_mb, consent, consent_text, consent_by, ordered_at) VALUES ($1, $2, 'ordered', $3, "
                     "$4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                     db_int(r->order_id), db_int(r->mailbox_id), db_text(r->old_plan), db_text(r->new_plan),
                     db_int(r->quota_mb), db_int(r->archive_mb), db_int(r->kept_archive_mb), db_text(r->consent),
                     db_text(r->consent_text), db_text(r->consent_by), db_instant(r->ordered_at));
}

enum outcome plan_change_by_id(struct db_tx *tx, void *mem, int64_t id, struct plan_change_row *out)
{
    return db_one(tx, mem, ROW, out, SELECT_ROW "WHERE c.id = $1", db_int(id));
}

enum outcome plan_change_of_line(struct db_tx *tx, void *mem, int64_t order_id, int64_t mailbox_id,
                                 struct plan_change_row *out)
{
    return db_one(tx, mem, ROW, out, SELECT_ROW "WHERE c.order_id = $1 AND c.mailbox_id = $2", db_int(order_id),
                  db_int(mailbox_id));
}

enum outcome plan_change_open(struct db_tx *tx, void *mem, int64_t mailbox_id, struct plan_change_row *out)
{
    return db_one(tx, mem, ROW, out, SELECT_ROW "WHERE c.mailbox_id = $1 AND " OPEN, db_int(mailbox_id));
}

enum outcome plan_change_move(struct db_tx *tx, const struct plan_change_row *r, enum plan_change_state to,
                              bool *changed)
{
    int64_t rows;

    TRY(db_exec(
        tx, &rows,
        "UPDATE plan_change SET state = $2, quota_mb = $3, archive_mb = $4, kept_archive_mb = $5, used_mb = $6, "
        "used_archive_mb = $7, asked_on = $8, done_at = $9 WHERE id = $1 AND state = $10",
        db_int(r->id), db_text(plan_change_state_name(to)), db_int(r->quota_mb), db_int(r->archive_mb),
        db_int(r->kept_archive_mb), db_int(r->used_mb), db_int(r->used_archive_mb), db_day(r->asked_on),
        to == CHANGE_DONE ? db_instant(db_now(tx)) : db_null(), db_text(r->state)));
    *changed = rows == 1;
    return DONE;
}

enum outcome plan_changes_open(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit,
                               struct plan_change_row **rows, size_t *count)
{
    return db_all(tx, mem, ROW, rows, count,
                  SELECT_ROW "WHERE " OPEN "AND ($1 = '' OR m.brand = $1) AND c.id > $2 ORDER BY c.id LIMIT $3",
                  db_text(brand), db_int(after), db_int(limit));
}

enum outcome plan_changes_wake(struct db_tx *tx, struct instant due_at, int64_t *woken)
{
    return db_exec(tx, woken,
                   "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, "
                   "due_at, lease, last_error, created_at) SELECT m.brand, 'plan_change', '', '', 'it', c.order_id, "
                   "'{\"change\": ' || CAST(c.id AS TEXT) || '}', 'waiting', 0, $1, '', '', $1 FROM plan_change c "
                   "JOIN mailbox m ON m.id = c.mailbox_id WHERE c.state = 'held' AND c.asked_on < $2",
                   db_instant(due_at), db_day(db_today(tx)));
}

enum outcome plan_change_kept_archive(struct db_tx *tx, int64_t mailbox_id, int64_t *archive_mb)
{
    return db_number(tx, archive_mb,
                     "SELECT coalesce(max(c.kept_archive_mb), -1) FROM plan_change c WHERE c.mailbox_id = $1 AND " OPEN,
                     db_int(mailbox_id));
}
