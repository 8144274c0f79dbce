/* store/refund.h: money on its way back. */
#pragma once

#include "db/db.h"

struct refund {
    int64_t id;
    char *brand, *key;
    int64_t order_id, payment_id, bank_entry_id, cheque_id, credit_note_id; /* 0: none */
    char *destination;
    struct money amount;
    char *iban, *payee;
    char *state; /* waiting, unknown, done, failed, dropped */
    bool turned, elsewhere;
    char *reason, *provider_ref, *error, *decided_by;
    struct instant created_at, done_at;
};

/* Sets the id and the key. */
enum outcome refund_insert(struct db_tx *tx, void *mem, struct refund *refund) must_check;
/* Writes destination, iban, payee, state, turned, provider_ref, error, done_at. *changed false: no longer in state `was`. */
enum outcome refund_update(struct db_tx *tx, const struct refund *refund, const char *was, bool *changed) must_check;
enum outcome refund_by_id(struct db_tx *tx, void *mem, int64_t id, struct refund *out) must_check;
enum outcome refunds_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct refund **refunds, size_t *count) must_check;
enum outcome refunds_of_payment(struct db_tx *tx, void *mem, int64_t payment_id, struct refund **refunds, size_t *count) must_check;
/* Decided, and not yet done or dropped, oldest first. `brand` "": of all. */
enum outcome refunds_open(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit, struct refund **refunds, size_t *count) must_check;
/* Transfers that were made, the newest first, before `before` (0: from the newest). */
enum outcome refunds_sent(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit, struct refund **refunds, size_t *count) must_check;

/* That the bank sent a transfer back, as which entry. REFUSED where that was known of either. */
enum outcome refund_returned_put(struct db_tx *tx, int64_t refund_id, int64_t bank_entry_id) must_check;
enum outcome refund_returned_as(struct db_tx *tx, int64_t refund_id, int64_t *bank_entry_id) must_check; /* 0: it was not */
