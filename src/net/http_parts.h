/* net/http_parts.h: what the files of the server share; nobody else includes it.
 *
 * An exchange is one request and its answer. It passes from hand to hand and is never in two:
 *
 *   http_read.c (I/O thread)   BEGUN → READING → QUEUED, the connection suspended
 *   http_work.c (worker)       QUEUED → the handler → ANSWERED, the connection resumed; not touched after that
 *     or, where nothing waits  READING → the handler → ANSWERED, all on the I/O thread
 *   http_read.c (I/O thread)   ANSWERED → the answer goes out → freed when libmicrohttpd says that it has
 */
#pragma once

#include "net/http.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <zlib.h>

enum {
    HTTP_BODY_LIMIT = 64 * 1024,
    HTTP_HEADERS = 100,           /* lines of a request */
    HTTP_HEADER_BYTES = 8 * 1024, /* of one line */
    HTTP_PARAMETERS = 8,          /* names in a pattern */
    HTTP_SEGMENTS = 32,           /* of a path */
    HTTP_UPLOADS = 20,
};

struct http_line {
    const char *name, *value;
};

struct http_match {
    const struct http_route *route; /* NULL: none */
    unsigned allowed;               /* bit 1 << method of those that the path knows, when route is NULL */
    const char *const *names;       /* of the parameters, in order */
    const char *values[HTTP_PARAMETERS];
    size_t count;
};

struct exchange {
    struct http_request req; /* first: a handler's request is its exchange */
    struct http_server *server;
    struct MHD_Connection *connection;
    struct worker *worker; /* who runs the handler; NULL on an I/O thread */
    struct exchange *next; /* in the queue */
    enum { BEGUN, READING, QUEUED, ANSWERED } stage;
    bool refused, counted;
    bool away;     /* between http_leave and http_return */
    bool deferred; /* the handler found that it has to wait: a worker runs it */
    struct problem refusal;
    char method[16]; /* as sent, for the log */
    struct http_match match;
    const struct http_file *file; /* under /static/ */
    char *body;
    size_t body_room, body_limit, skipped;
    struct http_line *lines; /* set by the handler */
    size_t line_count;
    int status;
    size_t sent;
    struct MHD_Response *response;
    int64_t begun_us;
    char target[]; /* req.target */
};

struct work_queue {
    struct exchange *first, **last;
    size_t length;
    pthread_cond_t ready;
};

struct worker {
    struct http_server *server;
    struct work_queue *queue;
    pthread_t thread;
    z_stream zip;
    bool zip_ready;
};

struct http_server {
    struct http_options options; /* the defaults filled in */
    struct router *router;
    const struct http_file **files; /* by name */
    size_t file_count;
    struct MHD_Daemon *daemon;
    int listen_socket;
    char *url;

    pthread_mutex_t lock; /* of what follows, up to the counters */
    struct work_queue queue, lane;
    struct worker *workers;
    size_t worker_count, workers_started;
    int here, away;     /* handlers of the main queue that work, and that wait for somebody outside */
    size_t in_flight;   /* queued, at work, or with an answer on its way */
    bool closed, leave; /* no more is queued; workers go home */
    pthread_cond_t idle;

    atomic_bool stopping;
    atomic_uint_fast64_t next_id, answers[6], worker_us, bytes_sent;
    atomic_size_t body_memory, at_work;
};

/* http_router.c */
struct router;
enum outcome router_build(void *mem, const struct http_route *routes, struct router **router,
                          struct problem *why) must_check;
/* `path` is decoded and stays; the values are copied to `mem`. */
void router_match(void *mem, const struct router *router, const char *path, enum http_method method,
                  struct http_match *match);

/* http_read.c: what libmicrohttpd calls */
void *exchange_begin(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_step(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_length, void **exchange);
void exchange_end(void *server, struct MHD_Connection *connection, void **exchange,
                  enum MHD_RequestTerminationCode how);
enum outcome exchange_refuse(struct exchange *x, enum problem_code code, const char *detail);

/* http_request.c: the head of a request, understood. Each refuses the exchange when it has to. */
enum outcome request_headers(struct exchange *x, const char *method);
enum outcome request_path(struct exchange *x);
enum outcome request_forms(struct exchange *x);            /* query and form, on a worker */
bool header_has_type(const char *value, const char *type); /* "text/html; charset=utf-8" has type "text/html" */
bool accepts_gzip(const struct http_request *req);

/* http_work.c */
enum outcome work_start(struct http_server *server);
bool work_here(struct exchange *x);          /* answers on this I/O thread; false: that is for a worker */
bool work_submit(struct exchange *x);        /* suspends the connection and queues; false: no room, nothing done */
void work_done(struct http_server *server);  /* an exchange that was submitted has gone */
void work_drain(struct http_server *server); /* waits until none is in flight, and takes no more */
void work_stop(struct http_server *server);

/* http_reply.c */
void reply_plain(struct exchange *x, const struct problem *problem); /* short, in Italian, HTML or JSON */
void reply_file(struct exchange *x);
/* Compresses by the worker's own stream; NULL when that would not pay. */
void *gzip_bytes(struct exchange *x, const void *bytes, size_t length, size_t *packed);

/* multipart.c */
enum outcome multipart_decode(void *mem, const char *body, size_t length, const char *content_type, struct form *form,
                              const struct http_upload **uploads, size_t *count, struct problem *why) must_check;
