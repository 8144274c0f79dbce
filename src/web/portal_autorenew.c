/* web/portal_autorenew.c: /caselle/{address}/rinnovo-automatico: how things stand, what will be charged and when, what
 * was consented to, and the switch (R148, A1, A8). */

#include "base/i18n.h"
#include "shop/autorenew.h"
#include "shop/present.h"
#include "web/instrument_row.h"
#include "web/portal.h"
#include "web/wizard.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct autorenew_page {
    struct mailbox mailbox;
    struct autorenew_facts facts;
    struct order order; /* the system's of this term; id 0: none waits */
    struct instrument *instruments;
    size_t count;
    bool possible; /* it may be switched on, with an instrument */
};

struct switch_form {
    int64_t instrument, years;
    bool consent;
    const char *version;
};
static const struct form_field FIELDS[] = {
    FORM_INT(struct switch_form, instrument, "instrument", .min = 0, .max = INT64_MAX, .optional = true),
    FORM_INT(struct switch_form, years, "years", .min = 1, .max = 10),
    FORM_FLAG(struct switch_form, consent, "consent"),
    FORM_TEXT(struct switch_form, version, "version", .max = 20, .optional = true),
    FORM_END,
};

/* The saved cards and accounts by which it can be charged. */
static enum outcome load_instruments(struct db_tx *tx, struct page *p, struct autorenew_page *a)
{
    struct instrument *all;
    enum payment_method method;
    size_t count;

    if (!p->visitor.who.account_id)
        return DONE;
    TRY(instruments_of(tx, p->mem, p->visitor.who.account_id, &all, &count));
    a->instruments = talloc_zero_array(p->mem, struct instrument, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        if (autorenew_method_of(p->shop, p->brand, &all[i], &method) &&
            !autorenew_card_is_over(all[i].exp_month, all[i].exp_year, p->today))
            a->instruments[a->count++] = all[i];
    return DONE;
}

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct autorenew_page *a = arg;
    enum outcome o = mailbox_by_address(tx, p->mem, text_lower(p->mem, http_parameter(p->req, "address")), &a->mailbox);

    *a = (struct autorenew_page){.mailbox = a->mailbox};
    if (o == REFUSED ||
        (o == DONE && (!principal_sees(p->visitor.who, &a->mailbox) || strcmp(a->mailbox.brand, p->brand->id) != 0)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    TRY(autorenew_facts_load(tx, p->mem, p->brand, &a->mailbox, &a->facts));
    if (a->facts.known && a->facts.mandate.charge_order_id && mandate_is_standing(a->facts.mandate.state))
        TRY(order_by_id(tx, p->mem, a->facts.mandate.charge_order_id, &a->order));
    if (!order_is_open(a->order.state))
        a->order.id = 0;
    a->possible = autorenew_possible(p->brand, &a->mailbox, NULL) == DONE &&
                  !day_before(a->mailbox.term.ends_on, p->today) &&
                  !(a->facts.known && mandate_is_alive(a->facts.mandate.state));
    return load_instruments(tx, p, a);
}

/* ---- Showing ---- */

static json_t *state_data(const struct page *p, const struct autorenew_page *a)
{
    enum mandate_state s = a->facts.known ? a->facts.mandate.state : MANDATE_OFF;
    bool open = s == MANDATE_RETRYING || s == MANDATE_FAILED_OPEN;

    return json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:b}", "label", page_text(p, mandate_state_label(s)), "alive",
                     mandate_is_alive(s), "quiet", s == MANDATE_ON || s == MANDATE_NOTIFIED, "charging",
                     s == MANDATE_CHARGING, "open", open, "last", s == MANDATE_FAILED_OPEN, "missing",
                     s == MANDATE_METHOD_MISSING);
}

/* What will be charged next; while the order of this term waits, that is what it is about. */
static json_t *next_data(struct page *p, const struct autorenew_page *a)
{
    const struct autorenew_facts *f = &a->facts;
    const struct total *total = a->order.id ? &a->order.total : &f->total;
    const struct brand_plan *plan = brand_plan_by_id(p->brand, a->mailbox.plan);

    if (!f->known || !mandate_is_alive(f->mandate.state) || !total->gross.cents)
        return json_false();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "on", present_day(f->charge_on), "amount",
                     present_money(total->gross), "net", present_money(total->net), "vat", present_money(total->vat),
                     "vat_rate", present_vat_rate(total->vat_rate_bp), "what",
                     present_renewal(p->mem, p->language, plan ? plan->name : a->mailbox.plan, f->mandate.years),
                     "until", present_day(f->renewed_until));
}

static json_t *consent_data(const struct page *p, const struct autorenew_page *a)
{
    const struct mandate *m = &a->facts.mandate;

    if (!a->facts.known || !m->consent_version[0])
        return json_false();
    return json_pack("{s:s, s:o, s:b, s:o, s:b}", "version", m->consent_version, "at", present_instant(m->consented_at),
                     "with_order", m->order_id != 0, "agreed",
                     m->agreed.cents ? present_money(m->agreed) : json_false(), "current",
                     p->brand->autorenew.on &&
                         strcmp(m->consent_version, brand_terms_on(&p->brand->autorenew.text, p->today)->version) == 0);
}

static json_t *history_data(const struct page *p, const struct autorenew_page *a)
{
    const struct autorenew_facts *f = &a->facts;
    json_t *list = json_array();

    for (size_t i = 0; i < f->warning_count; i++)
        json_array_append_new(list, json_pack("{s:o, s:o, s:b}", "on", present_day(f->warnings[i].sent_on), "amount",
                                              present_money(f->warnings[i].amount), "warning", true));
    for (size_t i = 0; i < f->charge_count; i++) {
        const struct charge *c = &f->charges[i];
        const char *why = payment_refusal_words(c->error);
        enum payment_state state = PAYMENT_UNKNOWN;

        (void)!payment_state_of(c->payment_state, &state);
        json_array_append_new(list, json_pack("{s:o, s:s, s:o, s:b}", "on", present_day(c->on_day), "state",
                                              page_text(p, payment_state_label(state)), "why",
                                              why ? json_string(page_text(p, why)) : json_false(), "warning", false));
    }
    return list;
}

static json_t *years_data(struct page *p, const struct autorenew_page *a, int64_t chosen)
{
    const struct brand_plan *plan = brand_plan_by_id(p->brand, a->mailbox.plan);
    int most = plan && plan->max_years ? plan->max_years : p->brand->renewal.max_years;
    json_t *list = json_array();
    struct total total;

    for (int years = p->brand->renewal.min_years; years <= most; years++)
        if (autorenew_price(p->brand, a->mailbox.plan, mailbox_space(&a->mailbox), years, p->today, &total, NULL) ==
            DONE)
            json_array_append_new(list, json_pack("{s:i, s:b, s:o, s:b}", "years", years, "one", years == 1, "amount",
                                                  present_money(total.gross), "selected", years == chosen));
    return list;
}

static json_t *offer_data(struct page *p, const struct autorenew_page *a, const struct switch_form *typed)
{
    json_t *offer, *list = json_array();

    if (!a->possible)
        return json_decref(list), json_false();
    for (size_t i = 0; i < a->count; i++) {
        json_t *row = instrument_row(&a->instruments[i]);

        json_object_set_new(row, "checked", json_boolean(typed && typed->instrument == a->instruments[i].id));
        json_object_set_new(row, "first", json_boolean(i == 0));
        json_array_append_new(list, row);
    }
    offer = page_terms(p, brand_terms_on(&p->brand->autorenew.text, p->today));
    json_object_set_new(offer, "instruments", list);
    json_object_set_new(offer, "any", json_boolean(a->count > 0));
    json_object_set_new(offer, "account", json_boolean(p->visitor.who.account_id != 0));
    json_object_set_new(offer, "years",
                        years_data(p, a, typed && typed->years ? typed->years : p->brand->renewal.min_years));
    json_object_set_new(offer, "consented", json_boolean(typed && typed->consent));
    json_object_set_new(offer, "charge_days", json_integer(p->brand->autorenew.policy.charge_days_before));
    return offer;
}

static void show(struct page *p, const struct autorenew_page *a, int status, const struct switch_form *typed,
                 const struct problems *faults)
{
    const struct autorenew_facts *f = &a->facts;

    page_fields(p, FIELDS, NULL, faults);
    page_set(p, "box",
             json_pack("{s:s, s:s, s:o}", "address", a->mailbox.address, "path",
                       present_path(p->mem, a->mailbox.address), "expires_on", present_day(a->mailbox.term.ends_on)));
    page_set(p, "mandate", state_data(p, a));
    page_set(p, "next", next_data(p, a));
    page_set(p, "instrument",
             f->instrument.id && mandate_is_alive(f->mandate.state) ? instrument_row(&f->instrument) : json_false());
    page_set(p, "consent", consent_data(p, a));
    page_set(p, "history", history_data(p, a));
    page_set(p, "changes_type",
             json_boolean(wizard_may_change(p->brand, &(struct problem){.code = PROBLEM_AUTO_RENEWAL_ON}))); /* A11 */
    page_set(p, "order", a->order.id ? json_pack("{s:s}", "code", a->order.code) : json_false());
    page_set(p, "free_withdrawal", json_boolean(f->free_withdrawal));
    page_set(p, "offer", offer_data(p, a, typed));
    page_set(p, "none", json_boolean(!a->possible && !(f->known && mandate_is_standing(f->mandate.state))));
    page_set(p, "done", json_boolean(form_value(&p->req->query, "fatto") != NULL));
    page_show(p, status, "autorenew", N_("Rinnovo automatico"));
}

void portal_autorenew(struct http_request *req)
{
    struct autorenew_page a = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &a, &p))
        show(&p, &a, 200, NULL, NULL);
}

/* ---- The switch ---- */

struct switching {
    struct page *p;
    struct autorenew_request request;
    struct mandate mandate;
    struct problem why;
};

static enum outcome switch_on(struct db_tx *tx, void *arg)
{
    struct switching *w = arg;

    w->why = (struct problem){0};
    return autorenew_switch_on(tx, w->p->mem, &w->request, &w->mandate, &w->why);
}

static enum outcome switch_off(struct db_tx *tx, void *arg)
{
    struct switching *w = arg;

    w->why = (struct problem){0};
    return autorenew_switch_off(tx, w->p->mem, &w->request, &w->mandate, &w->why);
}

static struct switching switching_of(struct page *p, const struct autorenew_page *a)
{
    return (struct switching){.p = p,
                              .request = {.shop = p->shop,
                                          .brand = p->brand,
                                          .actor = p->actor,
                                          .who = p->visitor.who,
                                          .address = a->mailbox.address,
                                          .language = p->language}};
}

static void go_back(struct page *p, const struct autorenew_page *a)
{
    page_go(
        p, talloc_asprintf(p->mem, "/caselle/%s/rinnovo-automatico?fatto=1", present_path(p->mem, a->mailbox.address)));
}

void portal_autorenew_sent(struct http_request *req)
{
    struct autorenew_page a = {0};
    struct switch_form form = {0};
    struct problems faults = {0};
    struct switching w;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &a, &p))
        return;
    o = page_form(&p, FIELDS, &form, &faults);
    if (!form.instrument)
        o = problems_add(&faults, PROBLEM_MANDATE_METHOD, "instrument", "%s", "");
    if (!form.consent)
        o = problems_add(&faults, PROBLEM_MANDATE_CONSENT, "consent", "%s", "");
    w = switching_of(&p, &a);
    w.request.years = form.years;
    w.request.instrument_id = form.instrument;
    w.request.consent_version = form.version;
    if (o == DONE)
        o = db_transaction(p.shop->db, "autorenew.on", switch_on, &w);
    if (o == REFUSED && w.why.code != PROBLEM_NONE)
        problems_put(&faults, &w.why);
    if (o == DONE || w.why.code == PROBLEM_MANDATE_STATE) /* a second click */
        go_back(&p, &a);
    else if (o == REFUSED)
        show(&p, &a, 422, &form, &faults);
    else
        page_failed(&p, o, &w.why);
}

void portal_autorenew_off(struct http_request *req)
{
    struct autorenew_page a = {0};
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &a, &p))
        return;
    page_set(&p, "box",
             json_pack("{s:s, s:s, s:o}", "address", a.mailbox.address, "path", present_path(p.mem, a.mailbox.address),
                       "expires_on", present_day(a.mailbox.term.ends_on)));
    page_show(&p, 200, "autorenew_off", N_("Disattivare il rinnovo automatico?"));
}

void portal_autorenew_off_sent(struct http_request *req)
{
    struct autorenew_page a = {0};
    struct switching w;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &a, &p))
        return;
    w = switching_of(&p, &a);
    o = db_transaction(p.shop->db, "autorenew.off", switch_off, &w);
    if (o == DONE || (o == REFUSED && w.why.code == PROBLEM_MANDATE_STATE)) /* off already, or the page says why not */
        go_back(&p, &a);
    else
        page_failed(&p, o, &w.why);
}
