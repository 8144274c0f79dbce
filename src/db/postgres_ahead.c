/* Queries that are sent before they are asked: they travel with the next one, and wait here for who asks. Within a
 * transaction's snapshot an answer stays right until the transaction itself writes. */
#include "db/postgres.h"
#include <string.h>

/* Copies the call, since its values are borrowed; false where it is too long to be worth it. */
static bool keep_call(struct ahead *a, const struct db_call *call)
{
    size_t used = 0;

    if (call->count > AHEAD_VALUES)
        return false;
    for (size_t i = 0; i < call->count; i++) {
        const struct db_value *value = &call->values[i];

        if (value->length > sizeof a->bytes - used)
            return false;
        a->values[i] = *value;
        if (value->length)
            memcpy(a->bytes + used, value->bytes, value->length);
        a->values[i].bytes = a->bytes + used;
        used += value->length;
    }
    a->count = call->count;
    return true;
}

static bool same_value(const struct db_value *a, const struct db_value *b)
{
    return a->type == b->type && a->number == b->number && a->length == b->length &&
           (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

static bool same_call(const struct ahead *a, const struct db_call *call)
{
    if (!a->sql || a->count != call->count || strcmp(a->sql, call->sql) != 0)
        return false;
    for (size_t i = 0; i < call->count; i++)
        if (!same_value(&a->values[i], &call->values[i]))
            return false;
    return true;
}

struct ahead *ahead_find(struct pg *pg, const struct db_call *call)
{
    for (size_t i = 0; i < AHEAD_MOST; i++)
        if (same_call(&pg->ahead[i], call))
            return &pg->ahead[i];
    return NULL;
}

void pg_ahead(struct db_tx *tx, const struct db_call *call)
{
    struct pg *pg = tx->connection;
    struct ahead *a = NULL;

    for (size_t i = 0; i < AHEAD_MOST && !a; i++)
        if (!pg->ahead[i].sql)
            a = &pg->ahead[i];
    if (!a || ahead_find(pg, call) || !keep_call(a, call) || pg_send(tx, call, true) != DONE)
        return;
    pg->owed[pg->owed_count - 1].ahead = a;
    a->sql = pg->owed[pg->owed_count - 1].sql;
}

void ahead_forget(struct pg *pg)
{
    for (size_t i = 0; i < AHEAD_MOST; i++) {
        PQclear(pg->ahead[i].result);
        pg->ahead[i].result = NULL;
        pg->ahead[i].sql = NULL;
    }
    for (size_t i = 0; i < pg->owed_count; i++)
        pg->owed[i].ahead = NULL;
}
