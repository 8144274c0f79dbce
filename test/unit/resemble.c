/* What resembles what: pointed out to a person, and nothing more. */
#include "seeded.h"

#include "rules/resemble.h"
#include <stdio.h>
#include <string.h>

/* 0 … most - 1 */
static size_t chance_below(int64_t most)
{
    return (size_t)chance_between(0, most - 1);
}

static void measures(void **state)
{
    static const struct {
        const char *a, *b;
        int distance;
    } ROWS[] = {
        {"", "", 0},
        {"RLM95055", "RLM95055", 0},
        {"RLM95055", "RLM95505", 1},
        {"RLM95055", "RLM9555", 1},
        {"RLM95055", "RLM950555", 1},
        {"RLM95055", "RLM95155", 1},
        {"RLM95055", "LM95055", 1},
        {"RLM95055", "RML95505", 2},
        {"abcd", "dcba", 3},
        {"abc", "", 3},
        {"ROSSI", "RUSSO", 2},
        {"1234567890123", "2234567890124", 2},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        for (int most = 0; most < 4; most++) {
            int expected = ROWS[i].distance <= most ? ROWS[i].distance : most + 1;

            assert_int_equal(text_distance(ROWS[i].a, ROWS[i].b, most), expected);
            assert_int_equal(text_distance(ROWS[i].b, ROWS[i].a, most), expected);
        }
}

static const char *const PREFIXES[] = {"LM", "RLM"};
static const struct code_forms FORMS = {PREFIXES, count_of(PREFIXES)};

static bool is_near(const char *text, const char *code)
{
    struct near_codes near;

    codes_near(text, &FORMS, &near);
    for (size_t i = 0; i < near.count; i++)
        if (strcmp(near.code[i], code) == 0)
            return true;
    return false;
}

static void finds_near_codes(void **state)
{
    char reference[REFERENCE_TEXT];
    static const struct {
        const char *text, *code;
        bool near;
    } ROWS[] = {
        {"RLM95505", "RLM95055", true}, /* exchanged */
        {"rinnovo rlm95054 pec", "RLM95055", true},
        {"RLM 9505", "RLM95055", true},     /* one missing, as people space it */
        {"RLM-950555", "RLM95055", true},   /* one too many */
        {"RML95055", "RLM95055", true},     /* letters exchanged */
        {"LM95055", "RLM95055", true},      /* the other kind's */
        {"ordine 95055", "RLM95055", true}, /* the number alone */
        {"ordine n. 95055 del 2026", "LM95055", true},
        {"RLM95055", "RLM95055", false}, /* that is no slip: it names it */
        {"RLM95066", "RLM95055", false}, /* two slips */
        {"fattura 12", "RLM00012", false},
        {"XYZ95055", "RLM95055", false},
        {"saldo", "RLM95055", false},
        {"", "RLM95055", false},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        if (is_near(ROWS[i].text, ROWS[i].code) != ROWS[i].near)
            fail_msg("%s: %s", ROWS[i].text, ROWS[i].code);

    reference_make(2026, 95055, reference);
    for (size_t i = 0; i < 15; i++) { /* any one digit wrong, or gone */
        char typed[40], less[40];

        strcpy(typed, reference);
        typed[i] = typed[i] == '9' ? '0' : (char)(typed[i] + 1);
        assert_true(is_near(typed, reference));
        memcpy(less, reference, i);
        strcpy(less + i, reference + i + 1);
        assert_true(is_near(less, reference));
    }
    assert_false(is_near(reference, reference));
}

/* However long and strange the text. */
static void bears_any_text(void **state)
{
    static const char SIGNS[] = "0123456789RLM -./,xé";
    struct near_codes near;
    char text[300], found[TAX_NUMBERS][17];

    (void)state;
    for (int round = 0; round < 2000; round++) {
        size_t length = chance_below(sizeof text);

        for (size_t i = 0; i < length; i++)
            text[i] = SIGNS[chance_below(sizeof SIGNS - 1)];
        text[length] = 0;
        codes_near(text, &FORMS, &near);
        assert_true(near.count <= NEAR_CODES);
        assert_true(tax_numbers_find(text, found) <= TAX_NUMBERS);
        (void)names_resemble(text, "Mario Rossi");
    }
}

static void compares_names(void **state)
{
    static const struct {
        const char *a, *b;
        bool alike;
    } ROWS[] = {
        {"ROSSI MARIO", "Mario Rossi", true},
        {"ROSSI MARIO E BIANCHI ANNA", "Mario Rossi", true},
        {"Dott. Mario Rossi", "MARIO ROSSI", true},
        {"STUDIO VERDI S.R.L.", "Verdi srl", true},
        {"NICOLO' D'ANGELO", "Nicolò D'Angelo", true},
        {"ANDREA FRANCESCHNI", "Franceschini Andrea", true}, /* one slip in a long word */
        {"MARIO ROSSO", "Mario Rossi", true},                /* pointed out, and for a person to judge */
        {"MARIO RUSSO", "Mario Rossi", false},
        {"ANNA ROSSI", "Mario Rossi", false},
        {"ROSSI", "Mario Rossi", false}, /* a surname alone is too little */
        {"ALFA COSTRUZIONI SPA", "Beta Costruzioni spa", false},
        {"", "Mario Rossi", false},
        {"", "", false},
        {"SRL", "SPA", false},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        if (names_resemble(ROWS[i].a, ROWS[i].b) != ROWS[i].alike ||
            names_resemble(ROWS[i].b, ROWS[i].a) != ROWS[i].alike)
            fail_msg("%s: %s", ROWS[i].a, ROWS[i].b);
}

static void finds_tax_numbers(void **state)
{
    static const struct {
        const char *text, *found; /* separated by blanks */
    } ROWS[] = {
        {"RINNOVO PEC RSSMRA80A01H501U", "RSSMRA80A01H501U"},
        {"c.f. rssmra80a01h501u saldo", "RSSMRA80A01H501U"},
        {"RSSMRA80A01H501X", ""}, /* its check letter is wrong */
        {"P.IVA IT06675021007", "06675021007"},
        {"06675021007 06675021008", "06675021007"},
        {"bonifico 12345678901234567890", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char found[TAX_NUMBERS][17], text[100] = "";
        size_t count = tax_numbers_find(ROWS[i].text, found);

        for (size_t k = 0; k < count; k++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", k ? " " : "", found[k]);
        assert_string_equal(text, ROWS[i].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures),       cmocka_unit_test(finds_near_codes),  cmocka_unit_test(bears_any_text),
        cmocka_unit_test(compares_names), cmocka_unit_test(finds_tax_numbers),
    };

    return cmocka_run_group_tests(tests, chance_begin, NULL);
}
