/* bench/notify.c: orders settled by providers' notifications: POST /b/legalmail/notifiche/card/NONCE over connections
 * that are kept, the provider asked (in this process: its network is not what is measured), ledger, invoice, new expiry
 * and mails durable when it is answered. Next to a bare loop that writes an order's rows, one a commit, on the same
 * disk (bench/raw.h).
 *
 *     bench-notify [SECONDS [ROUNDS]]     3 seconds each measurement at most, 5 rounds */
#include "caller.h"
#include "house.h"
#include "raw.h"
#include "shop/pay.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { CLIENTS = 32, MOST_ROUNDS = 50, MAILBOXES = 30000, BATCH = 500, FRESH = 12000 };

static double span; /* seconds of one measurement */
static int rounds;

/* ---- A provider for which everybody has paid ---- */

static enum outcome paid(void *arg, void *mem, const struct gateway_ref *ref, struct gateway_said *said,
                         struct problem *why)
{
    (void)arg;
    (void)why;
    *said = (struct gateway_said){.state = PAYMENT_CAPTURED,
                                  .key = ref->key,
                                  .ref = ref->ref,
                                  .capture_ref = talloc_asprintf(mem, "C-%s", ref->key),
                                  .amount = ref->amount,
                                  .currency = "EUR",
                                  .authorised_at = clock_now(),
                                  .error = ""};
    return DONE;
}

static enum outcome heard(void *arg, void *mem, const struct gateway_notice *notice, struct gateway_heard *h,
                          struct problem *why)
{
    (void)arg;
    (void)mem;
    (void)notice;
    (void)why;
    *h = (struct gateway_heard){.event_id = "", .ref = "", .key = "", .covered = ""};
    return DONE;
}

/* ---- Orders that wait ---- */

struct waiting {
    struct house *house;
    int64_t first;
};

static void nonce_of(int64_t number, char nonce[33])
{
    snprintf(nonce, 33, "%032" PRId64, number);
}

static enum outcome place_batch(struct db_tx *tx, void *arg)
{
    struct waiting *w = arg;

    for (int64_t n = w->first; n < w->first + BATCH; n++) {
        void *mem = talloc_new(NULL);
        struct placed_order placed;
        struct payment payment = {.brand = (char *)w->house->brand->id,
                                  .method = (char *)"card",
                                  .provider = (char *)"axerve",
                                  .state = PAYMENT_PENDING,
                                  .expires_at = instant_plus(clock_now(), DAYS(1)),
                                  .created_at = clock_now()};
        struct problem why = {0};
        char nonce[33];

        TRY(place_order(tx, mem, house_order(mem, w->house, n), &placed, &why));
        nonce_of(n, nonce);
        payment.nonce = nonce;
        payment.order_id = placed.order.id;
        payment.amount = placed.order.total.gross;
        TRY(payment_insert(tx, mem, placed.order.code, &payment));
        talloc_free(mem);
    }
    return DONE;
}

/* ---- Notifications ---- */

struct run {
    struct house *house;
    atomic_llong next;
    int64_t made;
    double until;
};

struct sender {
    pthread_t thread;
    struct run *run;
    struct times times;
};

static void *notify(void *arg)
{
    struct sender *s = arg;
    struct caller *caller = caller_open(s->run->house->port);
    char request[400], nonce[33];

    while (now_seconds() < s->run->until) {
        int64_t number = s->run->next++, start = clock_monotonic_us();
        int length;

        if (number >= s->run->made)
            break; /* all are settled: the measurement was shorter */
        nonce_of(number, nonce);
        length = snprintf(request, sizeof request,
                          "POST /b/legalmail/notifiche/card/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                          "application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nStatus=OK",
                          nonce);
        if (caller_ask(caller, request, (size_t)length) != 200)
            give_up("notification %" PRId64 ": %.600s", number, caller->answer);
        times_note(&s->times, clock_monotonic_us() - start);
    }
    caller_close(caller);
    return NULL;
}

/* Settlements a second, until the time is over or every waiting order is settled. */
static double measure(struct run *run, struct times *all)
{
    struct sender sender[CLIENTS] = {0};
    size_t before = all->count;
    double start, took;

    while (run->made - run->next < FRESH) {
        house_mailboxes(run->house, 0, run->made, BATCH);
        house_write(run->house, place_batch, &(struct waiting){run->house, run->made});
        run->made += BATCH;
    }
    start = now_seconds();
    run->until = start + span;
    for (int i = 0; i < CLIENTS; i++) {
        sender[i].run = run;
        if (pthread_create(&sender[i].thread, NULL, notify, &sender[i]) != 0)
            give_up("no thread");
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(sender[i].thread, NULL);
        times_join(all, &sender[i].times);
    }
    took = now_seconds() - start;
    if (run->next > run->made) /* each sender that found none had taken a number */
        run->next = run->made;
    return (double)(all->count - before) / took;
}

int main(int count, char **arguments)
{
    void *mem = talloc_new(NULL);
    struct gateway_of card = {"legalmail", METHOD_CARD, {.provider = "axerve", .status = paid, .hear = heard}};
    struct gateways gateways = {1, &card};
    struct house *house = house_open(mem, NULL, 32), *other = house_open(mem, NULL, 1);
    struct run run = {.house = house, .next = 1, .made = 1};
    double bare[MOST_ROUNDS], ours[MOST_ROUNDS], limit, rate;
    struct times times = {0};
    struct raw *raw;
    bool met;

    span = count > 1 ? atof(arguments[1]) : 3;
    rounds = count > 2 ? atoi(arguments[2]) : 5;
    if (span <= 0 || rounds < 1 || rounds > MOST_ROUNDS)
        give_up("usage: bench-notify [SECONDS [ROUNDS]]");
    house->shop.gateways = &gateways;
    house_serve(house);
    house_mailboxes(other, 0, 1, MAILBOXES);
    raw = raw_open(strchr(other->url, ':') + 1, MAILBOXES);
    for (int i = 0; i < rounds; i++) {
        bare[i] = raw_run(raw, 1, span, NULL);
        ours[i] = measure(&run, &times);
    }
    limit = median(bare, (size_t)rounds);
    rate = median(ours, (size_t)rounds);
    printf("bare loop, 1 order a commit        %7.0f/s\n", limit);
    printf("settled by notification, %d clients %6.0f/s   p50 %d us   p99 %d us\n", CLIENTS, rate,
           times_at(&times, 0.5), times_at(&times, 0.99));
    met = at_least(0.5, rate / limit, "settlements by notification, of the bare loop's commits");
    raw_close(raw);
    house_close(house);
    house_close(other);
    talloc_free(mem);
    return met ? 0 : 1;
}
