/* Names of mailboxes (DOMAIN T8-T10): by hand, and what holds for any text. */
#include "rules/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FORTY "abcdefghij.bcdefghij.bcdefghij.bcdefghij"

static void one_name(void **state)
{
    static const struct {
        const char *typed, *name; /* NULL: refused */
        enum problem_code fault;
    } ROWS[] = {
        {"mario.rossi", "mario.rossi", 0},
        {"MARIO.ROSSI", "mario.rossi", 0}, /* T10 */
        {" Mario.Rossi\t", "mario.rossi", 0},
        {"mario_rossi-80", "mario_rossi-80", 0},
        {"99900030018", "99900030018", 0},
        {"m.r", "m.r", 0},
        {FORTY, FORTY, 0},
        {"", NULL, PROBLEM_REQUIRED},
        {" \t ", NULL, PROBLEM_REQUIRED},
        {"Mario Rossi!@", NULL, PROBLEM_NAME_FORMAT}, /* T10 */
        {"mario..rossi", NULL, PROBLEM_NAME_FORMAT},  /* T10 */
        {"mario._rossi", NULL, PROBLEM_NAME_FORMAT},
        {".mario", NULL, PROBLEM_NAME_FORMAT},
        {"mario-", NULL, PROBLEM_NAME_FORMAT},
        {"mario@pec.visura.example", NULL, PROBLEM_NAME_FORMAT},
        {"mario rossi", NULL, PROBLEM_NAME_FORMAT},
        {"niccolò", NULL, PROBLEM_NAME_FORMAT},
        {"mаrio", NULL, PROBLEM_NAME_FORMAT}, /* a Cyrillic letter */
        {"mario\n", NULL, PROBLEM_NAME_FORMAT},
        {"...", NULL, PROBLEM_NAME_FORMAT},
        {"mr", NULL, PROBLEM_NAME_LENGTH},
        {FORTY "k", NULL, PROBLEM_NAME_LENGTH},
        {"postmaster", NULL, PROBLEM_NAME_RESERVED},
        {"POSTMASTER", NULL, PROBLEM_NAME_RESERVED},
        {"p0stmaster", NULL, PROBLEM_NAME_RESERVED},
        {"post.master", NULL, PROBLEM_NAME_RESERVED},
        {"postrnaster", NULL, PROBLEM_NAME_RESERVED},
        {"adm1n", NULL, PROBLEM_NAME_RESERVED},
        {"admln", NULL, PROBLEM_NAME_RESERVED},
        {"vvebmaster", NULL, PROBLEM_NAME_RESERVED},
        {"no-reply", NULL, PROBLEM_NAME_RESERVED},
        {"ammin1straz1one", NULL, PROBLEM_NAME_RESERVED},
        {"amministrazione.rossi", "amministrazione.rossi", 0},
        {"postmaster2", "postmaster2", 0},
        {"rossi.abuse", "rossi.abuse", 0},
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char name[NAME_TEXT];
        struct problem why = {0};
        enum outcome o = name_check(ROWS[i].typed, "name_2", name, &why);

        if (o != (ROWS[i].name ? DONE : REFUSED) || strcmp(name, ROWS[i].name ? ROWS[i].name : "") != 0)
            fail_msg("«%s»: %d «%s»", ROWS[i].typed, o, name);
        if (o == REFUSED && (why.code != ROWS[i].fault || strcmp(why.field, "name_2") != 0))
            fail_msg("«%s»: %s on %s", ROWS[i].typed, problem_slug(why.code), why.field);
    }
}

static void what_looks_alike(void **state)
{
    static const struct {
        const char *a, *b;
        bool alike;
    } ROWS[] = {
        {"mario", "mario", true},
        {"mario", "maria", false},
        {"mario", "mari", false},
        {"mario", "mari0", true},
        {"mario", "mar1o", true},
        {"mario", "marlo", true},
        {"mario", "rnario", true},
        {"mario", "r.nario", true},
        {"mario.rossi", "mario_rossi", true},
        {"mario.rossi", "mariorossi", true},
        {"wanda", "vvanda", true},
        {"nm", "nrn", true},
        {"rrn", "rm", true},
        {"", "", true},
        {"", "a", false},
        {"", ".", true},
        {"v", "vv", false},
        {"mn", "rnn", true},
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++)
        if (names_alike(ROWS[i].a, ROWS[i].b) != ROWS[i].alike || names_alike(ROWS[i].b, ROWS[i].a) != ROWS[i].alike)
            fail_msg("%s and %s", ROWS[i].a, ROWS[i].b);
}

/* All faults at once, each on its field. */
static void three_names(void **state)
{
    static const struct {
        const char *typed[NAMES], *names[NAMES];
        enum problem_code fault[NAMES];
    } ROWS[] = {
        {{"uno", "due", "tre"}, {"uno", "due", "tre"}, {0}},
        {{"uno", "UNO", " uno "}, {"uno", "", ""}, {0, PROBLEM_NAME_REPEATED, PROBLEM_NAME_REPEATED}},
        {{"u.no", "u-no", "uno"}, {"u.no", "u-no", "uno"}, {0}}, /* alike, but three addresses */
        {{NULL, "", "x"}, {"", "", ""}, {PROBLEM_REQUIRED, PROBLEM_REQUIRED, PROBLEM_NAME_LENGTH}},
        {{"a!!", "a!!", "abuse"}, {"", "", ""}, {PROBLEM_NAME_FORMAT, PROBLEM_NAME_FORMAT, PROBLEM_NAME_RESERVED}},
        {{"uno", "due", "uno"}, {"uno", "due", ""}, {0, 0, PROBLEM_NAME_REPEATED}},
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char names[NAMES][NAME_TEXT];
        struct problems all = {0};
        size_t faults = 0;

        assert_int_equal(names_check(ROWS[i].typed, names, &all),
                         ROWS[i].fault[0] || ROWS[i].fault[1] || ROWS[i].fault[2] ? REFUSED : DONE);
        for (int n = 0; n < NAMES; n++) {
            char field[] = "name_1";

            field[5] = (char)('1' + n);
            assert_string_equal(names[n], ROWS[i].names[n]);
            if (!ROWS[i].fault[n])
                continue;
            assert_true(faults < all.count);
            assert_int_equal(all.item[faults].code, ROWS[i].fault[n]);
            assert_string_equal(all.item[faults].field, field);
            faults++;
        }
        assert_int_equal(all.count, faults);
    }
}

/* Faults of others stay, and do not make good names bad. */
static void beside_other_faults(void **state)
{
    char names[NAMES][NAME_TEXT];
    struct problems all = {0};

    (void)state;
    (void)!problems_add(&all, PROBLEM_REQUIRED, "city", "%s", "");
    assert_int_equal(names_check((const char *[]){"uno", "due", "tre"}, names, &all), DONE);
    assert_int_equal(all.count, 1);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whatever is typed: what passes has the form that is promised, and is its own canonical spelling. */
static void any_text(void **state)
{
    static const char LETTERS[] = "abmnrvw01ilo.-_ AZ@\t\303\240";
    uint64_t seed = 12345;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char typed[48], name[NAME_TEXT], again[NAME_TEXT];
        size_t length = 0;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        for (size_t want = (seed >> 33) % (sizeof typed - 1); length < want; length++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            typed[length] = LETTERS[(seed >> 33) % (sizeof LETTERS - (round % 2 ? 1 : 8))];
        }
        typed[length] = '\0';
        if (name_check(typed, "", name, NULL) != DONE) {
            assert_string_equal(name, "");
            continue;
        }
        length = strlen(name);
        assert_true(length >= NAME_LEAST && length <= NAME_MOST);
        for (size_t i = 0; i < length; i++)
            assert_true(is_word(name[i]) ||
                        (i > 0 && i + 1 < length && strchr("._-", name[i]) && is_word(name[i - 1])));
        assert_int_equal(name_check(name, "", again, NULL), DONE);
        assert_string_equal(name, again);
        assert_true(names_alike(name, again));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_name), cmocka_unit_test(what_looks_alike),
                                       cmocka_unit_test(three_names), cmocka_unit_test(beside_other_faults),
                                       cmocka_unit_test(any_text)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
