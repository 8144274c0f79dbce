/* store/payment.h: attempts to pay through a provider or from the prepaid account, what providers notified, instruments kept. */
#pragma once

#include "db/db.h"
#include "rules/order.h"
#include "rules/payment.h"

struct payment {
    int64_t id;
    char *brand;
    int64_t order_id;
    char *key, *method, *provider, *state_text;
    enum payment_state state;
    struct money amount;
    char *nonce, *provider_ref, *capture_ref, *redirect_url;
    bool remember, under_way; /* under_way: the provider says that it was paid, and not yet how it ends */
    int64_t instrument_id;        /* 0: none */
    struct instant authorised_at; /* 0: not known */
    struct money captured, refunded, charged_back;
    char *held_reason, *error;
    struct instant created_at, ask_at /* 0: never */, expires_at; /* by the machine's clock */
    int64_t asked;
};

/* Sets id and key ("CODE-n": one more than the attempts there are). BUSY: another attempt took that key at the same moment. */
enum outcome payment_insert(struct db_tx *tx, void *mem, const char *order_code, struct payment *payment) must_check;
/* Asked about again at `at`, where it is asked about at all. */
enum outcome payment_ask_later(struct db_tx *tx, int64_t id, struct instant at) must_check;
/* Writes state, under_way, refs, redirect, authorised_at, captured, refunded, charged_back, held_reason, error, ask_at, asked back, where the row is still in
 * the state `was`; *changed is false when another was first. */
enum outcome payment_update(struct db_tx *tx, const struct payment *payment, enum payment_state was, bool *changed) must_check;
enum outcome payment_by_id(struct db_tx *tx, void *mem, int64_t id, struct payment *out) must_check;
enum outcome payment_by_key(struct db_tx *tx, void *mem, const char *key, struct payment *out) must_check;
enum outcome payment_by_nonce(struct db_tx *tx, void *mem, const char *nonce, struct payment *out) must_check;
/* By our key, else by the provider's id of the payment or of its capture. */
enum outcome payment_by_ref(struct db_tx *tx, void *mem, const char *provider, const char *key, const char *ref,
                            struct payment *out) must_check;
enum outcome payments_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct payment **payments, size_t *count) must_check;
/* Those to ask about now: up to `limit`, the longest due first. */
enum outcome payments_to_ask(struct db_tx *tx, void *mem, struct instant now, int limit, struct payment **payments,
                             size_t *count) must_check;
/* Those that have not ended, oldest first. */
enum outcome payments_open(struct db_tx *tx, void *mem, int64_t after, int limit, struct payment **payments, size_t *count) must_check;
/* Those in a state, oldest first. */
enum outcome payments_in_state(struct db_tx *tx, void *mem, const char *state, int64_t after, int limit, struct payment **payments,
                               size_t *count) must_check;
enum outcome payments_held(struct db_tx *tx, void *mem, int64_t after, int limit, struct payment **payments, size_t *count) must_check;

struct notification {
    int64_t id;
    char *provider, *brand, *event_id, *headers, *body;
    bool verified;
    int64_t payment_id;
};
/* *fresh false: this event came before; its copies are counted. */
enum outcome notification_keep(struct db_tx *tx, struct notification *notification, bool *fresh) must_check;

struct instrument {
    int64_t id;
    char *brand;
    int64_t account_id;
    char *provider, *token, *customer, *first_ref, *label, *last4;
    int exp_month, exp_year;
    struct instant created_at, removed_at;
};
enum outcome instrument_insert(struct db_tx *tx, struct instrument *instrument) must_check;
enum outcome instruments_of(struct db_tx *tx, void *mem, int64_t account_id, struct instrument **instruments, size_t *count) must_check;
enum outcome instrument_by_id(struct db_tx *tx, void *mem, int64_t id, struct instrument *out) must_check;
enum outcome instrument_remove(struct db_tx *tx, int64_t id, int64_t account_id, bool *changed) must_check; /* forgets its token */
