#include "shop/refund.h"
#include "rules/iban.h"
#include "shop/pay.h"
#include "shop/wallet.h"
#include "store/bank.h"
#include "store/payment.h"
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
    struct total left;      /* of the invoice, not yet credited */
    struct payment payment; /* that settled the order; id 0: none */
    struct problem *why;
};

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* "payment:5" → 5; 0 when it was settled by something else. */
static int64_t number_after(const char *cause, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(cause, prefix, length) == 0 ? strtoll(cause + length, NULL, 10) : 0;
}

/* ---- What may be given back ---- */

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
    }
    payment_id = number_after(w->order.settled_by, "payment:");
    return payment_id ? payment_by_id(w->tx, w->mem, payment_id, &w->payment) : DONE;
}

static enum outcome check_amount(struct work *w)
{
    char text[MONEY_TEXT];

    if (w->request->amount.cents <= 0 || w->request->amount.cents > w->left.gross.cents)
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, "amount", "0,01-%s €", money_italian(w->left.gross, text));
    if (w->order.provisional && w->request->amount.cents != w->left.gross.cents)
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, "amount", "%s €", money_italian(w->left.gross, text));
    if (w->request->take_back && w->request->amount.cents + w->request->kept.cents != w->left.gross.cents)
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, "amount", "%s €", money_italian(w->left.gross, text));
    return DONE;
}

/* A prepaid account is an account's, of a brand that offers one: elsewhere the money could not be used. */
static bool may_credit(const struct brand *brand, const struct order *order)
{
    return brand && order->account_id && method_offered(NULL, brand, METHOD_WALLET);
}

/* A source is a provider's or the prepaid account; money that came through a bank or a cheque goes back by a transfer.
 */
static enum outcome check_destination(struct work *w, struct refund *refund)
{
    const struct refund_request *r = w->request;
    const char *paid_through = w->payment.id ? w->payment.provider : "";
    char iban[IBAN_TEXT];

    refund->destination = (char *)r->destination;
    if (same(r->destination, "source") && same(paid_through, "wallet"))
        refund->destination = (char *)"wallet";
    if (same(refund->destination, "source") && !w->payment.id)
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    if (same(refund->destination, "wallet") && !may_credit(w->brand, &w->order) && !same(paid_through, "wallet"))
        return problem_set(w->why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    if (!same(refund->destination, "transfer"))
        return same(refund->destination, "source") || same(refund->destination, "wallet")
                   ? DONE
                   : problem_set(w->why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    if (!r->iban || !r->iban[0])
        return problem_set(w->why, PROBLEM_REQUIRED, "iban", "%s", "");
    if (!r->payee || !r->payee[0])
        return problem_set(w->why, PROBLEM_REQUIRED, "payee", "%s", "");
    TRY(iban_check(r->iban, "iban", iban, w->why));
    refund->iban = talloc_strdup(w->mem, iban);
    refund->payee = (char *)r->payee;
    return DONE;
}

/* ---- The term taken back ---- */

static enum outcome take_back_line(struct work *w, const struct order_line *line)
{
    struct mailbox mailbox;
    struct allowed allowed;
    json_t *data;
    enum outcome o;

    TRY(mailbox_by_id(w->tx, w->mem, line->mailbox_id, &mailbox));
    /* A later renewal builds on it, done or ordered. */
    if (mailbox.term.ends_on.n != line->new_expires_on.n || mailbox.open_order_id)
        return problem_set(w->why, PROBLEM_RENEWED_SINCE, "take_back", "%s", mailbox.address);
    allowed = term_allows(line->old_expires_on, &w->brand->renewal);
    TRY(mailbox_renew(w->tx, mailbox.id, line->old_expires_on, &allowed, line->old_plan, line->old_extra_gb));
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
        if (same(lines[i].kind, order_line_kind_name(LINE_RENEWAL)))
            TRY(take_back_line(w, &lines[i]));
    TRY(order_lines_taken_back(w->tx, w->order.id));
    TRY(order_refunded(w->tx, w->order.id, &changed));
    return changed ? DONE : BUSY;
}

/* ---- The credit note ---- */

/* A part of the net in proportion, to the cent. Counted over all credit notes of the invoice, so that what each one
 * rounds never adds up, and the last makes up the whole. */
static struct total credited(const struct work *w)
{
    struct total t = {.gross = w->request->amount, .vat_rate_bp = w->invoice.total.vat_rate_bp};
    const struct total *whole = &w->invoice.total;
    int64_t gross = whole->gross.cents - w->left.gross.cents + t.gross.cents,
            before = whole->net.cents - w->left.net.cents;

    t.net.cents = (2 * gross * whole->net.cents + whole->gross.cents) / (2 * whole->gross.cents) - before;
    t.vat.cents = t.gross.cents - t.net.cents;
    return t;
}

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
                               .total = credited(w)};
    TRY(invoice_issue(w->tx, &w->note));
    cause = talloc_asprintf(w->mem, "invoice:%" PRId64, w->note.id);
    TRY(ledger_move(w->tx, cause, talloc_asprintf(w->mem, "revenue:%s", w->order.brand), customer, w->note.total.net));
    TRY(ledger_move(w->tx, cause, talloc_asprintf(w->mem, "vat:%s", w->order.brand), customer, w->note.total.vat));
    data = json_pack("{s:I}", "invoice", (json_int_t)w->note.id);
    o = outbox_add(w->tx, w->order.brand, "invoice_file", "", "", w->order.language, w->order.id, data);
    json_decref(data);
    return o;
}

/* ---- The money ---- */

static enum outcome queue(struct db_tx *tx, const struct refund *r, const char *language)
{
    json_t *data = json_pack("{s:I}", "refund", (json_int_t)r->id);
    enum outcome o = outbox_add(tx, r->brand, "refund", "", "", language, r->order_id, data);

    json_decref(data);
    return o;
}

/* `from` is the ledger's account that owes it. To the prepaid account it goes at once; otherwise it is on its way until
 * the provider has done it or the transfer was made. */
static enum outcome send_back(struct db_tx *tx, void *mem, struct refund *r, const char *from, int64_t account_id,
                              const char *language)
{
    bool to_wallet = same(r->destination, "wallet");
    char *cause;

    r->state = (char *)(to_wallet ? "done" : "waiting");
    r->done_at = to_wallet ? db_now(tx) : (struct instant){0};
    r->iban = r->iban ? r->iban : (char *)"";
    r->payee = r->payee ? r->payee : (char *)"";
    r->provider_ref = r->error = (char *)"";
    TRY(refund_insert(tx, mem, r));
    cause = talloc_asprintf(mem, "refund:%" PRId64, r->id);
    if (to_wallet)
        return wallet_credit(tx, account_id, "refund", r->amount, cause, from, r->order_id);
    TRY(ledger_move(tx, cause, from, talloc_asprintf(mem, "refunds:%s", r->brand), r->amount));
    return same(r->destination, "source") ? queue(tx, r, language) : DONE;
}

/* What was given back of a provider's payment, its state with it. */
static enum outcome note_refunded(struct db_tx *tx, struct payment *p, struct money amount)
{
    enum payment_state was = p->state;
    bool changed;

    p->refunded.cents += amount.cents;
    TRY(payment_transition(was,
                           p->refunded.cents < p->captured.cents ? PAYMENT_EVENT_REFUND_PART : PAYMENT_EVENT_REFUND,
                           &p->state, NULL));
    TRY(payment_update(tx, p, was, &changed));
    return changed ? DONE : BUSY;
}

static enum outcome leave_traces(struct work *w, const struct refund *r)
{
    json_t *data = json_pack("{s:I, s:I, s:s, s:s, s:b}", "credit_note", (json_int_t)w->note.id, "amount_cents",
                             (json_int_t)w->note.total.gross.cents, "destination", r->destination, "reason",
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

/* A proof whose money never came (§8.4), or a payment that the bank has taken back (Y11): nothing to give back. */
static enum outcome revoke(struct work *w, const char *customer)
{
    const char *lost = w->order.provisional ? "provisional" : "chargebacks";
    bool changed;

    TRY(ledger_move(w->tx, talloc_asprintf(w->mem, "revoked:%" PRId64, w->note.id), customer,
                    talloc_asprintf(w->mem, "%s:%s", lost, w->order.brand), w->note.total.gross));
    return w->order.provisional ? order_confirmed_by_credit(w->tx, w->order.id, &changed) : DONE;
}

enum outcome refund_order(struct db_tx *tx, void *mem, const struct brands *brands,
                          const struct refund_request *request, struct refund *refund, struct problem *why)
{
    struct work *w = talloc_zero(mem, struct work);
    bool nothing_kept;
    char *customer;

    *w = (struct work){.tx = tx, .mem = mem, .request = request, .why = why};
    *refund = (struct refund){0};
    if (!request->reason || !request->reason[0])
        return problem_set(why, PROBLEM_REQUIRED, "reason", "%s", "");
    TRY(load(w));
    w->brand = brand_by_id(brands, w->order.brand);
    if (!w->brand)
        return BROKEN;
    TRY(check_amount(w));
    nothing_kept = w->order.provisional || w->payment.state == PAYMENT_CHARGED_BACK;
    if (!nothing_kept)
        TRY(check_destination(w, refund));
    if (request->take_back)
        TRY(take_back(w));
    TRY(issue_note(w));
    customer = talloc_asprintf(mem, "order:%" PRId64, w->order.id);
    if (nothing_kept) {
        TRY(revoke(w, customer));
        refund->destination = (char *)"none";
        return leave_traces(w, refund);
    }
    *refund = (struct refund){.brand = w->order.brand,
                              .order_id = w->order.id,
                              .payment_id = same(refund->destination, "source") ? w->payment.id : 0,
                              .credit_note_id = w->note.id,
                              .destination = refund->destination,
                              .amount = w->note.total.gross,
                              .iban = refund->iban,
                              .payee = refund->payee,
                              .reason = (char *)request->reason,
                              .decided_by = (char *)request->actor.name};
    TRY(send_back(tx, mem, refund, customer, w->order.account_id, w->order.language));
    return leave_traces(w, refund);
}

/* ---- Held money ---- */

static enum outcome held_payment(struct db_tx *tx, void *mem, int64_t id, struct refund *r, char **from,
                                 struct problem *why)
{
    struct refund *refunds;
    struct payment p;
    size_t count;
    enum outcome o = payment_by_id(tx, mem, id, &p);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "payment", "%s", "");
    TRY(o);
    if (p.state != PAYMENT_HELD)
        return problem_set(why, PROBLEM_PAYMENT_STATE, "payment", "%s", payment_state_label(p.state));
    if (same(p.held_reason, held_reason_name(HELD_CURRENCY)) && !same(r->destination, "source"))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    TRY(refunds_of_order(tx, mem, p.order_id, &refunds, &count));
    for (size_t i = 0; i < count; i++)
        if (refunds[i].payment_id == p.id) /* it is on its way already */
            return problem_set(why, PROBLEM_PAYMENT_STATE, "payment", "%s", payment_state_label(p.state));
    r->brand = p.brand;
    r->order_id = p.order_id;
    r->payment_id = p.id;
    r->amount = money(p.captured.cents - p.refunded.cents);
    *from = ledger_held_gateway(mem, p.provider, p.brand);
    return same(r->destination, "wallet") ? note_refunded(tx, &p, r->amount) : DONE;
}

static enum outcome held_entry(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id, struct refund *r,
                               char **from, struct problem *why)
{
    struct bank_entry entry;
    enum outcome o = bank_entry_by_id(tx, mem, id, &entry);
    struct order order;
    bool changed;

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "entry", "%s", "");
    TRY(o);
    if (!same(entry.state, "held") || !same(entry.currency, "EUR") || same(r->destination, "source"))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "entry", "%s", "");
    for (size_t i = 0; i < brands->count && !r->brand; i++)
        if (brand_has_account(&brands->all[i], entry.account))
            r->brand = (char *)brands->all[i].id;
    if (entry.order_id) {
        TRY(order_by_id(tx, mem, entry.order_id, &order));
        r->brand = order.brand;
    }
    if (!r->brand)
        return problem_set(why, PROBLEM_BRAND, "entry", "%s", "");
    r->order_id = entry.order_id;
    r->bank_entry_id = entry.id;
    r->amount = entry.amount;
    *from = talloc_asprintf(mem, "held:%s", entry.account);
    TRY(bank_entry_refunded(tx, entry.id, &changed));
    return changed ? DONE : BUSY;
}

enum outcome refund_held(struct db_tx *tx, void *mem, const struct brands *brands, int64_t payment_id,
                         int64_t bank_entry_id, const char *destination, const char *iban, const char *payee,
                         const struct actor *actor, struct refund *refund, struct problem *why)
{
    struct order order = {0};
    char *from = NULL, canonical[IBAN_TEXT] = "";
    json_t *data;
    enum outcome o;

    *refund = (struct refund){.destination = (char *)destination,
                              .reason = (char *)"held",
                              .payee = (char *)(payee ? payee : ""),
                              .decided_by = (char *)actor->name};
    if (same(destination, "transfer")) {
        if (!payee || !payee[0])
            return problem_set(why, PROBLEM_REQUIRED, "payee", "%s", "");
        TRY(iban_check(iban ? iban : "", "iban", canonical, why));
        refund->iban = talloc_strdup(mem, canonical);
    }
    if (payment_id)
        TRY(held_payment(tx, mem, payment_id, refund, &from, why));
    else
        TRY(held_entry(tx, mem, brands, bank_entry_id, refund, &from, why));
    if (refund->order_id)
        TRY(order_by_id(tx, mem, refund->order_id, &order));
    if (same(destination, "wallet") && !(order.id && may_credit(brand_by_id(brands, order.brand), &order)))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    TRY(send_back(tx, mem, refund, from, order.account_id, order.language ? order.language : "it"));
    data = json_pack("{s:I, s:I, s:s}", "refund", (json_int_t)refund->id, "amount_cents",
                     (json_int_t)refund->amount.cents, "destination", destination);
    o = event_record(tx, refund->brand, actor, "payment.given_back", refund->order_id, 0, data);
    if (o == DONE && order.id)
        o = outbox_add(tx, refund->brand, "mail", "money_returned", order.billing.email, order.language, order.id,
                       data);
    json_decref(data);
    return o;
}

/* ---- Doing it ---- */

struct doing {
    void *mem;
    int64_t id;
    struct refund refund;
    struct payment payment;
    bool behind;
    enum outcome how;
    struct gateway_refunded said;
};

static enum outcome read_refund(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;

    TRY(refund_by_id(tx, d->mem, d->id, &d->refund));
    return payment_by_id(tx, d->mem, d->refund.payment_id, &d->payment);
}

/* Of several refunds of one payment only the oldest is asked for: where the provider has no keys of ours, what it gave
 * back in all is all that it says. */
static enum outcome find_earlier(struct db_tx *tx, void *arg)
{
    struct doing *d = arg;
    struct refund *refunds;
    size_t count;

    d->behind = false;
    TRY(read_refund(tx, d));
    TRY(refunds_of_order(tx, d->mem, d->payment.order_id, &refunds, &count));
    for (size_t i = 0; i < count && refunds[i].id < d->id; i++)
        d->behind |= refunds[i].payment_id == d->payment.id &&
                     (same(refunds[i].state, "waiting") || same(refunds[i].state, "unknown"));
    return DONE;
}

static enum outcome note_done(struct db_tx *tx, struct doing *d)
{
    const struct refund *r = &d->refund;

    TRY(note_refunded(tx, &d->payment, r->amount));
    return ledger_move(tx, talloc_asprintf(d->mem, "refund:%" PRId64 ":done", r->id),
                       talloc_asprintf(d->mem, "refunds:%s", r->brand),
                       ledger_gateway(d->mem, d->payment.provider, r->brand), r->amount);
}

static enum outcome note_outcome(struct db_tx *tx, void *arg)
{
    static const struct actor SYSTEM = {.door = "job", .name = "system"};
    struct doing *d = arg;
    const char *was;
    json_t *data;
    bool changed;
    enum outcome o;

    TRY(read_refund(tx, d));
    was = d->refund.state;
    if (same(was, "done"))
        return DONE;
    d->refund.state = (char *)(d->how == DONE      ? d->said.pending ? "unknown" : "done"
                               : d->how == REFUSED ? "failed"
                                                   : "unknown");
    d->refund.provider_ref = (char *)(d->said.ref ? d->said.ref : d->refund.provider_ref);
    d->refund.error = (char *)(d->said.error ? d->said.error : "");
    d->refund.done_at = same(d->refund.state, "done") ? db_now(tx) : (struct instant){0};
    TRY(refund_update(tx, &d->refund, was, &changed));
    if (!changed)
        return BUSY;
    if (same(d->refund.state, "done"))
        TRY(note_done(tx, d));
    if (same(d->refund.state, was))
        return DONE;
    data = json_pack("{s:I, s:s, s:s}", "refund", (json_int_t)d->refund.id, "state", d->refund.state, "error",
                     d->refund.error);
    o = event_record(tx, d->refund.brand, &SYSTEM, "refund.state", d->refund.order_id, 0, data);
    json_decref(data);
    return o;
}

enum outcome refund_do(struct shop *shop, void *mem, int64_t refund_id, struct problem *why)
{
    struct doing *d = talloc_zero(mem, struct doing);
    enum payment_method method;
    const struct gateway *gateway;
    struct gateway_refund ask;

    *d = (struct doing){.mem = mem, .id = refund_id};
    TRY(db_read(shop->db, "refund.read", find_earlier, d));
    if (same(d->refund.state, "done"))
        return DONE;
    if (d->behind)
        return BUSY;
    if (payment_method_of(d->payment.method, &method) != DONE)
        return BROKEN;
    gateway = shop->gateways ? gateway_of(shop->gateways, d->refund.brand, method) : NULL;
    if (!gateway)
        return BUSY;
    ask = (struct gateway_refund){.key = d->refund.key,
                                  .payment = {.key = d->payment.key,
                                              .ref = d->payment.provider_ref,
                                              .capture_ref = d->payment.capture_ref,
                                              .amount = d->payment.amount,
                                              .created_at = d->payment.created_at},
                                  .amount = d->refund.amount,
                                  .captured = d->payment.captured,
                                  .refunded_before = d->payment.refunded,
                                  .reason = d->refund.reason};
    d->how = gateway->refund(gateway->arg, mem, &ask, &d->said, why);
    TRY(db_transaction(shop->db, "refund.record", note_outcome, d));
    return d->how == DONE && d->said.pending ? BUSY : d->how;
}

enum outcome refund_sent(struct db_tx *tx, void *mem, int64_t refund_id, const struct actor *actor, struct problem *why)
{
    struct refund r;
    struct payment payment;
    enum outcome o = refund_by_id(tx, mem, refund_id, &r);
    json_t *data;
    bool changed;

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "refund", "%s", "");
    TRY(o);
    if (!same(r.destination, "transfer") || !same(r.state, "waiting"))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "refund", "%s", "");
    r.state = (char *)"done";
    r.done_at = db_now(tx);
    TRY(refund_update(tx, &r, "waiting", &changed));
    if (!changed)
        return BUSY;
    if (r.payment_id) { /* it was held: nothing of it is left */
        TRY(payment_by_id(tx, mem, r.payment_id, &payment));
        TRY(note_refunded(tx, &payment, r.amount));
    }
    TRY(ledger_move(tx, talloc_asprintf(mem, "refund:%" PRId64 ":done", r.id),
                    talloc_asprintf(mem, "refunds:%s", r.brand), talloc_asprintf(mem, "outgoing:%s", r.brand),
                    r.amount));
    data = json_pack("{s:I, s:s}", "refund", (json_int_t)r.id, "state", r.state);
    o = event_record(tx, r.brand, actor, "refund.state", r.order_id, 0, data);
    json_decref(data);
    return o;
}
