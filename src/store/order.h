/* store/order.h: orders, their lines, the invoices made of them. */
#pragma once

#include "db/db.h"
#include "rules/billing.h"
#include "rules/order.h"
#include "rules/price.h"
#include "store/mailbox.h"

struct order {
    int64_t id;
    char *brand, *code;
    char *kind, *state_text;
    enum order_state state;
    int64_t account_id, mailbox_id;
    char *door, *language;
    struct total total;
    char *payment_method;
    char *terms_version, *terms_sha256;
    struct billing billing;
    char *billing_kind;
    struct instant confirmed_at;
    struct day lapses_on;
    struct instant settled_at; /* 0: not yet */
    struct day settled_on;
    struct instant cancelled_at;
};

enum order_line_kind { LINE_RENEWAL, LINE_SPACE, LINE_UPGRADE_RESIDUE, LINE_SPACE_RESIDUE };

struct order_line {
    int64_t line;
    char *kind; /* renewal: carries what will be done; the others are its price */
    int64_t mailbox_id;
    char *address; /* of the mailbox */
    char *description;
    int64_t quantity;
    struct money unit, net;
    char *plan;
    int64_t extra_gb, years;
    struct day from, to, old_expires_on, new_expires_on;
};
const char *order_line_kind_name(enum order_line_kind kind);

/* DONE, or REFUSED when there is none. */
enum outcome order_by_id(struct db_tx *tx, void *mem, int64_t id, struct order *out) must_check;
enum outcome order_by_code(struct db_tx *tx, void *mem, const char *code, struct order *out) must_check;
enum outcome order_by_form_token(struct db_tx *tx, void *mem, const char *token, struct order *out) must_check;
enum outcome order_lines(struct db_tx *tx, void *mem, int64_t order_id, struct order_line **lines, size_t *count) must_check;

/* Newest first, those before `before_id` (0: from the newest). */
enum outcome orders_seen_by(struct db_tx *tx, void *mem, struct principal who, int64_t before_id, int limit,
                            struct order **orders, size_t *count) must_check;
enum outcome orders_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct order **orders,
                               size_t *count) must_check;
/* Newest first, of every brand. */
enum outcome orders_in_state(struct db_tx *tx, void *mem, const char *state, int limit, struct order **orders,
                             size_t *count) must_check;
/* Confirmed orders whose last day for paying is over, oldest first. */
enum outcome orders_to_lapse(struct db_tx *tx, void *mem, int limit, struct order **orders, size_t *count) must_check;
/* Whether a principal may see it: who placed it, or whoever sees a mailbox it is about. */
enum outcome order_seen_by(struct db_tx *tx, const struct order *order, struct principal who, bool *seen) must_check;

/* Sets the id; the code is still empty. REFUSED when an order with this form token stands already. */
enum outcome order_insert(struct db_tx *tx, struct order *order, const char *form_token) must_check;
enum outcome order_set_code(struct db_tx *tx, int64_t id, const char *code) must_check;
enum outcome order_line_insert(struct db_tx *tx, int64_t order_id, const struct order_line *line) must_check;

/* confirmed → fulfilled in one step of a transaction; *changed is false when it was no longer confirmed. */
enum outcome order_settled(struct db_tx *tx, int64_t id, struct day settled_on, bool *changed) must_check;
enum outcome order_cancelled(struct db_tx *tx, int64_t id, enum order_state state, bool *changed) must_check;
enum outcome orders_open_count(struct db_tx *tx, int64_t *count) must_check; /* still to be paid */
enum outcome order_lines_fulfilled(struct db_tx *tx, int64_t order_id) must_check;

struct invoice {
    int64_t id;
    char *brand;
    int64_t year, number, order_id;
    struct day issued_on, paid_on;
    struct total total;
    struct instant issued_at;
};
/* Gapless, in date order: "2026/17". */
enum outcome invoice_issue(struct db_tx *tx, struct invoice *invoice) must_check; /* sets id, year, number; issued_on not before the last one's */
enum outcome invoice_by_id(struct db_tx *tx, void *mem, int64_t id, struct invoice *out) must_check;
enum outcome invoice_by_order(struct db_tx *tx, void *mem, int64_t order_id, struct invoice *out) must_check;
enum outcome invoices_seen_by(struct db_tx *tx, void *mem, struct principal who, int64_t before_id, int limit,
                              struct invoice **invoices, size_t *count) must_check;
enum outcome invoices_after(struct db_tx *tx, void *mem, int64_t after, int limit, struct invoice **invoices,
                            size_t *count) must_check;
char *invoice_number_text(void *mem, const struct invoice *invoice);

struct invoice_file {
    char *name;
    struct db_blob bytes;
    char *sha256;
};
enum outcome invoice_file_of(struct db_tx *tx, void *mem, int64_t invoice_id, struct invoice_file *out) must_check;
/* Kept once: a second call changes nothing. */
enum outcome invoice_file_keep(struct db_tx *tx, int64_t invoice_id, const struct invoice_file *file) must_check;
