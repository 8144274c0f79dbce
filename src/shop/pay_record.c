/* shop/pay_record.c: what a provider said of a payment, written down: money taken for the order, held, or none. */
#include "base/log.h"
#include "shop/autorenew.h"
#include "shop/fulfil.h"
#include "shop/pay_parts.h"
#include "shop/refund.h"
#include "store/bank.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define LATELY SECONDS(4)

static const struct actor SYSTEM = {.door = "job", .name = "system"};

/* The instant of business: a provider beside a simulated database knows nothing of its clock. */
static struct instant business_time(struct db_tx *tx, struct instant said)
{
    if (said.us == 0)
        return db_now(tx);
    return db_simulated(tx) ? instant_plus(db_now(tx), said.us - clock_now().us) : said;
}

/* The older it is, the longer until it is asked about again; how often somebody looks at its page makes no difference.
 */
struct instant pay_next_ask(const struct payment *p, struct instant now)
{
    int64_t age = now.us - p->created_at.us;

    return instant_plus(now, age < FIRST_ASK ? FIRST_ASK : age < LONGEST_WAIT ? age : LONGEST_WAIT);
}

bool payment_asked_lately(const struct payment *p)
{
    return !payment_is_open(p->state) ||
           (p->asked > 0 && p->ask_at.us > pay_next_ask(p, instant_plus(clock_now(), -LATELY)).us);
}

/* *id: the instrument that is kept, 0: none. */
static enum outcome keep_instrument(struct db_tx *tx, struct pay_work *w, int64_t *id)
{
    const struct gateway_instrument *i = &w->said.instrument;
    struct instrument kept = {.brand = w->payment.brand,
                              .account_id = w->order.account_id,
                              .provider = w->payment.provider,
                              .token = (char *)i->token,
                              .customer = (char *)(i->customer ? i->customer : ""),
                              .first_ref = (char *)(i->first_ref ? i->first_ref : ""),
                              .label = (char *)(i->label ? i->label : ""),
                              .last4 = (char *)(i->last4 ? i->last4 : ""),
                              .exp_month = i->exp_month,
                              .exp_year = i->exp_year};
    struct instrument *known;
    size_t count;

    *id = 0;
    if (!w->said.has_instrument || !w->payment.remember || !w->order.account_id)
        return DONE;
    TRY(instruments_of(tx, w->mem, w->order.account_id, &known, &count));
    for (size_t n = 0; n < count; n++)
        if (strcmp(known[n].provider, kept.provider) == 0 && strcmp(known[n].token, kept.token) == 0)
            *id = known[n].id; /* the same card, agreed to once more */
    if (!*id)
        TRY(instrument_insert(tx, &kept));
    *id = *id ? *id : kept.id;
    return DONE;
}

/* What stands in the way of settling the order with the money that was taken; HELD_NOT: nothing. */
static enum outcome obstacle(struct db_tx *tx, struct pay_work *w, struct day paid_on, enum held_reason *reason)
{
    const struct payment *p = &w->payment;
    struct total due;
    bool late;

    *reason = payment_compare(&(struct payment_facts){p->amount, "EUR", p->key},
                              &(struct payment_facts){w->said.amount, w->said.currency, w->said.key});
    if (*reason != HELD_NOT)
        return DONE;
    TRY(order_may_settle_late(tx, w->mem, w->brand, &w->order, paid_on, &late));
    TRY(order_due(&w->order, paid_on, &due, NULL));
    *reason = order_settlement(late ? ORDER_CONFIRMED : w->order.state, due.due, w->said.amount);
    return DONE;
}

static enum outcome settle_by(struct db_tx *tx, struct pay_work *w, struct day paid_on)
{
    const struct payment *p = &w->payment;
    enum payment_method method;
    int64_t kept;

    if (payment_method_of(p->method, &method) != DONE)
        return BROKEN;
    TRY(keep_instrument(tx, w, &kept));
    return settle_order(tx, w->mem, w->brand, &w->order,
                        &(struct settling){.cause = talloc_asprintf(w->mem, "payment:%" PRId64, p->id),
                                           .from = ledger_gateway(w->mem, p->provider, p->brand),
                                           .method = method,
                                           .instrument_id = kept,
                                           .amount = w->said.amount,
                                           .paid_on = paid_on,
                                           .actor = SYSTEM});
}

/* The money is with us and settles nothing. What came for an order that no longer takes any goes back by itself; what
 * differs from what was asked waits for a person. */
static enum outcome hold(struct db_tx *tx, struct pay_work *w, enum held_reason reason)
{
    const struct payment *p = &w->payment;
    json_t *data = json_pack("{s:I, s:s, s:I, s:s}", "payment", (json_int_t)p->id, "key", p->key, "amount_cents",
                             (json_int_t)w->said.amount.cents, "reason", held_reason_name(reason));
    enum outcome o = event_record(tx, p->brand, &SYSTEM, "payment.held", p->order_id, 0, data);
    struct refund refund;

    json_decref(data);
    TRY(o);
    TRY(ledger_move(tx, talloc_asprintf(w->mem, "payment:%" PRId64, p->id),
                    ledger_gateway(w->mem, p->provider, p->brand), ledger_held_gateway(w->mem, p->provider, p->brand),
                    w->said.amount));
    if (reason != HELD_REUSED && reason != HELD_CANCELLED)
        return DONE;
    TRY(refund_held(tx, w->mem, w->shop->brands, HELD_PAYMENT, p->id,
                    w->order.account_id && method_offered(w->shop, w->brand, METHOD_WALLET) ? "wallet" : "source", NULL,
                    NULL, &SYSTEM, &refund, NULL));
    return payment_by_id(tx, w->mem, p->id, &w->payment);
}

static enum outcome take_money(struct db_tx *tx, struct pay_work *w, enum payment_state was)
{
    struct payment *p = &w->payment;
    enum held_reason reason;
    struct day paid_on;
    bool changed;

    p->authorised_at = business_time(tx, w->said.authorised_at);
    p->captured = w->said.amount;
    p->under_way = false;
    p->ask_at = (struct instant){0};
    paid_on = rome_day(p->authorised_at);
    TRY(obstacle(tx, w, paid_on, &reason));
    TRY(payment_transition(was, reason == HELD_NOT ? PAYMENT_EVENT_CAPTURE : PAYMENT_EVENT_HOLD, &p->state, NULL));
    if (p->state == was) /* old news */
        return DONE;
    p->held_reason = (char *)(reason == HELD_NOT ? "" : held_reason_name(reason));
    TRY(payment_update(tx, p, was, &changed));
    if (!changed)
        return BUSY;
    return reason == HELD_NOT ? settle_by(tx, w, paid_on) : hold(tx, w, reason);
}

/* No money yet, or never. */
static enum outcome take_note(struct db_tx *tx, struct pay_work *w, enum payment_state was)
{
    struct payment *p = &w->payment;
    enum payment_event event = payment_event_to(w->said.state);
    bool waiting, over = clock_now().us > p->expires_at.us, changed;
    json_t *data;
    enum outcome o;

    if (over &&
        (w->said.state == PAYMENT_NEW || w->said.state == PAYMENT_PENDING || w->said.state == PAYMENT_NEEDS_ACTION))
        event = PAYMENT_EVENT_EXPIRE;
    if (payment_transition(was, event, &p->state, NULL) == REFUSED)
        return DONE; /* it contradicts what is known: what is known stays */
    waiting = payment_is_open(p->state);
    p->asked++;
    p->under_way = waiting && (w->said.state == PAYMENT_PENDING || w->said.state == PAYMENT_AUTHORISED);
    p->ask_at = waiting ? pay_next_ask(p, clock_now()) : (struct instant){0};
    p->error = (char *)(w->said.error ? w->said.error : "");
    TRY(payment_update(tx, p, was, &changed));
    if (!changed)
        return BUSY;
    if (p->instrument_id && p->state != was && (!waiting || p->state == PAYMENT_NEEDS_ACTION))
        TRY(autorenew_refused(tx, w->mem, w->brand, &w->order, p));
    if (waiting || p->state == was)
        return DONE;
    data = json_pack("{s:I, s:s, s:s, s:s}", "payment", (json_int_t)p->id, "key", p->key, "state",
                     payment_state_name(p->state), "error", p->error);
    o = event_record(tx, p->brand, &SYSTEM, "payment.failed", p->order_id, 0, data);
    json_decref(data);
    return o;
}

enum outcome pay_record(struct db_tx *tx, void *arg)
{
    struct pay_work *w = arg;
    struct payment *p = &w->payment;
    enum payment_state was;

    if (!w->fresh) /* where another was quicker, the rows say so when they are written, and this runs again */
        TRY(pay_load(tx, w, p->id));
    w->fresh = false;
    was = p->state;
    if (w->said.ref && w->said.ref[0])
        p->provider_ref = (char *)w->said.ref;
    if (w->said.capture_ref && w->said.capture_ref[0])
        p->capture_ref = (char *)w->said.capture_ref;
    if (payment_has_money(was))
        return DONE;
    return w->said.state == PAYMENT_CAPTURED ? take_money(tx, w, was) : take_note(tx, w, was);
}
