/* User-ids: how they are made, and which ones are none of ours (DOMAIN R71, R77, R86, T27). */
#include "rules/user_id.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void user_ids_are_padded(void **state)
{
    static const struct {
        const char *prefix;
        int digits;
        int64_t number;
        const char *made; /* NULL: refused */
    } CASES[] = {{"VIS", 7, 12, "VIS0000012"}, {"VIS", 7, 9999999, "VIS9999999"},
                 {"VIS", 7, 10000000, NULL},   {"VIS", 4, 1, "VIS0001"},
                 {"VIS", 7, 0, NULL},          {"VIS", 7, -3, NULL}};

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        char text[USER_ID_TEXT];
        enum outcome o = user_id_make(CASES[i].prefix, CASES[i].digits, CASES[i].number, text);

        assert_int_equal(o, CASES[i].made ? DONE : REFUSED);
        if (CASES[i].made)
            assert_string_equal(text, CASES[i].made);
    }
}

static void some_prefixes_are_excluded(void **state)
{
    static const struct {
        const char *typed;
        bool excluded;
    } CASES[] = {{" kvis0012 ", true}, {"KLX77", true},       {"hlh9", true},
                 {"XKVIS1", false},    {"VIS0000012", false}, {"", false}};

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++)
        assert_int_equal(user_id_is_excluded(CASES[i].typed), CASES[i].excluded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(user_ids_are_padded),
                                       cmocka_unit_test(some_prefixes_are_excluded)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
