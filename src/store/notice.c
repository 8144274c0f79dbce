#include "store/notice.h"
#include "base/log.h"
#include "store/notice_parts.h"
#include <string.h>
#include <talloc.h>

/* ---- How far a brand's turn has come ---- */

static const struct db_column DAY_DONE[] = {
    DB_DAY(struct day_done, on),
    DB_INT64(struct day_done, last_mailbox),
    DB_END,
};

enum outcome day_done_get(struct db_tx *tx, const char *brand, const char *task, struct day_done *done)
{
    enum outcome o;

    *done = (struct day_done){0};
    o = db_one(tx, NULL, DAY_DONE, done, "SELECT done_on, last_mailbox FROM day_done WHERE brand = $1 AND task = $2",
               db_text(brand), db_text(task));
    return o == REFUSED ? DONE : o;
}

enum outcome day_done_take(struct db_tx *tx, const char *brand, const char *task, struct day_done *done)
{
    TRY(db_exec(tx, NULL,
                "INSERT INTO day_done (brand, task, done_on, last_mailbox) VALUES ($1, $2, 0, 0) "
                "ON CONFLICT (brand, task) DO UPDATE SET brand = excluded.brand",
                db_text(brand), db_text(task)));
    return day_done_get(tx, brand, task, done);
}

enum outcome day_done_set(struct db_tx *tx, const char *brand, const char *task, const struct day_done *done)
{
    return db_exec(
        tx, NULL,
        "INSERT INTO day_done (brand, task, done_on, last_mailbox) VALUES ($1, $2, $3, $4) ON CONFLICT "
        "(brand, task) DO UPDATE SET done_on = excluded.done_on, last_mailbox = CASE WHEN excluded.last_mailbox > "
        "day_done.last_mailbox THEN excluded.last_mailbox ELSE day_done.last_mailbox END "
        "WHERE day_done.done_on <= excluded.done_on",
        db_text(brand), db_text(task), db_day(done->on), db_int(done->last_mailbox));
}

enum outcome mailbox_newest(struct db_tx *tx, int64_t *id)
{
    return db_number(tx, id, "SELECT coalesce(max(id), 0) FROM mailbox_row");
}

/* ---- Notices ---- */

/* Which mailboxes crossed the step; $1 brand, $2 and $3 the ends, $4 whether it is due where the term renews itself, $5
 * on which domains, $6 and $7 up to which end a later step is due as well. */
#define CROSSED                                                                                                        \
    "FROM mailbox_row m WHERE " MAILBOX_OF("$1") " AND m.expires_on > $2 AND m.expires_on <= $3 AND " MAILBOX_ENDS     \
                                                 " AND (m.auto_renew = 0 OR $4 = 1) AND ($5 = 0 OR $5 = CASE "         \
                                                 "m.domain WHEN '' THEN 1 ELSE 2 END) AND NOT EXISTS (SELECT 1 FROM "  \
                                                 "termination t WHERE t.mailbox_id = m.id)"
#define LATER         "CASE m.auto_renew WHEN 1 THEN CAST($6 AS BIGINT) ELSE CAST($7 AS BIGINT) END"
#define NEWCOMERS(id) " AND m.id > " id " AND m.expires_on > " LATER

/* In the index's order: PostgreSQL would read the table for the first row of a brand that may have none. */
#define FIRST " ORDER BY m.expires_on LIMIT 1) first"

enum outcome notices_due(struct db_tx *tx, const struct notice_rule *r, bool *due)
{
    bool for_charged = r->charge_template != NULL;
    int64_t any;

    *due = false;
    if (r->until.n <= r->after.n)
        return DONE;
    if (r->newcomers)
        TRY(db_number(tx, &any, "SELECT count(*) FROM (SELECT 1 " CROSSED NEWCOMERS("$8") FIRST, db_text(r->brand),
                      db_day(r->after), db_day(r->until), db_bool(for_charged), db_int(r->domains),
                      db_day(r->later_charged), db_day(r->later), db_int(r->newer_than)));
    else
        TRY(db_number(tx, &any, "SELECT count(*) FROM (SELECT 1 " CROSSED FIRST, db_text(r->brand), db_day(r->after),
                      db_day(r->until), db_bool(for_charged), db_int(r->domains)));
    *due = any != 0;
    return DONE;
}

enum outcome notices_count(struct db_tx *tx, const struct notice_rule *r, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) " CROSSED, db_text(r->brand), db_day(r->after), db_day(r->until),
                     db_bool(r->charge_template != NULL), db_int(r->domains));
}

enum outcome notices_first_end(struct db_tx *tx, const struct notice_rule *r, struct day *first)
{
    int64_t n;

    TRY(db_number(
        tx, &n,
        "SELECT coalesce(min(m.expires_on), $3) FROM mailbox_row m WHERE " MAILBOX_OF("$1") " AND m.expires_on > $2 "
                                                                                            "AND " MAILBOX_ENDS,
        db_text(r->brand), db_day(r->after), db_day(DAY_NEVER)));
    first->n = (int32_t)n;
    return DONE;
}

/* The notices themselves: $8 event, $9 the day, $10 and $11 the templates, $12 whether it is mailed, $13 and $14 to
 * whom. */
#define ROWS(crossed)                                                                                                  \
    "SELECT m.id, m.expires_on, $8, $9, CASE m.auto_renew WHEN 1 THEN $10 ELSE $11 END, CASE WHEN m.expires_on "       \
    "<= " LATER " THEN 'skipped' WHEN $12 = 0 OR " MAILBOX_NOBODY(                                                     \
        "$13",                                                                                                         \
        "$14") " THEN 'silent' ELSE 'waiting' END, " MAILBOX_READERS("$13",                                            \
                                                                     "$14") " FROM (SELECT m.* " crossed               \
                                                                            ") m JOIN holder h ON h.id = m.holder_id " \
                                                                            "LEFT JOIN account a ON a.id = "           \
                                                                            "m.account_id WHERE true"
#define NOTICE_COLUMNS "(mailbox_id, expires_on, event, noted_on, template, state, language, sent_to, copy_to)"
#define INSERT_NOTICE(crossed)                                                                                         \
    "INSERT INTO notice " NOTICE_COLUMNS                                                                               \
    " " ROWS(crossed) " ON CONFLICT (mailbox_id, expires_on, event, spent_by) DO NOTHING"
#define RULE_VALUES(r, today)                                                                                          \
    db_text((r)->brand), db_day((r)->after), db_day((r)->until), db_bool((r)->charge_template != NULL),                \
        db_int((r)->domains), db_day((r)->later_charged), db_day((r)->later), db_text((r)->event), db_day(today),      \
        db_text((r)->charge_template ? (r)->charge_template : (r)->template), db_text((r)->template),                  \
        db_bool((r)->mailed), db_bool((r)->to_holder), db_bool((r)->to_account)

static enum outcome insert(struct db_tx *tx, const struct notice_rule *r, int64_t *changed)
{
    if (r->newcomers)
        return db_exec(tx, changed, INSERT_NOTICE(CROSSED NEWCOMERS("$15")), RULE_VALUES(r, db_today(tx)),
                       db_int(r->newer_than));
    return db_exec(tx, changed, INSERT_NOTICE(CROSSED), RULE_VALUES(r, db_today(tx)));
}

/* ---- What would be written ---- */

#define WOULD(crossed)                                                                                                 \
    "WITH n " NOTICE_COLUMNS " AS (" ROWS(crossed) "), fresh AS (SELECT * FROM n WHERE NOT EXISTS (SELECT 1 FROM "     \
                                                   "notice x WHERE x.mailbox_id = n.mailbox_id AND x.expires_on = "    \
                                                   "n.expires_on AND x.event = n.event AND x.spent_by = 0)) "
#define COUNTED                                                                                                        \
    "SELECT coalesce(sum(CASE state WHEN 'waiting' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE state WHEN 'skipped' "    \
    "THEN 1 ELSE 0 END), 0), coalesce(sum(CASE state WHEN 'silent' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN "    \
    "state = 'waiting' AND copy_to <> '' THEN 1 ELSE 0 END), 0) FROM fresh"
#define SAMPLED                                                                                                        \
    "SELECT f.mailbox_id, b.address, f.expires_on, f.template, f.language, f.sent_to, f.copy_to FROM fresh f JOIN "    \
    "mailbox b ON b.id = f.mailbox_id WHERE f.state = 'waiting' ORDER BY f.expires_on, f.mailbox_id LIMIT 20"

enum outcome notices_would(struct db_tx *tx, const struct notice_rule *r, struct day on, struct notices_split *split)
{
    static const struct db_column SPLIT[] = {
        DB_INT64(struct notices_split, sent),
        DB_INT64(struct notices_split, skipped),
        DB_INT64(struct notices_split, silent),
        DB_INT64(struct notices_split, copies),
        DB_END,
    };

    if (r->newcomers)
        return db_one(tx, NULL, SPLIT, split, WOULD(CROSSED NEWCOMERS("$15")) COUNTED, RULE_VALUES(r, on),
                      db_int(r->newer_than));
    return db_one(tx, NULL, SPLIT, split, WOULD(CROSSED) COUNTED, RULE_VALUES(r, on));
}

enum outcome notices_sample(struct db_tx *tx, void *mem, const struct notice_rule *r, struct day on,
                            struct notice_sample **rows, size_t *count)
{
    static const struct db_column SAMPLE[] = {
        DB_ID(struct notice_sample, mailbox_id),  DB_TEXT(struct notice_sample, address),
        DB_DAY(struct notice_sample, expires_on), DB_TEXT(struct notice_sample, template),
        DB_TEXT(struct notice_sample, language),  DB_TEXT(struct notice_sample, sent_to),
        DB_TEXT(struct notice_sample, copy_to),   DB_END,
    };

    if (r->newcomers)
        return db_all(tx, mem, SAMPLE, rows, count, WOULD(CROSSED NEWCOMERS("$15")) SAMPLED, RULE_VALUES(r, on),
                      db_int(r->newer_than));
    return db_all(tx, mem, SAMPLE, rows, count, WOULD(CROSSED) SAMPLED, RULE_VALUES(r, on));
}

enum outcome notices_mark(struct db_tx *tx, int64_t *mark)
{
    return db_number(tx, mark, "SELECT coalesce(max(id), 0) FROM notice");
}

#define INSERT_MAIL(reader)                                                                                            \
    "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, due_at, lease, " \
    "last_error, created_at) SELECT $1, 'mail', n.template, n." reader ", n.language, NULL, '{\"notice\":' || n.id "   \
    "|| '}', 'waiting', 0, $2, '', '', $2 FROM notice n WHERE n.id > $3 AND n.state = 'waiting' AND n." reader         \
    " <> '' ORDER BY n.id"

enum outcome notices_mail(struct db_tx *tx, const char *brand, int64_t mark, int64_t *mails)
{
    struct db_value now = db_instant(clock_now()); /* the outbox goes by the machine's clock */
    int64_t copies;

    TRY(db_exec(tx, mails, INSERT_MAIL("sent_to"), db_text(brand), now, db_int(mark)));
    TRY(db_exec(tx, &copies, INSERT_MAIL("copy_to"), db_text(brand), now, db_int(mark)));
    *mails += copies;
    return DONE;
}

enum outcome notices_log(struct db_tx *tx, const char *brand, const char *kind, int64_t mark)
{
    return db_exec(tx, NULL,
                   "INSERT INTO event (at, brand, door, actor, kind, order_id, mailbox_id, data) SELECT $1, $2, 'job', "
                   "'system', $3, NULL, n.mailbox_id, '{}' FROM notice n WHERE n.id > $4 ORDER BY n.id",
                   db_instant(db_now(tx)), db_text(brand), db_text(kind), db_int(mark));
}

enum outcome notices_tell_host(struct db_tx *tx, const char *brand, int64_t mark)
{
    return db_exec(tx, NULL,
                   "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, "
                   "due_at, lease, last_error, created_at) SELECT $1, 'mailhost', '', '', 'it', NULL, '{\"mailbox\":' "
                   "|| n.mailbox_id || '}', 'waiting', 0, $2, '', '', $2 FROM notice n WHERE n.id > $3 ORDER BY n.id",
                   db_text(brand), db_instant(clock_now()), db_int(mark));
}

enum outcome notices_record(struct db_tx *tx, const struct notice_rule *r, struct notices_made *made)
{
    int64_t mark, all;

    *made = (struct notices_made){0};
    TRY(notices_mark(tx, &mark));
    TRY(insert(tx, r, &all));
    if (all == 0)
        return DONE;
    TRY(db_number(tx, &made->skipped, "SELECT count(*) FROM notice WHERE id > $1 AND state = 'skipped'", db_int(mark)));
    made->noted = all - made->skipped;
    if (r->log_event)
        TRY(notices_log(tx, r->brand, r->log_event, mark));
    if (r->tell_host)
        TRY(notices_tell_host(tx, r->brand, mark));
    return r->mailed ? notices_mail(tx, r->brand, mark, &made->mails) : DONE;
}

/* ---- One notice, when its mail goes ---- */

static const struct db_column NOTICE[] = {
    DB_ID(struct notice, id),        DB_ID(struct notice, mailbox_id),   DB_DAY(struct notice, expires_on),
    DB_DAY(struct notice, noted_on), DB_TEXT(struct notice, event),      DB_TEXT(struct notice, template),
    DB_TEXT(struct notice, state),   DB_TEXT(struct notice, sent_to),    DB_TEXT(struct notice, copy_to),
    DB_TEXT(struct notice, version), DB_INSTANT(struct notice, sent_at), DB_END,
};

#define SELECT_NOTICE                                                                                                  \
    "SELECT id, mailbox_id, expires_on, noted_on, event, template, state, sent_to, copy_to, version, sent_at FROM "    \
    "notice "

enum outcome notice_by_id(struct db_tx *tx, void *mem, int64_t id, struct notice *notice)
{
    return db_one(tx, mem, NOTICE, notice, SELECT_NOTICE "WHERE id = $1", db_int(id));
}

enum outcome notice_settle(struct db_tx *tx, int64_t id, const char *how, int64_t outbox_id, const char *version)
{
    return db_exec(tx, NULL,
                   "UPDATE notice SET state = $2, outbox_id = $3, version = $4, sent_at = CASE $2 WHEN 'sent' THEN $5 "
                   "END WHERE id = $1 AND state <> 'sent'",
                   db_int(id), db_text(how), db_int(outbox_id), db_text(version), db_instant(db_now(tx)));
}

enum outcome notices_spend(struct db_tx *tx, int64_t mailbox_id, struct day expires_on, int64_t order_id)
{
    return db_exec(tx, NULL,
                   "UPDATE notice SET spent_by = $3 WHERE mailbox_id = $1 AND expires_on = $2 AND spent_by = 0 AND "
                   "(noted_on > expires_on OR event = 'ceased')",
                   db_int(mailbox_id), db_day(expires_on), db_int(order_id));
}

enum outcome notices_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct notice **notices,
                                size_t *count)
{
    return db_all(tx, mem, NOTICE, notices, count,
                  SELECT_NOTICE
                  "WHERE mailbox_id = $1 AND (state = 'waiting' OR state = 'sent' OR state = 'failed') AND "
                  "(sent_at IS NULL OR NOT EXISTS (SELECT 1 FROM holding g WHERE g.mailbox_id = $1 AND "
                  "g.until_at > sent_at)) ORDER BY id DESC LIMIT $2",
                  db_int(mailbox_id), db_int(limit));
}
