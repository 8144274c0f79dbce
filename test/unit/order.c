/* The life of an order, and what money settles it (DOMAIN §3.3, §3.4). */
#include "seeded.h"

#include "rules/order.h"
#include "rules/price.h"

static void an_order_goes_only_where_the_table_lets_it(void **state)
{
    (void)state;
    /* A row a state, a column an event; "-" is refused. */
    static const char *const TABLE[ORDER_STATES][9] = {
        /*                   pay  pay late  invoice     process     fulfil      credit     cancel      lapse    refund
         */
        [ORDER_CONFIRMED] = {"paid", "-", "-", "-", "-", "-", "cancelled", "lapsed", "-"},
        [ORDER_PAID] = {"-", "-", "invoiced", "-", "-", "fulfilled", "-", "-", "-"},
        [ORDER_INVOICED] = {"-", "-", "-", "in_process", "fulfilled", "-", "-", "-", "-"},
        [ORDER_IN_PROCESS] = {"-", "-", "-", "-", "fulfilled", "-", "-", "-", "refunded"},
        [ORDER_FULFILLED] = {"-", "-", "-", "-", "-", "-", "-", "-", "refunded"},
        [ORDER_CANCELLED] = {"-", "-", "-", "-", "-", "-", "-", "-", "-"},
        [ORDER_LAPSED] = {"-", "paid", "-", "-", "-", "-", "-", "-", "-"},
        [ORDER_REFUNDED] = {"-", "-", "-", "-", "-", "-", "-", "-", "-"},
    };
    static const enum order_event EVENTS[] = {ORDER_EVENT_PAY,     ORDER_EVENT_PAY_LATE, ORDER_EVENT_INVOICE,
                                              ORDER_EVENT_PROCESS, ORDER_EVENT_FULFIL,   ORDER_EVENT_CREDIT,
                                              ORDER_EVENT_CANCEL,  ORDER_EVENT_LAPSE,    ORDER_EVENT_REFUND};

    for (enum order_state from = 0; from < ORDER_STATES; from++) {
        for (size_t e = 0; e < count_of(EVENTS); e++) {
            enum order_state next = ORDER_STATES;
            struct problem why = {0};
            enum outcome o = order_transition(from, EVENTS[e], &next, &why);
            if (TABLE[from][e][0] == '-') {
                assert_int_equal(o, REFUSED);
                assert_int_equal(next, ORDER_STATES);
                assert_int_equal(why.code, PROBLEM_ORDER_STATE);
                assert_string_equal(why.detail, order_state_label(from));
            } else {
                assert_int_equal(o, DONE);
                assert_string_equal(order_state_name(next), TABLE[from][e]);
            }
        }
        assert_int_equal(order_is_open(from), from == ORDER_CONFIRMED);
    }
}

static void names_go_both_ways(void **state)
{
    (void)state;
    enum order_state order = ORDER_STATES;
    enum held_reason reason = HELD_REASONS;
    for (enum order_state s = 0; s < ORDER_STATES; s++) {
        assert_int_equal(order_state_of(order_state_name(s), &order), DONE);
        assert_int_equal(order, s);
        assert_true(strlen(order_state_label(s)) > 0);
    }
    for (enum held_reason r = 0; r < HELD_REASONS; r++) {
        assert_int_equal(held_reason_of(held_reason_name(r), &reason), DONE);
        assert_int_equal(reason, r);
        assert_true(strlen(held_reason_label(r)) > 0);
    }
    assert_int_equal(order_state_of("Paid", &order), REFUSED);
    assert_int_equal(order_state_of("", &order), REFUSED);
    assert_int_equal(held_reason_of("none", &reason), REFUSED);
    assert_string_equal(held_reason_name(HELD_BAD_CHECK_DIGITS), "bad_check_digits");
    assert_string_equal(order_state_label(ORDER_CONFIRMED), "in attesa di pagamento");
}

static void money_settles_an_order_that_waits_for_just_that_much(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum order_state order;
        int64_t due, amount;
        enum held_reason held;
    } rows[] = {
        {"to the cent", ORDER_CONFIRMED, 1098, 1098, HELD_NOT},
        {"a cent short", ORDER_CONFIRMED, 1098, 1097, HELD_AMOUNT_SHORT},
        {"a cent over", ORDER_CONFIRMED, 1098, 1099, HELD_AMOUNT_OVER},
        {"paid a second time", ORDER_PAID, 1098, 1098, HELD_REUSED},
        {"R36: last year's code", ORDER_FULFILLED, 1098, 1098, HELD_REUSED},
        {"a second time, and wrong", ORDER_INVOICED, 1098, 1, HELD_REUSED},
        {"too late: cancelled", ORDER_CANCELLED, 1098, 1098, HELD_CANCELLED},
        {"too late: lapsed", ORDER_LAPSED, 1098, 1098, HELD_CANCELLED},
    };
    for (size_t i = 0; i < count_of(rows); i++)
        row_holds(rows[i].what,
                  order_settlement(rows[i].order, money(rows[i].due), money(rows[i].amount)) == rows[i].held);
}

/* T30: the rate is that of the day on which the money is booked, so the same transfer settles on one day and not on the
 * next. */
static void a_transfer_across_a_change_of_rate(void **state)
{
    (void)state;
    struct total before, after;
    assert_int_equal(price_total(money(900), vat_rate_bp(date("30-09-2013")), &before, NULL), DONE);
    assert_int_equal(price_total(money(900), vat_rate_bp(date("01-10-2013")), &after, NULL), DONE);
    assert_int_equal(order_settlement(ORDER_CONFIRMED, before.gross, money(1089)), HELD_NOT);
    assert_int_equal(order_settlement(ORDER_CONFIRMED, after.gross, money(1089)), HELD_AMOUNT_SHORT);
    assert_int_equal(after.gross.cents - 1089, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_goes_only_where_the_table_lets_it),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(money_settles_an_order_that_waits_for_just_that_much),
        cmocka_unit_test(a_transfer_across_a_change_of_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
