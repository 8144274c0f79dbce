/* store/withdrawal.h: contracts that consumers took back, one an order at most (L16: with date and time). */
#pragma once

#include "db/db.h"

struct withdrawal {
    int64_t id, order_id;
    struct instant asked_at;
    struct day sent_on; /* the day that counts: of a letter, before it came */
    struct day last_on; /* on which it could have been asked for */
    int64_t days_used;
    struct money kept;
    int64_t credit_note_id; /* 0: nothing was given back */
};
/* *fresh false: the order was withdrawn from before. Sets the id. */
enum outcome withdrawal_insert(struct db_tx *tx, struct withdrawal *withdrawal, bool *fresh) must_check;
enum outcome withdrawal_by_order(struct db_tx *tx, int64_t order_id, struct withdrawal *out) must_check; /* REFUSED: none */
