#include "jobs/jobs.h"
#include "base/log.h"
#include "jobs/parts.h"
#include "shop/documents.h"
#include "shop/login.h"
#include "shop/operator.h"
#include "shop/pay.h"
#include "shop/proof.h"
#include "shop/request.h"
#include "shop/wizard.h"
#include <errno.h>
#include <pthread.h>
#include <talloc.h>
#include <time.h>

#define SEALED_AT_ONCE  500
#define LOOK_EVERY      1   /* seconds */
#define LOOK_AT_LEAST   30  /* seconds, while the database cannot be had */
#define LOOK_CLOSELY    60  /* looks between searches for events that were committed out of order */
#define ASKED_AT_ONCE   20  /* payments */
#define AGED_AT_ONCE    100 /* proofs */
#define DROPPED_AT_ONCE 100 /* drafts */
#define PURGED_AT_ONCE  100 /* documents */
#define SWEEP_EVERY     MINUTES(60)
#define SESSIONS_KEPT   DAYS(1)
#define ANSWERS_KEPT    DAYS(7)
#define FAILURES_KEPT   DAYS(1)
#define WIZARDS_KEPT    DAYS(30) /* what was begun and not touched since; ordered or not */
#define LINKS_KEPT      DAYS(7)  /* of registrations and new e-mails, after they ran out */

struct worker {
    struct jobs *jobs;
    pthread_t thread;
    bool first; /* the one that also seals and sweeps */
};

struct jobs {
    struct jobs_options options;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    uint64_t nudges;
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

/* ---- Sweeping ---- */

static enum outcome sweep_rows(struct db_tx *tx, void *arg)
{
    struct instant now = db_now(tx);

    (void)arg;
    TRY(sessions_delete_before(tx, instant_plus(now, -SESSIONS_KEPT)));
    TRY(operator_sessions_delete_before(tx, instant_plus(now, -SESSIONS_KEPT)));
    TRY(throttles_delete_before(tx, instant_plus(now, -FAILURES_KEPT)));
    TRY(registrations_delete_before(tx, instant_plus(now, -LINKS_KEPT)));
    TRY(email_links_delete_before(tx, instant_plus(now, -LINKS_KEPT)));
    TRY(wizards_delete_before(tx, instant_plus(now, -WIZARDS_KEPT)));
    return answers_delete_before(tx, instant_plus(now, -ANSWERS_KEPT));
}

struct dropping {
    void *mem;
    const struct brands *brands;
    int dropped;
};

static enum outcome drop_drafts(struct db_tx *tx, void *arg)
{
    struct dropping *d = arg;

    return drafts_sweep(tx, d->mem, d->brands, DROPPED_AT_ONCE, &d->dropped);
}

static enum outcome purge(void *mem, struct shop *shop)
{
    enum outcome o;
    int purged;

    do {
        void *scratch = talloc_new(mem);

        o = documents_purge(shop, scratch, PURGED_AT_ONCE, &purged);
        talloc_free(scratch);
    } while (o == DONE && purged == PURGED_AT_ONCE);
    return o;
}

static enum outcome sweep(void *mem, struct shop *shop)
{
    struct dropping d = {.brands = shop->brands};
    enum outcome o = db_transaction(shop->db, "sweep", sweep_rows, NULL);

    do {
        d.mem = talloc_new(mem);
        d.dropped = 0;
        if (o == DONE)
            o = db_transaction(shop->db, "drafts.sweep", drop_drafts, &d);
        talloc_free(d.mem);
    } while (o == DONE && d.dropped == DROPPED_AT_ONCE);
    return o == DONE ? purge(mem, shop) : o;
}

/* ---- Payments ---- */

struct aging {
    void *mem;
    const struct brands *brands;
    int alerted;
};

static enum outcome age(struct db_tx *tx, void *arg)
{
    struct aging *a = arg;

    return proofs_age(tx, a->mem, a->brands, AGED_AT_ONCE, &a->alerted);
}

static enum outcome age_proofs(void *mem, struct shop *shop, int *alerted)
{
    struct aging a = {.brands = shop->brands};
    enum outcome o;

    do {
        a.alerted = 0;
        a.mem = talloc_new(mem);
        o = db_transaction(shop->db, "proofs.age", age, &a);
        talloc_free(a.mem);
        *alerted += o == DONE ? a.alerted : 0;
    } while (o == DONE && a.alerted == AGED_AT_ONCE);
    return o;
}

enum outcome jobs_once(void *mem, const struct jobs_options *options, struct jobs_round *round)
{
    *round = (struct jobs_round){0};
    TRY(lapse_due(mem, options->shop->db, &round->lapsed)); /* first: it leaves mails in the outbox */
    TRY(payments_poll(options->shop, mem, ASKED_AT_ONCE, &round->asked));
    TRY(age_proofs(mem, options->shop, &round->alerted));
    TRY(desk_turn(mem, options->shop, round));
    TRY(outbox_empty(mem, options, NULL, round));
    TRY(sweep(mem, options->shop));
    return seal(mem, options->shop->db, true, &round->sealed);
}

/* ---- Threads ---- */

struct worker_state {
    struct worker *worker;
    uint64_t nudges, looks;
    int64_t swept_us;
    int failures; /* in a row */
};

static enum outcome one_round(struct worker_state *state)
{
    struct jobs *jobs = state->worker->jobs;
    struct db *db = jobs->options.shop->db;
    struct jobs_round round = {0};
    void *mem = talloc_new(NULL);
    enum outcome o = state->worker->first ? lapse_due(mem, db, &round.lapsed) : DONE;

    if (o == DONE && state->worker->first)
        o = payments_poll(jobs->options.shop, mem, ASKED_AT_ONCE, &round.asked);

    if (o == DONE)
        o = outbox_empty(mem, &jobs->options, &jobs->stop, &round);

    if (o == DONE && state->worker->first)
        o = seal(mem, db, state->looks++ % LOOK_CLOSELY == 0, &round.sealed);
    if (o == DONE && state->worker->first &&
        (!state->swept_us || clock_monotonic_us() - state->swept_us > SWEEP_EVERY)) {
        o = sweep(mem, jobs->options.shop);
        if (o == DONE)
            o = age_proofs(mem, jobs->options.shop, &round.alerted);
        if (o == DONE)
            o = desk_turn(mem, jobs->options.shop, &round);
        state->swept_us = clock_monotonic_us();
    }
    talloc_free(mem);
    return o;
}

static void wait_a_while(struct worker_state *state)
{
    struct jobs *jobs = state->worker->jobs;
    struct timespec until;
    int seconds = state->failures < 5 ? LOOK_EVERY << state->failures : LOOK_AT_LEAST;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stop && jobs->nudges == state->nudges &&
           pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until) != ETIMEDOUT) {
    }
    state->nudges = jobs->nudges;
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

void jobs_nudge(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->nudges++;
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
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
