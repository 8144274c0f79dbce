#include "store/bulk.h"
#include "store/hold.h"
#include <stdlib.h>

enum outcome bulk_add(struct db_tx *tx, const char *owner, int64_t mailbox_id)
{
    return db_exec(tx, NULL, "INSERT INTO bulk_choice (owner, mailbox_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                   db_text(owner), db_int(mailbox_id));
}

enum outcome bulk_remove(struct db_tx *tx, const char *owner, int64_t mailbox_id)
{
    return db_exec(tx, NULL, "DELETE FROM bulk_choice WHERE owner = $1 AND mailbox_id = $2", db_text(owner),
                   db_int(mailbox_id));
}

enum outcome bulk_clear(struct db_tx *tx, const char *owner)
{
    return db_exec(tx, NULL, "DELETE FROM bulk_choice WHERE owner = $1", db_text(owner));
}

enum outcome bulk_count(struct db_tx *tx, const char *owner, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) FROM bulk_choice WHERE owner = $1", db_text(owner));
}

/* Those that an order can take: $1 brand, $2 convention, $3 and $4 the days, $5 today. */
#define ORDERABLE                                                                                                      \
    "FROM mailbox_row m WHERE " MAILBOX_OF(                                                                            \
        "$1") " AND m.convention = $2 AND m.convention <> '' AND m.status = 'live' AND m.open_order_id IS NULL AND "   \
              "m.auto_renew = 0 AND m.domain = '' AND NOT " DESK_HELD("renewal", "$5") " AND m.expires_on BETWEEN "    \
                                                                                       "$3 AND $4 "

enum outcome bulk_count_expiring(struct db_tx *tx, const char *brand, const char *convention, struct day from,
                                 struct day until, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) " ORDERABLE, db_text(brand), db_text(convention), db_day(from),
                     db_day(until), db_day(db_today(tx)));
}

enum outcome bulk_add_expiring(struct db_tx *tx, const char *owner, const char *brand, const char *convention,
                               struct day from, struct day until)
{
    return db_exec(
        tx, NULL,
        "INSERT INTO bulk_choice (owner, mailbox_id) SELECT CAST($6 AS TEXT), m.id " ORDERABLE "ON CONFLICT DO NOTHING",
        db_text(brand), db_text(convention), db_day(from), db_day(until), db_day(db_today(tx)), db_text(owner));
}

#define CHOSEN "FROM bulk_choice c JOIN mailbox m ON m.id = c.mailbox_id WHERE c.owner = $1 "

enum outcome bulk_groups(struct db_tx *tx, void *mem, const char *owner, struct bulk_group **groups, size_t *count)
{
    static const struct db_column GROUP[] = {
        DB_TEXT(struct bulk_group, plan),        DB_INT64(struct bulk_group, extra_gb),
        DB_DAY(struct bulk_group, term.ends_on), DB_INT(struct bulk_group, term.anchor),
        DB_INT64(struct bulk_group, count),      DB_END,
    };

    return db_all(tx, mem, GROUP, groups, count,
                  "SELECT m.plan, m.extra_gb, m.expires_on, m.anchor_day, count(*) " CHOSEN
                  "GROUP BY m.plan, m.extra_gb, m.expires_on, m.anchor_day "
                  "ORDER BY m.expires_on, m.anchor_day, m.plan, m.extra_gb",
                  db_text(owner));
}

static const struct db_column UNFIT[] = {DB_TEXT(struct bulk_unfit, address), DB_TEXT(struct bulk_unfit, reason),
                                         DB_END};

enum outcome bulk_unfit(struct db_tx *tx, void *mem, const char *owner, const char *brand, const char *convention,
                        int limit, struct bulk_unfit **unfit, size_t *count)
{
    return db_all(
        tx, mem, UNFIT, unfit, count,
        "SELECT m.address, CASE WHEN m.brand <> $2 OR m.convention <> $3 THEN 'convention' WHEN m.status <> "
        "'live' THEN 'status' WHEN m.open_order_id IS NOT NULL THEN 'order' WHEN m.domain <> '' THEN "
        "'domain' WHEN " DESK_HELD(
            "renewal",
            "$5") " THEN 'held' ELSE 'auto' END " CHOSEN
                  "AND (m.brand <> $2 OR m.convention <> $3 OR m.status <> 'live' OR m.open_order_id IS NOT NULL OR "
                  "m.domain <> '' OR m.auto_renew = 1 OR " DESK_HELD("renewal", "$5") ") ORDER BY m.address LIMIT $4",
        db_text(owner), db_text(brand), db_text(convention), db_int(limit), db_day(db_today(tx)));
}

#define OF_GROUP   "AND m.plan = $2 AND m.extra_gb = $3 AND m.expires_on = $4 AND m.anchor_day = $5 "
#define GROUPED(g) db_text((g)->plan), db_int((g)->extra_gb), db_day((g)->term.ends_on), db_int((g)->term.anchor)

enum outcome bulk_some(struct db_tx *tx, void *mem, const char *owner, const struct bulk_group *g, int limit,
                       struct bulk_unfit **some, size_t *count)
{
    return db_all(tx, mem, UNFIT, some, count, "SELECT m.address, '' " CHOSEN OF_GROUP "ORDER BY m.address LIMIT $6",
                  db_text(owner), GROUPED(g), db_int(limit));
}

enum outcome bulk_lines(struct db_tx *tx, const char *owner, const struct bulk_group *g, int64_t order_id,
                        const struct order_line *l, int64_t *last)
{
    int64_t lines;

    TRY(db_exec(tx, &lines,
                "INSERT INTO order_line (order_id, line, kind, mailbox_id, description, quantity, unit_cents, "
                "net_cents, plan, extra_gb, years, from_day, to_day, old_expires_on, new_expires_on, old_plan, "
                "old_extra_gb, extra_archive_gb, old_extra_archive_gb) SELECT CAST($6 AS BIGINT), CAST($7 AS BIGINT) + "
                "row_number() OVER (ORDER BY m.id), CAST($8 AS TEXT), m.id, CAST($9 AS TEXT), CAST($10 AS BIGINT), "
                "CAST($11 AS BIGINT), CAST($12 AS "
                "BIGINT), CAST($13 AS TEXT), CAST($14 AS BIGINT), CAST($15 AS BIGINT), CAST($16 AS BIGINT), CAST($17 "
                "AS BIGINT), CAST($18 AS BIGINT), CAST($19 AS BIGINT), m.plan, m.extra_gb, m.extra_archive_gb, "
                "m.extra_archive_gb " CHOSEN OF_GROUP,
                db_text(owner), GROUPED(g), db_int(order_id), db_int(*last), db_text(l->kind), db_text(l->description),
                db_int(l->quantity), db_money(l->unit), db_money(l->net), db_text(l->plan), db_int(l->extra_gb),
                db_int(l->years), db_day(l->from), db_day(l->to), db_day(l->old_expires_on),
                db_day(l->new_expires_on)));
    *last += lines;
    return lines == g->count ? DONE : BUSY;
}

#define ITS_MAILBOXES "(SELECT l.mailbox_id FROM order_line l WHERE l.order_id = $1 AND l.kind = 'renewal')"

enum outcome bulk_claim(struct db_tx *tx, int64_t order_id, int64_t *claimed)
{
    return db_exec(tx, claimed,
                   "UPDATE mailbox_row SET open_order_id = $1 WHERE open_order_id IS NULL AND id IN " ITS_MAILBOXES,
                   db_int(order_id));
}

enum outcome bulk_order_put(struct db_tx *tx, int64_t order_id, const char *convention)
{
    return db_exec(tx, NULL, "INSERT INTO bulk_order (order_id, convention) VALUES ($1, $2)", db_int(order_id),
                   db_text(convention));
}

struct whose {
    char *convention;
};

enum outcome bulk_order_convention(struct db_tx *tx, void *mem, int64_t order_id, const char **convention)
{
    static const struct db_column WHOSE[] = {DB_TEXT(struct whose, convention), DB_END};
    struct whose found;

    TRY(db_one(tx, mem, WHOSE, &found, "SELECT convention FROM bulk_order WHERE order_id = $1", db_int(order_id)));
    *convention = found.convention;
    return DONE;
}

/* ---- Once it is paid ---- */

enum outcome bulk_renewals(struct db_tx *tx, void *mem, int64_t order_id, struct bulk_renewal **renewals, size_t *count)
{
    static const struct db_column RENEWAL[] = {
        DB_DAY(struct bulk_renewal, old_expires_on),
        DB_DAY(struct bulk_renewal, new_expires_on),
        DB_TEXT(struct bulk_renewal, plan),
        DB_INT64(struct bulk_renewal, extra_gb),
        DB_INT64(struct bulk_renewal, years),
        DB_INT64(struct bulk_renewal, count),
        DB_END,
    };

    return db_all(tx, mem, RENEWAL, renewals, count,
                  "SELECT old_expires_on, new_expires_on, plan, extra_gb, years, count(*) FROM order_line WHERE "
                  "order_id = $1 AND kind = 'renewal' GROUP BY old_expires_on, new_expires_on, plan, extra_gb, years "
                  "ORDER BY old_expires_on, new_expires_on, plan, extra_gb",
                  db_int(order_id));
}

#define ALIKE                                                                                                          \
    "(SELECT l.mailbox_id FROM order_line l WHERE l.order_id = $1 AND l.kind = 'renewal' AND l.old_expires_on = $2 "   \
    "AND l.new_expires_on = $3 AND l.plan = $4 AND l.extra_gb = $5)"
#define ALIKE_VALUES(o, r)                                                                                             \
    db_int((o)->id), db_day((r)->old_expires_on), db_day((r)->new_expires_on), db_text((r)->plan), db_int((r)->extra_gb)

enum outcome bulk_renew(struct db_tx *tx, const struct order *o, const struct bulk_renewal *r,
                        const struct allowed *allowed, int64_t quota_mb, const struct actor *actor, const json_t *data,
                        int64_t *renewed)
{
    char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    enum outcome outcome = db_exec(
        tx, NULL,
        "INSERT INTO event (at, brand, door, actor, kind, order_id, mailbox_id, data) SELECT CAST($6 AS BIGINT), "
        "CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS TEXT), 'mailbox.renewed', CAST($1 AS BIGINT), m.id, CAST($10 "
        "AS TEXT) FROM mailbox m WHERE m.id IN " ALIKE,
        ALIKE_VALUES(o, r), db_instant(db_now(tx)), db_text(o->brand), db_text(actor->door), db_text(actor->name),
        db_text(text));

    free(text);
    TRY(outcome);
    return db_exec(tx, renewed,
                   "UPDATE mailbox_row SET expires_on = $3, send_until = $6, receive_until = $7, read_until = $8, "
                   "renew_until = $9, plan = $4, extra_gb = $5, quota_mb = $10, open_order_id = NULL WHERE "
                   "open_order_id = $1 AND expires_on = $2 AND id IN " ALIKE,
                   ALIKE_VALUES(o, r), db_day(allowed->send_until), db_day(allowed->receive_until),
                   db_day(allowed->read_until), db_day(allowed->renew_until), db_int(quota_mb));
}

enum outcome bulk_revive(struct db_tx *tx, int64_t order_id)
{
    return db_exec(tx, NULL,
                   "UPDATE mailbox_row SET status = 'live' WHERE status = 'ceased' AND id IN " ITS_MAILBOXES
                   " AND NOT EXISTS (SELECT 1 FROM termination t WHERE t.mailbox_id = mailbox_row.id)",
                   db_int(order_id));
}

#define OUTBOX                                                                                                         \
    "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, due_at, lease, " \
    "last_error, created_at) "

/* Addresses are checked when they come in and hold no quotes, so that they may stand in JSON as they are. */
enum outcome bulk_notify(struct db_tx *tx, const struct order *o)
{
    return db_exec(tx, NULL,
                   OUTBOX "SELECT m.brand, 'mail', 'holder_notice', h.contact_email, CAST($2 AS TEXT), CAST($1 AS "
                          "BIGINT), '{\"mailbox\":\"' || m.address || '\"}', 'waiting', 0, CAST($4 AS BIGINT), '', "
                          "'', CAST($4 AS BIGINT) FROM mailbox m JOIN holder h ON h.id = m.holder_id WHERE "
                          "h.contact_email <> '' AND lower(h.contact_email) <> lower($3) AND m.id IN " ITS_MAILBOXES,
                   db_int(o->id), db_text(o->language), db_text(o->billing.email), db_instant(clock_now()));
}

enum outcome bulk_tell_mailhost(struct db_tx *tx, const struct order *o)
{
    return db_exec(tx, NULL,
                   OUTBOX "SELECT m.brand, 'mailhost', '', '', 'it', NULL, '{\"mailbox\":' || CAST(m.id AS TEXT) || "
                          "'}', 'waiting', 0, CAST($2 AS BIGINT), '', '', CAST($2 AS BIGINT) FROM mailbox m WHERE m.id "
                          "IN " ITS_MAILBOXES,
                   db_int(o->id), db_instant(clock_now()));
}
