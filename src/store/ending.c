#include "store/ending.h"
#include "store/hold.h"
#include "store/mandate.h"
#include "store/notice_parts.h"
#include <stdio.h>

/* Somebody was told since the end of the term, on an earlier day: or there is no address to tell. A mail that was
 * skipped or overtaken told nobody; before the content goes, one that still waits has not told anybody yet either. */
#define TOLD(day, and)                                                                                                 \
    "EXISTS (SELECT 1 FROM notice n WHERE n.mailbox_id = m.id AND n.expires_on = m.expires_on AND n.spent_by = 0 AND " \
    "n.noted_on > "                                                                                                    \
    "m.expires_on AND n.noted_on < " day " AND (n.state = 'sent' OR n.state = 'failed' " and                           \
        " OR (n.state = 'silent' AND n.sent_to = '')))"
#define TOLD_TODAY                                                                                                     \
    "EXISTS (SELECT 1 FROM notice n WHERE n.mailbox_id = m.id AND n.expires_on = m.expires_on AND n.spent_by = 0 AND " \
    "n.noted_on > "                                                                                                    \
    "m.expires_on AND (n.state = 'sent' OR n.state = 'failed' OR n.state = 'waiting' OR (n.state = 'silent' AND "      \
    "n.sent_to = '')))"
/* A legal hold, or one of the desk's that stops deletion today ($3). */
#define HELD "(EXISTS (SELECT 1 FROM legal_hold l WHERE l.mailbox_id = m.id) OR " DESK_HELD("deletion", "$3") ")"

/* $1 brand, $2 the last end, $3 today; `kept` the last day of grace of what is not kept any longer. */
#define OVER                                                                                                           \
    MAILBOX_OF("$1")                                                                                                   \
    " AND m.expires_on <= $2 AND m.renew_until < $3 AND " MAILBOX_ENDS " AND m.open_order_id IS NULL"
#define GONE(kept)                                                                                                     \
    MAILBOX_OF("$1")                                                                                                   \
    " AND m.expires_on <= $2 AND m.renew_until <= " kept " AND m.status = 'ceased' AND NOT " HELD

/* $4 and $5: to the holder, to the account; $6 the event, $7 the template. */
#define RECORD(state, which, limit)                                                                                    \
    "INSERT INTO notice (mailbox_id, expires_on, event, noted_on, template, state, language, sent_to, copy_to) "       \
    "SELECT m.id, m.expires_on, $6, $3, $7, CASE WHEN " MAILBOX_NOBODY(                                                \
        "$4",                                                                                                          \
        "$5") " THEN 'silent' " state                                                                                  \
              " ELSE 'waiting' END, " MAILBOX_READERS(                                                                 \
                  "$4",                                                                                                \
                  "$5") " FROM (SELECT m.* FROM mailbox_row m WHERE " which " ORDER BY "                               \
                        "m.expires_on LIMIT " limit                                                                    \
                        ") m JOIN holder h ON h.id = m.holder_id LEFT JOIN account a ON a.id = "                       \
                        "m.account_id WHERE true ON CONFLICT (mailbox_id, expires_on, event, spent_by) DO NOTHING"

#define VALUES(rule, event, template)                                                                                  \
    db_text((rule)->brand), db_day((rule)->reach), db_day(db_today(tx)), db_bool((rule)->to_holder),                   \
        db_bool((rule)->to_account), db_text(event), db_text(template)

/* The index's order: PostgreSQL would read the table for the first row of a brand that may have none. */
#define SOONEST " ORDER BY m.expires_on"

/* Whether any mailbox is as `where` says; its $1 to $3 are the brand, the reach and today. */
#define ANY(where) "SELECT count(*) FROM (SELECT 1 FROM mailbox_row m WHERE " where " LIMIT 1) first"

static enum outcome any_due(struct db_tx *tx, const struct ending_rule *r, const char *sql, bool *due)
{
    int64_t any;

    TRY(db_number(tx, &any, sql, db_text(r->brand), db_day(r->reach), db_day(db_today(tx))));
    *due = any != 0;
    return DONE;
}

enum outcome endings_due(struct db_tx *tx, const struct ending_rule *r, bool *due)
{
    return any_due(tx, r, ANY(OVER SOONEST), due);
}

enum outcome deletions_due(struct db_tx *tx, const struct ending_rule *r, bool *due)
{
    int64_t any;

    TRY(db_number(tx, &any, ANY(GONE("$4") SOONEST), db_text(r->brand), db_day(r->reach), db_day(db_today(tx)),
                  db_day(r->deletes)));
    *due = any != 0;
    return DONE;
}

enum outcome endings_warn(struct db_tx *tx, const struct ending_rule *r, int64_t *warned)
{
    int64_t mark, mails;

    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, warned, RECORD("", OVER " AND NOT " TOLD_TODAY, "$8"), VALUES(r, "last", "grace_notice"),
                db_int(r->limit)));
    return *warned ? notices_mail(tx, r->brand, mark, &mails) : DONE;
}

/* PostgreSQL, which cannot know how many notices this very transaction has written, would rather read the whole table
 * than look up so many; it takes a list for a short one. */
enum outcome endings_mark(struct db_tx *tx, int64_t mark)
{
    return db_exec(tx, NULL,
                   db_tx_engine(tx) == DB_POSTGRES
                       ? "UPDATE mailbox_row SET status = 'ceased' WHERE id = ANY (ARRAY(SELECT mailbox_id FROM notice "
                         "WHERE id > $1))"
                       : "UPDATE mailbox_row SET status = 'ceased' FROM notice n WHERE n.id > $1 AND n.mailbox_id = "
                         "mailbox_row.id",
                   db_int(mark));
}

/* Whoever has a notice since the mark has ceased: his mailbox, what charges for it, the log, the mail host, a mail. */
static enum outcome cease_noted(struct db_tx *tx, const struct ending_rule *r, int64_t mark)
{
    int64_t mails;

    TRY(endings_mark(tx, mark));
    TRY(mandates_end_with(tx, mark));
    TRY(notices_log(tx, r->brand, "mailbox.ceased", mark));
    if (r->tell_host)
        TRY(notices_tell_host(tx, r->brand, mark));
    return notices_mail(tx, r->brand, mark, &mails);
}

enum outcome endings_cease(struct db_tx *tx, const struct ending_rule *r, int64_t *ceased)
{
    int64_t mark;

    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, ceased,
                RECORD("WHEN m.renew_until <= $9 AND NOT " HELD " THEN 'skipped'",
                       OVER " AND " TOLD("$3", "OR n.state = 'waiting'"), "$8"),
                VALUES(r, "ceased", "ceased_notice"), db_int(r->limit), db_day(r->deletes)));
    if (*ceased == 0)
        return DONE;
    return cease_noted(tx, r, mark);
}

enum outcome deletions_warn(struct db_tx *tx, const struct ending_rule *r, int64_t *warned)
{
    int64_t mark, mails;

    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, warned, RECORD("", GONE("$9") " AND NOT " TOLD_TODAY, "$8"), VALUES(r, "last", "ceased_notice"),
                db_int(r->limit), db_day(r->deletes)));
    return *warned ? notices_mail(tx, r->brand, mark, &mails) : DONE;
}

/* What was kept for who could still log in. */
static enum outcome forget(struct db_tx *tx, int64_t mark)
{
#define DELETED "(SELECT mailbox_id FROM notice WHERE id > $1)"
    TRY(db_exec(tx, NULL,
                "UPDATE mailbox_row SET status = 'deleted', password_hash = '', used_mb = 0 WHERE id IN " DELETED,
                db_int(mark)));
    TRY(db_exec(tx, NULL, "DELETE FROM session WHERE mailbox_id IN " DELETED, db_int(mark)));
    TRY(db_exec(tx, NULL, "DELETE FROM reset_link WHERE mailbox_id IN " DELETED, db_int(mark)));
    return db_exec(tx, NULL, "DELETE FROM cart_line WHERE mailbox_id IN " DELETED, db_int(mark));
#undef DELETED
}

enum outcome deletions_do(struct db_tx *tx, const struct ending_rule *r, int64_t *deleted)
{
    int64_t mark, mails;

    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, deleted, RECORD("", GONE("$9") " AND m.open_order_id IS NULL AND " TOLD("$3", ""), "$8"),
                VALUES(r, "deleted", "deletion_notice"), db_int(r->limit), db_day(r->deletes)));
    if (*deleted == 0)
        return DONE;
    TRY(forget(tx, mark));
    TRY(notices_log(tx, r->brand, "mailbox.deleted", mark));
    if (r->tell_host)
        TRY(notices_tell_host(tx, r->brand, mark));
    return notices_mail(tx, r->brand, mark, &mails);
}

/* ---- Domains that are nobody's ---- */

/* $2 is not needed, but both engines want parameters without gaps. */
#define ON_DOMAIN                                                                                                      \
    MAILBOX_OF("$1")                                                                                                   \
    " AND $2 = $2 AND m.domain = $9 AND m.domain <> '' AND (m.status = 'suspended' OR m.status = $10) AND ($10 = "     \
    "'live' OR NOT EXISTS (SELECT 1 FROM suspension s WHERE s.mailbox_id = m.id))"

enum outcome domain_tell(struct db_tx *tx, const struct ending_rule *r, const char *domain, bool back)
{
    char day[DAY_TEXT], event[sizeof day + 12];
    int64_t mark, mails, rows;

    snprintf(event, sizeof event, "%s %s", back ? "registered" : "domain", day_iso(db_today(tx), day));
    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, &rows, RECORD("", ON_DOMAIN, "$8"),
                VALUES(r, event, back ? "mailbox_resumed" : "mailbox_suspended"), db_int(INT32_MAX), db_text(domain),
                db_text(back ? "suspended" : "live")));
    return rows ? notices_mail(tx, r->brand, mark, &mails) : DONE;
}

#define DROPPED                                                                                                        \
    MAILBOX_OF("$1")                                                                                                   \
    " AND $2 = $2 AND m.status = 'suspended' AND m.open_order_id IS NULL AND m.domain <> '' AND m.domain IN (SELECT "  \
    "d.name FROM certified_domain d WHERE d.brand = $1 AND d.unregistered_on > 0 AND d.unregistered_on < $9) AND "     \
    "EXISTS (SELECT 1 FROM notice n WHERE n.mailbox_id = m.id AND n.template = 'mailbox_suspended' AND n.noted_on < "  \
    "$3)"

enum outcome domains_drop(struct db_tx *tx, const struct ending_rule *r, struct day before, int64_t *ceased)
{
    int64_t mark;

    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, ceased, RECORD("", DROPPED, "$8"), VALUES(r, "ceased", "ceased_notice"), db_int(r->limit),
                db_day(before)));
    return *ceased ? cease_noted(tx, r, mark) : DONE;
}

/* ---- Legal hold ---- */

enum outcome legal_hold_get(struct db_tx *tx, void *mem, int64_t mailbox_id, struct legal_hold *hold)
{
    static const struct db_column HOLD[] = {
        DB_TEXT(struct legal_hold, reason),
        DB_TEXT(struct legal_hold, set_by),
        DB_INSTANT(struct legal_hold, set_at),
        DB_END,
    };

    return db_one(tx, mem, HOLD, hold, "SELECT reason, set_by, set_at FROM legal_hold WHERE mailbox_id = $1",
                  db_int(mailbox_id));
}

enum outcome legal_hold_set(struct db_tx *tx, int64_t mailbox_id, const char *reason, const char *by)
{
    return db_exec(tx, NULL,
                   "INSERT INTO legal_hold (mailbox_id, reason, set_at, set_by) VALUES ($1, $2, $3, $4) ON CONFLICT "
                   "(mailbox_id) DO UPDATE SET reason = excluded.reason, set_at = excluded.set_at, set_by = "
                   "excluded.set_by",
                   db_int(mailbox_id), db_text(reason), db_instant(db_now(tx)), db_text(by));
}

enum outcome legal_hold_lift(struct db_tx *tx, int64_t mailbox_id, bool *lifted)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "DELETE FROM legal_hold WHERE mailbox_id = $1", db_int(mailbox_id)));
    *lifted = rows > 0;
    return DONE;
}

/* ---- Disdetta ---- */

enum outcome termination_get(struct db_tx *tx, void *mem, int64_t mailbox_id, struct termination *given)
{
    static const struct db_column TERMINATION[] = {
        DB_ID(struct termination, mailbox_id),
        DB_DAY(struct termination, stops_on),
        DB_TEXT(struct termination, given_by),
        DB_INSTANT(struct termination, given_at),
        DB_END,
    };

    return db_one(tx, mem, TERMINATION, given,
                  "SELECT mailbox_id, stops_on, given_by, given_at FROM termination WHERE mailbox_id = $1",
                  db_int(mailbox_id));
}

enum outcome termination_insert(struct db_tx *tx, int64_t mailbox_id, struct day stops_on, const char *by)
{
    return db_exec(tx, NULL,
                   "INSERT INTO termination (mailbox_id, stops_on, given_by, given_at) VALUES ($1, $2, $3, $4)",
                   db_int(mailbox_id), db_day(stops_on), db_text(by), db_instant(db_now(tx)));
}

enum outcome termination_forget(struct db_tx *tx, int64_t mailbox_id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "DELETE FROM termination WHERE mailbox_id = $1", db_int(mailbox_id)));
    *changed = rows > 0;
    return DONE;
}

/* One mailbox's, whatever its term: $2 is its number here. Given, taken back and given again on another day it is told
 * anew. */
enum outcome termination_tell(struct db_tx *tx, const char *brand, int64_t mailbox_id, const char *template,
                              bool to_holder, bool to_account)
{
    int64_t mark, mails, rows;
    char day[DAY_TEXT], event[sizeof day + 8];

    snprintf(event, sizeof event, "given %s", day_iso(db_today(tx), day));
    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, &rows, RECORD("", MAILBOX_OF("$1") " AND m.id = $2", "1"), db_text(brand), db_int(mailbox_id),
                db_day(db_today(tx)), db_bool(to_holder), db_bool(to_account), db_text(event), db_text(template)));
    return rows ? notices_mail(tx, brand, mark, &mails) : DONE;
}

/* $2 is not needed, but both engines want parameters without gaps. */
#define STOPS                                                                                                          \
    MAILBOX_OF("$1")                                                                                                   \
    " AND $2 = $2 AND " MAILBOX_ENDS                                                                                   \
    " AND m.open_order_id IS NULL AND m.id IN (SELECT mailbox_id FROM termination WHERE stops_on < $3)"

enum outcome terminations_due(struct db_tx *tx, const struct ending_rule *r, bool *due)
{
    return any_due(tx, r, ANY(STOPS), due);
}

enum outcome terminations_cease(struct db_tx *tx, const struct ending_rule *r, int64_t *ceased)
{
    int64_t mark;

    TRY(notices_mark(tx, &mark));
    TRY(db_exec(tx, ceased, RECORD("", STOPS, "$8"), VALUES(r, "ceased", "ceased_notice"), db_int(r->limit)));
    return *ceased ? cease_noted(tx, r, mark) : DONE;
}
