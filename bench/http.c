/* bench/http.c: processor time of the server for a request, beside libmicrohttpd's own hello world in the same run.
 *
 * Both over loopback, by the same few clients with their connections kept. What the clients use is measured by thread
 * and subtracted; what is left is the servers'. Absolute figures depend on the machine; the ratio does not. */
#include "net/http.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <talloc.h>
#include <unistd.h>

enum { CLIENTS = 4, ROUNDS = 3, ALLOWED = 5 };

static char page[15 * 1024 + 1];

/* ---- Clients ---- */

struct client {
    pthread_t thread;
    int port, requests;
    const char *request;
    double seconds; /* of its own processor time */
};

static double seconds_of(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void give_up(const char *why)
{
    fprintf(stderr, "bench: %s\n", why);
    exit(1);
}

/* Reads one answer: the head up to its blank line, then Content-Length bytes. */
static void read_answer(int s)
{
    char buffer[32 * 1024], *body = NULL, *length;
    size_t have = 0, want = sizeof buffer - 1;

    while (have < want) {
        ssize_t n = recv(s, buffer + have, want - have, 0);
        if (n <= 0)
            give_up("the server hung up");
        have += (size_t)n;
        buffer[have] = '\0';
        if (!body && (body = strstr(buffer, "\r\n\r\n"))) {
            if (strncmp(buffer, "HTTP/1.1 200", 12) != 0 || !(length = strcasestr(buffer, "\r\nContent-Length:")))
                give_up("not the answer that was wanted");
            want = (size_t)(body + 4 - buffer) + strtoul(length + 17, NULL, 10);
        }
    }
}

static void *run_client(void *arg)
{
    struct client *c = arg;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)c->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    double begun = seconds_of(RUSAGE_THREAD);

    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(s, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("no connection");
    for (int i = 0; i < c->requests; i++) {
        if (send(s, c->request, strlen(c->request), 0) < 0)
            give_up("the server hung up");
        read_answer(s);
    }
    close(s);
    c->seconds = seconds_of(RUSAGE_THREAD) - begun;
    return NULL;
}

/* Microseconds of processor time that the server spent on each request. */
static double measure(int port, const char *headers, int requests)
{
    struct client clients[CLIENTS];
    char request[200];
    double begun = seconds_of(RUSAGE_SELF), used;

    snprintf(request, sizeof request, "GET /pagina HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n%s\r\n",
             headers);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.port = port, .requests = requests / CLIENTS, .request = request};
        if (pthread_create(&clients[i].thread, NULL, run_client, &clients[i]) != 0)
            give_up("no thread");
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);
    used = seconds_of(RUSAGE_SELF) - begun;
    for (int i = 0; i < CLIENTS; i++)
        used -= clients[i].seconds;
    return used / requests * 1e6;
}

/* ---- Servers ---- */

static enum MHD_Result hello(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                             const char *version, const char *upload, size_t *upload_length, void **state)
{
    (void)url, (void)method, (void)version, (void)upload, (void)upload_length;
    if (!*state) {
        *state = connection;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, arg);
}

static void reply_page(struct http_request *req)
{
    http_reply(req, 200, "text/html; charset=utf-8", page, strlen(page));
}

static const struct http_route ROUTES[] = {{HTTP_GET, "/pagina", reply_page}, {0}};

static struct http_server *start(bool compress)
{
    struct http_options options = {.listen = "127.0.0.1:0", .routes = ROUTES, .compress = compress};
    struct http_server *server;

    if (http_server_start(NULL, &options, &server, NULL) != DONE)
        give_up("the server does not start");
    return server;
}

static int port_of(const struct http_server *server)
{
    return atoi(strrchr(http_server_url(server), ':') + 1);
}

int main(int count, char **arguments)
{
    int requests = count > 1 ? atoi(arguments[1]) : 40000;
    struct MHD_Response *greeting =
        MHD_create_response_from_buffer(13, (void *)(uintptr_t) "Hello, world\n", MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *bare = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, hello, greeting,
                                               MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
    struct http_server *plain, *packing;
    double best[3] = {1e9, 1e9, 1e9};
    int bare_port;

    if (!bare || requests < CLIENTS)
        give_up("usage: http [requests]");
    for (size_t n = 0; n + 60 < sizeof page;)
        n += (size_t)sprintf(page + n, "<tr><td>casella-%zu@legalmail.example<td>15/03/%zu</tr>\n", n * 7919 % 9973,
                             2026 + n % 5);
    if (!freopen("/dev/null", "w", stderr)) /* the log is written, as it would be */
        return 1;
    bare_port = MHD_get_daemon_info(bare, MHD_DAEMON_INFO_BIND_PORT)->port;
    plain = start(false);
    packing = start(true);
    for (int round = 0; round < ROUNDS; round++) {
        double now[] = {measure(bare_port, "", requests), measure(port_of(plain), "", requests),
                        measure(port_of(packing), "Accept-Encoding: gzip\r\n", requests / 4)};

        for (size_t i = 0; i < count_of(best); i++)
            best[i] = now[i] < best[i] ? now[i] : best[i];
    }
    printf("libmicrohttpd, hello world     %7.1f us of processor a request\n", best[0]);
    printf("casella, a page of %zu bytes %7.1f us: %.1f times as much (allowed: %d)\n", strlen(page), best[1],
           best[1] / best[0], ALLOWED);
    printf("casella, the same compressed   %7.1f us: %.1f times as much\n", best[2], best[2] / best[0]);
    talloc_free(plain);
    talloc_free(packing);
    MHD_stop_daemon(bare);
    MHD_destroy_response(greeting);
    return best[1] <= ALLOWED * best[0] ? 0 : 1;
}
