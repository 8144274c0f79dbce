/* base/day.c: the proleptic Gregorian calendar in whole days. */
#include "base/day.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 1900
#define LAST_YEAR  2999
static const struct day FIRST = {-25567}; /* 1900-01-01 */

static const int BEFORE_MONTH[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month)
{
    return BEFORE_MONTH[month] - BEFORE_MONTH[month - 1] + (month == 2 && is_leap(year));
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days from 1970-01-01 to the first of January of the year; any year. */
static int64_t year_start(int64_t year)
{
    int64_t past = year - 1;
    int64_t leap_days = floor_div(past, 4) - floor_div(past, 100) + floor_div(past, 400);
    return 365 * (year - 1970) + leap_days - 477; /* 477 leap days up to 1969 */
}

static struct day assemble(int year, int month, int day)
{
    int64_t n = year_start(year) + BEFORE_MONTH[month - 1] + (month > 2 && is_leap(year)) + day - 1;
    return (struct day){(int32_t)n};
}

bool day_exists(struct ymd date)
{
    return date.year >= FIRST_YEAR && date.year <= LAST_YEAR && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= month_length(date.year, date.month);
}

struct day day_of(int year, int month, int day)
{
    if (!day_exists((struct ymd){year, month, day}))
        abort(); /* a literal of ours is wrong; input goes through day_parse */
    return assemble(year, month, day);
}

struct ymd day_split(struct day d)
{
    /* 400 years have 146097 days: the guess is off by one year at most, near a new year's day. */
    int64_t year = 1970 + floor_div((int64_t)d.n * 400, 146097);
    if (year_start(year) > d.n)
        year--;
    else if (year_start(year + 1) <= d.n)
        year++;

    /* Months of 32 days would run ahead by less than a month up to December: off by one at most, here too. */
    int rest = (int)(d.n - year_start(year)), month = rest / 32 + 1, leap = is_leap((int)year);
    if (rest >= BEFORE_MONTH[month] + (month >= 2) * leap)
        month++;
    return (struct ymd){(int)year, month, rest - BEFORE_MONTH[month - 1] - (month > 2) * leap + 1};
}

int day_weekday(struct day d)
{
    int64_t since_monday = (int64_t)d.n + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - 7 * floor_div(since_monday, 7)) + 1;
}

struct day day_add_months(struct day d, int months, int anchor)
{
    struct ymd date = day_split(d);
    int64_t count = (int64_t)date.year * 12 + date.month - 1 + months;

    if (count < FIRST_YEAR * 12)
        return FIRST;
    if (count > LAST_YEAR * 12 + 11)
        return DAY_NEVER;

    int year = (int)(count / 12), month = (int)(count % 12) + 1;
    int wanted = anchor >= 1 && anchor <= 31 ? anchor : date.day;
    int last = month_length(year, month);
    return assemble(year, month, wanted < last ? wanted : last);
}

int day_started_months(struct day from, struct day to)
{
    if (!day_before(from, to))
        return 0;
    struct ymd a = day_split(from), b = day_split(to);
    int months = (b.year - a.year) * 12 + b.month - a.month;
    return months + day_before(day_add_months(from, months, 0), to);
}

/* `count` digits as a number, -1 when one of them is none. */
static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static enum outcome checked(struct ymd date, struct day *d)
{
    if (!day_exists(date))
        return REFUSED;
    *d = assemble(date.year, date.month, date.day);
    return DONE;
}

enum outcome day_parse(const char *text, size_t length, struct day *d)
{
    if (length != 10 || text[4] != '-' || text[7] != '-')
        return REFUSED;
    return checked((struct ymd){digits(text, 4), digits(text + 5, 2), digits(text + 8, 2)}, d);
}

enum outcome day_parse_italian(const char *text, size_t length, struct day *d)
{
    if (length != 10 || (text[2] != '/' && text[2] != '-') || text[5] != text[2])
        return REFUSED;
    return checked((struct ymd){digits(text + 6, 4), digits(text + 3, 2), digits(text, 2)}, d);
}

static void put_digits(char *at, int count, int value)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
}

/* What is written stays within the calendar, so that four digits are always enough. */
static struct ymd printable(struct day d)
{
    return day_split(day_earlier(day_later(d, FIRST), DAY_NEVER));
}

char *day_iso(struct day d, char text[DAY_TEXT])
{
    struct ymd date = printable(d);
    memcpy(text, "0000-00-00", 11);
    put_digits(text, 4, date.year);
    put_digits(text + 5, 2, date.month);
    put_digits(text + 8, 2, date.day);
    return text;
}

char *day_italian(struct day d, char text[DAY_TEXT])
{
    struct ymd date = printable(d);
    memcpy(text, "00/00/0000", 11);
    put_digits(text, 2, date.day);
    put_digits(text + 3, 2, date.month);
    put_digits(text + 6, 4, date.year);
    return text;
}
