#include "shop/describe_autorenew.h"
#include "shop/describe.h"

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *instrument(const struct instrument *i)
{
    if (!i->id)
        return json_null();
    return json_pack("{s:I, s:s, s:s, s:o, s:o}", "id", (json_int_t)i->id, "provider", i->provider, "label", i->label,
                     "last4", text_or_null(i->last4), "expires",
                     i->exp_year ? json_sprintf("%04d-%02d", i->exp_year, i->exp_month) : json_null());
}

static json_t *consent(const struct mandate *m)
{
    if (!m->consent_version || !m->consent_version[0])
        return json_null();
    return json_pack("{s:s, s:s, s:o, s:s, s:s}", "version", m->consent_version, "sha256", m->consent_sha256, "at",
                     describe_instant(m->consented_at), "door", m->consented_door, "by", m->consented_by);
}

static json_t *warnings(const struct autorenew_facts *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->warning_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:I, s:I}", "kind", f->warnings[i].kind, "sent_on",
                                              describe_day(f->warnings[i].sent_on), "charge_on",
                                              describe_day(f->warnings[i].charge_on), "amount_cents",
                                              (json_int_t)f->warnings[i].amount.cents, "was_cents",
                                              (json_int_t)f->warnings[i].was.cents));
    return list;
}

static json_t *charges(const struct autorenew_facts *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->charge_count; i++)
        json_array_append_new(list, json_pack("{s:I, s:o, s:s, s:o}", "attempt", (json_int_t)f->charges[i].attempt,
                                              "on", describe_day(f->charges[i].on_day), "state",
                                              f->charges[i].payment_state, "error", text_or_null(f->charges[i].error)));
    return list;
}

json_t *describe_autorenew(const struct mailbox *mailbox, const struct autorenew_facts *f, const char *order)
{
    const struct mandate *m = &f->mandate;
    enum mandate_state state = f->known ? m->state : MANDATE_OFF;
    json_t *all =
        json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:b, s:o, s:o}", "address", mailbox->address, "state",
                  mandate_state_name(state), "on", mandate_is_alive(state), "expires_on",
                  describe_day(mailbox->term.ends_on), "instrument", instrument(&f->instrument), "consent", consent(m),
                  "free_withdrawal", f->free_withdrawal, "warnings", warnings(f), "charges", charges(f));

    json_object_set_new(all, "years", f->known ? json_integer(m->years) : json_null());
    json_object_set_new(all, "charge_on", describe_day(f->charge_on));
    json_object_set_new(all, "amount_cents", f->total.gross.cents ? json_integer(f->total.gross.cents) : json_null());
    json_object_set_new(all, "renewed_until", describe_day(f->renewed_until));
    json_object_set_new(all, "agreed_cents", m->agreed.cents ? json_integer(m->agreed.cents) : json_null());
    json_object_set_new(all, "method", text_or_null(m->method));
    json_object_set_new(all, "order", text_or_null(order));
    return all;
}
