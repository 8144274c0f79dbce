/* The calendar: every day of it, and how months are counted (art. 2963 c.c.). */
#include "seeded.h"

static void every_day_of_the_calendar_in_its_order(void **state)
{
    (void)state;
    struct ymd expected = {1900, 1, 1};
    int weekday = 1; /* 1900-01-01 was a Monday */
    char text[DAY_TEXT];

    for (struct day d = date("01/01/1900"); !day_before(DAY_NEVER, d); d = day_plus(d, 1)) {
        struct ymd split = day_split(d);
        struct day back;
        if (split.year != expected.year || split.month != expected.month || split.day != expected.day)
            fail_msg("%d is %s", d.n, day_iso(d, text));
        assert_true(day_exists(split));
        assert_int_equal(day_of(split.year, split.month, split.day).n, d.n);
        assert_int_equal(day_weekday(d), weekday);
        assert_int_equal(day_parse(day_iso(d, text), 10, &back), DONE);
        assert_int_equal(back.n, d.n);
        assert_int_equal(day_parse_italian(day_italian(d, text), 10, &back), DONE);
        assert_int_equal(back.n, d.n);

        static const int LENGTH[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int leap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0);
        if (++expected.day > LENGTH[expected.month - 1] + (expected.month == 2 && leap)) {
            expected.day = 1;
            if (++expected.month > 12) {
                expected.month = 1;
                expected.year++;
            }
        }
        weekday = weekday % 7 + 1;
    }
    assert_int_equal(expected.year, 3000);
    assert_int_equal(day_of(1970, 1, 1).n, 0);
}

static void dates_are_read_strictly(void **state)
{
    (void)state;
    static const char *const iso_refused[] = {
        "2027-02-29", "2027-13-01", "2027-00-10", "2027-01-00", "2027-01-32", "2100-02-29", "1899-12-31",
        "3000-01-01", "27-03-15",   "2027/03/15", "2027-3-15 ", "2027-03-1a", "+027-03-15", "2027-03-151",
        "2027-03-1",  "",           "15/03/2027", "20270315",   " 2027-03-1", "2027-03--1",
    };
    static const char *const italian_refused[] = {
        "29/02/2027", "31/04/2027", "15/03-2027", "15.03.2027", "5/3/2027", "2027-03-15", "00/01/2027", "15/03/27",
    };
    struct day d = {-1};
    for (size_t i = 0; i < count_of(iso_refused); i++)
        row_holds(iso_refused[i], day_parse(iso_refused[i], strlen(iso_refused[i]), &d) == REFUSED);
    for (size_t i = 0; i < count_of(italian_refused); i++)
        row_holds(italian_refused[i], day_parse_italian(italian_refused[i], strlen(italian_refused[i]), &d) == REFUSED);
    assert_int_equal(d.n, -1);
    assert_int_equal(date("15/03/2027").n, date("15-03-2027").n);
}

static void what_is_written_stays_within_four_digits(void **state)
{
    (void)state;
    char text[DAY_TEXT];
    assert_string_equal(day_iso((struct day){INT32_MAX}, text), "2999-12-31");
    assert_string_equal(day_iso((struct day){INT32_MIN}, text), "1900-01-01");
    assert_string_equal(day_italian(date("05/03/2027"), text), "05/03/2027");
    assert_string_equal(day_iso(DAY_NEVER, text), "2999-12-31");
}

static void months_keep_the_day_or_end_with_the_month(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int months, anchor;
        const char *to;
    } rows[] = {
        {"15-03-2027", 12, 0, "15-03-2028"},        {"31-01-2027", 1, 0, "28-02-2027"},
        {"31-01-2028", 1, 0, "29-02-2028"},         {"31-05-2027", -3, 0, "28-02-2027"},
        {"31-08-2027", 6, 0, "29-02-2028"},         {"30-11-2026", 3, 0, "28-02-2027"},
        {"29-02-2028", 12, 0, "28-02-2029"},        {"28-02-2029", 36, 29, "29-02-2032"},
        {"28-02-2029", 36, 0, "28-02-2032"},        {"28-02-2027", 1, 31, "31-03-2027"},
        {"30-04-2027", 1, 31, "31-05-2027"},        {"15-12-2026", 1, 0, "15-01-2027"},
        {"15-01-2027", -1, 0, "15-12-2026"},        {"29-02-2096", 48, 29, "28-02-2100"},
        {"15-03-2027", 0, 0, "15-03-2027"},         {"15-03-2027", 12000, 0, "31-12-2999"},
        {"15-03-2027", -12000, 0, "01-01-1900"},    {"15-03-2027", INT32_MAX, 0, "31-12-2999"},
        {"15-03-2027", INT32_MIN, 0, "01-01-1900"},
    };
    char text[DAY_TEXT];
    for (size_t i = 0; i < count_of(rows); i++) {
        struct day to = day_add_months(date(rows[i].from), rows[i].months, rows[i].anchor);
        if (!day_same(to, date(rows[i].to)))
            fail_msg("%s %+d months: %s, not %s", rows[i].from, rows[i].months, day_italian(to, text), rows[i].to);
    }
}

static void months_begin(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        int months;
    } rows[] = {
        {"15-03-2027", "15-03-2027", 0},  {"16-03-2027", "15-03-2027", 0}, {"15-03-2027", "16-03-2027", 1},
        {"15-03-2027", "15-04-2027", 1},  {"15-03-2027", "16-04-2027", 2}, {"20-12-2026", "15-03-2027", 3},
        {"31-01-2027", "28-02-2027", 1},  {"31-01-2027", "01-03-2027", 2}, {"15-03-2027", "15-03-2029", 24},
        {"15-03-2027", "16-03-2029", 25},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        int months = day_started_months(date(rows[i].from), date(rows[i].to));
        if (months != rows[i].months)
            fail_msg("%s to %s: %d months, not %d", rows[i].from, rows[i].to, months, rows[i].months);
    }
}

static void adding_months_keeps_order_and_stays_in_the_month(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        struct day a = chance_day(1950, 2900), b = day_plus(a, (int)chance_between(0, 400));
        int months = (int)chance_between(-600, 600), anchor = (int)chance_between(0, 31);
        struct ymd from = day_split(a), to = day_split(day_add_months(a, months, anchor));

        int wanted = anchor ? anchor : from.day;
        holds(to.year * 12 + to.month == from.year * 12 + from.month + months);
        holds(to.day == wanted || (to.day < wanted && !day_exists((struct ymd){to.year, to.month, to.day + 1})));
        holds(!day_before(day_add_months(b, months, 0), day_add_months(a, months, 0)));
        holds(!day_before(day_add_months(b, months, anchor), day_add_months(a, months, anchor)));
        holds(!day_before(day_add_months(a, months + 1, anchor), day_add_months(a, months, anchor)));
    }
}

static void started_months_are_the_fewest_that_reach(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct day from = chance_day(1996, 2100), to = day_plus(from, (int)chance_between(1, 4000));
        int months = day_started_months(from, to);
        holds(months >= 1);
        holds(!day_before(day_add_months(from, months, 0), to));
        holds(day_before(day_add_months(from, months - 1, 0), to));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_calendar_in_its_order),
        cmocka_unit_test(dates_are_read_strictly),
        cmocka_unit_test(what_is_written_stays_within_four_digits),
        cmocka_unit_test(months_keep_the_day_or_end_with_the_month),
        cmocka_unit_test(months_begin),
        cmocka_unit_test(adding_months_keeps_order_and_stays_in_the_month),
        cmocka_unit_test(started_months_are_the_fewest_that_reach),
    };
    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
