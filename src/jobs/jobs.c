#include "jobs/jobs.h"
#include "base/log.h"
#include "jobs/bounces.h"
#include "jobs/parts.h"
#include "jobs/sdi.h"
#include "shop/pay.h"
#include "shop/webhook.h"
#include <errno.h>
#include <pthread.h>
#include <talloc.h>
#include <time.h>

#define SEALED_AT_ONCE   500
#define LOOK_EVERY       1   /* seconds */
#define LOOK_AT_LEAST    30  /* seconds, while the database cannot be had */
#define LOOK_CLOSELY     60  /* looks between searches for events that were committed out of order */
#define ASKED_AT_ONCE    20  /* payments */
#define RETURNED_AT_ONCE 100 /* mails */
#define NOTICES_AT_ONCE  100 /* of SdI */
#define HOURLY           MINUTES(60)

struct worker {
    struct jobs *jobs;
    pthread_t thread;
    bool first; /* the one that also turns the day and seals */
};

struct jobs {
    struct jobs_options options;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool stop;
    struct worker *workers;
    int started;
};

/* ---- Sealing ---- */

struct seal {
    void *mem;
    bool waiting;
    int sealed;
};

static enum outcome look_for_events(struct db_tx *tx, void *arg)
{
    return events_waiting(tx, &((struct seal *)arg)->waiting);
}

static enum outcome seal_some(struct db_tx *tx, void *arg)
{
    struct seal *s = arg;

    return events_seal(tx, s->mem, SEALED_AT_ONCE, &s->sealed);
}

static enum outcome seal(void *mem, struct db *db, bool closely, int *sealed)
{
    struct seal s = {.waiting = closely};
    enum outcome o = DONE;

    if (!closely)
        TRY(db_read(db, "events.look", look_for_events, &s));
    while (s.waiting && o == DONE) {
        s.mem = talloc_new(mem);
        o = db_transaction(db, "events.seal", seal_some, &s);
        talloc_free(s.mem);
        if (o == DONE)
            *sealed += s.sealed;
        s.waiting = s.sealed == SEALED_AT_ONCE;
    }
    return o == REFUSED ? DONE : o; /* another process took these places of the chain */
}

/* ---- A round ---- */

static enum outcome collect_returned(void *mem, const struct jobs_options *options, const atomic_bool *stop,
                                     struct jobs_round *round)
{
    return options->bounces
               ? bounces_collect(options->shop, mem, options->bounces, RETURNED_AT_ONCE, stop, &round->returned)
               : DONE;
}

/* Whether the round goes on: what breaks in one part of it keeps no other back, a database that does not answer does.
 * *all is how the round ends. */
static bool goes_on(enum outcome *all, enum outcome part)
{
    *all = *all == DONE ? part : *all;
    return part != BUSY;
}

enum outcome jobs_once(void *mem, const struct jobs_options *options, struct jobs_round *round)
{
    struct day_turn turn = {.progress = options->progress, .progress_arg = options->progress_arg};
    struct shop *shop = options->shop;
    enum outcome all = DONE;

    *round = (struct jobs_round){0};
    if (goes_on(&all, day_run(shop, mem, &turn, false, &round->day)) && /* first: it leaves mails in the outbox */
        goes_on(&all, payments_poll(shop, mem, ASKED_AT_ONCE, &round->asked)) &&
        goes_on(&all, collect_returned(mem, options, NULL, round)) &&
        goes_on(&all, sdi_collect(shop, mem, NOTICES_AT_ONCE, &round->notices)) &&
        goes_on(&all, webhooks_feed(shop, mem, &round->told)) && goes_on(&all, outbox_empty(mem, options, NULL, round)))
        (void)goes_on(&all, seal(mem, shop->db, true, &round->sealed));
    return all;
}

/* ---- Threads ---- */

struct worker_state {
    struct worker *worker;
    uint64_t looks;
    struct day turned; /* the last day that this process has turned */
    int64_t hourly_us; /* when its hourly part was last done, by clock_monotonic_us */
    int failures;      /* in a row */
};

/* The day's turn once after each midnight in Rome, and when the process starts; between them the part of it that ages
 * by the hour. Another process that was first leaves little to do. */
static enum outcome turn_day(struct worker_state *state, void *mem)
{
    struct shop *shop = state->worker->jobs->options.shop;
    struct day_turn turn = {0};
    struct day_summary summary;
    struct day today;
    bool quiet, new_day;

    TRY(day_now(shop, &today, &quiet));
    new_day = !day_same(today, state->turned);
    if (quiet || (!new_day && clock_monotonic_us() - state->hourly_us < HOURLY))
        return DONE;
    TRY(day_run(shop, mem, &turn, !new_day, &summary));
    if (!summary.put_off)
        state->turned = summary.day;
    state->hourly_us = clock_monotonic_us();
    return DONE;
}

/* What one worker alone does, before the outbox and after it. */
static bool lead(struct worker_state *state, void *mem, struct jobs_round *round, enum outcome *all)
{
    return goes_on(all, turn_day(state, mem)) &&
           goes_on(all, payments_poll(state->worker->jobs->options.shop, mem, ASKED_AT_ONCE, &round->asked));
}

static void follow(struct worker_state *state, void *mem, struct jobs_round *round, enum outcome *all)
{
    struct jobs *jobs = state->worker->jobs;
    struct shop *shop = jobs->options.shop;

    if (goes_on(all, seal(mem, shop->db, state->looks++ % LOOK_CLOSELY == 0, &round->sealed)) &&
        goes_on(all, webhooks_feed(shop, mem, &round->told)) && /* what was sealed; sent in the next round */
        goes_on(all, collect_returned(mem, &jobs->options, &jobs->stop, round)))
        (void)goes_on(all, sdi_collect(shop, mem, NOTICES_AT_ONCE, &round->notices));
}

static enum outcome one_round(struct worker_state *state)
{
    struct jobs *jobs = state->worker->jobs;
    bool first = state->worker->first;
    struct jobs_round round = {0};
    void *mem = talloc_new(NULL);
    enum outcome all = DONE;

    if ((!first || lead(state, mem, &round, &all)) &&
        goes_on(&all, outbox_empty(mem, &jobs->options, &jobs->stop, &round)) && first)
        follow(state, mem, &round, &all);
    talloc_free(mem);
    return all;
}

static void wait_a_while(struct worker_state *state)
{
    struct jobs *jobs = state->worker->jobs;
    struct timespec until;
    int seconds = state->failures < 5 ? LOOK_EVERY << state->failures : LOOK_AT_LEAST;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stop && pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until) != ETIMEDOUT) {
    }
    pthread_mutex_unlock(&jobs->lock);
}

static void *work(void *arg)
{
    struct worker_state state = {.worker = arg};
    struct jobs *jobs = state.worker->jobs;

    while (!jobs->stop) {
        enum outcome o = one_round(&state);

        state.failures = o == DONE ? 0 : state.failures + 1;
        if (o != DONE)
            log_warning("jobs.round", LOG_INT("outcome", o), LOG_INT("failures", state.failures));
        wait_a_while(&state);
    }
    return NULL;
}

static int jobs_end(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->stop = true;
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    for (int i = 0; i < jobs->started; i++)
        pthread_join(jobs->workers[i].thread, NULL);
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    return 0;
}

void jobs_stop(struct jobs *jobs)
{
    talloc_free(jobs);
}

enum outcome jobs_start(void *mem, const struct jobs_options *options, struct jobs **jobs, struct problem *why)
{
    struct jobs *j = talloc_zero(mem, struct jobs);
    int threads = options->threads ? options->threads : 1;
    pthread_condattr_t monotonic;

    if (threads < 1 || threads > 64) {
        talloc_free(j);
        return problem_set(why, PROBLEM_CONFIG, "threads", "threads: %d", threads);
    }
    j->options = *options;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    talloc_set_destructor(j, jobs_end);
    j->workers = talloc_zero_array(j, struct worker, (unsigned)threads);
    for (; j->started < threads; j->started++) {
        struct worker *w = &j->workers[j->started];

        *w = (struct worker){.jobs = j, .first = j->started == 0};
        if (pthread_create(&w->thread, NULL, work, w) != 0) {
            talloc_free(j);
            return log_broken("jobs.start", LOG_TEXT("why", "no thread"));
        }
    }
    *jobs = j;
    return DONE;
}
