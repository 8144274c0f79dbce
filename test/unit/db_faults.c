/* What the machine can do to a database: locks of others, a full disk, a file that is none, a server that goes and
 * comes. */
#include "db/engine.h"
#include "support/databases.h"
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include <cmocka.h>

static const struct db_migration SCHEMA[] = {{"0001-row", "CREATE TABLE row_ (id :id, data :bytes);"}};

static struct db *fresh(void *mem, const char *url)
{
    struct problem why = {0};
    struct db *db = NULL;
    int applied;

    assert_int_equal(db_open(mem, url, 2, &db, &why), DONE);
    assert_int_equal(db_migrate(db, SCHEMA, 1, false, &applied, &why), DONE);
    return db;
}

static enum outcome insert(struct db_tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, NULL, "INSERT INTO row_ (data) VALUES ($1)", db_bytes("x", 1));
}

static enum outcome insert_big(struct db_tx *tx, void *arg)
{
    static const char big[4000];
    (void)arg;

    for (int i = 0; i < 50; i++)
        TRY(db_exec(tx, NULL, "INSERT INTO row_ (data) VALUES ($1)", db_bytes(big, sizeof big)));
    return DONE;
}

static enum outcome count_rows(struct db_tx *tx, void *arg)
{
    return db_number(tx, (int64_t *)arg, "SELECT count(*) FROM row_");
}

static int64_t rows(struct db *db)
{
    int64_t n = -1;
    assert_int_equal(db_read(db, "rows", count_rows, &n), DONE);
    return n;
}

/* ---- SQLite ---- */

static void locked_by_another(void **state)
{
    void *mem = talloc_new(NULL);
    char *url = test_database(mem, DB_SQLITE);
    struct db *db = fresh(mem, url);
    sqlite3 *other;
    (void)state;

    db->patience_ms = 100;
    assert_int_equal(sqlite3_open(url + 7, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(db_transaction(db, "locked", insert, NULL), BUSY);
    assert_int_equal(rows(db), 0); /* readers go on */
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(db_transaction(db, "free", insert, NULL), DONE);
    assert_int_equal(rows(db), 1);
    sqlite3_close(other);
    talloc_free(mem);
}

static void two_processes(void **state)
{
    void *mem = talloc_new(NULL);
    char *url = test_database(mem, DB_SQLITE);
    struct db *db = fresh(mem, url);
    int64_t expected = 0;
    int status = -1;
    pid_t child;
    (void)state;

    db_close(db); /* nothing of SQLite may be open across a fork */
    if ((child = fork()) == 0) {
        struct problem why;
        enum outcome o = db_open(NULL, url, 1, &db, &why);
        for (int i = 0; o == DONE && i < 40; i++)
            o = db_transaction(db, "child", insert, NULL);
        if (o == DONE)
            db_close(db);
        _exit(o);
    }
    db = fresh(mem, url);
    for (int i = 0; i < 40; i++)
        expected += db_transaction(db, "parent", insert, NULL) == DONE;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(expected, 40);
    assert_int_equal(rows(db), 80);
    talloc_free(mem);
}

static enum outcome limit_pages(struct db_tx *tx, void *arg)
{
    char sql[60];
    int64_t now;

    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", *(int *)arg);
    return db_number(tx, &now, sql);
}

struct filler {
    struct db *db;
    db_work *work;
    enum outcome outcome;
};

static void *fill_thread(void *arg)
{
    struct filler *f = arg;
    f->outcome = db_transaction(f->db, "fill", f->work, NULL);
    return NULL;
}

/* The big ones fail; small ones that shared a group with them are run again and fit. */
static void disk_full(void **state)
{
    void *mem = talloc_new(NULL);
    struct db *db = fresh(mem, test_database(mem, DB_SQLITE));
    struct filler filler[8];
    pthread_t thread[8];
    int small = 40, large = 1000000;
    (void)state;

    assert_int_equal(db_transaction(db, "limit", limit_pages, &small), DONE);
    for (int i = 0; i < 8; i++) {
        filler[i] = (struct filler){db, i % 2 ? insert : insert_big, DONE};
        pthread_create(&thread[i], NULL, fill_thread, &filler[i]);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(filler[i].outcome, i % 2 ? DONE : BUSY);
    }
    assert_int_equal(rows(db), 4);
    assert_int_equal(db_transaction(db, "space", limit_pages, &large), DONE);
    assert_int_equal(db_transaction(db, "fits", insert_big, NULL), DONE);
    assert_int_equal(rows(db), 54);
    talloc_free(mem);
}

static void no_database(void **state)
{
    void *mem = talloc_new(NULL);
    char *url = test_database(mem, DB_SQLITE);
    struct problem why = {0};
    struct db *db = NULL;
    FILE *file = fopen(url + 7, "w");
    (void)state;

    for (int i = 0; i < 5000; i++)
        fputs("not a database\n", file);
    fclose(file);
    assert_int_equal(db_open(mem, url, 1, &db, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_CONFIG);
    talloc_free(mem);
}

static void corrupt_pages(void **state)
{
    void *mem = talloc_new(NULL);
    char *url = test_database(mem, DB_SQLITE), junk[4096];
    struct db *db = fresh(mem, url);
    struct problem why = {0};
    enum outcome o;
    int64_t n;
    int fd;
    (void)state;

    for (int i = 0; i < 4; i++)
        assert_int_equal(db_transaction(db, "fill", insert_big, NULL), DONE);
    db_close(db);
    fd = open(url + 7, O_RDWR);
    memset(junk, 0xa5, sizeof junk);
    for (int page = 1; page < 150; page++) /* all but the first, which has the schema */
        assert_int_equal(pwrite(fd, junk, sizeof junk, page * 4096L), sizeof junk);
    close(fd);
    o = db_open(mem, url, 1, &db, &why);
    if (o == DONE) {
        assert_int_equal(db_read(db, "read", count_rows, &n), BROKEN);
        assert_int_equal(db_transaction(db, "write", insert_big, NULL), BROKEN);
    } else {
        assert_int_not_equal(o, BUSY);
    }
    talloc_free(mem);
}

static void read_only_file(void **state)
{
    void *mem = talloc_new(NULL);
    char *url = test_database(mem, DB_SQLITE);
    struct problem why = {0};
    struct db *db = NULL;
    enum outcome o;
    (void)state;

    db_close(fresh(mem, url));
    assert_int_equal(chmod(url + 7, 0444), 0);
    if (geteuid() == 0 && seteuid(65534) != 0) /* root may write everywhere */
        skip();
    o = db_open(mem, url, 1, &db, &why);
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(o, REFUSED);
    assert_int_equal(why.code, PROBLEM_UNWRITABLE);
    talloc_free(mem);
}

/* ---- PostgreSQL ---- */

static void server_gone_and_back(void **state)
{
    void *mem = talloc_new(NULL);
    struct test_server *server = test_server(mem);
    static const char *const mode[] = {"fast", "immediate"};
    struct db *db;
    int64_t expected = 1;
    (void)state;

    if (!server) {
        talloc_free(mem);
        skip();
    }
    db = fresh(mem, server->url);
    assert_int_equal(db_transaction(db, "before", insert, NULL), DONE);
    for (size_t i = 0; i < count_of(mode); i++) {
        assert_true(test_server_stop(server, mode[i]));
        db->patience_ms = 50;
        assert_int_equal(db_transaction(db, "gone", insert, NULL), BUSY);
        assert_int_equal(db_ping(db), BUSY);
        assert_true(test_server_start(server));
        db->patience_ms = 5000;
        assert_int_equal(rows(db), expected);
        assert_int_equal(db_transaction(db, "back", insert, NULL), DONE);
        assert_int_equal(rows(db), ++expected);
    }
    assert_true(test_server_stop(server, "fast")); /* while idle: the next call notices by itself */
    assert_true(test_server_start(server));
    assert_int_equal(db_transaction(db, "back", insert, NULL), DONE);
    assert_int_equal(rows(db), ++expected);
    talloc_free(mem);
}

struct storm {
    struct db *db;
    atomic_bool *over;
    int done, unknown, refused;
};

static void *storm_thread(void *arg)
{
    struct storm *s = arg;

    while (!*s->over) {
        enum outcome o = db_transaction(s->db, "storm", insert, NULL);
        s->done += o == DONE;
        s->unknown += o == BROKEN;
        s->refused += o == REFUSED;
    }
    return NULL;
}

/* Crashes amid commits: every DONE is there, and nothing twice. A commit whose answer was lost is asked for, not
 * repeated; where a crash has left no answer it is BROKEN, and may be there or not. */
static void crashes_while_writing(void **state)
{
    void *mem = talloc_new(NULL);
    struct test_server *server = test_server(mem);
    atomic_bool over = false;
    struct storm storm[4] = {0};
    pthread_t thread[4];
    int done = 0, unknown = 0;
    struct db *db;
    (void)state;

    if (!server) {
        talloc_free(mem);
        skip();
    }
    assert_int_equal(db_open(mem, server->url, 4, &db, NULL), DONE);
    assert_int_equal(db_migrate(db, SCHEMA, 1, false, &done, NULL), DONE);
    done = 0;
    for (int i = 0; i < 4; i++) {
        storm[i] = (struct storm){.db = db, .over = &over};
        pthread_create(&thread[i], NULL, storm_thread, &storm[i]);
    }
    for (int i = 0; i < 4; i++) {
        assert_true(test_server_stop(server, "immediate"));
        assert_true(test_server_start(server));
    }
    over = true;
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(storm[i].refused, 0);
        done += storm[i].done;
        unknown += storm[i].unknown;
    }
    assert_in_range(rows(db), done, done + unknown);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest suite[] = {
        cmocka_unit_test(locked_by_another),
        cmocka_unit_test(two_processes),
        cmocka_unit_test(disk_full),
        cmocka_unit_test(no_database),
        cmocka_unit_test(corrupt_pages),
        cmocka_unit_test(read_only_file),
        cmocka_unit_test(server_gone_and_back),
        cmocka_unit_test(crashes_while_writing),
    };
    return cmocka_run_group_tests(suite, NULL, NULL);
}
