/* Money that is held, divided: the parts are the whole, whatever is asked for. */
#include "seeded.h"

#include "rules/held.h"

/* 0 … most - 1 */
static size_t chance_below(int64_t most)
{
    return (size_t)chance_between(0, most - 1);
}

static void divides(void **state)
{
    static const struct {
        int64_t left;
        int64_t shares[4];
        size_t count;
        int64_t got[4], rest; /* rest -1: refused */
        enum problem_code code;
        const char *field;
    } ROWS[] = {
        {1098, {1098}, 1, {1098}, 0, 0, ""},
        {1098, {0}, 1, {1098}, 0, 0, ""},
        {3000, {1098, 0}, 2, {1098, 1902}, 0, 0, ""},
        {3000, {0, 1098}, 2, {1902, 1098}, 0, 0, ""},
        {3000, {1098, 1098}, 2, {1098, 1098}, 804, 0, ""},
        {3000, {1098, 1098, 804}, 3, {1098, 1098, 804}, 0, 0, ""},
        {3000, {1098, 1098, 805}, 3, {0}, -1, PROBLEM_HELD_SUM, ""},
        {3000, {3000, 0}, 2, {0}, -1, PROBLEM_HELD_SUM, ""},
        {3000, {0, 0}, 2, {0}, -1, PROBLEM_REQUIRED, "amount_2"},
        {3000, {-1}, 1, {0}, -1, PROBLEM_REQUIRED, "amount_1"},
        {3000, {MONEY_LIMIT, MONEY_LIMIT, 1}, 3, {0}, -1, PROBLEM_HELD_SUM, ""},
        {0, {0}, 1, {0}, -1, PROBLEM_HELD_SUM, ""},
        {3000, {0}, 0, {0}, 3000, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct money shares[4], rest = {-1};
        struct problems faults = {0};

        for (size_t k = 0; k < 4; k++)
            shares[k] = money(ROWS[i].shares[k]);
        if (ROWS[i].rest < 0) {
            assert_int_equal(held_divide(money(ROWS[i].left), shares, ROWS[i].count, &rest, &faults), REFUSED);
            assert_int_equal(faults.item[0].code, ROWS[i].code);
            assert_string_equal(faults.item[0].field, ROWS[i].field);
            continue;
        }
        assert_int_equal(held_divide(money(ROWS[i].left), shares, ROWS[i].count, &rest, &faults), DONE);
        assert_int_equal(rest.cents, ROWS[i].rest);
        for (size_t k = 0; k < ROWS[i].count; k++)
            assert_int_equal(shares[k].cents, ROWS[i].got[k]);
    }
}

/* Whatever is asked: either it is refused, or every part is something and together with the rest they are what there
 * was. */
static void parts_are_the_whole(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct money left = money((int64_t)chance_below(5000)), shares[HELD_SHARES], rest;
        size_t count = chance_below(HELD_SHARES + 1);
        struct problems faults = {0};
        int64_t sum = 0;

        for (size_t k = 0; k < count; k++)
            shares[k] = money((int64_t)chance_below(4) == 0 ? 0 : (int64_t)chance_below(900) - 2);
        if (held_divide(left, shares, count, &rest, &faults) != DONE)
            continue;
        for (size_t k = 0; k < count; k++) {
            assert_true(shares[k].cents > 0);
            sum += shares[k].cents;
        }
        assert_true(rest.cents >= 0);
        assert_int_equal(sum + rest.cents, left.cents);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(divides), cmocka_unit_test(parts_are_the_whole)};

    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
