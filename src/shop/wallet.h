/* shop/wallet.h: the prepaid account (conto prepagato): ledger-backed, never negative, topped up by any other method as a deposit
 * without VAT (DOMAIN §8.10). Its statement is store/wallet.h's wallet_entries. */
#pragma once

#include "shop/shop.h"
#include "store/order.h"
#include "store/wallet.h"

#define TOPUP_LEAST 500     /* cents */
#define TOPUP_MOST  1000000

struct topup_request {
    const struct brand *brand;
    struct actor actor;
    int64_t account_id;
    struct money amount;
    const char *payment_method; /* any but the wallet */
    struct billing billing;     /* for the receipt; checked */
    const char *language, *form_token;
};
/* An order of kind wallet_topup, confirmed; it is paid like any other. The same form again finds it. */
enum outcome place_topup(struct db_tx *tx, void *mem, const struct topup_request *request, struct order *order,
                         struct problem *why) must_check;

/* Money into or out of a prepaid account: its row, its statement and the ledger's two rows. `cause` is the ledger's; `lost` the
 * ledger's account that what is owed of a charge-back is paid to. A draw of more
 * than the balance is REFUSED with PROBLEM_WALLET_SHORT and has written nothing (the transaction may go on). */
enum outcome wallet_credit(struct db_tx *tx, int64_t account_id, const char *kind, struct money amount, const char *cause,
                           const char *from, const char *lost, int64_t order_id) must_check;
enum outcome wallet_draw(struct db_tx *tx, int64_t account_id, struct money amount, const char *cause, int64_t order_id,
                         struct problem *why) must_check;

/* A top-up's money was taken back from us: the balance gives it up as far as it goes, and the rest is owed. Money that comes in pays
 * what is owed before anything else, so that an account that owes has nothing to draw. `lost` is the ledger's account that bears it. */
enum outcome wallet_charge_back(struct db_tx *tx, void *mem, int64_t account_id, struct money amount, const char *lost,
                                int64_t order_id) must_check;
/* It came again: less is owed, or the balance has it again. */
enum outcome wallet_reinstate(struct db_tx *tx, void *mem, int64_t account_id, struct money amount, const char *lost,
                              int64_t order_id) must_check;
