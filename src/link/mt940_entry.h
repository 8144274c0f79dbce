/* link/mt940_entry.h: what field :61: of an MT940 says of a movement. */
#pragma once

#include "link/statement_flat.h"
#include <stdbool.h>

#define MT940_FIELD     4096
#define MT940_REFERENCE 16

struct mt940_entry {
    bool credit, reversal, expected; /* credit: the effect on the account */
    amount_units units;
    struct day value_on, booked_on;
    char own_reference[36], bank_reference[35], supplement[MT940_FIELD + 1];
};

/* "2601150115RC24,40NCHK1234567890//0326826015000002", at most MT940_FIELD bytes. NULL, or what is wrong with it. */
const char *mt940_entry_read(struct mt940_entry *entry, const char *field);
