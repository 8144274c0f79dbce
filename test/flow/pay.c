/* Paying through providers: DOMAIN T1, T6, D16, Y1-Y4, Y9, Y11; PAYMENTS §0.3. */
#include "flow/till.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* T1: captured, the term extended from its end, the invoice by the card's word; T6: the same told ten times in three
 * ways. */
static void a_card_renews_once(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment payment = begun(p, code, METHOD_CARD);
    struct problem why;
    char *notice, *before;

    assert_string_equal(payment.key, talloc_asprintf(p->f, "%s-1", code));
    assert_string_equal(payment.redirect_url, "https://axerve.example/axerve-1");
    assert_int_equal(asked(p, payment.id).state, PAYMENT_PENDING); /* back without having paid */
    assert_clean(p->f);

    provider_approve(&p->card, payment.key);
    notice = talloc_asprintf(p->f, "%s paid", payment.key);
    assert_int_equal(notify(p, METHOD_CARD, notice, &why), DONE); /* before the browser comes back */
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    before = all_rows(p->f);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(notify(p, METHOD_CARD, notice, &why), DONE);
        assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
        poll_all(p);
    }
    assert_string_equal(all_rows(p->f), before);
    assert_int_equal(number(p->f, "SELECT copies FROM notification"), 11);
    assert_int_equal(provider_payment(&p->card, payment.key)->captures, 1);
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2028, 3, 15);
    assert_int_equal(number(p->f, "SELECT gross_cents FROM invoice"), 3050);
    assert_string_equal(words(p->f, "SELECT payment_method FROM shop_order"), "card");
    assert_clean(p->f);
}

static void a_forged_notification_is_nothing(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI), *before;
    struct payment payment = begun(p, code, METHOD_CARD);
    struct problem why;

    provider_approve(&p->card, payment.key);
    before = all_rows(p->f);
    assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "forged %s paid", payment.key), &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_NOTIFICATION);
    assert_string_equal(all_rows(p->f), before);
    /* A true one about what is not ours changes nothing but the record that it came. */
    assert_int_equal(notify(p, METHOD_CARD, "202600000099999-1 paid", &why), DONE);
    assert_int_equal(number(p->f, "SELECT count(*) FROM notification WHERE payment_id IS NULL"), 1);
    assert_int_equal(order_now(p->f, code).state, ORDER_CONFIRMED);
    assert_clean(p->f);
}

/* What differs from what was asked is never taken for it: before the capture it is left, after it it is held. */
static void what_differs_is_held(void **state)
{
    static const struct {
        int64_t cents;
        const char *currency, *reason;
    } row[] = {{3049, NULL, "amount_short"}, {3051, NULL, "amount_over"}, {0, "USD", "currency"}};

    for (size_t i = 0; i < count_of(row); i++) {
        struct place *p = place(state);
        char *code = order_of(p, VERDI);
        struct payment payment = begun(p, code, METHOD_CARD);

        p->card.captures_alone = true;
        provider_approve(&p->card, payment.key);
        p->card.wrong_amount = money(row[i].cents);
        p->card.currency = row[i].currency;
        payment = asked(p, payment.id);
        assert_int_equal(payment.state, PAYMENT_HELD);
        assert_string_equal(payment.held_reason, row[i].reason);
        assert_int_equal(order_now(p->f, code).state, ORDER_CONFIRMED);
        assert_int_equal(number(p->f, "SELECT count(*) FROM invoice"), 0);
        assert_int_equal(number(p->f, "SELECT count(*) FROM refund"), 0); /* a person decides */
        if (!row[i].currency)
            assert_clean(p->f);

        p = place(state);
        code = order_of(p, VERDI);
        payment = begun(p, code, METHOD_CARD);
        provider_approve(&p->card, payment.key);
        p->card.wrong_amount = money(row[i].cents);
        p->card.currency = row[i].currency;
        assert_int_equal(asked(p, payment.id).state, PAYMENT_CANCELLED);
        assert_int_equal(provider_payment(&p->card, payment.key)->captures, 0);
        assert_clean(p->f);
    }
}

/* A refusal leaves the order as it was: another method, or the same again, and no second order. */
static void after_a_refusal_another_way(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment first = begun(p, code, METHOD_CARD), second;

    provider_decline(&p->card, first.key);
    first = asked(p, first.id);
    assert_int_equal(first.state, PAYMENT_FAILED);
    assert_string_equal(first.error, "74");
    second = begun(p, code, METHOD_CARD);
    assert_string_equal(second.key, talloc_asprintf(p->f, "%s-2", code));
    assert_string_equal(begun(p, code, METHOD_CARD).key, second.key); /* a double click */
    second = begun(p, code, METHOD_PAYPAL);
    provider_approve(&p->paypal, second.key);
    assert_int_equal(asked(p, second.id).state, PAYMENT_CAPTURED);
    assert_int_equal(number(p->f, "SELECT count(*) FROM shop_order"), 1);
    assert_string_equal(words(p->f, "SELECT payment_method FROM shop_order"), "paypal");
    assert_clean(p->f);
}

/* Two tabs pay one order by two methods: one settles it, the other's money goes back. */
static void two_tabs(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment card, paypal;

    p->card.captures_alone = p->paypal.captures_alone = true;
    card = begun(p, code, METHOD_CARD);
    paypal = begun(p, code, METHOD_PAYPAL);
    provider_approve(&p->card, card.key);
    provider_approve(&p->paypal, paypal.key);
    assert_int_equal(asked(p, paypal.id).state, PAYMENT_CAPTURED);
    assert_int_equal(asked(p, card.id).state, PAYMENT_HELD);
    assert_clean(p->f);
    do_refunds(p);
    assert_int_equal(asked(p, card.id).state, PAYMENT_REFUNDED);
    assert_int_equal(provider_payment(&p->card, card.key)->returned.cents, 3050);
    assert_int_equal(provider_payment(&p->paypal, paypal.key)->returned.cents, 0);
    assert_int_equal(number(p->f, "SELECT count(*) FROM invoice"), 1);
    assert_int_equal(mails_of(p->f, "money_returned"), 1);
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2028, 3, 15);
    assert_clean(p->f);
}

/* The same where the customer has a prepaid account: it goes there, at once. */
static void two_tabs_with_a_wallet(void **state)
{
    struct place *p = place(state);
    struct payment first, second;
    struct pay_request request;
    struct problem why = {0};
    char *code;

    move_to_visura(p);
    code = order_of(p, PEC);
    p->card.captures_alone = true;
    first = begun(p, code, METHOD_CARD);
    sql(p->f, "UPDATE payment SET state = 'unknown'"); /* so that a second attempt is another one */
    second = begun(p, code, METHOD_CARD);
    provider_approve(&p->card, first.key);
    provider_approve(&p->card, second.key);
    assert_int_equal(asked(p, second.id).state, PAYMENT_CAPTURED);
    assert_int_equal(asked(p, first.id).state, PAYMENT_REFUNDED);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 1098);
    assert_int_equal(number(p->f, "SELECT count(*) FROM wallet_entry WHERE kind = 'refund'"), 1);
    assert_clean(p->f);

    /* And pays for the next one. */
    add_mailbox(p->f, "altra@pec.visura.example", 0, day_of(2027, 2, 28));
    code = order_of(p, "altra@pec.visura.example");
    request = request_of(p, code, METHOD_WALLET);
    assert_int_equal(pay_from_wallet(&p->f->shop, p->f, &request, &first, &why), DONE);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 0);
    assert_clean(p->f);
}

/* D16: an order that lapsed while its money was on the way is settled by when the money was authorised, not by when we
 * heard. */
static void authorised_in_time(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment payment = begun(p, code, METHOD_CARD);
    int64_t day = 24 * 3600 * INT64_C(1000000);

    p->card.captures_alone = true;
    provider_approve(&p->card, payment.key);
    sql(p->f, "UPDATE payment SET state = 'expired', ask_at = NULL"); /* given up: it no longer keeps the order open */
    set_day(p->f, 2027, 1, 25);                                       /* the last day to pay was 19-01-2027 */
    sql(p->f, "UPDATE shop_order SET state = 'lapsed', cancelled_at = 1");
    sql(p->f, "UPDATE mailbox_row SET open_order_id = NULL");
    p->card.authorised_at = instant_plus(clock_now(), -10 * day); /* 15-01 by the shop's clock */
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    assert_day(order_now(p->f, code).settled_on, 2027, 1, 15);
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2028, 3, 15);
    assert_clean(p->f);

    p = place(state);
    code = order_of(p, VERDI);
    payment = begun(p, code, METHOD_CARD);
    p->card.captures_alone = true;
    provider_approve(&p->card, payment.key);
    set_day(p->f, 2027, 1, 25);
    sql(p->f, "UPDATE shop_order SET state = 'lapsed', cancelled_at = 1");
    sql(p->f, "UPDATE mailbox_row SET open_order_id = NULL");
    assert_int_equal(asked(p, payment.id).state, PAYMENT_HELD); /* authorised today: too late, and given back */
    assert_int_equal(order_now(p->f, code).state, ORDER_LAPSED);
    do_refunds(p);
    assert_int_equal(provider_payment(&p->card, payment.key)->returned.cents, 3050);
    assert_clean(p->f);
}

/* An order that was cancelled while the bank's page was open is not charged where we can help it. */
static void cancelled_meanwhile(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment payment = begun(p, code, METHOD_CARD);

    sql(p->f, "UPDATE shop_order SET state = 'cancelled', cancelled_at = 1");
    sql(p->f, "UPDATE mailbox_row SET open_order_id = NULL");
    provider_approve(&p->card, payment.key);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CANCELLED);
    assert_int_equal(provider_payment(&p->card, payment.key)->captures, 0);
    assert_int_equal(order_now(p->f, code).state, ORDER_CANCELLED);
    assert_clean(p->f);
}

/* ---- Days when the provider does not answer ---- */

static void the_provider_is_silent(void **state)
{
    static const struct {
        enum provider_fault fault;
        int call; /* 0: begin, 1: status, 2: capture */
    } row[] = {{FAULT_BEFORE, 0}, {FAULT_AFTER, 0}, {FAULT_BEFORE, 1}, {FAULT_BEFORE, 2}, {FAULT_AFTER, 2}};

    for (size_t i = 0; i < count_of(row); i++) {
        struct place *p = place(state);
        char *code = order_of(p, VERDI);
        struct payment payment;
        struct problem why;
        enum outcome o;

        p->card.fault = row[i].fault;
        p->card.fault_in = row[i].call;
        o = begin(p, code, METHOD_CARD, &payment, &why);
        assert_int_equal(o, row[i].call == 0 ? BUSY : DONE);
        if (o == BUSY) {
            assert_int_equal(payment.state, PAYMENT_UNKNOWN);
            payment = begun(p, code, METHOD_CARD); /* the customer tries again */
        }
        provider_approve(&p->card, payment.key);
        asked(p, payment.id);
        poll_all(p);
        assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
        assert_int_equal(provider_payment(&p->card, payment.key)->captures, 1);
        assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
        assert_clean(p->f);
    }
}

/* The answer to begin was lost, and the attempt was not: the provider knows it when it is asked, and nobody its page.
 * Who wants to pay gets another one. */
static void an_attempt_without_its_page(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment lost, next;
    struct problem why;

    p->card.fault = FAULT_AFTER;
    assert_int_equal(begin(p, code, METHOD_CARD, &lost, &why), BUSY);
    assert_int_equal(asked(p, lost.id).state, PAYMENT_PENDING);
    next = begun(p, code, METHOD_CARD);
    assert_int_not_equal(next.id, lost.id);
    assert_string_not_equal(next.redirect_url, "");
    provider_approve(&p->card, next.key);
    assert_int_equal(asked(p, next.id).state, PAYMENT_CAPTURED);
    sql(p->f, "UPDATE payment SET expires_at = 1, ask_at = 1 WHERE ask_at IS NOT NULL");
    poll_all(p);
    assert_int_equal(asked(p, lost.id).state, PAYMENT_EXPIRED);
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    assert_clean(p->f);
}

/* A worker died between the intention and the call: the attempt that never reached the provider is given up, and in
 * nobody's way. */
static void an_attempt_that_never_began(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment payment = begun(p, code, METHOD_CARD);

    p->card.count = 0; /* as if begin had never arrived */
    sql(p->f, "UPDATE payment SET state = 'new', provider_ref = '', redirect_url = ''");
    poll_all(p);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_UNKNOWN);
    sql(p->f, "UPDATE payment SET created_at = created_at - 3600000000");
    poll_all(p);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_EXPIRED);
    payment = begun(p, code, METHOD_CARD);
    provider_approve(&p->card, payment.key);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
    assert_clean(p->f);
}

struct dice {
    uint64_t state;
};

static uint64_t roll(struct dice *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return d->state * 2685821657736338717u;
}

static enum provider_fault any_fault(void *arg)
{
    uint64_t n = roll(arg) % 10;

    return n == 0 ? FAULT_BEFORE : n == 1 ? FAULT_AFTER : n == 2 ? FAULT_REFUSE : FAULT_NONE;
}

/* One customer's afternoon: pages opened, approved, closed, notifications, the poller, refunds, in any order, on a bad
 * line. */
static void random_run(struct place *p, struct dice *d, int run)
{
    char *address = talloc_asprintf(p->f, "corsa-%d@legalmail.example", run), *code;
    struct problem why;

    add_mailbox(p->f, address, 0, day_of(2027, 3, 15));
    code = order_of(p, address);

    p->card = (struct provider){
        .mem = p, .name = "axerve", .chance = any_fault, .chance_arg = d, .captures_alone = roll(d) % 2};
    p->paypal = (struct provider){.mem = p, .name = "paypal", .chance = any_fault, .chance_arg = d};
    for (int step = 0; step < 12; step++) {
        enum payment_method method = roll(d) % 2 ? METHOD_CARD : METHOD_PAYPAL;
        struct provider *provider = method == METHOD_CARD ? &p->card : &p->paypal;
        struct provider_payment *one = provider->count ? &provider->all[roll(d) % (unsigned)provider->count] : NULL;
        struct payment payment;

        switch (roll(d) % 6) {
        case 0:
        case 1:
            (void)!begin(p, code, method, &payment, &why);
            break;
        case 2:
            if (one)
                provider_approve(provider, one->key);
            break;
        case 3:
            if (one)
                (void)!notify(p, method, talloc_asprintf(p->f, "%s event-%d", one->key, (int)(roll(d) % 4)), &why);
            break;
        case 4:
            poll_all(p);
            break;
        default:
            do_refunds(p);
        }
    }
    /* The line is mended; everything is asked about until nothing changes any more. */
    p->card.chance = p->paypal.chance = NULL;
    sql(p->f, "UPDATE payment SET created_at = created_at - 3600000000, ask_at = 1 WHERE ask_at IS NOT NULL");
    for (int i = 0; i < 3; i++) {
        poll_all(p);
        do_refunds(p);
    }
}

/* Whatever was lost: each key was charged at most once, what came beyond one payment went back, and the order is paid
 * if and only if one payment stayed. */
static void check_run(struct place *p, int run)
{
    struct provider *const both[] = {&p->card, &p->paypal};
    int64_t kept = 0,
            paid = number(p->f, "SELECT count(*) FROM shop_order WHERE id = (SELECT max(id) FROM shop_order) AND "
                                "state = 'fulfilled'");

    for (size_t b = 0; b < count_of(both); b++)
        for (int i = 0; i < both[b]->count; i++) {
            const struct provider_payment *one = &both[b]->all[i];

            if (one->captures > 1)
                fail_msg("run %d: %s charged %d times", run, one->key, one->captures);
            if (one->returned.cents != 0 && one->returned.cents != one->taken.cents)
                fail_msg("run %d: %s given back %" PRId64, run, one->key, one->returned.cents);
            kept += one->taken.cents - one->returned.cents;
        }
    if (kept != paid * 3050) {
        int64_t failed =
            number(p->f, "SELECT coalesce(sum(amount_cents), 0) FROM refund WHERE state = 'failed' AND order_id = "
                         "(SELECT max(id) FROM shop_order)");

        if (kept != paid * 3050 + failed) /* what the provider refused to give back is on the desk's list */
            fail_msg("run %d: %" PRId64 " cents kept, paid %" PRId64, run, kept, paid);
    }
}

#define RUNS 250 /* on each engine */

static void a_charge_is_never_made_twice(void **state)
{
    const char *seed = getenv("CASELLA_SEED");
    struct place *p = place(state);
    struct dice d = {seed ? strtoull(seed, NULL, 10) : 20261122};

    for (int run = 0; run < RUNS; run++) {
        random_run(p, &d, run);
        check_run(p, run);
        sql(p->f, "UPDATE payment SET ask_at = NULL"); /* the next run has a provider of its own */
        if (run % 50 == 0)
            assert_clean(p->f);
    }
    assert_clean(p->f);
}

/* ---- Refunds ---- */

static void the_whole_goes_back(void **state)
{
    struct place *p = place(state);
    char *code = paid_order(p, VERDI);
    struct refunding r;

    assert_int_equal(give_back(p, code, 3050, true, "source", &r), DONE);
    assert_int_equal(order_now(p->f, code).state, ORDER_REFUNDED);
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2027, 3, 15);
    assert_string_equal(words(p->f, "SELECT kind FROM invoice ORDER BY id DESC LIMIT 1"), "credit_note");
    assert_int_equal(number(p->f, "SELECT number FROM invoice ORDER BY id DESC LIMIT 1"), 1);
    assert_int_equal(number(p->f, "SELECT net_cents FROM invoice ORDER BY id DESC LIMIT 1"), 2500);
    assert_clean(p->f);

    p->card.fault = FAULT_AFTER; /* the answer is lost: asked again with the same key, it is given once */
    do_refunds(p);
    assert_string_equal(words(p->f, "SELECT state FROM refund"), "unknown");
    assert_clean(p->f);
    do_refunds(p);
    do_refunds(p);
    assert_string_equal(words(p->f, "SELECT state FROM refund"), "done");
    assert_int_equal(provider_payment(&p->card, talloc_asprintf(p->f, "%s-1", code))->returned.cents, 3050);
    assert_clean(p->f);
    assert_int_equal(give_back(p, code, 1, false, "source", &r), REFUSED); /* nothing is left */
    /* The mailbox may be renewed again. */
    paid_order(p, VERDI);
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2028, 3, 15);
    assert_clean(p->f);
}

/* T54's sums: 12,08 paid, 0,17 kept, 11,91 given back; here of 30,50, in parts, to the cent. */
static void parts_go_back(void **state)
{
    struct place *p = place(state);
    char *code = paid_order(p, VERDI);
    struct refunding r;

    assert_int_equal(give_back(p, code, 1191, false, "source", &r), DONE);
    assert_int_equal(give_back(p, code, 3, false, "source", &r), DONE);
    assert_int_equal(give_back(p, code, 1857, false, "source", &r), REFUSED);
    assert_string_equal(r.why.field, "amount");
    assert_int_equal(give_back(p, code, 1856, false, "source", &r), DONE);
    assert_int_equal(number(p->f, "SELECT sum(net_cents) FROM invoice WHERE kind = 'credit_note'"), 2500);
    assert_int_equal(number(p->f, "SELECT sum(vat_cents) FROM invoice WHERE kind = 'credit_note'"), 550);
    assert_int_equal(number(p->f, "SELECT max(number) FROM invoice WHERE kind = 'credit_note'"), 3);
    do_refunds(p);
    assert_int_equal(provider_payment(&p->card, talloc_asprintf(p->f, "%s-1", code))->returned.cents, 3050);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "refunded");
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2028, 3, 15); /* nobody took it back */
    assert_clean(p->f);
}

static void bad_refunds(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI), *paid;
    struct refunding r;

    assert_int_equal(give_back(p, code, 3050, true, "source", &r), REFUSED);
    assert_int_equal(r.why.code, PROBLEM_ORDER_STATE);
    paid = paid_order(p, BIANCHI);
    assert_int_equal(give_back(p, "nessuno", 1, false, "source", &r), REFUSED);
    assert_int_equal(give_back(p, paid, 0, false, "source", &r), REFUSED);
    assert_int_equal(give_back(p, paid, 3051, false, "source", &r), REFUSED);
    assert_int_equal(give_back(p, paid, 1000, true, "source", &r), REFUSED);  /* the term goes with the whole only */
    assert_int_equal(give_back(p, paid, 1000, false, "wallet", &r), REFUSED); /* no account, no prepaid account */
    assert_int_equal(give_back(p, paid, 1000, false, "transfer", &r), REFUSED);
    assert_string_equal(r.why.field, "iban");
    assert_int_equal(give_back(p, paid, 1000, false, "contanti", &r), REFUSED);
    assert_clean(p->f);

    /* A later renewal builds on the term: it cannot be taken away from under it. */
    set_day(p->f, 2027, 12, 1);
    paid_order(p, BIANCHI);
    assert_int_equal(give_back(p, paid, 3050, true, "source", &r), REFUSED);
    assert_int_equal(r.why.code, PROBLEM_RENEWED_SINCE);
    assert_clean(p->f);
}

/* Y11: the bank takes a payment back: the ledger follows, the desk is told, the order stays for a person to decide
 * about. */
static void a_charge_back(void **state)
{
    struct place *p = place(state);
    char *code = paid_order(p, VERDI), *key = talloc_asprintf(p->f, "%s-1", code);
    struct problem why;

    provider_dispute(&p->card, key, true);
    for (int i = 0; i < 3; i++)
        assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "%s dispute", key), &why), DONE);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "charged_back");
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'payment.charged_back'"), 1);
    assert_int_equal(
        number(p->f, "SELECT sum(amount_cents) FROM ledger_entry WHERE account = 'gateway:axerve:legalmail'"), 0);
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    assert_clean(p->f);

    provider_dispute(&p->card, key, false);
    assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "%s won", key), &why), DONE);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "captured");
    assert_int_equal(mails_of(p->f, "payment_disputed"), 2);
    assert_clean(p->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_renews_once),
        cmocka_unit_test(a_forged_notification_is_nothing),
        cmocka_unit_test(what_differs_is_held),
        cmocka_unit_test(after_a_refusal_another_way),
        cmocka_unit_test(two_tabs),
        cmocka_unit_test(two_tabs_with_a_wallet),
        cmocka_unit_test(authorised_in_time),
        cmocka_unit_test(cancelled_meanwhile),
        cmocka_unit_test(the_provider_is_silent),
        cmocka_unit_test(an_attempt_without_its_page),
        cmocka_unit_test(an_attempt_that_never_began),
        cmocka_unit_test(a_charge_is_never_made_twice),
        cmocka_unit_test(the_whole_goes_back),
        cmocka_unit_test(parts_go_back),
        cmocka_unit_test(bad_refunds),
        cmocka_unit_test(a_charge_back),
    };

    return FLOW(tests);
}
