/* shop/autorenew.c: how mandates follow what happens elsewhere. */
#include "base/log.h"
#include "shop/autorenew_parts.h"
#include "shop/pay.h"
#include "store/wish.h"
#include <string.h>
#include <talloc.h>

static const struct actor SYSTEM = {.door = "job", .name = "system"};

/* ---- Whether, and by what ---- */

enum outcome autorenew_possible(const struct brand *brand, const struct mailbox *mailbox, struct problem *why)
{
    bool may = brand->autorenew.on && strcmp(mailbox->status, mailbox_status_name(MAILBOX_LIVE)) == 0 &&
               !mailbox->convention[0] && !mailbox->domain[0];

    return may ? DONE : problem_set(why, PROBLEM_MANDATE_NOT_HERE, "mailbox", "%s", "");
}

bool autorenew_by(const struct shop *shop, const struct brand *brand, enum payment_method method)
{
    for (const char **name = brand->autorenew.methods; brand->autorenew.on && *name; name++)
        if (strcmp(*name, payment_method_name(method)) == 0)
            return method_offered(shop, brand, method);
    return false;
}

bool autorenew_method_of(const struct shop *shop, const struct brand *brand, const struct instrument *instrument,
                         enum payment_method *method)
{
    for (const char **name = brand->autorenew.methods; brand->autorenew.on && *name; name++)
        if (payment_method_of(*name, method) == DONE && autorenew_by(shop, brand, *method) &&
            strcmp(gateway_of(shop->gateways, brand->id, *method)->provider, instrument->provider) == 0)
            return true;
    return false;
}

enum outcome autorenew_price(const struct brand *brand, const char *plan_id, struct space space, int64_t years,
                             struct day on, struct total *total, struct problem *why)
{
    const struct brand_plan *plan = brand_plan_by_id(brand, plan_id);
    struct renewal_price price;
    struct plan priced;

    if (!plan)
        return problem_set(why, PROBLEM_PLAN, "plan", "%s", "");
    TRY(brand_plan_on(plan, on, &priced, why));
    TRY(price_renewal(&(struct renewal_request){.from = &priced,
                                                .to = &priced,
                                                .years = years,
                                                .extra_gb_before = space.extra_gb,
                                                .extra_gb = space.extra_gb,
                                                .extra_archive_gb_before = space.extra_archive_gb,
                                                .extra_archive_gb = space.extra_archive_gb,
                                                .today = on,
                                                .ends_on = on},
                      &price, why));
    return price_total(price.net, brand_vat_rate_bp(brand, on), total, why);
}

/* ---- The states ---- */

enum outcome mandate_step(struct db_tx *tx, struct mandate *m, enum mandate_event event, const struct actor *actor,
                          const char *reason, int64_t order_id)
{
    enum mandate_state was = m->state;
    json_t *data;
    enum outcome o;
    bool changed;

    if (mandate_transition(was, event, &m->state, NULL) != DONE)
        return log_broken("mandate.step", LOG_INT("mandate", m->id), LOG_TEXT("state", mandate_state_name(was)),
                          LOG_INT("event", event));
    if (!mandate_is_standing(m->state))
        m->ended_at = db_now(tx);
    if (!mandate_is_alive(m->state))
        m->warn_on = m->charge_on = (struct day){0};
    TRY(mandate_update(tx, m, was, &changed));
    if (!changed)
        return BUSY;
    if (m->state == was && event != MANDATE_EVENT_RENEW)
        return DONE;
    data = json_pack("{s:s, s:s}", "state", mandate_state_name(m->state), "was", mandate_state_name(was));
    if (reason && reason[0])
        json_object_set_new(data, "reason", json_string(reason));
    o = event_record(tx, m->brand, actor, "autorenew.state", order_id, m->mailbox_id, data);
    json_decref(data);
    return o;
}

void mandate_arm(const struct brand *brand, struct mandate *m, struct day today)
{
    const struct autorenew_policy *policy = &brand->autorenew.policy;
    struct day next;

    m->announced = money(0);
    m->noticed = false;
    m->attempts = 0;
    m->charge_order_id = 0;
    m->charge_on = (struct day){0}; /* set by the warning: what was not announced is not charged */
    m->warn_on = autorenew_warning_on(m->expires_on, today, policy, &next) == WARNING_NONE ? next : today;
}

enum outcome mandate_lose_method(struct db_tx *tx, void *mem, struct mandate *m, const char *reason,
                                 const struct actor *actor)
{
    struct mailbox mailbox;

    TRY(mandate_step(tx, m, MANDATE_EVENT_LOSE_METHOD, actor, reason, 0));
    TRY(mailbox_by_id(tx, mem, m->mailbox_id, &mailbox));
    return autorenew_tell(
        tx, mem,
        &(struct autorenew_letter){.template = "method_missing", .mandate = m, .mailbox = &mailbox, .reason = reason},
        NULL);
}

static enum outcome lose_all(struct db_tx *tx, void *mem, struct mandate *all, size_t count, const char *reason,
                             const struct actor *actor)
{
    for (size_t i = 0; i < count; i++)
        TRY(mandate_lose_method(tx, mem, &all[i], reason, actor));
    return DONE;
}

/* ---- With orders ---- */

enum outcome autorenew_asked(struct db_tx *tx, void *mem, int64_t order_id, bool *asked)
{
    struct mandate *all;
    size_t count;

    struct wish wish;
    enum outcome o;

    TRY(mandates_asked(tx, mem, order_id, &all, &count));
    *asked = count > 0;
    if (*asked)
        return DONE;
    o = wish_of(tx, mem, order_id, &wish);
    *asked = o == DONE;
    return o == REFUSED ? DONE : o;
}

/* One that waited for another instrument makes way. */
static enum outcome end_standing(struct db_tx *tx, void *mem, int64_t mailbox_id, const char *reason,
                                 const struct actor *actor)
{
    struct mandate standing;
    enum outcome o = mandate_standing(tx, mem, mailbox_id, &standing);

    return o == DONE ? mandate_step(tx, &standing, MANDATE_EVENT_END, actor, reason, 0) : o == REFUSED ? DONE : o;
}

/* As the order brings it: the space, archive included, and the end of the term. */
static enum outcome ordered_term(struct db_tx *tx, void *mem, const struct order *order, const struct mandate *m,
                                 struct space *space, struct day *ends)
{
    struct order_line *lines;
    size_t count;

    *space = (struct space){m->extra_gb, 0};
    *ends = m->expires_on;
    TRY(order_lines_of(tx, mem, order->id, m->mailbox_id, &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (order_line_serves(&lines[i])) {
            *space = order_line_space(&lines[i]);
            if (order_line_is(&lines[i], LINE_RENEWAL))
                *ends = lines[i].new_expires_on;
        }
    return DONE;
}

static enum outcome switch_on_asked(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                    struct mandate *m, enum payment_method method, int64_t instrument_id,
                                    const struct actor *actor)
{
    struct instrument instrument;
    struct mailbox mailbox;
    struct space space;
    struct total total;
    struct day ends;

    TRY(mailbox_by_id(tx, mem, m->mailbox_id, &mailbox));
    TRY(instrument_by_id(tx, mem, instrument_id, &instrument));
    TRY(end_standing(tx, mem, m->mailbox_id, "replaced", actor));
    m->instrument_id = instrument_id;
    m->account_id = instrument.account_id;
    m->method = (char *)payment_method_name(method);
    TRY(mandate_set_instrument(tx, m));
    TRY(mandate_step(tx, m, MANDATE_EVENT_SWITCH_ON, actor, "order", order->id));
    TRY(ordered_term(tx, mem, order, m, &space, &ends));
    TRY(autorenew_price(brand, m->plan, space, m->years, db_today(tx), &total, NULL));
    /* The term that the order brings is the one that is charged for next: autorenew_renewed arms it. */
    return autorenew_tell(tx, mem,
                          &(struct autorenew_letter){.template = "autorenew_on",
                                                     .brand = brand,
                                                     .mandate = m,
                                                     .mailbox = &mailbox,
                                                     .instrument = &instrument,
                                                     .total = total,
                                                     .on = autorenew_days(ends, &brand->autorenew.policy).charge},
                          NULL);
}

enum outcome autorenew_paid(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                            enum payment_method method, int64_t instrument_id, const struct actor *actor)
{
    bool by_policy = false;
    struct mandate *all;
    size_t count;

    if (strcmp(order->door, SYSTEM.door) == 0) /* the system asks for nothing */
        return DONE;
    TRY(mandates_asked(tx, mem, order->id, &all, &count));
    for (const char **name = brand->autorenew.methods; brand->autorenew.on && *name; name++)
        by_policy |= strcmp(*name, payment_method_name(method)) == 0;
    for (size_t i = 0; i < count; i++)
        TRY(by_policy && instrument_id ? switch_on_asked(tx, mem, brand, order, &all[i], method, instrument_id, actor)
                                       : mandate_step(tx, &all[i], MANDATE_EVENT_END, actor, "not_kept", order->id));
    return order_is_purchase(order) ? autorenew_wish_paid(tx, mem, order, method, by_policy, instrument_id, actor)
                                    : DONE;
}

enum outcome autorenew_renewed(struct db_tx *tx, void *mem, const struct brand *brand, const struct order_line *line,
                               const struct order *order, const struct actor *actor)
{
    struct mandate m;
    struct total total;
    enum outcome o = mandate_standing(tx, mem, line->mailbox_id, &m);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    m.expires_on = line->new_expires_on;
    m.plan = line->plan;
    m.extra_gb = line->extra_gb;
    if (autorenew_price(brand, m.plan, order_line_space(line), m.years, db_today(tx), &total, NULL) == DONE)
        m.agreed = total.gross; /* today's price was seen and paid */
    mandate_arm(brand, &m, db_today(tx));
    return mandate_step(tx, &m, MANDATE_EVENT_RENEW, actor, "", order->id);
}

enum outcome autorenew_space(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                             const struct space *now)
{
    struct mandate m;
    struct total total;
    bool changed;
    enum outcome o = mandate_standing(tx, mem, mailbox->id, &m);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    m.extra_gb = now->extra_gb;
    if (autorenew_price(brand, mailbox->plan, *now, m.years, db_today(tx), &total, NULL) == DONE)
        m.agreed = total.gross;
    TRY(mandate_update(tx, &m, m.state, &changed));
    return changed ? DONE : BUSY;
}

static enum outcome close_one(struct db_tx *tx, void *mem, struct mandate *m, const struct order *order,
                              const struct actor *actor)
{
    struct mailbox mailbox;

    m->charge_order_id = 0;
    TRY(mandate_step(tx, m, MANDATE_EVENT_CLOSE_ORDER, actor, "order", order->id));
    if (m->state == MANDATE_METHOD_MISSING)
        return DONE;
    TRY(mailbox_by_id(tx, mem, m->mailbox_id, &mailbox));
    return autorenew_tell(
        tx, mem,
        &(struct autorenew_letter){.template = "autorenew_off", .mandate = m, .mailbox = &mailbox, .reason = "order"},
        NULL);
}

enum outcome autorenew_closed(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor)
{
    struct mandate *all;
    size_t count;

    TRY(mandates_asked(tx, mem, order->id, &all, &count));
    for (size_t i = 0; i < count; i++)
        TRY(mandate_step(tx, &all[i], MANDATE_EVENT_END, actor, "order", order->id));
    if (order_is_purchase(order))
        TRY(wish_drop(tx, order->id));
    TRY(mandates_charged_by(tx, mem, order->id, &all, &count));
    for (size_t i = 0; i < count; i++)
        TRY(close_one(tx, mem, &all[i], order, actor));
    return DONE;
}

/* ---- What goes wrong ---- */

/* The next attempt has its day, or there is none: the order waits to be paid by hand. */
static enum outcome refuse_or_give_up(struct db_tx *tx, struct mandate *m, const struct brand *brand, bool hard,
                                      int64_t order_id)
{
    struct day next;

    if (!hard && autorenew_next_try(m->expires_on, db_today(tx), &brand->autorenew.policy, &next)) {
        m->charge_on = next;
        return mandate_step(tx, m, MANDATE_EVENT_REFUSE, &SYSTEM, "refused", order_id);
    }
    m->charge_on = (struct day){0};
    return mandate_step(tx, m, MANDATE_EVENT_GIVE_UP, &SYSTEM, hard ? "refused_hard" : "refused_last", order_id);
}

enum outcome autorenew_refused(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                               const struct payment *payment)
{
    enum autorenew_refusal refusal = autorenew_refusal(payment->error);
    struct instrument instrument = {0};
    struct mailbox mailbox;
    struct charge charge;
    struct mandate m;
    enum outcome o = charge_of_payment(tx, mem, payment->id, &charge);

    if (o != DONE)
        return o == REFUSED ? DONE : o; /* charged at the counter, as it were: by no mandate */
    TRY(mandate_by_id(tx, mem, charge.mandate_id, &m));
    if (m.state != MANDATE_CHARGING || m.charge_order_id != order->id || m.attempts != charge.attempt)
        return DONE; /* old news: the mandate has gone on without it */
    if (refusal == REFUSAL_METHOD)
        return mandate_lose_method(tx, mem, &m, "refused", &SYSTEM);
    TRY(refuse_or_give_up(tx, &m, brand, refusal == REFUSAL_HARD, order->id));
    TRY(mailbox_by_id(tx, mem, m.mailbox_id, &mailbox));
    o = instrument_by_id(tx, mem, m.instrument_id, &instrument);
    if (o != DONE && o != REFUSED)
        return o;
    return autorenew_tell(tx, mem,
                          &(struct autorenew_letter){.template = "charge_refused",
                                                     .brand = brand,
                                                     .mandate = &m,
                                                     .mailbox = &mailbox,
                                                     .instrument = &instrument,
                                                     .total = order->total,
                                                     .on = m.charge_on,
                                                     .order = order,
                                                     .error = payment->error,
                                                     .action = payment->state == PAYMENT_NEEDS_ACTION,
                                                     .last = m.state == MANDATE_FAILED_OPEN},
                          NULL);
}

enum outcome autorenew_charged_back(struct db_tx *tx, void *mem, const struct payment *payment)
{
    struct mandate *all;
    size_t count;

    if (payment->instrument_id) {
        TRY(mandates_of_instrument(tx, mem, payment->instrument_id, &all, &count));
        TRY(lose_all(tx, mem, all, count, "charged_back", &SYSTEM));
    }
    TRY(mandates_of_order(tx, mem, payment->order_id, &all, &count)); /* those left */
    return lose_all(tx, mem, all, count, "charged_back", &SYSTEM);
}

enum outcome autorenew_end(struct db_tx *tx, void *mem, int64_t mailbox_id, const char *reason,
                           const struct actor *actor)
{
    return end_standing(tx, mem, mailbox_id, reason, actor);
}

enum outcome instrument_forget(struct db_tx *tx, void *mem, int64_t instrument_id, int64_t account_id,
                               const struct actor *actor, bool *changed)
{
    struct mandate *all;
    size_t count;

    TRY(instrument_remove(tx, instrument_id, account_id, changed));
    if (!*changed)
        return DONE;
    TRY(mandates_of_instrument(tx, mem, instrument_id, &all, &count));
    return lose_all(tx, mem, all, count, "removed", actor);
}
