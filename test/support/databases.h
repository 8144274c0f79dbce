/* test/support/databases.h: a fresh database for a test, on either engine.
 *
 * SQLite: a file in a folder of its own. PostgreSQL: a database of its own on the server that CASELLA_TEST_PG names (a
 * URL with the right to create databases; tools/with-postgres gives one), or else on a private server that the first
 * test starts and the program's exit stops. Where PostgreSQL is not installed there is none, and tests skip. */
#pragma once

#include "db/db.h"

/* The URL of a new, empty database, gone again when the text is freed with `mem`. NULL, with the reason on stderr, when
 * the engine cannot be had. */
char *test_database(void *mem, enum db_engine engine);
/* The URL of a copy of a database that nobody has open. */
char *test_database_like(void *mem, const char *model);

/* A private PostgreSQL server that a test may stop and start; gone with `mem`. NULL when there is none to be had. */
struct test_server {
    char *folder;
    char *url; /* of its database "postgres" */
};
struct test_server *test_server(void *mem);
_Bool test_server_stop(struct test_server *server, const char *mode); /* "fast" or "immediate" */
_Bool test_server_start(struct test_server *server);
