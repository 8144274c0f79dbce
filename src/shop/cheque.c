#include "shop/cheque.h"
#include "base/log.h"
#include "base/text.h"
#include "rules/iban.h"
#include "shop/fulfil.h"
#include "shop/present.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define ANSWER_DAYS 5 /* what is left to the customer at least after a bounce, to pay in another way */

struct work {
    struct db_tx *tx;
    void *mem;
    const struct actor *actor;
    struct cheque *cheque;
    struct problem *why; /* NULL on arrival, where all faults are told */
    const struct brand *brand;
    struct order order;
    enum cheque_state state;
    enum cheque_kind kind;
};

static enum outcome find_brand(struct work *w, const struct brands *brands)
{
    w->brand = brand_by_id(brands, w->order.brand);
    return w->brand ? DONE : log_broken("cheque.brand", LOG_TEXT("brand", w->order.brand));
}

static enum outcome load(struct work *w, const struct brands *brands, int64_t id)
{
    enum outcome o = cheque_by_id(w->tx, w->mem, id, w->cheque);

    if (o == REFUSED)
        return problem_set(w->why, PROBLEM_NOT_FOUND, "id", "%s", "");
    TRY(o);
    TRY(order_by_id(w->tx, w->mem, w->cheque->order_id, &w->order));
    TRY(cheque_state_of(w->cheque->state, &w->state));
    TRY(cheque_kind_of(w->cheque->kind, &w->kind));
    return find_brand(w, brands);
}

static enum outcome note(struct work *w, const char *kind)
{
    const struct cheque *c = w->cheque;
    json_t *data = json_pack("{s:I, s:s, s:s, s:I, s:s*}", "cheque", (json_int_t)c->id, "number", c->number, "abi",
                             c->abi, "amount_cents", (json_int_t)c->amount.cents, "held_reason",
                             c->held_reason && c->held_reason[0] ? c->held_reason : NULL);
    enum outcome o = event_record(w->tx, c->brand, w->actor, kind, c->order_id, 0, data);

    json_decref(data);
    return o;
}

/* The mails say "cheque.…" beside what all mails about an order say. `late`: it had settled the order. */
static enum outcome tell(struct work *w, const char *template, bool late)
{
    const struct cheque *c = w->cheque;
    const struct seller *s = &w->brand->seller;
    json_t *data = json_pack("{s:{s:s, s:o, s:s, s:b, s:b, s:s, s:s}}", "cheque", "number", c->number, "amount",
                             present_money(c->amount), "drawer", c->drawer, "cashier", w->kind == CHEQUE_CASHIER,
                             "late", late, "iban_shown", iban_grouped(w->mem, s->iban), "payee", s->payee);
    enum outcome o =
        outbox_add(w->tx, c->brand, "mail", template, w->order.billing.email, w->order.language, c->order_id, data);

    json_decref(data);
    return o;
}

/* To the state `next`, where nobody was first. */
static enum outcome move(struct work *w, enum cheque_state next, const char *event)
{
    const char *was = w->cheque->state;
    bool changed;

    w->cheque->state = (char *)cheque_state_name(next);
    TRY(cheque_update(w->tx, w->cheque, was, &changed));
    return changed ? note(w, event) : BUSY;
}

/* ---- On arrival ---- */

static enum outcome refuse(struct problems *faults, const struct problem *why)
{
    return problems_add(faults, why->code, why->field, "%s", why->detail);
}

/* Everything that is wrong with it, in one answer. */
static enum outcome check(struct work *w, const struct cheque_facts *facts, struct total *due, struct problems *faults)
{
    struct problem why = {0};
    char text[MONEY_TEXT];

    if (!w->brand->payment.cheque_payee)
        return problems_add(faults, PROBLEM_PAYMENT_METHOD, "code", "%s", "");
    if (!order_is_open(w->order.state))
        return problems_add(faults, PROBLEM_ORDER_STATE, "code", "%s", order_state_label(w->order.state));
    if (order_due(&w->order, db_today(w->tx), due, &why) != DONE)
        return refuse(faults, &why);
    (void)!cheque_check(facts, w->brand->payment.cheque_payee, faults);
    if (facts->amount.cents > 0 && facts->amount.cents != due->due.cents)
        (void)!problems_add(faults, PROBLEM_AMOUNT, "amount", "%s €", money_italian(due->due, text));
    return faults->count ? REFUSED : DONE;
}

static char *copy(struct work *w, const char *text)
{
    return text_trim(w->mem, text);
}

enum outcome cheque_receive(struct db_tx *tx, void *mem, const struct brands *brands,
                            const struct cheque_request *request, struct cheque *cheque, unsigned *warnings,
                            struct problems *faults)
{
    struct work w = {.tx = tx, .mem = mem, .actor = &request->actor, .cheque = cheque};
    const struct cheque_facts *facts = &request->facts;
    enum outcome o = order_by_code(tx, mem, request->code, &w.order);
    struct total due;
    bool fresh;

    if (o == REFUSED)
        return problems_add(faults, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    TRY(find_brand(&w, brands));
    TRY(check(&w, facts, &due, faults));
    *warnings = cheque_warnings(facts, due.due, db_today(tx));
    w.kind = facts->kind;
    *cheque = (struct cheque){.brand = w.order.brand,
                              .order_id = w.order.id,
                              .order_code = w.order.code,
                              .kind = (char *)cheque_kind_name(facts->kind),
                              .number = copy(&w, facts->number),
                              .abi = copy(&w, facts->abi),
                              .cab = copy(&w, facts->cab),
                              .drawer = copy(&w, facts->drawer),
                              .amount = facts->amount,
                              .dated_on = facts->dated_on,
                              .state = (char *)cheque_state_name(CHEQUE_RECEIVED),
                              .received_on = db_today(tx),
                              .held_reason = (char *)""};
    TRY(cheque_insert(tx, cheque, &fresh));
    if (!fresh)
        return problems_add(faults, PROBLEM_CHEQUE_KNOWN, "number", "%s", "");
    TRY(note(&w, "cheque.received"));
    return tell(&w, "cheque_received", false);
}

/* ---- At the bank ---- */

enum outcome cheque_deposit(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id,
                            const struct actor *actor, struct cheque *cheque, struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .actor = actor, .cheque = cheque, .why = why};
    enum cheque_state next;

    TRY(load(&w, brands, id));
    TRY(cheque_transition(w.state, CHEQUE_EVENT_DEPOSIT, &next, why));
    if (next == w.state)
        return DONE;
    cheque->deposited_on = db_today(tx);
    cheque->clears_on = cheque_clears_on(w.kind, cheque->deposited_on, w.brand->payment.desk.patron);
    return move(&w, next, "cheque.deposited");
}

/* The money is there, but not for this order any more: it is owed to who sent it. */
static enum outcome hold(struct work *w)
{
    return ledger_move(w->tx, talloc_asprintf(w->mem, "cheque:%" PRId64, w->cheque->id),
                       talloc_asprintf(w->mem, "cheques:%s", w->brand->id),
                       talloc_asprintf(w->mem, "held:cheques:%s", w->brand->id), w->cheque->amount);
}

static enum outcome settle(struct work *w)
{
    return settle_order(w->tx, w->mem, w->brand, &w->order,
                        &(struct settling){.cause = talloc_asprintf(w->mem, "cheque:%" PRId64, w->cheque->id),
                                           .from = talloc_asprintf(w->mem, "cheques:%s", w->brand->id),
                                           .method = METHOD_CHEQUE,
                                           .amount = w->cheque->amount,
                                           .paid_on = db_today(w->tx),
                                           .actor = *w->actor});
}

enum outcome cheque_clear(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id,
                          const struct actor *actor, struct cheque *cheque, struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .actor = actor, .cheque = cheque, .why = why};
    enum cheque_state next;
    enum held_reason reason;
    struct total due;

    TRY(load(&w, brands, id));
    TRY(cheque_transition(w.state, CHEQUE_EVENT_CLEAR, &next, why));
    if (next == w.state)
        return DONE;
    TRY(cheque_may_clear(w.kind, cheque->deposited_on, w.brand->payment.desk.patron, db_today(tx), why));
    TRY(order_due(&w.order, db_today(tx), &due, why));
    reason = order_settlement(w.order.state, due.due, cheque->amount);
    cheque->closed_on = db_today(tx);
    cheque->held_reason = (char *)(reason == HELD_NOT ? "" : held_reason_name(reason));
    TRY(move(&w, next, "cheque.cleared"));
    return reason == HELD_NOT ? settle(&w) : hold(&w);
}

/* ---- Back from the bank ---- */

static enum outcome give_up(struct work *w, const char *whose)
{
    return ledger_move(w->tx, talloc_asprintf(w->mem, "cheque:%" PRId64 ":bounced", w->cheque->id),
                       talloc_asprintf(w->mem, "%s:%s", whose, w->brand->id),
                       talloc_asprintf(w->mem, "cheques:%s", w->brand->id), w->cheque->amount);
}

/* The ledger gives up the money again: what it had settled waits for its money as after a proof, what was held is owed
 * to nobody; and what was given back before is lost. */
static enum outcome take_back(struct work *w, bool was_held)
{
    bool changed;

    if (was_held)
        return give_up(w, "held:cheques");
    if (w->cheque->held_reason[0] || w->order.state == ORDER_REFUNDED)
        return give_up(w, "chargebacks");
    TRY(give_up(w, "provisional"));
    TRY(order_unconfirmed(w->tx, w->order.id, &changed));
    return changed ? tell(w, "cheque_bounced", true) : BUSY;
}

enum outcome cheque_bounce(struct db_tx *tx, void *mem, const struct brands *brands, int64_t id,
                           const struct actor *actor, struct cheque *cheque, struct problem *why)
{
    struct work w = {.tx = tx, .mem = mem, .actor = actor, .cheque = cheque, .why = why};
    enum cheque_state next;
    bool was_held;

    TRY(load(&w, brands, id));
    TRY(cheque_transition(w.state, CHEQUE_EVENT_BOUNCE, &next, why));
    if (next == w.state)
        return DONE;
    cheque->closed_on = db_today(tx);
    TRY(cheque_is_held(tx, id, &was_held));
    TRY(move(&w, next, "cheque.bounced"));
    if (w.state == CHEQUE_CLEARED)
        return take_back(&w, was_held);
    if (!order_is_open(w.order.state))
        return DONE;
    TRY(order_keep_open(tx, w.order.id, day_plus(db_today(tx), ANSWER_DAYS)));
    return tell(&w, "cheque_bounced", false);
}
