#include "shop/withdraw.h"
#include "base/i18n.h"
#include "rules/iban.h"
#include "shop/activate.h"
#include "shop/autorenew.h"
#include "shop/present.h"
#include "store/bank.h"
#include "store/holder_change.h"
#include "store/mandate.h"
#include "store/payment.h"
#include "store/request.h"
#include "store/submission.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* What stands on the credit note. */
#define REASON N_("Recesso del consumatore")

struct work {
    struct db_tx *tx;
    void *mem;
    const struct brands *brands;
    const struct order *order;
    struct withdraw_look *look;
    struct problem *why;
    const struct brand *brand;
    struct request request; /* of a purchase; id 0: it is a renewal */
    struct mailbox mailbox; /* that was bought; id 0: not yet */
    struct money left;      /* of what was paid */
    struct day sent_on;     /* the day that counts; DAY 0: today */
};

static enum outcome not_here(const struct work *w, const char *reason)
{
    return problem_set(w->why, PROBLEM_WITHDRAWAL_NOT_HERE, "", "%s", reason);
}

/* ---- What it would mean ---- */

static enum outcome may(const struct work *w)
{
    const struct order *o = w->order;
    bool passed;

    if (order_is_topup(o))
        return not_here(w, N_("una ricarica si restituisce su richiesta"));
    if (!w->look->is_consumers)
        return not_here(w, N_("il recesso spetta a chi acquista per scopi estranei alla propria attività"));
    if (o->state == ORDER_CONFIRMED)
        return not_here(w, N_("non è ancora pagato, e si può annullare"));
    if (o->state != ORDER_FULFILLED && o->state != ORDER_IN_PROCESS)
        return not_here(w, order_state_label(o->state));
    TRY(order_mailbox_passed(w->tx, o, &passed));
    return passed ? not_here(w, N_("la casella è passata a un altro intestatario")) : DONE;
}

static enum outcome load_purchase(struct work *w)
{
    TRY(request_by_order(w->tx, w->mem, w->order->id, &w->request));
    w->look->address = talloc_asprintf(w->mem, "%s@%s", w->request.held_name, w->brand->domain);
    return w->request.mailbox_id ? mailbox_by_id(w->tx, w->mem, w->request.mailbox_id, &w->mailbox) : DONE;
}

/* Of what was invoiced, not yet credited. */
static enum outcome load_left(struct work *w)
{
    struct invoice invoice, *notes;
    size_t count;

    TRY(invoice_by_order(w->tx, w->mem, w->order->id, &invoice));
    TRY(credit_notes_of(w->tx, w->mem, invoice.id, &notes, &count));
    w->left = invoice.total.due;
    for (size_t i = 0; i < count; i++)
        w->left.cents -= notes[i].total.due.cents;
    return DONE;
}

/* "payment:5" → 5; 0 when it was settled by something else. */
static int64_t number_after(const char *cause, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(cause, prefix, length) == 0 ? strtoll(cause + length, NULL, 10) : 0;
}

/* A term that renewed itself and whose notice was missed may be left at any time; what was used of it is paid for
 * (L17). */
static enum outcome leave_freely(struct work *w, struct withdrawal_case *c)
{
    int64_t payment_id = number_after(w->order->settled_by, "payment:");
    struct order_line *lines;
    struct charge charge;
    size_t count;
    enum outcome o = payment_id ? charge_of_payment(w->tx, w->mem, payment_id, &charge) : REFUSED;

    if (o != DONE || !charge.free_withdrawal)
        return o == REFUSED ? DONE : o;
    TRY(order_lines(w->tx, w->mem, w->order->id, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        if (!order_line_is(&lines[i], LINE_RENEWAL))
            continue;
        c->begins_on = lines[i].old_expires_on;
        c->ends_on = c->until = lines[i].new_expires_on;
        c->asked_to_start = true;
    }
    return DONE;
}

/* Only who asked for a service before the days were over pays for what was used; a renewal asks for nothing of the
 * kind. */
static enum outcome work_out(struct work *w)
{
    struct withdrawal_case c = {.concluded_on = rome_day(w->order->confirmed_at),
                                .days = w->brand->purchase.on ? w->brand->purchase.withdrawal_days : WITHDRAWAL_DAYS,
                                .gross = w->left,
                                .today = w->sent_on.n ? w->sent_on : db_today(w->tx)};

    if (w->mailbox.id) {
        c.begins_on = w->mailbox.activated_on;
        c.ends_on = w->mailbox.first_expires_on;
        c.asked_to_start = w->request.start_now && !w->order->provisional;
    } else {
        TRY(leave_freely(w, &c));
    }
    return withdrawal_work_out(&c, &w->look->sums, w->why);
}

/* Money goes back the way it came; by a transfer where it came through a bank or over the counter. */
static enum outcome find_destination(struct work *w)
{
    int64_t payment_id = number_after(w->order->settled_by, "payment:");
    struct withdraw_look *look = w->look;
    struct bank_entry entry;
    struct payment payment;
    enum outcome o;

    look->destination = w->order->provisional ? "none" : "transfer";
    look->iban = look->payee = "";
    if (payment_id) {
        TRY(payment_by_id(w->tx, w->mem, payment_id, &payment));
        look->destination = payment.state == PAYMENT_CHARGED_BACK     ? "none"
                            : strcmp(payment.provider, "wallet") == 0 ? "wallet"
                                                                      : "source";
        return DONE;
    }
    o = bank_entry_of_cause(w->tx, w->mem, w->order->settled_by, &entry);
    if (o == DONE) {
        look->iban = entry.debtor_iban;
        look->payee = entry.debtor;
    }
    return o == REFUSED ? DONE : o;
}

/* As it stood when it was done. */
static enum outcome recall(struct work *w)
{
    const struct withdrawal *done = &w->look->done;
    struct invoice note = {0};

    if (done->credit_note_id)
        TRY(invoice_by_id(w->tx, w->mem, done->credit_note_id, &note));
    w->look->sums = (struct withdrawal_sums){
        .last_on = done->last_on, .days_used = (int)done->days_used, .kept = done->kept, .back = note.total.due};
    return find_destination(w);
}

static enum outcome look_at(struct work *w)
{
    enum outcome o = withdrawal_by_order(w->tx, w->order->id, &w->look->done);

    w->brand = brand_by_id(w->brands, w->order->brand);
    if (!w->brand)
        return BROKEN;
    if (order_is_purchase(w->order))
        TRY(load_purchase(w));
    w->look->mailbox_ends = w->mailbox.id != 0;
    w->look->is_consumers = holder_is_consumer((enum holder_kind)w->order->billing.kind);
    if (o == DONE)
        return recall(w);
    if (o != REFUSED)
        return o;
    w->look->done = (struct withdrawal){0};
    TRY(may(w));
    TRY(load_left(w));
    TRY(work_out(w));
    return find_destination(w);
}

enum outcome withdraw_look(struct db_tx *tx, void *mem, const struct brands *brands, const struct order *order,
                           struct withdraw_look *look, struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .brands = brands, .order = order, .look = look, .why = why};

    *look = (struct withdraw_look){.iban = "", .payee = "", .destination = "none"};
    return look_at(&w);
}

json_t *present_withdrawal(void *mem, const struct order *order, const struct withdraw_look *look)
{
    const struct withdrawal_sums *s = &look->sums;
    struct day asked_on = look->done.id ? rome_day(look->done.asked_at) : (struct day){0};
    json_t *shown = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "asked_at",
                              look->done.id ? present_instant(look->done.asked_at) : json_false(), "last_on",
                              present_day(s->last_on), "pay_back_by",
                              look->done.id ? present_day(day_plus(asked_on, WITHDRAWAL_DAYS)) : json_false(), "back",
                              present_money(s->back), "kept", s->kept.cents ? present_money(s->kept) : json_false(),
                              "days_used", s->kept.cents ? json_integer(s->days_used) : json_false(), "mailbox_ends",
                              look->mailbox_ends, "renewal", !order_is_purchase(order) && !order_is_space(order),
                              "address", look->address ? json_string(look->address) : json_false(), "payee",
                              look->payee[0] ? json_string(look->payee) : json_false());

    json_object_set_new(shown, "one_day", json_boolean(s->kept.cents && s->days_used == 1));
    json_object_set_new(shown, "space", json_boolean(order_is_space(order)));
    json_object_set_new(shown, look->destination, json_true());
    json_object_set_new(shown, "iban_shown", look->iban[0] ? json_string(iban_grouped(mem, look->iban)) : json_false());
    return shown;
}

/* ---- Doing it ---- */

/* Papers that wait at the desk have nobody to be looked at for. */
static enum outcome close_papers(struct work *w, const struct actor *actor)
{
    struct submission *all;
    size_t count;
    bool changed;

    TRY(submissions_of_request(w->tx, w->mem, w->request.id, &all, &count));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].state, "in_review") != 0)
            continue;
        all[i].state = (char *)"refused";
        all[i].decided_by = (char *)actor->name;
        TRY(submission_decide(w->tx, &all[i], &changed));
    }
    return DONE;
}

/* What was bought is not wanted any more: the mailbox ceases (M23), or never comes to be (M10). */
static enum outcome end_purchase(struct work *w, const struct actor *actor)
{
    enum request_state was = w->request.state;
    bool changed;

    if (w->mailbox.id) {
        TRY(mailbox_cease(w->tx, w->mailbox.id, &changed));
        if (!changed) /* given up before */
            return DONE;
        TRY(mailhost_changed(w->tx, w->brand, w->mailbox.id));
        TRY(autorenew_end(w->tx, w->mem, w->mailbox.id, "withdrawn", actor));
        return event_record(w->tx, w->brand->id, actor, "mailbox.ceased", w->order->id, w->mailbox.id, NULL);
    }
    TRY(request_transition(was, REQUEST_EVENT_REFUSE, &w->request.state, w->why));
    TRY(close_papers(w, actor));
    TRY(name_release(w->tx, w->request.id));
    TRY(request_update(w->tx, &w->request, was, &changed));
    return changed ? DONE : BUSY;
}

static enum outcome give_back(struct work *w, const struct withdraw_request *r, struct refund *refund)
{
    const struct withdraw_look *look = w->look;
    struct refund_request request = {.code = w->order->code,
                                     .refused = w->order->state == ORDER_IN_PROCESS,
                                     .amount = look->sums.back,
                                     .kept = look->sums.kept,
                                     .destination = look->destination,
                                     .iban = r->iban && r->iban[0] ? r->iban : look->iban,
                                     .payee = r->payee && r->payee[0] ? r->payee : look->payee,
                                     .reason = i18n(w->order->language, REASON),
                                     .take_back = true,
                                     .actor = r->actor};

    return refund_order(w->tx, w->mem, w->brands, &request, refund, w->why);
}

static enum outcome write_down(struct work *w, const struct withdraw_request *r, const struct refund *refund)
{
    struct withdrawal *done = &w->look->done;
    char sent_on[DAY_TEXT];
    enum outcome o;
    bool fresh;
    json_t *data;

    *done = (struct withdrawal){.order_id = w->order->id,
                                .asked_at = db_now(w->tx),
                                .sent_on = w->sent_on.n ? w->sent_on : db_today(w->tx),
                                .last_on = w->look->sums.last_on,
                                .days_used = w->look->sums.days_used,
                                .kept = w->look->sums.kept,
                                .credit_note_id = refund->credit_note_id};
    TRY(withdrawal_insert(w->tx, done, &fresh));
    if (!fresh)
        return BUSY;
    data = json_pack("{s:I, s:I, s:I, s:s}", "kept_cents", (json_int_t)done->kept.cents, "back_cents",
                     (json_int_t)w->look->sums.back.cents, "days_used", (json_int_t)done->days_used, "sent_on",
                     day_iso(done->sent_on, sent_on));
    o = event_record(w->tx, w->brand->id, &r->actor, "order.withdrawn", w->order->id, w->order->mailbox_id, data);
    json_decref(data);
    TRY(o);
    data = json_pack("{s:o}", "withdrawal", present_withdrawal(w->mem, w->order, w->look));
    o = outbox_add(w->tx, w->brand->id, "mail", "withdrawal_received", w->order->billing.email, w->order->language,
                   w->order->id, data);
    json_decref(data);
    return o;
}

/* A letter counts from the day on which it was sent: after the order, not after today. */
static enum outcome check_sent(const struct work *w)
{
    struct day first = rome_day(w->order->confirmed_at), last = db_today(w->tx);
    char from[DAY_TEXT], to[DAY_TEXT];

    if (w->sent_on.n && (day_before(w->sent_on, first) || day_before(last, w->sent_on)))
        return problem_set(w->why, PROBLEM_OUT_OF_RANGE, "sent_on", "%s-%s", day_italian(first, from),
                           day_italian(last, to));
    return DONE;
}

enum outcome withdraw(struct db_tx *tx, void *mem, const struct brands *brands, const struct withdraw_request *request,
                      struct withdraw_look *look, struct problem *why)
{
    struct order order;
    struct work w = {
        .tx = tx, .mem = mem, .brands = brands, .order = &order, .look = look, .why = why, .sent_on = request->sent_on};
    struct refund refund = {0};
    enum outcome o = order_by_code(tx, mem, request->code, &order);

    *look = (struct withdraw_look){.iban = "", .payee = "", .destination = "none"};
    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    TRY(check_sent(&w));
    TRY(look_at(&w));
    if (look->done.id)
        return DONE;
    if (w.request.id)
        TRY(end_purchase(&w, &request->actor));
    TRY(give_back(&w, request, &refund));
    if (refund.iban && refund.iban[0]) {
        look->iban = refund.iban;
        look->payee = refund.payee;
    }
    return write_down(&w, request, &refund);
}
