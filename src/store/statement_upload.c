#include "store/statement_upload.h"

static const struct db_column UPLOAD[] = {
    DB_ID(struct statement_upload, id),
    DB_TEXT(struct statement_upload, brand),
    DB_TEXT(struct statement_upload, file_name),
    DB_TEXT(struct statement_upload, file_sha256),
    DB_INT64(struct statement_upload, length),
    DB_TEXT(struct statement_upload, account),
    DB_TEXT(struct statement_upload, state),
    DB_INT64(struct statement_upload, statements),
    DB_INT64(struct statement_upload, entries),
    DB_INT64(struct statement_upload, matched),
    DB_INT64(struct statement_upload, held),
    DB_INT64(struct statement_upload, known),
    DB_INT64(struct statement_upload, ignored),
    DB_INT64(struct statement_upload, unbalanced),
    DB_MONEY(struct statement_upload, matched_sum),
    DB_MONEY(struct statement_upload, held_sum),
    DB_TEXT(struct statement_upload, uploaded_by),
    DB_INSTANT(struct statement_upload, uploaded_at),
    DB_TEXT(struct statement_upload, closed_by),
    DB_INSTANT(struct statement_upload, closed_at),
    DB_END,
};

#define SELECT_UPLOAD                                                                                                  \
    "SELECT id, brand, file_name, file_sha256, length, account, state, statements, entries, matched, held, known, "    \
    "ignored, unbalanced, matched_cents, held_cents, uploaded_by, uploaded_at, closed_by, closed_at FROM "             \
    "statement_upload "

enum outcome statement_upload_insert(struct db_tx *tx, struct statement_upload *u)
{
    return db_number(tx, &u->id,
                     "INSERT INTO statement_upload (brand, file_name, file_sha256, length, account, state, statements, "
                     "entries, matched, held, known, ignored, unbalanced, matched_cents, held_cents, uploaded_by, "
                     "uploaded_at) VALUES ($1, $2, $3, $4, $5, 'looked', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                     "$16) RETURNING id",
                     db_text(u->brand), db_text(u->file_name), db_text(u->file_sha256), db_int(u->length),
                     db_text(u->account), db_int(u->statements), db_int(u->entries), db_int(u->matched),
                     db_int(u->held), db_int(u->known), db_int(u->ignored), db_int(u->unbalanced),
                     db_money(u->matched_sum), db_money(u->held_sum), db_text(u->uploaded_by), db_instant(db_now(tx)));
}

enum outcome statement_upload_by_id(struct db_tx *tx, void *mem, int64_t id, struct statement_upload *out)
{
    return db_one(tx, mem, UPLOAD, out, SELECT_UPLOAD "WHERE id = $1", db_int(id));
}

enum outcome statement_uploads(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit,
                               struct statement_upload **uploads, size_t *count)
{
    return db_all(tx, mem, UPLOAD, uploads, count,
                  SELECT_UPLOAD "WHERE ($1 = '' OR brand = $1) AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3",
                  db_text(brand), db_int(before), db_int(limit));
}

enum outcome statement_uploads_waiting(struct db_tx *tx, const char *brand, int64_t *count)
{
    return db_number(tx, count,
                     "SELECT count(*) FROM statement_upload WHERE state = 'looked' AND ($1 = '' OR brand = $1)",
                     db_text(brand));
}

enum outcome statement_upload_close(struct db_tx *tx, const struct statement_upload *u, const char *state,
                                    const char *by, bool *changed)
{
    int64_t rows;

    TRY(db_exec(
        tx, &rows,
        "UPDATE statement_upload SET state = $2, closed_by = $3, closed_at = $4, matched = $5, held = $6, known = "
        "$7 WHERE id = $1 AND state = 'looked'",
        db_int(u->id), db_text(state), db_text(by), db_instant(db_now(tx)), db_int(u->matched), db_int(u->held),
        db_int(u->known)));
    *changed = rows == 1;
    return db_exec(tx, NULL, "DELETE FROM statement_line WHERE upload_id = $1", db_int(u->id));
}

static const struct db_column LINE[] = {
    DB_INT64(struct statement_line, line),      DB_TEXT(struct statement_line, outcome),
    DB_MONEY(struct statement_line, amount),    DB_TEXT(struct statement_line, currency),
    DB_DAY(struct statement_line, booked_on),   DB_TEXT(struct statement_line, debtor),
    DB_TEXT(struct statement_line, remittance), DB_TEXT(struct statement_line, reason),
    DB_TEXT(struct statement_line, order_code), DB_END,
};

enum outcome statement_line_insert(struct db_tx *tx, int64_t upload_id, const struct statement_line *l)
{
    return db_exec(tx, NULL,
                   "INSERT INTO statement_line (upload_id, line, outcome, amount_cents, currency, booked_on, debtor, "
                   "remittance, reason, order_code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                   db_int(upload_id), db_int(l->line), db_text(l->outcome), db_money(l->amount), db_text(l->currency),
                   db_day(l->booked_on), db_text(l->debtor), db_text(l->remittance), db_text(l->reason),
                   db_text(l->order_code));
}

enum outcome statement_lines(struct db_tx *tx, void *mem, int64_t upload_id, const char *outcome, int64_t after,
                             int limit, struct statement_line **lines, size_t *count)
{
    return db_all(
        tx, mem, LINE, lines, count,
        "SELECT line, outcome, amount_cents, currency, booked_on, debtor, remittance, reason, order_code FROM "
        "statement_line WHERE upload_id = $1 AND ($2 = '' OR outcome = $2) AND line > $3 ORDER BY line LIMIT $4",
        db_int(upload_id), db_text(outcome), db_int(after), db_int(limit));
}
