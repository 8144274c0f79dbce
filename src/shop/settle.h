/* shop/settle.h: money for an order has arrived. Ledger, order, invoice, new expiry, events and mails in one transaction; with the
 * same entry again it changes nothing (O13). Money that matches nothing is kept, with its reason (Y9): it never renews by
 * resemblance. */
#pragma once

#include "shop/ports.h"
#include "shop/shop.h"
#include "store/bank.h"
#include "store/order.h"

struct settlement {
    int64_t statement_id;
    const char *account;                     /* the IBAN that was credited */
    const struct statement_payment *payment; /* a booked credit in any currency */
    const char *fingerprint;
    struct actor actor;
};

enum settled { SETTLED_MATCHED, SETTLED_HELD, SETTLED_DUPLICATE };

struct settled_entry {
    enum settled how;
    enum held_reason reason; /* HELD_NOT unless held */
    int64_t order_id;        /* 0: none */
};

enum outcome settle_payment(struct db_tx *tx, void *mem, const struct brands *brands, const struct settlement *settlement,
                            struct settled_entry *settled) must_check;

/* The same, of a payment that is only looked at: what would become of it now, and the code of the order ("" none). Writes nothing. */
enum outcome settle_look(struct db_tx *tx, void *mem, const struct brands *brands, const struct settlement *settlement,
                         struct settled_entry *settled, const char **order_code) must_check;
