/* shop/held_act.h: what the desk does with a bank's entry that is held (Y9): it pays orders, goes to a prepaid account, goes back to its
 * payer, or was not meant for us; whole or in parts, each with a note. A decision happens once, whoever else decides at the same time,
 * and what the ledger can take back is undone by counter-entries. Money of providers and cheques goes back by shop/refund.h. */
#pragma once

#include "rules/held.h"
#include "shop/refund.h"
#include "store/bank.h"
#include "store/held.h"

enum held_way { HELD_TO_ORDER, HELD_TO_WALLET, HELD_TO_PAYER, HELD_TO_NOBODY, HELD_WAYS };

struct held_share {
    enum held_way way;
    struct money amount;      /* 0: what the others leave */
    const char *order;        /* code of the order that it pays; the amount must be what is due */
    const char *account;      /* e-mail of the customer, who may have a prepaid account */
    const char *iban, *payee; /* of a transfer; "" or NULL: as the bank says that it came */
};

struct held_decision {
    int64_t entry_id;
    const struct held_share *shares;
    size_t count;        /* 1 … HELD_SHARES; what they leave stays held */
    bool whole;          /* they may leave nothing */
    struct money placed; /* what had found its place when it was looked at; negative: whatever it is now */
    const char *note;
    const char *token;   /* of the form; the same again changes nothing. NULL: none */
    const char *brand;   /* who decides sees this brand's only; "": all */
    struct actor actor;
};

/* REFUSED with faults on "note", "order_1", "account_1", "amount_1", "iban_1", "payee_1" …; PROBLEM_HELD_SINCE where somebody was first. */
enum outcome held_decide(struct db_tx *tx, void *mem, const struct brands *brands, const struct held_decision *decision,
                         struct bank_entry *entry, struct problems *faults) must_check;

/* Whether held_undo would; *why says why not. An order that was paid has its invoice: only its refund leads back. */
enum outcome held_may_undo(const struct held_part *part, struct problem *why) must_check;
/* What went to a prepaid account, was set aside for a transfer that was not made yet, or was called nobody's, is held again. */
enum outcome held_undo(struct db_tx *tx, void *mem, const struct brands *brands, int64_t part_id, const char *brand, const char *note,
                       const struct actor *actor, struct bank_entry *entry, struct problem *why) must_check;

/* The brand that an entry is of: its account's; NULL: of none any more. */
const struct brand *held_brand(const struct brands *brands, const struct bank_entry *entry);
