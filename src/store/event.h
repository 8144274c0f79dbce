/* store/event.h: the append-only log of what happened, its hash chain, and the outbox of what must still happen
 * outside. */
#pragma once

#include "db/db.h"
#include <jansson.h>

/* From which door, and on whose behalf. */
struct actor {
    const char *door; /* portal, api, cli, job */
    const char *name; /* account:1, mailbox:7, key:2, system */
};

struct event {
    int64_t id;
    struct instant at;
    char *brand, *door, *actor, *kind;
    int64_t order_id, mailbox_id; /* 0: none */
    char *data;                   /* JSON object */
};

/* `data` (borrowed; NULL: {}) says what changed. */
enum outcome event_record(struct db_tx *tx, const char *brand, const struct actor *actor, const char *kind,
                          int64_t order_id, int64_t mailbox_id, const json_t *data) must_check;
/* The same of what tells of a person (an e-mail, a name). The log keeps the salted hash of `said` alone, so that its chain holds when the
 * words are erased (event_said, DOMAIN L30); until then readers get them as data. `account_id`: of whom, where neither order nor mailbox
 * says it; 0. */
enum outcome event_record_said(struct db_tx *tx, const char *brand, const struct actor *actor, const char *kind, int64_t order_id,
                               int64_t mailbox_id, int64_t account_id, const json_t *said) must_check;

enum outcome event_by_id(struct db_tx *tx, void *mem, int64_t id, struct event *out) must_check;

/* What happened to a mailbox, its orders included, or to an order; newest first, before `before` (0: from the newest). One of the two
 * is 0. */
enum outcome events_timeline(struct db_tx *tx, void *mem, int64_t mailbox_id, int64_t order_id, int64_t before, int limit,
                             struct event **events, size_t *count) must_check;

/* Seals up to `limit` events that are not sealed yet: each gets the next place in the chain and the hash of the place
 * before and of itself. Run by one worker at a time; a second one at once is BUSY or finds nothing left. */
enum outcome events_seal(struct db_tx *tx, void *mem, int limit, int *sealed) must_check;
/* How many events wait to be sealed. */
enum outcome events_unsealed(struct db_tx *tx, int64_t *unsealed) must_check;

/* Sealed events in the order of the chain, which is also the order in which everybody sees them: what is sealed later comes later,
 * so a reader who goes on from the last `seq` misses nothing, whoever writes meanwhile. `brand` "": of all. *next is the seq of
 * the last one given, or `after` where there is none. */
enum outcome events_in_order(struct db_tx *tx, void *mem, const char *brand, int64_t after, int limit,
                             struct event **events, size_t *count, int64_t *next) must_check;

/* Whether events have come after the last one sealed; cheap. One that was numbered earlier and committed later is not
 * noticed until the next comes. */
enum outcome events_waiting(struct db_tx *tx, bool *waiting) must_check;

/* Times of the outbox are the machine's (clock_now), on a simulated database too: they concern the outside world, whose
 * servers answer, fail and recover whether or not the business's clock moves. */
struct outbox_row {
    int64_t id;
    char *brand, *kind, *template, *recipient, *language;
    int64_t order_id;
    char *data;
    char *state;
    int64_t attempts; /* begun, the present one included */
    struct instant due_at, created_at;
    char *last_error;
};

/* An intention: to be done at least once after this transaction has committed. `data` borrowed, NULL: {}. */
enum outcome outbox_add(struct db_tx *tx, const char *brand, const char *kind, const char *template,
                        const char *recipient, const char *language, int64_t order_id, const json_t *data) must_check;
/* Whether a row is due, or its lease has run out. */
enum outcome outbox_waiting(struct db_tx *tx, struct instant now, bool *waiting) must_check;
/* Leases up to `limit` such rows to `lease` (a name never used before) until `until`; an attempt begins for each. */
enum outcome outbox_lease(struct db_tx *tx, void *mem, const char *lease, struct instant now, struct instant until,
                          int limit, struct outbox_row **rows, size_t *count) must_check;
/* Each changes nothing when the lease is no longer ours; *ours tells. */
enum outcome outbox_done(struct db_tx *tx, int64_t id, const char *lease, struct instant now, bool *ours) must_check;
enum outcome outbox_later(struct db_tx *tx, int64_t id, const char *lease, struct instant due, const char *error,
                          bool *ours) must_check;
enum outcome outbox_dead(struct db_tx *tx, int64_t id, const char *lease, struct instant now, const char *error,
                         bool *ours) must_check;
/* Puts back what the lease still holds, as if it had not been tried. */
enum outcome outbox_release(struct db_tx *tx, const char *lease, struct instant now) must_check;
/* Dead letters, and sending them again. */
enum outcome outbox_list(struct db_tx *tx, void *mem, const char *state, int64_t after, int limit,
                         struct outbox_row **rows, size_t *count) must_check;
enum outcome outbox_by_id(struct db_tx *tx, void *mem, int64_t id, struct outbox_row *row) must_check;
/* The newest row of that kind about an order that has not been done; REFUSED: there is none. */
enum outcome outbox_of_order(struct db_tx *tx, void *mem, const char *kind, int64_t order_id, struct outbox_row *row) must_check;
/* Now, and with every attempt before it, whether it was given up on or waits for a later time. */
enum outcome outbox_again(struct db_tx *tx, int64_t id, struct instant now, bool *found) must_check;
/* Somebody has done by hand what was given up on; its last error stays. */
enum outcome outbox_close(struct db_tx *tx, int64_t id, struct instant now, bool *found) must_check;
enum outcome outbox_counts(struct db_tx *tx, int64_t *waiting, int64_t *dead) must_check;
