/* shop/refund_return.h: a transfer of a refund that the bank sent back, because its IBAN is closed or another's. The money stands on the
 * account again as a held entry; from there it goes to another IBAN, or to the customer's prepaid account. */
#pragma once

#include "shop/held_refund.h"

struct refund_return {
    int64_t refund_id;       /* a transfer that was made */
    int64_t entry_id;        /* the bank's held entry of the same amount */
    const char *destination; /* transfer, wallet */
    const char *iban, *payee;
    const char *note;
    const char *brand;       /* who decides sees this brand's only; "": all */
    struct actor actor;
};
/* Of the bank's entries those that may be it. */
enum outcome refund_return_entries(struct db_tx *tx, void *mem, const struct brands *brands, const struct refund *refund,
                                   struct bank_entry **entries, size_t *count) must_check;
/* *waits: above the brand's amount a second person decides (shop/held_refund.h); that it came back is known at once. REFUSED with faults
 * on "entry", "destination", "iban", "payee", "note", or "" where this transfer came back before, or was not made. */
enum outcome refund_came_back(struct db_tx *tx, struct shop *shop, void *mem, const struct refund_return *asked, int64_t *waits,
                              struct problems *faults) must_check;
