/* rules/reference.h: the 15-digit causale of a transfer (R32): 13 digits and 2 check digits, ISO 7064 MOD 97-10
 * (PAYMENTS §7.2), and how it is found again in what a payer typed (DOMAIN §3.4, PAYMENTS §6.4). */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFERENCE_TEXT 16

/* `year` 4 digits, `number` 1..999999999: "202600000421715"-like. Writes 15 digits and a NUL; returns text. */
char *reference_make(int year, int64_t number, char text[REFERENCE_TEXT]);
bool reference_valid(const char *fifteen_digits); /* exactly 15 digits, check digits right */
char *reference_grouped(const char *reference, char text[20]); /* "202600 009505 571" */

/* References named in free text, distinct, in order of appearance. A candidate is exactly 15 digits with no letter or digit
 * joined to either end (token boundaries), where single blanks, dots, dashes or slashes between digits are allowed as grouping;
 * a 15-digit number inside a longer run of digits is none. `parts` are the statement's text pieces: each is searched alone, then
 * joined without separator, then joined with a blank, because banks cut lines anywhere. A longer code that contains a
 * shorter one is never taken for it. */
struct references {
    size_t valid_count, invalid_count; /* invalid: 15 digits in token boundaries whose check fails */
    char valid[4][REFERENCE_TEXT];     /* the first four */
};
void references_find(const char *const *parts, size_t count, struct references *found);
