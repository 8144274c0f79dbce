/* jobs/jobs.h: what happens by itself: the day turns after each midnight in Rome (shop/day.h), the outbox is emptied, providers are
 * asked about payments, events are sealed. Any number of processes may run them on one database.
 *
 * A row of the outbox is leased for two minutes, done outside any transaction, and its outcome recorded. Whoever dies
 * in between leaves a lease that runs out, and the row is done again: at least once, and a mail with the same
 * Message-ID. What fails waits a minute, then twice as long each time, up to six hours, give or take a fifth; after
 * twelve attempts, or at once where the other side will never take it, it is a dead letter (outbox_list, outbox_again).
 * All these times are the machine's, never a simulated clock's. */
#pragma once

#include "shop/day.h"
#include "shop/ports.h"
#include "shop/shop.h"
#include "shop/views.h"

struct jobs_options {
    struct shop *shop;
    const struct views *views;
    const struct mailer *mailer;
    const char *bounces; /* a maildir of mails that came back; NULL: none is looked through */
    int threads;       /* 0: 1 */
    struct instant at; /* 0: the machine's clock; the tests try the outbox at another time */
    void (*progress)(void *arg, const char *task, int64_t done); /* of the day, in jobs_once; NULL: nobody looks */
    void *progress_arg;
};

struct jobs;
/* `options` is copied; what it points to must outlive the jobs. They look for work every second. */
enum outcome jobs_start(void *mem, const struct jobs_options *options, struct jobs **jobs,
                        struct problem *why) must_check;
/* Finishes the row it is at, puts the others of its lease back, and returns. */
void jobs_stop(struct jobs *jobs);

/* One round, in the caller's thread: every row that is due is tried once. For the command line and the tests. */
struct jobs_round {
    int done, later, dead, sealed;
    int asked;              /* payments of which the provider was asked */
    int returned;           /* mails that came back */
    int notices;            /* of SdI */
    int told;               /* events that endpoints will be told */
    struct day_summary day; /* the whole day's turn comes first */
};
enum outcome jobs_once(void *mem, const struct jobs_options *options, struct jobs_round *round) must_check;
