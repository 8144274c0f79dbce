/* Postal slips' numbers, against the worked samples of PAYMENTS §8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/slip.h"

#include <string.h>

static void customer_codes(void **state)
{
    static const struct {
        const char *code;
        bool valid;
    } ROWS[] = {
        {"025257650095110900", true}, /* the published sample */
        {"120260000950557134", true},  {"120260000950557135", false},
        {"120260000950557143", false}, {"210260000950557134", false}, /* two digits swapped */
        {"12026000095055713", false},  {"1202600009505571340", false},
        {"12026000095055713x", false}, {"", false},
    };
    char code[SLIP_CODE_TEXT];

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        if (slip_code_valid(ROWS[i].code) != ROWS[i].valid)
            fail_msg("%s", ROWS[i].code);
    assert_string_equal(slip_code("202600009505571", code), "120260000950557134");
}

static void codes_come_back_as_references(void **state)
{
    static const struct {
        const char *typed, *reference;
    } ROWS[] = {
        {"120260000950557134", "202600009505571"},
        {" 120260 000950 557134 ", "202600009505571"},
        {"1202-6000-0950-5571-34", "202600009505571"},
        {"025257650095110900", ""}, /* a right code, but none of ours */
        {"120260000950557135", ""},
        {"202600009505571", ""},
        {"120260000950557134120260000950557134", ""},
        {"", ""},
    };
    char reference[REFERENCE_TEXT], code[SLIP_CODE_TEXT];
    struct problem why;

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        enum outcome o = slip_reference(ROWS[i].typed, "code", reference, &why);

        assert_string_equal(reference, ROWS[i].reference);
        assert_int_equal(o, *ROWS[i].reference ? DONE : REFUSED);
        assert_true(o == DONE || (why.code == PROBLEM_SLIP_CODE && strcmp(why.field, "code") == 0));
    }
    /* A code whose own digits are right while the reference's are not. */
    assert_int_equal(slip_reference(slip_code("202600009505572", code), "code", reference, &why), REFUSED);
    for (int64_t n = 1; n < 1000000000; n = n * 3 + 7) {
        char made[REFERENCE_TEXT];

        reference_make(2026, n, made);
        assert_int_equal(slip_reference(slip_code(made, code), "code", reference, &why), DONE);
        assert_string_equal(reference, made);
    }
}

/* Every wrong digit is found: 93 shares no factor with what a digit's place weighs, and 9 is less than 93. */
static void no_wrong_digit_passes(void **state)
{
    char code[SLIP_CODE_TEXT];

    (void)state;
    slip_code("202600009505571", code);
    for (int i = 0; i < 18; i++) {
        char right = code[i];

        for (char digit = '0'; digit <= '9'; digit++) {
            code[i] = digit;
            assert_int_equal(slip_code_valid(code), digit == right);
        }
        code[i] = right;
    }
}

static void accounts(void **state)
{
    static const struct {
        const char *typed, *account;
    } ROWS[] = {
        {"1007214826", "001007214826"},
        {"001007214826", "001007214826"},
        {"10 0721 4826", "001007214826"},
        {"7", "000000000007"},
        {"123456789012", "123456789012"},
        {"1234567890123", ""},
        {"", ""},
        {"0", ""},
        {"000000000000", ""},
        {"12A4", ""},
        {"IT15L0760117400001007214826", ""},
    };
    char account[SLIP_ACCOUNT_TEXT];
    struct problem why;

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        assert_int_equal(slip_account(ROWS[i].typed, "account", account, &why), *ROWS[i].account ? DONE : REFUSED);
        assert_string_equal(account, ROWS[i].account);
    }
}

static struct slip sample(enum slip_type type, int64_t cents)
{
    struct slip slip = {.type = type, .account = "001007214826", .amount = {cents}};

    slip_code("202600009505571", slip.code);
    return slip;
}

static void code_lines(void **state)
{
    static const struct {
        enum slip_type type;
        int64_t cents;
        const char *line;
    } ROWS[] = {
        {SLIP_COMPLETE, 1098, "<120260000950557134> 00000010+98> 001007214826< 896>"},
        {SLIP_COMPLETE, 9999999999, "<120260000950557134> 99999999+99> 001007214826< 896>"},
        {SLIP_CUSTOMER, 0, "<120260000950557134> 001007214826< 674>"},
        {SLIP_ACCOUNT, 0, "001007214826< 451>"},
        {SLIP_BLANK, 0, "001007214826< 123>"},
    };
    char line[SLIP_LINE_TEXT];

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct slip slip = sample(ROWS[i].type, ROWS[i].cents);

        assert_true(slip_valid(&slip));
        assert_string_equal(slip_line(&slip, line), ROWS[i].line);
    }
}

static void payloads(void **state)
{
    struct slip ours = sample(SLIP_COMPLETE, 1098), published = sample(SLIP_COMPLETE, 12067);
    char payload[SLIP_PAYLOAD_TEXT];

    (void)state;
    assert_string_equal(slip_payload(&ours, payload), "18120260000950557134120010072148261000000010983896");
    strcpy(published.code, "025257650095110900");
    assert_string_equal(slip_payload(&published, payload), "18025257650095110900120010072148261000000120673896");
}

static void what_is_no_slip(void **state)
{
    struct slip slip = sample(SLIP_COMPLETE, 0);

    (void)state;
    assert_false(slip_valid(&slip));
    slip = sample(SLIP_COMPLETE, -1);
    assert_false(slip_valid(&slip));
    slip = sample(SLIP_COMPLETE, 10000000000);
    assert_false(slip_valid(&slip));
    slip = sample(SLIP_COMPLETE, 1098);
    slip.code[17]++;
    assert_false(slip_valid(&slip));
    slip.type = SLIP_ACCOUNT; /* carries no code */
    assert_true(slip_valid(&slip));
    slip.account[11] = '\0';
    assert_false(slip_valid(&slip));
    slip = sample((enum slip_type)247, 1098); /* a MAV's */
    assert_false(slip_valid(&slip));
}

static void amounts_in_words(void **state)
{
    static const struct {
        int64_t cents;
        const char *words;
    } ROWS[] = {
        {0, "zero/00"},
        {1, "zero/01"},
        {300, "tre/00"},
        {1098, "dieci/98"},
        {1300, "tredici/00"},
        {1700, "diciassette/00"},
        {2100, "ventuno/00"},
        {2300, "ventitré/00"},
        {2800, "ventotto/00"},
        {3050, "trenta/50"},
        {4300, "quarantatré/00"},
        {6800, "sessantotto/00"},
        {8100, "ottantuno/00"},
        {10000, "cento/00"},
        {10100, "centouno/00"},
        {10300, "centotré/00"},
        {10800, "centotto/00"},
        {11100, "centoundici/00"},
        {11300, "centotredici/00"},
        {12067, "centoventi/67"},
        {18000, "centottanta/00"},
        {28800, "duecentottantotto/00"},
        {99999, "novecentonovantanove/99"},
        {100000, "mille/00"},
        {100300, "milletré/00"},
        {122300, "milleduecentoventitré/00"},
        {200000, "duemila/00"},
        {300000, "tremila/00"},
        {2100000, "ventunomila/00"},
        {2300000, "ventitremila/00"},
        {10000800, "centomilaotto/00"},
        {100000000, "unmilione/00"},
        {200000300, "duemilionitré/00"},
        {1234567890, "dodicimilionitrecentoquarantacinquemilaseicentosettantotto/90"},
        {9999999999, "novantanovemilioninovecentonovantanovemilanovecentonovantanove/99"},
        {45445445400,
         "quattrocentocinquantaquattromilioniquattrocentocinquantaquattromilaquattrocentocinquantaquattro/00"},
    };
    char words[SLIP_WORDS_TEXT];

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        assert_string_equal(slip_words(money(ROWS[i].cents), words), ROWS[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(customer_codes),
        cmocka_unit_test(codes_come_back_as_references),
        cmocka_unit_test(no_wrong_digit_passes),
        cmocka_unit_test(accounts),
        cmocka_unit_test(code_lines),
        cmocka_unit_test(payloads),
        cmocka_unit_test(what_is_no_slip),
        cmocka_unit_test(amounts_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
