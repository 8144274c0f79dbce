#include "base/log.h"
#include "base/text.h"
#include "db/engine.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *statement_skip_quoted(const char *at)
{
    if (*at == '\'' || *at == '"') {
        const char *end = strchr(at + 1, *at);
        return end ? end + 1 : at + strlen(at); /* a doubled quote begins the next literal at once */
    }
    if (at[0] == '-' && at[1] == '-')
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    return at;
}

int statement_parameters(const char *sql)
{
    bool seen[DB_MAX_VALUES + 1] = {false};
    int highest = 0;

    for (const char *at = sql; *at;) {
        const char *after = statement_skip_quoted(at);
        if (after != at) {
            at = after;
        } else if (at[0] == '$' && isdigit((unsigned char)at[1])) {
            char *end;
            long n = strtol(at + 1, &end, 10);
            if (n < 1 || n > DB_MAX_VALUES)
                return -1;
            seen[n] = true;
            highest = n > highest ? (int)n : highest;
            at = end;
        } else {
            at++;
        }
    }
    for (int n = 1; n <= highest; n++)
        if (!seen[n])
            return -1;
    return highest;
}

/* Transactions are begun and ended by db_transaction alone: a COMMIT inside would end the group of others as well. */
static bool controls_transaction(const char *sql)
{
    static const char *const word[] = {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ABORT"};

    sql += strspn(sql, " \t\r\n");
    for (size_t i = 0; i < count_of(word); i++) {
        size_t length = strlen(word[i]);
        if (strncasecmp(sql, word[i], length) == 0 && !isalnum((unsigned char)sql[length]))
            return true;
    }
    return false;
}

/* Eight bytes at a time: a text is looked for whenever it is run, and some are long. */
static uint64_t hash_text(const char *text)
{
    size_t length = strlen(text);
    uint64_t hash = length, eight;

    for (; length >= sizeof eight; text += sizeof eight, length -= sizeof eight) {
        memcpy(&eight, text, sizeof eight);
        hash = (hash ^ eight) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static struct statement *find_by_text(struct statements *all, const char *sql)
{
    uint64_t hash = hash_text(sql);
    struct statement **bucket = &all->bucket[hash % count_of(all->bucket)];
    struct statement *s;
    int parameters;

    for (s = *bucket; s; s = s->next)
        if (s->hash == hash && strcmp(s->sql, sql) == 0)
            return s;

    if ((parameters = statement_parameters(sql)) < 0 || controls_transaction(sql)) {
        log_error(
            "db.statement",
            LOG_TEXT("why", parameters < 0 ? "parameter missing in between or too many" : "controls the transaction"),
            LOG_TEXT("sql", sql));
        return NULL;
    }
    if (!(s = calloc(1, sizeof *s)) || !(s->sql = strdup(sql)))
        abort(); /* as talloc's users do here: without memory there is no way on */
    s->hash = hash;
    s->parameters = parameters;
    s->number = ++all->numbers;
    s->next = *bucket;
    *bucket = s;
    all->count++;
    return s;
}

struct statement *statement_find(struct statements *all, const char *sql)
{
    size_t place = ((uintptr_t)sql >> 3) % count_of(all->recent);
    struct statement *s = all->recent[place].statement;

    if (s && all->recent[place].sql == sql && strcmp(s->sql, sql) == 0) /* the place may hold another text by now */
        return s;
    if ((s = find_by_text(all, sql))) {
        all->recent[place].sql = sql;
        all->recent[place].statement = s;
    }
    return s;
}

void statements_forget_recent(struct statements *all)
{
    memset(all->recent, 0, sizeof all->recent);
}

bool statement_values_fit(const struct db_tx *tx, const struct statement *s, const struct db_call *call)
{
    const char *why = NULL;

    if (call->count != (size_t)s->parameters)
        why = "number of values";
    for (size_t i = 0; !why && i < call->count; i++) {
        const struct db_value *value = &call->values[i];
        if (value->type == DB_IS_TEXT && !text_is_utf8(value->bytes, value->length))
            why = "text is not UTF-8 or holds NUL";
    }
    if (why)
        log_error("db.values", LOG_TEXT("transaction", tx->name), LOG_TEXT("why", why), LOG_TEXT("sql", call->sql));
    return !why;
}
