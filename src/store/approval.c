#include "store/approval.h"

static const struct db_column APPROVAL[] = {
    DB_ID(struct approval, id),
    DB_TEXT(struct approval, brand),
    DB_TEXT(struct approval, kind),
    DB_TEXT(struct approval, subject),
    DB_TEXT(struct approval, title),
    DB_TEXT(struct approval, link),
    DB_TEXT(struct approval, reason),
    DB_MONEY(struct approval, amount),
    DB_ID(struct approval, order_id),
    DB_ID(struct approval, mailbox_id),
    DB_TEXT(struct approval, data),
    DB_TEXT(struct approval, asked_by),
    DB_INSTANT(struct approval, asked_at),
    DB_INSTANT(struct approval, expires_at),
    DB_TEXT(struct approval, state),
    DB_TEXT(struct approval, decided_by),
    DB_TEXT(struct approval, decision),
    DB_INSTANT(struct approval, decided_at),
    DB_END,
};
#define SELECT_APPROVAL                                                                                                \
    "SELECT a.id, a.brand, a.kind, a.subject, a.title, a.link, a.reason, a.amount, a.order_id, a.mailbox_id, a.data, " \
    "a.asked_by, a.asked_at, a.expires_at, a.state, a.decided_by, a.decision, a.decided_at FROM approval a "

const char *approval_state_name(enum approval_state state)
{
    static const char *const NAMES[APPROVAL_STATES] = {"waiting", "done", "refused", "withdrawn", "expired"};

    return NAMES[state];
}

enum outcome approval_insert(struct db_tx *tx, struct approval *a)
{
    a->asked_at = db_now(tx);
    return db_number(tx, &a->id,
                     "INSERT INTO approval (brand, kind, subject, title, link, reason, amount, order_id, mailbox_id, "
                     "data, asked_by, asked_at, expires_at, state, decided_by, decision) VALUES ($1, $2, $3, $4, $5, "
                     "$6, $7, $8, $9, $10, $11, $12, $13, 'waiting', '', '') ON CONFLICT DO NOTHING RETURNING id",
                     db_text(a->brand), db_text(a->kind), db_text(a->subject), db_text(a->title), db_text(a->link),
                     db_text(a->reason), db_money(a->amount), db_id(a->order_id), db_id(a->mailbox_id),
                     db_text(a->data), db_text(a->asked_by), db_instant(a->asked_at), db_instant(a->expires_at));
}

enum outcome approval_by_id(struct db_tx *tx, void *mem, int64_t id, struct approval *out)
{
    return db_one(tx, mem, APPROVAL, out, SELECT_APPROVAL "WHERE a.id = $1", db_int(id));
}

enum outcome approval_close(struct db_tx *tx, int64_t id, enum approval_state state, const char *by, const char *why,
                            bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE approval SET state = $2, decided_by = $3, decision = $4, decided_at = $5 WHERE id = $1 AND "
                "state = 'waiting'",
                db_int(id), db_text(approval_state_name(state)), db_text(by), db_text(why), db_instant(db_now(tx))));
    *changed = rows == 1;
    return DONE;
}

enum outcome approvals_before(struct db_tx *tx, void *mem, const char *brand, bool waiting, int64_t before, int limit,
                              struct approval **approvals, size_t *count)
{
    struct db_value now = db_instant(db_now(tx)), from = db_int(before ? before : INT64_MAX);

    if (waiting)
        return db_all(tx, mem, APPROVAL, approvals, count,
                      SELECT_APPROVAL "WHERE a.state = 'waiting' AND a.expires_at > $3 AND a.id < $2 AND ($1 = '' OR "
                                      "a.brand = $1) ORDER BY a.id DESC LIMIT $4",
                      db_text(brand), from, now, db_int(limit));
    return db_all(tx, mem, APPROVAL, approvals, count,
                  SELECT_APPROVAL "WHERE (a.state <> 'waiting' OR a.expires_at <= $3) AND a.id < $2 AND ($1 = '' OR "
                                  "a.brand = $1) ORDER BY a.id DESC LIMIT $4",
                  db_text(brand), from, now, db_int(limit));
}

enum outcome approvals_count(struct db_tx *tx, const char *brand, int64_t *waiting)
{
    return db_number(tx, waiting,
                     "SELECT count(*) FROM (SELECT 1 FROM approval WHERE state = 'waiting' AND expires_at > $2 AND "
                     "($1 = '' OR brand = $1) LIMIT 1000) found",
                     db_text(brand), db_instant(db_now(tx)));
}

enum outcome approvals_overdue(struct db_tx *tx, void *mem, const char *kind, const char *subject, int limit,
                               struct approval **approvals, size_t *count)
{
    return db_all(tx, mem, APPROVAL, approvals, count,
                  SELECT_APPROVAL "WHERE a.state = 'waiting' AND a.expires_at <= $3 AND ($2 = '' OR (a.kind = $1 AND "
                                  "a.subject = $2)) ORDER BY a.id LIMIT $4",
                  db_text(kind), db_text(subject), db_instant(db_now(tx)), db_int(limit));
}
