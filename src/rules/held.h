/* rules/held.h: money that is held is divided by people, and the parts are always the whole (DOMAIN §3.4 Y9). */
#pragma once

#include "base/money.h"
#include "base/problem.h"

#define HELD_SHARES 12 /* at most, of one decision */

/* Whether `count` shares may be taken out of `left`: each more than zero, together no more than `left`. A share of 0 takes what the
 * others leave, which must be something, and only one may. The amounts are filled in, *rest is what stays. REFUSED on
 * "amount_1", "amount_2" …, or "" for the sum. */
enum outcome held_divide(struct money left, struct money *shares, size_t count, struct money *rest, struct problems *faults) must_check;
