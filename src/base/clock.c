/* base/clock.c: Rome's summer time computed, not looked up.
 *
 * The rule is that of Directive 2000/84/EC for every year. Before 1996 summer time ended in September; no date that
 * this program keeps an hour for is that old. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#define DAY_SECONDS 86400
#define MICROS      1000000

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static struct day utc_day(int64_t seconds)
{
    int64_t n = floor_div(seconds, DAY_SECONDS);
    return (struct day){(int32_t)n}; /* 64 bits of microseconds are ±107 million days */
}

struct instant clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (struct instant){(int64_t)t.tv_sec * MICROS + t.tv_nsec / 1000};
}

int64_t clock_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * MICROS + t.tv_nsec / 1000;
}

/* 01:00 UTC of the month's last Sunday, given its 31st. */
static int64_t change_at(struct day thirty_first)
{
    return ((int64_t)thirty_first.n - day_weekday(thirty_first) % 7) * DAY_SECONDS + 3600;
}

static int64_t rome_offset(int64_t seconds)
{
    struct day today = utc_day(seconds);
    struct ymd date = day_split(today);

    if (date.month < 3 || date.month > 10)
        return 3600;
    if (date.month > 3 && date.month < 10)
        return 7200;
    int64_t change = change_at((struct day){today.n + 31 - date.day});
    return (seconds >= change) == (date.month == 3) ? 7200 : 3600;
}

/* Seconds that Rome's wall clock counts since its 1970-01-01 00:00. */
static int64_t rome_seconds(struct instant i)
{
    int64_t seconds = floor_div(i.us, MICROS);
    return seconds + rome_offset(seconds);
}

struct day rome_day(struct instant i)
{
    return utc_day(rome_seconds(i));
}

struct instant rome_at(struct day d, int hour, int minute, int second)
{
    int64_t local = (int64_t)d.n * DAY_SECONDS + hour * 3600LL + minute * 60LL + second;
    /* Summer time if it holds at what the instant would then be: the repeated hour is the first, the missing one
     * standard. */
    int64_t utc = local - (rome_offset(local - 7200) == 7200 ? 7200 : 3600);
    return (struct instant){utc * MICROS};
}

struct instant rome_midnight(struct day d)
{
    return rome_at(d, 0, 0, 0);
}

void rome_time(struct instant i, int *hour, int *minute, int *second)
{
    int64_t local = rome_seconds(i);
    int rest = (int)(local - floor_div(local, DAY_SECONDS) * DAY_SECONDS);
    *hour = rest / 3600;
    *minute = rest / 60 % 60;
    *second = rest % 60;
}

/* "18:50" between 00:00 and 23:59 as seconds, else -1. */
static int hour_minute(const char *text)
{
    for (int i = 0; i < 5; i++)
        if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9')
            return -1;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    return hour < 24 && minute < 60 ? hour * 3600 + minute * 60 : -1;
}

/* Reads ".123" at text[*at], if there; digits past the microsecond are dropped. */
static enum outcome fraction(const char *text, size_t length, size_t *at, int64_t *us)
{
    *us = 0;
    if (*at == length || text[*at] != '.')
        return DONE;
    size_t first = ++*at;
    for (int64_t worth = MICROS / 10; *at < length && text[*at] >= '0' && text[*at] <= '9'; ++*at, worth /= 10)
        *us += (text[*at] - '0') * worth;
    return *at > first ? DONE : REFUSED;
}

/* Reads "Z" or "+01:00", which must be all that is left. */
static enum outcome zone(const char *text, size_t length, int *seconds)
{
    *seconds = 0;
    if (length == 1 && (text[0] == 'Z' || text[0] == 'z'))
        return DONE;
    if (length != 6 || (text[0] != '+' && text[0] != '-'))
        return REFUSED;
    int size = hour_minute(text + 1);
    if (size < 0)
        return REFUSED;
    *seconds = text[0] == '-' ? -size : size;
    return DONE;
}

enum outcome instant_parse(const char *text, size_t length, struct instant *i)
{
    struct day d;
    int64_t us;
    int offset;
    size_t at = 19;

    if (length < 20 || length > 64 || (text[10] != 'T' && text[10] != 't') || text[16] != ':')
        return REFUSED;
    TRY(day_parse(text, 10, &d));
    int minutes = hour_minute(text + 11);
    if (minutes < 0 || text[17] < '0' || text[17] > '6' || text[18] < '0' || text[18] > '9')
        return REFUSED;
    int second = (text[17] - '0') * 10 + text[18] - '0';
    TRY(fraction(text, length, &at, &us));
    TRY(zone(text + at, length - at, &offset));

    int64_t seconds = (int64_t)d.n * DAY_SECONDS + minutes + second - offset;
    if (second > 60 || (second == 60 && seconds % DAY_SECONDS != 0)) /* a leap second is the last of a UTC day */
        return REFUSED;
    i->us = seconds * MICROS + us;
    return DONE;
}

static void put_two(char *at, int64_t value)
{
    at[0] = (char)('0' + value / 10 % 10);
    at[1] = (char)('0' + value % 10);
}

char *instant_rfc3339(struct instant i, char text[INSTANT_TEXT])
{
    int64_t seconds = floor_div(i.us, MICROS), us = i.us - seconds * MICROS;
    struct day d = utc_day(seconds);
    int64_t rest = seconds - (int64_t)d.n * DAY_SECONDS;

    day_iso(d, text);
    text[10] = 'T';
    put_two(text + 11, rest / 3600);
    text[13] = ':';
    put_two(text + 14, rest / 60 % 60);
    text[16] = ':';
    put_two(text + 17, rest % 60);
    if (us != 0)
        snprintf(text + 19, INSTANT_TEXT - 19, ".%06dZ", (int)us);
    else
        snprintf(text + 19, INSTANT_TEXT - 19, "Z");
    return text;
}

char *instant_italian(struct instant i, char text[INSTANT_TEXT])
{
    int hour, minute, second;
    rome_time(i, &hour, &minute, &second);
    day_italian(rome_day(i), text);
    snprintf(text + 10, INSTANT_TEXT - 10, ", 00:00");
    put_two(text + 12, hour);
    put_two(text + 15, minute);
    return text;
}
