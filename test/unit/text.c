/* Text from outside, problems told with it, and lines of the log that nobody can forge. */
#include "seeded.h"

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <talloc.h>
#include <unistd.h>

static void *mem;

static int begin(void **state)
{
    mem = talloc_new(NULL);
    return chance_begin(state);
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static void utf8_is_told_from_what_only_looks_like_it(void **state)
{
    (void)state;
    static const struct {
        const char *what, *bytes;
        bool utf8, plain;
    } rows[] = {
        {"nothing", "", true, true},
        {"letters", "Perché no", true, true},
        {"a euro and a smile", "€ 😀", true, true},
        {"a new line", "a\nb", true, false},
        {"a tab", "a\tb", true, false},
        {"DEL", "a\x7f", true, false},
        {"a C1 control", "a\xC2\x85", true, false},
        {"a line separator", "a\xE2\x80\xA8", true, false},
        {"text turned around",
         "a\xE2\x80\xAE"
         "b",
         true, false},
        {"U+FFFE", "\xEF\xBF\xBE", true, false},
        {"the last code point", "\xF4\x8F\xBF\xBF", true, true},
        {"past the last code point", "\xF4\x90\x80\x80", false, false},
        {"overlong slash, 2 bytes", "\xC0\xAF", false, false},
        {"overlong slash, 3 bytes", "\xE0\x80\xAF", false, false},
        {"overlong slash, 4 bytes", "\xF0\x80\x80\xAF", false, false},
        {"a surrogate", "\xED\xA0\x80", false, false},
        {"a tail alone", "\x80", false, false},
        {"cut short", "caff\xC3", false, false},
        {"Latin-1", "caff\xE8 ", false, false},
        {"FF", "\xFF", false, false},
    };
    for (size_t i = 0; i < count_of(rows); i++) {
        row_holds(rows[i].what, text_is_utf8(rows[i].bytes, strlen(rows[i].bytes)) == rows[i].utf8);
        row_holds(rows[i].what, text_is_plain(rows[i].bytes, strlen(rows[i].bytes)) == rows[i].plain);
    }
    assert_false(text_is_utf8("a\0b", 3));
    assert_int_equal(text_characters("è€😀a"), 4);
}

static void blanks_are_tidied(void **state)
{
    (void)state;
    assert_string_equal(text_trim(mem, "  Mario \t\r\n  Rossi\xC2\xA0 "), "Mario Rossi");
    assert_string_equal(text_trim(mem, ""), "");
    assert_string_equal(text_trim(mem, NULL), "");
    assert_string_equal(text_trim(mem, " \n "), "");
    assert_string_equal(text_trim(mem, "a"), "a");
    assert_true(text_is_blank(NULL));
    assert_true(text_is_blank(" \t\xC2\xA0"));
    assert_false(text_is_blank(" x"));
    assert_string_equal(text_lower(mem, "MARIO.Rossi@È"), "mario.rossi@È");
    assert_string_equal(text_upper(mem, "rssmra85t10a562è"), "RSSMRA85T10A562è");
    assert_true(text_same(NULL, NULL));
    assert_false(text_same(NULL, ""));
    assert_true(text_same("a", "a"));
    assert_true(text_starts("KVIS0012", "KVIS"));
    assert_false(text_starts("XKVIS1", "KVIS"));
}

static void latin_text_for_banks_and_invoices(void **state)
{
    (void)state;
    static const struct {
        const char *text, *latin;
    } rows[] = {
        {"Caffè Società à èìòù ÀÈ", "Caffè Società à èìòù ÀÈ"},
        {"l’anno “2027” – € 10…", "l'anno \"2027\" - EUR 10..."},
        {"Łukasz Żółć", "Lukasz Zólc"},
        {"Ștefan Țîrlea", "Stefan Tîrlea"},
        {"Đorđe Čović", "Dorde Covic"},
        {"Nguyễn", "Nguyen"}, /* two marks: the letter is left */
        {"caffe\xCC\x80", "caffè"},
        {"c\xCC\x8C\xCC\x81", "c"},
        {"\xCC\x80"
         "a",
         "a"},
        {"Œuvre Straße ẞ", "OEuvre Straße SS"},
        {"Жanna Ω 😀", "?anna ? ?"},
        {"a\tb\nc\x01"
         "d",
         "a b c?d"},
        {"a\xC2\xA0"
         "b\xE2\x80\x8B"
         "c",
         "a bc"},
        {"bad\xFF"
         "bytes\xC3",
         "bad?bytes?"},
        {"", ""},
    };
    for (size_t i = 0; i < count_of(rows); i++)
        assert_string_equal(text_latin(mem, rows[i].text), rows[i].latin);
}

static void latin_of_anything_is_latin(void **state)
{
    (void)state;
    for (int n = 0; n < 20000; n++) {
        char bytes[24];
        size_t length = (size_t)chance_between(0, sizeof bytes - 1);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)chance_between(1, 255);
        bytes[length] = '\0';
        char *latin = text_latin(NULL, bytes);
        size_t out = strlen(latin);
        holds(text_is_plain(latin, out));
        for (size_t i = 0; i < out; i++)
            holds((unsigned char)latin[i] <= 0xC3);
        talloc_free(latin);
    }
}

static void a_buffer_grows(void **state)
{
    (void)state;
    struct text_buffer b = text_buffer(mem);
    assert_string_equal(b.bytes, "");
    for (int i = 0; i < 2000; i++)
        text_put_format(&b, "%d,", i);
    assert_int_equal(b.length, strlen(b.bytes));
    assert_int_equal(b.length, 10 * 2 + 90 * 3 + 900 * 4 + 1000 * 5);
    assert_string_equal(b.bytes + b.length - 10, "1998,1999,");

    b = text_buffer(mem);
    text_put_html(&b, "<a href=\"x\">l'èa & b</a>", strlen("<a href=\"x\">l'èa & b</a>"));
    assert_string_equal(b.bytes, "&lt;a href=&quot;x&quot;&gt;l&#39;èa &amp; b&lt;/a&gt;");
    char *wide = talloc_zero_array(mem, char, 100001);
    memset(wide, 'x', 100000);
    b = text_buffer(mem);
    text_put_format(&b, "%s!", wide);
    assert_int_equal(b.length, 100001);
}

static void hex_goes_both_ways(void **state)
{
    (void)state;
    unsigned char bytes[3];
    assert_string_equal(text_hex(mem, "\x00\xAB\xff", 3), "00abff");
    assert_true(text_unhex("00ABff", bytes, 3));
    assert_memory_equal(bytes, "\x00\xAB\xff", 3);
    assert_false(text_unhex("00abf", bytes, 3));
    assert_false(text_unhex("00abff0", bytes, 3));
    assert_false(text_unhex("00abfg", bytes, 3));
}

static void a_problem_is_told_whole(void **state)
{
    (void)state;
    struct problem why;
    struct problems all = {0};
    char longer[400];

    assert_int_equal(problem_set(&why, PROBLEM_TOO_EARLY, "years", "%s", "15/12/2026"), REFUSED);
    assert_string_equal(problem_text(mem, "it", &why), "Il rinnovo si apre il 15/12/2026.");
    assert_string_equal(why.field, "years");
    assert_int_equal(problem_status(why.code), 409);
    assert_string_equal(problem_slug(why.code), "renewal-too-early");
    assert_int_equal(problem_set(NULL, PROBLEM_BUSY, "", ""), REFUSED);

    memset(longer, 'x', sizeof longer);
    memcpy(longer + sizeof why.detail - 3, "€", 3); /* would be cut in its middle */
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(problem_set(&why, PROBLEM_CSV, "", "%s", longer), REFUSED);
    assert_true(text_is_utf8(why.detail, strlen(why.detail)));
    assert_int_equal(strlen(why.detail), sizeof why.detail - 3);

    for (int i = 0; i < 30; i++)
        assert_int_equal(problems_add(&all, PROBLEM_REQUIRED, "name", ""), REFUSED);
    assert_int_equal(all.count, 30);
    assert_string_equal(all.item[23].field, "name");

    for (int code = 0; code < PROBLEM_CODES; code++) {
        const char *text = problem_msgid((enum problem_code)code), *hole = strstr(text, "{}");
        row_holds(text, problem_status((enum problem_code)code) >= (code == PROBLEM_NONE ? 200 : 400));
        row_holds(text, hole == NULL || strstr(hole + 2, "{}") == NULL);
        for (int other = 0; other < code; other++)
            row_holds(text, strcmp(problem_slug((enum problem_code)code), problem_slug((enum problem_code)other)) != 0);
    }
}

/* What log_write sends to stderr, read back through a temporary file. */
static char *logged(bool json, const char *value)
{
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);

    assert_non_null(file);
    dup2(fileno(file), STDERR_FILENO);
    log_setup(LOG_INFO, json);
    log_debug("too.small");
    log_info("bank.import", LOG_TEXT("file", value), LOG_INT("entries", -3));
    log_setup(LOG_INFO, false);
    dup2(kept, STDERR_FILENO);
    close(kept);

    char *text = talloc_zero_array(mem, char, 8192);
    rewind(file);
    size_t length = fread(text, 1, 8191, file);
    fclose(file);
    assert_true(length > 0 && strchr(text, '\n') == text + length - 1); /* one line */
    return text;
}

static void a_log_line_cannot_be_forged(void **state)
{
    (void)state;
    char longer[9000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const char *values[] = {"estratto.xml", "a \"b\"\n2026 error forged \\", "\xFF\xC3", "", longer, "è\x1b[31m"};

    for (size_t i = 0; i < count_of(values); i++) {
        char *people = logged(false, values[i]);
        assert_non_null(strstr(people, " info bank.import ("));
        assert_non_null(strstr(people, " entries=-3\n"));
        assert_null(strchr(people, '\x1b'));

        json_t *line = json_loads(logged(true, values[i]), 0, NULL);
        assert_non_null(line);
        assert_string_equal(json_string_value(json_object_get(line, "level")), "info");
        assert_int_equal(json_integer_value(json_object_get(line, "entries")), -3);
        if (i < 2)
            assert_string_equal(json_string_value(json_object_get(line, "file")), values[i]);
        json_decref(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_told_from_what_only_looks_like_it),
        cmocka_unit_test(blanks_are_tidied),
        cmocka_unit_test(latin_text_for_banks_and_invoices),
        cmocka_unit_test(latin_of_anything_is_latin),
        cmocka_unit_test(a_buffer_grows),
        cmocka_unit_test(hex_goes_both_ways),
        cmocka_unit_test(a_problem_is_told_whole),
        cmocka_unit_test(a_log_line_cannot_be_forged),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
