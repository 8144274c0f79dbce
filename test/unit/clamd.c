/* clamd as it answers, and as it does not: a thread plays it on a socket of its own. */
#include "link/clamd.h"
#include "base/log.h"
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <talloc.h>

#define FILE_BYTES 200000

/* What the fake one does with the one connection it takes. */
struct clamd {
    const char *reply;   /* NULL: none */
    size_t reply_bytes;  /* with its NUL, or less */
    size_t read_at_most; /* of the stream; 0: all of it */
    bool hang;           /* until the other side goes */
    int listener;
    pthread_t thread;
    char address[128], folder[64], path[96];
    /* what it saw */
    size_t got;
    bool whole;
    unsigned char sum;
};

static bool read_exactly(int s, void *to, size_t length)
{
    char *at = to;

    while (length) {
        ssize_t n = recv(s, at, length, 0);

        if (n <= 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

static void read_stream(struct clamd *c, int s)
{
    static unsigned char chunk[1 << 20];
    char command[10];
    uint32_t size;

    if (!read_exactly(s, command, sizeof command) || memcmp(command, "zINSTREAM", sizeof command) != 0)
        return;
    while (read_exactly(s, &size, sizeof size)) {
        size = ntohl(size);
        c->whole = size == 0;
        if (c->whole || size > sizeof chunk || !read_exactly(s, chunk, size))
            return;
        c->got += size;
        for (uint32_t i = 0; i < size; i++)
            c->sum = (unsigned char)(c->sum + chunk[i]);
        if (c->read_at_most && c->got >= c->read_at_most)
            return;
    }
}

static void *play(void *arg)
{
    struct clamd *c = arg;
    int s = accept(c->listener, NULL, NULL);
    char rest;

    if (s < 0)
        return NULL;
    read_stream(c, s);
    if (c->reply && send(s, c->reply, c->reply_bytes, MSG_NOSIGNAL) < 0)
        print_error("send: %s\n", strerror(errno));
    while (c->hang && recv(s, &rest, 1, 0) > 0)
        ;
    close(s);
    return NULL;
}

static void start(struct clamd *c, bool tcp)
{
    if (tcp) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t length = sizeof at;

        c->listener = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(bind(c->listener, (struct sockaddr *)&at, sizeof at), 0);
        assert_int_equal(getsockname(c->listener, (struct sockaddr *)&at, &length), 0);
        snprintf(c->address, sizeof c->address, "127.0.0.1:%d", ntohs(at.sin_port));
    } else {
        struct sockaddr_un at = {.sun_family = AF_UNIX};

        strcpy(c->folder, "/tmp/casella-clamd-XXXXXX");
        assert_non_null(mkdtemp(c->folder));
        snprintf(c->path, sizeof c->path, "%s/clamd.ctl", c->folder);
        strcpy(at.sun_path, c->path);
        snprintf(c->address, sizeof c->address, "unix:%s", c->path);
        c->listener = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(bind(c->listener, (struct sockaddr *)&at, sizeof at), 0);
    }
    assert_int_equal(listen(c->listener, 1), 0);
    assert_int_equal(pthread_create(&c->thread, NULL, play, c), 0);
}

static void stop(struct clamd *c)
{
    pthread_join(c->thread, NULL);
    close(c->listener);
    if (c->folder[0]) {
        unlink(c->path);
        rmdir(c->folder);
    }
}

static enum outcome ask(struct clamd *c, bool tcp, int timeout_ms, struct problem *why)
{
    void *mem = talloc_new(NULL);
    unsigned char *file = talloc_size(mem, FILE_BYTES);
    struct scanner scanner;
    enum outcome o;

    for (size_t i = 0; i < FILE_BYTES; i++)
        file[i] = (unsigned char)(i * 7);
    start(c, tcp);
    assert_int_equal(clamd_open(mem, c->address, timeout_ms, &scanner, why), DONE);
    o = scanner.scan(scanner.arg, file, FILE_BYTES, why);
    stop(c);
    talloc_free(mem);
    return o;
}

#define SAYS(text) .reply = text, .reply_bytes = sizeof text

static void answers(void **state)
{
    static const struct {
        struct clamd clamd;
        enum outcome outcome;
        enum problem_code code;
        const char *detail;
    } CASES[] = {
        {{SAYS("stream: OK")}, DONE, PROBLEM_NONE, ""},
        {{SAYS("stream: Eicar-Test-Signature FOUND")}, REFUSED, PROBLEM_MALWARE, "Eicar-Test-Signature"},
        {{SAYS("stream:  FOUND")}, BUSY, PROBLEM_SCANNER, ""},
        {{SAYS("INSTREAM size limit exceeded. ERROR")}, BUSY, PROBLEM_SCANNER, ""},
        {{SAYS("INSTREAM size limit exceeded. ERROR"), .read_at_most = 1}, BUSY, PROBLEM_SCANNER, ""},
        {{SAYS("stream: OK but not really")}, BUSY, PROBLEM_SCANNER, ""},
        {{SAYS("")}, BUSY, PROBLEM_SCANNER, ""},
        {{.reply = "stream: OK", .reply_bytes = 10}, BUSY, PROBLEM_SCANNER, ""}, /* closed before its end */
        {{.reply = NULL}, BUSY, PROBLEM_SCANNER, ""},
        {{.reply = NULL, .read_at_most = 1}, BUSY, PROBLEM_SCANNER, ""},
        {{.reply = NULL, .hang = true}, BUSY, PROBLEM_SCANNER, ""},
        {{.reply = "stream: ", .reply_bytes = 8, .hang = true}, BUSY, PROBLEM_SCANNER, ""},
    };

    (void)state;
    for (int tcp = 0; tcp < 2; tcp++)
        for (size_t i = 0; i < count_of(CASES); i++) {
            struct clamd c = CASES[i].clamd;
            struct problem why = {0};
            enum outcome o = ask(&c, tcp, CASES[i].clamd.hang ? 150 : 60000, &why);

            if (o != CASES[i].outcome || why.code != CASES[i].code || strcmp(why.detail, CASES[i].detail) != 0)
                fail_msg("case %zu, %s: %d %s %s", i, tcp ? "tcp" : "unix", o, problem_slug(why.code), why.detail);
        }
}

/* All of the file, in chunks, with its end. */
static void sees_the_file(void **state)
{
    struct clamd c = {SAYS("stream: OK")};
    struct problem why = {0};
    unsigned char sum = 0;

    (void)state;
    for (size_t i = 0; i < FILE_BYTES; i++)
        sum = (unsigned char)(sum + (unsigned char)(i * 7));
    assert_int_equal(ask(&c, false, 5000, &why), DONE);
    assert_true(c.whole);
    assert_int_equal(c.got, FILE_BYTES);
    assert_int_equal(c.sum, sum);
}

static void nobody_there(void **state)
{
    void *mem = talloc_new(NULL);
    struct scanner scanner;
    struct problem why = {0};

    (void)state;
    assert_int_equal(clamd_open(mem, "/tmp/casella-no-clamd/clamd.ctl", 0, &scanner, &why), DONE);
    assert_int_equal(scanner.scan(scanner.arg, "x", 1, &why), BUSY);
    assert_int_equal(why.code, PROBLEM_SCANNER);
    assert_int_equal(clamd_open(mem, "127.0.0.1:1", 0, &scanner, &why), DONE);
    assert_int_equal(scanner.scan(scanner.arg, "x", 1, &why), BUSY);
    talloc_free(mem);
}

static void addresses(void **state)
{
    static const struct {
        const char *address;
        enum outcome outcome;
    } CASES[] = {
        {"/run/clamav/clamd.ctl", DONE},
        {"unix:/run/clamav/clamd.ctl", DONE},
        {"127.0.0.1:3310", DONE},
        {"[::1]:3310", DONE},
        {"scanner.example:3310", DONE},
        {"", REFUSED},
        {"unix:", REFUSED},
        {"scanner.example", REFUSED},
        {":3310", REFUSED},
        {"host:", REFUSED},
        {"host:clamd", REFUSED},
        {"/a/path/that/is/longer/than/a/socket/may/be/0123456789/0123456789/0123456789/0123456789/0123456789/012345678",
         REFUSED},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct scanner scanner;
        struct problem why = {0};

        if (clamd_open(mem, CASES[i].address, 0, &scanner, &why) != CASES[i].outcome)
            fail_msg("%s", CASES[i].address);
    }
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(sees_the_file),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(addresses),
    };

    log_setup(LOG_ERROR, false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
