/* test/http/site.h: a toy site with a handler for everything that a test wants to see, and a server that serves it. */
#pragma once

#include "client.h"

#include "base/clock.h"
#include "base/guard.h"
#include "base/log.h"
#include "net/http.h"

#include <pthread.h>
#include <sched.h>

static void *mem;
static struct http_server *server;
static const char *url;

/* ---- A gate that handlers wait at, so that a test says when they are done ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static int inside, let_through;

static inline void pass_gate(void)
{
    pthread_mutex_lock(&gate);
    inside++;
    pthread_cond_broadcast(&moved);
    while (!let_through)
        pthread_cond_wait(&moved, &gate);
    let_through--;
    inside--;
    pthread_mutex_unlock(&gate);
}

static inline void wait_inside(int count)
{
    pthread_mutex_lock(&gate);
    while (inside < count)
        pthread_cond_wait(&moved, &gate);
    pthread_mutex_unlock(&gate);
}

static inline void open_gate(int count)
{
    pthread_mutex_lock(&gate);
    let_through += count;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&gate);
}

/* ---- A toy site ---- */

static inline void reply_text(struct http_request *req, const char *text)
{
    http_reply(req, 200, "text/plain; charset=utf-8", text, strlen(text));
}

static inline void show(struct http_request *req)
{
    static const char *const NAMES[] = {"a", "b", "rest"};
    char *text = talloc_strdup(req->mem, req->route->pattern);

    for (size_t i = 0; i < count_of(NAMES); i++)
        if (http_parameter(req, NAMES[i]))
            text = talloc_asprintf_append(text, " %s=%s", NAMES[i], http_parameter(req, NAMES[i]));
    for (size_t i = 0; i < req->query.count; i++)
        text = talloc_asprintf_append(text, " ?%s=%s", req->query.pair[i].name, req->query.pair[i].value);
    reply_text(req, text);
}

static inline void tell(struct http_request *req)
{
    reply_text(req, talloc_asprintf(req->mem, "host=%s client=%s secure=%d cookie=%s/%s header=%s body=%zu guard=%d",
                                    req->host, req->client, req->secure,
                                    http_cookie(req, "uno") ? http_cookie(req, "uno") : "-",
                                    http_cookie(req, "due") ? http_cookie(req, "due") : "-",
                                    http_header(req, "X-Prova") ? http_header(req, "X-Prova") : "-", req->body_length,
                                    reply_queued));
}

static inline void echo(struct http_request *req)
{
    http_reply(req, 200, "application/octet-stream", req->body, req->body_length);
}

static inline void spooled(struct http_request *req)
{
    char *bytes = talloc_size(req->mem, req->body_length + 1);
    ssize_t n = read(req->body_file, bytes, req->body_length + 1);

    http_reply(req, 200, "application/octet-stream", bytes, n > 0 ? (size_t)n : 0);
}

static inline void wait_there(struct http_request *req)
{
    pass_gate();
    reply_text(req, "passed");
}

static inline void wait_for_others(struct http_request *req)
{
    if (!http_leave(req)) {
        reply_text(req, "busy");
        return;
    }
    pass_gate();
    http_return(req);
    reply_text(req, "passed");
}

static inline void reads(struct http_request *req)
{
    reply_text(req, no_waiting ? "here" : "on a worker");
}

static inline void reads_and_waits(struct http_request *req)
{
    http_set_header(req, "X-Uno", "1");
    http_set_cookie(req, "sessione", "abc", "/", -1);
    if (!http_may_wait(req))
        return;
    pass_gate();
    reads(req);
}

static inline void forms(struct http_request *req)
{
    char *text = talloc_strdup(req->mem, "");

    for (size_t i = 0; i < req->form.count; i++)
        text = talloc_asprintf_append(text, "%s=%s;", req->form.pair[i].name, req->form.pair[i].value);
    for (size_t i = 0; i < req->upload_count; i++)
        text = talloc_asprintf_append(text, "%s<%s:%zu>", req->uploads[i].field, req->uploads[i].filename,
                                      req->uploads[i].length);
    reply_text(req, text);
}

static inline void json(struct http_request *req)
{
    struct problem why;
    json_t *object;

    if (http_json(req, &object, &why) != DONE)
        http_reply_problem(req, &why, "it");
    else
        http_reply_json(req, 201, json_pack("{s:i}", "members", (int)json_object_size(object)));
}

static inline void large_page(struct http_request *req)
{
    struct text_buffer page = text_buffer(req->mem);

    for (int i = 0; i < 300; i++)
        text_put_format(&page, "<p>Casella numero %d, in scadenza.</p>\n", i);
    http_reply(req, 200, "text/html; charset=utf-8", page.bytes, page.length);
}

static inline void forgetful(struct http_request *req)
{
    (void)req;
}

static inline void twice(struct http_request *req)
{
    reply_text(req, "first");
    reply_text(req, "second");
}

static inline void headers(struct http_request *req)
{
    http_set_header(req, "X-Uno", "1");
    http_set_header(req, "x-uno", "2");
    http_set_header(req, "X-Rotto", "a\r\nX-Iniettato: 1");
    http_set_header(req, "Content-Length", "3");
    http_set_header(req, "Cache-Control", "private, max-age=60");
    http_set_header(req, "Content-Security-Policy", "default-src 'none'; form-action https://banca.example");
    http_set_cookie(req, "sessione", "abc", "/", -1);
    http_set_cookie(req, "vecchio", "", "/b", 0);
    http_set_cookie(req, "rotto", "a;b", "/", -1);
    reply_text(req, "ok");
}

static inline void away(struct http_request *req)
{
    http_redirect(req, "/carrello?a=1");
}
static inline void away_broken(struct http_request *req)
{
    http_redirect(req, "/a\r\nX-Iniettato: 1");
}

static inline void faults(struct http_request *req)
{
    struct problems all = {0};

    (void)!problems_add(&all, PROBLEM_REQUIRED, "nome", "");
    (void)!problems_add(&all, PROBLEM_OUT_OF_RANGE, "anni", "da 1 a 10");
    http_reply_problems(req, &all, "it");
}

static inline void otherwise(struct http_request *req)
{
    http_reply_problem(req, http_refusal(req), "it");
}

static const struct http_route ROUTES[] = {
    {HTTP_GET, "/", show},
    {HTTP_GET, "/caselle/nuova", show},
    {HTTP_GET, "/caselle/{a}", show},
    {HTTP_POST, "/caselle/{a}", show},
    {HTTP_GET, "/caselle/{a}/rinnovo", show},
    {HTTP_POST, "/caselle/nuova/subito", show},
    {HTTP_DELETE, "/caselle/{a}/rinnovo/{b}", show},
    {HTTP_GET, "/b/{a}/", show},
    {HTTP_GET, "/file/{rest*}", show},
    {HTTP_GET, "/dice", tell},
    {HTTP_POST, "/dice", tell},
    {HTTP_POST, "/eco", echo, 1000},
    {HTTP_POST, "/grande", echo, 300000},
    {HTTP_POST, "/rullo", spooled, 2000000, HTTP_SPOOL},
    {HTTP_GET, "/attesa", wait_there},
    {HTTP_GET, "/fuori", wait_for_others},
    {HTTP_GET, "/corsia", wait_there, 0, HTTP_LANE},
    {HTTP_GET, "/lettura", reads, 0, HTTP_READS},
    {HTTP_GET, "/lettura-lenta", reads_and_waits, 0, HTTP_READS},
    {HTTP_POST, "/modulo", forms},
    {HTTP_POST, "/json", json},
    {HTTP_GET, "/pagina", large_page},
    {HTTP_GET, "/smemorato", forgetful},
    {HTTP_GET, "/doppio", twice},
    {HTTP_GET, "/intestazioni", headers},
    {HTTP_GET, "/via", away},
    {HTTP_GET, "/via-rotta", away_broken},
    {HTTP_GET, "/errori", faults},
    {0},
};

static const struct http_file FILES[] = {
    {"sito.123.css", "text/css", "body{}", "packed", 6, 6},
    {"a.svg", "image/svg+xml", "<svg/>", NULL, 6, 0},
    {0},
};

static inline void start(struct http_options options)
{
    struct problem why = {0};

    options.listen = "127.0.0.1:0";
    options.routes = ROUTES;
    options.files = FILES;
    if (!options.otherwise)
        options.otherwise = otherwise;
    if (http_server_start(mem, &options, &server, &why) != DONE)
        fail_msg("the server does not start: %s", why.detail);
    url = http_server_url(server);
}

static inline int begin(void **state)
{
    (void)state;
    mem = talloc_new(NULL);
    inside = let_through = 0;
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    talloc_free(mem); /* stops the server */
    return 0;
}

static inline struct answer get(const char *path)
{
    return client_get(mem, url, path, "");
}
static inline struct answer say(const char *text)
{
    return client_say(mem, url, text, strlen(text));
}
static inline const char *header(const struct answer *a, const char *name)
{
    return answer_header(mem, a, name);
}

static inline void wait_for(const char *metric)
{
    int64_t until = clock_monotonic_us() + SECONDS(60);

    for (;;) {
        struct text_buffer text = text_buffer(mem);

        http_server_metrics(server, &text);
        if (strstr(text.bytes, metric))
            return;
        if (clock_monotonic_us() > until)
            fail_msg("never came: %s in\n%s", metric, text.bytes);
        sched_yield();
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define QUIET()    log_setup((enum log_level)(LOG_ERROR + 1), false) /* many of the faults are wanted */
