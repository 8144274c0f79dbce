/* shop/refund_do.c: what was decided is done: a provider is asked by a worker, a transfer is made by people. */
#include "shop/refund_parts.h"
#include "store/bank.h"
#include <inttypes.h>
#include <talloc.h>

struct doing {
    void *mem;
    int64_t id;
    struct refund refund;
    struct payment payment;
    bool behind;
    struct money before; /* what the provider gave back of it until now */
    enum outcome how;
    struct gateway_refunded said;
};

static enum outcome read_refund(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    TRY(refund_by_id(tx, d->mem, d->id, &d->refund));
    return payment_by_id(tx, d->mem, d->refund.payment_id, &d->payment);
}

/* Of several refunds of one payment only the oldest is asked for: where the provider has no keys of ours, what it gave
 * back in all is all that it says. What was refused is unknown again from here on: nobody may turn it meanwhile. */
static enum outcome find_earlier(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;
    struct refund *refunds;
    size_t count;
    bool changed;

    d->behind = false;
    d->before = money(0);
    TRY(read_refund(tx, d));
    TRY(refunds_of_payment(tx, d->mem, d->payment.id, &refunds, &count));
    for (size_t i = 0; i < count; i++) {
        d->behind |= refunds[i].id < d->id && (same(refunds[i].state, "waiting") || same(refunds[i].state, "unknown"));
        if (same(refunds[i].state, "done") && same(refunds[i].destination, "source"))
            d->before.cents += refunds[i].amount.cents;
    }
    if (d->behind || !same(d->refund.state, "failed") || !same(d->refund.destination, "source"))
        return DONE;
    d->refund.state = (char *)"unknown";
    TRY(refund_update(tx, &d->refund, "failed", &changed));
    return changed ? DONE : BUSY;
}

static enum outcome note_done(struct db_tx *tx, struct doing *d)
{
    const struct refund *r = &d->refund;

    TRY(refund_note(tx, &d->payment, r->amount));
    return ledger_move(tx, talloc_asprintf(d->mem, "refund:%" PRId64 ":done", r->id),
                       talloc_asprintf(d->mem, "refunds:%s", r->brand),
                       ledger_gateway(d->mem, d->payment.provider, r->brand), r->amount);
}

static enum outcome note_outcome(struct db_tx *tx, void *arg)
{
    static const struct actor SYSTEM = {.door = "job", .name = "system"};
    struct doing *d = arg;
    const char *was;
    bool changed;

    TRY(read_refund(tx, d));
    was = d->refund.state;
    if (!refund_is_under_way(&d->refund) || !same(d->refund.destination, "source"))
        return DONE;
    d->refund.state = (char *)(d->how == DONE      ? d->said.pending ? "unknown" : "done"
                               : d->how == REFUSED ? "failed"
                                                   : "unknown");
    d->refund.provider_ref = (char *)(d->said.ref ? d->said.ref : d->refund.provider_ref);
    d->refund.error = (char *)(d->said.error ? d->said.error : "");
    d->refund.done_at = same(d->refund.state, "done") ? db_now(tx) : (struct instant){0};
    TRY(refund_update(tx, &d->refund, was, &changed));
    if (!changed)
        return BUSY;
    if (same(d->refund.state, "done"))
        TRY(note_done(tx, d));
    if (same(d->refund.state, was))
        return DONE;
    TRY(refund_event(tx, &d->refund, &SYSTEM));
    return same(d->refund.state, "failed") && d->payment.state == PAYMENT_CHARGED_BACK
               ? refunds_drop_refused(tx, d->mem, d->payment.id, &SYSTEM)
               : DONE;
}

enum outcome refund_do(struct shop *shop, void *mem, int64_t refund_id, struct problem *why)
{
    struct doing *d = talloc_zero(mem, struct doing);
    enum payment_method method;
    const struct gateway *gateway;
    struct gateway_refund ask;

    *d = (struct doing){.mem = mem, .id = refund_id};
    TRY(db_transaction(shop->db, "refund.begin", find_earlier, d));
    if (!refund_is_under_way(&d->refund) || !same(d->refund.destination, "source"))
        return DONE;
    if (d->behind)
        return BUSY;
    if (payment_method_of(d->payment.method, &method) != DONE)
        return BROKEN;
    gateway = shop->gateways ? gateway_of(shop->gateways, d->refund.brand, method) : NULL;
    if (!gateway)
        return BUSY;
    ask = (struct gateway_refund){.key = d->refund.key,
                                  .payment = {.key = d->payment.key,
                                              .ref = d->payment.provider_ref,
                                              .capture_ref = d->payment.capture_ref,
                                              .amount = d->payment.amount,
                                              .created_at = d->payment.created_at},
                                  .amount = d->refund.amount,
                                  .captured = d->payment.captured,
                                  .refunded_before = d->before,
                                  .reason = d->refund.reason};
    d->how = gateway->refund(gateway->arg, mem, &ask, &d->said, why);
    TRY(db_transaction(shop->db, "refund.record", note_outcome, d));
    return d->how == DONE && d->said.pending ? BUSY : d->how;
}

enum outcome refund_sent(struct db_tx *tx, void *mem, int64_t refund_id, const struct actor *actor, struct problem *why)
{
    struct refund r;
    struct payment payment;
    enum outcome o = refund_by_id(tx, mem, refund_id, &r);
    bool changed;

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "refund", "%s", "");
    TRY(o);
    if (!same(r.destination, "transfer") || !same(r.state, "waiting"))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "refund", "%s", "");
    r.state = (char *)"done";
    r.done_at = db_now(tx);
    TRY(refund_update(tx, &r, "waiting", &changed));
    if (!changed)
        return BUSY;
    if (r.payment_id) { /* a provider's payment has so much less left */
        TRY(payment_by_id(tx, mem, r.payment_id, &payment));
        TRY(refund_note(tx, &payment, r.amount));
    }
    TRY(ledger_move(tx, talloc_asprintf(mem, "refund:%" PRId64 ":done", r.id),
                    talloc_asprintf(mem, "refunds:%s", r.brand), talloc_asprintf(mem, "outgoing:%s", r.brand),
                    r.amount));
    return refund_event(tx, &r, actor);
}
