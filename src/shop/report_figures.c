/* shop/report_figures.c: the desk's reports, each a row of REPORTS, and the figures of income and of the queues; those
 * of terms are in report_terms.c, the guide's votes in report_votes.c. */

#include "base/i18n.h"
#include "rules/payment.h"
#include "shop/report_parts.h"
#include <string.h>

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
    const struct report_filling *f = arg;
    const char *per = f->wanted->per;
    size_t line = report_month_of(f->report, f->first, v->on), column;
    enum payment_method method;

    if (line == SIZE_MAX)
        return DONE;
    if (strcmp(per, "method") == 0)
        column = report_column_of(
            f->report, v->first,
            payment_method_of(v->first, &method) == DONE ? report_say(f, payment_method_label(method)) : v->first,
            REPORT_CENTS, true);
    else if (strcmp(per, "kind") == 0)
        column = report_column_of(f->report, v->kind, report_say(f, kind_label(v->kind)), REPORT_CENTS, true);
    else
        column = report_part_of(f, per, v->second, report_convention_label(f->brand, v->second), REPORT_CENTS);
    f->report->values[line][column] += v->cents;
    return DONE;
}

static enum outcome load_income(struct db_tx *tx, const struct brands *brands, const struct report_wanted *w,
                                struct report *r)
{
    struct report_filling f = {.report = r, .wanted = w, .brands = brands};

    f.first = day_add_months(report_month_begin(r->today), 1 - w->months, 1);
    report_month_lines(r, f.first, w->months);
    for (size_t at = 0; (f.brand = report_next_brand(brands, w, &at));)
        TRY(report_income(tx, r->mem, f.brand->id, f.first, r->today, add_income, &f));
    report_add_total(&f, REPORT_CENTS);
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
static bool is_wanted(const struct report_filling *f, const char *whose)
{
    const struct brand *b;

    for (size_t at = 0; (b = report_next_brand(f->brands, f->wanted, &at));)
        if (strcmp(b->id, whose) == 0 || brand_has_account(b, whose))
            return true;
    return false;
}

static enum outcome add_waiting(const struct report_figure *v, void *arg)
{
    const struct report_filling *f = arg;

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
    struct report_filling f = {.report = r, .wanted = w, .brands = brands};
    size_t total;

    for (size_t i = 0; i < count_of(QUEUES); i++) {
        r->lines[i].key = QUEUES[i].kind;
        r->lines[i].label = report_say(&f, QUEUES[i].label);
    }
    r->line_count = count_of(QUEUES);
    for (size_t i = 0; i < REPORT_AGES; i++)
        report_column_of(r, KEYS[i], report_say(&f, AGES[i]), REPORT_COUNT, true);
    TRY(report_queues(tx, r->mem, add_waiting, &f));
    total = report_column_of(r, "total", report_say(&f, N_("Totale")), REPORT_COUNT, false);
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
     .load = report_load_expiries},
    {.name = "renewals",
     .path = "rinnovi",
     .tab = N_("Rinnovi"),
     .title = N_("Rinnovi per mese di scadenza"),
     .about = N_("Che cosa è stato delle caselle scadute in ogni mese, fino a ieri."),
     .first = N_("Mese"),
     .months = 12,
     .load = report_load_renewals},
    {.name = "timing",
     .path = "anticipo",
     .tab = N_("Anticipo"),
     .title = N_("Quando si rinnova"),
     .about = N_("Quanti giorni prima o dopo la scadenza, delle caselle scadute fino a ieri."),
     .first = N_("Rinnovo"),
     .months = 12,
     .load = report_load_timing},
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
     .load = report_load_churn},
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
