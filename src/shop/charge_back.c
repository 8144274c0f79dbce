/* shop/charge_back.c: what becomes of a payment after it was taken: the bank takes it back (Y11), a dispute is won, or
 * somebody gave money back at the provider's own desk. None of it touches the order or its term: what becomes of them a
 * person decides. */
#include "base/log.h"
#include "shop/autorenew.h"
#include "shop/pay.h"
#include "shop/present.h"
#include "shop/refund.h"
#include "shop/wallet.h"
#include "store/bank.h"
#include <inttypes.h>
#include <string.h>
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
    json_object_set_new(data, "won", json_boolean(strcmp(kind, "payment.reinstated") == 0));
    json_object_set_new(data, "elsewhere", json_boolean(strcmp(kind, "payment.refunded_elsewhere") == 0));
    if (o == DONE && brand)
        o = outbox_add(tx, p->brand, "mail", "payment_disputed", brand->support_email, "it", p->order_id, data);
    json_decref(data);
    return o;
}

static enum outcome change(struct db_tx *tx, struct work *w, enum payment_state was)
{
    bool changed;

    TRY(payment_update(tx, &w->payment, was, &changed));
    return changed ? DONE : BUSY;
}

static bool was_topup(const struct work *w)
{
    return order_is_topup(&w->order) && w->payment.held_reason[0] == '\0';
}

/* Held money is owed to its payer, unless it is on its way to him. */
static enum outcome is_owed(struct db_tx *tx, struct work *w, bool *owed)
{
    struct refund *refunds;
    size_t count;

    *owed = w->payment.held_reason[0] != '\0';
    TRY(refunds_of_payment(tx, w->mem, w->id, &refunds, &count));
    for (size_t i = 0; i < count; i++)
        *owed = *owed && (refunds[i].elsewhere || strcmp(refunds[i].state, "dropped") == 0);
    return DONE;
}

/* The provider takes from us what was not given back before. A refund that is on its way may yet be done: it is
 * recorded when it ends; one that the provider refused is not needed any more. */
static enum outcome take_back(struct db_tx *tx, struct work *w)
{
    struct payment *p = &w->payment;
    enum payment_state was = p->state;
    char *cause = talloc_asprintf(w->mem, "payment:%" PRId64 ":back", p->id);
    char *losses = talloc_asprintf(w->mem, "chargebacks:%s", p->brand);
    bool owed;

    if (payment_transition(was, PAYMENT_EVENT_CHARGE_BACK, &p->state, NULL) != DONE || p->state == was)
        return DONE;
    p->charged_back = money(p->captured.cents - p->refunded.cents);
    TRY(change(tx, w, was));
    TRY(ledger_move(tx, cause, losses, ledger_gateway(w->mem, p->provider, p->brand), p->charged_back));
    TRY(is_owed(tx, w, &owed));
    if (owed)
        TRY(ledger_move(tx, cause, ledger_held_gateway(w->mem, p->provider, p->brand), losses, p->charged_back));
    if (was_topup(w) && p->charged_back.cents)
        TRY(wallet_charge_back(tx, w->mem, w->order.account_id, p->charged_back, losses, w->order.id));
    TRY(refunds_drop_refused(tx, w->mem, p->id, &SYSTEM));
    TRY(autorenew_charged_back(tx, w->mem, p));
    return tell(tx, w, "payment.charged_back", p->charged_back);
}

/* As it was before, with what was given back meanwhile. */
static enum outcome state_again(struct payment *p, bool owed)
{
    TRY(payment_transition(PAYMENT_CHARGED_BACK, PAYMENT_EVENT_REINSTATE, &p->state, NULL));
    if (owed)
        p->state = PAYMENT_HELD;
    else if (p->refunded.cents)
        TRY(payment_transition(p->state,
                               p->refunded.cents < p->captured.cents ? PAYMENT_EVENT_REFUND_PART : PAYMENT_EVENT_REFUND,
                               &p->state, NULL));
    return DONE;
}

static enum outcome have_again(struct db_tx *tx, struct work *w)
{
    struct payment *p = &w->payment;
    char *cause = talloc_asprintf(w->mem, "payment:%" PRId64 ":again", p->id);
    char *losses = talloc_asprintf(w->mem, "chargebacks:%s", p->brand);
    struct money again = p->charged_back;
    bool owed;

    TRY(is_owed(tx, w, &owed));
    TRY(state_again(p, owed));
    p->charged_back = money(0);
    TRY(change(tx, w, PAYMENT_CHARGED_BACK));
    TRY(ledger_move(tx, cause, ledger_gateway(w->mem, p->provider, p->brand), losses, again));
    if (owed)
        TRY(ledger_move(tx, cause, losses, ledger_held_gateway(w->mem, p->provider, p->brand), again));
    if (was_topup(w) && again.cents)
        TRY(wallet_reinstate(tx, w->mem, w->order.account_id, again, losses, w->order.id));
    return tell(tx, w, "payment.reinstated", again);
}

static enum outcome find_refunds(struct db_tx *tx, struct work *w)
{
    struct money found;

    TRY(refund_elsewhere(tx, w->mem, &w->order, &w->payment, w->said.refunded, &found));
    return found.cents ? tell(tx, w, "payment.refunded_elsewhere", found) : DONE;
}

static enum outcome record(struct db_tx *tx, void *arg)
{
    struct work *w = arg;

    TRY(read_payment(tx, w));
    if (w->said.state == PAYMENT_CHARGED_BACK)
        return take_back(tx, w);
    if (w->payment.state == PAYMENT_CHARGED_BACK)
        return w->said.state == PAYMENT_CAPTURED || w->said.state == PAYMENT_PART_REFUNDED ||
                       w->said.state == PAYMENT_REFUNDED
                   ? have_again(tx, w)
                   : DONE;
    return payment_has_money(w->payment.state) ? find_refunds(tx, w) : DONE;
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
