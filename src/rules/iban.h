/* rules/iban.h: IBAN and the Italian CIN (PAYMENTS §12; T58). */
#pragma once

#include "base/problem.h"
#include <stdbool.h>

#define IBAN_TEXT 36

/* Removes blanks, dots and dashes, upper-cases, then checks country, length and structure (PROBLEM_IBAN_FORMAT), MOD 97
 * and, for IT and SM, the CIN (PROBLEM_IBAN_CHECK). Other countries' own check digits are left to their banks.
 * `canonical` holds the IBAN when DONE, "" otherwise. */
enum outcome iban_check(const char *typed, const char *field, char canonical[IBAN_TEXT],
                        struct problem *why) must_check;

/* "ABI/CAB/account" as Italian banks wrote accounts before IBAN: 5 digits, 5 digits, up to 12 digits or capitals. `iban`
 * is their IBAN, CIN and check digits computed; "" when REFUSED (PROBLEM_IBAN_FORMAT), being no such thing. */
enum outcome iban_italian(const char *account, char iban[IBAN_TEXT]) must_check;

/* The parts in which Italian papers write it (R109); false, and all of them "", for another country's. */
struct iban_parts {
    char international[5]; /* "IT62", the CIN.INT */
    char cin[2], abi[6], cab[6], account[13];
};
bool iban_split(const char *canonical, struct iban_parts *parts);

char *iban_grouped(void *mem, const char *canonical); /* "IT62 C032 6803 2030 5288 6541 770" */

/* Whether `text`, an account as a bank names it in a statement, means this Italian IBAN: the IBAN itself, grouped or not, alone or
 * after a BIC, or its ABI, CAB and account, or ABI and account, with anything but letters and digits between ("03268/03203/…"). */
bool iban_named(const char *iban, const char *text);
