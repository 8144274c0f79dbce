/* db/db.h: one interface to SQLite and PostgreSQL. The URL is the only difference a caller sees.
 *
 *   sqlite:PATH          one file (WAL). Transactions that wait are committed in groups with a single fsync.
 *   postgresql://…       any number of processes. SERIALIZABLE, retried on conflict.
 *
 * The order of calls: db_open → db_migrate (or db_check) → db_transaction and db_read as often as needed, from any
 * thread → db_close.
 *
 * SQL is one text for both engines, with $1 … $n parameters. Results are copied into talloc memory of the caller's
 * choice. */
#pragma once

#include "base/clock.h"
#include "base/money.h"
#include "base/problem.h"
#include "base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_tx;

enum db_engine { DB_SQLITE, DB_POSTGRES };

/* ---- Opening ---- */

/* `url` as above; `readers` is how many threads may read at once (SQLite) or connections are kept (PostgreSQL).
 * REFUSED with PROBLEM_UNWRITABLE for a file it cannot open, _CONFIG for a URL it cannot use or a file that is none of ours; BUSY when the server does not
 * answer. Freed with `mem` at the latest. */
enum outcome db_open(void *mem, const char *url, int readers, struct db **db, struct problem *why) must_check;
void db_close(struct db *db); /* waits for the transactions that were accepted */
enum db_engine db_engine(const struct db *db);

enum outcome db_ping(struct db *db) must_check; /* DONE when it can be read now; for /healthz */
/* Numbers for /metrics: transactions, groups, retries, busy … Appends Prometheus text. */
void db_metrics(struct db *db, struct text_buffer *out);

/* A migration as it is compiled in: name "0001-mailboxes", its text and the SHA-256 of the text. In the text
 * `:id` stands for the engine's auto-numbered primary key type and `:bytes` for its type of binary columns. A line that
 * begins with `:sqlite ` or `:postgres ` is for that engine alone, without those words. */
struct db_migration {
    const char *name;
    const char *sql;
};

/* Brings the schema up to date, each migration in its transaction, under a lock that other processes respect. Records
 * each with its checksum. `simulated` counts only when the database is new. REFUSED with PROBLEM_SCHEMA_CHANGED when an
 * applied migration's text is another one now, PROBLEM_SCHEMA_NEWER when the database knows migrations that this
 * program lacks. */
enum outcome db_migrate(struct db *db, const struct db_migration *all, size_t count, bool simulated, int *applied,
                        struct problem *why) must_check;

/* The same checks without changing anything; REFUSED with PROBLEM_SCHEMA_OLDER when migrations are missing. */
enum outcome db_check(struct db *db, const struct db_migration *all, size_t count, struct problem *why) must_check;

/* Whether no migration has ever been applied to it. */
enum outcome db_is_new(struct db *db, bool *is_new) must_check;

/* ---- Transactions ---- */

typedef enum outcome db_work(struct db_tx *tx, void *arg);

/* For what is kept in memory and changes with time: `work` only reads, and is run in the first transaction of each hour that this
 * process sees, before the work of that transaction, in its snapshot. With anything but DONE the transaction ends so, and the next one
 * tries again; two that begin at once may both run it. `arg` must outlive the database. NULL: nothing any more. */
void db_each_hour(struct db *db, db_work *work, void *arg);

/* The only door to writing. Runs `work` in a transaction and commits when it returns DONE; anything else rolls all of
 * it back. DONE is answered only when the commit is durable. BUSY is retried here (bounded, with jitter) before it is
 * passed on, so `work` must be repeatable: it may run several times and must set its results anew each time. `name` is
 * for the log. On SQLite `work` runs on the writer thread, each in a savepoint of a group that shares one commit; a
 * group is whatever waited while the last one was committed; so nothing slow belongs into it. Where nobody else writes,
 * and on PostgreSQL, it runs on the caller's thread. BROKEN when this thread's reply is already queued (base/guard.h), or when it is in a transaction
 * of the same database. */
enum outcome db_transaction(struct db *db, const char *name, db_work *work, void *arg) must_check;

/* The same, for a use case that many do at once and whose only meeting points are rows that all of them write (UPDATE …
 * WHERE the state is still the one read) or a UNIQUE constraint: two that change one row never both succeed on what
 * they read before, one of them is run again. What must hold over rows that are only read (a sum, an absence) needs
 * db_transaction. On PostgreSQL it is REPEATABLE READ: SERIALIZABLE locks pages of indexes, and a foreign key's check
 * reads one, so that any two orders placed at once would stop each other. On SQLite there is no difference. */
enum outcome db_transaction_rows(struct db *db, const char *name, db_work *work, void *arg) must_check;

/* A consistent snapshot to read from; writes through it are BROKEN. */
enum outcome db_read(struct db *db, const char *name, db_work *work, void *arg) must_check;

/* The instant that counts for business: the machine's clock, or where a simulated database's clock stands. The same for
 * the whole transaction. */
struct instant db_now(struct db_tx *tx);
struct day db_today(struct db_tx *tx); /* that instant's date in Rome */
bool db_simulated(struct db_tx *tx);
enum outcome db_set_clock(struct db_tx *tx, struct instant now,
                          struct problem *why) must_check; /* REFUSED, PROBLEM_NOT_SIMULATED, unless simulated */
enum db_engine db_tx_engine(const struct db_tx *tx);

/* ---- Values in ---- */

struct db_value {
    enum { DB_IS_NULL, DB_IS_INT, DB_IS_TEXT, DB_IS_BYTES } type;
    int64_t number;
    const void *bytes; /* borrowed until the call returns */
    size_t length;
};

static inline struct db_value db_null(void)
{
    return (struct db_value){DB_IS_NULL, 0, NULL, 0};
}
static inline struct db_value db_int(int64_t n)
{
    return (struct db_value){DB_IS_INT, n, NULL, 0};
}
static inline struct db_value db_bool(bool b)
{
    return db_int(b);
}
static inline struct db_value db_day(struct day d)
{
    return db_int(d.n);
}
static inline struct db_value db_instant(struct instant i)
{
    return db_int(i.us);
}
static inline struct db_value db_money(struct money m)
{
    return db_int(m.cents);
}
struct db_value db_text(const char *text); /* NULL gives SQL NULL */
static inline struct db_value db_bytes(const void *bytes, size_t length)
{
    return (struct db_value){DB_IS_BYTES, 0, bytes, length};
}
static inline struct db_value db_id(int64_t id)
{
    return id ? db_int(id) : db_null();
} /* 0 is "none" */

/* ---- Rows out: columns by position, each into a member of a struct ---- */

/* Storage: days, instants, money and booleans are BIGINT columns. A NULL becomes 0, NULL or DAY 0; DB_LAST_DAY has
 * DAY_NEVER for it. Text and bytes are copied to `mem`. */
struct db_column {
    enum { DB_END_, DB_INT64_, DB_INT32_, DB_BOOL_, DB_TEXT_, DB_CHARS_, DB_BYTES_, DB_DAY_OR_NEVER_ } type;
    size_t offset, room; /* room: of a char array */
};

struct db_blob {
    size_t length;
    void *bytes;
};

#define DB_AT_(kind, type, member)                                                                                     \
    {                                                                                                                  \
        kind, offsetof(type, member), sizeof(((type *)0)->member)                                                      \
    }
#define DB_ID(type, member)       DB_AT_(DB_INT64_, type, member) /* int64_t */
#define DB_INT64(type, member)    DB_AT_(DB_INT64_, type, member) /* int64_t, struct money, struct instant */
#define DB_MONEY(type, member)    DB_AT_(DB_INT64_, type, member)
#define DB_INSTANT(type, member)  DB_AT_(DB_INT64_, type, member)
#define DB_INT(type, member)      DB_AT_(DB_INT32_, type, member) /* int, enum, struct day */
#define DB_DAY(type, member)      DB_AT_(DB_INT32_, type, member)
#define DB_LAST_DAY(type, member) DB_AT_(DB_DAY_OR_NEVER_, type, member)
#define DB_BOOL(type, member)     DB_AT_(DB_BOOL_, type, member)  /* bool */
#define DB_TEXT(type, member)     DB_AT_(DB_TEXT_, type, member)  /* char *, never NULL: "" for NULL and empty */
#define DB_CHARS(type, member)    DB_AT_(DB_CHARS_, type, member) /* char[n]; longer text is BROKEN */
#define DB_BYTES(type, member)    DB_AT_(DB_BYTES_, type, member) /* struct db_blob */
#define DB_END                                                                                                         \
    {                                                                                                                  \
        DB_END_, 0, 0                                                                                                  \
    }

/* ---- Statements: the arguments after the text are struct db_value ----
 *
 * A statement that a constraint refuses ends its transaction, on both engines: any later one answers BROKEN, and there
 * is no commit. What may well be there already is therefore written INSERT … ON CONFLICT DO NOTHING and *changed looked
 * at, which is 0 then. A REFUSED that only says "no row" ends nothing.
 *
 * On both engines: parameters are $1 … $n without gaps, at most 100, each as often as wanted; text must be UTF-8.
 * Counts are checked; a mistake is BROKEN, logged with the transaction's name and the text. Texts should be literals:
 * each is prepared once a connection and kept. PostgreSQL takes numbers for BIGINT: write CAST($1 AS INTEGER) where a
 * function wants less. */

#define DB_VALUES_(...)                                                                                                \
    sizeof((struct db_value[]){{0}, ##__VA_ARGS__}) / sizeof(struct db_value) - 1,                                     \
        (struct db_value[]){{0}, ##__VA_ARGS__} + 1

/* INSERT, UPDATE, DELETE. *changed is the number of rows. REFUSED, with nothing logged, when a UNIQUE, CHECK or FOREIGN
 * KEY constraint says no. With `changed` NULL nobody waits for the answer: PostgreSQL gets such statements together
 * with the next one that gives a value, or with the commit, in one round trip. A constraint's refusal then becomes the
 * whole transaction's REFUSED, whatever its work answers; in between, a statement that meets it answers BROKEN. Ask for
 * `changed` only to look at it. */
#define db_exec(tx, changed, sql, ...) db_exec_((tx), (changed), (sql), DB_VALUES_(__VA_ARGS__))

/* Tells that this very SELECT, text and values, is going to be asked in this transaction, before anything is written. It
 * changes no answer: PostgreSQL sends it along with the query that comes next, and both cost one round trip. On SQLite
 * it does nothing. */
#define db_ahead(tx, sql, ...) db_ahead_((tx), (sql), DB_VALUES_(__VA_ARGS__))

/* INSERT … RETURNING id, or any statement that gives one number. REFUSED as db_exec, or when there is no row. */
#define db_number(tx, number, sql, ...) db_number_((tx), (number), (sql), DB_VALUES_(__VA_ARGS__))

/* Exactly one row into *out. REFUSED when there is none; BROKEN when there are more. */
#define db_one(tx, mem, columns, out, sql, ...) db_one_((tx), (mem), (columns), (out), (sql), DB_VALUES_(__VA_ARGS__))

/* All rows into a new array of structs, *array (of `mem`, owning its texts; NULL when there is none), *count of them.
 * For lists with a LIMIT. */
#define db_all(tx, mem, columns, array, count, sql, ...)                                                               \
    db_all_((tx), (mem), (columns), sizeof(**(array)), (array), (count), (sql), DB_VALUES_(__VA_ARGS__))

/* Row by row, for lists of any length: `row` is filled, then `each` called, which may make other statements, but not
 * change the rows that are being listed. A row's texts and bytes live under `mem` until `each` returns. Stops at the
 * first outcome that is not DONE and returns it. */
typedef enum outcome db_each_row(struct db_tx *tx, void *row, void *arg);
#define db_each(tx, mem, columns, row, each, arg, sql, ...)                                                            \
    db_each_((tx), (mem), (columns), (row), (each), (arg), (sql), DB_VALUES_(__VA_ARGS__))

enum outcome db_exec_(struct db_tx *, int64_t *changed, const char *sql, size_t, const struct db_value *) must_check;
void db_ahead_(struct db_tx *, const char *sql, size_t, const struct db_value *);
enum outcome db_number_(struct db_tx *, int64_t *number, const char *sql, size_t, const struct db_value *) must_check;
enum outcome db_one_(struct db_tx *, void *mem, const struct db_column *, void *out, const char *sql, size_t,
                     const struct db_value *) must_check;
enum outcome db_all_(struct db_tx *, void *mem, const struct db_column *, size_t size, void *array, size_t *count,
                     const char *sql, size_t, const struct db_value *) must_check;
enum outcome db_each_(struct db_tx *, void *mem, const struct db_column *, void *row, db_each_row *, void *arg,
                      const char *sql, size_t, const struct db_value *) must_check;
