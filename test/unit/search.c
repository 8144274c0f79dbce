/* What is typed into the desk's search box, by its shape; and the keys by which names are found. */
#include "rules/search.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

static const char *const PREFIXES[] = {"LM", "RLM"};
static const struct code_forms FORMS = {PREFIXES, 2};

static void names_are_folded(void **state)
{
    static const struct {
        const char *text, *folded;
    } CASES[] = {{"Maria  Verdi", "maria verdi"},
                 {"D'ANGIÒ & Figli S.n.c.", "d angio figli s n c"},
                 {"  Müller-Lüdenscheidt ", "muller ludenscheidt"},
                 {"Łukasz Żółć", "lukasz zolc"},
                 {"…", ""}};
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++)
        assert_string_equal(search_fold(mem, CASES[i].text), CASES[i].folded);
    talloc_free(mem);
}

static bool has(const struct search_keys *keys, const char *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->key[i], key) == 0)
            return true;
    return false;
}

static void a_name_is_found_from_each_of_its_words(void **state)
{
    void *mem = talloc_new(NULL);
    struct search_keys keys;

    (void)state;
    search_keys(mem, "Anna Maria Verdi", "VRDMRA80A41H501U", "", "Maria@Posta.example", &keys);
    assert_int_equal(keys.count, 5);
    assert_true(has(&keys, "anna maria verdi") && has(&keys, "maria verdi anna") && has(&keys, "verdi anna maria"));
    assert_true(has(&keys, "VRDMRA80A41H501U") && has(&keys, "maria@posta.example"));

    search_keys(mem, "Verdi", "01234560587", "01234560587", NULL, &keys);
    assert_int_equal(keys.count, 2); /* the same number twice is one key */

    search_keys(mem, "Uno Due Tre Quattro Cinque Sei Sette Otto Nove Dieci", "X", "Y", "z@z.it", &keys);
    assert_int_equal(keys.count, SEARCH_KEYS);
    assert_true(has(&keys, "z@z.it"));
    talloc_free(mem);
}

struct shape {
    const char *typed, *address, *code, *iban, *key, *word;
    int64_t year, number;
    bool credit_note, mended;
};

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

static void the_shape_says_what_it_may_be(void **state)
{
    static const struct shape CASES[] = {
        {"", .key = NULL},
        {" Studio.Verdi@Legalmail.Example ", "studio.verdi@legalmail.example", .key = "studio.verdi@legalmail.example"},
        {"rossi", .key = "rossi", .word = "rossi"},
        {"Rossi Mar", .key = "rossi mar"},
        {"D'Angiò", .key = "d angio"}, /* no user-id has such a letter */
        {"VIS0000012", .key = "vis0000012", .word = "VIS0000012"},
        {"VRDMRA80A41H501U", .key = "VRDMRA80A41H501U", .word = "VRDMRA80A41H501U"},
        {"vrdmra80", .key = "VRDMRA80", .word = "vrdmra80"},
        {"IT 0123 456 0587", .key = "01234560587"},
        {"202600009505571", .code = "202600009505571"},
        {"202600 009505 571", .code = "202600009505571"},
        {"causale 2026.0000.9505.571", .code = "202600009505571"},
        {"rlm 95055", .code = "RLM95055"},
        {"lm-00012", .code = "LM00012"},
        {"2026/17", .year = 2026, .number = 17},
        {"NC-2026/3", .year = 2026, .number = 3, .credit_note = true},
        {"fattura n. 17 / 2026", .year = 2026, .number = 17},
        {"it60 x054 2811 1010 0000 0123 456", .iban = "IT60X0542811101000000123456"},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        const struct shape *c = &CASES[i];
        struct search_typed t;

        search_read(mem, c->typed, &FORMS, &t);
        if (!same(t.address, c->address) || !same(t.key, c->key) || !same(t.word, c->word) ||
            !same(t.iban, c->iban ? c->iban : "") || t.code_count != (c->code ? 1 : 0) ||
            (c->code && !same(t.codes[0], c->code)) || t.invoice_year != c->year || t.invoice_number != c->number ||
            t.credit_note != c->credit_note || t.mended)
            fail_msg("«%s»: address %s key %s word %s iban %s codes %zu %s invoice %d/%d", c->typed, t.address, t.key,
                     t.word, t.iban, t.code_count, t.codes[0], (int)t.invoice_year, (int)t.invoice_number);
    }
    talloc_free(mem);
}

static void a_slip_in_a_causale_is_mended(void **state)
{
    static const char *const SLIPS[] = {"202600009505471", "2026 0000 9505 517", "206200009505571"};
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(SLIPS); i++) {
        struct search_typed t;
        bool found = false;

        search_read(mem, SLIPS[i], &FORMS, &t);
        assert_true(t.mended);
        for (size_t j = 0; j < t.code_count; j++)
            found |= strcmp(t.codes[j], "202600009505571") == 0;
        assert_true(found);
    }
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_folded),
        cmocka_unit_test(a_name_is_found_from_each_of_its_words),
        cmocka_unit_test(the_shape_says_what_it_may_be),
        cmocka_unit_test(a_slip_in_a_causale_is_mended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
