/* rules/price.c: DOMAIN D11, §3.7 and §8.8. */
#include "rules/price.h"

int vat_rate_bp(struct day tax_point)
{
    static const struct {
        int year, month, day, rate_bp;
    } FROM[] = {
        {2013, 10, 1, 2200}, /* DL 98/2011 art. 40 c. 1-ter, moved by DL 76/2013 */
        {2011, 9, 17, 2100}, /* DL 138/2011, L. 148/2011 */
    };
    for (size_t i = 0; i < count_of(FROM); i++)
        if (!day_before(tax_point, day_of(FROM[i].year, FROM[i].month, FROM[i].day)))
            return FROM[i].rate_bp;
    return 2000;
}

static enum outcome add_vat(struct money net, int rate_bp, struct total *total)
{
    struct total sum = {.net = net, .vat_rate_bp = rate_bp};
    TRY(money_share(net, rate_bp, 10000, &sum.vat));
    TRY(money_add(net, sum.vat, &sum.gross));
    sum.due = sum.gross;
    *total = sum;
    return DONE;
}

enum outcome price_total(struct money net, int rate_bp, struct total *total, struct problem *why)
{
    if (add_vat(net, rate_bp, total) != DONE)
        return problem_set(why, PROBLEM_MONEY_OVERFLOW, "", "");
    return DONE;
}

/* What is due for the months already paid for: the yearly difference, where there is one, by twelfths. */
static enum outcome residue(struct money yearly, int months, struct money *due)
{
    *due = money(0);
    return yearly.cents > 0 ? money_share(yearly, months, 12, due) : DONE;
}

/* What is saved on the one goes against what the other costs more; never below nothing. */
static enum outcome set_off(struct money *a, struct money *b)
{
    struct money whole;

    if ((a->cents < 0) == (b->cents < 0))
        return DONE;
    TRY(money_add(*a, *b, &whole));
    *(a->cents > 0 ? a : b) = whole;
    return DONE;
}

struct money late_fee_on(const struct late_fee *fee, struct day ends_on, struct day today)
{
    return today.n - ends_on.n >= fee->from_day ? fee->net : money(0);
}

static enum outcome add_up(const struct renewal_request *r, struct renewal_price *price)
{
    struct renewal_price p = {.residue_months = day_started_months(r->today, r->ends_on), .late_fee = r->late_fee};
    int64_t gb = r->extra_gb + r->extra_archive_gb, gb_before = r->extra_gb_before + r->extra_archive_gb_before;
    struct money space_year, added_year, better;

    TRY(money_times(r->to->year, r->years, &p.term));
    TRY(money_times(r->to->extra_gb_year, gb, &space_year));
    TRY(money_times(space_year, r->years, &p.space));

    TRY(money_subtract(r->to->year, r->from->year, &better));
    TRY(money_times(r->to->extra_gb_year, gb - gb_before, &added_year));
    TRY(set_off(&better, &added_year));
    TRY(residue(better, p.residue_months, &p.upgrade_residue));
    TRY(residue(added_year, p.residue_months, &p.space_residue));

    TRY(money_add(p.term, p.space, &p.net));
    TRY(money_add(p.net, p.upgrade_residue, &p.net));
    TRY(money_add(p.net, p.space_residue, &p.net));
    TRY(money_add(p.net, p.late_fee, &p.net));
    *price = p;
    return DONE;
}

static bool on_sale(const struct renewal_request *r, int64_t before, int64_t wanted, int most)
{
    return before >= 0 && wanted >= (r->may_lower ? 0 : before) && wanted <= most;
}

enum outcome price_renewal(const struct renewal_request *request, struct renewal_price *price, struct problem *why)
{
    const struct plan *to = request->to;
    bool sold = to->extra_gb_year.cents > 0;
    int most_gb = sold ? to->max_extra_gb : 0, most_archive_gb = sold ? to->max_extra_archive_gb : 0;

    if (request->years < 1)
        return problem_set(why, PROBLEM_YEARS, "years", "");
    if (to->rank < request->from->rank && !request->may_lower)
        return problem_set(why, PROBLEM_PLAN_LOWER, "plan", "");
    if (!on_sale(request, request->extra_gb_before, request->extra_gb, most_gb))
        return problem_set(why, PROBLEM_EXTRA_GB, "extra_gb", "%d", most_gb);
    if (!on_sale(request, request->extra_archive_gb_before, request->extra_archive_gb, most_archive_gb))
        return problem_set(why, PROBLEM_EXTRA_GB, "extra_archive_gb", "%d", most_archive_gb);
    if (add_up(request, price) != DONE)
        return problem_set(why, PROBLEM_MONEY_OVERFLOW, "", "");
    return DONE;
}

enum outcome price_space(const struct plan *plan, int64_t added_gb, struct day today, struct day ends_on,
                         struct space_price *price, struct problem *why)
{
    struct space_price p = {.months = day_started_months(today, ends_on)};

    if (money_times(plan->extra_gb_year, added_gb, &p.year) != DONE || residue(p.year, p.months, &p.net) != DONE)
        return problem_set(why, PROBLEM_MONEY_OVERFLOW, "", "");
    *price = p;
    return DONE;
}
