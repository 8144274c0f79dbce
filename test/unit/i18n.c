/* Catalogues made by hand, in both byte orders, whole and broken in every single byte; and one by msgfmt. */
#include "base/i18n.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <talloc.h>

static const char *const PAIRS[][2] = {
    {"", "Content-Type: text/plain; charset=UTF-8\n"},
    {"Rinnova la casella", "Renew the mailbox"},
    {"Scade il {{day}}", "Expires on {{day}}"},
    {"Vuoto", ""},
    {"colonna «%.20s» non prevista", "column «%.20s» is not known"},
    {"manca la colonna «%s»", "the column «%s» is missing"},
    {"riga %zu: %s", "line %zu: %s"},
    {"«%s» non può cadere nel giorno in cui la casella smette di ricevere, che ha il suo avviso",
     "«%s» has a notice of its own"},
    {"È ferma fino al {}: aspettare", "It is held: wait until {}"},
    {"È già scaduta", "It has already expired"},
};
enum { COUNT = sizeof PAIRS / sizeof PAIRS[0], ROOM = 1024 };

static void put_word(unsigned char *bytes, size_t at, uint32_t value, bool big)
{
    for (size_t i = 0; i < 4; i++)
        bytes[at + i] = (unsigned char)(value >> 8 * (big ? 3 - i : i));
}

static size_t make(unsigned char *bytes, bool big)
{
    size_t end = 28 + COUNT * 16;

    memset(bytes, 0, ROOM);
    put_word(bytes, 0, 0x950412de, big);
    put_word(bytes, 8, COUNT, big);
    put_word(bytes, 12, 28, big);
    put_word(bytes, 16, 28 + COUNT * 8, big);
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < COUNT; i++) {
            size_t length = strlen(PAIRS[i][side]);

            put_word(bytes, 28 + side * COUNT * 8 + i * 8, (uint32_t)length, big);
            put_word(bytes, 28 + side * COUNT * 8 + i * 8 + 4, (uint32_t)end, big);
            memcpy(bytes + end, PAIRS[i][side], length + 1);
            end += length + 1;
        }
    return end;
}

static void reads(const char *language)
{
    static const char nowhere[] = "Non tradotta";

    for (size_t i = 0; i < COUNT; i++)
        assert_string_equal(i18n(language, PAIRS[i][0]), PAIRS[i][0][0] && PAIRS[i][1][0] ? PAIRS[i][1] : PAIRS[i][0]);
    assert_ptr_equal(i18n(language, nowhere), nowhere);
}

static void both_byte_orders(void **state)
{
    static unsigned char little[ROOM], big[ROOM];

    (void)state;
    assert_string_equal(i18n("en", "Rinnova la casella"), "Rinnova la casella");
    assert_true(i18n_add("en", little, make(little, false)));
    assert_true(i18n_add("de", big, make(big, true)));
    reads("en");
    reads("de");
    assert_string_equal(i18n("it", "Rinnova la casella"), "Rinnova la casella");
    assert_string_equal(i18n(NULL, "Rinnova la casella"), "Rinnova la casella");
}

/* What a format made is told by the format's translation, in layers; what none made, or one that takes a number, is
 * not. */
static void values_are_found_again(void **state)
{
    static const char *const CASES[][2] = {
        {"manca la colonna «pec»", "the column «pec» is missing"},
        {"riga 12: manca la colonna «pec»", "line 12: the column «pec» is missing"},
        {"a.csv: riga 3: colonna «100 %» non prevista", "a.csv: line 3: column «100 %» is not known"},
        {"riga 3: altro", "line 3: altro"},
        {"riga tre: altro", "riga tre: altro"},
        {"manca la colonna «pec", "manca la colonna «pec"},
        {"a.csv: È già scaduta", "a.csv: It has already expired"},
        {"colonna «x» non prevista; riga 3: manca la colonna «pec»",
         "column «x» is not known; line 3: the column «pec» is missing"},
        {"«x» non può cadere nel giorno in cui la casella smette di ricevere, che ha il suo avviso",
         "«x» has a notice of its own"},
        {"È ferma fino al 31/12/2026: aspettare", "It is held: wait until 31/12/2026"},
        {"", ""},
    };
    static unsigned char bytes[ROOM];
    void *mem = talloc_new(NULL);

    (void)state;
    assert_true(i18n_add("en", bytes, make(bytes, false)));
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_string_equal(i18n_filled(mem, "en", CASES[i][0]), CASES[i][1]);
        assert_string_equal(i18n_filled(mem, "it", CASES[i][0]), CASES[i][0]);
    }
    talloc_free(mem);
}

/* Cut short anywhere it is refused; with any one byte changed it is refused or answers within its bounds (ASan looks
 * on). */
static void broken_bytes(void **state)
{
    unsigned char whole[ROOM];

    (void)state;
    for (int big = 0; big < 2; big++) {
        size_t length = make(whole, big);

        for (size_t cut = 0; cut < length; cut++) {
            unsigned char *part = malloc(cut + 1);
            memcpy(part, whole, cut);
            assert_false(i18n_add("xx", part, cut));
            free(part);
        }
        for (size_t at = 0; at < length * 4; at++) {
            static const unsigned char change[] = {0x01, 0x80, 0xff, 0x7f};
            unsigned char *other = malloc(length);
            memcpy(other, whole, length);
            other[at / 4] ^= change[at % 4];
            if (i18n_add("xx", other, length)) {
                for (size_t i = 0; i < COUNT; i++)
                    assert_true(strlen(i18n("xx", PAIRS[i][0])) < ROOM);
                talloc_free(i18n_filled(NULL, "xx", "riga 3: manca"));
            }
            free(other);
        }
        assert_true(i18n_add("xx", whole, length));
    }
}

static void of_msgfmt(void **state)
{
    static unsigned char bytes[4096];
    char path[] = "/tmp/casella-i18n-XXXXXX", command[128];
    int file = mkstemp(path);
    size_t length;
    FILE *mo;

    (void)state;
    assert_true(file >= 0);
    dprintf(file, "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n");
    for (size_t i = 1; i < COUNT; i++)
        dprintf(file, "msgid \"%s\"\nmsgstr \"%s\"\n", PAIRS[i][0], PAIRS[i][1]);
    close(file);
    snprintf(command, sizeof command, "msgfmt -o - %s 2>/dev/null", path);
    mo = popen(command, "r");
    assert_non_null(mo);
    length = fread(bytes, 1, sizeof bytes, mo);
    if (pclose(mo) != 0) {
        unlink(path);
        print_message("no msgfmt here: skipped\n");
        skip();
    }
    unlink(path);
    assert_true(i18n_add("en", bytes, length));
    reads("en");
}

static void too_many_languages(void **state)
{
    static unsigned char bytes[ROOM];
    size_t length = make(bytes, false);
    char language[] = "q0";
    int added = 0;

    (void)state;
    for (; language[1] <= '9'; language[1]++)
        added += i18n_add(language, bytes, length);
    assert_in_range(added, 1, 8);
    assert_true(i18n_add("en", bytes, length)); /* a known one may still be replaced */
    assert_false(i18n_add("a-language-tag-too-long", bytes, length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_byte_orders), cmocka_unit_test(values_are_found_again), cmocka_unit_test(broken_bytes),
        cmocka_unit_test(of_msgfmt),        cmocka_unit_test(too_many_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
