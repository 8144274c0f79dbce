/* Until when a consumer may withdraw, and what it costs (L15, T54). */
#include "seeded.h"

#include "rules/withdrawal.h"

static struct day on(const char *text)
{
    struct day d = {0};

    assert_int_equal(day_parse(text, strlen(text), &d), DONE);
    return d;
}

static void the_last_day_is_a_working_one(void **state)
{
    static const struct {
        const char *concluded, *last;
        int days;
    } ROWS[] = {
        {"2026-11-22", "2026-12-07", 14}, /* T54: the 6th is a Sunday */
        {"2026-11-23", "2026-12-07", 14}, /* a Monday, although Milan's patron */
        {"2026-11-24", "2026-12-09", 14}, /* the 8th is a holiday */
        {"2026-12-11", "2026-12-28", 14}, /* Christmas, St Stephen's, a Sunday */
        {"2026-12-18", "2027-01-04", 14}, /* New Year's Day, Saturday, Sunday */
        {"2027-03-14", "2027-03-30", 14}, /* Easter, Easter Monday */
        {"2026-06-15", "2026-06-29", 14}, /* the patron of Rome is no national holiday */
        {"2027-09-20", "2027-10-05", 14}, /* 4 October, from 2026 on */
        {"2028-02-15", "2028-02-29", 14}, {"2026-11-22", "2026-12-22", 30}, /* a seller that gives more */
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char text[DAY_TEXT];

        if (!day_same(withdrawal_last_day(on(ROWS[i].concluded), ROWS[i].days), on(ROWS[i].last)))
            fail_msg("%s: %s, not %s", ROWS[i].concluded,
                     day_iso(withdrawal_last_day(on(ROWS[i].concluded), ROWS[i].days), text), ROWS[i].last);
    }
}

static void what_was_used_is_paid(void **state)
{
    static const struct {
        const char *what, *concluded, *begins, *ends, *today;
        bool asked;
        int64_t gross;
        enum outcome outcome;
        int used;
        int64_t kept;
    } ROWS[] = {
        {"T54", "2026-11-22", "2026-11-22", "2027-11-22", "2026-11-27", true, 1208, DONE, 5, 17},
        {"on the day itself", "2026-11-22", "2026-11-22", "2027-11-22", "2026-11-22", true, 1208, DONE, 0, 0},
        {"not asked to start", "2026-11-22", "2026-11-22", "2027-11-22", "2026-11-27", false, 1208, DONE, 5, 0},
        {"not activated", "2026-11-22", NULL, NULL, "2026-12-07", true, 1208, DONE, 0, 0},
        {"the last day", "2026-11-22", "2026-11-22", "2027-11-22", "2026-12-07", true, 1208, DONE, 15, 50},
        {"the day after", "2026-11-22", "2026-11-22", "2027-11-22", "2026-12-08", true, 1208, REFUSED, 0, 0},
        {"renewed early", "2026-11-22", "2027-01-31", "2028-01-31", "2026-11-27", true, 3050, DONE, 0, 0},
        {"renewed late", "2026-11-22", "2026-10-22", "2027-10-22", "2026-11-22", true, 3650, DONE, 31, 310},
        {"three years", "2026-11-22", "2026-11-22", "2029-11-22", "2026-11-27", true, 3294, DONE, 5, 15},
        {"a whole term gone", "2026-11-22", "2025-11-01", "2026-11-01", "2026-11-22", true, 1208, DONE, 386, 1208},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct withdrawal_case c = {.concluded_on = on(ROWS[i].concluded),
                                    .days = WITHDRAWAL_DAYS,
                                    .asked_to_start = ROWS[i].asked,
                                    .gross = money(ROWS[i].gross),
                                    .today = on(ROWS[i].today)};
        struct withdrawal_sums sums;
        struct problem why = {0};

        if (ROWS[i].begins) {
            c.begins_on = on(ROWS[i].begins);
            c.ends_on = on(ROWS[i].ends);
        }
        print_message("%s\n", ROWS[i].what);
        assert_int_equal(withdrawal_work_out(&c, &sums, &why), ROWS[i].outcome);
        assert_true(day_same(sums.last_on, on("2026-12-07")));
        if (ROWS[i].outcome != DONE) {
            assert_int_equal(why.code, PROBLEM_WITHDRAWAL);
            assert_string_equal(why.detail, "07/12/2026");
            continue;
        }
        assert_int_equal(sums.days_used, ROWS[i].used);
        assert_int_equal(sums.kept.cents, ROWS[i].kept);
        assert_int_equal(sums.kept.cents + sums.back.cents, ROWS[i].gross);
    }
}

static void nothing_is_made_or_lost(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct day concluded = day_plus(day_of(2020, 1, 1), (int)chance_between(0, 4999));
        struct withdrawal_case c = {.concluded_on = concluded,
                                    .days = WITHDRAWAL_DAYS + (int)chance_between(0, 19),
                                    .begins_on = day_plus(concluded, (int)chance_between(0, 59) - 30),
                                    .asked_to_start = chance_between(0, 1) == 1,
                                    .gross = money(chance_between(0, 999999)),
                                    .today = day_plus(concluded, (int)chance_between(0, 13))};
        struct withdrawal_sums sums, later;

        c.ends_on = day_add_months(c.begins_on, 12 * (1 + (int)chance_between(0, 4)), 0);
        assert_int_equal(withdrawal_work_out(&c, &sums, NULL), DONE);
        assert_int_equal(sums.kept.cents + sums.back.cents, c.gross.cents);
        assert_true(sums.kept.cents >= 0 && sums.back.cents >= 0);
        c.today = day_plus(c.today, 1);
        if (withdrawal_work_out(&c, &later, NULL) == DONE)
            assert_true(later.kept.cents >= sums.kept.cents);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_day_is_a_working_one),
        cmocka_unit_test(what_was_used_is_paid),
        cmocka_unit_test(nothing_is_made_or_lost),
    };
    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
