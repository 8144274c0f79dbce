/* Rome's hours, against the C library's own reading of the same rule (a POSIX TZ text, so no zone files are needed). */
#include "seeded.h"

#include "base/clock.h"

static struct instant at(const char *rfc3339)
{
    struct instant i;
    if (instant_parse(rfc3339, strlen(rfc3339), &i) != DONE)
        fail_msg("the test names an instant that does not exist: %s", rfc3339);
    return i;
}

static int rome_by_libc(void **state)
{
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    return chance_begin(state);
}

static void midnights_of_the_days_of_change(void **state)
{
    (void)state;
    static const struct {
        const char *day, *midnight;
        int hours;
    } rows[] = {
        {"24/10/2026", "2026-10-23T22:00:00Z", 24}, {"25/10/2026", "2026-10-24T22:00:00Z", 25},
        {"26/10/2026", "2026-10-25T23:00:00Z", 24}, {"27/03/2027", "2027-03-26T23:00:00Z", 24},
        {"28/03/2027", "2027-03-27T23:00:00Z", 23}, {"29/03/2027", "2027-03-28T22:00:00Z", 24},
        {"31/03/1996", "1996-03-30T23:00:00Z", 23}, {"27/10/1996", "1996-10-26T22:00:00Z", 25},
        {"31/10/2027", "2027-10-30T22:00:00Z", 25}, {"31/12/2026", "2026-12-30T23:00:00Z", 24},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct day d = date(rows[i].day);
        struct instant midnight = rome_midnight(d), next = rome_midnight(day_plus(d, 1));
        row_holds(rows[i].day, midnight.us == at(rows[i].midnight).us);
        row_holds(rows[i].day, next.us - midnight.us == HOURS(rows[i].hours));
        /* A mailbox that expires on this day works in its last second and not in the next (D1). */
        row_holds(rows[i].day, day_same(rome_day(instant_plus(next, -1)), d));
        row_holds(rows[i].day, day_same(rome_day(next), day_plus(d, 1)));
    }
}

static void hours_of_the_days_of_change(void **state)
{
    (void)state;
    static const struct {
        const char *what, *day;
        int hour, minute;
        const char *instant;
    } rows[] = {
        {"before the missing hour", "28/03/2027", 1, 59, "2027-03-28T00:59:00Z"},
        {"in the missing hour: standard time", "28/03/2027", 2, 30, "2027-03-28T01:30:00Z"},
        {"after the missing hour", "28/03/2027", 3, 0, "2027-03-28T01:00:00Z"},
        {"before the repeated hour", "25/10/2026", 1, 59, "2026-10-24T23:59:00Z"},
        {"in the repeated hour: the first", "25/10/2026", 2, 30, "2026-10-25T00:30:00Z"},
        {"after the repeated hour", "25/10/2026", 3, 0, "2026-10-25T02:00:00Z"},
        {"in winter", "22/11/2026", 18, 50, "2026-11-22T17:50:00Z"},
        {"in summer", "15/07/2027", 18, 50, "2027-07-15T16:50:00Z"},
    };
    for (size_t i = 0; i < count_of(rows); i++)
        row_holds(rows[i].what,
                  rome_at(date(rows[i].day), rows[i].hour, rows[i].minute, 0).us == at(rows[i].instant).us);
}

static void every_day_from_1996_to_2100(void **state)
{
    (void)state;
    int year = 0, shorter = 1, longer = 1;
    for (struct day d = date("01/01/1996"); !day_before(date("31/12/2100"), d); d = day_plus(d, 1)) {
        struct instant midnight = rome_midnight(d), next = rome_midnight(day_plus(d, 1));
        struct ymd split = day_split(d);
        struct tm tm = {.tm_year = split.year - 1900, .tm_mon = split.month - 1, .tm_mday = split.day, .tm_isdst = -1};
        int hour, minute, second;

        assert_int_equal(midnight.us, SECONDS(mktime(&tm)));
        assert_int_equal(rome_day(midnight).n, d.n);
        assert_int_equal(rome_day(instant_plus(midnight, -1)).n, d.n - 1);
        rome_time(midnight, &hour, &minute, &second);
        assert_int_equal(hour * 3600 + minute * 60 + second, 0);
        if (split.year != year) {
            assert_true(shorter == 1 && longer == 1);
            year = split.year;
            shorter = longer = 0;
        }
        int64_t length = next.us - midnight.us;
        assert_true(length == HOURS(23) || length == HOURS(24) || length == HOURS(25));
        shorter += length == HOURS(23);
        longer += length == HOURS(25);
    }
}

static void agrees_with_libc(int64_t seconds)
{
    struct instant i = {SECONDS(seconds)};
    time_t t = seconds;
    struct tm tm;
    int hour, minute, second;

    localtime_r(&t, &tm);
    struct day d = rome_day(i);
    rome_time(i, &hour, &minute, &second);
    holds(day_same(d, day_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday)));
    holds(hour == tm.tm_hour && minute == tm.tm_min && second == tm.tm_sec);
    int64_t back = rome_at(d, hour, minute, second).us;
    holds(back == i.us || back == i.us - HOURS(1)); /* the second of two equal hours reads as the first */
}

static void any_instant_and_every_change(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++)
        agrees_with_libc(chance_between(day_of(1996, 1, 2).n * 86400LL, day_of(2100, 12, 30).n * 86400LL));
    for (int year = 1996; year <= 2100; year++) {
        for (int month = 3; month <= 10; month += 7) {
            struct day sunday = day_of(year, month, 31);
            while (day_weekday(sunday) != 7)
                sunday = day_plus(sunday, -1);
            for (int seconds = -7500; seconds <= 7500; seconds += 1500)
                agrees_with_libc(sunday.n * 86400LL + 3600 + seconds);
            agrees_with_libc(sunday.n * 86400LL + 3599);
            agrees_with_libc(sunday.n * 86400LL + 3601);
        }
    }
}

static void instants_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text, *same;
    } rows[] = {
        {"2026-11-22T18:50:00+01:00", "2026-11-22T17:50:00Z"},
        {"2026-11-22t17:50:00z", "2026-11-22T17:50:00Z"},
        {"2026-11-22T17:50:00.000000Z", "2026-11-22T17:50:00Z"},
        {"2026-11-22T17:50:00.5-05:30", "2026-11-22T23:20:00.500000Z"},
        {"2026-11-22T17:50:00.1234567899Z", "2026-11-22T17:50:00.123456Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
    };
    static const char *const refused[] = {
        "2026-11-22T17:50:00",       "2026-11-22 17:50:00Z",  "2026-11-22T24:00:00Z",
        "2026-11-22T17:60:00Z",      "2026-11-22T17:50:61Z",  "2026-11-22T17:50:60Z",
        "2026-11-31T17:50:00Z",      "2026-11-22T17:50:00.Z", "2026-11-22T17:50:00+1:00",
        "2026-11-22T17:50:00+24:00", "2026-11-22T17:50:00Zx", "2026-11-22T17:50Z",
        "2026-11-22T17:50:00,5Z",    "2026-11-22T-1:50:00Z",  "",
        "2026-11-22T17:50:00+01:0",
    };
    char text[INSTANT_TEXT];
    struct instant i = {7};
    for (size_t n = 0; n < count_of(refused); n++)
        row_holds(refused[n], instant_parse(refused[n], strlen(refused[n]), &i) == REFUSED);
    assert_int_equal(i.us, 7);
    for (size_t n = 0; n < count_of(rows); n++)
        assert_string_equal(instant_rfc3339(at(rows[n].text), text), rows[n].same);
    assert_string_equal(instant_italian(at("2026-11-22T17:50:00Z"), text), "22/11/2026, 18:50");
    assert_string_equal(instant_italian(at("2026-12-31T23:05:59Z"), text), "01/01/2027, 00:05");
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    char text[INSTANT_TEXT];
    for (int n = 0; n < 100000; n++) {
        struct instant i = {chance_between(DAYS(day_of(1900, 1, 1).n), DAYS(DAY_NEVER.n))}, back;
        instant_rfc3339(i, text);
        holds(instant_parse(text, strlen(text), &back) == DONE);
        holds(back.us == i.us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(midnights_of_the_days_of_change), cmocka_unit_test(hours_of_the_days_of_change),
        cmocka_unit_test(every_day_from_1996_to_2100),     cmocka_unit_test(any_instant_and_every_change),
        cmocka_unit_test(instants_are_read_strictly),      cmocka_unit_test(what_is_written_is_read_back),
    };
    return cmocka_run_group_tests(tests, rome_by_libc, NULL);
}
