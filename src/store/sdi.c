#include "store/sdi.h"
#include "base/log.h"
#include <string.h>
#include <talloc.h>

/* ---- Where an invoice stands ---- */

static const struct db_column STANDING[] = {
    DB_ID(struct sdi_standing, invoice_id),      DB_TEXT(struct sdi_standing, brand),
    DB_TEXT(struct sdi_standing, kind),          DB_DAY(struct sdi_standing, issued_on),
    DB_TEXT(struct sdi_standing, state_text),    DB_INT64(struct sdi_standing, attempt),
    DB_INSTANT(struct sdi_standing, changed_at), DB_DAY(struct sdi_standing, resend_by),
    DB_TEXT(struct sdi_standing, said),          DB_END,
};

enum outcome sdi_begin(struct db_tx *tx, const struct invoice *i)
{
    return db_exec(tx, NULL,
                   "INSERT INTO sdi_invoice (invoice_id, brand, kind, issued_on, state, attempt, changed_at) "
                   "VALUES ($1, $2, $3, $4, 'to_send', 1, $5)",
                   db_int(i->id), db_text(i->brand), db_text(i->kind), db_day(i->issued_on), db_instant(i->issued_at));
}

enum outcome sdi_of_invoice(struct db_tx *tx, void *mem, int64_t invoice_id, struct sdi_standing *out)
{
    TRY(db_one(tx, mem, STANDING, out,
               "SELECT invoice_id, brand, kind, issued_on, state, attempt, changed_at, resend_by, said "
               "FROM sdi_invoice WHERE invoice_id = $1",
               db_int(invoice_id)));
    return sdi_state_of(out->state_text, &out->state) == DONE ? DONE : BROKEN;
}

enum outcome sdi_change(struct db_tx *tx, const struct sdi_standing *from, enum sdi_state to, int64_t attempt,
                        struct day resend_by, const char *said, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE sdi_invoice SET state = $4, attempt = $5, changed_at = $6, resend_by = $7, "
                "said = $8 WHERE invoice_id = $1 AND state = $2 AND attempt = $3",
                db_int(from->invoice_id), db_text(sdi_state_name(from->state)), db_int(from->attempt),
                db_text(sdi_state_name(to)), db_int(attempt), db_instant(db_now(tx)), db_day(resend_by),
                db_text(said)));
    *changed = rows == 1;
    return DONE;
}

/* ---- Files that were sent ---- */

static const struct db_column SENDING[] = {
    DB_TEXT(struct sdi_sending, name),        DB_ID(struct sdi_sending, invoice_id),
    DB_INT64(struct sdi_sending, attempt),    DB_TEXT(struct sdi_sending, channel),
    DB_INSTANT(struct sdi_sending, begun_at), DB_INSTANT(struct sdi_sending, sent_at),
    DB_TEXT(struct sdi_sending, sdi_id),      DB_TEXT(struct sdi_sending, outcome),
    DB_TEXT(struct sdi_sending, sha256),      DB_END,
};

#define SELECT_SENDING                                                                                                 \
    "SELECT f.name, f.invoice_id, f.attempt, coalesce(s.channel, ''), s.begun_at, s.sent_at, coalesce(s.sdi_id, ''), " \
    "coalesce(s.outcome, ''), f.sha256 FROM invoice_file f LEFT JOIN sdi_sending s ON s.name = f.name "

enum outcome sdi_sending_begin(struct db_tx *tx, const struct sdi_sending *s)
{
    return db_exec(tx, NULL,
                   "INSERT INTO sdi_sending (name, invoice_id, attempt, channel, begun_at) VALUES ($1, $2, $3, $4, $5) "
                   "ON CONFLICT (name) DO NOTHING",
                   db_text(s->name), db_int(s->invoice_id), db_int(s->attempt), db_text(s->channel),
                   db_instant(db_now(tx)));
}

enum outcome sdi_sending_done(struct db_tx *tx, const char *name)
{
    return db_exec(tx, NULL, "UPDATE sdi_sending SET sent_at = $2 WHERE name = $1 AND sent_at IS NULL", db_text(name),
                   db_instant(db_now(tx)));
}

enum outcome sdi_sending_outcome(struct db_tx *tx, const char *name, const char *sdi_id, const char *outcome)
{
    return db_exec(tx, NULL, "UPDATE sdi_sending SET sdi_id = $2, outcome = $3 WHERE name = $1", db_text(name),
                   db_text(sdi_id), db_text(outcome));
}

enum outcome sdi_sendings_of(struct db_tx *tx, void *mem, int64_t invoice_id, struct sdi_sending **all, size_t *count)
{
    return db_all(tx, mem, SENDING, all, count, SELECT_SENDING "WHERE f.invoice_id = $1 ORDER BY f.attempt",
                  db_int(invoice_id));
}

enum outcome sdi_sending_by_stem(struct db_tx *tx, void *mem, const char *brand, const char *stem,
                                 struct sdi_sending *out)
{
    return db_one(tx, mem, SENDING, out,
                  SELECT_SENDING "JOIN invoice i ON i.id = f.invoice_id WHERE i.brand = $1 AND f.name = $2",
                  db_text(brand), db_text(talloc_asprintf(mem, "%s.xml", stem)));
}

enum outcome sdi_again_number(struct db_tx *tx, int64_t *number)
{
    return db_number(tx, number,
                     "INSERT INTO sdi_series (id, last) VALUES (1, 1) "
                     "ON CONFLICT (id) DO UPDATE SET last = sdi_series.last + 1 RETURNING last");
}

struct id {
    int64_t id;
};

static const struct db_column ID[] = {DB_ID(struct id, id), DB_END};

enum outcome sdi_unsent(struct db_tx *tx, void *mem, const char *brand, struct instant until, int limit, int64_t **ids,
                        size_t *count)
{
    /* A struct of one number is that number in memory. */
    return db_all(
        tx, mem, ID, (struct id **)ids, count,
        "SELECT s.invoice_id FROM sdi_invoice s WHERE s.state = 'to_send' AND s.brand = $1 "
        "AND s.changed_at <= $2 AND NOT EXISTS (SELECT 1 FROM outbox o JOIN invoice i ON i.order_id = o.order_id "
        "WHERE i.id = s.invoice_id AND o.state = 'waiting' AND (o.kind = 'invoice_file' OR o.kind = 'sdi')) "
        "ORDER BY s.issued_on, s.invoice_id LIMIT $3",
        db_text(brand), db_instant(until), db_int(limit));
}

enum outcome sdi_unsent_after(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit, int64_t **ids,
                              size_t *count)
{
    return db_all(tx, mem, ID, (struct id **)ids, count,
                  "SELECT invoice_id FROM sdi_invoice WHERE state = 'to_send' AND brand = $1 AND invoice_id > $2 "
                  "ORDER BY invoice_id LIMIT $3",
                  db_text(brand), db_int(after), db_int(limit));
}

/* ---- Notices ---- */

static const struct db_column PAPER[] = {
    DB_ID(struct sdi_paper, id),         DB_TEXT(struct sdi_paper, brand),          DB_TEXT(struct sdi_paper, name),
    DB_TEXT(struct sdi_paper, kind),     DB_TEXT(struct sdi_paper, sdi_id),         DB_TEXT(struct sdi_paper, about),
    DB_ID(struct sdi_paper, invoice_id), DB_TEXT(struct sdi_paper, effect),         DB_TEXT(struct sdi_paper, said),
    DB_TEXT(struct sdi_paper, sha256),   DB_INSTANT(struct sdi_paper, received_at), DB_END,
};
static const struct db_column PAPER_WHOLE[] = {
    DB_ID(struct sdi_paper, id),
    DB_TEXT(struct sdi_paper, brand),
    DB_TEXT(struct sdi_paper, name),
    DB_TEXT(struct sdi_paper, kind),
    DB_TEXT(struct sdi_paper, sdi_id),
    DB_TEXT(struct sdi_paper, about),
    DB_ID(struct sdi_paper, invoice_id),
    DB_TEXT(struct sdi_paper, effect),
    DB_TEXT(struct sdi_paper, said),
    DB_TEXT(struct sdi_paper, sha256),
    DB_INSTANT(struct sdi_paper, received_at),
    DB_BYTES(struct sdi_paper, bytes),
    DB_END,
};

#define PAPER_COLUMNS "id, brand, name, kind, sdi_id, about, invoice_id, effect, said, sha256, received_at"

enum outcome sdi_notice_keep(struct db_tx *tx, const struct sdi_paper *p, bool *fresh)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "INSERT INTO sdi_notice (brand, name, kind, sdi_id, about, invoice_id, effect, said, bytes, sha256, "
                "received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                "ON CONFLICT (brand, name, sha256) DO NOTHING",
                db_text(p->brand), db_text(p->name), db_text(p->kind), db_text(p->sdi_id), db_text(p->about),
                db_id(p->invoice_id), db_text(p->effect), db_text(p->said), db_bytes(p->bytes.bytes, p->bytes.length),
                db_text(p->sha256), db_instant(db_now(tx))));
    *fresh = rows == 1;
    return DONE;
}

enum outcome sdi_notice_kept(struct db_tx *tx, const char *brand, const char *name, const char *sha256, bool *kept)
{
    int64_t n;

    TRY(db_number(tx, &n, "SELECT count(*) FROM sdi_notice WHERE brand = $1 AND name = $2 AND sha256 = $3",
                  db_text(brand), db_text(name), db_text(sha256)));
    *kept = n > 0;
    return DONE;
}

enum outcome sdi_notices_of(struct db_tx *tx, void *mem, int64_t invoice_id, struct sdi_paper **all, size_t *count)
{
    return db_all(tx, mem, PAPER, all, count,
                  "SELECT " PAPER_COLUMNS " FROM sdi_notice WHERE invoice_id = $1 ORDER BY id", db_int(invoice_id));
}

enum outcome sdi_notice_by_id(struct db_tx *tx, void *mem, int64_t id, struct sdi_paper *out)
{
    return db_one(tx, mem, PAPER_WHOLE, out, "SELECT " PAPER_COLUMNS ", bytes FROM sdi_notice WHERE id = $1",
                  db_int(id));
}

enum outcome sdi_notices_odd(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit,
                             struct sdi_paper **all, size_t *count)
{
    return db_all(tx, mem, PAPER, all, count,
                  "SELECT " PAPER_COLUMNS " FROM sdi_notice WHERE (effect = 'strange' OR effect = 'unreadable' OR "
                  "effect = 'against') AND ($1 = '' OR brand = $1) AND id < $2 ORDER BY id DESC LIMIT $3",
                  db_text(brand), db_int(before ? before : INT64_MAX), db_int(limit));
}
