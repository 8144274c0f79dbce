/* shop/autorenew_mail.c: what customers are told of automatic renewal. A letter's data is fixed when it is decided, not
 * when it leaves: it is the evidence of what was announced (L17). */
#include "base/i18n.h"
#include "shop/autorenew_parts.h"
#include "shop/present.h"
#include "store/account.h"
#include "store/catalogue.h"
#include "store/price_told.h"
#include <string.h>
#include <talloc.h>

/* By the kind of instrument (RI169): a card with its last digits, or a PayPal account. */
static json_t *instrument_words(const struct instrument *i)
{
    if (!i || !i->id)
        return json_false();
    return json_pack("{s:b, s:s, s:o}", "paypal", strcmp(i->provider, "paypal") == 0, "label", i->label, "last4",
                     i->last4[0] ? json_string(i->last4) : json_false());
}

static json_t *links(void *mem, const struct autorenew_letter *l)
{
    const char *mailbox = talloc_asprintf(mem, "/caselle/%s", present_path(mem, l->mailbox->address));
    json_t *paths = json_pack("{s:s, s:s, s:s}", "mailbox_path", mailbox, "switch_path",
                              talloc_asprintf(mem, "%s/rinnovo-automatico", mailbox), "renew_path",
                              talloc_asprintf(mem, "%s/rinnovo", mailbox));

    if (l->order) {
        json_object_set_new(paths, "order_path", json_string(talloc_asprintf(mem, "/ordini/%s", l->order->code)));
        json_object_set_new(paths, "pay_path", json_string(talloc_asprintf(mem, "/ordini/%s/paga", l->order->code)));
    }
    return paths;
}

static const char *plan_name(const struct autorenew_letter *l)
{
    const struct brand_plan *plan = l->brand ? brand_plan_by_id(l->brand, l->mandate->plan) : NULL;

    return plan ? plan->name : l->mandate->plan;
}

/* Asked for by sections: {{#reason.removed}}. */
static json_t *reason_words(const char *reason)
{
    json_t *words = json_object();

    if (reason && reason[0])
        json_object_set_new(words, reason, json_true());
    return words;
}

static json_t *data_of(void *mem, const struct autorenew_letter *l)
{
    const struct mandate *m = l->mandate;
    const struct mailbox *box = l->mailbox;
    const char *why = l->error ? payment_refusal_words(l->error) : NULL;
    json_t *data = json_pack("{s:s, s:s, s:o, s:I, s:s, s:b, s:o, s:o, s:o, s:o, s:b, s:b}", "name", box->holder.name,
                             "address", box->address, "expires_on", present_day(m->expires_on), "years",
                             (json_int_t)m->years, "what", present_renewal(mem, m->language, plan_name(l), m->years),
                             "consumer", box->holder.kind == HOLDER_PERSON, "instrument",
                             instrument_words(l->instrument), "on", present_day(l->on), "reason",
                             reason_words(l->reason), "links", links(mem, l), "action", l->action, "last", l->last);

    json_object_set_new(data, "code", l->order ? json_string(l->order->code) : json_false());
    json_object_set_new(data, "lapses_on", l->order ? present_day(l->order->lapses_on) : json_false());
    json_object_set_new(data, "why", why ? json_string(i18n(m->language, why)) : json_false());
    json_object_set_new(data, "was", l->was.cents ? present_money(l->was) : json_false());
    json_object_set_new(data, "amount", l->total.gross.cents ? present_money(l->total.gross) : json_false());
    json_object_set_new(data, "net", present_money(l->total.net));
    json_object_set_new(data, "vat", present_money(l->total.vat));
    json_object_set_new(data, "vat_rate", present_vat_rate(l->total.vat_rate_bp));
    return data;
}

enum outcome autorenew_notice(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                              json_t **data, struct problem *why)
{
    struct autorenew_facts f;
    struct mandate *m = &f.mandate;

    TRY(autorenew_facts_load(tx, mem, brand, mailbox, &f));
    if (!f.known || !f.instrument.id || !f.total.gross.cents ||
        (m->state != MANDATE_ON && m->state != MANDATE_NOTIFIED))
        return problem_set(why, PROBLEM_NOTICE_OVERTAKEN, "notice", "%s", "");
    *data = data_of(mem, &(struct autorenew_letter){
                             .brand = brand,
                             .mandate = m,
                             .mailbox = mailbox,
                             .instrument = &f.instrument,
                             .total = f.total,
                             .on = f.charge_on,
                             .was = m->agreed.cents && m->agreed.cents != f.total.gross.cents ? m->agreed : money(0)});
    return DONE;
}

/* What a change was told about, as it is now. */
struct price_facts {
    struct catalogue_change change;
    struct mandate mandate;
    struct mailbox mailbox;
    struct day charge_on;
    struct total before, after; /* one renewal: on the eve of the change, and on the day of the charge */
};

static enum outcome load_price(struct db_tx *tx, void *mem, const struct brand *brand, int64_t id,
                               struct price_facts *f, struct problem *why)
{
    struct mandate *m = &f->mandate;
    struct price_told told;
    struct space space;

    TRY(price_told_by_id(tx, mem, id, &told));
    TRY(catalogue_change_by_id(tx, mem, told.change_id, &f->change));
    TRY(mandate_by_id(tx, mem, told.mandate_id, m));
    TRY(mailbox_by_id(tx, mem, m->mailbox_id, &f->mailbox));
    f->charge_on = m->charge_on.n ? m->charge_on : autorenew_days(m->expires_on, &brand->autorenew.policy).charge;
    space = mailbox_space(&f->mailbox);
    TRY(autorenew_price(brand, f->mailbox.plan, space, m->years, day_plus(f->change.from, -1), &f->before, why));
    return autorenew_price(brand, f->mailbox.plan, space, m->years, f->charge_on, &f->after, why);
}

static bool price_overtaken(const struct price_facts *f)
{
    const struct mandate *m = &f->mandate;

    return f->change.withdrawn_at.us || (m->state != MANDATE_ON && m->state != MANDATE_NOTIFIED) ||
           strcmp(f->mailbox.plan, f->change.plan) != 0 || day_before(f->charge_on, f->change.from) ||
           f->before.gross.cents == f->after.gross.cents;
}

enum outcome autorenew_price_notice(struct db_tx *tx, void *mem, const struct brand *brand, int64_t told, json_t **data,
                                    struct problem *why)
{
    struct price_facts f;

    TRY(load_price(tx, mem, brand, told, &f, why));
    if (price_overtaken(&f))
        return problem_set(why, PROBLEM_NOTICE_OVERTAKEN, "notice", "%s", "");
    *data = data_of(mem, &(struct autorenew_letter){.brand = brand,
                                                    .mandate = &f.mandate,
                                                    .mailbox = &f.mailbox,
                                                    .total = f.after,
                                                    .on = f.charge_on,
                                                    .was = f.before.gross});
    json_object_set_new(*data, "from", present_day(f.change.from));
    return DONE;
}

enum outcome autorenew_tell(struct db_tx *tx, void *mem, const struct autorenew_letter *l, const char **recipient)
{
    const char *first = l->mailbox->holder.email;
    struct account account = {.email = (char *)""};
    enum outcome o = l->mandate->account_id ? account_by_id(tx, mem, l->mandate->account_id, &account) : DONE;
    json_t *data;

    if (o != DONE && o != REFUSED)
        return o;
    if (!first[0])
        first = account.email;
    if (recipient)
        *recipient = first;
    if (!first[0])
        return DONE;
    data = data_of(mem, l);
    json_object_set_new(data, "expired", json_boolean(day_before(l->mandate->expires_on, db_today(tx))));
    o = outbox_add(tx, l->mandate->brand, "mail", l->template, first, l->mandate->language, 0, data);
    if (o == DONE && account.email[0] && !text_same(account.email, first))
        o = outbox_add(tx, l->mandate->brand, "mail", l->template, account.email, l->mandate->language, 0, data);
    json_decref(data);
    return o;
}
