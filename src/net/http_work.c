#include "base/clock.h"
#include "base/guard.h"
#include "base/log.h"
#include "net/http_parts.h"
#include <string.h>
#include <talloc.h>
#include <unistd.h>

/* ---- Running a handler ---- */

static void set_allow(struct exchange *x)
{
    static const char *const NAMES[] = {[HTTP_GET] = "GET, HEAD", [HTTP_POST] = "POST", [HTTP_DELETE] = "DELETE"};
    struct text_buffer list = text_buffer(x->req.mem);

    for (size_t method = 0; method < count_of(NAMES); method++)
        if (x->match.allowed & 1U << method)
            text_put_format(&list, "%s%s", list.length ? ", " : "", NAMES[method]);
    http_set_header(&x->req, "Allow", list.bytes);
}

static void answer_refusal(struct exchange *x)
{
    if (x->refusal.code == PROBLEM_METHOD)
        set_allow(x);
    if (x->refusal.code == PROBLEM_BUSY)
        http_set_header(&x->req, "Retry-After", "2");
    if (x->server->options.otherwise)
        x->server->options.otherwise(&x->req);
    else
        reply_plain(x, &x->refusal);
}

static void answer(struct exchange *x)
{
    static const struct problem FORGOTTEN = {.code = PROBLEM_BROKEN};

    reply_queued = false;
    if (x->req.body_file >= 0 && lseek(x->req.body_file, 0, SEEK_SET) < 0)
        (void)!exchange_refuse(x, PROBLEM_BROKEN, "");
    if (!x->refused && request_forms(x) == DONE)
        x->req.route->handler(&x->req);
    else
        answer_refusal(x);
    if (!x->response && !x->deferred) {
        log_error("http.unanswered", LOG_TEXT("path", x->req.path), LOG_INT("request", x->req.id));
        reply_plain(x, &FORGOTTEN);
    }
    reply_queued = false;
}

static void run(struct exchange *x)
{
    struct http_server *server = x->server;
    int64_t begun = clock_monotonic_us();

    atomic_fetch_add_explicit(&server->at_work, 1, memory_order_relaxed);
    answer(x);
    atomic_fetch_sub_explicit(&server->at_work, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&server->worker_us, (uint64_t)(clock_monotonic_us() - begun), memory_order_relaxed);
}

/* ---- On a worker ---- */

static bool is_main(const struct worker *me)
{
    return me->queue == &me->server->queue;
}

/* There are as many threads more as handlers may be away; no more work at once than there are workers. With the lock
 * held. */
static bool may_take(const struct worker *me)
{
    return me->queue->first && (!is_main(me) || me->server->here < me->server->options.workers);
}

/* `done`: it has just answered, and its place is free. */
static struct exchange *next_of(struct worker *me, bool done)
{
    struct work_queue *queue = me->queue;
    struct exchange *x = NULL;

    pthread_mutex_lock(&me->server->lock);
    me->server->here -= done && is_main(me);
    while (!may_take(me) && !(me->server->leave && !queue->first))
        pthread_cond_wait(&queue->ready, &me->server->lock);
    if ((x = queue->first)) {
        if (!(queue->first = x->next))
            queue->last = &queue->first;
        queue->length--;
        me->server->here += is_main(me);
        if (me->server->leave)
            pthread_cond_broadcast(&queue->ready);
    }
    pthread_mutex_unlock(&me->server->lock);
    return x;
}

static void *work(void *arg)
{
    struct worker *me = arg;
    struct exchange *x = NULL;

    while ((x = next_of(me, x != NULL))) {
        struct MHD_Connection *connection = x->connection;

        x->worker = me;
        run(x);
        http_return(&x->req);
        x->worker = NULL;
        x->stage = ANSWERED;
        MHD_resume_connection(connection); /* from here on the exchange is the I/O thread's */
    }
    if (me->zip_ready)
        deflateEnd(&me->zip);
    return NULL;
}

/* ---- Somebody outside ---- */

bool http_leave(struct http_request *req)
{
    struct exchange *x = (struct exchange *)req;
    struct http_server *server = x->server;

    if (x->away || !x->worker || !is_main(x->worker))
        return true; /* the lane is bounded as it is */
    pthread_mutex_lock(&server->lock);
    x->away = server->away < server->options.away_limit;
    if (x->away) {
        server->away++;
        server->here--;
        pthread_cond_signal(&server->queue.ready);
    }
    pthread_mutex_unlock(&server->lock);
    return x->away;
}

/* It goes on at once: for a moment one more is at work than there should be. */
void http_return(struct http_request *req)
{
    struct exchange *x = (struct exchange *)req;
    struct http_server *server = x->server;

    if (!x->away)
        return;
    x->away = false;
    pthread_mutex_lock(&server->lock);
    server->away--;
    server->here++;
    pthread_mutex_unlock(&server->lock);
}

bool http_may_wait(struct http_request *req)
{
    struct exchange *x = (struct exchange *)req;

    x->deferred = !x->worker;
    return !x->deferred;
}

/* ---- On an I/O thread ---- */

/* Whether the exchange is taken on; it then counts until work_done. With the lock held. */
static bool admit(struct exchange *x)
{
    struct http_server *server = x->server;

    if (server->closed)
        return false;
    if (!x->counted)
        server->in_flight++;
    return x->counted = true;
}

bool work_here(struct exchange *x)
{
    struct http_server *server = x->server;
    bool taken;

    if (!server->options.reads_inline || x->refused || !(x->req.route->flags & HTTP_READS))
        return false;
    pthread_mutex_lock(&server->lock);
    taken = admit(x);
    pthread_mutex_unlock(&server->lock);
    if (!taken)
        return false;
    no_waiting = true;
    run(x);
    no_waiting = false;
    if (x->response)
        return true;
    x->deferred = false;
    x->line_count = 0;
    return false;
}

bool work_submit(struct exchange *x)
{
    struct http_server *server = x->server;
    bool lane = !x->refused && x->req.route->flags & HTTP_LANE;
    struct work_queue *queue = lane ? &server->lane : &server->queue;
    bool room;

    pthread_mutex_lock(&server->lock);
    room = queue->length < (size_t)server->options.queue_limit && admit(x);
    if (room) {
        x->stage = QUEUED;
        x->next = NULL;
        MHD_suspend_connection(x->connection); /* before a worker can see it, or it would be resumed too soon */
        *queue->last = x;
        queue->last = &x->next;
        queue->length++;
        if (lane || server->here < server->options.workers) /* otherwise whoever is done looks */
            pthread_cond_signal(&queue->ready);
    }
    pthread_mutex_unlock(&server->lock);
    return room;
}

void work_done(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    if (--server->in_flight == 0)
        pthread_cond_broadcast(&server->idle);
    pthread_mutex_unlock(&server->lock);
}

/* ---- Start and stop ---- */

enum outcome work_start(struct http_server *server)
{
    size_t lanes = (size_t)server->options.lane_workers;

    server->worker_count = (size_t)server->options.workers + (size_t)server->options.away_limit + lanes;
    server->workers = talloc_zero_array(server, struct worker, server->worker_count);
    for (size_t i = 0; i < server->worker_count; i++) {
        struct worker *worker = &server->workers[i];

        worker->server = server;
        worker->queue = i < lanes ? &server->lane : &server->queue;
        if (pthread_create(&worker->thread, NULL, work, worker) != 0)
            return log_broken("http.worker", LOG_INT("number", i));
        server->workers_started++;
    }
    return DONE;
}

void work_drain(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    while (server->in_flight)
        pthread_cond_wait(&server->idle, &server->lock);
    server->closed = true;
    pthread_mutex_unlock(&server->lock);
}

void work_stop(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->closed = server->leave = true;
    pthread_cond_broadcast(&server->queue.ready);
    pthread_cond_broadcast(&server->lane.ready);
    pthread_mutex_unlock(&server->lock);
    for (size_t i = 0; i < server->workers_started; i++)
        pthread_join(server->workers[i].thread, NULL);
    server->workers_started = 0;
}
