#include "rules/sale.h"
#include "shop/activate.h"
#include "shop/autorenew.h"
#include "shop/extra_space.h"
#include "shop/plan_change.h"
#include "shop/refund_parts.h"
#include "store/bank.h"
#include "store/notice.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

struct work {
    struct db_tx *tx;
    void *mem;
    const struct refund_request *request;
    const struct brand *brand;
    struct order order;
    struct invoice invoice, note;
    struct total left;   /* of the invoice, not yet credited */
    struct total credit; /* of it, now */
    struct refund_request asked;
    struct payment payment; /* that settled the order; id 0: none */
    struct money elsewhere; /* of it: given back at the provider's own desk, and in no credit note yet */
    struct problem *why;
};

/* "payment:5" → 5; 0 when it was settled by something else. */
static int64_t number_after(const char *cause, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(cause, prefix, length) == 0 ? strtoll(cause + length, NULL, 10) : 0;
}

/* ---- What may be given back ---- */

/* What somebody gave back at the provider's own desk has gone: a credit note for it moves no money. */
static enum outcome find_elsewhere(struct work *w, const struct invoice *notes, size_t count)
{
    struct refund *refunds;
    size_t n;

    TRY(refunds_of_order(w->tx, w->mem, w->order.id, &refunds, &n));
    for (size_t i = 0; i < count; i++)
        w->elsewhere.cents -= notes[i].total.due.cents;
    for (size_t i = 0; i < n; i++)
        if (refunds[i].credit_note_id)
            w->elsewhere.cents += refunds[i].amount.cents;
        else if (refunds[i].elsewhere && refunds[i].payment_id == w->payment.id)
            w->elsewhere.cents += refunds[i].amount.cents;
    w->elsewhere.cents = w->elsewhere.cents > 0 ? w->elsewhere.cents : 0;
    return DONE;
}

static enum outcome load(struct work *w)
{
    const struct refund_request *r = w->request;
    enum outcome o = order_by_code(w->tx, w->mem, r->code, &w->order);
    int64_t payment_id;
    struct invoice *notes;
    size_t count;

    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    if (w->order.state != (r->refused ? ORDER_IN_PROCESS : ORDER_FULFILLED) || same(w->order.kind, ORDER_TOPUP))
        return problem_set(w->why, PROBLEM_ORDER_STATE, "", "%s", order_state_label(w->order.state));
    TRY(invoice_by_order(w->tx, w->mem, w->order.id, &w->invoice));
    TRY(credit_notes_of(w->tx, w->mem, w->invoice.id, &notes, &count));
    w->left = w->invoice.total;
    for (size_t i = 0; i < count; i++) {
        w->left.net.cents -= notes[i].total.net.cents;
        w->left.vat.cents -= notes[i].total.vat.cents;
        w->left.gross.cents -= notes[i].total.gross.cents;
        w->left.due.cents -= notes[i].total.due.cents;
    }
    payment_id = number_after(w->order.settled_by, "payment:");
    if (!payment_id)
        return DONE;
    TRY(payment_by_id(w->tx, w->mem, payment_id, &w->payment));
    return find_elsewhere(w, notes, count);
}

static bool is_among(int64_t line, const int64_t *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i] == line)
            return true;
    return false;
}

/* Their net; each stands in the order, is not there twice, and was not credited before. */
static enum outcome sum_lines(struct work *w, struct money *net)
{
    const struct refund_request *r = w->request;
    struct order_line *lines;
    size_t count, credited_count, found = 0;
    int64_t *credited;

    *net = money(0);
    TRY(order_lines(w->tx, w->mem, w->order.id, &lines, &count));
    TRY(credited_lines(w->tx, w->mem, w->order.id, 0, &credited, &credited_count));
    for (size_t i = 0; i < count; i++) {
        if (!is_among(lines[i].line, r->lines, r->line_count))
            continue;
        if (is_among(lines[i].line, credited, credited_count))
            return problem_set(w->why, PROBLEM_LINE_CREDITED, "lines", "%" PRId64, lines[i].line);
        net->cents += lines[i].net.cents;
        found++;
    }
    return found == r->line_count && !order_is_bulk(&w->order)
               ? DONE
               : problem_set(w->why, PROBLEM_NOT_A_CHOICE, "lines", "%s", "");
}

/* What the credit note is of: so much, or these lines. */
static enum outcome choose(struct work *w)
{
    struct money net;

    if (!w->request->line_count) {
        w->credit = sale_credit(&w->invoice.total, &w->left, w->request->amount);
        return DONE;
    }
    TRY(sum_lines(w, &net));
    w->credit = sale_credit_net(&w->invoice.total, &w->left, net);
    w->asked.amount = w->credit.due;
    return DONE;
}

static enum outcome check_amount(struct work *w)
{
    char text[MONEY_TEXT];

    if (w->request->amount.cents <= 0 || w->request->amount.cents > w->left.due.cents)
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, "amount", "0,01-%s €", money_italian(w->left.due, text));
    if (w->order.provisional && w->request->amount.cents != w->left.due.cents)
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, "amount", "%s €", money_italian(w->left.due, text));
    if (w->request->take_back && w->request->amount.cents + w->request->kept.cents != w->left.due.cents)
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, "amount", "%s €", money_italian(w->left.due, text));
    return DONE;
}

/* A source is a provider's or the prepaid account; money that came through a bank or a cheque goes back by a transfer.
 */
static enum outcome check_destination(struct work *w, struct refund *refund)
{
    const struct refund_request *r = w->request;
    const char *paid_through = w->payment.id ? w->payment.provider : "";

    refund->destination = (char *)r->destination;
    if (same(r->destination, "source") && same(paid_through, "wallet"))
        refund->destination = (char *)"wallet";
    if (same(refund->destination, "source") && !w->payment.id)
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    if (same(refund->destination, "wallet") && !refund_may_credit(w->brand, &w->order) && !same(paid_through, "wallet"))
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    if (same(refund->destination, "transfer"))
        return refund_by_transfer(w->mem, refund, r->iban, r->payee, w->why);
    return same(refund->destination, "source") || same(refund->destination, "wallet")
               ? DONE
               : problem_set(w->why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
}

/* ---- The term taken back ---- */

static enum outcome take_back_line(struct work *w, const struct order_line *line)
{
    struct renewal_policy policy;
    struct mailbox mailbox;
    struct allowed allowed;
    json_t *data;
    enum outcome o;

    TRY(mailbox_by_id(w->tx, w->mem, line->mailbox_id, &mailbox));
    /* A later renewal builds on it, done or ordered. */
    if (mailbox.term.ends_on.n != line->new_expires_on.n || mailbox.open_order_id)
        return problem_set(w->why, PROBLEM_RENEWED_SINCE, "take_back", "%s", mailbox.address);
    policy = brand_renewal(w->brand, mailbox.domain[0]);
    allowed = term_allows(line->old_expires_on, &policy);
    TRY(plan_change_taken_back(w->tx, w->mem, w->order.id, mailbox.id));
    TRY(mailbox_set_term(w->tx, mailbox.id, line->old_expires_on, &allowed, line->old_plan,
                         &(struct space){line->old_extra_gb, line->old_extra_archive_gb},
                         brand_quota_mb(w->brand, line->old_plan, line->old_extra_gb)));
    TRY(notices_spend(w->tx, mailbox.id, line->old_expires_on, w->order.id));
    TRY(mailhost_changed(w->tx, w->brand, mailbox.id));
    TRY(autorenew_end(w->tx, w->mem, mailbox.id, "taken_back", &w->request->actor));
    char before[DAY_TEXT], after[DAY_TEXT];
    data = json_pack("{s:s, s:s, s:s}", "expires_on", day_iso(line->old_expires_on, after), "was",
                     day_iso(line->new_expires_on, before), "reason", w->request->reason);
    o = event_record(w->tx, w->brand->id, &w->request->actor, "mailbox.term_taken_back", w->order.id, mailbox.id, data);
    json_decref(data);
    return o;
}

static enum outcome take_back(struct work *w)
{
    struct order_line *lines;
    size_t count;
    bool changed;

    TRY(order_lines(w->tx, w->mem, w->order.id, &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (order_line_is(&lines[i], LINE_RENEWAL))
            TRY(take_back_line(w, &lines[i]));
        else if (order_line_is(&lines[i], LINE_EXTRA_SPACE))
            TRY(space_taken_back(w->tx, w->mem, w->brand, &w->order, &lines[i], &w->request->actor, w->why));
    TRY(order_lines_taken_back(w->tx, w->order.id));
    TRY(order_refunded(w->tx, w->order.id, &changed));
    return changed ? DONE : BUSY;
}

/* ---- The credit note ---- */

static enum outcome issue_note(struct work *w)
{
    char *customer = talloc_asprintf(w->mem, "order:%" PRId64, w->order.id);
    char *cause;
    json_t *data;
    enum outcome o;

    w->note = (struct invoice){.brand = w->order.brand,
                               .kind = (char *)INVOICE_CREDIT_NOTE,
                               .order_id = w->order.id,
                               .corrects_id = w->invoice.id,
                               .reason = (char *)w->request->reason,
                               .issued_on = db_today(w->tx),
                               .paid_on = db_today(w->tx),
                               .total = w->credit};
    TRY(invoice_issue(w->tx, &w->note));
    for (size_t i = 0; i < w->request->line_count; i++)
        TRY(credited_line_put(w->tx, w->order.id, w->request->lines[i], w->note.id));
    cause = talloc_asprintf(w->mem, "invoice:%" PRId64, w->note.id);
    TRY(ledger_move(w->tx, cause, talloc_asprintf(w->mem, "revenue:%s", w->order.brand), customer, w->note.total.net));
    if (!total_is_split(&w->note.total))
        TRY(ledger_move(w->tx, cause, talloc_asprintf(w->mem, "vat:%s", w->order.brand), customer, w->note.total.vat));
    data = json_pack("{s:I}", "invoice", (json_int_t)w->note.id);
    o = outbox_add(w->tx, w->order.brand, "invoice_file", "", "", w->order.language, w->order.id, data);
    json_decref(data);
    return o;
}

/* ---- The whole ---- */

static enum outcome leave_traces(struct work *w, const struct refund *r)
{
    json_t *data = json_pack("{s:I, s:I, s:s, s:s, s:b}", "credit_note", (json_int_t)w->note.id, "amount_cents",
                             (json_int_t)w->note.total.due.cents, "destination", r->destination, "reason",
                             w->request->reason, "take_back", w->request->take_back);
    enum outcome o = event_record(w->tx, w->order.brand, &w->request->actor, "order.refunded", w->order.id,
                                  w->order.mailbox_id, data);

    json_decref(data);
    TRY(o);
    data = json_pack("{s:I, s:s, s:I, s:b}", "invoice", (json_int_t)w->note.id, "destination", r->destination,
                     "amount_cents", (json_int_t)r->amount.cents, "take_back", w->request->take_back);
    o = outbox_add(w->tx, w->order.brand, "mail", "order_refunded", w->order.billing.email, w->order.language,
                   w->order.id, data);
    json_decref(data);
    return o;
}

/* A proof whose money never came (§8.4), a payment that the bank has taken back (Y11), or that went back without us:
 * nothing to give back for `lost`. Of a provisional order, whatever was given back before is lost with it. */
static enum outcome revoke(struct work *w, const char *customer, struct money lost)
{
    char *cause = talloc_asprintf(w->mem, "revoked:%" PRId64, w->note.id);
    char *losses = talloc_asprintf(w->mem, "chargebacks:%s", w->order.brand), *provisional;
    bool changed;

    if (!w->order.provisional)
        return ledger_move(w->tx, cause, customer, losses, lost);
    provisional = talloc_asprintf(w->mem, "provisional:%s", w->order.brand);
    TRY(ledger_move(w->tx, cause, customer, provisional, lost));
    TRY(ledger_move(w->tx, cause, losses, provisional, money(w->invoice.total.due.cents - lost.cents)));
    return order_confirmed_by_credit(w->tx, w->order.id, &changed);
}

/* How much of what is credited is not with us any more. */
static struct money lost_of(const struct work *w)
{
    struct money amount = w->request->amount;

    if (w->order.provisional || w->payment.state == PAYMENT_CHARGED_BACK)
        return amount;
    return w->elsewhere.cents < amount.cents ? w->elsewhere : amount;
}

static enum outcome give_back(struct work *w, struct money lost, struct refund *refund)
{
    char *customer = talloc_asprintf(w->mem, "order:%" PRId64, w->order.id);

    if (lost.cents)
        TRY(revoke(w, customer, lost));
    if (lost.cents == w->request->amount.cents) {
        *refund = (struct refund){.destination = (char *)"none"};
        return DONE;
    }
    *refund = (struct refund){.brand = w->order.brand,
                              .order_id = w->order.id,
                              .payment_id = same(refund->destination, "source") ? w->payment.id : 0,
                              .credit_note_id = w->note.id,
                              .destination = refund->destination,
                              .amount = money(w->request->amount.cents - lost.cents),
                              .iban = refund->iban,
                              .payee = refund->payee,
                              .reason = (char *)w->request->reason,
                              .decided_by = (char *)w->request->actor.name};
    return refund_send_back(w->tx, w->mem, refund, customer, w->order.account_id, w->order.language);
}

enum outcome refund_order(struct db_tx *tx, void *mem, const struct brands *brands,
                          const struct refund_request *request, struct refund *refund, struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);
    struct money lost;

    *w = (struct work){.tx = tx, .mem = mem, .asked = *request, .why = why};
    w->request = request = &w->asked;
    *refund = (struct refund){0};
    if (!request->reason || !request->reason[0])
        return problem_set(why, PROBLEM_REQUIRED, "reason", "%s", "");
    TRY(load(w));
    w->brand = brand_by_id(brands, w->order.brand);
    if (!w->brand)
        return BROKEN;
    TRY(choose(w));
    TRY(check_amount(w));
    lost = lost_of(w);
    if (lost.cents < request->amount.cents)
        TRY(check_destination(w, refund));
    if (request->take_back)
        TRY(take_back(w));
    TRY(issue_note(w));
    TRY(give_back(w, lost, refund));
    return leave_traces(w, refund);
}
