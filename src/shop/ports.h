/* shop/ports.h: the outside world, as function tables. link/ implements them; the tests and the demo may put others in their
 * place; nothing in shop/ knows the difference. */
#pragma once

#include "base/clock.h"
#include "base/money.h"
#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

/* ---- What a bank says happened on an account ---- */

enum entry_status { ENTRY_BOOKED, ENTRY_PENDING, ENTRY_INFO };

/* Opening balance + booked entries = closing balance, where a camt.053 states both. Two currencies are wrong as well.
 */
enum balance_check { BALANCE_UNSTATED, BALANCE_RIGHT, BALANCE_WRONG };

/* One statement, notification or report inside a file; strings are valid during the call. */
struct statement_head {
    const char *format; /* "camt.053.001.08"; "camt.053" where the namespace says no version; CBI's:
                           "CBIBdyBkToCstmrStmtReq.00.01.02" */
    const char *id;
    const char *account;  /* IBAN, or the other identifier */
    const char *currency; /* "" when not stated */
    bool has_opening, has_closing;
    const char *opening, *closing; /* signed decimal text as the bank wrote it, "" where absent */
    enum balance_check check;      /* known at the end */
    size_t entries;                /* counted at the end */
    struct money booked; /* at the end: its booked entries in its own currency, debits negative */
    bool booked_fits;    /* false: no whole number of cents, or too much */
};

/* One payment (a TxDtls, or the entry itself when it has none). In a batch, the TxDtls that state no amount of their
 * own are one payment of what the entry leaves over; where it leaves nothing the amount is not known and `amount_text`
 * is "". The entry's text (AddtlNtryInf) goes with its payment only where it has one alone. `amount_text` is exact;
 * `amount` is set when it fits cents of any currency with two decimals, `amount_fits` says so. */
struct statement_payment {
    struct money amount;
    bool amount_fits;
    const char *amount_text;
    const char *currency;
    enum entry_status status;
    bool credit, reversal; /* as the entry says: the effect on the account; no credit where the TxDtls says DBIT */
    struct day booked_on, value_on; /* DAY 0: not stated */
    const char *debtor,
        *debtor_iban;           /* who paid, else for whom; their IBAN, else the other identifier of the account */
    const char *end_to_end_id;  /* "" also for NOTPROVIDED */
    const char *bank_reference; /* AcctSvcrRef of the payment, else of the entry, else "" */
    const char *return_reason;  /* "AC04": a transfer or a direct debit came back; "" otherwise */
    const char *remittance;     /* for people: Ustrd and structured references joined by a blank; without any, the
                                   additional texts */
    const char *const *pieces; /* Ustrd, structured references, EndToEndId, then the additional texts: what to search */
    size_t piece_count;
    const char *entry_amount_text;     /* the amount of the whole entry, exact */
    size_t entry_index, payment_index; /* position in its statement and in its entry, from 0 */
    int line;
};

struct statement_sink {
    /* `begin` gets what is known when the statement's entries start (balances come before them in every version). Any
     * outcome but DONE stops the reading and is returned. Any of the three may be NULL. */
    enum outcome (*begin)(void *arg, const struct statement_head *head);
    enum outcome (*payment)(
        void *arg, const struct statement_payment *payment); /* all of them: debits, pending and reversals too */
    enum outcome (*end)(void *arg, const struct statement_head *head); /* head complete, the control sum checked */
    void *arg;
    bool accept_unbalanced; /* to show a file, not to book it: a wrong control sum is only noted in the head */
};

/* Reads from an open file descriptor, from its current position. REFUSED, with the line and the reason, when it is no statement;
 * payments already given to the sink must then be forgotten by the caller: nothing is kept half-read. */
typedef enum outcome statement_reader(int file, const struct statement_sink *sink, struct problem *why);

/* ---- Mail ---- */

struct mail; /* net/smtp.h */

struct mailer {
    /* DONE: taken; BUSY: not now; REFUSED: never (why says what the server said). */
    enum outcome (*send)(void *arg, const struct mail *mail, struct problem *why);
    void *arg;
};
