/* rules/slip.h: the numbers of a postal slip, the bollettino (PAYMENTS §8).
 *
 * A slip that says who pays and how much carries an 18-digit customer code: 16 digits and their remainder by 93. Ours is
 * "1", the order's 15-digit reference and the remainder, so that one number finds the order whether money comes by
 * transfer or over the counter. */
#pragma once

#include "base/money.h"
#include "base/problem.h"
#include "rules/reference.h"
#include <stdbool.h>

#define SLIP_CODE_TEXT    19
#define SLIP_ACCOUNT_TEXT 13
#define SLIP_LINE_TEXT    56
#define SLIP_PAYLOAD_TEXT 51

/* Poste's document types, by their numbers. */
enum slip_type {
    SLIP_BLANK = 123,     /* nothing is printed on it */
    SLIP_ACCOUNT = 451,   /* account and holder are */
    SLIP_CUSTOMER = 674,  /* and the customer code */
    SLIP_COMPLETE = 896   /* and the amount */
};

/* A valid reference's customer code: "202600009505571" makes "120260000950557134"; returns text. */
char *slip_code(const char *reference, char code[SLIP_CODE_TEXT]);
bool slip_code_valid(const char *eighteen_digits); /* anybody's: exactly 18 digits, the last two right */

/* The reference in one of our codes, as somebody typed it or a statement tells it: blanks, dots and dashes do not count.
 * REFUSED with PROBLEM_SLIP_CODE on `field` when it is no customer code, or not one of ours. */
enum outcome slip_reference(const char *typed, const char *field, char reference[REFERENCE_TEXT],
                            struct problem *why) must_check;

/* A postal account, 1 to 12 digits, filled up with zeros to 12. REFUSED with PROBLEM_SLIP_ACCOUNT on `field`. */
enum outcome slip_account(const char *typed, const char *field, char account[SLIP_ACCOUNT_TEXT],
                          struct problem *why) must_check;

/* What every printed code of a slip is made of. `code` and `amount` count only for the types that carry them. */
struct slip {
    enum slip_type type;
    char account[SLIP_ACCOUNT_TEXT], code[SLIP_CODE_TEXT];
    struct money amount; /* 0.01 to 99999999.99 */
};

/* Whether the slip's parts are there and right; the others take only such a slip. */
bool slip_valid(const struct slip *slip);
/* For the optical reader: "<120260000950557134> 00000010+98> 001007214826< 896>", "001007214826< 123>". */
char *slip_line(const struct slip *slip, char line[SLIP_LINE_TEXT]);
/* The 50 digits of the Data Matrix, of a complete slip alone. */
char *slip_payload(const struct slip *slip, char payload[SLIP_PAYLOAD_TEXT]);

/* An amount in Italian words as slips and cheques want it, cents in figures, nothing between the words where more could
 * be written: "trenta/50", "milleduecentoventitré/00". From 0 to 999999999.99 euro; returns words. */
#define SLIP_WORDS_TEXT 128
char *slip_words(struct money amount, char words[SLIP_WORDS_TEXT]);
