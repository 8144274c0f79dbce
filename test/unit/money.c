/* Whole cents: what is written, what is added, what is shared out. */
#include "seeded.h"

#include "base/money.h"

static void amounts_are_read_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t cents; /* -1: refused */
    } rows[] = {
        {"10.98", 1098},
        {"10.9", 1090},
        {"10", 1000},
        {"10.98000", 1098},
        {"0.01", 1},
        {"0", 0},
        {"007.50", 750},
        {"1000000000000.00", MONEY_LIMIT},
        {"1000000000000.01", -1},
        {"99999999999999999999999999", -1},
        {"10.981", -1},
        {"10.001", -1},
        {"10.980000000000000000000000000001", -1},
        {"", -1},
        {".", -1},
        {"10.", -1},
        {".98", -1},
        {"-1.00", -1},
        {"+1.00", -1},
        {" 1.00", -1},
        {"1.00 ", -1},
        {"10,98", -1},
        {"1,000.00", -1},
        {"1e3", -1},
        {"10.9.8", -1},
        {"0x10", -1},
        {"NaN", -1},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct money amount = money(-7);
        enum outcome o = money_parse(rows[i].text, strlen(rows[i].text), &amount);
        row_holds(rows[i].text, o == (rows[i].cents < 0 ? REFUSED : DONE));
        row_holds(rows[i].text, amount.cents == (rows[i].cents < 0 ? -7 : rows[i].cents));
    }
    struct money amount;
    assert_int_equal(money_parse("10.98EUR", 5, &amount), DONE); /* only so many bytes are read */
    assert_int_equal(amount.cents, 1098);
    assert_int_equal(money_parse("1\0002", 3, &amount), REFUSED);
}

static void amounts_are_written(void **state)
{
    (void)state;
    static const struct {
        int64_t cents;
        const char *decimal, *italian;
    } rows[] = {
        {0, "0.00", "0,00"},
        {1, "0.01", "0,01"},
        {1098, "10.98", "10,98"},
        {99999, "999.99", "999,99"},
        {100000, "1000.00", "1.000,00"},
        {123456789, "1234567.89", "1.234.567,89"},
        {-5, "-0.05", "-0,05"},
        {-123450, "-1234.50", "-1.234,50"},
        {MONEY_LIMIT, "1000000000000.00", "1.000.000.000.000,00"},
        {INT64_MIN, "-92233720368547758.08", "-92.233.720.368.547.758,08"},
    };
    char text[MONEY_TEXT];
    for (size_t i = 0; i < count_of(rows); i++) {
        assert_string_equal(money_decimal(money(rows[i].cents), text), rows[i].decimal);
        assert_string_equal(money_italian(money(rows[i].cents), text), rows[i].italian);
    }
}

static void shares_round_half_up_away_from_zero(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int64_t cents, part, whole, share;
    } rows[] = {
        {"VAT 22 % of 9,00", 900, 2200, 10000, 198},
        {"VAT 22 % of 25,00", 2500, 2200, 10000, 550},
        {"VAT 21 % of 9,00", 900, 2100, 10000, 189},
        {"VAT 22 % of 47,70 is 10,494", 4770, 2200, 10000, 1049},
        {"VAT 22 % of 12,90 is 2,838", 1290, 2200, 10000, 284},
        {"VAT 22 % of 0,25 is 0,055: half goes up", 25, 2200, 10000, 6},
        {"and of -0,25 goes away from zero", -25, 2200, 10000, -6},
        {"a third of 0,01 is nothing", 1, 1, 3, 0},
        {"half of 0,01 is 0,01", 1, 1, 2, 1},
        {"4 months of 10,00 a year", 1000, 4, 12, 333},
        {"nothing of anything", 1000, 0, 12, 0},
        {"all of the limit", MONEY_LIMIT, INT64_MAX, INT64_MAX, MONEY_LIMIT},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct money share = money(-1);
        row_holds(rows[i].what, money_share(money(rows[i].cents), rows[i].part, rows[i].whole, &share) == DONE);
        row_holds(rows[i].what, share.cents == rows[i].share);
    }
}

static void what_does_not_fit_is_refused_and_nothing_is_touched(void **state)
{
    (void)state;
    struct money kept = money(42), limit = money(MONEY_LIMIT), least = money(-MONEY_LIMIT);

    assert_int_equal(money_add(limit, money(1), &kept), REFUSED);
    assert_int_equal(money_add(money(INT64_MAX), money(INT64_MAX), &kept), REFUSED);
    assert_int_equal(money_subtract(least, money(1), &kept), REFUSED);
    assert_int_equal(money_subtract(money(0), money(INT64_MIN), &kept), REFUSED);
    assert_int_equal(money_times(limit, 2, &kept), REFUSED);
    assert_int_equal(money_times(money(3), INT64_MAX, &kept), REFUSED);
    assert_int_equal(money_share(limit, 2, 1, &kept), REFUSED);
    assert_int_equal(money_share(money(INT64_MIN), INT64_MAX, 1, &kept), REFUSED);
    assert_int_equal(money_share(money(100), 1, 0, &kept), REFUSED);
    assert_int_equal(money_share(money(100), -1, 2, &kept), REFUSED);
    assert_int_equal(kept.cents, 42);
    assert_int_equal(money_add(limit, money(0), &kept), DONE);
    assert_int_equal(kept.cents, MONEY_LIMIT);
}

static int64_t chance_cents(void)
{
    return chance_between(-MONEY_LIMIT / 2, MONEY_LIMIT / 2) >> chance_between(0, 45);
}

static void adding_and_subtracting_undo_each_other(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct money a = money(chance_cents()), b = money(chance_cents()), sum, back, twice;
        holds(money_add(a, b, &sum) == DONE);
        holds(money_subtract(sum, b, &back) == DONE);
        holds(back.cents == a.cents);
        holds(money_add(a, a, &sum) == DONE && money_times(a, 2, &twice) == DONE && sum.cents == twice.cents);
    }
}

static void a_share_lies_within_half_a_cent(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct money a = money(chance_cents()), share, opposite, rest;
        int64_t whole = chance_between(1, 1000000), part = chance_between(0, whole);
        holds(money_share(a, part, whole, &share) == DONE);

        __int128 error = ((__int128)share.cents * whole - (__int128)a.cents * part) * 2;
        holds(error <= whole && error >= -whole);
        holds(a.cents >= 0 ? share.cents >= 0 && share.cents <= a.cents : share.cents <= 0 && share.cents >= a.cents);
        holds(money_share(money(-a.cents), part, whole, &opposite) == DONE && opposite.cents == -share.cents);
        holds(money_share(a, whole - part, whole, &rest) == DONE);
        int64_t both = share.cents + rest.cents - a.cents;
        holds(both >= -1 && both <= 1);
    }
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    char text[MONEY_TEXT];
    for (int i = 0; i < 100000; i++) {
        struct money a = money(llabs(chance_cents())), back;
        money_decimal(a, text);
        holds(money_parse(text, strlen(text), &back) == DONE);
        holds(back.cents == a.cents);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_read_exactly),
        cmocka_unit_test(amounts_are_written),
        cmocka_unit_test(shares_round_half_up_away_from_zero),
        cmocka_unit_test(what_does_not_fit_is_refused_and_nothing_is_touched),
        cmocka_unit_test(adding_and_subtracting_undo_each_other),
        cmocka_unit_test(a_share_lies_within_half_a_cent),
        cmocka_unit_test(what_is_written_is_read_back),
    };
    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
