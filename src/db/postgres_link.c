/* One connection to PostgreSQL: what is sent, and the answers that are owed for it. */
#include "base/log.h"
#include "db/postgres.h"
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_TEXT = 25 }; /* pg_type.dat; fixed for ever */

/* What the engine relies on, whatever the server's or the user's settings. */
static const char SETTINGS[] =
    "SET client_min_messages = warning; SET bytea_output = hex; SET standard_conforming_strings = on;"
    "SET cursor_tuple_fraction = 1.0; SET idle_in_transaction_session_timeout = '5min';"
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';"
    "SELECT pg_postmaster_start_time()";

static const char *const STEP[PG_STEPS] = {
    [PG_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    [PG_WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE",
    [PG_ROWS] = "BEGIN ISOLATION LEVEL REPEATABLE READ",  /* db.h says for whom */
    [PG_SCHEMA] = "BEGIN ISOLATION LEVEL READ COMMITTED", /* it queues for a lock, and must then see what came before */
    [PG_SCHEMA_LOCK] = "SELECT pg_advisory_xact_lock(7310868735422)",
    [PG_XID] = "SELECT pg_current_xact_id()",
    [PG_XID_IF_ANY] = "SELECT pg_current_xact_id_if_assigned()",
    [PG_COMMIT] = "COMMIT",
    [PG_ROLLBACK] = "ROLLBACK",
};

/* ---- Connecting ---- */

static void log_notice(void *arg, const char *message)
{
    (void)arg;
    log_debug("db.notice", LOG_TEXT("text", message));
}

enum outcome pg_connect(struct pg *pg, const char *url, char *why, size_t room)
{
    /* Those before dbname can be overridden in the URL, which is expanded there. */
    const char *const name[] = {"connect_timeout", "tcp_user_timeout", "fallback_application_name",
                                "dbname",          "client_encoding",  NULL};
    const char *const value[] = {"5", "30000", "casella", url, "UTF8", NULL};
    PGresult *result;
    bool good;

    pg->conn = PQconnectdbParams(name, value, 1);
    good = PQstatus(pg->conn) == CONNECTION_OK;
    if (good) {
        PQsetNoticeProcessor(pg->conn, log_notice, NULL);
        result = PQexec(pg->conn, SETTINGS);
        good = PQresultStatus(result) == PGRES_TUPLES_OK && PQenterPipelineMode(pg->conn);
        if (good)
            snprintf(pg->server, sizeof pg->server, "%s", PQgetvalue(result, 0, 0));
        PQclear(result);
    }
    for (unsigned i = 0; i < PG_STEPS; i++) /* numbered from above: the others count from 1 */
        pg->step[i] = (struct statement){.sql = (char *)(uintptr_t)STEP[i], .number = UINT_MAX - i};
    if (good)
        return DONE;
    snprintf(why, room, "%s", PQerrorMessage(pg->conn));
    why[strcspn(why, "\n")] = '\0';
    pg_disconnect(pg);
    return BUSY;
}

void pg_disconnect(struct pg *pg)
{
    for (size_t i = 0; i < count_of(pg->statements.bucket); i++)
        for (struct statement *s = pg->statements.bucket[i], *next; s; s = next) {
            next = s->next;
            free(s->sql);
            free(s);
        }
    ahead_forget(pg);
    PQfinish(pg->conn);
    *pg = (struct pg){0};
}

bool pg_alive(struct pg *pg)
{
    struct pollfd socket = {.fd = PQsocket(pg->conn), .events = POLLIN};

    if (pg->sync_owed && !pg_collect_end_of_read(pg))
        return false;
    /* Nothing is owed now, so what there is to read is a farewell, or a notice at best. */
    return PQstatus(pg->conn) == CONNECTION_OK && poll(&socket, 1, 0) == 0;
}

/* ---- What a failure means ---- */

static enum outcome state_outcome(const char *state)
{
    static const char *const refused[] = {"23505", "23514", "23503",
                                          "23P01"}; /* unique, check, foreign key, exclusion */
    static const char *const busy[] = {"40", "53", "57", "08", "55P03", "26000"};

    for (size_t i = 0; i < count_of(refused); i++)
        if (strcmp(state, refused[i]) == 0)
            return REFUSED;
    for (size_t i = 0; i < count_of(busy); i++)
        if (strncmp(state, busy[i], strlen(busy[i])) == 0)
            return BUSY;
    return BROKEN;
}

static enum outcome lose(struct db_tx *tx, const char *why)
{
    struct pg *pg = tx->connection;

    char line[120];

    snprintf(line, sizeof line, "%.*s", (int)strcspn(why, "\n"), why);
    if (!pg->lost)
        log_warning("db.connection_lost", LOG_TEXT("transaction", tx->name), LOG_TEXT("why", line));
    pg->lost = true;
    return BUSY;
}

enum outcome pg_result_outcome(struct db_tx *tx, const PGresult *result, const char *sql)
{
    struct pg *pg = tx->connection;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    enum outcome o;

    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        return DONE;
    case PGRES_EMPTY_QUERY:
        return log_broken("db.statement", LOG_TEXT("transaction", tx->name), LOG_TEXT("why", "empty"));
    case PGRES_PIPELINE_ABORTED:
        return BUSY; /* never the first failure of a batch */
    default:
        break;
    }
    if (!state || PQstatus(pg->conn) == CONNECTION_BAD)
        return lose(tx, PQerrorMessage(pg->conn));
    o = state_outcome(state);
    if (strncmp(state, "57P", 3) == 0) {
        pg->commit_sent = false; /* it said goodbye before it came to our commit */
        return lose(tx, message);
    }
    if (strcmp(state, "0A000") == 0 && message && strstr(message, "cached plan")) {
        pg->lost = true; /* the schema changed under our statements: begin anew */
        return BUSY;
    }
    if (o == BROKEN || strncmp(state, "53", 2) == 0)
        log_error("db.postgres", LOG_TEXT("transaction", tx->name), LOG_TEXT("state", state), LOG_TEXT("why", message),
                  LOG_TEXT("sql", sql));
    return o;
}

/* ---- Sending ---- */

struct parameters {
    Oid type[DB_MAX_VALUES];
    const char *value[DB_MAX_VALUES];
    int length[DB_MAX_VALUES], format[DB_MAX_VALUES];
    char digits[DB_MAX_VALUES][24];
};

static const char *put_digits(char room[24], int64_t number)
{
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    char *at = room + 23;

    *at = '\0';
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    return at;
}

/* Numbers go as text, since a column may be narrower than 64 bits; text and bytes go as they are. */
static void fill_parameters(struct parameters *p, const struct db_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct db_value *value = &call->values[i];
        p->format[i] = value->type == DB_IS_TEXT || value->type == DB_IS_BYTES;
        p->length[i] = (int)value->length;
        p->value[i] = value->length ? value->bytes : "";
        p->type[i] = value->type == DB_IS_TEXT ? TYPE_TEXT : value->type == DB_IS_BYTES ? TYPE_BYTEA : 0;
        if (value->type == DB_IS_NULL)
            p->value[i] = NULL;
        if (value->type == DB_IS_INT) {
            p->type[i] = TYPE_INT8;
            p->value[i] = put_digits(p->digits[i], value->number);
        }
    }
}

static void owe(struct pg *pg, int kind, struct statement *s, const char *sql)
{
    pg->owed[pg->owed_count++] = (struct owed){.kind = kind, .statement = s, .sql = sql};
}

static bool send_prepared(struct pg *pg, const struct db_call *call, struct statement *s, const struct parameters *p)
{
    char name[16];

    snprintf(name, sizeof name, "s%u", s->number);
    if (!s->sent) {
        if (!PQsendPrepare(pg->conn, name, s->sql, (int)call->count, p->type))
            return false;
        owe(pg, OWED_PREPARE, s, s->sql);
        s->sent = true;
    }
    if (!PQsendQueryPrepared(pg->conn, name, (int)call->count, p->value, p->length, p->format, 0))
        return false;
    owe(pg, OWED_STATEMENT, s, s->sql);
    return true;
}

enum outcome pg_send(struct db_tx *tx, const struct db_call *call, bool prepared)
{
    struct pg *pg = tx->connection;
    struct statement *s = statement_find(&pg->statements, call->sql);
    struct parameters p;

    if (!s || !statement_values_fit(tx, s, call))
        return tx_doom(tx, BROKEN, true);
    for (size_t i = 0; i < call->count; i++)
        if (call->values[i].length > INT32_MAX / 2)
            return tx_doom(tx, log_broken("db.values", LOG_TEXT("why", "a value is too long")), true);
    if (pg->owed_count >= 2 * OPEN_MOST)
        TRY(pg_collect(tx, false, NULL));
    fill_parameters(&p, call);
    if (prepared && send_prepared(pg, call, s, &p))
        return DONE;
    if (!prepared && PQsendQueryParams(pg->conn, call->sql, (int)call->count, p.type, p.value, p.length, p.format, 0)) {
        owe(pg, OWED_STATEMENT, NULL, s->sql);
        return DONE;
    }
    return tx_doom(tx, lose(tx, PQerrorMessage(pg->conn)), true);
}

enum outcome pg_send_step(struct db_tx *tx, enum pg_step step)
{
    static const struct parameters NONE;
    struct pg *pg = tx->connection;
    struct statement *s = &pg->step[step];

    if (!send_prepared(pg, &(struct db_call){.sql = s->sql}, s, &NONE))
        return tx_doom(tx, lose(tx, PQerrorMessage(pg->conn)), true);
    if (step == PG_XID || step == PG_XID_IF_ANY)
        pg->owed[pg->owed_count - 1].kind = OWED_XID;
    return DONE;
}

enum outcome pg_send_commit(struct db_tx *tx)
{
    struct pg *pg = tx->connection;

    if (!*pg->xid) {
        TRY(pg_send_step(tx, PG_XID_IF_ANY));
        if (!PQsendFlushRequest(pg->conn))
            return tx_doom(tx, lose(tx, PQerrorMessage(pg->conn)), true);
    }
    pg->commit_sent = true;
    return pg_send_step(tx, PG_COMMIT);
}

/* ---- Collecting ---- */

/* One answer: its outcome, and the result when there is one. */
static enum outcome take_answer(struct db_tx *tx, const struct owed *owed, PGresult **taken)
{
    struct pg *pg = tx->connection;
    PGresult *result = PQgetResult(pg->conn), *end;
    enum outcome o;

    *taken = NULL;
    if (!result)
        return lose(tx, PQerrorMessage(pg->conn));
    o = pg_result_outcome(tx, result, owed->sql);
    if (owed->kind == OWED_PREPARE && o != DONE)
        owed->statement->sent = false;
    if (owed->kind == OWED_XID && o == DONE)
        snprintf(pg->xid, sizeof pg->xid, "%s", PQgetisnull(result, 0, 0) ? NO_XID : PQgetvalue(result, 0, 0));
    while (!pg->lost && (end = PQgetResult(pg->conn)))
        PQclear(end); /* the NULL that ends each answer */
    *taken = result;
    return o;
}

enum outcome pg_collect(struct db_tx *tx, bool told, PGresult **last)
{
    struct pg *pg = tx->connection;
    size_t count = pg->owed_count;
    enum outcome first = DONE;
    bool lasts = false;

    if (!PQpipelineSync(pg->conn))
        return tx_doom(tx, lose(tx, PQerrorMessage(pg->conn)), true);
    for (size_t i = 0; i < count && !pg->lost; i++) {
        PGresult *result;
        enum outcome o = take_answer(tx, &pg->owed[i], &result);
        if (first == DONE && o != DONE) {
            first = o;
            lasts = i + 1 == count;
        }
        if (last && i + 1 == count && first == DONE)
            *last = result;
        else if (pg->owed[i].ahead && o == DONE)
            pg->owed[i].ahead->result = result;
        else
            PQclear(result);
    }
    pg->owed_count = 0;
    if (!pg->lost) {
        PGresult *sync = PQgetResult(pg->conn);
        if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC)
            first = lose(tx, PQerrorMessage(pg->conn));
        PQclear(sync);
    }
    return first == DONE ? DONE : tx_doom(tx, first, told && lasts);
}

void pg_send_end_of_read(struct pg *pg)
{
    static const struct parameters NONE;
    struct statement *s = &pg->step[PG_COMMIT];

    pg->sync_owed = send_prepared(pg, &(struct db_call){.sql = s->sql}, s, &NONE) && PQpipelineSync(pg->conn);
    pg->owed_count = 0;
    pg->lost = pg->lost || !pg->sync_owed;
}

bool pg_collect_end_of_read(struct pg *pg)
{
    PGresult *result;
    bool good = true, synced = false;

    pg->sync_owed = false;
    while (good && !synced) {
        if ((result = PQgetResult(pg->conn))) {
            ExecStatusType status = PQresultStatus(result);

            synced = status == PGRES_PIPELINE_SYNC;
            good = synced || status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
            PQclear(result);
        } else {
            good = PQstatus(pg->conn) == CONNECTION_OK;
        }
    }
    return good;
}
