/* rules/withdrawal.h: a consumer takes back a contract made at a distance (recesso; consumer code art. 52-59, DOMAIN L15-L16).
 *
 * The days count from the day after the contract was concluded. A period that would end on a Saturday, a Sunday or a national
 * holiday ends on the next working day (Reg. 1182/71). Who asked that the service begin before they are over pays for the days that it
 * was there, in proportion to the price of the whole term; who did not ask pays nothing. */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/problem.h"
#include <stdbool.h>

#define WITHDRAWAL_DAYS 14 /* by law; a seller may give more */

/* The last day on which it may be declared. */
struct day withdrawal_last_day(struct day concluded_on, int days);

/* The first day on which a service may begin for a consumer who did not ask for it before: the days are over. */
struct day withdrawal_first_day_after(struct day concluded_on, int days);

struct withdrawal_case {
    struct day concluded_on;      /* the order was confirmed */
    int days;                     /* the seller's, WITHDRAWAL_DAYS or more */
    struct day begins_on, ends_on; /* the term that was paid: its first day counts as none used; begins_on DAY 0: not begun */
    struct day until;             /* a longer right: of a term that renewed itself without its notice (L17), to its end; DAY 0: none */
    bool asked_to_start;          /* before the days of withdrawal are over */
    struct money gross;           /* paid for the term */
    struct day today;
};

struct withdrawal_sums {
    struct day last_on;
    int days_used;      /* of the service, 0 before it begins */
    struct money kept;  /* of what was paid: gross × days used / days of the term, half-up */
    struct money back;
};

/* REFUSED with PROBLEM_WITHDRAWAL after the last day (detail: that day); *sums.last_on is set all the same. */
enum outcome withdrawal_work_out(const struct withdrawal_case *c, struct withdrawal_sums *sums, struct problem *why) must_check;
