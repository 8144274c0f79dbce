#include "store/submission.h"

static struct db_value instant_or_null(struct instant i)
{
    return i.us ? db_instant(i) : db_null();
}

static struct db_value text_or_empty(const char *text)
{
    return db_text(text ? text : "");
}

/* ---- Documents ---- */

static const struct db_column DOCUMENT[] = {
    DB_ID(struct document, id),
    DB_ID(struct document, request_id),
    DB_ID(struct document, change_id),
    DB_ID(struct document, submission_id),
    DB_TEXT(struct document, slot),
    DB_TEXT(struct document, file_sha256),
    DB_TEXT(struct document, file_name),
    DB_TEXT(struct document, content_type),
    DB_INT64(struct document, length),
    DB_TEXT(struct document, signature),
    DB_TEXT(struct document, signer),
    DB_TEXT(struct document, signer_tax_code),
    DB_INSTANT(struct document, signed_at),
    DB_INSTANT(struct document, added_at),
    DB_INSTANT(struct document, purged_at),
    DB_END,
};

#define SELECT_DOCUMENT                                                                                                \
    "SELECT d.id, d.request_id, d.change_id, d.submission_id, d.slot, d.file_sha256, d.file_name, f.content_type, "    \
    "f.length, "                                                                                                       \
    "d.signature, d.signer, d.signer_tax_code, d.signed_at, d.added_at, d.purged_at FROM document d JOIN "             \
    "stored_file f ON f.sha256 = d.file_sha256 "

enum outcome document_insert(struct db_tx *tx, struct document *d)
{
    d->added_at = db_now(tx);
    return db_number(tx, &d->id,
                     "INSERT INTO document (request_id, slot, file_sha256, file_name, signature, signer, "
                     "signer_tax_code, signed_at, added_at, change_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                     "$10) RETURNING id",
                     db_id(d->request_id), db_text(d->slot), db_text(d->file_sha256), text_or_empty(d->file_name),
                     db_text(d->signature ? d->signature : "none"), text_or_empty(d->signer),
                     text_or_empty(d->signer_tax_code), instant_or_null(d->signed_at), db_instant(d->added_at),
                     db_id(d->change_id));
}

enum outcome document_by_id(struct db_tx *tx, void *mem, int64_t id, struct document *out)
{
    return db_one(tx, mem, DOCUMENT, out, SELECT_DOCUMENT "WHERE d.id = $1", db_int(id));
}

enum outcome documents_of_request(struct db_tx *tx, void *mem, int64_t request_id, struct document **documents,
                                  size_t *count)
{
    return db_all(tx, mem, DOCUMENT, documents, count, SELECT_DOCUMENT "WHERE d.request_id = $1 ORDER BY d.id",
                  db_int(request_id));
}

enum outcome documents_of_change(struct db_tx *tx, void *mem, int64_t change_id, struct document **documents,
                                 size_t *count)
{
    return db_all(tx, mem, DOCUMENT, documents, count, SELECT_DOCUMENT "WHERE d.change_id = $1 ORDER BY d.id",
                  db_int(change_id));
}

/* Of one of the two columns the value is NULL, and nothing equals that. */
#define WHOSE "(request_id = $1 OR change_id = $2) "

enum outcome document_remove(struct db_tx *tx, int64_t id, struct papers_of whose, bool *removed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "DELETE FROM document WHERE id = $3 AND submission_id IS NULL AND " WHOSE,
                db_id(whose.request_id), db_id(whose.change_id), db_int(id)));
    *removed = rows == 1;
    return DONE;
}

enum outcome documents_sent(struct db_tx *tx, struct papers_of whose, int64_t submission_id)
{
    return db_exec(tx, NULL, "UPDATE document SET submission_id = $3 WHERE submission_id IS NULL AND " WHOSE,
                   db_id(whose.request_id), db_id(whose.change_id), db_int(submission_id));
}

enum outcome document_purged(struct db_tx *tx, int64_t id)
{
    return db_exec(tx, NULL, "UPDATE document SET purged_at = $2 WHERE id = $1 AND purged_at IS NULL", db_int(id),
                   db_instant(db_now(tx)));
}

enum outcome documents_of_file(struct db_tx *tx, const char *sha256, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) FROM document WHERE file_sha256 = $1 AND purged_at IS NULL",
                     db_text(sha256));
}

enum outcome documents_to_purge(struct db_tx *tx, void *mem, const char *brand, struct day ended_before, int limit,
                                struct document **documents, size_t *count)
{
    struct instant passed_before = {(int64_t)ended_before.n * DAYS(1)};

    return db_all(tx, mem, DOCUMENT, documents, count,
                  SELECT_DOCUMENT
                  "LEFT JOIN activation_request r ON r.id = d.request_id LEFT JOIN holder_change c ON c.id = "
                  "d.change_id LEFT JOIN mailbox_row m ON m.id = coalesce(r.mailbox_id, c.mailbox_id) WHERE d.slot = "
                  "'identity' AND d.purged_at IS NULL AND coalesce(r.brand, c.brand) = $1 AND (r.state = "
                  "'refused' OR (c.ended_at IS NOT NULL AND c.state <> 'done') OR m.expires_on < $2 OR EXISTS "
                  "(SELECT 1 FROM holding g WHERE g.mailbox_id = m.id AND g.until_at > d.added_at AND g.until_at "
                  "< $4 AND g.change_id <> coalesce(d.change_id, 0))) ORDER BY d.id LIMIT $3",
                  db_text(brand), db_day(ended_before), db_int(limit), db_instant(passed_before));
}

/* ---- Submissions ---- */

static const struct db_column SUBMISSION[] = {
    DB_ID(struct submission, id),
    DB_ID(struct submission, request_id),
    DB_ID(struct submission, change_id),
    DB_INT64(struct submission, number),
    DB_TEXT(struct submission, brand),
    DB_TEXT(struct submission, state),
    DB_INSTANT(struct submission, sent_at),
    DB_INSTANT(struct submission, opens_at),
    DB_INSTANT(struct submission, due_at),
    DB_TEXT(struct submission, reason),
    DB_TEXT(struct submission, note),
    DB_DAY(struct submission, identity_expires_on),
    DB_INSTANT(struct submission, decided_at),
    DB_TEXT(struct submission, decided_by),
    DB_END,
};

#define SELECT_SUBMISSION                                                                                              \
    "SELECT s.id, s.request_id, s.change_id, s.number, coalesce(r.brand, c.brand), s.state, s.sent_at, s.opens_at, "   \
    "s.due_at, s.reason, s.note, s.identity_expires_on, s.decided_at, s.decided_by FROM submission s LEFT JOIN "       \
    "activation_request r ON r.id = s.request_id LEFT JOIN holder_change c ON c.id = s.change_id "

enum outcome submission_insert(struct db_tx *tx, struct submission *s)
{
    TRY(db_number(tx, &s->number, "SELECT coalesce(max(number), 0) + 1 FROM submission WHERE " WHOSE,
                  db_id(s->request_id), db_id(s->change_id)));
    return db_number(tx, &s->id,
                     "INSERT INTO submission (request_id, number, state, sent_at, opens_at, due_at, reason, note, "
                     "decided_by, change_id) VALUES ($1, $2, 'in_review', $3, $4, $5, '', '', '', $6) RETURNING id",
                     db_id(s->request_id), db_int(s->number), db_instant(s->sent_at), db_instant(s->opens_at),
                     db_instant(s->due_at), db_id(s->change_id));
}

enum outcome submissions_of_request(struct db_tx *tx, void *mem, int64_t request_id, struct submission **submissions,
                                    size_t *count)
{
    return db_all(tx, mem, SUBMISSION, submissions, count, SELECT_SUBMISSION "WHERE s.request_id = $1 ORDER BY s.id",
                  db_int(request_id));
}

enum outcome submissions_of_change(struct db_tx *tx, void *mem, int64_t change_id, struct submission **submissions,
                                   size_t *count)
{
    return db_all(tx, mem, SUBMISSION, submissions, count, SELECT_SUBMISSION "WHERE s.change_id = $1 ORDER BY s.id",
                  db_int(change_id));
}

enum outcome submission_decide(struct db_tx *tx, const struct submission *s, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE submission SET state = $2, reason = $3, note = $4, identity_expires_on = $5, decided_at = $6, "
                "decided_by = $7 WHERE id = $1 AND state = 'in_review'",
                db_int(s->id), db_text(s->state), text_or_empty(s->reason), text_or_empty(s->note),
                s->identity_expires_on.n ? db_day(s->identity_expires_on) : db_null(), db_instant(db_now(tx)),
                text_or_empty(s->decided_by)));
    *changed = rows == 1;
    return DONE;
}
