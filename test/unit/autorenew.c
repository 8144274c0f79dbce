/* Automatic renewal: the table of DOMAIN §3.6, its days (T44), amounts (A10) and what refusals mean. */
#include "seeded.h"

#include "rules/autorenew.h"

static const struct autorenew_policy USUAL = {.charge_days_before = 7,
                                              .retry_days = {5, 3, 1, 0},
                                              .retry_count = 4,
                                              .warn_months_before = 3,
                                              .warn_days_before = 30};

static void a_mandate_goes_only_where_the_table_lets_it(void **state)
{
    (void)state;
    /* A row a state, a column an event; "-" is refused. */
    static const char *const TABLE[MANDATE_STATES][MANDATE_EVENTS] = {
        /* on, warn, charge, renew, refuse, give up, lose method, off, close order, end */
        [MANDATE_OFF] = {"on", "-", "-", "-", "-", "-", "-", "-", "-", "off"},
        [MANDATE_ON] = {"-", "notified", "-", "on", "-", "failed_open", "method_missing", "off_by_user", "-", "off"},
        [MANDATE_NOTIFIED] = {"-", "notified", "charging", "on", "-", "failed_open", "method_missing", "off_by_user",
                              "-", "off"},
        [MANDATE_CHARGING] = {"-", "-", "-", "on", "retrying", "failed_open", "method_missing", "-", "off", "off"},
        [MANDATE_RETRYING] = {"-", "-", "charging", "on", "-", "failed_open", "method_missing", "-", "off", "off"},
        [MANDATE_FAILED_OPEN] = {"-", "-", "-", "on", "-", "-", "method_missing", "-", "off", "off"},
        [MANDATE_METHOD_MISSING] = {"on", "-", "-", "method_missing", "-", "-", "method_missing", "off_by_user",
                                    "method_missing", "off"},
        [MANDATE_OFF_BY_USER] = {"-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
    };

    for (enum mandate_state from = 0; from < MANDATE_STATES; from++)
        for (enum mandate_event event = 0; event < MANDATE_EVENTS; event++) {
            enum mandate_state to = MANDATE_STATES;
            struct problem why = {0};
            enum outcome o = mandate_transition(from, event, &to, &why);

            if (TABLE[from][event][0] == '-') {
                assert_int_equal(o, REFUSED);
                assert_int_equal(to, MANDATE_STATES);
                assert_int_equal(why.code, PROBLEM_MANDATE_STATE);
                assert_string_equal(why.detail, mandate_state_label(from));
            } else {
                assert_int_equal(o, DONE);
                assert_string_equal(mandate_state_name(to), TABLE[from][event]);
            }
        }
}

static void alive_is_what_blocks_a_renewal_by_hand(void **state)
{
    static const struct {
        bool alive, standing;
    } is[MANDATE_STATES] = {[MANDATE_OFF] = {0, 0},
                            [MANDATE_ON] = {1, 1},
                            [MANDATE_NOTIFIED] = {1, 1},
                            [MANDATE_CHARGING] = {1, 1},
                            [MANDATE_RETRYING] = {1, 1},
                            [MANDATE_FAILED_OPEN] = {1, 1},
                            [MANDATE_METHOD_MISSING] = {0, 1},
                            [MANDATE_OFF_BY_USER] = {0, 0}};
    enum mandate_state found;

    (void)state;
    for (enum mandate_state s = 0; s < MANDATE_STATES; s++) {
        assert_int_equal(mandate_is_alive(s), is[s].alive);
        assert_int_equal(mandate_is_standing(s), is[s].standing);
        assert_int_equal(mandate_state_of(mandate_state_name(s), &found), DONE);
        assert_int_equal(found, s);
    }
    assert_int_equal(mandate_state_of("perhaps", &found), REFUSED);
}

static void assert_day(struct day is, const char *should)
{
    char text[DAY_TEXT];

    assert_string_equal(is.n ? day_iso(is, text) : "", should);
}

/* T44. */
static void the_days_of_a_term(void **state)
{
    struct day ends = day_of(2027, 3, 15), next;
    struct autorenew_days days = autorenew_days(ends, &USUAL);
    static const char *const TRIES[] = {"2027-03-10", "2027-03-12", "2027-03-14", "2027-03-15"};
    struct day at = days.charge;

    (void)state;
    assert_day(days.first, "2026-12-15");
    assert_day(days.second, "2027-02-13");
    assert_day(days.charge, "2027-03-08");
    for (size_t i = 0; i < count_of(TRIES); i++) {
        assert_true(autorenew_next_try(ends, at, &USUAL, &next));
        assert_day(next, TRIES[i]);
        at = next;
    }
    assert_false(autorenew_next_try(ends, at, &USUAL, &next));
    assert_true(autorenew_next_try(ends, day_of(2027, 3, 11), &USUAL, &next)); /* after a standstill */
    assert_day(next, "2027-03-12");
}

/* The latest due, and the day of the one that follows. */
static void warnings(void **state)
{
    static const struct {
        struct ymd on;
        enum autorenew_warning is;
        const char *next;
    } row[] = {
        {{2026, 12, 14}, WARNING_NONE, "2026-12-15"}, {{2026, 12, 15}, WARNING_FIRST, "2027-02-13"},
        {{2027, 2, 12}, WARNING_FIRST, "2027-02-13"}, {{2027, 2, 13}, WARNING_SECOND, ""},
        {{2027, 3, 15}, WARNING_SECOND, ""},
    };

    (void)state;
    for (size_t i = 0; i < count_of(row); i++) {
        struct day next;

        assert_int_equal(autorenew_warning_on(day_of(2027, 3, 15),
                                              day_of(row[i].on.year, row[i].on.month, row[i].on.day), &USUAL, &next),
                         row[i].is);
        assert_day(next, row[i].next);
    }
    assert_day(autorenew_days(day_of(2027, 5, 31), &USUAL).first, "2027-02-28"); /* D2 */
}

/* A10. */
static void what_was_not_announced_is_not_charged(void **state)
{
    static const struct {
        bool consumer, noticed;
        int64_t agreed, announced, now;
        bool may;
    } row[] = {
        {true, true, 3050, 3050, 3050, true},   {true, false, 3050, 3050, 3050, true},
        {true, false, 3050, 0, 3050, true},     {true, true, 3050, 3660, 3660, true},
        {true, false, 3050, 3660, 3660, false}, {false, false, 3050, 3660, 3660, true},
        {true, true, 3050, 3050, 3660, false},  {false, true, 3050, 3050, 3660, false},
        {true, false, 3660, 3660, 3050, true},  {false, false, 0, 3660, 3660, true},
        {true, true, 3050, 3660, 3661, false},
    };

    (void)state;
    for (size_t i = 0; i < count_of(row); i++)
        assert_int_equal(autorenew_may_charge(&(struct autorenew_amounts){.consumer = row[i].consumer,
                                                                          .agreed = money(row[i].agreed),
                                                                          .announced = money(row[i].announced),
                                                                          .now = money(row[i].now),
                                                                          .noticed = row[i].noticed}),
                         row[i].may);
}

static void refusals(void **state)
{
    static const struct {
        const char *code;
        enum autorenew_refusal is;
    } row[] = {
        {"", REFUSAL_SOFT},
        {"insufficient_funds", REFUSAL_SOFT},
        {"authentication_required", REFUSAL_SOFT},
        {"74", REFUSAL_SOFT},
        {"8006", REFUSAL_SOFT},
        {"99999999999", REFUSAL_SOFT},
        {"stolen_card", REFUSAL_HARD},
        {"998", REFUSAL_HARD},
        {"PAYER_ACCOUNT_RESTRICTED", REFUSAL_HARD},
        {"expired_card", REFUSAL_METHOD},
        {"1165", REFUSAL_METHOD},
        {"TOKEN_ID_NOT_FOUND", REFUSAL_METHOD},
    };

    (void)state;
    for (size_t i = 0; i < count_of(row); i++)
        assert_int_equal(autorenew_refusal(row[i].code), row[i].is);
}

static void a_card_is_good_to_the_end_of_its_month(void **state)
{
    (void)state;
    assert_false(autorenew_card_is_over(3, 2027, day_of(2027, 3, 31)));
    assert_true(autorenew_card_is_over(3, 2027, day_of(2027, 4, 1)));
    assert_true(autorenew_card_is_over(12, 2026, day_of(2027, 1, 1)));
    assert_false(autorenew_card_is_over(0, 0, day_of(2027, 1, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mandate_goes_only_where_the_table_lets_it),
        cmocka_unit_test(alive_is_what_blocks_a_renewal_by_hand),
        cmocka_unit_test(the_days_of_a_term),
        cmocka_unit_test(warnings),
        cmocka_unit_test(what_was_not_announced_is_not_charged),
        cmocka_unit_test(refusals),
        cmocka_unit_test(a_card_is_good_to_the_end_of_its_month),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
