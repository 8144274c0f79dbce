#include "store/bounce.h"
#include <string.h>

static const struct db_column BOUNCE[] = {
    DB_ID(struct bounce, id),
    DB_TEXT(struct bounce, brand),
    DB_TEXT(struct bounce, address),
    DB_INSTANT(struct bounce, since),
    DB_INSTANT(struct bounce, last_at),
    DB_INT64(struct bounce, times),
    DB_TEXT(struct bounce, status),
    DB_TEXT(struct bounce, said),
    DB_ID(struct bounce, outbox_id),
    DB_ID(struct bounce, mailbox_id),
    DB_TEXT(struct bounce, template),
    DB_TEXT(struct bounce, mailbox),
    DB_END,
};

#define SELECT_BOUNCE                                                                                                  \
    "SELECT b.id, b.brand, b.address, b.since, b.last_at, b.times, b.status, b.said, b.outbox_id, b.mailbox_id, "      \
    "o.template, coalesce(m.address, '') FROM contact_bounce b JOIN outbox o ON o.id = b.outbox_id "                   \
    "LEFT JOIN mailbox m ON m.id = b.mailbox_id "

enum outcome bounce_put(struct db_tx *tx, const struct bounce *b, bool *first)
{
    int64_t times;

    TRY(db_number(tx, &times,
                  "INSERT INTO contact_bounce AS b (brand, address, since, last_at, times, status, said, outbox_id, "
                  "mailbox_id) VALUES ($1, $2, $3, $3, 1, $4, $5, $6, $7) ON CONFLICT (brand, address) DO UPDATE SET "
                  "last_at = $3, times = b.times + 1, status = $4, said = $5, outbox_id = $6, "
                  "mailbox_id = coalesce($7, b.mailbox_id) RETURNING times",
                  db_text(b->brand), db_text(b->address), db_instant(db_now(tx)), db_text(b->status), db_text(b->said),
                  db_int(b->outbox_id), db_id(b->mailbox_id)));
    *first = times == 1;
    return DONE;
}

enum outcome bounce_mailbox_of_mail(struct db_tx *tx, int64_t outbox_id, int64_t *mailbox_id)
{
    return db_number(tx, mailbox_id, "SELECT coalesce(max(mailbox_id), 0) FROM notice WHERE outbox_id = $1",
                     db_int(outbox_id));
}

enum outcome bounce_drop(struct db_tx *tx, const char *brand, const char *address, bool *dropped)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "DELETE FROM contact_bounce WHERE brand = $1 AND address = $2", db_text(brand),
                db_text(address)));
    *dropped = rows > 0;
    return DONE;
}

enum outcome bounce_of(struct db_tx *tx, void *mem, const char *brand, const char *address, struct bounce *out)
{
    return db_one(tx, mem, BOUNCE, out, SELECT_BOUNCE "WHERE b.brand = $1 AND b.address = $2", db_text(brand),
                  db_text(address));
}

enum outcome bounce_by_id(struct db_tx *tx, void *mem, int64_t id, struct bounce *out)
{
    return db_one(tx, mem, BOUNCE, out, SELECT_BOUNCE "WHERE b.id = $1", db_int(id));
}

enum outcome bounces_before(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit,
                            struct bounce **bounces, size_t *count)
{
    return db_all(tx, mem, BOUNCE, bounces, count,
                  SELECT_BOUNCE "WHERE ($1 = '' OR b.brand = $1) AND b.id < $2 ORDER BY b.id DESC LIMIT $3",
                  db_text(brand), db_int(before ? before : INT64_MAX), db_int(limit));
}

enum outcome bounces_count(struct db_tx *tx, const char *brand, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) FROM contact_bounce WHERE $1 = '' OR brand = $1", db_text(brand));
}
