#include "shop/bulk.h"
#include "base/i18n.h"
#include "base/log.h"
#include "shop/convention.h"
#include "shop/extra_space.h"
#include "shop/place_parts.h"
#include "shop/present.h"
#include "store/account.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct work {
    struct db_tx *tx;
    void *mem;
    const struct brand *brand;
    const struct brand_convention *convention;
    const char *owner, *language;
    struct day today;
    struct bulk_quote *quote;
};

char *bulk_owner(void *mem, const struct brand *brand, const struct brand_convention *convention, struct principal who)
{
    char text[PRINCIPAL_TEXT];

    return talloc_asprintf(mem, "%s %s/%s", who.account_id ? principal_text(who, text) : "staff", brand->id,
                           convention->id);
}

/* ---- What it comes to ---- */

static void add_fault(struct work *w, const char *address, const struct problem *why)
{
    struct bulk_quote *q = w->quote;

    if (q->fault_count == BULK_FAULTS_LISTED)
        return;
    if (!q->faults)
        q->faults = talloc_array(w->mem, struct bulk_fault, BULK_FAULTS_LISTED);
    q->faults[q->fault_count++] = (struct bulk_fault){talloc_strdup(w->mem, address), *why};
}

/* The order that has it: the Ordine's own by its code, a member's is none of the delegate's business. */
static enum outcome why_ordered(struct work *w, const char *address, struct problem *why)
{
    struct mailbox m;
    struct order open;

    TRY(mailbox_by_address(w->tx, w->mem, address, &m));
    TRY(order_by_id(w->tx, w->mem, m.open_order_id, &open));
    (void)(order_is_bulk(&open)
               ? problem_set(why, PROBLEM_OPEN_ORDER, "mailbox", "%s", open.code)
               : problem_set(why, PROBLEM_OPEN_ORDER_ELSEWHERE, "mailbox", "%s", w->brand->support_email));
    return DONE;
}

static enum outcome find_unfit(struct work *w)
{
    static const struct {
        const char *reason;
        enum problem_code code;
    } WHY[] = {{"convention", PROBLEM_MEMBER_UNKNOWN}, {"status", PROBLEM_NOT_RENEWABLE},
               {"order", PROBLEM_OPEN_ORDER},          {"domain", PROBLEM_NOT_RENEWABLE}, /* with its domain */
               {"held", PROBLEM_NOT_RENEWABLE},        {"auto", PROBLEM_AUTO_RENEWAL_ON}};
    struct bulk_unfit *unfit;
    size_t count;

    TRY(bulk_unfit(w->tx, w->mem, w->owner, w->brand->id, w->convention->id, BULK_FAULTS_LISTED, &unfit, &count));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count_of(WHY); k++)
            if (strcmp(unfit[i].reason, WHY[k].reason) == 0) {
                struct problem why;

                (void)problem_set(&why, WHY[k].code, "mailbox", "%s", "");
                if (why.code == PROBLEM_OPEN_ORDER)
                    TRY(why_ordered(w, unfit[i].address, &why));
                add_fault(w, unfit[i].address, &why);
            }
    return DONE;
}

/* One mailbox stands for its group. Extra space that members pay for themselves stays as it is, and out of the price:
 * once this is paid each has an order of it (spaces_carry). */
static enum outcome quote_group(struct work *w, const struct bulk_group *g, struct quote *q, struct problem *why)
{
    bool with_space = w->convention->body_pays_extras;
    struct mailbox m = {.brand = (char *)w->brand->id,
                        .plan = g->plan,
                        .extra_gb = with_space ? g->extra_gb : 0,
                        .term = g->term,
                        .convention = (char *)w->convention->id};
    struct renewal_choice choice = {.years = w->convention->years, .extra_gb = m.extra_gb};

    if (convention_of(w->brand, &m, w->today) != w->convention)
        return problem_set(why, PROBLEM_PLAN, "plan", "%s", "");
    TRY(renewal_window_check(m.term.ends_on, w->today, &w->brand->renewal, why));
    return quote_renewal(w->brand, &m, &choice, w->today, q, why);
}

static enum outcome refuse_group(struct work *w, const struct bulk_group *g, const struct problem *why)
{
    struct bulk_unfit *some;
    size_t count;

    TRY(bulk_some(w->tx, w->mem, w->owner, g, BULK_FAULTS_LISTED, &some, &count));
    for (size_t i = 0; i < count; i++)
        add_fault(w, some[i].address, why);
    return DONE;
}

static enum outcome add_group(struct work *w, struct bulk_group *g, struct money *net)
{
    struct order_line *l = &w->quote->lines[w->quote->count];
    struct money all;
    struct quote q;
    struct problem why = {0};
    enum outcome o = quote_group(w, g, &q, &why);

    if (o == REFUSED)
        return refuse_group(w, g, &why);
    TRY(o);
    *l = (struct order_line){.line = (int64_t)w->quote->count + 1,
                             .kind = (char *)order_line_kind_name(LINE_RENEWAL),
                             .address = (char *)"",
                             .description = present_renewal(w->mem, w->language, q.plan->name, q.choice.years),
                             .quantity = g->count,
                             .unit = q.price.net,
                             .plan = (char *)q.plan->id,
                             .extra_gb = g->extra_gb,
                             .years = q.choice.years,
                             .from = day_plus(g->term.ends_on, 1),
                             .to = q.renewed.ends_on,
                             .old_expires_on = g->term.ends_on,
                             .new_expires_on = q.renewed.ends_on};
    if (w->convention->body_pays_extras && g->extra_gb)
        l->description = talloc_asprintf(w->mem, i18n(w->language, N_("%s, con %d GB di spazio aggiuntivo")),
                                         l->description, (int)g->extra_gb);
    if (money_times(l->unit, g->count, &all) != DONE || money_add(*net, all, net) != DONE)
        return BROKEN;
    l->net = all;
    w->quote->groups[w->quote->count++] = *g;
    w->quote->mailboxes += g->count;
    return DONE;
}

enum outcome bulk_quote(struct db_tx *tx, void *mem, const struct brand *brand,
                        const struct brand_convention *convention, const char *owner, const char *language,
                        struct bulk_quote *quote, struct problem *why)
{
    struct work w = {tx, mem, brand, convention, owner, language, db_today(tx), quote};
    struct bulk_group *groups;
    struct money net = money(0);
    size_t count;

    *quote = (struct bulk_quote){0};
    if (!convention->body_pays)
        return problem_set(why, PROBLEM_CONVENTION_MEMBERS, "convention", "%s", "");
    if (!convention_price_on(convention, w.today))
        return problem_set(why, PROBLEM_CONVENTION_OVER, "convention", "%s", "");
    TRY(find_unfit(&w));
    TRY(bulk_groups(tx, mem, owner, &groups, &count));
    quote->lines = talloc_zero_array(mem, struct order_line, (unsigned)count + 1);
    quote->groups = talloc_zero_array(mem, struct bulk_group, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(add_group(&w, &groups[i], &net));
    return price_total(net, brand_vat_rate_bp(brand, w.today), &quote->total, why);
}

enum outcome bulk_drop_unfit(struct db_tx *tx, void *mem, const struct brand *brand,
                             const struct brand_convention *convention, const char *owner, struct problem *why)
{
    struct bulk_quote q;
    struct mailbox m;

    for (;;) {
        TRY(bulk_quote(tx, mem, brand, convention, owner, "it", &q, why));
        if (!q.fault_count)
            return DONE;
        for (size_t i = 0; i < q.fault_count; i++) { /* those that are listed: there may be more */
            TRY(mailbox_by_address(tx, mem, q.faults[i].address, &m));
            TRY(bulk_remove(tx, owner, m.id));
        }
    }
}

/* ---- The order ---- */

/* Who placed it sees it; what our own people place, the first delegate who has an account. */
static enum outcome find_account(struct work *w, const struct order_request *r, int64_t *id)
{
    struct account account;

    *id = r->who.account_id;
    for (const char **email = w->convention->delegates; *email && !*id; email++) {
        enum outcome o = account_by_email(w->tx, w->mem, w->brand->id, *email, &account);

        if (o != DONE && o != REFUSED)
            return o;
        *id = o == DONE ? account.id : 0;
    }
    return DONE;
}

static enum outcome write_lines(struct work *w, int64_t order_id, const struct actor *actor)
{
    int64_t last = 0, claimed;

    for (size_t i = 0; i < w->quote->count; i++) {
        struct order_line one = w->quote->lines[i];

        one.quantity = 1;
        one.net = one.unit;
        TRY(bulk_lines(w->tx, w->owner, &w->quote->groups[i], order_id, &one, &last));
    }
    TRY(bulk_claim(w->tx, order_id, &claimed));
    TRY(spaces_give_way(w->tx, w->mem, order_id, actor));
    return claimed == w->quote->mailboxes ? DONE : BUSY;
}

static enum outcome leave_traces(struct work *w, const struct order_request *r, const struct order *o)
{
    json_t *data = json_pack("{s:s, s:I, s:s, s:s, s:I}", "code", o->code, "gross_cents",
                             (json_int_t)o->total.gross.cents, "method", o->payment_method, "convention",
                             w->convention->id, "mailboxes", (json_int_t)w->quote->mailboxes);
    enum outcome outcome = event_record(w->tx, o->brand, &r->actor, "order.confirmed", o->id, 0, data);

    json_decref(data);
    TRY(outcome);
    return outbox_add(w->tx, o->brand, "mail", "order_received", o->billing.email, o->language, o->id, NULL);
}

static enum outcome check(struct work *w, const struct order_request *r, struct problem *why)
{
    TRY(place_check_method(r, why));
    TRY(place_check_terms(w->tx, r, why));
    TRY(bulk_quote(w->tx, w->mem, w->brand, w->convention, w->owner, w->language, w->quote, why));
    if (w->quote->fault_count)
        return problem_set(why, PROBLEM_BULK_FAULTS, "lines", "%s", w->quote->faults[0].address);
    if (!w->quote->mailboxes)
        return problem_set(why, PROBLEM_CART_EMPTY, "lines", "%s", "");
    return place_check_total(r, &w->quote->total, why);
}

enum outcome place_bulk(struct db_tx *tx, void *mem, const struct brand_convention *convention, const char *owner,
                        const struct order_request *request, struct placed_order *placed, struct bulk_quote *quote,
                        struct problem *why)
{
    struct work w = {tx, mem, request->brand, convention, owner, request->language, db_today(tx), quote};
    struct order *o = &placed->order;
    enum outcome outcome;

    *placed = (struct placed_order){0};
    *quote = (struct bulk_quote){0};
    outcome = place_found(tx, mem, request, placed, why);
    if (outcome != REFUSED || placed->found)
        return outcome;
    TRY(check(&w, request, why));
    o->kind = (char *)ORDER_BULK;
    o->billing = convention->billing;
    TRY(place_begin(tx, mem, request, &quote->total, o));
    TRY(find_account(&w, request, &o->account_id));
    outcome = order_insert(tx, o, request->form_token);
    if (outcome != DONE) /* REFUSED: the same form, a moment ago; the next try finds its order */
        return outcome == REFUSED ? BUSY : outcome;
    TRY(bulk_order_put(tx, o->id, convention->id));
    TRY(write_lines(&w, o->id, &request->actor));
    TRY(bulk_clear(tx, owner));
    placed->lines = quote->lines;
    placed->line_count = quote->count;
    return leave_traces(&w, request, o);
}

enum outcome bulk_seen_by(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                          const char *email, bool *seen)
{
    const struct brand_convention *convention;
    const char *id;
    enum outcome o;

    *seen = false;
    if (!order_is_bulk(order) || strcmp(order->brand, brand->id) != 0)
        return DONE;
    o = bulk_order_convention(tx, mem, order->id, &id);
    if (o != DONE)
        return o == REFUSED ? DONE : o;
    convention = brand_convention_by_id(brand, id);
    *seen = convention && convention_delegate(convention, email);
    return DONE;
}

/* ---- Once it is paid ---- */

static enum outcome renew(struct db_tx *tx, const struct brand *brand, const struct order *order,
                          const struct actor *actor, const struct bulk_renewal *r)
{
    struct allowed allowed = term_allows(r->new_expires_on, &brand->renewal);
    char before[DAY_TEXT], after[DAY_TEXT];
    json_t *data = json_pack("{s:s, s:s, s:s, s:I}", "expires_on", day_iso(r->new_expires_on, after), "was",
                             day_iso(r->old_expires_on, before), "plan", r->plan, "years", (json_int_t)r->years);
    int64_t renewed = 0;
    enum outcome o =
        bulk_renew(tx, order, r, &allowed, brand_quota_mb(brand, r->plan, r->extra_gb), actor, data, &renewed);

    json_decref(data);
    TRY(o);
    return renewed == r->count ? DONE
                               : log_broken("bulk.renew", LOG_INT("order", order->id), LOG_INT("renewed", renewed));
}

enum outcome bulk_fulfil(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                         const struct actor *actor)
{
    struct bulk_renewal *renewals;
    size_t count;

    TRY(bulk_renewals(tx, mem, order->id, &renewals, &count));
    if (order->state == ORDER_LAPSED) { /* paid after all: they were let go of, and are as they were */
        int64_t claimed;

        TRY(bulk_claim(tx, order->id, &claimed));
        TRY(bulk_revive(tx, order->id));
    }
    for (size_t i = 0; i < count; i++)
        TRY(renew(tx, brand, order, actor, &renewals[i]));
    if (brand->purchase.on && strcmp(brand->purchase.mailhost, "sql") != 0)
        TRY(bulk_tell_mailhost(tx, order));
    TRY(bulk_notify(tx, order));
    TRY(spaces_carry(tx, mem, brand, order->id));
    return order_lines_fulfilled(tx, order->id);
}
