/* shop/held_check.c: what a decision about held money names is found, and looked at: whether all of it may be, and what
 * each share amounts to. Nothing is written here. */

#include "base/text.h"
#include "rules/code.h"
#include "shop/fulfil.h"
#include "shop/held_act_parts.h"
#include "shop/pay.h"
#include "shop/refund_parts.h"
#include <stdio.h>
#include <talloc.h>

#define NOTE_MOST 500

static enum outcome refuse(struct held_work *w, enum problem_code code, const char *name, size_t i, const char *detail)
{
    char field[80];

    snprintf(field, sizeof field, "%s_%zu", name, i + 1);
    return problems_add(w->faults, code, field, "%s", detail);
}

/* ---- Finding ---- */

enum outcome held_find_entry(struct held_work *w, int64_t id, const char *brand)
{
    enum outcome o = bank_entry_by_id(w->tx, w->mem, id, w->entry);

    if (o == DONE) {
        w->brand = held_brand(w->brands, w->entry);
        o = w->brand && (!brand || !brand[0] || same(brand, w->brand->id)) ? DONE : REFUSED;
    }
    w->held = o == DONE ? talloc_asprintf(w->mem, "held:%s", w->entry->account) : NULL;
    return o == REFUSED ? problems_add(w->faults, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

/* By its code as people write it. Whether it takes the money is seen when all amounts are known. */
static enum outcome find_order(struct held_work *w, size_t i)
{
    struct held_work_share *s = &w->shares[i];
    char code[40];
    const char *typed = s->asked.order ? s->asked.order : "";
    enum outcome o;

    if (text_is_blank(typed))
        return refuse(w, PROBLEM_REQUIRED, "order", i, "");
    o = order_by_code(w->tx, w->mem, code_clean(typed, code, sizeof code) ? code : typed, &s->order);
    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED)
        return refuse(w, PROBLEM_NOT_FOUND, "order", i, "");
    for (size_t k = 0; k < i; k++)
        if (w->shares[k].order.id == s->order.id)
            return refuse(w, PROBLEM_REPEATED_FIELD, "order", i, "");
    return brand_has_account(brand_by_id(w->brands, s->order.brand), w->entry->account)
               ? DONE
               : refuse(w, PROBLEM_HELD_ELSEWHERE, "order", i, "");
}

static enum outcome find_account(struct held_work *w, size_t i)
{
    struct held_work_share *s = &w->shares[i];
    enum outcome o;

    if (text_is_blank(s->asked.account))
        return refuse(w, PROBLEM_REQUIRED, "account", i, "");
    o = account_by_email(w->tx, w->mem, w->brand->id, text_lower(w->mem, text_trim(w->mem, s->asked.account)),
                         &s->account);
    if (o != DONE && o != REFUSED)
        return o;
    return o == DONE && method_offered(NULL, w->brand, METHOD_WALLET)
               ? DONE
               : refuse(w, PROBLEM_HELD_ACCOUNT, "account", i, "");
}

/* Where it goes back to: as it came, unless somebody writes it anew. */
static enum outcome find_payer(struct held_work *w, size_t i)
{
    struct held_share *a = &w->shares[i].asked;
    struct refund scratch = {0};
    struct problem why;
    enum outcome o;

    if (text_is_blank(a->iban))
        a->iban = w->entry->debtor_iban;
    if (text_is_blank(a->payee))
        a->payee = w->entry->debtor;
    o = refund_by_transfer(w->mem, &scratch, a->iban, a->payee, &why);
    return o == REFUSED ? refuse(w, why.code, why.field, i, why.detail) : o;
}

static enum outcome find_all(struct held_work *w)
{
    enum outcome (*const FIND[HELD_WAYS])(struct held_work *, size_t) = {
        [HELD_TO_ORDER] = find_order, [HELD_TO_WALLET] = find_account, [HELD_TO_PAYER] = find_payer};

    for (size_t i = 0; i < w->decision->count; i++) {
        enum outcome o;

        w->shares[i].asked = w->decision->shares[i];
        o = FIND[w->shares[i].asked.way] ? FIND[w->shares[i].asked.way](w, i) : DONE;
        if (o != DONE && o != REFUSED)
            return o;
    }
    return w->faults->count ? REFUSED : DONE;
}

/* ---- Checking ---- */

static enum outcome check_decision(struct held_work *w)
{
    const struct held_decision *d = w->decision;
    const struct bank_entry *e = w->entry;

    if (text_is_blank(d->note))
        return problems_add(w->faults, PROBLEM_REQUIRED, "note", "%s", "");
    if (text_characters(d->note) > NOTE_MOST)
        return problems_add(w->faults, PROBLEM_TOO_LONG, "note", "%d", NOTE_MOST);
    if (!same(e->state, "held") || (d->placed.cents >= 0 && d->placed.cents != e->placed.cents))
        return problems_add(w->faults, PROBLEM_HELD_SINCE, "", "%s", "");
    if (!same(e->currency, "EUR")) /* it is in no ledger of ours: the bank gives it back */
        return problems_add(w->faults, PROBLEM_NOT_A_CHOICE, "", "%s", "");
    return d->count && d->count <= HELD_SHARES ? DONE : problems_add(w->faults, PROBLEM_REQUIRED, "", "%s", "");
}

static enum outcome divide(struct held_work *w)
{
    struct money left = money(w->entry->amount.cents - w->entry->placed.cents), amounts[HELD_SHARES];
    char text[MONEY_TEXT];

    for (size_t i = 0; i < w->decision->count; i++)
        amounts[i] = w->shares[i].asked.amount;
    TRY(held_divide(left, amounts, w->decision->count, &w->rest, w->faults));
    for (size_t i = 0; i < w->decision->count; i++)
        w->shares[i].amount = amounts[i];
    if (w->decision->whole && w->rest.cents)
        return problems_add(w->faults, PROBLEM_HELD_REMAINDER, "", "%s", money_euro(w->rest, text));
    return DONE;
}

/* An order takes exactly what is due, by the rate of the day on which the bank booked the money. One that a proof had
 * settled waits for it still; one that lapsed may take it where nothing has changed since. */
static enum outcome check_order(struct held_work *w, size_t i)
{
    const struct held_work_share *s = &w->shares[i];
    const struct order *order = &s->order;
    char text[MONEY_TEXT];
    struct total due;
    bool may = order_is_open(order->state) || order->provisional;

    if (!may)
        TRY(order_may_settle_late(w->tx, w->mem, brand_by_id(w->brands, order->brand), order, w->entry->booked_on,
                                  &may));
    if (!may)
        return refuse(w, PROBLEM_ORDER_STATE, "order", i, order_state_label(order->state));
    TRY(order_due(order, order->provisional ? order->settled_on : w->entry->booked_on, &due, NULL));
    if (s->amount.cents != due.due.cents)
        return refuse(w, PROBLEM_AMOUNT, s->asked.amount.cents ? "amount" : "order", i, money_euro(due.due, text));
    return DONE;
}

static enum outcome check_orders(struct held_work *w)
{
    for (size_t i = 0; i < w->decision->count; i++) {
        enum outcome o = w->shares[i].asked.way == HELD_TO_ORDER ? check_order(w, i) : DONE;

        if (o != DONE && o != REFUSED)
            return o;
    }
    return w->faults->count ? REFUSED : DONE;
}

enum outcome held_check(struct held_work *w)
{
    TRY(check_decision(w));
    TRY(find_all(w));
    TRY(divide(w));
    return check_orders(w);
}
