/* Cheques: recorded on arrival, at the bank, cleared or returned (DOMAIN Y10, T34; PAYMENTS §13). */
#include "flow/fixture.h"
#include "shop/cheque.h"
#include "shop/refund.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static const struct actor DESK = {"cli", "os:cassa"};
#define PAYEE "Esempio PEC S.p.A."

static struct fixture *taking_cheques(void **state)
{
    struct fixture *f = fixture(state);

    if (!f)
        return NULL;
    f->brand->renewal.opens_months_before = ANY_TIME;
    f->brand->payment.cheque_payee = PAYEE;
    f->brand->payment.desk = DESK_POLICY;
    set_day(f, 2026, 12, 1);
    return f;
}

struct work {
    struct fixture *f;
    int64_t id;
    struct cheque_request request;
    enum outcome (*step)(struct db_tx *, void *, const struct brands *, int64_t, const struct actor *, struct cheque *,
                         struct problem *);
    struct cheque cheque;
    unsigned warnings;
    struct problems faults;
    struct problem why;
};

static enum outcome receive(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    w->faults.count = 0;
    return cheque_receive(tx, w->f, &w->f->brands, &w->request, &w->cheque, &w->warnings, &w->faults);
}

static enum outcome take_step(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    w->why = (struct problem){0};
    return w->step(tx, w->f, &w->f->brands, w->id, &DESK, &w->cheque, &w->why);
}

static struct work cheque_for(struct fixture *f, const char *code)
{
    return (struct work){.f = f,
                         .request = {.code = code,
                                     .facts = {.kind = CHEQUE_BANK,
                                               .number = "0123456789",
                                               .abi = "03268",
                                               .cab = "03200",
                                               .drawer = "Maria Verdi",
                                               .payee = "ESEMPIO PEC SPA",
                                               .amount = money(3050),
                                               .dated_on = day_of(2026, 11, 30),
                                               .non_transferable = true,
                                               .is_signed = true},
                                     .actor = DESK}};
}

static void must_receive(struct work *w)
{
    if (db_transaction(w->f->db, "receive", receive, w) != DONE)
        fail_msg("%s %s %s", w->faults.item[0].field, problem_slug(w->faults.item[0].code), w->faults.item[0].detail);
    w->id = w->cheque.id;
}

#define STEP(name)                                                                                                     \
    static enum outcome name(struct work *w)                                                                           \
    {                                                                                                                  \
        w->step = cheque_##name;                                                                                       \
        return db_transaction(w->f->db, #name, take_step, w);                                                          \
    }
STEP(deposit)
STEP(clear)
STEP(bounce)

struct refunding {
    struct fixture *f;
    struct refund_request request;
    struct refund refund;
    struct problem why;
};

static int64_t account(struct fixture *f, const char *name)
{
    return number(f, talloc_asprintf(f,
                                     "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM ledger_entry WHERE "
                                     "account = '%s'",
                                     name));
}

static void clears(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code, *before;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    w = cheque_for(f, code);
    must_receive(&w);
    assert_int_equal(w.warnings, 0);
    assert_int_equal(mails_of(f, "cheque_received"), 1);
    assert_int_equal(clear(&w), REFUSED); /* not at the bank yet */
    assert_int_equal(w.why.code, PROBLEM_CHEQUE_STATE);
    set_day(f, 2026, 12, 2);
    assert_int_equal(deposit(&w), DONE);
    assert_int_equal(w.cheque.clears_on.n, day_of(2026, 12, 9).n); /* 8 December is a holiday */
    set_day(f, 2026, 12, 7);
    assert_int_equal(clear(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_CHEQUE_CLEARING);
    assert_string_equal(w.why.detail, "09/12/2026");
    assert_int_equal(order_now(f, code).state, ORDER_CONFIRMED);
    set_day(f, 2026, 12, 9);
    assert_int_equal(clear(&w), DONE);
    assert_int_equal(order_now(f, code).state, ORDER_FULFILLED);
    assert_false(order_now(f, code).provisional);
    assert_string_equal(order_now(f, code).payment_method, "cheque");
    assert_int_equal(order_now(f, code).settled_on.n, day_of(2026, 12, 9).n);
    assert_int_equal(account(f, "cheques:legalmail"), 3050);
    assert_clean(f);
    before = all_rows(f);
    assert_int_equal(clear(&w), DONE); /* the same again */
    assert_int_equal(deposit(&w), DONE);
    assert_string_equal(all_rows(f), before);
}

/* T34 */
static void comes_back(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    w = cheque_for(f, code);
    must_receive(&w);
    assert_int_equal(deposit(&w), DONE);
    set_day(f, 2026, 12, 9);
    assert_int_equal(bounce(&w), DONE);
    assert_string_equal(w.cheque.state, "bounced");
    assert_int_equal(order_now(f, code).state, ORDER_CONFIRMED);
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 0);
    assert_int_equal(account(f, "cheques:legalmail"), 0);
    assert_int_equal(mails_of(f, "cheque_bounced"), 1);
    assert_int_equal(bounce(&w), DONE);
    assert_int_equal(mails_of(f, "cheque_bounced"), 1);
    assert_int_equal(clear(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_CHEQUE_STATE);
    assert_clean(f);
    /* It may still be paid. */
    assert_int_equal(pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 10)}).how,
                     SETTLED_MATCHED);
    assert_clean(f);
}

static void a_cashiers_clears_at_once(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    w = cheque_for(f, code);
    w.request.facts.kind = CHEQUE_CASHIER;
    must_receive(&w);
    assert_int_equal(deposit(&w), DONE);
    assert_int_equal(clear(&w), DONE);
    assert_int_equal(order_now(f, code).state, ORDER_FULFILLED);
    assert_clean(f);
}

/* Every fault at once, and what no order can take. */
static void sent_back(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w, good;

    if (!f)
        return;
    good = cheque_for(f, order_years(f, VERDI, 1));
    w = good;
    w.request.facts.number = "12345";
    w.request.facts.abi = "3268";
    w.request.facts.payee = "Altri S.r.l.";
    w.request.facts.amount = money(3049);
    w.request.facts.is_signed = false;
    assert_int_equal(db_transaction(f->db, "receive", receive, &w), REFUSED);
    assert_int_equal(w.faults.count, 5);

    must_receive(&good);
    w = good;
    w.request.code = order_years(f, BIANCHI, 1); /* the same cheque, for another order */
    assert_int_equal(db_transaction(f->db, "receive", receive, &w), REFUSED);
    assert_int_equal(w.faults.item[0].code, PROBLEM_CHEQUE_KNOWN);

    w.request.code = "000000000000000";
    assert_int_equal(db_transaction(f->db, "receive", receive, &w), REFUSED);
    assert_int_equal(w.faults.item[0].code, PROBLEM_NOT_FOUND);
    f->brand->payment.cheque_payee = NULL;
    w.request.code = good.request.code;
    assert_int_equal(db_transaction(f->db, "receive", receive, &w), REFUSED);
    assert_int_equal(w.faults.item[0].code, PROBLEM_PAYMENT_METHOD);
    assert_int_equal(number(f, "SELECT count(*) FROM cheque"), 1);
}

static enum outcome lapse(struct db_tx *tx, void *arg)
{
    int lapsed;

    TRY(lapse_orders(tx, arg, 10, &lapsed));
    return lapsed ? DONE : REFUSED;
}

/* What lies at the bank keeps the order; after a return there are five days. */
static void no_lapse_while_it_clears(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    set_day(f, 2026, 12, 30);
    w = cheque_for(f, code);
    must_receive(&w);
    assert_int_equal(w.warnings, 1u << CHEQUE_LATE);
    set_day(f, 2027, 1, 4);
    assert_int_equal(db_transaction(f->db, "lapse", lapse, f), REFUSED);
    assert_int_equal(deposit(&w), DONE);
    assert_int_equal(db_transaction(f->db, "lapse", lapse, f), REFUSED);
    assert_int_equal(bounce(&w), DONE);
    assert_int_equal(order_now(f, code).lapses_on.n, day_of(2027, 1, 9).n);
    set_day(f, 2027, 1, 10);
    assert_int_equal(db_transaction(f->db, "lapse", lapse, f), DONE);
    assert_clean(f);
}

/* The order was paid otherwise meanwhile: the cheque's money is kept, with its reason, and owed. */
static void held_when_paid_twice(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    w = cheque_for(f, code);
    must_receive(&w);
    assert_int_equal(deposit(&w), DONE);
    assert_int_equal(pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 3)}).how,
                     SETTLED_MATCHED);
    set_day(f, 2026, 12, 9);
    assert_int_equal(clear(&w), DONE);
    assert_string_equal(w.cheque.held_reason, "reused");
    assert_int_equal(account(f, "held:cheques:legalmail"), -3050);
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 1);
    assert_clean(f);
    assert_int_equal(bounce(&w), DONE); /* and then the bank takes it back */
    assert_int_equal(account(f, "held:cheques:legalmail"), 0);
    assert_int_equal(account(f, "cheques:legalmail"), 0);
    assert_clean(f);
}

/* Returned after it had cleared: the order stays, without its money, until that comes or the desk decides. */
static void comes_back_late(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    w = cheque_for(f, code);
    must_receive(&w);
    assert_int_equal(deposit(&w), DONE);
    set_day(f, 2026, 12, 9);
    assert_int_equal(clear(&w), DONE);
    set_day(f, 2026, 12, 14);
    assert_int_equal(bounce(&w), DONE);
    assert_int_equal(order_now(f, code).state, ORDER_FULFILLED);
    assert_true(order_now(f, code).provisional);
    assert_int_equal(account(f, "provisional:legalmail"), 3050);
    assert_int_equal(account(f, "cheques:legalmail"), 0);
    assert_int_equal(mails_of(f, "cheque_bounced"), 1);
    assert_clean(f);
    assert_int_equal(pay(f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 16)}).how,
                     SETTLED_MATCHED);
    assert_false(order_now(f, code).provisional);
    assert_int_equal(account(f, "provisional:legalmail"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM invoice"), 1);
    assert_clean(f);
}

static enum outcome refund_work(struct db_tx *tx, void *arg)
{
    struct refunding *r = arg;

    r->why = (struct problem){0};
    return refund_order(tx, r->f, &r->f->brands, &r->request, &r->refund, &r->why);
}

static void give_back(struct fixture *f, const char *code, int64_t cents, bool take_back)
{
    struct refunding r = {.f = f,
                          .request = {.code = code,
                                      .amount = money(cents),
                                      .destination = "transfer",
                                      .iban = IBAN,
                                      .payee = "Maria Verdi",
                                      .reason = "Recesso",
                                      .take_back = take_back,
                                      .actor = DESK}};

    if (db_transaction(f->db, "refund", refund_work, &r) != DONE)
        fail_msg("%s %s", problem_slug(r.why.code), r.why.detail);
    assert_clean(f);
}

static struct work cleared(struct fixture *f, const char *code)
{
    struct work w = cheque_for(f, code);

    must_receive(&w);
    assert_int_equal(deposit(&w), DONE);
    set_day(f, 2026, 12, 9);
    assert_int_equal(clear(&w), DONE);
    return w;
}

/* Given back with the term, and then the bank returns the cheque: that money is lost, and it is told. */
static void comes_back_after_a_refund(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    w = cleared(f, code);
    give_back(f, code, 3050, true);
    assert_int_equal(bounce(&w), DONE);
    assert_string_equal(w.cheque.state, "bounced");
    assert_int_equal(order_now(f, code).state, ORDER_REFUNDED);
    assert_false(order_now(f, code).provisional);
    assert_int_equal(account(f, "chargebacks:legalmail"), 3050);
    assert_int_equal(account(f, "cheques:legalmail"), 0);
    assert_clean(f);
}

/* The same after a part: the order waits for its money, and when it is given up too, that part is lost. */
static void comes_back_after_a_part(void **state)
{
    struct fixture *f = taking_cheques(state);
    struct work w;
    char *code;

    if (!f)
        return;
    code = order_years(f, VERDI, 1);
    w = cleared(f, code);
    give_back(f, code, 500, false);
    assert_int_equal(bounce(&w), DONE);
    assert_true(order_now(f, code).provisional);
    assert_clean(f);
    give_back(f, code, 2550, true);
    assert_int_equal(account(f, "provisional:legalmail"), 0);
    assert_int_equal(account(f, "chargebacks:legalmail"), 500);
    assert_int_equal(number(f, "SELECT count(*) FROM refund"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clears),
        cmocka_unit_test(comes_back),
        cmocka_unit_test(a_cashiers_clears_at_once),
        cmocka_unit_test(sent_back),
        cmocka_unit_test(no_lapse_while_it_clears),
        cmocka_unit_test(held_when_paid_twice),
        cmocka_unit_test(comes_back_late),
        cmocka_unit_test(comes_back_after_a_refund),
        cmocka_unit_test(comes_back_after_a_part),
    };

    return FLOW(tests);
}
