/* db/engine.h: what the engines share, and what each of them gives. Private to src/db, its tests and its bench. */
#pragma once

#include "db/db.h"
#include <stdatomic.h>

#define DB_MAX_VALUES 100

enum tx_kind { TX_READ, TX_WRITE, TX_ROWS, TX_SCHEMA };

struct db_tx {
    struct db *db;
    const char *name;
    enum tx_kind kind;
    void *connection;    /* the engine's */
    struct db_tx *outer; /* of another database, on the same thread */
    struct instant now;
    enum outcome doom; /* not DONE: a statement failed, and this is what became of the transaction */
    bool told;         /* the work saw that failure as a statement's own outcome */
};

/* One value of a row, borrowed until the next row. */
struct cell {
    bool null;
    bool hex; /* `bytes` are "\x" and hex digits */
    int64_t number;
    const char *bytes;
    size_t length;
};

enum cell_kind { CELL_NUMBER, CELL_TEXT, CELL_BYTES };

/* The row that a query stands on. `cell` fails when the value is not of that kind. */
struct row {
    int columns;
    bool (*cell)(const struct row *row, int column, enum cell_kind kind, struct cell *cell);
    void *result;
    int number;
};

typedef enum outcome on_row(struct db_tx *tx, const struct row *row, void *arg);

struct db_call {
    const char *sql;
    size_t count;
    const struct db_value *values;
};

struct engine {
    void (*close)(struct db *db);
    /* One try at a transaction: begin, work, commit or roll back. */
    enum outcome (*run)(struct db *db, enum tx_kind kind, const char *name, db_work *work, void *arg);
    enum outcome (*exec)(struct db_tx *tx, const struct db_call *call, int64_t *changed);
    /* Calls `each` for every row until it answers something else than DONE. `long_list`: rows need not fit in memory.
     */
    enum outcome (*query)(struct db_tx *tx, const struct db_call *call, bool long_list, on_row *each, void *arg);
    /* May be NULL: a query that will come soon. */
    void (*ahead)(struct db_tx *tx, const struct db_call *call);
    /* Several statements without parameters; only in TX_SCHEMA. */
    enum outcome (*script)(struct db_tx *tx, const char *sql);
};

struct db {
    enum db_engine engine;
    const struct engine *does;
    void *inner;
    int patience_ms;       /* for how long BUSY is retried, and a lock or a free connection waited for */
    atomic_bool simulated; /* its clock stands in db_meta */
    db_work *each_hour;    /* NULL: nothing is to be done */
    void *each_hour_arg;
    atomic_llong hour; /* the last one in which it was done; 0: none yet */
    struct {
        atomic_ullong transactions, reads, groups, retries, busy, refused, broken, reconnects, checkpoints;
    } count;
};

enum outcome sqlite_open(struct db *db, const char *path, int readers, struct problem *why) must_check;
enum outcome postgres_open(struct db *db, const char *url, int connections, struct problem *why) must_check;

/* ---- The course of a transaction, the same on both engines ---- */

/* After BEGIN: the thread is inside, the clock is read. tx_work runs the work and says what is to become of all of it:
 * DONE to commit, anything else to roll back. */
enum outcome tx_work(struct db_tx *tx, db_work *work, void *arg) must_check;
/* A statement failed. Returns what the statement answers: `failure` itself when `told`, BROKEN when it was another's.
 */
enum outcome tx_doom(struct db_tx *tx, enum outcome failure, bool told);
/* What the transaction answers, given what its work answered. */
enum outcome tx_verdict(const struct db_tx *tx, enum outcome worked) must_check;

/* Runs `work` as a transaction that may change the schema. */
enum outcome db_schema_transaction(struct db *db, const char *name, db_work *work, void *arg) must_check;
char *migration_text(void *mem, enum db_engine engine, const char *sql); /* its tokens in the engine's words */
enum outcome schema_find_clock(struct db *db) must_check;                /* learns whether the database is simulated */

/* What db_one, db_all … are made of. */
enum outcome db_query_(struct db_tx *tx, const char *sql, size_t count, const struct db_value *values, bool long_list,
                       on_row *each, void *arg) must_check;

/* ---- Statements, prepared once a connection and found again by their text ---- */

struct statement {
    struct statement *next;
    uint64_t hash;
    char *sql;
    void *handle; /* sqlite3_stmt */
    int parameters;
    unsigned number;              /* PostgreSQL: its name */
    bool sent, busy;              /* PostgreSQL: prepared or about to be; SQLite: being stepped through */
    bool twin;                    /* SQLite: not in the table, for this one use */
    bool gives_id;                /* SQLite: an INSERT whose RETURNING id was left out */
    uint8_t place[DB_MAX_VALUES]; /* SQLite: which $n the engine's parameter i+1 is */
};

#define STATEMENTS_KEPT 500

struct statements {
    struct statement *bucket[256];
    struct {
        const char *sql; /* as the caller has it */
        struct statement *statement;
    } recent[256]; /* most texts are literals, met again at the same place in memory */
    size_t count;
    unsigned numbers;
};

/* The statement of this text, or a new one without handle; NULL, logged, for a text that cannot be one: transaction
 * control, parameters with gaps. */
struct statement *statement_find(struct statements *all, const char *sql);
void statements_forget_recent(struct statements *all); /* before one of them is freed */
/* How many parameters a text has; -1 when one is missing in between or there are too many. */
int statement_parameters(const char *sql);
/* Skips the string literal, quoted name or comment that begins at `at`; `at` itself where none does. */
const char *statement_skip_quoted(const char *at);
bool statement_values_fit(const struct db_tx *tx, const struct statement *s, const struct db_call *call);
