/* store/sdi_register.c: the register of invoices, page by page. */
#include "base/text.h"
#include "rules/sale.h"
#include "store/sdi.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct db_column ROW[] = {
    DB_ID(struct sdi_row, invoice.id),
    DB_TEXT(struct sdi_row, invoice.brand),
    DB_INT64(struct sdi_row, invoice.year),
    DB_INT64(struct sdi_row, invoice.number),
    DB_TEXT(struct sdi_row, invoice.kind),
    DB_ID(struct sdi_row, invoice.order_id),
    DB_ID(struct sdi_row, invoice.corrects_id),
    DB_DAY(struct sdi_row, invoice.issued_on),
    DB_DAY(struct sdi_row, invoice.paid_on),
    DB_INT(struct sdi_row, invoice.total.vat_rate_bp),
    DB_MONEY(struct sdi_row, invoice.total.net),
    DB_MONEY(struct sdi_row, invoice.total.vat),
    DB_MONEY(struct sdi_row, invoice.total.gross),
    DB_TEXT(struct sdi_row, state_text),
    DB_INSTANT(struct sdi_row, changed_at),
    DB_DAY(struct sdi_row, resend_by),
    DB_TEXT(struct sdi_row, customer),
    DB_TEXT(struct sdi_row, order_code),
    DB_END,
};

#define SELECT_ROW                                                                                                     \
    "SELECT i.id, i.brand, i.year, i.number, i.kind, i.order_id, i.corrects_id, i.issued_on, i.paid_on, "              \
    "i.vat_rate_bp, i.net_cents, i.vat_cents, i.gross_cents, s.state, s.changed_at, s.resend_by, o.billing_name, "     \
    "o.code FROM "
#define JOINS "JOIN invoice i ON i.id = s.invoice_id JOIN shop_order o ON o.id = i.order_id WHERE "
#define CHOICE                                                                                                         \
    "($1 = '' OR s.brand = $1) AND ($2 = '' OR s.kind = $2) AND ($3 = '' OR s.state = $3) AND s.issued_on >= $4 "      \
    "AND s.issued_on <= $5 AND ($6 = 0 OR s.changed_at < $6) "
#define PAGE                                                                                                           \
    "AND (s.issued_on < $7 OR (s.issued_on = $7 AND s.invoice_id < $8)) "                                              \
    "ORDER BY s.issued_on DESC, s.invoice_id DESC LIMIT $9"

#define OF_STATE       SELECT_ROW "sdi_invoice s " JOINS "s.state = $3 AND " CHOICE PAGE
#define OF_CREDIT_NOTE SELECT_ROW "sdi_invoice s " JOINS "s.kind = 'credit_note' AND " CHOICE PAGE
#define OF_BRAND       SELECT_ROW "sdi_invoice s " JOINS "s.brand = $1 AND " CHOICE PAGE
#define OF_ALL         SELECT_ROW "sdi_invoice s " JOINS CHOICE PAGE
#define OF_CUSTOMER                                                                                                    \
    SELECT_ROW                                                                                                         \
    "(SELECT n.id FROM shop_order q JOIN invoice n ON n.order_id = q.id WHERE q.billing_tax_code = $10 UNION "         \
    "SELECT n.id FROM shop_order q JOIN invoice n ON n.order_id = q.id WHERE q.billing_vat_number = $10 AND "          \
    "q.billing_vat_number <> '' UNION "                                                                                \
    "SELECT n.id FROM shop_order q JOIN invoice n ON n.order_id = q.id WHERE q.code = $10 UNION "                      \
    "SELECT n.id FROM invoice n WHERE n.brand IN (SELECT brand FROM invoice_series) AND n.kind = $11 AND "             \
    "n.year = $12 AND n.number = $13) found JOIN sdi_invoice s ON s.invoice_id = found.id " JOINS CHOICE PAGE

/* "2026/17", "NC-2026/3": the numbers, 0 where it is none. */
static void read_number(const char *text, const char **kind, int64_t *year, int64_t *number)
{
    bool note = strncmp(text, "NC-", 3) == 0;
    char rest;

    *kind = note ? INVOICE_CREDIT_NOTE : INVOICE_ORDINARY;
    if (sscanf(text + (note ? 3 : 0), "%4" SCNd64 "/%12" SCNd64 "%c", year, number, &rest) != 2)
        *year = *number = 0;
}

enum outcome sdi_rows(struct db_tx *tx, void *mem, const struct sdi_filter *f, struct sdi_row **rows, size_t *count)
{
    struct db_value brand = db_text(f->brand), kind = db_text(f->kind), state = db_text(f->silent ? "sent" : f->state),
                    from = db_day(f->from), until = f->until.n ? db_day(f->until) : db_int(INT64_MAX),
                    before = f->silent ? db_instant(f->silent_before) : db_int(0),
                    day = f->after_day.n ? db_day(f->after_day) : db_int(INT64_MAX), id = db_int(f->after_id),
                    limit = db_int(f->limit);
    int64_t year = 0, number = 0;
    const char *series;

    if (f->customer[0]) {
        char *what = text_upper(mem, f->customer);

        read_number(what, &series, &year, &number);
        return db_all(tx, mem, ROW, rows, count, OF_CUSTOMER, brand, kind, state, from, until, before, day, id, limit,
                      db_text(what), db_text(series), db_int(year), db_int(number));
    }
    if (f->state[0] || f->silent)
        return db_all(tx, mem, ROW, rows, count, OF_STATE, brand, kind, state, from, until, before, day, id, limit);
    if (strcmp(f->kind, INVOICE_CREDIT_NOTE) == 0)
        return db_all(tx, mem, ROW, rows, count, OF_CREDIT_NOTE, brand, kind, state, from, until, before, day, id,
                      limit);
    if (f->brand[0])
        return db_all(tx, mem, ROW, rows, count, OF_BRAND, brand, kind, state, from, until, before, day, id, limit);
    return db_all(tx, mem, ROW, rows, count, OF_ALL, brand, kind, state, from, until, before, day, id, limit);
}

/* ---- The register of sales ---- */

enum outcome vat_rows(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                      struct vat_row **rows, size_t *count)
{
    static const struct db_column VAT[] = {
        DB_TEXT(struct vat_row, kind),       DB_INT(struct vat_row, vat_rate_bp),
        DB_TEXT(struct vat_row, nature),     DB_BOOL(struct vat_row, split),
        DB_INT64(struct vat_row, documents), DB_INT64(struct vat_row, large),
        DB_MONEY(struct vat_row, net),       DB_MONEY(struct vat_row, vat),
        DB_MONEY(struct vat_row, gross),     DB_END,
    };

    return db_all(
        tx, mem, VAT, rows, count,
        "SELECT i.kind, i.vat_rate_bp, o.vat_nature, i.split_payment, count(*), CAST(sum(CASE WHEN i.net_cents > $4 "
        "THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(i.net_cents) AS BIGINT), CAST(sum(i.vat_cents) AS BIGINT), "
        "CAST(sum(i.gross_cents) AS BIGINT) FROM sdi_invoice s " JOINS "s.brand = $1 AND s.issued_on >= $2 AND "
        "s.issued_on <= $3 GROUP BY i.kind, i.vat_rate_bp, o.vat_nature, i.split_payment "
        "ORDER BY i.kind DESC, i.vat_rate_bp DESC, o.vat_nature, i.split_payment",
        db_text(brand), db_day(from), db_day(until), db_int(SALE_STAMP_ABOVE));
}

enum outcome vat_series(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                        struct vat_series **rows, size_t *count)
{
    static const struct db_column SERIES[] = {
        DB_TEXT(struct vat_series, kind),       DB_INT64(struct vat_series, year),
        DB_INT64(struct vat_series, first),     DB_INT64(struct vat_series, last),
        DB_INT64(struct vat_series, documents), DB_INT64(struct vat_series, before),
        DB_INT64(struct vat_series, rejected),  DB_END,
    };

    return db_all(
        tx, mem, SERIES, rows, count,
        "SELECT g.kind, g.year, g.first, g.last, g.documents, (SELECT coalesce(max(b.number), 0) FROM invoice b "
        "WHERE b.brand = $1 AND b.kind = g.kind AND b.year = g.year AND b.number < g.first), g.rejected FROM "
        "(SELECT i.kind, i.year, min(i.number) AS first, max(i.number) AS last, count(*) AS documents, "
        "CAST(sum(CASE WHEN s.state = 'rejected' THEN 1 ELSE 0 END) AS BIGINT) AS rejected FROM sdi_invoice s "
        "JOIN invoice i ON i.id = s.invoice_id WHERE s.brand = $1 AND s.issued_on >= $2 AND s.issued_on <= $3 "
        "GROUP BY i.kind, i.year) g ORDER BY g.kind DESC, g.year",
        db_text(brand), db_day(from), db_day(until));
}

enum outcome vat_each(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                      struct vat_document *row, db_each_row *each, void *arg)
{
    static const struct db_column DOCUMENT[] = {
        DB_ID(struct vat_document, invoice.id),
        DB_TEXT(struct vat_document, invoice.brand),
        DB_INT64(struct vat_document, invoice.year),
        DB_INT64(struct vat_document, invoice.number),
        DB_TEXT(struct vat_document, invoice.kind),
        DB_DAY(struct vat_document, invoice.issued_on),
        DB_DAY(struct vat_document, invoice.paid_on),
        DB_INT(struct vat_document, invoice.total.vat_rate_bp),
        DB_MONEY(struct vat_document, invoice.total.net),
        DB_MONEY(struct vat_document, invoice.total.vat),
        DB_MONEY(struct vat_document, invoice.total.gross),
        DB_MONEY(struct vat_document, invoice.total.due),
        DB_TEXT(struct vat_document, customer),
        DB_TEXT(struct vat_document, tax_code),
        DB_TEXT(struct vat_document, vat_number),
        DB_TEXT(struct vat_document, state_text),
        DB_TEXT(struct vat_document, nature),
        DB_END,
    };

    return db_each(
        tx, mem, DOCUMENT, row, each, arg,
        "SELECT i.id, i.brand, i.year, i.number, i.kind, i.issued_on, i.paid_on, i.vat_rate_bp, i.net_cents, "
        "i.vat_cents, i.gross_cents, i.due_cents, o.billing_name, o.billing_tax_code, o.billing_vat_number, s.state, "
        "o.vat_nature FROM "
        "sdi_invoice s JOIN invoice i ON i.id = s.invoice_id JOIN shop_order o ON o.id = i.order_id WHERE "
        "s.brand = $1 AND s.issued_on >= $2 AND s.issued_on <= $3 ORDER BY i.kind DESC, i.year, i.number",
        db_text(brand), db_day(from), db_day(until));
}
