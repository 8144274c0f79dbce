#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "net/http_parts.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <talloc.h>
#include <unistd.h>

enum {
    OTHER_FILES = 256,             /* descriptors left for databases, spools, logs */
    CONNECTION_MEMORY = 32 * 1024, /* libmicrohttpd's for one connection: head of the request, then of the answer */
};

static enum outcome wrong(struct problem *why, const char *what, const char *reason)
{
    return problem_set(why, PROBLEM_CONFIG, "listen", "%.80s: %.100s", what, reason);
}

/* ---- The listening socket ---- */

static enum outcome split_address(void *mem, const char *listen, char **host, char **port, struct problem *why)
{
    const char *colon = strrchr(listen, ':');

    /* getaddrinfo takes 70000 for 4464 */
    if (!colon || strlen(listen) > 100 || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        strtoul(colon + 1, NULL, 10) > 65535)
        return wrong(why, listen, "127.0.0.1:8080");
    *port = talloc_strdup(mem, colon + 1);
    if (*listen == '[' && colon > listen + 1 && colon[-1] == ']')
        *host = talloc_strndup(mem, listen + 1, (size_t)(colon - listen) - 2);
    else
        *host = talloc_strndup(mem, listen, (size_t)(colon - listen));
    return DONE;
}

static int look_up(const char *host, const char *port, struct addrinfo **found)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};

    return getaddrinfo(*host ? host : NULL, port, &hints, found);
}

bool http_can_listen(const char *listen)
{
    void *mem = talloc_new(NULL);
    struct addrinfo *found = NULL;
    char *host, *port;
    bool can = split_address(mem, listen, &host, &port, NULL) == DONE && look_up(host, port, &found) == 0;

    if (found)
        freeaddrinfo(found);
    talloc_free(mem);
    return can;
}

static const char *bind_reason(int error)
{
    return error == EADDRINUSE      ? N_("è già in uso da un altro programma")
           : error == EADDRNOTAVAIL ? N_("non è un indirizzo di questa macchina")
           : error == EACCES        ? N_("manca il permesso")
                                    : strerror(error);
}

static enum outcome open_socket(struct http_server *server, struct problem *why)
{
    struct addrinfo *found;
    const char *listen_at = server->options.listen;
    char *host = NULL, *port = NULL;
    int error, on = 1;

    TRY(split_address(server, listen_at, &host, &port, why));
    if ((error = look_up(host, port, &found)) != 0)
        return wrong(why, listen_at, gai_strerror(error));
    server->listen_socket = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->listen_socket < 0 || setsockopt(server->listen_socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(server->listen_socket, found->ai_addr, found->ai_addrlen) != 0 ||
        listen(server->listen_socket, 4096) != 0) {
        error = errno;
        freeaddrinfo(found);
        return wrong(why, listen_at, bind_reason(error));
    }
    freeaddrinfo(found);
    return DONE;
}

static enum outcome find_url(struct http_server *server)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char host[64], port[16];

    if (getsockname(server->listen_socket, (struct sockaddr *)&address, &size) != 0 ||
        getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return log_broken("http.listen", LOG_TEXT("why", strerror(errno)));
    server->url = talloc_asprintf(server, strchr(host, ':') ? "http://[%s]:%s" : "http://%s:%s", host, port);
    return DONE;
}

/* ---- Bounds ---- */

/* As many files as we are let have, and no more connections than that. */
static void fit_to_files(struct http_options *options)
{
    struct rlimit files;
    rlim_t want = (rlim_t)options->connection_limit + OTHER_FILES;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    if (files.rlim_cur < want) {
        struct rlimit more = {.rlim_cur = want, .rlim_max = files.rlim_max < want ? want : files.rlim_max};

        if (setrlimit(RLIMIT_NOFILE, &more) != 0) {
            more = (struct rlimit){files.rlim_max, files.rlim_max};
            (void)!setrlimit(RLIMIT_NOFILE, &more);
        }
        if (getrlimit(RLIMIT_NOFILE, &files) != 0)
            return;
    }
    if (files.rlim_cur < want) {
        options->connection_limit =
            files.rlim_cur > 2 * OTHER_FILES ? (int)(files.rlim_cur - OTHER_FILES) : OTHER_FILES;
        log_warning("http.files", LOG_INT("limit", files.rlim_cur), LOG_INT("connections", options->connection_limit));
    }
}

static void or_else(int *value, int otherwise)
{
    *value = *value > 0 ? *value : otherwise;
}

static void fill_defaults(struct http_options *options)
{
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);

    options->reads_inline &= !options->compress; /* which takes longer, and a worker's stream */
    or_else(&options->io_threads, options->reads_inline ? 8 : 2);
    or_else(&options->workers, 8);
    or_else(&options->lane_workers, cores > 2 ? cores : 2);
    or_else(&options->away_limit, 32);
    or_else(&options->queue_limit, 1024);
    or_else(&options->connection_limit, 20000);
    or_else(&options->idle_seconds, 30);
    if (!options->body_memory)
        options->body_memory = (size_t)256 * 1024 * 1024;
    fit_to_files(options);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct http_file *const *)a)->name, (*(const struct http_file *const *)b)->name);
}

static void sort_files(struct http_server *server)
{
    const struct http_file *file = server->options.files;

    while (file && file[server->file_count].name)
        server->file_count++;
    server->files = talloc_array(server, const struct http_file *, server->file_count);
    for (size_t i = 0; i < server->file_count; i++)
        server->files[i] = &file[i];
    if (server->file_count)
        qsort(server->files, server->file_count, sizeof *server->files, by_name);
}

/* ---- The daemon ---- */

/* Paths and arguments are left as they came: we decode them by our own rules. */
static size_t leave_escaped(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg, (void)connection;
    return strlen(text);
}

like_printf(2, 0) static void note(void *arg, const char *format, va_list arguments)
{
    char line[200], *text = line;

    (void)arg;
    vsnprintf(line, sizeof line, format, arguments);
    text[strcspn(text, "\r\n")] = '\0';
    log_debug("http.library", LOG_TEXT("text", text));
}

static enum outcome start_daemon(struct http_server *server)
{
    const struct http_options *options = &server->options;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_TURBO | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, exchange_step, server, MHD_OPTION_EXTERNAL_LOGGER, note, NULL, MHD_OPTION_LISTEN_SOCKET,
        server->listen_socket, MHD_OPTION_THREAD_POOL_SIZE,
        options->io_threads > 1 ? (unsigned)options->io_threads : 0U, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)options->connection_limit, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)options->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, server, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_end, server, MHD_OPTION_END);
    return server->daemon ? DONE : log_broken("http.start", LOG_TEXT("listen", options->listen));
}

static int release(struct http_server *server)
{
    http_server_stop(server);
    return 0;
}

enum outcome http_server_start(void *mem, const struct http_options *options, struct http_server **made,
                               struct problem *why)
{
    struct http_server *server = talloc_zero(mem, struct http_server);
    enum outcome outcome;

    server->options = *options;
    server->listen_socket = -1;
    server->queue.last = &server->queue.first;
    server->lane.last = &server->lane.first;
    atomic_store(&server->next_id, (uint64_t)(clock_now().us / SECONDS(1)) << 20); /* not seen before the restart */
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->queue.ready, NULL);
    pthread_cond_init(&server->lane.ready, NULL);
    pthread_cond_init(&server->idle, NULL);
    talloc_set_destructor(server, release);
    fill_defaults(&server->options);
    sort_files(server);
    if ((outcome = router_build(server, options->routes, &server->router, why)) != DONE ||
        (outcome = open_socket(server, why)) != DONE || (outcome = find_url(server)) != DONE ||
        (outcome = work_start(server)) != DONE || (outcome = start_daemon(server)) != DONE) {
        talloc_free(server);
        return outcome;
    }
    log_info("http.listen", LOG_TEXT("url", server->url), LOG_INT("connections", server->options.connection_limit));
    *made = server;
    return DONE;
}

const char *http_server_url(const struct http_server *server)
{
    return server->url;
}

void http_server_stop(struct http_server *server)
{
    if (server->daemon) {
        atomic_store(&server->stopping, true);
        MHD_quiesce_daemon(server->daemon);
        work_drain(server); /* libmicrohttpd aborts when it is stopped with a suspended connection */
        MHD_stop_daemon(server->daemon);
        server->daemon = NULL;
    }
    if (server->listen_socket >= 0)
        close(server->listen_socket);
    server->listen_socket = -1;
    work_stop(server);
}

/* ---- Numbers ---- */

static unsigned long long read_counter(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void http_server_metrics(const struct http_server *server, struct text_buffer *out)
{
    struct http_server *s = (struct http_server *)(uintptr_t)server; /* for its lock */
    size_t in_flight, queue, lane;
    int away;
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS) : NULL;

    pthread_mutex_lock(&s->lock);
    in_flight = s->in_flight, queue = s->queue.length, lane = s->lane.length, away = s->away;
    pthread_mutex_unlock(&s->lock);
    text_put(out,
             "# HELP http_requests_total Requests answered, by class of status.\n# TYPE http_requests_total counter\n");
    for (unsigned class = 1; class < count_of(s->answers); class ++)
        text_put_format(out, "http_requests_total{class=\"%uxx\"} %llu\n", class, read_counter(&s->answers[class]));
    text_put_format(
        out,
        "# HELP http_response_bytes_total Bytes of bodies sent.\n# TYPE http_response_bytes_total counter\n"
        "http_response_bytes_total %llu\n"
        "# HELP http_worker_seconds_total Time spent in handlers.\n# TYPE http_worker_seconds_total counter\n"
        "http_worker_seconds_total %llu.%06llu\n",
        read_counter(&s->bytes_sent), read_counter(&s->worker_us) / 1000000, read_counter(&s->worker_us) % 1000000);
    text_put_format(
        out,
        "# HELP http_connections Connections open.\n# TYPE http_connections gauge\nhttp_connections %u\n"
        "# HELP http_in_flight Requests read and not yet answered.\n# TYPE http_in_flight gauge\nhttp_in_flight %zu\n"
        "# HELP http_at_work Handlers running.\n# TYPE http_at_work gauge\nhttp_at_work %zu\n"
        "# HELP http_away Handlers that wait for somebody outside.\n# TYPE http_away gauge\nhttp_away %d\n"
        "# HELP http_queue_length Requests that wait for a worker.\n# TYPE http_queue_length gauge\n"
        "http_queue_length{pool=\"main\"} %zu\nhttp_queue_length{pool=\"lane\"} %zu\n"
        "# HELP http_body_memory_bytes Memory held by bodies.\n# TYPE http_body_memory_bytes gauge\n"
        "http_body_memory_bytes %zu\n",
        info ? info->num_connections : 0, in_flight, atomic_load_explicit(&s->at_work, memory_order_relaxed), away,
        queue, lane, atomic_load_explicit(&s->body_memory, memory_order_relaxed));
}
