/* Where money could be lost, paid out twice or stay for ever, the prepaid account's too: DOMAIN T11, T30, Y3, Y4, Y9,
 * Y11; PAYMENTS §0.3. */
#include "flow/till.h"
#include "shop/pay_parts.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

#define IBAN_OF_PAYER "IT60X0542811101000000123456"

/* ---- What is asked for ---- */

/* T30: ordered at 21 %, paid at 22 %: what is asked for is what is due on the day of payment, online and from the
 * prepaid account. */
static void the_rate_changed_since(void **state)
{
    struct place *p = place(state);
    struct payment payment;
    struct problem why;
    char *code;

    move_to_visura(p);
    for (int i = 0; i < 2; i++) {
        char *address = talloc_asprintf(p->f, "aliquota-%d@pec.visura.example", i);

        set_day(p->f, 2013, 9, 28);
        add_mailbox(p->f, address, 0, day_of(2013, 11, 30));
        code = order_of(p, address);
        assert_int_equal(number(p->f, "SELECT gross_cents FROM shop_order ORDER BY id DESC LIMIT 1"), 1089);
        payment = begun(p, code, METHOD_CARD);
        assert_int_equal(payment.amount.cents, 1089);
        set_day(p->f, 2013, 10, 1);
        if (i == 0) {
            payment = begun(p, code, METHOD_CARD); /* another one: the first asks for too little */
            assert_int_equal(payment.amount.cents, 1098);
            provider_approve(&p->card, payment.key);
            assert_int_equal(provider_payment(&p->card, payment.key)->asked.cents, 1098);
            assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
        } else {
            put_in(p, 1098);
            assert_int_equal(draw(p, code, &why), DONE);
            assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 0);
        }
        assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
        assert_clean(p->f);
    }
}

static enum outcome open_charge(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;

    TRY(pay_load_order(tx, w));
    TRY(instrument_by_id(tx, w->mem, 1, &w->instrument));
    return pay_insert(tx, w, w->gateway->provider, PAYMENT_NEW);
}

/* Of a kept card, as automatic renewal charges it, whose charge's answer was lost: `fault` says whether it was made. */
static struct payment unclear(struct place *p, enum provider_fault fault)
{
    struct pay_work *w = talloc_zero(p->f, struct pay_work);
    struct pay_request request;
    struct payment payment;
    struct problem why = {0};

    if (number(p->f, "SELECT count(*) FROM instrument") == 0) {
        move_to_visura(p);
        request = request_of(p, order_of(p, PEC), METHOD_CARD);
        request.remember = true;
        assert_int_equal(pay_begin(&p->f->shop, p->f, &request, &payment, &why), DONE);
        provider_approve(&p->card, payment.key);
        asked(p, payment.id);
        set_day(p->f, 2028, 1, 10);
    }
    request = request_of(p, order_of(p, PEC), METHOD_CARD);
    p->card.fault = fault;
    *w = (struct pay_work){.shop = &p->f->shop,
                           .mem = p->f,
                           .request = &request,
                           .brand = p->f->brand,
                           .gateway = gateway_of(&p->gateways, p->f->brand->id, METHOD_CARD),
                           .why = &why};
    assert_int_equal(db_transaction(p->f->db, "payment.open", open_charge, w), DONE);
    pay_ask_charge(w);
    assert_int_equal(db_transaction(p->f->db, "payment.record", pay_record, w), DONE);
    assert_int_equal(w->payment.state, PAYMENT_UNKNOWN);
    return w->payment;
}

static enum outcome close_as(struct place *p, int64_t id, const char *ref, const char *reason, struct payment *payment,
                             struct problem *why)
{
    struct payment_closing closing = {.payment_id = id, .ref = ref, .reason = reason, .actor = {"cli", "os:cassa"}};

    *why = (struct problem){0};
    return payment_close(&p->f->shop, p->f, &closing, payment, why);
}

/* What the provider says is paid and not settled yet is under way, and no other click takes it up again: it is asked
 * about, and whoever wants to pay in another way opens another attempt. */
static void paid_and_not_settled_yet(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment payment = begun(p, code, METHOD_CARD), again;

    provider_payment(&p->card, payment.key)->state = PAYMENT_NEW;
    assert_false(asked(p, payment.id).under_way); /* nobody has paid there yet */
    assert_int_equal(begun(p, code, METHOD_CARD).id, payment.id);
    provider_payment(&p->card, payment.key)->state = PAYMENT_PENDING;
    assert_true(asked(p, payment.id).under_way);
    again = begun(p, code, METHOD_CARD);
    assert_int_not_equal(again.id, payment.id);
    provider_approve(&p->card, payment.key);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment WHERE under_way = 1"), 0);
    assert_clean(p->f);
}

/* Nobody paid, says who has looked; and should money appear after all, it is not lost. */
static void closed_as_not_paid(void **state)
{
    struct place *p = place(state);
    struct payment payment = unclear(p, FAULT_AFTER), closed;
    struct problem why;

    assert_int_equal(close_as(p, payment.id, NULL, "", &closed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_REQUIRED);
    assert_int_equal(close_as(p, payment.id, NULL, "Non c'è", &closed, &why), DONE);
    assert_int_equal(closed.state, PAYMENT_FAILED);
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment WHERE ask_at IS NOT NULL"), 0);
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'payment.closed'"), 1);
    assert_int_equal(close_as(p, payment.id, NULL, "Non c'è", &closed, &why), REFUSED);
    assert_clean(p->f);
    assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "%s paid", payment.key), &why), DONE);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
    assert_clean(p->f);
}

/* Paid, says who has looked, and gives its number: the provider must say the same. */
static void closed_as_paid(void **state)
{
    static const char *const WRONG[] = {"axerve-1", "axerve-99", "C-axerve-1"}; /* another's, nobody's */
    struct place *p = place(state);
    struct payment payment = unclear(p, FAULT_AFTER), closed;
    struct problem why;

    for (size_t i = 0; i < count_of(WRONG); i++) {
        assert_int_equal(close_as(p, payment.id, WRONG[i], "Visto", &closed, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_NOT_FOUND);
    }
    p->card.fault = FAULT_BEFORE;
    assert_int_equal(close_as(p, payment.id, "axerve-2", "Visto", &closed, &why), BUSY);
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment WHERE state = 'unknown'"), 1);
    assert_int_equal(close_as(p, payment.id, "C-axerve-2", "Visto", &closed, &why), DONE);
    assert_int_equal(closed.state, PAYMENT_CAPTURED);
    assert_string_equal(words(p->f, "SELECT state FROM shop_order ORDER BY id DESC LIMIT 1"), "fulfilled");
    assert_int_equal(number(p->f, "SELECT count(*) FROM event WHERE kind = 'payment.closed'"), 1);
    assert_clean(p->f);
}

static void one_card_is_kept_once(void **state)
{
    struct place *p = place(state);

    move_to_visura(p);
    for (int i = 0; i < 2; i++) {
        char *code = order_of(p, PEC);
        struct pay_request request = request_of(p, code, METHOD_CARD);
        struct problem why = {0};
        struct payment payment;

        request.remember = true;
        assert_int_equal(pay_begin(&p->f->shop, p->f, &request, &payment, &why), DONE);
        provider_approve(&p->card, payment.key);
        assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
        set_day(p->f, 2028, 1, 10);
    }
    assert_int_equal(number(p->f, "SELECT count(*) FROM instrument WHERE removed_at IS NULL"), 1);
}

struct clicking {
    struct place *p;
    const char *code;
    enum outcome outcome;
    struct payment payment;
};

static void *click(void *arg)
{
    struct clicking *c = arg;
    void *mem = talloc_new(NULL);
    struct pay_request request = request_of(c->p, c->code, METHOD_CARD);
    struct problem why = {0};

    c->outcome = pay_begin(&c->p->f->shop, mem, &request, &c->payment, &why);
    talloc_free(mem);
    return NULL;
}

/* Two clicks at the same moment open one attempt. */
static void two_clicks_at_once(void **state)
{
    struct place *p = place(state);
    struct clicking all[4];
    pthread_t thread[count_of(all)];

    for (int round = 0; round < 10; round++) {
        char *address = talloc_asprintf(p->f, "clic-%d@legalmail.example", round), *code;

        add_mailbox(p->f, address, 0, day_of(2027, 3, 15));
        code = order_of(p, address);
        for (size_t i = 0; i < count_of(all); i++) {
            all[i] = (struct clicking){.p = p, .code = code};
            assert_int_equal(pthread_create(&thread[i], NULL, click, &all[i]), 0);
        }
        for (size_t i = 0; i < count_of(all); i++)
            pthread_join(thread[i], NULL);
        for (size_t i = 0; i < count_of(all); i++) {
            assert_int_equal(all[i].outcome, DONE);
            assert_int_equal(all[i].payment.id, all[0].payment.id);
        }
    }
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment"), 10);
}

/* ---- Asking, and an end of it ---- */

/* Payments about which nobody can be asked now are put off like all others, and hold up no other. */
static void nobody_to_ask(void **state)
{
    struct place *p = place(state);
    struct payment gone = begun(p, order_of(p, VERDI), METHOD_CARD), other;

    p->gateways.count = 0;
    poll_all(p);
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment WHERE ask_at = 1"), 0);
    p->gateways.count = count_of(p->all);

    other = begun(p, order_of(p, BIANCHI), METHOD_CARD);
    provider_approve(&p->card, other.key);
    sql(p->f, talloc_asprintf(p->f, "UPDATE payment SET brand = 'chiuso' WHERE id = %" PRId64, gone.id));
    poll_all(p);
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment WHERE ask_at = 1"), 0);
    assert_int_equal(asked(p, other.id).state, PAYMENT_CAPTURED);
}

/* One who never comes back to confirm keeps neither the poller nor the order waiting for ever. */
static void nobody_came_to_confirm(void **state)
{
    struct place *p = place(state);
    struct payment payment = begun(p, order_of(p, VERDI), METHOD_CARD);

    provider_payment(&p->card, payment.key)->state = PAYMENT_NEEDS_ACTION;
    assert_int_equal(asked(p, payment.id).state, PAYMENT_NEEDS_ACTION);
    sql(p->f, "UPDATE payment SET expires_at = 1");
    assert_int_equal(asked(p, payment.id).state, PAYMENT_EXPIRED);
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment WHERE ask_at IS NOT NULL"), 0);
    provider_payment(&p->card, payment.key)->state = PAYMENT_AUTHORISED; /* and if one does after all */
    assert_int_equal(asked(p, payment.id).state, PAYMENT_CAPTURED);
    assert_clean(p->f);
}

/* Word comes that an attempt which was given up has been paid, and the provider does not answer just then. */
static void told_while_it_is_silent(void **state)
{
    struct place *p = place(state);
    char *code = order_of(p, VERDI);
    struct payment payment = begun(p, code, METHOD_CARD);
    struct problem why;

    sql(p->f, "UPDATE payment SET state = 'expired', ask_at = NULL");
    provider_approve(&p->card, payment.key);
    p->card.fault = FAULT_BEFORE;
    assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "%s paid", payment.key), &why), DONE);
    assert_int_equal(order_now(p->f, code).state, ORDER_CONFIRMED);
    poll_all(p);
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    assert_int_equal(number(p->f, "SELECT count(*) FROM payment WHERE ask_at IS NOT NULL"), 0);
    assert_clean(p->f);
}

/* ---- Held money ---- */

struct returning {
    struct place *p;
    enum held_kind kind;
    int64_t id;
    const char *destination;
    struct refund refund;
    struct problem why;
};

static enum outcome return_held(struct db_tx *tx, void *arg)
{
    struct returning *r = arg;

    r->why = (struct problem){0};
    return refund_held(tx, r->p->f, &r->p->f->brands, r->kind, r->id, r->destination, IBAN_OF_PAYER, "Verdi",
                       &(struct actor){"cli", "system"}, &r->refund, &r->why);
}

static enum outcome send_back(struct place *p, int64_t payment_id, int64_t entry_id, const char *destination)
{
    struct returning r = {.p = p,
                          .kind = payment_id ? HELD_PAYMENT : HELD_BANK,
                          .id = payment_id ? payment_id : entry_id,
                          .destination = destination};

    return db_transaction(p->f->db, "return", return_held, &r);
}

/* Whatever way it was first decided to go, it goes once. */
static void held_money_goes_back_once(void **state)
{
    static const char *const WAYS[] = {"source", "wallet", "transfer"};
    struct place *p = place(state);
    struct payment payment;

    move_to_visura(p);
    payment = begun(p, order_of(p, PEC), METHOD_CARD);
    p->card.captures_alone = true;
    provider_approve(&p->card, payment.key);
    p->card.wrong_amount = money(1097);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_HELD);
    assert_int_equal(send_back(p, payment.id, 0, "source"), DONE);
    for (size_t i = 0; i < count_of(WAYS); i++)
        assert_int_equal(send_back(p, payment.id, 0, WAYS[i]), REFUSED);
    assert_clean(p->f);
    do_refunds(p);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_REFUNDED);
    assert_int_equal(provider_payment(&p->card, payment.key)->returned.cents, 1097);
    assert_int_equal(number(p->f, "SELECT count(*) FROM wallet"), 0);
    assert_clean(p->f);
}

static enum outcome transfer_made(struct db_tx *tx, void *arg)
{
    struct place *p = arg;

    return refund_sent(tx, p->f, 1, &(struct actor){"cli", "system"}, NULL);
}

/* The same where it goes by a transfer that staff makes: done, the payment has nothing left. */
static void held_money_by_transfer(void **state)
{
    struct place *p = place(state);
    struct payment payment = begun(p, order_of(p, VERDI), METHOD_CARD);

    p->card.captures_alone = true;
    provider_approve(&p->card, payment.key);
    p->card.wrong_amount = money(3049);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_HELD);
    assert_int_equal(send_back(p, payment.id, 0, "transfer"), DONE);
    assert_clean(p->f);
    assert_int_equal(send_back(p, payment.id, 0, "source"), REFUSED);
    assert_int_equal(db_transaction(p->f->db, "sent", transfer_made, p), DONE);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_REFUNDED);
    assert_clean(p->f);
}

/* Dollars are no euro: they go back where they came from, or not at all. */
static void another_currency(void **state)
{
    struct place *p = place(state);
    struct payment payment;

    move_to_visura(p);
    payment = begun(p, order_of(p, PEC), METHOD_CARD);
    p->card.captures_alone = true;
    provider_approve(&p->card, payment.key);
    p->card.currency = "USD";
    assert_int_equal(asked(p, payment.id).state, PAYMENT_HELD);
    assert_int_equal(send_back(p, payment.id, 0, "wallet"), REFUSED);
    assert_int_equal(send_back(p, payment.id, 0, "transfer"), REFUSED);
    assert_int_equal(send_back(p, payment.id, 0, "source"), DONE);
}

/* Money on a brand's postal account that names no order can be sent back too. */
static void held_on_the_postal_account(void **state)
{
    struct place *p = place(state);
    struct settled_entry settled;
    const char *account;

    p->f->brand = (struct brand *)brand_by_id(&p->f->brands, "visura");
    account = p->f->brand->payment.slip.iban;
    settled =
        pay(p->f, &(struct transfer){.text = "rinnovo", .cents = 3050, .on = day_of(2026, 12, 23), .account = account});
    assert_int_equal(settled.how, SETTLED_HELD);
    assert_int_equal(send_back(p, 0, number(p->f, "SELECT id FROM bank_entry"), "transfer"), DONE);
    assert_string_equal(words(p->f, "SELECT brand FROM refund"), p->f->brand->id);
    assert_clean(p->f);
}

/* ---- Refunds ---- */

/* A term is not taken from under an order that renews it further. */
static void taken_back_under_an_open_order(void **state)
{
    struct place *p = place(state);
    char *first = paid_order(p, VERDI), *second;
    struct refunding r;

    set_day(p->f, 2028, 1, 10);
    second = order_of(p, VERDI);
    assert_int_equal(give_back(p, first, 3050, true, "source", &r), REFUSED);
    assert_int_equal(r.why.code, PROBLEM_RENEWED_SINCE);
    assert_clean(p->f);
    pay(p->f, &(struct transfer){.text = second, .cents = 3050, .on = day_of(2028, 1, 12)});
    assert_day(mailbox(p->f, VERDI).term.ends_on, 2029, 3, 15);
    assert_clean(p->f);
}

/* What the bank has taken back already is credited on paper only. */
static void after_a_charge_back(void **state)
{
    struct place *p = place(state);
    char *code = paid_order(p, VERDI), *key = talloc_asprintf(p->f, "%s-1", code);
    struct refunding r;
    struct problem why;

    provider_dispute(&p->card, key, true);
    p->card.fault = FAULT_BEFORE; /* and it is told of twice, because we could not ask at first */
    assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "%s dispute", key), &why), BUSY);
    assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "%s dispute", key), &why), DONE);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "charged_back");
    assert_int_equal(give_back(p, code, 3050, true, "source", &r), DONE);
    assert_string_equal(r.refund.destination, "none");
    assert_int_equal(number(p->f, "SELECT count(*) FROM refund"), 0);
    assert_int_equal(number(p->f, "SELECT count(*) FROM invoice WHERE kind = 'credit_note'"), 1);
    assert_int_equal(order_now(p->f, code).state, ORDER_REFUNDED);
    assert_int_equal(number(p->f, "SELECT sum(amount_cents) FROM ledger_entry WHERE account = 'chargebacks:legalmail'"),
                     0);
    assert_clean(p->f);
}

/* Nobody has a prepaid account where the brand offers none. */
static void no_prepaid_account_there(void **state)
{
    struct place *p = place(state);
    struct refunding r;
    char *code = paid_order(p, VERDI);

    sql(p->f, talloc_asprintf(p->f, "UPDATE shop_order SET account_id = %" PRId64, p->account_id));
    assert_int_equal(give_back(p, code, 3050, false, "wallet", &r), REFUSED);
    assert_string_equal(r.why.field, "destination");
}

/* Each credit note's VAT is right by itself, however many there are. */
static void many_small_refunds(void **state)
{
    struct place *p = place(state);
    char *code = paid_order(p, VERDI);
    struct refunding r;

    for (int i = 0; i < 30; i++)
        assert_int_equal(give_back(p, code, 4, false, "source", &r), DONE);
    assert_clean(p->f);
    assert_int_equal(give_back(p, code, 3050 - 120, true, "source", &r), DONE);
    assert_clean(p->f);
    assert_int_equal(number(p->f, "SELECT sum(net_cents) FROM invoice WHERE kind = 'credit_note'"), 2500);
    assert_int_equal(number(p->f, "SELECT sum(vat_cents) FROM invoice WHERE kind = 'credit_note'"), 550);
}

/* Of two refunds of one payment the second is asked for when the first is done: where a provider has no keys of ours,
 * what it gave back in all is the only answer. */
static void one_refund_after_the_other(void **state)
{
    struct place *p = place(state);
    char *code = paid_order(p, VERDI);
    struct problem why = {0};
    struct refunding r;

    assert_int_equal(give_back(p, code, 500, false, "source", &r), DONE);
    assert_int_equal(give_back(p, code, 300, false, "source", &r), DONE);
    p->card.fault = FAULT_AFTER;
    assert_int_equal(refund_do(&p->f->shop, p->f, 1, &why), BUSY);
    p->card.calls = 0;
    assert_int_equal(refund_do(&p->f->shop, p->f, 2, &why), BUSY);
    assert_int_equal(p->card.calls, 0);
    assert_int_equal(refund_do(&p->f->shop, p->f, 1, &why), DONE);
    assert_int_equal(refund_do(&p->f->shop, p->f, 2, &why), DONE);
    assert_int_equal(provider_payment(&p->card, talloc_asprintf(p->f, "%s-1", code))->returned.cents, 800);
    assert_clean(p->f);
}

/* ---- The prepaid account ---- */

/* T11. The top-up is a deposit: no invoice, no VAT, a receipt by mail. */
static void a_cent_short(void **state)
{
    struct place *p = place(state);
    struct problem why;
    char *code, *before;

    move_to_visura(p);
    put_in(p, 1097);
    assert_int_equal(number(p->f, "SELECT count(*) FROM invoice"), 0);
    assert_int_equal(number(p->f, "SELECT vat_cents FROM shop_order"), 0);
    assert_int_equal(mails_of(p->f, "topup_settled"), 1);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 1097);
    assert_clean(p->f);
    code = order_of(p, PEC);
    before = all_rows(p->f);
    assert_int_equal(draw(p, code, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_WALLET_SHORT);
    assert_string_equal(why.detail, "10,97 €");
    assert_string_equal(all_rows(p->f), before);
    sql(p->f, "UPDATE wallet SET balance_cents = balance_cents + 1"); /* the least top-up is more than a cent */
    assert_int_equal(draw(p, code, &why), DONE);
    sql(p->f, "UPDATE wallet SET balance_cents = balance_cents - 1 WHERE balance_cents > 0");
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 0);
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    assert_string_equal(words(p->f, "SELECT payment_method FROM shop_order WHERE kind = 'renewal'"), "wallet");
    assert_int_equal(draw(p, code, &why), REFUSED); /* a second click */
    assert_int_equal(why.code, PROBLEM_ORDER_STATE);
}

struct drawing {
    struct place *p;
    const char *code;
    enum outcome outcome;
    struct problem why;
};

static void *draw_in_thread(void *arg)
{
    struct drawing *d = arg;
    void *mem = talloc_new(NULL);
    struct pay_request request = request_of(d->p, d->code, METHOD_WALLET);
    struct payment payment;

    d->outcome = pay_from_wallet(&d->p->f->shop, mem, &request, &payment, &d->why);
    talloc_free(mem);
    return NULL;
}

/* Two orders at once on money for one: exactly one is paid. */
static void money_for_one(void **state)
{
    struct place *p = place(state);
    struct drawing both[2];
    pthread_t thread[2];

    move_to_visura(p);
    add_mailbox(p->f, "altra@pec.visura.example", 0, day_of(2027, 2, 28));
    for (int round = 0; round < 5; round++) {
        put_in(p, 1098);
        both[0] = (struct drawing){.p = p, .code = order_of(p, PEC)};
        both[1] = (struct drawing){.p = p, .code = order_of(p, "altra@pec.visura.example")};
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&thread[i], NULL, draw_in_thread, &both[i]), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(thread[i], NULL);
        assert_int_equal((both[0].outcome == DONE) + (both[1].outcome == DONE), 1);
        assert_int_equal((both[0].outcome == REFUSED) + (both[1].outcome == REFUSED), 1);
        assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 0);
        assert_clean(p->f);
        put_in(p, 1098);
        for (int i = 0; i < 2; i++)
            if (both[i].outcome == REFUSED)
                draw_in_thread(&both[i]);
        assert_clean(p->f);
        set_day(p->f, 2028 + round, 1, 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_changed_since),
        cmocka_unit_test(paid_and_not_settled_yet),
        cmocka_unit_test(closed_as_not_paid),
        cmocka_unit_test(closed_as_paid),
        cmocka_unit_test(one_card_is_kept_once),
        cmocka_unit_test(two_clicks_at_once),
        cmocka_unit_test(nobody_to_ask),
        cmocka_unit_test(nobody_came_to_confirm),
        cmocka_unit_test(told_while_it_is_silent),
        cmocka_unit_test(held_money_goes_back_once),
        cmocka_unit_test(held_money_by_transfer),
        cmocka_unit_test(another_currency),
        cmocka_unit_test(held_on_the_postal_account),
        cmocka_unit_test(taken_back_under_an_open_order),
        cmocka_unit_test(after_a_charge_back),
        cmocka_unit_test(no_prepaid_account_there),
        cmocka_unit_test(many_small_refunds),
        cmocka_unit_test(one_refund_after_the_other),
        cmocka_unit_test(a_cent_short),
        cmocka_unit_test(money_for_one),
    };

    return FLOW(tests);
}
