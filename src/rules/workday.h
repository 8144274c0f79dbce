/* rules/workday.h: working days in Italy (DOMAIN D12, PAYMENTS §11).
 *
 * Monday to Friday without the national holidays and the patron saint of the city whose desk it is. Good Friday is no holiday;
 * 4 October is one from 2026 (L. 151/2025). The list is that of the years since 2001, when 2 June came back. Banks that
 * settle by TARGET have other holidays. */
#pragma once

#include "base/day.h"

/* The patron's feast: Rome 29/6, Milan 7/12. {0} where there is none. */
struct patron {
    int month, day;
};

struct day easter_sunday(int year); /* Gregorian, 1900 to 2999 */
bool holiday(struct day d);         /* national; Sundays as such are none */
bool workday(struct day d, struct patron patron);

struct day workday_from(struct day d, struct patron patron);  /* the day itself, or the first working day after it */
struct day workday_after(struct day d, struct patron patron); /* the first working day after it */

/* The nth working day after `d`, which does not count itself whatever it is; workday_from(d) when n is not positive. No
 * further than DAY_NEVER. */
struct day workday_add(struct day d, int n, struct patron patron);
