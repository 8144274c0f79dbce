/* jobs/jobs.h: what happens by itself: the outbox is emptied, events are sealed, old rows are swept. Any number of processes may
 * run them on one database. */
#pragma once

#include "shop/ports.h"
#include "shop/shop.h"
#include "shop/views.h"

struct jobs_options {
    struct shop *shop;
    const struct views *views;
    const struct mailer *mailer;
    int threads; /* 0: 1 */
};

struct jobs;
enum outcome jobs_start(void *mem, const struct jobs_options *options, struct jobs **jobs, struct problem *why) must_check;
void jobs_nudge(struct jobs *jobs); /* there is something new: do not wait for the next look */
void jobs_stop(struct jobs *jobs);  /* finishes the row it is at; leases of others are put back */

/* One round, in the caller's thread: every row that is due is tried once. For the command line and the tests. */
struct jobs_round {
    int done, later, dead, sealed;
};
enum outcome jobs_once(void *mem, const struct jobs_options *options, struct jobs_round *round) must_check;
