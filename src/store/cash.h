/* store/cash.h: what the ledger says that came and went between two instants, account by account, beside what the records say that the
 * ledger's transactions are about. The ledger is the truth; a difference is a fault in one of the two. */
#pragma once

#include "store/desk_money.h"

struct cash_row {
    char *account;       /* bank:IBAN, gateway:PROVIDER:BRAND, cheques:BRAND, outgoing:BRAND; wallet, held, refunds, provisional, chargebacks, foreign,
                            orders, revenue, vat: all of the kind */
    struct money came, went; /* both positive: debits, credits */
    struct money recorded_came, recorded_went; /* by bank_entry, payment, cheque, refund, wallet_entry */
    int64_t count;       /* movements */
};
enum outcome cash_rows(struct db_tx *tx, void *mem, const struct money_scope *scope, struct instant from, struct instant until, struct cash_row **rows,
                       size_t *count) must_check;
/* Euro credits of statements imported then that the ledger lacks. */
enum outcome cash_missing(struct db_tx *tx, const struct money_scope *scope, struct instant from, struct instant until,
                          struct money *missing) must_check;
