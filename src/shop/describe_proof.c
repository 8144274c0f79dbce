#include "shop/describe.h"

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

json_t *describe_proof(const struct proof *p)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:{s:s, s:s, s:s}, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                     (json_int_t)p->id, "brand", p->brand, "order", p->order_code, "channel", p->channel, "file",
                     "name", p->file_name, "content_type", p->content_type, "sha256", p->file_sha256, "state", p->state,
                     "kind", text_or_null(p->kind), "reason", text_or_null(p->reason), "received_at",
                     describe_instant(p->received_at), "due_at", describe_instant(p->due_at), "decided_at",
                     describe_instant(p->decided_at), "decided_by", text_or_null(p->decided_by), "alert_on",
                     describe_day(p->alert_on));
}

json_t *describe_cheque(const struct cheque *c)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "id",
                     (json_int_t)c->id, "brand", c->brand, "order", c->order_code, "kind", c->kind, "number", c->number,
                     "abi", c->abi, "cab", c->cab, "drawer", c->drawer, "amount_cents", (json_int_t)c->amount.cents,
                     "dated_on", describe_day(c->dated_on), "state", c->state, "received_on",
                     describe_day(c->received_on), "deposited_on", describe_day(c->deposited_on), "clears_on",
                     describe_day(c->clears_on), "closed_on", describe_day(c->closed_on), "held_reason",
                     text_or_null(c->held_reason));
}
