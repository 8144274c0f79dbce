#include "rules/workday.h"

/* The algorithm that Nature printed in 1876, as Meeus gives it: the Sunday after the ecclesiastical full moon. */
struct day easter_sunday(int year)
{
    int golden = year % 19, century = year / 100, rest = year % 100;
    int moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    int sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    int late = (golden + 11 * moon + 22 * sunday) / 451;
    int n = moon + sunday - 7 * late + 114;

    return day_of(year, n / 31, n % 31 + 1);
}

static const struct {
    int month, day, since;
} HOLIDAYS[] = {
    {1, 1, 0},  {1, 6, 0},  {4, 25, 0},  {5, 1, 0},   {6, 2, 0}, {8, 15, 0}, {10, 4, 2026}, /* L. 151/2025 */
    {11, 1, 0}, {12, 8, 0}, {12, 25, 0}, {12, 26, 0},
};

bool holiday(struct day d)
{
    struct ymd date = day_split(d);

    for (size_t i = 0; i < count_of(HOLIDAYS); i++)
        if (HOLIDAYS[i].month == date.month && HOLIDAYS[i].day == date.day && date.year >= HOLIDAYS[i].since)
            return true;
    return day_same(d, day_plus(easter_sunday(date.year), 1));
}

bool workday(struct day d, struct patron patron)
{
    struct ymd date = day_split(d);

    return day_weekday(d) <= 5 && !(date.month == patron.month && date.day == patron.day) && !holiday(d);
}

struct day workday_from(struct day d, struct patron patron)
{
    while (day_before(d, DAY_NEVER) && !workday(d, patron))
        d = day_plus(d, 1);
    return d;
}

struct day workday_after(struct day d, struct patron patron)
{
    return day_before(d, DAY_NEVER) ? workday_from(day_plus(d, 1), patron) : DAY_NEVER;
}

struct day workday_add(struct day d, int n, struct patron patron)
{
    if (n <= 0)
        return workday_from(d, patron);
    while (n-- > 0 && day_before(d, DAY_NEVER))
        d = workday_after(d, patron);
    return d;
}
