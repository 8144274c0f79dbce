#include "rules/withdrawal.h"
#include "rules/workday.h"

struct day withdrawal_last_day(struct day concluded_on, int days)
{
    return workday_from(day_plus(concluded_on, days), (struct patron){0});
}

struct day withdrawal_first_day_after(struct day concluded_on, int days)
{
    return day_plus(withdrawal_last_day(concluded_on, days), 1);
}

enum outcome withdrawal_work_out(const struct withdrawal_case *c, struct withdrawal_sums *sums, struct problem *why)
{
    int term = c->begins_on.n ? c->ends_on.n - c->begins_on.n : 0;
    char last[DAY_TEXT];

    *sums = (struct withdrawal_sums){.last_on = withdrawal_last_day(c->concluded_on, c->days), .back = c->gross};
    sums->last_on = day_later(sums->last_on, c->until);
    if (day_before(sums->last_on, c->today))
        return problem_set(why, PROBLEM_WITHDRAWAL, "", "%s", day_italian(sums->last_on, last));
    if (term <= 0 || !day_before(c->begins_on, c->today))
        return DONE;
    sums->days_used = c->today.n - c->begins_on.n;
    if (!c->asked_to_start)
        return DONE;
    TRY(money_share(c->gross, sums->days_used < term ? sums->days_used : term, term, &sums->kept));
    return money_subtract(c->gross, sums->kept, &sums->back);
}
