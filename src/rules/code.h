/* rules/code.h: what the codes that people copy from cards and letters have in common. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Copies `typed` without what is put in for reading (blanks, no-break spaces, dots, hyphens and dashes), ASCII letters
 * in upper case; every other byte stays, for the rule to refuse. False, with as much as fits, when the rest needs more
 * than `room`. */
bool code_clean(const char *typed, char *clean, size_t room);

static inline bool code_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool code_is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}
bool code_is_digits(const char *text, size_t exactly); /* so many digits and nothing else */

/* The check letter over digits and capitals that the codice fiscale and the Italian CIN share: characters in odd
 * places, counted from 1, weigh by a table, the others by their index (PAYMENTS §9.9, §12). */
char code_check_letter(const char *text, size_t length);
