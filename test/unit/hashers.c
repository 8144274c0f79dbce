/* Passwords are hashed in processes of their own, and just as well without them: lost, stopped, or never started. */
#include "shop/hashers.h"
#include "shop/login.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "una frase lunga e semplice"

/* The one child of this process, which has one thread and so one list of them; 0: none. */
static pid_t child(void)
{
    char path[80];
    FILE *file;
    int pid = 0;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)gettid());
    file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%d", &pid) != 1)
            pid = 0;
        fclose(file);
    }
    return pid;
}

static void assert_hashes(void)
{
    void *mem = talloc_new(NULL);
    char *hash, *other;

    assert_int_equal(password_hash(mem, SECRET, &hash), DONE);
    assert_int_equal(password_hash(mem, SECRET, &other), DONE);
    assert_string_not_equal(hash, other);
    assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
    assert_true(password_verify(hash, SECRET));
    assert_false(password_verify(hash, SECRET "."));
    assert_false(password_verify("", SECRET));
    assert_false(password_verify("$argon2id$v=19$m=65536,t=2,p=1$", SECRET));
    talloc_free(mem);
}

static void without_them(void **state)
{
    (void)state;
    assert_int_equal(child(), 0);
    assert_hashes();
}

static void by_a_process_that_is_stopped_and_lost(void **state)
{
    pid_t pid;

    (void)state;
    hashers_start();
    if ((pid = child()) == 0)
        skip(); /* no /proc */
    assert_hashes();

    assert_int_equal(kill(pid, SIGTERM), 0); /* as a whole group is told: it goes on until this process ends */
    assert_hashes();
    assert_int_equal(kill(pid, SIGSTOP), 0); /* it gets no time */
    assert_hashes();
    assert_int_equal(kill(pid, SIGCONT), 0);
    assert_hashes();
    for (int more; (more = child()) != 0;) {
        assert_int_equal(kill(more, SIGKILL), 0);
        assert_int_equal(waitpid(more, NULL, 0), more);
    }
    assert_hashes();
}

static void what_nobody_may_have(void **state)
{
    char *hash, *longest = talloc_zero_size(NULL, 5000);

    (void)state;
    for (size_t i = 0; i < 4999; i++)
        longest[i] = 'x';
    assert_int_equal(password_hash(longest, longest, &hash), BROKEN);
    assert_int_equal(password_hash(longest, SECRET, &hash), DONE);
    assert_false(password_verify(hash, longest));
    assert_false(password_verify(longest, SECRET));
    talloc_free(longest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_them),
                                       cmocka_unit_test(by_a_process_that_is_stopped_and_lost),
                                       cmocka_unit_test(what_nobody_may_have)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
