#include "shop/notice.h"
#include "base/i18n.h"
#include "base/text.h"
#include "rules/payment.h"
#include "shop/door.h"
#include "shop/quote.h"
#include "shop/wording.h"
#include "store/order.h"
#include <string.h>
#include <talloc.h>

#define BANK_DAYS 2 /* working days that a transfer may take until it is seen */

/* ---- What is true when it goes ---- */

static bool overtaken(const struct notice_facts *f)
{
    const char *template = f->notice.template, *status = f->mailbox.status;
    bool deleted = strcmp(status, mailbox_status_name(MAILBOX_DELETED)) == 0;
    bool ceased = strcmp(status, mailbox_status_name(MAILBOX_CEASED)) == 0;

    if (!day_same(f->mailbox.term.ends_on, f->notice.expires_on))
        return true;
    if (strcmp(template, "deletion_notice") == 0)
        return !deleted;
    if (strcmp(template, "ceased_notice") == 0)
        return !ceased;
    if (strcmp(template, "mailbox_suspended") == 0)
        return strcmp(status, mailbox_status_name(MAILBOX_SUSPENDED)) != 0;
    if (strcmp(template, "mailbox_resumed") == 0)
        return strcmp(status, mailbox_status_name(MAILBOX_LIVE)) != 0;
    return deleted || ceased;
}

enum outcome notice_facts_load(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id,
                               struct notice_facts *f, struct problem *why)
{
    *f = (struct notice_facts){.today = db_today(tx)};
    TRY(notice_by_id(tx, mem, id, &f->notice));
    TRY(mailbox_by_id(tx, mem, f->notice.mailbox_id, &f->mailbox));
    f->brand = brand_by_id(brands, f->mailbox.brand);
    if (!f->brand)
        return problem_set(why, PROBLEM_BRAND, "brand", "%s", "");
    if (overtaken(f))
        return problem_set(why, PROBLEM_NOTICE_OVERTAKEN, "notice", "%s", "");
    return f->mailbox.open_order_id ? order_by_id(tx, mem, f->mailbox.open_order_id, &f->open_order) : DONE;
}

/* ---- What it says ---- */

enum outcome notice_renewal_link(struct shop *shop, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                                 char **link)
{
    if (mailbox->password_hash[0])
        return door_link(shop, mem, brand, mailbox, mailbox->allowed.renew_until, link);
    *link =
        shop_link(mem, shop, brand, talloc_asprintf(mem, "/caselle/%s/rinnovo", present_path(mem, mailbox->address)));
    return DONE;
}

/* The last working day on which a transfer that is sent is sure to be seen by the end of the term. */
static struct day bank_day(const struct brand *b, struct day ends_on)
{
    struct day d = ends_on;

    while (day_before(ends_on, workday_add(d, BANK_DAYS, b->payment.desk.patron)))
        d = day_plus(d, -1);
    while (!workday(d, b->payment.desk.patron))
        d = day_plus(d, -1);
    return d;
}

static bool takes_transfers(const struct brand *b)
{
    enum payment_method method;

    for (const char **name = b->payment_methods; *name; name++)
        if (payment_method_of(*name, &method) == DONE && method == METHOD_BANK_TRANSFER)
            return true;
    return false;
}

/* What pays at once here, in words; false: nothing does. */
static json_t *online_of(const struct brand *b, const char *language)
{
    enum payment_method method;
    bool card = false, paypal = false;

    for (const char **name = b->payment_methods; *name; name++)
        if (payment_method_of(*name, &method) == DONE && payment_method_is_online(method)) {
            paypal |= method == METHOD_PAYPAL;
            card |= method != METHOD_PAYPAL;
        }
    if (!card && !paypal)
        return json_false();
    return json_string(!paypal ? i18n(language, N_("carta")) : card ? i18n(language, N_("carta o PayPal")) : "PayPal");
}

static json_t *price_of(void *mem, const struct notice_facts *f, const char *language)
{
    struct quote q;

    if (!quote_shortest(f->brand, &f->mailbox, f->today, &q))
        return json_false();
    return json_pack("{s:s, s:o, s:o, s:o}", "what", present_renewal(mem, language, q.plan->name, q.choice.years),
                     "gross", present_money(q.total.gross), "vat", present_money(q.total.vat), "until",
                     present_day(q.renewed.ends_on));
}

static json_t *open_order_of(void *mem, const struct shop *shop, const struct notice_facts *f)
{
    const struct order *o = &f->open_order;

    if (!o->id)
        return json_false();
    return json_pack("{s:s, s:o, s:o}", "code", o->code, "gross", present_money(o->total.due), "url",
                     json_string(shop_link(mem, shop, f->brand, talloc_asprintf(mem, "/ordini/%s", o->code))));
}

bool notice_warns(const struct brand *brand, const struct mailbox *mailbox)
{
    enum registry_warning policy = brand->notices.registry_warning;

    return policy == REGISTRY_ALL ||
           (policy == REGISTRY_BUSINESS && !holder_is_consumer((enum holder_kind)mailbox->holder.kind));
}

/* Which register has to hear of it (L7-L9, L12): one member is true; all false where the brand does not warn. `ended`:
 * nor can it be renewed any more. */
json_t *notice_registry(const struct brand *brand, const struct mailbox *mailbox)
{
    enum holder_kind kind = (enum holder_kind)mailbox->holder.kind;
    bool on = notice_warns(brand, mailbox);
    bool ended = strcmp(mailbox->status, mailbox_status_name(MAILBOX_CEASED)) == 0 ||
                 strcmp(mailbox->status, mailbox_status_name(MAILBOX_DELETED)) == 0;

    return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b}", "ended", ended, "company", on && kind == HOLDER_COMPANY,
                     "sole_trader", on && kind == HOLDER_SOLE_TRADER, "professional", on && kind == HOLDER_FREELANCE,
                     "body", on && kind == HOLDER_PUBLIC_BODY, "person", on && kind == HOLDER_PERSON);
}

/* What still works once the term is over, and until when; false members: nothing, or nothing any more (M17). */
static json_t *after_of(const struct notice_facts *f)
{
    const struct allowed *a = &f->mailbox.allowed;
    struct day ends_on = f->mailbox.term.ends_on;

    return json_pack("{s:b, s:b, s:o, s:b, s:o, s:b}", "reads", day_before(ends_on, a->read_until), "receives",
                     day_before(day_later(ends_on, day_plus(f->today, -1)), a->receive_until), "receives_until",
                     day_before(a->receive_until, a->read_until) ? present_day(a->receive_until) : json_false(),
                     "stops", !day_before(ends_on, a->read_until), "until", present_day(a->renew_until), "grace",
                     day_before(ends_on, a->renew_until));
}

/* Who renews it in the holder's place (P14); false: nobody, the holder does. */
static json_t *payer_of(const struct notice_facts *f)
{
    const struct brand_convention *c = convention_of(f->brand, &f->mailbox, f->today);

    return c && c->body_pays ? json_string(c->body) : json_false();
}

/* Of a domain that is nobody's any more (M20): the only suspension that is told by a notice. */
static json_t *reason_of(void *mem, const struct notice_facts *f, const char *language)
{
    char day[DAY_TEXT];
    struct day last = day_plus(f->notice.noted_on, f->brand->domains.unregistered_days);

    return json_string(talloc_asprintf(
        mem, i18n(language, N_("il dominio non è più registrato; se non lo è di nuovo entro il %s, la casella cessa")),
        day_italian(last, day)));
}

json_t *notice_present(void *mem, const struct shop *shop, const struct notice_facts *f, const char *renew_url,
                       const char *language)
{
    const struct mailbox *m = &f->mailbox;
    const struct brand *b = f->brand;
    struct day ends_on = m->term.ends_on, by_bank = bank_day(b, ends_on);
    int left = ends_on.n - f->today.n, to_close = m->allowed.renew_until.n - f->today.n;
    json_t *data =
        json_pack("{s:s, s:s, s:o, s:i, s:b, s:b, s:i, s:o, s:o, s:o, s:o, s:o}", "name", m->holder.name, "mailbox",
                  m->address, "expires_on", present_day(ends_on), "days_left", left > 1 ? left : 0, "tonight",
                  left == 0, "tomorrow", left == 1, "days_to_close", to_close > 0 ? to_close : 0, "stops_on",
                  present_day(day_plus(ends_on, 1)), "price", price_of(mem, f, language), "open_order",
                  open_order_of(mem, shop, f), "registry", notice_registry(b, m), "after", after_of(f));

    json_object_set_new(data, "renew_url", json_string(renew_url));
    json_object_set_new(data, "payer", payer_of(f));
    if (day_is_known(f->notice.noted_on))
        json_object_set_new(data, "reason", reason_of(mem, f, language));
    json_object_set_new(data, "registry_warns", json_boolean(notice_warns(b, m)));
    json_object_set_new(data, "closed", json_boolean(day_before(m->allowed.renew_until, f->today)));
    json_object_set_new(data, "closes_today", json_boolean(day_same(m->allowed.renew_until, f->today)));
    json_object_set_new(
        data, "deletes_on",
        present_day(day_later(deletion_day(m->allowed.renew_until, b->notices.delete_after), day_plus(f->today, 1))));
    json_object_set_new(data, "online", online_of(b, language));
    json_object_set_new(data, "bank_by",
                        takes_transfers(b) && !day_before(by_bank, f->today) ? present_day(by_bank) : json_false());
    json_object_set_new(data, "provider_manual_url", json_string(b->provider_manual_url));
    return data;
}

static const char *what_of(const struct notice *n, const char *language)
{
    static const struct {
        const char *template, *label;
    } WHAT[] = {
        {"expiry_notice", N_("Avviso di scadenza")},
        {"charge_notice", N_("Avviso di rinnovo automatico")},
        {"expired_notice", N_("Casella scaduta")},
        {"grace_notice", N_("Ultimi giorni per rinnovare")},
        {"read_only_notice", N_("La casella non riceve più")},
        {"ceased_notice", N_("Casella cessata")},
        {"termination_notice", N_("Disdetta ricevuta")},
        {"mailbox_suspended", N_("Casella sospesa")},
        {"mailbox_resumed", N_("Casella riattivata")},
        {"deletion_notice", N_("Casella cancellata")},
    };

    for (size_t i = 0; i < count_of(WHAT); i++)
        if (strcmp(n->template, WHAT[i].template) == 0)
            return i18n(language, WHAT[i].label);
    return i18n(language, N_("Avviso"));
}

json_t *notices_present(const struct notice *notices, size_t count, const char *language)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct notice *n = &notices[i];

        json_array_append_new(
            list, json_pack("{s:o, s:s, s:o, s:s, s:o, s:b, s:b}", "on",
                            present_day(n->sent_at.us ? rome_day(n->sent_at) : n->noted_on), "what",
                            what_of(n, language), "expires_on", present_day(n->expires_on), "to", n->sent_to, "copy_to",
                            n->copy_to[0] ? json_string(n->copy_to) : json_false(), "waiting",
                            strcmp(n->state, "waiting") == 0, "failed", strcmp(n->state, "failed") == 0));
    }
    return list;
}

/* ---- What became of it ---- */

static enum outcome log_sent(struct db_tx *tx, const struct mailbox *m, const struct notice *n, const char *recipient,
                             const char *version)
{
    static const struct actor SYSTEM = {"job", "system"};
    char day[DAY_TEXT];
    json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", n->event, "expires_on", day_iso(n->expires_on, day),
                             "template", n->template, "version", version, "to", recipient);
    enum outcome o = event_record(tx, m->brand, &SYSTEM, "notice.sent", 0, m->id, data);

    json_decref(data);
    return o;
}

enum outcome notice_told(struct db_tx *tx, void *mem, const struct brands *brands, int64_t notice_id,
                         const struct outbox_row *row, const char *how)
{
    struct notice n;
    struct mailbox m;
    char version[VIEW_VERSION];
    const struct brand *b;

    TRY(notice_by_id(tx, mem, notice_id, &n));
    TRY(mailbox_by_id(tx, mem, n.mailbox_id, &m));
    b = brand_by_id(brands, m.brand);
    if (!wording_mail_version(b, n.template, view_language(row->language), db_today(tx), version))
        view_version(b, talloc_asprintf(mem, "mail/%s", n.template), version);
    TRY(notice_settle(tx, notice_id, how, row->id, version));
    return strcmp(how, "sent") == 0 ? log_sent(tx, &m, &n, row->recipient, version) : DONE;
}

/* "send_path": "/ordini/LM7/documenti" in a part of the data becomes "send_url": whoever wrote the row need not know
 * how the outside reaches us. */
void notice_put_links(void *mem, const struct shop *shop, const struct brand *brand, json_t *data)
{
    static const char ENDING[] = "_path";
    const char *part, *name;
    json_t *words, *value;
    void *next;

    json_object_foreach(data, part, words)
    {
        json_object_foreach_safe(words, next, name, value)
        {
            size_t length = strlen(name), ending = sizeof ENDING - 1;

            if (length <= ending || strcmp(name + length - ending, ENDING) != 0 || !json_is_string(value))
                continue;
            json_object_set_new(words, talloc_asprintf(mem, "%.*s_url", (int)(length - ending), name),
                                json_string(shop_link(mem, shop, brand, json_string_value(value))));
        }
    }
}
