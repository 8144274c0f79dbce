#include "shop/refund_parts.h"
#include "rules/iban.h"
#include "shop/pay.h"
#include "shop/wallet.h"
#include "store/bank.h"
#include <inttypes.h>
#include <talloc.h>

bool refund_may_credit(const struct brand *brand, const struct order *order)
{
    return brand && order->account_id && method_offered(NULL, brand, METHOD_WALLET);
}

enum outcome refund_by_transfer(void *mem, struct refund *refund, const char *iban, const char *payee,
                                struct problem *why)
{
    char canonical[IBAN_TEXT];

    if (!iban || !iban[0])
        return problem_set(why, PROBLEM_REQUIRED, "iban", "%s", "");
    if (!payee || !payee[0])
        return problem_set(why, PROBLEM_REQUIRED, "payee", "%s", "");
    TRY(iban_check(iban, "iban", canonical, why));
    refund->iban = talloc_strdup(mem, canonical);
    refund->payee = (char *)payee;
    return DONE;
}

static enum outcome queue(struct db_tx *tx, const struct refund *r, const char *language)
{
    json_t *data = json_pack("{s:I}", "refund", (json_int_t)r->id);
    enum outcome o = outbox_add(tx, r->brand, "refund", "", "", language, r->order_id, data);

    json_decref(data);
    return o;
}

enum outcome refund_send_back(struct db_tx *tx, void *mem, struct refund *r, const char *from, int64_t account_id,
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
        return wallet_credit(tx, account_id, "refund", r->amount, cause, from,
                             talloc_asprintf(mem, "chargebacks:%s", r->brand), r->order_id);
    TRY(ledger_move(tx, cause, from, talloc_asprintf(mem, "refunds:%s", r->brand), r->amount));
    return same(r->destination, "source") ? queue(tx, r, language) : DONE;
}

enum outcome refund_note(struct db_tx *tx, struct payment *p, struct money amount)
{
    enum payment_state was = p->state;
    bool changed;

    p->refunded.cents += amount.cents;
    /* Where the bank took it too, it is gone twice, and that is what must be shown; of held money the rest stays held.
     */
    if (was != PAYMENT_CHARGED_BACK && !(was == PAYMENT_HELD && p->refunded.cents < p->captured.cents))
        TRY(payment_transition(was,
                               p->refunded.cents < p->captured.cents ? PAYMENT_EVENT_REFUND_PART : PAYMENT_EVENT_REFUND,
                               &p->state, NULL));
    TRY(payment_update(tx, p, was, &changed));
    return changed ? DONE : BUSY;
}

enum outcome refund_event(struct db_tx *tx, const struct refund *r, const struct actor *actor)
{
    json_t *data = json_pack("{s:I, s:s, s:s, s:s, s:I}", "refund", (json_int_t)r->id, "state", r->state, "destination",
                             r->destination, "error", r->error, "amount_cents", (json_int_t)r->amount.cents);
    enum outcome o = event_record(tx, r->brand, actor, "refund.state", r->order_id, 0, data);

    json_decref(data);
    return o;
}
