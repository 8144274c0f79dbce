#include "measure.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void give_up(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(3);
}

double now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double cpu_seconds(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void peak_forget(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    malloc_trim(0);
    if (!file || fputs("5", file) < 0 || fclose(file) != 0) /* proc(5): the peak resident set size */
        give_up("the peak of memory cannot be set back");
}

double peak_mib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static int by_value(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

double median(double *values, size_t count)
{
    if (count == 0)
        give_up("nothing was measured");
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void make_room(struct times *t, size_t count)
{
    if (count <= t->room)
        return;
    t->room = count * 2 + 1000;
    t->us = realloc(t->us, t->room * sizeof *t->us);
    if (!t->us)
        give_up("no memory");
}

void times_note(struct times *t, int64_t us)
{
    make_room(t, t->count + 1);
    t->us[t->count++] = (int32_t)us;
}

void times_join(struct times *all, struct times *more)
{
    make_room(all, all->count + more->count);
    if (more->count)
        memcpy(all->us + all->count, more->us, more->count * sizeof *more->us);
    all->count += more->count;
    times_forget(more);
}

static int by_length(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

int32_t times_at(struct times *t, double share)
{
    if (t->count == 0)
        give_up("nothing was measured");
    qsort(t->us, t->count, sizeof *t->us, by_length);
    return t->us[(size_t)((double)(t->count - 1) * share)];
}

void times_forget(struct times *t)
{
    free(t->us);
    *t = (struct times){0};
}

static bool tell(bool met, double limit, const char *relation, double ratio, const char *format, va_list arguments)
{
    vprintf(format, arguments);
    printf(": %.2f (wanted: %s %.2f)%s\n", ratio, relation, limit, met ? "" : "  MISSED");
    fflush(stdout);
    return met;
}

bool at_least(double limit, double ratio, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    bool met = tell(ratio >= limit, limit, "at least", ratio, format, arguments);
    va_end(arguments);
    return met;
}

bool at_most(double limit, double ratio, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    bool met = tell(ratio <= limit, limit, "at most", ratio, format, arguments);
    va_end(arguments);
    return met;
}
