#include "store/search.h"
#include "base/text.h"
#include "store/mailbox.h"
#include <talloc.h>

/* ---- By keys ---- */

/* $1 and $2: after which key and id; $3 the end of the range, $4 the brand, $5 how many. */
#define IN_RANGE(about)                                                                                                \
    "WHERE k.about = '" about "' AND (k.key, k.id) > ($1, $2) AND k.key < $3 AND ($4 = '' OR k.brand = $4) ORDER BY "  \
    "k.key, k.id LIMIT $5"

static const struct db_column BOX[] = {
    DB_ID(struct found_box, id),        DB_TEXT(struct found_box, brand),
    DB_TEXT(struct found_box, address), DB_TEXT(struct found_box, user_id),
    DB_TEXT(struct found_box, status),  DB_DAY(struct found_box, expires_on),
    DB_TEXT(struct found_box, holder),  DB_TEXT(struct found_box, tax_code),
    DB_TEXT(struct found_box, key),     DB_END,
};
#define BOX_COLUMNS "m.id, m.brand, m.address, m.user_id, m.status, m.expires_on, h.name, h.tax_code"
#define BOX_HOLDER  "JOIN holder h ON h.id = m.holder_id "

static const struct db_column ACCOUNT[] = {
    DB_ID(struct found_account, id),
    DB_TEXT(struct found_account, brand),
    DB_TEXT(struct found_account, name),
    DB_TEXT(struct found_account, email),
    DB_TEXT(struct found_account, user_name),
    DB_TEXT(struct found_account, key),
    DB_END,
};

#define KEY_VALUES(page)                                                                                               \
    db_text((page)->after_key ? (page)->after_key : (page)->key), db_int((page)->after_key ? (page)->after_id : 0),    \
        db_text(search_end(mem, (page)->key)), db_text((page)->brand), db_int((page)->limit)

enum outcome found_boxes(struct db_tx *tx, void *mem, const struct key_page *page, struct found_box **rows,
                         size_t *count)
{
    return db_all(tx, mem, BOX, rows, count,
                  "SELECT " BOX_COLUMNS
                  ", k.key FROM search_key k JOIN mailbox m ON m.id = k.id " BOX_HOLDER IN_RANGE(SEARCH_MAILBOX),
                  KEY_VALUES(page));
}

enum outcome found_accounts(struct db_tx *tx, void *mem, const struct key_page *page, struct found_account **rows,
                            size_t *count)
{
    return db_all(tx, mem, ACCOUNT, rows, count,
                  "SELECT a.id, a.brand, a.name, a.email, a.user_name, k.key FROM search_key k JOIN account a ON a.id "
                  "= k.id " IN_RANGE(SEARCH_ACCOUNT),
                  KEY_VALUES(page));
}

/* ---- By points ---- */

#define EIGHT "($3, $4, $5, $6, $7, $8, $9, $10)"
#define EIGHT_VALUES(all)                                                                                              \
    db_text((all)[0]), db_text((all)[1]), db_text((all)[2]), db_text((all)[3]), db_text((all)[4]), db_text((all)[5]),  \
        db_text((all)[6]), db_text((all)[7])

/* Each part is answered by an index that holds such rows alone; one that two of them find comes twice. */
#define BOXES_WHERE "SELECT " BOX_COLUMNS ", '' FROM mailbox m " BOX_HOLDER "WHERE ($1 = '' OR m.brand = $1) AND "

enum outcome found_boxes_at(struct db_tx *tx, void *mem, const char *brand, const char *const addresses[SEARCH_POINTS],
                            const char *user_id, struct found_box **rows, size_t *count)
{
    if (!user_id[0] && !addresses[1][0])
        return db_all(tx, mem, BOX, rows, count,
                      BOXES_WHERE MAILBOX_AT("$2") " AND m.status <> 'deleted' UNION ALL " BOXES_WHERE MAILBOX_AT(
                          "$2") " AND m.status = 'deleted' LIMIT 20",
                      db_text(brand), db_text(addresses[0]));
    return db_all(tx, mem, BOX, rows, count,
                  "WITH wanted (address) AS (VALUES ($3), ($4), ($5), ($6), ($7), ($8), ($9), ($10)) " BOXES_WHERE
                  "m.id IN (SELECT m.id FROM wanted w JOIN mailbox_row m ON " MAILBOX_AT(
                      "w.address") " AND m.status <> 'deleted') UNION ALL " BOXES_WHERE
                                   "m.user_id IN ($2, $11) AND m.user_id <> '' LIMIT 20",
                  db_text(brand), db_text(text_upper(mem, user_id)), EIGHT_VALUES(addresses), db_text(user_id));
}

enum outcome found_orders(struct db_tx *tx, void *mem, const char *brand, const char *const codes[SEARCH_CODES],
                          struct found_order **rows, size_t *count)
{
    static const struct db_column ORDER[] = {
        DB_ID(struct found_order, id),
        DB_TEXT(struct found_order, brand),
        DB_TEXT(struct found_order, code),
        DB_TEXT(struct found_order, kind),
        DB_TEXT(struct found_order, state),
        DB_TEXT(struct found_order, name),
        DB_MONEY(struct found_order, gross),
        DB_INSTANT(struct found_order, confirmed_at),
        DB_END,
    };

    return db_all(tx, mem, ORDER, rows, count,
                  "SELECT o.id, o.brand, o.code, o.kind, o.state, o.billing_name, o.gross_cents, o.confirmed_at FROM "
                  "shop_order o WHERE o.code IN ($2, $3, $4, $5) AND ($1 = '' OR o.brand = $1) ORDER BY o.id",
                  db_text(brand), db_text(codes[0]), db_text(codes[1]), db_text(codes[2]), db_text(codes[3]));
}

enum outcome found_invoices(struct db_tx *tx, void *mem, const char *const brands[SEARCH_POINTS], const char *kind,
                            int64_t year, int64_t number, struct found_invoice **rows, size_t *count)
{
    static const struct db_column INVOICE[] = {
        DB_ID(struct found_invoice, id),         DB_INT64(struct found_invoice, year),
        DB_INT64(struct found_invoice, number),  DB_TEXT(struct found_invoice, brand),
        DB_TEXT(struct found_invoice, kind),     DB_TEXT(struct found_invoice, code),
        DB_TEXT(struct found_invoice, name),     DB_MONEY(struct found_invoice, gross),
        DB_DAY(struct found_invoice, issued_on), DB_END,
    };

    return db_all(
        tx, mem, INVOICE, rows, count,
        "SELECT i.id, i.year, i.number, i.brand, i.kind, o.code, o.billing_name, i.gross_cents, i.issued_on "
        "FROM invoice i JOIN shop_order o ON o.id = i.order_id WHERE i.year = $1 AND i.number = $2 AND i.kind "
        "= $11 AND i.brand IN " EIGHT " ORDER BY i.id",
        db_int(year), db_int(number), EIGHT_VALUES(brands), db_text(kind));
}

enum outcome found_entries(struct db_tx *tx, void *mem, const char *brand, const char *iban, int64_t before, int limit,
                           struct found_entry **rows, size_t *count)
{
    static const struct db_column ENTRY[] = {
        DB_ID(struct found_entry, id),         DB_TEXT(struct found_entry, debtor),
        DB_TEXT(struct found_entry, iban),     DB_TEXT(struct found_entry, remittance),
        DB_TEXT(struct found_entry, state),    DB_TEXT(struct found_entry, code),
        DB_TEXT(struct found_entry, brand),    DB_MONEY(struct found_entry, amount),
        DB_DAY(struct found_entry, booked_on), DB_END,
    };

    return db_all(tx, mem, ENTRY, rows, count,
                  "SELECT e.id, e.debtor, e.debtor_iban, e.remittance, e.state, o.code, o.brand, e.amount_cents, "
                  "e.booked_on FROM bank_entry e LEFT JOIN shop_order o ON o.id = e.order_id WHERE e.debtor_iban = $1 "
                  "AND e.debtor_iban <> '' AND e.id < $2 AND ($3 = '' OR o.brand = $3) ORDER BY e.id DESC LIMIT $4",
                  db_text(iban), db_int(before ? before : INT64_MAX), db_text(brand), db_int(limit));
}
