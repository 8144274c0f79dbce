/* shop/report_figures.c: the desk's reports, each a row of REPORTS with the function that fills it. */
#include "base/i18n.h"
#include "rules/payment.h"
#include "shop/report.h"
#include <string.h>
#include <talloc.h>

struct filling {
    struct report *report;
    const struct report_wanted *wanted;
    const struct brands *brands;
    const struct brand *brand;
    struct day first;
};

static const char *say(const struct filling *f, const char *text)
{
    return i18n(f->report->language, text);
}

static struct day month_of(struct day d)
{
    struct ymd date = day_split(d);

    return day_of(date.year, date.month, 1);
}

/* One column for whatever the report is divided by. A plan's name means something only beside its brand's. */
static size_t column_of(const struct filling *f, const char *per, const char *id, const char *label,
                        enum report_unit unit)
{
    const struct brand *b = f->brand;
    bool alone = f->wanted->brand[0] || f->wanted->sees[0];
    char *key;

    if (strcmp(per, "brand") == 0)
        return report_column_of(f->report, b->id, b->name, unit, true);
    if (!id[0])
        return report_column_of(f->report, "-", say(f, N_("nessuna convenzione")), unit, true);
    key = talloc_asprintf(f->report->mem, "%s/%s", b->id, id);
    return report_column_of(f->report, key, alone ? label : talloc_asprintf(f->report->mem, "%s, %s", label, b->name),
                            unit, true);
}

static const char *plan_label(const struct brand *b, const char *id)
{
    const struct brand_plan *plan = brand_plan_by_id(b, id);

    return plan ? plan->name : id;
}

static const char *convention_label(const struct brand *b, const char *id)
{
    const struct brand_convention *c = brand_convention_by_id(b, id);

    return c ? c->body : id;
}

/* A last column with the sum of those before it. */
static void add_total(struct filling *f, enum report_unit unit)
{
    struct report *r = f->report;
    size_t parts = r->column_count, total;

    report_biggest_first(r, 0);
    total = report_column_of(r, "total", say(f, N_("Totale")), unit, parts == 0);
    for (size_t i = 0; i < r->line_count; i++)
        for (size_t k = 0; k < parts && k < total; k++)
            r->values[i][total] += r->values[i][k];
}

/* ---- Terms that end, by month ahead ---- */

static enum outcome add_expiry(const struct report_figure *v, void *arg)
{
    const struct filling *f = arg;
    const char *per = f->wanted->per;
    bool plan = strcmp(per, "plan") == 0;
    size_t line = report_month_of(f->report, f->first, v->on);
    const char *id = plan ? v->first : v->second;

    if (line != SIZE_MAX)
        f->report->values[line][column_of(f, per, id, plan ? plan_label(f->brand, id) : convention_label(f->brand, id),
                                          REPORT_COUNT)] += v->count;
    return DONE;
}

static enum outcome load_expiries(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                  struct report *r)
{
    struct filling f = {.report = r, .wanted = w, .brands = brands, .first = month_of(r->today)};
    struct day last = day_plus(day_add_months(f.first, w->months, 1), -1);

    report_month_lines(r, f.first, w->months);
    for (size_t at = 0; (f.brand = report_next_brand(brands, w, &at));)
        TRY(report_expiries(tx, r->mem, f.brand->id, r->today, last, add_expiry, &f));
    add_total(&f, REPORT_COUNT);
    return DONE;
}

/* ---- What became of terms, by the month in which they ended ---- */

enum { ENDED_BEFORE, ENDED_AFTER, ENDED_OPEN, ENDED_LOST, ENDED_PARTS };

static enum outcome add_renewed(const struct report_figure *v, void *arg)
{
    const struct filling *f = arg;
    size_t line = report_month_of(f->report, f->first, v->on);

    if (line != SIZE_MAX)
        f->report->values[line][v->slot > 0 ? ENDED_AFTER : ENDED_BEFORE] += v->count;
    return DONE;
}

static enum outcome add_ended(const struct report_figure *v, void *arg)
{
    const struct filling *f = arg;
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
static enum outcome load_cohorts(struct db_tx *tx, struct filling *f)
{
    const struct report_wanted *w = f->wanted;
    struct report *r = f->report;
    struct day yesterday = day_plus(r->today, -1);

    f->first = day_add_months(month_of(r->today), 1 - w->months, 1);
    report_month_lines(r, f->first, w->months);
    report_column_of(r, "before", say(f, N_("Rinnovate entro la scadenza")), REPORT_COUNT, true);
    report_column_of(r, "after", say(f, N_("Rinnovate dopo")), REPORT_COUNT, true);
    report_column_of(r, "open", say(f, N_("Ancora rinnovabili")), REPORT_COUNT, true);
    report_column_of(r, "lost", say(f, N_("Perse")), REPORT_COUNT, true);
    for (size_t at = 0; (f->brand = report_next_brand(f->brands, w, &at));) {
        TRY(report_renewed(tx, r->mem, f->brand->id, f->first, yesterday, add_renewed, f));
        TRY(report_ends(tx, r->mem, f->brand->id, f->first, yesterday, add_ended, f));
    }
    return DONE;
}

static enum outcome load_renewals(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                  struct report *r)
{
    struct filling f = {.report = r, .wanted = w, .brands = brands};
    size_t ended, rate;

    TRY(load_cohorts(tx, &f));
    ended = report_column_of(r, "ended", say(&f, N_("Scadute")), REPORT_COUNT, false);
    rate = report_column_of(r, "rate", say(&f, N_("Tasso di rinnovo")), REPORT_PERMILLE, false);
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
    const struct filling *f = arg;
    size_t line = report_month_of(f->report, f->first, v->on);

    if (line != SIZE_MAX && strcmp(v->kind, "purchase") == 0)
        f->report->values[line][1] += v->count;
    return DONE;
}

static enum outcome load_churn(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                               struct report *r)
{
    struct report *cohorts = talloc_zero(r->mem, struct report);
    struct filling f = {.wanted = w, .brands = brands};

    *cohorts = (struct report){.kind = r->kind, .mem = r->mem, .language = r->language, .today = r->today};
    f.report = cohorts;
    TRY(load_cohorts(tx, &f));
    f.report = r;
    report_month_lines(r, f.first, w->months);
    report_column_of(r, "lost", say(&f, N_("Perse")), REPORT_COUNT, true);
    report_column_of(r, "sold", say(&f, N_("Nuove, vendute")), REPORT_COUNT, true);
    report_column_of(r, "ended", say(&f, N_("Scadute")), REPORT_COUNT, false);
    report_column_of(r, "rate", say(&f, N_("Tasso di abbandono")), REPORT_PERMILLE, false);
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
    const struct filling *f = arg;
    size_t line = count_of(LAGS) - 1;

    while (v->slot < LAGS[line].from)
        line--;
    f->report->values[line][0] += v->count;
    return DONE;
}

static enum outcome load_timing(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                struct report *r)
{
    struct filling f = {.report = r, .wanted = w, .brands = brands};
    int64_t all = 0, so_far = 0;
    struct day first = day_add_months(month_of(r->today), 1 - w->months, 1);

    for (size_t i = 0; i < count_of(LAGS); i++) {
        r->lines[i].key = LAGS[i].key;
        r->lines[i].label = say(&f, LAGS[i].label);
    }
    r->line_count = count_of(LAGS);
    report_column_of(r, "renewals", say(&f, N_("Rinnovi")), REPORT_COUNT, true);
    report_column_of(r, "share", say(&f, N_("Del totale, fin qui")), REPORT_PERMILLE, false);
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

/* ---- Income ---- */

static const char *kind_label(const char *kind)
{
    static const struct {
        const char *kind, *label;
    } LABELS[] = {{"renewal", N_("Rinnovi")},
                  {"renewal_with_change", N_("Rinnovi con cambio di tipo")},
                  {"purchase", N_("Attivazioni")},
                  {"bulk", N_("Ordini cumulativi")}};

    for (size_t i = 0; i < count_of(LABELS); i++)
        if (strcmp(LABELS[i].kind, kind) == 0)
            return LABELS[i].label;
    return kind;
}

static enum outcome add_income(const struct report_figure *v, void *arg)
{
    const struct filling *f = arg;
    const char *per = f->wanted->per;
    size_t line = report_month_of(f->report, f->first, v->on), column;
    enum payment_method method;

    if (line == SIZE_MAX)
        return DONE;
    if (strcmp(per, "method") == 0)
        column = report_column_of(f->report, v->first,
                                  payment_method_of(v->first, &method) == DONE ? say(f, payment_method_label(method))
                                                                               : v->first,
                                  REPORT_CENTS, true);
    else if (strcmp(per, "kind") == 0)
        column = report_column_of(f->report, v->kind, say(f, kind_label(v->kind)), REPORT_CENTS, true);
    else
        column = column_of(f, per, v->second, convention_label(f->brand, v->second), REPORT_CENTS);
    f->report->values[line][column] += v->cents;
    return DONE;
}

static enum outcome load_income(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                struct report *r)
{
    struct filling f = {.report = r, .wanted = w, .brands = brands};

    f.first = day_add_months(month_of(r->today), 1 - w->months, 1);
    report_month_lines(r, f.first, w->months);
    for (size_t at = 0; (f.brand = report_next_brand(brands, w, &at));)
        TRY(report_income(tx, r->mem, f.brand->id, f.first, r->today, add_income, &f));
    add_total(&f, REPORT_CENTS);
    return DONE;
}

/* ---- Queues ---- */

static const struct {
    const char *kind, *label;
} QUEUES[] = {{"documents", N_("Documenti da verificare")},
              {"proofs", N_("Contabili da esaminare")},
              {"held", N_("Denaro in sospeso")},
              {"refunds", N_("Rimborsi da fare")}};

/* Money on a bank's account is its brand's. */
static bool is_wanted(const struct filling *f, const char *whose)
{
    const struct brand *b;

    for (size_t at = 0; (b = report_next_brand(f->brands, f->wanted, &at));)
        if (strcmp(b->id, whose) == 0 || brand_has_account(b, whose))
            return true;
    return false;
}

static enum outcome add_waiting(const struct report_figure *v, void *arg)
{
    const struct filling *f = arg;

    for (size_t i = 0; i < count_of(QUEUES) && is_wanted(f, v->first); i++)
        if (strcmp(QUEUES[i].kind, v->kind) == 0)
            f->report->values[i][v->slot] += v->count;
    return DONE;
}

static enum outcome load_queues(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                struct report *r)
{
    static const char *const AGES[REPORT_AGES] = {N_("meno di 4 ore"),   N_("fino a un giorno"), N_("fino a 3 giorni"),
                                                  N_("fino a 7 giorni"), N_("fino a 30 giorni"), N_("di più")};
    static const char *const KEYS[REPORT_AGES] = {"4h", "1d", "3d", "7d", "30d", "more"};
    struct filling f = {.report = r, .wanted = w, .brands = brands};
    size_t total;

    for (size_t i = 0; i < count_of(QUEUES); i++) {
        r->lines[i].key = QUEUES[i].kind;
        r->lines[i].label = say(&f, QUEUES[i].label);
    }
    r->line_count = count_of(QUEUES);
    for (size_t i = 0; i < REPORT_AGES; i++)
        report_column_of(r, KEYS[i], say(&f, AGES[i]), REPORT_COUNT, true);
    TRY(report_queues(tx, r->mem, add_waiting, &f));
    total = report_column_of(r, "total", say(&f, N_("Totale")), REPORT_COUNT, false);
    for (size_t i = 0; i < r->line_count; i++)
        for (size_t k = 0; k < REPORT_AGES; k++)
            r->values[i][total] += r->values[i][k];
    return DONE;
}

const struct report_kind REPORTS[] = {
    {.name = "expiries",
     .path = "scadenze",
     .tab = N_("Scadenze"),
     .title = N_("Scadenze per mese"),
     .about = N_("Caselle la cui durata finisce nei mesi che vengono."),
     .first = N_("Mese"),
     .per = {"brand", "plan", "convention"},
     .months = 12,
     .load = load_expiries},
    {.name = "renewals",
     .path = "rinnovi",
     .tab = N_("Rinnovi"),
     .title = N_("Rinnovi per mese di scadenza"),
     .about = N_("Che cosa è stato delle caselle scadute in ogni mese, fino a ieri."),
     .first = N_("Mese"),
     .months = 12,
     .load = load_renewals},
    {.name = "timing",
     .path = "anticipo",
     .tab = N_("Anticipo"),
     .title = N_("Quando si rinnova"),
     .about = N_("Quanti giorni prima o dopo la scadenza, delle caselle scadute fino a ieri."),
     .first = N_("Rinnovo"),
     .months = 12,
     .load = load_timing},
    {.name = "income",
     .path = "ricavi",
     .tab = N_("Ricavi"),
     .title = N_("Ricavi per mese"),
     .about = N_("Imponibili delle fatture, meno le note di credito, come stanno nel libro mastro."),
     .first = N_("Mese"),
     .per = {"brand", "method", "convention"},
     .months = 12,
     .load = load_income},
    {.name = "churn",
     .path = "abbandoni",
     .tab = N_("Abbandoni"),
     .title = N_("Abbandoni per mese"),
     .about = N_("Caselle cessate o cancellate, per mese della loro scadenza, accanto alle nuove vendute nel mese."),
     .first = N_("Mese"),
     .months = 12,
     .load = load_churn},
    {.name = "queues",
     .path = "code",
     .tab = N_("Code"),
     .title = N_("Età delle code"),
     .about = N_("Che cosa aspetta il banco, e da quanto."),
     .first = N_("Coda"),
     .load = load_queues},
    {.name = "votes",
     .path = "guida",
     .tab = N_("Guida"),
     .title = N_("Voti alla guida per mese"),
     .about = N_("Che cosa ha risposto chi ha letto la guida alla domanda «È stata utile?», senza il suo nome."),
     .first = N_("Mese"),
     .months = 12,
     .load = report_load_votes},
    {0},
};
