#include "store/domain.h"
#include <stdio.h>

static const struct db_column DOMAIN_ROW[] = {
    DB_ID(struct domain, id),
    DB_TEXT(struct domain, brand),
    DB_TEXT(struct domain, name),
    DB_DAY(struct domain, expires_on),
    DB_DAY(struct domain, unregistered_on),
    DB_INT64(struct domain, mailboxes),
    DB_END,
};

#define SELECT_DOMAIN                                                                                                  \
    "SELECT d.id, d.brand, d.name, d.expires_on, d.unregistered_on, (SELECT count(*) FROM mailbox_row m "              \
    "WHERE " MAILBOX_OF(                                                                                               \
        "d.brand") " AND m.domain = d.name AND m.domain <> '' AND m.status <> 'deleted') FROM certified_domain d "

enum outcome domain_by_name(struct db_tx *tx, void *mem, const char *brand, const char *name, struct domain *out)
{
    return db_one(tx, mem, DOMAIN_ROW, out, SELECT_DOMAIN "WHERE d.brand = $1 AND d.name = $2", db_text(brand),
                  db_text(name));
}

enum outcome domains_after(struct db_tx *tx, void *mem, const char *brand, const char *name, int limit,
                           struct domain **all, size_t *count)
{
    return db_all(tx, mem, DOMAIN_ROW, all, count,
                  SELECT_DOMAIN
                  "WHERE d.brand > $1 OR (d.brand = $1 AND d.name > $2) ORDER BY d.brand, d.name LIMIT $3",
                  db_text(brand), db_text(name), db_int(limit));
}

enum outcome domain_insert(struct db_tx *tx, const char *brand, const char *name, struct day expires_on, bool *fresh)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "INSERT INTO certified_domain (brand, name, expires_on) VALUES ($1, $2, $3) ON CONFLICT (brand, name) "
                "DO NOTHING",
                db_text(brand), db_text(name), db_day(expires_on)));
    *fresh = rows == 1;
    return DONE;
}

/* What the desk has suspended for its own reasons does not come back with the domain. */
#define NOT_BY_DESK "NOT EXISTS (SELECT 1 FROM suspension s WHERE s.mailbox_id = m.id)"

static enum outcome note_all(struct db_tx *tx, const struct domain *d, const char *kind, const char *data,
                             const struct actor *actor, const char *status)
{
    return db_exec(tx, NULL,
                   "INSERT INTO event (at, brand, door, actor, kind, order_id, mailbox_id, data) SELECT $1, m.brand, "
                   "$2, $3, $4, NULL, m.id, $5 FROM mailbox m WHERE " MAILBOX_OF(
                       "$6") " AND m.domain = $7 AND m.domain <> '' AND m.status <> "
                             "'deleted' AND ($8 = '' OR m.status = $8) AND ($8 <> 'suspended' OR " NOT_BY_DESK ")",
                   db_instant(db_now(tx)), db_text(actor->door), db_text(actor->name), db_text(kind), db_text(data),
                   db_text(d->brand), db_text(d->name), db_text(status));
}

enum outcome domain_move(struct db_tx *tx, const struct domain *d, struct day ends_on, const struct allowed *allowed,
                         const struct actor *actor, int64_t *moved)
{
    char after[DAY_TEXT], before[DAY_TEXT], data[120];
    snprintf(data, sizeof data, "{\"expires_on\":\"%s\",\"was\":\"%s\"}", day_iso(ends_on, after),
             day_iso(d->expires_on, before));

    TRY(db_exec(tx, NULL, "UPDATE certified_domain SET expires_on = $2 WHERE id = $1", db_int(d->id), db_day(ends_on)));
    TRY(db_exec(tx, moved,
                "UPDATE mailbox_row AS m SET expires_on = $3, anchor_day = $4, send_until = $5, receive_until = $6, "
                "read_until = $7, renew_until = $8, status = CASE WHEN status = 'ceased' AND NOT EXISTS (SELECT 1 FROM "
                "termination t WHERE t.mailbox_id = m.id) THEN 'live' ELSE status END WHERE " MAILBOX_OF(
                    "$1") " AND domain = $2 AND domain <> '' AND status <> 'deleted'",
                db_text(d->brand), db_text(d->name), db_day(ends_on), db_int(day_split(ends_on).day),
                db_day(allowed->send_until), db_day(allowed->receive_until), db_day(allowed->read_until),
                db_day(allowed->renew_until)));
    return note_all(tx, d, "mailbox.domain_renewed", data, actor, "");
}

enum outcome domain_suspend(struct db_tx *tx, const struct domain *d, struct day on, const struct actor *actor,
                            int64_t *changed)
{
    const char *from = on.n ? "live" : "suspended", *to = on.n ? "suspended" : "live";

    TRY(db_exec(tx, NULL, "UPDATE certified_domain SET unregistered_on = $2 WHERE id = $1", db_int(d->id), db_day(on)));
    TRY(note_all(tx, d, on.n ? "mailbox.suspended" : "mailbox.restored", "{\"reason\":\"domain_unregistered\"}", actor,
                 from));
    return db_exec(tx, changed,
                   "UPDATE mailbox_row AS m SET status = $4 WHERE " MAILBOX_OF(
                       "$1") " AND domain = $2 AND domain <> '' AND status = $3 AND ($3 = 'live' OR " NOT_BY_DESK ")",
                   db_text(d->brand), db_text(d->name), db_text(from), db_text(to));
}

enum outcome domain_mailboxes(struct db_tx *tx, void *mem, const char *brand, const char *name, struct mailbox **all,
                              size_t *count)
{
    return mailboxes_of_domain(tx, mem, brand, name, all, count);
}
