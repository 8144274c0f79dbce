/* Rows into structs, by the declared columns. */
#include "base/log.h"
#include "base/text.h"
#include "db/engine.h"
#include <limits.h>
#include <string.h>
#include <talloc.h>

/* Every failure here is a statement whose columns are not those the code declared: ours. */
static enum outcome misfit(const struct db_tx *tx, int column, const char *why, const char *sql)
{
    return log_broken("db.column", LOG_TEXT("transaction", tx->name), LOG_INT("column", column + 1),
                      LOG_TEXT("why", why), LOG_TEXT("sql", sql));
}

static const char *store_number(const struct db_column *column, const struct cell *cell, void *member)
{
    int64_t number = cell->null ? 0 : cell->number;
    int32_t small;
    bool yes;

    if (column->type == DB_INT64_) {
        if (column->room != sizeof number)
            return "member is not 64 bits";
        memcpy(member, &number, sizeof number);
        return NULL;
    }
    if (column->type == DB_BOOL_) {
        if (column->room != sizeof yes)
            return "member is no bool";
        if (number != 0 && number != 1)
            return "not a boolean";
        yes = number;
        memcpy(member, &yes, sizeof yes);
        return NULL;
    }
    if (column->room != sizeof small)
        return "member is not 32 bits";
    if (cell->null && column->type == DB_DAY_OR_NEVER_)
        number = DAY_NEVER.n;
    if (number < INT32_MIN || number > INT32_MAX)
        return "number does not fit in 32 bits";
    small = (int32_t)number;
    memcpy(member, &small, sizeof small);
    return NULL;
}

#define TEXTS_AT_ONCE 512

/* The texts of a row stand close together: one piece of memory for many of them. */
struct texts {
    void *mem;
    char *free;
    size_t left;
};

static char *keep_text(struct texts *t, const char *bytes, size_t length)
{
    char *copy;

    if (length >= t->left) {
        t->left = length < TEXTS_AT_ONCE ? TEXTS_AT_ONCE : length + 1;
        t->free = talloc_size(t->mem, t->left);
        if (!t->free)
            return NULL;
    }
    copy = t->free;
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    t->free += length + 1;
    t->left -= length + 1;
    return copy;
}

static const char *store_text(struct texts *texts, const struct db_column *column, const struct cell *cell,
                              void *member)
{
    size_t length = cell->null ? 0 : cell->length;
    char *copy;

    if (length && memchr(cell->bytes, 0, length))
        return "text holds NUL";
    if (column->type == DB_CHARS_) {
        if (length >= column->room)
            return "text is longer than its member";
        if (length)
            memcpy(member, cell->bytes, length);
        memset((char *)member + length, 0, column->room - length);
        return NULL;
    }
    if (column->room != sizeof copy)
        return "member is no pointer";
    copy = keep_text(texts, cell->bytes, length);
    memcpy(member, &copy, sizeof copy);
    return copy ? NULL : "memory";
}

static const char *store_bytes(void *mem, const struct db_column *column, const struct cell *cell, void *member)
{
    struct db_blob blob = {0};

    if (column->room != sizeof blob)
        return "member is no db_blob";
    if (!cell->null) {
        blob.length = cell->hex ? (cell->length - 2) / 2 : cell->length;
        blob.bytes = talloc_size(mem, blob.length ? blob.length : 1);
        if (!blob.bytes)
            return "memory";
        if (!cell->hex && blob.length)
            memcpy(blob.bytes, cell->bytes, blob.length);
        else if (cell->hex && !text_unhex(cell->bytes + 2, blob.bytes, blob.length))
            return "bytes cannot be read";
    }
    memcpy(member, &blob, sizeof blob);
    return NULL;
}

static enum outcome row_store(struct db_tx *tx, struct texts *texts, const struct row *row,
                              const struct db_column *columns, void *out, const char *sql)
{
    int n = 0;

    while (columns[n].type != DB_END_)
        n++;
    if (n != row->columns)
        return misfit(tx, n, "number of columns", sql);
    for (int i = 0; i < n; i++) {
        const struct db_column *column = &columns[i];
        void *member = (char *)out + column->offset;
        enum cell_kind kind = column->type == DB_BYTES_                               ? CELL_BYTES
                              : column->type == DB_TEXT_ || column->type == DB_CHARS_ ? CELL_TEXT
                                                                                      : CELL_NUMBER;
        struct cell cell = {0};
        const char *why;
        if (!row->cell(row, i, kind, &cell))
            why = "value is of another type";
        else if (kind == CELL_NUMBER)
            why = store_number(column, &cell, member);
        else if (kind == CELL_TEXT)
            why = store_text(texts, column, &cell, member);
        else
            why = store_bytes(texts->mem, column, &cell, member);
        if (why)
            return misfit(tx, i, why, sql);
    }
    return DONE;
}

/* ---- The four shapes of a query ---- */

struct wanted {
    void *mem;
    struct texts texts;
    const struct db_column *columns;
    const char *sql;
    char *out; /* a struct, or the array so far */
    size_t size, count, room;
    int64_t number;
    db_each_row *each;
    void *arg;
};

static enum outcome take_number(struct db_tx *tx, const struct row *row, void *arg)
{
    struct wanted *w = arg;
    struct cell cell = {0};

    if (w->count++)
        return misfit(tx, 0, "more than one row", w->sql);
    if (row->columns != 1)
        return misfit(tx, row->columns, "number of columns", w->sql);
    if (!row->cell(row, 0, CELL_NUMBER, &cell))
        return misfit(tx, 0, "value is of another type", w->sql);
    w->number = cell.null ? 0 : cell.number;
    return DONE;
}

enum outcome db_number_(struct db_tx *tx, int64_t *number, const char *sql, size_t count, const struct db_value *values)
{
    struct wanted w = {.sql = sql};

    TRY(db_query_(tx, sql, count, values, false, take_number, &w));
    if (!w.count)
        return REFUSED;
    *number = w.number;
    return DONE;
}

static enum outcome take_one(struct db_tx *tx, const struct row *row, void *arg)
{
    struct wanted *w = arg;

    if (w->count++)
        return misfit(tx, 0, "more than one row", w->sql);
    w->texts.mem = w->mem;
    return row_store(tx, &w->texts, row, w->columns, w->out, w->sql);
}

enum outcome db_one_(struct db_tx *tx, void *mem, const struct db_column *columns, void *out, const char *sql,
                     size_t count, const struct db_value *values)
{
    struct wanted w = {.mem = mem, .columns = columns, .sql = sql, .out = out};

    TRY(db_query_(tx, sql, count, values, false, take_one, &w));
    return w.count ? DONE : REFUSED;
}

static enum outcome take_into_array(struct db_tx *tx, const struct row *row, void *arg)
{
    struct wanted *w = arg;

    if (w->count == w->room) {
        size_t room = w->room ? w->room * 2 : 16;
        char *grown = talloc_realloc_size(w->mem, w->out, room * w->size);
        if (!grown)
            return log_broken("db.memory", LOG_TEXT("sql", w->sql));
        w->out = grown;
        w->room = room;
    }
    memset(w->out + w->count * w->size, 0, w->size);
    w->texts.mem = w->out;
    TRY(row_store(tx, &w->texts, row, w->columns, w->out + w->count * w->size, w->sql));
    w->count++;
    return DONE;
}

enum outcome db_all_(struct db_tx *tx, void *mem, const struct db_column *columns, size_t size, void *array,
                     size_t *count, const char *sql, size_t values_count, const struct db_value *values)
{
    struct wanted w = {.mem = mem, .columns = columns, .sql = sql, .size = size};
    enum outcome o = db_query_(tx, sql, values_count, values, false, take_into_array, &w);

    if (o != DONE) {
        talloc_free(w.out);
        return o;
    }
    memcpy(array, &w.out, sizeof w.out);
    *count = w.count;
    return DONE;
}

static enum outcome take_each(struct db_tx *tx, const struct row *row, void *arg)
{
    struct wanted *w = arg;
    void *mem = talloc_new(w->mem);
    enum outcome o =
        mem ? row_store(tx, &(struct texts){.mem = mem}, row, w->columns, w->out, w->sql) : log_broken("db.memory");

    if (o == DONE)
        o = w->each(tx, w->out, w->arg);
    talloc_free(mem);
    return o;
}

enum outcome db_each_(struct db_tx *tx, void *mem, const struct db_column *columns, void *row, db_each_row *each,
                      void *arg, const char *sql, size_t count, const struct db_value *values)
{
    struct wanted w = {.mem = mem, .columns = columns, .sql = sql, .out = row, .each = each, .arg = arg};

    return db_query_(tx, sql, count, values, true, take_each, &w);
}
