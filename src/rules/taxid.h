/* rules/taxid.h: Italian tax numbers (PAYMENTS §9.9). Codes are compared upper-case without blanks: taxid_clean first. */
#pragma once

#include "base/problem.h"

char *taxid_clean(void *mem, const char *typed); /* upper case, blanks, dots and dashes removed, a leading "IT" of a VAT number too */

/* 16 characters, omocodia included (substituted digits, day of women, a real day of the month), or 11 digits of a body.
 * REFUSED with PROBLEM_TAX_CODE_FORMAT or PROBLEM_TAX_CODE_CHECK on `field`. */
enum outcome tax_code_check(const char *code, const char *field, struct problem *why) must_check;

/* 11 digits, Luhn-like check, office code in digits 8-10 known. PROBLEM_VAT_NUMBER_FORMAT or PROBLEM_VAT_NUMBER_CHECK. */
enum outcome vat_number_check(const char *number, const char *field, struct problem *why) must_check;

/* The same code with omocodia undone: two codes with one base belong to one person. */
char *tax_code_base(void *mem, const char *code);
