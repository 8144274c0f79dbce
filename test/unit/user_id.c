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
    static const char *const PREFIXES[] = {"KVIS", "KLX", "HLH", NULL};
    static const struct {
        const char *typed;
        bool excluded;
    } CASES[] = {{" kvis0012 ", true}, {"KLX77", true}, {"hlh9", true},        {"\tKlx", true},  {"KVIS", true},
                 {"XKVIS1", false},    {"KVI", false},  {"VIS0000012", false}, {"K LX7", false}, {"", false}};

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        assert_int_equal(user_id_is_excluded(CASES[i].typed, PREFIXES), CASES[i].excluded);
        assert_false(user_id_is_excluded(CASES[i].typed, NULL));
    }
}

static void a_user_id_is_meant_however_it_is_typed(void **state)
{
    static const struct {
        const char *typed, *user_id;
        bool same;
    } CASES[] = {{"VIS0000012", "VIS0000012", true},
                 {" vis0000012\t", "VIS0000012", true},
                 {"VIS000001", "VIS0000012", false},
                 {"VIS00000123", "VIS0000012", false},
                 {"", "", false},
                 {"  ", "", false},
                 {"VIS 0000012", "VIS0000012", false}};

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++)
        assert_int_equal(user_id_is(CASES[i].typed, CASES[i].user_id), CASES[i].same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(user_ids_are_padded),
                                       cmocka_unit_test(some_prefixes_are_excluded),
                                       cmocka_unit_test(a_user_id_is_meant_however_it_is_typed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
