/* The database interface: one suite, run on both engines; then what only one of them can go through. */
#include "base/guard.h"
#include "db/engine.h"
#include "support/databases.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

#include <cmocka.h>

static enum db_engine engine; /* of the suite that runs now */

static const struct db_migration SCHEMA[] = {
    {"0001-things", "CREATE TABLE thing (id :id, -- the :id of it\n"
                    "  name TEXT NOT NULL UNIQUE, size BIGINT CHECK (size < 1000), data :bytes, due BIGINT,\n"
                    "  note TEXT NOT NULL DEFAULT ':id; :bytes');\n"
                    "CREATE TABLE part (id :id, thing_id BIGINT NOT NULL REFERENCES thing (id), n BIGINT);\n"},
    {"0002-more",
     "CREATE INDEX part_thing ON part (thing_id); CREATE TABLE tally (one BIGINT PRIMARY KEY, n BIGINT NOT NULL);\n"
     "INSERT INTO tally (one, n) VALUES (1, 0);"},
};

struct fixture {
    char *url;
    struct db *db;
};

static struct db *open_db(void *mem, const char *url)
{
    struct problem why = {0};
    struct db *db = NULL;
    enum outcome o = db_open(mem, url, 4, &db, &why);

    if (o != DONE)
        fail_msg("db_open: %d %s", o, why.detail);
    return db;
}

static int set_up(void **state)
{
    struct fixture *f = talloc_zero(NULL, struct fixture);
    struct problem why = {0};
    int applied;

    f->url = test_database(f, engine);
    if (f->url) {
        f->db = open_db(f, f->url);
        assert_int_equal(db_migrate(f->db, SCHEMA, count_of(SCHEMA), false, &applied, &why), DONE);
        assert_int_equal(applied, 2);
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    db_close(f->db);
    talloc_free(f);
    return 0;
}

static struct db *db_of(void **state)
{
    struct fixture *f = *state;

    if (!f->db)
        skip();
    return f->db;
}

static enum outcome count_things(struct db_tx *tx, void *arg)
{
    return db_number(tx, (int64_t *)arg, "SELECT count(*) FROM thing");
}

static int64_t things(struct db *db)
{
    int64_t n = -1;
    assert_int_equal(db_read(db, "things", count_things, &n), DONE);
    return n;
}

/* ---- Values there and back ---- */

struct thing {
    int64_t id;
    char *name;
    char chars[8];
    struct money price;
    struct db_blob data;
    struct day due, until;
    bool yes;
};

static const struct db_column THING[] = {
    DB_ID(struct thing, id),          DB_TEXT(struct thing, name),  DB_CHARS(struct thing, chars),
    DB_MONEY(struct thing, price),    DB_BYTES(struct thing, data), DB_DAY(struct thing, due),
    DB_LAST_DAY(struct thing, until), DB_BOOL(struct thing, yes),   DB_END};

#define THING_SQL "SELECT id, name, name, size, data, due, due, CASE WHEN size IS NULL THEN 0 ELSE 1 END FROM thing "

/* Works run on another thread on SQLite, where cmocka's assertions cannot: they only note, and the test looks. */
struct noted {
    void *mem;
    struct thing first, second;
    int64_t number, other;
    int runs;
    enum outcome seen[4];
};

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

static enum outcome insert_here(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ('here')");
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

struct answer {
    enum outcome first, later;
    int runs;
};

static enum outcome answer_work(struct db_tx *tx, void *arg)
{
    struct answer *a = arg;

    TRY(db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ('answer')"));
    return a->runs++ ? a->later : a->first;
}

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

    db->patience_ms = 100;
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

/* ---- Together ---- */

static enum outcome raise_tally(struct db_tx *tx, void *arg)
{
    int64_t n;
    (void)arg;

    TRY(db_number(tx, &n, "SELECT n FROM tally WHERE one = 1"));
    TRY(db_exec(tx, NULL, "UPDATE tally SET n = $1 WHERE one = 1", db_int(n + 1)));
    return n % 7 == 3
               ? db_exec(tx, NULL, "INSERT INTO thing (name, size) VALUES ($1, 1) ON CONFLICT DO NOTHING", db_text("x"))
               : DONE;
}

static enum outcome read_tally(struct db_tx *tx, void *arg)
{
    return db_number(tx, (int64_t *)arg, "SELECT n FROM tally WHERE one = 1");
}

struct crowd {
    struct db *db;
    int done, refused;
};

static void *crowd_thread(void *arg)
{
    struct crowd *c = arg;

    for (int i = 0; i < 30; i++) {
        struct answer refuse = {REFUSED, REFUSED, 0};
        enum outcome o;
        while ((o = db_transaction(c->db, "raise", raise_tally, NULL)) == BUSY)
            ; /* PostgreSQL may give up under this much conflict */
        c->done += o == DONE;
        c->refused += db_transaction(c->db, "refuse", answer_work, &refuse) == REFUSED;
    }
    return NULL;
}

static void together(void **state)
{
    struct db *db = db_of(state);
    enum { THREADS = 6 };
    struct crowd crowd[THREADS];
    pthread_t thread[THREADS];
    int64_t n;

    for (int i = 0; i < THREADS; i++) {
        crowd[i] = (struct crowd){db, 0, 0};
        pthread_create(&thread[i], NULL, crowd_thread, &crowd[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(crowd[i].done, 30);
        assert_int_equal(crowd[i].refused, 30);
    }
    assert_int_equal(db_read(db, "tally", read_tally, &n), DONE);
    assert_int_equal(n, THREADS * 30);
    assert_int_equal(things(db), 1);
}

static void *write_beside(void *arg)
{
    return db_transaction(arg, "beside", insert_here, NULL) == DONE ? arg : NULL;
}

static enum outcome snapshot_work(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;
    pthread_t thread;
    void *written = NULL;

    TRY(count_things(tx, &n->number));
    pthread_create(&thread, NULL, write_beside, n->mem);
    pthread_join(thread, &written);
    TRY(count_things(tx, &n->other));
    return written ? DONE : BROKEN;
}

static void snapshot(void **state)
{
    struct db *db = db_of(state);
    struct noted n = {.mem = db};

    assert_int_equal(db_read(db, "snapshot", snapshot_work, &n), DONE);
    assert_int_equal(n.number, 0);
    assert_int_equal(n.other, 0);
    assert_int_equal(things(db), 1);
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

/* ---- Migrations and the clock ---- */

static enum outcome set_clock_work(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;
    struct problem why = {0};

    n->seen[0] = db_set_clock(tx, (struct instant){n->number}, &why);
    n->other = db_now(tx).us;
    n->runs = (int)why.code;
    return n->seen[0];
}

static enum outcome read_clock_work(struct db_tx *tx, void *arg)
{
    struct noted *n = arg;

    n->other = db_now(tx).us;
    n->runs = db_today(tx).n;
    n->seen[0] = db_simulated(tx) ? DONE : REFUSED;
    return DONE;
}

static void migrations(void **state)
{
    struct db *db = db_of(state);
    struct problem why = {0};
    int applied = -1;
    struct db_migration other[] = {
        SCHEMA[0], SCHEMA[1], {"0003-bad", "CREATE TABLE bad (n BIGINT); INSERT INTO nowhere VALUES (1);"}};

    assert_int_equal(db_check(db, SCHEMA, 2, &why), DONE);
    assert_int_equal(db_migrate(db, SCHEMA, 2, true, &applied, &why), DONE);
    assert_int_equal(applied, 0);
    assert_int_equal(db_check(db, SCHEMA, 1, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_SCHEMA_NEWER);
    assert_int_equal(db_migrate(db, SCHEMA, 1, false, &applied, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_SCHEMA_NEWER);
    assert_int_equal(db_check(db, other, 3, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_CONFIG);
    assert_int_equal(db_migrate(db, other, 3, false, &applied, &why), BROKEN);
    other[2].sql = "CREATE TABLE bad (n BIGINT);"; /* nothing of it stayed, so it can be mended */
    assert_int_equal(db_migrate(db, other, 3, false, &applied, &why), DONE);
    assert_int_equal(applied, 1);
    other[0].sql = "SELECT 1";
    assert_int_equal(db_check(db, other, 3, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_SCHEMA_CHANGED);
    assert_string_equal(why.detail, "0001-things");
}

static void the_clock(void **state)
{
    struct db *db = db_of(state), *simulated, *second;
    struct noted n = {.number = INT64_C(1800000000000000)};
    struct problem why = {0};
    int applied;
    char *url;

    assert_int_equal(db_transaction(db, "set", set_clock_work, &n), REFUSED);
    assert_int_equal(n.runs, PROBLEM_NOT_SIMULATED);
    assert_int_equal(db_read(db, "clock", read_clock_work, &n), DONE);
    assert_true(llabs(n.other - clock_now().us) < SECONDS(60));
    assert_int_equal(n.seen[0], REFUSED);

    url = test_database(db, engine);
    assert_non_null(url);
    simulated = open_db(NULL, url);
    second = open_db(NULL, url); /* as another process would */
    assert_int_equal(db_check(simulated, SCHEMA, 2, &why), REFUSED);
    assert_int_equal(db_migrate(simulated, SCHEMA, 2, true, &applied, &why), DONE);
    assert_int_equal(db_check(second, SCHEMA, 2, &why), DONE);
    assert_int_equal(db_transaction(simulated, "set", set_clock_work, &n), DONE);
    assert_int_equal(n.other, n.number);
    assert_int_equal(db_read(second, "clock", read_clock_work, &n), DONE);
    assert_int_equal(n.other, n.number);
    assert_int_equal(n.runs, 20833); /* 2027-01-15 */
    assert_int_equal(n.seen[0], DONE);
    db_close(second);
    db_close(simulated);
}

static void tokens(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *lite, *pg;
    } row[] = {
        {"a :id, b :bytes)", "a INTEGER PRIMARY KEY, b BLOB)",
         "a BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, b BYTEA)"},
        {"':id' \":id\" -- :id\n/* :bytes */", "':id' \":id\" -- :id\n/* :bytes */",
         "':id' \":id\" -- :id\n/* :bytes */"},
        {"x::bytes :idx :id_ a:id 'it''s :id'", "x::bytes :idx :id_ a:id 'it''s :id'",
         "x::bytes :idx :id_ a:id 'it''s :id'"},
        {":bytes", "BLOB", "BYTEA"},
        {"'open :id", "'open :id", "'open :id"},
        {"a\n:sqlite b;\n:postgres c ':id\nd", "a\nb;\n\nd", "a\n\nc ':id\nd"},
        {":sqlite x :id\n:postgres y :bytes", "x INTEGER PRIMARY KEY\n", "\ny BYTEA"},
        {"':\n:sqlite x'", "':\n:sqlite x'", "':\n:sqlite x'"},
        {" :sqlite x\n:sqlitex", " :sqlite x\n:sqlitex", " :sqlite x\n:sqlitex"},
    };

    for (size_t i = 0; i < count_of(row); i++) {
        void *mem = talloc_new(NULL);
        assert_string_equal(migration_text(mem, DB_SQLITE, row[i].sql), row[i].lite);
        assert_string_equal(migration_text(mem, DB_POSTGRES, row[i].sql), row[i].pg);
        talloc_free(mem);
    }
    assert_int_equal(statement_parameters("SELECT $2, $1, '$9', $1 -- $7"), 2);
    assert_int_equal(statement_parameters("SELECT $3, $1"), -1);
    assert_int_equal(statement_parameters("SELECT $101"), -1);
    assert_int_equal(statement_parameters("SELECT 1"), 0);
}

static void urls(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "sqlite:", "sqlite::memory:", "mysql://x", "postgresql://[", "sqlite:/nowhere/at/all", "sqlite:/tmp"};

    for (size_t i = 0; i < count_of(bad); i++) {
        struct problem why = {0};
        struct db *db = NULL;
        assert_int_equal(db_open(NULL, bad[i], 1, &db, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_CONFIG);
        assert_null(db);
    }
}

static void health(void **state)
{
    struct db *db = db_of(state);
    struct text_buffer out = text_buffer(db);

    assert_int_equal(db_ping(db), DONE);
    db_metrics(db, &out);
    assert_non_null(
        strstr(out.bytes, "# TYPE casella_db_transactions_total counter\ncasella_db_transactions_total 4\n"));
}

/* ---- SQLite's log ---- */

enum { BLOCK = 100 * 1024, BLOCKS = 1000 };

static enum outcome store_block(struct db_tx *tx, void *arg)
{
    return db_exec(tx, NULL, "UPDATE thing SET data = $1 WHERE name = 'block'", db_bytes(arg, BLOCK));
}

static enum outcome insert_first_block(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ('block')");
}

static void *write_blocks(void *arg)
{
    char *block = calloc(1, BLOCK);

    for (int i = 0; i < BLOCKS && arg; i++) {
        memset(block, i % 100, BLOCK); /* SQLite writes no page that stays as it is */
        if (db_transaction(arg, "block", store_block, block) != DONE)
            arg = NULL;
    }
    free(block);
    return arg;
}

/* Two who never pause write 200 MB through the log, and it begins anew meanwhile. */
static void log_begins_anew(void **state)
{
    pthread_t beside;
    struct fixture *f;
    struct stat log;
    void *written;

    engine = DB_SQLITE;
    assert_int_equal(set_up(state), 0);
    f = *state;
    assert_int_equal(db_transaction(f->db, "block", insert_first_block, NULL), DONE);
    assert_int_equal(pthread_create(&beside, NULL, write_blocks, f->db), 0);
    assert_non_null(write_blocks(f->db));
    pthread_join(beside, &written);
    assert_non_null(written);
    assert_int_equal(stat(talloc_asprintf(f, "%s-wal", strchr(f->url, ':') + 1), &log), 0);
    assert_in_range(log.st_size, 1, 100 << 20);
    tear_down(state);
}

/* ---- */

#define ON_BOTH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static int run_suite(const char *name, enum db_engine on)
{
    const struct CMUnitTest suite[] = {
        ON_BOTH(values),    ON_BOTH(misuse),   ON_BOTH(forbidden_moments),  ON_BOTH(constraints), ON_BOTH(answers),
        ON_BOTH(lists),     ON_BOTH(together), ON_BOTH(statement_turnover), ON_BOTH(snapshot),    ON_BOTH(migrations),
        ON_BOTH(the_clock), ON_BOTH(health),   ON_BOTH(told_ahead),         ON_BOTH(numbers),
    };

    engine = on;
    return cmocka_run_group_tests_name(name, suite, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest alone[] = {cmocka_unit_test(tokens), cmocka_unit_test(urls),
                                       cmocka_unit_test(log_begins_anew)};

    return run_suite("SQLite", DB_SQLITE) + run_suite("PostgreSQL", DB_POSTGRES) +
           cmocka_run_group_tests_name("either", alone, NULL, NULL);
}
