/* base/clock.h: instants in UTC, and what they are in Rome.
 *
 * The wall clock of the business is Europe/Rome (DOMAIN D1): CET, and CEST from the last Sunday of March 01:00 UTC to the last
 * Sunday of October 01:00 UTC (Directive 2000/84/EC, kept since 1996). Computed here, so that no zone file or setlocale is
 * needed and threads share nothing. */
#pragma once

#include "base/day.h"

struct instant {
    int64_t us; /* microseconds since 1970-01-01T00:00:00Z */
};

#define SECONDS(n) ((int64_t)(n) * 1000000)
#define MINUTES(n) (SECONDS(60) * (n))
#define HOURS(n) (MINUTES(60) * (n))
#define DAYS(n) (HOURS(24) * (n))

static inline struct instant instant_plus(struct instant i, int64_t us) { return (struct instant){i.us + us}; }

struct instant clock_now(void);  /* the machine's clock; business code asks db_now() instead, which can be simulated */
int64_t clock_monotonic_us(void); /* for measuring and waiting */

struct day rome_day(struct instant i);      /* the civil date in Rome */
struct instant rome_midnight(struct day d); /* the instant at which the day begins in Rome */
/* hour:minute:second of a day in Rome. In the hour that autumn repeats, the first; in the one that spring lacks, as if it
 * were standard time. */
struct instant rome_at(struct day d, int hour, int minute, int second);
void rome_time(struct instant i, int *hour, int *minute, int *second);

/* RFC 3339, with Z or an offset, seconds' fraction optional: "2026-11-22T17:50:00Z", "2026-11-22T18:50:00+01:00". */
enum outcome instant_parse(const char *text, size_t length, struct instant *i) must_check;

#define INSTANT_TEXT 40
char *instant_rfc3339(struct instant i, char text[INSTANT_TEXT]); /* "2026-11-22T17:50:00.123456Z", fraction only if not 0 */
char *instant_italian(struct instant i, char text[INSTANT_TEXT]); /* "22/11/2026, 18:50" in Rome */
