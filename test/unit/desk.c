/* By when the desk must have answered: T14, T16, T19, and the nights on which the hour changes. */
#include "seeded.h"

#include "rules/desk.h"

static struct instant at(const char *text)
{
    struct instant i = {0};

    if (instant_parse(text, strlen(text), &i) != DONE)
        fail_msg("no instant: %s", text);
    return i;
}

static void is(const char *row, struct instant got, const char *expected)
{
    char text[INSTANT_TEXT];

    if (got.us != at(expected).us)
        fail_msg("%s: %s, not %s", row, instant_rfc3339(got, text), expected);
}

static void proofs(void **state)
{
    static const struct {
        const char *arrived, *due, *limit; /* limit NULL: due */
    } ROWS[] = {
        /* T14 */
        {"2026-11-23T17:50:00+01:00", "2026-11-23T18:20:00+01:00", NULL},
        {"2026-11-23T18:00:00+01:00", "2026-11-23T18:30:00+01:00", NULL},
        {"2026-11-23T18:00:00.000001+01:00", "2026-11-24T09:30:00+01:00", "2026-11-24T18:00:00+01:00"},
        {"2026-11-23T18:00:01+01:00", "2026-11-24T09:30:00+01:00", "2026-11-24T18:00:00+01:00"},
        {"2026-11-23T23:59:59+01:00", "2026-11-24T09:30:00+01:00", "2026-11-24T18:00:00+01:00"},
        /* before opening (§8.6) */
        {"2026-11-24T00:00:00+01:00", "2026-11-24T09:30:00+01:00", NULL},
        {"2026-11-24T08:59:59+01:00", "2026-11-24T09:30:00+01:00", NULL},
        {"2026-11-24T09:00:00+01:00", "2026-11-24T09:30:00+01:00", NULL},
        {"2026-11-24T09:00:01+01:00", "2026-11-24T09:30:01+01:00", NULL},
        /* T16 */
        {"2026-12-05T10:00:00+01:00", "2026-12-07T09:30:00+01:00", "2026-12-07T18:00:00+01:00"},
        /* over a holiday, over Christmas, over the patron's */
        {"2026-12-07T18:00:01+01:00", "2026-12-09T09:30:00+01:00", "2026-12-09T18:00:00+01:00"},
        {"2026-12-24T19:00:00+01:00", "2026-12-28T09:30:00+01:00", "2026-12-28T18:00:00+01:00"},
        {"2026-06-29T10:00:00+02:00", "2026-06-30T09:30:00+02:00", "2026-06-30T18:00:00+02:00"},
        /* in UTC the day before, in Rome a working day */
        {"2026-11-22T23:30:00Z", "2026-11-23T09:30:00+01:00", NULL},
        {"2026-07-10T16:00:00Z", "2026-07-10T18:30:00+02:00", NULL},
        {"2026-07-10T16:00:01Z", "2026-07-13T09:30:00+02:00", "2026-07-13T18:00:00+02:00"},
        /* summer time begins on 28-03-2027, Easter Sunday; it ends on 25-10-2026 */
        {"2027-03-26T17:59:00+01:00", "2027-03-26T18:29:00+01:00", NULL},
        {"2027-03-26T18:01:00+01:00", "2027-03-30T09:30:00+02:00", "2027-03-30T18:00:00+02:00"},
        {"2027-03-28T01:30:00Z", "2027-03-30T09:30:00+02:00", "2027-03-30T18:00:00+02:00"},
        {"2026-10-23T18:01:00+02:00", "2026-10-26T09:30:00+01:00", "2026-10-26T18:00:00+01:00"},
        {"2026-10-25T00:30:00Z", "2026-10-26T09:30:00+01:00", "2026-10-26T18:00:00+01:00"},
        {"2026-10-25T01:30:00Z", "2026-10-26T09:30:00+01:00", "2026-10-26T18:00:00+01:00"},
        {"2026-10-26T17:00:00Z", "2026-10-26T18:30:00+01:00", NULL},
    };
    const struct desk_policy rome = DESK_POLICY;

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct desk_deadline got = desk_deadline(at(ROWS[i].arrived), &rome);

        is(ROWS[i].arrived, got.due, ROWS[i].due);
        is(ROWS[i].arrived, got.limit, ROWS[i].limit ? ROWS[i].limit : ROWS[i].due);
    }
}

static void other_desks(void **state)
{
    const struct desk_policy milan = {8 * 60 + 30, 12 * 60 + 15, 45, {12, 7}}, always = {0, 1440, 30, {0, 0}};

    (void)state;
    is("Milan, early", desk_deadline(at("2026-11-23T07:00:00+01:00"), &milan).due, "2026-11-23T09:15:00+01:00");
    is("Milan, closing", desk_deadline(at("2026-11-23T12:15:00+01:00"), &milan).due, "2026-11-23T13:00:00+01:00");
    is("Milan, closed", desk_deadline(at("2026-11-23T12:15:01+01:00"), &milan).due, "2026-11-24T09:15:00+01:00");
    is("T16 in Milan", desk_deadline(at("2026-12-05T10:00:00+01:00"), &milan).due, "2026-12-09T09:15:00+01:00");
    is("day and night", desk_deadline(at("2026-11-23T23:59:59+01:00"), &always).due, "2026-11-24T00:29:59+01:00");
}

static void working_hours(void **state)
{
    static const struct {
        const char *sent;
        int hours;
        const char *after;
    } ROWS[] = {
        /* T19 */
        {"2026-12-23T15:00:00+01:00", 24, "2026-12-24T15:00:00+01:00"},
        {"2026-12-23T15:00:00+01:00", 72, "2026-12-29T15:00:00+01:00"},
        {"2026-11-21T10:00:00+01:00", 24, "2026-11-24T00:00:00+01:00"},
        {"2026-11-21T10:00:00+01:00", 72, "2026-11-26T00:00:00+01:00"},
        /* by the wall clock over both changes of the hour */
        {"2027-03-25T15:00:00+01:00", 24, "2027-03-26T15:00:00+01:00"},
        {"2027-03-25T15:00:00+01:00", 48, "2027-03-30T15:00:00+02:00"},
        {"2026-10-23T15:00:00+02:00", 24, "2026-10-26T15:00:00+01:00"},
        {"2026-10-25T01:30:00Z", 24, "2026-10-27T00:00:00+01:00"},
        /* seconds are kept; the odd hour */
        {"2026-11-23T10:11:12+01:00", 25, "2026-11-24T11:11:12+01:00"},
        {"2026-11-27T23:30:00+01:00", 1, "2026-11-30T00:30:00+01:00"},
        {"2026-11-23T10:00:00+01:00", 0, "2026-11-23T10:00:00+01:00"},
    };
    const struct desk_policy rome = DESK_POLICY;

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        is(ROWS[i].sent, desk_after_hours(at(ROWS[i].sent), ROWS[i].hours, &rome), ROWS[i].after);
}

static void opening_hours(void **state)
{
    static const struct {
        const char *sent;
        int hours;
        const char *after;
    } ROWS[] = {
        {"2026-11-23T15:00:00+01:00", 2, "2026-11-23T17:00:00+01:00"},
        {"2026-11-23T15:00:00+01:00", 3, "2026-11-23T18:00:00+01:00"},
        {"2026-11-23T15:00:00+01:00", 4, "2026-11-24T10:00:00+01:00"},
        {"2026-11-23T07:00:00+01:00", 9, "2026-11-23T18:00:00+01:00"},
        {"2026-11-23T18:00:00+01:00", 1, "2026-11-24T10:00:00+01:00"},
        {"2026-11-27T17:00:00+01:00", 24, "2026-12-02T14:00:00+01:00"}, /* 1, then 9, 9, 5 */
        {"2026-12-05T10:00:00+01:00", 10, "2026-12-09T10:00:00+01:00"},
    };
    const struct desk_policy shut = {600, 600, 30, {0, 0}, true};
    struct desk_policy rome = DESK_POLICY;

    (void)state;
    rome.open_hours = true;
    for (size_t i = 0; i < count_of(ROWS); i++)
        is(ROWS[i].sent, desk_after_hours(at(ROWS[i].sent), ROWS[i].hours, &rome), ROWS[i].after);
    is("never open", desk_after_hours(at("2026-11-23T15:00:00Z"), 5, &shut), "2026-11-23T15:00:00Z");
}

/* Whatever arrives when: the due time lies after it, on a working day, not before half past nine; later in, not sooner
 * out. */
static void any_arrival(void **state)
{
    const struct desk_policy rome = DESK_POLICY;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct instant arrived = {chance_between(at("2013-01-01T00:00:00Z").us, at("2090-01-01T00:00:00Z").us)};
        struct instant later = instant_plus(arrived, chance_between(0, DAYS(2)));
        struct desk_deadline got = desk_deadline(arrived, &rome);
        int hour, minute, second;

        rome_time(got.due, &hour, &minute, &second);
        holds(got.due.us > arrived.us && got.limit.us >= got.due.us);
        holds(workday(rome_day(got.due), rome.patron));
        holds(hour * 60 + minute >= 570 && hour * 60 + minute <= 1110);
        holds(desk_deadline(later, &rome).due.us >= got.due.us);
        holds(desk_after_hours(later, 24, &rome).us >= desk_after_hours(arrived, 24, &rome).us);
        holds(desk_after_hours(arrived, 24, &rome).us <= desk_after_hours(arrived, 72, &rome).us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proofs),
        cmocka_unit_test(other_desks),
        cmocka_unit_test(working_hours),
        cmocka_unit_test(opening_hours),
        cmocka_unit_test_setup(any_arrival, chance_begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
