/* link/camt_payment.c: an entry and its TxDtls become payments.
 *
 * Only one payment is ever held back: until the next TxDtls begins it may be the entry's only one, and then the text
 * that stands at the end of the entry belongs to it. */
#include "base/i18n.h"
#include "link/camt.h"
#include <stdio.h>
#include <string.h>

void entry_begin(struct reading *r)
{
    r->held->filled = r->rest->filled = false;
    r->entry.text[0] = r->entry.reference[0] = r->entry.currency[0] = r->entry.amount[0] = '\0';
    r->entry.units = r->entry.shared_out = 0;
    r->entry.has_foreign = r->entry.has_amount = r->entry.has_sign = r->entry.credit = r->entry.reversal =
        r->entry.has_status = false;
    r->entry.booked_on = r->entry.value_on = (struct day){0};
    r->entry.tx_count = r->entry.given = 0;
    r->entry.line = xml_stream_line(r->in);
}

static bool is_no_end_to_end(const char *text)
{
    return strcasecmp(text, "NOTPROVIDED") == 0 || strcasecmp(text, "NOT PROVIDED") == 0 || strcmp(text, "-") == 0;
}

static size_t pieces_from(struct reading *r, const struct payment_texts *texts, enum text_kind first,
                          enum text_kind last, size_t count)
{
    for (enum text_kind kind = first; kind <= last; kind++)
        for (size_t i = 0; i < texts->count; i++)
            if (texts->text[i].kind == kind)
                r->pieces[count++] = texts->bytes + texts->text[i].at;
    return count;
}

static const char *remittance(struct reading *r, size_t piece_count)
{
    char *to = r->remittance;

    for (size_t i = 0; i < piece_count; i++) {
        size_t length = strlen(r->pieces[i]);
        if (i > 0)
            *to++ = ' ';
        memcpy(to, r->pieces[i], length);
        to += length;
    }
    *to = '\0';
    return r->remittance;
}

static const char *first_stated(const char *a, const char *b)
{
    return *a ? a : b;
}

static enum outcome give(struct reading *r, struct tx *tx)
{
    const struct entry *entry = &r->entry;
    const struct payment_texts *texts = &tx->texts;
    struct statement_payment payment = {
        .amount_text = tx->has_amount ? tx->amount : "",
        .currency = tx->has_amount ? tx->currency : entry->currency,
        .status = entry->status,
        .credit = entry->credit && !tx->is_debit,
        .reversal = entry->reversal,
        .booked_on = entry->booked_on,
        .value_on = entry->value_on,
        .debtor = first_stated(payment_text(texts, TEXT_DEBTOR), payment_text(texts, TEXT_ULTIMATE)),
        .debtor_iban = first_stated(payment_text(texts, TEXT_IBAN), payment_text(texts, TEXT_OTHER_ACCOUNT)),
        .end_to_end_id = payment_text(texts, TEXT_END_TO_END),
        .bank_reference = first_stated(payment_text(texts, TEXT_REFERENCE), entry->reference),
        .return_reason = payment_text(texts, TEXT_RETURN),
        .entry_amount_text = entry->amount,
        .entry_index = r->head.entries,
        .payment_index = r->entry.given++,
        .line = tx->line,
    };
    tx->filled = false;
    if (!r->sink->payment)
        return DONE;
    payment.amount_fits = tx->has_amount && amount_money(tx->units, &payment.amount);
    size_t shown = pieces_from(r, texts, TEXT_UNSTRUCTURED, TEXT_STRUCTURED, 0);
    if (shown == 0)
        shown = pieces_from(r, texts, TEXT_ADDITIONAL, TEXT_ADDITIONAL, 0);
    payment.remittance = remittance(r, shown);
    payment.piece_count = pieces_from(r, texts, TEXT_UNSTRUCTURED, TEXT_SEARCHED - 1, 0);
    payment.pieces = r->pieces;
    return r->sink->payment(r->sink->arg, &payment);
}

static void swap(struct tx **a, struct tx **b)
{
    struct tx *was = *a;
    *a = *b;
    *b = was;
}

static void tx_reset(struct reading *r, struct tx *tx)
{
    tx->filled = tx->has_amount = tx->is_debit = false;
    tx->amount[0] = '\0';
    tx->texts.count = tx->texts.used = 0;
    tx->line = xml_stream_line(r->in);
}

static enum outcome entry_is_complete(struct reading *r)
{
    const char *missing = !r->entry.has_amount   ? N_("l'importo")
                          : !r->entry.has_sign   ? N_("il segno")
                          : !r->entry.has_status ? N_("lo stato")
                                                 : NULL;

    if (missing)
        return xml_stream_refuse(r->in, N_("un movimento non dice %s; chiedere alla banca un file corretto"), missing);
    return DONE;
}

enum outcome tx_begin(struct reading *r)
{
    TRY(entry_is_complete(r));
    r->entry.tx_count++;
    if (r->held->filled)
        TRY(give(r, r->held));
    tx_reset(r, r->tx);
    return DONE;
}

/* Payments without an amount share what the entry leaves over: their texts go together, as far as there is room. */
enum outcome tx_end(struct reading *r)
{
    struct tx *tx = r->tx;

    tx->filled = true;
    if (tx->has_amount) {
        r->entry.has_foreign |= strcmp(tx->currency, r->entry.currency) != 0;
        r->entry.shared_out += tx->is_debit == r->entry.credit ? -tx->units : tx->units;
        swap(&r->tx, &r->held);
    } else if (!r->rest->filled) {
        swap(&r->tx, &r->rest);
    } else {
        for (size_t i = 0; i < tx->texts.count; i++)
            (void)payment_text_add(&r->rest->texts, tx->texts.text[i].kind, tx->texts.bytes + tx->texts.text[i].at);
    }
    return DONE;
}

static enum outcome rest_give(struct reading *r)
{
    struct tx *rest = r->rest;

    rest->units = r->entry.units - r->entry.shared_out;
    rest->has_amount = (rest->units > 0 && !r->entry.has_foreign) || r->entry.tx_count <= 1;
    memcpy(rest->currency, r->entry.currency, sizeof rest->currency);
    if (r->entry.tx_count <= 1)
        snprintf(rest->amount, sizeof rest->amount, "%s", r->entry.amount);
    else if (rest->has_amount)
        amount_text(rest->units, rest->amount);
    return give(r, rest);
}

/* Whether an entry is in the currency that the statement adds up in. */
static bool adds_up(const struct reading *r)
{
    const char *own = r->opening.stated ? r->opening.currency : r->currency;

    return !*own || strcmp(r->entry.currency, own) == 0;
}

enum outcome entry_end(struct reading *r)
{
    struct entry *entry = &r->entry;
    struct tx *alone = r->held->filled ? r->held : r->rest;

    TRY(entry_is_complete(r));
    if (entry->tx_count == 0) {
        tx_reset(r, r->rest);
        r->rest->filled = true;
        r->rest->line = entry->line;
    }
    if (entry->tx_count <= 1 && !payment_text_add(&alone->texts, TEXT_ADDITIONAL, entry->text))
        return xml_stream_refuse(r->in, N_("un movimento ha troppi testi; chiedere alla banca un file corretto"));
    if (r->held->filled)
        TRY(give(r, r->held));
    if (r->rest->filled)
        TRY(rest_give(r));
    if (entry->status == ENTRY_BOOKED && adds_up(r))
        r->booked += entry->credit ? entry->units : -entry->units;
    r->head.entries++;
    return DONE;
}

/* Of a TxDtls' amounts the first counts, in its own currency, which may be another than the entry's. */
enum outcome tx_amount(struct reading *r, const char *text)
{
    if (r->tx->has_amount)
        return DONE;
    r->tx->has_amount = true;
    memcpy(r->tx->currency, r->amount_currency, sizeof r->tx->currency);
    return keep_amount(r, r->tx->amount, &r->tx->units, text);
}

enum outcome tx_text(struct reading *r, enum text_kind kind, const char *text)
{
    bool once = kind > TEXT_SEARCHED || kind == TEXT_END_TO_END;

    if (once && *payment_text(&r->tx->texts, kind))
        return DONE;
    if (kind == TEXT_END_TO_END && is_no_end_to_end(text))
        return DONE;
    if (!payment_text_add(&r->tx->texts, kind, text))
        return xml_stream_refuse(r->in, N_("un movimento ha troppi testi; chiedere alla banca un file corretto"));
    return DONE;
}
