/* Automatic renewal from the switch to the charge: DOMAIN §3.6 A1-A11, T43-T45, L17, Y11. */
#include "shop/autorenew.h"
#include "flow/buyer.h"
#include "flow/till.h"
#include "jobs/jobs.h"
#include "link/mailer.h"
#include "shop/catalogue.h"
#include "shop/day_sweep.h"
#include "shop/extra_space.h"
#include "shop/withdraw.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

#define BOX "studio.neri@pec.aruba.example"

struct stand {
    struct fixture *f;
    struct provider stripe, paypal;
    struct gateways gateways;
    struct gateway_of all[2];
    int64_t account_id, card_id;
};

static int64_t add_account_of(struct fixture *f)
{
    sql(f,
        "INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('aruba', 'conto@posta.example', "
        "'Anna Neri', '', 1)");
    return number(f, "SELECT max(id) FROM account");
}

static int64_t add_card(struct stand *s, const char *provider, const char *last4)
{
    sql(s->f, talloc_asprintf(s->f,
                              "INSERT INTO instrument (brand, account_id, provider, token, customer, first_ref, label, "
                              "last4, exp_month, exp_year, created_at) VALUES ('aruba', %" PRId64
                              ", '%s', 'TOKEN-1', '', '', 'Visa', '%s', 12, 2030, 1)",
                              s->account_id, provider, last4));
    return number(s->f, "SELECT max(id) FROM instrument");
}

/* Aruba, on 01-12-2026; BOX is a standard mailbox of 9,90 a year that expires on 15-03-2027. */
static struct stand *stand(void **state)
{
    struct fixture *f = fixture(state);
    struct stand *s = talloc_zero(f, struct stand);

    s->f = f;
    f->brand = (struct brand *)brand_by_id(&f->brands, "aruba");
    s->stripe.mem = s->paypal.mem = s;
    s->stripe.name = "stripe";
    s->paypal.name = "paypal";
    s->all[0] = (struct gateway_of){"aruba", METHOD_STRIPE, provider_gateway(&s->stripe)};
    s->all[1] = (struct gateway_of){"aruba", METHOD_PAYPAL, provider_gateway(&s->paypal)};
    s->gateways = (struct gateways){count_of(s->all), s->all};
    f->shop.gateways = &s->gateways;
    set_day(f, 2026, 12, 1);
    add_mailbox(f, BOX, 0, day_of(2027, 3, 15));
    sql(f, "DELETE FROM day_done"); /* the fixture stood later */
    s->account_id = add_account_of(f);
    s->card_id = add_card(s, "stripe", "4242");
    sql(f, talloc_asprintf(f,
                           "UPDATE mailbox_row SET account_id = %" PRId64
                           " WHERE id IN (SELECT id FROM mailbox WHERE brand = 'aruba')",
                           s->account_id));
    return s;
}

struct switching {
    struct stand *s;
    struct autorenew_request request;
    struct mandate mandate;
    struct problem why;
    bool on;
};

static enum outcome flip(struct db_tx *tx, void *arg)
{
    struct switching *w = arg;

    return w->on ? autorenew_switch_on(tx, w->s->f, &w->request, &w->mandate, &w->why)
                 : autorenew_switch_off(tx, w->s->f, &w->request, &w->mandate, &w->why);
}

static struct switching switching(struct stand *s, bool on)
{
    return (struct switching){.s = s,
                              .on = on,
                              .request = {.shop = &s->f->shop,
                                          .brand = s->f->brand,
                                          .actor = {"portal", "account:1"},
                                          .who = {.account_id = s->account_id},
                                          .address = BOX,
                                          .language = "it",
                                          .years = 1,
                                          .instrument_id = s->card_id,
                                          .consent_version = "2026-01"}};
}

static enum outcome do_switch(struct switching *w)
{
    w->why = (struct problem){0};
    return db_transaction(w->s->f->db, "switch", flip, w);
}

static void switch_on(struct stand *s)
{
    struct switching w = switching(s, true);

    if (do_switch(&w) != DONE)
        fail_msg("%s %s %s", problem_slug(w.why.code), w.why.field, w.why.detail);
}

static struct autorenew_turned turn(struct stand *s)
{
    struct autorenew_turned turned;

    assert_int_equal(autorenew_turn(&s->f->shop, s->f, &turned), DONE);
    return turned;
}

/* Every day from one to another, both included, as the day job does; the charges that ended on the last. */
static struct autorenew_turned days(struct stand *s, struct day from, struct day to)
{
    struct autorenew_turned turned = {0};

    for (struct day d = from; !day_before(to, d); d = day_plus(d, 1)) {
        struct ymd at = day_split(d);

        set_day(s->f, at.year, at.month, at.day);
        turned = turn(s);
    }
    return turned;
}

static const char *state_now(struct stand *s)
{
    return words(s->f, "SELECT state FROM mandate ORDER BY id DESC LIMIT 1");
}

static int64_t mails(struct stand *s, const char *template)
{
    return number(s->f, talloc_asprintf(s->f, "SELECT count(*) FROM outbox WHERE template = '%s'", template));
}

static const char *last_mail(struct stand *s, const char *template)
{
    return words(s->f, talloc_asprintf(s->f, "SELECT data FROM outbox WHERE template = '%s' ORDER BY id DESC LIMIT 1",
                                       template));
}

static void poll(struct stand *s)
{
    int asked_of = 0;

    sql(s->f, "UPDATE payment SET ask_at = 1 WHERE ask_at IS NOT NULL");
    assert_int_equal(payments_poll(&s->f->shop, s->f, 1000, &asked_of), DONE);
}

static int captures(struct stand *s)
{
    int count = 0;

    for (int i = 0; i < s->stripe.count; i++)
        count += s->stripe.all[i].captures;
    return count;
}

/* ---- The switch ---- */

static void the_switch(void **state)
{
    struct stand *s = stand(state);
    struct switching w = switching(s, true);
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
    assert_int_equal(mails(s, "autorenew_on"), 2); /* the holder, and the account */
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2026, 12, 1), &why), REFUSED); /* T43 */
    assert_int_equal(why.code, PROBLEM_AUTO_RENEWAL_ON);
    w = switching(s, true);
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(w.why.code, PROBLEM_MANDATE_STATE);
    assert_clean(s->f);

    w = switching(s, false);
    assert_int_equal(do_switch(&w), DONE);
    assert_string_equal(state_now(s), "off_by_user");
    m = mailbox(s->f, BOX);
    assert_false(m.auto_renew);
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2026, 12, 1), &why), DONE);
    assert_int_equal(do_switch(&w), REFUSED);
    assert_int_equal(mails(s, "autorenew_off"), 2);
    turn(s);
    days(s, day_of(2026, 12, 15), day_of(2026, 12, 16));
    assert_int_equal(mails(s, "charge_notice"), 0);
    switch_on(s); /* and on again */
    assert_true(mailbox(s->f, BOX).auto_renew);
    assert_clean(s->f);
}

/* ---- T44 ---- */

static void a_year_as_it_should_go(void **state)
{
    struct stand *s = stand(state);
    struct autorenew_turned t;

    switch_on(s);
    days(s, day_of(2026, 12, 2), day_of(2026, 12, 14));
    assert_int_equal(mails(s, "charge_notice"), 0);
    assert_int_equal(days(s, day_of(2026, 12, 15), day_of(2026, 12, 15)).warned, 1);
    assert_string_equal(state_now(s), "notified");
    assert_non_null(strstr(last_mail(s, "charge_notice"), "12,08"));
    assert_non_null(strstr(last_mail(s, "charge_notice"), "08/03/2027"));
    days(s, day_of(2026, 12, 16), day_of(2027, 2, 12));
    assert_int_equal(mails(s, "charge_notice"), 2);
    assert_int_equal(days(s, day_of(2027, 2, 13), day_of(2027, 2, 13)).warned, 1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM charge_warning"), 2);
    days(s, day_of(2027, 2, 14), day_of(2027, 3, 7));
    assert_int_equal(number(s->f, "SELECT count(*) FROM payment"), 0);
    t = days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    assert_int_equal(t.charged, 1);
    assert_int_equal(captures(s), 1);
    assert_string_equal(state_now(s), "on");
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_true(mailbox(s->f, BOX).auto_renew);
    assert_int_equal(number(s->f, "SELECT count(*) FROM invoice"), 1);
    assert_int_equal(mails(s, "order_settled"), 2); /* to whom it is invoiced, and to the account */
    assert_int_equal(mails(s, "order_received"), 0);
    assert_int_equal(number(s->f, "SELECT free_withdrawal FROM charge"), 0);
    assert_int_equal(turn(s).charged, 0); /* the same day again */
    assert_clean(s->f);
    days(s, day_of(2027, 12, 15), day_of(2027, 12, 15)); /* the next plan */
    assert_int_equal(mails(s, "charge_notice"), 6);
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
    days(s, day_of(2026, 12, 15), day_of(2026, 12, 15));
    days(s, day_of(2027, 2, 13), day_of(2027, 2, 13));
    for (struct day d = day_of(2027, 3, 7); !day_before(day_of(2027, 3, 15), d); d = day_plus(d, 1)) {
        int before = s->stripe.count;
        bool is_try = false;

        for (size_t i = 0; i < count_of(TRIES); i++)
            is_try |= day_same(d, day_of(TRIES[i].year, TRIES[i].month, TRIES[i].day));
        s->stripe.charge_error = "insufficient_funds";
        days(s, d, d);
        assert_int_equal(s->stripe.count - before, is_try);
        if (is_try)
            assert_string_equal(state_now(s), day_same(d, day_of(2027, 3, 15)) ? "failed_open" : "retrying");
        assert_clean(s->f);
    }
    assert_int_equal(mails(s, "charge_refused"), 10);
    assert_int_equal(number(s->f, "SELECT count(*) FROM shop_order"), 1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM charge"), 5);
    code = words(s->f, "SELECT code FROM shop_order");

    days(s, day_of(2027, 3, 16), day_of(2027, 3, 20));
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

static void warned(struct stand *s)
{
    switch_on(s);
    days(s, day_of(2026, 12, 15), day_of(2026, 12, 15));
    days(s, day_of(2027, 2, 13), day_of(2027, 2, 13));
}

static void a_hard_refusal_leaves_an_order(void **state)
{
    struct stand *s = stand(state);

    warned(s);
    s->stripe.charge_error = "stolen_card";
    days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    assert_string_equal(state_now(s), "failed_open");
    assert_non_null(strstr(last_mail(s, "charge_refused"), "\"last\":true"));
    days(s, day_of(2027, 3, 9), day_of(2027, 3, 15));
    assert_int_equal(s->stripe.count, 1);
    assert_clean(s->f);
}

struct closing {
    struct stand *s;
    const char *code;
    struct problem why;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;

    return cancel_order(tx, c->s->f, c->code, &(struct actor){"portal", "account:1"}, &c->why);
}

/* A9. */
static void cancelling_its_order_switches_off(void **state)
{
    struct stand *s = stand(state);
    struct closing c = {.s = s};
    struct mailbox m;

    warned(s);
    s->stripe.charge_error = "stolen_card";
    days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    c.code = words(s->f, "SELECT code FROM shop_order");
    assert_int_equal(db_transaction(s->f->db, "cancel", cancel, &c), DONE);
    assert_string_equal(state_now(s), "off");
    m = mailbox(s->f, BOX);
    assert_false(m.auto_renew);
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2027, 3, 8), NULL), DONE);
    assert_clean(s->f);
}

static void the_bank_wants_the_customer(void **state)
{
    struct stand *s = stand(state);

    warned(s);
    s->stripe.charge_error = "authentication_required";
    s->stripe.charge_action = true;
    assert_int_equal(days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).refused, 1);
    assert_string_equal(state_now(s), "retrying");
    assert_non_null(strstr(last_mail(s, "charge_refused"), "\"action\":true"));
    assert_non_null(strstr(last_mail(s, "charge_refused"), "/paga"));
    assert_clean(s->f);
    assert_int_equal(days(s, day_of(2027, 3, 10), day_of(2027, 3, 10)).charged, 1);
    assert_string_equal(state_now(s), "on");
    assert_int_equal(captures(s), 1);
    assert_clean(s->f);
}

/* The answer is lost and the money taken: found out by asking, never charged again. */
static void unknown_then_captured(void **state)
{
    struct stand *s = stand(state);

    warned(s);
    s->stripe.fault = FAULT_AFTER;
    assert_int_equal(days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).unknown, 1);
    assert_string_equal(state_now(s), "charging");
    assert_int_equal(captures(s), 1);
    days(s, day_of(2027, 3, 9), day_of(2027, 3, 12));
    assert_int_equal(s->stripe.count, 1);
    poll(s);
    assert_string_equal(state_now(s), "on");
    assert_int_equal(captures(s), 1);
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_clean(s->f);
}

/* The provider was never reached: the same key is the question, and charges once. */
static void unknown_then_not(void **state)
{
    struct stand *s = stand(state);

    warned(s);
    s->stripe.fault = FAULT_BEFORE;
    assert_int_equal(days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).unknown, 1);
    assert_int_equal(captures(s), 0);
    assert_clean(s->f);
    sql(s->f, "UPDATE payment SET created_at = created_at - 86400000000"); /* too old to be charged by its key again */
    poll(s);
    assert_string_equal(state_now(s), "retrying"); /* it never happened: the next attempt has its day */
    assert_int_equal(days(s, day_of(2027, 3, 10), day_of(2027, 3, 10)).charged, 1);
    assert_int_equal(captures(s), 1);
    assert_clean(s->f);
}

/* Killed between writing the attempt and hearing the answer, whether or not the provider had been asked. */
static void killed_in_between(void **state)
{
    for (int asked_before = 0; asked_before < 2; asked_before++) {
        struct stand *s = stand(state);

        warned(s);
        s->stripe.fault = asked_before ? FAULT_AFTER : FAULT_BEFORE;
        days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
        sql(s->f, "UPDATE payment SET state = 'new', asked = 0"); /* as it was before the answer was recorded */
        turn(s);
        assert_int_equal(s->stripe.count, asked_before);
        poll(s);
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

    warned(s);
    set_day(s->f, 2027, 3, 1);
    assert_int_equal(db_transaction(s->f->db, "forget", forget, &g), DONE);
    assert_true(g.changed);
    assert_string_equal(state_now(s), "method_missing");
    assert_int_equal(mails(s, "method_missing"), 2);
    m = mailbox(s->f, BOX);
    assert_int_equal(renewal_eligible(s->f->brand, &m, day_of(2027, 3, 1), NULL), DONE);
    days(s, day_of(2027, 3, 2), day_of(2027, 3, 15));
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
    assert_int_equal(days(s, day_of(2026, 12, 15), day_of(2026, 12, 15)).lost, 1); /* in time to give another */
    assert_string_equal(state_now(s), "method_missing");
    assert_non_null(strstr(last_mail(s, "method_missing"), "\"expired\":true"));
    assert_clean(s->f);
}

/* Y11. */
static void charged_back(void **state)
{
    struct stand *s = stand(state);

    warned(s);
    days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    provider_dispute(&s->stripe, words(s->f, "SELECT key FROM payment"), true);
    assert_int_equal(payment_look_again(&s->f->shop, s->f, number(s->f, "SELECT id FROM payment")), DONE);
    assert_string_equal(state_now(s), "method_missing");
    assert_false(mailbox(s->f, BOX).auto_renew);
    assert_clean(s->f);
}

/* ---- A10, L17 ---- */

static void raise_price(struct stand *s, struct day from)
{
    struct brand_plan *plan = (struct brand_plan *)&s->f->brand->plans[0];
    struct brand_price *prices = talloc_array(s->f, struct brand_price, 2);

    prices[0] = plan->prices[0];
    prices[1] = (struct brand_price){from, money(1200), money(300)};
    plan->prices = prices;
    plan->price_count = 2;
}

static void a_new_price_is_announced(void **state)
{
    struct stand *s = stand(state);

    raise_price(s, day_of(2027, 2, 1));
    warned(s);
    assert_non_null(strstr(last_mail(s, "charge_notice"), "12,08"));
    assert_non_null(strstr(last_mail(s, "charge_notice"), "14,64"));
    assert_int_equal(days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).charged, 1);
    assert_int_equal(number(s->f, "SELECT gross_cents FROM shop_order"), 1464);
    assert_clean(s->f);
}

static void a_price_not_announced_is_not_charged(void **state)
{
    struct stand *s = stand(state);

    raise_price(s, day_of(2027, 2, 20)); /* after the second warning */
    sql(s->f, "UPDATE holder SET kind = 'person' WHERE brand = 'aruba'");
    warned(s);
    assert_int_equal(days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).left, 1);
    assert_string_equal(state_now(s), "failed_open");
    assert_int_equal(s->stripe.count, 0);
    assert_int_equal(number(s->f, "SELECT gross_cents FROM shop_order WHERE state = 'confirmed'"), 1464);
    assert_non_null(strstr(last_mail(s, "charge_refused"), "\"price\":true"));
    assert_clean(s->f);
}

/* ---- A price that the desk has dated ---- */

static const struct actor ANNA = {.door = "office", .name = "operator:1"};

struct dating {
    struct stand *s;
    struct catalogue_change change;
    int64_t id;
    bool waits;
    struct problem why;
};

static enum outcome ask_price(struct db_tx *tx, void *arg)
{
    struct dating *d = arg;

    return catalogue_ask(tx, &d->s->f->shop, d->s->f, &d->change, &ANNA, &d->id, &d->waits, &d->why);
}

static enum outcome take_back(struct db_tx *tx, void *arg)
{
    struct dating *d = arg;

    return catalogue_take_back(tx, d->s->f, d->id, &ANNA, &d->change, &d->why);
}

/* Asked for by one person; the number of what waits. */
static struct dating ask_for_price(struct stand *s, const char *plan, int64_t cents, struct day from)
{
    struct dating d = {.s = s,
                       .change = {.kind = (char *)CATALOGUE_PRICE,
                                  .brand = (char *)"aruba",
                                  .convention = (char *)"",
                                  .plan = (char *)plan,
                                  .from = from,
                                  .net = money(cents),
                                  .extra_gb = money(300),
                                  .reason = (char *)"listino nuovo"}};

    if (db_transaction(s->f->db, "ask", ask_price, &d) != DONE)
        fail_msg("%s %s", d.why.field, d.why.detail);
    assert_true(d.waits);
    return d;
}

/* Agreed to by another: from now on d->id is the change's. */
static void agree(struct dating *d)
{
    static const struct operator BRUNO = {
        .id = 2, .brand = (char *)"", .role = (char *)"catalogue", .name = (char *)"Bruno"};
    struct stand *s = d->s;

    if (approval_decide(&s->f->shop, s->f, d->id, &BRUNO, true, "", &d->why) != DONE)
        fail_msg("%s %s", d->why.field, d->why.detail);
    d->id = number(s->f, "SELECT max(id) FROM catalogue_change");
}

/* Another mailbox with the switch on, of the same card. */
static void add_renewing(struct stand *s, const char *address, int plan, struct day ends_on)
{
    int64_t id = add_mailbox(s->f, address, plan, ends_on);

    sql(s->f,
        talloc_asprintf(s->f, "UPDATE mailbox_row SET auto_renew = 1, account_id = %" PRId64 " WHERE id = %" PRId64,
                        s->account_id, id));
    sql(s->f,
        talloc_asprintf(s->f,
                        "INSERT INTO mandate (brand, mailbox_id, account_id, instrument_id, method, state, years, "
                        "plan, extra_gb, agreed_cents, language, consent_version, consent_sha256, consented_at, "
                        "consented_door, consented_by, expires_on, warn_on, changed_at) SELECT d.brand, m.id, "
                        "d.account_id, d.instrument_id, d.method, 'on', 1, m.plan, 0, 0, 'it', d.consent_version, "
                        "d.consent_sha256, 1, 'portal', '', m.expires_on, m.expires_on - 90, 1 FROM mailbox m, "
                        "mandate d WHERE m.id = %" PRId64 " AND d.id = 1",
                        id));
}

static int64_t prices_told(struct stand *s)
{
    struct day_turn turn = {.shop = &s->f->shop, .mem = talloc_new(s->f)};
    int64_t done = 0;

    assert_int_equal(day_prices(&turn, &done), DONE);
    return done;
}

static void *tell_prices(void *arg)
{
    struct stand *s = arg;
    struct day_turn turn = {.shop = &s->f->shop, .mem = talloc_new(NULL)};
    int64_t done = 0;

    if (day_prices(&turn, &done) == BROKEN)
        fail();
    talloc_free(turn.mem);
    return NULL;
}

struct post {
    void *mem;
    int prices; /* mails about a new price */
    char *text;
};

static enum outcome take_mail(void *arg, const struct mail *mail, struct problem *why)
{
    struct post *p = arg;

    (void)why;
    if (!strstr(mail->subject, "cambia il prezzo"))
        return DONE;
    p->prices++;
    p->text = talloc_strdup(p->mem, mail->text);
    return DONE;
}

static struct post deliver(struct stand *s)
{
    struct post post = {.mem = s->f};
    struct mailer mailer = {take_mail, &post};
    struct jobs_round round;

    assert_int_equal(
        jobs_once(s->f, &(struct jobs_options){.shop = &s->f->shop, .views = s->f->views, .mailer = &mailer}, &round),
        DONE);
    assert_int_equal(number(s->f, "SELECT count(*) FROM outbox WHERE state <> 'done'"), 0);
    return post;
}

/* Told once, by whichever worker: the holder and the account, once two people have agreed; and nobody whose next charge
 * it does not meet. */
static void a_dated_price_is_told_once(void **state)
{
    struct stand *s = stand(state);
    struct dating d;
    struct post post;
    pthread_t other;

    switch_on(s);
    add_renewing(s, "pro@pec.aruba.example", 1, day_of(2027, 3, 20));
    add_renewing(s, "presto@pec.aruba.example", 0, day_of(2027, 2, 1)); /* charged the week before */
    d = ask_for_price(s, "standard", 1200, day_of(2027, 2, 1));
    assert_int_equal(prices_told(s), 0);
    agree(&d);
    assert_int_equal(pthread_create(&other, NULL, tell_prices, s), 0);
    tell_prices(s);
    pthread_join(other, NULL);
    assert_int_equal(number(s->f, "SELECT count(*) FROM price_told"), 1);
    assert_int_equal(mails(s, "price_changed"), 2);
    assert_int_equal(prices_told(s), 0);
    post = deliver(s);
    assert_int_equal(post.prices, 2);
    assert_non_null(strstr(post.text, BOX));
    assert_non_null(strstr(post.text, "Fino a ora: 12,08"));
    assert_non_null(strstr(post.text, "Dal 01/02/2027: 14,64"));
    assert_non_null(strstr(post.text, "Prossimo addebito: 08/03/2027"));
    assert_non_null(strstr(post.text, BOX "/rinnovo-automatico"));
    set_day(s->f, 2027, 2, 1); /* it has begun */
    assert_int_equal(prices_told(s), 0);
    assert_int_equal(mails(s, "price_changed"), 2);
    assert_clean(s->f);
}

static void a_price_taken_back_is_not_told(void **state)
{
    struct stand *s = stand(state);
    struct dating d, later;
    struct post post;

    switch_on(s);
    d = ask_for_price(s, "standard", 1200, day_of(2027, 2, 1));
    agree(&d);
    assert_int_equal(db_transaction(s->f->db, "take_back", take_back, &d), DONE);
    assert_int_equal(prices_told(s), 0);
    d = ask_for_price(s, "standard", 1100, day_of(2027, 2, 2));
    agree(&d);
    later = ask_for_price(s, "standard", 1300, day_of(2027, 3, 1));
    agree(&later);
    assert_int_equal(prices_told(s), 1); /* of the one that will be charged */
    assert_int_equal(number(s->f, "SELECT change_id FROM price_told"), later.id);
    assert_int_equal(db_transaction(s->f->db, "take_back", take_back, &later), DONE);
    post = deliver(s); /* its mails never leave; those of the one before do, told by the same round */
    assert_int_equal(post.prices, 2);
    assert_non_null(strstr(post.text, "Dal 02/02/2027: 13,42"));
    assert_int_equal(db_transaction(s->f->db, "take_back", take_back, &d), DONE);
    assert_int_equal(prices_told(s), 0);
    assert_int_equal(deliver(s).prices, 0);
    assert_clean(s->f);
}

struct leaving {
    struct stand *s;
    const char *code;
    struct withdraw_look look;
    struct problem why;
};

static enum outcome leave(struct db_tx *tx, void *arg)
{
    struct leaving *l = arg;

    return withdraw(tx, l->s->f, &l->s->f->brands,
                    &(struct withdraw_request){.code = l->code, .actor = {"portal", "account:1"}}, &l->look, &l->why);
}

/* L17: long after the fourteen days, with the days that were used paid for. */
static void a_term_without_its_notice_is_left_freely(void **state)
{
    struct stand *s = stand(state);
    struct leaving l = {.s = s};

    switch_on(s);
    days(s, day_of(2027, 2, 20), day_of(2027, 2, 20));
    days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    l.code = words(s->f, "SELECT code FROM shop_order");
    set_day(s->f, 2027, 9, 15); /* 184 days of 366 */
    assert_int_equal(db_transaction(s->f->db, "leave", leave, &l), DONE);
    assert_int_equal(l.look.sums.kept.cents, 607);
    assert_int_equal(l.look.sums.back.cents, 601);
    assert_day(l.look.sums.last_on, 2028, 3, 15);
    assert_string_equal(state_now(s), "off"); /* nobody is charged again for what was given back */
    assert_false(mailbox(s->f, BOX).auto_renew);
    assert_clean(s->f);

    s = stand(state); /* with its notice the right ends after fourteen days */
    l = (struct leaving){.s = s};
    warned(s);
    days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
    l.code = words(s->f, "SELECT code FROM shop_order");
    set_day(s->f, 2027, 9, 15);
    assert_int_equal(db_transaction(s->f->db, "leave", leave, &l), REFUSED);
    assert_int_equal(l.why.code, PROBLEM_WITHDRAWAL);
}

/* A standstill over the day of the second warning: it is sent late, the charge made at the agreed price, and a consumer
 * may leave the term at any time. */
static void a_missed_notice_lets_a_consumer_go(void **state)
{
    struct stand *s = stand(state);
    bool consumer = true;

    for (int i = 0; i < 2; i++, consumer = false) {
        if (i)
            s = stand(state);
        sql(s->f, consumer ? "UPDATE holder SET kind = 'person' WHERE brand = 'aruba'"
                           : "UPDATE holder SET kind = 'company' WHERE brand = 'aruba'");
        switch_on(s);
        assert_int_equal(days(s, day_of(2027, 2, 20), day_of(2027, 2, 20)).warned, 1); /* the latest due alone */
        assert_int_equal(mails(s, "charge_notice"), 2);
        assert_int_equal(days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).charged, 1);
        assert_int_equal(number(s->f, "SELECT free_withdrawal FROM charge"), consumer);
        assert_clean(s->f);
    }
}

static void down_until_it_is_over(void **state)
{
    struct stand *s = stand(state);

    warned(s);
    assert_int_equal(days(s, day_of(2027, 3, 18), day_of(2027, 3, 18)).left, 1);
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
    assert_int_equal(mails(s, "autorenew_on"), 2);
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
    struct problem why = {0};

    sell_visura(s->f);
    buy_names(s->f, add_buyer(s->f, MARIO), "anna.neri", "a.neri", "neri.anna");
    sql(s->f,
        "INSERT INTO autorenew_wish (order_id, account_id, method, consent_version, consent_sha256, consented_at, "
        "consented_door, consented_by) SELECT id, account_id, '', '2026-01', 'x', 1, 'portal', 'account:1' FROM "
        "shop_order WHERE kind = 'purchase'");
    assert_int_equal(db_transaction(s->f->db, "cancel", cancel,
                                    &(struct closing){s, words(s->f, "SELECT code FROM shop_order"), why}),
                     DONE);
    assert_int_equal(number(s->f, "SELECT count(*) FROM autorenew_wish"), 0);
    assert_clean(s->f);
}

/* ---- With the day's notices ---- */

static void by_the_day(struct stand *s, struct day day)
{
    struct day_summary summary;
    struct day_turn turn = {0};
    struct ymd at = day_split(day);

    set_day(s->f, at.year, at.month, at.day);
    assert_int_equal(day_run(&s->f->shop, s->f, &turn, false, &summary), DONE);
}

/* R152: what the plan of notices announces is announced once, by its mail; a customer with a switch that went on
 * between two steps is told by ours. */
static void the_days_notices_announce_it(void **state)
{
    struct stand *s = stand(state);

    switch_on(s);
    by_the_day(s, day_of(2026, 12, 14));
    by_the_day(s, day_of(2026, 12, 15));
    assert_string_equal(state_now(s), "notified");
    assert_int_equal(number(s->f, "SELECT count(*) FROM notice WHERE template = 'charge_notice'"), 1);
    assert_int_equal(number(s->f, "SELECT count(*) FROM outbox WHERE template = 'charge_notice' AND data NOT LIKE "
                                  "'%notice%'"),
                     0);
    by_the_day(s, day_of(2027, 1, 14)); /* -60 is for who renews by hand */
    assert_int_equal(number(s->f, "SELECT count(*) FROM outbox WHERE template = 'expiry_notice' AND brand = 'aruba'"),
                     0);
    by_the_day(s, day_of(2027, 2, 13));
    assert_int_equal(number(s->f, "SELECT count(*) FROM notice WHERE template = 'charge_notice'"), 2);
    assert_int_equal(number(s->f, "SELECT count(*) FROM charge_warning"), 2);
    assert_int_equal(number(s->f, "SELECT noticed FROM mandate"), 1);
    by_the_day(s, day_of(2027, 3, 8));
    assert_int_equal(captures(s), 1);
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_clean(s->f);
}

static void switched_on_between_two_notices(void **state)
{
    struct stand *s = stand(state);

    by_the_day(s, day_of(2026, 12, 15));
    assert_int_equal(number(s->f,
                            "SELECT count(*) FROM notice n JOIN mailbox m ON m.id = n.mailbox_id AND m.brand = 'aruba' "
                            "WHERE n.template = 'expiry_notice'"),
                     1);
    by_the_day(s, day_of(2027, 2, 13));
    set_day(s->f, 2027, 2, 20); /* after the last step that the law allows */
    switch_on(s);
    by_the_day(s, day_of(2027, 2, 20));
    assert_int_equal(number(s->f, "SELECT count(*) FROM notice WHERE template = 'charge_notice'"), 0);
    assert_int_equal(mails(s, "charge_notice"), 2);
    assert_string_equal(state_now(s), "notified");
    by_the_day(s, day_of(2027, 3, 8));
    assert_int_equal(captures(s), 1);
    assert_int_equal(number(s->f, "SELECT free_withdrawal FROM charge"), 1);
    assert_clean(s->f);
}

/* Its switch was on where it came from: nothing can be charged, and its owner is told. */
static void imported_without_a_card(void **state)
{
    struct stand *s = stand(state);
    int64_t id = number(s->f, "SELECT id FROM mailbox WHERE brand = 'aruba'");

    sql(s->f,
        talloc_asprintf(s->f,
                        "INSERT INTO mandate (brand, mailbox_id, method, state, years, plan, extra_gb, agreed_cents, "
                        "language, consent_version, consent_sha256, consented_at, consented_door, consented_by, "
                        "expires_on, warn_on, changed_at) SELECT brand, id, '', 'on', 1, plan, 0, 0, 'it', '', '', 1, "
                        "'import', '', expires_on, expires_on - 90, 1 FROM mailbox WHERE id = %" PRId64,
                        id));
    sql(s->f, talloc_asprintf(s->f, "UPDATE mailbox_row SET auto_renew = 1 WHERE id = %" PRId64, id));
    by_the_day(s, day_of(2026, 12, 15));
    assert_string_equal(state_now(s), "method_missing");
    assert_false(mailbox(s->f, BOX).auto_renew);
    assert_int_equal(mails(s, "method_missing"), 1);
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

    warned(s);
    set_day(s->f, 2027, 2, 20); /* after the last warning */
    assert_int_equal(db_transaction(s->f->db, "space", add_space, &a), DONE);
    assert_int_equal(a.placed.order.total.net.cents, 25);
    pay(s->f, &(struct transfer){.text = a.placed.order.code,
                                 .cents = a.placed.order.total.gross.cents,
                                 .on = day_of(2027, 2, 20),
                                 .account = s->f->brand->seller.iban});
    assert_int_equal(number(s->f, "SELECT agreed_cents FROM mandate"), 1574); /* (9,90 + 3,00) and VAT */
    set_day(s->f, 2027, 3, 8);
    turn(s);
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

    warned(s);
    set_day(s->f, 2027, 3, 1);
    assert_int_equal(db_transaction(s->f->db, "space", add_space, &a), DONE);
    set_day(s->f, 2027, 3, 8);
    turn(s);
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

    warned(s);
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
        cmocka_unit_test(a_hard_refusal_leaves_an_order),
        cmocka_unit_test(cancelling_its_order_switches_off),
        cmocka_unit_test(the_bank_wants_the_customer),
        cmocka_unit_test(unknown_then_captured),
        cmocka_unit_test(unknown_then_not),
        cmocka_unit_test(killed_in_between),
        cmocka_unit_test(the_card_is_removed),
        cmocka_unit_test(the_card_expires_before_the_charge),
        cmocka_unit_test(charged_back),
        cmocka_unit_test(a_new_price_is_announced),
        cmocka_unit_test(a_price_not_announced_is_not_charged),
        cmocka_unit_test(a_dated_price_is_told_once),
        cmocka_unit_test(a_price_taken_back_is_not_told),
        cmocka_unit_test(a_missed_notice_lets_a_consumer_go),
        cmocka_unit_test(a_term_without_its_notice_is_left_freely),
        cmocka_unit_test(down_until_it_is_over),
        cmocka_unit_test(asked_for_at_the_checkout),
        cmocka_unit_test(asked_for_while_buying),
        cmocka_unit_test(a_purchase_that_is_cancelled_wishes_nothing),
        cmocka_unit_test(the_days_notices_announce_it),
        cmocka_unit_test(switched_on_between_two_notices),
        cmocka_unit_test(imported_without_a_card),
        cmocka_unit_test(more_space_is_charged_with_the_next_term),
        cmocka_unit_test(an_order_of_space_gives_way_to_the_charge),
        cmocka_unit_test(two_workers_charge_once),
    };

    return FLOW(tests);
}
