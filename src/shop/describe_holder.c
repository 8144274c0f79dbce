#include "shop/describe_holder.h"
#include "shop/describe.h"

json_t *describe_holder_change(const struct holder_change *c)
{
    const struct billing *h = &c->holder;

    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "id",
                     (json_int_t)c->id, "brand", c->brand, "mailbox", c->address, "state",
                     holder_change_state_name(c->state), "note", c->note, "asked_at", describe_instant(c->asked_at),
                     "accepted_at", describe_instant(c->accepted_at), "ended_at", describe_instant(c->ended_at),
                     "expires_on", describe_day(c->expires_on), "holder", "kind", c->holder_kind, "name", h->name,
                     "tax_code", h->tax_code, "vat_number", h->vat_number, "contact_email", h->email, "phone",
                     c->phone);
}

json_t *describe_holdings(const struct holding *all, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", all[i].name, "tax_code", all[i].tax_code,
                                        "activated_on", describe_day(all[i].activated_on), "since",
                                        describe_instant(all[i].since_at), "until", describe_instant(all[i].until_at)));
    return list;
}
