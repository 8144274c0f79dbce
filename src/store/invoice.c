#include "store/invoice.h"
#include "store/sdi.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static const struct db_column INVOICE[] = {
    DB_ID(struct invoice, id),
    DB_TEXT(struct invoice, brand),
    DB_INT64(struct invoice, year),
    DB_INT64(struct invoice, number),
    DB_TEXT(struct invoice, kind),
    DB_ID(struct invoice, order_id),
    DB_ID(struct invoice, corrects_id),
    DB_TEXT(struct invoice, reason),
    DB_DAY(struct invoice, issued_on),
    DB_DAY(struct invoice, paid_on),
    DB_INT(struct invoice, total.vat_rate_bp),
    DB_MONEY(struct invoice, total.net),
    DB_MONEY(struct invoice, total.vat),
    DB_MONEY(struct invoice, total.gross),
    DB_MONEY(struct invoice, total.due),
    DB_INSTANT(struct invoice, issued_at),
    DB_END,
};

#define SELECT_INVOICE                                                                                                 \
    "SELECT i.id, i.brand, i.year, i.number, i.kind, i.order_id, i.corrects_id, i.reason, i.issued_on, i.paid_on, "    \
    "i.vat_rate_bp, i.net_cents, i.vat_cents, i.gross_cents, i.due_cents, i.issued_at FROM invoice i "

bool invoice_is_credit_note(const struct invoice *invoice)
{
    return strcmp(invoice->kind, INVOICE_CREDIT_NOTE) == 0;
}

/* The series row is the lock: two invoices of one brand and year never get their number at once. A clock that was set
 * back does not make an invoice older than the one before it. */
enum outcome invoice_issue(struct db_tx *tx, struct invoice *i)
{
    static const struct db_column SERIES[] = {DB_INT64(struct invoice, number), DB_DAY(struct invoice, issued_on),
                                              DB_END};

    if (!i->kind)
        i->kind = (char *)INVOICE_ORDINARY;
    if (!i->reason)
        i->reason = (char *)"";
    i->year = day_split(i->issued_on).year;
    TRY(db_one(tx, NULL, SERIES, i,
               "INSERT INTO invoice_series (brand, kind, year, last_number, last_on) VALUES ($1, $4, $2, 1, $3) "
               "ON CONFLICT (brand, kind, year) DO UPDATE SET last_number = invoice_series.last_number + 1, "
               "last_on = CASE WHEN invoice_series.last_on > $3 THEN invoice_series.last_on ELSE $3 END "
               "RETURNING last_number, last_on",
               db_text(i->brand), db_int(i->year), db_day(i->issued_on), db_text(i->kind)));
    i->issued_at = db_now(tx);
    TRY(db_number(
        tx, &i->id,
        "INSERT INTO invoice (brand, year, number, order_id, issued_on, paid_on, vat_rate_bp, net_cents, "
        "vat_cents, gross_cents, issued_at, kind, corrects_id, reason, split_payment) VALUES ($1, $2, $3, $4, "
        "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id",
        db_text(i->brand), db_int(i->year), db_int(i->number), db_int(i->order_id), db_day(i->issued_on),
        db_day(i->paid_on), db_int(i->total.vat_rate_bp), db_money(i->total.net), db_money(i->total.vat),
        db_money(i->total.gross), db_instant(i->issued_at), db_text(i->kind), db_id(i->corrects_id), db_text(i->reason),
        db_bool(total_is_split(&i->total))));
    return sdi_begin(tx, i);
}

enum outcome invoice_by_id(struct db_tx *tx, void *mem, int64_t id, struct invoice *out)
{
    return db_one(tx, mem, INVOICE, out, SELECT_INVOICE "WHERE i.id = $1", db_int(id));
}

enum outcome invoice_by_order(struct db_tx *tx, void *mem, int64_t order_id, struct invoice *out)
{
    return db_one(tx, mem, INVOICE, out, SELECT_INVOICE "WHERE i.order_id = $1 AND i.kind = 'invoice'",
                  db_int(order_id));
}

enum outcome credit_notes_of(struct db_tx *tx, void *mem, int64_t invoice_id, struct invoice **notes, size_t *count)
{
    return db_all(tx, mem, INVOICE, notes, count,
                  SELECT_INVOICE "WHERE i.corrects_id = $1 AND i.kind = 'credit_note' ORDER BY i.id",
                  db_int(invoice_id));
}

enum outcome credited_line_put(struct db_tx *tx, int64_t order_id, int64_t line, int64_t note_id)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "INSERT INTO credited_line (order_id, line, invoice_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                db_int(order_id), db_int(line), db_int(note_id)));
    return rows == 1 ? DONE : REFUSED;
}

struct line_row {
    int64_t line;
};

enum outcome credited_lines(struct db_tx *tx, void *mem, int64_t order_id, int64_t note_id, int64_t **lines,
                            size_t *count)
{
    static const struct db_column LINE[] = {DB_INT64(struct line_row, line), DB_END};
    struct line_row *rows;

    TRY(db_all(tx, mem, LINE, &rows, count,
               "SELECT line FROM credited_line WHERE order_id = $1 AND ($2 = 0 OR invoice_id = $2) ORDER BY line",
               db_int(order_id), db_int(note_id)));
    *lines = talloc_array(mem, int64_t, (unsigned)*count + 1);
    for (size_t i = 0; i < *count; i++)
        (*lines)[i] = rows[i].line;
    return DONE;
}

enum outcome invoices_seen_by(struct db_tx *tx, void *mem, struct principal who, int64_t before_id, int limit,
                              struct invoice **invoices, size_t *count)
{
    return db_all(tx, mem, INVOICE, invoices, count,
                  SELECT_INVOICE "JOIN shop_order o ON o.id = i.order_id WHERE " ORDER_SEEN
                                 "AND i.id < $3 ORDER BY i.id DESC LIMIT $4",
                  db_int(who.account_id), db_int(who.mailbox_id), db_int(before_id ? before_id : INT64_MAX),
                  db_int(limit));
}

enum outcome invoices_after(struct db_tx *tx, void *mem, int64_t after, int limit, struct invoice **invoices,
                            size_t *count)
{
    return db_all(tx, mem, INVOICE, invoices, count, SELECT_INVOICE "WHERE i.id > $1 ORDER BY i.id LIMIT $2",
                  db_int(after), db_int(limit));
}

char *invoice_number_text(void *mem, const struct invoice *invoice)
{
    return talloc_asprintf(mem, "%s%" PRId64 "/%" PRId64, invoice_is_credit_note(invoice) ? "NC-" : "", invoice->year,
                           invoice->number);
}

static const struct db_column FILE_[] = {DB_INT64(struct invoice_file, attempt), DB_TEXT(struct invoice_file, name),
                                         DB_BYTES(struct invoice_file, bytes), DB_TEXT(struct invoice_file, sha256),
                                         DB_END};

enum outcome invoice_file_of(struct db_tx *tx, void *mem, int64_t invoice_id, int64_t attempt, struct invoice_file *out)
{
    return db_one(tx, mem, FILE_, out,
                  "SELECT attempt, name, bytes, sha256 FROM invoice_file WHERE invoice_id = $1 AND attempt = $2",
                  db_int(invoice_id), db_int(attempt));
}

enum outcome invoice_file_keep(struct db_tx *tx, int64_t invoice_id, const struct invoice_file *file)
{
    return db_exec(tx, NULL,
                   "INSERT INTO invoice_file (invoice_id, attempt, name, bytes, sha256) VALUES ($1, $2, $3, $4, $5) "
                   "ON CONFLICT (invoice_id, attempt) DO NOTHING",
                   db_int(invoice_id), db_int(file->attempt), db_text(file->name),
                   db_bytes(file->bytes.bytes, file->bytes.length), db_text(file->sha256));
}
