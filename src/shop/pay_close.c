/* shop/pay_close.c: a payment whose end asking does not tell is closed by a person, with a reason. */
#include "shop/autorenew.h"
#include "shop/pay_parts.h"
#include <string.h>
#include <talloc.h>

struct closing {
    struct pay_work w;
    const struct payment_closing *request;
};

static enum outcome note(struct db_tx *tx, const struct closing *c, const char *ref)
{
    const struct payment *p = &c->w.payment;
    json_t *data = json_pack("{s:I, s:s, s:s, s:s, s:s}", "payment", (json_int_t)p->id, "key", p->key, "state",
                             payment_state_name(p->state), "ref", ref, "reason", c->request->reason);
    enum outcome o = event_record(tx, p->brand, &c->request->actor, "payment.closed", p->order_id, 0, data);

    json_decref(data);
    return o;
}

/* ---- Not paid ---- */

static enum outcome fail(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;
    struct payment *p = &c->w.payment;
    enum payment_state was;
    bool changed;

    TRY(pay_load(tx, &c->w, c->request->payment_id));
    was = p->state;
    if (!payment_is_open(was))
        return problem_set(c->w.why, PROBLEM_PAYMENT_STATE, "", "%s", payment_state_label(was));
    TRY(payment_transition(was, PAYMENT_EVENT_FAIL, &p->state, c->w.why));
    p->ask_at = (struct instant){0};
    p->under_way = false;
    p->error = (char *)"";
    TRY(payment_update(tx, p, was, &changed));
    if (!changed)
        return BUSY;
    if (p->instrument_id)
        TRY(autorenew_refused(tx, c->w.mem, c->w.brand, &c->w.order, p));
    return note(tx, c, "");
}

/* ---- Paid ---- */

/* The number may be that of the payment or that of what was taken with it. */
static enum outcome ask_by(struct pay_work *w, const char *ref)
{
    struct gateway_ref by = {.key = w->payment.key,
                             .ref = ref,
                             .capture_ref = "",
                             .amount = w->payment.amount,
                             .created_at = w->payment.created_at};
    enum outcome o = w->gateway->status(w->gateway->arg, w->mem, &by, &w->said, w->why);

    if (o != REFUSED)
        return o;
    by.ref = "";
    by.capture_ref = ref;
    return w->gateway->status(w->gateway->arg, w->mem, &by, &w->said, w->why);
}

static enum outcome record(struct db_tx *tx, void *arg)
{
    struct closing *c = arg;

    TRY(pay_record(tx, &c->w));
    return note(tx, c, c->request->ref);
}

static enum outcome confirm(struct closing *c)
{
    struct pay_work *w = &c->w;
    enum outcome o;

    if (!w->gateway)
        return problem_set(w->why, PROBLEM_PROVIDER_SILENT, "", "%s", ""), BUSY;
    o = ask_by(w, c->request->ref);
    if (o == REFUSED || (o == DONE && (!w->said.key || strcmp(w->said.key, w->payment.key) != 0)))
        return problem_set(w->why, PROBLEM_NOT_FOUND, "ref", "%s", "");
    TRY(o);
    if (w->said.state != PAYMENT_CAPTURED)
        return problem_set(w->why, PROBLEM_PAYMENT_STATE, "ref", "%s", payment_state_label(w->said.state));
    return db_transaction(w->shop->db, "payment.close", record, c);
}

enum outcome payment_close(struct shop *shop, void *mem, const struct payment_closing *request, struct payment *payment,
                           struct problem *why)
{
    struct closing *c = talloc_zero(mem, struct closing);
    bool paid = request->ref && request->ref[0];
    enum outcome o;

    *c = (struct closing){.w = {.shop = shop, .mem = mem, .payment.id = request->payment_id, .why = why},
                          .request = request};
    if (!request->reason || !request->reason[0])
        return problem_set(why, PROBLEM_REQUIRED, "reason", "%s", "");
    TRY(db_read(shop->db, "payment.read", pay_read, &c->w));
    if (!payment_is_open(c->w.payment.state))
        return problem_set(why, PROBLEM_PAYMENT_STATE, "", "%s", payment_state_label(c->w.payment.state));
    o = paid ? confirm(c) : db_transaction(shop->db, "payment.close", fail, c);
    *payment = c->w.payment;
    return o;
}
