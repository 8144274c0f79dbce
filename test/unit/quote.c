/* What renewing costs and brings with the brand that ships: DOMAIN P4, P5, D5, D6, D8-D10, §3.7, §8.8, T1, T2; PAYMENTS
 * §9.5. */
#include "seeded.h"
#include "shop/cart.h"
#include <talloc.h>

struct world {
    struct brands brands;
    struct brand brand; /* legalmail, for a test to change */
};

static int set_up(void **state)
{
    struct world *w = talloc_zero(NULL, struct world);
    struct problem why = {0};

    if (brands_load(w, NULL, &w->brands, &why) != DONE)
        fail_msg("%s", why.detail);
    w->brand = *brand_by_id(&w->brands, "legalmail");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

static struct mailbox bronze(const char *ends_on)
{
    struct day ends = date(ends_on);

    return (struct mailbox){.id = 7,
                            .brand = (char *)"legalmail",
                            .address = (char *)"studio.verdi@legalmail.example",
                            .plan = (char *)"bronze",
                            .status = (char *)"live",
                            .first_expires_on = ends,
                            .term = {ends, day_split(ends).day}};
}

static const char *italian(struct day day)
{
    static char text[DAY_TEXT];

    return day_italian(day, text);
}

static const struct brand *with_window(struct world *w, int opens, struct span closes)
{
    w->brand.renewal.opens_months_before = opens;
    w->brand.renewal.closes_after = closes;
    return &w->brand;
}

/* ---- May it be renewed? ---- */

static void eligible_by_state(void **state)
{
    static const struct {
        const char *status;
        int64_t open_order;
        bool auto_renew;
        enum problem_code code;
    } row[] = {
        {"live", 0, false, PROBLEM_NONE},
        {"live", 3, false, PROBLEM_OPEN_ORDER},
        {"live", 0, true, PROBLEM_AUTO_RENEWAL_ON},
        {"suspended", 0, false, PROBLEM_NOT_RENEWABLE},
        {"ceased", 0, false, PROBLEM_NOT_RENEWABLE},
        {"deleted", 3, true, PROBLEM_NOT_RENEWABLE},
    };
    struct world *w = *state;

    for (size_t i = 0; i < count_of(row); i++) {
        struct mailbox m = bronze("15/03/2027");
        struct problem why = {0};

        m.status = (char *)row[i].status;
        m.open_order_id = row[i].open_order;
        m.auto_renew = row[i].auto_renew;
        row_holds(row[i].status, renewal_eligible(&w->brand, &m, date("20/12/2026"), &why) ==
                                     (row[i].code == PROBLEM_NONE ? DONE : REFUSED));
        row_holds(row[i].status, why.code == row[i].code);
        row_holds(row[i].status, row[i].code == PROBLEM_NONE || strcmp(why.field, "mailbox") == 0);
    }
}

static void eligible_by_date(void **state)
{
    static const struct {
        const char *ends_on;
        int opens;
        struct span closes;
        const char *today;
        enum problem_code code;
        const char *detail;
    } row[] = {
        /* legalmail: three months before, ninety days after, both days included */
        {"15/03/2027", 3, {0, 90}, "14/12/2026", PROBLEM_TOO_EARLY, "15/12/2026"},
        {"15/03/2027", 3, {0, 90}, "15/12/2026", PROBLEM_NONE, ""},
        {"15/03/2027", 3, {0, 90}, "15/03/2027", PROBLEM_NONE, ""},
        {"15/03/2027", 3, {0, 90}, "16/03/2027", PROBLEM_NONE, ""},
        {"15/03/2027", 3, {0, 90}, "13/06/2027", PROBLEM_NONE, ""},
        {"15/03/2027", 3, {0, 90}, "14/06/2027", PROBLEM_TOO_LATE, "13/06/2027"},
        {"15/03/2027", 3, {0, 90}, "15/03/2031", PROBLEM_TOO_LATE, "13/06/2027"},
        /* the last day of a shorter month */
        {"31/05/2027", 3, {0, 90}, "27/02/2027", PROBLEM_TOO_EARLY, "28/02/2027"},
        {"31/05/2027", 3, {0, 90}, "28/02/2027", PROBLEM_NONE, ""},
        /* six months after (S2) */
        {"31/08/2026", 3, {6, 0}, "28/02/2027", PROBLEM_NONE, ""},
        {"31/08/2026", 3, {6, 0}, "01/03/2027", PROBLEM_TOO_LATE, "28/02/2027"},
        /* stops the day after (S3) */
        {"15/03/2027", 3, {0, 0}, "15/03/2027", PROBLEM_NONE, ""},
        {"15/03/2027", 3, {0, 0}, "16/03/2027", PROBLEM_TOO_LATE, "15/03/2027"},
        /* at any time (S4) */
        {"15/03/2030", ANY_TIME, {0, 90}, "20/12/2026", PROBLEM_NONE, ""},
    };
    struct world *w = *state;

    for (size_t i = 0; i < count_of(row); i++) {
        struct mailbox m = bronze(row[i].ends_on);
        struct problem why = {0};
        enum outcome o = renewal_eligible(with_window(w, row[i].opens, row[i].closes), &m, date(row[i].today), &why);

        row_holds(row[i].today, o == (row[i].code == PROBLEM_NONE ? DONE : REFUSED));
        row_holds(row[i].today, why.code == row[i].code);
        row_holds(row[i].today, strcmp(why.detail, row[i].detail) == 0);
    }
}

/* ---- What does it cost, and until when? ---- */

static void quoted(void **state)
{
    static const struct {
        const char *what, *ends_on, *today;
        int64_t years, held_gb, extra_gb;
        const char *plan;
        int64_t term, space, upgrade, added, vat, gross;
        const char *new_end;
    } row[] = {
        /* clang-format off */
        {"T1", "15/03/2027", "20/12/2026", 1, 0, 0, "", 2500, 0, 0, 0, 550, 3050, "15/03/2028"},
        {"T2", "15/03/2027", "20/12/2026", 2, 0, 0, "bronze", 5000, 0, 0, 0, 1100, 6100, "15/03/2029"},
        {"three years", "15/03/2027", "20/12/2026", 3, 0, 0, "", 7500, 0, 0, 0, 1650, 9150, "15/03/2030"},
        {"on the last day", "15/03/2027", "15/03/2027", 1, 0, 0, "", 2500, 0, 0, 0, 550, 3050, "15/03/2028"},
        {"late: from the old end (D6)", "15/03/2027", "01/06/2027", 1, 0, 0, "", 2500, 0, 0, 0, 550, 3050, "15/03/2028"},
        {"from a leap day", "29/02/2028", "10/01/2028", 1, 0, 0, "", 2500, 0, 0, 0, 550, 3050, "28/02/2029"},
        {"better, 3 started months", "15/03/2027", "20/12/2026", 1, 0, 0, "silver", 3900, 0, 350, 0, 935, 5185, "15/03/2028"},
        {"better, 3 whole months", "15/03/2027", "15/12/2026", 1, 0, 0, "silver", 3900, 0, 350, 0, 935, 5185, "15/03/2028"},
        {"better, 1 started month", "15/03/2027", "15/02/2027", 1, 0, 0, "gold", 7500, 0, 417, 0, 1742, 9659, "15/03/2028"},
        {"better, the last but one day", "15/03/2027", "14/03/2027", 1, 0, 0, "gold", 7500, 0, 417, 0, 1742, 9659, "15/03/2028"},
        {"better, the last day", "15/03/2027", "15/03/2027", 1, 0, 0, "gold", 7500, 0, 0, 0, 1650, 9150, "15/03/2028"},
        {"better, expired", "15/03/2027", "01/04/2027", 1, 0, 0, "gold", 7500, 0, 0, 0, 1650, 9150, "15/03/2028"},
        {"5 GB more", "15/03/2027", "20/12/2026", 1, 0, 5, "", 2500, 4500, 0, 1125, 1788, 9913, "15/03/2028"},
        {"5 GB on top of 5", "15/03/2027", "20/12/2026", 2, 5, 10, "", 5000, 18000, 0, 1125, 5308, 29433, "15/03/2029"},
        {"5 GB as held", "15/03/2027", "20/12/2026", 1, 5, EXTRA_GB_AS_HELD, "", 2500, 4500, 0, 0, 1540, 8540, "15/03/2028"},
        {"5 GB more, expired", "15/03/2027", "01/04/2027", 1, 0, 5, "", 2500, 4500, 0, 0, 1540, 8540, "15/03/2028"},
        {"both", "15/03/2027", "20/12/2026", 1, 0, 5, "silver", 3900, 4500, 350, 1125, 2173, 12048, "15/03/2028"},
        {"as much as there is", "15/03/2027", "16/03/2027", 1, 0, 50, "", 2500, 45000, 0, 0, 10450, 57950, "15/03/2028"},
        /* clang-format on */
    };
    struct world *w = *state;

    for (size_t i = 0; i < count_of(row); i++) {
        struct mailbox m = bronze(row[i].ends_on);
        struct renewal_choice choice = {row[i].years, row[i].extra_gb, row[i].plan};
        struct problem why = {0};
        struct quote q;

        m.extra_gb = row[i].held_gb;
        row_holds(row[i].what, quote_renewal(&w->brand, &m, &choice, date(row[i].today), &q, &why) == DONE);
        row_holds(row[i].what, q.price.term.cents == row[i].term);
        row_holds(row[i].what, q.price.space.cents == row[i].space);
        row_holds(row[i].what, q.price.upgrade_residue.cents == row[i].upgrade);
        row_holds(row[i].what, q.price.space_residue.cents == row[i].added);
        row_holds(row[i].what, q.total.net.cents == q.price.net.cents);
        row_holds(row[i].what, q.total.vat.cents == row[i].vat);
        row_holds(row[i].what, q.total.gross.cents == row[i].gross);
        row_holds(row[i].what, strcmp(italian(q.renewed.ends_on), row[i].new_end) == 0);
        row_holds(row[i].what, q.renewed.anchor == m.term.anchor);
        row_holds(row[i].what, strcmp(q.choice.plan, row[i].plan[0] ? row[i].plan : "bronze") == 0);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *what, *held, *plan;
        int64_t years, held_gb, extra_gb;
        bool no_change, no_space;
        enum problem_code code;
        const char *field, *detail;
    } row[] = {
        {"no years", "bronze", "", 0, 0, 0, false, false, PROBLEM_YEARS, "years", ""},
        {"too many years", "bronze", "", 4, 0, 0, false, false, PROBLEM_YEARS, "years", ""},
        {"years below zero", "bronze", "", INT64_MIN, 0, 0, false, false, PROBLEM_YEARS, "years", ""},
        {"years past counting", "bronze", "", INT64_MAX, 0, 0, false, false, PROBLEM_YEARS, "years", ""},
        {"no such plan", "bronze", "platinum", 1, 0, 0, false, false, PROBLEM_PLAN, "plan", ""},
        {"a plan no longer sold", "copper", "", 1, 0, 0, false, false, PROBLEM_PLAN, "plan", ""},
        {"down", "gold", "silver", 1, 0, 0, false, false, PROBLEM_PLAN_LOWER, "plan", ""},
        {"a change where none is sold", "bronze", "silver", 1, 0, 0, true, false, PROBLEM_PLAN, "plan", ""},
        {"too much space", "bronze", "", 1, 0, 51, false, false, PROBLEM_EXTRA_GB, "extra_gb", "50"},
        {"less space", "bronze", "", 1, 5, 4, false, false, PROBLEM_EXTRA_GB, "extra_gb", "50"},
        {"space below zero", "bronze", "", 1, 0, -1, false, false, PROBLEM_EXTRA_GB, "extra_gb", "50"},
        {"space past counting", "bronze", "", 1, 0, INT64_MAX, false, false, PROBLEM_EXTRA_GB, "extra_gb", "50"},
        {"space where none is sold", "bronze", "", 1, 0, 1, false, true, PROBLEM_EXTRA_GB, "extra_gb", "0"},
    };
    struct world *w = *state;
    const struct brand ours = w->brand;

    for (size_t i = 0; i < count_of(row); i++) {
        struct mailbox m = bronze("15/03/2027");
        struct renewal_choice choice = {row[i].years, row[i].extra_gb, row[i].plan};
        struct problem why = {0};
        struct quote q;

        w->brand = ours;
        w->brand.change_type = !row[i].no_change;
        w->brand.extra_space = !row[i].no_space;
        m.plan = (char *)row[i].held;
        m.extra_gb = row[i].held_gb;
        row_holds(row[i].what, quote_renewal(&w->brand, &m, &choice, date("20/12/2026"), &q, &why) == REFUSED);
        row_holds(row[i].what, why.code == row[i].code);
        row_holds(row[i].what, strcmp(why.field, row[i].field) == 0);
        row_holds(row[i].what, strcmp(why.detail, row[i].detail) == 0);
    }
}

/* The price is that of the day, the rate too (D11). */
static void before_there_were_prices(void **state)
{
    struct world *w = *state;
    struct mailbox m = bronze("15/03/2013");
    struct renewal_choice choice = {.years = 1};
    struct problem why = {0};
    struct quote q;

    assert_int_equal(quote_renewal(&w->brand, &m, &choice, date("31/12/2012"), &q, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_PLAN);
    assert_int_equal(quote_renewal(&w->brand, &m, &choice, date("01/01/2013"), &q, &why), DONE);
    assert_int_equal(q.total.vat_rate_bp, 2100);
    assert_int_equal(q.total.vat.cents, 525);
}

/* ---- Which years are offered? ---- */

static void options(void **state)
{
    static const struct {
        const char *what, *ends_on, *today, *offered;
        int opens;
        struct span closes;
    } row[] = {
        {"all", "15/03/2027", "20/12/2026", "123", 3, {0, 90}},
        {"expired", "15/03/2027", "13/06/2027", "123", 3, {0, 90}},
        {"at any time, up to the horizon (D9)", "15/03/2030", "20/12/2026", "1", ANY_TIME, {0, 90}},
        {"its very day", "20/12/2029", "20/12/2026", "12", ANY_TIME, {0, 90}},
        {"the day after", "21/12/2029", "20/12/2026", "1", ANY_TIME, {0, 90}},
        {"past the horizon", "15/03/2031", "20/12/2026", "", ANY_TIME, {0, 90}},
        {"the opening months count", "15/03/2029", "15/12/2026", "123", 3, {0, 90}},
        {"one year would end in the past (D6)", "15/03/2025", "20/12/2026", "23", 3, {30, 0}},
        {"one year would end today", "20/12/2025", "20/12/2026", "23", 3, {30, 0}},
        {"one year would end tomorrow", "21/12/2025", "20/12/2026", "123", 3, {30, 0}},
    };
    struct world *w = *state;

    for (size_t i = 0; i < count_of(row); i++) {
        struct mailbox m = bronze(row[i].ends_on);
        struct quote option[QUOTE_OPTIONS];
        char offered[QUOTE_OPTIONS + 1] = "";
        size_t count = quote_options(with_window(w, row[i].opens, row[i].closes), &m, NULL, EXTRA_GB_AS_HELD,
                                     date(row[i].today), option);

        for (size_t k = 0; k < count; k++) {
            offered[k] = (char)('0' + option[k].choice.years);
            row_holds(row[i].what, option[k].total.gross.cents == 3050 * option[k].choice.years);
            row_holds(row[i].what, day_before(date(row[i].today), option[k].renewed.ends_on));
        }
        if (strcmp(offered, row[i].offered) != 0)
            fail_msg("%s: %s", row[i].what, offered);
    }
    w->brand.renewal.min_years = 1;
    w->brand.renewal.max_years = 99;
    w->brand.renewal.horizon_years = 900;
    struct mailbox m = bronze("15/03/2027");
    struct quote option[QUOTE_OPTIONS];
    assert_int_equal(quote_options(&w->brand, &m, NULL, 0, date("20/12/2026"), option), QUOTE_OPTIONS);
}

static void why_an_option_is_left_out(void **state)
{
    static const struct {
        const char *ends_on;
        int64_t years;
        enum problem_code code;
        const char *detail;
    } row[] = {
        {"15/03/2030", 2, PROBLEM_HORIZON, "20/12/2031"},
        {"15/03/2025", 1, PROBLEM_STILL_EXPIRED, "2"},
        {"20/12/2024", 1, PROBLEM_STILL_EXPIRED, "3"},
    };
    struct world *w = *state;

    for (size_t i = 0; i < count_of(row); i++) {
        struct mailbox m = bronze(row[i].ends_on);
        struct problem why = {0};
        struct quote q;

        row_holds(row[i].ends_on, quote_renewal(with_window(w, ANY_TIME, (struct span){30, 0}), &m,
                                                &(struct renewal_choice){.years = row[i].years}, date("20/12/2026"), &q,
                                                &why) == REFUSED);
        row_holds(row[i].ends_on, why.code == row[i].code);
        row_holds(row[i].ends_on, strcmp(why.detail, row[i].detail) == 0);
    }
}

/* D6: "periodo già trascorso". */
static void days_gone_by(void **state)
{
    static const struct {
        const char *today;
        int days;
    } row[] = {{"20/12/2026", 0}, {"14/03/2027", 0}, {"15/03/2027", 0}, {"16/03/2027", 1}, {"13/06/2027", 90}};
    struct mailbox m = bronze("15/03/2027");

    (void)state;
    for (size_t i = 0; i < count_of(row); i++)
        row_holds(row[i].today, elapsed_days(&m, date(row[i].today)) == row[i].days);
}

/* ---- Lines ---- */

/* P48: on a line of its own, from its day on, whatever the years. */
static void late_renewals_cost_what_the_policy_says(void **state)
{
    static const struct {
        const char *today;
        int64_t years, net, fee;
    } row[] = {{"15/03/2027", 1, 2500, 0},
               {"14/04/2027", 1, 2500, 0},
               {"15/04/2027", 1, 3500, 1000},
               {"15/04/2027", 2, 6000, 1000}};
    struct world *w = *state;
    struct mailbox m = bronze("15/03/2027");

    w->brand.late_fee = (struct late_fee){money(1000), 31};
    for (size_t i = 0; i < count_of(row); i++) {
        struct renewal_choice choice = {row[i].years, EXTRA_GB_AS_HELD, NULL};
        struct order_line *lines = NULL;
        size_t count = 0;
        struct quote q;

        row_holds(row[i].today, quote_renewal(&w->brand, &m, &choice, date(row[i].today), &q, NULL) == DONE);
        row_holds(row[i].today, q.price.net.cents == row[i].net && q.price.late_fee.cents == row[i].fee);
        quote_lines(w, "it", &m, &q, date(row[i].today), &lines, &count);
        row_holds(row[i].today, count == (row[i].fee ? 2 : 1));
        row_holds(row[i].today, !row[i].fee || order_line_is(&lines[1], LINE_LATE_FEE));
        row_holds(row[i].today, !row[i].fee || lines[1].net.cents == row[i].fee);
    }
    w->brand.late_fee = (struct late_fee){0};
}

static void lines_say_what_the_quote_costs(void **state)
{
    static const struct {
        const char *kind;
        int64_t quantity, unit, net, years;
        const char *from, *to, *description;
    } want[] = {
        {"renewal", 2, 3900, 7800, 2, "16/03/2027", "15/03/2029", "Rinnovo 2 anni, Silver"},
        {"space", 10, 900, 9000, 0, "16/03/2027", "15/03/2029", "Spazio aggiuntivo 5 GB"},
        {"upgrade_residue", 1, 350, 350, 0, "20/12/2026", "15/03/2027",
         "Passaggio a Silver per 3 mesi fino alla scadenza attuale"},
        {"space_residue", 1, 1125, 1125, 0, "20/12/2026", "15/03/2027",
         "Spazio aggiuntivo per 3 mesi fino alla scadenza attuale"},
    };
    struct world *w = *state;
    struct mailbox m = bronze("15/03/2027");
    struct day today = date("20/12/2026");
    struct order_line *lines = NULL;
    size_t count = 0;
    struct total total;
    struct quote q;

    assert_int_equal(quote_renewal(&w->brand, &m, &(struct renewal_choice){2, 5, "silver"}, today, &q, NULL), DONE);
    quote_lines(w, "it", &m, &q, today, &lines, &count);
    assert_int_equal(count, count_of(want));
    for (size_t i = 0; i < count; i++) {
        const struct order_line *l = &lines[i];

        row_holds(want[i].kind, l->line == (int64_t)i + 1 && strcmp(l->kind, want[i].kind) == 0);
        row_holds(want[i].kind, l->mailbox_id == 7 && strcmp(l->address, m.address) == 0);
        row_holds(want[i].kind, l->quantity == want[i].quantity && l->unit.cents == want[i].unit);
        row_holds(want[i].kind, l->net.cents == want[i].net && l->net.cents == l->quantity * l->unit.cents);
        row_holds(want[i].kind, l->years == want[i].years);
        row_holds(want[i].kind, strcmp(italian(l->from), want[i].from) == 0);
        row_holds(want[i].kind, strcmp(italian(l->to), want[i].to) == 0);
        row_holds(want[i].kind, strcmp(l->plan, "silver") == 0 && l->extra_gb == 5);
        row_holds(want[i].kind, strcmp(italian(l->old_expires_on), "15/03/2027") == 0);
        row_holds(want[i].kind, strcmp(italian(l->new_expires_on), "15/03/2029") == 0);
        if (strcmp(l->description, want[i].description) != 0)
            fail_msg("%s", l->description);
    }
    assert_int_equal(lines_total(&w->brand, lines, count, today, &total, NULL), DONE);
    assert_int_equal(total.gross.cents, q.total.gross.cents);

    /* A second mailbox is appended; what costs nothing has no line. */
    assert_int_equal(quote_renewal(&w->brand, &m, &(struct renewal_choice){1, 0, "bronze"}, today, &q, NULL), DONE);
    quote_lines(w, "it", &m, &q, today, &lines, &count);
    assert_int_equal(count, count_of(want) + 1);
    assert_int_equal(lines[4].line, 5);
    assert_string_equal(lines[4].description, "Rinnovo 1 anno, Bronze");

    lines = NULL;
    count = 0;
    today = date("20/02/2027");
    assert_int_equal(quote_renewal(&w->brand, &m, &(struct renewal_choice){1, 5, "silver"}, today, &q, NULL), DONE);
    quote_lines(w, "it", &m, &q, today, &lines, &count);
    assert_int_equal(count, count_of(want));
    assert_string_equal(lines[2].description, "Passaggio a Silver per 1 mese fino alla scadenza attuale");
    assert_string_equal(lines[3].description, "Spazio aggiuntivo per 1 mese fino alla scadenza attuale");
}

/* PAYMENTS §9.5: 3 × 3,33 is 2,20 of VAT on the sum, 2,19 line by line. */
static void vat_is_on_the_sum(void **state)
{
    struct order_line lines[] = {{.net = {333}}, {.net = {333}}, {.net = {333}}};
    const struct brand brand = {0};
    struct problem why = {0};
    struct total total, one;

    (void)state;
    assert_int_equal(lines_total(&brand, lines, 3, date("20/12/2026"), &total, &why), DONE);
    assert_int_equal(total.net.cents, 999);
    assert_int_equal(total.vat.cents, 220);
    assert_int_equal(total.gross.cents, 1219);
    assert_int_equal(lines_total(&brand, lines, 1, date("20/12/2026"), &one, &why), DONE);
    assert_int_equal(one.vat.cents * 3, 219);
    assert_int_equal(lines_total(&brand, lines, 3, date("30/09/2013"), &total, &why), DONE);
    assert_int_equal(total.vat.cents, 210);
    assert_int_equal(lines_total(&brand, lines, 3, date("16/09/2011"), &total, &why), DONE);
    assert_int_equal(total.vat.cents, 200);
    assert_int_equal(lines_total(&brand, NULL, 0, date("20/12/2026"), &total, &why), DONE);
    assert_int_equal(total.gross.cents, 0);

    lines[0].net = lines[1].net = money(MONEY_LIMIT);
    assert_int_equal(lines_total(&brand, lines, 3, date("20/12/2026"), &total, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_MONEY_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(eligible_by_state),
        TEST(eligible_by_date),
        TEST(quoted),
        TEST(refused),
        TEST(before_there_were_prices),
        TEST(options),
        TEST(why_an_option_is_left_out),
        TEST(days_gone_by),
        TEST(late_renewals_cost_what_the_policy_says),
        TEST(lines_say_what_the_quote_costs),
        TEST(vat_is_on_the_sum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
