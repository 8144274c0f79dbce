/* shop/held_describe.c: a held entry, where its parts went, and what it may be about, for programs. */
#include "shop/describe.h"
#include "shop/held_hint.h"
#include <string.h>

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *part(const struct held_part *p)
{
    return json_pack("{s:I, s:s, s:I, s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "id", (json_int_t)p->id, "way", p->way,
                     "amount_cents", (json_int_t)p->amount.cents, "order", text_or_null(p->order_code), "account",
                     text_or_null(p->account_email), "refund", p->refund_id ? json_integer(p->refund_id) : json_null(),
                     "note", p->note, "decided_by", p->decided_by, "decided_at", describe_instant(p->decided_at),
                     "undone_at", describe_instant(p->undone_at));
}

static json_t *hint(const struct held_hint *h)
{
    json_t *reasons = json_array();

    for (int r = 0; r < HINT_REASONS; r++)
        if (h->reasons & 1u << r)
            json_array_append_new(reasons, json_string(hint_reason_name((enum hint_reason)r)));
    return json_pack("{s:s, s:s, s:I, s:b, s:b, s:o, s:o}", "order", h->order.code, "state",
                     order_state_name(h->order.state), "due_cents", (json_int_t)h->due.cents, "payable", h->payable,
                     "exact", h->exact, "account", text_or_null(h->account), "reasons", reasons);
}

json_t *describe_held_entry(const struct bank_entry *e, const struct held_part *parts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, part(&parts[i]));
    return json_pack("{s:o, s:s, s:I, s:I, s:s, s:o, s:o, s:o}", "id", json_sprintf("bank-%lld", (long long)e->id),
                     "state", e->state, "amount_cents", (json_int_t)e->amount.cents, "left_cents",
                     (json_int_t)(strcmp(e->state, "held") == 0 ? e->amount.cents - e->placed.cents : 0), "currency",
                     e->currency, "received_on", describe_day(e->booked_on), "reason", text_or_null(e->held_reason),
                     "parts", list);
}

json_t *describe_held_hints(const struct held_hints *hints)
{
    json_t *list = json_array();

    for (size_t i = 0; i < hints->count; i++)
        json_array_append_new(list, hint(&hints->item[i]));
    return json_pack("{s:o, s:b, s:o}", "orders", list, "adds_up", hints->adds_up, "paid_twice",
                     hints->twin.id ? json_sprintf("bank-%lld", (long long)hints->twin.id) : json_null());
}
