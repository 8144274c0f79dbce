/* Automatic renewal and what is told of it: prices that change, the day's notices, and what follows where nobody was
 * told (DOMAIN A2, A10, L17). */
#include "flow/papers.h"
#include "flow/post.h"
#include "flow/renewing.h"
#include "flow/till.h"
#include "shop/catalogue.h"
#include "shop/day_sweep.h"
#include "shop/present.h"
#include "shop/withdraw.h"
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

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
    switch_on_and_warn(s);
    assert_non_null(strstr(last_mail(s, "charge_notice"), "12,08"));
    assert_non_null(strstr(last_mail(s, "charge_notice"), "14,64"));
    assert_int_equal(turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).charged, 1);
    assert_int_equal(number(s->f, "SELECT gross_cents FROM shop_order"), 1464);
    assert_clean(s->f);
}

static void a_price_not_announced_is_not_charged(void **state)
{
    struct stand *s = stand(state);

    raise_price(s, day_of(2027, 2, 20)); /* after the second warning */
    sql(s->f, "UPDATE holder SET kind = 'person' WHERE brand = 'aruba'");
    switch_on_and_warn(s);
    assert_int_equal(turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).left, 1);
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

static int price_mails(const struct post *post)
{
    int count = 0;

    for (size_t i = 0; i < post->count; i++)
        count += strstr(post->letters[i].subject, "cambia il prezzo") != NULL;
    return count;
}

/* Every mail leaves; the round with them. */
static struct post *deliver(struct stand *s)
{
    struct post *post = post_open(s->f);

    post_round(post);
    assert_int_equal(number(s->f, "SELECT count(*) FROM outbox WHERE state <> 'done'"), 0);
    return post;
}

/* Told once, by whichever worker: the holder and the account, once two people have agreed; and nobody whose next charge
 * it does not meet. */
static void a_dated_price_is_told_once(void **state)
{
    struct stand *s = stand(state);
    struct dating d;
    struct post *post;
    const struct letter *mail;
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
    assert_int_equal(mails_of(s->f, "price_changed"), 2);
    assert_int_equal(prices_told(s), 0);
    post = deliver(s);
    assert_int_equal(price_mails(post), 2);
    mail = mail_about(post, "cambia il prezzo");
    assert_says(mail, BOX);
    assert_says(mail, "Fino a ora: 12,08");
    assert_says(mail, "Dal 01/02/2027: 14,64");
    assert_says(mail, "Prossimo addebito: 08/03/2027");
    assert_says(mail, BOX "/rinnovo-automatico");
    set_day(s->f, 2027, 2, 1); /* it has begun */
    assert_int_equal(prices_told(s), 0);
    assert_int_equal(mails_of(s->f, "price_changed"), 2);
    assert_clean(s->f);
}

static void a_price_taken_back_is_not_told(void **state)
{
    struct stand *s = stand(state);
    struct dating d, later;
    struct post *post;

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
    assert_int_equal(price_mails(post), 2);
    assert_says(mail_about(post, "cambia il prezzo"), "Dal 02/02/2027: 13,42");
    assert_int_equal(db_transaction(s->f->db, "take_back", take_back, &d), DONE);
    assert_int_equal(prices_told(s), 0);
    assert_int_equal(price_mails(deliver(s)), 0);
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
    turn_days(s, day_of(2027, 2, 20), day_of(2027, 2, 20));
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
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
    switch_on_and_warn(s);
    turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8));
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
        assert_int_equal(turn_days(s, day_of(2027, 2, 20), day_of(2027, 2, 20)).warned, 1); /* the latest due alone */
        assert_int_equal(mails_of(s->f, "charge_notice"), 2);
        assert_int_equal(turn_days(s, day_of(2027, 3, 8), day_of(2027, 3, 8)).charged, 1);
        assert_int_equal(number(s->f, "SELECT free_withdrawal FROM charge"), consumer);
        assert_clean(s->f);
    }
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
    assert_int_equal(mails_of(s->f, "charge_notice"), 2);
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
    assert_int_equal(mails_of(s->f, "method_missing"), 1);
    assert_clean(s->f);
}

/* ---- An order of the customer's own ---- */

/* A11: it goes before, so that nothing is charged twice; who must pay it, or take it back, hears so on the day of the
 * charge, once. */
static void an_order_of_ones_own_is_waited_for(void **state)
{
    struct stand *s = stand(state);
    struct wanted_line line = {.address = BOX, .choice = {.years = 1, .plan = "pro"}};
    struct order_request request = request_for(s->f, &line, 1);
    struct placed_order placed;
    struct problem why = {0};

    switch_on_and_warn(s);
    set_day(s->f, 2027, 3, 1);
    request.shop = &s->f->shop;
    request.who.account_id = s->account_id;
    assert_int_equal(order(s->f, &request, &placed, &why), DONE);
    turn_days(s, day_of(2027, 3, 2), day_of(2027, 3, 10));
    assert_int_equal(s->stripe.count, 0);
    assert_string_equal(state_now(s), "notified");
    assert_int_equal(mails_of(s->f, "charge_refused"), 2); /* the holder, and the account */
    assert_non_null(strstr(last_mail(s, "charge_refused"), "\"waits\":true"));
    assert_non_null(strstr(last_mail(s, "charge_refused"), placed.order.code));
    cancel_code(s, placed.order.code);
    turn_days(s, day_of(2027, 3, 11), day_of(2027, 3, 12));
    assert_int_equal(captures(s), 1);
    assert_day(mailbox(s->f, BOX).term.ends_on, 2028, 3, 15);
    assert_clean(s->f);
}

struct paying {
    struct fixture *f;
    const char *code;
    struct order_facts facts;
};

static enum outcome load_open(struct db_tx *tx, void *arg)
{
    struct paying *p = arg;
    struct order open;

    TRY(order_by_code(tx, p->f, p->code, &open));
    return order_facts_load(tx, p->f, &p->f->brands, &open, &p->facts);
}

/* Whose mailbox is over by then is not told that it will be, nor to pay by a day that is past. */
static void what_is_over_is_told_as_such(void **state)
{
    struct stand *s = stand(state);
    struct paying p = {.f = s->f};

    switch_on_and_warn(s);
    turn_days(s, day_of(2027, 3, 18), day_of(2027, 3, 18));
    p.code = words(s->f, "SELECT code FROM shop_order");
    assert_int_equal(db_read(s->f->db, "facts", load_open, &p), DONE);
    assert_true(day_same(order_pay_by(&p.facts), p.facts.order.lapses_on));
    assert_non_null(strstr(last_mail(s, "charge_refused"), "\"expired\":true"));
    cancel_code(s, p.code);
    assert_non_null(strstr(last_mail(s, "autorenew_off"), "\"expired\":true"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_price_is_announced),
        cmocka_unit_test(a_price_not_announced_is_not_charged),
        cmocka_unit_test(a_dated_price_is_told_once),
        cmocka_unit_test(a_price_taken_back_is_not_told),
        cmocka_unit_test(a_missed_notice_lets_a_consumer_go),
        cmocka_unit_test(a_term_without_its_notice_is_left_freely),
        cmocka_unit_test(the_days_notices_announce_it),
        cmocka_unit_test(switched_on_between_two_notices),
        cmocka_unit_test(imported_without_a_card),
        cmocka_unit_test(an_order_of_ones_own_is_waited_for),
        cmocka_unit_test(what_is_over_is_told_as_such),
    };

    return FLOW(tests);
}
