/* rules/desk.h: by when people at a desk must have done what was sent to them (DOMAIN D12-D14, §8.1, §8.6).
 *
 * The desk works in Rome's hours, on the working days of its city. What arrives on a working day up to closing time, to the
 * second, is answered within so many minutes, of its arrival or of opening; anything later is the next working day's. */
#pragma once

#include "base/clock.h"
#include "rules/workday.h"

struct desk_policy {
    int opens_minute, closes_minute; /* of the day in Rome: 540, 1080 */
    int within_minutes;              /* 30 */
    struct patron patron;            /* of the desk's city */
    bool open_hours;                 /* a working day has only its opening hours, where working hours are counted (D14) */
};

/* P24 as S1 has it, in Rome. */
#define DESK_POLICY ((struct desk_policy){540, 1080, 30, {6, 29}, false})

struct desk_deadline {
    struct instant due;   /* what is promised */
    struct instant limit; /* the same, but for the next working day's work: that day's closing time (D13) */
};

/* For a proof of payment that arrived at `arrived`. */
struct desk_deadline desk_deadline(struct instant arrived, const struct desk_policy *policy);

/* When `hours` working hours have passed since `sent`. A working day has 24 by the wall clock, so that 24 to 72 are one to
 * three days later at the same time (D14), or those in which the desk is open; what was sent on another day counts from the beginning
 * of the next working one. */
struct instant desk_after_hours(struct instant sent, int hours, const struct desk_policy *policy);
