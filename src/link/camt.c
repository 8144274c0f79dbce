/* link/camt.c */
#include "link/camt.h"
#include <string.h>

#define TEXT true

/* Versions differ in wrappers (Pty, Agt, Sts/Cd) and in what they allow, never in what a name means at its place; so
 * one table reads them all. CBI's envelope wraps the same Stmt in elements whose names begin with CBI (PAYMENTS §6.1).
 */
/* clang-format off */
const struct xml_step CAMT_STEPS[] = {
    {CAMT_START,            "Document",             CAMT_DOCUMENT},
    {CAMT_START,            "CBI*",                 CAMT_DOCUMENT},
    {CAMT_DOCUMENT,         "CBI*",                 CAMT_DOCUMENT},
    {CAMT_DOCUMENT,         "BkToCstmrStmt",        CAMT_STATEMENTS},
    {CAMT_DOCUMENT,         "BkToCstmrDbtCdtNtfctn", CAMT_NOTIFICATIONS},
    {CAMT_DOCUMENT,         "BkToCstmrAcctRpt",     CAMT_REPORTS},
    {CAMT_DOCUMENT,         "Stmt",                 STATEMENT},
    {CAMT_STATEMENTS,       "Stmt",                 STATEMENT},
    {CAMT_NOTIFICATIONS,    "Ntfctn",               STATEMENT},
    {CAMT_REPORTS,          "Rpt",                  STATEMENT},

    {STATEMENT,             "Id",                   STATEMENT_ID, TEXT},
    {STATEMENT,             "Acct",                 ACCOUNT},
    {ACCOUNT,               "Id",                   ACCOUNT_ID},
    {ACCOUNT_ID,            "IBAN",                 ACCOUNT_IBAN, TEXT},
    {ACCOUNT_ID,            "Othr",                 ACCOUNT_OTHER},
    {ACCOUNT_OTHER,         "Id",                   ACCOUNT_OTHER_ID, TEXT},
    {ACCOUNT,               "Ccy",                  ACCOUNT_CURRENCY, TEXT},
    {STATEMENT,             "Bal",                  BALANCE},
    {BALANCE,               "Tp",                   BALANCE_TYPE},
    {BALANCE_TYPE,          "CdOrPrtry",            BALANCE_CHOICE},
    {BALANCE_CHOICE,        "Cd",                   BALANCE_CODE, TEXT},
    {BALANCE,               "Amt",                  BALANCE_AMOUNT, TEXT},
    {BALANCE,               "CdtDbtInd",            BALANCE_SIGN, TEXT},
    {STATEMENT,             "Ntry",                 ENTRY},

    {ENTRY,                 "Amt",                  ENTRY_AMOUNT, TEXT},
    {ENTRY,                 "CdtDbtInd",            ENTRY_SIGN, TEXT},
    {ENTRY,                 "RvslInd",              ENTRY_REVERSAL, TEXT},
    {ENTRY,                 "Sts",                  ENTRY_STATUS, TEXT},
    {ENTRY_STATUS,          "Cd",                   ENTRY_STATUS_CODE, TEXT},
    {ENTRY,                 "BookgDt",              ENTRY_BOOKING},
    {ENTRY_BOOKING,          "Dt",                   ENTRY_BOOKING_DAY, TEXT},
    {ENTRY_BOOKING,          "DtTm",                 ENTRY_BOOKING_DAY, TEXT},
    {ENTRY,                 "ValDt",                ENTRY_VALUE},
    {ENTRY_VALUE,           "Dt",                   ENTRY_VALUE_DAY, TEXT},
    {ENTRY_VALUE,           "DtTm",                 ENTRY_VALUE_DAY, TEXT},
    {ENTRY,                 "AcctSvcrRef",          ENTRY_REFERENCE, TEXT},
    {ENTRY,                 "AddtlNtryInf",         ENTRY_TEXT, TEXT},
    {ENTRY,                 "NtryDtls",             ENTRY_DETAILS},
    {ENTRY_DETAILS,         "TxDtls",               TX},

    {TX,                    "Refs",                 TX_REFERENCES},
    {TX_REFERENCES,         "EndToEndId",           TX_END_TO_END, TEXT},
    {TX_REFERENCES,         "AcctSvcrRef",          TX_REFERENCE, TEXT},
    {TX,                    "Amt",                  TX_AMOUNT, TEXT},
    {TX,                    "AmtDtls",              TX_AMOUNTS},
    {TX_AMOUNTS,            "TxAmt",                TX_AMOUNTS_TX},
    {TX_AMOUNTS_TX,         "Amt",                  TX_AMOUNT, TEXT},
    {TX,                    "CdtDbtInd",            TX_SIGN, TEXT},
    {TX,                    "RltdPties",            TX_PARTIES},
    {TX_PARTIES,            "Dbtr",                 TX_DEBTOR},
    {TX_DEBTOR,             "Nm",                   TX_DEBTOR_NAME, TEXT},
    {TX_DEBTOR,             "Pty",                  TX_DEBTOR_PARTY},
    {TX_DEBTOR_PARTY,       "Nm",                   TX_DEBTOR_NAME, TEXT},
    {TX_DEBTOR,             "Agt",                  TX_DEBTOR_AGENT},
    {TX_DEBTOR_AGENT,       "FinInstnId",           TX_DEBTOR_BANK},
    {TX_DEBTOR_BANK,        "Nm",                   TX_DEBTOR_NAME, TEXT},
    {TX_PARTIES,            "UltmtDbtr",            TX_ULTIMATE},
    {TX_ULTIMATE,           "Nm",                   TX_ULTIMATE_NAME, TEXT},
    {TX_ULTIMATE,           "Pty",                  TX_ULTIMATE_PARTY},
    {TX_ULTIMATE_PARTY,     "Nm",                   TX_ULTIMATE_NAME, TEXT},
    {TX_PARTIES,            "DbtrAcct",             TX_DEBTOR_ACCOUNT},
    {TX_DEBTOR_ACCOUNT,     "Id",                   TX_DEBTOR_ACCOUNT_ID},
    {TX_DEBTOR_ACCOUNT_ID,  "IBAN",                 TX_DEBTOR_IBAN, TEXT},
    {TX_DEBTOR_ACCOUNT_ID,  "Othr",                 TX_DEBTOR_OTHER},
    {TX_DEBTOR_OTHER,       "Id",                   TX_DEBTOR_OTHER_ID, TEXT},
    {TX,                    "RmtInf",               TX_REMITTANCE},
    {TX_REMITTANCE,         "Ustrd",                TX_UNSTRUCTURED, TEXT},
    {TX_REMITTANCE,         "Strd",                 TX_STRUCTURED},
    {TX_STRUCTURED,         "CdtrRefInf",           TX_CREDITOR_REFERENCE},
    {TX_CREDITOR_REFERENCE, "Ref",                  TX_CREDITOR_REFERENCE_TEXT, TEXT},
    {TX_STRUCTURED,         "RfrdDocInf",           TX_DOCUMENT},
    {TX_DOCUMENT,           "Nb",                   TX_DOCUMENT_NUMBER, TEXT},
    {TX_STRUCTURED,         "AddtlRmtInf",          TX_STRUCTURED_TEXT, TEXT},
    {TX,                    "RtrInf",               TX_RETURN},
    {TX_RETURN,             "Rsn",                  TX_RETURN_REASON},
    {TX_RETURN_REASON,      "Cd",                   TX_RETURN_CODE, TEXT},
    {TX,                    "AddtlTxInf",           TX_TEXT, TEXT},
};
/* clang-format on */
const size_t CAMT_STEP_COUNT = count_of(CAMT_STEPS);

_Static_assert(CAMT_PLACES <= XML_PLACES, "more places than xml_stream has room for");

bool payment_text_add(struct payment_texts *texts, enum text_kind kind, const char *text)
{
    size_t size = strlen(text) + 1;

    if (size == 1)
        return true;
    if (texts->count == PAYMENT_TEXTS || size > PAYMENT_BYTES - texts->used)
        return false;
    texts->text[texts->count].kind = kind;
    texts->text[texts->count++].at = (uint32_t)texts->used;
    memcpy(texts->bytes + texts->used, text, size);
    texts->used += size;
    return true;
}

const char *payment_text(const struct payment_texts *texts, enum text_kind kind)
{
    for (size_t i = 0; i < texts->count; i++)
        if (texts->text[i].kind == kind)
            return texts->bytes + texts->text[i].at;
    return "";
}
