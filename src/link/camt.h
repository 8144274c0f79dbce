/* link/camt.h: where things stand in a camt.052, .053 and .054, and what is gathered of them while the file goes by.
 * Inside link only; the rest of the program uses link/statement.h. */
#pragma once

#include "link/amount.h"
#include "link/statement.h"
#include "link/statement_lines.h"
#include "link/xml_stream.h"
#include <stdint.h>

/* `first` holds the file's first bytes. REFUSED as statement.h says. */
enum outcome camt_read(const struct first_bytes *first, const struct statement_sink *sink,
                       struct problem *why) must_check;

enum camt_place {
    CAMT_START,
    CAMT_DOCUMENT,
    CAMT_STATEMENTS,
    CAMT_NOTIFICATIONS,
    CAMT_REPORTS,
    STATEMENT,
    STATEMENT_ID,
    ACCOUNT,
    ACCOUNT_ID,
    ACCOUNT_IBAN,
    ACCOUNT_OTHER,
    ACCOUNT_OTHER_ID,
    ACCOUNT_CURRENCY,
    BALANCE,
    BALANCE_TYPE,
    BALANCE_CHOICE,
    BALANCE_CODE,
    BALANCE_AMOUNT,
    BALANCE_SIGN,
    ENTRY,
    ENTRY_AMOUNT,
    ENTRY_SIGN,
    ENTRY_REVERSAL,
    ENTRY_STATUS,
    ENTRY_STATUS_CODE,
    ENTRY_BOOKING,
    ENTRY_BOOKING_DAY,
    ENTRY_VALUE,
    ENTRY_VALUE_DAY,
    ENTRY_REFERENCE,
    ENTRY_TEXT,
    ENTRY_DETAILS,
    TX,
    TX_REFERENCES,
    TX_END_TO_END,
    TX_REFERENCE,
    TX_AMOUNT,
    TX_AMOUNTS,
    TX_AMOUNTS_TX,
    TX_SIGN,
    TX_PARTIES,
    TX_DEBTOR,
    TX_DEBTOR_PARTY,
    TX_DEBTOR_AGENT,
    TX_DEBTOR_BANK,
    TX_DEBTOR_NAME,
    TX_ULTIMATE,
    TX_ULTIMATE_PARTY,
    TX_ULTIMATE_NAME,
    TX_DEBTOR_ACCOUNT,
    TX_DEBTOR_ACCOUNT_ID,
    TX_DEBTOR_IBAN,
    TX_DEBTOR_OTHER,
    TX_DEBTOR_OTHER_ID,
    TX_REMITTANCE,
    TX_UNSTRUCTURED,
    TX_STRUCTURED,
    TX_CREDITOR_REFERENCE,
    TX_CREDITOR_REFERENCE_TEXT,
    TX_DOCUMENT,
    TX_DOCUMENT_NUMBER,
    TX_STRUCTURED_TEXT,
    TX_RETURN,
    TX_RETURN_REASON,
    TX_RETURN_CODE,
    TX_TEXT,
    CAMT_PLACES
};

extern const struct xml_step CAMT_STEPS[];
extern const size_t CAMT_STEP_COUNT;

/* The texts of one payment, in the order in which people and the search for references want them. */
enum text_kind {
    TEXT_UNSTRUCTURED,
    TEXT_STRUCTURED,
    TEXT_DOCUMENT,
    TEXT_END_TO_END,
    TEXT_ADDITIONAL,
    TEXT_SEARCHED, /* those above are pieces to search; those below are fields */
    TEXT_REFERENCE,
    TEXT_DEBTOR,
    TEXT_ULTIMATE,
    TEXT_IBAN,
    TEXT_OTHER_ACCOUNT,
    TEXT_RETURN,
};

#define ID_MAX       140
#define CURRENCY_MAX 3

#define PAYMENT_TEXTS 256
#define PAYMENT_BYTES 65536

struct payment_texts {
    size_t count, used;
    struct {
        enum text_kind kind;
        uint32_t at;
    } text[PAYMENT_TEXTS];
    char bytes[PAYMENT_BYTES];
};

/* False when there is no room; nothing is then changed. Empty texts are not kept. */
bool payment_text_add(struct payment_texts *texts, enum text_kind kind, const char *text);
const char *payment_text(const struct payment_texts *texts, enum text_kind kind); /* the first of its kind, or "" */

struct balance {
    bool stated;
    amount_units units; /* with its sign */
    char text[AMOUNT_TEXT], currency[CURRENCY_MAX + 1];
};

struct entry {
    amount_units units, shared_out; /* the whole; what its TxDtls have taken of it */
    char amount[AMOUNT_TEXT], currency[CURRENCY_MAX + 1];
    bool has_amount, has_sign, credit, reversal, has_status;
    bool has_foreign; /* one of its TxDtls is in another currency: what is left over cannot be told */
    enum entry_status status;
    struct day booked_on, value_on;
    char reference[ID_MAX + 1], text[XML_TEXT_MAX + 1];
    size_t tx_count, given;
    int line;
};

/* A TxDtls, or what is left of an entry. */
struct tx {
    bool filled, has_amount, is_debit;
    amount_units units;
    char amount[AMOUNT_TEXT], currency[CURRENCY_MAX + 1];
    int line;
    struct payment_texts texts;
};

struct reading {
    struct xml_stream *in;
    const struct statement_sink *sink;
    struct problem *why;

    struct statement_head head;
    char format[64], id[ID_MAX + 1], account[ID_MAX + 1], currency[CURRENCY_MAX + 1];
    bool is_statement, has_begun;
    size_t statements;

    char amount_currency[CURRENCY_MAX + 1]; /* of the balance's or TxDtls' amount being read */
    struct balance balance, opening, previous_closing, closing;
    char balance_code[8];
    bool balance_is_debit;
    amount_units booked; /* credits less debits, in the balances' currency, or else the account's */

    struct entry entry;
    struct tx *tx, *held, *rest;
    struct tx room[3];
    const char *pieces[PAYMENT_TEXTS];
    char remittance[PAYMENT_BYTES + PAYMENT_TEXTS];
};

/* An amount of the file into its parts, or a complaint. */
enum outcome keep_amount(struct reading *r, char to[AMOUNT_TEXT], amount_units *units, const char *text) must_check;

/* The order of calls: entry_begin, then for each TxDtls tx_begin, its texts and amounts, tx_end; then entry_end. */
void entry_begin(struct reading *r);
enum outcome entry_end(struct reading *r) must_check;
enum outcome tx_begin(struct reading *r) must_check;
enum outcome tx_end(struct reading *r) must_check;
enum outcome tx_amount(struct reading *r, const char *text) must_check; /* its currency is in r->amount_currency */
enum outcome tx_text(struct reading *r, enum text_kind kind, const char *text) must_check;
