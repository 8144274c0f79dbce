/* bench/measure.h: what the benches measure with. Every figure is told next to its limit, taken in the same run and in
 * turns with it (limit, ours, limit, ours …), because absolute figures on a shared machine mean nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2))); /* tells why, exit 3 */

double now_seconds(void);
double cpu_seconds(int who); /* RUSAGE_SELF, RUSAGE_THREAD: user and system together */
void peak_forget(void);      /* memory that nothing needs any more goes back, and the peak begins anew */
double peak_mib(void);       /* of this process's memory since */

double median(double *values, size_t count); /* sorts them */

/* How long single things took. */
struct times {
    int32_t *us;
    size_t count, room;
};
void times_note(struct times *times, int64_t us);
void times_join(struct times *all, struct times *more); /* `more` is emptied */
int32_t times_at(struct times *times, double share);    /* 0.99: what 99 of 100 stayed under. Sorts */
void times_forget(struct times *times);

/* Prints "WHAT: RATIO (wanted: at least LIMIT)"; false when it is missed. */
bool at_least(double limit, double ratio, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool at_most(double limit, double ratio, const char *format, ...) __attribute__((format(printf, 3, 4)));
