/* test/flow/bankfile.h: a bank's file, made of its movements or by hand, and its import. */
#pragma once

#include "flow/fixture.h"
#include "link/statement.h"
#include "sandbox/statement_write.h"
#include "shop/import_statement.h"

#define DAY day_of(2026, 12, 23) /* of every movement */

/* A statement of IBAN's movements on that DAY, for any format. */
struct camt_statement moved(const char *id, const struct camt_movement *movements, size_t count);
/* It as camt.053. */
char *camt(struct fixture *f, const char *id, const struct camt_movement *movements, size_t count);
struct camt_movement credit(const char *text, int64_t cents, const char *bank_reference);

#define STATEMENT(iban, opening, closing, entries)                                                                     \
    "<Stmt><Id>A MANO</Id><Acct><Id><IBAN>" iban "</IBAN></Id><Ccy>EUR</Ccy></Acct>" BALANCE("OPBD", opening)          \
        BALANCE("CLBD", closing) entries "</Stmt>"
#define BALANCE(code, amount)                                                                                          \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount                                   \
    "</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
#define ENTRY(amount, sign, rest)                                                                                      \
    "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" sign "</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"                   \
    "<BookgDt><Dt>2026-12-23</Dt></BookgDt>" rest "</Ntry>"
#define REFERENCE(text)  "<AcctSvcrRef>" text "</AcctSvcrRef>"
#define DETAILS(inner)   "<NtryDtls>" inner "</NtryDtls>"
#define TX(inner)        "<TxDtls>" inner "</TxDtls>"
#define TX_AMOUNT(text)  "<Amt Ccy=\"EUR\">" text "</Amt>"
#define REMITTANCE(text) "<RmtInf><Ustrd>" text "</Ustrd></RmtInf>"

/* "%1" to "%9" in a file written by hand become these texts. */
char *by_hand(struct fixture *f, const char *statements, const char *const *texts);

enum outcome import_with(struct fixture *f, statement_reader *reader, const char *xml, struct import_result *r,
                         struct problem *why);
/* It must succeed. */
struct import_result import(struct fixture *f, const char *xml);

void is_fulfilled(struct fixture *f, const char *code, bool fulfilled); /* or fails the test */
int64_t entries(struct fixture *f);
