#include "base/guard.h"
#include "base/log.h"
#include "base/text.h"
#include "db/engine.h"
#include <sodium.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#define PATIENCE_MS 5000
#define MOST_TRIES  12

static _Thread_local struct db_tx *innermost; /* the transaction whose work this thread is in */

/* ---- Opening ---- */

static int close_with_memory(struct db *db)
{
    if (db->does)
        db->does->close(db);
    return 0;
}

enum outcome db_open(void *mem, const char *url, int readers, struct db **db, struct problem *why)
{
    struct db *opened = talloc_zero(mem, struct db);
    enum outcome o;

    if (!opened || sodium_init() < 0)
        return log_broken("db.open");
    opened->patience_ms = PATIENCE_MS;
    if (readers < 1 || readers > 256)
        o = problem_set(why, PROBLEM_CONFIG, "db", "readers: %d", readers);
    else if (text_starts(url, "sqlite:"))
        o = sqlite_open(opened, url + strlen("sqlite:"), readers, why);
    else if (text_starts(url, "postgresql://") || text_starts(url, "postgres://"))
        o = postgres_open(opened, url, readers, why);
    else
        o = problem_set(why, PROBLEM_CONFIG, "db", "--db: sqlite:FILE, postgresql://…");
    talloc_set_destructor(opened, close_with_memory);

    if (o == DONE && (o = schema_find_clock(opened)) == BUSY)
        problem_set(why, PROBLEM_BUSY, "db", "%s", "");
    if (o == DONE)
        *db = opened;
    else
        talloc_free(opened);
    return o;
}

void db_close(struct db *db)
{
    talloc_free(db);
}

enum db_engine db_engine(const struct db *db)
{
    return db->engine;
}

static enum outcome ping(struct db_tx *tx, void *arg)
{
    (void)arg;
    int64_t one;
    return db_number(tx, &one, "SELECT 1");
}

enum outcome db_ping(struct db *db)
{
    return db_read(db, "db.ping", ping, NULL);
}

void db_metrics(struct db *db, struct text_buffer *out)
{
    const struct {
        const char *name, *help;
        unsigned long long value;
    } metric[] = {
        {"transactions", "Write transactions that were committed", db->count.transactions},
        {"reads", "Read transactions that ended well", db->count.reads},
        {"groups", "Commits that made one or more write transactions durable", db->count.groups},
        {"retries", "Transactions run again because they met another one or a lock", db->count.retries},
        {"busy", "Transactions given up as busy", db->count.busy},
        {"refused", "Transactions rolled back because their work or a constraint refused", db->count.refused},
        {"broken", "Transactions rolled back because of a fault", db->count.broken},
        {"reconnects", "Connections to the server opened again after a loss", db->count.reconnects},
        {"checkpoints", "Checkpoints of the write-ahead log", db->count.checkpoints},
    };

    for (size_t i = 0; i < count_of(metric); i++)
        text_put_format(
            out, "# HELP casella_db_%s_total %s.\n# TYPE casella_db_%s_total counter\ncasella_db_%s_total %llu\n",
            metric[i].name, metric[i].help, metric[i].name, metric[i].name, metric[i].value);
}

/* ---- Transactions ---- */

static void sleep_a_little(int tries)
{
    uint32_t most_us = 1000u << (tries < 8 ? tries : 8); /* up to 256 ms */
    struct timespec pause = {0, 1000L * (most_us / 4 + randombytes_uniform(most_us))};
    nanosleep(&pause, NULL);
}

static void count_end(struct db *db, enum tx_kind kind, enum outcome o)
{
    switch (o) {
    case DONE:
        if (kind == TX_READ)
            db->count.reads++;
        else
            db->count.transactions++;
        break;
    case REFUSED:
        db->count.refused++;
        break;
    case BUSY:
        db->count.busy++;
        break;
    case BROKEN:
        db->count.broken++;
        break;
    }
}

static enum outcome run(struct db *db, enum tx_kind kind, const char *name, db_work *work, void *arg)
{
    int64_t until;
    enum outcome o;

    if (kind != TX_READ && reply_queued)
        return log_broken("db.reply_already_queued", LOG_TEXT("transaction", name));
    if (kind != TX_READ && no_waiting)
        return log_broken("db.write_on_io_thread", LOG_TEXT("transaction", name));
    for (struct db_tx *tx = innermost; tx; tx = tx->outer)
        if (tx->db == db)
            return log_broken("db.nested", LOG_TEXT("transaction", name), LOG_TEXT("within", tx->name));

    until = clock_monotonic_us() + db->patience_ms * INT64_C(1000);
    for (int tries = 1;; tries++) {
        o = db->does->run(db, kind, name, work, arg);
        if (o != BUSY || tries == MOST_TRIES || clock_monotonic_us() >= until)
            break;
        db->count.retries++;
        sleep_a_little(tries);
    }
    if (o == BUSY)
        log_warning("db.busy", LOG_TEXT("transaction", name));
    count_end(db, kind, o);
    return o;
}

enum outcome db_transaction(struct db *db, const char *name, db_work *work, void *arg)
{
    return run(db, TX_WRITE, name, work, arg);
}

enum outcome db_transaction_rows(struct db *db, const char *name, db_work *work, void *arg)
{
    return run(db, TX_ROWS, name, work, arg);
}

enum outcome db_read(struct db *db, const char *name, db_work *work, void *arg)
{
    return run(db, TX_READ, name, work, arg);
}

enum outcome db_schema_transaction(struct db *db, const char *name, db_work *work, void *arg)
{
    return run(db, TX_SCHEMA, name, work, arg);
}

static enum outcome read_clock(struct db_tx *tx)
{
    tx->now = clock_now();
    if (tx->kind == TX_SCHEMA || !tx->db->simulated)
        return DONE;
    return db_number(tx, &tx->now.us, "SELECT clock_us FROM db_meta");
}

static enum outcome begin_hour(struct db_tx *tx)
{
    struct db *db = tx->db;
    int64_t hour = tx->now.us / HOURS(1);

    if (!db->each_hour || tx->kind == TX_SCHEMA || hour == db->hour)
        return DONE;
    TRY(db->each_hour(tx, db->each_hour_arg));
    db->hour = hour;
    return DONE;
}

void db_each_hour(struct db *db, db_work *work, void *arg)
{
    db->each_hour = work;
    db->each_hour_arg = arg;
    db->hour = 0;
}

enum outcome tx_work(struct db_tx *tx, db_work *work, void *arg)
{
    enum outcome o;

    tx->outer = innermost;
    innermost = tx;
    o = read_clock(tx);
    if (o == DONE)
        o = begin_hour(tx);
    if (o == DONE)
        o = work(tx, arg);
    innermost = tx->outer;
    return tx_verdict(tx, o);
}

enum outcome tx_doom(struct db_tx *tx, enum outcome failure, bool told)
{
    tx->doom = failure;
    tx->told = told;
    return told || failure == BUSY ? failure : BROKEN;
}

enum outcome tx_verdict(const struct db_tx *tx, enum outcome worked)
{
    if (tx->doom == BUSY || tx->doom == BROKEN)
        return tx->doom;
    if (tx->doom == REFUSED && !tx->told)
        return REFUSED;
    if (tx->doom == REFUSED && worked == DONE)
        return log_broken("db.refusal_ignored", LOG_TEXT("transaction", tx->name));
    if (worked == DONE && tx->kind != TX_READ && reply_queued)
        return log_broken("db.reply_already_queued", LOG_TEXT("transaction", tx->name));
    return worked;
}

struct instant db_now(struct db_tx *tx)
{
    return tx->now;
}

struct day db_today(struct db_tx *tx)
{
    return rome_day(tx->now);
}

bool db_simulated(struct db_tx *tx)
{
    return tx->db->simulated;
}

enum db_engine db_tx_engine(const struct db_tx *tx)
{
    return tx->db->engine;
}

enum outcome db_set_clock(struct db_tx *tx, struct instant now, struct problem *why)
{
    if (!tx->db->simulated)
        return problem_set(why, PROBLEM_NOT_SIMULATED, "now", "%s", "");
    TRY(db_exec(tx, NULL, "UPDATE db_meta SET clock_us = $1", db_instant(now)));
    tx->now = now;
    return DONE;
}

/* ---- Statements ---- */

struct db_value db_text(const char *text)
{
    return text ? (struct db_value){DB_IS_TEXT, 0, text, strlen(text)} : db_null();
}

/* A failed statement ends its transaction; whoever goes on regardless is told so. */
static enum outcome still_good(const struct db_tx *tx, const char *sql)
{
    if (tx->doom == BUSY)
        return BUSY;
    if (tx->doom == REFUSED && tx->told)
        return log_broken("db.after_refusal", LOG_TEXT("transaction", tx->name), LOG_TEXT("sql", sql));
    return tx->doom == DONE ? DONE : BROKEN;
}

enum outcome db_exec_(struct db_tx *tx, int64_t *changed, const char *sql, size_t count, const struct db_value *values)
{
    TRY(still_good(tx, sql));
    return tx->db->does->exec(tx, &(struct db_call){sql, count, values}, changed);
}

void db_ahead_(struct db_tx *tx, const char *sql, size_t count, const struct db_value *values)
{
    if (tx->doom == DONE && tx->db->does->ahead)
        tx->db->does->ahead(tx, &(struct db_call){sql, count, values});
}

enum outcome db_query_(struct db_tx *tx, const char *sql, size_t count, const struct db_value *values, bool long_list,
                       on_row *each, void *arg)
{
    TRY(still_good(tx, sql));
    return tx->db->does->query(tx, &(struct db_call){sql, count, values}, long_list, each, arg);
}
