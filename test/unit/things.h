/* test/unit/things.h: a database of things on either engine, for the tests of the database's interface. */
#pragma once

#include "db/engine.h"
#include "support/databases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { SCHEMA_COUNT = 2 };
extern const struct db_migration SCHEMA[SCHEMA_COUNT]; /* thing, its parts, and a tally of one row */

struct fixture {
    char *url;
    struct db *db; /* with that schema, and nothing in it; NULL where the engine cannot be had */
};

extern enum db_engine engine; /* of the suite that runs now */

int set_up(void **state);
int tear_down(void **state);
#define ON_BOTH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* Runs them on one engine after the other; cmocka's count of failures. */
int run_on_both(const struct CMUnitTest *tests, size_t count);

struct db *open_db(void *mem, const char *url);
/* For tests, which are skipped where there is none. */
struct db *db_of(void **state);

struct thing {
    int64_t id;
    char *name;
    char chars[8];
    struct money price;
    struct db_blob data;
    struct day due, until;
    bool yes;
};

/* Works run on another thread on SQLite, where cmocka's assertions cannot: they only note, and the test looks. */
struct noted {
    void *mem;
    struct thing first, second;
    int64_t number, other;
    int runs;
    enum outcome seen[4];
};

/* How many there are: as a work, whose argument is the int64_t, and in a reading of its own. */
enum outcome count_things(struct db_tx *tx, void *arg);
int64_t things(struct db *db);
enum outcome insert_here(struct db_tx *tx, void *arg); /* a thing named "here" */

/* A work that inserts a thing, and answers this. */
struct answer {
    enum outcome first, later;
    int runs;
};
enum outcome answer_work(struct db_tx *tx, void *arg);
