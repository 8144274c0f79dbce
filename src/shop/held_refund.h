/* shop/held_refund.h: held money goes back to who sent it, at the desk: at once, or above the brand's amount when a second person has
 * looked at it (brand.yaml: desk.second_person, "refund above …"). */
#pragma once

#include "shop/held.h"
#include "shop/held_act.h"

struct held_refund {
    enum held_kind kind;
    int64_t id;
    struct money amount;      /* of a bank's entry: a part; 0: all that is held */
    const char *destination;  /* transfer; of a payment also source, of a payment or cheque also wallet */
    const char *iban, *payee; /* of a transfer; of a bank's entry "" is as it came */
    const char *note;
    const char *token;        /* as held_decision's */
    struct money placed;
    struct actor actor;
};
/* *waits: the id of what a second person decides; 0: done. `brand` is the operator's. Faults as held_decide's, "destination" too. */
enum outcome held_refund(struct db_tx *tx, struct shop *shop, void *mem, const char *brand, const struct held_refund *refund,
                         int64_t *waits, struct problems *faults) must_check;
