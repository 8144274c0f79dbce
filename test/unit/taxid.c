/* Codici fiscali and partite IVA: by hand, against the shared vectors, and every change of one character. */
#include "rules/taxid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <talloc.h>

#include <cmocka.h>

#include "tsv.h"

static void cleans(void **state)
{
    static const struct {
        const char *typed, *clean;
    } ROWS[] = {
        {"  rss mra 80a01 h501u ", "RSSMRA80A01H501U"},
        {"IT 06675021007", "06675021007"},
        {"it: 0667.502-1007", "06675021007"},
        {"ITL MRA 80A01 H501 X", "ITLMRA80A01H501X"},
        {"IT IT 06863340961", "ITIT06863340961"},
        {"RSS\u00A0MRA", "RSSMRA"},
        {"IT\u201306675021007", "06675021007"},
        {"", ""},
        {NULL, ""},
        {"IT", ""},
        {"06675021007\n", "06675021007\n"},
        {"\xE2\x80", "\xE2\x80"},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        assert_string_equal(taxid_clean(mem, ROWS[i].typed), ROWS[i].clean);
    talloc_free(mem);
}

static void tax_codes(void **state)
{
    static const struct {
        const char *code;
        enum problem_code problem;
    } ROWS[] = {
        {"RSSMRA80A01H501U", PROBLEM_NONE},
        {"VRDGPP13A10B963V", PROBLEM_NONE},
        {"MRTMTT91D08F205J", PROBLEM_NONE},
        {"RSSMRAQRCMNFNLRG", PROBLEM_NONE},           /* all digits substituted */
        {"RSSMRA80H63H501X", PROBLEM_NONE},           /* a woman born on the 23rd */
        {"06675021007", PROBLEM_NONE},                /* a company */
        {"RSSMRA80A01H501V", PROBLEM_TAX_CODE_CHECK}, /* another check letter */
        {"06675021008", PROBLEM_TAX_CODE_CHECK},
        {"CNTCHR83T32D969H", PROBLEM_TAX_CODE_CHECK},  /* 32 December */
        {"DMLPRY77B29H501F", PROBLEM_TAX_CODE_CHECK},  /* 29 February 1977 */
        {"RSSMRA80I01H501U", PROBLEM_TAX_CODE_FORMAT}, /* no such month */
        {"RSSMRA80A01H501", PROBLEM_TAX_CODE_FORMAT},
        {"RSSMRA80A01H501UU", PROBLEM_TAX_CODE_FORMAT},
        {"rssmra80a01h501u", PROBLEM_TAX_CODE_FORMAT}, /* cleaned it would pass */
        {"RSSMRA8WA01H501U", PROBLEM_TAX_CODE_FORMAT}, /* W stands for no digit */
        {"0667502100", PROBLEM_TAX_CODE_FORMAT},
        {"066750210071", PROBLEM_TAX_CODE_FORMAT},
        {"", PROBLEM_TAX_CODE_FORMAT},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct problem why = {0};

        assert_int_equal(tax_code_check(ROWS[i].code, "cf", &why), ROWS[i].problem == PROBLEM_NONE ? DONE : REFUSED);
        assert_int_equal(why.code, ROWS[i].problem);
        assert_string_equal(why.field, ROWS[i].problem == PROBLEM_NONE ? "" : "cf");
    }
}

static void vat_numbers(void **state)
{
    static const struct {
        const char *number;
        enum problem_code problem;
    } ROWS[] = {
        {"06675021007", PROBLEM_NONE},
        {"01234560587", PROBLEM_NONE},
        {"10001708881", PROBLEM_NONE},             /* office 888 */
        {"10001709996", PROBLEM_NONE},             /* office 999 */
        {"01234560584", PROBLEM_VAT_NUMBER_CHECK}, /* check digit */
        {"10000101229", PROBLEM_VAT_NUMBER_CHECK}, /* office 122 */
        {"10000100007", PROBLEM_VAT_NUMBER_CHECK}, /* office 000 */
        {"00000000000", PROBLEM_VAT_NUMBER_CHECK},
        {"1234567890", PROBLEM_VAT_NUMBER_FORMAT},
        {"IT06675021007", PROBLEM_VAT_NUMBER_FORMAT},
        {"0667502100A", PROBLEM_VAT_NUMBER_FORMAT},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct problem why = {0};

        assert_int_equal(vat_number_check(ROWS[i].number, "piva", &why),
                         ROWS[i].problem == PROBLEM_NONE ? DONE : REFUSED);
        assert_int_equal(why.code, ROWS[i].problem);
    }
}

static void every_changed_digit_is_noticed(void **state)
{
    char code[] = "06675021007", person[] = "RSSMRA80A01H501U";
    struct problem why;

    (void)state;
    for (size_t i = 0; i < strlen(code); i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            char kept = code[i];

            code[i] = digit;
            assert_int_equal(vat_number_check(code, "", &why), digit == kept ? DONE : REFUSED);
            assert_int_equal(tax_code_check(code, "", &why), digit == kept ? DONE : REFUSED);
            code[i] = kept;
        }
    for (size_t i = 0; i < strlen(person); i++)
        for (char c = ' '; c <= '~'; c++) {
            char kept = person[i];

            person[i] = c;
            /* one place weighs every letter apart; a digit and its letter of omocodia can never weigh the same */
            assert_int_equal(tax_code_check(person, "", &why), c == kept ? DONE : REFUSED);
            person[i] = kept;
        }
}

static void codici_fiscali_of_the_vectors(void **state)
{
    struct tsv tsv;
    size_t count = 0;

    (void)state;
    if (!tsv_open(&tsv, "identifiers/vectors/codice_fiscale.tsv"))
        skip();
    for (; tsv_next(&tsv, '\t'); count++) {
        void *mem = talloc_new(NULL);
        char *code = taxid_clean(mem, tsv.field[0]);
        struct problem why = {0};
        bool valid = tax_code_check(code, "", &why) == DONE;

        if (valid != (strcmp(tsv.field[2], "valid") == 0))
            fail_msg("%s is %s", tsv.field[0], valid ? "accepted" : "refused");
        if (strcmp(tsv.field[3], "format") == 0)
            assert_int_equal(why.code, PROBLEM_TAX_CODE_FORMAT);
        if (valid)
            assert_string_equal(tax_code_base(mem, code), tsv.field[5]);
        talloc_free(mem);
    }
    assert_true(count >= 80);
}

static void partite_iva_of_the_vectors(void **state)
{
    struct tsv tsv;
    size_t count = 0;

    (void)state;
    if (!tsv_open(&tsv, "identifiers/vectors/partita_iva.tsv"))
        skip();
    for (; tsv_next(&tsv, '\t'); count++) {
        void *mem = talloc_new(NULL);
        struct problem why = {0};
        bool valid = vat_number_check(taxid_clean(mem, tsv.field[0]), "", &why) == DONE;

        if (valid != (strcmp(tsv.field[2], "valid") == 0))
            fail_msg("%s is %s", tsv.field[0], valid ? "accepted" : "refused");
        talloc_free(mem);
    }
    assert_true(count >= 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleans),
        cmocka_unit_test(tax_codes),
        cmocka_unit_test(vat_numbers),
        cmocka_unit_test(every_changed_digit_is_noticed),
        cmocka_unit_test(codici_fiscali_of_the_vectors),
        cmocka_unit_test(partite_iva_of_the_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
