/* shop/charge_back.c: what becomes of a payment after it was taken: the bank takes it back (Y11), a dispute is won, or
 * somebody gave money back at the provider's own desk. None of it touches the order or its term: what becomes of them a
 * person decides. */
#include "base/log.h"
#include "shop/pay.h"
#include "shop/present.h"
#include "store/bank.h"
#include <inttypes.h>
#include <talloc.h>

struct work {
    struct shop *shop;
    void *mem;
    int64_t id;
    struct payment payment;
    struct order order;
    struct gateway_said said;
};

static const struct actor SYSTEM = {.door = "job", .name = "system"};

static enum outcome read_payment(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    TRY(payment_by_id(tx, w->mem, w->id, &w->payment));
    return order_by_id(tx, w->mem, w->payment.order_id, &w->order);
}

/* The desk is told: who pays for it is not settled by a program. */
static enum outcome tell(struct db_tx *tx, struct work *w, const char *kind, struct money amount)
{
    const struct payment *p = &w->payment;
    const struct brand *brand = brand_by_id(w->shop->brands, p->brand);
    json_t *data = json_pack("{s:I, s:s, s:s, s:I}", "payment", (json_int_t)p->id, "key", p->key, "method", p->method,
                             "amount_cents", (json_int_t)amount.cents);
    enum outcome o = event_record(tx, p->brand, &SYSTEM, kind, p->order_id, w->order.mailbox_id, data);

    json_object_set_new(data, "amount", present_money(amount));
    json_object_set_new(data, "won", json_boolean(p->state == PAYMENT_CAPTURED));
    if (o == DONE && brand)
        o = outbox_add(tx, p->brand, "mail", "payment_disputed", brand->support_email, "it", p->order_id, data);
    json_decref(data);
    return o;
}

static enum outcome change(struct db_tx *tx, struct work *w, enum payment_event event, bool *changed)
{
    enum payment_state was = w->payment.state;

    *changed = false;
    if (payment_transition(was, event, &w->payment.state, NULL) != DONE || w->payment.state == was)
        return DONE;
    TRY(payment_update(tx, &w->payment, was, changed));
    return *changed ? DONE : BUSY;
}

/* `back` +1: the provider keeps the money from us; -1: we have it again. */
static enum outcome move(struct db_tx *tx, struct work *w, int back)
{
    const struct payment *p = &w->payment;
    struct money left = money(back * (p->captured.cents - p->refunded.cents));
    char *cause = talloc_asprintf(w->mem, "payment:%" PRId64 ":%s", p->id, back > 0 ? "back" : "again");

    return ledger_move(tx, cause, talloc_asprintf(w->mem, "chargebacks:%s", p->brand),
                       ledger_gateway(w->mem, p->provider, p->brand), left);
}

static enum outcome record(struct db_tx *tx, void *arg)
{
    struct work *w = arg;
    bool changed;

    TRY(read_payment(tx, w));
    if (w->said.state == PAYMENT_CHARGED_BACK) {
        TRY(change(tx, w, PAYMENT_EVENT_CHARGE_BACK, &changed));
        if (!changed)
            return DONE;
        TRY(move(tx, w, 1));
        return tell(tx, w, "payment.charged_back", money(w->payment.captured.cents - w->payment.refunded.cents));
    }
    if (w->payment.state == PAYMENT_CHARGED_BACK && w->said.state == PAYMENT_CAPTURED) {
        TRY(change(tx, w, PAYMENT_EVENT_REINSTATE, &changed));
        if (!changed)
            return DONE;
        TRY(move(tx, w, -1));
        return tell(tx, w, "payment.reinstated", money(w->payment.captured.cents - w->payment.refunded.cents));
    }
    return DONE;
}

enum outcome payment_look_again(struct shop *shop, void *mem, int64_t payment_id)
{
    struct work *w = talloc_zero(mem, struct work);
    enum payment_method method;
    const struct gateway *gateway;
    struct problem why = {0};
    struct gateway_ref ref;
    enum outcome o;

    *w = (struct work){.shop = shop, .mem = mem, .id = payment_id};
    TRY(db_read(shop->db, "payment.read", read_payment, w));
    if (payment_method_of(w->payment.method, &method) != DONE)
        return BROKEN;
    gateway = shop->gateways ? gateway_of(shop->gateways, w->payment.brand, method) : NULL;
    if (!gateway)
        return DONE;
    ref = (struct gateway_ref){.key = w->payment.key,
                               .ref = w->payment.provider_ref,
                               .capture_ref = w->payment.capture_ref,
                               .amount = w->payment.amount,
                               .created_at = w->payment.created_at};
    o = gateway->status(gateway->arg, mem, &ref, &w->said, &why);
    if (o != DONE)
        return o == REFUSED ? DONE : o;
    return db_transaction(shop->db, "payment.look_again", record, w);
}
