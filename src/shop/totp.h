/* shop/totp.h: the codes of an authenticator app: RFC 6238, SHA-1, six digits, half a minute each, as every app understands them. They go
 * by the machine's clock, on a simulated database too: so does the phone that shows them. */
#pragma once

#include "base/clock.h"
#include <stddef.h>

#define TOTP_SECRET 20 /* bytes: RFC 4226 asks for 160 bits */
#define TOTP_STEP   30 /* seconds */
#define TOTP_DIGITS 6
#define TOTP_TEXT   (TOTP_DIGITS + 1)

void totp_start(void); /* before any other; any number of times */
int64_t totp_step_at(struct instant at);
void totp_code(const void *secret, size_t length, int64_t step, char code[TOTP_TEXT]);
/* The step whose code it is: that of `at`, the one before or the one after, and later than `after`; 0: none. */
int64_t totp_match(const void *secret, size_t length, struct instant at, int64_t after, const char *code);
/* As it is typed into an app: base32 without '='. */
char *totp_typed(void *mem, const void *secret, size_t length);
/* What the QR code holds: otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER. */
char *totp_address(void *mem, const char *issuer, const char *account, const char *typed);
