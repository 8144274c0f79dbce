/* More room for the rest of a term (DOMAIN §3.7, order kind extra_space): its price, its effect, and what it gives way
 * to. */
#include "flow/fixture.h"
#include "shop/extra_space.h"
#include "shop/plan_change.h"
#include "shop/refund.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define ROSSI "rossi@pec.aruba.example"
#define NERI  "neri@pec.aruba.example"

enum { STANDARD, PRO, PREMIUM, PROMO, OWN };

/* Aruba on 20-12-2026: ROSSI is pro, NERI standard, both until 15-03-2027. */
static struct fixture *retail(void **state)
{
    struct fixture *f = fixture(state);

    if (!f)
        return NULL;
    f->brand = (struct brand *)brand_by_id(&f->brands, "aruba");
    add_mailbox(f, ROSSI, PRO, day_of(2027, 3, 15));
    add_mailbox(f, NERI, STANDARD, day_of(2027, 3, 15));
    sql(f, "UPDATE mailbox_row SET quota_mb = 2048 WHERE plan = 'pro'");
    sql(f, "UPDATE mailbox_row SET quota_mb = 1024 WHERE plan = 'standard'");
    return f;
}

struct placing {
    struct fixture *f;
    struct order_request request;
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct placing *p = arg;

    p->why = (struct problem){0};
    return place_space(tx, p->f, &p->request, &p->placed, &p->why);
}

/* `gb` and `archive_gb` are what there is to be in all. */
static enum outcome try_space(struct fixture *f, const char *address, int64_t gb, int64_t archive_gb, struct placing *p)
{
    struct wanted_line *line = talloc(f, struct wanted_line);

    *line = (struct wanted_line){.address = address,
                                 .choice = {.extra_gb = gb, .extra_archive_gb = archive_gb, .archive_chosen = true}};
    *p = (struct placing){.f = f, .request = request_for(f, line, 1)};
    return db_transaction_rows(f->db, "space", place, p);
}

static struct placed_order must_space(struct fixture *f, const char *address, int64_t gb, int64_t archive_gb)
{
    struct placing p;

    if (try_space(f, address, gb, archive_gb, &p) != DONE)
        fail_msg("%s: %s %s", address, problem_slug(p.why.code), p.why.detail);
    return p.placed;
}

static void refused(struct fixture *f, const char *address, int64_t gb, int64_t archive_gb, enum problem_code code,
                    const char *detail)
{
    struct placing p;

    if (try_space(f, address, gb, archive_gb, &p) != REFUSED)
        fail_msg("%s: %s was not told", address, problem_slug(code));
    if (p.why.code != code || (detail && strcmp(p.why.detail, detail) != 0))
        fail_msg("%s: %s %s", address, problem_slug(p.why.code), p.why.detail);
}

static struct settled_entry pay_for(struct fixture *f, const struct placed_order *placed)
{
    struct transfer t = {.text = placed->order.code,
                         .cents = placed->order.total.gross.cents,
                         .on = day_of(2026, 12, 20),
                         .account = f->brand->seller.iban};

    return pay(f, &t);
}

static char *renew(struct fixture *f, const char *address, struct placed_order *placed)
{
    struct wanted_line line = {.address = address, .choice = {.years = 1, .extra_gb = EXTRA_GB_AS_HELD}};
    struct order_request request = request_for(f, &line, 1);
    struct problem why = {0};

    if (order(f, &request, placed, &why) != DONE)
        fail_msg("%s: %s %s", address, problem_slug(why.code), why.detail);
    return placed->order.code;
}

/* Every started month costs a twelfth (§8.8); net, and with VAT. */
static void a_started_month_costs_a_twelfth(void **state)
{
    static const struct {
        int year, month, day; /* of the expiry */
        int64_t gb, archive_gb, net, gross;
    } row[] = {
        {2027, 3, 15, 1, 0, 75, 92},    {2027, 3, 15, 2, 1, 225, 275},  {2026, 12, 21, 1, 0, 25, 31},
        {2027, 12, 20, 1, 0, 300, 366}, {2027, 12, 21, 1, 0, 325, 397}, {2029, 12, 20, 4, 0, 3600, 4392},
    };
    struct fixture *f = retail(state);

    if (!f)
        return;
    for (size_t i = 0; i < count_of(row); i++) {
        char *address = talloc_asprintf(f, "mesi%zu@pec.aruba.example", i);
        struct placed_order placed;

        add_mailbox(f, address, PRO, day_of(row[i].year, row[i].month, row[i].day));
        placed = must_space(f, address, row[i].gb, row[i].archive_gb);
        assert_int_equal(placed.order.total.net.cents, row[i].net);
        assert_int_equal(placed.order.total.gross.cents, row[i].gross);
        assert_string_equal(placed.order.kind, "extra_space");
    }
    assert_clean(f);
}

/* The room is there with the money, the expiry stays, and the next renewal has it. */
static void it_is_there_with_the_money(void **state)
{
    struct fixture *f = retail(state);
    struct placed_order placed, renewal;
    struct mailbox m;

    if (!f)
        return;
    placed = must_space(f, ROSSI, 2, 1);
    assert_string_equal(placed.lines[0].description, "Spazio aggiuntivo 2 GB e archivio 1 GB fino al 15/03/2027");
    assert_int_equal(mailbox(f, ROSSI).extra_gb, 0);
    assert_int_equal(mailbox(f, ROSSI).space_order_id, placed.order.id);
    assert_int_equal(mailbox(f, ROSSI).open_order_id, 0);
    assert_clean(f);
    assert_int_equal(pay_for(f, &placed).reason, HELD_NOT);
    m = mailbox(f, ROSSI);
    assert_int_equal(m.extra_gb, 2);
    assert_int_equal(m.extra_archive_gb, 1);
    assert_int_equal(m.quota_mb, 4096);
    assert_int_equal(m.space_order_id, 0);
    assert_true(day_same(m.term.ends_on, day_of(2027, 3, 15)));
    assert_int_equal(order_now(f, placed.order.code).state, ORDER_FULFILLED);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.space_added'"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 1);
    assert_int_equal(pay_for(f, &placed).reason, HELD_REUSED);
    assert_clean(f);
    renew(f, ROSSI, &renewal);
    assert_int_equal(renewal.order.total.net.cents, 2990 + 600 + 300);
}

static void what_cannot_be_had(void **state)
{
    struct fixture *f = retail(state);
    struct placing p;

    if (!f)
        return;
    refused(f, NERI, 2, 0, PROBLEM_EXTRA_GB, "1");
    refused(f, NERI, 0, 1, PROBLEM_EXTRA_GB, "0");
    refused(f, NERI, 0, 0, PROBLEM_REQUIRED, "");
    refused(f, "nessuno@pec.aruba.example", 1, 0, PROBLEM_MAILBOX_UNKNOWN, "");
    refused(f, VERDI, 1, 0, PROBLEM_MAILBOX_UNKNOWN, ""); /* of another brand */
    add_mailbox(f, "info@verdi.example", OWN, day_of(2027, 3, 15));
    refused(f, "info@verdi.example", 1, 0, PROBLEM_SPACE_NOT_HERE, "");
    add_mailbox(f, "ieri@pec.aruba.example", PRO, day_of(2026, 12, 19));
    refused(f, "ieri@pec.aruba.example", 1, 0, PROBLEM_SPACE_EXPIRED, "");
    add_mailbox(f, "oggi@pec.aruba.example", PRO, day_of(2026, 12, 20));
    assert_int_equal(must_space(f, "oggi@pec.aruba.example", 1, 0).order.lapses_on.n, day_of(2026, 12, 20).n);
    sql(f, "UPDATE mailbox_row SET extra_gb = 1 WHERE " ITS_ROW(NERI));
    refused(f, NERI, 0, 0, PROBLEM_EXTRA_GB, "1");
    sql(f, "UPDATE mailbox_row SET status = 'suspended' WHERE " ITS_ROW(ROSSI));
    refused(f, ROSSI, 1, 0, PROBLEM_SPACE_NOT_HERE, "");
    sql(f, "UPDATE mailbox_row SET status = 'live' WHERE " ITS_ROW(ROSSI));
    assert_int_equal(try_space(f, ROSSI, 1, 0, &p), DONE);
    refused(f, ROSSI, 2, 0, PROBLEM_OPEN_ORDER, p.placed.order.code);
}

/* A renewal that is ordered was priced with the space there was: the space waits. */
static void a_renewal_that_is_ordered_goes_before(void **state)
{
    struct fixture *f = retail(state);
    struct placed_order renewal;
    char *code;

    if (!f)
        return;
    code = renew(f, ROSSI, &renewal);
    refused(f, ROSSI, 1, 0, PROBLEM_OPEN_ORDER, code);
    assert_int_equal(pay_for(f, &renewal).reason, HELD_NOT);
    must_space(f, ROSSI, 1, 0);
    assert_int_equal(number(f, "SELECT net_cents FROM shop_order WHERE kind = 'extra_space'"), 375); /* 15 months */
}

/* The mailbox is renewed meanwhile: the order of space is cancelled, and money for it is kept, not lost. */
static void it_gives_way_to_a_renewal(void **state)
{
    struct fixture *f = retail(state);
    struct placed_order space, renewal;

    if (!f)
        return;
    space = must_space(f, ROSSI, 2, 0);
    renew(f, ROSSI, &renewal);
    assert_int_equal(order_now(f, space.order.code).state, ORDER_CANCELLED);
    assert_int_equal(mailbox(f, ROSSI).space_order_id, 0);
    assert_int_equal(mails_of(f, "order_cancelled"), 1);
    assert_clean(f);
    assert_int_equal(pay_for(f, &renewal).reason, HELD_NOT);
    assert_int_equal(pay_for(f, &space).reason, HELD_CANCELLED);
    assert_int_equal(mailbox(f, ROSSI).extra_gb, 0);
    assert_true(day_same(mailbox(f, ROSSI).term.ends_on, day_of(2028, 3, 15)));
    assert_clean(f);
}

static enum outcome lapse(struct db_tx *tx, void *arg)
{
    int lapsed;

    return lapse_orders(tx, arg, 100, &lapsed);
}

static void it_lapses_with_the_term(void **state)
{
    struct fixture *f = retail(state);
    struct placed_order placed;

    if (!f)
        return;
    set_day(f, 2027, 3, 10);
    placed = must_space(f, ROSSI, 1, 0);
    assert_int_equal(placed.order.lapses_on.n, day_of(2027, 3, 15).n);
    set_day(f, 2027, 3, 16);
    assert_int_equal(db_transaction(f->db, "lapse", lapse, f), DONE);
    assert_int_equal(order_now(f, placed.order.code).state, ORDER_LAPSED);
    assert_int_equal(number(f, "SELECT count(*) FROM space_claim"), 0);
}

/* The audit tells a claim without its order, and an order without its claim. */
static void the_audit_misses_none(void **state)
{
    struct fixture *f = retail(state);
    struct audit_report report;

    if (!f)
        return;
    must_space(f, ROSSI, 1, 0);
    assert_clean(f);
    sql(f, "DELETE FROM space_claim");
    assert_int_equal(audit(&f->shop, f, &report), DONE);
    assert_int_equal(report.count, 1);
    assert_string_equal(report.faults[0].invariant, "mailbox.space_order");
}

struct refunding {
    struct fixture *f;
    struct refund_request request;
    struct refund refund;
    struct problem why;
};

static enum outcome give_back(struct db_tx *tx, void *arg)
{
    struct refunding *r = arg;

    return refund_order(tx, r->f, &r->f->brands, &r->request, &r->refund, &r->why);
}

/* The price goes back, and the room when what is in use fits: until then it stays. */
static void what_is_taken_back_shrinks_when_it_fits(void **state)
{
    struct fixture *f = retail(state);
    struct placed_order placed;
    struct refunding r;
    struct mailbox m;

    if (!f)
        return;
    placed = must_space(f, ROSSI, 2, 0);
    assert_int_equal(pay_for(f, &placed).reason, HELD_NOT);
    r = (struct refunding){.f = f,
                           .request = {.code = placed.order.code,
                                       .amount = placed.order.total.gross,
                                       .destination = "transfer",
                                       .iban = "IT60X0542811101000000123456",
                                       .payee = "Maria Verdi",
                                       .reason = "Recesso",
                                       .take_back = true,
                                       .actor = {"cli", "operator"}}};
    if (db_transaction(f->db, "refund", give_back, &r) != DONE)
        fail_msg("%s %s", problem_slug(r.why.code), r.why.detail);
    m = mailbox(f, ROSSI);
    assert_int_equal(m.extra_gb, 0);
    assert_int_equal(m.quota_mb, 4096);
    assert_string_equal(words(f, "SELECT state FROM plan_change"), "waiting");
    assert_int_equal(number(f, "SELECT count(*) FROM outbox WHERE kind = 'plan_change'"), 1);
    assert_int_equal(order_now(f, placed.order.code).state, ORDER_REFUNDED);
    assert_clean(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_started_month_costs_a_twelfth),
        cmocka_unit_test(it_is_there_with_the_money),
        cmocka_unit_test(what_cannot_be_had),
        cmocka_unit_test(a_renewal_that_is_ordered_goes_before),
        cmocka_unit_test(it_gives_way_to_a_renewal),
        cmocka_unit_test(it_lapses_with_the_term),
        cmocka_unit_test(the_audit_misses_none),
        cmocka_unit_test(what_is_taken_back_shrinks_when_it_fits),
    };

    return FLOW(tests);
}
