/* Statements on PostgreSQL. */
#include "db/postgres.h"
#include "base/log.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

enum { TYPE_BOOL = 16, TYPE_BYTEA = 17 };
#define FETCH_ROWS "500"

/* The last statement's changes when its caller asks for them; otherwise it is only queued. */
enum outcome pg_exec(struct db_tx *tx, const struct db_call *call, int64_t *changed)
{
    PGresult *result;

    if (tx->kind != TX_READ)
        ahead_forget(tx->connection);
    TRY(pg_send(tx, call, true));
    if (!changed && tx->kind != TX_READ)
        return DONE;
    TRY(pg_collect(tx, changed != NULL, &result));
    if (!changed) {
        PQclear(result);
        return DONE;
    }
    *changed = strtoll(PQcmdTuples(result), NULL, 10);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && strncmp(PQcmdStatus(result), "SELECT", 6) == 0)
        *changed = 0;
    PQclear(result);
    return DONE;
}

static bool parse_number(const char *text, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

static bool pg_cell(const struct row *row, int column, enum cell_kind kind, struct cell *cell)
{
    const PGresult *result = row->result;
    Oid type = PQftype(result, column);

    cell->null = PQgetisnull(result, row->number, column);
    if (cell->null)
        return true;
    cell->bytes = PQgetvalue(result, row->number, column);
    cell->length = (size_t)PQgetlength(result, row->number, column);
    cell->hex = type == TYPE_BYTEA;
    if (kind == CELL_TEXT)
        return !cell->hex;
    if (kind == CELL_BYTES)
        return true;
    if (type == TYPE_BOOL) {
        cell->number = cell->bytes[0] == 't';
        return true;
    }
    return parse_number(cell->bytes, &cell->number);
}

static enum outcome each_of(struct db_tx *tx, PGresult *result, on_row *each, void *arg)
{
    struct row row = {.columns = PQnfields(result), .cell = pg_cell, .result = result};
    enum outcome o = DONE;

    for (int rows = PQntuples(result); o == DONE && row.number < rows; row.number++)
        o = each(tx, &row, arg);
    return o;
}

/* A list of any length comes through a cursor, a part at a time; so other statements can run between its rows. */
static enum outcome by_cursor(struct db_tx *tx, const struct db_call *call, on_row *each, void *arg)
{
    struct pg *pg = tx->connection;
    char *declare = talloc_asprintf(NULL, "DECLARE c%d NO SCROLL CURSOR FOR %s", pg->cursors, call->sql);
    char *fetch = talloc_asprintf(declare, "FETCH " FETCH_ROWS " FROM c%d", pg->cursors);
    char *finish = talloc_asprintf(declare, "CLOSE c%d", pg->cursors);
    PGresult *part = NULL;
    int rows;
    enum outcome o = pg_send(tx, &(struct db_call){declare, call->count, call->values}, false);

    pg->cursors++;
    do {
        rows = 0;
        if (o == DONE && (o = pg_send(tx, &(struct db_call){fetch, 0, NULL}, true)) == DONE &&
            (o = pg_collect(tx, true, &part)) == DONE) {
            rows = PQntuples(part);
            o = each_of(tx, part, each, arg);
            PQclear(part);
        }
    } while (o == DONE && rows == atoi(FETCH_ROWS));
    pg->cursors--;
    if (tx->doom == DONE) {
        enum outcome closed = pg_send(tx, &(struct db_call){finish, 0, NULL}, true);
        o = o == DONE ? closed : o;
    }
    talloc_free(declare);
    return o;
}

/* The answer to a query that was sent ahead; *result stays NULL where it was not. */
static enum outcome answer_ahead(struct db_tx *tx, const struct db_call *call, PGresult **result)
{
    struct pg *pg = tx->connection;
    struct ahead *a = ahead_find(pg, call);

    *result = NULL;
    if (!a)
        return DONE;
    if (!a->result)
        TRY(pg_collect(tx, false, NULL));
    *result = a->result;
    a->result = NULL;
    a->sql = NULL;
    return DONE;
}

enum outcome pg_query(struct db_tx *tx, const struct db_call *call, bool long_list, on_row *each, void *arg)
{
    bool reads = strncasecmp(call->sql + strspn(call->sql, " \t\r\n"), "SELECT", 6) == 0;
    PGresult *result;
    enum outcome o;

    if (long_list && reads)
        return by_cursor(tx, call, each, arg);
    if (!reads)
        ahead_forget(tx->connection);
    TRY(answer_ahead(tx, call, &result));
    if (!result) {
        TRY(pg_send(tx, call, true));
        TRY(pg_collect(tx, true, &result));
    }
    o = each_of(tx, result, each, arg);
    PQclear(result);
    return o;
}

/* Several statements in one text need the simple protocol, which a pipeline cannot speak. */
enum outcome pg_script(struct db_tx *tx, const char *sql)
{
    struct pg *pg = tx->connection;
    enum outcome o = pg_collect(tx, false, NULL);
    PGresult *result;

    if (o != DONE)
        return o;
    if (!PQexitPipelineMode(pg->conn))
        return tx_doom(tx, log_broken("db.pipeline", LOG_TEXT("why", PQerrorMessage(pg->conn))), true);
    result = PQexec(pg->conn, sql);
    o = pg_result_outcome(tx, result, tx->name);
    PQclear(result);
    if (!PQenterPipelineMode(pg->conn))
        pg->lost = true;
    return o == DONE ? DONE : tx_doom(tx, o, true);
}
