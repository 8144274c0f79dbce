#include "shop/present.h"
#include "base/i18n.h"
#include "base/text.h"
#include "shop/fulfil.h"
#include "shop/present_pay.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

json_t *present_money(struct money amount)
{
    char text[MONEY_TEXT];

    return json_string(money_euro(amount, text));
}

json_t *present_day(struct day day)
{
    char text[DAY_TEXT];

    return day_is_known(day) ? json_string(day_italian(day, text)) : json_false();
}

json_t *present_instant(struct instant i)
{
    char text[INSTANT_TEXT];

    return json_string(instant_italian(i, text));
}

char *present_renewal(void *mem, const char *language, const char *plan_name, int64_t years)
{
    if (years == 1)
        return talloc_asprintf(mem, i18n(language, N_("Rinnovo 1 anno, %s")), plan_name);
    return talloc_asprintf(mem, i18n(language, N_("Rinnovo %d anni, %s")), (int)years, plan_name);
}

/* ---- Loading ---- */

static enum outcome keep_credited(struct db_tx *tx, void *mem, struct order_facts *f)
{
    size_t count, kept = 0;
    int64_t *credited;

    TRY(credited_lines(tx, mem, f->order.id, f->invoice.id, &credited, &count));
    f->by_line = count > 0;
    for (size_t i = 0; i < f->line_count && f->by_line; i++)
        if (kept < count && f->lines[i].line == credited[kept])
            f->lines[kept++] = f->lines[i];
    f->line_count = f->by_line ? kept : f->line_count;
    return DONE;
}

enum outcome order_facts_of_invoice(struct db_tx *tx, void *mem, const struct brands *brands,
                                    const struct invoice *invoice, struct order_facts *facts)
{
    struct order order;

    TRY(order_by_id(tx, mem, invoice->order_id, &order));
    TRY(order_facts_load(tx, mem, brands, &order, facts));
    if (invoice_is_credit_note(invoice)) {
        facts->corrected = facts->invoice;
        facts->invoice = *invoice;
        TRY(keep_credited(tx, mem, facts));
    }
    return DONE;
}

static enum outcome load_request(struct db_tx *tx, void *mem, struct order_facts *facts)
{
    struct request *r = talloc_zero(mem, struct request);

    TRY(request_by_order(tx, mem, facts->order.id, r));
    facts->request = r;
    for (size_t i = 0; i < facts->line_count; i++)
        if (!facts->lines[i].mailbox_id)
            facts->lines[i].address = talloc_asprintf(mem, "%s@%s", r->held_name, facts->brand->domain);
    return DONE;
}

enum outcome order_facts_load(struct db_tx *tx, void *mem, const struct brands *brands, const struct order *order,
                              struct order_facts *facts)
{
    struct bank_entry *entries;
    size_t count;
    enum outcome o;

    *facts = (struct order_facts){.brand = brand_by_id(brands, order->brand), .order = *order, .today = db_today(tx)};
    if (!facts->brand)
        return BROKEN;
    TRY(order_is_bulk(order) ? order_lines_grouped(tx, mem, order, &facts->lines, &facts->line_count)
                             : order_lines(tx, mem, order->id, &facts->lines, &facts->line_count));
    if (order_is_open(order->state)) /* what it would be paid with today, whatever was so when it was placed */
        TRY(order_due(order, db_today(tx), &facts->order.total, NULL));
    if (order_is_purchase(order))
        TRY(load_request(tx, mem, facts));
    if (order->billing.kind == HOLDER_PUBLIC_BODY) {
        o = public_order_of(tx, mem, order->id, &facts->public);
        if (o != DONE && o != REFUSED)
            return o;
    }
    o = invoice_by_order(tx, mem, order->id, &facts->invoice);
    if (o != DONE && o != REFUSED)
        return o;
    TRY(bank_entries_of_order(tx, mem, order->id, &entries, &count));
    for (size_t i = 0; i < count && !facts->held; i++)
        if (strcmp(entries[i].state, "held") == 0)
            facts->held = &entries[i];
    return DONE;
}

struct day order_pay_by(const struct order_facts *facts)
{
    struct day from = day_later(rome_day(facts->order.confirmed_at), facts->today), by = facts->order.lapses_on;

    for (size_t i = 0; i < facts->line_count; i++)
        if (!day_before(facts->lines[i].old_expires_on, from))
            by = day_earlier(by, facts->lines[i].old_expires_on);
    return by;
}

/* ---- Presenting ---- */

char *present_path(void *mem, const char *address)
{
    static const bool CODED[256] = {
        [0 ... ' '] = true, [0x7f ... 0xff] = true, ['/'] = true, ['?'] = true, ['#'] = true, ['%'] = true,
        ['&'] = true,       ['+'] = true,           ['"'] = true, ['<'] = true, ['>'] = true,
    };
    struct text_buffer b = text_buffer(mem);
    const char *rest = address;

    for (const char *c = address; *c; c++)
        if (CODED[(unsigned char)*c]) {
            text_put_bytes(&b, rest, (size_t)(c - rest));
            text_put_format(&b, "%%%02X", (unsigned char)*c);
            rest = c + 1;
        }
    text_put(&b, rest);
    return b.bytes;
}

static json_t *present_line(void *mem, const struct order_line *l)
{
    return json_pack("{s:o, s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:o}", "id",
                     json_sprintf("%" PRId64, l->mailbox_id), "line", (json_int_t)l->line, "mailbox", l->address,
                     "path", present_path(mem, l->address), "what", l->description, "expires_on",
                     l->new_expires_on.n ? present_day(l->old_expires_on) : json_false(), "new_expires_on",
                     present_day(l->new_expires_on), "unit", present_money(l->unit), "quantity",
                     (json_int_t)l->quantity, "net", present_money(l->net));
}

json_t *present_vat_rate(int rate_bp)
{
    return rate_bp % 100 ? json_sprintf("%d,%02d", rate_bp / 100, rate_bp % 100) : json_sprintf("%d", rate_bp / 100);
}

json_t *present_lines(void *mem, const struct order_line *lines, size_t count, const struct total *total)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, present_line(mem, &lines[i]));
    return json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:I, s:o}", "lines", list, "count", (json_int_t)count, "net",
                     present_money(total->net), "vat", present_money(total->vat), "vat_rate",
                     present_vat_rate(total->vat_rate_bp), "gross", present_money(total->gross), "gross_cents",
                     (json_int_t)total->gross.cents, "owed", present_owed(total, ""));
}

json_t *present_owed(const struct total *total, const char *law)
{
    bool untaxed = !text_is_blank(law);

    if (!untaxed && !total_is_split(total))
        return json_false();
    return json_pack("{s:o, s:b, s:o}", "amount", present_money(total->due), "split", total_is_split(total), "law",
                     untaxed ? json_string(law) : json_false());
}

json_t *present_order_state(const struct order_facts *f)
{
    enum order_state state = f->order.state;
    bool asked = state == ORDER_IN_PROCESS && f->request;

    bool waits = asked && f->request->state == REQUEST_WAITING;

    return json_pack("{s:o, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}", "waiting_until",
                     waits ? present_day(f->request->begins_on) : json_false(), "awaiting", state == ORDER_CONFIRMED,
                     "in_process", state == ORDER_IN_PROCESS, "in_review",
                     asked && f->request->state == REQUEST_IN_REVIEW, "activating",
                     asked && f->request->state == REQUEST_ACTIVATING, "paid",
                     state == ORDER_PAID || state == ORDER_INVOICED, "fulfilled", state == ORDER_FULFILLED, "cancelled",
                     state == ORDER_CANCELLED, "lapsed", state == ORDER_LAPSED, "refunded", state == ORDER_REFUNDED);
}

/* When it did what it was placed for. A purchase is paid long before. */
static json_t *fulfilled_on(const struct order_facts *f)
{
    bool was = f->order.state == ORDER_FULFILLED || f->order.state == ORDER_REFUNDED;

    if (order_is_purchase(&f->order)) {
        was = was && f->line_count && f->lines[0].fulfilled_at.us;
        return was ? present_day(rome_day(f->lines[0].fulfilled_at)) : json_false();
    }
    return was ? present_day(rome_day(f->order.settled_at)) : json_false();
}

/* What came after the confirmation. */
static void present_sequel(void *mem, const struct order_facts *f, const char *language, json_t *out)
{
    const struct order *o = &f->order;
    bool over = o->state == ORDER_CANCELLED || o->state == ORDER_LAPSED;
    json_t *renewable = json_array(), *spaceable = json_false();

    json_object_set_new(out, "paid_on", present_day(o->settled_on));
    json_object_set_new(out, "paid_by",
                        o->settled_on.n ? json_string(present_method(o->payment_method, language)) : json_false());
    json_object_set_new(out, "provisional", json_boolean(o->provisional));
    json_object_set_new(out, "fulfilled_on", fulfilled_on(f));
    json_object_set_new(out, "invoice",
                        f->invoice.id ? json_pack("{s:I, s:s, s:o}", "id", (json_int_t)f->invoice.id, "number",
                                                  invoice_number_text(mem, &f->invoice), "issued_on",
                                                  present_day(f->invoice.issued_on))
                                      : json_false());
    json_object_set_new(out, "closed_on", over ? present_day(rome_day(o->cancelled_at)) : json_false());
    json_object_set_new(out, "by_us", json_boolean(over && strcmp(o->door, "cli") == 0));
    for (size_t i = 0; over && !order_is_bulk(o) && i < f->line_count; i++)
        if (order_line_is(&f->lines[i], LINE_RENEWAL))
            json_array_append_new(renewable, json_pack("{s:s, s:s}", "mailbox", f->lines[i].address, "path",
                                                       present_path(mem, f->lines[i].address)));
    json_object_set_new(out, "renewable", renewable);
    if (over && order_is_space(o) && f->line_count)
        spaceable = json_string(present_path(mem, f->lines[0].address));
    json_object_set_new(out, "spaceable", spaceable);
}

static json_t *present_held(const struct order_facts *f, const char *language)
{
    enum held_reason reason;

    if (!f->held || held_reason_of(f->held->held_reason, &reason) != DONE)
        return json_false();
    return json_pack("{s:o, s:o, s:s, s:b}", "amount", present_money(f->held->amount), "received_on",
                     present_day(f->held->booked_on), "reason", i18n(language, held_reason_label(reason)), "again",
                     reason == HELD_REUSED);
}

json_t *present_order(void *mem, const struct order_facts *f, const char *language, bool qr)
{
    const struct order *o = &f->order;
    json_t *order = present_lines(mem, f->lines, f->line_count, &o->total), *out;
    int mailboxes = 0;

    for (size_t i = 0; i < f->line_count; i++)
        mailboxes += order_line_serves(&f->lines[i]);
    json_object_set_new(order, "code", json_string(o->code));
    json_object_set_new(order, "owed", present_owed(&o->total, o->vat_law));
    json_object_set_new(order, "placed_at", present_instant(o->confirmed_at));
    json_object_set_new(order, "placed_on", present_day(rome_day(o->confirmed_at)));
    json_object_set_new(order, "email", json_string(o->billing.email));
    json_object_set_new(order, "automatic", json_boolean(strcmp(o->door, "job") == 0));
    json_object_set_new(order, "several", json_boolean(mailboxes > 1 || order_is_bulk(o))); /* whose lines are groups */
    json_object_set_new(order, "state", present_order_state(f));
    json_object_set_new(order, "topup", json_boolean(order_is_topup(o)));
    json_object_set_new(order, "purchase", json_boolean(order_is_purchase(o)));
    json_object_set_new(order, "space", json_boolean(order_is_space(o)));
    json_object_set_new(order, "renews",
                        json_boolean(!order_is_topup(o) && !order_is_purchase(o) && !order_is_space(o)));
    out = json_pack("{s:o, s:o, s:o}", "order", order, "wrong_money", present_held(f, language), "new_expires_on",
                    f->line_count && mailboxes == 1 ? present_day(f->lines[0].new_expires_on) : json_false());
    present_ways(mem, f, language, qr, out);
    present_sequel(mem, f, language, out);
    return out;
}

json_t *present_order_row(void *mem, const struct order_facts *f)
{
    const struct order_line *first = f->line_count ? &f->lines[0] : NULL;

    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "code", f->order.code, "placed_on",
                     present_day(rome_day(f->order.confirmed_at)), "what",
                     json_string(!first ? ""
                                 : first->address[0]
                                     ? talloc_asprintf(mem, "%s: %s", first->address, first->description)
                                     : first->description),
                     "amount", present_money(f->order.total.gross), "state", present_order_state(f));
}

json_t *present_brand(void *mem, const struct brand *b)
{
    const struct seller *s = &b->seller;

    return json_pack("{s:s, s:s, s:s*, s:s, s:o}", "name", b->name, "support_email", b->support_email, "support_phone",
                     b->support_phone, "provider", b->provider, "seller_line",
                     json_string(talloc_asprintf(mem, "%s, %s, %s %s, P. IVA %s", s->name, s->street, s->postcode,
                                                 s->city, s->vat_number)));
}
