/* shop/describe_money.c: what became of an order's money, for programs. */
#include "shop/describe.h"
#include "shop/present_pay.h"
#include <inttypes.h>
#include <string.h>

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *id_or_null(int64_t id)
{
    return id ? json_integer(id) : json_null();
}

json_t *describe_payment(const struct payment *p)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o}", "key", p->key, "method", p->method,
                     "provider", p->provider, "state", payment_state_name(p->state), "amount_cents",
                     (json_int_t)p->amount.cents, "captured_cents", (json_int_t)p->captured.cents, "refunded_cents",
                     (json_int_t)p->refunded.cents, "error", text_or_null(p->error), "held_reason",
                     text_or_null(p->held_reason), "created_at", describe_instant(p->created_at));
}

/* Of an order whose money never came there is none: then most of it is null. */
json_t *describe_refund(const struct refund *r, const char *order_code)
{
    return json_pack("{s:o, s:o, s:o, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", id_or_null(r->id),
                     "brand", text_or_null(r->brand), "order", text_or_null(order_code), "destination", r->destination,
                     "amount_cents", (json_int_t)r->amount.cents, "iban", text_or_null(r->iban), "payee",
                     text_or_null(r->payee), "state", text_or_null(r->state), "reason", text_or_null(r->reason),
                     "credit_note", id_or_null(r->credit_note_id), "error", text_or_null(r->error), "decided_by",
                     text_or_null(r->decided_by), "created_at", describe_instant(r->created_at), "done_at",
                     describe_instant(r->done_at));
}

/* The last attempt by the method that the order waits for, or was paid by. */
static const struct payment *attempt_of(const struct order_facts *f, const struct order_money *m)
{
    for (size_t i = m->payment_count; i-- > 0;)
        if (strcmp(m->payments[i].method, f->order.payment_method) == 0)
            return &m->payments[i];
    return NULL;
}

static void put_attempts(json_t *payment, const struct order_facts *f, const struct order_money *m)
{
    const struct payment *last = attempt_of(f, m);
    json_t *attempts = json_array();

    for (size_t i = 0; i < m->payment_count; i++)
        json_array_append_new(attempts, describe_payment(&m->payments[i]));
    json_object_set_new(payment, "attempts", attempts);
    if (!last)
        return;
    json_object_set_new(payment, "state", json_string(payment_state_name(last->state)));
    json_object_set_new(payment, "error", text_or_null(last->error));
    if (order_is_open(f->order.state) && last->state == PAYMENT_PENDING)
        json_object_set_new(payment, "redirect_url", text_or_null(last->redirect_url));
}

void describe_order_money(void *mem, json_t *order, const struct order_facts *f, const struct order_money *m)
{
    json_t *refunds = json_array(), *notes = json_array();

    put_attempts(json_object_get(order, "payment"), f, m);
    for (size_t i = 0; i < m->refund_count; i++)
        json_array_append_new(refunds, describe_refund(&m->refunds[i], f->order.code));
    for (size_t i = 0; i < m->note_count; i++)
        json_array_append_new(notes, describe_invoice(mem, &m->notes[i], f->order.code));
    json_object_set_new(order, "refunds", refunds);
    json_object_set_new(order, "credit_notes", notes);
    json_object_set_new(order, "proofs", json_integer((json_int_t)m->proof_count));
}

json_t *describe_wallet_entry(const struct wallet_entry *e)
{
    return json_pack("{s:I, s:s, s:I, s:I, s:s, s:o, s:o}", "id", (json_int_t)e->id, "kind", e->kind, "amount_cents",
                     (json_int_t)e->amount.cents, "balance_cents", (json_int_t)e->balance.cents, "cause", e->cause,
                     "order", text_or_null(e->order_code), "at", describe_instant(e->at));
}
