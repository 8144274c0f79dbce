/* db/sqlite.h: the parts of the SQLite engine among themselves.
 *
 * Threads: callers run reads on a pool of connections; the only connection that writes is the writer thread's, or that of
 * a caller who came when nobody else wrote; one checkpointer moves the log back into the file meanwhile, on a connection
 * of its own. */
#pragma once

#include "db/engine.h"
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>

/* The statements that steer a transaction. */
enum lite_step {
    LITE_READ,
    LITE_WRITE,
    LITE_SAVEPOINT,
    LITE_RELEASE,
    LITE_UNDO,
    LITE_COMMIT,
    LITE_ROLLBACK,
    LITE_STEPS
};

/* One connection, used by one thread at a time. */
struct lite {
    sqlite3 *handle;
    sqlite3_stmt *steer[LITE_STEPS];
    struct statements statements;
};

/* A transaction that a caller waits for. Lives on the caller's stack. */
struct lite_request {
    struct lite_request *next;
    enum tx_kind kind;
    const char *name;
    db_work *work;
    void *arg;
    enum outcome outcome;
    sem_t over;
};

struct lite_db {
    struct db *db;
    char *path;

    struct lite writer;
    pthread_t writer_thread;
    bool writer_runs;
    pthread_mutex_t queue_lock;
    pthread_cond_t queue_moved;
    struct lite_request *first, **last;
    bool writing; /* somebody has `writer` */
    bool closing;

    struct lite checkpointer;
    pthread_t checkpoint_thread;
    bool checkpointer_runs;
    pthread_mutex_t log_lock;
    pthread_cond_t log_grew;
    atomic_int log_pages; /* in the write-ahead log after the last commit */
    atomic_int log_done;  /* of them, there when the last checkpoint began */
    bool checkpointer_stops;
    atomic_bool fold_due; /* the log could begin anew: the writer finishes a checkpoint between two groups */

    pthread_mutex_t pool_lock;
    pthread_cond_t pool_freed;
    struct lite *reader; /* `readers` of them */
    struct lite **idle;  /* the last one back goes out first: its pages are warm */
    int readers, idle_count;
};

enum outcome lite_open(struct lite *lite, const char *path, int flags, int patience_ms) must_check;
void lite_close(struct lite *lite);                     /* also of one that did not open */
int lite_steer(struct lite *lite, enum lite_step step); /* SQLite's result code */
/* What a failure of SQLite means; logged unless it is a constraint's or another's lock. */
enum outcome lite_outcome(sqlite3 *handle, int code, const char *name, const char *sql) must_check;

enum outcome lite_exec(struct db_tx *tx, const struct db_call *call, int64_t *changed) must_check;
enum outcome lite_query(struct db_tx *tx, const struct db_call *call, bool long_list, on_row *each,
                        void *arg) must_check;
enum outcome lite_script(struct db_tx *tx, const char *sql) must_check;

bool writer_start(struct lite_db *lite) must_check;
void writer_stop(struct lite_db *lite); /* after the transactions that were accepted */
enum outcome writer_run(struct lite_db *lite, enum tx_kind kind, const char *name, db_work *work, void *arg) must_check;

bool checkpointer_start(struct lite_db *lite) must_check;
void checkpointer_stop(struct lite_db *lite);
void checkpoint_fold(struct lite_db *lite); /* on the writer thread, between two groups */
