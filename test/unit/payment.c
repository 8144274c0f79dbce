/* The life of an attempt to pay, what a provider says against what was asked, and the ways to pay. */
#include "seeded.h"

#include "rules/payment.h"

static const char *const EVENT_NAMES[PAYMENT_EVENTS] = {"send", "lose",   "authorise", "capture",  "need_action",
                                                        "fail", "cancel", "expire",    "hold",     "release",
                                                        "part", "refund", "back",      "reinstate"};

static enum payment_event event_named(const char *name)
{
    for (size_t i = 0; i < PAYMENT_EVENTS; i++)
        if (strcmp(EVENT_NAMES[i], name) == 0)
            return (enum payment_event)i;
    fail_msg("no event %s", name);
    return PAYMENT_EVENTS;
}

static enum payment_state state_named(const char *name)
{
    enum payment_state state = PAYMENT_STATES;

    assert_int_equal(payment_state_of(name, &state), DONE);
    return state;
}

/* Stories as a provider's notices may tell them: an event each; "=x" is the state that must be reached, "!" before an
 * event that it must be refused. */
static void stories(void **state)
{
    static const char *const STORIES[] = {
        "send =pending capture =captured capture capture capture =captured",
        "send authorise =authorised capture =captured authorise send =captured",
        "send authorise lose =unknown authorise =authorised capture =captured lose =captured",
        "lose =unknown send =pending fail =failed",
        "lose fail =failed capture =captured !fail !expire !cancel =captured",
        "send expire =expired capture =captured",
        "send cancel =cancelled capture =captured",
        "send cancel =cancelled fail expire cancel lose send =cancelled hold =held",
        "send fail =failed need_action =needs_action send =pending capture =captured",
        "need_action =needs_action authorise =authorised need_action =authorised cancel =cancelled",
        "send expire need_action =expired authorise =authorised",
        "send hold =held capture hold =held !fail release =captured release =captured",
        "send hold =held refund =refunded capture hold =refunded",
        "send capture hold =captured", /* the order is paid by this very payment: a notice that came again */
        "send capture part =part_refunded part =part_refunded capture =part_refunded refund =refunded part =refunded",
        "send capture back =charged_back back capture =charged_back !refund !part reinstate =captured",
        "send capture refund =refunded back =charged_back",
        "!release !reinstate !refund !part !back =new",
        "send !refund !back !part =pending",
        "fail !refund !back =failed",
        "authorise !refund =authorised",
    };

    (void)state;
    for (size_t i = 0; i < count_of(STORIES); i++) {
        char story[200], *rest = story, *word;
        enum payment_state now = PAYMENT_NEW;

        strcpy(story, STORIES[i]);
        while ((word = strtok_r(rest, " ", &rest)) != NULL) {
            enum payment_state next = PAYMENT_STATES;
            struct problem why = {0};

            if (*word == '=') {
                if (strcmp(payment_state_name(now), word + 1) != 0)
                    fail_msg("\"%s\": %s instead of %s", STORIES[i], payment_state_name(now), word + 1);
            } else if (*word == '!') {
                if (payment_transition(now, event_named(word + 1), &next, &why) != REFUSED)
                    fail_msg("\"%s\": %s is not refused", STORIES[i], word);
                assert_int_equal(next, PAYMENT_STATES);
                assert_int_equal(why.code, PROBLEM_PAYMENT_STATE);
                assert_string_equal(why.detail, payment_state_label(now));
            } else {
                if (payment_transition(now, event_named(word), &next, &why) != DONE)
                    fail_msg("\"%s\": %s is refused in %s", STORIES[i], word, payment_state_name(now));
                now = next;
            }
        }
    }
}

static bool no_money(enum payment_state s)
{
    return s == PAYMENT_FAILED || s == PAYMENT_CANCELLED || s == PAYMENT_EXPIRED;
}

/* What must hold of the table as a whole. */
static void the_table(void **state)
{
    (void)state;
    for (enum payment_state from = 0; from < PAYMENT_STATES; from++) {
        enum payment_state to, again;

        for (enum payment_event e = 0; e < PAYMENT_EVENTS; e++) {
            if (payment_transition(from, e, &to, NULL) != DONE)
                continue;
            if (payment_transition(to, e, &again, NULL) != DONE || again != to)
                fail_msg("%s twice in %s does not rest in %s", EVENT_NAMES[e], payment_state_name(from),
                         payment_state_name(to));
            assert_int_not_equal(to == PAYMENT_NEW && from != PAYMENT_NEW, 1);
            if (payment_has_money(from))
                assert_false(payment_is_open(to) || no_money(to));
        }
        assert_int_equal(payment_transition(from, PAYMENT_EVENT_CAPTURE, &to, NULL), DONE); /* money is never refused */
        if (payment_is_open(from) || no_money(from))
            assert_int_equal(to, PAYMENT_CAPTURED);
        else
            assert_int_equal(to, from);
        assert_int_equal(payment_is_open(from) + payment_has_money(from) + no_money(from),
                         from != PAYMENT_REFUNDED && from != PAYMENT_CHARGED_BACK);
    }
}

static void a_report_of_a_state_leads_there(void **state)
{
    (void)state;
    for (enum payment_state s = PAYMENT_UNKNOWN; s <= PAYMENT_HELD; s++) {
        enum payment_state to = PAYMENT_STATES;

        assert_int_equal(payment_transition(PAYMENT_NEW, payment_event_to(s), &to, NULL), DONE);
        assert_int_equal(to, s);
    }
    for (enum payment_state s = PAYMENT_PART_REFUNDED; s < PAYMENT_STATES; s++) {
        enum payment_state to = PAYMENT_STATES;

        assert_int_equal(payment_transition(PAYMENT_CAPTURED, payment_event_to(s), &to, NULL), DONE);
        assert_int_equal(to, s);
    }
    assert_int_equal(payment_event_to(PAYMENT_NEW), PAYMENT_EVENT_SEND);
    assert_int_equal(payment_event_to(PAYMENT_PENDING), PAYMENT_EVENT_SEND);
}

static void compares(void **state)
{
    static const struct {
        const char *what;
        int64_t cents;
        const char *currency, *key;
        enum held_reason reason;
    } ROWS[] = {
        {"as asked", 3050, "EUR", "RLM95055-1", HELD_NOT},
        {"currency in small letters", 3050, "eur", "RLM95055-1", HELD_NOT},
        {"the provider does not say our key", 3050, "EUR", "", HELD_NOT},
        {"nor know it", 3050, "EUR", NULL, HELD_NOT},
        {"a cent short", 3049, "EUR", "RLM95055-1", HELD_AMOUNT_SHORT},
        {"a cent over", 3051, "EUR", "RLM95055-1", HELD_AMOUNT_OVER},
        {"T7: posted price altered", 1, "EUR", "RLM95055-1", HELD_AMOUNT_SHORT},
        {"nothing", 0, "EUR", "RLM95055-1", HELD_AMOUNT_SHORT},
        {"less than nothing", -3050, "EUR", "RLM95055-1", HELD_AMOUNT_SHORT},
        {"dollars", 3050, "USD", "RLM95055-1", HELD_CURRENCY},
        {"no currency", 3050, NULL, "RLM95055-1", HELD_CURRENCY},
        {"empty currency", 3050, "", "RLM95055-1", HELD_CURRENCY},
        {"longer currency", 3050, "EURO", "RLM95055-1", HELD_CURRENCY},
        {"another attempt", 3050, "EUR", "RLM95055-2", HELD_OTHER_PAYMENT},
        {"ours begins like it", 3050, "EUR", "RLM95055-11", HELD_OTHER_PAYMENT},
        {"all wrong", 1, "USD", "LM95055-1", HELD_OTHER_PAYMENT},
    };
    const struct payment_facts asked = {money(3050), "EUR", "RLM95055-1"};

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct payment_facts said = {money(ROWS[i].cents), ROWS[i].currency, ROWS[i].key};

        if (payment_compare(&asked, &said) != ROWS[i].reason)
            fail_msg("%s: %s", ROWS[i].what, held_reason_name(payment_compare(&asked, &said)));
    }
}

static void names_go_both_ways(void **state)
{
    enum payment_state s = PAYMENT_STATES;
    enum payment_method m = PAYMENT_METHODS;

    (void)state;
    for (enum payment_state i = 0; i < PAYMENT_STATES; i++) {
        assert_int_equal(payment_state_of(payment_state_name(i), &s), DONE);
        assert_int_equal(s, i);
        assert_true(strlen(payment_state_label(i)) > 0);
    }
    for (enum payment_method i = 0; i < PAYMENT_METHODS; i++) {
        assert_int_equal(payment_method_of(payment_method_name(i), &m), DONE);
        assert_int_equal(m, i);
        assert_true(strlen(payment_method_label(i)) > 0);
        assert_true(strlen(payment_method_delay(i)) > 0);
        assert_false(payment_method_is_online(i) && payment_method_shows_reference(i));
        assert_int_equal(payment_method_is_at_once(i), !payment_method_shows_reference(i));
    }
    assert_int_equal(payment_state_of("paid", &s), REFUSED);
    assert_int_equal(payment_state_of("", &s), REFUSED);
    assert_int_equal(payment_method_of("cash", &m), REFUSED);
    assert_int_equal(payment_method_of("Card", &m), REFUSED);
    assert_string_equal(payment_method_name(METHOD_BANK_TRANSFER), "bank_transfer");
    assert_string_equal(payment_state_name(PAYMENT_NEEDS_ACTION), "needs_action");
    assert_true(payment_method_is_online(METHOD_STRIPE) && !payment_method_is_online(METHOD_WALLET));
    assert_int_equal(state_named("held"), PAYMENT_HELD);
}

static void refusals_have_words(void **state)
{
    static const struct {
        const char *code, *words; /* a piece of them */
    } ROWS[] = {
        {"insufficient_funds", "insufficienti"},
        {"INSUFFICIENT_FUNDS", "insufficienti"},
        {"expired_card", "scaduta"},
        {"1120", "numero"},
        {"998", "numero"},
        {"incorrect_cvc", "sicurezza"},
        {"8006", "identità"},
        {"8038", "identità"},
        {"8039", "rifiutato"},
        {"1140", "interrotto"},
        {"1143", "interrotto"},
        {"1457", "tempo scaduto"},
        {"1165", "non è più valido"},
        {"57", "rifiutato"},
        {"INSTRUMENT_DECLINED", "rifiutato"},
        {"never heard of", "rifiutato"},
        {"11400", "rifiutato"},
        {"99999999999999999999", "rifiutato"},
        {"1140x", "rifiutato"},
    };

    (void)state;
    assert_null(payment_refusal_words(""));
    for (size_t i = 0; i < count_of(ROWS); i++)
        if (!strstr(payment_refusal_words(ROWS[i].code), ROWS[i].words))
            fail_msg("%s: %s", ROWS[i].code, payment_refusal_words(ROWS[i].code));
}

static void keys(void **state)
{
    char text[PAYMENT_KEY_TEXT];

    (void)state;
    assert_string_equal(payment_key_make("RLM95055", 1, text), "RLM95055-1");
    assert_string_equal(payment_key_make("202600009505571", 12, text), "202600009505571-12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories),
        cmocka_unit_test(the_table),
        cmocka_unit_test(a_report_of_a_state_leads_there),
        cmocka_unit_test(compares),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(refusals_have_words),
        cmocka_unit_test(keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
