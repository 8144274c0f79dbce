#include "store/task.h"

static const struct db_column TASK[] = {
    DB_TEXT(struct task, queue),    DB_TEXT(struct task, item),
    DB_TEXT(struct task, brand),    DB_TEXT(struct task, account),
    DB_TEXT(struct task, subject),  DB_TEXT(struct task, detail),
    DB_INSTANT(struct task, since), DB_INSTANT(struct task, due_at),
    DB_TEXT(struct task, taker),    DB_ID(struct task, taker_id),
    DB_INSTANT(struct task, until), DB_BOOL(struct task, put_off),
    DB_TEXT(struct task, note),     DB_END,
};

/* $1 brand, $2 accounts, $3 now */
#define SELECT_TASK                                                                                                    \
    "SELECT d.queue, d.item, d.brand, d.account, d.subject, d.detail, d.since, d.due_at, coalesce(w.name, ''), "       \
    "h.operator_id, h.until, coalesce(h.put_off, 0), coalesce(h.note, '') FROM desk_task d " HOLDS
#define HOLDS                                                                                                          \
    "LEFT JOIN desk_hold h ON h.queue = d.queue AND h.item = d.item AND h.until > $3 LEFT JOIN operator w ON w.id = "  \
    "h.operator_id WHERE ($1 = '' OR d.brand = $1 OR (d.account <> '' AND $2 LIKE '%|' || d.account || '|%')) "
#define SCOPE(scope) db_text((scope)->brand), db_text((scope)->accounts), db_instant(db_now(tx))
/* Both engines put no deadline last. */
#define DUE   "CASE d.due_at WHEN 0 THEN 9223372036854775807 ELSE d.due_at END"
#define ORDER DUE ", d.since, d.item "

enum outcome tasks_count(struct db_tx *tx, void *mem, const struct task_scope *scope, struct task_count **counts,
                         size_t *count)
{
    static const struct db_column COUNT[] = {DB_TEXT(struct task_count, queue),
                                             DB_INT64(struct task_count, count),
                                             DB_INT64(struct task_count, overdue),
                                             DB_INT64(struct task_count, put_off),
                                             DB_INSTANT(struct task_count, oldest),
                                             DB_INSTANT(struct task_count, next_due),
                                             DB_END};

    return db_all(tx, mem, COUNT, counts, count,
                  "SELECT d.queue, count(*), coalesce(sum(CASE WHEN d.due_at > 0 AND d.due_at < $3 THEN 1 ELSE 0 END), "
                  "0), coalesce(sum(h.put_off), 0), min(d.since), coalesce(min(nullif(d.due_at, 0)), 0) FROM "
                  "desk_task d " HOLDS "GROUP BY d.queue ORDER BY d.queue",
                  SCOPE(scope));
}

enum outcome tasks_of_queue(struct db_tx *tx, void *mem, const struct task_scope *scope, const char *queue,
                            const char *after, int limit, struct task **tasks, size_t *count)
{
    struct task last;

    if (after[0] && task_find(tx, mem, scope, queue, after, &last) == DONE)
        return db_all(tx, mem, TASK, tasks, count,
                      SELECT_TASK "AND d.queue = $4 AND (" DUE " > $5 OR (" DUE " = $5 AND (d.since > $6 OR (d.since = "
                                  "$6 AND d.item > $7)))) ORDER BY " ORDER "LIMIT $8",
                      SCOPE(scope), db_text(queue), db_int(last.due_at.us ? last.due_at.us : INT64_MAX),
                      db_instant(last.since), db_text(after), db_int(limit));
    return db_all(tx, mem, TASK, tasks, count, SELECT_TASK "AND d.queue = $4 ORDER BY " ORDER "LIMIT $5", SCOPE(scope),
                  db_text(queue), db_int(limit));
}

enum outcome task_find(struct db_tx *tx, void *mem, const struct task_scope *scope, const char *queue, const char *item,
                       struct task *out)
{
    return db_one(tx, mem, TASK, out, SELECT_TASK "AND d.queue = $4 AND d.item = $5", SCOPE(scope), db_text(queue),
                  db_text(item));
}

enum outcome task_first_free(struct db_tx *tx, void *mem, const struct task_scope *scope, const char *queue,
                             int64_t operator_id, struct task *out)
{
    return db_one(tx, mem, TASK, out,
                  SELECT_TASK "AND d.queue = $4 AND (h.operator_id IS NULL OR (h.operator_id = $5 AND h.put_off = 0)) "
                              "ORDER BY CASE WHEN h.operator_id IS NULL THEN 0 ELSE 1 END, " ORDER "LIMIT 1",
                  SCOPE(scope), db_text(queue), db_int(operator_id));
}

enum outcome task_hold(struct db_tx *tx, const struct task *task, int64_t operator_id, struct instant until,
                       bool put_off, const char *note, bool *taken)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "INSERT INTO desk_hold AS h (queue, item, operator_id, at, until, note, put_off) VALUES ($1, $2, $3, "
                "$4, $5, $6, $7) ON CONFLICT (queue, item) DO UPDATE SET operator_id = $3, at = $4, until = $5, note = "
                "$6, put_off = $7 WHERE h.operator_id = $3 OR h.until <= $4",
                db_text(task->queue), db_text(task->item), db_int(operator_id), db_instant(db_now(tx)),
                db_instant(until), db_text(note), db_bool(put_off)));
    *taken = rows == 1;
    return DONE;
}

enum outcome task_holds_sweep(struct db_tx *tx)
{
    return db_exec(tx, NULL, "DELETE FROM desk_hold WHERE until <= $1", db_instant(db_now(tx)));
}
