/* link/amount.h: the amounts of ISO 20022: decimal text of up to 18 digits, 5 of them after the point. */
#pragma once

#include "base/money.h"
#include <stdbool.h>
#include <stddef.h>

__extension__ typedef __int128 amount_units; /* hundred-thousandths; a sum of 10^14 of the largest amounts fits */

/* "10.98", "10", "8.850", ".5"; further zeros after the fifth decimal are allowed, a sign is not. */
bool amount_parse(const char *text, amount_units *units);

/* False, and *amount untouched, when it is no whole number of cents or past MONEY_LIMIT. */
bool amount_money(amount_units units, struct money *amount);

#define AMOUNT_TEXT 48
char *amount_text(amount_units units,
                  char text[AMOUNT_TEXT]); /* "-12.50", "8.85012": two decimals or as many as it takes */
