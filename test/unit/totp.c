/* RFC 6238, appendix B (SHA-1, its last six digits), and which codes are taken when. */
#include "shop/totp.h"
#include "base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <talloc.h>

#define SECRET "12345678901234567890"

static const struct {
    int64_t at;
    const char *code;
} VECTORS[] = {
    {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
};

static struct instant second(int64_t s)
{
    return (struct instant){s * 1000000};
}

static void codes_are_those_of_the_rfc(void **state)
{
    char code[TOTP_TEXT];

    (void)state;
    for (size_t i = 0; i < count_of(VECTORS); i++) {
        totp_code(SECRET, 20, totp_step_at(second(VECTORS[i].at)), code);
        assert_string_equal(code, VECTORS[i].code);
    }
}

static const struct {
    int64_t from_now, after; /* steps: of the code, and of the last one taken */
    bool taken;
} MATCHES[] = {
    {0, -9, true}, {-1, -9, true}, {1, -9, true}, {-2, -9, false}, {2, -9, false},
    {0, 0, false}, {0, -1, true},  {1, 0, true},  {-1, 0, false},  {1, 1, false},
};

static void a_code_is_taken_around_its_time_and_once(void **state)
{
    struct instant now = second(1234567890);
    int64_t step = totp_step_at(now);
    char code[TOTP_TEXT];

    (void)state;
    for (size_t i = 0; i < count_of(MATCHES); i++) {
        int64_t found;

        totp_code(SECRET, 20, step + MATCHES[i].from_now, code);
        found = totp_match(SECRET, 20, now, step + MATCHES[i].after, code);
        if (found != (MATCHES[i].taken ? step + MATCHES[i].from_now : 0))
            fail_msg("row %zu", i);
    }
    assert_int_equal(totp_match(SECRET, 20, now, 0, ""), 0);
    assert_int_equal(totp_match(SECRET, 20, now, 0, "0059240"), 0);
}

static void an_app_can_read_it(void **state)
{
    void *mem = talloc_new(NULL);

    (void)state;
    assert_string_equal(totp_typed(mem, SECRET, 20), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_string_equal(totp_address(mem, "Casella", "anna+uno@ufficio.example", "GEZD"),
                        "otpauth://totp/Casella:anna%2Buno@ufficio.example?secret=GEZD&issuer=Casella");
    talloc_free(mem);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_rfc),
        cmocka_unit_test(a_code_is_taken_around_its_time_and_once),
        cmocka_unit_test(an_app_can_read_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
