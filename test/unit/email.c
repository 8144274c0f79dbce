/* Addresses: by hand, every control byte in every place, and what the shared vectors' sources call invalid. */
#include "rules/email.h"

#include "base/outcome.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "tsv.h"

#define TEN   "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void rows(void **state)
{
    static const char *const GOOD[] = {
        "mario.rossi@example.it",
        "a@b.it",
        "Mario.Rossi+pec@Posta.Example.COM",
        "d'angelo@example.it",
        "info@xn--citt-0na.it",
        "info@example.xn--p1ai",
        "123@123.com",
        "a-b_c@a-b.example",
        SIXTY "abcd@example.it",
        "a@" SIXTY "abc.it",
        /* 254 bytes */
        SIXTY "@" SIXTY "." SIXTY "." SIXTY ".abcdefg.it",
    };
    static const char *const BAD[] = {
        NULL,
        "",
        "@",
        "mario",
        "mario@",
        "@example.it",
        "mario@example",
        "mario@@example.it",
        "ma@rio@example.it",
        ".mario@example.it",
        "mario.@example.it",
        "ma..rio@example.it",
        "ma rio@example.it",
        " mario@example.it",
        "mario@example.it ",
        "mario@example.it\n",
        "mario@example.it\r\nBcc: tutti@example.it",
        "mario@exam_ple.it",
        "mario@-example.it",
        "mario@example-.it",
        "mario@example..it",
        "mario@.example.it",
        "mario@example.it.",
        "mario@example.123",
        "mario@192.0.2.1",
        "mario@[192.0.2.1]",
        "mario@example.i",
        "mario@xn--0.it",
        "mario@xn--.it",
        "mario@xn---a.it",
        "mario@xn--99999999999.it",
        "mario@ab--cd.it",
        "mario@host.localhost",
        "mario@example.test",
        "mario@example.TEST",
        "\"mario\"@example.it",
        "mario(rossi)@example.it",
        "Mario <mario@example.it>",
        "mario@example.it,anna@example.it",
        "mari\u00F2@example.it",
        "mario@citt\u00E0.it",
        "'mario'@example.it",
        "a'1'='1@example.it",
        SIXTY "abcde@example.it",
        "a@" SIXTY "abcd.it",
        SIXTY "@" SIXTY "." SIXTY "." SIXTY ".abcdefgh.it",
    };

    (void)state;
    for (size_t i = 0; i < count_of(GOOD); i++)
        if (!email_valid(GOOD[i]))
            fail_msg("%s is refused", GOOD[i]);
    for (size_t i = 0; i < count_of(BAD); i++)
        if (email_valid(BAD[i]))
            fail_msg("%s is accepted", BAD[i]);
}

static void no_control_byte_passes_anywhere(void **state)
{
    static const char ADDRESS[] = "mario.rossi@posta.example.it";

    (void)state;
    assert_true(email_valid(ADDRESS));
    for (size_t at = 0; at <= strlen(ADDRESS); at++)
        for (int byte = 1; byte < 256; byte++) {
            char text[sizeof ADDRESS + 1];

            if (byte > ' ' && byte < 0x7F)
                continue;
            memcpy(text, ADDRESS, at);
            text[at] = (char)byte;
            memcpy(text + at + 1, ADDRESS + at, sizeof ADDRESS - at);
            assert_false(email_valid(text));
        }
}

/* Claims that hold only for a list the source was given with them. */
static bool is_about_a_list(const char *note)
{
    return strstr(note, "host_blacklist") != NULL || strstr(note, "host_whitelist") != NULL;
}

/* Every claim about one address; the file is small. */
static bool all_sources_refuse(struct tsv *tsv, const char *json)
{
    static struct tsv other;
    bool all = true;

    (void)tsv;
    if (!tsv_open(&other, "emails/vectors.tsv"))
        return false;
    while (tsv_next(&other, '\t'))
        if (strcmp(other.field[0], json) == 0 &&
            (strcmp(other.field[1], "invalid") != 0 || is_about_a_list(other.field[2])))
            all = false;
    return all;
}

static void addresses_of_the_vectors(void **state)
{
    static struct tsv tsv;
    size_t accepted = 0, refused = 0;

    (void)state;
    if (!tsv_open(&tsv, "emails/vectors.tsv"))
        skip();
    while (tsv_next(&tsv, '\t')) {
        json_t *json = json_loads(tsv.field[0], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        const char *address = json_string_value(json);

        if (address == NULL) /* a lone surrogate: no text at all */
            continue;
        if (email_valid(address) && strlen(address) == json_string_length(json)) {
            accepted++;
            assert_null(strpbrk(address, "\r\n"));
            if (all_sources_refuse(&tsv, tsv.field[0]))
                fail_msg("%s is accepted", tsv.field[0]);
        } else {
            refused++;
        }
        json_decref(json);
    }
    assert_true(accepted >= 50 && refused >= 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(no_control_byte_passes_anywhere),
        cmocka_unit_test(addresses_of_the_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
