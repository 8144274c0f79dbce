/* Proofs of payment: what the desk may accept, what becomes of it, and when a missing credit is an alert. */
#include "seeded.h"

#include "rules/proof.h"

static const struct patron ROME = {6, 29};

static void goes_where_the_table_lets_it(void **state)
{
    /* A row a state, a column an event; "-" is refused. */
    static const char *const TABLE[PROOF_STATES][PROOF_EVENTS] = {
        /*                  accept      reject      credit      alert */
        [PROOF_RECEIVED] = {"accepted", "rejected", "credited", "-"},
        [PROOF_ACCEPTED] = {"accepted", "-", "credited", "never_credited"},
        [PROOF_REJECTED] = {"accepted", "rejected", "-", "-"},
        [PROOF_CREDITED] = {"credited", "-", "credited", "credited"},
        [PROOF_NEVER_CREDITED] = {"never_credited", "-", "credited", "never_credited"},
    };

    (void)state;
    for (enum proof_state from = 0; from < PROOF_STATES; from++) {
        for (enum proof_event e = 0; e < PROOF_EVENTS; e++) {
            enum proof_state to = PROOF_STATES;
            struct problem why = {0};

            if (TABLE[from][e][0] == '-') {
                assert_int_equal(proof_transition(from, e, &to, &why), REFUSED);
                assert_int_equal(to, PROOF_STATES);
                assert_int_equal(why.code, PROBLEM_PROOF_STATE);
                assert_string_equal(why.detail, proof_state_label(from));
            } else {
                assert_int_equal(proof_transition(from, e, &to, &why), DONE);
                assert_string_equal(proof_state_name(to), TABLE[from][e]);
            }
        }
    }
}

static void kinds(void **state)
{
    struct problem why = {0};

    (void)state;
    assert_int_equal(proof_kind_valid(PROOF_EXECUTED_TRANSFER, PROOF_KINDS_EXECUTED, &why), DONE);
    assert_int_equal(proof_kind_valid(PROOF_POSTAL_RECEIPT, PROOF_KINDS_EXECUTED, &why), DONE);
    assert_int_equal(proof_kind_valid(PROOF_OTHER, 1u << PROOF_OTHER, &why), DONE);
    assert_int_equal(why.code, PROBLEM_NONE);
    assert_int_equal(proof_kind_valid(PROOF_POSTAL_RECEIPT, 1u << PROOF_EXECUTED_TRANSFER, NULL), REFUSED);
    assert_int_equal(proof_kind_valid(PROOF_OTHER, PROOF_KINDS_EXECUTED, &why), REFUSED); /* T33: a screenshot */
    assert_int_equal(why.code, PROBLEM_PROOF_KIND);
    assert_string_equal(why.field, "kind");
}

static void alerts(void **state)
{
    static const struct {
        const char *accepted, *alert;
    } ROWS[] = {
        {"2026-11-23", "2026-12-07"},
        {"2026-11-24", "2026-12-09"}, /* over the 8th */
        {"2026-12-23", "2027-01-11"}, /* over Christmas, New Year and Epiphany */
        {"2027-03-25", "2027-04-09"}, /* over Easter Monday */
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct day accepted;
        char text[DAY_TEXT];

        assert_int_equal(day_parse(ROWS[i].accepted, 10, &accepted), DONE);
        assert_string_equal(day_iso(proof_alert_on(accepted, ROME), text), ROWS[i].alert);
    }
}

static void names_go_both_ways(void **state)
{
    enum proof_kind kind = PROOF_KINDS;
    enum proof_reason reason = PROOF_REASONS;
    enum proof_state s = PROOF_STATES;

    (void)state;
    for (enum proof_kind i = 0; i < PROOF_KINDS; i++) {
        assert_int_equal(proof_kind_of(proof_kind_name(i), &kind), DONE);
        assert_int_equal(kind, i);
        assert_true(strlen(proof_kind_label(i)) > 0);
    }
    for (enum proof_reason i = 0; i < PROOF_REASONS; i++) {
        assert_int_equal(proof_reason_of(proof_reason_name(i), &reason), DONE);
        assert_int_equal(reason, i);
        assert_true(strlen(proof_reason_label(i)) > 0);
        assert_true(strlen(proof_reason_advice(i)) > 0);
    }
    for (enum proof_state i = 0; i < PROOF_STATES; i++) {
        assert_int_equal(proof_state_of(proof_state_name(i), &s), DONE);
        assert_int_equal(s, i);
        assert_true(strlen(proof_state_label(i)) > 0);
    }
    assert_int_equal(proof_kind_of("screenshot", &kind), REFUSED);
    assert_int_equal(proof_reason_of("", &reason), REFUSED);
    assert_int_equal(proof_state_of("held", &s), REFUSED);
    assert_non_null(strstr(proof_reason_label(PROOF_NOT_EXECUTED), "documentazione non valida")); /* T33 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_where_the_table_lets_it),
        cmocka_unit_test(kinds),
        cmocka_unit_test(alerts),
        cmocka_unit_test(names_go_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
