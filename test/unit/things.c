#include "unit/things.h"
#include <talloc.h>

enum db_engine engine;

const struct db_migration SCHEMA[] = {
    {"0001-things", "CREATE TABLE thing (id :id, -- the :id of it\n"
                    "  name TEXT NOT NULL UNIQUE, size BIGINT CHECK (size < 1000), data :bytes, due BIGINT,\n"
                    "  note TEXT NOT NULL DEFAULT ':id; :bytes');\n"
                    "CREATE TABLE part (id :id, thing_id BIGINT NOT NULL REFERENCES thing (id), n BIGINT);\n"},
    {"0002-more",
     "CREATE INDEX part_thing ON part (thing_id); CREATE TABLE tally (one BIGINT PRIMARY KEY, n BIGINT NOT NULL);\n"
     "INSERT INTO tally (one, n) VALUES (1, 0);"},
};

struct db *open_db(void *mem, const char *url)
{
    struct problem why = {0};
    struct db *db = NULL;
    enum outcome o = db_open(mem, url, 4, &db, &why);

    if (o != DONE)
        fail_msg("db_open: %d %s", o, why.detail);
    return db;
}

int set_up(void **state)
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

int tear_down(void **state)
{
    struct fixture *f = *state;

    db_close(f->db);
    talloc_free(f);
    return 0;
}

struct db *db_of(void **state)
{
    struct fixture *f = *state;

    if (!f->db)
        skip();
    return f->db;
}

enum outcome count_things(struct db_tx *tx, void *arg)
{
    return db_number(tx, (int64_t *)arg, "SELECT count(*) FROM thing");
}

int64_t things(struct db *db)
{
    int64_t n = -1;
    assert_int_equal(db_read(db, "things", count_things, &n), DONE);
    return n;
}

enum outcome insert_here(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ('here')");
}

enum outcome answer_work(struct db_tx *tx, void *arg)
{
    struct answer *a = arg;

    TRY(db_exec(tx, NULL, "INSERT INTO thing (name) VALUES ('answer')"));
    return a->runs++ ? a->later : a->first;
}

int run_on_both(const struct CMUnitTest *tests, size_t count)
{
    int failures;

    engine = DB_SQLITE;
    failures = _cmocka_run_group_tests("SQLite", tests, count, NULL, NULL);
    engine = DB_POSTGRES;
    return failures + _cmocka_run_group_tests("PostgreSQL", tests, count, NULL, NULL);
}
