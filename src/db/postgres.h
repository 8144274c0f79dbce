/* db/postgres.h: the parts of the PostgreSQL engine among themselves.
 *
 * A connection stays in pipeline mode. Statements whose answer nobody waits for are sent and left open; the next one
 * that gives a value, or the commit, collects all answers in one round trip. */
#pragma once

#include "db/engine.h"
#include <libpq-fe.h>
#include <pthread.h>

#define NO_XID    "0" /* the transaction wrote nothing */
#define OPEN_MOST 64  /* answers outstanding before they are collected anyway */

/* The statements that steer a transaction; the first ones are how each kind of it begins. */
enum pg_step {
    PG_READ = TX_READ,
    PG_WRITE = TX_WRITE,
    PG_ROWS = TX_ROWS,
    PG_SCHEMA = TX_SCHEMA,
    PG_SCHEMA_LOCK,
    PG_XID,        /* its id, which it gets by this question at the latest */
    PG_XID_IF_ANY, /* its id, if it wrote */
    PG_COMMIT,
    PG_ROLLBACK,
    PG_STEPS
};

/* A query that was sent before it was asked, and its answer. Forgotten when the transaction writes. */
#define AHEAD_MOST   8
#define AHEAD_VALUES 4
struct ahead {
    const char *sql; /* NULL: free */
    size_t count;
    struct db_value values[AHEAD_VALUES]; /* into `bytes` */
    char bytes[320];
    PGresult *result; /* NULL: still owed */
};

/* What the server still owes an answer to, in order. */
struct owed {
    enum { OWED_PREPARE, OWED_STATEMENT, OWED_XID } kind;
    struct statement *statement; /* NULL for a text sent without preparing */
    const char *sql;             /* for the log; borrowed, so only a statement's own text or a literal */
    struct ahead *ahead;         /* who takes the answer */
};

struct pg {
    PGconn *conn;
    struct statements statements;
    struct statement step[PG_STEPS];
    struct ahead ahead[AHEAD_MOST];
    struct owed owed[2 * OPEN_MOST + 16];
    size_t owed_count;
    int cursors; /* open ones, each within the rows of the one before */
    bool lost;   /* gone, or of no further use */
    bool commit_sent;
    bool sync_owed;  /* a read was ended without waiting for the answer */
    char server[48]; /* when it was started: tells a restarted server from the same one */
    char xid[24];    /* of the transaction; "" until the server named it */
};

struct pg_db {
    struct db *db;
    char *url;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct pg *all;
    struct pg **idle;
    int connections, idle_count;
};

/* ---- postgres_link.c: one connection ---- */

enum outcome pg_connect(struct pg *pg, const char *url, char *why, size_t room) must_check;
void pg_disconnect(struct pg *pg);
bool pg_alive(struct pg *pg); /* without asking the server: whether it hung up while the connection was idle */

/* Queues a statement; nothing is waited for. `call->values` are copied into the send buffer. */
enum outcome pg_send(struct db_tx *tx, const struct db_call *call, bool prepared) must_check;
enum outcome pg_send_step(struct db_tx *tx, enum pg_step step) must_check;
/* COMMIT; where the transaction's id is not known yet, before it the question for it, which the server answers before
 * it goes on. */
enum outcome pg_send_commit(struct db_tx *tx) must_check;
/* Waits for all that is owed. The last answer is handed over when `last` is given and all went well. `told`: the last
 * statement's failure is its caller's to hear as it is. */
enum outcome pg_collect(struct db_tx *tx, bool told, PGresult **last) must_check;
/* What an answer means; logged where it is our fault. */
enum outcome pg_result_outcome(struct db_tx *tx, const PGresult *result, const char *sql) must_check;
void pg_send_end_of_read(struct pg *pg); /* COMMIT; its answer stays owed */
bool pg_collect_end_of_read(struct pg *pg);

/* ---- postgres_ahead.c: queries sent before they are asked ---- */

void pg_ahead(struct db_tx *tx, const struct db_call *call);
/* The one that was sent ahead for this call; NULL where none was. */
struct ahead *ahead_find(struct pg *pg, const struct db_call *call);
void ahead_forget(struct pg *pg);

/* ---- postgres.c: statements ---- */

enum outcome pg_exec(struct db_tx *tx, const struct db_call *call, int64_t *changed) must_check;
enum outcome pg_query(struct db_tx *tx, const struct db_call *call, bool long_list, on_row *each, void *arg) must_check;
enum outcome pg_script(struct db_tx *tx, const char *sql) must_check;
