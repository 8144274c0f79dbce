/* shop/autorenew_switch.c: the customer's consent, and the end of it (DOMAIN A1, A8, §8.11). */
#include "shop/autorenew_parts.h"
#include "shop/pay.h"
#include "store/ending.h"
#include <string.h>
#include <talloc.h>

/* Somebody else's mailbox reads like one that does not exist. */
static enum outcome load(struct db_tx *tx, void *mem, const struct autorenew_request *r, struct mailbox *mailbox,
                         struct problem *why)
{
    enum outcome o = mailbox_by_address(tx, mem, r->address, mailbox);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || strcmp(mailbox->brand, r->brand->id) != 0 ||
        ((r->who.account_id || r->who.mailbox_id) && !principal_sees(r->who, mailbox)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "mailbox", "%s", "");
    return DONE;
}

static enum outcome check_consent(const struct brand *brand, const char *version, struct day today, struct problem *why)
{
    const struct brand_terms *text = brand_terms_on(&brand->autorenew.text, today);

    if (!version || !text->version || strcmp(version, text->version) != 0)
        return problem_set(why, PROBLEM_MANDATE_CONSENT, "consent", "%s", "");
    return DONE;
}

static enum outcome load_instrument(struct db_tx *tx, void *mem, const struct autorenew_request *r,
                                    const struct mailbox *mailbox, struct instrument *instrument,
                                    enum payment_method *method, struct problem *why)
{
    int64_t owner = r->who.account_id ? r->who.account_id : r->who.mailbox_id ? 0 : mailbox->account_id;
    enum outcome o = r->instrument_id ? instrument_by_id(tx, mem, r->instrument_id, instrument) : REFUSED;

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || !owner || instrument->account_id != owner || strcmp(instrument->brand, r->brand->id) != 0 ||
        !autorenew_method_of(r->shop, r->brand, instrument, method) ||
        autorenew_card_is_over(instrument->exp_month, instrument->exp_year, db_today(tx)))
        return problem_set(why, PROBLEM_MANDATE_METHOD, "instrument", "%s", "");
    return DONE;
}

/* Who gave the mailbox up wants it after all. */
static enum outcome take_disdetta_back(struct db_tx *tx, const struct mailbox *mailbox, const struct actor *actor)
{
    bool given;

    TRY(termination_forget(tx, mailbox->id, &given));
    return given ? event_record(tx, mailbox->brand, actor, "mailbox.termination_undone", 0, mailbox->id, NULL) : DONE;
}

/* What is consented to, by whom, when and through which door. */
static void put_consent(struct db_tx *tx, struct mandate *m, const struct brand *brand, const struct actor *actor)
{
    const struct brand_terms *text = brand_terms_on(&brand->autorenew.text, db_today(tx));

    m->consent_version = (char *)text->version;
    m->consent_sha256 = (char *)text->sha256;
    m->consented_at = db_now(tx);
    m->consented_door = (char *)actor->door;
    m->consented_by = (char *)actor->name;
}

static enum outcome note_consent(struct db_tx *tx, const struct mandate *m, const struct actor *actor)
{
    json_t *data = json_pack("{s:I, s:s, s:s, s:I, s:I, s:s}", "mandate", (json_int_t)m->id, "consent_version",
                             m->consent_version, "consent_sha256", m->consent_sha256, "years", (json_int_t)m->years,
                             "agreed_cents", (json_int_t)m->agreed.cents, "plan", m->plan);
    enum outcome o = event_record(tx, m->brand, actor, "autorenew.consent", m->order_id, m->mailbox_id, data);

    json_decref(data);
    return o;
}

static enum outcome check_years(const struct brand *brand, const struct mailbox *mailbox, int64_t years,
                                struct problem *why)
{
    const struct brand_plan *plan = brand_plan_by_id(brand, mailbox->plan);
    int most = plan && plan->max_years ? plan->max_years : brand->renewal.max_years;

    if (years < brand->renewal.min_years || years > most)
        return problem_set(why, PROBLEM_YEARS, "years", "%s", "");
    return DONE;
}

enum outcome autorenew_switch_on(struct db_tx *tx, void *mem, const struct autorenew_request *r, struct mandate *m,
                                 struct problem *why)
{
    struct instrument instrument;
    enum payment_method method;
    struct mandate standing;
    struct mailbox mailbox;
    struct total total;
    enum outcome o;

    TRY(load(tx, mem, r, &mailbox, why));
    TRY(autorenew_possible(r->brand, &mailbox, why));
    if (day_before(mailbox.term.ends_on, db_today(tx))) /* first it is renewed by hand */
        return problem_set(why, PROBLEM_MANDATE_NOT_HERE, "mailbox", "%s", "");
    o = mandate_standing(tx, mem, mailbox.id, &standing);
    if (o == DONE && mandate_is_alive(standing.state))
        return problem_set(why, PROBLEM_MANDATE_STATE, "", "%s", mandate_state_label(standing.state));
    if (o != DONE && o != REFUSED)
        return o;
    TRY(check_years(r->brand, &mailbox, r->years, why));
    TRY(load_instrument(tx, mem, r, &mailbox, &instrument, &method, why));
    TRY(check_consent(r->brand, r->consent_version, db_today(tx), why));
    TRY(autorenew_price(r->brand, mailbox.plan, mailbox_space(&mailbox), r->years, db_today(tx), &total, why));
    if (o == DONE)
        TRY(mandate_step(tx, &standing, MANDATE_EVENT_END, &r->actor, "replaced", 0));
    TRY(take_disdetta_back(tx, &mailbox, &r->actor));
    *m = (struct mandate){.brand = mailbox.brand,
                          .mailbox_id = mailbox.id,
                          .account_id = instrument.account_id,
                          .instrument_id = instrument.id,
                          .method = (char *)payment_method_name(method),
                          .years = r->years,
                          .plan = mailbox.plan,
                          .extra_gb = mailbox.extra_gb,
                          .agreed = total.gross,
                          .language = (char *)r->language,
                          .expires_on = mailbox.term.ends_on};
    TRY(mandate_transition(MANDATE_OFF, MANDATE_EVENT_SWITCH_ON, &m->state, why));
    put_consent(tx, m, r->brand, &r->actor);
    mandate_arm(r->brand, m, db_today(tx));
    TRY(mandate_insert(tx, m));
    TRY(note_consent(tx, m, &r->actor));
    return autorenew_tell(
        tx, mem,
        &(struct autorenew_letter){.template = "autorenew_on",
                                   .brand = r->brand,
                                   .mandate = m,
                                   .mailbox = &mailbox,
                                   .instrument = &instrument,
                                   .total = total,
                                   .on = autorenew_days(m->expires_on, &r->brand->autorenew.policy).charge},
        NULL);
}

enum outcome autorenew_switch_off(struct db_tx *tx, void *mem, const struct autorenew_request *r, struct mandate *m,
                                  struct problem *why)
{
    enum mandate_state to;
    struct mailbox mailbox;
    enum outcome o;

    TRY(load(tx, mem, r, &mailbox, why));
    o = mandate_standing(tx, mem, mailbox.id, m);
    if (o == REFUSED)
        return problem_set(why, PROBLEM_MANDATE_STATE, "", "%s", mandate_state_label(MANDATE_OFF));
    TRY(o);
    TRY(mandate_transition(m->state, MANDATE_EVENT_SWITCH_OFF, &to, why));
    TRY(mandate_step(tx, m, MANDATE_EVENT_SWITCH_OFF, &r->actor, "", 0));
    return autorenew_tell(
        tx, mem,
        &(struct autorenew_letter){.template = "autorenew_off", .mandate = m, .mailbox = &mailbox, .reason = "asked"},
        NULL);
}

/* ---- With an order ---- */

static enum outcome ask_one(struct db_tx *tx, void *mem, const struct brand *brand, const struct actor *actor,
                            const struct order *order, const struct order_line *line, struct problem *why)
{
    struct mailbox mailbox;
    struct mandate m;
    struct total total;

    TRY(mailbox_by_id(tx, mem, line->mailbox_id, &mailbox));
    TRY(autorenew_possible(brand, &mailbox, why));
    TRY(autorenew_price(brand, line->plan, order_line_space(line), line->years, db_today(tx), &total, why));
    m = (struct mandate){.brand = mailbox.brand,
                         .mailbox_id = mailbox.id,
                         .account_id = order->account_id,
                         .state = MANDATE_OFF,
                         .years = line->years,
                         .plan = line->plan,
                         .extra_gb = line->extra_gb,
                         .agreed = total.gross,
                         .language = order->language,
                         .order_id = order->id,
                         .expires_on = mailbox.term.ends_on};
    put_consent(tx, &m, brand, actor);
    TRY(mandate_insert(tx, &m));
    return note_consent(tx, &m, actor);
}

enum outcome autorenew_ask(struct db_tx *tx, void *mem, const struct shop *shop, const struct brand *brand,
                           const struct actor *actor, const struct order *order, const struct order_line *lines,
                           size_t count, const char *consent_version, struct problem *why)
{
    enum payment_method method;

    TRY(check_consent(brand, consent_version, db_today(tx), why));
    if (!order->account_id || payment_method_of(order->payment_method, &method) != DONE ||
        !autorenew_by(shop, brand, method))
        return problem_set(why, PROBLEM_MANDATE_METHOD, "autorenew", "%s", "");
    for (size_t i = 0; i < count; i++)
        if (order_line_is(&lines[i], LINE_RENEWAL))
            TRY(ask_one(tx, mem, brand, actor, order, &lines[i], why));
    return DONE;
}

/* ---- Looking ---- */

enum outcome autorenew_facts_load(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                                  struct autorenew_facts *f)
{
    struct mandate *m = &f->mandate;
    enum outcome o;

    *f = (struct autorenew_facts){0};
    TRY(charge_free_withdrawal(tx, mailbox->id, &f->free_withdrawal));
    o = mandate_latest(tx, mem, mailbox->id, m);
    if (o != DONE)
        return o == REFUSED ? DONE : o;
    f->known = true;
    o = m->instrument_id ? instrument_by_id(tx, mem, m->instrument_id, &f->instrument) : DONE;
    if (o != DONE && o != REFUSED)
        return o;
    if (mandate_is_alive(m->state)) {
        o = autorenew_price(brand, mailbox->plan, mailbox_space(mailbox), m->years, db_today(tx), &f->total, NULL);
        if (o != DONE && o != REFUSED)
            return o;
        f->charge_on = m->charge_on;
        if (!f->charge_on.n && (m->state == MANDATE_ON || m->state == MANDATE_NOTIFIED) && m->instrument_id)
            f->charge_on = autorenew_days(m->expires_on, &brand->autorenew.policy).charge;
        f->renewed_until = day_add_months(mailbox->term.ends_on, (int)m->years * 12, mailbox->term.anchor);
    }
    TRY(charge_warnings(tx, mem, mailbox->id, m->expires_on, &f->warnings, &f->warning_count));
    return charges_of(tx, mem, mailbox->id, m->expires_on, &f->charges, &f->charge_count);
}
