/* The SQLite engine as a whole: opening the file, the pool of readers, closing. */
#include "base/clock.h"
#include "base/log.h"
#include "db/sqlite.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#define LOCK_PATIENCE_MS 1500 /* of one try; db_transaction tries again */

/* ---- Reading ---- */

static struct lite *reader_take(struct lite_db *lite)
{
    struct timespec until;
    struct lite *reader = NULL;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += lite->db->patience_ms / 1000 + 1;
    pthread_mutex_lock(&lite->pool_lock);
    while (!lite->idle_count)
        if (pthread_cond_timedwait(&lite->pool_freed, &lite->pool_lock, &until) == ETIMEDOUT)
            break;
    if (lite->idle_count)
        reader = lite->idle[--lite->idle_count];
    pthread_mutex_unlock(&lite->pool_lock);
    return reader;
}

static void reader_return(struct lite_db *lite, struct lite *reader)
{
    pthread_mutex_lock(&lite->pool_lock);
    lite->idle[lite->idle_count++] = reader;
    pthread_cond_signal(&lite->pool_freed);
    pthread_mutex_unlock(&lite->pool_lock);
}

static enum outcome read_run(struct lite_db *lite, const char *name, db_work *work, void *arg)
{
    struct lite *reader = reader_take(lite);
    struct db_tx tx = {.db = lite->db, .name = name, .kind = TX_READ, .connection = reader};
    enum outcome o = DONE;
    int code;

    if (!reader)
        return BUSY;
    if ((code = lite_steer(reader, LITE_READ)) != SQLITE_OK)
        o = lite_outcome(reader->handle, code, name, "BEGIN");
    else
        o = tx_work(&tx, work, arg);
    if (!sqlite3_get_autocommit(reader->handle))
        (void)lite_steer(reader, LITE_COMMIT);
    reader_return(lite, reader);
    return o;
}

static enum outcome run(struct db *db, enum tx_kind kind, const char *name, db_work *work, void *arg)
{
    return kind == TX_READ ? read_run(db->inner, name, work, arg) : writer_run(db->inner, kind, name, work, arg);
}

/* ---- Opening and closing ---- */

static void close_all(struct db *db)
{
    struct lite_db *lite = db->inner;

    writer_stop(lite);
    checkpointer_stop(lite);
    for (int i = 0; i < lite->readers; i++)
        lite_close(&lite->reader[i]);
    lite_close(&lite->checkpointer);
    lite_close(&lite->writer); /* the last one out empties the log into the file and removes it */
    pthread_mutex_destroy(&lite->pool_lock);
    pthread_cond_destroy(&lite->pool_freed);
    talloc_free(lite);
}

static const struct engine SQLITE = {
    .close = close_all, .run = run, .exec = lite_exec, .query = lite_query, .script = lite_script};

/* Customers' data: a new file is for its owner and group, whatever the umask. SQLite gives its companions the same
 * mode. */
static enum outcome make_file(const char *path, struct problem *why)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

    if (fd < 0)
        return problem_unwritable(why, path);
    close(fd);
    return DONE;
}

static enum outcome open_connections(struct lite_db *lite)
{
    const char *path = lite->path;

    TRY(lite_open(&lite->writer, path, SQLITE_OPEN_READWRITE, LOCK_PATIENCE_MS));
    TRY(lite_open(&lite->checkpointer, path, SQLITE_OPEN_READWRITE, 0));
    for (; lite->readers < (int)talloc_array_length(lite->idle); lite->readers++) {
        struct lite *reader = &lite->reader[lite->readers];
        enum outcome o = lite_open(reader, path, SQLITE_OPEN_READWRITE, LOCK_PATIENCE_MS);
        if (o == DONE && sqlite3_exec(reader->handle, "PRAGMA query_only = ON", NULL, NULL, NULL) != SQLITE_OK)
            o = BROKEN;
        if (o != DONE) {
            lite_close(reader);
            return o;
        }
        lite->idle[lite->idle_count++] = reader;
    }
    return checkpointer_start(lite) && writer_start(lite) ? DONE : log_broken("db.thread");
}

/* A connection is used by one thread at a time, so that none needs a lock of its own, and nobody asks how much memory
 * SQLite uses, which counts it under a lock that all threads share. Refused, and no harm done, where the library is
 * already in use. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum outcome sqlite_open(struct db *db, const char *path, int readers, struct problem *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct lite_db *lite;
    pthread_condattr_t clock;
    enum outcome o;

    pthread_once(&once, configure);
    if (!*path || path[0] == ':' || !sqlite3_threadsafe())
        return problem_set(why, PROBLEM_CONFIG, "db", "sqlite:%.120s", path);
    TRY(make_file(path, why));

    lite = talloc_zero(NULL, struct lite_db); /* a root of its own: its threads allocate under it */
    lite->db = db;
    lite->path = talloc_strdup(lite, path);
    lite->reader = talloc_zero_array(lite, struct lite, readers);
    lite->idle = talloc_zero_array(lite, struct lite *, readers);
    pthread_mutex_init(&lite->pool_lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&lite->pool_freed, &clock);
    pthread_condattr_destroy(&clock);
    db->engine = DB_SQLITE;
    db->inner = lite;
    db->does = &SQLITE;

    o = open_connections(lite);
    if (o == BROKEN)
        problem_set(why, PROBLEM_CONFIG, "db", "%.120s: %s", path,
                    lite->writer.handle ? sqlite3_errmsg(lite->writer.handle) : "");
    if (o == BUSY)
        problem_set(why, PROBLEM_BUSY, "db", "%s", "");
    return o == BROKEN ? REFUSED : o;
}
