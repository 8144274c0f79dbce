/* store/wallet.h: prepaid accounts and their statements. */
#pragma once

#include "db/db.h"

struct wallet_entry {
    int64_t id, account_id;
    char *kind; /* topup, draw, refund, credit, charge_back */
    struct money amount, balance;
    char *cause;
    int64_t order_id; /* 0: none */
    char *order_code; /* "" */
    struct instant at;
};

enum outcome wallet_balance(struct db_tx *tx, int64_t account_id, struct money *balance) must_check; /* 0 where there is none */
enum outcome wallet_owed(struct db_tx *tx, int64_t account_id, struct money *owed) must_check; /* after charge-backs; 0 where there is none */
enum outcome wallet_owe(struct db_tx *tx, int64_t account_id, struct money more) must_check;    /* less, where negative */
/* How many movements an order has caused there. */
enum outcome wallet_entries_of_order(struct db_tx *tx, int64_t order_id, int64_t account_id, int64_t *count) must_check;
/* Changes the balance by `amount` in one statement; *enough is false, and nothing changed, when it would be negative. */
enum outcome wallet_change(struct db_tx *tx, int64_t account_id, struct money amount, struct money *balance, bool *enough) must_check;
enum outcome wallet_entry_insert(struct db_tx *tx, struct wallet_entry *entry) must_check;
/* The balance after the movement of that cause; REFUSED when there was none. */
enum outcome wallet_balance_after(struct db_tx *tx, const char *cause, struct money *balance) must_check;
/* Newest first, those before `before` (0: from the newest). */
enum outcome wallet_entries(struct db_tx *tx, void *mem, int64_t account_id, int64_t before, int limit,
                            struct wallet_entry **entries, size_t *count) must_check;
