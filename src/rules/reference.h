/* rules/reference.h: the 15-digit causale of a transfer (R32): 13 digits and 2 check digits, ISO 7064 MOD 97-10
 * (PAYMENTS §7.2), and how it is found again in what a payer typed (DOMAIN §3.4, PAYMENTS §6.4). */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFERENCE_TEXT 16

/* `year` 0..9999, `number` 1..999999999: 2026 and 95055 make "202600009505571". Writes 15 digits and a NUL; returns
 * text. */
char *reference_make(int year, int64_t number, char text[REFERENCE_TEXT]);
bool reference_valid(const char *fifteen_digits);              /* exactly 15 digits, check digits right */
char *reference_grouped(const char *reference, char text[20]); /* "202600 009505 571" */

/* References named in free text, distinct, in order of appearance.
 *
 * A group is a run of digits as long as it goes; a letter (or another script's digit) that touches it spoils it. Groups
 * with a single dot, dash, slash or stretch of blanks between them make a chain. A candidate is one group of 15 digits,
 * or neighbouring whole groups of a chain that have 15 together: "202600 009505 571", "2026.0000.9505.571 15/03/2027".
 * So 15 digits inside a longer run are none, nor are 15 digits with a code's letters at either end.
 *
 * A candidate with right check digits is valid. One with wrong check digits counts as invalid only where nobody can
 * have meant something else: a group of 15, or a chain that is 15 digits as a whole.
 *
 * `parts` are the statement's text pieces, NULLs ignored. Each is searched alone. Banks cut lines anywhere, so where no
 * piece held a valid reference they are searched again joined without anything between, and, if that holds none either,
 * joined with a blank. The first reading with a valid reference is the answer, with the invalid ones of the same
 * reading; where no reading has one, the invalid ones are those of the pieces alone, or, where these have none, of the
 * first joined reading that has. Joined text can therefore neither add to what a piece says by itself nor make it
 * doubtful.
 *
 * Takes time linear in the text and no memory. */
struct references {
    size_t valid_count, invalid_count; /* valid_count stops at 4: two are already too many for one payment */
    char valid[4][REFERENCE_TEXT];
};
void references_find(const char *const *parts, size_t count, struct references *found);
