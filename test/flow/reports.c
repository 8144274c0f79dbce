/* The desk's reports: figures by hand beside those of the report, before their documents are summed and after. */
#include "flow/fixture.h"
#include "shop/day.h"
#include "shop/refund.h"
#include "shop/report.h"
#include "shop/vote.h"
#include <string.h>
#include <talloc.h>

static const struct actor CLI = {.door = "cli", .name = "test"};

struct asking {
    struct fixture *f;
    struct report_wanted wanted;
    struct report *report;
    struct problem why;
};

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;

    return report_make(tx, a->f, &a->f->brands, "it", &a->wanted, &a->report, &a->why);
}

static struct report *report(struct fixture *f, const char *name, const char *per)
{
    struct asking a = {.f = f, .wanted = {.kind = report_by_name(name), .brand = "legalmail", .sees = "", .per = per}};

    if (db_read(f->db, "report", ask, &a) != DONE)
        fail_msg("%s: %s", name, a.why.detail);
    return a.report;
}

/* The figure of a line and a column, by their keys; 0 where there is no such column. */
static int64_t figure(const struct report *r, const char *line, const char *column)
{
    for (size_t i = 0; i < r->line_count; i++)
        for (size_t k = 0; k < r->column_count && strcmp(r->lines[i].key, line) == 0; k++)
            if (strcmp(r->columns[k].key, column) == 0)
                return r->values[i][k];
    return 0;
}

static void tally(struct fixture *f)
{
    struct day_turn turn = {.shop = &f->shop, .mem = f};
    int64_t done = 0;

    assert_int_equal(day_tally(&turn, &done), DONE);
}

static void pay_order(struct fixture *f, const char *code, int year, int month, int day)
{
    const struct order o = order_now(f, code);

    set_day(f, year, month, day);
    assert_int_equal(pay(f, &(struct transfer){code, o.total.gross.cents, day_of(year, month, day)}).how,
                     SETTLED_MATCHED);
}

/* BIANCHI's term ends on 31-01 and is renewed ten days before, ROSSI's on 10-02 and five days after, NERI's on 28-02
 * and never. */
static void live_a_while(struct fixture *f)
{
    char *code;

    add_mailbox(f, "giulia.rossi@legalmail.example", 0, day_of(2027, 2, 10));
    add_mailbox(f, "luca.neri@legalmail.example", 1, day_of(2027, 2, 28));
    set_day(f, 2027, 1, 20);
    code = order_years(f, BIANCHI, 1);
    pay_order(f, code, 2027, 1, 21);
    code = order_years(f, "giulia.rossi@legalmail.example", 2);
    pay_order(f, code, 2027, 2, 15);
    set_day(f, 2027, 3, 5);
}

static void check_figures(struct fixture *f)
{
    const struct report *r = report(f, "renewals", NULL);

    assert_int_equal(figure(r, "2027-01", "before"), 1);
    assert_int_equal(figure(r, "2027-01", "rate"), 1000);
    assert_int_equal(figure(r, "2027-02", "after"), 1);
    assert_int_equal(figure(r, "2027-02", "open"), 1);
    assert_int_equal(figure(r, "2027-02", "ended"), 2);
    assert_int_equal(figure(r, "2027-02", "rate"), 500);
    assert_int_equal(figure(r, "2027-03", "ended"), 0); /* VERDI's has not ended yet */
    assert_int_equal(figure(r, "2027-03", "rate"), -1);
    r = report(f, "timing", NULL);
    assert_int_equal(figure(r, "-15", "renewals"), 1);
    assert_int_equal(figure(r, "+1", "renewals"), 1);
    assert_int_equal(figure(r, "-15", "share"), 500);
    assert_int_equal(figure(r, "+91", "share"), 1000);
    r = report(f, "income", "method");
    assert_int_equal(figure(r, "2027-01", "bank_transfer"), 2500);
    assert_int_equal(figure(r, "2027-02", "bank_transfer"), 5000);
    assert_int_equal(figure(r, "2027-02", "total"), 5000);
    assert_int_equal(figure(report(f, "income", "convention"), "2027-01", "-"), 2500);
    assert_int_equal(figure(report(f, "income", "brand"), "2027-01", "legalmail"), 2500);
    r = report(f, "expiries", "plan");
    assert_int_equal(figure(r, "2027-03", "legalmail/bronze"), 1);
    assert_int_equal(figure(r, "2028-01", "legalmail/bronze"), 1);
    assert_int_equal(figure(r, "2028-01", "total"), 1);
}

static void figures_are_the_same_before_and_after_they_are_summed(void **state)
{
    struct fixture *f = fixture(state);

    if (!f)
        return;
    live_a_while(f);
    assert_int_equal(number(f, "SELECT count(*) FROM tally_mark"), 0);
    check_figures(f);
    tally(f);
    assert_int_equal(number(f, "SELECT number FROM tally_mark"), 2);
    assert_int_equal(number(f, "SELECT sum(net_cents) FROM tally_income"), 7500);
    check_figures(f);
    tally(f); /* nothing is summed twice */
    assert_int_equal(number(f, "SELECT sum(documents) FROM tally_income"), 2);
    check_figures(f);
}

struct giving_back {
    struct fixture *f;
    struct refund_request request;
    struct refund refund;
    struct problem why;
};

static enum outcome give_back(struct db_tx *tx, void *arg)
{
    struct giving_back *g = arg;

    return refund_order(tx, g->f, &g->f->brands, &g->request, &g->refund, &g->why);
}

static void a_term_that_is_taken_back_was_not_renewed(void **state)
{
    struct fixture *f = fixture(state);
    struct giving_back g = {.f = f};
    const struct report *r;
    char *code;

    if (!f)
        return;
    code = order_years(f, BIANCHI, 1);
    pay_order(f, code, 2026, 12, 21);
    tally(f);
    set_day(f, 2027, 2, 3);
    assert_int_equal(figure(report(f, "renewals", NULL), "2027-01", "before"), 1);
    g.request = (struct refund_request){.code = code,
                                        .amount = money(3050),
                                        .destination = "transfer",
                                        .iban = "IT60X0542811101000000123456",
                                        .payee = "Mario Bianchi",
                                        .reason = "recesso",
                                        .take_back = true,
                                        .actor = CLI};
    if (db_transaction(f->db, "refund", give_back, &g) != DONE)
        fail_msg("%s %s", g.why.field, g.why.detail);
    for (int summed = 0; summed < 2; summed++) {
        r = report(f, "renewals", NULL);
        assert_int_equal(figure(r, "2027-01", "before"), 0);
        assert_int_equal(figure(r, "2027-01", "open"), 1);
        r = report(f, "income", "method");
        assert_int_equal(figure(r, "2026-12", "total"), 2500);
        assert_int_equal(figure(r, "2027-02", "total"), -2500);
        assert_int_equal(figure(report(f, "queues", NULL), "refunds", "4h"), 1);
        tally(f);
    }
    sql(f, "UPDATE mailbox_row SET status = 'deleted' WHERE " ITS_ROW(BIANCHI));
    r = report(f, "churn", NULL);
    assert_int_equal(figure(r, "2027-01", "lost"), 1);
    assert_int_equal(figure(r, "2027-01", "rate"), 1000);
}

static void money_that_is_held_waits_in_its_brands_queue(void **state)
{
    struct fixture *f = fixture(state);

    if (!f)
        return;
    assert_int_equal(pay(f, &(struct transfer){"saluti", 100, day_of(2026, 12, 10)}).how, SETTLED_HELD);
    assert_int_equal(figure(report(f, "queues", NULL), "held", "30d"), 1);
    assert_int_equal(figure(report(f, "queues", NULL), "held", "total"), 1);
}

static enum outcome vote(struct db_tx *tx, void *arg)
{
    const char *brand = arg;

    TRY(vote_count(tx, brand, "guida", true));
    TRY(vote_count(tx, brand, "guida", true));
    return vote_count(tx, brand, "guida", false);
}

/* R167 */
static void votes_are_summed_by_month_and_brand(void **state)
{
    struct fixture *f = fixture(state);
    struct report *r;

    if (!f)
        return;
    assert_int_equal(db_transaction(f->db, "vote", vote, "legalmail"), DONE);
    assert_int_equal(db_transaction(f->db, "vote", vote, "aruba"), DONE);
    sql(f, "INSERT INTO page_vote (brand, page, voted_on, useful, useless) SELECT brand, page, voted_on - 60, 0, 4 "
           "FROM page_vote WHERE brand = 'legalmail'");
    r = report(f, "votes", NULL);
    assert_int_equal(r->line_count, 12);
    assert_int_equal(r->values[11][0], 2);
    assert_int_equal(r->values[11][1], 1);
    assert_int_equal(r->values[11][3], 667); /* 66,7 % */
    assert_int_equal(r->values[9][1], 4);
    assert_int_equal(r->values[9][3], 0);
    assert_int_equal(r->values[0][3], -1); /* nobody voted */
}

static void what_may_not_be_asked_is_refused(void **state)
{
    static const struct {
        const char *brand, *sees, *per;
        int months;
        enum problem_code code;
    } ROWS[] = {
        {"nessuno", "", NULL, 0, PROBLEM_BRAND},
        {"aruba", "legalmail", NULL, 0, PROBLEM_BRAND},
        {"", "", "colour", 0, PROBLEM_NOT_A_CHOICE},
        {"", "", NULL, 37, PROBLEM_OUT_OF_RANGE},
    };
    struct fixture *f = fixture(state);

    for (size_t i = 0; f && i < count_of(ROWS); i++) {
        struct asking a = {
            .f = f, .wanted = {report_by_name("scadenze"), ROWS[i].brand, ROWS[i].sees, ROWS[i].per, ROWS[i].months}};

        assert_int_equal(db_read(f->db, "report", ask, &a), REFUSED);
        assert_int_equal(a.why.code, ROWS[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_the_same_before_and_after_they_are_summed),
        cmocka_unit_test(a_term_that_is_taken_back_was_not_renewed),
        cmocka_unit_test(money_that_is_held_waits_in_its_brands_queue),
        cmocka_unit_test(votes_are_summed_by_month_and_brand),
        cmocka_unit_test(what_may_not_be_asked_is_refused),
    };

    return FLOW(tests);
}
