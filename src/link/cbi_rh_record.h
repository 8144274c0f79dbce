/* link/cbi_rh_record.h: a record of CBI's flows: 120 characters and the fields in them. Positions are counted from 1 and inclusive,
 * as the standard counts them. */
#pragma once

#include "link/statement_flat.h"
#include <stdbool.h>
#include <stddef.h>

#define RH_RECORD 120
#define RH_WIDE   (RH_RECORD * 3) /* in UTF-8 */
#define RH_ROOM   (RH_WIDE + 1)

struct rh_record {
    char text[RH_WIDE + 1];
    int at[RH_RECORD + 1]; /* where each character stands */
};

/* False when there are more than 120 characters. Missing blanks are put back. */
bool rh_split(struct rh_record *record, const char *line);
bool rh_says(const struct rh_record *record, int from, const char *flag);

/* With its blanks, and without. */
const char *rh_raw(const struct rh_record *record, int from, int to, size_t *length);
void rh_field(const struct rh_record *record, int from, int to, char *out, size_t size);

/* False where what stands there is none. */
bool rh_number(const struct rh_record *record, int from, int to, size_t *value);
bool rh_day(const struct rh_record *record, int from, struct day *day); /* GGMMAA; zeros or blanks: not stated */
bool rh_amount(const struct rh_record *record, int from, bool *negative, amount_units *units); /* sign and 15 characters */
