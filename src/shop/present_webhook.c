#include "shop/present_webhook.h"
#include "shop/describe.h"

json_t *present_webhook(const struct webhook *w)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)w->id, "brand", w->brand, "url",
                     w->url, "kinds", w->kinds, "email", w->email, "state",
                     w->disabled_at.us     ? "disabled"
                     : w->failing_since.us ? "failing"
                                           : "active",
                     "created_at", describe_instant(w->created_at), "failing_since", describe_instant(w->failing_since),
                     "disabled_at", describe_instant(w->disabled_at));
}

json_t *present_delivery(const struct webhook_delivery *d)
{
    return json_pack("{s:I, s:I, s:s, s:s, s:I, s:I, s:s, s:o, s:o}", "id", (json_int_t)d->id, "event",
                     (json_int_t)d->event_id, "kind", d->kind, "state", d->state, "attempts", (json_int_t)d->attempts,
                     "status", (json_int_t)d->status, "error", d->error, "created_at", describe_instant(d->created_at),
                     "tried_at", describe_instant(d->tried_at));
}
