/* shop/autorenew_turn.c: what automatic renewal does on a day (DOMAIN A2, A3, A10): first the warnings, then the
 * charges.
 *
 * Charges go in batches: one transaction writes the orders and attempts of a batch, the provider is asked for each, one
 * transaction records the answers. Whoever dies in between leaves attempts that the poller asks about under their own
 * keys; a mandate with an attempt under way is in the state `charging`, in which nothing is due, so no second one is
 * begun. */
#include "base/log.h"
#include "shop/autorenew_parts.h"
#include "shop/cart.h"
#include "shop/catalogue.h"
#include "shop/extra_space.h"
#include "shop/fulfil.h"
#include "shop/pay_parts.h"
#include "shop/place_order.h"
#include <string.h>
#include <talloc.h>

#define AT_ONCE 200
#define ASK_FOR                                                                                                        \
    SECONDS(45) /* then what was answered is written down: an attempt is not left alone until the poller looks */
#define PAGE_OPEN MINUTES(30) /* a customer who was sent to the provider's page may still be there */

static const struct actor SYSTEM = {.door = "job", .name = "system"};

struct turn {
    struct shop *shop;
    void *mem; /* of the batch */
    int limit;
    size_t found;                  /* mandates that the batch took up */
    struct pay_work **work;        /* attempts that the provider is to be asked for */
    size_t count, asked, recorded; /* of them */
    struct autorenew_turned done;  /* of the batch */
};

/* What each mandate needs, whichever day it is. */
struct item {
    struct turn *turn;
    struct db_tx *tx;
    void *mem;
    struct mandate *m;
    const struct brand *brand;
    struct mailbox mailbox;
    struct instrument instrument;
    struct day today;
    bool ready; /* false: nothing is to be done now */
};

static enum outcome lose(struct item *i, const char *reason)
{
    i->turn->done.lost++;
    return mandate_lose_method(i->tx, i->mem, i->m, reason, &SYSTEM);
}

static enum outcome save(struct item *i)
{
    bool changed;

    TRY(mandate_update(i->tx, i->m, i->m->state, &changed));
    return changed ? DONE : BUSY;
}

/* Not now: the day after. */
static enum outcome put_off(struct item *i)
{
    i->m->charge_on = day_plus(i->today, 1);
    return save(i);
}

/* Loads what belongs to it, and looks whether there is still something to renew, and to charge. */
static enum outcome take_up(struct item *i)
{
    struct mandate *m = i->m;
    struct day last;
    enum outcome o;

    i->brand = brand_by_id(i->turn->shop->brands, m->brand);
    i->today = db_today(i->tx);
    TRY(mailbox_by_id(i->tx, i->mem, m->mailbox_id, &i->mailbox));
    if (strcmp(i->mailbox.status, mailbox_status_name(MAILBOX_LIVE)) != 0)
        return mandate_step(i->tx, m, MANDATE_EVENT_END, &SYSTEM, "mailbox", 0);
    if (!i->brand || !i->brand->autorenew.on || !m->instrument_id)
        return lose(i, "imported");
    o = instrument_by_id(i->tx, i->mem, m->instrument_id, &i->instrument);
    if (o == REFUSED)
        return lose(i, "removed");
    TRY(o);
    if (i->mailbox.term.ends_on.n != m->expires_on.n) { /* it has another end than we were told */
        m->expires_on = i->mailbox.term.ends_on;
        mandate_arm(i->brand, m, i->today);
        return save(i);
    }
    last = day_later(i->today, autorenew_days(m->expires_on, &i->brand->autorenew.policy).charge);
    if (autorenew_card_is_over(i->instrument.exp_month, i->instrument.exp_year, last))
        return lose(i, "expired");
    i->ready = true;
    return DONE;
}

/* ---- The order ---- */

/* Invoiced to whom the mailbox's last order of the same account was, otherwise to the holder. */
static enum outcome find_billing(struct item *i, struct billing *billing)
{
    struct order *orders;
    size_t count;

    *billing = i->mailbox.holder;
    TRY(orders_of_mailbox(i->tx, i->mem, i->mailbox.id, 1, &orders, &count));
    if (count && orders[0].account_id == i->m->account_id)
        *billing = orders[0].billing;
    return DONE;
}

static enum outcome write_order(struct item *i, const struct order *o, const struct order_line *lines, size_t count)
{
    json_t *data;
    enum outcome outcome = order_insert(i->tx, o, NULL);

    if (outcome != DONE)
        return outcome == REFUSED ? BUSY : outcome;
    for (size_t n = 0; n < count; n++)
        TRY(order_line_insert(i->tx, o->id, &lines[n]));
    TRY(space_gives_way(i->tx, i->mem, &i->mailbox, &SYSTEM));
    TRY(mailbox_claim(i->tx, i->mailbox.id, o->id));
    data = json_pack("{s:s, s:I, s:s, s:I}", "code", o->code, "gross_cents", (json_int_t)o->total.gross.cents, "method",
                     o->payment_method, "mandate", (json_int_t)i->m->id);
    outcome = event_record(i->tx, o->brand, &SYSTEM, "order.confirmed", o->id, o->mailbox_id, data);
    json_decref(data);
    return outcome;
}

/* The renewal as it was, at today's price; no mail says so, the one about the charge does. REFUSED: it cannot be
 * renewed so. */
static enum outcome place(struct item *i, struct order *o, struct problem *why)
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
                        .door = (char *)SYSTEM.door,
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

/* ---- Warnings ---- */

static enum outcome give_up(struct item *i, const struct order *order, const char *reason, struct money was)
{
    i->turn->done.left++;
    i->m->charge_on = i->m->warn_on = (struct day){0};
    TRY(mandate_step(i->tx, i->m, MANDATE_EVENT_GIVE_UP, &SYSTEM, reason, order->id));
    return autorenew_tell(i->tx, i->mem,
                          &(struct autorenew_letter){.template = "charge_refused",
                                                     .brand = i->brand,
                                                     .mandate = i->m,
                                                     .mailbox = &i->mailbox,
                                                     .instrument = &i->instrument,
                                                     .total = order->total,
                                                     .was = was,
                                                     .order = order,
                                                     .reason = reason,
                                                     .last = true},
                          NULL);
}

/* The one that stands in the way, or the one that was charged before, or a new one. */
static enum outcome find_order(struct item *i, struct order *order, struct problem *why)
{
    int64_t id = i->m->charge_order_id ? i->m->charge_order_id : i->mailbox.open_order_id;

    return id ? order_by_id(i->tx, i->mem, id, order) : place(i, order, why);
}

/* It cannot be renewed like this any more: the plan has no price, the horizon is near. */
static enum outcome end(struct item *i, const struct problem *why)
{
    TRY(mandate_step(i->tx, i->m, MANDATE_EVENT_END, &SYSTEM, problem_slug(why->code), 0));
    return autorenew_tell(
        i->tx, i->mem,
        &(struct autorenew_letter){
            .template = "autorenew_off", .mandate = i->m, .mailbox = &i->mailbox, .reason = "not_possible"},
        NULL);
}

/* The days went by without anybody at work: what is over is not charged. */
static enum outcome too_late(struct item *i)
{
    struct problem why = {0};
    struct order order;
    enum outcome o = find_order(i, &order, &why);

    if (o == REFUSED)
        return end(i, &why);
    TRY(o);
    i->m->charge_order_id = order.id;
    return give_up(i, &order, "late", money(0));
}

/* The charge is never on the day of its announcement, but for the last one. */
static struct day charge_day(const struct item *i, struct day planned)
{
    return day_earlier(day_later(planned, day_plus(i->today, 1)), i->m->expires_on);
}

/* Whether the day's notices have announced it since the warning became due: *to is who reads it, "" nobody. */
static enum outcome find_notice(struct item *i, struct day since, const char **to, bool *found)
{
    enum outcome o = charge_notice_reader(i->tx, i->mem, i->m->mailbox_id, i->m->expires_on, since, to);

    *found = o == DONE;
    return o == REFUSED ? DONE : o;
}

static enum outcome tell_charge(struct item *i, const struct total *total, const char **recipient)
{
    const struct mandate *m = i->m;
    struct money was = m->agreed.cents && m->agreed.cents != total->gross.cents ? m->agreed : money(0);

    return autorenew_tell(i->tx, i->mem,
                          &(struct autorenew_letter){.template = "charge_notice",
                                                     .brand = i->brand,
                                                     .mandate = m,
                                                     .mailbox = &i->mailbox,
                                                     .instrument = &i->instrument,
                                                     .total = *total,
                                                     .was = was,
                                                     .on = m->charge_on},
                          recipient);
}

static enum outcome announce(struct item *i, enum autorenew_warning kind, struct day since, const struct total *total)
{
    struct mandate *m = i->m;
    const char *recipient = "";
    bool noticed;

    TRY(find_notice(i, since, &recipient, &noticed));
    if (!noticed)
        TRY(tell_charge(i, total, &recipient));
    m->noticed &= recipient[0] != '\0';
    TRY(charge_warning_insert(i->tx, &(struct charge_warning){.mailbox_id = m->mailbox_id,
                                                              .expires_on = m->expires_on,
                                                              .kind = (char *)autorenew_warning_name(kind),
                                                              .mandate_id = m->id,
                                                              .sent_on = i->today,
                                                              .recipient = (char *)recipient,
                                                              .charge_on = m->charge_on,
                                                              .amount = total->gross,
                                                              .was = m->agreed}));
    i->turn->done.warned++;
    return mandate_step(i->tx, m, MANDATE_EVENT_WARN, &SYSTEM, autorenew_warning_name(kind), 0);
}

static enum outcome warn(struct item *i)
{
    struct mandate *m = i->m;
    enum autorenew_warning kind;
    struct problem why = {0};
    struct autorenew_days days;
    struct total total;
    enum outcome o;

    TRY(take_up(i));
    if (!i->ready)
        return DONE;
    if (day_before(m->expires_on, i->today))
        return too_late(i);
    days = autorenew_days(m->expires_on, &i->brand->autorenew.policy);
    kind = autorenew_warning_on(m->expires_on, i->today, &i->brand->autorenew.policy, &m->warn_on);
    if (kind == WARNING_NONE)
        return save(i);
    o = autorenew_price(i->brand, i->mailbox.plan, mailbox_space(&i->mailbox), m->years, i->today, &total, &why);
    if (o == REFUSED)
        return end(i, &why);
    TRY(o);
    m->announced = total.gross;
    m->noticed = kind == WARNING_SECOND && !day_before(days.second, i->today);
    m->charge_on = charge_day(i, days.charge);
    return announce(i, kind, kind == WARNING_SECOND ? days.second : days.first, &total);
}

static enum outcome warn_some(struct db_tx *tx, void *arg)
{
    struct turn *t = arg;
    struct mandate *all;

    t->done = (struct autorenew_turned){0};
    TRY(mandates_to_warn(tx, t->mem, db_today(tx), t->limit, &all, &t->found));
    for (size_t n = 0; n < t->found; n++)
        TRY(warn(&(struct item){.turn = t, .tx = tx, .mem = t->mem, .m = &all[n]}));
    return DONE;
}

/* ---- Charges: what is intended ---- */

/* Somebody is paying it by hand just now. */
static enum outcome is_being_paid(struct item *i, int64_t order_id, bool *is)
{
    struct payment *payments;
    size_t count;

    *is = false;
    TRY(payments_of_order(i->tx, i->mem, order_id, &payments, &count));
    for (size_t n = 0; n < count; n++)
        *is |= !payments[n].instrument_id && payment_is_open(payments[n].state) &&
               (payments[n].under_way || clock_now().us - payments[n].created_at.us < PAGE_OPEN);
    return DONE;
}

static enum outcome attempt(struct item *i, const struct order *order, const struct gateway *gateway,
                            enum payment_method method, bool free_withdrawal)
{
    struct mandate *m = i->m;
    struct pay_work *w = talloc_zero(i->mem, struct pay_work);
    struct pay_request *request = talloc_zero(w, struct pay_request);

    *request = (struct pay_request){.brand = i->brand, .code = order->code, .method = method, .actor = SYSTEM};
    *w = (struct pay_work){.shop = i->turn->shop,
                           .mem = i->mem,
                           .request = request,
                           .brand = i->brand,
                           .gateway = gateway,
                           .order = *order,
                           .instrument = i->instrument,
                           .fresh = true};
    TRY(order_due(order, i->today, &w->order.total, NULL));
    TRY(pay_insert(i->tx, w, gateway->provider, PAYMENT_NEW));
    m->attempts++;
    m->charge_on = (struct day){0};
    TRY(charge_insert(i->tx, &(struct charge){.mailbox_id = m->mailbox_id,
                                              .expires_on = m->expires_on,
                                              .attempt = m->attempts,
                                              .mandate_id = m->id,
                                              .order_id = order->id,
                                              .payment_id = w->payment.id,
                                              .on_day = i->today,
                                              .free_withdrawal = free_withdrawal}));
    TRY(mandate_step(i->tx, m, MANDATE_EVENT_CHARGE, &SYSTEM, "", order->id));
    i->turn->work[i->turn->count++] = w;
    return DONE;
}

/* A10. The order stands already, at the price in question. */
static struct autorenew_amounts amounts_of(const struct item *i, const struct order *order)
{
    return (struct autorenew_amounts){.consumer = holder_is_consumer((enum holder_kind)i->mailbox.holder.kind),
                                      .agreed = i->m->agreed,
                                      .announced = i->m->announced,
                                      .now = order->total.gross,
                                      .noticed = i->m->noticed};
}

static enum outcome charge_one(struct item *i)
{
    struct mandate *m = i->m;
    const struct gateway *gateway = NULL;
    struct autorenew_amounts amounts;
    enum payment_method method;
    struct problem why = {0};
    struct order order;
    bool busy = false, tried = m->charge_order_id != 0;
    enum outcome o;

    TRY(take_up(i));
    if (!i->ready)
        return DONE;
    if (day_before(m->expires_on, i->today))
        return too_late(i);
    if (autorenew_method_of(i->turn->shop, i->brand, &i->instrument, &method))
        gateway = gateway_of(i->turn->shop->gateways, i->brand->id, method);
    /* An order of the customer's own goes before; a provider that is not set up today may be tomorrow. */
    if (!gateway || (i->mailbox.open_order_id && i->mailbox.open_order_id != m->charge_order_id))
        return put_off(i);
    o = find_order(i, &order, &why);
    if (o == REFUSED)
        return end(i, &why);
    TRY(o);
    if (!order_is_open(order.state))
        return put_off(i);
    if (tried)
        TRY(is_being_paid(i, order.id, &busy));
    if (busy)
        return put_off(i);
    amounts = amounts_of(i, &order);
    if (!autorenew_may_charge(&amounts))
        return give_up(i, &order, "price", m->agreed);
    return attempt(i, &order, gateway, method, amounts.consumer && !m->noticed);
}

static enum outcome begin_some(struct db_tx *tx, void *arg)
{
    struct turn *t = arg;
    struct mandate *all;

    t->done = (struct autorenew_turned){0};
    t->count = 0;
    TRY(mandates_to_charge(tx, t->mem, db_today(tx), t->limit, &all, &t->found));
    for (size_t n = 0; n < t->found; n++)
        TRY(charge_one(&(struct item){.turn = t, .tx = tx, .mem = t->mem, .m = &all[n]}));
    return DONE;
}

/* ---- Charges: what came of them ---- */

static enum outcome record_asked(struct db_tx *tx, void *arg)
{
    struct turn *t = arg;

    for (size_t n = t->recorded; n < t->asked; n++)
        TRY(pay_record(tx, t->work[n]));
    return DONE;
}

/* Together; where one of them cannot be written, each by itself. What then still cannot, the poller takes up again. */
static void record(struct turn *t)
{
    struct db *db = t->shop->db;
    enum outcome o = t->recorded < t->asked ? db_transaction(db, "autorenew.record", record_asked, t) : DONE;

    for (size_t n = t->recorded; o != DONE && n < t->asked; n++)
        if (db_transaction(db, "payment.record", pay_record, t->work[n]) != DONE)
            log_warning("autorenew.record", LOG_TEXT("key", t->work[n]->payment.key));
    for (; t->recorded < t->asked; t->recorded++) {
        enum payment_state state = t->work[t->recorded]->payment.state;

        t->done.charged += state == PAYMENT_CAPTURED;
        t->done.unknown += state == PAYMENT_UNKNOWN || state == PAYMENT_NEW || state == PAYMENT_PENDING;
        t->done.refused += state == PAYMENT_FAILED || state == PAYMENT_NEEDS_ACTION;
    }
}

static void ask_all(struct turn *t)
{
    int64_t began_us = clock_monotonic_us();

    for (t->asked = t->recorded = 0; t->asked < t->count;) {
        struct pay_work *w = t->work[t->asked++];
        struct problem why = {0};

        w->why = &why;
        pay_ask_charge(w);
        w->why = NULL;
        if (t->asked < t->count && clock_monotonic_us() - began_us < ASK_FOR)
            continue;
        record(t);
        began_us = clock_monotonic_us();
    }
}

/* ---- The batches ---- */

static void add_up(struct autorenew_turned *all, const struct autorenew_turned *more)
{
    all->warned += more->warned;
    all->lost += more->lost;
    all->charged += more->charged;
    all->refused += more->refused;
    all->unknown += more->unknown;
    all->left += more->left;
}

/* The first that is due, which cannot be done, is tried again tomorrow: it holds up no other. */
static enum outcome leave_first(struct db_tx *tx, void *arg)
{
    struct turn *t = arg;
    bool warning = t->work == NULL, changed;
    struct mandate *first;
    size_t count;

    TRY(warning ? mandates_to_warn(tx, t->mem, db_today(tx), 1, &first, &count)
                : mandates_to_charge(tx, t->mem, db_today(tx), 1, &first, &count));
    if (!count)
        return DONE;
    log_warning("autorenew.left", LOG_INT("mandate", first->id));
    *(warning ? &first->warn_on : &first->charge_on) = day_plus(db_today(tx), 1);
    return mandate_update(tx, first, first->state, &changed);
}

/* Batch after batch until nothing is due. A batch that fails is tried one by one. */
static enum outcome go_through(struct shop *shop, void *mem, bool charges, struct autorenew_turned *turned)
{
    struct turn t = {.shop = shop, .limit = AT_ONCE};
    enum outcome o;

    do {
        t.mem = talloc_new(mem);
        t.work = charges ? talloc_zero_array(t.mem, struct pay_work *, AT_ONCE) : NULL;
        o = db_transaction(shop->db, charges ? "autorenew.charge" : "autorenew.warn", charges ? begin_some : warn_some,
                           &t);
        if (o == DONE && charges)
            ask_all(&t);
        else if (o != DONE && o != BUSY) {
            if (t.limit == 1)
                o = db_transaction(shop->db, "autorenew.leave", leave_first, &t);
            else
                o = DONE;
            t.limit = 1;
            t.done = (struct autorenew_turned){0};
            t.found = 1;
        }
        if (o == DONE)
            add_up(turned, &t.done);
        talloc_free(t.mem);
    } while (o == DONE && t.found == (size_t)t.limit);
    return o;
}

enum outcome autorenew_announce(struct shop *shop, void *mem, struct autorenew_turned *turned)
{
    *turned = (struct autorenew_turned){0};
    TRY(catalogue_look(shop)); /* what is announced is charged later, by the prices of that day */
    return go_through(shop, mem, false, turned);
}

enum outcome autorenew_charge(struct shop *shop, void *mem, struct autorenew_turned *turned)
{
    *turned = (struct autorenew_turned){0};
    return go_through(shop, mem, true, turned);
}

enum outcome autorenew_turn(struct shop *shop, void *mem, struct autorenew_turned *turned)
{
    struct autorenew_turned charged;

    TRY(autorenew_announce(shop, mem, turned));
    TRY(autorenew_charge(shop, mem, &charged));
    add_up(turned, &charged);
    return DONE;
}
