/* When a mailbox ends, may be renewed, and what it still does (DOMAIN §3.1). */
#include "seeded.h"

#include "rules/term.h"

/* DOMAIN §2: S2 opens 3 months before and stays open 6 months; S3 stops the next day; S4 opens at any time, 90 days of
 * grace. */
static const struct renewal_policy SIX_MONTHS = {3, {6, 0}, EXPIRED_READ_ONLY, 5, 1, 5, 15};
static const struct renewal_policy NEXT_DAY = {3, {0, 0}, EXPIRED_DISABLED, 5, 1, 5, 15};
static const struct renewal_policy ANY = {ANY_TIME, {0, 90}, EXPIRED_RECEIVE_ONLY, 5, 1, 5, 15};
static const struct renewal_policy FIXED_TWO = {3, {0, 90}, EXPIRED_READ_ONLY, 5, 2, 2, 15};
static const struct renewal_policy TWO_YEARS_GRACE = {3, {24, 0}, EXPIRED_READ_ONLY, 5, 1, 5, 15};

static void terms_are_extended_from_their_old_end(void **state)
{
    (void)state;
    static const struct {
        const char *what, *ends_on;
        int anchor;
        int64_t years;
        const char *today;
        const struct renewal_policy *policy;
        const char *renewed; /* NULL: refused */
        enum problem_code why;
        const char *detail;
    } rows[] = {
        {"T1: early", "15-03-2027", 15, 1, "20-12-2026", &SIX_MONTHS, "15-03-2028"},
        {"T2: two years", "15-03-2027", 15, 2, "20-12-2026", &SIX_MONTHS, "15-03-2029"},
        {"T26: late, from the old end", "31-05-2027", 31, 1, "15-07-2027", &SIX_MONTHS, "31-05-2028"},
        {"T29: a convention's two years", "22-04-2027", 22, 2, "01-03-2027", &FIXED_TWO, "22-04-2029"},
        {"T29: five are not on sale", "22-04-2027", 22, 5, "01-03-2027", &FIXED_TWO, NULL, PROBLEM_YEARS, ""},
        {"T44: after the cut", "15-03-2027", 15, 1, "20-03-2027", &ANY, "15-03-2028"},
        {"on the last day", "15-03-2027", 15, 1, "15-03-2027", &NEXT_DAY, "15-03-2028"},
        {"D3: 29-02-2028 + 1", "29-02-2028", 29, 1, "01-02-2028", &ANY, "28-02-2029"},
        {"D3: 28-02-2029 + 1", "28-02-2029", 29, 1, "01-02-2029", &ANY, "28-02-2030"},
        {"D3: 28-02-2031 + 1", "28-02-2031", 29, 1, "01-02-2031", &ANY, "29-02-2032"},
        {"D3: 29-02-2028 + 4", "29-02-2028", 29, 4, "29-02-2028", &ANY, "29-02-2032"},
        {"a true 28th stays the 28th", "28-02-2031", 28, 1, "01-02-2031", &ANY, "28-02-2032"},
        {"no anchor known: the day of the end", "28-02-2031", 0, 1, "01-02-2031", &ANY, "28-02-2032"},
        {"T47: none", "15-03-2027", 15, 0, "20-12-2026", &ANY, NULL, PROBLEM_YEARS, ""},
        {"T47: minus one", "15-03-2027", 15, -1, "20-12-2026", &ANY, NULL, PROBLEM_YEARS, ""},
        {"T47: six", "15-03-2027", 15, 6, "20-12-2026", &ANY, NULL, PROBLEM_YEARS, ""},
        {"as many as fit in a number", "15-03-2027", 15, INT64_MAX, "20-12-2026", &ANY, NULL, PROBLEM_YEARS, ""},
        {"as few as fit in a number", "15-03-2027", 15, INT64_MIN, "20-12-2026", &ANY, NULL, PROBLEM_YEARS, ""},
        {"D9: five years, opened today", "15-03-2027", 15, 5, "15-12-2026", &SIX_MONTHS, "15-03-2032"},
        {"D9: five years, a day too soon", "15-03-2027", 15, 5, "14-12-2026", &SIX_MONTHS, NULL, PROBLEM_HORIZON,
         "14/03/2032"},
        {"D9: four fit that day", "15-03-2027", 15, 4, "14-12-2026", &SIX_MONTHS, "15-03-2031"},
        {"D9: any time, exactly five years away", "15-03-2027", 15, 5, "15-03-2027", &ANY, "15-03-2032"},
        {"D9: any time, terms do not stack", "15-03-2027", 15, 5, "14-03-2027", &ANY, NULL, PROBLEM_HORIZON,
         "14/03/2032"},
        {"D9: any time, one more is one too many", "15-03-2032", 15, 1, "15-03-2027", &ANY, NULL, PROBLEM_HORIZON,
         "15/03/2032"},
        {"D6: still expired", "15-03-2025", 15, 1, "20-12-2026", &TWO_YEARS_GRACE, NULL, PROBLEM_STILL_EXPIRED, "2"},
        {"D6: expired today is expired", "15-03-2025", 15, 1, "15-03-2026", &TWO_YEARS_GRACE, NULL,
         PROBLEM_STILL_EXPIRED, "2"},
        {"D6: one day left is enough", "15-03-2025", 15, 1, "14-03-2026", &TWO_YEARS_GRACE, "15-03-2026"},
        {"D6: two years help", "15-03-2025", 15, 2, "20-12-2026", &TWO_YEARS_GRACE, "15-03-2027"},
        {"D6: three are needed", "15-03-2024", 15, 1, "15-03-2026", &TWO_YEARS_GRACE, NULL, PROBLEM_STILL_EXPIRED, "3"},
        {"the calendar ends", "31-12-2998", 31, 2, "31-12-2998", &ANY, NULL, PROBLEM_DAY_RANGE, ""},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct term renewed = {{-1}, -1};
        struct problem why = {0};
        enum outcome o = term_renew((struct term){date(rows[i].ends_on), rows[i].anchor}, rows[i].years,
                                    date(rows[i].today), rows[i].policy, &renewed, &why);
        if (rows[i].renewed != NULL) {
            row_holds(rows[i].what, o == DONE);
            row_holds(rows[i].what, day_same(renewed.ends_on, date(rows[i].renewed)));
            row_holds(rows[i].what, rows[i].anchor == 0 || renewed.anchor == rows[i].anchor);
        } else {
            row_holds(rows[i].what, o == REFUSED && why.code == rows[i].why);
            row_holds(rows[i].what, strcmp(why.detail, rows[i].detail) == 0);
            row_holds(rows[i].what, renewed.anchor == -1);
        }
    }
}

static void windows_open_and_close_on_their_days(void **state)
{
    (void)state;
    static const struct {
        const char *ends_on;
        const struct renewal_policy *policy;
        const char *opens_on, *closes_on; /* first and last day, both good; NULL: open from ever */
    } rows[] = {
        {"15-03-2027", &SIX_MONTHS, "15-12-2026", "15-09-2027"},
        {"31-05-2027", &SIX_MONTHS, "28-02-2027", "30-11-2027"},
        {"31-08-2027", &SIX_MONTHS, "31-05-2027", "29-02-2028"},
        {"29-02-2028", &SIX_MONTHS, "29-11-2027", "29-08-2028"},
        {"30-11-2026", &SIX_MONTHS, "30-08-2026", "30-05-2027"},
        {"15-03-2027", &NEXT_DAY, "15-12-2026", "15-03-2027"},
        {"28-03-2027", &NEXT_DAY, "28-12-2026", "28-03-2027"},
        {"25-10-2026", &NEXT_DAY, "25-07-2026", "25-10-2026"},
        {"15-03-2027", &ANY, NULL, "13-06-2027"},
        {"31-12-2999", &SIX_MONTHS, "30-09-2999", "31-12-2999"},
    };
    char text[DAY_TEXT];
    for (size_t i = 0; i < count_of(rows); i++) {
        const char *row = rows[i].ends_on;
        struct day ends_on = date(row), closes_on = date(rows[i].closes_on);
        struct renewal_window window = renewal_window(ends_on, rows[i].policy);
        struct problem why;

        row_holds(row, day_same(window.closes_on, closes_on));
        row_holds(row, renewal_window_check(ends_on, closes_on, rows[i].policy, &why) == DONE);
        row_holds(row, renewal_window_check(ends_on, ends_on, rows[i].policy, &why) == DONE);
        row_holds(row, renewal_window_check(ends_on, day_plus(closes_on, 1), rows[i].policy, &why) == REFUSED);
        row_holds(row, why.code == PROBLEM_TOO_LATE);
        row_holds(row, strcmp(why.detail, day_italian(closes_on, text)) == 0);
        if (rows[i].opens_on == NULL) {
            row_holds(row, window.opens_on.n == 0);
            row_holds(row, renewal_window_check(ends_on, date("01-01-1900"), rows[i].policy, &why) == DONE);
            continue;
        }
        struct day opens_on = date(rows[i].opens_on);
        row_holds(row, day_same(window.opens_on, opens_on));
        row_holds(row, renewal_window_check(ends_on, opens_on, rows[i].policy, &why) == DONE);
        row_holds(row, renewal_window_check(ends_on, day_plus(opens_on, -1), rows[i].policy, &why) == REFUSED);
        row_holds(row, why.code == PROBLEM_TOO_EARLY);
        row_holds(row, strcmp(why.detail, day_italian(opens_on, text)) == 0);
    }
}

#define GRACE(closes, mode, receives)                                                                                  \
    {                                                                                                                  \
        .opens_months_before = 3, .closes_after = closes, .expired_mode = mode, .receives_for = receives               \
    }
#define SPAN(months, days) ((struct span){months, days})
static const struct renewal_policy TWO_MODES = GRACE(SPAN(0, 35), EXPIRED_RECEIVE_ONLY, SPAN(0, 30));
static const struct renewal_policy TWO_MONTHS = GRACE(SPAN(2, 0), EXPIRED_RECEIVE_ONLY, SPAN(1, 0));
static const struct renewal_policy SHORTER = GRACE(SPAN(0, 15), EXPIRED_RECEIVE_ONLY, SPAN(0, 30));
static const struct renewal_policy ONLY_READS = GRACE(SPAN(0, 35), EXPIRED_READ_ONLY, SPAN(0, 30));

static void an_expired_mailbox_does_what_its_policy_leaves(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const struct renewal_policy *policy;
        const char *send, *receive, *read, *renew;
    } rows[] = {
        {"read only, six months", &SIX_MONTHS, "31-05-2027", "31-05-2027", "30-11-2027", "30-11-2027"},
        {"receive only, 90 days", &ANY, "31-05-2027", "29-08-2027", "29-08-2027", "29-08-2027"},
        {"stops the next day", &NEXT_DAY, "31-05-2027", "31-05-2027", "31-05-2027", "31-05-2027"},
        {"receives 30 of 35 days (M17)", &TWO_MODES, "31-05-2027", "30-06-2027", "05-07-2027", "05-07-2027"},
        {"receives a month of two (D2)", &TWO_MONTHS, "31-05-2027", "30-06-2027", "31-07-2027", "31-07-2027"},
        {"a grace that is shorter bounds it", &SHORTER, "31-05-2027", "15-06-2027", "15-06-2027", "15-06-2027"},
        {"of reading alone it says nothing", &ONLY_READS, "31-05-2027", "31-05-2027", "05-07-2027", "05-07-2027"},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        struct allowed allowed = term_allows(date("31-05-2027"), rows[i].policy);
        row_holds(rows[i].what, day_same(allowed.send_until, date(rows[i].send)));
        row_holds(rows[i].what, day_same(allowed.receive_until, date(rows[i].receive)));
        row_holds(rows[i].what, day_same(allowed.read_until, date(rows[i].read)));
        row_holds(rows[i].what, day_same(allowed.renew_until, date(rows[i].renew)));
    }
}

static void phases_follow_the_dates(void **state)
{
    (void)state;
    static const struct {
        const char *today;
        const struct renewal_policy *policy;
        const char *phase;
    } rows[] = {
        {"14-12-2026", &SIX_MONTHS, "active"},   {"15-12-2026", &SIX_MONTHS, "expiring"},
        {"15-03-2027", &SIX_MONTHS, "expiring"}, {"16-03-2027", &SIX_MONTHS, "expired"},
        {"15-09-2027", &SIX_MONTHS, "expired"},  {"16-09-2027", &SIX_MONTHS, "ceased"},
        {"15-03-2027", &NEXT_DAY, "expiring"},   {"16-03-2027", &NEXT_DAY, "ceased"},
        {"14-12-2026", &ANY, "active"},          {"15-12-2026", &ANY, "expiring"},
        {"13-06-2027", &ANY, "expired"},         {"14-06-2027", &ANY, "ceased"},
    };
    for (size_t i = 0; i < count_of(rows); i++)
        row_holds(rows[i].today, strcmp(phase_name(term_phase(date("15-03-2027"), date(rows[i].today), rows[i].policy)),
                                        rows[i].phase) == 0);
}

static void many_single_years_are_one_long_term(void **state)
{
    (void)state;
    static const struct renewal_policy WIDE = {ANY_TIME, {0, 90}, EXPIRED_READ_ONLY, 200, 1, 100, 15};
    for (int n = 0; n < 20000; n++) {
        struct day first = chance_day(1996, 2100), today = day_plus(first, -(int)chance_between(0, 300));
        struct term start = {first, day_split(first).day}, step = start, leap;
        int64_t years = chance_between(1, 40);

        holds(term_renew(start, years, today, &WIDE, &leap, NULL) == DONE);
        for (int64_t y = 0; y < years; y++)
            holds(term_renew(step, 1, today, &WIDE, &step, NULL) == DONE);
        holds(day_same(step.ends_on, leap.ends_on) && step.anchor == leap.anchor);

        struct ymd a = day_split(first), b = day_split(leap.ends_on);
        holds(b.year == a.year + years && b.month == a.month);
        holds(b.day == a.day || (a.day == 29 && b.day == 28 && a.month == 2));
    }
}

static void a_renewal_never_goes_backwards_nor_past_the_horizon(void **state)
{
    (void)state;
    static const struct renewal_policy *const POLICIES[] = {&SIX_MONTHS, &NEXT_DAY, &ANY, &TWO_YEARS_GRACE};
    for (int n = 0; n < 100000; n++) {
        const struct renewal_policy *policy = POLICIES[chance_between(0, 3)];
        struct day ends_on = chance_day(1996, 2100), today = day_plus(ends_on, (int)chance_between(-3000, 1000));
        int64_t years = chance_between(1, 5);
        struct term renewed;
        struct problem why = {0};

        if (term_renew((struct term){ends_on, day_split(ends_on).day}, years, today, policy, &renewed, &why) == DONE) {
            holds(day_before(ends_on, renewed.ends_on));
            holds(day_before(today, renewed.ends_on));
            holds(renewed.ends_on.n <= day_plus(today, 5 * 366 + 92).n);
        } else if (why.code == PROBLEM_STILL_EXPIRED) {
            /* The years that the message names are enough, and one less is not. */
            int needed = atoi(why.detail);
            holds(needed > years);
            holds(day_before(today, day_add_months(ends_on, needed * 12, 0)));
            holds(!day_before(today, day_add_months(ends_on, (needed - 1) * 12, 0)));
        } else {
            holds(why.code == PROBLEM_HORIZON);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_extended_from_their_old_end),
        cmocka_unit_test(windows_open_and_close_on_their_days),
        cmocka_unit_test(an_expired_mailbox_does_what_its_policy_leaves),
        cmocka_unit_test(phases_follow_the_dates),
        cmocka_unit_test(many_single_years_are_one_long_term),
        cmocka_unit_test(a_renewal_never_goes_backwards_nor_past_the_horizon),
    };
    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
