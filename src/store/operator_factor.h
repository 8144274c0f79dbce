/* store/operator_factor.h: the second factor of operators: their secret, their recovery codes, and logins that wait for a code. */
#pragma once

#include "db/db.h"

struct operator_totp {
    char *sealed;         /* "": there is none yet */
    struct instant since; /* 0: not proven yet */
    int64_t step;         /* the last one taken */
};
enum outcome operator_totp_find(struct db_tx *tx, void *mem, int64_t operator_id, struct operator_totp *out) must_check;
/* A new secret, still to be proven. */
enum outcome operator_totp_set(struct db_tx *tx, int64_t operator_id, const char *sealed) must_check;
/* The code of that step, and of those before it, is used up, and the secret proven. *taken false: it was already. */
enum outcome operator_totp_take(struct db_tx *tx, int64_t operator_id, int64_t step, bool *taken) must_check;

/* In place of all that there were. */
enum outcome operator_recovery_set(struct db_tx *tx, int64_t operator_id, const char *const *hashes, size_t count) must_check;
enum outcome operator_recovery_spend(struct db_tx *tx, int64_t operator_id, const char *hash, bool *spent) must_check;
enum outcome operator_recovery_left(struct db_tx *tx, int64_t operator_id, int64_t *left) must_check;

enum outcome operator_entry_insert(struct db_tx *tx, const char *token_hash, int64_t operator_id, struct instant expires_at) must_check;
/* Whose it is, while it is in time; REFUSED otherwise, and for who is disabled. */
enum outcome operator_entry_owner(struct db_tx *tx, const char *token_hash, int64_t *operator_id) must_check;
enum outcome operator_entry_delete(struct db_tx *tx, const char *token_hash) must_check;
enum outcome operator_entries_delete_of(struct db_tx *tx, int64_t operator_id) must_check;
enum outcome operator_entries_delete_before(struct db_tx *tx, struct instant over_before) must_check;
