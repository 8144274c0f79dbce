/* IBANs: the brands' own, every changed digit of one (T58), and the shared vectors and registry. */
#include "rules/iban.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <talloc.h>

#include <cmocka.h>

#include "tsv.h"

static void rows(void **state)
{
    static const struct {
        const char *typed;
        enum problem_code problem;
        const char *canonical;
    } ROWS[] = {
        {"IT62C0326803203052886541770", PROBLEM_NONE, "IT62C0326803203052886541770"},
        {"IT62 C 03268 03203 052886541770", PROBLEM_NONE, "IT62C0326803203052886541770"},
        {"it62-c032.6803\u00A02030 5288 6541 770 ", PROBLEM_NONE, "IT62C0326803203052886541770"},
        {"IT60X0542811101000000123456", PROBLEM_NONE, "IT60X0542811101000000123456"},
        {"IT15L0760117400001007214826", PROBLEM_NONE, "IT15L0760117400001007214826"},
        {"IT58U03268032000B1234567890", PROBLEM_NONE, "IT58U03268032000B1234567890"},
        {"SM86U0322509800000000270100", PROBLEM_NONE, "SM86U0322509800000000270100"},
        {"VA59001123000012345678", PROBLEM_NONE, "VA59001123000012345678"},
        {"RU0304452522540817810538091310419", PROBLEM_NONE, "RU0304452522540817810538091310419"},
        {"IT66D0326803203052886541770", PROBLEM_IBAN_CHECK, ""}, /* MOD 97 holds, the CIN does not */
        {"IT61C0326803203052886541770", PROBLEM_IBAN_CHECK, ""}, /* MOD 97 */
        {"IT62C032680320305288654177", PROBLEM_IBAN_FORMAT, ""}, /* 26 characters */
        {"IT62C03268032030528865417700", PROBLEM_IBAN_FORMAT, ""},
        {"IT6210326803203052886541770", PROBLEM_IBAN_FORMAT, ""}, /* CIN must be a letter */
        {"IT62CO326803203052886541770", PROBLEM_IBAN_FORMAT, ""}, /* letter O for a zero */
        {"ZZ68539007547034", PROBLEM_IBAN_FORMAT, ""},
        {"QQ9312345678", PROBLEM_IBAN_FORMAT, ""},
        {"FR7630006000011234567890189@", PROBLEM_IBAN_FORMAT, ""},
        {"", PROBLEM_IBAN_FORMAT, ""},
        {"I", PROBLEM_IBAN_FORMAT, ""},
        {"IT6", PROBLEM_IBAN_FORMAT, ""},
        {"000000000000000000000000000000000000000000000000000000000000000000", PROBLEM_IBAN_FORMAT, ""},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char canonical[IBAN_TEXT];
        struct problem why = {0};

        assert_int_equal(iban_check(ROWS[i].typed, "iban", canonical, &why),
                         ROWS[i].problem == PROBLEM_NONE ? DONE : REFUSED);
        assert_int_equal(why.code, ROWS[i].problem);
        assert_string_equal(canonical, ROWS[i].canonical);
    }
}

static void groups(void **state)
{
    void *mem = talloc_new(NULL);

    (void)state;
    assert_string_equal(iban_grouped(mem, "IT62C0326803203052886541770"), "IT62 C032 6803 2030 5288 6541 770");
    assert_string_equal(iban_grouped(mem, "BE68539007547034"), "BE68 5390 0754 7034");
    assert_string_equal(iban_grouped(mem, ""), "");
    talloc_free(mem);
}

static void accounts_before_iban(void **state)
{
    static const struct {
        const char *account, *iban;
    } ROWS[] = {
        {"03268/03203/052886541770", "IT62C0326803203052886541770"},
        {"03268/03203/52886541770", "IT62C0326803203052886541770"},
        {"05428/11101/000000123456", "IT60X0542811101000000123456"},
        {"03268/03203/", ""},
        {"03268/03203/0528865417701", ""},
        {"0326X/03203/052886541770", ""},
        {"03268/052886541770", ""},
        {"03268-03203-052886541770", ""},
        {"03268/03203/05288654177_", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        char iban[IBAN_TEXT];

        assert_int_equal(iban_italian(ROWS[i].account, iban), *ROWS[i].iban ? DONE : REFUSED);
        assert_string_equal(iban, ROWS[i].iban);
    }
}

static void every_changed_character_is_noticed(void **state)
{
    char iban[] = "IT62C0326803203052886541770", canonical[IBAN_TEXT];
    struct problem why;

    (void)state;
    for (size_t i = 0; i < strlen(iban); i++)
        for (const char *c = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *c != '\0'; c++) {
            char kept = iban[i];

            iban[i] = *c;
            assert_int_equal(iban_check(iban, "", canonical, &why), *c == kept ? DONE : REFUSED);
            iban[i] = kept;
        }
}

/* The oracle of the vectors knows MOD 97 and the lengths of the SEPA countries; these it let pass, their source and
 * their country's form do not. */
static bool breaks_its_country_s_form(const char *typed)
{
    static const char *const THOSE[] = {
        "VG46H07Y0223060094359858",      "IE95TE8270900834048660",
        "PS072435171802145240705922007", "BA30 1290 0794 0102 84",
        "BG93 BNBG 9661 1A20 3456 78",   "GI22 NW3K 0000 0000 7099 453",
        "NL56 3003 0A17 1643 00",        "QQ93 1234 5678",
    };

    for (size_t i = 0; i < count_of(THOSE); i++)
        if (strcmp(typed, THOSE[i]) == 0)
            return true;
    return false;
}

static void ibans_of_the_vectors(void **state)
{
    struct tsv tsv;
    size_t count = 0;

    (void)state;
    if (!tsv_open(&tsv, "identifiers/vectors/iban.tsv"))
        skip();
    for (; tsv_next(&tsv, '\t'); count++) {
        char canonical[IBAN_TEXT];
        struct problem why = {0};
        bool valid = iban_check(tsv.field[0], "", canonical, &why) == DONE;
        bool expected = strcmp(tsv.field[2], "valid") == 0;

        if (breaks_its_country_s_form(tsv.field[0])) {
            assert_true(expected && strcmp(tsv.field[1], "invalid") == 0);
            assert_int_equal(why.code, PROBLEM_IBAN_FORMAT);
        } else if (valid != expected) {
            fail_msg("%s is %s", tsv.field[0], valid ? "accepted" : "refused");
        }
    }
    assert_true(count >= 800);
}

static void accounts_as_banks_name_them(void **state)
{
    static const struct {
        const char *text;
        bool same;
    } row[] = {
        {"IT60X0542811101000000123456", true},
        {"it60 x054 2811 1010 0000 0123 456", true},
        {"UNCRITMMXXX/IT60X0542811101000000123456", true},
        {"05428/11101/000000123456", true},
        {"05428/000000123456", true},
        {"", false},
        {"000000123456", false},
        {"IT60X0542811101000000123457", false},
        {"9IT60X0542811101000000123456", false},
        {"05428/11101/000000123457", false},
    };

    (void)state;
    for (size_t i = 0; i < count_of(row); i++)
        if (iban_named("IT60X0542811101000000123456", row[i].text) != row[i].same)
            fail_msg("%s", row[i].text);
}

static void every_country_of_the_registry(void **state)
{
    struct tsv tsv;
    size_t count = 0;

    (void)state;
    if (!tsv_open(&tsv, "identifiers/php-iban/registry.txt"))
        skip();
    for (; tsv_next(&tsv, '|'); count++) {
        char canonical[IBAN_TEXT];
        struct problem why;

        if (strcmp(tsv.field[0], "AA") == 0) /* a network's own accounts, no country */
            continue;
        if (iban_check(tsv.field[7], "", canonical, &why) != DONE)
            fail_msg("%s is refused", tsv.field[7]);
    }
    assert_true(count >= 110);
}

/* R109: the sample of the seller's own sheet. */
static void papers_write_it_in_parts(void **state)
{
    struct iban_parts p;

    (void)state;
    assert_true(iban_split("IT62C0326803203052886541770", &p));
    assert_string_equal(p.international, "IT62");
    assert_string_equal(p.cin, "C");
    assert_string_equal(p.abi, "03268");
    assert_string_equal(p.cab, "03203");
    assert_string_equal(p.account, "052886541770");
    assert_false(iban_split("DE89370400440532013000", &p));
    assert_string_equal(p.abi, "");
    assert_false(iban_split("IT62", &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(groups),
        cmocka_unit_test(accounts_before_iban),
        cmocka_unit_test(accounts_as_banks_name_them),
        cmocka_unit_test(every_changed_character_is_noticed),
        cmocka_unit_test(ibans_of_the_vectors),
        cmocka_unit_test(every_country_of_the_registry),
        cmocka_unit_test(papers_write_it_in_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
