/* Orders of an Ordine for its members, paid by it; what members pay beside: §3.8, T29, T42. */
#include "shop/bulk.h"
#include "base/text.h"
#include "flow/members.h"
#include "shop/convention.h"
#include "shop/day.h"
#include "shop/extra_space.h"
#include "shop/paper.h"
#include "shop/present.h"
#include "shop/refund.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct buying {
    struct fixture *f;
    struct day until;
    const char *form_token;
    struct placed_order placed;
    struct bulk_quote quote;
    struct problem why;
};

static enum outcome buy_work(struct db_tx *tx, void *arg)
{
    struct buying *b = arg;
    const struct brand *brand = brand_by_id(&b->f->brands, "fnomceo");
    const struct brand_convention *c = brand_convention_by_id(brand, ORDINE);
    struct order_request r = {.brand = brand,
                              .actor = CLI,
                              .shop = &b->f->shop,
                              .payment_method = "bank_transfer",
                              .terms_accepted = true,
                              .terms_version = brand->terms.version,
                              .language = "it",
                              .form_token = b->form_token,
                              .expected = money(-1)};

    TRY(bulk_add_expiring(tx, "test", brand->id, c->id, day_of(2026, 1, 1), b->until));
    return place_bulk(tx, b->f, c, "test", &r, &b->placed, &b->quote, &b->why);
}

static enum outcome buy(struct fixture *f, struct day until, struct buying *b)
{
    *b = (struct buying){.f = f, .until = until};
    return db_transaction(f->db, "test.bulk", buy_work, b);
}

/* T42: 100 × 1,50 = 150,00 + 33,00 = 183,00, one invoice, each mailbox from its own old date. */
static void the_ordine_pays(void **state)
{
    struct fixture *f = fixture(state);
    struct buying b;
    struct settled_entry settled;
    struct mailbox m;

    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    assert_int_equal(b.placed.order.total.net.cents, 15000);
    assert_int_equal(b.placed.order.total.vat.cents, 3300);
    assert_int_equal(b.placed.order.total.gross.cents, 18300);
    assert_string_equal(b.placed.order.billing.name, "Ordine dei Medici di prova");
    assert_int_equal(number(f, "SELECT count(*) FROM order_line"), MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox WHERE open_order_id IS NOT NULL"), MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM bulk_choice"), 0);
    assert_clean(f);

    settled = pay(f, &(struct transfer){.text = b.placed.order.code,
                                        .cents = 18300,
                                        .on = day_of(2026, 12, 20),
                                        .account = brand_by_id(&f->brands, "fnomceo")->seller.iban});
    assert_int_equal(settled.how, SETTLED_MATCHED);
    for (int n = 0; n < MEMBERS; n++) {
        m = mailbox(f, address_of(f, n));
        assert_int_equal(m.term.ends_on.n, day_add_months(day_plus(day_of(2027, 1, 10), n % 50), 12, 0).n);
        assert_int_equal(m.allowed.renew_until.n, m.term.ends_on.n);
        assert_int_equal(m.open_order_id, 0);
        assert_int_equal(m.quota_mb, 1024);
    }
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 1);
    assert_int_equal(number(f, "SELECT gross_cents FROM invoice"), 18300);
    assert_int_equal(mails_of(f, "holder_notice"), MEMBERS);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.renewed'"), MEMBERS);
    assert_int_equal(order_now(f, b.placed.order.code).state, ORDER_FULFILLED);
    assert_clean(f);
}

/* What stands in the way is told mailbox by mailbox, and nothing is ordered. */
struct adding {
    struct fixture *f;
    const char *address;
    struct placed_order placed;
    struct problem why;
};

static enum outcome add_work(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct wanted_line line = {.address = a->address, .choice = {.extra_gb = 1}};
    struct order_request request;

    a->f->brand = (struct brand *)brand_by_id(&a->f->brands, "fnomceo");
    request = request_for(a->f, &line, 1);
    a->why = (struct problem){0};
    return place_space(tx, a->f, &request, &a->placed, &a->why);
}

/* What goes beyond the plan is the member's to order and pay, at the convention's price (§3.8); it never holds up the
 * Ordine. */
static void members_pay_their_own_space(void **state)
{
    struct fixture *f = fixture(state);
    struct adding paid = {.f = f, .address = address_of(f, 0)}, open = {.f = f, .address = address_of(f, 1)};
    const char *iban = brand_by_id(&f->brands, "fnomceo")->seller.iban;
    struct buying b;

    add_members(f, ORDINE);
    assert_int_equal(db_transaction(f->db, "test.space", add_work, &paid), DONE);
    assert_int_equal(paid.placed.order.total.net.cents, 25); /* 3,00 a year, one month begun */
    pay(f,
        &(struct transfer){.text = paid.placed.order.code, .cents = 31, .on = day_of(2026, 12, 20), .account = iban});
    assert_int_equal(mailbox(f, paid.address).extra_gb, 1);
    assert_int_equal(mailbox(f, paid.address).quota_mb, 2048);
    assert_int_equal(db_transaction(f->db, "test.space", add_work, &open), DONE);

    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    assert_int_equal(b.placed.order.total.net.cents, 15000); /* without what members have beside */
    assert_int_equal(order_now(f, open.placed.order.code).state, ORDER_CANCELLED);
    assert_int_equal(db_transaction(f->db, "test.space", add_work, &open), REFUSED);
    assert_int_equal(open.why.code, PROBLEM_SPACE_LATER);
    assert_clean(f);
}

static struct order carried_order(struct fixture *f, const char *address)
{
    return order_now(
        f, words(f, talloc_asprintf(f,
                                    "SELECT o.code FROM space_carried c JOIN shop_order o ON o.id = c.order_id "
                                    "JOIN mailbox m ON m.id = c.mailbox_id WHERE m.address = '%s'",
                                    address)));
}

static void turn_day(struct fixture *f, struct day day)
{
    struct ymd date = day_split(day);
    struct day_turn turn = {0};
    struct day_summary summary;

    set_day(f, date.year, date.month, date.day);
    assert_int_equal(day_run(&f->shop, f, &turn, false, &summary), DONE);
}

/* The body pays the term; what a member has beside is an order of the member's (§3.8), and goes on only where that is
 * paid. */
static void members_space_after_the_body_renewed(void **state)
{
    struct fixture *f = fixture(state);
    const char *iban = brand_by_id(&f->brands, "fnomceo")->seller.iban, *pays = address_of(f, 0),
               *forgets = address_of(f, 1);
    struct order of_one, of_other;
    struct buying b;

    add_members(f, ORDINE);
    sql(f, talloc_asprintf(f,
                           "UPDATE mailbox_row SET extra_gb = 2, quota_mb = 3072 WHERE id IN (SELECT id FROM mailbox "
                           "WHERE address IN ('%s', '%s'))",
                           pays, forgets));
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    pay(f,
        &(struct transfer){.text = b.placed.order.code, .cents = 18300, .on = day_of(2026, 12, 20), .account = iban});
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 2);
    of_one = carried_order(f, pays);
    of_other = carried_order(f, forgets);
    assert_int_equal(of_one.total.net.cents, 600); /* 2 GB, 3,00 a year, the whole new term */
    assert_string_equal(of_one.kind, "extra_space");
    assert_string_equal(of_one.billing.name, "Rosa Modelli");
    assert_int_equal(
        number(f,
               talloc_asprintf(f,
                               "SELECT count(*) FROM outbox WHERE template = 'order_received' AND order_id IN (%" PRId64
                               ", %" PRId64 ")",
                               of_one.id, of_other.id)),
        2);
    assert_clean(f);

    pay(f, &(struct transfer){.text = of_one.code, .cents = 732, .on = day_of(2026, 12, 22), .account = iban});
    assert_int_equal(order_now(f, of_one.code).state, ORDER_FULFILLED);
    assert_int_equal(mailbox(f, pays).extra_gb, 2); /* no more than before */
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 1);

    turn_day(f, day_plus(of_other.lapses_on, 0));
    assert_int_equal(mailbox(f, forgets).extra_gb, 2);
    turn_day(f, day_plus(of_other.lapses_on, 1));
    assert_int_equal(order_now(f, of_other.code).state, ORDER_LAPSED);
    assert_int_equal(mailbox(f, forgets).extra_gb, 0);
    assert_int_equal(mailbox(f, pays).extra_gb, 2);
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM event WHERE kind = 'mailbox.space_ended'"), 1);
    assert_clean(f);
}

struct giving_back {
    struct fixture *f;
    struct refund_request request;
    struct problem why;
};

static enum outcome give_back(struct db_tx *tx, void *arg)
{
    struct giving_back *g = arg;
    struct refund refund;

    return refund_order(tx, g->f, &g->f->brands, &g->request, &refund, &g->why);
}

/* Given back before the new term begins, what the term before was paid for stays until its end. */
static void members_space_given_back_early(void **state)
{
    struct fixture *f = fixture(state);
    const char *iban = brand_by_id(&f->brands, "fnomceo")->seller.iban, *member = address_of(f, 40);
    struct giving_back g = {.f = f,
                            .request = {.destination = "transfer",
                                        .iban = "IT60X0542811101000000123456",
                                        .payee = "Rosa Modelli",
                                        .reason = "Recesso",
                                        .take_back = true,
                                        .actor = {"cli", "operator"}}};
    struct order order;
    struct day ends_on;
    struct buying b;

    add_members(f, ORDINE);
    ends_on = mailbox(f, member).term.ends_on;
    sql(f, talloc_asprintf(f,
                           "UPDATE mailbox_row SET extra_gb = 1, quota_mb = 2048 WHERE id = (SELECT id FROM mailbox "
                           "WHERE address = '%s')",
                           member));
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    pay(f,
        &(struct transfer){.text = b.placed.order.code, .cents = 18300, .on = day_of(2026, 12, 20), .account = iban});
    order = carried_order(f, member);
    assert_false(day_before(order.lapses_on, ends_on));
    pay(f, &(struct transfer){.text = order.code, .cents = 366, .on = day_of(2026, 12, 22), .account = iban});
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 0);
    g.request.code = order.code;
    g.request.amount = order.total.gross;
    if (db_transaction(f->db, "refund", give_back, &g) != DONE)
        fail_msg("%s %s", problem_slug(g.why.code), g.why.detail);
    turn_day(f, ends_on);
    assert_int_equal(mailbox(f, member).extra_gb, 1);
    turn_day(f, day_plus(ends_on, 1));
    assert_int_equal(mailbox(f, member).extra_gb, 0);
    assert_int_equal(number(f, "SELECT count(*) FROM space_carried"), 0);
    assert_clean(f);
}

static void some_cannot(void **state)
{
    struct fixture *f = fixture(state);
    struct buying b, again;
    char *before;

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    put_mailbox(f, "fnomceo", address_of(f, 2), tax_code(f, 2), ORDINE, day_of(2027, 6, 15)); /* too early */
    before = all_rows(f);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), REFUSED);
    assert_int_equal(b.why.code, PROBLEM_BULK_FAULTS);
    assert_int_equal(b.quote.fault_count, 1);
    assert_string_equal(b.quote.faults[0].address, address_of(f, 2));
    assert_int_equal(b.quote.faults[0].why.code, PROBLEM_TOO_EARLY);
    assert_string_equal(all_rows(f), before);
    assert_int_equal(buy(f, day_of(2027, 3, 1), &b), DONE);
    assert_int_equal(b.placed.order.total.gross.cents, 183);
    assert_int_equal(buy(f, day_of(2027, 3, 1), &again), REFUSED); /* it waits for that order already */
    assert_int_equal(again.why.code, PROBLEM_CART_EMPTY);
    assert_clean(f);
}

struct dropping {
    struct fixture *f;
    int64_t left;
    struct problem why;
};

static enum outcome drop_work(struct db_tx *tx, void *arg)
{
    struct dropping *d = arg;
    const struct brand *brand = brand_by_id(&d->f->brands, "fnomceo");

    TRY(bulk_add_expiring(tx, "test", brand->id, ORDINE, day_of(2026, 1, 1), day_of(2027, 12, 31)));
    TRY(db_exec(tx, NULL, "UPDATE mailbox_row SET convention = '' WHERE local = 'iscritto.1'"));
    TRY(bulk_drop_unfit(tx, d->f, brand, brand_convention_by_id(brand, ORDINE), "test", &d->why));
    return bulk_count(tx, "test", &d->left);
}

/* Who was chosen and has left since, or cannot be renewed today, is in no list from which to be taken out one by one.
 */
static void what_cannot_be_ordered_is_let_go(void **state)
{
    struct fixture *f = fixture(state);
    struct dropping d = {.f = f};

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    put_mailbox(f, "fnomceo", address_of(f, 2), tax_code(f, 2), ORDINE, day_of(2027, 6, 15)); /* too early */
    put_mailbox(f, "fnomceo", address_of(f, 3), tax_code(f, 3), ORDINE, day_of(2027, 1, 15));
    assert_int_equal(db_transaction(f->db, "test.drop", drop_work, &d), DONE);
    assert_int_equal(d.left, 1);
    assert_int_equal(number(f, "SELECT mailbox_id FROM bulk_choice"), mailbox(f, address_of(f, 3)).id);
}

struct closing {
    struct fixture *f;
    const char *code;
    int lapsed;
    struct problem why;
};

static enum outcome cancel_work(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;

    return cancel_order(tx, c->f, c->code, &CLI, &c->why);
}

static enum outcome lapse_work(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;

    return lapse_orders(tx, c->f, 10, &c->lapsed);
}

/* Cancelled, or not paid in time, it lets go of every mailbox (O9, O10). */
static void it_lets_go(void **state)
{
    struct fixture *f = fixture(state);
    struct closing c = {.f = f};
    struct buying b;

    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    c.code = b.placed.order.code;
    assert_int_equal(db_transaction(f->db, "test.cancel", cancel_work, &c), DONE);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox WHERE open_order_id IS NOT NULL"), 0);
    assert_clean(f);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    set_day(f, 2027, 3, 1);
    assert_int_equal(db_transaction(f->db, "test.lapse", lapse_work, &c), DONE);
    assert_int_equal(c.lapsed, 1);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox WHERE open_order_id IS NOT NULL"), 0);
    assert_clean(f);
}

/* Paid in time and found late: who ceased meanwhile lives again, but for whom gave it up. */
static void found_after_it_lapsed(void **state)
{
    struct fixture *f = fixture(state);
    struct closing c = {.f = f};
    const char *code;
    struct buying b;

    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    code = b.placed.order.code;
    set_day(f, 2027, 3, 1);
    assert_int_equal(db_transaction(f->db, "test.lapse", lapse_work, &c), DONE);
    sql(f, "UPDATE mailbox_row SET status = 'ceased' WHERE id IN (SELECT mailbox_id FROM order_line WHERE line <= 2)");
    sql(f, "INSERT INTO termination SELECT mailbox_id, 20000, 'mailbox:1', 1 FROM order_line WHERE line = 2");
    pay(f, &(struct transfer){.text = code,
                              .cents = 18300,
                              .on = day_of(2026, 12, 28),
                              .account = brand_by_id(&f->brands, "fnomceo")->seller.iban});
    place_held(f, code);
    assert_int_equal(order_now(f, code).state, ORDER_FULFILLED);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox m JOIN order_line l ON l.mailbox_id = m.id WHERE m.status "
                               "= 'ceased'"),
                     1);
    assert_int_equal(number(f, "SELECT count(*) FROM mailbox m JOIN termination t ON t.mailbox_id = m.id WHERE "
                               "m.status = 'ceased'"),
                     1);
}

struct seeing {
    struct fixture *f;
    const struct brand *brand;
    const struct order *order;
    const char *email;
    bool seen;
};

static enum outcome see_work(struct db_tx *tx, void *arg)
{
    struct seeing *s = arg;

    return bulk_seen_by(tx, s->f, s->brand, s->order, s->email, &s->seen);
}

/* Whoever acts for the Ordine sees what another has ordered for it, as long as he does. */
static void each_delegate_sees_it(void **state)
{
    const char *both[] = {"segreteria@ordine.example", "tesoreria@ordine.example", NULL};
    static const struct {
        const char *email, *brand;
        bool seen;
    } CASES[] = {{"segreteria@ordine.example", "fnomceo", true},
                 {"tesoreria@ordine.example", "fnomceo", true},
                 {"altri@ordine.example", "fnomceo", false},
                 {"", "fnomceo", false},
                 {"tesoreria@ordine.example", "legalmail", false}};
    struct fixture *f = fixture(state);
    struct brand *brand = (struct brand *)brand_by_id(&f->brands, "fnomceo");
    struct buying b;

    ((struct brand_convention *)brand_convention_by_id(brand, ORDINE))->delegates = both;
    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct seeing s = {f, brand_by_id(&f->brands, CASES[i].brand), &b.placed.order, CASES[i].email, false};

        assert_int_equal(db_read(f->db, "see", see_work, &s), DONE);
        assert_int_equal(s.seen, CASES[i].seen);
    }
}

struct asking {
    struct fixture *f;
    const char *address;
    struct convention_facts facts;
    struct problem why;
};

static enum outcome facts_work(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    const struct brand *brand = brand_by_id(&a->f->brands, "fnomceo");

    return convention_load(tx, brand, brand_convention_by_id(brand, ORDINE), &a->facts);
}

static enum outcome possible_work(struct db_tx *tx, void *arg)
{
    struct asking *a = arg;
    struct mailbox m;

    TRY(mailbox_by_address(tx, a->f, a->address, &m));
    return renewal_possible(tx, a->f, brand_by_id(&a->f->brands, "fnomceo"), &m, db_today(tx), &a->why);
}

static void assert_facts(struct fixture *f, int64_t expiring, int64_t ordered, int64_t orderable)
{
    struct asking a = {.f = f};

    assert_int_equal(db_read(f->db, "test.facts", facts_work, &a), DONE);
    assert_int_equal(a.facts.expiring, expiring);
    assert_int_equal(a.facts.ordered, ordered);
    assert_int_equal(a.facts.orderable, orderable);
}

/* Nothing can be ordered by a convention that is over. */
static void nothing_is_ordered_afterwards(void **state)
{
    struct fixture *f = fixture(state);
    const struct brand *brand = brand_by_id(&f->brands, "fnomceo");
    struct brand_convention *c = (struct brand_convention *)brand_convention_by_id(brand, ORDINE);
    struct day until = c->until;

    put_mailbox(f, "fnomceo", address_of(f, 1), tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    assert_facts(f, 1, 0, 1);
    c->until = day_of(2026, 12, 1);
    assert_facts(f, 1, 0, 0);
    c->until = until; /* the next test has the same brands */
}

/* While the Ordine's order waits for money its mailboxes neither leave nor move: it would pay for who has gone, and who
 * has gone could neither pay nor cancel that order. */
static void who_is_ordered_for_stays(void **state)
{
    struct fixture *f = fixture(state);
    struct asking a = {.f = f, .address = address_of(f, 1)};
    char *leaves = talloc_asprintf(f, "pec;cf;stato\n%s;%s;3\n", a.address, tax_code(f, 1)), *before;
    struct closing c = {.f = f};
    struct taking t;
    struct buying b;

    put_mailbox(f, "fnomceo", a.address, tax_code(f, 1), ORDINE, day_of(2027, 1, 15));
    assert_facts(f, 1, 0, 1);
    assert_int_equal(buy(f, day_of(2027, 3, 1), &b), DONE);
    assert_facts(f, 1, 1, 0);
    before = all_rows(f);
    assert_int_equal(take(f, ORDINE, leaves, true, &t), REFUSED);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_OPEN_ORDER);
    assert_string_equal(t.roster.faults.item[0].problem.detail, b.placed.order.code);
    assert_int_equal(
        take(f, "fnomceo", talloc_asprintf(f, "%s%s", ROSTER_HEADER, roster_row(f, 1, tax_code(f, 1))), true, &t),
        REFUSED);
    assert_int_equal(t.roster.faults.item[0].problem.code, PROBLEM_OPEN_ORDER_ELSEWHERE);
    assert_string_equal(all_rows(f), before);
    /* where the convention itself has gone meanwhile, its holder is not sent to an order that he cannot see */
    sql(f, "UPDATE mailbox_row SET convention = ''");
    assert_int_equal(db_read(f->db, "test.possible", possible_work, &a), REFUSED);
    assert_int_equal(a.why.code, PROBLEM_OPEN_ORDER_ELSEWHERE);
    sql(f, "UPDATE mailbox_row SET convention = '" ORDINE "'");
    c.code = b.placed.order.code;
    assert_int_equal(db_transaction(f->db, "test.cancel", cancel_work, &c), DONE);
    assert_int_equal(take(f, ORDINE, leaves, true, &t), DONE);
    assert_int_equal(t.roster.leavers, 1);
    assert_clean(f);
}

/* What is shown and printed of an order of a hundred lines is a line; members get their own word of it. */
struct showing {
    struct fixture *f;
    int64_t id;
    struct order_facts facts;
};

static enum outcome show_work(struct db_tx *tx, void *arg)
{
    struct showing *s = arg;
    struct order o;

    TRY(order_by_id(tx, s->f, s->id, &o));
    return order_facts_load(tx, s->f, &s->f->brands, &o, &s->facts);
}

static void a_bulk_order_on_paper(void **state)
{
    struct fixture *f = fixture(state);
    struct showing s = {.f = f};
    struct buying b;
    struct invoice_paper *paper;
    size_t length;
    void *pdf;
    char *xml;

    add_members(f, ORDINE);
    assert_int_equal(buy(f, day_of(2027, 12, 31), &b), DONE);
    (void)pay(f, &(struct transfer){.text = b.placed.order.code,
                                    .cents = 18300,
                                    .on = day_of(2026, 12, 20),
                                    .account = brand_by_id(&f->brands, "fnomceo")->seller.iban});
    s.id = b.placed.order.id;
    assert_int_equal(db_read(f->db, "test.show", show_work, &s), DONE);
    assert_int_equal(s.facts.line_count, 1);
    assert_string_equal(s.facts.lines[0].address, "100 caselle");
    assert_int_equal(s.facts.lines[0].quantity, MEMBERS);
    assert_int_equal(s.facts.lines[0].unit.cents, 150);
    assert_int_equal(s.facts.lines[0].net.cents, 15000);
    paper = invoice_paper_of(f, &s.facts);
    assert_int_equal(paper->line_count, 1);
    assert_non_null(strstr(paper->lines[0].description, "100 caselle"));
    assert_int_equal(invoice_pdf(f, paper, &pdf, &length), DONE);
    paper->progressive = "00001"; /* given to a file when it is kept */
    assert_int_equal(invoice_xml(f, paper, &xml, &length), DONE);
    assert_non_null(strstr(xml, "<Quantita>100.00</Quantita>"));
    assert_non_null(strstr(xml, "UFPRV1"));
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    static const struct CMUnitTest tests[] = {TEST(the_ordine_pays),
                                              TEST(it_lets_go),
                                              TEST(found_after_it_lapsed),
                                              TEST(each_delegate_sees_it),
                                              TEST(who_is_ordered_for_stays),
                                              TEST(what_cannot_be_ordered_is_let_go),
                                              TEST(nothing_is_ordered_afterwards),
                                              TEST(a_bulk_order_on_paper),
                                              TEST(some_cannot),
                                              TEST(members_pay_their_own_space),
                                              TEST(members_space_after_the_body_renewed),
                                              TEST(members_space_given_back_early)};

    return FLOW(tests);
}
