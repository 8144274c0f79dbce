#include "support/databases.h"
#include <glob.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

static bool shell(const char *command)
{
    return system(command) == 0;
}

/* A test that fails frees nothing, but servers and folders must not stay behind: they hang from a root that exit frees,
 * and from a link under the test's own memory that frees them sooner. */
static void *root;

struct link {
    void *object;
};

static int free_linked(struct link *link)
{
    return talloc_free(link->object);
}

static void free_root(void)
{
    talloc_free(root);
}

static void *new_root(void)
{
    if (!root) {
        root = talloc_new(NULL);
        atexit(free_root);
    }
    return root;
}

static void free_with(void *mem, void *object)
{
    struct link *link = talloc(mem, struct link);

    link->object = object;
    talloc_set_destructor(link, free_linked);
}

static int remove_folder(char *folder)
{
    char *command = talloc_asprintf(NULL, "rm -rf '%s'", folder);
    shell(command);
    talloc_free(command);
    return 0;
}

static char *new_folder(void *mem)
{
    char *folder = talloc_asprintf(mem, "%s/casella-test.XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");

    if (!mkdtemp(folder)) {
        perror("mkdtemp");
        abort();
    }
    talloc_set_destructor(folder, remove_folder);
    return folder;
}

/* ---- A private server ---- */

static const char *programs(void)
{
    static char folder[200];
    glob_t found;

    if (!*folder && glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) == 0) {
        snprintf(folder, sizeof folder, "%s", found.gl_pathv[found.gl_pathc - 1]);
        globfree(&found);
    }
    return *folder ? folder : NULL;
}

static const char *as_postgres(void)
{
    return geteuid() == 0 ? "runuser -u postgres --" : "";
}

static bool pg_ctl(const struct test_server *server, const char *arguments)
{
    char *command = talloc_asprintf(
        NULL, "cd '%s' && %s %s/pg_ctl -D '%s/data' -l '%s/data/server.log' -w -t 60 %s >/dev/null 2>&1",
        server->folder, as_postgres(), programs(), server->folder, server->folder, arguments);
    bool good = shell(command);

    talloc_free(command);
    return good;
}

bool test_server_stop(struct test_server *server, const char *mode)
{
    char arguments[40];

    snprintf(arguments, sizeof arguments, "-m %s stop", mode);
    return pg_ctl(server, arguments);
}

bool test_server_start(struct test_server *server)
{
    char *arguments =
        talloc_asprintf(NULL,
                        "-o \"-c listen_addresses='' -c unix_socket_directories='%s' -c max_connections=100 "
                        "-c shared_buffers=32MB\" start",
                        server->folder);
    bool good = pg_ctl(server, arguments);

    talloc_free(arguments);
    return good;
}

static int stop_for_good(struct test_server *server)
{
    test_server_stop(server, "immediate");
    return 0;
}

struct test_server *test_server(void *mem)
{
    struct test_server *server;
    char *command;
    bool good;

    if (!programs()) {
        fprintf(stderr, "skipped: PostgreSQL is not installed\n");
        return NULL;
    }
    server = talloc_zero(new_root(), struct test_server);
    server->folder = new_folder(server);
    server->url = talloc_asprintf(server, "postgresql://casella@/postgres?host=%s", server->folder);
    command =
        talloc_asprintf(server,
                        "chmod 755 '%s' && cd '%s' && %s && %s %s/initdb -D '%s/data' -A trust -U casella -E UTF8 "
                        "--locale=C.UTF-8 >/dev/null 2>&1",
                        server->folder, server->folder, geteuid() == 0 ? "chown postgres ." : ":", as_postgres(),
                        programs(), server->folder);
    good = shell(command) && test_server_start(server);
    if (!good) {
        fprintf(stderr, "skipped: PostgreSQL does not start\n");
        talloc_free(server);
        return NULL;
    }
    talloc_set_destructor(server, stop_for_good);
    if (mem)
        free_with(mem, server);
    return server;
}

/* ---- A fresh database ---- */

static struct test_server *shared;

static const char *server_url(void)
{
    const char *given = getenv("CASELLA_TEST_PG");

    if (given && *given)
        return given;
    if (!shared)
        shared = test_server(NULL);
    return shared ? shared->url : NULL;
}

static bool on_server(const char *format, const char *name)
{
    PGconn *conn = PQconnectdb(server_url());
    char *sql = talloc_asprintf(NULL, "%s %s", format, name);
    PGresult *result = PQexec(conn, sql);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!good)
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    talloc_free(sql);
    return good;
}

static int drop_database(char *name)
{
    on_server("DROP DATABASE", talloc_asprintf(name, "%s WITH (FORCE)", name));
    return 0;
}

/* A folder, and the URL of the file in it that is to be. */
static char *new_file(void *mem)
{
    char *folder = new_folder(new_root());
    char *url = talloc_asprintf(mem, "sqlite:%s/casella.db", folder);

    free_with(url, folder);
    return url;
}

/* `template`: the name of the database it is copied from, or "template1". */
static char *new_database(void *mem, const char *template)
{
    static int number;
    const char *server = server_url(), *path, *rest;
    char *name, *url, *create;
    bool good;

    if (!server)
        return NULL;
    name = talloc_asprintf(new_root(), "casella_test_%d_%d", (int)getpid(), number++);
    create = talloc_asprintf(NULL, "%s TEMPLATE %s", name, template);
    good = on_server("CREATE DATABASE", create);
    talloc_free(create);
    if (!good) {
        talloc_free(name);
        return NULL;
    }
    talloc_set_destructor(name, drop_database);
    path = strchr(strstr(server, "://") + 3, '/');
    rest = path ? strchr(path, '?') : NULL;
    url = talloc_asprintf(mem, "%.*s/%s%s", (int)(path ? path - server : (long)strlen(server)), server, name,
                          rest ? rest : "");
    free_with(url, name);
    return url;
}

char *test_database(void *mem, enum db_engine engine)
{
    return engine == DB_SQLITE ? new_file(mem) : new_database(mem, "template1");
}

char *test_database_like(void *mem, const char *model)
{
    char *url, *text;

    if (strncmp(model, "sqlite:", 7) == 0) {
        url = new_file(mem);
        text = talloc_asprintf(NULL, "cp '%s' '%s'", model + 7, url + 7);
        if (!shell(text))
            abort();
    } else {
        text = talloc_strdup(NULL, strchr(strstr(model, "://") + 3, '/') + 1);
        text[strcspn(text, "?")] = '\0';
        url = new_database(mem, text);
    }
    talloc_free(text);
    return url;
}
