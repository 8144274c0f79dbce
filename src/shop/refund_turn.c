/* shop/refund_turn.c: what the provider refused to give back takes another way, or is not needed any more. */
#include "shop/refund_parts.h"
#include "shop/wallet.h"
#include "store/bank.h"
#include <inttypes.h>
#include <talloc.h>

struct work {
    struct db_tx *tx;
    void *mem;
    struct refund *refund;
    struct payment payment;
    struct order order;
    struct problem *why;
};

/* Only of what the provider has refused for certain: anything else it may yet do. */
static enum outcome load(struct work *w, int64_t refund_id)
{
    enum outcome o = refund_by_id(w->tx, w->mem, refund_id, w->refund);

    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "refund", "%s", "");
    TRY(o);
    if (!same(w->refund->state, "failed") || !w->refund->payment_id)
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "refund", "%s", "");
    TRY(payment_by_id(w->tx, w->mem, w->refund->payment_id, &w->payment));
    if (w->payment.state == PAYMENT_CHARGED_BACK)
        return problem_set(w->why, PROBLEM_PAYMENT_STATE, "refund", "%s", payment_state_label(w->payment.state));
    return order_by_id(w->tx, w->mem, w->refund->order_id, &w->order);
}

static enum outcome check(struct work *w, const struct brands *brands, const char *destination, const char *iban,
                          const char *payee)
{
    bool dollars = same(w->payment.held_reason, held_reason_name(HELD_CURRENCY));

    if (same(destination, "transfer") && !dollars)
        return refund_by_transfer(w->mem, w->refund, iban, payee, w->why);
    if (same(destination, "wallet") && !dollars && refund_may_credit(brand_by_id(brands, w->order.brand), &w->order))
        return DONE;
    return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
}

static enum outcome to_wallet(struct work *w)
{
    struct refund *r = w->refund;

    TRY(refund_note(w->tx, &w->payment, r->amount));
    return wallet_credit(w->tx, w->order.account_id, "refund", r->amount,
                         talloc_asprintf(w->mem, "refund:%" PRId64 ":done", r->id),
                         talloc_asprintf(w->mem, "refunds:%s", r->brand),
                         talloc_asprintf(w->mem, "chargebacks:%s", r->brand), r->order_id);
}

static enum outcome tell(struct work *w, const struct actor *actor)
{
    const struct refund *r = w->refund;
    json_t *data = json_pack("{s:I, s:b}", "refund", (json_int_t)r->id, "turned", 1);
    enum outcome o = refund_event(w->tx, r, actor);

    if (o == DONE)
        o = outbox_add(w->tx, r->brand, "mail", "money_returned", w->order.billing.email, w->order.language,
                       w->order.id, data);
    json_decref(data);
    return o;
}

enum outcome refund_turn(struct db_tx *tx, void *mem, const struct brands *brands, int64_t refund_id,
                         const char *destination, const char *iban, const char *payee, const struct actor *actor,
                         struct refund *refund, struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .refund = refund, .why = why};
    bool changed, at_once = same(destination, "wallet");

    TRY(load(&w, refund_id));
    TRY(check(&w, brands, destination, iban, payee));
    refund->destination = (char *)destination;
    refund->turned = true;
    refund->state = (char *)(at_once ? "done" : "waiting");
    refund->done_at = at_once ? db_now(tx) : (struct instant){0};
    TRY(refund_update(tx, refund, "failed", &changed));
    if (!changed)
        return BUSY;
    if (at_once)
        TRY(to_wallet(&w));
    return tell(&w, actor);
}

/* ---- Not needed any more ---- */

/* The payer has the money by the charge-back: what was set aside for the refund makes up for the loss. */
static enum outcome drop(struct db_tx *tx, void *mem, struct refund *r, const struct actor *actor)
{
    const char *was = r->state;
    bool changed;

    r->state = (char *)"dropped";
    TRY(refund_update(tx, r, was, &changed));
    if (!changed)
        return BUSY;
    TRY(ledger_move(tx, talloc_asprintf(mem, "refund:%" PRId64 ":dropped", r->id),
                    talloc_asprintf(mem, "refunds:%s", r->brand), talloc_asprintf(mem, "chargebacks:%s", r->brand),
                    r->amount));
    return refund_event(tx, r, actor);
}

enum outcome refunds_drop_refused(struct db_tx *tx, void *mem, int64_t payment_id, const struct actor *actor)
{
    struct refund *refunds;
    size_t count;

    TRY(refunds_of_payment(tx, mem, payment_id, &refunds, &count));
    for (size_t i = 0; i < count; i++)
        if (same(refunds[i].state, "failed"))
            TRY(drop(tx, mem, &refunds[i], actor));
    return DONE;
}

enum outcome refund_drop(struct db_tx *tx, void *mem, int64_t refund_id, const struct actor *actor, struct problem *why)
{
    struct payment payment;
    struct refund r;
    enum outcome o = refund_by_id(tx, mem, refund_id, &r);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "refund", "%s", "");
    TRY(o);
    if (!r.payment_id || !same(r.destination, "transfer") || !same(r.state, "waiting"))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "refund", "%s", "");
    TRY(payment_by_id(tx, mem, r.payment_id, &payment));
    if (payment.state != PAYMENT_CHARGED_BACK)
        return problem_set(why, PROBLEM_PAYMENT_STATE, "refund", "%s", payment_state_label(payment.state));
    return drop(tx, mem, &r, actor);
}
