#include "shop/sdi.h"
#include "base/log.h"
#include "base/text.h"
#include "rules/sale.h"
#include "shop/paper.h"
#include "store/order.h"
#include <string.h>
#include <talloc.h>

#define WAITS_SINCE    HOURS(1)
#define QUEUED_AT_ONCE 500
#define SENT_AT_ONCE   100

static const struct actor SYSTEM = {.door = "job", .name = "system"};

/* ---- Sending ---- */

struct sending {
    void *mem;
    const struct sdi_channel *channel;
    int64_t invoice_id;
    struct invoice_file file;
    struct invoice invoice;
    struct sdi_standing standing;
    bool due;
};

static enum outcome record(struct db_tx *tx, const struct invoice *i, const struct actor *actor, const char *kind,
                           json_t *data)
{
    enum outcome o;

    json_object_set_new(data, "invoice", json_integer(i->id));
    o = event_record(tx, i->brand, actor, kind, i->order_id, 0, data);
    json_decref(data);
    return o;
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    TRY(sdi_of_invoice(tx, s->mem, s->invoice_id, &s->standing));
    return invoice_by_id(tx, s->mem, s->invoice_id, &s->invoice);
}

static enum outcome begin(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    TRY(look(tx, s));
    s->due = s->standing.state == SDI_TO_SEND && s->standing.attempt == s->file.attempt;
    return s->due ? sdi_sending_begin(tx, &(struct sdi_sending){.name = s->file.name,
                                                                .invoice_id = s->invoice_id,
                                                                .attempt = s->file.attempt,
                                                                .channel = (char *)s->channel->kind})
                  : DONE;
}

/* A notice may have been quicker than this: then its state stands. */
static enum outcome end(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;
    bool changed;

    TRY(sdi_sending_done(tx, s->file.name));
    TRY(sdi_change(tx, &s->standing, SDI_SENT, s->standing.attempt, (struct day){0}, "", &changed));
    return record(tx, &s->invoice, &SYSTEM, "invoice.sent",
                  json_pack("{s:s, s:s}", "file", s->file.name, "channel", s->channel->kind));
}

enum outcome sdi_send(struct shop *shop, void *mem, int64_t invoice_id, struct problem *why)
{
    struct sending s = {.mem = mem, .invoice_id = invoice_id};

    if (!shop->sdi || !shop->sdi->count)
        return DONE;
    TRY(db_read(shop->db, "sdi.look", look, &s));
    s.channel = sdi_channel_of(shop->sdi, s.invoice.brand);
    if (!s.channel || s.standing.state != SDI_TO_SEND)
        return DONE;
    TRY(invoice_file_get(shop, mem, invoice_id, &s.file));
    TRY(db_transaction(shop->db, "sdi.begin", begin, &s));
    if (!s.due)
        return DONE;
    TRY(s.channel->send(s.channel->arg, mem, s.file.name, s.file.bytes.bytes, s.file.bytes.length, why));
    return db_transaction(shop->db, "sdi.end", end, &s);
}

static enum outcome queue(struct db_tx *tx, const char *brand, const char *language, int64_t order_id,
                          int64_t invoice_id)
{
    json_t *data = json_pack("{s:I}", "invoice", (json_int_t)invoice_id);
    enum outcome o = outbox_add(tx, brand, "sdi", "", "", language, order_id, data);

    json_decref(data);
    return o;
}

enum outcome sdi_queue(struct db_tx *tx, void *mem, const struct brands *brands, const struct invoice *invoice,
                       struct problem *why)
{
    const struct brand *brand = brand_by_id(brands, invoice->brand);
    struct sdi_standing standing;

    TRY(sdi_of_invoice(tx, mem, invoice->id, &standing));
    if (standing.state != SDI_TO_SEND)
        return problem_set(why, PROBLEM_SDI_STATE, "", "%s", sdi_state_label(standing.state));
    if (!brand || !brand->invoicing.channel)
        return problem_set(why, PROBLEM_SDI_CHANNEL, "", "%s", "");
    return queue(tx, invoice->brand, "it", invoice->order_id, invoice->id);
}

/* ---- What was left behind ---- */

struct waiting {
    void *mem;
    const char *brand;
    int64_t queued;
};

static enum outcome queue_waiting(struct db_tx *tx, void *arg)
{
    struct waiting *w = arg;
    int64_t *ids;
    size_t count;

    TRY(sdi_unsent(tx, w->mem, w->brand, instant_plus(db_now(tx), -WAITS_SINCE), QUEUED_AT_ONCE, &ids, &count));
    for (size_t i = 0; i < count; i++) {
        struct invoice invoice;

        TRY(invoice_by_id(tx, w->mem, ids[i], &invoice));
        TRY(queue(tx, w->brand, "it", invoice.order_id, invoice.id));
    }
    w->queued = (int64_t)count;
    return DONE;
}

enum outcome sdi_send_waiting(struct shop *shop, void *mem, int64_t *sent)
{
    *sent = 0;
    for (size_t i = 0; shop->sdi && i < shop->sdi->count; i++) {
        struct waiting w = {.brand = shop->sdi->all[i].brand};
        enum outcome o;

        do {
            w.mem = talloc_new(mem);
            o = db_transaction(shop->db, "sdi.waiting", queue_waiting, &w);
            talloc_free(w.mem);
            TRY(o);
            *sent += w.queued;
        } while (w.queued == QUEUED_AT_ONCE);
    }
    return DONE;
}

struct listing {
    void *mem;
    const struct sdi_batch *batch;
    int64_t *ids;
    size_t count;
};

static enum outcome list_unsent(struct db_tx *tx, void *arg)
{
    struct listing *l = arg;

    return sdi_unsent_after(tx, l->mem, l->batch->brand, l->batch->after, SENT_AT_ONCE, &l->ids, &l->count);
}

enum outcome sdi_send_batch(struct shop *shop, void *mem, struct sdi_batch *batch, struct problem *why)
{
    struct listing l = {.mem = mem, .batch = batch};

    TRY(db_read(shop->db, "sdi.list", list_unsent, &l));
    batch->more = l.count == SENT_AT_ONCE;
    for (size_t i = 0; i < l.count; i++) {
        TRY(sdi_send(shop, mem, l.ids[i], why));
        batch->after = l.ids[i];
        batch->sent++;
    }
    return DONE;
}

/* ---- Again ---- */

static enum outcome check(struct db_tx *tx, const struct sdi_again *again, const struct sdi_standing *s,
                          struct problem *why)
{
    char text[DAY_TEXT];

    if (s->state != SDI_REJECTED && s->state != SDI_REFUSED)
        return problem_set(why, PROBLEM_SDI_STATE, "", "%s", sdi_state_label(s->state));
    if (s->state == SDI_REFUSED)
        return DONE;
    if (!s->resend_by.n)
        return problem_set(why, PROBLEM_SDI_DUPLICATE, "", "%s", "");
    if (day_before(s->resend_by, db_today(tx)) && !again->late)
        return problem_set(why, PROBLEM_SDI_LATE, "late", "%s", day_italian(s->resend_by, text));
    return DONE;
}

/* What was paid and booked was taxed by where the customer is, in business or not, and under the split or not. */
static enum outcome check_mended(const struct invoice *i, const struct order *order, const struct billing *mended,
                                 struct problem *why)
{
    bool split = split_payment_on(i->paid_on) && billing_splits_vat(mended);
    bool consumer = holder_is_consumer((enum holder_kind)mended->kind);

    if (billing_place(mended) != billing_place(&order->billing) ||
        (!order->vat_nature[0] && split != total_is_split(&i->total)) ||
        (billing_place(mended) != BILLING_ITALY &&
         consumer != holder_is_consumer((enum holder_kind)order->billing.kind)))
        return problem_set(why, PROBLEM_SDI_OTHER_TAX, "kind", "%s", "");
    return DONE;
}

enum outcome sdi_send_again(struct db_tx *tx, void *mem, const struct sdi_again *again, struct problem *why)
{
    struct sdi_standing standing;
    struct invoice invoice;
    struct order order;
    bool changed;
    enum outcome o = sdi_of_invoice(tx, mem, again->invoice_id, &standing);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(check(tx, again, &standing, why));
    TRY(invoice_by_id(tx, mem, again->invoice_id, &invoice));
    TRY(order_by_id(tx, mem, invoice.order_id, &order));
    if (again->billing)
        TRY(check_mended(&invoice, &order, again->billing, why));
    if (again->billing)
        TRY(order_mend_billing(tx, order.id, again->billing));
    TRY(sdi_change(tx, &standing, SDI_TO_SEND, standing.attempt + 1, (struct day){0}, "", &changed));
    if (!changed)
        return BUSY;
    TRY(record(tx, &invoice, &again->actor, "invoice.sent_again",
               json_pack("{s:I, s:b, s:b}", "attempt", (json_int_t)standing.attempt + 1, "mended",
                         again->billing != NULL, "late", again->late)));
    return queue(tx, invoice.brand, order.language, order.id, invoice.id);
}
