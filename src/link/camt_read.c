/* link/camt_read.c: from the elements of a camt to payments, one at a time. */
#include "base/i18n.h"
#include "base/text.h"
#include "link/camt.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static enum outcome keep(struct reading *r, char *to, size_t size, const char *what, const char *text)
{
    size_t length = strlen(text);

    if (length >= size)
        return xml_stream_refuse(r->in, N_("%s è più lungo di %zu caratteri; chiedere alla banca un file corretto"),
                                 what, size - 1);
    memcpy(to, text, length + 1);
    return DONE;
}

static enum outcome keep_currency(struct reading *r, char to[CURRENCY_MAX + 1], const char *text)
{
    if (strlen(text) != strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") || (*text && strlen(text) != CURRENCY_MAX))
        return xml_stream_refuse(r->in,
                                 N_("la valuta non è un codice di tre lettere; chiedere alla banca un file corretto"));
    return keep(r, to, CURRENCY_MAX + 1, N_("la valuta"), *text ? text : r->currency);
}

enum outcome keep_amount(struct reading *r, char to[AMOUNT_TEXT], amount_units *units, const char *text)
{
    if (!amount_parse(text, units))
        return xml_stream_refuse(r->in,
                                 N_("un importo non è un numero come 10.98; chiedere alla banca un file corretto"));
    return keep(r, to, AMOUNT_TEXT, N_("un importo"), text);
}

/* Dates may carry a time or a zone after them ("2026-01-15T09:30:00+01:00"): the bank's own civil date stands in front.
 */
static enum outcome keep_day(struct reading *r, struct day *to, const char *text)
{
    if (strlen(text) < 10 || day_parse(text, 10, to) != DONE)
        return xml_stream_refuse(r->in,
                                 N_("una data non è scritta come 2026-01-15; chiedere alla banca un file corretto"));
    return DONE;
}

static enum outcome keep_sign(struct reading *r, bool *is_credit, const char *text)
{
    *is_credit = strcmp(text, "CRDT") == 0;
    if (*is_credit || strcmp(text, "DBIT") == 0)
        return DONE;
    return xml_stream_refuse(r->in, N_("un segno non è né CRDT né DBIT; chiedere alla banca un file corretto"));
}

static char *without_blanks(char *text)
{
    char *to = text;

    for (const char *c = text; *c; c++)
        if (*c != ' ')
            *to++ = *c;
    *to = '\0';
    return text;
}

/* The whole file. */

/* "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08" → "camt.053.001.08", "urn:CBI:xsd:X.00.01.02" → "X.00.01.02". */
static enum outcome take_format(struct reading *r, const char *uri)
{
    const char *camt = strstr(uri, "camt.05"), *cbi = text_starts(uri, "urn:CBI:") ? strrchr(uri, ':') + 1 : NULL;

    if (camt) {
        size_t length = strspn(camt, "camt.0123456789");
        snprintf(r->format, sizeof r->format, "%.*s", (int)(length < 15 ? length : 15), camt);
        if (strcmp(r->format + strlen(r->format) - 3, ".01") == 0 && length == 15)
            return xml_stream_refuse(
                r->in, N_("è un camt della versione 01, troppo vecchia; scaricare dalla banca la 02 o una successiva"));
    } else if (cbi) {
        size_t length = strspn(cbi, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.");
        snprintf(r->format, sizeof r->format, "%.*s", (int)length, cbi);
    } else if (text_starts(uri, "urn:iso:std:iso:20022:")) {
        return xml_stream_refuse(
            r->in,
            N_("è un altro messaggio ISO 20022, non un estratto conto; scaricare dalla banca un camt.053 o camt.054"));
    }
    return DONE;
}

static void statement_reset(struct reading *r)
{
    r->id[0] = r->account[0] = r->currency[0] = '\0';
    r->opening.stated = r->previous_closing.stated = r->closing.stated = false;
    r->booked = 0;
    r->has_begun = false;
    r->statements++;
    r->head = (struct statement_head){
        .format = r->format, .id = r->id, .account = r->account, .currency = r->currency, .opening = "", .closing = ""};
}

static enum outcome statement_begin(struct reading *r)
{
    if (r->has_begun)
        return DONE;
    r->has_begun = true;
    if (!r->opening.stated)
        r->opening = r->previous_closing;
    r->head.has_opening = r->opening.stated;
    r->head.has_closing = r->closing.stated;
    if (r->opening.stated)
        r->head.opening = r->opening.text;
    if (r->closing.stated)
        r->head.closing = r->closing.text;
    return r->sink->begin ? r->sink->begin(r->sink->arg, &r->head) : DONE;
}

static enum outcome statement_check(struct reading *r)
{
    char booked[AMOUNT_TEXT], sum[AMOUNT_TEXT];

    if (!r->is_statement || !r->opening.stated || !r->closing.stated)
        return DONE;
    amount_units should = r->opening.units + r->booked;
    bool same_currency = strcmp(r->opening.currency, r->closing.currency) == 0;
    r->head.check = same_currency && should == r->closing.units ? BALANCE_RIGHT : BALANCE_WRONG;
    if (r->head.check == BALANCE_RIGHT || r->sink->accept_unbalanced)
        return DONE;
    if (!same_currency)
        return problem_set(r->why, PROBLEM_STATEMENT_BALANCE, "",
                           N_("il saldo iniziale è in %s e il finale in %s; chiedere alla banca un file corretto"),
                           r->opening.currency, r->closing.currency);
    return problem_set(
        r->why, PROBLEM_STATEMENT_BALANCE, "",
        N_("saldo iniziale %s, movimenti contabilizzati %s: il saldo finale sarebbe %s e non %s; chiedere alla "
           "banca un file corretto"),
        r->opening.text, amount_text(r->booked, booked), amount_text(should, sum), r->closing.text);
}

static enum outcome statement_end(struct reading *r)
{
    TRY(statement_begin(r));
    TRY(statement_check(r));
    r->head.booked_fits = amount_money(r->booked, &r->head.booked);
    return r->sink->end ? r->sink->end(r->sink->arg, &r->head) : DONE;
}

/* A balance counts when it is complete; of several of one kind the first counts. */
static enum outcome balance_end(struct reading *r)
{
    static const char *const CODES[] = {"OPBD", "PRCD", "CLBD"};
    struct balance *kept[] = {&r->opening, &r->previous_closing, &r->closing};

    for (size_t i = 0; i < count_of(CODES); i++) {
        if (strcmp(r->balance_code, CODES[i]) != 0 || kept[i]->stated || !r->balance.stated)
            continue;
        *kept[i] = r->balance;
        if (!r->balance_is_debit || r->balance.units == 0)
            continue;
        kept[i]->units = -r->balance.units;
        snprintf(kept[i]->text, sizeof kept[i]->text, "-%.*s", AMOUNT_TEXT - 2, r->balance.text);
    }
    return DONE;
}

static enum outcome take_status(struct reading *r, const char *text)
{
    r->entry.status = strcmp(text, "BOOK") == 0 ? ENTRY_BOOKED : strcmp(text, "PDNG") == 0 ? ENTRY_PENDING : ENTRY_INFO;
    return DONE;
}

/* What xml_stream calls. */

static enum outcome on_open(void *arg, struct xml_stream *in, int place, const char *uri, const char *attribute)
{
    struct reading *r = arg;

    r->in = in;
    switch (place) {
    case CAMT_DOCUMENT:
        return r->format[0] ? DONE : take_format(r, uri);
    case CAMT_STATEMENTS:
    case CAMT_NOTIFICATIONS:
    case CAMT_REPORTS:
        r->is_statement = place == CAMT_STATEMENTS;
        if (!r->format[0])
            TRY(take_format(r, uri));
        if (!r->format[0])
            strcpy(r->format, place == CAMT_STATEMENTS ? "camt.053" : place == CAMT_REPORTS ? "camt.052" : "camt.054");
        return DONE;
    case STATEMENT:
        if (!r->format[0])
            strcpy(r->format, "camt.053");
        statement_reset(r);
        return DONE;
    case BALANCE:
        r->balance_code[0] = '\0';
        r->balance_is_debit = r->balance.stated = false;
        return DONE;
    case BALANCE_AMOUNT:
    case TX_AMOUNT:
        return keep_currency(r, r->amount_currency, attribute);
    case ENTRY:
        entry_begin(r);
        return statement_begin(r);
    case ENTRY_AMOUNT:
        return keep_currency(r, r->entry.currency, attribute);
    case ENTRY_STATUS: /* a bank's own status stands in another element: it never counts as booked */
        r->entry.status = ENTRY_INFO;
        r->entry.has_status = true;
        return DONE;
    case TX:
        return tx_begin(r);
    default:
        return DONE;
    }
}

static enum outcome close_head(struct reading *r, int place, char *text)
{
    bool is_credit;

    switch (place) {
    case STATEMENT:
        return statement_end(r);
    case STATEMENT_ID:
        return keep(r, r->id, sizeof r->id, "l'identificativo dell'estratto", text);
    case ACCOUNT_IBAN:
        return keep(r, r->account, sizeof r->account, N_("il conto"), without_blanks(text));
    case ACCOUNT_OTHER_ID:
        return keep(r, r->account, sizeof r->account, N_("il conto"), text);
    case ACCOUNT_CURRENCY:
        return keep_currency(r, r->currency, text);
    case BALANCE:
        return balance_end(r);
    case BALANCE_CODE:
        snprintf(r->balance_code, sizeof r->balance_code, "%s", text);
        return DONE;
    case BALANCE_AMOUNT:
        r->balance.stated = true;
        memcpy(r->balance.currency, r->amount_currency, sizeof r->balance.currency);
        return keep_amount(r, r->balance.text, &r->balance.units, text);
    case BALANCE_SIGN:
        TRY(keep_sign(r, &is_credit, text));
        r->balance_is_debit = !is_credit;
        return DONE;
    default:
        return DONE;
    }
}

static enum outcome close_entry(struct reading *r, int place, char *text)
{
    struct entry *entry = &r->entry;

    switch (place) {
    case ENTRY:
        return entry_end(r);
    case ENTRY_AMOUNT:
        entry->has_amount = true;
        return keep_amount(r, entry->amount, &entry->units, text);
    case ENTRY_SIGN:
        entry->has_sign = true;
        return keep_sign(r, &entry->credit, text);
    case ENTRY_REVERSAL:
        entry->reversal = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
        return DONE;
    case ENTRY_STATUS:
        return *text ? take_status(r, text) : DONE;
    case ENTRY_STATUS_CODE:
        return take_status(r, text);
    case ENTRY_BOOKING_DAY:
        return keep_day(r, &entry->booked_on, text);
    case ENTRY_VALUE_DAY:
        return keep_day(r, &entry->value_on, text);
    case ENTRY_REFERENCE:
        return keep(r, entry->reference, sizeof entry->reference, N_("il riferimento della banca"), text);
    case ENTRY_TEXT:
        return keep(r, entry->text, sizeof entry->text, N_("un testo"), text);
    default:
        return close_head(r, place, text);
    }
}

static enum outcome on_close(void *arg, struct xml_stream *in, int place, char *text)
{
    struct reading *r = arg;
    bool is_credit;

    r->in = in;
    switch (place) {
    case TX:
        return tx_end(r);
    case TX_AMOUNT:
        return tx_amount(r, text);
    case TX_SIGN:
        TRY(keep_sign(r, &is_credit, text));
        r->tx->is_debit = !is_credit;
        return DONE;
    case TX_END_TO_END:
        return tx_text(r, TEXT_END_TO_END, text);
    case TX_REFERENCE:
        return tx_text(r, TEXT_REFERENCE, text);
    case TX_DEBTOR_NAME:
        return tx_text(r, TEXT_DEBTOR, text);
    case TX_ULTIMATE_NAME:
        return tx_text(r, TEXT_ULTIMATE, text);
    case TX_DEBTOR_IBAN:
        return tx_text(r, TEXT_IBAN, without_blanks(text));
    case TX_DEBTOR_OTHER_ID:
        return tx_text(r, TEXT_OTHER_ACCOUNT, text);
    case TX_UNSTRUCTURED:
        return tx_text(r, TEXT_UNSTRUCTURED, text);
    case TX_CREDITOR_REFERENCE_TEXT:
    case TX_STRUCTURED_TEXT:
        return tx_text(r, TEXT_STRUCTURED, text);
    case TX_DOCUMENT_NUMBER:
        return tx_text(r, TEXT_DOCUMENT, text);
    case TX_RETURN_CODE:
        return tx_text(r, TEXT_RETURN, text);
    case TX_TEXT:
        return tx_text(r, TEXT_ADDITIONAL, text);
    default:
        return close_entry(r, place, text);
    }
}

enum outcome camt_read(const struct first_bytes *first, const struct statement_sink *sink, struct problem *why)
{
    struct reading *r = talloc_zero(NULL, struct reading);
    struct xml_reader reader = {
        .steps = CAMT_STEPS,
        .step_count = CAMT_STEP_COUNT,
        .attribute = "Ccy",
        .code = PROBLEM_STATEMENT_FORMAT,
        .wrong_root = N_("è un XML di altro genere; scaricare dalla banca l'estratto in formato camt.053 o camt.054"),
        .open = on_open,
        .close = on_close,
        .arg = r,
        .ahead = first->bytes,
        .ahead_length = first->length,
    };

    r->sink = sink;
    r->why = why;
    r->is_statement = true; /* CBI's envelope has no element of its own for it */
    r->tx = &r->room[0];
    r->held = &r->room[1];
    r->rest = &r->room[2];
    enum outcome o = xml_stream_read(first->file, &reader, why);
    if (o == DONE && r->statements == 0)
        o = problem_set(why, PROBLEM_STATEMENT_FORMAT, "",
                        N_("non contiene nessun estratto conto; scaricare dalla banca un camt.053 o camt.054"));
    talloc_free(r);
    return o;
}
