/* jobs/letter_money.c: what mails say of ways to pay, of money given back, and of the prepaid account. */

#include "base/i18n.h"
#include "jobs/letter.h"
#include "rules/iban.h"
#include "rules/payment.h"
#include "shop/pay.h"
#include "shop/present_pay.h"
#include "shop/wallet.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool is_topup(const struct letter *l)
{
    return same(l->facts.order.kind, ORDER_TOPUP);
}

__attribute__((format_arg(2))) static const char *words(const struct letter *l, const char *msgid)
{
    return i18n(l->language, msgid);
}

/* ---- Loading ---- */

static int64_t number_in(const struct letter *l, const char *name)
{
    return json_integer_value(json_object_get(l->data, name));
}

/* The credit note takes the place of the invoice that it corrects; the refund beside it is there unless nothing was to
 * be given back. */
static enum outcome load_note(struct db_tx *tx, struct letter *l)
{
    struct invoice note;
    struct refund *refunds;
    size_t count;

    TRY(invoice_by_id(tx, l->mem, number_in(l, "invoice"), &note));
    if (note.order_id != l->facts.order.id || (letter_is(l, "order_refunded") && !invoice_is_credit_note(&note)))
        return problem_set(l->why, PROBLEM_NOT_FOUND, "invoice", "%s", "");
    TRY(order_facts_of_invoice(tx, l->mem, l->options->shop->brands, &note, &l->facts));
    TRY(refunds_of_order(tx, l->mem, note.order_id, &refunds, &count));
    for (size_t i = 0; i < count; i++)
        if (refunds[i].credit_note_id == note.id)
            l->refund = refunds[i];
    return DONE;
}

static enum outcome load_returned(struct db_tx *tx, struct letter *l)
{
    struct bank_entry entry;
    struct payment payment;
    struct cheque cheque;

    TRY(refund_by_id(tx, l->mem, number_in(l, "refund"), &l->refund));
    l->held_reason = "";
    if (l->refund.payment_id) {
        TRY(payment_by_id(tx, l->mem, l->refund.payment_id, &payment));
        l->held_reason = payment.held_reason;
    } else if (l->refund.bank_entry_id) {
        TRY(bank_entry_by_id(tx, l->mem, l->refund.bank_entry_id, &entry));
        l->held_reason = entry.held_reason;
    } else if (l->refund.cheque_id) {
        TRY(cheque_by_id(tx, l->mem, l->refund.cheque_id, &cheque));
        l->held_reason = cheque.held_reason;
    }
    return DONE;
}

/* As it was after this very movement: what came later is told by its own mail. */
static enum outcome load_balance(struct db_tx *tx, struct letter *l, const char *cause)
{
    enum outcome o = wallet_balance_after(tx, cause, &l->balance);

    if (o == REFUSED)
        l->balance = money(-1);
    return o == REFUSED ? DONE : o;
}

enum outcome letter_load_money(struct db_tx *tx, struct letter *l)
{
    const struct order *o = &l->facts.order;

    l->balance = money(-1);
    if (letter_is(l, "order_refunded") || letter_is(l, "invoice_not_delivered"))
        TRY(load_note(tx, l));
    if (letter_is(l, "money_returned"))
        TRY(load_returned(tx, l));
    if (letter_is(l, "topup_settled"))
        return load_balance(tx, l, talloc_asprintf(l->mem, "topup:%" PRId64, o->id));
    if (letter_is(l, "order_settled"))
        return load_balance(tx, l, o->settled_by);
    return l->refund.id ? load_balance(tx, l,
                                       talloc_asprintf(l->mem, "refund:%" PRId64 "%s", l->refund.id,
                                                       l->refund.turned ? ":done" : ""))
                        : DONE;
}

/* ---- Ways to pay ---- */

/* Where the money goes, for who would rather pay in this way; false where a page takes it. */
static json_t *detail_of(struct letter *l, enum payment_method method)
{
    const struct brand *b = l->brand;
    const char *code = l->facts.order.code;

    if (method == METHOD_BANK_TRANSFER)
        return json_sprintf(words(l, N_("IBAN %s, intestato a %s, causale %s")), iban_grouped(l->mem, b->seller.iban),
                            b->seller.payee, code);
    if (method == METHOD_POSTAL_SLIP)
        return json_sprintf(words(l, N_("conto corrente postale n. %s, intestato a %s, causale %s")),
                            b->payment.slip.account + strspn(b->payment.slip.account, "0"),
                            b->payment.slip.holder ? b->payment.slip.holder : b->seller.payee, code);
    if (method == METHOD_CHEQUE)
        return json_sprintf(words(l, N_("intestato a %s, da spedire a %s, con %s scritto sul retro")),
                            b->payment.cheque_payee, b->payment.cheque_address, code);
    return json_false();
}

static bool may_pay_by(const struct letter *l, enum payment_method method)
{
    const struct brand_payment *p = &l->brand->payment;

    if (!method_offered(l->options->shop, l->brand, method) ||
        same(l->facts.order.payment_method, payment_method_name(method)))
        return false;
    if (method == METHOD_WALLET)
        return l->facts.order.account_id && !is_topup(l);
    if (method == METHOD_POSTAL_SLIP)
        return p->slip.account != NULL;
    return method != METHOD_CHEQUE || (p->cheque_payee && p->cheque_address);
}

static void put_others(struct letter *l)
{
    json_t *list = json_array();

    for (int m = 0; m < PAYMENT_METHODS; m++)
        if (may_pay_by(l, (enum payment_method)m))
            json_array_append_new(list, json_pack("{s:s, s:o}", "label",
                                                  words(l, payment_method_label((enum payment_method)m)), "detail",
                                                  detail_of(l, (enum payment_method)m)));
    letter_put(l, "has_others", json_boolean(json_array_size(list) > 0));
    letter_put(l, "others", list);
}

static json_t *by(const struct letter *l)
{
    enum payment_method method;
    json_t *out = json_object();

    if (payment_method_of(l->facts.order.payment_method, &method) != DONE)
        return out;
    json_object_set_new(out, payment_method_name(method), json_true());
    json_object_set_new(out, "online", json_boolean(payment_method_is_online(method)));
    return out;
}

static json_t *purpose(const struct letter *l)
{
    const char *first = "";
    int mailboxes = 0;

    if (is_topup(l))
        return json_string(words(l, N_("per ricaricare il conto prepagato")));
    for (size_t i = 0; i < l->facts.line_count; i++)
        if (order_line_serves(&l->facts.lines[i]) && mailboxes++ == 0)
            first = l->facts.lines[i].address;
    if (order_is_purchase(&l->facts.order))
        return json_sprintf(words(l, N_("per attivare %s")), first);
    if (order_is_space(&l->facts.order))
        return json_sprintf(words(l, N_("per lo spazio di %s")), first);
    if (mailboxes == 1)
        return json_sprintf(words(l, N_("per rinnovare %s")), first);
    return json_sprintf(words(l, N_("per rinnovare %d caselle")), mailboxes);
}

/* ---- Money given back ---- */

static json_t *document(struct letter *l, const struct invoice *i)
{
    return json_pack("{s:s, s:o}", "number", invoice_number_text(l->mem, i), "issued_on", present_day(i->issued_on));
}

static json_t *refund(struct letter *l)
{
    const struct refund *r = &l->refund;
    const char *to = r->id ? r->destination : "none";
    bool whole = l->facts.corrected.id && l->facts.invoice.total.gross.cents == l->facts.corrected.total.gross.cents;
    enum held_reason held;
    const char *reason = l->facts.corrected.id ? l->facts.invoice.reason : "";

    if (l->held_reason && held_reason_of(l->held_reason, &held) == DONE)
        reason = words(l, held_reason_label(held));
    return json_pack("{s:o, s:b, s:b, s:b, s:b, s:b, s:b, s:s, s:s, s:s, s:b}", "amount",
                     present_money(r->id ? r->amount : l->facts.invoice.total.due), "whole", whole, "part", !whole,
                     "source", same(to, "source"), "wallet", same(to, "wallet"), "transfer", same(to, "transfer"),
                     "none", same(to, "none"), "iban_shown", r->id && r->iban[0] ? iban_grouped(l->mem, r->iban) : "",
                     "payee", r->id ? r->payee : "", "reason", reason, "taken_back",
                     json_is_true(json_object_get(l->data, "take_back")));
}

void letter_put_money(struct letter *l)
{
    const struct order *o = &l->facts.order;

    bool turned = l->refund.id && json_is_true(json_object_get(l->data, "turned"));

    letter_put(l, "settled", json_boolean(o->settled_at.us != 0 && !turned));
    letter_put(l, "turned", json_boolean(turned));
    letter_put(l, "by", by(l));
    letter_put(l, "purpose", purpose(l));
    if (order_is_open(o->state))
        put_others(l);
    letter_put(l, "balance", l->balance.cents >= 0 ? present_money(l->balance) : json_false());
    if (letter_is(l, "order_refunded") || letter_is(l, "money_returned"))
        letter_put(l, "refund", refund(l));
    if (l->facts.corrected.id) {
        letter_put(l, "note", document(l, &l->facts.invoice));
        letter_put(l, "corrects", document(l, &l->facts.corrected));
    }
}
