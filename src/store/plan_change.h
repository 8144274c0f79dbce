/* store/plan_change.h: mailboxes that were ordered with less room than they had, and what has become of it (sql/0011-domain.sql). */
#pragma once

#include "db/db.h"

enum plan_change_state {
    CHANGE_ORDERED, /* the order is not paid, or never was: nothing happens */
    CHANGE_WAITING, /* paid; the mail host is to be asked what is in use */
    CHANGE_HELD,    /* more is in use than there will be room for: everything stays as it was until it fits */
    CHANGE_DONE,
    CHANGE_DROPPED, /* a later renewal, or a refund, made it void */
};
const char *plan_change_state_name(enum plan_change_state state);

struct plan_change_row {
    int64_t id, order_id, mailbox_id;
    char *state; /* by plan_change_state_name */
    char *old_plan, *new_plan;
    int64_t quota_mb, archive_mb, kept_archive_mb;
    int64_t used_mb, used_archive_mb;
    char *consent, *consent_text, *consent_by;
    struct instant ordered_at;
    struct day asked_on;     /* DAY 0: not yet */
    struct instant done_at;  /* 0: not yet */
    char *address, *brand;   /* of the mailbox, when read */
};

enum outcome plan_change_insert(struct db_tx *tx, struct plan_change_row *row) must_check; /* sets id */
/* DONE, or REFUSED when there is none. */
enum outcome plan_change_by_id(struct db_tx *tx, void *mem, int64_t id, struct plan_change_row *out) must_check;
enum outcome plan_change_of_line(struct db_tx *tx, void *mem, int64_t order_id, int64_t mailbox_id, struct plan_change_row *out) must_check;
enum outcome plan_change_open(struct db_tx *tx, void *mem, int64_t mailbox_id, struct plan_change_row *out) must_check; /* waiting or held */
/* From the state it was read in; the room, what is in use and asked_on as in `row`. *changed false: it was no longer in that state. */
enum outcome plan_change_move(struct db_tx *tx, const struct plan_change_row *row, enum plan_change_state to, bool *changed) must_check;
/* Waiting and held ones after `after`, of a brand ("" all). */
enum outcome plan_changes_open(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit,
                               struct plan_change_row **rows, size_t *count) must_check;
/* One row of the outbox for each open one that was not asked about today: one statement. */
enum outcome plan_changes_wake(struct db_tx *tx, struct instant due_at, int64_t *woken) must_check;
/* What a mailbox keeps of its archive while a change is open, in MB; -1: none is. */
enum outcome plan_change_kept_archive(struct db_tx *tx, int64_t mailbox_id, int64_t *archive_mb) must_check;
