#include "shop/wallet.h"
#include "base/i18n.h"
#include "shop/place_order.h"
#include "store/bank.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define WALLET_TEXT 32

static char *wallet_account(int64_t account_id, char text[WALLET_TEXT])
{
    snprintf(text, WALLET_TEXT, "wallet:%" PRId64, account_id);
    return text;
}

static enum outcome note(struct db_tx *tx, int64_t account_id, const char *kind, struct money amount,
                         struct money balance, const char *cause, int64_t order_id)
{
    struct wallet_entry entry = {.account_id = account_id,
                                 .kind = (char *)kind,
                                 .amount = amount,
                                 .balance = balance,
                                 .cause = (char *)cause,
                                 .order_id = order_id};

    return wallet_entry_insert(tx, &entry);
}

/* Takes up to `amount` of the balance; *taken is what it had. */
static enum outcome take(struct db_tx *tx, int64_t account_id, struct money amount, const char *cause, const char *to,
                         int64_t order_id, struct money *taken)
{
    char account[WALLET_TEXT];
    struct money balance;
    bool enough;

    TRY(wallet_balance(tx, account_id, &balance));
    *taken = balance.cents < amount.cents ? balance : amount;
    if (taken->cents == 0)
        return DONE;
    TRY(wallet_change(tx, account_id, money(-taken->cents), &balance, &enough));
    if (!enough)
        return BUSY;
    TRY(note(tx, account_id, "charge_back", money(-taken->cents), balance, cause, order_id));
    return ledger_move(tx, cause, wallet_account(account_id, account), to, *taken);
}

static enum outcome give(struct db_tx *tx, int64_t account_id, const char *kind, struct money amount, const char *cause,
                         const char *from, int64_t order_id)
{
    char account[WALLET_TEXT];
    struct money balance;
    bool enough;

    TRY(wallet_change(tx, account_id, amount, &balance, &enough));
    if (!enough)
        return BROKEN;
    TRY(note(tx, account_id, kind, amount, balance, cause, order_id));
    return ledger_move(tx, cause, from, wallet_account(account_id, account), amount);
}

enum outcome wallet_credit(struct db_tx *tx, int64_t account_id, const char *kind, struct money amount,
                           const char *cause, const char *from, const char *lost, int64_t order_id)
{
    struct money owed, taken;
    char debt[80];

    TRY(give(tx, account_id, kind, amount, cause, from, order_id));
    TRY(wallet_owed(tx, account_id, &owed));
    if (owed.cents == 0)
        return DONE;
    snprintf(debt, sizeof debt, "%s:owed", cause);
    TRY(take(tx, account_id, owed, debt, lost, order_id, &taken));
    return wallet_owe(tx, account_id, money(-taken.cents));
}

/* A dispute may be lost, won and lost again. */
static enum outcome new_cause(struct db_tx *tx, void *mem, int64_t account_id, int64_t order_id, char **cause)
{
    int64_t count;

    TRY(wallet_entries_of_order(tx, order_id, account_id, &count));
    *cause = talloc_asprintf(mem, "topup:%" PRId64 ":%" PRId64, order_id, count + 1);
    return DONE;
}

enum outcome wallet_charge_back(struct db_tx *tx, void *mem, int64_t account_id, struct money amount, const char *lost,
                                int64_t order_id)
{
    struct money taken;
    char *cause;

    TRY(new_cause(tx, mem, account_id, order_id, &cause));
    TRY(take(tx, account_id, amount, cause, lost, order_id, &taken));
    return taken.cents < amount.cents ? wallet_owe(tx, account_id, money(amount.cents - taken.cents)) : DONE;
}

enum outcome wallet_reinstate(struct db_tx *tx, void *mem, int64_t account_id, struct money amount, const char *lost,
                              int64_t order_id)
{
    struct money owed, less;
    char *cause;

    TRY(wallet_owed(tx, account_id, &owed));
    less = owed.cents < amount.cents ? owed : amount;
    if (less.cents)
        TRY(wallet_owe(tx, account_id, money(-less.cents)));
    if (less.cents == amount.cents)
        return DONE;
    TRY(new_cause(tx, mem, account_id, order_id, &cause));
    return give(tx, account_id, "charge_back", money(amount.cents - less.cents), cause, lost, order_id);
}

enum outcome wallet_draw(struct db_tx *tx, int64_t account_id, struct money amount, const char *cause, int64_t order_id,
                         struct problem *why)
{
    struct money balance, have;
    char text[MONEY_TEXT];
    bool enough;

    TRY(wallet_change(tx, account_id, money(-amount.cents), &balance, &enough));
    if (!enough) {
        TRY(wallet_balance(tx, account_id, &have));
        return problem_set(why, PROBLEM_WALLET_SHORT, "payment_method", "%s €", money_italian(have, text));
    }
    return note(tx, account_id, "draw", money(-amount.cents), balance, cause, order_id);
}

/* ---- Topping up ---- */

static enum outcome check(const struct topup_request *r, struct problem *why)
{
    char least[MONEY_TEXT], most[MONEY_TEXT];

    if (r->amount.cents < TOPUP_LEAST || r->amount.cents > TOPUP_MOST)
        return problem_set(why, PROBLEM_OUT_OF_RANGE, "amount", "%s-%s €", money_italian(money(TOPUP_LEAST), least),
                           money_italian(money(TOPUP_MOST), most));
    return DONE;
}

static enum outcome write_topup(struct db_tx *tx, void *mem, const struct topup_request *r, struct order *order)
{
    const struct brand_terms *terms = brand_terms_on(&r->brand->terms, db_today(tx));
    struct total total = {.net = r->amount, .gross = r->amount, .due = r->amount};
    enum outcome o;

    *order = (struct order){.brand = (char *)r->brand->id,
                            .kind = (char *)ORDER_TOPUP,
                            .state = ORDER_CONFIRMED,
                            .state_text = (char *)order_state_name(ORDER_CONFIRMED),
                            .account_id = r->account_id,
                            .door = (char *)r->actor.door,
                            .language = (char *)r->language,
                            .total = total,
                            .payment_method = (char *)r->payment_method,
                            .terms_version = (char *)terms->version,
                            .terms_sha256 = (char *)terms->sha256,
                            .billing = r->billing,
                            .confirmed_at = db_now(tx),
                            .lapses_on = day_plus(db_today(tx), r->brand->order_lapses_days)};
    TRY(order_give_code(tx, mem, r->brand, order));
    o = order_insert(tx, order, r->form_token);
    if (o != DONE) /* REFUSED: the same form, a moment ago; the next try finds its order */
        return o == REFUSED ? BUSY : o;
    return order_line_insert(
        tx, order->id,
        &(struct order_line){.line = 1,
                             .kind = (char *)order_line_kind_name(LINE_TOPUP),
                             .description = (char *)i18n(r->language, N_("Ricarica del conto prepagato")),
                             .quantity = 1,
                             .unit = r->amount,
                             .net = r->amount,
                             .plan = (char *)""});
}

enum outcome place_topup(struct db_tx *tx, void *mem, const struct topup_request *r, struct order *order,
                         struct problem *why)
{
    json_t *data;
    enum outcome o;

    if (r->form_token) {
        o = order_by_form_token(tx, mem, r->form_token, order);
        if (o == DONE && order->account_id != r->account_id)
            return problem_set(why, PROBLEM_FORM_EXPIRED, "", "%s", "");
        if (o != REFUSED)
            return o;
    }
    TRY(check(r, why));
    TRY(write_topup(tx, mem, r, order));
    data = json_pack("{s:s, s:I, s:s}", "code", order->code, "gross_cents", (json_int_t)order->total.gross.cents,
                     "method", order->payment_method);
    o = event_record(tx, order->brand, &r->actor, "order.confirmed", order->id, 0, data);
    json_decref(data);
    TRY(o);
    return outbox_add(tx, order->brand, "mail", "order_received", order->billing.email, order->language, order->id,
                      NULL);
}
