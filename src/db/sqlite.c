/* One connection to SQLite and the statements on it. */
#include "db/sqlite.h"
#include "base/log.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* cache_size is negative KiB; mmap stays off, so that an I/O error is an answer and not a signal. */
static const char SETTINGS[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA cache_size = -65536;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA cell_size_check = ON;";

static const char *const STEP[LITE_STEPS] = {[LITE_READ] = "BEGIN",
                                             [LITE_WRITE] = "BEGIN IMMEDIATE",
                                             [LITE_SAVEPOINT] = "SAVEPOINT member",
                                             [LITE_RELEASE] = "RELEASE member",
                                             [LITE_UNDO] = "ROLLBACK TO member",
                                             [LITE_COMMIT] = "COMMIT",
                                             [LITE_ROLLBACK] = "ROLLBACK"};

/* ---- Opening and closing ---- */

enum outcome lite_open(struct lite *lite, const char *path, int flags, int patience_ms)
{
    int code = sqlite3_open_v2(path, &lite->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(lite->handle, patience_ms);
    if (code == SQLITE_OK)
        code = sqlite3_exec(lite->handle, SETTINGS, NULL, NULL, NULL);
    for (int i = 0; code == SQLITE_OK && i < LITE_STEPS; i++)
        code = sqlite3_prepare_v3(lite->handle, STEP[i], -1, SQLITE_PREPARE_PERSISTENT, &lite->steer[i], NULL);
    return code == SQLITE_OK ? DONE : lite_outcome(lite->handle, code, "db.open", path);
}

static void drop_statements(struct lite *lite)
{
    struct statements *all = &lite->statements;

    statements_forget_recent(all);
    for (size_t i = 0; i < count_of(all->bucket); i++) {
        struct statement **at = &all->bucket[i];
        while (*at) {
            struct statement *s = *at;
            if (s->busy) {
                at = &s->next;
                continue;
            }
            *at = s->next;
            sqlite3_finalize(s->handle);
            free(s->sql);
            free(s);
            all->count--;
        }
    }
}

void lite_close(struct lite *lite)
{
    drop_statements(lite);
    for (int i = 0; i < LITE_STEPS; i++)
        sqlite3_finalize(lite->steer[i]);
    if (sqlite3_close(lite->handle) != SQLITE_OK)
        log_error("db.close", LOG_TEXT("why", sqlite3_errmsg(lite->handle)));
    lite->handle = NULL;
}

/* ---- Outcomes ---- */

/* SQLite calls only a full disk full, but a quota comes to the same. Of a COMMIT it does not note the error's number:
 * errno still has it, which lite_steer has set to 0 before. */
static bool disk_is_full(sqlite3 *handle, int code)
{
    int why = errno;

    if (code != SQLITE_IOERR_WRITE)
        return (code & 0xff) == SQLITE_FULL;
    if (handle && sqlite3_system_errno(handle))
        why = sqlite3_system_errno(handle);
    return why == ENOSPC || why == EDQUOT || why == EFBIG;
}

enum outcome lite_outcome(sqlite3 *handle, int code, const char *name, const char *sql)
{
    int kind = code & 0xff;
    bool full = disk_is_full(handle, code); /* first: errno does not last */

    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED || kind == SQLITE_PROTOCOL)
        return BUSY;
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_CHECK ||
        code == SQLITE_CONSTRAINT_FOREIGNKEY || code == SQLITE_CONSTRAINT_ROWID)
        return REFUSED;
    log_error("db.sqlite", LOG_TEXT("transaction", name), LOG_TEXT("why", handle ? sqlite3_errmsg(handle) : "memory"),
              LOG_INT("code", code), LOG_INT("errno", handle ? sqlite3_system_errno(handle) : 0), LOG_TEXT("sql", sql));
    return full ? BUSY : BROKEN; /* that passes: somebody is told by the line above */
}

/* ---- Statements ---- */

/* SQLite numbers parameters as it meets them: which $n each one is. */
static bool learn_places(struct statement *s)
{
    int count = sqlite3_bind_parameter_count(s->handle);

    if (count != s->parameters)
        return false;
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_bind_parameter_name(s->handle, i + 1);
        if (!name || name[0] != '$')
            return false;
        s->place[i] = (uint8_t)atoi(name + 1);
    }
    return true;
}

static bool only_blanks(const char *text, const char *end)
{
    return strspn(text, " \t\r\n;") >= (size_t)(end - text);
}

/* What RETURNING gives, SQLite gathers in a temporary table that it makes and drops at each run, which costs several
 * times the INSERT itself. But an id is the number of the row, and that it tells without: "INSERT … RETURNING id" runs
 * as "INSERT …". Gives how much of the text is left. */
static size_t without_returning(const char *sql)
{
    static const char TAIL[] = " RETURNING id";
    size_t length = strlen(sql), tail = sizeof TAIL - 1;

    if (length <= tail || strcmp(sql + length - tail, TAIL) != 0 || strncmp(sql, "INSERT ", 7) != 0 ||
        strstr(sql, " DO UPDATE "))
        return length;
    return length - tail;
}

static enum outcome prepare(struct lite *lite, struct statement *s, const char *name)
{
    size_t length = without_returning(s->sql);
    const char *rest;
    sqlite3_stmt *handle;
    int code = sqlite3_prepare_v3(lite->handle, s->sql, (int)length, SQLITE_PREPARE_PERSISTENT, &handle, &rest);

    if (code != SQLITE_OK)
        return lite_outcome(lite->handle, code, name, s->sql);
    s->handle = handle;
    s->gives_id = s->sql[length] != '\0';
    if (handle && only_blanks(rest, s->sql + length) && learn_places(s))
        return DONE;
    sqlite3_finalize(handle);
    s->handle = NULL;
    return log_broken("db.statement", LOG_TEXT("transaction", name), LOG_TEXT("sql", s->sql),
                      LOG_TEXT("why", "not one statement with $1 … parameters"));
}

static int bind(sqlite3_stmt *handle, int place, const struct db_value *value)
{
    switch (value->type) {
    case DB_IS_INT:
        return sqlite3_bind_int64(handle, place, value->number);
    case DB_IS_TEXT: /* static: values live until the call returns, and the next call binds every parameter anew */
        return sqlite3_bind_text64(handle, place, value->bytes, value->length, SQLITE_STATIC, SQLITE_UTF8);
    case DB_IS_BYTES:
        return sqlite3_bind_blob64(handle, place, value->length ? value->bytes : "", value->length, SQLITE_STATIC);
    case DB_IS_NULL:
        break;
    }
    return sqlite3_bind_null(handle, place);
}

static void discard_twin(struct statement *s)
{
    if (s->twin) {
        sqlite3_finalize(s->handle);
        free(s);
    }
}

/* One that is being stepped through already (a query made within its own rows) gets a twin for this use. */
static struct statement *find_free(struct lite *lite, const char *sql)
{
    struct statement *s = statement_find(&lite->statements, sql);

    if (s && s->busy) {
        struct statement *twin = calloc(1, sizeof *twin);
        if (!twin)
            abort();
        *twin = (struct statement){.sql = s->sql, .parameters = s->parameters, .twin = true};
        s = twin;
    }
    return s;
}

static enum outcome make_ready(struct db_tx *tx, const struct db_call *call, struct statement *s)
{
    struct lite *lite = tx->connection;

    if (!statement_values_fit(tx, s, call))
        return BROKEN;
    if (!s->handle)
        TRY(prepare(lite, s, tx->name));
    if (tx->kind == TX_READ && !sqlite3_stmt_readonly(s->handle))
        return log_broken("db.write_in_read", LOG_TEXT("transaction", tx->name), LOG_TEXT("sql", call->sql));
    for (int i = 0; i < s->parameters; i++) {
        int code = bind(s->handle, i + 1, &call->values[s->place[i] - 1]);
        if (code != SQLITE_OK)
            return lite_outcome(lite->handle, code, tx->name, call->sql);
    }
    return DONE;
}

static enum outcome start(struct db_tx *tx, const struct db_call *call, struct statement **started)
{
    struct statement *s = find_free(tx->connection, call->sql);
    enum outcome o = s ? make_ready(tx, call, s) : BROKEN;

    if (o != DONE) {
        if (s)
            discard_twin(s);
        return tx_doom(tx, o, true);
    }
    s->busy = true;
    *started = s;
    return DONE;
}

static void finish(struct statement *s)
{
    s->busy = false;
    sqlite3_reset(s->handle);
    discard_twin(s);
}

static enum outcome failed(struct db_tx *tx, int code, const char *sql, bool told)
{
    enum outcome o = lite_outcome(((struct lite *)tx->connection)->handle, code, tx->name, sql);

    (void)tx_doom(tx, o, told);
    return o;
}

enum outcome lite_exec(struct db_tx *tx, const struct db_call *call, int64_t *changed)
{
    struct lite *lite = tx->connection;
    struct statement *s;
    enum outcome o = DONE;
    int code;

    TRY(start(tx, call, &s));
    do
        code = sqlite3_step(s->handle);
    while (code == SQLITE_ROW);
    if (code != SQLITE_DONE)
        o = failed(tx, code, call->sql, changed != NULL);
    else if (changed)
        *changed = sqlite3_stmt_readonly(s->handle) ? 0 : sqlite3_changes64(lite->handle);
    finish(s);
    return o;
}

static bool lite_cell(const struct row *row, int column, enum cell_kind kind, struct cell *cell)
{
    sqlite3_value *value = sqlite3_column_value(row->result, column);
    int type = sqlite3_value_type(value);

    if (type == SQLITE_NULL) {
        cell->null = true;
        return true;
    }
    if (kind == CELL_NUMBER) {
        cell->number = sqlite3_value_int64(value);
        return type == SQLITE_INTEGER;
    }
    if (kind == CELL_TEXT && type == SQLITE_BLOB)
        return false;
    cell->bytes = kind == CELL_TEXT ? (const char *)sqlite3_value_text(value) : sqlite3_value_blob(value);
    cell->length = (size_t)sqlite3_value_bytes(value);
    return true;
}

static int step_rows(struct db_tx *tx, struct statement *s, on_row *each, void *arg, enum outcome *o)
{
    struct row row = {.cell = lite_cell, .result = s->handle, .columns = sqlite3_column_count(s->handle)};
    int code;

    while ((code = sqlite3_step(s->handle)) == SQLITE_ROW && (*o = each(tx, &row, arg)) == DONE)
        ;
    return code;
}

static bool id_cell(const struct row *row, int column, enum cell_kind kind, struct cell *cell)
{
    (void)column;
    cell->number = sqlite3_last_insert_rowid(row->result);
    return kind == CELL_NUMBER;
}

static int step_insert(struct db_tx *tx, struct statement *s, on_row *each, void *arg, enum outcome *o)
{
    sqlite3 *handle = ((struct lite *)tx->connection)->handle;
    struct row row = {.cell = id_cell, .result = handle, .columns = 1};
    int code = sqlite3_step(s->handle);
    int64_t inserted = code == SQLITE_DONE ? sqlite3_changes64(handle) : 0;

    if (inserted == 1)
        *o = each(tx, &row, arg);
    else if (inserted > 1)
        *o = log_broken("db.statement", LOG_TEXT("transaction", tx->name), LOG_TEXT("sql", s->sql),
                        LOG_TEXT("why", "RETURNING id of several rows"));
    return code;
}

enum outcome lite_query(struct db_tx *tx, const struct db_call *call, bool long_list, on_row *each, void *arg)
{
    (void)long_list; /* rows come one by one anyway */
    struct statement *s;
    enum outcome o = DONE;
    int code;

    TRY(start(tx, call, &s));
    code = s->gives_id ? step_insert(tx, s, each, arg, &o) : step_rows(tx, s, each, arg, &o);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        o = failed(tx, code, call->sql, true);
    finish(s);
    return o;
}

enum outcome lite_script(struct db_tx *tx, const char *sql)
{
    struct lite *lite = tx->connection;
    int code = sqlite3_exec(lite->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? DONE : failed(tx, code, tx->name, true);
}

int lite_steer(struct lite *lite, enum lite_step step)
{
    int code;

    errno = 0;
    code = sqlite3_step(lite->steer[step]);
    sqlite3_reset(lite->steer[step]);
    if (lite->statements.count > STATEMENTS_KEPT && (step == LITE_COMMIT || step == LITE_ROLLBACK))
        drop_statements(lite);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}
