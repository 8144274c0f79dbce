/* store/invoice.h: invoices and credit notes, immutable once issued, and their electronic files. */
#pragma once

#include "db/db.h"
#include "rules/price.h"
#include "store/mailbox.h"

#define INVOICE_ORDINARY    "invoice" /* kinds */
#define INVOICE_CREDIT_NOTE "credit_note"

/* The rows of shop_order `o` that a principal ($1 account, $2 mailbox; 0 is nobody) may see. A bulk order is its body's alone: members do
 * not see each other's mailboxes. Of a mailbox that has changed its holder, the orders of before are not the new one's to see. */
#define ORDER_SEEN  \
    "(o.account_id = $1 OR (o.kind <> 'bulk' AND EXISTS (SELECT 1 FROM order_line l JOIN mailbox m ON m.id = l.mailbox_id "  \
    "WHERE l.order_id = o.id AND (m.id = $2 OR m.account_id = $1) AND NOT EXISTS (SELECT 1 FROM holding g WHERE "            \
    "g.mailbox_id = m.id AND g.until_at > o.confirmed_at)))) "

struct invoice {
    int64_t id;
    char *brand;
    int64_t year, number;
    char *kind; /* NULL when issued: INVOICE_ORDINARY */
    int64_t order_id;
    int64_t corrects_id; /* of a credit note: the invoice */
    char *reason;        /* of a credit note; NULL when issued: "" */
    struct day issued_on, paid_on;
    struct total total;
    struct instant issued_at;
};
bool invoice_is_credit_note(const struct invoice *invoice);

/* Gapless, in date order, each kind in a series of its own: "2026/17", "NC-2026/3". From here on it is to be sent to SdI. */
enum outcome invoice_issue(struct db_tx *tx, struct invoice *invoice) must_check; /* sets id, year, number; issued_on not before the last one's */
enum outcome invoice_by_id(struct db_tx *tx, void *mem, int64_t id, struct invoice *out) must_check;
enum outcome invoice_by_order(struct db_tx *tx, void *mem, int64_t order_id, struct invoice *out) must_check;
enum outcome credit_notes_of(struct db_tx *tx, void *mem, int64_t invoice_id, struct invoice **notes, size_t *count) must_check;
/* Lines of an order that a credit note takes back by themselves. REFUSED where one of them was already, by another. */
enum outcome credited_line_put(struct db_tx *tx, int64_t order_id, int64_t line, int64_t note_id) must_check;
/* Those of one note, or where `note_id` is 0 of all notes of the order; in their order. */
enum outcome credited_lines(struct db_tx *tx, void *mem, int64_t order_id, int64_t note_id, int64_t **lines, size_t *count) must_check;
enum outcome invoices_seen_by(struct db_tx *tx, void *mem, struct principal who, int64_t before_id, int limit,
                              struct invoice **invoices, size_t *count) must_check;
enum outcome invoices_after(struct db_tx *tx, void *mem, int64_t after, int limit, struct invoice **invoices,
                            size_t *count) must_check;
char *invoice_number_text(void *mem, const struct invoice *invoice);

/* One for each time it is sent to SdI: attempt 1, and others only where SdI rejected the one before (store/sdi.h). */
struct invoice_file {
    int64_t attempt;
    char *name;
    struct db_blob bytes;
    char *sha256;
};
enum outcome invoice_file_of(struct db_tx *tx, void *mem, int64_t invoice_id, int64_t attempt, struct invoice_file *out) must_check;
/* Kept once: a second call changes nothing. */
enum outcome invoice_file_keep(struct db_tx *tx, int64_t invoice_id, const struct invoice_file *file) must_check;
