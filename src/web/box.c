#include "web/box.h"
#include "shop/present.h"
#include "shop/quote.h"
#include <string.h>

static json_t *state_data(const struct page *p, const struct mailbox *m, enum phase phase)
{
    int left = m->term.ends_on.n - p->today.n;
    const char *name = NULL;

    if (strcmp(m->status, mailbox_status_name(MAILBOX_SUSPENDED)) == 0)
        name = "suspended";
    else if (phase == PHASE_CEASED || strcmp(m->status, mailbox_status_name(MAILBOX_LIVE)) != 0)
        name = "ceased";
    else if (phase == PHASE_ACTIVE)
        name = "active";
    else if (left == 0)
        name = "today";
    else if (left == 1)
        name = "tomorrow";
    else if (left == -1)
        name = "expired_yesterday";
    if (name)
        return json_pack("{s:b}", name, 1);
    return left > 0 ? json_pack("{s:I}", "days_left", (json_int_t)left)
                    : json_pack("{s:I}", "expired_days", (json_int_t)-left);
}

/* From the last renewal to the end of the grace, in hundredths. */
static json_t *life_data(const struct page *p, const struct mailbox *m)
{
    struct day starts = day_later(m->activated_on, day_add_months(m->term.ends_on, -12, m->term.anchor));
    struct day until = m->allowed.renew_until.n >= DAY_NEVER.n ? m->term.ends_on : m->allowed.renew_until;
    int whole, today, expires;
    json_t *life;

    while (day_before(p->today, starts) && day_before(m->activated_on, starts))
        starts = day_later(m->activated_on, day_add_months(starts, -12, m->term.anchor));
    whole = until.n - starts.n;
    if (whole <= 0)
        return json_false();
    today = (p->today.n - starts.n) * 100 / whole;
    today = today < 0 ? 0 : today > 100 ? 100 : today;
    expires = (m->term.ends_on.n - starts.n) * 100 / whole;
    life = json_pack("{s:o, s:o, s:b, s:I, s:I, s:I, s:I, s:s}", "starts_on", present_day(starts), "expires_on",
                     present_day(m->term.ends_on), "over", day_before(m->term.ends_on, p->today), "today_x",
                     (json_int_t)today, "expires_x", (json_int_t)expires, "used_w",
                     (json_int_t)(today < expires ? today : expires), "left_w",
                     (json_int_t)(today < expires ? expires - today : 0), "today_anchor",
                     today < 6    ? "start"
                     : today > 94 ? "end"
                                  : "middle");
    if (!day_same(until, m->term.ends_on))
        json_object_set_new(life, "renew_until", present_day(until));
    return life;
}

static json_t *expired_data(const struct page *p, const struct mailbox *m)
{
    return json_pack("{s:b, s:b, s:o}", "receives", !day_before(m->allowed.receive_until, p->today), "reads",
                     !day_before(m->allowed.read_until, p->today), "until", present_day(m->allowed.renew_until));
}

/* Exactly one of these is something; the others are false. */
static void add_action(struct page *p, const struct boxed *b, json_t *data)
{
    static const char *const ACTION[] = {"renew", "open_order", "in_cart", "opens_on", "refusal", "horizon"};
    struct quote shortest;
    struct problem why = {0};

    for (size_t i = 0; i < count_of(ACTION); i++)
        json_object_set_new(data, ACTION[i], json_false());
    if (b->open_order.id) {
        json_object_set_new(data, "open_order",
                            json_pack("{s:s, s:o, s:o}", "code", b->open_order.code, "amount",
                                      present_money(b->open_order.total.gross), "pay_by", present_day(b->pay_by)));
    } else if (renewal_eligible(p->brand, &b->mailbox, p->today, &why) != DONE) {
        struct renewal_window window = renewal_window(b->mailbox.term.ends_on, &p->brand->renewal);

        if (why.code == PROBLEM_TOO_EARLY)
            json_object_set_new(data, "opens_on", present_day(window.opens_on));
        else
            json_object_set_new(data, "refusal", json_string(problem_text(p->mem, p->language, &why)));
    } else if (b->in_cart) {
        json_object_set_new(data, "in_cart", json_true());
    } else if (quote_shortest(p->brand, &b->mailbox, p->today, &shortest)) {
        json_object_set_new(data, "renew",
                            json_pack("{s:o, s:o}", "from", present_money(shortest.total.gross), "new_expires_on",
                                      present_day(shortest.renewed.ends_on)));
    } else {
        struct quote none;
        struct renewal_choice one = {.years = p->brand->renewal.min_years, .extra_gb = b->mailbox.extra_gb};

        if (quote_renewal(p->brand, &b->mailbox, &one, p->today, &none, &why) == REFUSED && why.code == PROBLEM_HORIZON)
            json_object_set_new(data, "horizon", json_string(why.detail));
        else
            json_object_set_new(data, "refusal", json_string(problem_text(p->mem, p->language, &why)));
    }
}

bool box_needs_attention(const struct page *p, const struct mailbox *m)
{
    enum phase phase = term_phase(m->term.ends_on, p->today, &p->brand->renewal);

    return phase == PHASE_EXPIRING || phase == PHASE_EXPIRED;
}

json_t *box_data(struct page *p, const struct boxed *b)
{
    const struct mailbox *m = &b->mailbox;
    const struct brand_plan *plan = brand_plan_by_id(p->brand, m->plan);
    enum phase phase = term_phase(m->term.ends_on, p->today, &p->brand->renewal);
    json_t *data = json_pack(
        "{s:s, s:s, s:s, s:I, s:o, s:s, s:o, s:o, s:o, s:o}", "address", m->address, "path",
        present_path(p->mem, m->address), "plan", plan ? plan->name : m->plan, "mailbox_gb",
        (json_int_t)((plan ? plan->mailbox_gb : 0) + m->extra_gb), "archive_gb",
        plan && plan->archive_gb ? json_integer(plan->archive_gb) : json_false(), "holder", m->holder.name, "state",
        state_data(p, m, phase), "life", phase == PHASE_CEASED ? json_false() : life_data(p, m), "expired",
        phase == PHASE_EXPIRED ? expired_data(p, m) : json_false(), "expires_on", present_day(m->term.ends_on));

    add_action(p, b, data);
    return data;
}
