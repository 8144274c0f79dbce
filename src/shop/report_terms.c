/* shop/report_terms.c: the reports of terms: those that will end, what became of those that ended (renewed, lost), and
 * how long before or after their end they were renewed. */

#include "base/i18n.h"
#include "shop/report_parts.h"
#include <string.h>
#include <talloc.h>

static const char *plan_label(const struct brand *b, const char *id)
{
    const struct brand_plan *plan = brand_plan_by_id(b, id);

    return plan ? plan->name : id;
}

/* ---- Terms that end, by month ahead ---- */

static enum outcome add_expiry(const struct report_figure *v, void *arg)
{
    const struct report_filling *f = arg;
    const char *per = f->wanted->per;
    bool plan = strcmp(per, "plan") == 0;
    size_t line = report_month_of(f->report, f->first, v->on);
    const char *id = plan ? v->first : v->second;
    const char *label = plan ? plan_label(f->brand, id) : report_convention_label(f->brand, id);

    if (line != SIZE_MAX)
        f->report->values[line][report_part_of(f, per, id, label, REPORT_COUNT)] += v->count;
    return DONE;
}

enum outcome report_load_expiries(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                  struct report *r)
{
    struct report_filling f = {.report = r, .wanted = w, .brands = brands, .first = report_month_begin(r->today)};
    struct day last = day_plus(day_add_months(f.first, w->months, 1), -1);

    report_month_lines(r, f.first, w->months);
    for (size_t at = 0; (f.brand = report_next_brand(brands, w, &at));)
        TRY(report_expiries(tx, r->mem, f.brand->id, r->today, last, add_expiry, &f));
    report_add_total(&f, REPORT_COUNT);
    return DONE;
}

/* ---- What became of terms, by the month in which they ended ---- */

enum { ENDED_BEFORE, ENDED_AFTER, ENDED_OPEN, ENDED_LOST, ENDED_PARTS };

static enum outcome add_renewed(const struct report_figure *v, void *arg)
{
    const struct report_filling *f = arg;
    size_t line = report_month_of(f->report, f->first, v->on);

    if (line != SIZE_MAX)
        f->report->values[line][v->slot > 0 ? ENDED_AFTER : ENDED_BEFORE] += v->count;
    return DONE;
}

static enum outcome add_ended(const struct report_figure *v, void *arg)
{
    const struct report_filling *f = arg;
    size_t line = report_month_of(f->report, f->first, v->on);

    if (line != SIZE_MAX)
        f->report->values[line][strcmp(v->kind, "live") == 0 ? ENDED_OPEN : ENDED_LOST] += v->count;
    return DONE;
}

static int64_t permille(int64_t part, int64_t whole)
{
    return whole > 0 ? (part * 2000 + whole) / (2 * whole) : -1;
}

/* Months behind, this one last. Yesterday's ends are the last that are judged. */
static enum outcome load_cohorts(struct db_tx *tx, struct report_filling *f)
{
    const struct report_wanted *w = f->wanted;
    struct report *r = f->report;
    struct day yesterday = day_plus(r->today, -1);

    f->first = day_add_months(report_month_begin(r->today), 1 - w->months, 1);
    report_month_lines(r, f->first, w->months);
    report_column_of(r, "before", report_say(f, N_("Rinnovate entro la scadenza")), REPORT_COUNT, true);
    report_column_of(r, "after", report_say(f, N_("Rinnovate dopo")), REPORT_COUNT, true);
    report_column_of(r, "open", report_say(f, N_("Ancora rinnovabili")), REPORT_COUNT, true);
    report_column_of(r, "lost", report_say(f, N_("Perse")), REPORT_COUNT, true);
    for (size_t at = 0; (f->brand = report_next_brand(f->brands, w, &at));) {
        TRY(report_renewed(tx, r->mem, f->brand->id, f->first, yesterday, add_renewed, f));
        TRY(report_ends(tx, r->mem, f->brand->id, f->first, yesterday, add_ended, f));
    }
    return DONE;
}

enum outcome report_load_renewals(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                  struct report *r)
{
    struct report_filling f = {.report = r, .wanted = w, .brands = brands};
    size_t ended, rate;

    TRY(load_cohorts(tx, &f));
    ended = report_column_of(r, "ended", report_say(&f, N_("Scadute")), REPORT_COUNT, false);
    rate = report_column_of(r, "rate", report_say(&f, N_("Tasso di rinnovo")), REPORT_PERMILLE, false);
    for (size_t i = 0; i < r->line_count; i++) {
        int64_t *v = r->values[i];

        v[ended] = v[ENDED_BEFORE] + v[ENDED_AFTER] + v[ENDED_OPEN] + v[ENDED_LOST];
        v[rate] = permille(v[ENDED_BEFORE] + v[ENDED_AFTER], v[ended]);
    }
    return DONE;
}

/* ---- Churn ---- */

static enum outcome add_sold(const struct report_figure *v, void *arg)
{
    const struct report_filling *f = arg;
    size_t line = report_month_of(f->report, f->first, v->on);

    if (line != SIZE_MAX && strcmp(v->kind, "purchase") == 0)
        f->report->values[line][1] += v->count;
    return DONE;
}

enum outcome report_load_churn(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                               struct report *r)
{
    struct report *cohorts = talloc_zero(r->mem, struct report);
    struct report_filling f = {.wanted = w, .brands = brands};

    *cohorts = (struct report){.kind = r->kind, .mem = r->mem, .language = r->language, .today = r->today};
    f.report = cohorts;
    TRY(load_cohorts(tx, &f));
    f.report = r;
    report_month_lines(r, f.first, w->months);
    report_column_of(r, "lost", report_say(&f, N_("Perse")), REPORT_COUNT, true);
    report_column_of(r, "sold", report_say(&f, N_("Nuove, vendute")), REPORT_COUNT, true);
    report_column_of(r, "ended", report_say(&f, N_("Scadute")), REPORT_COUNT, false);
    report_column_of(r, "rate", report_say(&f, N_("Tasso di abbandono")), REPORT_PERMILLE, false);
    for (size_t i = 0; i < r->line_count; i++) {
        const int64_t *was = cohorts->values[i];

        r->values[i][0] = was[ENDED_LOST];
        r->values[i][2] = was[ENDED_BEFORE] + was[ENDED_AFTER] + was[ENDED_OPEN] + was[ENDED_LOST];
        r->values[i][3] = permille(was[ENDED_LOST], r->values[i][2]);
    }
    for (size_t at = 0; (f.brand = report_next_brand(brands, w, &at));)
        TRY(report_income(tx, r->mem, f.brand->id, f.first, r->today, add_sold, &f));
    return DONE;
}

/* ---- How long before, or after ---- */

static const struct {
    int64_t from; /* days from the end to the renewal, up to the next row's */
    const char *key, *label;
} LAGS[] = {
    {INT64_MIN, "-61", N_("oltre 60 giorni prima")},
    {-60, "-60", N_("60–31 giorni prima")},
    {-30, "-30", N_("30–16 giorni prima")},
    {-15, "-15", N_("15–8 giorni prima")},
    {-7, "-7", N_("7–1 giorni prima")},
    {0, "0", N_("il giorno stesso")},
    {1, "+1", N_("1–7 giorni dopo")},
    {8, "+8", N_("8–15 giorni dopo")},
    {16, "+16", N_("16–30 giorni dopo")},
    {31, "+31", N_("31–90 giorni dopo")},
    {91, "+91", N_("oltre 90 giorni dopo")},
};

static enum outcome add_lag(const struct report_figure *v, void *arg)
{
    const struct report_filling *f = arg;
    size_t line = count_of(LAGS) - 1;

    while (v->slot < LAGS[line].from)
        line--;
    f->report->values[line][0] += v->count;
    return DONE;
}

enum outcome report_load_timing(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                struct report *r)
{
    struct report_filling f = {.report = r, .wanted = w, .brands = brands};
    int64_t all = 0, so_far = 0;
    struct day first = day_add_months(report_month_begin(r->today), 1 - w->months, 1);

    for (size_t i = 0; i < count_of(LAGS); i++) {
        r->lines[i].key = LAGS[i].key;
        r->lines[i].label = report_say(&f, LAGS[i].label);
    }
    r->line_count = count_of(LAGS);
    report_column_of(r, "renewals", report_say(&f, N_("Rinnovi")), REPORT_COUNT, true);
    report_column_of(r, "share", report_say(&f, N_("Del totale, fin qui")), REPORT_PERMILLE, false);
    for (size_t at = 0; (f.brand = report_next_brand(brands, w, &at));)
        TRY(report_renewed(tx, r->mem, f.brand->id, first, day_plus(r->today, -1), add_lag, &f));
    for (size_t i = 0; i < r->line_count; i++)
        all += r->values[i][0];
    for (size_t i = 0; i < r->line_count; i++) {
        so_far += r->values[i][0];
        r->values[i][1] = permille(so_far, all);
    }
    return DONE;
}
