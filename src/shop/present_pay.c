#include "shop/present_pay.h"
#include "base/i18n.h"
#include "paper/epc.h"
#include "rules/iban.h"
#include "rules/payment.h"
#include "rules/proof.h"
#include "rules/slip.h"
#include "shop/cheque.h"
#include "shop/paper.h"
#include "shop/proof.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static json_t *text_or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

const char *present_method(const char *name, const char *language)
{
    enum payment_method method;

    return payment_method_of(name, &method) == DONE ? i18n(language, payment_method_label(method)) : name;
}

/* ---- What has to be done ---- */

static json_t *qr_of(void *mem, const struct order_facts *f, const char *language)
{
    const struct seller *s = &f->brand->seller;
    struct epc_transfer transfer = {.version = 2,
                                    .charset = 1,
                                    .bic = s->bic,
                                    .name = s->payee,
                                    .iban = s->iban,
                                    .amount = f->order.total.due,
                                    .remittance = f->order.code};
    char *payload;
    size_t length;
    struct qr qr;

    if (epc_payload(mem, &transfer, &payload, &length, NULL) != DONE ||
        qr_encode(mem, payload, length, &qr, NULL) != DONE)
        return json_string("");
    return json_string(qr_svg(mem, &qr, i18n(language, N_("Codice QR con i dati del bonifico"))));
}

/* What every way needs: how much, by when. */
static json_t *due_of(const struct order_facts *f)
{
    char plain[MONEY_TEXT];

    return json_pack("{s:o, s:s, s:o, s:o}", "amount", present_money(f->order.total.due), "amount_plain",
                     money_italian(f->order.total.due, plain), "pay_by", present_day(order_pay_by(f)), "lapses_on",
                     present_day(f->order.lapses_on));
}

static json_t *transfer_of(void *mem, const struct order_facts *f, const char *language, bool qr)
{
    const struct seller *s = &f->brand->seller;
    json_t *transfer = due_of(f);
    char shown[20];

    json_object_update_new(transfer, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "reference", f->order.code,
                                               "reference_shown", reference_grouped(f->order.code, shown), "iban",
                                               s->iban, "iban_shown", iban_grouped(mem, s->iban), "payee", s->payee,
                                               "bank", s->bank, "bic", text_or_false(s->bic), "qr_svg",
                                               qr ? qr_of(mem, f, language) : json_string("")));
    return transfer;
}

/* A complete slip is paid by its number; onto a blank one the order's code is written. */
static json_t *slip_of(void *mem, const struct order_facts *f)
{
    const struct brand_slip *slip = &f->brand->payment.slip;
    bool complete = strcmp(slip->type, "896") == 0;
    char reference[REFERENCE_TEXT], code[SLIP_CODE_TEXT], shown[20];
    const char *account = slip->account + strspn(slip->account, "0");
    json_t *data = due_of(f);

    slip_code(order_reference(&f->order, reference), code);
    json_object_update_new(
        data, json_pack("{s:s, s:s, s:o, s:o, s:s, s:s}", "account", account, "holder",
                        slip->holder ? slip->holder : f->brand->seller.payee, "code",
                        complete ? json_string(code) : json_false(), "code_shown",
                        complete ? json_string(talloc_asprintf(mem, "%.6s %.6s %.6s", code, code + 6, code + 12))
                                 : json_false(),
                        "reference", f->order.code, "reference_shown", reference_grouped(f->order.code, shown)));
    return data;
}

static json_t *cheque_of(const struct order_facts *f)
{
    json_t *data = due_of(f);
    char shown[20];

    json_object_update_new(data, json_pack("{s:s, s:s, s:s, s:s}", "payee", f->brand->payment.cheque_payee, "address",
                                           f->brand->payment.cheque_address, "reference", f->order.code,
                                           "reference_shown", reference_grouped(f->order.code, shown)));
    return data;
}

static json_t *proof_of(const struct order_facts *f)
{
    const struct brand_payment *p = &f->brand->payment;
    bool upload = proof_channel_open(f->brand, "upload");
    const char *email = proof_channel_open(f->brand, "mail") ? p->proof_email : NULL;
    const char *fax = proof_channel_open(f->brand, "fax") ? p->proof_fax : NULL;

    if (!upload && !email && !fax)
        return json_false();
    return json_pack("{s:b, s:o, s:o, s:b}", "upload", upload, "email", text_or_false(email), "fax", text_or_false(fax),
                     "settles", proof_settles(f->brand, &f->order));
}

void present_ways(void *mem, const struct order_facts *f, const char *language, bool qr, json_t *out)
{
    static const char *const WAYS[] = {"pay", "transfer", "slip", "cheque", "proof"};
    enum payment_method method;
    bool slip, cheque;
    json_t *pay;

    for (size_t i = 0; i < count_of(WAYS); i++)
        json_object_set_new(out, WAYS[i], json_false());
    if (f->order.state != ORDER_CONFIRMED || payment_method_of(f->order.payment_method, &method) != DONE)
        return;
    pay = due_of(f);
    json_object_update_new(pay,
                           json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b}", "method", payment_method_name(method),
                                     "label", i18n(language, payment_method_label(method)), "delay",
                                     i18n(language, payment_method_delay(method)), "online",
                                     payment_method_is_online(method), "wallet", method == METHOD_WALLET, "outside",
                                     payment_method_shows_reference(method), "topup", order_is_topup(&f->order)));
    json_object_set_new(out, "pay", pay);
    slip = method == METHOD_POSTAL_SLIP && f->brand->payment.slip.type && f->brand->payment.slip.account;
    cheque = method == METHOD_CHEQUE && f->brand->payment.cheque_payee && f->brand->payment.cheque_address;
    if (method == METHOD_BANK_TRANSFER)
        json_object_set_new(out, "transfer", transfer_of(mem, f, language, qr));
    if (slip)
        json_object_set_new(out, "slip", slip_of(mem, f));
    if (cheque)
        json_object_set_new(out, "cheque", cheque_of(f));
    if (method == METHOD_BANK_TRANSFER || slip)
        json_object_set_new(out, "proof", proof_of(f));
}

/* ---- What has happened ---- */

enum outcome order_money_load(struct db_tx *tx, void *mem, const struct order_facts *f, struct order_money *m)
{
    *m = (struct order_money){0};
    TRY(payments_of_order(tx, mem, f->order.id, &m->payments, &m->payment_count));
    TRY(refunds_of_order(tx, mem, f->order.id, &m->refunds, &m->refund_count));
    TRY(proofs_of_order(tx, mem, f->order.id, &m->proofs, &m->proof_count));
    TRY(cheques_of_order(tx, mem, f->order.id, &m->cheques, &m->cheque_count));
    return f->invoice.id ? credit_notes_of(tx, mem, f->invoice.id, &m->notes, &m->note_count) : DONE;
}

const struct payment *order_attempt(const struct order_money *m)
{
    for (size_t i = m->payment_count; i-- > 0;)
        if (strcmp(m->payments[i].provider, "wallet") != 0)
            return &m->payments[i];
    return NULL;
}

/* Once the order is no longer open, how it was tried is of no interest. */
static json_t *attempt_of(const struct order_facts *f, const struct order_money *m, const char *language)
{
    const struct payment *p = order_attempt(m);
    const char *words;
    bool sent;

    if (!p || !order_is_open(f->order.state) || strcmp(p->method, f->order.payment_method) != 0)
        return json_false();
    sent = p->redirect_url[0] != '\0';
    words = payment_refusal_words(p->error);
    return json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:o}", "label", present_method(p->method, language), "failed",
                     p->state == PAYMENT_FAILED || p->state == PAYMENT_NEEDS_ACTION, "stopped",
                     p->state == PAYMENT_CANCELLED || p->state == PAYMENT_EXPIRED, "begun",
                     !p->under_way && (p->state == PAYMENT_PENDING || p->state == PAYMENT_NEW), "checking",
                     p->under_way || (p->state == PAYMENT_UNKNOWN && sent) || p->state == PAYMENT_AUTHORISED, "silent",
                     p->state == PAYMENT_UNKNOWN && !sent, "reason",
                     words ? json_string(i18n(language, words)) : json_false());
}

static json_t *refund_of(const struct refund *r, const char *language)
{
    const char *where = strcmp(r->destination, "wallet") == 0     ? N_("sul conto prepagato")
                        : strcmp(r->destination, "transfer") == 0 ? N_("con un bonifico")
                                                                  : N_("dove il pagamento è partito");
    bool done = strcmp(r->state, "done") == 0;

    return json_pack("{s:o, s:s, s:o, s:o, s:b, s:b}", "amount", present_money(r->amount), "where",
                     i18n(language, where), "decided_on", present_day(rome_day(r->created_at)), "done_on",
                     done ? present_day(rome_day(r->done_at)) : json_false(), "stuck", strcmp(r->state, "failed") == 0,
                     "unasked", r->credit_note_id == 0 && !r->elsewhere);
}

static json_t *note_of(void *mem, const struct invoice *n)
{
    return json_pack("{s:I, s:s, s:o, s:o}", "id", (json_int_t)n->id, "number", invoice_number_text(mem, n),
                     "issued_on", present_day(n->issued_on), "amount", present_money(n->total.gross));
}

static json_t *proof_row(const struct proof *p, const char *language)
{
    enum proof_state state;
    enum proof_reason reason;
    const char *advice = "";

    if (proof_state_of(p->state, &state) != DONE)
        state = PROOF_RECEIVED;
    if (state == PROOF_REJECTED && proof_reason_of(p->reason, &reason) == DONE)
        advice = i18n(language, proof_reason_advice(reason));
    return json_pack("{s:s, s:o, s:o, s:s, s:b, s:b, s:o}", "name", p->file_name, "received_at",
                     present_instant(p->received_at), "due_at", present_instant(p->due_at), "state",
                     i18n(language, proof_state_label(state)), "waiting", state == PROOF_RECEIVED, "rejected",
                     state == PROOF_REJECTED, "advice", text_or_false(advice));
}

static json_t *cheque_row(const struct cheque *c, const char *language)
{
    enum cheque_state state;
    bool known = cheque_state_of(c->state, &state) == DONE;

    return json_pack("{s:s, s:s, s:o, s:o, s:b}", "number", c->number, "state",
                     known ? i18n(language, cheque_state_label(state)) : c->state, "received_on",
                     present_day(c->received_on), "clears_on",
                     known && state == CHEQUE_DEPOSITED ? present_day(c->clears_on) : json_false(), "bounced",
                     known && state == CHEQUE_BOUNCED);
}

static json_t *held_payment(const struct order_money *m, const char *language)
{
    enum held_reason reason;

    for (size_t i = m->payment_count; i-- > 0;) {
        const struct payment *p = &m->payments[i];
        bool leaving = false;

        for (size_t j = 0; j < m->refund_count; j++)
            leaving |= m->refunds[j].payment_id == p->id && !m->refunds[j].elsewhere &&
                       strcmp(m->refunds[j].state, "dropped") != 0;
        if (p->state == PAYMENT_HELD && !leaving && held_reason_of(p->held_reason, &reason) == DONE)
            return json_pack("{s:o, s:s, s:s}", "amount", present_money(money(p->captured.cents - p->refunded.cents)),
                             "label", present_method(p->method, language), "reason",
                             i18n(language, held_reason_label(reason)));
    }
    return json_false();
}

void present_order_money(void *mem, const struct order_facts *f, const struct order_money *m, const char *language,
                         json_t *out)
{
    json_t *refunds = json_array(), *notes = json_array(), *proofs = json_array(), *cheques = json_array();

    for (size_t i = 0; i < m->refund_count; i++)
        if (strcmp(m->refunds[i].state, "dropped") != 0)
            json_array_append_new(refunds, refund_of(&m->refunds[i], language));
    for (size_t i = 0; i < m->note_count; i++)
        json_array_append_new(notes, note_of(mem, &m->notes[i]));
    for (size_t i = 0; i < m->proof_count; i++)
        json_array_append_new(proofs, proof_row(&m->proofs[i], language));
    for (size_t i = 0; i < m->cheque_count; i++)
        json_array_append_new(cheques, cheque_row(&m->cheques[i], language));
    json_object_set_new(out, "attempt", attempt_of(f, m, language));
    json_object_set_new(out, "held_payment", held_payment(m, language));
    json_object_set_new(out, "refunds", refunds);
    json_object_set_new(out, "notes", notes);
    json_object_set_new(out, "proofs", proofs);
    json_object_set_new(out, "cheques", cheques);
}
