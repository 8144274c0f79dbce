/* shop/held_act_parts.h: what the files of held_act.h share: held_check.c finds what a decision names and says whether it may be,
 * held_act.c does it, and undoes it. */
#pragma once

#include "shop/held_act.h"
#include "store/account.h"
#include "store/order.h"

struct held_work {
    struct db_tx *tx;
    void *mem;
    const struct brands *brands;
    const struct held_decision *decision;
    struct bank_entry *entry;
    const struct brand *brand;
    struct problems *faults;
    struct held_act act;
    char *held; /* the ledger's account */
    struct held_work_share {
        struct held_share asked;
        struct money amount;
        struct order order;
        struct account account;
        struct held_part part;
    } shares[HELD_SHARES];
    struct money rest;
};

/* The entry, with its brand and the ledger's account that holds it; `brand` as held_decision's. */
enum outcome held_find_entry(struct held_work *work, int64_t id, const char *brand) must_check;
/* All that the decision asks, of the entry that was found: shares, amounts and rest are filled in. REFUSED as held_decide's. */
enum outcome held_check(struct held_work *work) must_check;
