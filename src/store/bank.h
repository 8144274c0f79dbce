/* store/bank.h: money that has arrived, as the bank booked it, and the double-entry ledger. */
#pragma once

#include "db/db.h"
#include "rules/order.h"

struct bank_entry {
    int64_t id, statement_id;
    char *fingerprint, *account;
    struct money amount;
    char *currency;
    struct day booked_on, value_on;
    char *debtor, *debtor_iban, *bank_reference, *end_to_end_id, *remittance;
    char *state;       /* matched, held, refunded, placed */
    char *held_reason; /* by held_reason_name; "" unless held */
    int64_t order_id;  /* 0: none */
    char *format;      /* of its statement */
    struct money placed; /* of what was held: has found its place (store/held.h); the rest is held still */
};

struct bank_statement {
    int64_t id;
    char *account, *name, *format, *opening, *closing;
    struct money booked; /* sum of booked entries, debits negative */
    int64_t entries;
    bool balanced; /* false: its balances do not add up, and it was booked with a warning */
};

enum outcome bank_statement_insert(struct db_tx *tx, struct bank_statement *statement) must_check;
/* *fresh is false when an entry with this fingerprint stands already; nothing is then written. */
enum outcome bank_entry_insert(struct db_tx *tx, struct bank_entry *entry, bool *fresh) must_check;
/* Held, in euro, of which so much is left, booked on or after a day; the newest first. */
enum outcome bank_entries_held_of(struct db_tx *tx, void *mem, struct money left, struct day since, int limit, struct bank_entry **entries,
                                  size_t *count) must_check;
void bank_entry_known_ahead(struct db_tx *tx, const char *fingerprint); /* as db_ahead */
enum outcome bank_entry_known(struct db_tx *tx, const char *fingerprint, int64_t *id) must_check; /* 0: it is not */
/* Those on an account, booked on that day, of that amount in any currency, oldest first. */
enum outcome bank_entries_like(struct db_tx *tx, void *mem, const char *account, struct day booked_on, struct money amount,
                               struct bank_entry **entries, size_t *count) must_check;
/* Whether the account has entries of statements in any other format. */
enum outcome bank_has_other_formats(struct db_tx *tx, const char *account, const char *format, bool *has) must_check;
enum outcome bank_entry_by_id(struct db_tx *tx, void *mem, int64_t id, struct bank_entry *out) must_check;
/* The entry behind what settled an order, whether at once ("bank:17") or by the desk ("held:4"). REFUSED: another thing did. */
enum outcome bank_entry_of_cause(struct db_tx *tx, void *mem, const char *cause, struct bank_entry *out) must_check;
enum outcome bank_entry_refunded(struct db_tx *tx, int64_t id, bool *changed) must_check; /* held → refunded */
enum outcome bank_entries_held(struct db_tx *tx, void *mem, int64_t after, int limit,
                               struct bank_entry **entries, size_t *count) must_check;
struct held_filter {
    const char *accounts[2]; /* of a brand; "" both: any */
    const char *reason;      /* held_reason_name; "": any */
    struct day until;        /* booked on that day or before; DAY 0: whenever */
    struct money least, most; /* of what is held still; most 0: no limit */
};
/* The same, but only those; oldest first. */
enum outcome bank_entries_held_where(struct db_tx *tx, void *mem, const struct held_filter *filter, int64_t after, int limit,
                                     struct bank_entry **entries, size_t *count) must_check;
enum outcome bank_entries_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct bank_entry **entries,
                                   size_t *count) must_check;

/* Names of accounts, owned by `mem`: what a provider owes us, and what of it is owed to somebody. */
char *ledger_gateway(void *mem, const char *provider, const char *brand);
char *ledger_held_gateway(void *mem, const char *provider, const char *brand);

/* One movement between two accounts of the ledger: `debit` gains, `credit` gives. `cause` names the transaction: all movements of
 * one cause make one transaction, which sums to zero because each movement does. Zero amounts are not written. */
enum outcome ledger_move(struct db_tx *tx, const char *cause, const char *debit, const char *credit, struct money amount)
    must_check;
