/* Who writes to SQLite. Whatever waited while the last group was committed becomes the next group: each transaction in
 * a savepoint of its own, one COMMIT, one fsync, and only then do their callers hear an answer. A REFUSED waits for the
 * commit as well, since it may rest on what an earlier member wrote.
 *
 * A caller who finds nobody writing or waiting writes by itself, as a group of one: being woken twice by another thread
 * would take longer than the work. All others wait for the one writer thread, which under load never sleeps. */
#include "base/guard.h"
#include "base/log.h"
#include "db/sqlite.h"

#define GROUP_MOST 256 /* so that the first of a long queue hears soon */

/* ---- One group, by whoever has the connection ---- */

/* Deferred foreign keys are checked by COMMIT, where they would take the whole group down: ask before. */
static bool leaves_orphans(sqlite3 *handle)
{
    int now = 0, highest;

    sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &now, &highest, 0);
    return now != 0;
}

static enum outcome member_work(struct lite_db *lite, struct lite_request *r)
{
    struct db_tx tx = {.db = lite->db, .name = r->name, .kind = r->kind, .connection = &lite->writer};
    enum outcome o = tx_work(&tx, r->work, r->arg);

    return o == DONE && leaves_orphans(lite->writer.handle) ? REFUSED : o;
}

/* Whether the group can go on: false when SQLite has rolled all of it back (disk full, I/O error), or cannot undo one.
 */
static bool member_run(struct lite_db *lite, struct lite_request *r, bool alone, bool *wrote)
{
    sqlite3 *handle = lite->writer.handle;

    if (!alone && lite_steer(&lite->writer, LITE_SAVEPOINT) != SQLITE_OK)
        return false;
    if (!alone)
        reply_queued = false; /* an earlier member's doing; each answers on a thread of its own */
    r->outcome = member_work(lite, r);
    if (sqlite3_get_autocommit(handle))
        return false;
    if (r->outcome == DONE)
        *wrote = true;
    if (alone)
        return true;
    if (r->outcome != DONE && lite_steer(&lite->writer, LITE_UNDO) != SQLITE_OK)
        return false;
    return lite_steer(&lite->writer, LITE_RELEASE) == SQLITE_OK;
}

static void group_fails(struct lite_request *group, enum outcome o)
{
    for (struct lite_request *r = group; r; r = r->next)
        r->outcome = o;
}

static void group_run(struct lite_db *lite, struct lite_request *group)
{
    struct lite *writer = &lite->writer;
    bool alone = !group->next, whole = true, wrote = false;
    int code = lite_steer(writer, LITE_WRITE);

    if (code != SQLITE_OK) {
        group_fails(group, lite_outcome(writer->handle, code, group->name, "BEGIN IMMEDIATE"));
        return;
    }
    for (struct lite_request *r = group; r && whole; r = r->next)
        whole = member_run(lite, r, alone, &wrote);

    if (!whole) {
        /* Whoever caused it knows its own outcome; the others did nothing wrong and run again. */
        for (struct lite_request *r = group; r; r = r->next)
            if (r->outcome == DONE || r->outcome == REFUSED)
                r->outcome = BUSY;
    } else if (wrote) {
        code = lite_steer(writer, LITE_COMMIT);
        if (code == SQLITE_OK)
            lite->db->count.groups++;
        else
            group_fails(group, lite_outcome(writer->handle, code, group->name, "COMMIT") == BUSY ? BUSY : BROKEN);
    }
    if (!sqlite3_get_autocommit(writer->handle))
        (void)lite_steer(writer, LITE_ROLLBACK);
}

static void group_answer(struct lite_request *group)
{
    while (group) {
        struct lite_request *next = group->next; /* the caller's stack, gone once it is awake */
        sem_post(&group->over);
        group = next;
    }
}

/* ---- The queue ---- */

/* On the writer thread, which has had the connection: waits until there is something to do and nobody else has it.
 * NULL when only the log is to be folded, or the database closes. */
static struct lite_request *queue_take(struct lite_db *lite)
{
    struct lite_request *group, *tail;

    pthread_mutex_lock(&lite->queue_lock);
    lite->writing = false;
    while (lite->writing || !(lite->first || lite->fold_due || lite->closing))
        pthread_cond_wait(&lite->queue_moved, &lite->queue_lock);
    lite->writing = true;
    group = tail = lite->first;
    if (group) {
        for (int n = 1; n < GROUP_MOST && tail->next; n++)
            tail = tail->next;
        lite->first = tail->next;
        if (!lite->first)
            lite->last = &lite->first;
        tail->next = NULL;
    }
    pthread_mutex_unlock(&lite->queue_lock);
    return group;
}

static void *writer_thread(void *arg)
{
    struct lite_db *lite = arg;
    struct lite_request *group;

    while ((group = queue_take(lite)) || lite->fold_due) {
        if (group) {
            group_run(lite, group);
            group_answer(group);
        }
        reply_queued = false;
        if (lite->fold_due)
            checkpoint_fold(lite);
    }
    return NULL;
}

/* Whether the caller has the connection now; otherwise it is in the queue. */
static bool queue_enter(struct lite_db *lite, struct lite_request *r)
{
    bool alone;

    pthread_mutex_lock(&lite->queue_lock);
    alone = !lite->writing && !lite->first;
    if (alone) {
        lite->writing = true;
    } else { /* whoever writes wakes the writer thread */
        *lite->last = r;
        lite->last = &r->next;
    }
    pthread_mutex_unlock(&lite->queue_lock);
    return alone;
}

static void queue_leave(struct lite_db *lite)
{
    bool wake;

    pthread_mutex_lock(&lite->queue_lock);
    lite->writing = false;
    wake = lite->first || lite->fold_due || lite->closing;
    pthread_mutex_unlock(&lite->queue_lock);
    if (wake)
        pthread_cond_signal(&lite->queue_moved);
}

enum outcome writer_run(struct lite_db *lite, enum tx_kind kind, const char *name, db_work *work, void *arg)
{
    struct lite_request r = {.kind = kind, .name = name, .work = work, .arg = arg, .outcome = BUSY};

    sem_init(&r.over, 0, 0);
    if (queue_enter(lite, &r)) {
        group_run(lite, &r);
        queue_leave(lite);
    } else {
        while (sem_wait(&r.over) != 0)
            ; /* a signal */
    }
    sem_destroy(&r.over);
    return r.outcome;
}

bool writer_start(struct lite_db *lite)
{
    lite->last = &lite->first;
    lite->writing = true; /* the thread, until it finds nothing to do */
    pthread_mutex_init(&lite->queue_lock, NULL);
    pthread_cond_init(&lite->queue_moved, NULL);
    lite->writer_runs = pthread_create(&lite->writer_thread, NULL, writer_thread, lite) == 0;
    return lite->writer_runs;
}

void writer_stop(struct lite_db *lite)
{
    if (!lite->writer_runs)
        return;
    pthread_mutex_lock(&lite->queue_lock);
    lite->closing = true;
    pthread_cond_signal(&lite->queue_moved);
    pthread_mutex_unlock(&lite->queue_lock);
    pthread_join(lite->writer_thread, NULL);
    pthread_mutex_destroy(&lite->queue_lock);
    pthread_cond_destroy(&lite->queue_moved);
}
