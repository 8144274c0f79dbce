/* Order codes: made, and found again in what payers type and banks cut, never one taken for another. */
#include "found.h"

#define RLM "RLM95055"
#define LM  "LM95055"

static void makes_order_codes(void **state)
{
    static const struct order_code_policy POLICY = {{[ORDER_CODE_PURCHASE] = "LM", [ORDER_CODE_RENEWAL] = "RLM"}};
    static const struct {
        enum order_code_kind kind;
        int64_t number;
        const char *code;
    } ROWS[] = {
        {ORDER_CODE_RENEWAL, 95055, "RLM95055"},
        {ORDER_CODE_PURCHASE, 95055, "LM95055"},
        {ORDER_CODE_RENEWAL, 42, "RLM00042"},
        {ORDER_CODE_RENEWAL, 999999999, "RLM999999999"},
        {ORDER_CODE_TOPUP, 95055, A},
    };
    static const struct order_code_policy LONG = {{"MMMMMM", "", NULL}};
    char text[REFERENCE_TEXT];

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        assert_string_equal(order_code_make(&POLICY, ROWS[i].kind, 2026, ROWS[i].number, text), ROWS[i].code);
    assert_string_equal(order_code_make(&LONG, ORDER_CODE_PURCHASE, 2026, 999999999, text), "MMMMMM999999999");
    assert_string_equal(order_code_make(&LONG, ORDER_CODE_RENEWAL, 2026, 95055, text), A);
}

static void checks_prefixes(void **state)
{
    static const char *const BAD[] = {"", "R", "rlm", "RLMRLMR", "R1", "R-L", "RLM ", "\u00C8X"};

    (void)state;
    assert_true(code_prefix_valid("LM") && code_prefix_valid("RLM") && code_prefix_valid("RLMRLM"));
    for (size_t i = 0; i < count_of(BAD); i++)
        assert_false(code_prefix_valid(BAD[i]));
}

static void as_people_write_them(void **state)
{
    static const struct row ROWS[] = {
        /* as printed, and as people write */
        {{"RLM95055"}, {RLM}, 0},
        {{"rlm95055"}, {RLM}, 0},
        {{"Rinnovo PEC, ordine Rlm95055."}, {RLM}, 0},
        {{"RLM 95055"}, {RLM}, 0},
        {{"RLM-95055"}, {RLM}, 0},
        {{"RLM_95055"}, {RLM}, 0},
        {{"RLM/95055"}, {RLM}, 0},
        {{"RLM. 95055"}, {RLM}, 0},
        {{"RLM - 95055"}, {RLM}, 0},
        {{"RLM\u00A0\u2013\u00A095055"}, {RLM}, 0},
        {{"rlm-00095055"}, {RLM}, 0},
        {{"RLM 000000000000000095055"}, {RLM}, 0},
        {{"R.L.M. 95055"}, {RLM}, 0},
        {{"r.l.m.95055"}, {RLM}, 0},
        {{"R L M 95055"}, {RLM}, 0},
        {{"R-L-M-95055"}, {RLM}, 0},
        {{"ordine R.L.M.95055"}, {RLM}, 0},
        {{"L.M. 95055"}, {LM}, 0},
        {{"(RLM95055)"}, {RLM}, 0},
        {{"n\u00B0RLM95055"}, {RLM}, 0},
        {{"ORD_RLM95055"}, {RLM}, 0},
        {{"saldo-RLM95055/2027"}, {RLM}, 0},
        {{"12 RLM95055"}, {RLM}, 0},
        {{"n. RLM95055"}, {RLM}, 0},
        {{"RLM95055 2 anni"}, {RLM}, 0},
        {{"RLM95055-1"}, {RLM}, 0},
        {{"RLM95055,10,98 EUR"}, {RLM}, 0},
        {{"RLM95055\u20AC"}, {RLM}, 0},
        {{"MO1234567"}, {"MO1234567"}, 0},
        {{"RLM999999999"}, {"RLM999999999"}, 0},
        {{"LM950551"}, {"LM950551"}, 0},
        {{"LM 042"}, {"LM00042"}, 0},
        {{"LM00042"}, {"LM00042"}, 0},
        {{"LM 9505 rinnovo"}, {"LM09505"}, 0},
        {{"LM 9505, 2 anni"}, {"LM09505"}, 0},
    };

    (void)state;
    found_are(&FORMS, ROWS, count_of(ROWS));
}

static void only_whole_words(void **state)
{
    static const struct row ROWS[] = {
        /* the longest prefix, and never a shorter one inside it */
        {{"RLM95055 LM95055"}, {RLM, LM}, 0},
        {{"e LM95055"}, {LM}, 0},
        {{"R LM95055"}, {0}, 0},
        {{"R.LM95055"}, {0}, 0},
        {{"E R LM95055"}, {0}, 0},
        {{"R, LM95055"}, {LM}, 0},
        {{"PER LM95055"}, {LM}, 0},
        {{"RL M95055"}, {0}, 0},
        {{"X.R.L.M. 95055"}, {0}, 0},
        {{"XR L M 95055"}, {LM}, 0},
        /* touched */
        {{"XRLM95055"}, {0}, 0},
        {{"RLM95055A"}, {0}, 0},
        {{"RLM95055\u00E0"}, {0}, 0},
        {{"\u00E8RLM95055"}, {0}, 0},
        {{"2RLM95055"}, {0}, 0},
        {{"RLM\u00E895055"}, {0}, 0},
        {{"RLM\xC3"
          "95055"},
         {0},
         0},
        {{"RLM95055\xC3"}, {0}, 0},
        {{"RLM95055\u0663"}, {0}, 0},
        {{"ALMO95055"}, {0}, 0},
        {{"RLMLM95055"}, {0}, 0},
        {{"RLM950551"}, {"RLM950551"}, 0},
    };

    (void)state;
    found_are(&FORMS, ROWS, count_of(ROWS));
}

static void only_whole_numbers(void **state)
{
    static const struct row ROWS[] = {
        {{"RLM"}, {0}, 0},
        {{"RLM 95"}, {0}, 0},
        {{"RLM 000"}, {0}, 0},
        {{"RLM 95 055"}, {0}, 0},
        {{"RLM 95.055"}, {0}, 0},
        {{"RLM 123.456"}, {0}, 0},
        {{"RLM 123 456"}, {0}, 0},
        {{"RLM 2026-7"}, {0}, 0},
        {{"RLM1234567890"}, {0}, 0},
        {{"RLM, 95055"}, {0}, 0},
        {{"RLM: 95055"}, {0}, 0},
        {{"95055"}, {0}, 0},
        {{"95055 RLM"}, {0}, 0},
        {{"A LM 12"}, {0}, 0},
        /* beside references */
        {{"RLM95055 " A}, {A, RLM}, 0},
        {{"RLM " A}, {A}, 0},
        {{"RLM" A}, {0}, 0},
        {{"RLM95055 202600009505572"}, {RLM}, 1},
        {{"LM1234 LM1235 LM1236 LM1237 LM1238"}, {"LM01234", "LM01235", "LM01236", "LM01237"}, 0},
        {{"RLM95055 rlm 95055 R.L.M. 0095055"}, {RLM}, 0},
    };

    (void)state;
    found_are(&FORMS, ROWS, count_of(ROWS));
}

static void in_pieces(void **state)
{
    static const struct row ROWS[] = {
        {{"RINNOVO", "RLM95055", "CASELLA"}, {RLM}, 0},
        {{"RLM95055", "RLM95055"}, {RLM}, 0},
        {{"RLM", "95055"}, {RLM}, 0},
        {{"RINNOVO RLM", "95055 CASELLA"}, {RLM}, 0},
        {{"RINNOVO R", "LM95055 CASELLA"}, {RLM}, 0}, /* never LM95055 */
        {{"RINNOVO RL", "M95055"}, {RLM}, 0},
        {{"RINNOVO PER", "LM95055"}, {LM}, 0},
        {{"RINNOVO", "LM95055"}, {LM}, 0},
        {{"RINNOVO RLM9", "5055"}, {RLM}, 0},
        {{"RINNOVO RLM95", "055"}, {RLM}, 0},
        {{"RINNOVO RLM950", "55"}, {RLM}, 0}, /* never RLM00950 */
        {{"RINNOVO RLM9505", "5 CASELLA"}, {RLM}, 0},
        {{"R", "L", "M", "9", "5", "0", "5", "5"}, {RLM}, 0},
        {{"RLM95055", "2 ANNI"}, {RLM, "RLM950552"}, 0, true},
        {{"RLM12345", "6"}, {"RLM12345", "RLM123456"}, 0, true},
        {{"RLM95055", "LM95056"}, {RLM, "LM95056"}, 0},
        {{"RLM95055", "2 ANNI", A}, {A, RLM, "RLM950552"}, 0, true},
        {{"RLM95055 LM12345", "6"}, {RLM, "LM12345", "LM123456"}, 0},
        {{"RLM95055", " 2 ANNI"}, {RLM}, 0},
        {{"RLM95055", "CASELLA X"}, {RLM}, 0},
        {{"RLM 950", "VIA ROMA 1"}, {"RLM00950"}, 0},
        {{"RLM 950", "2 ANNI"}, {0}, 0},
    };
    const char *const parts[] = {NULL, RLM, NULL};
    struct references found;

    (void)state;
    found_are(&FORMS, ROWS, count_of(ROWS));
    codes_find(parts, 3, &FORMS, &found);
    assert_int_equal(found.valid_count, 1);
    assert_string_equal(found.valid[0], RLM);
}

/* However a printed code is cut, no other order's is taken for it. */
static void no_cut_makes_another_code(void **state)
{
    (void)state;
    for (int round = 0; round < 30000; round++) {
        char code[REFERENCE_TEXT], text[64], piece[2][64];
        const char *parts[2] = {piece[0], piece[1]};
        const struct order_code_policy policy = {{PREFIXES[draw(3)]}};
        bool five = draw(3) > 0, there = false;
        struct references found;
        size_t cut;

        order_code_make(&policy, ORDER_CODE_PURCHASE, 2026, 1 + draw(five ? 99999 : 999999999), code);
        snprintf(text, sizeof text, "%s%s%s", draw(2) ? "PEC " : "", code, draw(2) ? " GRAZIE" : "");
        cut = draw((uint32_t)strlen(text) + 1);
        snprintf(piece[0], sizeof piece[0], "%.*s", (int)cut, text);
        snprintf(piece[1], sizeof piece[1], "%s", text + cut);
        codes_find(parts, 2, &FORMS, &found);
        for (size_t i = 0; i < found.valid_count; i++)
            there = there || strcmp(found.valid[i], code) == 0;
        /* Five digits leave no doubt; more may, and then both readings are told. */
        if (!there || found.valid_count > (five ? 1 : 2) || found.alternatives != (found.valid_count == 2))
            fail_msg("\"%s\" \"%s\": %zu, %s", piece[0], piece[1], found.valid_count, found.valid[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_order_codes),         cmocka_unit_test(checks_prefixes),
        cmocka_unit_test(as_people_write_them),      cmocka_unit_test(only_whole_words),
        cmocka_unit_test(only_whole_numbers),        cmocka_unit_test(in_pieces),
        cmocka_unit_test(no_cut_makes_another_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
