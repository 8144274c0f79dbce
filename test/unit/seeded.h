/* test/unit/seeded.h: cmocka, dates as a notary writes them, and chance that can be repeated: CASELLA_SEED=n reruns a
 * failure. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/day.h"

static uint64_t seed, chance_state;

static inline int chance_begin(void **state)
{
    (void)state;
    const char *given = getenv("CASELLA_SEED");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761u;
    chance_state = seed ? seed : 1;
    return 0;
}

/* Marsaglia's xorshift64*. */
static inline uint64_t chance(void)
{
    chance_state ^= chance_state >> 12;
    chance_state ^= chance_state << 25;
    chance_state ^= chance_state >> 27;
    return chance_state * 2685821657736338717u;
}

/* Evenly enough from least to most, both included. */
static inline int64_t chance_between(int64_t least, int64_t most)
{
    return least + (int64_t)(chance() % ((uint64_t)(most - least) + 1));
}

static inline struct day chance_day(int first_year, int last_year)
{
    return (struct day){(int32_t)chance_between(day_of(first_year, 1, 1).n, day_of(last_year, 12, 31).n)};
}

#define holds(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg("CASELLA_SEED=%llu: %s", (unsigned long long)seed, #condition);                                   \
    } while (0)

/* The same in a table: says which row. */
#define row_holds(row, condition)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg("%s: %s", (row), #condition);                                                                     \
    } while (0)

static inline struct day date(const char *italian)
{
    struct day d;
    if (day_parse_italian(italian, strlen(italian), &d) != DONE)
        fail_msg("the test names a date that does not exist: %s", italian);
    return d;
}
