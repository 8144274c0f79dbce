/* Money that goes back in other ways than was meant: refused by the provider, taken by the bank, given back at the
 * provider's own desk (DOMAIN Y9-Y11, O12; PAYMENTS §0.3). What is lost and what is owed is always told by the ledger.
 */
#include "flow/till.h"
#include "shop/wallet.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define IBAN_OF_PAYER "IT60X0542811101000000123456"

static const struct actor DESK = {"cli", "os:cassa"};

static int64_t account(struct place *p, const char *name)
{
    return number(p->f, talloc_asprintf(p->f,
                                        "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM ledger_entry "
                                        "WHERE account = '%s'",
                                        name));
}

static char *state(struct place *p)
{
    return words(p->f, "SELECT state FROM refund ORDER BY id DESC LIMIT 1");
}

static struct provider_payment *at_provider(struct place *p, const char *code)
{
    return provider_payment(&p->card, talloc_asprintf(p->f, "%s-1", code));
}

static void dispute(struct place *p, const char *code, bool lost)
{
    char *key = talloc_asprintf(p->f, "%s-1", code);
    struct problem why;

    provider_dispute(&p->card, key, lost);
    assert_int_equal(notify(p, METHOD_CARD, talloc_asprintf(p->f, "%s dispute-%d-%d", key, lost, p->card.calls), &why),
                     DONE);
}

static void look_again(struct place *p)
{
    assert_int_equal(payment_look_again(&p->f->shop, p->f, number(p->f, "SELECT max(id) FROM payment")), DONE);
}

/* ---- Steps ---- */

struct step {
    struct place *p;
    const char *destination;
    enum held_kind kind;
    int64_t id;
    struct refund refund;
    struct problem why;
};

static enum outcome do_turn(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    s->why = (struct problem){0};
    return refund_turn(tx, s->p->f, &s->p->f->brands, s->id, s->destination, IBAN_OF_PAYER, "Maria Verdi", &DESK,
                       &s->refund, &s->why);
}

static enum outcome do_sent(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return refund_sent(tx, s->p->f, s->id, &DESK, &s->why);
}

static enum outcome do_drop(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return refund_drop(tx, s->p->f, s->id, &DESK, &s->why);
}

static enum outcome do_held(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return refund_held(tx, s->p->f, &s->p->f->brands, s->kind, s->id, s->destination, IBAN_OF_PAYER, "Maria Verdi",
                       &DESK, &s->refund, &s->why);
}

static enum outcome do_returned(struct db_tx *tx, void *arg)
{
    struct step *s = arg;

    return held_returned(tx, s->p->f, &s->p->f->brands, s->id, "Reso dalla banca", &DESK, &s->why);
}

static enum outcome run(struct place *p, db_work *work, enum held_kind kind, int64_t id, const char *destination)
{
    struct step s = {.p = p, .kind = kind, .id = id, .destination = destination};

    return db_transaction(p->f->db, "step", work, &s);
}

static enum outcome turn(struct place *p, const char *destination)
{
    return run(p, do_turn, 0, number(p->f, "SELECT max(id) FROM refund"), destination);
}

/* ---- Refused by the provider ---- */

/* An order whose refund the provider has refused. */
static char *refused_refund(struct place *p, const char *address)
{
    char *code = paid_order(p, address);
    struct refunding r;

    assert_int_equal(give_back(p, code, strcmp(address, PEC) == 0 ? 1098 : 3050, true, "source", &r), DONE);
    assert_int_equal(turn(p, "transfer"), REFUSED); /* it may yet be done */
    p->card.fault = FAULT_REFUSE;
    do_refunds(p);
    assert_string_equal(state(p), "failed");
    assert_clean(p->f);
    return code;
}

static void by_transfer(void **state_)
{
    struct place *p = place(state_);
    char *code = refused_refund(p, VERDI), *before;

    assert_int_equal(turn(p, "source"), REFUSED);
    assert_int_equal(turn(p, "wallet"), REFUSED); /* the order is nobody's account's */
    assert_int_equal(turn(p, "transfer"), DONE);
    assert_string_equal(state(p), "waiting");
    assert_int_equal(account(p, "refunds:legalmail"), -3050);
    assert_clean(p->f);
    assert_int_equal(turn(p, "transfer"), REFUSED);
    before = all_rows(p->f);
    do_refunds(p); /* the outbox tries it once more: nobody is asked */
    assert_int_equal(refund_do(&p->f->shop, p->f, 1, NULL), DONE);
    assert_string_equal(all_rows(p->f), before);
    assert_int_equal(at_provider(p, code)->returned.cents, 0);

    assert_int_equal(run(p, do_sent, 0, 1, NULL), DONE);
    assert_int_equal(run(p, do_sent, 0, 1, NULL), REFUSED);
    assert_int_equal(account(p, "outgoing:legalmail"), -3050);
    assert_int_equal(account(p, "refunds:legalmail"), 0);
    assert_int_equal(account(p, "gateway:axerve:legalmail"), 3050); /* the provider has it still */
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "refunded");
    assert_int_equal(mails_of(p->f, "money_returned"), 1);
    assert_clean(p->f);
}

static void to_the_prepaid_account(void **state_)
{
    struct place *p = place(state_);

    move_to_visura(p);
    refused_refund(p, PEC);
    assert_int_equal(turn(p, "wallet"), DONE);
    assert_string_equal(state(p), "done");
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 1098);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "refunded");
    assert_clean(p->f);
    do_refunds(p);
    assert_int_equal(turn(p, "transfer"), REFUSED);
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), 1098);
    assert_clean(p->f);
}

/* Tried again at the provider it is unknown from the moment on at which it is asked, whatever it answers. */
static void tried_again(void **state_)
{
    struct place *p = place(state_);
    char *code = refused_refund(p, VERDI);

    p->card.fault = FAULT_AFTER;
    assert_int_equal(refund_do(&p->f->shop, p->f, 1, NULL), BUSY);
    assert_string_equal(state(p), "unknown");
    assert_int_equal(turn(p, "transfer"), REFUSED);
    assert_int_equal(refund_do(&p->f->shop, p->f, 1, NULL), DONE);
    assert_int_equal(at_provider(p, code)->returned.cents, 3050);
    assert_string_equal(state(p), "done");
    assert_clean(p->f);
}

/* It said no, and did it after all: seen when the payment is looked at again, the refund is done, and nothing is paid
 * twice. */
static void done_after_all(void **state_)
{
    struct place *p = place(state_);
    char *code = refused_refund(p, VERDI);

    at_provider(p, code)->returned = money(3050);
    look_again(p);
    assert_string_equal(state(p), "done");
    assert_int_equal(number(p->f, "SELECT count(*) FROM refund"), 1);
    assert_int_equal(turn(p, "transfer"), REFUSED);
    assert_clean(p->f);
}

/* ---- A cheque's money ---- */

static int64_t held_cheque(struct place *p, const char *code)
{
    sql(p->f, talloc_asprintf(
                  p->f,
                  "INSERT INTO cheque (brand, order_id, kind, number, abi, cab, drawer, amount_cents, dated_on, state, "
                  "received_on, held_reason) SELECT brand, id, 'bank', '0123456789', '03268', '03200', 'Maria Verdi', "
                  "3050, 20000, 'cleared', 20000, 'reused' FROM shop_order WHERE code = '%s'",
                  code));
    sql(p->f,
        "INSERT INTO ledger_entry (transaction_id, account, amount_cents, at) VALUES ('cheque:1', 'cheques:legalmail', "
        "3050, 1)");
    sql(p->f, "INSERT INTO ledger_entry (transaction_id, account, amount_cents, at) VALUES ('cheque:1', "
              "'held:cheques:legalmail', -3050, 1)");
    assert_clean(p->f);
    return 1;
}

static void a_cheque_goes_back(void **state_)
{
    struct place *p = place(state_);
    int64_t id = held_cheque(p, paid_order(p, VERDI));

    assert_int_equal(run(p, do_held, HELD_CHEQUE, id, "source"), REFUSED);
    assert_int_equal(run(p, do_held, HELD_CHEQUE, id, "wallet"), REFUSED);
    assert_int_equal(run(p, do_held, HELD_CHEQUE, id, "transfer"), DONE);
    assert_int_equal(run(p, do_held, HELD_CHEQUE, id, "transfer"), REFUSED);
    assert_int_equal(account(p, "held:cheques:legalmail"), 0);
    assert_int_equal(account(p, "refunds:legalmail"), -3050);
    assert_clean(p->f);
    assert_int_equal(run(p, do_sent, 0, 1, NULL), DONE);
    assert_int_equal(account(p, "outgoing:legalmail"), -3050);
    assert_clean(p->f);
}

/* ---- Charged back ---- */

/* The order that a top-up is. */
static char *topped_up(struct place *p, int64_t cents)
{
    put_in(p, cents);
    return words(p->f, "SELECT code FROM shop_order WHERE kind = 'wallet_topup' ORDER BY id DESC LIMIT 1");
}

static void expect_wallet(struct place *p, int64_t balance, int64_t owed)
{
    assert_int_equal(number(p->f, "SELECT balance_cents FROM wallet"), balance);
    assert_int_equal(number(p->f, "SELECT owed_cents FROM wallet"), owed);
    assert_clean(p->f);
}

static void a_top_up_is_charged_back(void **state_)
{
    struct place *p = place(state_);
    struct problem why;
    char *code, *next;

    move_to_visura(p);
    code = topped_up(p, 3000);
    assert_int_equal(draw(p, order_of(p, PEC), &why), DONE);
    expect_wallet(p, 1902, 0);
    dispute(p, code, true);
    expect_wallet(p, 0, 1098); /* what was spent is owed */
    assert_int_equal(account(p, "chargebacks:visura"), 1098);

    set_day(p->f, 2028, 1, 10);
    next = order_of(p, PEC);
    assert_int_equal(draw(p, next, &why), REFUSED);
    topped_up(p, 1000); /* pays the debt before anything else */
    expect_wallet(p, 0, 98);
    assert_int_equal(draw(p, next, &why), REFUSED);
    topped_up(p, 1196);
    expect_wallet(p, 1098, 0);
    assert_int_equal(draw(p, next, &why), DONE);
    expect_wallet(p, 0, 0);
    assert_int_equal(account(p, "chargebacks:visura"), 0);

    dispute(p, code, false); /* won after all */
    expect_wallet(p, 3000, 0);
    dispute(p, code, true); /* and lost again */
    expect_wallet(p, 0, 0);
}

/* Won while some of it is owed still: that is forgiven, the rest comes back. */
static void won_while_some_is_owed(void **state_)
{
    struct place *p = place(state_);
    struct problem why;
    char *code;

    move_to_visura(p);
    code = topped_up(p, 1098);
    assert_int_equal(draw(p, order_of(p, PEC), &why), DONE);
    dispute(p, code, true);
    expect_wallet(p, 0, 1098);
    topped_up(p, 500);
    expect_wallet(p, 0, 598);
    dispute(p, code, false);
    expect_wallet(p, 500, 0);
}

/* A refund is on its way when the bank takes the money: how it ends is recorded, whatever it is. */
static void a_refund_in_flight(void **state_)
{
    for (int refuse = 0; refuse < 2; refuse++) {
        struct place *p = place(state_);
        char *code = paid_order(p, refuse ? BIANCHI : VERDI);
        struct refunding r;

        assert_int_equal(give_back(p, code, 1000, false, "source", &r), DONE);
        dispute(p, code, true);
        assert_clean(p->f);
        p->card.fault = refuse ? FAULT_REFUSE : FAULT_NONE;
        do_refunds(p);
        assert_string_equal(state(p), refuse ? "dropped" : "done");
        assert_string_equal(words(p->f, "SELECT state FROM payment"), "charged_back");
        assert_int_equal(account(p, "refunds:legalmail"), 0);
        assert_int_equal(account(p, "gateway:axerve:legalmail"), refuse ? 0 : -1000); /* gone twice */
        assert_int_equal(account(p, "chargebacks:legalmail"), refuse ? 2050 : 3050);
        assert_clean(p->f);
        provider_dispute(&p->card, at_provider(p, code)->key, false);
        if (!refuse) /* and it says so */
            at_provider(p, code)->state = PAYMENT_PART_REFUNDED;
        look_again(p);
        assert_string_equal(words(p->f, "SELECT state FROM payment"), refuse ? "captured" : "part_refunded");
        assert_int_equal(account(p, "gateway:axerve:legalmail"), refuse ? 3050 : 2050);
        assert_clean(p->f);
    }
}

/* It was refused before: then the charge-back has brought the money, and nobody may send it once more. */
static void refused_then_charged_back(void **state_)
{
    struct place *p = place(state_);
    char *code = refused_refund(p, VERDI);

    dispute(p, code, true);
    assert_string_equal(state(p), "dropped");
    assert_int_equal(turn(p, "transfer"), REFUSED);
    assert_int_equal(account(p, "chargebacks:legalmail"), 0);
    assert_clean(p->f);
}

/* Or it waits as a transfer, which the desk then need not make. */
static void turned_then_charged_back(void **state_)
{
    struct place *p = place(state_);
    char *code = refused_refund(p, VERDI);

    assert_int_equal(turn(p, "transfer"), DONE);
    assert_int_equal(run(p, do_drop, 0, 1, NULL), REFUSED);
    dispute(p, code, true);
    assert_clean(p->f);
    assert_int_equal(run(p, do_drop, 0, 1, NULL), DONE);
    assert_int_equal(run(p, do_sent, 0, 1, NULL), REFUSED);
    assert_int_equal(account(p, "chargebacks:legalmail"), 0);
    assert_clean(p->f);
}

static void held_money_is_charged_back(void **state_)
{
    struct place *p = place(state_);
    struct payment payment = begun(p, order_of(p, VERDI), METHOD_CARD);
    char *code = words(p->f, "SELECT code FROM shop_order");

    p->card.captures_alone = true;
    provider_approve(&p->card, payment.key);
    p->card.wrong_amount = money(3049);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_HELD);
    dispute(p, code, true);
    assert_int_equal(account(p, "held:gateway:axerve:legalmail"), 0);
    assert_int_equal(account(p, "chargebacks:legalmail"), 0); /* it was nobody's but the payer's */
    assert_clean(p->f);
    dispute(p, code, false);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "held");
    assert_int_equal(account(p, "held:gateway:axerve:legalmail"), -3049);
    assert_clean(p->f);
}

/* ---- At the provider's own desk ---- */

static void given_back_elsewhere(void **state_)
{
    struct place *p = place(state_);
    char *code = paid_order(p, VERDI), *before;
    struct refunding r;

    at_provider(p, code)->returned = money(1000);
    look_again(p);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "part_refunded");
    assert_int_equal(account(p, "gateway:axerve:legalmail"), 2050);
    assert_int_equal(account(p, "chargebacks:legalmail"), 1000);
    assert_int_equal(order_now(p->f, code).state, ORDER_FULFILLED);
    assert_int_equal(mails_of(p->f, "payment_disputed"), 1);
    assert_clean(p->f);
    before = all_rows(p->f);
    look_again(p);
    assert_string_equal(all_rows(p->f), before);

    /* The credit note for it sends no money a second time; what goes beyond it does. */
    assert_int_equal(give_back(p, code, 600, false, "source", &r), DONE);
    assert_string_equal(r.refund.destination, "none");
    assert_int_equal(give_back(p, code, 2450, true, "source", &r), DONE);
    assert_int_equal(r.refund.amount.cents, 2050);
    assert_clean(p->f);
    do_refunds(p);
    assert_int_equal(at_provider(p, code)->returned.cents, 3050);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "refunded");
    assert_int_equal(account(p, "gateway:axerve:legalmail"), 0);
    assert_int_equal(account(p, "chargebacks:legalmail"), 0);
    assert_clean(p->f);
}

/* A refund of ours whose answer was lost is not taken for another's. */
static void ours_is_not_taken_for_anothers(void **state_)
{
    struct place *p = place(state_);
    char *code = paid_order(p, VERDI);
    struct refunding r;

    assert_int_equal(give_back(p, code, 1000, false, "source", &r), DONE);
    p->card.fault = FAULT_AFTER;
    do_refunds(p);
    look_again(p);
    assert_int_equal(number(p->f, "SELECT count(*) FROM refund"), 1);
    assert_string_equal(state(p), "unknown");
    do_refunds(p);
    assert_string_equal(state(p), "done");
    look_again(p);
    assert_int_equal(number(p->f, "SELECT count(*) FROM refund"), 1);
    assert_clean(p->f);
}

static void a_top_up_given_back_elsewhere(void **state_)
{
    struct place *p = place(state_);
    struct problem why;
    char *code;

    move_to_visura(p);
    code = topped_up(p, 2000);
    assert_int_equal(draw(p, order_of(p, PEC), &why), DONE);
    at_provider(p, code)->returned = money(2000);
    assert_int_equal(payment_look_again(&p->f->shop, p->f, 1), DONE);
    expect_wallet(p, 0, 1098);
}

static void held_money_given_back_elsewhere(void **state_)
{
    struct place *p = place(state_);
    struct payment payment = begun(p, order_of(p, VERDI), METHOD_CARD);

    p->card.captures_alone = true;
    provider_approve(&p->card, payment.key);
    p->card.wrong_amount = money(3049);
    assert_int_equal(asked(p, payment.id).state, PAYMENT_HELD);
    provider_payment(&p->card, payment.key)->returned = money(1000);
    look_again(p);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "held");
    assert_int_equal(account(p, "held:gateway:axerve:legalmail"), -2049);
    assert_clean(p->f);
    assert_int_equal(run(p, do_held, HELD_PAYMENT, payment.id, "transfer"), DONE);
    assert_int_equal(run(p, do_sent, 0, 2, NULL), DONE);
    assert_string_equal(words(p->f, "SELECT state FROM payment"), "refunded");
    assert_clean(p->f);
}

/* ---- In another currency ---- */

static void dollars_at_the_bank(void **state_)
{
    struct place *p = place(state_);
    char *code = order_of(p, VERDI);
    struct settled_entry euro;

    assert_int_equal(
        pay(p->f, &(struct transfer){.text = code, .cents = 3050, .on = day_of(2026, 12, 21), .currency = "USD"}).how,
        SETTLED_HELD);
    assert_int_equal(run(p, do_held, HELD_BANK, 1, "transfer"), REFUSED);
    assert_int_equal(run(p, do_returned, HELD_BANK, 1, NULL), DONE);
    assert_int_equal(run(p, do_returned, HELD_BANK, 1, NULL), REFUSED);
    assert_int_equal(number(p->f, "SELECT count(*) FROM bank_entry WHERE state = 'held'"), 0);
    assert_int_equal(number(p->f, "SELECT count(*) FROM ledger_entry"), 0);
    assert_clean(p->f);
    euro = pay(p->f, &(struct transfer){.text = "niente", .cents = 3050, .on = day_of(2026, 12, 21)});
    assert_int_equal(euro.how, SETTLED_HELD);
    assert_int_equal(run(p, do_returned, HELD_BANK, 2, NULL), REFUSED);
    assert_clean(p->f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_transfer),
        cmocka_unit_test(to_the_prepaid_account),
        cmocka_unit_test(tried_again),
        cmocka_unit_test(done_after_all),
        cmocka_unit_test(a_cheque_goes_back),
        cmocka_unit_test(a_top_up_is_charged_back),
        cmocka_unit_test(won_while_some_is_owed),
        cmocka_unit_test(a_refund_in_flight),
        cmocka_unit_test(refused_then_charged_back),
        cmocka_unit_test(turned_then_charged_back),
        cmocka_unit_test(held_money_is_charged_back),
        cmocka_unit_test(given_back_elsewhere),
        cmocka_unit_test(ours_is_not_taken_for_anothers),
        cmocka_unit_test(a_top_up_given_back_elsewhere),
        cmocka_unit_test(held_money_given_back_elsewhere),
        cmocka_unit_test(dollars_at_the_bank),
    };

    return FLOW(tests);
}
