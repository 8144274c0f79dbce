/* rules/taxid.h: Italian tax numbers (PAYMENTS §9.9). Codes are compared upper-case without blanks: taxid_clean first.
 */
#pragma once

#include "base/problem.h"

/* Upper case; blanks, dots and dashes removed; the "IT" of a VAT number too ("IT: 0667 502 1007"). NULL gives "". */
char *taxid_clean(void *mem, const char *typed);

/* 16 characters, omocodia included (any of the seven digits may be a letter), a real day of the month (women: plus 40),
 * or the 11 digits of a body. 29 February passes in every fourth year, because two digits do not tell 1900 from 2000.
 * REFUSED with PROBLEM_TAX_CODE_FORMAT or PROBLEM_TAX_CODE_CHECK on `field`. */
enum outcome tax_code_check(const char *code, const char *field, struct problem *why) must_check;

/* 11 digits, Luhn-like check, serial not zero, office in digits 8-10 known (001-100, 120, 121, 888, 999).
 * PROBLEM_VAT_NUMBER_FORMAT or PROBLEM_VAT_NUMBER_CHECK. */
enum outcome vat_number_check(const char *number, const char *field, struct problem *why) must_check;

/* The same code with omocodia undone and the check letter that follows: two codes with one base belong to one person. A
 * code of another shape comes back as it is. */
char *tax_code_base(void *mem, const char *code);
