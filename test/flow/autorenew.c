/* Automatic renewal from the switch to the charge: DOMAIN §3.6 A1-A11, T43-T45, Y11. */
#include "flow/buyer.h"
#include "flow/papers.h"
#include "flow/renewing.h"
#include "flow/till.h"
#include "shop/day_sweep.h"
#include "shop/extra_space.h"
#include "shop/present.h"
#include "shop/terminate.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

/* ---- The switch ---- */

static void the_switch(void **state)
{
    struct stand *s = stand(state);
    struct switching w = to_switch(s, true);
    struct mailbox m;
    struct problem why = {0};

    w.request.consent_version = NULL;
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_MANDATE_CONSENT);
    w.request.consent_version = "2026-01";
    w.request.instrument_id = 99;
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_MANDATE_METHOD);
    w.request.instrument_id = s->card_id;
    w.request.years = 6;
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_YEARS);
    w.request.years = 1;
    w.request.who.account_id = 77;
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_MAILBOX_UNKNOWN);
    assert_int_equal(number(s->f, "SELECT count(*) FROM mandate"), 0);

    switch_on(s);
    m = mailbox(s->f, BOX);
    assert_true(m.auto_renew);
    assert_int_equal(number(s->f, "SELECT agreed_cents FROM mandate"), 1208);
    assert_string_equal(words(s->f, "SELECT consent_sha256 FROM mandate"), s->f->brand->autorenew.text.sha256);
    assert_int_equal(mails_of(s->f, "autorenew_on"), 2); /* the holder, and the account */
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2026, 12, 1), &why), REFUSED); /* T43 */
    assert_int_equal(why.code, PROBLEM_AUTO_RENEWAL_ON);
    w = to_switch(s, true);
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_MANDATE_STATE);
    assert_clean(s->f);

    w = to_switch(s, false);
    assert_int_equal(do_switch(&w), DONE);
    assert_string_equal(state_now(s), "off_by_user");
    m = mailbox(s->f, BOX);
    assert_false(m.auto_renew);
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2026, 12, 1), &why), DONE);
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(mails_of(s->f, "autorenew_off"), 2);
    turn_day(s);
    turn_days(s, day_of(2026, 12, 15), day_of(2026, 12, 16));
    assert_int_equal(mails_of(s->f, "charge_notice"), 0);
    switch_on(s); /* and on again */
    assert_true(mailbox(s->f, BOX).auto_renew);
    assert_clean(s->f);
}

/* ---- T44 ---- */

struct shown {
    struct stand *s;
    const char *code;
    json_t *order;
};

static enum outcome show_order(struct db_tx *tx, void *arg)
{
    struct shown *w = arg;
    struct order_facts facts;
    struct order order;

    TRY(order_by_code(tx, w->s->f, w->code, &order));
    TRY(order_facts_load(tx, w->s->f, &w->s->f->brands, &order, &facts));
    w->order = present_order(w->s->f, &facts, "it", false);
    return DONE;
}

static void a_year_as_it_should_go(void **state)
{
    struct stand *s = stand(state);
    struct shown w = {.s = s};
    struct autorenew_turned t;

    switch_on(s);
    turn_days(s, day_of(2026, 12, 2), day_of(2026, 12, 14));
    assert_int_equal(mails_of(s->f, "charge_notice"), 0);
    assert_int_equal(turn_days(s, day_of(2026, 12, 15), day_of(2026, 12, 15)).warned, 1);
    assert_string_equal(state_now(s), "notified");
    assert_non_null(strstr(last_mail(s, "charge_notice"), "12,08"));
    assert_non_null(strstr(last_mail(s, "charge_notice"), "08/03/2027"));
    turn_days(s, day_of(2026, 12, 16), day_of(2027, 2, 12));
    assert_int_equal(mails_of(s->f, "charge_notice"), 2);
    assert_int_equal(turn_days(s, day_of(2027, 2, 13), day_of(2027, 2, 13)).warned, 1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM charge_warning"), 2);
    turn_days(s, day_of(2027, 2, 14), day_of(2027, 3, 7));
    assert_int_equal(number(s->f, "SELECT count(*) FROM payment"), 0);
    t = turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    assert_int_equal(t.charged, 1);
    assert_int_equal(captures(s), 1);
    assert_string_equal(state_now(s), "on");
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_true(mailbox(s->f, BOX).auto_renew);
    assert_int_equal(number(s->f, "SELECT count(*) FROM invoice"), 1);
    assert_int_equal(mails_of(s->f, "order_settled"), 2); /* to whom it is invoiced, and to the account */
    assert_int_equal(mails_of(s->f, "order_received"), 0);
    w.code = words(s->f, "SELECT code FROM shop_order");
    assert_int_equal(db_read(s->f->db, "show", show_order, &w), DONE);
    assert_true(json_is_true(json_object_get(json_object_get(w.order, "order"), "automatic"))); /* it says of no copy */
    json_decref(w.order);
    assert_int_equal(number(s->f, "SELECT free_withdrawal FROM charge"), 0);
    assert_int_equal(turn_day(s).charged, 0); /* the same day again */
    assert_clean(s->f);
    turn_days(s, day_of(2027, 12, 15), day_of(2027, 12, 15)); /* the next plan */
    assert_int_equal(mails_of(s->f, "charge_notice"), 6);
    assert_clean(s->f);
}

static void refused_until_the_end_and_paid_by_hand(void **state)
{
    static const struct ymd TRIES[] = {{2027, 3, 8}, {2027, 3, 10}, {2027, 3, 12}, {2027, 3, 14}, {2027, 3, 15}};
    struct stand *s = stand(state);
    struct payment payment;
    struct problem why;
    const char *code;
    struct place p = {.f = s->f};

    switch_on(s);
    turn_days(s, day_of(2026, 12, 15), day_of(2026, 12, 15));
    turn_days(s, day_of(2027, 2, 13), day_of(2027, 2, 13));
    for (struct day d = day_of(2027, 3, 7); !day_before(day_of(2027, 3, 15), d); d = day_plus(d, 1)) {
        int before = s->stripe.count;
        bool is_try = false;

        for (size_t i = 0; i < count_of(TRIES); i++)
            is_try |= day_same(d, day_of(TRIES[i].year, TRIES[i].month, TRIES[i].day));
        s->stripe.charge_error = "insufficient_funds";
        turn_days(s, d, d);
        assert_int_equal(s->stripe.count - before, is_try);
        if (is_try)
            assert_string_equal(state_now(s), day_same(d, day_of(2027, 3, 15)) ? "failed_open" : "retrying");
        assert_clean(s->f);
    }
    assert_int_equal(mails_of(s->f, "charge_refused"), 10);
    assert_int_equal(number(s->f, "SELECT count(*) FROM shop_order"), 1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM charge"), 5);
    code = words(s->f, "SELECT code FROM shop_order");

    turn_days(s, day_of(2027, 3, 16), day_of(2027, 3, 20));
    assert_int_equal(s->stripe.count, 5);
    s->stripe.charge_error = NULL;
    payment = begun(&p, code, METHOD_STRIPE);
    s->stripe.captures_alone = true;
    provider_approve(&s->stripe, payment.key);
    assert_int_equal(payment_ask(&s->f->shop, s->f, payment.id, &payment, &why), DONE);
    assert_int_equal(order_now(s->f, code).state, ORDER_FULFILLED);
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_string_equal(state_now(s), "on");
    assert_int_equal(number(s->f, "SELECT instrument_id FROM mandate"), s->card_id);
    assert_int_equal(number(s->f, "SELECT count(*) FROM instrument WHERE removed_at IS NULL"), 1);
    assert_clean(s->f);
}

/* ---- What providers answer ---- */

/* Who has chosen to pay a refused charge by transfer is not charged as well while the money is on its way. */
static void a_transfer_is_waited_for(void **state)
{
    struct stand *s = stand(state);
    struct place p = {.f = s->f};
    struct pay_request request;
    struct problem why = {0};
    const char *code;
    bool changed;

    switch_on_and_warn(s);
    s->stripe.charge_error = "insufficient_funds";
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    s->stripe.charge_error = NULL;
    code = words(s->f, "SELECT code FROM shop_order");
    request = request_of(&p, code, METHOD_BANK_TRANSFER);
    assert_int_equal(pay_outside(&s->f->shop, s->f, &request, &changed, &why), DONE);
    turn_days(s, day_of(2027, 3, 9), day_of(2027, 3, 15));
    assert_int_equal(captures(s), 0);
    assert_string_equal(state_now(s), "retrying");
    assert_clean(s->f);
    pay(s->f, &(struct transfer){
                  .text = code, .cents = 1208, .on = day_of(2027, 3, 15), .account = s->f->brand->seller.iban});
    assert_string_equal(state_now(s), "on");
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    turn_days(s, day_of(2027, 3, 16), day_of(2027, 3, 17));
    assert_int_equal(captures(s), 0);
    assert_clean(s->f);
}

static void a_hard_refusal_leaves_an_order(void **state)
{
    struct stand *s = stand(state);

    switch_on_and_warn(s);
    s->stripe.charge_error = "stolen_card";
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    assert_string_equal(state_now(s), "failed_open");
    assert_non_null(strstr(last_mail(s, "charge_refused"), "\"last\":true"));
    turn_days(s, day_of(2027, 3, 9), day_of(2027, 3, 15));
    assert_int_equal(s->stripe.count, 1);
    assert_clean(s->f);
}

/* A9. */
static void cancelling_its_order_switches_off(void **state)
{
    struct stand *s = stand(state);
    struct mailbox m;

    switch_on_and_warn(s);
    s->stripe.charge_error = "stolen_card";
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    cancel_code(s, words(s->f, "SELECT code FROM shop_order"));
    assert_string_equal(state_now(s), "off");
    m = mailbox(s->f, BOX);
    assert_false(m.auto_renew);
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2027, 3, 8), NULL), DONE);
    assert_clean(s->f);
}

/* Switched on anew for the same end, after a charge of it that was refused: a new consent, with warnings and attempts
 * of its own. */
static void switched_on_again_for_the_same_end(void **state)
{
    struct stand *s = stand(state);

    switch_on_and_warn(s);
    s->stripe.charge_error = "stolen_card";
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    cancel_code(s, words(s->f, "SELECT code FROM shop_order"));
    s->stripe.charge_error = NULL;
    s->card_id = add_card(s, "stripe", "1881");
    switch_on(s);
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 15));
    assert_int_equal(captures(s), 1);
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_int_equal(number(s->f, "SELECT count(*) FROM charge WHERE attempt = 1"), 2);
    assert_clean(s->f);
}

static void the_bank_wants_the_customer(void **state)
{
    struct stand *s = stand(state);

    switch_on_and_warn(s);
    s->stripe.charge_error = "authentication_required";
    s->stripe.charge_action = true;
    assert_int_equal(turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).refused, 1);
    assert_string_equal(state_now(s), "retrying");
    assert_non_null(strstr(last_mail(s, "charge_refused"), "\"action\":true"));
    assert_non_null(strstr(last_mail(s, "charge_refused"), "/paga"));
    assert_clean(s->f);
    assert_int_equal(turn_days(s, day_of(2027, 3, 10), day_of(2027, 3, 10)).charged, 1);
    assert_string_equal(state_now(s), "on");
    assert_int_equal(captures(s), 1);
    assert_clean(s->f);
}

/* The answer is lost and the money taken: found out by asking, never charged again. */
static void unknown_then_captured(void **state)
{
    struct stand *s = stand(state);

    switch_on_and_warn(s);
    s->stripe.fault = FAULT_AFTER;
    assert_int_equal(turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).unknown, 1);
    assert_string_equal(state_now(s), "charging");
    assert_int_equal(captures(s), 1);
    turn_days(s, day_of(2027, 3, 9), day_of(2027, 3, 12));
    assert_int_equal(s->stripe.count, 1);
    ask_providers(s);
    assert_string_equal(state_now(s), "on");
    assert_int_equal(captures(s), 1);
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_clean(s->f);
}

/* The provider was never reached: the same key is the question, and charges once. */
static void unknown_then_not(void **state)
{
    struct stand *s = stand(state);

    switch_on_and_warn(s);
    s->stripe.fault = FAULT_BEFORE;
    assert_int_equal(turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).unknown, 1);
    assert_int_equal(captures(s), 0);
    assert_clean(s->f);
    sql(s->f, "UPDATE payment SET created_at = created_at - 86400000000"); /* too old to be charged by its key again */
    ask_providers(s);
    assert_string_equal(state_now(s), "retrying"); /* it never happened: the next attempt has its day */
    assert_int_equal(turn_days(s, day_of(2027, 3, 10), day_of(2027, 3, 10)).charged, 1);
    assert_int_equal(captures(s), 1);
    assert_clean(s->f);
}

/* Killed between writing the attempt and hearing the answer, whether or not the provider had been asked. */
static void killed_in_between(void **state)
{
    for (int asked_before = 0; asked_before < 2; asked_before++) {
        struct stand *s = stand(state);

        switch_on_and_warn(s);
        s->stripe.fault = asked_before ? FAULT_AFTER : FAULT_BEFORE;
        turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
        sql(s->f, "UPDATE payment SET state = 'new', asked = 0"); /* as it was before the answer was recorded */
        turn_day(s);
        assert_int_equal(s->stripe.count, asked_before);
        ask_providers(s);
        assert_string_equal(state_now(s), "on");
        assert_int_equal(captures(s), 1);
        assert_int_equal(number(s->f, "SELECT count(*) FROM invoice"), 1);
        assert_clean(s->f);
    }
}

/* ---- The method is gone ---- */

struct forgetting {
    struct stand *s;
    bool changed;
};

static enum outcome forget(struct db_tx *tx, void *arg)
{
    struct forgetting *g = arg;

    return instrument_forget(tx, g->s->f, g->s->card_id, g->s->account_id, &(struct actor){"portal", "account:1"},
                             &g->changed);
}

/* T45. */
static void the_card_is_removed(void **state)
{
    struct stand *s = stand(state);
    struct forgetting g = {.s = s};
    struct mailbox m;

    switch_on_and_warn(s);
    set_day(s->f, 2027, 3, 1);
    assert_int_equal(db_transaction(s->f->db, "forget", forget, &g), DONE);
    assert_true(g.changed);
    assert_string_equal(state_now(s), "method_missing");
    assert_int_equal(mails_of(s->f, "method_missing"), 2);
    m = mailbox(s->f, BOX);
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2027, 3, 1), NULL), DONE);
    turn_days(s, day_of(2027, 3, 2), day_of(2027, 3, 15));
    assert_int_equal(s->stripe.count, 0);
    assert_clean(s->f);
    s->card_id = add_card(s, "paypal", "");
    switch_on(s); /* with another */
    assert_int_equal(number(s->f, "SELECT count(*) FROM mandate WHERE state NOT IN ('off', 'off_by_user')"), 1);
    assert_clean(s->f);
}

static void the_card_expires_before_the_charge(void **state)
{
    struct stand *s = stand(state);

    switch_on(s);
    sql(s->f, "UPDATE instrument SET exp_month = 2, exp_year = 2027");
    assert_int_equal(turn_days(s, day_of(2026, 12, 15), day_of(2026, 12, 15)).lost, 1); /* in time to give another */
    assert_string_equal(state_now(s), "method_missing");
    assert_non_null(strstr(last_mail(s, "method_missing"), "\"expired\":true"));
    assert_clean(s->f);
}

/* Y11. */
static void charged_back(void **state)
{
    struct stand *s = stand(state);

    switch_on_and_warn(s);
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    provider_dispute(&s->stripe, words(s->f, "SELECT key FROM payment"), true);
    assert_int_equal(payment_look_again(&s->f->shop, s->f, number(s->f, "SELECT id FROM payment")), DONE);
    assert_string_equal(state_now(s), "method_missing");
    assert_false(mailbox(s->f, BOX).auto_renew);
    assert_clean(s->f);
}

/* ---- Given up ---- */

struct giving_up {
    struct fixture *f;
    struct problem why;
};

static enum outcome give_up(struct db_tx *tx, void *arg)
{
    struct giving_up *g = arg;
    struct terminate_look look;

    TRY(terminate_look(tx, g->f, &g->f->brands, BOX, &look, &g->why));
    return terminate(tx, g->f, &look, false, BOX, &(struct actor){"portal", "account:1"}, &g->why);
}

/* M23: who gave the mailbox up is not charged for it, nor does its renewal take the disdetta back; who switches on
 * again does. */
static void given_up_is_not_charged(void **state)
{
    struct stand *s = stand(state);
    struct giving_up g = {.f = s->f};

    switch_on_and_warn(s);
    set_day(s->f, 2027, 3, 1);
    assert_int_equal(db_transaction(s->f->db, "terminate", give_up, &g), DONE);
    assert_string_equal(state_now(s), "off");
    assert_false(mailbox(s->f, BOX).auto_renew);
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 9));
    assert_int_equal(s->stripe.count, 0);
    assert_int_equal(number(s->f, "SELECT count(*) FROM termination"), 1);
    assert_clean(s->f);
    switch_on(s);
    assert_int_equal(number(s->f, "SELECT count(*) FROM termination"), 0);
    turn_days(s, day_of(2027, 3, 10), day_of(2027, 3, 15));
    assert_int_equal(captures(s), 1);
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_clean(s->f);
}

/* ---- Nobody at work ---- */

static void down_until_it_is_over(void **state)
{
    struct stand *s = stand(state);

    switch_on_and_warn(s);
    assert_int_equal(turn_days(s, day_of(2027, 3, 18), day_of(2027, 3, 18)).left, 1);
    assert_int_equal(s->stripe.count, 0);
    assert_string_equal(state_now(s), "failed_open");
    assert_int_equal(number(s->f, "SELECT count(*) FROM shop_order WHERE state = 'confirmed'"), 1);
    assert_clean(s->f);
}

/* ---- With an order (R160, §8.11) ---- */

static void asked_for_at_the_checkout(void **state)
{
    struct stand *s = stand(state);
    struct wanted_line line = {.address = BOX, .choice = {.years = 2}};
    struct order_request request = request_for(s->f, &line, 1);
    struct place p = {.f = s->f};
    struct placed_order placed;
    struct payment payment;
    struct problem why = {0};

    request.shop = &s->f->shop;
    request.who.account_id = s->account_id;
    request.autorenew_version = "2026-01";
    assert_int_equal(order(s->f, &request, &placed, &why), REFUSED); /* a transfer cannot be repeated */
    assert_int_equal(why.code, PROBLEM_MANDATE_METHOD);
    request.payment_method = "stripe";
    assert_int_equal(order(s->f, &request, &placed, &why), DONE);
    assert_string_equal(state_now(s), "off");
    assert_false(mailbox(s->f, BOX).auto_renew);
    assert_clean(s->f);
    s->stripe.captures_alone = true;
    payment = begun(&p, placed.order.code, METHOD_STRIPE);
    assert_true(payment.remember); /* although the form did not say so */
    provider_approve(&s->stripe, payment.key);
    assert_int_equal(payment_ask(&s->f->shop, s->f, payment.id, &payment, &why), DONE);
    assert_string_equal(state_now(s), "on");
    assert_true(mailbox(s->f, BOX).auto_renew);
    assert_int_equal(number(s->f, "SELECT years FROM mandate"), 2); /* R163 */
    assert_day((struct day){(int32_t)number(s->f, "SELECT expires_on FROM mandate")}, 2029, 3, 15);
    assert_int_equal(mails_of(s->f, "autorenew_on"), 2);
    assert_clean(s->f);
}

/* While buying there is no mailbox yet: consent and instrument wait beside the order. */
static void asked_for_while_buying(void **state)
{
    static const char *METHODS[] = {"bank_transfer", "stripe", NULL};
    struct stand *s = stand(state);
    struct brand_autorenew offer = s->f->brand->autorenew;
    struct request form = form_of("anna.neri", "a.neri", "neri.anna");
    struct purchase_request purchase;
    struct placed_order placed;
    struct place p = {.f = s->f};
    struct validated v;
    struct payment payment;
    struct problem why = {0};
    int64_t buyer;

    sell_visura(s->f);
    s->f->brand->payment_methods = METHODS;
    s->all[0] = (struct gateway_of){"visura", METHOD_STRIPE, provider_gateway(&s->stripe)};
    buyer = add_buyer(s->f, MARIO);
    assert_int_equal(save_form(s->f, buyer, &form, NULL), DONE);
    assert_int_equal(validate(s->f, buyer, form.id, &v, NULL), DONE);
    purchase = purchase_of(s->f, buyer, form.id);
    purchase.order.shop = &s->f->shop;
    purchase.order.autorenew_version = "2026-01";
    assert_int_equal(confirm(s->f, &purchase, &placed, &why), REFUSED); /* the brand offers none */
    assert_int_equal(why.code, PROBLEM_MANDATE_NOT_HERE);
    s->f->brand->autorenew = offer;
    s->f->brand->autorenew.methods = METHODS + 1;
    assert_int_equal(confirm(s->f, &purchase, &placed, &why), REFUSED); /* a transfer cannot be repeated */
    assert_int_equal(why.code, PROBLEM_MANDATE_METHOD);
    purchase.order.payment_method = "stripe";
    purchase.order.autorenew_version = "2025-01";
    assert_int_equal(confirm(s->f, &purchase, &placed, &why), REFUSED);
    assert_int_equal(why.code, PROBLEM_MANDATE_CONSENT);
    purchase.order.autorenew_version = "2026-01";
    assert_int_equal(confirm(s->f, &purchase, &placed, &why), DONE);
    assert_int_equal(number(s->f, "SELECT count(*) FROM event WHERE kind = 'autorenew.consent'"), 1);
    s->stripe.captures_alone = true;
    payment = begun(&p, placed.order.code, METHOD_STRIPE);
    assert_true(payment.remember);
    provider_approve(&s->stripe, payment.key);
    assert_int_equal(payment_ask(&s->f->shop, s->f, payment.id, &payment, &why), DONE);
    assert_int_equal(number(s->f, "SELECT instrument_id FROM autorenew_wish"),
                     number(s->f, "SELECT max(id) FROM instrument")); /* the one that was kept just now */
    assert_clean(s->f);
}

static void a_purchase_that_is_cancelled_wishes_nothing(void **state)
{
    struct stand *s = stand(state);

    sell_visura(s->f);
    buy_names(s->f, add_buyer(s->f, MARIO), "anna.neri", "a.neri", "neri.anna");
    sql(s->f,
        "INSERT INTO autorenew_wish (order_id, account_id, method, consent_version, consent_sha256, consented_at, "
        "consented_door, consented_by) SELECT id, account_id, '', '2026-01', 'x', 1, 'portal', 'account:1' FROM "
        "shop_order WHERE kind = 'purchase'");
    cancel_code(s, words(s->f, "SELECT code FROM shop_order"));
    assert_int_equal(number(s->f, "SELECT count(*) FROM autorenew_wish"), 0);
    assert_clean(s->f);
}

/* ---- More space while it is on ---- */

struct adding {
    struct stand *s;
    struct placed_order placed;
    struct problem why;
};

static enum outcome add_space(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;
    struct wanted_line line = {.address = BOX, .choice = {.extra_gb = 1}};
    struct order_request request = request_for(a->s->f, &line, 1);

    a->why = (struct problem){0};
    return place_space(tx, a->s->f, &request, &a->placed, &a->why);
}

/* It may be bought (A11); what was bought is charged with the next term, at a price that was seen. */
static void more_space_is_charged_with_the_next_term(void **state)
{
    struct stand *s = stand(state);
    struct adding a = {.s = s};

    switch_on_and_warn(s);
    set_day(s->f, 2027, 2, 20); /* after the last warning */
    assert_int_equal(db_transaction(s->f->db, "space", add_space, &a), DONE);
    assert_int_equal(a.placed.order.total.net.cents, 25);
    pay(s->f, &(struct transfer){.text = a.placed.order.code,
                                 .cents = a.placed.order.total.gross.cents,
                                 .on = day_of(2027, 2, 20),
                                 .account = s->f->brand->seller.iban});
    assert_int_equal(number(s->f, "SELECT agreed_cents FROM mandate"), 1574); /* (9,90 + 3,00) and VAT */
    set_day(s->f, 2027, 3, 8);
    turn_day(s);
    assert_int_equal(captures(s), 1);
    assert_int_equal(number(s->f, "SELECT captured_cents FROM payment"), 1574);
    assert_true(day_same(mailbox(s->f, BOX).term.ends_on, day_of(2028, 3, 15)));
    assert_int_equal(mailbox(s->f, BOX).extra_gb, 1);
    assert_clean(s->f);
}

/* An unpaid order of space never stands in the way of a charge. */
static void an_order_of_space_gives_way_to_the_charge(void **state)
{
    struct stand *s = stand(state);
    struct adding a = {.s = s};

    switch_on_and_warn(s);
    set_day(s->f, 2027, 3, 1);
    assert_int_equal(db_transaction(s->f->db, "space", add_space, &a), DONE);
    set_day(s->f, 2027, 3, 8);
    turn_day(s);
    assert_int_equal(captures(s), 1);
    assert_int_equal(order_now(s->f, a.placed.order.code).state, ORDER_CANCELLED);
    assert_int_equal(mailbox(s->f, BOX).extra_gb, 0);
    assert_clean(s->f);
}

/* ---- Two workers ---- */

static void *work_too(void *arg)
{
    struct stand *s = arg;
    struct autorenew_turned turned;
    void *mem = talloc_new(NULL);

    if (autorenew_turn(&s->f->shop, mem, &turned) == BROKEN)
        fail();
    talloc_free(mem);
    return NULL;
}

static void two_workers_charge_once(void **state)
{
    struct stand *s = stand(state);
    pthread_t other;

    switch_on_and_warn(s);
    set_day(s->f, 2027, 3, 8);
    assert_int_equal(pthread_create(&other, NULL, work_too, s), 0);
    work_too(s);
    pthread_join(other, NULL);
    assert_int_equal(captures(s), 1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM charge"), 1);
    assert_clean(s->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_switch),
        cmocka_unit_test(a_year_as_it_should_go),
        cmocka_unit_test(refused_until_the_end_and_paid_by_hand),
        cmocka_unit_test(a_transfer_is_waited_for),
        cmocka_unit_test(a_hard_refusal_leaves_an_order),
        cmocka_unit_test(cancelling_its_order_switches_off),
        cmocka_unit_test(switched_on_again_for_the_same_end),
        cmocka_unit_test(the_bank_wants_the_customer),
        cmocka_unit_test(unknown_then_captured),
        cmocka_unit_test(unknown_then_not),
        cmocka_unit_test(killed_in_between),
        cmocka_unit_test(the_card_is_removed),
        cmocka_unit_test(the_card_expires_before_the_charge),
        cmocka_unit_test(charged_back),
        cmocka_unit_test(given_up_is_not_charged),
        cmocka_unit_test(down_until_it_is_over),
        cmocka_unit_test(asked_for_at_the_checkout),
        cmocka_unit_test(asked_for_while_buying),
        cmocka_unit_test(a_purchase_that_is_cancelled_wishes_nothing),
        cmocka_unit_test(more_space_is_charged_with_the_next_term),
        cmocka_unit_test(an_order_of_space_gives_way_to_the_charge),
        cmocka_unit_test(two_workers_charge_once),
    };

    return FLOW(tests);
}
