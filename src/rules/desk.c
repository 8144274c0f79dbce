#include "rules/desk.h"

#define DAY_MINUTES 1440

/* Wall clocks are read, not counted: the nights on which Rome changes its hour make no day's work longer. */
static struct instant at_minute(struct day d, int minute)
{
    return rome_at(d, minute / 60, minute % 60, 0);
}

static bool after(struct instant a, struct instant b)
{
    return a.us > b.us;
}

struct desk_deadline desk_deadline(struct instant arrived, const struct desk_policy *policy)
{
    int64_t within = MINUTES(policy->within_minutes);
    struct day today = rome_day(arrived), next;
    struct instant opens = at_minute(today, policy->opens_minute), due;

    if (workday(today, policy->patron) && !after(arrived, at_minute(today, policy->closes_minute))) {
        due = instant_plus(after(opens, arrived) ? opens : arrived, within);
        return (struct desk_deadline){due, due};
    }
    next = workday_after(today, policy->patron);
    due = instant_plus(at_minute(next, policy->opens_minute), within);
    return (struct desk_deadline){due, at_minute(next, policy->closes_minute)};
}

struct instant desk_after_hours(struct instant sent, int hours, const struct desk_policy *policy)
{
    int from_minute = policy->open_hours ? policy->opens_minute : 0;
    int to_minute = policy->open_hours ? policy->closes_minute : DAY_MINUTES;
    int64_t day_length = MINUTES(to_minute - from_minute), left = HOURS(hours), into;
    struct day d = rome_day(sent);
    int hour, minute, second;

    if (hours <= 0 || day_length <= 0)
        return sent;
    rome_time(sent, &hour, &minute, &second);
    into = HOURS(hour) + MINUTES(minute) + SECONDS(second) - MINUTES(from_minute);
    if (!workday(d, policy->patron) || into >= day_length) {
        d = workday_after(d, policy->patron);
        into = 0;
    } else if (into < 0) {
        into = 0;
    }
    for (left += into; left > day_length && day_before(d, DAY_NEVER); left -= day_length)
        d = workday_after(d, policy->patron);
    left += MINUTES(from_minute);
    return rome_at(d, (int)(left / HOURS(1)), (int)(left / MINUTES(1) % 60), (int)(left / SECONDS(1) % 60));
}
