/* Whether two credits told of in two formats are one. */
#include "rules/credit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define count_of_(a) (sizeof(a) / sizeof(a)[0])
#define VERDI        "IT60X0542811101000000123456"
#define BIANCHI      "IT24D0542811101000000654321"

static const struct {
    const char *what;
    struct credit_facts a, b; /* reference, end to end, IBAN, text */
    enum credit_likeness likeness;
} CASES[] = {
    {"the bank's reference", {"CRO-123", "", "", "uno"}, {"cro 123", "", "", "altro"}, CREDIT_SAME_REFERENCE},
    {"cut by MT940", {"0306912345678901234567", "", "", ""}, {"0306912345678901", "", "", ""}, CREDIT_SAME_REFERENCE},
    {"the other way round",
     {"0306912345678901", "", "", ""},
     {"0306912345678901234567", "", "", ""},
     CREDIT_SAME_REFERENCE},
    {"not cut, only alike", {"03069123", "", "", ""}, {"030691234", "", "", ""}, CREDIT_OTHER},
    {"end to end", {"A", "E2E-7", "", ""}, {"B", "E2E7", "", ""}, CREDIT_SAME_END_TO_END},
    {"the text, laid out otherwise",
     {"A", "", "", "Rinnovo RLM95055"},
     {"", "", "", "RINNOVO  RLM 95055."},
     CREDIT_SAME_TEXT},
    {"among other words",
     {"A", "X", "", "RLM95055"},
     {"B", "Y", "", "48 ORD MARIA VERDI INF RLM95055"},
     CREDIT_SAME_TEXT},
    {"the longer one first",
     {"", "", "", "48 ORD MARIA VERDI INF RLM95055"},
     {"", "", "", "rlm95055"},
     CREDIT_SAME_TEXT},
    {"too short to tell, among other words", {"", "", "", "PEC"}, {"", "", "", "48 ORD ROSSI INF PEC"}, CREDIT_OTHER},
    {"short and the same", {"", "", "", "PEC"}, {"", "", "", "pec"}, CREDIT_SAME_TEXT},
    {"another code", {"A", "", "", "RLM95055"}, {"B", "", "", "48 ORD MARIA VERDI INF RLM95056"}, CREDIT_OTHER},
    {"somebody else's", {"A", "", VERDI, "RLM95055"}, {"B", "", BIANCHI, "RLM95055"}, CREDIT_OTHER},
    {"the same payer's", {"A", "", VERDI, "RLM95055"}, {"B", "", VERDI, "RLM95055"}, CREDIT_SAME_TEXT},
    {"an account that is no IBAN", {"A", "", VERDI, "RLM95055"}, {"B", "", "123456", "RLM95055"}, CREDIT_SAME_TEXT},
    {"nothing is said", {"", "", "", ""}, {"", "", "", ""}, CREDIT_OTHER},
    {"only signs", {"--", "..", "", "!!"}, {"--", "..", "", "!!"}, CREDIT_OTHER},
};

static void are_they_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < count_of_(CASES); i++) {
        if (credit_likeness(&CASES[i].a, &CASES[i].b) != CASES[i].likeness)
            fail_msg("%s: %d", CASES[i].what, (int)credit_likeness(&CASES[i].a, &CASES[i].b));
        assert_int_equal(credit_likeness(&CASES[i].b, &CASES[i].a), CASES[i].likeness);
    }
}

static void families(void **state)
{
    static const char *const FORMATS[][2] = {{"camt.053.001.08", "camt"},
                                             {"CBIBdyBkToCstmrStmtReq.00.01.02", "camt"},
                                             {"mt940", "mt"},
                                             {"mt942", "mt"},
                                             {"cbi-rh", "rh"},
                                             {"csv-intesa", "csv"},
                                             {"csv", "csv"}};

    (void)state;
    for (size_t i = 0; i < count_of_(FORMATS); i++)
        assert_string_equal(credit_family(FORMATS[i][0]), FORMATS[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(are_they_one), cmocka_unit_test(families)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
