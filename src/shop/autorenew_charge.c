/* The charges (DOMAIN A2, A10). One transaction writes the orders and attempts of a batch, the provider is asked for
 * each, one transaction records the answers. Whoever dies in between leaves attempts that the poller asks about under
 * their own keys; a mandate with an attempt under way is in the state `charging`, in which nothing is due, so no second
 * one is begun. */
#include "base/log.h"
#include "shop/autorenew_day.h"
#include "shop/fulfil.h"
#include <talloc.h>

#define ASK_FOR                                                                                                        \
    SECONDS(45) /* then what was answered is written down: an attempt is not left alone until the poller looks */
#define PAGE_OPEN MINUTES(30) /* a customer who was sent to the provider's page may still be there */

/* ---- What is intended ---- */

/* Somebody is paying it by hand just now, or has chosen to pay it outside: that money may be on its way. */
static enum outcome is_being_paid(struct autorenew_item *i, const struct order *order, bool *is)
{
    enum payment_method method;
    struct payment *payments;
    size_t count;

    *is = payment_method_of(order->payment_method, &method) == DONE && payment_method_shows_reference(method);
    TRY(payments_of_order(i->tx, i->mem, order->id, &payments, &count));
    for (size_t n = 0; n < count; n++)
        *is |= !payments[n].instrument_id && payment_is_open(payments[n].state) &&
               (payments[n].under_way || clock_now().us - payments[n].created_at.us < PAGE_OPEN);
    return DONE;
}

static enum outcome attempt(struct autorenew_item *i, const struct order *order, const struct gateway *gateway,
                            enum payment_method method, bool free_withdrawal)
{
    struct mandate *m = i->m;
    struct pay_work *w = talloc_zero(i->mem, struct pay_work);
    struct pay_request *request = talloc_zero(w, struct pay_request);

    *request = (struct pay_request){.brand = i->brand, .code = order->code, .method = method, .actor = AUTORENEW_JOB};
    *w = (struct pay_work){.shop = i->batch->shop,
                           .mem = i->mem,
                           .request = request,
                           .brand = i->brand,
                           .gateway = gateway,
                           .order = *order,
                           .instrument = i->instrument,
                           .fresh = true};
    TRY(order_due(order, i->today, &w->order.total, NULL));
    TRY(pay_insert(i->tx, w, gateway->provider, PAYMENT_NEW));
    m->attempts++;
    m->charge_on = (struct day){0};
    TRY(charge_insert(i->tx, &(struct charge){.mailbox_id = m->mailbox_id,
                                              .expires_on = m->expires_on,
                                              .attempt = m->attempts,
                                              .mandate_id = m->id,
                                              .order_id = order->id,
                                              .payment_id = w->payment.id,
                                              .on_day = i->today,
                                              .free_withdrawal = free_withdrawal}));
    TRY(mandate_step(i->tx, m, MANDATE_EVENT_CHARGE, &AUTORENEW_JOB, "", order->id));
    i->batch->work[i->batch->count++] = w;
    return DONE;
}

/* A10. The order stands already, at the price in question. */
static struct autorenew_amounts amounts_of(const struct autorenew_item *i, const struct order *order)
{
    return (struct autorenew_amounts){.consumer = holder_is_consumer((enum holder_kind)i->mailbox.holder.kind),
                                      .agreed = i->m->agreed,
                                      .announced = i->m->announced,
                                      .now = order->total.gross,
                                      .noticed = i->m->noticed};
}

static enum outcome charge_one(struct autorenew_item *i)
{
    struct mandate *m = i->m;
    const struct gateway *gateway = NULL;
    struct autorenew_amounts amounts;
    enum payment_method method;
    struct problem why = {0};
    struct order order;
    bool busy = false, tried = m->charge_order_id != 0;
    enum outcome o;

    TRY(item_take_up(i));
    if (!i->ready)
        return DONE;
    if (day_before(m->expires_on, i->today))
        return item_too_late(i);
    if (autorenew_method_of(i->batch->shop, i->brand, &i->instrument, &method))
        gateway = gateway_of(i->batch->shop->gateways, i->brand->id, method);
    /* An order of the customer's own goes before; a provider that is not set up today may be tomorrow. */
    if (!gateway) {
        log_warning("autorenew.no_provider", LOG_INT("mandate", m->id), LOG_TEXT("provider", i->instrument.provider));
        return item_put_off(i);
    }
    if (i->mailbox.open_order_id && i->mailbox.open_order_id != m->charge_order_id)
        return item_give_way(i);
    o = item_find_order(i, &order, &why);
    if (o == REFUSED)
        return item_end(i, &why);
    TRY(o);
    if (!order_is_open(order.state))
        return item_put_off(i);
    if (tried)
        TRY(is_being_paid(i, &order, &busy));
    if (busy)
        return item_put_off(i);
    amounts = amounts_of(i, &order);
    if (!autorenew_may_charge(&amounts))
        return item_give_up(i, &order, "price", m->agreed);
    return attempt(i, &order, gateway, method, amounts.consumer && !m->noticed);
}

enum outcome batch_charge(struct db_tx *tx, void *arg)
{
    struct autorenew_batch *t = arg;
    struct mandate *all;

    t->done = (struct autorenew_turned){0};
    t->count = 0;
    TRY(mandates_to_charge(tx, t->mem, db_today(tx), t->limit, &all, &t->found));
    for (size_t n = 0; n < t->found; n++)
        TRY(charge_one(&(struct autorenew_item){.batch = t, .tx = tx, .mem = t->mem, .m = &all[n]}));
    return DONE;
}

/* ---- What came of it ---- */

static enum outcome record_asked(struct db_tx *tx, void *arg)
{
    struct autorenew_batch *t = arg;

    for (size_t n = t->recorded; n < t->asked; n++)
        TRY(pay_record(tx, t->work[n]));
    return DONE;
}

/* Together; where one of them cannot be written, each by itself. What then still cannot, the poller takes up again. */
static void record(struct autorenew_batch *t)
{
    struct db *db = t->shop->db;
    enum outcome o = t->recorded < t->asked ? db_transaction(db, "autorenew.record", record_asked, t) : DONE;

    for (size_t n = t->recorded; o != DONE && n < t->asked; n++)
        if (db_transaction(db, "payment.record", pay_record, t->work[n]) != DONE)
            log_warning("autorenew.record", LOG_TEXT("key", t->work[n]->payment.key));
    for (; t->recorded < t->asked; t->recorded++) {
        enum payment_state state = t->work[t->recorded]->payment.state;

        t->done.charged += state == PAYMENT_CAPTURED;
        t->done.unknown += state == PAYMENT_UNKNOWN || state == PAYMENT_NEW || state == PAYMENT_PENDING;
        t->done.refused += state == PAYMENT_FAILED || state == PAYMENT_NEEDS_ACTION;
    }
}

void batch_ask(struct autorenew_batch *t)
{
    int64_t began_us = clock_monotonic_us();

    for (t->asked = t->recorded = 0; t->asked < t->count;) {
        struct pay_work *w = t->work[t->asked++];
        struct problem why = {0};

        w->why = &why;
        pay_ask_charge(w);
        w->why = NULL;
        if (t->asked < t->count && clock_monotonic_us() - began_us < ASK_FOR)
            continue;
        record(t);
        began_us = clock_monotonic_us();
    }
}
