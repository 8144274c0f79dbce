/* Which notice is due when (DOMAIN §3.9): by hand for the days, and over every end of a term for the ranges. */
#include "seeded.h"

#include "rules/notice.h"
#include <string.h>

static const struct renewal_policy NINETY = {3, {0, 90}, EXPIRED_READ_ONLY, 5, 1, 5, 15};
static const struct renewal_policy HALF_YEAR = {3, {6, 0}, EXPIRED_READ_ONLY, 5, 1, 5, 15};

static const struct renewal_policy TWO_MODES = {3, {0, 35}, EXPIRED_RECEIVE_ONLY, 5, 1, 5, 15, .receives_for = {0, 30}};

static const char *const PLAN[] = {"-3m", "-60", "-30", "-15", "-7", "-1", "0", "+1", "+15", "grace-15", "grace-1"};

static void read_plan(struct notice_step steps[count_of(PLAN)])
{
    for (size_t i = 0; i < count_of(PLAN); i++)
        assert_int_equal(notice_step_read(PLAN[i], &steps[i], NULL), DONE);
    steps[0].charge = steps[2].charge = true;
}

static struct day on(const char *text)
{
    struct day d;

    assert_int_equal(day_parse_italian(text, strlen(text), &d), DONE);
    return d;
}

static void words_of_a_plan(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum outcome o;
        enum notice_kind kind;
        struct span span;
    } rows[] = {
        {"-3m", DONE, NOTICE_EXPIRY, {3, 0}},        {"-60", DONE, NOTICE_EXPIRY, {0, 60}},
        {"0", DONE, NOTICE_EXPIRY, {0, 0}},          {"+1", DONE, NOTICE_EXPIRED, {0, 1}},
        {"grace-15", DONE, NOTICE_GRACE, {0, 15}},   {"grace-1m", DONE, NOTICE_GRACE, {1, 0}},
        {"", REFUSED, NOTICE_EXPIRY, {0, 0}},        {"60", REFUSED, NOTICE_EXPIRY, {0, 0}},
        {"-", REFUSED, NOTICE_EXPIRY, {0, 0}},       {"+0", REFUSED, NOTICE_EXPIRED, {0, 0}},
        {"grace-0", REFUSED, NOTICE_GRACE, {0, 0}},  {"-3x", REFUSED, NOTICE_EXPIRY, {0, 0}},
        {"- 3", REFUSED, NOTICE_EXPIRY, {0, 0}},     {"--3", REFUSED, NOTICE_EXPIRY, {0, 0}},
        {"-999", REFUSED, NOTICE_EXPIRY, {0, 0}},    {"-25m", REFUSED, NOTICE_EXPIRY, {0, 0}},
        {"grace+1", REFUSED, NOTICE_EXPIRY, {0, 0}}, {"-99999999999999999999", REFUSED, NOTICE_EXPIRY, {0, 0}},
    };

    for (size_t i = 0; i < count_of(rows); i++) {
        struct notice_step step;

        if (notice_step_read(rows[i].word, &step, NULL) != rows[i].o)
            fail_msg("%s", rows[i].word);
        if (rows[i].o != DONE)
            continue;
        assert_int_equal(step.kind, rows[i].kind);
        assert_int_equal(step.span.months, rows[i].span.months);
        assert_int_equal(step.span.days, rows[i].span.days);
        assert_string_equal(step.event, rows[i].word);
    }
}

static void days_of_notices(void **state)
{
    (void)state;
    static const struct {
        const char *word, *ends_on, *day;
        const struct renewal_policy *policy;
    } rows[] = {
        {"-3m", "15-03-2027", "15-12-2026", &NINETY}, /* T37 */
        {"-3m", "31-05-2027", "28-02-2027", &NINETY}, /* D2 */
        {"-3m", "30-05-2027", "28-02-2027", &NINETY},
        {"-3m", "29-05-2028", "29-02-2028", &NINETY},
        {"-60", "15-03-2027", "14-01-2027", &NINETY},
        {"0", "28-03-2027", "28-03-2027", &NINETY},  /* the day of 23 hours */
        {"+1", "24-10-2026", "25-10-2026", &NINETY}, /* the day of 25 */
        {"+15", "28-02-2028", "14-03-2028", &NINETY},
        {"grace-15", "15-03-2027", "29-05-2027", &NINETY},
        {"grace-1", "31-08-2027", "28-02-2028", &HALF_YEAR},
    };

    static const struct notice_step MODE = {.event = NOTICE_MODE_EVENT, .kind = NOTICE_MODE};
    char text[DAY_TEXT];

    for (size_t i = 0; i < count_of(rows); i++) {
        struct notice_step step;

        assert_int_equal(notice_step_read(rows[i].word, &step, NULL), DONE);
        if (!day_same(notice_day(&step, on(rows[i].ends_on), rows[i].policy), on(rows[i].day)))
            fail_msg("%s of %s: %s", rows[i].word, rows[i].ends_on,
                     day_italian(notice_day(&step, on(rows[i].ends_on), rows[i].policy), text));
    }
    assert_string_equal(day_italian(notice_day(&MODE, on("15-03-2027"), &TWO_MODES), text), "15/04/2027");
    assert_string_equal(day_italian(notice_day(&MODE, on("31-01-2028"), &TWO_MODES), text), "02/03/2028");
    assert_int_equal(notice_reach(&MODE, on("15-04-2027"), &TWO_MODES).n, on("15-03-2027").n);
    assert_int_equal(notice_reach(&MODE, on("14-04-2027"), &TWO_MODES).n, on("14-03-2027").n);
    assert_int_equal(grace_reach(on("14-06-2027"), &NINETY).n, on("15-03-2027").n);
    assert_int_equal(grace_reach(on("13-06-2027"), &NINETY).n, on("14-03-2027").n);
    assert_int_equal(deletion_day(on("13-06-2027"), (struct span){0, 30}).n, on("14-07-2027").n);
    assert_int_equal(deletion_reach(on("14-07-2027"), (struct span){0, 30}).n, on("13-06-2027").n);
}

/* The range of a step is those ends, and only those, whose day is behind. */
static void reach_is_the_last_end_that_is_due(void **state)
{
    struct notice_step steps[count_of(PLAN)];

    (void)state;
    read_plan(steps);
    for (int i = 0; i < 800; i++) {
        struct day today = day_plus(day_of(2027, 11, 1), i);
        const struct renewal_policy *policy = i % 2 ? &NINETY : &HALF_YEAR;
        const struct notice_step *step = &steps[i % count_of(PLAN)];
        struct day reach = notice_reach(step, today, policy);

        assert_false(day_before(today, notice_day(step, reach, policy)));
        assert_true(day_before(today, notice_day(step, day_plus(reach, 1), policy)));
    }
}

/* Whatever days are left out, each end of a term gets each step once: sent or skipped, the last one of each turn sent.
 */
static void turns_give_each_step_once(void **state)
{
    (void)state;
    struct notice_step steps[count_of(PLAN)];
    struct day first = day_of(2027, 1, 1);

    read_plan(steps);
    for (int end = 0; end < 400; end += 7) {
        struct day ends_on = day_plus(first, end), turned = day_plus(ends_on, -120);
        int given[count_of(PLAN)] = {0};

        while (day_before(turned, day_plus(ends_on, 120))) {
            struct day today = day_plus(turned, 1 + (end * 31 + turned.n) % 45);
            int sent = 0, crossed = 0;

            for (size_t i = 0; i < count_of(PLAN); i++) {
                struct notice_band b = notice_band(steps, count_of(PLAN), i, turned, today, &NINETY);

                if (!day_before(b.after, ends_on) || day_before(b.until, ends_on))
                    continue;
                given[i]++;
                crossed++;
                sent += day_before(b.later, ends_on);
            }
            assert_int_equal(sent, crossed > 0);
            turned = today;
        }
        for (size_t i = 0; i < count_of(PLAN); i++)
            assert_int_equal(given[i], 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_a_plan),
        cmocka_unit_test(days_of_notices),
        cmocka_unit_test(reach_is_the_last_end_that_is_due),
        cmocka_unit_test(turns_give_each_step_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
