/* shop/held_act.c: what was decided about held money is done, share by share, once held_check.c has nothing against it;
 * and taken back. */

#include "shop/held_act.h"
#include "base/text.h"
#include "shop/fulfil.h"
#include "shop/held_act_parts.h"
#include "shop/proof.h"
#include "shop/refund_parts.h"
#include "shop/wallet.h"
#include <inttypes.h>
#include <talloc.h>

static const char *const WAYS[HELD_WAYS] = {
    [HELD_TO_ORDER] = "order", [HELD_TO_WALLET] = "wallet", [HELD_TO_PAYER] = "transfer", [HELD_TO_NOBODY] = "foreign"};

const struct brand *held_brand(const struct brands *brands, const struct bank_entry *entry)
{
    for (size_t i = 0; i < brands->count; i++)
        if (brand_has_account(&brands->all[i], entry->account))
            return &brands->all[i];
    return NULL;
}

/* ---- Doing ---- */

static enum outcome pay_order(struct held_work *w, struct held_work_share *s)
{
    const struct brand *brand = brand_by_id(w->brands, s->order.brand);
    char *cause = talloc_asprintf(w->mem, "held:%" PRId64, s->part.id);
    bool changed;

    if (!s->order.provisional) {
        TRY(settle_order(w->tx, w->mem, brand, &s->order,
                         &(struct settling){.cause = cause,
                                            .from = w->held,
                                            .method = brand_account_is_postal(brand, w->entry->account)
                                                          ? METHOD_POSTAL_SLIP
                                                          : METHOD_BANK_TRANSFER,
                                            .amount = s->amount,
                                            .paid_on = w->entry->booked_on,
                                            .actor = w->decision->actor}));
        return proof_credited(w->tx, w->mem, &s->order, &w->decision->actor);
    }
    TRY(ledger_move(w->tx, cause, w->held, talloc_asprintf(w->mem, "provisional:%s", s->order.brand), s->amount));
    TRY(order_confirmed_by_credit(w->tx, s->order.id, &changed));
    return changed ? proof_credited(w->tx, w->mem, &s->order, &w->decision->actor) : BUSY;
}

static enum outcome credit_account(struct held_work *w, struct held_work_share *s)
{
    return wallet_credit(w->tx, s->account.id, "credit", s->amount,
                         talloc_asprintf(w->mem, "held:%" PRId64, s->part.id), w->held,
                         talloc_asprintf(w->mem, "chargebacks:%s", w->brand->id), 0);
}

/* Set aside for a transfer; the customer of the order that it named is told, where there is one. */
static enum outcome give_back(struct held_work *w, struct held_work_share *s, struct refund *r)
{
    struct problem why;
    struct order order;
    json_t *data;
    enum outcome o;

    *r = (struct refund){.brand = (char *)w->brand->id,
                         .order_id = w->entry->order_id,
                         .bank_entry_id = w->entry->id,
                         .destination = (char *)"transfer",
                         .amount = s->amount,
                         .reason = (char *)"held",
                         .decided_by = (char *)w->decision->actor.name};
    TRY(refund_by_transfer(w->mem, r, s->asked.iban, s->asked.payee, &why));
    TRY(refund_send_back(w->tx, w->mem, r, w->held, 0, "it"));
    if (!r->order_id)
        return DONE;
    TRY(order_by_id(w->tx, w->mem, r->order_id, &order));
    data = json_pack("{s:I, s:I, s:s}", "refund", (json_int_t)r->id, "amount_cents", (json_int_t)r->amount.cents,
                     "destination", r->destination);
    o = outbox_add(w->tx, r->brand, "mail", "money_returned", order.billing.email, order.language, order.id, data);
    json_decref(data);
    return o;
}

static enum outcome call_foreign(struct held_work *w, struct held_work_share *s)
{
    return ledger_move(w->tx, talloc_asprintf(w->mem, "held:%" PRId64, s->part.id), w->held,
                       talloc_asprintf(w->mem, "foreign:%s", w->entry->account), s->amount);
}

static enum outcome note_part(struct held_work *w, const struct held_work_share *s, const char *event, const char *note,
                              const struct actor *actor)
{
    const struct held_part *p = &s->part;
    json_t *data =
        json_pack("{s:I, s:I, s:s, s:I, s:s}", "bank_entry", (json_int_t)w->entry->id, "part", (json_int_t)p->id, "way",
                  p->way, "amount_cents", (json_int_t)p->amount.cents, "note", note);
    enum outcome o;

    if (p->account_id)
        json_object_set_new(data, "account", json_integer(p->account_id));
    if (p->refund_id)
        json_object_set_new(data, "refund", json_integer(p->refund_id));
    o = event_record(w->tx, w->brand->id, actor, event, p->order_id, 0, data);
    json_decref(data);
    return o;
}

/* The row comes first: its number names the ledger's transaction, but for a transfer's, which is its refund's. */
static enum outcome do_share(struct held_work *w, struct held_work_share *s)
{
    struct refund refund = {0};

    s->part = (struct held_part){.act_id = w->act.id,
                                 .way = (char *)WAYS[s->asked.way],
                                 .amount = s->amount,
                                 .order_id = s->order.id,
                                 .account_id = s->account.id};
    TRY(held_part_insert(w->tx, &s->part));
    switch (s->asked.way) {
    case HELD_TO_ORDER:
        TRY(pay_order(w, s));
        break;
    case HELD_TO_WALLET:
        TRY(credit_account(w, s));
        break;
    case HELD_TO_PAYER:
        TRY(give_back(w, s, &refund));
        s->part.refund_id = refund.id;
        TRY(held_part_set_refund(w->tx, s->part.id, refund.id));
        break;
    default:
        TRY(call_foreign(w, s));
    }
    return note_part(w, s, "held.placed", w->decision->note, &w->decision->actor);
}

static enum outcome do_all(struct held_work *w)
{
    struct bank_entry *e = w->entry;
    struct money more = money(e->amount.cents - e->placed.cents - w->rest.cents);
    bool changed;

    TRY(bank_entry_place(w->tx, e->id, e->placed, more, &changed));
    if (!changed)
        return BUSY;
    for (size_t i = 0; i < w->decision->count; i++)
        TRY(do_share(w, &w->shares[i]));
    return bank_entry_by_id(w->tx, w->mem, e->id, e);
}

enum outcome held_decide(struct db_tx *tx, void *mem, const struct brands *brands, const struct held_decision *decision,
                         struct bank_entry *entry, struct problems *faults)
{
    struct held_work *w = talloc_zero(mem, struct held_work);
    int64_t known;
    bool fresh;

    *w = (struct held_work){
        .tx = tx, .mem = mem, .brands = brands, .decision = decision, .entry = entry, .faults = faults};
    TRY(held_find_entry(w, decision->entry_id, decision->brand));
    if (decision->token) {
        enum outcome o = held_act_by_token(tx, decision->token, &known);

        if (o != REFUSED)
            return o == DONE && known != entry->id ? problems_add(faults, PROBLEM_FORM_EXPIRED, "", "%s", "") : o;
    }
    TRY(held_check(w));
    w->act = (struct held_act){.bank_entry_id = entry->id,
                               .token = decision->token,
                               .note = decision->note,
                               .decided_by = decision->actor.name};
    TRY(held_act_insert(tx, &w->act, &fresh));
    return fresh ? do_all(w) : BUSY;
}

/* ---- Undoing ---- */

enum outcome held_may_undo(const struct held_part *p, struct problem *why)
{
    if (p->undone_at.us)
        return problem_set(why, PROBLEM_HELD_SINCE, "", "%s", "");
    if (same(p->way, "order"))
        return problem_set(why, PROBLEM_HELD_INVOICED, "", "%s", "");
    if (same(p->way, "transfer") && !same(p->refund_state, "waiting"))
        return problem_set(why, PROBLEM_HELD_SENT, "", "%s", "");
    return DONE;
}

/* A transfer that was only decided. */
static enum outcome drop_refund(struct held_work *w, const struct held_part *p, const struct actor *actor)
{
    struct refund r;
    bool changed;

    TRY(refund_by_id(w->tx, w->mem, p->refund_id, &r));
    r.state = (char *)"dropped";
    TRY(refund_update(w->tx, &r, "waiting", &changed));
    return changed ? refund_event(w->tx, &r, actor) : BUSY;
}

static enum outcome take_back(struct held_work *w, const struct held_part *p, const struct actor *actor,
                              struct problem *why)
{
    char *cause = talloc_asprintf(w->mem, "held:%" PRId64 ":undone", p->id), *from;

    if (same(p->way, "wallet")) {
        TRY(wallet_draw(w->tx, p->account_id, p->amount, cause, 0, why));
        from = talloc_asprintf(w->mem, "wallet:%" PRId64, p->account_id);
    } else if (same(p->way, "transfer")) {
        TRY(drop_refund(w, p, actor));
        from = talloc_asprintf(w->mem, "refunds:%s", w->brand->id);
    } else {
        from = talloc_asprintf(w->mem, "foreign:%s", w->entry->account);
    }
    return ledger_move(w->tx, cause, from, w->held, p->amount);
}

enum outcome held_undo(struct db_tx *tx, void *mem, const struct brands *brands, int64_t part_id, const char *brand,
                       const char *note, const struct actor *actor, struct bank_entry *entry, struct problem *why)
{
    struct problems faults = {0};
    struct held_work *w = talloc_zero(mem, struct held_work);
    struct held_part *p = &w->shares[0].part;
    enum outcome o = held_part_by_id(tx, mem, part_id, p);
    bool changed;

    *w = (struct held_work){
        .tx = tx, .mem = mem, .brands = brands, .entry = entry, .faults = &faults, .shares[0].part = *p};
    if (o == REFUSED || (o == DONE && (o = held_find_entry(w, p->bank_entry_id, brand)) == REFUSED))
        return problem_set(why, PROBLEM_NOT_FOUND, "part", "%s", "");
    TRY(o);
    if (text_is_blank(note))
        return problem_set(why, PROBLEM_REQUIRED, "note", "%s", "");
    TRY(held_may_undo(p, why));
    TRY(held_part_undone(tx, part_id, note, actor->name, &changed));
    if (!changed)
        return BUSY;
    TRY(take_back(w, p, actor, why));
    TRY(bank_entry_place(tx, entry->id, entry->placed, money(-p->amount.cents), &changed));
    if (!changed)
        return BUSY;
    TRY(note_part(w, &w->shares[0], "held.undone", note, actor));
    return bank_entry_by_id(tx, mem, entry->id, entry);
}
