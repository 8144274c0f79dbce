/* shop/withdraw.h: a consumer takes back a contract (recesso online, L15-L16, M23, O12): the two steps, the receipt, what is given
 * back. Purchases and renewals that were paid; before that an order is simply cancelled. */
#pragma once

#include "rules/withdrawal.h"
#include "shop/refund.h"
#include <jansson.h>
#include "store/withdrawal.h"

/* What withdrawing from an order would mean now. */
struct withdraw_look {
    struct withdrawal done;      /* id 0: nobody has withdrawn from it */
    struct withdrawal_sums sums; /* as things stand, or stood when it was done */
    const char *destination;     /* where the money goes: source, wallet, transfer; none: it never came (a proof without its credit) */
    const char *iban, *payee;    /* of a transfer: the account that the money came from; "" not known, to be asked */
    const char *address;         /* of a purchase: the mailbox that ceases, or the name that is let go; NULL: a renewal is undone */
    bool mailbox_ends;           /* it was activated */
    bool is_consumers;           /* only consumers have the right */
};

/* *look is filled as far as it goes also when REFUSED: PROBLEM_WITHDRAWAL after the last day, PROBLEM_WITHDRAWAL_NOT_HERE otherwise
 * (not a consumer's, not paid, refunded already, a later renewal builds on it). Where it was done before: DONE, with look->done. */
enum outcome withdraw_look(struct db_tx *tx, void *mem, const struct brands *brands, const struct order *order,
                           struct withdraw_look *look, struct problem *why) must_check;

/* {asked_at, last_on, pay_back_by, back, kept and days_used (false: nothing is kept; one_day: it is 1), address or false, mailbox_ends, renewal, and one of
 * source, wallet, transfer, none true; iban_shown and payee, false where not known}: of part/withdrawal and its mail. */
json_t *present_withdrawal(void *mem, const struct order *order, const struct withdraw_look *look);

struct withdraw_request {
    const char *code;         /* of the order; whose it is is the caller's to check */
    const char *iban, *payee; /* of a transfer; NULL: those of the look */
    struct day sent_on;       /* of a letter that the desk has: the day on which it was sent; DAY 0: now */
    struct actor actor;
};
/* In one transaction: the withdrawal with its date and time, the credit note, the money on its way, the renewal undone or the mailbox
 * ceased (a request that is not yet a mailbox is refused and its name let go), the receipt in the outbox. Again: finds what was done. */
enum outcome withdraw(struct db_tx *tx, void *mem, const struct brands *brands, const struct withdraw_request *request,
                      struct withdraw_look *look, struct problem *why) must_check;
