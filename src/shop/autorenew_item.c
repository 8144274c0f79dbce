/* One mandate with something due: what belongs to it, the order that renews its mailbox, and how it ends where none can
 * (DOMAIN A2, A7, A10). */
#include "shop/autorenew_day.h"
#include "shop/cart.h"
#include "shop/extra_space.h"
#include "shop/fulfil.h"
#include "shop/place_order.h"
#include <string.h>

static enum outcome lose(struct autorenew_item *i, const char *reason)
{
    i->batch->done.lost++;
    return mandate_lose_method(i->tx, i->mem, i->m, reason, &AUTORENEW_JOB);
}

enum outcome item_save(struct autorenew_item *i)
{
    bool changed;

    TRY(mandate_update(i->tx, i->m, i->m->state, &changed));
    return changed ? DONE : BUSY;
}

enum outcome item_put_off(struct autorenew_item *i)
{
    i->m->charge_on = day_plus(i->today, 1);
    return item_save(i);
}

enum outcome item_take_up(struct autorenew_item *i)
{
    struct mandate *m = i->m;
    struct day last;
    enum outcome o;

    i->brand = brand_by_id(i->batch->shop->brands, m->brand);
    i->today = db_today(i->tx);
    TRY(mailbox_by_id(i->tx, i->mem, m->mailbox_id, &i->mailbox));
    if (strcmp(i->mailbox.status, mailbox_status_name(MAILBOX_LIVE)) != 0)
        return mandate_step(i->tx, m, MANDATE_EVENT_END, &AUTORENEW_JOB, "mailbox", 0);
    if (!i->brand || !i->brand->autorenew.on || !m->instrument_id)
        return lose(i, "imported");
    o = instrument_by_id(i->tx, i->mem, m->instrument_id, &i->instrument);
    if (o == REFUSED)
        return lose(i, "removed");
    TRY(o);
    if (i->mailbox.term.ends_on.n != m->expires_on.n) { /* it has another end than we were told */
        m->expires_on = i->mailbox.term.ends_on;
        mandate_arm(i->brand, m, i->today);
        return item_save(i);
    }
    last = day_later(i->today, autorenew_days(m->expires_on, &i->brand->autorenew.policy).charge);
    if (autorenew_card_is_over(i->instrument.exp_month, i->instrument.exp_year, last))
        return lose(i, "expired");
    i->ready = true;
    return DONE;
}

/* ---- The order ---- */

/* Invoiced to whom the mailbox's last order of the same account was, otherwise to the holder. */
static enum outcome find_billing(struct autorenew_item *i, struct billing *billing)
{
    struct order *orders;
    size_t count;

    *billing = i->mailbox.holder;
    TRY(orders_of_mailbox(i->tx, i->mem, i->mailbox.id, 1, &orders, &count));
    if (count && orders[0].account_id == i->m->account_id)
        *billing = orders[0].billing;
    return DONE;
}

static enum outcome write_order(struct autorenew_item *i, const struct order *o, const struct order_line *lines,
                                size_t count)
{
    json_t *data;
    enum outcome outcome = order_insert(i->tx, o, NULL);

    if (outcome != DONE)
        return outcome == REFUSED ? BUSY : outcome;
    for (size_t n = 0; n < count; n++)
        TRY(order_line_insert(i->tx, o->id, &lines[n]));
    TRY(space_gives_way(i->tx, i->mem, &i->mailbox, &AUTORENEW_JOB));
    TRY(mailbox_claim(i->tx, i->mailbox.id, o->id));
    data = json_pack("{s:s, s:I, s:s, s:I}", "code", o->code, "gross_cents", (json_int_t)o->total.gross.cents, "method",
                     o->payment_method, "mandate", (json_int_t)i->m->id);
    outcome = event_record(i->tx, o->brand, &AUTORENEW_JOB, "order.confirmed", o->id, o->mailbox_id, data);
    json_decref(data);
    return outcome;
}

/* The renewal as it was, at today's price; no mail says so, the one about the charge does. REFUSED: it cannot be
 * renewed so. */
static enum outcome place(struct autorenew_item *i, struct order *o, struct problem *why)
{
    const struct brand *b = i->brand;
    const struct brand_terms *terms = brand_terms_on(&b->terms, i->today);
    struct renewal_choice choice = {.years = i->m->years, .extra_gb = EXTRA_GB_AS_HELD};
    struct order_line *lines = NULL;
    size_t count = 0;
    struct quote quote;
    struct total total;

    TRY(quote_renewal(b, &i->mailbox, &choice, i->today, &quote, why));
    quote_lines(i->mem, i->m->language, &i->mailbox, &quote, i->today, &lines, &count);
    TRY(lines_total(b, lines, count, i->today, &total, why));
    *o = (struct order){.brand = (char *)b->id,
                        .kind = (char *)ORDER_RENEWAL,
                        .state = ORDER_CONFIRMED,
                        .state_text = (char *)order_state_name(ORDER_CONFIRMED),
                        .account_id = i->m->account_id,
                        .mailbox_id = i->mailbox.id,
                        .door = (char *)AUTORENEW_JOB.door,
                        .language = i->m->language,
                        .total = total,
                        .payment_method = i->m->method,
                        .terms_version = (char *)terms->version,
                        .terms_sha256 = (char *)terms->sha256,
                        .settled_by = (char *)"",
                        .confirmed_at = db_now(i->tx),
                        .lapses_on = day_plus(i->today, b->order_lapses_days)};
    TRY(find_billing(i, &o->billing));
    TRY(order_agree_tax(b, o, i->today, why));
    TRY(order_give_code(i->tx, i->mem, b, o));
    TRY(write_order(i, o, lines, count));
    i->m->charge_order_id = o->id;
    return DONE;
}

/* ---- How it ends ---- */

/* The order is to be paid by hand, or waits for it. */
static enum outcome tell_not_charged(struct autorenew_item *i, const struct order *order, const char *reason,
                                     struct money was, bool last)
{
    return autorenew_tell(i->tx, i->mem,
                          &(struct autorenew_letter){.template = "charge_refused",
                                                     .brand = i->brand,
                                                     .mandate = i->m,
                                                     .mailbox = &i->mailbox,
                                                     .instrument = &i->instrument,
                                                     .total = order->total,
                                                     .on = i->m->charge_on,
                                                     .was = was,
                                                     .order = order,
                                                     .reason = reason,
                                                     .last = last},
                          NULL);
}

enum outcome item_give_up(struct autorenew_item *i, const struct order *order, const char *reason, struct money was)
{
    i->batch->done.left++;
    i->m->charge_on = i->m->warn_on = (struct day){0};
    TRY(mandate_step(i->tx, i->m, MANDATE_EVENT_GIVE_UP, &AUTORENEW_JOB, reason, order->id));
    return tell_not_charged(i, order, reason, was, true);
}

enum outcome item_give_way(struct autorenew_item *i)
{
    struct order order;

    if (day_before(autorenew_days(i->m->expires_on, &i->brand->autorenew.policy).charge, i->m->charge_on))
        return item_put_off(i); /* that was said on the first day */
    TRY(order_by_id(i->tx, i->mem, i->mailbox.open_order_id, &order));
    TRY(item_put_off(i));
    return tell_not_charged(i, &order, "waits", money(0), false);
}

enum outcome item_find_order(struct autorenew_item *i, struct order *order, struct problem *why)
{
    int64_t id = i->m->charge_order_id ? i->m->charge_order_id : i->mailbox.open_order_id;

    return id ? order_by_id(i->tx, i->mem, id, order) : place(i, order, why);
}

enum outcome item_end(struct autorenew_item *i, const struct problem *why)
{
    TRY(mandate_step(i->tx, i->m, MANDATE_EVENT_END, &AUTORENEW_JOB, problem_slug(why->code), 0));
    return autorenew_tell(
        i->tx, i->mem,
        &(struct autorenew_letter){
            .template = "autorenew_off", .mandate = i->m, .mailbox = &i->mailbox, .reason = "not_possible"},
        NULL);
}

enum outcome item_too_late(struct autorenew_item *i)
{
    struct problem why = {0};
    struct order order;
    enum outcome o = item_find_order(i, &order, &why);

    if (o == REFUSED)
        return item_end(i, &why);
    TRY(o);
    i->m->charge_order_id = order.id;
    return item_give_up(i, &order, "late", money(0));
}
