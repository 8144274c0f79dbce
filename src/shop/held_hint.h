/* shop/held_hint.h: what a held entry may be about, each with its reasons, for a person to judge; nothing here is ever done by itself
 * (DOMAIN Y9, R36: it never renews by resemblance). */
#pragma once

#include "shop/held_act.h"
#include "store/order.h"

enum hint_reason {
    HINT_NAMED,      /* the text names this order, which did not take the money */
    HINT_CLOSED,     /* it is cancelled or has lapsed */
    HINT_PAID,       /* it had its money already: last year's reference */
    HINT_NEXT,       /* waits for money for the same mailbox as the one that is named */
    HINT_CUSTOMER,   /* waits for money of the same customer */
    HINT_NEAR_CODE,  /* its code is one slip away from what is written */
    HINT_TAX_NUMBER, /* the payer wrote this customer's tax code or VAT number */
    HINT_NAME,       /* of this very amount, and the payer's name resembles the customer's */
    HINT_REASONS
};
const char *hint_reason_name(enum hint_reason reason);  /* "near_code": API */
const char *hint_reason_label(enum hint_reason reason); /* msgid, for people */

struct held_hint {
    struct order order;
    unsigned reasons;    /* a bit 1 << enum hint_reason each */
    struct money due;    /* by the rate of the day on which the bank booked it */
    bool payable, exact; /* it could take money; and just so much as is held */
    const char *account; /* e-mail of the customer who has a prepaid account; "" none */
};

#define HELD_HINTS 12
struct held_hints {
    struct held_hint item[HELD_HINTS]; /* those that fit best come first */
    size_t count;
    struct bank_entry twin; /* seems to be the same payment made twice: this one has paid something; id 0: none */
    bool adds_up;           /* several orders are named, all payable, and together they are what is held */
};
enum outcome held_hints(struct db_tx *tx, void *mem, const struct brands *brands, const struct bank_entry *entry,
                        struct held_hints *hints) must_check;

/* {id, state, amount_cents, left_cents, currency, received_on, reason, parts: [{id, way, amount_cents, order, account, refund, note,
 * decided_by, decided_at, undone_at}]} */
json_t *describe_held_entry(const struct bank_entry *entry, const struct held_part *parts, size_t count);
/* {orders: [{order, state, due_cents, payable, exact, account, reasons}], adds_up, paid_twice} */
json_t *describe_held_hints(const struct held_hints *hints);
