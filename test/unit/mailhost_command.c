/* A mail host behind a program: what it may answer, and what it must not be able to do to us. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "link/mailhost.h"

static const struct mailhost_box BOX = {.key = "request:7",
                                        .address = "anna.verdi@pec.visura.example",
                                        .user_id = "VIS0000007",
                                        .password_hash = "",
                                        .quota_mb = 1024,
                                        .holder_name = "Anna «Verdi»",
                                        .tax_code = "VRDNNA80A41H501R",
                                        .send_until = {20000},
                                        .receive_until = {20000},
                                        .read_until = {20100}};

static char folder[] = "/tmp/casella-mailhost-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    log_setup(LOG_ERROR + 1, false);
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[80];

    (void)state;
    snprintf(command, sizeof command, "rm -rf -- '%s'", folder);
    return system(command);
}

/* The program is this text of sh. */
static enum outcome host(void *mem, const char *text, int seconds, struct mailhost *mailhost)
{
    static int made;
    char *path = talloc_asprintf(mem, "%s/host-%d", folder, made++);
    FILE *f = fopen(path, "w");
    struct problem why;

    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", text);
    fclose(f);
    chmod(path, 0700);
    return mailhost_command(mem, path, seconds, mailhost, &why);
}

static void answers(void **state)
{
    static const struct {
        const char *what, *program;
        enum outcome outcome;
        enum problem_code why;
    } ROWS[] = {
        {"done", "cat >/dev/null; echo '{}'", DONE, PROBLEM_NONE},
        {"done, and nothing said", "cat >/dev/null", DONE, PROBLEM_NONE},
        {"done without listening", "exit 0", DONE, PROBLEM_NONE},
        {"taken", "echo '{\"reason\":\"taken\"}'; exit 1", REFUSED, PROBLEM_NAME_TAKEN},
        {"other data wanted", "echo '{\"reason\":\"data\",\"text\":\"codice fiscale\"}'; exit 1", REFUSED,
         PROBLEM_REMOTE},
        {"refused in no words", "exit 1", BUSY, PROBLEM_REMOTE},
        {"refused in garbage", "echo '{\"reason\": [1,'; exit 1", BUSY, PROBLEM_REMOTE},
        {"refused without a reason", "echo '{\"text\": \"codice fiscale\"}'; exit 1", BUSY, PROBLEM_REMOTE},
        {"later", "exit 75", BUSY, PROBLEM_REMOTE},
        {"an error of its own", "exit 2", BUSY, PROBLEM_REMOTE},
        {"killed", "kill -9 $$", BUSY, PROBLEM_REMOTE},
        {"a flood", "yes | head -c 1000000", DONE, PROBLEM_NONE},
        {"done, while a child of its holds its output", "sleep 600 & exit 0", DONE, PROBLEM_NONE},
        {"done, while a child of its floods its output", "yes & exit 0", DONE, PROBLEM_NONE},
        {"taken, while a child of its holds its output", "sleep 600 & echo '{\"reason\":\"taken\"}'; exit 1", REFUSED,
         PROBLEM_NAME_TAKEN},
        {"done, while a child of its has a group of its own", "setsid sleep 2 & exit 0", DONE, PROBLEM_NONE},
    };

    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(*state);
        struct mailhost mailhost;
        struct problem why = {0};

        print_message("%s\n", ROWS[i].what);
        assert_int_equal(host(mem, ROWS[i].program, 20, &mailhost), DONE);
        assert_int_equal(mailhost.create(mailhost.arg, mem, &BOX, &why), ROWS[i].outcome);
        assert_int_equal(why.code, ROWS[i].why);
        talloc_free(mem);
    }
}

/* It hears the whole mailbox, its verb, and nothing of our environment. */
static void hears(void **state)
{
    void *mem = talloc_new(*state);
    char *file = talloc_asprintf(mem, "%s/heard", folder), text[2048] = "";
    struct mailhost mailhost;
    struct problem why;
    FILE *f;

    setenv("CASELLA_SECRET_OF_OURS", "hidden", 1);
    assert_int_equal(host(mem, talloc_asprintf(mem, "{ echo \"$1\"; cat; echo; env; } > %s", file), 20, &mailhost),
                     DONE);
    assert_int_equal(mailhost.change(mailhost.arg, mem, &BOX, &why), DONE);
    f = fopen(file, "r");
    assert_non_null(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    assert_memory_equal(text, "change\n{", 8);
    assert_non_null(strstr(text, "\"key\":\"request:7\""));
    assert_non_null(strstr(text, "\"address\":\"anna.verdi@pec.visura.example\""));
    assert_non_null(strstr(text, "\"quota_mb\":1024"));
    assert_non_null(strstr(text, "\"send_until\":\"2024-10-04\""));
    assert_non_null(strstr(text, "\"read_until\":\"2025-01-12\""));
    assert_null(strstr(text, "hidden"));
    talloc_free(mem);
}

/* Who does not end is ended, with all that it started; what it did is not known. */
static void hangs(void **state)
{
    static const char *const HOW[] = {"sleep 600", "sleep 600 & sleep 600", "exec >&-; sleep 600",
                                      "trap '' TERM; sleep 600"};

    for (size_t i = 0; i < count_of(HOW); i++) {
        void *mem = talloc_new(*state);
        struct mailhost mailhost;
        struct problem why;

        assert_int_equal(host(mem, HOW[i], 1, &mailhost), DONE);
        assert_int_equal(mailhost.create(mailhost.arg, mem, &BOX, &why), BUSY);
        talloc_free(mem);
    }
}

/* What it leaves running is ended, also when it did what it was asked. */
static void leaves_nothing(void **state)
{
    void *mem = talloc_new(*state);
    char *file = talloc_asprintf(mem, "%s/child", folder);
    struct mailhost mailhost;
    struct problem why;
    FILE *f;
    int child, gone;

    assert_int_equal(host(mem, talloc_asprintf(mem, "sleep 600 >/dev/null 2>&1 & echo $! >%s", file), 20, &mailhost),
                     DONE);
    assert_int_equal(mailhost.create(mailhost.arg, mem, &BOX, &why), DONE);
    f = fopen(file, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%d", &child), 1);
    fclose(f);
    gone = pidfd_open(child, 0); /* -1: it is gone already */
    if (gone >= 0) {
        assert_int_equal(poll(&(struct pollfd){.fd = gone, .events = POLLIN}, 1, 60000), 1);
        close(gone);
    }
    talloc_free(mem);
}

static void uses(void **state)
{
    void *mem = talloc_new(*state);
    struct mailhost_usage usage;
    struct mailhost mailhost;
    struct problem why;

    assert_int_equal(host(mem, "echo '{\"used_mb\": 812, \"archive_mb\": 3}'", 20, &mailhost), DONE);
    assert_int_equal(mailhost.usage(mailhost.arg, mem, BOX.address, &usage, &why), DONE);
    assert_true(usage.known);
    assert_int_equal(usage.used_mb, 812);
    assert_int_equal(usage.archive_mb, 3);
    assert_int_equal(host(mem, "echo '{\"used_mb\": -1}'", 20, &mailhost), DONE);
    assert_int_equal(mailhost.usage(mailhost.arg, mem, BOX.address, &usage, &why), BUSY);
    assert_false(usage.known);
    talloc_free(mem);
}

static void wants_a_program(void **state)
{
    struct mailhost mailhost;
    struct problem why;

    assert_int_equal(mailhost_command(*state, "/nonexistent", 0, &mailhost, &why), REFUSED);
    assert_int_equal(mailhost_command(*state, "true", 0, &mailhost, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),        cmocka_unit_test(hears), cmocka_unit_test(hangs),
        cmocka_unit_test(leaves_nothing), cmocka_unit_test(uses),  cmocka_unit_test(wants_a_program),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
