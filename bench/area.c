/* bench/area.c: the Area Clienti of a customer who is logged in: processor time of the server for a page, next to
 * libmicrohttpd's own hello world, and how long the slowest pages take.
 *
 *     bench-area [REQUESTS [ROUNDS]]      6000 a round, 5 rounds
 *
 * The page of a customer with three mailboxes, as most have, is held to the limit; that with twenty, a full page of the
 * list, is told beside it.
 *
 * What the clients use is measured by thread and subtracted; what is left is the server's. */
#include "caller.h"
#include "house.h"
#include "measure.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <talloc.h>

enum { CLIENTS = 4, CUSTOMERS = 1000, ALLOWED = 5, ROUNDS_MOST = 50 };

struct visit {
    int port;
    const char *path;
    char **cookies; /* one for each customer; NULL: none */
};

struct client {
    pthread_t thread;
    const struct visit *visit;
    int first, requests;
    double seconds; /* of its own processor time */
    size_t length;  /* of the last page */
    struct times times;
};

static void *run_client(void *arg)
{
    struct client *c = arg;
    struct caller *caller = caller_open(c->visit->port);
    double begun = cpu_seconds(RUSAGE_THREAD);
    char request[400];

    for (int i = 0; i < c->requests; i++) {
        const char *cookie = c->visit->cookies ? c->visit->cookies[(c->first + i) % CUSTOMERS] : "";
        int length =
            snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n%s\r\n",
                     c->visit->path, cookie);
        int64_t start = clock_monotonic_us();

        if (caller_ask(caller, request, (size_t)length) != 200)
            give_up("%s: %.60s", c->visit->path, caller->answer);
        times_note(&c->times, clock_monotonic_us() - start);
    }
    c->seconds = cpu_seconds(RUSAGE_THREAD) - begun;
    c->length = caller->length;
    caller_close(caller);
    return NULL;
}

/* Microseconds of processor time that the server spent on each request. */
static double measure(const struct visit *visit, int requests, struct times *times, size_t *length)
{
    struct client clients[CLIENTS];
    double begun = cpu_seconds(RUSAGE_SELF), used;

    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.visit = visit, .first = i * CUSTOMERS / CLIENTS, .requests = requests / CLIENTS};
        if (pthread_create(&clients[i].thread, NULL, run_client, &clients[i]) != 0)
            give_up("no thread");
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);
    used = cpu_seconds(RUSAGE_SELF) - begun;
    for (int i = 0; i < CLIENTS; i++) {
        used -= clients[i].seconds;
        times_join(times, &clients[i].times);
    }
    *length = clients[0].length;
    return used / requests * 1e6;
}

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

static char **customers(void *mem, struct house *house, int first, int mailboxes)
{
    char **cookies = talloc_array(mem, char *, CUSTOMERS);

    for (int i = 0; i < CUSTOMERS; i++) {
        int64_t account = house_account(house, first + i, "");

        house_mailboxes(house, account, (first + i) * 100, mailboxes);
        cookies[i] = house_session(mem, house, account);
    }
    return cookies;
}

int main(int count, char **arguments)
{
    int requests = count > 1 ? atoi(arguments[1]) : 6000, rounds = count > 2 ? atoi(arguments[2]) : 5;
    static const char *const NAME[] = {"libmicrohttpd, hello world", "Area Clienti, 3 mailboxes",
                                       "Area Clienti, 20 mailboxes"};
    double used[3][ROUNDS_MOST], middle[3];
    struct times times[3] = {0};
    size_t length[3];
    void *mem = talloc_new(NULL);
    struct house *house = house_open(mem, NULL, 8);
    struct MHD_Response *greeting =
        MHD_create_response_from_buffer(13, (void *)(uintptr_t) "Hello, world\n", MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *bare = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, hello, greeting,
                                               MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
    struct visit visit[3];
    bool met;

    if (!bare || requests < CLIENTS || rounds < 1 || rounds > ROUNDS_MOST)
        give_up("usage: bench-area [REQUESTS [ROUNDS]]");
    house_serve(house);
    visit[0] = (struct visit){MHD_get_daemon_info(bare, MHD_DAEMON_INFO_BIND_PORT)->port, "/", NULL};
    visit[1] = (struct visit){house->port, "/b/legalmail/caselle", customers(mem, house, 0, 3)};
    visit[2] = (struct visit){house->port, "/b/legalmail/caselle", customers(mem, house, CUSTOMERS, 20)};

    for (int round = -1; round < rounds; round++) /* the first only warms up */
        for (int i = 0; i < 3; i++) {
            double now = measure(&visit[i], i ? requests : requests * 2, &times[i], &length[i]);

            if (round < 0)
                times_forget(&times[i]);
            else
                used[i][round] = now;
        }
    for (int i = 0; i < 3; i++) {
        middle[i] = median(used[i], (size_t)rounds);
        printf("%-28s %6zu bytes, %7.1f us of processor a request, p50 %5d us, p99 %6d us\n", NAME[i], length[i],
               middle[i], times_at(&times[i], 0.5), times_at(&times[i], 0.99));
        times_forget(&times[i]);
    }
    printf("%s, times hello world: %.2f\n", NAME[2], middle[2] / middle[0]);
    met = at_most(ALLOWED, middle[1] / middle[0], "%s, times hello world", NAME[1]);
    MHD_stop_daemon(bare);
    MHD_destroy_response(greeting);
    house_close(house);
    talloc_free(mem);
    return met ? 0 : 1;
}
