/* rules/term.c: ends, windows and phases, by DOMAIN §3.1. */
#include "rules/term.h"

#define MONTHS_OF_NOTICE 3 /* P35, M13 */

/* `span` later: months first (D2), then days; never past the calendar. */
static struct day after(struct day d, struct span span)
{
    struct day end = day_add_months(d, span.months, 0);
    return span.days > DAY_NEVER.n - end.n ? DAY_NEVER : day_plus(end, span.days);
}

struct renewal_window renewal_window(struct day ends_on, const struct renewal_policy *policy)
{
    struct renewal_window window = {.closes_on = after(ends_on, policy->closes_after)};
    if (policy->opens_months_before != ANY_TIME)
        window.opens_on = day_add_months(ends_on, -policy->opens_months_before, 0);
    return window;
}

enum outcome renewal_window_check(struct day ends_on, struct day today, const struct renewal_policy *policy,
                                  struct problem *why)
{
    struct renewal_window window = renewal_window(ends_on, policy);
    char text[DAY_TEXT];

    if (policy->opens_months_before != ANY_TIME && day_before(today, window.opens_on))
        return problem_set(why, PROBLEM_TOO_EARLY, "", "%s", day_italian(window.opens_on, text));
    if (day_before(window.closes_on, today))
        return problem_set(why, PROBLEM_TOO_LATE, "", "%s", day_italian(window.closes_on, text));
    return DONE;
}

/* Years that bring the end past today, at least one. */
static int years_needed(struct term t, struct day today)
{
    int years = day_split(today).year - day_split(t.ends_on).year;
    if (years < 1)
        years = 1;
    /* The anniversary that falls in this year may be behind already; the next one never is. */
    return day_before(today, day_add_months(t.ends_on, years * 12, t.anchor)) ? years : years + 1;
}

enum outcome term_renew(struct term t, int64_t years, struct day today, const struct renewal_policy *policy,
                        struct term *renewed, struct problem *why)
{
    struct ymd old = day_split(t.ends_on);
    char text[DAY_TEXT];

    if (years < 1 || years < policy->min_years || years > policy->max_years)
        return problem_set(why, PROBLEM_YEARS, "years", "");
    if (old.year + years > day_split(DAY_NEVER).year)
        return problem_set(why, PROBLEM_DAY_RANGE, "years", "");

    int anchor = t.anchor >= 1 && t.anchor <= 31 ? t.anchor : old.day;
    struct day end = day_add_months(t.ends_on, (int)years * 12, anchor);

    int opening = policy->opens_months_before == ANY_TIME ? 0 : policy->opens_months_before;
    struct day furthest = day_add_months(today, policy->horizon_years * 12 + opening, 0);
    if (day_before(furthest, end))
        return problem_set(why, PROBLEM_HORIZON, "years", "%s", day_italian(furthest, text));
    if (!day_before(today, end))
        return problem_set(why, PROBLEM_STILL_EXPIRED, "years", "%d", years_needed(t, today));

    *renewed = (struct term){end, anchor};
    return DONE;
}

struct allowed term_allows(struct day ends_on, const struct renewal_policy *policy)
{
    struct day closes_on = renewal_window(ends_on, policy).closes_on;
    struct span part = policy->receives_for;
    bool receives = policy->expired_mode == EXPIRED_RECEIVE_ONLY;
    bool reads = receives || policy->expired_mode == EXPIRED_READ_ONLY;

    return (struct allowed){
        .send_until = ends_on,
        .receive_until = !receives                            ? ends_on
                         : part.months == 0 && part.days == 0 ? closes_on
                                                              : day_earlier(after(ends_on, part), closes_on),
        .read_until = reads ? closes_on : ends_on,
        .renew_until = closes_on,
    };
}

enum phase term_phase(struct day ends_on, struct day today, const struct renewal_policy *policy)
{
    int notice = policy->opens_months_before == ANY_TIME ? MONTHS_OF_NOTICE : policy->opens_months_before;

    if (day_before(renewal_window(ends_on, policy).closes_on, today))
        return PHASE_CEASED;
    if (day_before(ends_on, today))
        return PHASE_EXPIRED;
    return day_before(today, day_add_months(ends_on, -notice, 0)) ? PHASE_ACTIVE : PHASE_EXPIRING;
}

const char *phase_name(enum phase phase)
{
    static const char *const NAME[] = {
        [PHASE_ACTIVE] = "active",
        [PHASE_EXPIRING] = "expiring",
        [PHASE_EXPIRED] = "expired",
        [PHASE_CEASED] = "ceased",
    };
    return NAME[phase];
}
