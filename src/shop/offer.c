/* What is on sale on a date, and what it costs. */
#include "base/i18n.h"
#include "shop/request.h"
#include <talloc.h>

static int longest(const struct brand *brand, const struct brand_plan *plan, struct day on)
{
    int most = brand->renewal.max_years, its = brand_sale_on(plan, on).max_years;

    return its && its < most ? its : most;
}

enum outcome purchase_quote(const struct brand *brand, const char *plan, int64_t years, struct day today,
                            struct purchase_quote *quote, struct problem *why)
{
    struct purchase_quote q = {.plan = plan && plan[0] ? brand_plan_by_id(brand, plan) : NULL, .years = years};
    struct money net;

    if (!brand->purchase.on)
        return problem_set(why, PROBLEM_KIND, "kind", "%s", "");
    if (!q.plan || !brand_plan_sold(q.plan, today) || brand_plan_on(q.plan, today, &q.priced, NULL) != DONE)
        return problem_set(why, PROBLEM_PLAN_NOT_ON_SALE, "plan", "%s", "");
    if (years < brand->renewal.min_years || years > longest(brand, q.plan, today))
        return problem_set(why, PROBLEM_YEARS, "years", "%s", "");
    if (money_times(q.priced.year, years, &net) != DONE)
        return problem_set(why, PROBLEM_MONEY_OVERFLOW, "years", "%s", "");
    TRY(price_total(net, brand_vat_rate_bp(brand, today), &q.total, why));
    *quote = q;
    return DONE;
}

void purchase_catalogue(void *mem, const struct brand *brand, struct day today, struct offer **offers, size_t *count)
{
    *offers = talloc_zero_array(mem, struct offer, (unsigned)brand->plan_count + 1);
    *count = 0;
    for (size_t i = 0; i < brand->plan_count; i++) {
        struct offer *offer = &(*offers)[*count];

        *offer = (struct offer){.plan = &brand->plans[i]};
        for (int years = brand->renewal.min_years;
             years <= longest(brand, offer->plan, today) && offer->year_count < QUOTE_OPTIONS; years++)
            if (purchase_quote(brand, offer->plan->id, years, today, &offer->year[offer->year_count], NULL) == DONE)
                offer->year_count++;
        if (offer->year_count) {
            offer->priced = offer->year[0].priced;
            ++*count;
        }
    }
}

char *present_purchase(void *mem, const char *language, const struct brand *brand, const struct brand_plan *plan,
                       int64_t years)
{
    const char *product = brand->purchase.product ? brand->purchase.product : brand->name;

    if (years == 1)
        return talloc_asprintf(mem, i18n(language, N_("Attivazione %s %s, 1 anno")), product, plan->name);
    return talloc_asprintf(mem, i18n(language, N_("Attivazione %s %s, %d anni")), product, plan->name, (int)years);
}
