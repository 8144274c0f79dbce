/* base/day.h: civil dates, as law and contracts count them. No zone, no time of day (DOMAIN D1). */
#pragma once

#include "base/outcome.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days since 1970-01-01 in the Gregorian calendar; from 1900-01-01 to 2999-12-31. */
struct day {
    int32_t n;
};

struct ymd {
    int year, month, day; /* month and day count from 1 */
};

bool day_exists(struct ymd date); /* within the range above, and a real day of its month */
struct day day_of(int year, int month, int day); /* the date must exist; for literals and tests */
struct ymd day_split(struct day d);
int day_weekday(struct day d); /* 1 Monday … 7 Sunday */

static inline bool day_before(struct day a, struct day b) { return a.n < b.n; }
static inline bool day_same(struct day a, struct day b) { return a.n == b.n; }
static inline struct day day_plus(struct day d, int days) { return (struct day){d.n + days}; }
static inline struct day day_earlier(struct day a, struct day b) { return a.n < b.n ? a : b; }
static inline struct day day_later(struct day a, struct day b) { return a.n > b.n ? a : b; }
#define DAY_NEVER ((struct day){376199}) /* 2999-12-31: "no limit" */
static inline bool day_is_known(struct day d) { return d.n != 0 && d.n < DAY_NEVER.n; } /* neither "none" nor "no limit" */

/* `months` later (or earlier) on the day of month `anchor` (1..31), or on the last day of the month where that is missing
 * (DOMAIN D2, art. 2963 c.c.; D3 for the anchor). anchor 0 means the day of `d` itself. Clamped to the calendar's range. */
struct day day_add_months(struct day d, int months, int anchor);

/* Months that have begun between two dates, 0 when `to` is not after `from`; 1 from the first day on (DOMAIN §8.8). */
int day_started_months(struct day from, struct day to);

enum outcome day_parse(const char *text, size_t length, struct day *d) must_check;         /* "2027-03-15" only */
enum outcome day_parse_italian(const char *text, size_t length, struct day *d) must_check; /* "15/03/2027" or "15-03-2027" */

#define DAY_TEXT 12
char *day_iso(struct day d, char text[DAY_TEXT]);     /* "2027-03-15"; returns text */
char *day_italian(struct day d, char text[DAY_TEXT]); /* "15/03/2027"; returns text */
