/* rules/reference.h: what a payer writes so that the money finds its order, and how it is found again in what he typed
 * (DOMAIN §3.4, P18-P19, PAYMENTS §6.4).
 *
 * Either a reference, the 15-digit causale (R32): 13 digits and 2 check digits, ISO 7064 MOD 97-10 (PAYMENTS §7.2). Or an
 * order code: a prefix that tells the kind of order, and its number, "RLM95055", which no check digits protect. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFERENCE_TEXT 16 /* room for either */

/* --- references ------------------------------------------------------------------------------------------------------ */

/* `year` 0..9999, `number` 1..999999999: 2026 and 95055 make "202600009505571". Writes 15 digits and a NUL; returns
 * text. */
char *reference_make(int year, int64_t number, char text[REFERENCE_TEXT]);
bool reference_valid(const char *fifteen_digits);              /* exactly 15 digits, check digits right */
int64_t reference_number(const char *reference);               /* of a valid one: 95055 */
char *reference_grouped(const char *reference, char text[20]); /* "202600 009505 571"; an order code as it is */

/* --- order codes ----------------------------------------------------------------------------------------------------- */

#define CODE_PREFIX_MAX 6 /* letters */

enum order_code_kind { ORDER_CODE_PURCHASE, ORDER_CODE_RENEWAL, ORDER_CODE_TOPUP, ORDER_CODE_KINDS };

/* How a brand makes its codes: a prefix for each kind of order, NULL or "" where the code is a 15-digit reference. */
struct order_code_policy {
    const char *prefix[ORDER_CODE_KINDS];
};

bool code_prefix_valid(const char *prefix); /* 2 to 6 capital letters */

/* The code of order `number` (1..999999999): "RLM95055", "RLM00042", or the reference of `year` and number. */
char *order_code_make(const struct order_code_policy *policy, enum order_code_kind kind, int year, int64_t number,
                      char text[REFERENCE_TEXT]);

/* The prefixes in use, of all brands; each valid. */
struct code_forms {
    const char *const *prefixes;
    size_t count;
};

/* --- finding them ---------------------------------------------------------------------------------------------------- */

/* What free text names, distinct: references in order of appearance, then order codes in theirs.
 *
 * References. A group is a run of digits as long as it goes; a letter (or another script's digit) that touches it spoils
 * it. Groups with a single dot, dash, slash or stretch of blanks between them make a chain. A candidate is one group of 15
 * digits, or neighbouring whole groups of a chain that have 15 together: "202600 009505 571", "2026.0000.9505.571
 * 15/03/2027". So 15 digits inside a longer run are none, nor are 15 digits with a code's letters at either end. The 18
 * digits of a postal slip's customer code, in one run, count as the reference in it (rules/slip.h).
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
 * Order codes. A whole word that is a prefix, in capitals or not, then a number of 3 digits or more with leading zeros, 9 or
 * fewer without; between them nothing or blanks, dots, dashes, underscores, slashes. A letter or digit that touches either
 * end spoils it: neither XRLM95055 nor RLM95055A is one, and RLM95055 never is LM95055. The prefix may be spelt in
 * initials, "R.L.M. 95055". Where words can be read in two ways there is no code: in "R LM95055" the R may belong to it. A
 * number of fewer than 5 digits, as no code is printed, counts only where no other digits follow: "RLM 123.456" is none.
 * The canonical form has the prefix in capitals and the number with at least 5 digits.
 *
 * Without check digits a code that the bank cut is easily taken for another, so the pieces are read twice, joined with
 * a blank and joined without anything, and both readings count. `alternatives` says that they hold one code each and not the
 * same: in "RLM95055", "2 ANNI" the order is 95055, or 950552 and the line was cut there.
 *
 * That a code and a reference name the same order cannot be seen here. It is for the caller to look both up, the reference
 * also by its number, before he takes them for two.
 *
 * Takes time linear in the text and no memory. */
struct references {
    size_t valid_count, invalid_count; /* valid_count stops at 4: two are already too many for one payment */
    char valid[4][REFERENCE_TEXT];     /* references and canonical codes */
    bool alternatives;                 /* the last two of valid are readings of the same text: at most one was meant */
};
/* `forms` may be NULL: no order codes. */
void codes_find(const char *const *parts, size_t count, const struct code_forms *forms, struct references *found);

/* References alone. */
static inline void references_find(const char *const *parts, size_t count, struct references *found)
{
    codes_find(parts, count, NULL, found);
}
