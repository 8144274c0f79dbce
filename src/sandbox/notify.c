#include "base/log.h"
#include "sandbox/parts.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { DELIVERY_MS = 5000, TRIES = 3, TOGETHER_US = 50000, RETURN_MS = 5000 };

struct notice {
    int64_t due_us;
    const char *url, *body; /* body NULL: a GET */
    bool wrongly;           /* signed */
    int tries;
};

struct notifier {
    struct client *client;
    pthread_t thread;
    bool started, busy;
    struct notice *waiting[SANDBOX_NOTICES]; /* in order of making */
    size_t count;
    int64_t made, delivered, failed;
};

/* ---- Making one ---- */

/* Every `id` in the text made into one that nobody gave out. */
static char *with_unknown_id(void *mem, const char *text, const char *id)
{
    char *changed = talloc_strdup(mem, text), *other = talloc_strdup(mem, id);

    for (char *c = other; *c; c++)
        if (*c >= '0' && *c <= '9')
            *c = (char)('9' - (*c - '0'));
    for (char *at = changed; *id && (at = strstr(at, id)); at += strlen(id))
        memcpy(at, other, strlen(other));
    return changed;
}

static void queue(struct sandbox *s, struct notice *notice)
{
    struct notifier *n = s->notifier;

    if (n->count == SANDBOX_NOTICES) {
        log_warning("sandbox.notices", LOG_INT("limit", SANDBOX_NOTICES));
        n->failed++;
        talloc_free(notice);
        return;
    }
    n->waiting[n->count++] = notice;
    pthread_cond_broadcast(&s->changed);
}

void notify_add(struct sandbox *s, const char *url, json_t *event, const char *id)
{
    const struct behaviour *b = &s->behaviour;
    int64_t due = clock_monotonic_us() + b->delay_ms * 1000 + (b->reverse ? TOGETHER_US : 0);
    char *body = event ? json_dumps(event, JSON_COMPACT) : NULL;

    json_decref(event);
    s->notifier->made++;
    for (int64_t i = 0; i < b->repeat && url && *url && !b->drop; i++) {
        struct notice *notice = talloc_zero(s->notifier, struct notice);

        *notice = (struct notice){.due_us = due, .wrongly = b->forge == FORGE_SIGNATURE};
        notice->url = talloc_strdup(notice, url);
        notice->body = body ? talloc_strdup(notice, body) : NULL;
        if (b->forge == FORGE_UNKNOWN) {
            notice->url = body ? notice->url : with_unknown_id(notice, url, id);
            notice->body = body ? with_unknown_id(notice, body, id) : NULL;
        }
        queue(s, notice);
    }
    free(body);
}

json_t *notify_counts(struct sandbox *s)
{
    const struct notifier *n = s->notifier;

    return json_pack("{s:I, s:I, s:I, s:I}", "made", (json_int_t)n->made, "delivered", (json_int_t)n->delivered,
                     "failed", (json_int_t)n->failed, "waiting", (json_int_t)(n->count + n->busy));
}

/* ---- Sending them ---- */

/* Which is next, if any is due; else *until is when to look again. */
static bool next_due(struct sandbox *s, size_t *which, int64_t *until)
{
    const struct notifier *n = s->notifier;
    int64_t now = clock_monotonic_us();
    bool found = false;

    *until = now + SECONDS(60);
    for (size_t i = 0; i < n->count && !s->behaviour.hold; i++) {
        int64_t due = n->waiting[i]->due_us;

        if (due > now)
            *until = due < *until ? due : *until;
        else if (!found || s->behaviour.reverse)
            *which = i, found = true;
    }
    /* What is about to be due overtakes what is. */
    return found && !(s->behaviour.reverse && *until - now <= TOGETHER_US);
}

static struct notice *take(struct sandbox *s)
{
    struct notifier *n = s->notifier;
    struct notice *notice;
    int64_t until;
    size_t at = 0;

    while (!s->stopping && !next_due(s, &at, &until)) {
        struct timespec then = {.tv_sec = (time_t)(until / 1000000), .tv_nsec = (long)(until % 1000000) * 1000};

        pthread_cond_timedwait(&s->changed, &s->lock, &then);
    }
    if (s->stopping)
        return NULL;
    notice = n->waiting[at];
    n->count--;
    memmove(n->waiting + at, n->waiting + at + 1, (n->count - at) * sizeof *n->waiting);
    return notice;
}

static bool deliver(struct sandbox *s, const struct notice *notice)
{
    void *mem = talloc_new(NULL);
    struct client_request request = {.method = "GET", .url = notice->url};
    struct client_answer answer = {0};
    struct problem why = {0};
    enum outcome o;

    if (notice->body) {
        request.method = "POST";
        request.body = notice->body;
        request.length = strlen(notice->body);
        request.content_type = s->provider == &STRIPE ? "application/json; charset=utf-8" : "application/json";
        request.headers = s->provider->sign(s, mem, notice->body, notice->wrongly);
    }
    o = client_call(s->notifier->client, mem, &request, &answer, &why);
    if (o != DONE)
        log_info("sandbox.notify", LOG_TEXT("provider", s->provider->name), LOG_TEXT("why", why.detail));
    talloc_free(mem);
    return o == DONE && answer.status >= 200 && answer.status < 300;
}

static void *work(void *arg)
{
    struct sandbox *s = arg;
    struct notifier *n = s->notifier;
    struct notice *notice;
    bool taken;

    sandbox_lock(s);
    while ((notice = take(s))) {
        n->busy = true;
        sandbox_unlock(s);
        taken = deliver(s, notice);
        sandbox_lock(s);
        n->busy = false;
        if (taken) {
            n->delivered++;
        } else if (++notice->tries < TRIES) {
            notice->due_us = clock_monotonic_us() + SECONDS(notice->tries);
            queue(s, notice);
            notice = NULL;
        } else {
            n->failed++;
        }
        talloc_free(notice);
        pthread_cond_broadcast(&s->changed);
    }
    sandbox_unlock(s);
    return NULL;
}

/* ---- Waiting, start and stop ---- */

bool notify_wait(struct sandbox *s, int64_t most_ms)
{
    const struct notifier *n = s->notifier;
    int64_t until = clock_monotonic_us() + most_ms * 1000;
    struct timespec then = {.tv_sec = (time_t)(until / 1000000), .tv_nsec = (long)(until % 1000000) * 1000};
    bool quiet;

    sandbox_lock(s);
    while (!(quiet = !n->busy && (n->count == 0 || s->behaviour.hold)) && !s->stopping && clock_monotonic_us() < until)
        pthread_cond_timedwait(&s->changed, &s->lock, &then);
    sandbox_unlock(s);
    return quiet;
}

void notify_before_return(struct sandbox *s)
{
    bool wanted;

    sandbox_lock(s);
    wanted = s->behaviour.before_return;
    sandbox_unlock(s);
    if (wanted)
        (void)notify_wait(s, RETURN_MS);
}

enum outcome notify_start(struct sandbox *s, struct problem *why)
{
    struct notifier *n = s->notifier = talloc_zero(s, struct notifier);

    TRY(client_open(n, &(struct client_options){.timeout_ms = DELIVERY_MS, .connect_ms = DELIVERY_MS}, &n->client,
                    why));
    if (pthread_create(&n->thread, NULL, work, s) != 0)
        return log_broken("sandbox.notify");
    n->started = true;
    return DONE;
}

void notify_stop(struct sandbox *s)
{
    if (!s->notifier || !s->notifier->started)
        return;
    pthread_join(s->notifier->thread, NULL);
    s->notifier->started = false;
}
