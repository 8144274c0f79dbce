/* shop/import_statement.h: a bank's file, read twice: once to see that all of it is sound, once to book it. Each credit
 * is booked once, however often its statement comes (a statement again, or another that overlaps it). */
#pragma once

#include "shop/ports.h"
#include "shop/settle.h"

#define IMPORT_HELD_LISTED 1000

struct held_payment {
    struct money amount;
    const char *currency, *remittance;
    enum held_reason reason;
};

struct import_result {
    int64_t statements, entries; /* credits that are money: booked, no reversals */
    int64_t matched, held, duplicates;
    int64_t ignored;                /* debits, pending, reversals */
    int64_t unbalanced;             /* statements whose balances do not add up: booked all the same, and said */
    struct held_payment *held_list; /* the first IMPORT_HELD_LISTED */
    size_t held_listed;
};

struct statement_import {
    struct shop *shop;
    statement_reader *reader;
    int file;          /* seekable, at 0 */
    const char *brand; /* only this brand's account; NULL or "": any brand's */
    const char *account; /* which account the file is about, where it does not say itself (CSV); NULL or "": not known */
    struct actor actor;
    void (*progress)(void *arg, int64_t done, int64_t all); /* NULL: quiet */
    void *progress_arg;
    /* Not NULL: nothing is booked; each credit is told with what would become of it, in the order of the file. `order_code` "" none. */
    enum outcome (*look)(void *arg, const struct statement_payment *payment, const struct settled_entry *settled, const char *order_code);
    void *look_arg;
};

/* REFUSED when the file is no sound statement, is about an account of no brand, or does not say which (PROBLEM_STATEMENT_WHOSE, field
 * account): nothing has been booked then. BUSY or
 * BROKEN in the middle: what was booked stays, and importing the file again books the rest. */
enum outcome import_statement(void *mem, const struct statement_import *import, struct import_result *result,
                              struct problem *why) must_check;
