#include "shop/fulfil.h"
#include "base/text.h"
#include "shop/activate.h"
#include "shop/autorenew.h"
#include "shop/bulk.h"
#include "shop/domain.h"
#include "shop/extra_space.h"
#include "shop/plan_change.h"
#include "shop/wallet.h"
#include "store/account.h"
#include "store/association.h"
#include "store/ending.h"
#include "store/request.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct work {
    struct db_tx *tx;
    void *mem;
    const struct brand *brand;
    const struct order *order;
    const struct settling *how;
    struct total due;
    struct order_line *lines;
    size_t line_count;
};

static bool is_renewal(const struct order_line *line)
{
    return strcmp(line->kind, order_line_kind_name(LINE_RENEWAL)) == 0;
}

enum outcome order_due(const struct order *order, struct day paid_on, struct total *due, struct problem *why)
{
    struct sale sale = sale_on(order->vat_nature, order->vat_law, &order->billing, paid_on);

    if (order_is_topup(order))
        return price_total(order->total.net, 0, due, why);
    return sale_total(order->total.net, &sale, paid_on, due, why);
}

enum outcome order_agree_tax(const struct brand *brand, struct order *order, struct day today, struct problem *why)
{
    struct sale sale = sale_to(&brand->invoicing.sale, &order->billing, today);

    order->vat_nature = (char *)sale.nature;
    order->vat_law = (char *)sale.law;
    return sale_total(order->total.net, &sale, today, &order->total, why);
}

/* ---- The invoice ---- */

static enum outcome invoice(struct work *w, struct invoice *i)
{
    const struct order *o = w->order;
    char *customer = talloc_asprintf(w->mem, "order:%" PRId64, o->id);
    enum outcome outcome;
    json_t *data;
    char *cause;

    *i = (struct invoice){.brand = o->brand,
                          .order_id = o->id,
                          .issued_on = db_today(w->tx),
                          .paid_on = w->how->paid_on,
                          .total = w->due};
    TRY(invoice_issue(w->tx, i));
    cause = talloc_asprintf(w->mem, "invoice:%" PRId64, i->id);
    TRY(ledger_move(w->tx, cause, customer, talloc_asprintf(w->mem, "revenue:%s", o->brand), i->total.net));
    if (!total_is_split(&i->total)) /* that VAT is none of ours */
        TRY(ledger_move(w->tx, cause, customer, talloc_asprintf(w->mem, "vat:%s", o->brand), i->total.vat));
    data = json_pack("{s:I}", "invoice", (json_int_t)i->id);
    outcome = outbox_add(w->tx, i->brand, "invoice_file", "", "", o->language, o->id, data);
    json_decref(data);
    return outcome;
}

/* ---- The service ---- */

static enum outcome renew_mailbox(struct work *w, const struct order_line *line)
{
    const struct order *o = w->order;
    struct renewal_policy policy;
    int64_t quota_mb;
    struct mailbox mailbox;
    struct allowed allowed;
    json_t *data;
    enum outcome outcome;
    bool given;

    TRY(mailbox_by_id(w->tx, w->mem, line->mailbox_id, &mailbox));
    policy = brand_renewal(w->brand, mailbox.domain[0]);
    allowed = term_allows(line->new_expires_on, &policy);
    TRY(plan_change_settled(w->tx, w->mem, w->brand, line, o->id, &mailbox, &quota_mb));
    TRY(mailbox_renew(w->tx, &mailbox, line->new_expires_on, &allowed, line->plan,
                      &(struct space){line->extra_gb, line->extra_archive_gb}, quota_mb));
    TRY(termination_forget(w->tx, mailbox.id, &given)); /* who renews takes a disdetta back */
    TRY(mailhost_changed(w->tx, w->brand, mailbox.id));
    if (mailbox.domain[0])
        TRY(domain_settled(w->tx, w->mem, w->brand, &mailbox, line->new_expires_on, &w->how->actor));
    TRY(autorenew_renewed(w->tx, w->mem, w->brand, line, o, &w->how->actor));

    char before[DAY_TEXT], after[DAY_TEXT];
    data = json_pack("{s:s, s:s, s:s, s:I}", "expires_on", day_iso(line->new_expires_on, after), "was",
                     day_iso(line->old_expires_on, before), "plan", line->plan, "years", (json_int_t)line->years);
    outcome = event_record(w->tx, o->brand, &w->how->actor, "mailbox.renewed", o->id, mailbox.id, data);
    json_decref(data);
    TRY(outcome);

    /* The holder hears of it too, where somebody else paid (T35). */
    if (mailbox.holder.email[0] && !text_same(mailbox.holder.email, o->billing.email)) {
        data = json_pack("{s:s}", "mailbox", mailbox.address);
        outcome = outbox_add(w->tx, o->brand, "mail", "holder_notice", mailbox.holder.email, o->language, o->id, data);
        json_decref(data);
    }
    return outcome;
}

static enum outcome renew(struct work *w)
{
    for (size_t i = 0; i < w->line_count; i++)
        if (is_renewal(&w->lines[i]))
            TRY(renew_mailbox(w, &w->lines[i]));
    if (!w->order->account_id) /* an account sees them already */
        TRY(association_apply(w->tx, w->order, &w->how->actor));
    return order_lines_fulfilled(w->tx, w->order->id);
}

/* A purchase is paid: its papers are asked for, and the name is kept until there is a mailbox (M5). */
static enum outcome ask_papers(struct work *w)
{
    enum request_state was;
    struct request r;
    bool changed, held;
    json_t *data;
    enum outcome o;

    TRY(request_by_order(w->tx, w->mem, w->order->id, &r));
    was = r.state;
    TRY(request_transition(was, REQUEST_EVENT_PAY, &r.state, NULL));
    r.paid_at = db_now(w->tx);
    TRY(name_hold(w->tx, talloc_asprintf(w->mem, "%s@%s", r.held_name, w->brand->domain), r.id, (struct instant){0},
                  &held));
    TRY(request_update(w->tx, &r, was, &changed));
    if (!changed || !held)
        return BUSY;
    data = json_pack("{s:I}", "request", (json_int_t)r.id);
    o = outbox_add(w->tx, w->brand->id, "contract", "", "", w->order->language, w->order->id, data);
    json_decref(data);
    return o;
}

static enum outcome credit_wallet(struct work *w)
{
    char *from = talloc_asprintf(w->mem, "order:%" PRId64, w->order->id);
    char *cause = talloc_asprintf(w->mem, "topup:%" PRId64, w->order->id);

    TRY(wallet_credit(w->tx, w->order->account_id, "topup", w->due.due, cause, from,
                      talloc_asprintf(w->mem, "chargebacks:%s", w->order->brand), w->order->id));
    return order_lines_fulfilled(w->tx, w->order->id);
}

/* ---- The order ---- */

/* The steps of an order that is paid happen at once; the table still says whether each may. *state is where it ends. */
static enum outcome pass_states(const struct work *w, enum order_state *state)
{
    enum order_event pay = w->order->state == ORDER_LAPSED ? ORDER_EVENT_PAY_LATE : ORDER_EVENT_PAY;

    TRY(order_transition(w->order->state, pay, state, NULL));
    if (order_is_topup(w->order))
        return order_transition(*state, ORDER_EVENT_CREDIT, state, NULL);
    TRY(order_transition(*state, ORDER_EVENT_INVOICE, state, NULL));
    return order_transition(*state, order_is_purchase(w->order) ? ORDER_EVENT_PROCESS : ORDER_EVENT_FULFIL, state,
                            NULL);
}

static enum outcome mark_settled(struct work *w, enum order_state state)
{
    struct order settled = *w->order;
    bool changed;

    settled.settled_on = w->how->paid_on;
    settled.settled_by = (char *)w->how->cause;
    settled.provisional = w->how->provisional;
    settled.payment_method = (char *)payment_method_name(w->how->method);
    TRY(order_settled(w->tx, &settled, state, &changed));
    return changed ? DONE : BUSY;
}

/* The summary of a renewal goes to the address in the payer's profile, too, where the invoice's is another (R115). */
static enum outcome tell_profile(struct work *w)
{
    const struct order *o = w->order;
    struct account account;

    if (!o->account_id || strcmp(o->kind, ORDER_RENEWAL) != 0)
        return DONE;
    TRY(account_by_id(w->tx, w->mem, o->account_id, &account));
    if (text_same(account.email, o->billing.email))
        return DONE;
    return outbox_add(w->tx, o->brand, "mail", "order_settled", account.email, o->language, o->id, NULL);
}

static enum outcome leave_traces(struct work *w, int64_t invoice_id)
{
    const struct order *o = w->order;
    json_t *data = json_pack("{s:s, s:s, s:I, s:b}", "by", w->how->cause, "method", payment_method_name(w->how->method),
                             "amount_cents", (json_int_t)w->how->amount.cents, "provisional", w->how->provisional);
    enum outcome outcome;

    if (invoice_id)
        json_object_set_new(data, "invoice", json_integer(invoice_id));
    outcome = event_record(w->tx, o->brand, &w->how->actor, "order.settled", o->id, o->mailbox_id, data);
    json_decref(data);
    TRY(outcome);
    TRY(outbox_add(w->tx, o->brand, "mail", order_is_topup(o) ? "topup_settled" : "order_settled", o->billing.email,
                   o->language, o->id, NULL));
    return tell_profile(w);
}

/* Its request was dropped with it, and the name is anybody's since. */
static enum outcome name_still_free(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                    bool *may)
{
    enum name_verdict verdict;
    struct request r;

    TRY(request_by_order(tx, mem, order->id, &r));
    TRY(name_look(tx, talloc_asprintf(mem, "%s@%s", r.held_name, brand->domain), r.holder.tax_code, r.id, &verdict));
    *may = r.state == REQUEST_DROPPED && verdict == NAME_FREE;
    return DONE;
}

enum outcome order_may_settle_late(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                   struct day authorised_on, bool *may)
{
    struct order_line *lines;
    struct mailbox mailbox;
    size_t count;

    *may = false;
    if (order->state != ORDER_LAPSED || authorised_on.n > order->lapses_on.n)
        return DONE;
    if (order_is_purchase(order))
        return name_still_free(tx, mem, brand, order, may);
    TRY(order_lines(tx, mem, order->id, &lines, &count));
    if (order_is_space(order))
        return space_still_fits(tx, mem, &lines[0], may);
    for (size_t i = 0; i < count; i++) {
        if (!is_renewal(&lines[i]))
            continue;
        TRY(mailbox_by_id(tx, mem, lines[i].mailbox_id, &mailbox));
        if (strcmp(mailbox.status, mailbox_status_name(MAILBOX_DELETED)) == 0) /* there is nothing left to renew */
            return DONE;
        if (mailbox.open_order_id || mailbox.term.ends_on.n != lines[i].old_expires_on.n)
            return DONE;
    }
    *may = true;
    return DONE;
}

enum outcome settle_order(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                          const struct settling *how)
{
    struct work w = {.tx = tx, .mem = mem, .brand = brand, .order = order, .how = how};
    struct invoice i = {0};
    enum order_state state;

    TRY(order_due(order, how->paid_on, &w.due, NULL));
    if (!order_is_bulk(order)) /* whose thousands of lines nobody reads one by one */
        TRY(order_lines(tx, mem, order->id, &w.lines, &w.line_count));
    TRY(pass_states(&w, &state));
    TRY(mark_settled(&w, state));
    TRY(ledger_move(tx, how->cause, how->from, talloc_asprintf(mem, "order:%" PRId64, order->id), how->amount));
    if (order_is_topup(order)) {
        TRY(credit_wallet(&w));
    } else {
        TRY(invoice(&w, &i));
        TRY(autorenew_paid(tx, mem, brand, order, how->method, how->instrument_id, &how->actor));
        TRY(order_is_purchase(order) ? ask_papers(&w)
            : order_is_bulk(order)   ? bulk_fulfil(tx, mem, brand, order, &how->actor)
            : order_is_space(order)  ? space_settled(tx, mem, brand, order, &w.lines[0], &how->actor)
                                     : renew(&w));
    }
    return leave_traces(&w, i.id);
}
