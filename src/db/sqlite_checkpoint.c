/* Moving the write-ahead log back into the file, beside the writer and never in its way.
 *
 * A PASSIVE checkpoint takes no lock that the writer needs. Under steady writing it never reaches the log's end, so the
 * log would not begin anew: it would grow for ever, and a commit that makes a file longer costs the disk twice one that
 * writes over what is there. So the writer itself finishes what a checkpoint just left over, which is little, between
 * two groups. */
#include "base/log.h"
#include "db/sqlite.h"

#define LOG_WORTH_IT 1024  /* pages of 4 KiB: 4 MB */
#define LOG_LONG     16384 /* 64 MB */
#define LOG_REST     512   /* of a log that is not long: what the writer may finish by itself */

static bool due(const struct lite_db *lite)
{
    return lite->log_pages - lite->log_done >= LOG_WORTH_IT;
}

/* After each commit, by whoever writes. */
static int note_log(void *arg, sqlite3 *handle, const char *name, int pages)
{
    struct lite_db *lite = arg;
    (void)handle;
    (void)name;

    lite->log_pages = pages;
    if (pages < lite->log_done)
        lite->log_done = 0; /* it began anew */
    if (due(lite)) {
        pthread_mutex_lock(&lite->log_lock);
        pthread_cond_signal(&lite->log_grew);
        pthread_mutex_unlock(&lite->log_lock);
    }
    return SQLITE_OK;
}

/* Whether it moved all that was in the log when it began; `in_log` pages. */
static bool checkpoint(struct lite_db *lite, struct lite *by, int *in_log)
{
    int moved = 0;
    int code = sqlite3_wal_checkpoint_v2(by->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, in_log, &moved);

    lite->db->count.checkpoints++;
    if (code != SQLITE_OK &&
        (code & 0xff) != SQLITE_BUSY) /* the log keeps everything; a later checkpoint tries again */
        log_error("db.checkpoint", LOG_TEXT("why", sqlite3_errmsg(by->handle)), LOG_INT("code", code));
    return code == SQLITE_OK && moved == *in_log;
}

void checkpoint_fold(struct lite_db *lite)
{
    int in_log;

    lite->fold_due = false;
    (void)checkpoint(lite, &lite->writer, &in_log);
}

static void *checkpoint_thread(void *arg)
{
    struct lite_db *lite = arg;

    pthread_mutex_lock(&lite->log_lock);
    while (!lite->checkpointer_stops) {
        if (due(lite)) {
            int in_log = 0, rest;
            bool whole;
            lite->log_done = lite->log_pages;
            pthread_mutex_unlock(&lite->log_lock);
            whole = checkpoint(lite, &lite->checkpointer, &in_log);
            rest = lite->log_pages - in_log; /* written since it began */
            if (whole && rest > 0 && (rest <= LOG_REST || in_log >= LOG_LONG))
                lite->fold_due = true;
            pthread_mutex_lock(&lite->log_lock);
        } else {
            pthread_cond_wait(&lite->log_grew, &lite->log_lock);
        }
    }
    pthread_mutex_unlock(&lite->log_lock);
    return NULL;
}

bool checkpointer_start(struct lite_db *lite)
{
    pthread_mutex_init(&lite->log_lock, NULL);
    pthread_cond_init(&lite->log_grew, NULL);
    sqlite3_wal_hook(lite->writer.handle, note_log, lite);
    lite->checkpointer_runs = pthread_create(&lite->checkpoint_thread, NULL, checkpoint_thread, lite) == 0;
    return lite->checkpointer_runs;
}

void checkpointer_stop(struct lite_db *lite)
{
    if (!lite->checkpointer_runs)
        return;
    pthread_mutex_lock(&lite->log_lock);
    lite->checkpointer_stops = true;
    pthread_cond_signal(&lite->log_grew);
    pthread_mutex_unlock(&lite->log_lock);
    pthread_join(lite->checkpoint_thread, NULL);
    pthread_mutex_destroy(&lite->log_lock);
    pthread_cond_destroy(&lite->log_grew);
}
