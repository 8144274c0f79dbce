/* Italian working days: law's dates, Easter by two ways, and what must hold of any count. */
#include "seeded.h"

#include "rules/workday.h"

static const struct patron ROME = {6, 29}, MILAN = {12, 7}, NOBODY = {0, 0};

static struct day on(const char *iso)
{
    struct day d = {0};

    assert_int_equal(day_parse(iso, strlen(iso), &d), DONE);
    return d;
}

static void easter_as_published(void **state)
{
    static const char *const DAYS[] = {"2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16",
                                       "2029-04-01", "2030-04-21", "2031-04-13", "2032-03-28",
                                       "2033-04-17", "2034-04-09", "2035-03-25"};

    (void)state;
    for (size_t i = 0; i < count_of(DAYS); i++) {
        char text[DAY_TEXT];

        assert_string_equal(day_iso(easter_sunday(2025 + (int)i), text), DAYS[i]);
    }
}

/* Gauss's rule with its centuries' numbers computed: another way to the same Sunday. */
static struct day easter_by_gauss(int year)
{
    int k = year / 100, a = year % 19, b = year % 4, c = year % 7;
    int m = (15 - (8 * k + 13) / 25 + k - k / 4) % 30, n = (4 + k - k / 4) % 7;
    int d = (19 * a + m) % 30, e = (2 * b + 4 * c + 6 * d + n) % 7;

    if (d == 29 && e == 6)
        return day_of(year, 4, 19);
    if (d == 28 && e == 6 && (11 * m + 11) % 30 < 19)
        return day_of(year, 4, 18);
    return day_plus(day_of(year, 3, 22), d + e);
}

static void easter_by_two_ways(void **state)
{
    (void)state;
    for (int year = 1900; year <= 2999; year++) {
        struct day easter = easter_sunday(year);

        if (!day_same(easter, easter_by_gauss(year)))
            fail_msg("%d", year);
        assert_int_equal(day_weekday(easter), 7);
        assert_true(holiday(day_plus(easter, 1)));
    }
}

static void single_days(void **state)
{
    static const struct {
        const char *day;
        struct patron patron;
        bool works;
    } ROWS[] = {
        {"2026-11-23", {6, 29}, true}, /* Monday */
        {"2026-11-21", {6, 29}, false},
        {"2026-11-22", {6, 29}, false},
        {"2026-01-01", {6, 29}, false},
        {"2026-01-06", {6, 29}, false},
        {"2026-04-03", {6, 29}, true}, /* Good Friday */
        {"2026-04-06", {6, 29}, false},
        {"2027-03-29", {6, 29}, false},
        {"2028-04-25", {6, 29}, false},
        {"2026-05-01", {6, 29}, false},
        {"2026-06-02", {6, 29}, false},
        {"2025-08-15", {6, 29}, false},
        {"2027-11-01", {6, 29}, false},
        {"2026-12-08", {6, 29}, false},
        {"2026-12-24", {6, 29}, true},
        {"2026-12-25", {6, 29}, false},
        {"2028-12-26", {6, 29}, false},
        {"2026-12-31", {6, 29}, true},
        /* the patron, where he is */
        {"2026-06-29", {6, 29}, false},
        {"2026-06-29", {12, 7}, true},
        {"2026-12-07", {6, 29}, true},
        {"2026-12-07", {12, 7}, false},
        {"2026-06-29", {0, 0}, true},
        /* San Francesco */
        {"2021-10-04", {6, 29}, true},
        {"2024-10-04", {6, 29}, true},
        {"2027-10-04", {6, 29}, false},
        {"2028-10-04", {6, 29}, false},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        if (workday(on(ROWS[i].day), ROWS[i].patron) != ROWS[i].works)
            fail_msg("%s", ROWS[i].day);
    assert_false(holiday(on("2025-10-04")));
    assert_true(holiday(on("2026-10-04")));
}

/* How many days from Monday to Friday a year has off: the dates and Easter Monday, less those on a weekend. */
static void holidays_of_a_year(void **state)
{
    static const struct {
        int year, weekdays;
    } ROWS[] = {{2025, 10}, {2026, 7}, {2027, 7}, {2028, 11}};

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        int count = 0;

        for (struct day d = day_of(ROWS[i].year, 1, 1); day_split(d).year == ROWS[i].year; d = day_plus(d, 1))
            count += day_weekday(d) <= 5 && !workday(d, NOBODY);
        if (count != ROWS[i].weekdays)
            fail_msg("%d: %d", ROWS[i].year, count);
    }
}

static void counts(void **state)
{
    static const struct {
        const char *from;
        int n;
        struct patron patron;
        const char *to;
    } ROWS[] = {
        {"2026-11-23", 0, {6, 29}, "2026-11-23"},  {"2026-11-21", 0, {6, 29}, "2026-11-23"},
        {"2026-11-21", -3, {6, 29}, "2026-11-23"}, {"2026-11-23", 1, {6, 29}, "2026-11-24"},
        {"2026-11-21", 1, {6, 29}, "2026-11-23"},  {"2026-12-05", 1, {6, 29}, "2026-12-07"},
        {"2026-12-05", 1, {12, 7}, "2026-12-09"},  {"2026-12-07", 1, {6, 29}, "2026-12-09"},
        {"2026-12-24", 1, {6, 29}, "2026-12-28"},  {"2026-12-02", 4, {6, 29}, "2026-12-09"}, /* a cheque over the 8th */
        {"2026-11-23", 10, {6, 29}, "2026-12-07"},                                           /* Y12 */
        {"2026-12-23", 10, {6, 29}, "2027-01-11"},                                           /* Y12 over all feasts */
        {"2027-03-25", 2, {6, 29}, "2027-03-30"},                                            /* over Easter */
        {"2027-10-01", 1, {6, 29}, "2027-10-05"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char text[DAY_TEXT];

        day_iso(workday_add(on(ROWS[i].from), ROWS[i].n, ROWS[i].patron), text);
        if (strcmp(text, ROWS[i].to) != 0)
            fail_msg("%s + %d: %s, not %s", ROWS[i].from, ROWS[i].n, text, ROWS[i].to);
    }
}

static void any_count(void **state)
{
    const struct patron patrons[] = {ROME, MILAN, NOBODY};

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct day from = chance_day(2001, 2199);
        struct patron patron = patrons[chance_between(0, 2)];
        int n = (int)chance_between(1, 60), worked = 0;
        struct day to = workday_add(from, n, patron), earlier = workday_add(from, n - 1, patron);

        holds(workday(to, patron));
        holds(day_weekday(to) <= 5);
        holds(day_before(from, to));
        holds(n == 1 || day_before(earlier, to));
        holds(!day_before(workday_add(day_plus(from, 1), n, patron), to)); /* later in, not earlier out */
        for (struct day d = day_plus(from, 1); !day_before(to, d); d = day_plus(d, 1))
            worked += workday(d, patron);
        holds(worked == n);
    }
}

static void the_end_of_the_calendar(void **state)
{
    (void)state;
    assert_true(day_same(workday_add(day_plus(DAY_NEVER, -3), 100, ROME), DAY_NEVER));
    assert_true(day_same(workday_after(DAY_NEVER, ROME), DAY_NEVER));
    assert_true(day_same(workday_add(day_of(2026, 1, 1), 2000000000, ROME), DAY_NEVER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(easter_as_published),
        cmocka_unit_test(easter_by_two_ways),
        cmocka_unit_test(single_days),
        cmocka_unit_test(holidays_of_a_year),
        cmocka_unit_test(counts),
        cmocka_unit_test_setup(any_count, chance_begin),
        cmocka_unit_test(the_end_of_the_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
