/* shop/pay_ask.c: the provider is asked what became of a payment; what was authorised is captured, and a kept card
 * charged. */
#include "base/log.h"
#include "shop/pay_parts.h"
#include <string.h>
#include <talloc.h>

#define KEYS_KEPT HOURS(5) /* for so long every provider knows a call again by its key; PayPal says six hours */

static struct gateway_ref ref_of(const struct payment *p)
{
    return (struct gateway_ref){.key = p->key,
                                .ref = p->provider_ref,
                                .capture_ref = p->capture_ref,
                                .amount = p->amount,
                                .created_at = p->created_at};
}

/* The provider does not know the payment: it never began there. It is given up only once a begin that was on its way
 * must have come to an end. */
static void never_began(struct pay_work *w)
{
    bool settled = clock_now().us - w->payment.created_at.us > MINUTES(10);

    w->said = (struct gateway_said){.state = settled ? PAYMENT_EXPIRED : PAYMENT_UNKNOWN, .error = "not_found"};
}

/* What was authorised is taken only if it is what was asked for, and the order still waits for it. */
static enum outcome capture(struct pay_work *w)
{
    const struct payment *p = &w->payment;
    struct gateway_ref ref = ref_of(p);
    bool in_time = w->order.state == ORDER_LAPSED && rome_day(w->said.authorised_at).n <= w->order.lapses_on.n;
    bool wanted = (order_is_open(w->order.state) || in_time) &&
                  payment_compare(&(struct payment_facts){p->amount, "EUR", p->key},
                                  &(struct payment_facts){w->said.amount, w->said.currency, w->said.key}) == HELD_NOT;
    struct instant authorised_at = w->said.authorised_at;
    enum outcome o;

    if (!wanted) { /* it is never taken, and runs out by itself */
        w->said.state = PAYMENT_CANCELLED;
        return DONE;
    }
    ref.ref = w->said.ref && w->said.ref[0] ? w->said.ref : ref.ref;
    o = w->gateway->capture(w->gateway->arg, w->mem, &ref, &w->said, w->why);
    if (w->said.authorised_at.us == 0)
        w->said.authorised_at = authorised_at;
    return o;
}

static enum outcome charge(struct pay_work *w)
{
    const struct instrument *kept = &w->instrument;
    struct gateway_instrument instrument = {.token = kept->token,
                                            .customer = kept->customer,
                                            .first_ref = kept->first_ref,
                                            .label = kept->label,
                                            .last4 = kept->last4,
                                            .exp_month = kept->exp_month,
                                            .exp_year = kept->exp_year};
    struct gateway_ask ask = pay_ask_of(w);
    enum outcome o = w->gateway->charge(w->gateway->arg, w->mem, &ask, &instrument, &w->said, w->why);

    if (o == REFUSED)
        w->said.state = PAYMENT_FAILED;
    return o == REFUSED ? DONE : o;
}

void pay_ask_charge(struct pay_work *w)
{
    if (charge(w) != DONE)
        w->said = (struct gateway_said){.state = PAYMENT_UNKNOWN};
}

/* A charge whose answer was lost, of which we do not even know the provider's number: where the provider cannot be
 * asked by our key, the same call with the same key is the question. */
static bool charge_is_the_question(const struct pay_work *w)
{
    const struct payment *p = &w->payment;

    return p->instrument_id && w->instrument.token && w->instrument.token[0] && !p->provider_ref[0] &&
           order_is_open(w->order.state) && clock_now().us - p->created_at.us < KEYS_KEPT;
}

static enum outcome ask(struct pay_work *w)
{
    struct gateway_ref ref = ref_of(&w->payment);
    enum outcome o;

    if (charge_is_the_question(w))
        return charge(w);
    o = w->gateway->status(w->gateway->arg, w->mem, &ref, &w->said, w->why);
    if (o == REFUSED) {
        never_began(w);
        return DONE;
    }
    TRY(o);
    return w->said.state == PAYMENT_AUTHORISED ? capture(w) : DONE;
}

/* The provider was silent: later, and more patiently each time. */
static enum outcome put_off(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;
    enum payment_state was;
    bool changed;

    TRY(pay_load(tx, w, w->payment.id));
    was = w->payment.state;
    if (payment_has_money(was) || was == PAYMENT_REFUNDED || was == PAYMENT_CHARGED_BACK)
        return DONE;
    w->payment.asked++;
    w->payment.ask_at = pay_next_ask(&w->payment, clock_now());
    /* Nobody was ever sent to a page of which we never got the address: in the end it is given up without an answer. */
    if (!w->payment.provider_ref[0] && !w->payment.instrument_id && clock_now().us > w->payment.expires_at.us &&
        payment_transition(was, PAYMENT_EVENT_EXPIRE, &w->payment.state, NULL) == DONE)
        w->payment.ask_at = (struct instant){0};
    return payment_update(tx, &w->payment, was, &changed);
}

enum outcome payment_ask(struct shop *shop, void *mem, int64_t payment_id, struct payment *payment, struct problem *why)
{
    struct pay_work *w = talloc_zero(mem, struct pay_work);
    enum outcome o;

    *w = (struct pay_work){.shop = shop, .mem = mem, .payment.id = payment_id, .why = why};
    TRY(db_read(shop->db, "payment.read", pay_read, w));
    *payment = w->payment;
    if (payment_has_money(w->payment.state) || strcmp(w->payment.provider, "wallet") == 0 ||
        w->payment.state == PAYMENT_REFUNDED || w->payment.state == PAYMENT_CHARGED_BACK)
        return DONE;
    if (!w->gateway) {
        log_warning("payment.no_gateway", LOG_TEXT("key", w->payment.key), LOG_TEXT("provider", w->payment.provider));
        TRY(db_transaction(shop->db, "payment.put_off", put_off, w));
        *payment = w->payment;
        return BUSY;
    }
    o = ask(w);
    if (o != DONE) {
        log_warning("payment.ask", LOG_TEXT("key", w->payment.key), LOG_INT("outcome", o));
        TRY(db_transaction(shop->db, "payment.put_off", put_off, w));
        *payment = w->payment;
        return BUSY;
    }
    o = db_transaction(shop->db, "payment.record", pay_record, w);
    *payment = w->payment;
    return o;
}
