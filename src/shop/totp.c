#include "shop/totp.h"
#include "base/text.h"
#include <oath.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void)
{
    if (oath_init() != OATH_OK || sodium_init() < 0)
        abort();
}

void totp_start(void)
{
    pthread_once(&once, start);
}

int64_t totp_step_at(struct instant at)
{
    return at.us / 1000000 / TOTP_STEP;
}

void totp_code(const void *secret, size_t length, int64_t step, char code[TOTP_TEXT])
{
    totp_start();
    if (oath_hotp_generate(secret, length, (uint64_t)step, TOTP_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION, code) !=
        OATH_OK)
        memset(code, 0, TOTP_TEXT);
}

int64_t totp_match(const void *secret, size_t length, struct instant at, int64_t after, const char *code)
{
    int64_t now = totp_step_at(at), found = 0;

    if (strlen(code) != TOTP_DIGITS)
        return 0;
    for (int64_t step = now - 1; step <= now + 1; step++) {
        char right[TOTP_TEXT] = "";

        totp_code(secret, length, step, right);
        if (sodium_memcmp(right, code, TOTP_DIGITS) == 0 && step > after && !found)
            found = step;
    }
    return found;
}

char *totp_typed(void *mem, const void *secret, size_t length)
{
    char *base32 = NULL, *typed = NULL;

    totp_start();
    if (oath_base32_encode(secret, length, &base32, NULL) == OATH_OK)
        typed = talloc_strndup(mem, base32, strcspn(base32, "="));
    free(base32);
    return typed;
}

char *totp_address(void *mem, const char *issuer, const char *account, const char *typed)
{
    struct text_buffer out = text_buffer(mem);

    text_put_format(&out, "otpauth://totp/%s:", issuer);
    for (const char *c = account; *c; c++)
        if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || strchr("@.-_", *c))
            text_put_bytes(&out, c, 1);
        else
            text_put_format(&out, "%%%02X", (unsigned char)*c);
    text_put_format(&out, "?secret=%s&issuer=%s", typed, issuer); /* the rest is what every app takes for granted */
    return out.bytes;
}
