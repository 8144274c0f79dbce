/* bench/db.c: what the transaction runner costs and gains, next to a bare loop on the same disk in the same run.
 *
 *     build/bench/bench-db [SECONDS] [POSTGRESQL-URL]
 *
 * Each transaction writes nine rows, as placing an order does. Ratios are to the bare loop that commits one at a time.
 */
#include "db/db.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#define ROWS         9
#define MOST_THREADS 64
#define MOST_TIMES   400000

static const struct db_migration SCHEMA[] = {
    {"0001-rows", "CREATE TABLE entry (id :id, account BIGINT NOT NULL, cents BIGINT NOT NULL, memo TEXT NOT NULL);"
                  "CREATE INDEX entry_account ON entry (account);"}};

static const char INSERT[] = "INSERT INTO entry (account, cents, memo) VALUES ($1, $2, $3)";
static const char MEMO[] = "rinnovo casella mario.rossi@pec.example per 3 anni, tipo silver";

static int64_t span_us; /* how long each measurement runs */
static double base_rate;

/* ---- What is told ---- */

static int by_size(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

static void report(const char *what, int threads, double rate, int32_t *took, int count, int failed)
{
    int32_t half, most_of;

    qsort(took, (size_t)count, sizeof *took, by_size);
    half = took[count / 2];
    most_of = took[(int64_t)count * 99 / 100];
    printf("%-28s %3d %8.0f/s %6.2f x   p50 %6d us   p99 %6d us (%4.1f x)   most %6d us   failed %d\n", what, threads,
           rate, rate / base_rate, half, most_of, (double)most_of / (half ? half : 1), took[count - 1], failed);
}

/* ---- The bare loop ---- */

static void must(int code, sqlite3 *handle)
{
    if (code != SQLITE_OK && code != SQLITE_DONE) {
        fprintf(stderr, "bench: %s\n", sqlite3_errmsg(handle));
        exit(3);
    }
}

static void bare(const char *path, const char *what, int in_one_commit)
{
    int32_t *took = malloc(MOST_TIMES * sizeof *took);
    int commits = 0;
    int64_t before;
    double rate;
    sqlite3 *handle;
    sqlite3_stmt *insert, *begin, *commit;
    int64_t start, now, count = 0;

    must(sqlite3_open(path, &handle), handle);
    must(sqlite3_exec(handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536", NULL, NULL,
                      NULL),
         handle);
    must(sqlite3_prepare_v2(handle, INSERT, -1, &insert, NULL), handle);
    must(sqlite3_prepare_v2(handle, "BEGIN IMMEDIATE", -1, &begin, NULL), handle);
    must(sqlite3_prepare_v2(handle, "COMMIT", -1, &commit, NULL), handle);
    start = now = clock_monotonic_us();
    do {
        before = now;
        must(sqlite3_step(begin), handle);
        sqlite3_reset(begin);
        for (int i = 0; i < ROWS * in_one_commit; i++) {
            sqlite3_bind_int64(insert, 1, count * 7919 % 100000);
            sqlite3_bind_int64(insert, 2, 3050);
            sqlite3_bind_text(insert, 3, MEMO, -1, SQLITE_STATIC);
            must(sqlite3_step(insert), handle);
            sqlite3_reset(insert);
        }
        must(sqlite3_step(commit), handle);
        sqlite3_reset(commit);
        count += in_one_commit;
        now = clock_monotonic_us();
        took[commits++] = (int32_t)(now - before);
    } while (now - start < span_us && commits < MOST_TIMES);
    sqlite3_finalize(insert);
    sqlite3_finalize(begin);
    sqlite3_finalize(commit);
    sqlite3_close(handle);
    rate = (double)count * 1e6 / (double)(now - start);
    if (base_rate == 0)
        base_rate = rate;
    report(what, 1, rate, took, commits, 0);
    free(took);
}

/* ---- The runner ---- */

static enum outcome place(struct db_tx *tx, void *arg)
{
    int64_t number = *(int64_t *)arg;

    for (int i = 0; i < ROWS; i++)
        TRY(db_exec(tx, NULL, INSERT, db_int(number * 7919 % 100000), db_int(3050), db_text(MEMO)));
    return DONE;
}

struct client {
    struct db *db;
    int64_t until;
    int64_t first; /* number of its first transaction */
    int count, failed;
    int32_t *took;
};

static void *client_thread(void *arg)
{
    struct client *c = arg;
    int64_t start = clock_monotonic_us(), now;

    while (start < c->until && c->count < MOST_TIMES) {
        int64_t number = c->first + c->count;
        c->failed += db_transaction(c->db, "bench", place, &number) != DONE;
        now = clock_monotonic_us();
        c->took[c->count++] = (int32_t)(now - start);
        start = now;
    }
    return NULL;
}

static void run(struct db *db, const char *what, int threads)
{
    struct client client[MOST_THREADS] = {0};
    pthread_t thread[MOST_THREADS];
    int32_t *all;
    int count = 0, failed = 0;
    int64_t start = clock_monotonic_us();
    double rate;

    for (int i = 0; i < threads; i++) {
        client[i] = (struct client){.db = db, .until = start + span_us, .first = i * 1000003L};
        client[i].took = malloc(MOST_TIMES * sizeof *client[i].took);
        pthread_create(&thread[i], NULL, client_thread, &client[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
        count += client[i].count;
        failed += client[i].failed;
    }
    rate = count * 1e6 / (double)(clock_monotonic_us() - start);
    all = malloc((size_t)count * sizeof *all);
    for (int i = 0, at = 0; i < threads; at += client[i].count, free(client[i].took), i++)
        memcpy(all + at, client[i].took, (size_t)client[i].count * sizeof *all);
    report(what, threads, rate, all, count, failed);
    free(all);
}

static void runner(void *mem, const char *url, const char *what)
{
    static const int threads[] = {1, 2, 8, 32};
    struct problem why = {0};
    struct db *db;
    int applied;

    if (db_open(mem, url, 8, &db, &why) != DONE || db_migrate(db, SCHEMA, 1, false, &applied, &why) != DONE) {
        fprintf(stderr, "bench: %s: %s\n", url, why.detail);
        exit(3);
    }
    for (size_t i = 0; i < count_of(threads); i++)
        run(db, what, threads[i]);
    struct text_buffer metrics = text_buffer(mem);
    db_metrics(db, &metrics);
    if (getenv("BENCH_METRICS"))
        fputs(metrics.bytes, stdout);
    db_close(db);
}

int main(int argc, char **argv)
{
    char folder[] = "bench-db.XXXXXX", *path, *command;
    void *mem = talloc_new(NULL);
    struct db *db;
    int applied;

    span_us = (argc > 1 ? atoi(argv[1]) : 5) * INT64_C(1000000);
    if (span_us <= 0 || !mkdtemp(folder)) {
        fprintf(stderr, "usage: %s [SECONDS] [POSTGRESQL-URL]\n", argv[0]);
        return 2;
    }
    path = talloc_asprintf(mem, "%s/bare.db", folder);
    if (db_open(mem, talloc_asprintf(mem, "sqlite:%s", path), 1, &db, NULL) != DONE ||
        db_migrate(db, SCHEMA, 1, false, &applied, NULL) != DONE)
        return 3;
    db_close(db);

    bare(path, "bare loop, 1 a commit", 1);
    bare(path, "bare loop, 100 a commit", 100);
    runner(mem, talloc_asprintf(mem, "sqlite:%s/runner.db", folder), "db_transaction, SQLite");
    if (argc > 2)
        runner(mem, argv[2], "db_transaction, PostgreSQL");
    bare(path, "bare loop again, 1 a commit", 1); /* how much the machine varies */

    command = talloc_asprintf(mem, "rm -rf %s", folder);
    applied = system(command);
    talloc_free(mem);
    return applied == 0 ? 0 : 3;
}
