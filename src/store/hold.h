/* store/hold.h: what the desk holds back, what it suspended, what it noted (sql/0016-customers.sql). */
#pragma once

#include "db/db.h"

/* ---- Holds ---- */

struct mailbox_hold {
    int64_t id, mailbox_id;
    bool stops_deletion, stops_renewal;
    char *reason;
    struct day until_on; /* the last day */
    char *set_by, *lifted_by;
    struct instant set_at, lifted_at; /* lifted_at 0: it stands, or has run out */
};
enum outcome mailbox_hold_insert(struct db_tx *tx, struct mailbox_hold *hold) must_check; /* sets id and set_at */
enum outcome mailbox_hold_by_id(struct db_tx *tx, void *mem, int64_t id, struct mailbox_hold *out) must_check; /* REFUSED: none */
enum outcome mailbox_hold_lift(struct db_tx *tx, int64_t id, const char *by, bool *lifted) must_check;
/* Newest first, those that are over too. */
enum outcome mailbox_holds_of(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct mailbox_hold **holds, size_t *count) must_check;

/* In a statement over mailbox m: whether a hold of that kind (deletion, renewal) stands on the day `today`. */
#define DESK_HELD(kind, today)                                                                                         \
    "EXISTS (SELECT 1 FROM mailbox_hold d WHERE d.mailbox_id = m.id AND d.lifted_at IS NULL AND d.stops_" kind            \
    " = 1 AND d.until_on >= " today ")"

/* ---- Suspension (M20, M21) ---- */

struct suspension {
    char *reason, *note, *set_by;
    struct instant set_at;
};
/* From live; *changed false: it was not. */
enum outcome mailbox_suspend(struct db_tx *tx, int64_t mailbox_id, const char *reason, const char *note, const char *by,
                             bool *changed) must_check;
/* From suspended to live: its dates are as they were. */
enum outcome mailbox_resume(struct db_tx *tx, int64_t mailbox_id, bool *changed) must_check;
enum outcome suspension_of(struct db_tx *tx, void *mem, int64_t mailbox_id, struct suspension *out) must_check; /* REFUSED: none */

/* ---- Notes ---- */

struct desk_note {
    int64_t id;
    char *brand;
    int64_t mailbox_id, account_id, order_id; /* one of them */
    char *body, *written_by;
    bool pinned;
    struct instant written_at;
};
enum outcome desk_note_insert(struct db_tx *tx, struct desk_note *note) must_check; /* sets id and written_at */
enum outcome desk_note_by_id(struct db_tx *tx, void *mem, int64_t id, struct desk_note *out) must_check;
enum outcome desk_note_pin(struct db_tx *tx, int64_t id, bool pinned) must_check;
/* Pinned ones first, then the newest; of what the note is about, as in `about`. */
enum outcome desk_notes_of(struct db_tx *tx, void *mem, const struct desk_note *about, int limit, struct desk_note **notes,
                           size_t *count) must_check;
