/* A consumer withdraws: what comes back, what ceases, and who may not (L15-L16, M23, O12). */
#include "shop/withdraw.h"
#include "flow/papers.h"
#include "flow/till.h"
#include <string.h>
#include <talloc.h>

struct doing {
    struct place *p;
    struct withdraw_request request;
    struct withdraw_look look;
    struct problem why;
};

static enum outcome run(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    d->why = (struct problem){0};
    return withdraw(tx, d->p->f, &d->p->f->brands, &d->request, &d->look, &d->why);
}

static enum outcome withdraw_from(struct place *p, const char *code, struct doing *d)
{
    *d = (struct doing){.p = p, .request = {.code = code, .actor = {"portal", "test"}}};
    return db_transaction(p->f->db, "withdraw", run, d);
}

/* Ordered at noon of 20-12-2026, a Sunday; the last day is Monday 04-01-2027. */
static void a_renewal_is_undone(void **state)
{
    struct place *p = place(state);
    struct doing d;
    char *code, *before;

    if (!p)
        return;
    code = paid_order(p, VERDI);
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2028, 3, 15);
    set_day(p->f, 2027, 1, 4);
    assert_int_equal(withdraw_from(p, code, &d), DONE);
    assert_string_equal(d.look.destination, "source");
    assert_int_equal(d.look.sums.back.cents, 3050);
    assert_int_equal(d.look.sums.kept.cents, 0);
    assert_day(d.look.sums.last_on, 2027, 1, 4);
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2027, 3, 15);
    assert_int_equal(order_now(p->f, code).state, ORDER_REFUNDED);
    assert_int_equal(mails_of(p->f, "withdrawal_received"), 1);
    assert_clean(p->f);
    do_refunds(p);
    assert_int_equal(number(p->f, "SELECT count(*) FROM refund WHERE state = 'done' AND amount_cents = 3050"), 1);
    assert_clean(p->f);

    before = all_rows(p->f);
    set_day(p->f, 2027, 2, 1);
    assert_int_equal(withdraw_from(p, code, &d), DONE); /* a second click, however late */
    assert_true(d.look.done.id > 0);
    assert_int_equal(d.look.sums.back.cents, 3050);
    assert_string_equal(all_rows(p->f), before);
}

static void after_the_last_day_it_is_too_late(void **state)
{
    struct place *p = place(state);
    struct doing d;
    char *code;

    if (!p)
        return;
    code = paid_order(p, VERDI);
    set_day(p->f, 2027, 1, 5);
    assert_int_equal(withdraw_from(p, code, &d), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_WITHDRAWAL);
    assert_string_equal(d.why.detail, "04/01/2027");
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2028, 3, 15);
}

static void who_may_not(void **state)
{
    struct place *p = place(state);
    struct doing d;
    char *code;

    if (!p)
        return;
    code = order_years(p->f, VERDI, 1);
    assert_int_equal(withdraw_from(p, code, &d), REFUSED); /* not paid: it is cancelled instead */
    assert_int_equal(d.why.code, PROBLEM_WITHDRAWAL_NOT_HERE);
    assert_int_equal(withdraw_from(p, "999", &d), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_NOT_FOUND);
    code = paid_order(p, BIANCHI);
    sql(p->f, "UPDATE shop_order SET billing_kind = 'company' WHERE mailbox_id = (SELECT id FROM mailbox WHERE address "
              "= '" BIANCHI "')");
    assert_int_equal(withdraw_from(p, code, &d), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_WITHDRAWAL_NOT_HERE);
    assert_int_equal(number(p->f, "SELECT count(*) FROM withdrawal"), 0);
}

/* What came by a transfer goes back to the account it came from, unless another is named. */
static void a_transfer_goes_back_by_a_transfer(void **state)
{
    static const char *const GIVEN[][2] = {{NULL, NULL}, {"IT60 X054 2811 1010 0000 0123 456", "Maria Verdi"}};
    struct place *p = place(state);
    struct doing d;

    for (size_t i = 0; p && i < count_of(GIVEN); i++) {
        const char *address = i ? BIANCHI : VERDI;
        char *code = order_years(p->f, address, 1);
        enum outcome o;

        assert_int_equal(pay(p->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 21)}).reason,
                         HELD_NOT);
        sql(p->f, i ? "UPDATE bank_entry SET debtor_iban = '', debtor = ''"
                    : "UPDATE bank_entry SET debtor_iban = 'IT60X0542811101000000123456', debtor = 'M. Verdi'");
        d = (struct doing){.p = p, .request = {.code = code, .actor = {"portal", "test"}}};
        if (i) {
            assert_int_equal(db_transaction(p->f->db, "withdraw", run, &d), REFUSED);
            assert_string_equal(d.why.field, "iban");
        }
        d.request.iban = GIVEN[i][0];
        d.request.payee = GIVEN[i][1];
        o = db_transaction(p->f->db, "withdraw", run, &d);
        assert_int_equal(o, DONE);
        assert_string_equal(d.look.destination, "transfer");
        assert_string_equal(words(p->f, "SELECT iban || ' ' || payee FROM refund ORDER BY id DESC LIMIT 1"),
                            i ? "IT60X0542811101000000123456 Maria Verdi" : "IT60X0542811101000000123456 M. Verdi");
        assert_clean(p->f);
    }
}

/* A later renewal builds on the one that is withdrawn from: nothing happens, and the customer is told. */
static void not_under_a_later_renewal(void **state)
{
    struct place *p = place(state);
    struct doing d;
    char *code, *before;

    if (!p)
        return;
    p->f->brand->renewal.opens_months_before = ANY_TIME;
    code = paid_order(p, VERDI);
    paid_order(p, VERDI);
    before = all_rows(p->f);
    assert_int_equal(withdraw_from(p, code, &d), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_RENEWED_SINCE);
    assert_string_equal(all_rows(p->f), before);
}

/* Paid, and not yet a mailbox: all of it comes back, the name is free again. */
static void a_purchase_that_never_began(void **state)
{
    struct place *p = place(state);
    struct problem why;
    struct request form;
    struct doing d;
    char *code;

    if (!p)
        return;
    sell_visura(p->f);
    code = buy_names(p->f, p->account_id, "anna.verdi", "a.verdi", "verdi.anna");
    put_in(p, 1098);
    assert_int_equal(draw(p, code, &why), DONE);
    assert_int_equal(order_now(p->f, code).state, ORDER_IN_PROCESS);
    assert_int_equal(withdraw_from(p, code, &d), DONE);
    assert_string_equal(d.look.destination, "wallet");
    assert_int_equal(d.look.sums.back.cents, 1098);
    assert_false(d.look.mailbox_ends);
    assert_string_equal(d.look.address, "anna.verdi@pec.visura.example");
    form = request_now(p->f, number(p->f, "SELECT max(id) FROM activation_request"));
    assert_int_equal(form.state, REQUEST_REFUSED);
    assert_int_equal(number(p->f, "SELECT count(*) FROM name_hold"), 0);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 1098);
    assert_clean(p->f);
}

/* Approved, and put off to after these very days: all of it comes back, and nothing is activated. */
static void a_mailbox_that_waits_for_these_days(void **state)
{
    struct counter *c = counter(state, "anna.verdi", "a.verdi", "verdi.anna");
    struct withdraw_request request = {
        .iban = "IT60X0542811101000000123456", .payee = "Maria Verdi", .actor = {"portal", "test"}};
    struct place p = {0};
    struct doing d;

    if (!c)
        return;
    sql(c->f, "UPDATE activation_request SET start_now = 0");
    send_papers(c);
    must_approve(c);
    assert_int_equal(its_request(c).state, REQUEST_WAITING);
    set_day(c->f, 2027, 1, 4); /* the last one */
    p.f = c->f;
    request.code = c->code;
    d = (struct doing){.p = &p, .request = request};
    assert_int_equal(db_transaction(c->f->db, "withdraw", run, &d), DONE);
    assert_false(d.look.mailbox_ends);
    assert_int_equal(d.look.sums.back.cents, 1098);
    assert_int_equal(its_request(c).state, REQUEST_REFUSED);
    assert_int_equal(order_now(c->f, c->code).state, ORDER_REFUNDED);
    assert_int_equal(number(c->f, "SELECT count(*) FROM name_hold"), 0);
    set_day(c->f, 2027, 1, 5);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(c->asked, 0);
    assert_clean(c->f);
}

static void says_days(struct counter *c, const struct withdraw_look *look, bool one)
{
    struct order order = order_now(c->f, c->code);
    json_t *shown = present_withdrawal(c->f, &order, look);

    assert_int_equal(json_is_true(json_object_get(shown, "one_day")), one);
    json_decref(shown);
}

/* Bought, activated and used for five days because it was asked for at once: so much is kept (T54 with 10,98), the
 * mailbox ceases, and nobody else gets its name. */
static void a_mailbox_that_was_used(void **state)
{
    struct counter *c = counter(state, "anna.verdi", "a.verdi", "verdi.anna");
    struct withdraw_request request = {
        .iban = "IT60X0542811101000000123456", .payee = "Maria Verdi", .actor = {"portal", "test"}};
    struct place p = {0};
    struct doing d;
    char *before;

    if (!c)
        return;
    sql(c->f, "UPDATE activation_request SET start_now = 1");
    send_papers(c);
    must_approve(c);
    assert_int_equal(ask_host(c, NULL), DONE);
    assert_int_equal(order_now(c->f, c->code).state, ORDER_FULFILLED);
    set_day(c->f, 2026, 12, 25);
    p.f = c->f;
    request.code = c->code;
    d = (struct doing){.p = &p, .request = request};
    assert_int_equal(db_transaction(c->f->db, "withdraw", run, &d), DONE);
    assert_true(d.look.mailbox_ends);
    assert_int_equal(d.look.sums.days_used, 5);
    assert_int_equal(d.look.sums.kept.cents, 15); /* 10,98 × 5 / 365 */
    says_days(c, &d.look, false);
    d.look.sums.days_used = 1;
    says_days(c, &d.look, true);
    assert_int_equal(d.look.sums.back.cents, 1083);
    assert_int_equal(number(c->f, "SELECT gross_cents FROM invoice WHERE kind = 'credit_note'"), 1083);
    assert_int_equal(
        number(c->f, "SELECT CAST(-sum(amount_cents) AS BIGINT) FROM ledger_entry WHERE account IN ('revenue:visura', "
                     "'vat:visura')"),
        15);
    assert_string_equal(words(c->f, "SELECT status FROM mailbox WHERE address = 'anna.verdi@pec.visura.example'"),
                        "ceased");
    assert_int_equal(order_now(c->f, c->code).state, ORDER_REFUNDED);
    assert_int_equal(mails_of(c->f, "withdrawal_received"), 1);
    assert_clean(c->f);
    before = all_rows(c->f);
    assert_int_equal(db_transaction(c->f->db, "withdraw", run, &d), DONE);
    assert_string_equal(all_rows(c->f), before);
}

/* Who gave it up first, at once, has the same right to his money. */
static void a_mailbox_that_had_ceased(void **state)
{
    struct counter *c = counter(state, "anna.verdi", "a.verdi", "verdi.anna");
    struct place p = {0};
    struct doing d;

    if (!c)
        return;
    send_papers(c);
    must_approve(c);
    assert_int_equal(ask_host(c, NULL), DONE);
    sql(c->f, "UPDATE mailbox_row SET status = 'ceased' WHERE " ITS_ROW("anna.verdi@pec.visura.example"));
    sql(c->f, "INSERT INTO event (at, brand, door, actor, kind, mailbox_id, data) SELECT 1, 'visura', 'portal', "
              "'mailbox:1', 'mailbox.ceased', id, '{}' FROM mailbox WHERE status = 'ceased'");
    set_day(c->f, 2026, 12, 25);
    p.f = c->f;
    d = (struct doing){.p = &p,
                       .request = {.code = c->code,
                                   .iban = "IT60X0542811101000000123456",
                                   .payee = "Maria Verdi",
                                   .actor = {"portal", "test"}}};
    assert_int_equal(db_transaction(c->f->db, "withdraw", run, &d), DONE);
    assert_int_equal(order_now(c->f, c->code).state, ORDER_REFUNDED);
    assert_int_equal(mails_of(c->f, "withdrawal_received"), 1);
    assert_int_equal(number(c->f, "SELECT count(*) FROM event WHERE kind = 'mailbox.ceased'"), 1);
    assert_clean(c->f);
}

/* A letter counts from the day on which it was sent, however late the desk reads it. */
static void a_letter_sent_in_time(void **state)
{
    struct place *p = place(state);
    struct doing d;
    char *code;

    if (!p)
        return;
    code = paid_order(p, VERDI);
    set_day(p->f, 2027, 1, 8);
    d = (struct doing){.p = p,
                       .request = {.code = code, .sent_on = day_of(2026, 12, 19), .actor = {"cli", "os:cassa"}}};
    assert_int_equal(db_transaction(p->f->db, "withdraw", run, &d), REFUSED); /* before the order */
    assert_string_equal(d.why.field, "sent_on");
    d.request.sent_on = day_of(2027, 1, 9); /* tomorrow */
    assert_int_equal(db_transaction(p->f->db, "withdraw", run, &d), REFUSED);
    d.request.sent_on = day_of(2027, 1, 5);
    assert_int_equal(db_transaction(p->f->db, "withdraw", run, &d), REFUSED);
    assert_int_equal(d.why.code, PROBLEM_WITHDRAWAL);
    d.request.sent_on = day_of(2027, 1, 4);
    assert_int_equal(db_transaction(p->f->db, "withdraw", run, &d), DONE);
    assert_int_equal(number(p->f, "SELECT sent_on FROM withdrawal"), day_of(2027, 1, 4).n);
    assert_int_equal(rome_day(d.look.done.asked_at).n, day_of(2027, 1, 8).n);
    assert_clean(p->f);
}

/* The money went back at the provider's own desk before: the note is made, and nothing is sent a second time. */
static void given_back_before(void **state)
{
    struct place *p = place(state);
    struct doing d;
    char *code;

    if (!p)
        return;
    code = paid_order(p, VERDI);
    provider_payment(&p->card, talloc_asprintf(p->f, "%s-1", code))->returned = money(3050);
    assert_int_equal(payment_look_again(&p->f->shop, p->f, 1), DONE);
    assert_int_equal(withdraw_from(p, code, &d), DONE);
    assert_int_equal(number(p->f, "SELECT count(*) FROM refund"), 1);
    assert_int_equal(order_now(p->f, code).state, ORDER_REFUNDED);
    assert_int_equal(number(p->f, "SELECT sum(amount_cents) FROM ledger_entry WHERE account = 'chargebacks:legalmail'"),
                     0);
    assert_clean(p->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_renewal_is_undone),
        cmocka_unit_test(after_the_last_day_it_is_too_late),
        cmocka_unit_test(who_may_not),
        cmocka_unit_test(a_transfer_goes_back_by_a_transfer),
        cmocka_unit_test(not_under_a_later_renewal),
        cmocka_unit_test(a_purchase_that_never_began),
        cmocka_unit_test(a_mailbox_that_waits_for_these_days),
        cmocka_unit_test(a_mailbox_that_was_used),
        cmocka_unit_test(a_mailbox_that_had_ceased),
        cmocka_unit_test(a_letter_sent_in_time),
        cmocka_unit_test(given_back_before),
    };

    return FLOW(tests);
}
