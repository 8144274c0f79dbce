/* store/order.h: orders and their lines; the invoices made of them are in store/invoice.h. */
#pragma once

#include "db/db.h"
#include "rules/billing.h"
#include "rules/order.h"
#include "rules/price.h"
#include "store/invoice.h"
#include "store/mailbox.h"

struct order {
    int64_t id;
    char *brand, *code;
    char *kind, *state_text;
    enum order_state state;
    int64_t account_id, mailbox_id;
    char *door, *language;
    struct total total;
    char *vat_nature, *vat_law; /* of a sale without VAT; NULL when placed: "" */
    char *payment_method;
    char *terms_version, *terms_sha256;
    struct billing billing;
    char *billing_kind;
    struct instant confirmed_at;
    struct day lapses_on;
    struct instant settled_at; /* 0: not yet */
    struct day settled_on;
    char *settled_by; /* "bank:17", "payment:5", "cheque:2", "proof:3", "held:4"; "" until then */
    bool provisional; /* settled on a proof, the money not yet seen */
    struct instant cancelled_at;
};

enum order_line_kind { LINE_RENEWAL, LINE_SPACE, LINE_UPGRADE_RESIDUE, LINE_SPACE_RESIDUE, LINE_TOPUP, LINE_PURCHASE, LINE_EXTRA_SPACE, LINE_LATE_FEE };

#define ORDER_RENEWAL "renewal" /* kinds of order */
#define ORDER_CHANGE  "renewal_with_change" /* a renewal by which some mailbox gets another plan */
#define ORDER_TOPUP   "wallet_topup"
#define ORDER_PURCHASE "purchase"
#define ORDER_BULK     "bulk" /* of an Ordine for its members: store/bulk.h */
#define ORDER_SPACE    "extra_space" /* more room for the rest of a term: shop/extra_space.h */

struct order_line {
    int64_t line;
    char *kind; /* renewal: carries what will be done; the others are its price */
    int64_t mailbox_id;
    char *address; /* of the mailbox */
    char *description;
    int64_t quantity;
    struct money unit, net;
    char *plan;
    int64_t extra_gb, extra_archive_gb, years;
    char *old_plan; /* of a renewal: what it had before; NULL: "" */
    int64_t old_extra_gb, old_extra_archive_gb;
    struct day from, to, old_expires_on, new_expires_on;
    struct instant fulfilled_at; /* 0: not yet */
};
const char *order_line_kind_name(enum order_line_kind kind);
bool order_line_is(const struct order_line *line, enum order_line_kind kind);
/* Whether it brings a mailbox, more time for one or more room; the others are parts of a price. */
bool order_line_serves(const struct order_line *line);

struct space order_line_space(const struct order_line *line); /* the extra one that the mailbox will have */

bool order_is_topup(const struct order *order);
bool order_is_purchase(const struct order *order);
bool order_is_bulk(const struct order *order);
bool order_is_space(const struct order *order);

/* DONE, or REFUSED when there is none. */
enum outcome order_by_id(struct db_tx *tx, void *mem, int64_t id, struct order *out) must_check;
enum outcome order_by_code(struct db_tx *tx, void *mem, const char *code, struct order *out) must_check;
enum outcome order_by_form_token(struct db_tx *tx, void *mem, const char *token, struct order *out) must_check;
enum outcome order_lines(struct db_tx *tx, void *mem, int64_t order_id, struct order_line **lines, size_t *count) must_check;
/* Those of a bulk order that say the same of several mailboxes are one, with the sums: mailbox_id 0, address "12 caselle"; its days are
 * the widest ones. What pages, mails and invoices show. */
enum outcome order_lines_grouped(struct db_tx *tx, void *mem, const struct order *order, struct order_line **lines,
                                 size_t *count) must_check;
/* Of one of its mailboxes. */
enum outcome order_lines_of(struct db_tx *tx, void *mem, int64_t order_id, int64_t mailbox_id, struct order_line **lines,
                            size_t *count) must_check;

/* Newest first, those before `before_id` (0: from the newest). */
enum outcome orders_seen_by(struct db_tx *tx, void *mem, struct principal who, int64_t before_id, int limit,
                            struct order **orders, size_t *count) must_check;
/* Newest first; not those of a holder of before. */
enum outcome orders_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct order **orders,
                               size_t *count) must_check;
/* Newest first, of every brand. */
enum outcome orders_in_state(struct db_tx *tx, void *mem, const char *state, int limit, struct order **orders,
                             size_t *count) must_check;
/* Confirmed orders whose last day for paying is over, oldest first; not those that money may be on its way for: a payment that is
 * not settled either way, a proof under review, a cheque that has not cleared. */
enum outcome orders_to_lapse(struct db_tx *tx, void *mem, int limit, struct order **orders, size_t *count) must_check;
/* Whether money for an order may be on its way, as above. */
enum outcome order_money_is_coming(struct db_tx *tx, int64_t order_id, bool *coming) must_check;
/* Whether a principal may see it: who placed it, or whoever sees a mailbox it is about. */
enum outcome order_seen_by(struct db_tx *tx, const struct order *order, struct principal who, bool *seen) must_check;

/* The id that the next order is to be inserted with: its code is made of it. */
enum outcome order_new_id(struct db_tx *tx, int64_t *id) must_check;
void order_new_id_ahead(struct db_tx *tx); /* as db_ahead */
/* With its id and code. REFUSED when an order with this form token stands already. */
enum outcome order_insert(struct db_tx *tx, const struct order *order, const char *form_token) must_check;
enum outcome order_line_insert(struct db_tx *tx, int64_t order_id, const struct order_line *line) must_check;

/* From the state it was read in to fulfilled, or to in_process for a purchase, in one step of a transaction, with settled_on, settled_by, provisional and
 * payment_method as given; *changed is false when it was no longer in that state. */
enum outcome order_settled(struct db_tx *tx, const struct order *order, enum order_state to, bool *changed) must_check;
/* in_process → fulfilled: the mailbox that was bought is there. */
enum outcome order_activated(struct db_tx *tx, int64_t id, int64_t mailbox_id, struct day expires_on, bool *changed) must_check;
enum outcome order_confirmed_by_credit(struct db_tx *tx, int64_t id, bool *changed) must_check; /* no longer provisional */
/* The other way: the money that settled it was taken back (a cheque that the bank returned after it had cleared). */
enum outcome order_unconfirmed(struct db_tx *tx, int64_t id, bool *changed) must_check;
enum outcome order_refunded(struct db_tx *tx, int64_t id, bool *changed) must_check; /* fulfilled, in_process → refunded */
enum outcome order_set_method(struct db_tx *tx, int64_t id, const char *method) must_check; /* while it is open */
/* Of an invoice that SdI rejected, and so was never issued; anything else keeps what it was issued with. */
enum outcome order_mend_billing(struct db_tx *tx, int64_t id, const struct billing *billing) must_check;
/* A confirmed order does not lapse before `until`; one that has more time keeps it. */
enum outcome order_keep_open(struct db_tx *tx, int64_t id, struct day until) must_check;
enum outcome order_cancelled(struct db_tx *tx, int64_t id, enum order_state state, bool *changed) must_check;
enum outcome orders_open_count(struct db_tx *tx, int64_t *count) must_check; /* still to be paid */
enum outcome order_lines_fulfilled(struct db_tx *tx, int64_t order_id) must_check;
enum outcome order_lines_taken_back(struct db_tx *tx, int64_t order_id) must_check;
