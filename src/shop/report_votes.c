/* shop/report_votes.c: whether the guide was of use to who read it (R167), by the month in which they said so. */
#include "base/i18n.h"
#include "shop/report_parts.h"
#include "shop/vote.h"

enum { USEFUL, USELESS, ALL, SHARE };

static enum outcome add_brand(struct db_tx *tx, struct report *r, const char *brand, struct day first)
{
    struct votes *votes;
    size_t count;

    TRY(votes_between(tx, r->mem, brand, first, r->today, &votes, &count));
    for (size_t i = 0; i < count; i++) {
        size_t line = report_month_of(r, first, votes[i].on);

        if (line == SIZE_MAX)
            continue;
        r->values[line][USEFUL] += votes[i].useful;
        r->values[line][USELESS] += votes[i].useless;
    }
    return DONE;
}

enum outcome report_load_votes(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                               struct report *r)
{
    struct ymd today = day_split(r->today);
    struct day first = day_add_months(day_of(today.year, today.month, 1), 1 - w->months, 1);
    const struct brand *brand;

    report_month_lines(r, first, w->months);
    report_column_of(r, "useful", i18n(r->language, N_("Utile")), REPORT_COUNT, true);
    report_column_of(r, "useless", i18n(r->language, N_("Non utile")), REPORT_COUNT, true);
    report_column_of(r, "total", i18n(r->language, N_("Totale")), REPORT_COUNT, false);
    report_column_of(r, "share", i18n(r->language, N_("Favorevoli")), REPORT_PERMILLE, false);
    for (size_t at = 0; (brand = report_next_brand(brands, w, &at));)
        TRY(add_brand(tx, r, brand->id, first));
    for (size_t i = 0; i < r->line_count; i++) {
        int64_t *v = r->values[i];

        v[ALL] = v[USEFUL] + v[USELESS];
        v[SHARE] = v[ALL] ? (v[USEFUL] * 2000 + v[ALL]) / (2 * v[ALL]) : -1;
    }
    return DONE;
}
