/* store/search.h: finding mailboxes, accounts, orders, invoices and payers by what rules/search.h made of a text: each question is one
 * range or a few points of an index. `brand` "" is every brand. */
#pragma once

#include "db/db.h"
#include "rules/search.h"

/* ---- Keys ---- */

/* Of what stands in the database now: before a holder or an account is changed they are forgotten, afterwards noted. New mailboxes and
 * accounts note theirs by themselves. */
enum outcome search_note_mailbox(struct db_tx *tx, int64_t mailbox_id) must_check;
enum outcome search_forget_mailbox(struct db_tx *tx, int64_t mailbox_id) must_check;
enum outcome search_note_account(struct db_tx *tx, int64_t account_id) must_check;
enum outcome search_forget_account(struct db_tx *tx, int64_t account_id) must_check;
/* Those of a name and codes at hand, for who has just written them. */
enum outcome search_put(struct db_tx *tx, const char *about, int64_t id, const char *brand, const struct search_keys *keys) must_check;
#define SEARCH_MAILBOX "m"
#define SEARCH_ACCOUNT "a"

/* ---- Questions ---- */

struct found_box {
    int64_t id;
    char *brand, *address, *user_id, *status, *holder, *tax_code, *key;
    struct day expires_on;
};
struct found_account {
    int64_t id;
    char *brand, *name, *email, *user_name, *key;
};
struct found_order {
    int64_t id;
    char *brand, *code, *kind, *state, *name;
    struct money gross;
    struct instant confirmed_at;
};
struct found_invoice {
    int64_t id, year, number;
    char *brand, *kind, *code, *name;
    struct money gross;
    struct day issued_on;
};
struct found_entry { /* of a bank's statement */
    int64_t id;
    char *debtor, *iban, *remittance, *state, *code, *brand; /* code and brand "" where it is about no order */
    struct money amount;
    struct day booked_on;
};

/* Those whose keys begin with `key`, in their order, after (after_key, after_id). */
struct key_page {
    const char *brand, *key;
    const char *after_key; /* NULL: from the first */
    int64_t after_id;
    int limit;
};
enum outcome found_boxes(struct db_tx *tx, void *mem, const struct key_page *page, struct found_box **rows, size_t *count) must_check;
enum outcome found_accounts(struct db_tx *tx, void *mem, const struct key_page *page, struct found_account **rows, size_t *count) must_check;

/* One address alone, those that were deleted last; or several, and a user-id as typed or in capitals. Up to SEARCH_POINTS; unused ones
 * "". A row may come twice. */
#define SEARCH_POINTS 8
enum outcome found_boxes_at(struct db_tx *tx, void *mem, const char *brand, const char *const addresses[SEARCH_POINTS], const char *user_id,
                            struct found_box **rows, size_t *count) must_check;
enum outcome found_orders(struct db_tx *tx, void *mem, const char *brand, const char *const codes[SEARCH_CODES],
                          struct found_order **rows, size_t *count) must_check;
enum outcome found_invoices(struct db_tx *tx, void *mem, const char *const brands[SEARCH_POINTS], const char *kind, int64_t year,
                            int64_t number, struct found_invoice **rows, size_t *count) must_check;
/* Newest first, before `before` (0: from the newest). */
enum outcome found_entries(struct db_tx *tx, void *mem, const char *brand, const char *iban, int64_t before, int limit,
                           struct found_entry **rows, size_t *count) must_check;
