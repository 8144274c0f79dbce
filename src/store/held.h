/* store/held.h: what the desk decided about bank entries that were held, and where each part went. */
#pragma once

#include "db/db.h"

struct held_act {
    int64_t id, bank_entry_id;
    const char *token; /* NULL: of no form */
    const char *note, *decided_by;
};
/* Sets the id. *fresh false: this form was sent before, and nothing is written. */
enum outcome held_act_insert(struct db_tx *tx, struct held_act *act, bool *fresh) must_check;
/* The entry that this form decided about; REFUSED: it was not sent yet. */
enum outcome held_act_by_token(struct db_tx *tx, const char *token, int64_t *bank_entry_id) must_check;

struct held_part {
    int64_t id, act_id, bank_entry_id;
    char *way; /* order, wallet, transfer, foreign */
    struct money amount;
    int64_t order_id, account_id, refund_id; /* 0: none */
    char *order_code, *account_email, *refund_state; /* "" none */
    char *note, *decided_by; /* of its act */
    struct instant decided_at, undone_at; /* undone_at 0: it stands */
    char *undone_by, *undone_note;
};
enum outcome held_part_insert(struct db_tx *tx, struct held_part *part) must_check; /* sets the id */
enum outcome held_part_set_refund(struct db_tx *tx, int64_t id, int64_t refund_id) must_check;
enum outcome held_part_by_id(struct db_tx *tx, void *mem, int64_t id, struct held_part *out) must_check;
/* In the order in which they were decided, those that were undone too. */
enum outcome held_parts_of(struct db_tx *tx, void *mem, int64_t bank_entry_id, struct held_part **parts, size_t *count) must_check;
/* *changed false: it was undone already. */
enum outcome held_part_undone(struct db_tx *tx, int64_t id, const char *note, const char *by, bool *changed) must_check;

/* An entry that is held has `more` of it placed; *changed false where it is held no longer, or has not `was` placed any more. Where
 * nothing is left it is placed; where something comes back (`more` negative) it is held again. */
enum outcome bank_entry_place(struct db_tx *tx, int64_t id, struct money was, struct money more, bool *changed) must_check;

enum outcome held_written(struct db_tx *tx, int64_t order_id, int64_t *times) must_check; /* mails about it to who paid */

/* ---- What a suggestion may be made of: ids of orders that wait for money, the newest first, at most `limit` ---- */

struct held_candidate {
    int64_t id;
    char *name; /* of its billing */
};
enum outcome held_orders_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct held_candidate **orders, size_t *count) must_check;
enum outcome held_orders_of_account(struct db_tx *tx, void *mem, int64_t account_id, int limit, struct held_candidate **orders, size_t *count) must_check;
enum outcome held_orders_of_tax_number(struct db_tx *tx, void *mem, const char *number, int limit, struct held_candidate **orders, size_t *count) must_check;
enum outcome held_orders_of_amount(struct db_tx *tx, void *mem, const char *brand, struct money due, int limit, struct held_candidate **orders,
                                   size_t *count) must_check;
enum outcome held_order_of_code(struct db_tx *tx, const char *code, int64_t *id) must_check; /* in any state; REFUSED: none */
/* Another credit of the same payer and amount on that account that paid something, booked up to `days` before or after. REFUSED: none. */
enum outcome held_twin(struct db_tx *tx, int64_t bank_entry_id, int days, int64_t *id) must_check;
