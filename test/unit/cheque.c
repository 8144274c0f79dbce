/* Cheques: their life, when they clear, and what stands on them. */
#include "seeded.h"

#include "rules/cheque.h"

static const struct patron ROME = {6, 29};

static struct day on(const char *iso)
{
    struct day d = {0};

    assert_int_equal(day_parse(iso, strlen(iso), &d), DONE);
    return d;
}

static void goes_where_the_table_lets_it(void **state)
{
    /* A row a state, a column an event; "-" is refused. */
    static const char *const TABLE[CHEQUE_STATES][CHEQUE_EVENTS] = {
        [CHEQUE_RECEIVED] = {"deposited", "-", "bounced"},
        [CHEQUE_DEPOSITED] = {"deposited", "cleared", "bounced"},
        [CHEQUE_CLEARED] = {"cleared", "cleared", "bounced"},
        [CHEQUE_BOUNCED] = {"-", "-", "bounced"},
    };

    (void)state;
    for (enum cheque_state from = 0; from < CHEQUE_STATES; from++) {
        for (enum cheque_event e = 0; e < CHEQUE_EVENTS; e++) {
            enum cheque_state to = CHEQUE_STATES;
            struct problem why = {0};

            if (TABLE[from][e][0] == '-') {
                assert_int_equal(cheque_transition(from, e, &to, &why), REFUSED);
                assert_int_equal(to, CHEQUE_STATES);
                assert_int_equal(why.code, PROBLEM_CHEQUE_STATE);
                assert_string_equal(why.detail, cheque_state_label(from));
            } else {
                assert_int_equal(cheque_transition(from, e, &to, &why), DONE);
                assert_string_equal(cheque_state_name(to), TABLE[from][e]);
            }
        }
    }
}

static void clears(void **state)
{
    static const struct {
        enum cheque_kind kind;
        const char *deposited, *clears;
    } ROWS[] = {
        {CHEQUE_BANK, "2026-11-23", "2026-11-27"}, {CHEQUE_BANK, "2026-11-27", "2026-12-03"}, /* over a weekend */
        {CHEQUE_BANK, "2026-12-02", "2026-12-09"},                                            /* over the 8th */
        {CHEQUE_BANK, "2026-12-23", "2026-12-30"}, {CHEQUE_CASHIER, "2026-12-02", "2026-12-02"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct day deposited = on(ROWS[i].deposited), from = on(ROWS[i].clears);
        struct problem why = {0};
        char text[DAY_TEXT];

        row_holds(ROWS[i].deposited, day_same(cheque_clears_on(ROWS[i].kind, deposited, ROME), from));
        assert_int_equal(cheque_may_clear(ROWS[i].kind, deposited, ROME, from, &why), DONE);
        assert_int_equal(cheque_may_clear(ROWS[i].kind, deposited, ROME, day_plus(from, 30), &why), DONE);
        assert_int_equal(cheque_may_clear(ROWS[i].kind, deposited, ROME, day_plus(from, -1), &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_CHEQUE_CLEARING);
        assert_string_equal(why.detail, day_italian(from, text));
    }
}

/* T34: received on 1-12, deposited the day after, bounced on 9-12, when it might first have cleared. */
static void bounces_in_time(void **state)
{
    enum cheque_state cheque = CHEQUE_RECEIVED;
    struct day deposited = on("2026-12-02");

    (void)state;
    assert_int_equal(cheque_transition(cheque, CHEQUE_EVENT_CLEAR, &cheque, NULL), REFUSED);
    assert_int_equal(cheque_transition(cheque, CHEQUE_EVENT_DEPOSIT, &cheque, NULL), DONE);
    for (struct day d = deposited; day_before(d, on("2026-12-09")); d = day_plus(d, 1))
        assert_int_equal(cheque_may_clear(CHEQUE_BANK, deposited, ROME, d, NULL), REFUSED);
    assert_int_equal(cheque_transition(cheque, CHEQUE_EVENT_BOUNCE, &cheque, NULL), DONE);
    assert_int_equal(cheque_transition(cheque, CHEQUE_EVENT_CLEAR, &cheque, NULL), REFUSED);
    assert_int_equal(cheque, CHEQUE_BOUNCED);
}

static struct cheque_facts good(void)
{
    return (struct cheque_facts){.kind = CHEQUE_BANK,
                                 .number = "0123456789",
                                 .abi = "03268",
                                 .cab = "03203",
                                 .drawer = "Mario Rossi",
                                 .payee = "VISURA SPA",
                                 .amount = {1098},
                                 .dated_on = on("2026-12-01"),
                                 .non_transferable = true,
                                 .is_signed = true};
}

static void is_faulty(struct cheque_facts facts, enum problem_code code, const char *field)
{
    struct problems faults = {0};

    assert_int_equal(cheque_check(&facts, "Visura S.p.A.", &faults), REFUSED);
    row_holds(field, faults.count == 1);
    row_holds(field, faults.item[0].code == code);
    assert_string_equal(faults.item[0].field, field);
}

static void faults(void **state)
{
    static const char *const OURS[] = {"Visura S.p.A.", "visura spa", "VISURA  S P A", " Visura, S.p.A "};
    static const char *const NOT_OURS[] = {"", "...", "Visura", "Visura SpAA", "Mario Rossi", "Visur\u00E0 SpA", NULL};
    static const char *const NUMBERS[] = {"123456789", "01234567890", "012345678X", "0123 56789"};
    struct problems none = {0}, all = {0};
    struct cheque_facts facts = good(), empty = {0};

    (void)state;
    for (size_t i = 0; i < count_of(OURS); i++) {
        facts.payee = OURS[i];
        row_holds(OURS[i], cheque_check(&facts, "Visura S.p.A.", &none) == DONE);
    }
    assert_int_equal(none.count, 0);
    for (size_t i = 0; i < count_of(NOT_OURS); i++) {
        facts.payee = NOT_OURS[i];
        is_faulty(facts, PROBLEM_CHEQUE_PAYEE, "payee");
    }
    facts = good();
    for (size_t i = 0; i < count_of(NUMBERS); i++) {
        facts.number = NUMBERS[i];
        is_faulty(facts, PROBLEM_CHEQUE_NUMBER, "number");
    }
    facts.number = "";
    is_faulty(facts, PROBLEM_REQUIRED, "number");
    facts = good();
    facts.abi = "3268";
    is_faulty(facts, PROBLEM_CHEQUE_BANK, "abi");
    facts = good();
    facts.cab = "032031";
    is_faulty(facts, PROBLEM_CHEQUE_BANK, "cab");
    facts = good();
    facts.drawer = " ";
    is_faulty(facts, PROBLEM_REQUIRED, "drawer");
    facts = good();
    facts.amount.cents = 0;
    is_faulty(facts, PROBLEM_MONEY_FORMAT, "amount");
    facts = good();
    facts.non_transferable = false;
    is_faulty(facts, PROBLEM_CHEQUE_TRANSFERABLE, "non_transferable");
    facts = good();
    facts.is_signed = false;
    is_faulty(facts, PROBLEM_CHEQUE_UNSIGNED, "is_signed");
    assert_int_equal(cheque_check(&empty, "Visura S.p.A.", &all), REFUSED);
    assert_int_equal(all.count, 8);
}

static void warnings(void **state)
{
    static const struct {
        enum cheque_kind kind;
        const char *dated;
        int64_t cents;
        unsigned warnings;
    } ROWS[] = {
        {CHEQUE_BANK, "2026-12-17", 1098, 0},
        {CHEQUE_BANK, "2026-12-09", 1098, 0},
        {CHEQUE_BANK, "2026-12-08", 1098, 1u << CHEQUE_LATE_IN_TOWN},
        {CHEQUE_BANK, "2026-12-02", 1098, 1u << CHEQUE_LATE_IN_TOWN},
        {CHEQUE_BANK, "2026-12-01", 1098, 1u << CHEQUE_LATE},
        {CHEQUE_CASHIER, "2026-11-17", 1098, 0},
        {CHEQUE_CASHIER, "2026-11-16", 1098, 1u << CHEQUE_LATE},
        {CHEQUE_BANK, "2026-12-18", 1098, 1u << CHEQUE_POSTDATED},
        {CHEQUE_BANK, "2026-12-17", 1089, 1u << CHEQUE_OTHER_AMOUNT},
        {CHEQUE_BANK, "2026-12-18", 1099, 1u << CHEQUE_POSTDATED | 1u << CHEQUE_OTHER_AMOUNT},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct cheque_facts facts = good();

        facts.kind = ROWS[i].kind;
        facts.dated_on = on(ROWS[i].dated);
        facts.amount = money(ROWS[i].cents);
        row_holds(ROWS[i].dated, cheque_warnings(&facts, money(1098), on("2026-12-17")) == ROWS[i].warnings);
    }
}

static void names_go_both_ways(void **state)
{
    enum cheque_kind kind = CHEQUE_KINDS;
    enum cheque_state s = CHEQUE_STATES;

    (void)state;
    for (enum cheque_kind i = 0; i < CHEQUE_KINDS; i++) {
        assert_int_equal(cheque_kind_of(cheque_kind_name(i), &kind), DONE);
        assert_int_equal(kind, i);
        assert_true(strlen(cheque_kind_label(i)) > 0);
    }
    for (enum cheque_state i = 0; i < CHEQUE_STATES; i++) {
        assert_int_equal(cheque_state_of(cheque_state_name(i), &s), DONE);
        assert_int_equal(s, i);
        assert_true(strlen(cheque_state_label(i)) > 0);
    }
    for (enum cheque_warning i = 0; i < CHEQUE_WARNINGS; i++)
        assert_true(strlen(cheque_warning_label(i)) > 0);
    assert_int_equal(cheque_kind_of("circolare", &kind), REFUSED);
    assert_int_equal(cheque_state_of("", &s), REFUSED);
    assert_string_equal(cheque_kind_name(CHEQUE_CASHIER), "cashier");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_where_the_table_lets_it),
        cmocka_unit_test(clears),
        cmocka_unit_test(bounces_in_time),
        cmocka_unit_test(faults),
        cmocka_unit_test(warnings),
        cmocka_unit_test(names_go_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
