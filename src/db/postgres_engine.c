/* The PostgreSQL engine as a whole: its connections, and the course of a transaction on one of them. */
#include "base/clock.h"
#include "base/log.h"
#include "db/postgres.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#define SETTLE_MS 20000 /* how long a lost commit's fate is asked for: a server's restart */

/* ---- The pool ---- */

static struct pg *take(struct pg_db *pool)
{
    struct timespec until;
    struct pg *pg = NULL;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += pool->db->patience_ms / 1000 + 1;
    pthread_mutex_lock(&pool->lock);
    while (!pool->idle_count)
        if (pthread_cond_timedwait(&pool->freed, &pool->lock, &until) == ETIMEDOUT)
            break;
    if (pool->idle_count)
        pg = pool->idle[--pool->idle_count];
    pthread_mutex_unlock(&pool->lock);
    return pg;
}

static void give_back(struct pg_db *pool, struct pg *pg)
{
    if (pg->lost || (pg->conn && pg->statements.count > STATEMENTS_KEPT))
        pg_disconnect(pg); /* also how a connection forgets statements that will not come again */
    pthread_mutex_lock(&pool->lock);
    pool->idle[pool->idle_count++] = pg;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

static enum outcome be_connected(struct pg_db *pool, struct pg *pg)
{
    char why[200];

    if (pg->conn && pg_alive(pg))
        return DONE;
    if (pg->conn) {
        pg_disconnect(pg);
        pool->db->count.reconnects++;
    }
    if (pg_connect(pg, pool->url, why, sizeof why) == DONE)
        return DONE;
    log_warning("db.connect", LOG_TEXT("why", why));
    return BUSY;
}

/* ---- A transaction ---- */

/* What the server knows of a transaction: DONE committed, REFUSED not committed, BUSY not yet, BROKEN cannot be told.
 *
 * An id whose first record never reached the disk is given out again after a crash, to somebody else's transaction, and
 * after a second crash nothing tells the two apart. So "committed" counts only where there was no recovery since, and
 * "not committed" also for an id that recovery had not found (it is not below the checkpoint that ends recovery). */
static enum outcome ask_fate(struct pg *pg, const char *xid, const char *server_before, int64_t lost_us)
{
    static const char SQL[] = "SELECT pg_xact_status($1::text::xid8),"
                              " $1::text::numeric < split_part(next_xid, ':', 1)::numeric * 4294967296"
                              "   + split_part(next_xid, ':', 2)::numeric,"
                              " floor(extract(epoch FROM clock_timestamp() - checkpoint_time))::bigint "
                              "FROM pg_control_checkpoint()";
    PGresult *result = PQexecParams(pg->conn, SQL, 1, NULL, &xid, NULL, NULL, 0);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE), *status;
    enum outcome o = BUSY;

    if (PQresultStatus(result) == PGRES_TUPLES_OK && !PQgetisnull(result, 0, 0)) {
        bool recovered = PQgetvalue(result, 0, 1)[0] == 't', restarted = strcmp(pg->server, server_before) != 0;
        int64_t checkpoint_age = strtoll(PQgetvalue(result, 0, 2), NULL, 10);
        status = PQgetvalue(result, 0, 0);
        if (strcmp(status, "aborted") == 0 || (restarted && !recovered))
            o = REFUSED;
        else if (strcmp(status, "committed") == 0)
            o = !restarted && checkpoint_age > (clock_monotonic_us() - lost_us) / 1000000 + 2 ? DONE : BROKEN;
    } else if (state && strcmp(state, "22023") == 0) {
        o = REFUSED; /* "in the future": not given out again yet */
    } else if (state && PQstatus(pg->conn) == CONNECTION_OK && strncmp(state, "57", 2) != 0) {
        o = BROKEN; /* it may not ask */
    }
    PQclear(result);
    return o;
}

/* The connection was lost after COMMIT had been sent. It may have happened or not, and running the work again could do
 * it twice; the server knows, once it can be asked. */
static enum outcome settle(struct pg_db *pool, struct pg *pg, const char *name)
{
    static const char *const fate[] = {
        [DONE] = "committed", [REFUSED] = "rolled back", [BUSY] = "unknown", [BROKEN] = "unknown"};
    char xid[sizeof pg->xid], server[sizeof pg->server], why[200];
    int64_t lost_us = clock_monotonic_us();
    enum outcome o = BUSY;

    /* A server on this machine told the id before it began to commit, and what it told cannot have been lost on the
     * way. */
    if (strcmp(pg->xid, NO_XID) == 0 || (!*pg->xid && PQhost(pg->conn)[0] == '/'))
        return BUSY;
    memcpy(xid, pg->xid, sizeof xid);
    memcpy(server, pg->server, sizeof server);
    while (*xid && o == BUSY && clock_monotonic_us() - lost_us < SETTLE_MS * INT64_C(1000)) {
        pg_disconnect(pg);
        if (pg_connect(pg, pool->url, why, sizeof why) == DONE && PQexitPipelineMode(pg->conn))
            o = ask_fate(pg, xid, server, lost_us);
        if (o == BUSY)
            nanosleep(&(struct timespec){0, 50000000}, NULL);
    }
    pg->lost = true; /* it left pipeline mode: no longer as others are */
    log_warning("db.commit_settled", LOG_TEXT("transaction", name), LOG_TEXT("xid", xid), LOG_TEXT("fate", fate[o]));
    if (o == REFUSED)
        return BUSY; /* nothing happened: run it again */
    return o == DONE ? DONE : log_broken("db.commit_unknown", LOG_TEXT("transaction", name), LOG_TEXT("xid", xid));
}

static enum outcome commit(struct pg_db *pool, struct db_tx *tx)
{
    struct pg *pg = tx->connection;
    enum outcome o;

    if (tx->kind == TX_READ) {
        pg_send_end_of_read(pg);
        return DONE;
    }
    o = pg_send_commit(tx);
    if (o == DONE)
        o = pg_collect(tx, false, NULL);
    if (pg->lost && pg->commit_sent)
        return settle(pool, pg, tx->name);
    pg->commit_sent = false;
    if (o == DONE) {
        pool->db->count.groups++;
        return DONE;
    }
    return tx_verdict(tx, BROKEN);
}

static void roll_back(struct db_tx *tx)
{
    struct pg *pg = tx->connection;
    struct db_tx quiet = *tx; /* what failed before has been judged */

    if (!pg->lost && (pg_send_step(&quiet, PG_ROLLBACK) != DONE || pg_collect(&quiet, false, NULL) != DONE) &&
        PQtransactionStatus(pg->conn) != PQTRANS_IDLE) {
        /* The batch held a failing statement still, and ROLLBACK was skipped with the rest of it. */
        if (pg->lost || pg_send_step(&quiet, PG_ROLLBACK) != DONE || pg_collect(&quiet, false, NULL) != DONE)
            pg->lost = true;
    }
}

static enum outcome run(struct db *db, enum tx_kind kind, const char *name, db_work *work, void *arg)
{
    struct pg_db *pool = db->inner;
    struct pg *pg = take(pool);
    struct db_tx tx = {.db = db, .name = name, .kind = kind, .connection = pg};
    enum outcome o;

    if (!pg)
        return BUSY;
    o = be_connected(pool, pg);
    if (o == DONE) {
        pg->xid[0] = '\0';
        o = pg_send_step(&tx, (enum pg_step)kind);
        if (o == DONE && kind == TX_SCHEMA)
            o = pg_send_step(&tx, PG_SCHEMA_LOCK);
        if (o == DONE &&
            kind == TX_ROWS) /* it will write: the id comes with the first answer, not by a flush of its own */
            o = pg_send_step(&tx, PG_XID);
        if (o == DONE)
            o = tx_work(&tx, work, arg);
        if (o == DONE)
            o = commit(pool, &tx);
        if (pg->conn && !pg->lost && !pg->sync_owed && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
            roll_back(&tx);
        ahead_forget(pg);
    }
    give_back(pool, pg);
    return o;
}

/* ---- Opening and closing ---- */

static void close_all(struct db *db)
{
    struct pg_db *pool = db->inner;

    for (int i = 0; i < pool->connections; i++)
        pg_disconnect(&pool->all[i]);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->freed);
    talloc_free(pool);
}

static const struct engine POSTGRES = {
    .close = close_all, .run = run, .exec = pg_exec, .query = pg_query, .ahead = pg_ahead, .script = pg_script};

enum outcome postgres_open(struct db *db, const char *url, int connections, struct problem *why)
{
    struct pg_db *pool;
    pthread_condattr_t clock;
    PQconninfoOption *options = PQconninfoParse(url, NULL);

    if (!options) /* libpq's own complaint would quote the URL, password and all */
        return problem_set(why, PROBLEM_CONFIG, "db", "%s", "--db postgresql://…");
    PQconninfoFree(options);
    pool = talloc_zero(NULL, struct pg_db);
    pool->db = db;
    pool->url = talloc_strdup(pool, url);
    pool->connections = connections;
    pool->all = talloc_zero_array(pool, struct pg, connections);
    pool->idle = talloc_zero_array(pool, struct pg *, connections);
    for (int i = 0; i < connections; i++)
        pool->idle[pool->idle_count++] = &pool->all[i];
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->freed, &clock);
    pthread_condattr_destroy(&clock);
    db->engine = DB_POSTGRES;
    db->inner = pool;
    db->does = &POSTGRES;
    return DONE; /* the first transaction connects */
}
