#include "store/log_reference.h"
#include "store/erasure_parts.h"

enum outcome log_reference_insert(struct db_tx *tx, struct log_reference *r, bool *added)
{
    enum outcome o;

    r->added_at = db_now(tx);
    o = db_number(tx, &r->id,
                  "INSERT INTO log_reference (mailbox_id, from_on, to_on, location, sha256, bytes, added_by, added_at) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
                  db_int(r->mailbox_id), db_day(r->from_on), db_day(r->to_on), db_text(r->location), db_text(r->sha256),
                  db_int(r->bytes), db_text(r->added_by), db_instant(r->added_at));
    *added = o == DONE;
    return o == REFUSED ? DONE : o;
}

#define LAST                                                                                                           \
    "CASE WHEN m.status <> 'deleted' THEN -1 WHEN r.to_on > " MAILBOX_ENDED " THEN r.to_on ELSE " MAILBOX_ENDED " END"

enum outcome log_references_of(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct log_reference **rows,
                               size_t *count)
{
    static const struct db_column REFERENCE[] = {
        DB_ID(struct log_reference, id),
        DB_ID(struct log_reference, mailbox_id),
        DB_DAY(struct log_reference, from_on),
        DB_DAY(struct log_reference, to_on),
        DB_TEXT(struct log_reference, location),
        DB_TEXT(struct log_reference, sha256),
        DB_INT64(struct log_reference, bytes),
        DB_TEXT(struct log_reference, added_by),
        DB_INSTANT(struct log_reference, added_at),
        DB_DAY(struct log_reference, last_on),
        DB_END,
    };

    return db_all(tx, mem, REFERENCE, rows, count,
                  "SELECT r.id, r.mailbox_id, r.from_on, r.to_on, r.location, r.sha256, r.bytes, r.added_by, "
                  "r.added_at, " LAST
                  " FROM log_reference r JOIN mailbox m ON m.id = r.mailbox_id WHERE r.mailbox_id = "
                  "$1 ORDER BY r.to_on DESC, r.id DESC LIMIT $2",
                  db_int(mailbox_id), db_int(limit));
}

enum outcome log_references_remove(struct db_tx *tx, struct day reach, int64_t *removed)
{
    return db_exec(tx, removed,
                   "DELETE FROM log_reference WHERE to_on <= $1 AND EXISTS (SELECT 1 FROM mailbox m WHERE m.id = "
                   "log_reference.mailbox_id AND m.status = 'deleted' AND " MAILBOX_ENDED " <= $1)",
                   db_day(reach));
}
