/* Ten years, day by day. CASELLA_SIM chooses: "seed=7 customers=1000 years=10 engine=postgresql"; without it, a few
 * short lives. */
#include "sim/sim.h"
#include "base/log.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- Chance ---- */

uint64_t chance_next(struct chance *c)
{
    uint64_t z = c->state += 0x9e3779b97f4a7c15u; /* splitmix64 */

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int chance_below(struct chance *c, int limit)
{
    return (int)(chance_next(c) % (uint64_t)limit);
}

bool chance_of(struct chance *c, int in_a_thousand)
{
    return chance_below(c, 1000) < in_a_thousand;
}

/* ---- Trouble ---- */

void sim_trouble(struct world *w, const char *file, int line, const char *format, ...)
{
    char day[DAY_TEXT], text[500];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    print_error("seed %" PRIu64 ", %s: %s\n", w->seed, day_iso(w->today, day), text);
    print_error("again: CASELLA_SIM='seed=%" PRIu64 " customers=%d years=10 engine=%s'\n", w->seed, w->count,
                db_engine(w->f->db) == DB_SQLITE ? "sqlite" : "postgresql");
    _fail(file, line);
    abort();
}

bool sim_is_turn(const struct world *w, const struct customer *c)
{
    return (c - w->customers + w->today.n) % 7 == 0;
}

enum outcome sim_try(struct world *w, sim_act *act, void *arg)
{
    for (int tries = 0; tries < 5; tries++) {
        enum outcome o;

        if (tries == 0 && chance_of(&w->chance, 30))
            crash_arm(chance_below(&w->chance, 4), chance_of(&w->chance, 500));
        o = act(w, arg);
        if (!crash_over())
            return o;
        w->seen.crashes++;
    }
    return BROKEN;
}

/* ---- The outside ---- */

static enum outcome take_mail(void *arg, const struct mail *mail, struct problem *why)
{
    struct world *w = arg;

    (void)mail;
    if (crash_outside())
        return BUSY;
    if (chance_of(&w->chance, 30))
        return (void)problem_set(why, PROBLEM_MAIL, "", "%s", "451"), BUSY;
    if (chance_of(&w->chance, 3)) {
        w->seen.lost_mails++;
        return problem_set(why, PROBLEM_MAIL, "", "%s", "550");
    }
    w->seen.mails++;
    return DONE;
}

static enum provider_fault some_fault(void *arg)
{
    struct world *w = arg;

    if (crash_outside())
        return FAULT_AFTER;
    if (!chance_of(&w->chance, 80))
        return FAULT_NONE;
    return chance_of(&w->chance, 500) ? FAULT_BEFORE : FAULT_AFTER;
}

static void open_for_business(struct world *w)
{
    struct gateway_of *all = talloc_zero_array(w, struct gateway_of, 3 * (unsigned)w->f->brands.count);
    struct provider *providers[] = {&w->card, &w->paypal, &w->stripe};
    static const enum payment_method METHODS[] = {METHOD_CARD, METHOD_PAYPAL, METHOD_STRIPE};
    static const char *const NAMES[] = {"axerve", "paypal", "stripe"};

    for (size_t p = 0; p < count_of(providers); p++) {
        providers[p]->name = NAMES[p];
        providers[p]->mem = w;
        providers[p]->chance = some_fault;
        providers[p]->chance_arg = w;
        for (size_t b = 0; b < w->f->brands.count; b++)
            all[w->gateways.count++] =
                (struct gateway_of){w->f->brands.all[b].id, METHODS[p], provider_gateway(providers[p])};
    }
    w->gateways.all = all;
    w->f->shop.gateways = &w->gateways;
    w->mailer = (struct mailer){take_mail, w};
    w->jobs = (struct jobs_options){.shop = &w->f->shop, .views = w->f->views, .mailer = &w->mailer};
    w->machine = clock_now();
}

/* ---- A day ---- */

static enum outcome move_clock(struct db_tx *tx, void *arg)
{
    struct problem why;

    return db_set_clock(tx, *(struct instant *)arg, &why);
}

static void at_hour(struct world *w, int hour)
{
    struct instant now = rome_at(w->today, hour, 0, 0);

    if (db_transaction(w->f->db, "clock", move_clock, &now) != DONE)
        SIM_TROUBLE(w, "the clock stands still");
}

/* The workers: they may die at any step, and another takes over. */
static void work(struct world *w)
{
    struct jobs_round round;
    enum outcome o;

    /* Each is due again, and who was asked last comes last: a poll asks some at a time. */
    sql(w->f, "UPDATE payment SET ask_at = ask_at - 86400000000 WHERE ask_at IS NOT NULL");
    w->jobs.at = instant_plus(w->machine, DAYS(1 + w->today.n - w->first.n));
    if (chance_of(&w->chance, 150))
        crash_arm(chance_below(&w->chance, 40), chance_of(&w->chance, 500));
    o = jobs_once(w->scratch, &w->jobs, &round);
    if (crash_over()) {
        w->seen.crashes++;
        w->jobs.at = instant_plus(w->jobs.at, MINUTES(10)); /* when the leases of the dead have run out */
        o = jobs_once(w->scratch, &w->jobs, &round);
    }
    if (o != DONE)
        SIM_TROUBLE(w, "the day's work ended with %d", o);
}

static void check_from(struct world *w, struct audit_mark *mark)
{
    struct audit_report report;

    if (audit_from(&w->f->shop, w->scratch, mark, &report) != DONE)
        SIM_TROUBLE(w, "no audit");
    for (size_t i = 0; i < report.count; i++)
        print_error("%s: %s\n", report.faults[i].invariant, report.faults[i].what);
    if (report.count)
        SIM_TROUBLE(w, "the audit finds %zu faults", report.count);
}

static void check(struct world *w)
{
    check_from(w, &w->mark);
}

static void offices(struct world *w)
{
    if (day_weekday(w->today) < 6)
        bank_day(w);
    if (day_weekday(w->today) == 5)
        desk_day(w);
}

static const struct {
    int hour; /* 0: as late as the one before */
    enum sim_part part;
    void (*live)(struct world *w);
} HOURS[] = {{7, SIM_WORK, work},  {10, SIM_PEOPLE, customers_act}, {15, SIM_BANK, offices},
             {19, SIM_WORK, work}, {0, SIM_LOOK, customers_look},   {0, SIM_AUDIT, check}};

static void one_day(struct world *w)
{
    struct fixture *home = w->f;

    w->scratch = talloc_new(w);
    w->f = talloc_memdup(w->scratch, home, sizeof *home);
    for (size_t i = 0; i < count_of(HOURS); i++) {
        int64_t began = clock_monotonic_us();

        if (HOURS[i].hour)
            at_hour(w, HOURS[i].hour);
        HOURS[i].live(w);
        w->spent_us[HOURS[i].part] += clock_monotonic_us() - began;
    }
    talloc_free(w->scratch);
    w->scratch = NULL;
    w->f = home;
}

/* What the years have cost so far: of lives that were asked for, which are long. */
static void tell_time(const struct world *w)
{
    static const char *const PART[SIM_PARTS] = {"work", "customers", "bank and desk", "looking", "audit"};

    if (!getenv("CASELLA_SIM"))
        return;
    print_message("%d years:", (w->today.n - w->first.n + 1) / 365);
    for (int i = 0; i < SIM_PARTS; i++)
        print_message("%s %s %" PRId64 " s", i ? "," : "", PART[i], w->spent_us[i] / 1000000);
    print_message("\n");
    fflush(stdout);
}

/* ---- Lives ---- */

struct life {
    uint64_t seed;
    int customers, years;
    const char *engine; /* "sqlite", "postgresql" */
};

static void live(void **state, const struct life *life)
{
    struct fixture *f = fixture(state);
    struct world *w;

    if (!f)
        return;
    if (strncmp(f->url, life->engine, strlen(life->engine)) != 0) {
        skip();
        return;
    }
    w = talloc_zero(f->url, struct world);
    w->f = f;
    w->seed = life->seed;
    w->chance.state = life->seed;
    w->first = w->today = day_of(2027, 1, 1);
    w->scratch = talloc_new(w);
    open_for_business(w);
    customers_make(w, life->customers);
    talloc_free(w->scratch);
    for (int days = life->years * 365; days > 0; days--) {
        one_day(w);
        if (days % 365 == 1)
            tell_time(w);
        w->today = day_plus(w->today, 1);
    }
    w->scratch = talloc_new(w);
    desk_day(w);
    for (int round = 0; round < 30; round++) /* until every provider has answered */
        work(w);
    check_from(w, &(struct audit_mark){.files = {0}});
    books_close(w);
    counter_close(w);
    passing_close(w);
    print_message(
        "seed %" PRIu64 ": %d orders, %d renewals, %d given up, %d held, %d statements, %d mails, %d lost, "
        "%d crashes; automatic: %d on, %d off, %d cards lost, %d renewals; %d holders changed, %d taken back, "
        "%d from the prepaid account, %d proofs, cheques: %d cleared, %d bounced\n",
        w->seed, w->seen.orders, w->seen.renewals, w->seen.given_up, w->seen.held, w->seen.statements, w->seen.mails,
        w->seen.lost_mails, w->seen.crashes, w->seen.switched_on, w->seen.switched_off, w->seen.cards_lost,
        w->seen.by_itself, w->seen.passed, w->seen.taken_back, w->seen.drawn, w->seen.proofs, w->seen.cleared,
        w->seen.bounced);
    assert_true(w->seen.renewals > 0 && w->seen.crashes > 0);
}

static const char *chosen(const char *name, const char *otherwise, char text[32])
{
    const char *all = getenv("CASELLA_SIM"), *at;
    char key[32];

    snprintf(key, sizeof key, "%s=", name);
    at = all ? strstr(all, key) : NULL;
    snprintf(text, 32, "%s", at ? at + strlen(key) : otherwise);
    text[strcspn(text, " ")] = '\0';
    return text;
}

static void chosen_life(void **state)
{
    char seed[32], customers[32], years[32], engine[32];

    if (!getenv("CASELLA_SIM")) {
        skip();
        return;
    }
    live(state, &(struct life){.seed = strtoull(chosen("seed", "1", seed), NULL, 10),
                               .customers = atoi(chosen("customers", "1000", customers)),
                               .years = atoi(chosen("years", "10", years)),
                               .engine = chosen("engine", "sqlite", engine)});
}

static void five_years(void **state)
{
    live(state, &(struct life){.seed = 6, .customers = 8, .years = 5, .engine = "sqlite"});
}

static void one_year_of_many(void **state)
{
    live(state, &(struct life){.seed = 2, .customers = 30, .years = 1, .engine = "sqlite"});
}

static void on_the_other_engine(void **state)
{
    live(state, &(struct life){.seed = 3, .customers = 12, .years = 1, .engine = "postgresql"});
}

int main(void)
{
    static const struct CMUnitTest ALL[] = {cmocka_unit_test(five_years), cmocka_unit_test(one_year_of_many),
                                            cmocka_unit_test(on_the_other_engine)};
    static const struct CMUnitTest ONE[] = {cmocka_unit_test(chosen_life)};

    log_setup(LOG_ERROR, false);
    return getenv("CASELLA_SIM") ? FLOW(ONE) : FLOW(ALL);
}
