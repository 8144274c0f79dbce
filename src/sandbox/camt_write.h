/* sandbox/camt_write.h: a camt.053.001.08 as a bank would send it, for the simulated bank and the tests. */
#pragma once

#include "base/clock.h"
#include "base/money.h"
#include "link/statement.h"

/* One movement. Texts may be NULL or "". Amounts count from 0; `debit` turns the direction. */
struct camt_movement {
    struct money amount;
    const char *currency; /* NULL: the account's */
    bool debit, reversal;
    enum entry_status status;
    struct day booked_on, value_on; /* DAY 0: the statement's day */
    const char *debtor, *debtor_iban;
    const char *remittance;     /* of any length: cut into lines of 140 characters */
    const char *end_to_end_id;  /* none: NOTPROVIDED */
    const char *bank_reference; /* none: made from the statement's id and the movement's number */
};

struct camt_statement {
    const char *id; /* at most 25 characters */
    const char *iban, *currency;
    int sequence;
    struct instant created;
    struct day day;
    struct money opening;
    const struct camt_movement *movements;
    size_t movement_count;
};

/* The file's text, owned by `mem`, valid by the schema. The closing balance is the opening one and every booked
 * movement in the account's currency. Control characters are left out and what is too long for its field is cut.
 * REFUSED with PROBLEM_STATEMENT_FORMAT for a negative amount or sums past MONEY_LIMIT. */
enum outcome camt_write(void *mem, const struct camt_statement *statement, char **xml, struct problem *why) must_check;

/* The balance that it closes with. REFUSED as camt_write. */
enum outcome camt_closing(const struct camt_statement *statement, struct money *closing,
                          struct problem *why) must_check;
