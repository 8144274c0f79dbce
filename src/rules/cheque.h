/* rules/cheque.h: paying by cheque (DOMAIN §3.4 Y10, T34; PAYMENTS §13).
 *
 * A cheque is a promise until the bank can no longer return it. It clears at the earliest four working days after it was
 * deposited, and never by the calendar alone: somebody says so who has looked for a return on the statement. */
#pragma once

#include "base/money.h"
#include "base/problem.h"
#include "rules/workday.h"

enum cheque_kind {
    CHEQUE_BANK,    /* assegno bancario: drawn on the payer's account */
    CHEQUE_CASHIER, /* assegno circolare: the bank itself pays */
    CHEQUE_KINDS
};
const char *cheque_kind_name(enum cheque_kind kind);  /* "bank", "cashier": API, database */
const char *cheque_kind_label(enum cheque_kind kind); /* msgid */
enum outcome cheque_kind_of(const char *name, enum cheque_kind *kind) must_check;

enum cheque_state { CHEQUE_RECEIVED, CHEQUE_DEPOSITED, CHEQUE_CLEARED, CHEQUE_BOUNCED, CHEQUE_STATES };
enum cheque_event { CHEQUE_EVENT_DEPOSIT, CHEQUE_EVENT_CLEAR, CHEQUE_EVENT_BOUNCE, CHEQUE_EVENTS };
const char *cheque_state_name(enum cheque_state state);  /* "received": API, database */
const char *cheque_state_label(enum cheque_state state); /* msgid */
enum outcome cheque_state_of(const char *name, enum cheque_state *state) must_check;

/* received → deposited → cleared or bounced. The bank may turn it down before it takes it, and a return may still come after
 * clearing: both are bounces, the second one of money that must be taken back. DONE and the same state for an event that
 * came before; else REFUSED with PROBLEM_CHEQUE_STATE (detail: the state's label). */
enum outcome cheque_transition(enum cheque_state from, enum cheque_event event, enum cheque_state *to,
                               struct problem *why) must_check;

/* The earliest day to take it as cleared: four working days after the deposit (art. 120 TUB), a cashier's at once. */
struct day cheque_clears_on(enum cheque_kind kind, struct day deposited_on, struct patron patron);
/* REFUSED with PROBLEM_CHEQUE_CLEARING (detail: that day) while it is too early. */
enum outcome cheque_may_clear(enum cheque_kind kind, struct day deposited_on, struct patron patron, struct day today,
                              struct problem *why) must_check;

/* What stands on it. */
struct cheque_facts {
    enum cheque_kind kind;
    const char *number, *abi, *cab; /* 10, 5 and 5 digits */
    const char *drawer, *payee;
    struct money amount;
    struct day dated_on;
    bool non_transferable, is_signed;
};

/* Faults for which it goes back to its sender: its numbers, drawer, payee ("Visura S.p.A." is VISURA SPA), signature, and
 * "non trasferibile", which the law asks for from 1000 euro and we always. On the fields named as above. */
enum outcome cheque_check(const struct cheque_facts *facts, const char *seller, struct problems *faults) must_check;

/* What the desk should know and may pass over. */
enum cheque_warning {
    CHEQUE_OTHER_AMOUNT, /* not what is due: the money will be held */
    CHEQUE_POSTDATED,
    CHEQUE_LATE_IN_TOWN, /* after 8 days: too late if payable in the town where it was drawn */
    CHEQUE_LATE,         /* after 15 days, a cashier's 30: the drawer may stop it, no protest can be made */
    CHEQUE_WARNINGS
};
const char *cheque_warning_label(enum cheque_warning warning); /* msgid */
/* A bit 1 << warning for each. */
unsigned cheque_warnings(const struct cheque_facts *facts, struct money due, struct day today);
