/* store/proof.h: proofs of payment (contabili), cheques, and the files behind them. */
#pragma once

#include "db/db.h"

struct stored_file {
    char *sha256, *content_type;
    int64_t length;
    struct instant scanned_at; /* 0: not scanned */
};
/* A second file of the same bytes is the same file. */
enum outcome stored_file_keep(struct db_tx *tx, const struct stored_file *file) must_check;

struct proof {
    int64_t id;
    char *brand;
    int64_t order_id;
    char *order_code;
    char *channel; /* upload, mail, fax */
    char *file_sha256, *file_name, *content_type;
    char *state; /* received, accepted, rejected, credited, never_credited */
    char *kind, *reason;
    struct instant received_at, due_at, decided_at;
    char *decided_by;
    struct day alert_on; /* DAY 0: none */
};
/* *fresh false: this very file was sent for this order before; `proof` is then that one. */
enum outcome proof_insert(struct db_tx *tx, void *mem, struct proof *proof, bool *fresh) must_check;
enum outcome proof_update(struct db_tx *tx, const struct proof *proof, const char *was, bool *changed) must_check;
enum outcome proof_by_id(struct db_tx *tx, void *mem, int64_t id, struct proof *out) must_check;
enum outcome proofs_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct proof **proofs, size_t *count) must_check;
enum outcome proof_of_file(struct db_tx *tx, void *mem, int64_t order_id, const char *sha256, struct proof *out) must_check;
/* In `state`, soonest due first, those that follow the proof `after` (0: from the first). `brand` "": of all. */
enum outcome proofs_in_state(struct db_tx *tx, void *mem, const char *brand, const char *state, int64_t after, int limit,
                             struct proof **proofs, size_t *count) must_check;
/* Accepted ones whose credit should have come before `today`. */
enum outcome proofs_to_alert(struct db_tx *tx, void *mem, struct day today, int limit, struct proof **proofs, size_t *count) must_check;

struct cheque {
    int64_t id;
    char *brand;
    int64_t order_id;
    char *order_code;
    char *kind; /* bank, cashier */
    char *number, *abi, *cab, *drawer;
    struct money amount;
    struct day dated_on;
    char *state; /* received, deposited, cleared, bounced */
    struct day received_on, deposited_on, clears_on, closed_on;
    char *held_reason;
};
enum outcome cheque_insert(struct db_tx *tx, struct cheque *cheque, bool *fresh) must_check; /* false: this cheque is recorded already */
enum outcome cheque_update(struct db_tx *tx, const struct cheque *cheque, const char *was, bool *changed) must_check;
enum outcome cheque_by_id(struct db_tx *tx, void *mem, int64_t id, struct cheque *out) must_check;
enum outcome cheques_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct cheque **cheques, size_t *count) must_check;
/* Whether it has cleared, could not settle its order, and was not given back. */
enum outcome cheque_is_held(struct db_tx *tx, int64_t id, bool *held) must_check;
/* All of those, oldest first. */
enum outcome cheques_held(struct db_tx *tx, void *mem, int64_t after, int limit, struct cheque **cheques, size_t *count) must_check;
enum outcome cheques_in_state(struct db_tx *tx, void *mem, const char *brand, const char *state, int64_t after, int limit,
                              struct cheque **cheques, size_t *count) must_check;
