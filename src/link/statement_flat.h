/* link/statement_flat.h: what the formats made of lines share: a statement that is told to the sink step by step.
 *
 *     flat_open(f, "mt940");                 // then id, account, currency, opening as they are read
 *     TRY(flat_payment(f, units, &payment)); // for each; the first tells the sink that the statement begins
 *     TRY(flat_end(f));                      // closing known; checks the sum */
#pragma once

#include "link/amount.h"
#include "link/statement.h"
#include <stdint.h>

#define FLAT_TEXT   140
#define FLAT_PIECES 256

struct flat_balance {
    bool stated;
    amount_units units; /* with its sign */
    char currency[4];   /* "" where not stated */
};

struct flat {
    const struct statement_sink *sink;
    size_t statements;
    bool is_open, has_begun;
    char id[FLAT_TEXT + 1], account[FLAT_TEXT + 1], currency[4];
    struct flat_balance opening, closing;
    amount_units booked;
    struct statement_head head;
    char opening_text[AMOUNT_TEXT], closing_text[AMOUNT_TEXT];
    const char *pieces[FLAT_PIECES]; /* room for the payment being given */
};

void flat_open(struct flat *f, const char *format);
enum outcome flat_begin(struct flat *f) must_check; /* as soon as the head is known; flat_payment and flat_end call it */

/* `p` without amount, counts and indexes, which are put in here. `units` without sign; p->credit says it. */
enum outcome flat_payment(struct flat *f, amount_units units, struct statement_payment *p) must_check;

/* flat_check begins if need be and fills in what is known at the end, head.check among it: the caller's to judge.
 * flat_end does so and tells the sink; it does nothing when no statement is open. */
enum outcome flat_check(struct flat *f) must_check;
enum outcome flat_end(struct flat *f) must_check;

/* "1234,56" with its decimal sign into exact units. False when it is no amount. */
bool flat_amount(const char *text, size_t length, char decimal, amount_units *units);

/* Of year's last two digits, month and day; a day past the month's end (30 February, in accounts of 360 days) is its
 * last. False when there is no such month or day. */
bool flat_day(int year, int month, int day, struct day *d);
int flat_digits(const char *text, int count); /* their number, -1 when one of them is no digit */

/* Copies without blanks at both ends, inner runs of blanks and tabs made one; cut at a whole character when there is no
 * room. */
void flat_copy(char *to, size_t size, const char *text, size_t length);

/* An IBAN, also with a currency behind it, or "ABI/CAB/conto" becomes the bare IBAN; anything else stays. */
void flat_account(char to[FLAT_TEXT + 1], const char *text);
