/* store/event_log.h: the log of events as people browse it, and its chain walked in pieces. */
#pragma once

#include "store/event.h"

/* Empty texts, zero ids and DAY 0 choose nothing. */
struct event_filter {
    const char *brand;
    const char *kind;  /* "order.settled", or the beginning of several: "order." */
    const char *actor; /* "operator:3" */
    int64_t order_id, mailbox_id;
    struct instant from, until; /* until: exclusive; 0: no limit */
    int64_t before;             /* ids below this one; 0: from the newest */
};

/* The newest first, up to `limit`, among at most so many rows looked at, so that a rare kind costs a page and not the table; of a
 * mailbox or an order all are looked at. *before is where to go on, 0 where there is nothing more. */
#define EVENT_WINDOW 50000
enum outcome events_chosen(struct db_tx *tx, void *mem, const struct event_filter *filter, int limit, struct event **events, size_t *count,
                           int64_t *before) must_check;

/* The first id at or after an instant, or the next one to be given; near enough where transactions overtook each other. */
enum outcome event_id_at(struct db_tx *tx, struct instant at, int64_t *found) must_check;

/* ---- The chain, some at a time ---- */

struct chain_check {
    int64_t seq;             /* how far */
    char hash[65];
    int64_t broken_at;       /* 0: nowhere */
    struct instant begun_at, ended_at; /* ended_at 0: it goes on; begun_at 0: there has been none */
    int64_t whole_seq;       /* the end of the last whole walk: it must still be there */
    char whole_hash[65];
    struct instant whole_at;
};
enum outcome chain_check_find(struct db_tx *tx, struct chain_check *check) must_check;
/* *changed false: somebody else has gone on meanwhile (from `seen`). */
enum outcome chain_check_save(struct db_tx *tx, const struct chain_check *check, int64_t seen, bool *changed) must_check;
enum outcome chain_length(struct db_tx *tx, int64_t *length) must_check;
/* Walks up to `limit` places on; *more false: this was the end. Ends at the first broken place. */
enum outcome chain_walk(struct db_tx *tx, void *mem, struct chain_check *check, int limit, bool *more) must_check;
