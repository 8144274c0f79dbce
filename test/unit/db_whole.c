/* The database as a whole: who is in it at once, its schema, its clock, its counts, on both engines; then what only one
 * of them can go through, or neither: what can be opened, SQLite's log. */
#include "unit/things.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>

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
    assert_int_equal(why.code, PROBLEM_SCHEMA_OLDER);
    assert_string_equal(why.detail, "0003-bad");
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
    enum { FILES_FROM = 5 };

    for (size_t i = 0; i < count_of(bad); i++) {
        struct problem why = {0};
        struct db *db = NULL;
        assert_int_equal(db_open(NULL, bad[i], 1, &db, &why), REFUSED);
        assert_int_equal(why.code, i < FILES_FROM ? PROBLEM_CONFIG : PROBLEM_UNWRITABLE);
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

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH(together), ON_BOTH(snapshot), ON_BOTH(migrations), ON_BOTH(the_clock),
                                       ON_BOTH(health)};
    const struct CMUnitTest alone[] = {cmocka_unit_test(tokens), cmocka_unit_test(urls),
                                       cmocka_unit_test(log_begins_anew)};

    return run_on_both(tests, count_of(tests)) + cmocka_run_group_tests_name("either", alone, NULL, NULL);
}
