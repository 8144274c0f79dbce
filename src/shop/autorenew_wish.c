/* shop/autorenew_wish.c: automatic renewal that is asked for while buying (§8.11). The consent waits beside the order,
 * with the instrument that paid it, until the mailbox is active; a mandate needs one. */
#include "shop/autorenew_parts.h"
#include "shop/pay.h"
#include "store/wish.h"
#include <string.h>
#include <talloc.h>

static enum outcome note(struct db_tx *tx, const struct order *order, const struct actor *actor, const char *kind,
                         const char *name, const char *value)
{
    json_t *data = json_pack("{s:s}", name, value);
    enum outcome o = event_record(tx, order->brand, actor, kind, order->id, order->mailbox_id, data);

    json_decref(data);
    return o;
}

enum outcome autorenew_wish(struct db_tx *tx, const struct shop *shop, const struct brand *brand,
                            const struct actor *actor, const struct order *order, const char *consent_version,
                            struct problem *why)
{
    const struct brand_terms *text = brand_terms_on(&brand->autorenew.text, db_today(tx));
    enum payment_method method;

    if (!brand->autorenew.on)
        return problem_set(why, PROBLEM_MANDATE_NOT_HERE, "autorenew", "%s", "");
    if (strcmp(consent_version, text->version) != 0)
        return problem_set(why, PROBLEM_MANDATE_CONSENT, "autorenew", "%s", "");
    if (!order->account_id || payment_method_of(order->payment_method, &method) != DONE ||
        !autorenew_by(shop, brand, method))
        return problem_set(why, PROBLEM_MANDATE_METHOD, "autorenew", "%s", "");
    TRY(wish_insert(tx, &(struct wish){.order_id = order->id,
                                       .account_id = order->account_id,
                                       .consent_version = (char *)text->version,
                                       .consent_sha256 = (char *)text->sha256,
                                       .consented_at = db_now(tx),
                                       .consented_door = (char *)actor->door,
                                       .consented_by = (char *)actor->name}));
    return note(tx, order, actor, "autorenew.consent", "consent_version", text->version);
}

enum outcome autorenew_wish_paid(struct db_tx *tx, void *mem, const struct order *order, enum payment_method method,
                                 bool by_policy, int64_t instrument_id, const struct actor *actor)
{
    struct wish wish;
    enum outcome o = wish_of(tx, mem, order->id, &wish);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    if (by_policy && instrument_id)
        return wish_pay(tx, order->id, instrument_id, payment_method_name(method));
    TRY(wish_drop(tx, order->id));
    return note(tx, order, actor, "autorenew.state", "reason", "not_kept");
}

static enum outcome switch_on(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                              const struct mailbox *m, const struct wish *wish, const struct instrument *instrument,
                              int64_t years)
{
    struct mandate mandate = {.brand = m->brand,
                              .mailbox_id = m->id,
                              .account_id = wish->account_id,
                              .instrument_id = wish->instrument_id,
                              .method = wish->method,
                              .years = years,
                              .plan = m->plan,
                              .extra_gb = m->extra_gb,
                              .language = order->language,
                              .consent_version = wish->consent_version,
                              .consent_sha256 = wish->consent_sha256,
                              .consented_door = wish->consented_door,
                              .consented_by = wish->consented_by,
                              .consented_at = wish->consented_at,
                              .order_id = order->id,
                              .expires_on = m->term.ends_on};
    struct total total;

    TRY(autorenew_price(brand, m->plan, mailbox_space(m), years, db_today(tx), &total, NULL));
    mandate.agreed = total.gross;
    TRY(mandate_transition(MANDATE_OFF, MANDATE_EVENT_SWITCH_ON, &mandate.state, NULL));
    mandate_arm(brand, &mandate, db_today(tx));
    TRY(mandate_insert(tx, &mandate));
    return autorenew_tell(
        tx, mem,
        &(struct autorenew_letter){.template = "autorenew_on",
                                   .brand = brand,
                                   .mandate = &mandate,
                                   .mailbox = m,
                                   .instrument = instrument,
                                   .total = total,
                                   .on = autorenew_days(m->term.ends_on, &brand->autorenew.policy).charge},
        NULL);
}

/* An instrument that was forgotten meanwhile, or a plan without a price, leaves the mailbox as any other. */
enum outcome autorenew_activated(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                 const struct mailbox *mailbox, int64_t years, const struct actor *actor)
{
    struct instrument instrument;
    struct wish wish;
    enum outcome o = wish_of(tx, mem, order->id, &wish);

    if (o != DONE)
        return o == REFUSED ? DONE : o;
    TRY(wish_drop(tx, order->id));
    o = wish.instrument_id ? instrument_by_id(tx, mem, wish.instrument_id, &instrument) : REFUSED;
    if (o == DONE)
        o = autorenew_possible(brand, mailbox, NULL);
    if (o == DONE)
        o = switch_on(tx, mem, brand, order, mailbox, &wish, &instrument, years);
    return o == REFUSED ? note(tx, order, actor, "autorenew.state", "reason", "not_kept") : o;
}
