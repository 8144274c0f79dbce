/* store/erasure.h: what is kept of a person, how long each kind of it must be, and how it is made to go (GDPR art. 17; DOMAIN L30).
 *
 *   kinds      ERASURE_KINDS (erasure_kinds.c): a row for each kind of data: its class (rules/retention.h), where it is found, from which
 *              day its term counts, what erasing does. A new table with personal columns gets its row there, and in person.c.
 *   items      a row of erasure_item names a row of a kind's table and the first day on which it may go. Whoever erases writes them all,
 *              and those that are due go at once; the day's turn does the rest, each once (due_on, done_on).
 *   rows stay  where others refer to them: personal columns become ERASED or '', so that numbers, sums and references hold. Two rows
 *              that were erased cannot be told to be of the same person but for what the law keeps (the address and its tax code). */
#pragma once

#include "db/db.h"
#include "rules/retention.h"

#define ERASED "(dati cancellati)" /* in the place of a name */

struct erasure_subject {
    const char *brand;    /* "": of every brand */
    const char *tax_code; /* or VAT number, clean; "" unknown */
    int64_t account_id;   /* 0 none; with a tax code, all accounts that have it count as well */
};

struct erasure_kind {
    const char *name;   /* "orders" */
    const char *label;  /* msgid: "ordini con fattura" */
    const char *deed;   /* msgid: what erasing does */
    enum retention_class class;
    const char *find;           /* $1 tax code, $2 brand, $3 account: (id, from_on) */
    const char *const *erase;   /* $1 the kind, $2 today: its items that are due; NULL ends. NULL: never */
    const char *files;          /* the same: (id, sha256) of what lies in the folder of files; NULL none */
};
extern const struct erasure_kind ERASURE_KINDS[];
extern const size_t ERASURE_KIND_COUNT;
#define ERASURE_KINDS_MOST 24

/* ---- Whose ---- */

struct erasure_holder {
    char *name, *tax_code; /* or the VAT number, where there is no tax code */
};
enum outcome erasure_holder_by_id(struct db_tx *tx, void *mem, int64_t id, struct erasure_holder *out) must_check;
struct erasure_found {
    int64_t account_id, holder_id; /* the one or the other */
};
/* By a tax code or VAT number, an account's e-mail, user name or number, a mailbox's address. REFUSED: none, or more than one account. */
enum outcome erasure_who(struct db_tx *tx, void *mem, const char *typed, const char *brand, struct erasure_found *found) must_check;

/* ---- What there is ---- */

struct erasure_row {
    int64_t id;
    struct day from; /* RETENTION_NOT_BEGUN, or DAY 0: at once */
};
enum outcome erasure_find(struct db_tx *tx, void *mem, const struct erasure_kind *kind, const struct erasure_subject *subject,
                          struct erasure_row **rows, size_t *count) must_check;

/* What stands in the way, a row each; none: DONE with *count 0. */
struct erasure_obstacle {
    char *kind; /* mailbox, order, request, change, money, wallet, refund, proof, legal_hold, hold */
    char *what; /* an address, an order's code, an amount in cents; for people */
};
enum outcome erasure_obstacles(struct db_tx *tx, void *mem, const struct erasure_subject *subject, struct erasure_obstacle **rows,
                               size_t *count) must_check;

/* ---- Doing it ---- */

enum outcome erasure_insert(struct db_tx *tx, const char *brand, const char *reason, const char *by, int64_t *id) must_check;
/* One that was there already waits again, for the new day. */
enum outcome erasure_item_put(struct db_tx *tx, int64_t erasure_id, const struct erasure_kind *kind, int64_t row_id,
                              struct day due_on) must_check;
/* Everything of the kind that is due today, one statement a table; *done counts the items. Of a kind with files those must be gone. */
enum outcome erasure_do(struct db_tx *tx, void *mem, const struct erasure_kind *kind, int64_t *done) must_check;
enum outcome erasure_is_due(struct db_tx *tx, bool *due) must_check;

/* Files of items that are due, and that no row which stays needs; a hash may come twice. */
struct erasure_file {
    char *sha256;
    bool needed;
};
enum outcome erasure_files(struct db_tx *tx, void *mem, const struct erasure_kind *kind, struct erasure_file **files,
                           size_t *count) must_check;
