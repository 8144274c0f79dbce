/* rules/resemble.h: what looks like what. Money is never assigned by resemblance (DOMAIN §3.4 Y9): these rules only let the desk point
 * out to a person how near a word is to a code, a payer's name to a customer's, and which numbers in a text may be somebody's. */
#pragma once

#include "rules/reference.h"

/* Changes that make one text of the other: a sign too many, one missing, one different, two neighbours exchanged; counted up to
 * `most`, and most + 1 for more. */
int text_distance(const char *a, const char *b, int most);

#define NEAR_CODES 400

/* Codes that somebody may have meant who wrote this text, with one slip each: a digit wrong, missing, too many or exchanged with its
 * neighbour; a letter wrong in the prefix, another kind's prefix, or none. Whether they are any order's is for the caller to look up.
 * Those that the text names itself are not among them. */
struct near_codes {
    size_t count;
    char code[NEAR_CODES][REFERENCE_TEXT];
};
void codes_near(const char *text, const struct code_forms *forms, struct near_codes *near);

/* Whether the names may be one person's or one firm's: whatever the order of their words, capitals, accents, titles and forms of
 * company, each word of the shorter has its like in the longer, one slip allowed in words of 5 letters or more; and there are two
 * words at least, or the one that is the whole of both. */
bool names_resemble(const char *a, const char *b);

#define TAX_NUMBERS 4
/* Tax codes and VAT numbers with right check digits that stand in the text as words; how many. */
size_t tax_numbers_find(const char *text, char found[TAX_NUMBERS][17]);
