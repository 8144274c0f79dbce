/* base/money.h: euro, counted in whole cents. Never a double, never a silent overflow. */
#pragma once

#include "base/outcome.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct money {
    int64_t cents;
};

#define MONEY_LIMIT 100000000000000 /* one thousand billion euro: beyond it every operation is REFUSED */

static inline struct money money(int64_t cents) { return (struct money){cents}; }

/* Each leaves *sum untouched unless DONE; REFUSED when the result would pass ±MONEY_LIMIT. */
enum outcome money_add(struct money a, struct money b, struct money *sum) must_check;
enum outcome money_subtract(struct money a, struct money b, struct money *difference) must_check;
enum outcome money_times(struct money a, int64_t count, struct money *product) must_check;

/* `part` out of `whole` of an amount, rounded half-up away from zero to the cent (DOMAIN D11, §3.7 rateo).
 * whole > 0, part >= 0. VAT at 22 % of `net` is money_share(net, 2200, 10000, &vat). */
enum outcome money_share(struct money a, int64_t part, int64_t whole, struct money *share) must_check;

/* Exact decimal text, as banks and XML write it: "10.98", "10.9", "10", "10.98000". At most 2 significant decimals (further
 * zeros are allowed), no sign, no blanks, no thousands separator. `length` bytes are read, no terminator is needed. */
enum outcome money_parse(const char *text, size_t length, struct money *amount) must_check;

#define MONEY_TEXT 40
char *money_decimal(struct money amount, char text[MONEY_TEXT]); /* "1234.50": for XML, JSON text, QR; returns text */
char *money_italian(struct money amount, char text[MONEY_TEXT]); /* "1.234,50": for people */
char *money_euro(struct money amount, char text[MONEY_TEXT]);    /* "1.234,50 €" */
