#include "web/box.h"
#include "shop/present.h"
#include "shop/quote.h"
#include <string.h>
#include <talloc.h>

#define STATE(kind, name) VIEW_##kind(struct box_state, name, #name)
static const struct view_field STATES[] = {
    STATE(BOOL, active),
    STATE(BOOL, today),
    STATE(BOOL, tomorrow),
    STATE(BOOL, expired_yesterday),
    STATE(BOOL, ceased),
    STATE(BOOL, suspended),
    STATE(INT, days_left),
    STATE(INT, expired_days),
    VIEW_END,
};

static const struct view_field LIFE[] = {
    VIEW_DAY(struct box_life, starts_on, "starts_on"),
    VIEW_DAY(struct box_life, expires_on, "expires_on"),
    VIEW_DAY(struct box_life, renew_until, "renew_until"),
    VIEW_BOOL(struct box_life, over, "over"),
    VIEW_INT(struct box_life, today_x, "today_x"),
    VIEW_INT(struct box_life, expires_x, "expires_x"),
    VIEW_INT(struct box_life, used_w, "used_w"),
    VIEW_INT(struct box_life, left_w, "left_w"),
    VIEW_TEXT(struct box_life, today_anchor, "today_anchor"),
    VIEW_END,
};

static const struct view_field EXPIRED[] = {
    VIEW_BOOL(struct box_expired, receives, "receives"),
    VIEW_BOOL(struct box_expired, reads, "reads"),
    VIEW_DAY(struct box_expired, receives_until, "receives_until"),
    VIEW_DAY(struct box_expired, until, "until"),
    VIEW_END,
};

static const struct view_field RENEWAL[] = {
    VIEW_MONEY(struct box_renewal, from, "from"),
    VIEW_DAY(struct box_renewal, new_expires_on, "new_expires_on"),
    VIEW_DAY(struct box_renewal, advised_by, "advised_by"),
    VIEW_END,
};

static const struct view_field OPEN_ORDER[] = {
    VIEW_TEXT(struct box_order, code, "code"),
    VIEW_MONEY(struct box_order, amount, "amount"),
    VIEW_DAY(struct box_order, pay_by, "pay_by"),
    VIEW_END,
};

static const struct view_field CONVENTION[] = {
    VIEW_TEXT(struct box_convention, text, "text"),
    VIEW_TEXT(struct box_convention, body, "body"),
    VIEW_TEXT(struct box_convention, note, "note"),
    VIEW_BOOL(struct box_convention, body_pays, "body_pays"),
    VIEW_BOOL(struct box_convention, one_year, "one_year"),
    VIEW_INT(struct box_convention, years, "years"),
    VIEW_END,
};

const struct view_field BOX[] = {
    VIEW_TEXT(struct boxed, mailbox.address, "address"),
    VIEW_TEXT(struct boxed, path, "path"),
    VIEW_TEXT(struct boxed, plan, "plan"),
    VIEW_INT64(struct boxed, mailbox_gb, "mailbox_gb"),
    VIEW_INT64(struct boxed, archive_gb, "archive_gb"),
    VIEW_TEXT(struct boxed, mailbox.holder.name, "holder"),
    VIEW_STRUCT(struct boxed, state, "state", STATES),
    VIEW_POINTER(struct boxed, convention, "convention", CONVENTION),
    VIEW_POINTER(struct boxed, life, "life", LIFE),
    VIEW_POINTER(struct boxed, expired, "expired", EXPIRED),
    VIEW_DAY(struct boxed, mailbox.term.ends_on, "expires_on"),
    VIEW_POINTER(struct boxed, may.renew, "renew", RENEWAL),
    VIEW_POINTER(struct boxed, may.open_order, "open_order", OPEN_ORDER),
    VIEW_BOOL(struct boxed, may.in_cart, "in_cart"),
    VIEW_DAY(struct boxed, may.opens_on, "opens_on"),
    VIEW_TEXT(struct boxed, may.refusal, "refusal"),
    VIEW_TEXT(struct boxed, may.horizon, "horizon"),
    VIEW_TEXT(struct boxed, may.domain, "domain"),
    VIEW_BOOL(struct boxed, may.renews_itself, "renews_itself"),
    VIEW_END,
};

const struct view_field BOX_PAGE[] = {VIEW_STRUCT(struct box_page, box, "box", BOX), VIEW_END};

static void find_state(const struct page *p, struct boxed *b, enum phase phase)
{
    const struct mailbox *m = &b->mailbox;
    int left = m->term.ends_on.n - p->today.n;

    memset(&b->state, 0, sizeof b->state);
    if (strcmp(m->status, mailbox_status_name(MAILBOX_SUSPENDED)) == 0)
        b->state.suspended = true;
    else if (phase == PHASE_CEASED || strcmp(m->status, mailbox_status_name(MAILBOX_LIVE)) != 0)
        b->state.ceased = true;
    else if (phase == PHASE_ACTIVE)
        b->state.active = true;
    else if (left == 0)
        b->state.today = true;
    else if (left == 1)
        b->state.tomorrow = true;
    else if (left == -1)
        b->state.expired_yesterday = true;
    else if (left > 0)
        b->state.days_left = left;
    else
        b->state.expired_days = -left;
}

static struct box_life *life_of(const struct page *p, const struct mailbox *m)
{
    struct day starts = day_later(m->activated_on, day_add_months(m->term.ends_on, -12, m->term.anchor));
    struct day until = m->allowed.renew_until.n >= DAY_NEVER.n ? m->term.ends_on : m->allowed.renew_until;
    int whole, today, expires;
    struct box_life *life;

    while (day_before(p->today, starts) && day_before(m->activated_on, starts))
        starts = day_later(m->activated_on, day_add_months(starts, -12, m->term.anchor));
    whole = until.n - starts.n;
    if (whole <= 0)
        return NULL;
    today = (p->today.n - starts.n) * 100 / whole;
    today = today < 0 ? 0 : today > 100 ? 100 : today;
    expires = (m->term.ends_on.n - starts.n) * 100 / whole;
    life = talloc(p->mem, struct box_life);
    *life = (struct box_life){.starts_on = starts,
                              .expires_on = m->term.ends_on,
                              .over = day_before(m->term.ends_on, p->today),
                              .today_x = today,
                              .expires_x = expires,
                              .used_w = today < expires ? today : expires,
                              .left_w = today < expires ? expires - today : 0,
                              .today_anchor = today < 6    ? "start"
                                              : today > 94 ? "end"
                                                           : "middle"};
    if (!day_same(until, m->term.ends_on))
        life->renew_until = until;
    return life;
}

static struct box_expired *expired_of(const struct page *p, const struct mailbox *m)
{
    struct box_expired *expired = talloc(p->mem, struct box_expired);

    *expired = (struct box_expired){.receives = !day_before(m->allowed.receive_until, p->today),
                                    .reads = !day_before(m->allowed.read_until, p->today),
                                    .until = m->allowed.renew_until};
    if (day_before(m->allowed.receive_until, m->allowed.read_until))
        expired->receives_until = m->allowed.receive_until;
    return expired;
}

static struct box_convention *convention_data(const struct page *p, const struct mailbox *m)
{
    const struct brand_convention *c = convention_of(p->brand, m, p->today);
    struct box_convention *data;

    if (!c)
        return NULL;
    data = talloc(p->mem, struct box_convention);
    *data = (struct box_convention){c->text, c->body, c->note, c->body_pays, c->years == 1, c->years};
    return data;
}

/* The day by which it is best done (P6); 0 once that is over. */
static struct day advised_by(const struct page *p, const struct mailbox *m)
{
    struct day by = day_plus(m->term.ends_on, -p->brand->renewal.advise_days_before);

    return p->brand->renewal.advise_days_before && !day_before(by, p->today) ? by : (struct day){0};
}

static void offer_renewal(const struct page *p, struct boxed *b, const struct quote *shortest)
{
    b->may.renew = talloc(p->mem, struct box_renewal);
    *b->may.renew = (struct box_renewal){shortest->total.gross, shortest->renewed.ends_on, advised_by(p, &b->mailbox)};
}

static void offer_payment(const struct page *p, struct boxed *b)
{
    b->may.open_order = talloc(p->mem, struct box_order);
    *b->may.open_order = (struct box_order){b->open_order.code, b->open_order.total.due, b->pay_by};
}

static void find_action(const struct page *p, struct boxed *b)
{
    struct renewal_policy policy = brand_renewal(p->brand, b->mailbox.domain[0]);
    struct quote shortest;
    struct problem why = {0};

    memset(&b->may, 0, sizeof b->may);
    if (b->open_order.id) {
        offer_payment(p, b);
    } else if (renewal_eligible(p->brand, &b->mailbox, p->today, &why) != DONE) {
        if (why.code == PROBLEM_OPEN_ORDER) /* one that is not shown: an Ordine's */
            (void)problem_set(&why, PROBLEM_OPEN_ORDER_ELSEWHERE, "mailbox", "%s", p->brand->support_email);
        if (why.code == PROBLEM_OWN_DOMAIN && b->in_cart)
            b->may.in_cart = true;
        else if (why.code == PROBLEM_TOO_EARLY)
            b->may.opens_on = renewal_window(b->mailbox.term.ends_on, &policy).opens_on;
        else
            b->may.refusal = problem_text(p->mem, p->language, &why);
        if (why.code == PROBLEM_OWN_DOMAIN)
            b->may.domain = present_path(p->mem, b->mailbox.domain);
        b->may.renews_itself = why.code == PROBLEM_AUTO_RENEWAL_ON;
    } else if (b->in_cart) {
        b->may.in_cart = true;
    } else if (quote_shortest(p->brand, &b->mailbox, p->today, &shortest)) {
        offer_renewal(p, b, &shortest);
    } else {
        struct quote none;
        struct renewal_choice one = {.years = renewal_years(p->brand, &b->mailbox, p->today).least,
                                     .extra_gb = b->mailbox.extra_gb};

        if (quote_renewal(p->brand, &b->mailbox, &one, p->today, &none, &why) == REFUSED && why.code == PROBLEM_HORIZON)
            b->may.horizon = talloc_strdup(p->mem, why.detail);
        else
            b->may.refusal = problem_text(p->mem, p->language, &why);
    }
}

bool box_needs_attention(const struct page *p, const struct mailbox *m)
{
    struct renewal_policy policy = brand_renewal(p->brand, m->domain[0]);
    enum phase phase = term_phase(m->term.ends_on, p->today, &policy);

    return phase == PHASE_EXPIRING || phase == PHASE_EXPIRED;
}

void box_look(struct page *p, struct boxed *b)
{
    const struct mailbox *m = &b->mailbox;
    const struct brand_plan *plan = brand_plan_by_id(p->brand, m->plan);
    struct renewal_policy policy = brand_renewal(p->brand, m->domain[0]);
    enum phase phase = term_phase(m->term.ends_on, p->today, &policy);

    b->path = present_path(p->mem, m->address);
    b->plan = plan ? plan->name : m->plan;
    b->mailbox_gb = (plan ? plan->mailbox_gb : 0) + m->extra_gb;
    b->archive_gb = (plan ? plan->archive_gb : 0) + m->extra_archive_gb;
    b->convention = convention_data(p, m);
    b->life = phase == PHASE_CEASED ? NULL : life_of(p, m);
    b->expired = phase == PHASE_EXPIRED ? expired_of(p, m) : NULL;
    find_state(p, b, phase);
    find_action(p, b);
}
