/* shop/refund_elsewhere.c: what somebody gave back at the provider's own desk, without us: found when a payment is
 * looked at again, and recorded as it is. Its credit note, if there is to be one, is for a person to decide. */
#include "shop/refund_parts.h"
#include "shop/wallet.h"
#include "store/bank.h"
#include <inttypes.h>
#include <talloc.h>

static const struct actor SYSTEM = {.door = "job", .name = "system"};

struct work {
    struct db_tx *tx;
    void *mem;
    const struct order *order;
    struct payment *payment;
    struct refund *refunds;
    size_t count;
    char *losses;
};

/* What the provider gave back, or is about to, because we asked for it or knew already. */
static struct money known(const struct work *w)
{
    struct money sum = money(0);

    for (size_t i = 0; i < w->count; i++) {
        const char *state = w->refunds[i].state;

        if (same(w->refunds[i].destination, "source") &&
            (same(state, "done") || same(state, "waiting") || same(state, "unknown")))
            sum.cents += w->refunds[i].amount.cents;
    }
    return sum;
}

static enum outcome done(struct work *w, const struct refund *r)
{
    TRY(refund_note(w->tx, w->payment, r->amount));
    return ledger_move(w->tx, talloc_asprintf(w->mem, "refund:%" PRId64 ":done", r->id),
                       talloc_asprintf(w->mem, "refunds:%s", r->brand),
                       ledger_gateway(w->mem, w->payment->provider, r->brand), r->amount);
}

/* One that it refused, and has done after all. */
static enum outcome done_after_all(struct work *w, struct money extra, bool *was_it)
{
    bool changed;

    *was_it = false;
    for (size_t i = 0; i < w->count && !*was_it; i++) {
        struct refund *r = &w->refunds[i];

        if (!same(r->state, "failed") || r->amount.cents != extra.cents)
            continue;
        *was_it = true;
        r->state = (char *)"done";
        r->done_at = db_now(w->tx);
        TRY(refund_update(w->tx, r, "failed", &changed));
        if (!changed)
            return BUSY;
        TRY(done(w, r));
        TRY(refund_event(w->tx, r, &SYSTEM));
    }
    return DONE;
}

/* Whose it was: held money's payer; else it is a loss, until a credit note says otherwise. */
static const char *owner(const struct work *w)
{
    const struct payment *p = w->payment;
    bool leaving = false;

    for (size_t i = 0; i < w->count; i++)
        leaving |= refund_is_under_way(&w->refunds[i]);
    return p->state == PAYMENT_HELD && !leaving ? ledger_held_gateway(w->mem, p->provider, p->brand) : w->losses;
}

static enum outcome record(struct work *w, struct money extra)
{
    struct payment *p = w->payment;
    bool topup = p->held_reason[0] == '\0' && order_is_topup(w->order);
    struct refund r = {.brand = p->brand,
                       .order_id = p->order_id,
                       .payment_id = p->id,
                       .destination = (char *)"source",
                       .amount = extra,
                       .iban = (char *)"",
                       .payee = (char *)"",
                       .state = (char *)"done",
                       .elsewhere = true,
                       .reason = (char *)"elsewhere",
                       .error = (char *)"",
                       .decided_by = p->provider,
                       .done_at = db_now(w->tx)};
    const char *from = owner(w);

    TRY(refund_insert(w->tx, w->mem, &r));
    TRY(ledger_move(w->tx, talloc_asprintf(w->mem, "refund:%" PRId64, r.id), from,
                    talloc_asprintf(w->mem, "refunds:%s", r.brand), extra));
    TRY(done(w, &r));
    if (topup)
        TRY(wallet_charge_back(w->tx, w->mem, w->order->account_id, extra, w->losses, w->order->id));
    return refund_event(w->tx, &r, &SYSTEM);
}

enum outcome refund_elsewhere(struct db_tx *tx, void *mem, const struct order *order, struct payment *payment,
                              struct money in_all, struct money *found)
{
    struct work w = {.tx = tx, .mem = mem, .order = order, .payment = payment};
    struct money extra;
    bool was_it;

    *found = money(0);
    w.losses = talloc_asprintf(mem, "chargebacks:%s", payment->brand);
    TRY(refunds_of_payment(tx, mem, payment->id, &w.refunds, &w.count));
    extra = money(in_all.cents - known(&w).cents);
    if (extra.cents > payment->captured.cents - payment->refunded.cents)
        extra = money(payment->captured.cents - payment->refunded.cents);
    if (extra.cents <= 0)
        return DONE;
    TRY(done_after_all(&w, extra, &was_it));
    *found = extra;
    return was_it ? DONE : record(&w, extra);
}
