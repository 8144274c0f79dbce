/* What a work asks of the database and what it gets, on both engines: values, lists, what is told ahead; what wrong
 * use, constraints and its own answer come to. */
#include "base/guard.h"
#include "unit/things.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

/* ---- Values there and back ---- */

static const struct db_column THING[] = {
    DB_ID(struct thing, id),          DB_TEXT(struct thing, name),  DB_CHARS(struct thing, chars),
    DB_MONEY(struct thing, price),    DB_BYTES(struct thing, data), DB_DAY(struct thing, due),
    DB_LAST_DAY(struct thing, until), DB_BOOL(struct thing, yes),   DB_END};

#define THING_SQL "SELECT id, name, name, size, data, due, due, CASE WHEN size IS NULL THEN 0 ELSE 1 END FROM thing "

static const unsigned char BYTES[] = {0, 1, 0xff, '\\', 'x', 0};

static enum outcome values_work(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;

    TRY(db_number(tx, &n->number, "INSERT INTO thing (name, size, data, due) VALUES ($1, $2, $3, $4) RETURNING id",
                  db_text("è'\"$1"), db_money(money(-5)), db_bytes(BYTES, sizeof BYTES), db_day((struct day){-3})));
    TRY(db_number(tx, &n->other, "INSERT INTO thing (name, size, data, due) VALUES ($1, $2, $3, $4) RETURNING id",
                  db_text(""), db_null(), db_null(), db_null()));
    /* the same parameter twice, and in another order than its number */
    TRY(db_one(tx, n->mem, THING, &n->first, THING_SQL "WHERE id = $2 AND name = $1 AND $2 > 0", db_text("è'\"$1"),
               db_int(n->number)));
    return db_one(tx, n->mem, THING, &n->second, THING_SQL "WHERE id = $1", db_id(n->other));
}

static void values(void **state)
{
    struct db *db = db_of(state);
    struct noted n = {.mem = db};

    assert_int_equal(db_transaction(db, "values", values_work, &n), DONE);
    assert_int_equal(things(db), 2);
    assert_int_equal(n.first.id, n.number);
    assert_string_equal(n.first.name, "è'\"$1");
    assert_string_equal(n.first.chars, "è'\"$1");
    assert_int_equal(n.first.price.cents, -5);
    assert_int_equal(n.first.data.length, sizeof BYTES);
    assert_memory_equal(n.first.data.bytes, BYTES, sizeof BYTES);
    assert_int_equal(n.first.due.n, -3);
    assert_int_equal(n.first.until.n, -3);
    assert_true(n.first.yes);
    assert_string_equal(n.second.name, "");
    assert_int_equal(n.second.price.cents, 0);
    assert_null(n.second.data.bytes);
    assert_int_equal(n.second.due.n, 0);
    assert_int_equal(n.second.until.n, DAY_NEVER.n);
    assert_false(n.second.yes);
}

static enum outcome same_number(struct db_tx *tx, void *arg)
{
    int64_t *number = arg;

    return db_number(tx, number, "SELECT CAST($1 AS BIGINT)", db_int(*number));
}

static void numbers(void **state)
{
    static const int64_t NUMBERS[] = {INT64_MIN, INT64_MIN + 1, -10, -1, 0, 9, 10, 1000000007, INT64_MAX};
    struct db *db = db_of(state);

    for (size_t i = 0; i < count_of(NUMBERS); i++) {
        int64_t number = NUMBERS[i];
        assert_int_equal(db_read(db, "number", same_number, &number), DONE);
        assert_int_equal(number, NUMBERS[i]);
    }
}

/* ---- Wrong use is BROKEN, and leaves nothing ---- */

struct small {
    int32_t number;
    bool yes;
    char chars[3];
    char *text;
    struct db_blob blob;
};

static const struct db_column ONE_INT[] = {DB_INT(struct small, number), DB_END};
static const struct db_column ONE_BOOL[] = {DB_BOOL(struct small, yes), DB_END};
static const struct db_column ONE_CHARS[] = {DB_CHARS(struct small, chars), DB_END};
static const struct db_column ONE_TEXT[] = {DB_TEXT(struct small, text), DB_END};
static const struct db_column INT_AS_64[] = {DB_INT64(struct small, number), DB_END};

static const struct misuse {
    const char *what, *sql;
    const struct db_column *columns; /* NULL: db_exec */
    bool read;
    size_t count;
    struct db_value value[2];
} MISUSE[] = {
    {"a write in a read", "INSERT INTO thing (name) VALUES ('w')", NULL, .read = true},
    {"a value missing", "SELECT $1 + $2", ONE_INT, .count = 1, .value = {{DB_IS_INT, 1}}},
    {"a value too many", "SELECT $1 + 1", ONE_INT, .count = 2, .value = {{DB_IS_INT, 1}, {DB_IS_INT, 1}}},
    {"a gap in the parameters", "SELECT $2 + 1", ONE_INT, .count = 2, .value = {{DB_IS_INT, 1}, {DB_IS_INT, 1}}},
    {"transaction control", " commit", NULL},
    {"two statements", "SELECT 1; SELECT 2", ONE_INT},
    {"no SQL", "SELEKT 1", ONE_INT},
    {"no statement", "", NULL},
    {"more columns than declared", "SELECT 1, 2", ONE_INT},
    {"text with NUL", "INSERT INTO thing (name) VALUES ($1)", NULL, .count = 1, .value = {{DB_IS_TEXT, 0, "a\0b", 3}}},
    {"text that is not UTF-8", "INSERT INTO thing (name) VALUES ($1)", NULL, .count = 1,
     .value = {{DB_IS_TEXT, 0, "a\xff", 2}}},
    {"a number past 32 bits", "SELECT 2147483648", ONE_INT},
    {"a boolean that is 2", "SELECT 2", ONE_BOOL},
    {"a text too long for its array", "SELECT 'abc'", ONE_CHARS},
    {"a text for a number", "SELECT 'abc'", ONE_INT},
    {"a fraction for a number", "SELECT 1.5", ONE_INT},
    {"bytes for a text", "SELECT data FROM thing", ONE_TEXT},
    {"a 64-bit column into an int", "SELECT 1", INT_AS_64},
    {"two rows for one", "SELECT 1 UNION ALL SELECT 1", ONE_INT},
    {"NOT NULL not given", "INSERT INTO part (thing_id) VALUES (NULL)", NULL},
};

struct misused {
    const struct misuse *m;
    void *mem;
};

static enum outcome misuse_work(struct db_tx *tx, void *arg)
{
    struct misused *u = arg;
    const struct misuse *m = u->m;
    struct small out;
    int64_t changed;

    if (!m->read)
        TRY(db_exec(tx, &changed, "INSERT INTO thing (name, data) VALUES ('mis', $1)", db_bytes("\1", 1)));
    return m->columns ? db_one_(tx, u->mem, m->columns, &out, m->sql, m->count, m->value)
                      : db_exec_(tx, &changed, m->sql, m->count, m->value);
}

static void misuse(void **state)
{
    struct db *db = db_of(state);

    for (size_t i = 0; i < count_of(MISUSE); i++) {
        struct misused u = {&MISUSE[i], db};
        enum outcome o =
            MISUSE[i].read ? db_read(db, "misuse", misuse_work, &u) : db_transaction(db, "misuse", misuse_work, &u);
        if (o != BROKEN || things(db) != 0)
            fail_msg("%s: outcome %d, %d things", MISUSE[i].what, o, (int)things(db));
    }
}

static enum outcome write_untold_work(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ('untold')");
}

static enum outcome nested_work(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;
    (void)tx;
    n->seen[0] = db_transaction(n->mem, "inner", write_untold_work, NULL);
    n->seen[1] = db_read(n->mem, "inner", count_things, &n->number);
    return DONE;
}

static enum outcome reply_work(struct db_tx *tx, void *arg)
{
    TRY(write_untold_work(tx, arg));
    reply_queued = true;
    return DONE;
}

static void forbidden_moments(void **state)
{
    struct db *db = db_of(state);
    struct noted n = {.mem = db};

    assert_int_equal(db_read(db, "a write, nobody waiting", write_untold_work, NULL), BROKEN);
    assert_int_equal(db_transaction(db, "outer", nested_work, &n), DONE);
    assert_int_equal(n.seen[0], BROKEN);
    assert_int_equal(n.seen[1], BROKEN);
    reply_queued = true;
    assert_int_equal(db_transaction(db, "late", write_untold_work, NULL), BROKEN);
    reply_queued = false;
    assert_int_equal(db_transaction(db, "reply within", reply_work, NULL), BROKEN);
    reply_queued = false;
    no_waiting = true;
    assert_int_equal(db_transaction(db, "others wait", write_untold_work, NULL), BROKEN);
    assert_int_equal(things(db), 0);
    no_waiting = false;
    assert_int_equal(db_transaction(db, "in time", write_untold_work, NULL), DONE);
    assert_int_equal(things(db), 1);
}

/* ---- Constraints ---- */

static enum outcome refused_told(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;
    int64_t changed;

    TRY(db_exec(tx, NULL, "INSERT INTO tally (one, n) VALUES (2, 2)"));
    n->seen[0] = db_exec(tx, &changed, "INSERT INTO thing (name) VALUES ($1)", db_text("here"));
    return n->seen[0];
}

static enum outcome refused_ignored(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;

    (void)!refused_told(tx, arg);
    n->seen[1] = db_number(tx, &n->number, "SELECT 1");
    return DONE;
}

static enum outcome refused_untold(struct db_tx *tx, void *arg)
{
    (void)arg;
    (void)!db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ($1)", db_text("here"));
    (void)!db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ($1)", db_text("after"));
    return DONE;
}

static enum outcome refused_before_query(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;

    (void)!db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ($1)", db_text("here"));
    n->seen[0] = db_number(tx, &n->number, "SELECT count(*) FROM thing WHERE name = 'nobody' HAVING count(*) > 0");
    return n->seen[0];
}

static enum outcome refused_check(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO thing (name, size) VALUES ('big', 1000)");
}

static enum outcome refused_orphan(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO part (thing_id, n) VALUES (12345, 1)");
}

static enum outcome unless_there(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;

    TRY(db_exec(tx, &n->number, "INSERT INTO thing (name) VALUES ($1) ON CONFLICT DO NOTHING", db_text("here")));
    TRY(db_exec(tx, &n->other, "UPDATE tally SET n = n + 1"));
    /* no row is REFUSED too, and ends nothing */
    n->seen[0] = db_number(tx, &n->number, "SELECT id FROM thing WHERE name = 'nobody'");
    return db_exec(tx, &n->number, "INSERT INTO thing (name) VALUES ($1) ON CONFLICT DO NOTHING", db_text("here"));
}

static enum outcome count_tally(struct db_tx *tx, void *arg)
{
    return db_number(tx, (int64_t *)arg, "SELECT count(*) FROM tally");
}

static void constraints(void **state)
{
    struct db *db = db_of(state);
    struct noted n = {0};

    assert_int_equal(db_transaction(db, "first", insert_here, NULL), DONE);
    assert_int_equal(db_transaction(db, "told", refused_told, &n), REFUSED);
    assert_int_equal(n.seen[0], REFUSED);
    assert_int_equal(db_transaction(db, "ignored", refused_ignored, &n), BROKEN);
    assert_int_equal(n.seen[1], BROKEN);
    assert_int_equal(db_transaction(db, "untold", refused_untold, NULL), REFUSED);
    assert_int_equal(db_transaction(db, "before a query", refused_before_query, &n), REFUSED);
    assert_int_equal(n.seen[0], BROKEN);
    assert_int_equal(db_transaction(db, "check", refused_check, NULL), REFUSED);
    assert_int_equal(db_transaction(db, "orphan", refused_orphan, NULL), REFUSED);
    assert_int_equal(db_transaction(db, "unless there", unless_there, &n), DONE);
    assert_int_equal(n.number, 0);
    assert_int_equal(n.other, 1);
    assert_int_equal(n.seen[0], REFUSED);
    assert_int_equal(things(db), 1);
    assert_int_equal(db_read(db, "tally", count_tally, &n.number), DONE);
    assert_int_equal(n.number, 1);
}

/* ---- What a work's answer does ---- */

static void answers(void **state)
{
    struct db *db = db_of(state);
    static const struct {
        enum outcome first, later, expected;
        int runs; /* 0: several */
        int64_t things;
    } row[] = {
        {REFUSED, DONE, REFUSED, 1, 0}, {BROKEN, DONE, BROKEN, 1, 0}, {BUSY, REFUSED, REFUSED, 2, 0},
        {BUSY, BUSY, BUSY, 0, 0},       {BUSY, DONE, DONE, 2, 1},
    };

    for (size_t i = 0; i < count_of(row); i++) {
        struct answer a = {row[i].first, row[i].later, 0};
        assert_int_equal(db_transaction(db, "answer", answer_work, &a), row[i].expected);
        if (row[i].runs)
            assert_int_equal(a.runs, row[i].runs);
        else
            assert_in_range(a.runs, 2, 12);
        assert_int_equal(things(db), row[i].things);
    }
}

/* ---- Lists ---- */

static enum outcome fill(struct db_tx *tx, void *arg)
{
    char name[20];

    for (int i = 0; i < *(int *)arg; i++) {
        snprintf(name, sizeof name, "n%05d", i);
        TRY(db_exec(tx, NULL, "INSERT INTO thing (name, size) VALUES ($1, $2)", db_text(name), db_int(i % 1000)));
    }
    return DONE;
}

struct listing {
    void *mem;
    struct thing row;
    struct thing *array;
    size_t count;
    int64_t sum, inner;
    int seen, stop_at;
};

static enum outcome inner_row(struct db_tx *tx, void *row, void *arg)
{
    (void)tx;
    (void)row;
    ((struct listing *)arg)->inner++;
    return DONE;
}

static enum outcome outer_row(struct db_tx *tx, void *row, void *arg)
{
    struct listing *l = arg;
    struct thing *t = row;

    l->sum += t->price.cents;
    if (++l->seen == l->stop_at)
        return REFUSED;
    if (l->seen % 500 == 1) {
        int64_t again;
        struct thing other;
        TRY(db_number(tx, &again, "SELECT id FROM thing WHERE name = $1", db_text(t->name)));
        if (again != t->id)
            return BROKEN;
        return db_each(tx, l->mem, THING, &other, inner_row, l, THING_SQL "WHERE id > $1 ORDER BY id LIMIT 3",
                       db_int(t->id));
    }
    return DONE;
}

static enum outcome list_work(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    TRY(db_all(tx, l->mem, THING, &l->array, &l->count, THING_SQL "WHERE size < $1 ORDER BY name", db_int(20)));
    return db_each(tx, l->mem, THING, &l->row, outer_row, l, THING_SQL "WHERE id > $1 ORDER BY id", db_int(0));
}

static void lists(void **state)
{
    struct db *db = db_of(state);
    int many = 1203;
    struct listing l = {.mem = db}, stopped = {.mem = db, .stop_at = 700};

    assert_int_equal(db_transaction(db, "fill", fill, &many), DONE);
    assert_int_equal(db_read(db, "list", list_work, &l), DONE);
    assert_int_equal(l.count, 40);
    assert_string_equal(l.array[39].name, "n01019");
    assert_int_equal(l.seen, 1203);
    assert_int_equal(l.sum, 999 * 1000 / 2 + 202 * 203 / 2);
    assert_int_equal(l.inner, 9);
    assert_int_equal(db_read(db, "stopped", list_work, &stopped), REFUSED);
    assert_int_equal(stopped.seen, 700);
    assert_int_equal(things(db), many);
}

static enum outcome many_texts(struct db_tx *tx, void *arg)
{
    int64_t *sum = arg;

    *sum = 0;
    for (int i = 0; i < 700; i++) {
        char sql[40];
        int64_t n;
        snprintf(sql, sizeof sql, "SELECT %d + $1", i);
        TRY(db_number(tx, &n, sql, db_int(1)));
        *sum += n;
    }
    return DONE;
}

static void statement_turnover(void **state)
{
    struct db *db = db_of(state);
    int64_t sum;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(db_transaction(db, "texts", many_texts, &sum), DONE);
        assert_int_equal(sum, 700 * 701 / 2);
        assert_int_equal(db_read(db, "texts", many_texts, &sum), DONE);
    }
}

/* ---- Told ahead ---- */

#define SIZE_OF "SELECT size FROM thing WHERE name = $1"

static enum outcome ahead_work(struct db_tx *tx, void *arg)
{
    int64_t *seen = arg;
    char name[] = "a";

    for (int i = 0; i < 20; i++) /* more than are kept, and most of them never asked */
        db_ahead(tx, "SELECT count(*) FROM thing WHERE size > $1", db_int(i));
    db_ahead(tx, SIZE_OF, db_text(name));
    name[0] = 'b';
    db_ahead(tx, SIZE_OF, db_text(name));
    TRY(db_number(tx, &seen[0], SIZE_OF, db_text("b")));
    TRY(db_number(tx, &seen[1], SIZE_OF, db_text("a")));
    TRY(db_number(tx, &seen[2], "SELECT count(*) FROM thing WHERE size > $1", db_int(1)));
    TRY(db_number(tx, &seen[3], SIZE_OF, db_text("a"))); /* asked twice, told once */
    return DONE;
}

static enum outcome ahead_and_write(struct db_tx *tx, void *arg)
{
    int64_t *seen = arg, changed;

    TRY(ahead_work(tx, seen));
    db_ahead(tx, SIZE_OF, db_text("a"));
    TRY(db_exec(tx, NULL, "UPDATE thing SET size = 7 WHERE name = 'a'"));
    TRY(db_number(tx, &seen[4], SIZE_OF, db_text("a")));
    db_ahead(tx, SIZE_OF, db_text("a"));
    TRY(db_number(tx, &seen[5], SIZE_OF, db_text("b"))); /* the one ahead is answered now, and */
    TRY(db_exec(tx, &changed, "UPDATE thing SET size = 8 WHERE name = 'a'"));
    TRY(db_number(tx, &seen[6], SIZE_OF, db_text("a"))); /* is not believed any more */
    db_ahead(tx, SIZE_OF, db_text("never asked"));
    return DONE;
}

static enum outcome ahead_amiss(struct db_tx *tx, void *arg)
{
    (void)arg;
    db_ahead(tx, "SELECT nothing FROM nowhere");
    return count_things(tx, &(int64_t){0});
}

static enum outcome two_things(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO thing (name, size) VALUES ('a', 1), ('b', 2)");
}

static void told_ahead(void **state)
{
    struct db *db = db_of(state);
    int64_t seen[7];

    assert_int_equal(db_transaction(db, "two", two_things, NULL), DONE);
    for (int i = 0; i < 3; i++) {
        memset(seen, 0, sizeof seen);
        assert_int_equal(db_read(db, "ahead", ahead_work, seen), DONE);
        assert_int_equal(seen[0] * 1000 + seen[1] * 100 + seen[2] * 10 + seen[3], i ? 2828 : 2111);
        assert_int_equal(db_transaction_rows(db, "ahead", ahead_and_write, seen), DONE);
        assert_int_equal(seen[4] * 100 + seen[5] * 10 + seen[6], 728);
        if (engine == DB_POSTGRES) /* SQLite does not even look */
            assert_int_equal(db_read(db, "amiss", ahead_amiss, NULL), BROKEN);
    }
    assert_int_equal(things(db), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(values),  ON_BOTH(misuse), ON_BOTH(forbidden_moments),  ON_BOTH(constraints),
        ON_BOTH(answers), ON_BOTH(lists),  ON_BOTH(statement_turnover), ON_BOTH(told_ahead),
        ON_BOTH(numbers)};

    return run_on_both(tests, count_of(tests));
}
