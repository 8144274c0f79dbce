/* store/approval.h: what somebody has asked for and a second person decides; what for: shop/approval.h. */
#pragma once

#include "db/db.h"

enum approval_state { APPROVAL_WAITING, APPROVAL_DONE, APPROVAL_REFUSED, APPROVAL_WITHDRAWN, APPROVAL_EXPIRED, APPROVAL_STATES };
const char *approval_state_name(enum approval_state state); /* "waiting" */

struct approval {
    int64_t id;
    char *brand;                    /* "": no brand's */
    char *kind, *subject;           /* "refund", "order:7": waits once */
    char *title, *link, *reason;    /* for people; the page that it is about, or "" */
    struct money amount;            /* 0: none */
    int64_t order_id, mailbox_id;   /* 0: none */
    char *data;                     /* JSON object */
    char *asked_by;                 /* "operator:3" */
    struct instant asked_at, expires_at;
    char *state, *decided_by, *decision; /* who decided and why; "" while it waits */
    struct instant decided_at;
};

/* Sets the id. REFUSED when the like of it waits already. */
enum outcome approval_insert(struct db_tx *tx, struct approval *approval) must_check;
enum outcome approval_by_id(struct db_tx *tx, void *mem, int64_t id, struct approval *out) must_check;
/* Only what still waits; *changed false: somebody was quicker. */
enum outcome approval_close(struct db_tx *tx, int64_t id, enum approval_state state, const char *by, const char *why, bool *changed) must_check;

/* The newest first, from below `before` (0: the first page); of a brand, or with "" of all. `waiting`: those that still may be
 * decided; else all others. */
enum outcome approvals_before(struct db_tx *tx, void *mem, const char *brand, bool waiting, int64_t before, int limit,
                              struct approval **approvals, size_t *count) must_check;
/* How many wait; counted up to 1000. */
enum outcome approvals_count(struct db_tx *tx, const char *brand, int64_t *waiting) must_check;
/* Those whose time is over and that still stand as waiting; of one subject, or with "" of any. */
enum outcome approvals_overdue(struct db_tx *tx, void *mem, const char *kind, const char *subject, int limit, struct approval **approvals,
                               size_t *count) must_check;
