/* bench/login.c: logins next to argon2id itself, and what a flood of logins does to the other pages.
 *
 *     bench-login [SECONDS [ROUNDS]]      4 seconds each measurement, 3 rounds
 *
 * Logins are to take what the verification takes; they run in the server's bounded lane, so that pages still come. */
#include "caller.h"
#include "house.h"
#include "measure.h"

#include "shop/hashers.h"
#include "shop/login.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

enum { CUSTOMERS = 200, LOGIN_CLIENTS = 8, PAGE_CLIENTS = 2, MOST_ROUNDS = 50, MOST_THREADS = 64 };

static const char PASSWORD[] = "una-password-abbastanza-lunga";

static struct house *house;
static char *hash;
static double until;

struct client {
    pthread_t thread;
    int number;
    int64_t logins;
    const char *cookie; /* of the page's reader */
    struct times times;
};

/* ---- argon2id by itself ---- */

static void *verify(void *arg)
{
    struct client *c = arg;

    while (now_seconds() < until) {
        if (crypto_pwhash_str_verify(hash, PASSWORD, strlen(PASSWORD)) != 0)
            give_up("a wrong hash");
        c->logins++;
    }
    return NULL;
}

/* ---- Logins ---- */

/* A visitor's cookie and the token of the forms that it is shown. */
static void *log_in(void *arg)
{
    struct client *c = arg;
    struct caller *caller = caller_open(house->port);
    char visit[TOKEN_TEXT], csrf[TOKEN_TEXT], request[900], body[400];

    token_make(visit);
    csrf_token(visit, csrf);
    while (now_seconds() < until) {
        int customer = (int)((c->number * (CUSTOMERS / LOGIN_CLIENTS) + c->logins) % CUSTOMERS);
        int length =
            snprintf(body, sizeof body, "csrf=%s&login=utente-%d%%40example.org&password=%s", csrf, customer, PASSWORD);

        length = snprintf(request, sizeof request,
                          "POST /b/legalmail/accedi HTTP/1.1\r\nHost: localhost\r\nCookie: casella_visit=%s\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
                          visit, length, body);
        if (caller_ask(caller, request, (size_t)length) != 303)
            give_up("login: %.3000s", caller->answer);
        c->logins++;
    }
    caller_close(caller);
    return NULL;
}

/* ---- Pages ---- */

static void *read_pages(void *arg)
{
    struct client *c = arg;
    struct caller *caller = caller_open(house->port);
    char request[400];
    int length =
        snprintf(request, sizeof request, "GET /b/legalmail/caselle HTTP/1.1\r\nHost: localhost\r\n%s\r\n", c->cookie);

    while (now_seconds() < until) {
        int64_t start = clock_monotonic_us();

        if (caller_ask(caller, request, (size_t)length) != 200)
            give_up("page: %.300s", caller->answer);
        times_note(&c->times, clock_monotonic_us() - start);
        usleep(2000); /* a reader reads: the server is not filled by pages alone */
    }
    caller_close(caller);
    return NULL;
}

static void start(struct client *clients, int count, void *(*work)(void *), const char *cookie)
{
    for (int i = 0; i < count; i++) {
        clients[i] = (struct client){.number = i, .cookie = cookie};
        if (pthread_create(&clients[i].thread, NULL, work, &clients[i]) != 0)
            give_up("no thread");
    }
}

static int64_t join(struct client *clients, int count, struct times *times)
{
    int64_t logins = 0;

    for (int i = 0; i < count; i++) {
        pthread_join(clients[i].thread, NULL);
        logins += clients[i].logins;
        if (times)
            times_join(times, &clients[i].times);
    }
    return logins;
}

int main(int count, char **arguments)
{
    double span = count > 1 ? atof(arguments[1]) : 4;
    int rounds = count > 2 ? atoi(arguments[2]) : 3;
    int lanes = (int)sysconf(_SC_NPROCESSORS_ONLN) - 1; /* as shop/login.c has it */
    double bare[MOST_ROUNDS], ours[MOST_ROUNDS], slower[MOST_ROUNDS], begin;
    struct client clients[MOST_THREADS], readers[PAGE_CLIENTS];
    void *mem = talloc_new(NULL);
    char *cookie = NULL;
    bool met;

    lanes = lanes < 1 ? 1 : lanes > MOST_THREADS ? MOST_THREADS : lanes;
    if (span <= 0 || rounds < 1 || rounds > MOST_ROUNDS)
        give_up("usage: bench-login [SECONDS [ROUNDS]]");
    hashers_start(); /* before any thread, as `casella serve` does */
    house = house_open(mem, NULL, 8);
    if (password_hash(mem, PASSWORD, &hash) != DONE)
        give_up("no memory for argon2id");
    for (int i = 0; i < CUSTOMERS; i++) {
        int64_t account = house_account(house, i, hash);

        house_mailboxes(house, account, i * 10, 3);
        if (i == 0)
            cookie = house_session(mem, house, account);
    }
    house_serve(house);

    for (int i = 0; i < rounds; i++) {
        struct times quiet = {0}, flooded = {0};

        begin = now_seconds();
        until = begin + span;
        start(clients, lanes, verify, NULL);
        bare[i] = (double)join(clients, lanes, NULL) / (now_seconds() - begin);

        begin = now_seconds();
        until = begin + span;
        start(clients, LOGIN_CLIENTS, log_in, NULL);
        ours[i] = (double)join(clients, LOGIN_CLIENTS, NULL) / (now_seconds() - begin);

        until = now_seconds() + span;
        start(readers, PAGE_CLIENTS, read_pages, cookie);
        (void)join(readers, PAGE_CLIENTS, &quiet);

        until = now_seconds() + span;
        start(clients, LOGIN_CLIENTS, log_in, NULL);
        start(readers, PAGE_CLIENTS, read_pages, cookie);
        (void)join(readers, PAGE_CLIENTS, &flooded);
        (void)join(clients, LOGIN_CLIENTS, NULL);

        slower[i] = (double)times_at(&flooded, 0.99) / times_at(&quiet, 0.99);
        printf("argon2id %.1f/s, logins %.1f/s; pages p50 %d us, p99 %d us; while logins flood p50 %d us, p99 %d us\n",
               bare[i], ours[i], times_at(&quiet, 0.5), times_at(&quiet, 0.99), times_at(&flooded, 0.5),
               times_at(&flooded, 0.99));
        times_forget(&quiet);
        times_forget(&flooded);
    }
    met = at_least(0.95, median(ours, (size_t)rounds) / median(bare, (size_t)rounds),
                   "logins, of argon2id by %d threads", lanes);
    met &= at_most(3, median(slower, (size_t)rounds), "pages' p99 while logins flood, by their quiet one");
    house_close(house);
    talloc_free(mem);
    return met ? 0 : 1;
}
