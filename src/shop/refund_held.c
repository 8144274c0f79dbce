/* shop/refund_held.c: money that is held goes back, whatever it came by. */
#include "shop/refund_parts.h"
#include "store/bank.h"
#include "store/proof.h"
#include <inttypes.h>
#include <talloc.h>

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
    TRY(refunds_of_payment(tx, mem, p.id, &refunds, &count));
    for (size_t i = 0; i < count; i++)
        if (refund_is_under_way(&refunds[i]))
            return problem_set(why, PROBLEM_PAYMENT_STATE, "payment", "%s", payment_state_label(p.state));
    r->brand = p.brand;
    r->order_id = p.order_id;
    r->payment_id = p.id;
    r->amount = money(p.captured.cents - p.refunded.cents);
    *from = ledger_held_gateway(mem, p.provider, p.brand);
    return same(r->destination, "wallet") ? refund_note(tx, &p, r->amount) : DONE;
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
    r->amount = money(entry.amount.cents - entry.placed.cents);
    *from = talloc_asprintf(mem, "held:%s", entry.account);
    TRY(bank_entry_refunded(tx, entry.id, &changed));
    return changed ? DONE : BUSY;
}

/* Its money lies at the bank: from there it goes by a transfer, or to the prepaid account. */
static enum outcome held_cheque(struct db_tx *tx, void *mem, int64_t id, struct refund *r, char **from,
                                struct problem *why)
{
    struct cheque cheque;
    bool held;
    enum outcome o = cheque_by_id(tx, mem, id, &cheque);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "cheque", "%s", "");
    TRY(o);
    TRY(cheque_is_held(tx, id, &held));
    if (!held || same(r->destination, "source"))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, held ? "destination" : "cheque", "%s", "");
    r->brand = cheque.brand;
    r->order_id = cheque.order_id;
    r->cheque_id = cheque.id;
    r->amount = cheque.amount;
    *from = talloc_asprintf(mem, "held:cheques:%s", cheque.brand);
    return DONE;
}

static enum outcome find(struct db_tx *tx, void *mem, const struct brands *brands, enum held_kind kind, int64_t id,
                         struct refund *r, char **from, struct problem *why)
{
    switch (kind) {
    case HELD_PAYMENT:
        return held_payment(tx, mem, id, r, from, why);
    case HELD_CHEQUE:
        return held_cheque(tx, mem, id, r, from, why);
    default:
        return held_entry(tx, mem, brands, id, r, from, why);
    }
}

enum outcome refund_held(struct db_tx *tx, void *mem, const struct brands *brands, enum held_kind kind, int64_t id,
                         const char *destination, const char *iban, const char *payee, const struct actor *actor,
                         struct refund *refund, struct problem *why)
{
    struct order order = {0};
    char *from = NULL;
    json_t *data;
    enum outcome o;

    *refund = (struct refund){
        .destination = (char *)destination, .reason = (char *)"held", .decided_by = (char *)actor->name};
    if (same(destination, "transfer"))
        TRY(refund_by_transfer(mem, refund, iban, payee, why));
    TRY(find(tx, mem, brands, kind, id, refund, &from, why));
    if (refund->order_id)
        TRY(order_by_id(tx, mem, refund->order_id, &order));
    if (same(destination, "wallet") && !(order.id && refund_may_credit(brand_by_id(brands, order.brand), &order)))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "destination", "%s", "");
    TRY(refund_send_back(tx, mem, refund, from, order.account_id, order.language ? order.language : "it"));
    data = json_pack("{s:I, s:I, s:s}", "refund", (json_int_t)refund->id, "amount_cents",
                     (json_int_t)refund->amount.cents, "destination", destination);
    o = event_record(tx, refund->brand, actor, "payment.given_back", refund->order_id, 0, data);
    if (o == DONE && order.id)
        o = outbox_add(tx, refund->brand, "mail", "money_returned", order.billing.email, order.language, order.id,
                       data);
    json_decref(data);
    return o;
}

/* Money in another currency is in no ledger of ours: the bank gives it back, and here it is only told. */
enum outcome held_returned(struct db_tx *tx, void *mem, const struct brands *brands, int64_t bank_entry_id,
                           const char *reason, const struct actor *actor, struct problem *why)
{
    struct bank_entry entry;
    enum outcome o = bank_entry_by_id(tx, mem, bank_entry_id, &entry);
    const char *brand = "";
    json_t *data;
    bool changed;

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "entry", "%s", "");
    TRY(o);
    if (!reason || !reason[0])
        return problem_set(why, PROBLEM_REQUIRED, "reason", "%s", "");
    if (!same(entry.state, "held") || same(entry.currency, "EUR"))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "entry", "%s", "");
    TRY(bank_entry_refunded(tx, entry.id, &changed));
    if (!changed)
        return BUSY;
    for (size_t i = 0; i < brands->count; i++)
        if (brand_has_account(&brands->all[i], entry.account))
            brand = brands->all[i].id;
    data = json_pack("{s:I, s:I, s:s, s:s}", "bank_entry", (json_int_t)entry.id, "amount_cents",
                     (json_int_t)entry.amount.cents, "currency", entry.currency, "reason", reason);
    o = event_record(tx, brand, actor, "bank.given_back", entry.order_id, 0, data);
    json_decref(data);
    return o;
}
