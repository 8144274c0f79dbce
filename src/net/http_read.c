#include "base/clock.h"
#include "base/log.h"
#include "net/http_parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

/* A refused body is read on for so long that an honest client hears why; past it the connection is cut. (libmicrohttpd
 * takes an answer before the body or after it, not within.) */
enum { SKIP_LIMIT = 1024 * 1024 };

void *exchange_begin(void *server, const char *uri, struct MHD_Connection *connection)
{
    size_t length = strlen(uri);
    struct exchange *x = calloc(1, sizeof *x + length + 1);

    if (!x)
        return NULL;
    memcpy(x->target, uri, length);
    x->server = server;
    x->connection = connection;
    x->req.target = x->target;
    x->req.body = x->req.host = x->req.client = "";
    x->req.path = "/";
    x->req.body_file = -1;
    return x;
}

enum outcome exchange_refuse(struct exchange *x, enum problem_code code, const char *detail)
{
    if (x->refused)
        return REFUSED;
    x->refused = true;
    return problem_set(&x->refusal, code, "", "%s", detail);
}

static void give_back_memory(struct exchange *x)
{
    atomic_fetch_sub(&x->server->body_memory, x->body_room);
    TALLOC_FREE(x->body);
    x->body_room = 0;
}

static void refuse_body(struct exchange *x, enum problem_code code, const char *detail)
{
    (void)!exchange_refuse(x, code, detail);
    give_back_memory(x);
    x->req.body = "";
    x->req.body_length = 0;
}

static void refuse_too_large(struct exchange *x)
{
    char limit[40];

    if (x->body_limit >= 1024 * 1024)
        snprintf(limit, sizeof limit, "%zu MB", x->body_limit / (1024 * 1024));
    else
        snprintf(limit, sizeof limit, "%zu kB", (x->body_limit + 1023) / 1024);
    refuse_body(x, PROBLEM_TOO_LARGE, limit);
}

/* ---- The body ---- */

/* A full disk, or a quota, passes. */
static void spool_failed(struct exchange *x)
{
    bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

    log_error("http.spool", LOG_TEXT("why", strerror(errno)));
    refuse_body(x, full ? PROBLEM_BUSY : PROBLEM_BROKEN, "");
}

static bool open_spool(struct exchange *x)
{
    const char *folder = getenv("TMPDIR");

    x->req.body_file = open(folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (x->req.body_file < 0)
        spool_failed(x);
    return x->req.body_file >= 0;
}

static bool grow(struct exchange *x, size_t need)
{
    size_t room = x->body_room ? x->body_room : 4096;

    while (room < need)
        room *= 2;
    if (room > x->body_limit + 1)
        room = x->body_limit + 1;
    if (room <= x->body_room)
        return true;
    if (atomic_fetch_add(&x->server->body_memory, room - x->body_room) + (room - x->body_room) >
        x->server->options.body_memory) {
        atomic_fetch_sub(&x->server->body_memory, room - x->body_room);
        refuse_body(x, PROBLEM_BUSY, "");
        return false;
    }
    x->body = talloc_realloc(x->req.mem, x->body, char, room);
    x->body_room = room;
    return true;
}

static void keep(struct exchange *x, const char *bytes, size_t length)
{
    size_t have = x->req.body_length;

    if (length > x->body_limit - have) {
        refuse_too_large(x);
        return;
    }
    if (x->req.route->flags & HTTP_SPOOL) {
        for (size_t sent = 0; sent < length;) {
            ssize_t n = write(x->req.body_file, bytes + sent, length - sent);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0) {
                spool_failed(x);
                return;
            }
            sent += (size_t)n;
        }
    } else {
        if (!grow(x, have + length + 1))
            return;
        memcpy(x->body + have, bytes, length);
        x->body[have + length] = '\0';
        x->req.body = x->body;
    }
    x->req.body_length = have + length;
}

/* ---- The head ---- */

static const struct http_file *static_file(const struct http_server *server, const char *path)
{
    size_t low = 0, high = server->file_count;

    if (strncmp(path, "/static/", 8) != 0)
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(path + 8, server->files[middle]->name);

        if (order == 0)
            return server->files[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static enum outcome find_handler(struct exchange *x)
{
    TRY(request_path(x));
    if (x->req.method == HTTP_GET && (x->file = static_file(x->server, x->req.path)))
        return DONE;
    if (x->req.method == HTTP_HEAD) { /* some other method: see which ones there are */
        router_match(x->req.mem, x->server->router, x->req.path, HTTP_GET, &x->match);
        x->match.allowed |= x->match.route ? 1U << HTTP_GET : 0;
        x->match.route = NULL;
        x->req.method = HTTP_GET;
    } else {
        router_match(x->req.mem, x->server->router, x->req.path, x->req.method, &x->match);
    }
    if (!x->match.route)
        return exchange_refuse(x, x->match.allowed ? PROBLEM_METHOD : PROBLEM_NOT_FOUND, "");
    x->req.route = x->match.route;
    x->body_limit = x->match.route->body_limit ? x->match.route->body_limit : HTTP_BODY_LIMIT;
    return DONE;
}

/* True when a body follows that will not be wanted; the answer then goes out before it and the connection ends. */
static bool body_unwanted(struct exchange *x)
{
    const char *length = http_header(&x->req, "Content-Length");
    bool chunked = http_header(&x->req, "Transfer-Encoding") != NULL;
    bool body = chunked || (length && strspn(length, "0") < strlen(length));

    if (!body || x->refused)
        return body;
    if (x->file)
        return true;
    if (length && strtoull(length, NULL, 10) > x->body_limit) {
        refuse_too_large(x);
        return true;
    }
    return (x->req.route->flags & HTTP_SPOOL) && !open_spool(x);
}

/* ---- The steps ---- */

static enum MHD_Result send_answer(struct exchange *x)
{
    enum MHD_Result result;

    if (atomic_load_explicit(&x->server->stopping, memory_order_relaxed))
        MHD_add_response_header(x->response, "Connection", "close");
    result = MHD_queue_response(x->connection, (unsigned)x->status, x->response);
    MHD_destroy_response(x->response);
    x->response = NULL;
    return result;
}

static enum MHD_Result hand_over(struct exchange *x)
{
    static const struct problem BUSY_NOW = {.code = PROBLEM_BUSY};

    if (x->file && !x->refused)
        reply_file(x);
    else if (work_here(x))
        ;
    else if (work_submit(x)) /* a worker may have it already: not to be touched */
        return MHD_YES;
    else
        reply_plain(x, &BUSY_NOW);
    x->stage = ANSWERED;
    return send_answer(x);
}

static enum MHD_Result read_head(struct exchange *x, const char *method)
{
    x->begun_us = clock_monotonic_us();
    x->req.mem = talloc_pool(NULL, 6 * 1024);
    x->req.app = x->server->options.app;
    x->req.id = atomic_fetch_add_explicit(&x->server->next_id, 1, memory_order_relaxed);
    x->stage = READING;
    if (request_headers(x, method) == DONE)
        (void)!find_handler(x);
    return body_unwanted(x) ? hand_over(x) : MHD_YES;
}

static enum MHD_Result read_body(struct exchange *x, const char *bytes, size_t *length)
{
    if (!x->refused)
        keep(x, bytes, *length);
    if (x->refused && (x->skipped += *length) > SKIP_LIMIT)
        return MHD_NO;
    *length = 0;
    return MHD_YES;
}

enum MHD_Result exchange_step(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_length, void **exchange)
{
    struct exchange *x = *exchange;

    (void)server, (void)connection, (void)url, (void)version;
    if (!x)
        return MHD_NO;
    switch (x->stage) {
    case BEGUN:
        return read_head(x, method);
    case READING:
        return *upload_length ? read_body(x, upload, upload_length) : hand_over(x);
    case ANSWERED:
        return x->response ? send_answer(x) : MHD_YES;
    case QUEUED:
        break;
    }
    return MHD_YES;
}

void exchange_end(void *server, struct MHD_Connection *connection, void **exchange, enum MHD_RequestTerminationCode how)
{
    struct exchange *x = *exchange;
    struct http_server *s = server;

    (void)connection;
    *exchange = NULL;
    if (!x)
        return;
    if (x->status) {
        atomic_fetch_add_explicit(&s->answers[x->status / 100 % 6], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&s->bytes_sent, x->sent, memory_order_relaxed);
        log_info("http.request", LOG_TEXT("method", x->method), LOG_TEXT("path", x->req.path),
                 LOG_INT("status", x->status), LOG_INT("bytes", x->sent),
                 LOG_INT("us", clock_monotonic_us() - x->begun_us), LOG_TEXT("client", x->req.client),
                 LOG_INT("request", x->req.id),
                 LOG_TEXT("end", how == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "ok" : "cut"));
    }
    if (x->response)
        MHD_destroy_response(x->response);
    if (x->req.body_file >= 0)
        close(x->req.body_file);
    give_back_memory(x);
    talloc_free(x->req.mem);
    if (x->counted)
        work_done(s);
    free(x);
}
