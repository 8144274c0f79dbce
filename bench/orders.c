/* bench/orders.c: renewal orders placed by programs: POST /api/v1/orders over connections that are kept, each order
 * durable when it is answered. Next to a bare loop that writes an order's rows on the same disk (bench/raw.h); on
 * PostgreSQL next to one PL/pgSQL function that writes the same rows.
 *
 *     bench-orders [SECONDS [ROUNDS [sqlite|postgres]]]
 *                                      3 seconds each measurement, 5 rounds; CASELLA_TEST_PG as for the tests */
#include "caller.h"
#include "house.h"
#include "raw.h"
#include "support/databases.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { MOST_CLIENTS = 32, MOST_ROUNDS = 50, MAILBOXES = 30000, MOST_A_SECOND = 15000 };

static double span; /* seconds of one measurement */
static int rounds;

/* ---- Clients ---- */

struct run {
    struct house *house;
    const char *key;
    char *pg; /* instead of the house: the function's database */
    atomic_llong next;
    int64_t made; /* mailboxes */
    double until;
};

struct client {
    pthread_t thread;
    struct run *run;
    struct times times;
};

static size_t write_request(const struct run *run, int64_t number, char *out, size_t room)
{
    char body[300];
    int length = snprintf(body, sizeof body,
                          "{\"brand\":\"legalmail\",\"kind\":\"renewal\",\"lines\":[{\"mailbox\":\"casella-%" PRId64
                          "@legalmail.example\",\"years\":1}],\"payment_method\":\"bank_transfer\","
                          "\"consents\":{\"terms\":true}}",
                          number);

    return (size_t)snprintf(out, room,
                            "POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                            "Idempotency-Key: bench-%" PRId64 "\r\nContent-Type: application/json\r\n"
                            "Content-Length: %d\r\n\r\n%s",
                            run->key, number, length, body);
}

static void *place_orders(void *arg)
{
    struct client *c = arg;
    struct run *run = c->run;
    struct caller *caller = caller_open(run->house->port);
    char request[800];

    while (now_seconds() < run->until) {
        int64_t number = run->next++, start;
        size_t length = write_request(run, number, request, sizeof request);

        start = clock_monotonic_us();
        if (caller_ask(caller, request, length) != 201)
            give_up("order %" PRId64 ": %.600s", number, caller->answer);
        times_note(&c->times, clock_monotonic_us() - start);
    }
    caller_close(caller);
    return NULL;
}

static void *call_function(void *arg)
{
    struct client *c = arg;
    struct run *run = c->run;
    PGconn *conn = PQconnectdb(run->pg);

    PQclear(PQprepare(conn, "raw", "SELECT raw_order($1, $2)", 2, NULL));
    while (now_seconds() < run->until) {
        int64_t number = run->next++, start = clock_monotonic_us();
        char mailbox[24], order[24];
        const char *values[] = {mailbox, order};
        PGresult *result;

        snprintf(mailbox, sizeof mailbox, "%" PRId64, number * 7919 % MAILBOXES + 1);
        snprintf(order, sizeof order, "%" PRId64, number);
        result = PQexecPrepared(conn, "raw", 2, values, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_TUPLES_OK)
            give_up("%s", PQerrorMessage(conn));
        PQclear(result);
        times_note(&c->times, clock_monotonic_us() - start);
    }
    PQfinish(conn);
    return NULL;
}

/* Orders a second. */
static double measure(struct run *run, void *(*work)(void *), int clients, struct times *all)
{
    struct client client[MOST_CLIENTS] = {0};
    double start;
    size_t before = all->count;
    int64_t needed = (int64_t)(span * MOST_A_SECOND);

    if (run->house && run->made - run->next < needed) { /* each mailbox takes one order */
        house_mailboxes(run->house, 0, run->made, needed);
        run->made += needed;
    }
    start = now_seconds();
    run->until = start + span;
    for (int i = 0; i < clients; i++) {
        client[i].run = run;
        if (pthread_create(&client[i].thread, NULL, work, &client[i]) != 0)
            give_up("no thread");
    }
    for (int i = 0; i < clients; i++) {
        pthread_join(client[i].thread, NULL);
        times_join(all, &client[i].times);
    }
    return (double)(all->count - before) / (now_seconds() - start);
}

/* ---- What is told ---- */

struct figure {
    const char *what;
    double rate[MOST_ROUNDS];
    struct times times;
};

static double tell(struct figure *f)
{
    double rate = median(f->rate, (size_t)rounds);
    int32_t half = times_at(&f->times, 0.5), nearly_all = times_at(&f->times, 0.99);

    printf("%-38s %7.0f/s   p50 %6d us   p99 %7d us: %4.1f times   most %7d us\n", f->what, rate, half, nearly_all,
           (double)nearly_all / half, times_at(&f->times, 1));
    return rate;
}

static void open_run(struct run *run, void *mem, const char *url)
{
    *run = (struct run){.house = house_open(mem, url, 32), .next = 1, .made = 1};
    run->key = house_key(mem, run->house);
    house_mailboxes(run->house, 0, 1, MAILBOXES);
    run->made += MAILBOXES;
    house_serve(run->house);
}

/* ---- SQLite ---- */

static bool on_sqlite(void *mem)
{
    struct figure bare = {.what = "bare loop, 1 order a commit"}, hundred = {.what = "bare loop, 100 orders a commit"},
                  one = {.what = "orders by HTTP, SQLite, 1 client"},
                  many = {.what = "orders by HTTP, SQLite, 32 clients"};
    struct house *other = house_open(mem, NULL, 1);
    struct raw *raw;
    struct run run;
    double limit;
    bool met;

    house_mailboxes(other, 0, 1, MAILBOXES);
    raw = raw_open(strchr(other->url, ':') + 1, MAILBOXES);
    open_run(&run, mem, NULL);
    for (int i = 0; i < rounds; i++) {
        bare.rate[i] = raw_run(raw, 1, span, &bare.times);
        one.rate[i] = measure(&run, place_orders, 1, &one.times);
        hundred.rate[i] = raw_run(raw, 100, span / 3, &hundred.times);
        many.rate[i] = measure(&run, place_orders, 32, &many.times);
    }
    limit = tell(&bare);
    (void)tell(&hundred);
    met = at_least(0.5, tell(&one) / limit, "1 client, of the bare loop's rate");
    met &= at_least(1.5, tell(&many) / limit, "32 clients, of the bare loop's rate");
    met &= at_most(5, (double)times_at(&many.times, 0.99) / times_at(&many.times, 0.5), "32 clients, p99 by p50");
    raw_close(raw);
    house_close(run.house);
    house_close(other);
    return met;
}

/* ---- PostgreSQL ---- */

static void make_function(void *mem, const char *url)
{
    struct house *house = house_open(mem, url, 1);
    PGconn *conn = PQconnectdb(url);
    char *text = talloc_strdup(mem, RAW_FIRST
                               "CREATE FUNCTION raw_order(bigint, bigint) RETURNS void LANGUAGE plpgsql AS '\nBEGIN\n");
    PGresult *result;

    house_mailboxes(house, 0, 1, MAILBOXES);
    house_close(house);
    for (const char *const *s = RAW_STATEMENTS; *s; s++) {
        for (const char *c = *s; *c; c++)
            text = talloc_asprintf_append_buffer(text, *c == '\'' ? "''" : "%c", *c);
        text = talloc_strdup_append(text, ";\n");
    }
    result = PQexec(conn, talloc_strdup_append(text, "END'"));
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        give_up("%s", PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}

static bool on_postgres(void *mem)
{
    struct figure bare = {.what = "one PL/pgSQL function, 16 clients"},
                  many = {.what = "orders by HTTP, PostgreSQL, 16 clients"};
    char *ours = test_database(mem, DB_POSTGRES), *theirs = ours ? test_database(mem, DB_POSTGRES) : NULL;
    struct run run, function = {.pg = theirs, .next = 1};
    double limit;
    bool met;

    if (!theirs)
        return true; /* the reason has been told */
    make_function(mem, theirs);
    open_run(&run, mem, ours);
    for (int i = 0; i < rounds; i++) {
        bare.rate[i] = measure(&function, call_function, 16, &bare.times);
        many.rate[i] = measure(&run, place_orders, 16, &many.times);
    }
    limit = tell(&bare);
    met = at_least(0.7, tell(&many) / limit, "16 clients, of the function's rate");
    house_close(run.house);
    talloc_free(ours);
    talloc_free(theirs);
    return met;
}

int main(int count, char **arguments)
{
    void *mem = talloc_new(NULL);
    const char *only = count > 3 ? arguments[3] : "";
    bool met = true;

    span = count > 1 ? atof(arguments[1]) : 3;
    rounds = count > 2 ? atoi(arguments[2]) : 5;
    if (span <= 0 || rounds < 1 || rounds > MOST_ROUNDS)
        give_up("usage: bench-orders [SECONDS [ROUNDS [sqlite|postgres]]]");
    if (strcmp(only, "postgres") != 0)
        met &= on_sqlite(mem);
    if (strcmp(only, "sqlite") != 0)
        met &= on_postgres(mem);
    talloc_free(mem);
    return met ? 0 : 1;
}
