/* net/http.h: the web server. Knows no commerce.
 *
 * A few I/O threads (libmicrohttpd, epoll) read requests whole, within bounds, and suspend the connection; a pool of workers runs
 * handlers, which may block on the database; the answer is queued and the connection resumed. A slow client so holds no
 * worker, and a slow handler no I/O thread. Passing a request to a worker and back costs as much as reading a page's data; so
 * where the database is at hand, handlers that only read (HTTP_READS) run on the I/O thread.
 *
 * The order of calls: http_server_start → … → http_server_stop, which stops accepting, finishes what it accepted, and returns. */
#pragma once

#include "base/problem.h"
#include "base/text.h"
#include "net/form.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_method { HTTP_GET, HTTP_POST, HTTP_DELETE, HTTP_HEAD /* answered as GET without a body; handlers never see it */ };

struct http_request;
typedef void http_handler(struct http_request *req);

enum http_flags {
    HTTP_SPOOL = 1, /* the body goes to an unlinked temporary file and may be as large as body_limit says; req->body_file */
    HTTP_LANE = 2,  /* runs in the bounded lane for costly handlers (password hashing), never starving the other workers */
    HTTP_READS = 4, /* a GET that reads a little of the database and renders it: no file, no network, no long work; and before it
                       writes, it asks http_may_wait() */
};

/* A row of the router. Pattern: literal segments and {names}, "/caselle/{address}/rinnovo"; a final {name*} takes the rest.
 * Literal segments win over names. The path is percent-decoded by segment; an encoded slash is refused. */
struct http_route {
    enum http_method method;
    const char *pattern;
    http_handler *handler;
    size_t body_limit; /* bytes; 0: 64 KiB. More is answered 413, and not read when it is announced */
    unsigned flags;
    const void *data;  /* for the handler */
};

/* A file sent in a multipart form. The bytes are the request's; the name is a bare, plain, short one to show, and proves nothing. */
struct http_upload {
    const char *field, *filename, *content_type; /* content_type: as the client claims, "" if it does not */
    const void *bytes;
    size_t length;
};

struct http_request {
    void *mem;                /* the request's tree; freed as a whole after the answer has gone */
    enum http_method method;
    const char *path;         /* decoded, valid UTF-8, begins with '/' */
    const char *host;         /* lower case, without port; "" if none */
    const char *target;       /* as sent, with the query */
    const char *client;       /* address of the peer, as text; X-Forwarded-For only when the server was told to trust it */
    bool secure;              /* came over TLS, or a trusted proxy says so */
    const struct http_route *route;
    struct form query;        /* decoded */
    struct form form;         /* decoded body of an urlencoded or multipart form; count 0 otherwise */
    const struct http_upload *uploads; /* of a multipart form: those chosen, at most 20, in order */
    size_t upload_count;
    const char *body;         /* whole body, NUL-terminated; "" for none or HTTP_SPOOL */
    size_t body_length;       /* with HTTP_SPOOL, of the file */
    int body_file;            /* HTTP_SPOOL: an open file at offset 0, closed with the request; -1 otherwise */
    void *app;                /* what http_server_start was given */
    uint64_t id;              /* also sent as X-Request-Id and written in each log line of this request */
};

/* Before a handler flagged HTTP_READS does what may wait, such as a write: false when it runs on an I/O thread, which must not. The
 * handler then returns at once, without an answer, and is run again from its beginning by a worker. */
bool http_may_wait(struct http_request *req);

/* Around a call to somebody outside, who may be silent for long: meanwhile another thread takes this worker's place, so that however
 * many wait, as many as before work. False when too many are out already: then the call must not be made, and the answer is that we
 * are busy. Where it was true, http_return follows. */
bool http_leave(struct http_request *req);
void http_return(struct http_request *req);

const char *http_parameter(const struct http_request *req, const char *name); /* of the pattern; NULL if it has none such */
const char *http_header(const struct http_request *req, const char *name);    /* NULL if absent */
const char *http_cookie(const struct http_request *req, const char *name);    /* NULL if absent */

/* The body as one JSON object: Content-Type application/json, no member twice. The object lives as long as the request; REFUSED
 * (PROBLEM_BAD_REQUEST, with the place in the text) otherwise. */
enum outcome http_json(struct http_request *req, json_t **object, struct problem *why) must_check;

/* ---- Answering: exactly one of these ends a handler; a handler that forgets answers 500. Bytes are copied but by the second. ---- */

void http_reply(struct http_request *req, int status, const char *content_type, const void *bytes, size_t length);
/* `bytes` were allocated under req->mem, or last for ever. */
void http_reply_kept(struct http_request *req, int status, const char *content_type, const void *bytes, size_t length);
void http_redirect(struct http_request *req, const char *location); /* 303 */
void http_reply_json(struct http_request *req, int status, json_t *body); /* takes over the reference */
/* Closes the connection without an answer, as when a server dies: for those that play one (sandbox/). */
void http_hang_up(struct http_request *req);
/* RFC 9457: {"type": "/problems/too-large", "code": "too-large", "title", "status", "detail", "field"}. */
void http_reply_problem(struct http_request *req, const struct problem *problem, const char *language);
/* One problem: the same. Several: type "/problems/invalid-input". Always with "errors": [{"field", "code", "detail"}]. */
void http_reply_problems(struct http_request *req, const struct problems *all, const char *language);

/* Before the answer. Every answer also carries the security headers, "Cache-Control: no-store" and X-Request-Id; what is set here
 * stands in place of the one of the same name. */
void http_set_header(struct http_request *req, const char *name, const char *value); /* CR, LF and NUL are refused: BROKEN log */
/* The answer is a file of the name that `format` makes: kept at once, or shown first. */
void http_attachment(struct http_request *req, const char *format, ...) like_printf(2, 3);
void http_inline(struct http_request *req, const char *format, ...) like_printf(2, 3);
/* HttpOnly, SameSite=Lax, Path=`path`, Secure when the request is. max_age < 0: until the browser closes; 0: forget it. */
void http_set_cookie(struct http_request *req, const char *name, const char *value, const char *path, int max_age);

/* ---- The server ---- */

/* Embedded files, served under /static/ by their immutable name ("site.4f2a9c.css"): gzip to those who accept it, a year of cache. */
struct http_file {
    const char *name, *content_type;
    const void *bytes, *gzip; /* gzip NULL: not worth it */
    size_t length, gzip_length;
};

struct http_options {
    const char *listen;    /* "127.0.0.1:8080", "[::1]:0"; port 0 picks a free one */
    int io_threads, workers, lane_workers; /* 0: 2 (8 with reads_inline), 8, and as many as cores (at least 2): one
                                              waits for the database while the others use a core each */
    int away_limit;        /* handlers that wait for somebody outside at once (http_leave); 0: 32 */
    bool reads_inline;     /* HTTP_READS handlers run on I/O threads: the database is in this process, reading it never waits */
    int queue_limit;       /* requests waiting for a worker before 503; 0: 1024 */
    int connection_limit;  /* 0: 20000, within the process's file limit, which is raised as far as allowed */
    int idle_seconds;      /* a connection that sends or takes nothing for so long is closed; 0: 30 */
    size_t body_memory;    /* of all the bodies being read or handled; beyond it 503; 0: 256 MiB */
    bool trust_proxy;      /* X-Forwarded-For (its last address) and X-Forwarded-Proto are those of a proxy in front */
    /* gzip for the handlers' HTML and JSON of more than 1 KiB, to those who take it. It costs more than all the rest of the request,
     * so it is for who has no proxy that does it. A page that holds a secret beside text of the client's choosing must mask the
     * secret (BREACH). */
    bool compress;
    const struct http_route *routes; /* end with a row whose pattern is NULL */
    /* No handler was found or the request was refused: http_refusal() says why; Allow and Retry-After are already set. NULL: a plain
     * answer. Where not even a worker can be had (503), the plain answer is given at once. */
    http_handler *otherwise;
    const struct http_file *files;   /* end with a row whose name is NULL; NULL: none */
    void *app;
};

/* Whether `listen` is HOST:PORT, of a host that is known here; whether the port is free shows at the start. */
bool http_can_listen(const char *listen);

struct http_server;
enum outcome http_server_start(void *mem, const struct http_options *options, struct http_server **server,
                               struct problem *why) must_check;
const char *http_server_url(const struct http_server *server); /* "http://127.0.0.1:41233" */
void http_server_stop(struct http_server *server);

/* Numbers for /metrics: requests by status class, in flight, queue length, worker seconds. Appends Prometheus text. */
void http_server_metrics(const struct http_server *server, struct text_buffer *out);

/* In `otherwise`: why no handler was found or the request was refused (NOT_FOUND, METHOD, TOO_LARGE, BAD_REQUEST, BUSY, BROKEN).
 * req->route, form and query may then be empty. Elsewhere NULL. */
const struct problem *http_refusal(const struct http_request *req);
