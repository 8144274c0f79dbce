/* rules/order.h: the life of an order (DOMAIN §3.3) and what may settle it (§3.4). */
#pragma once

#include "base/clock.h"
#include "base/money.h"
#include "base/problem.h"
#include <stdbool.h>

enum order_state {
    ORDER_CONFIRMED, /* in attesa di pagamento */
    ORDER_PAID,
    ORDER_INVOICED,
    ORDER_IN_PROCESS, /* ordine in lavorazione: a purchase that is paid, not yet a mailbox */
    ORDER_FULFILLED, /* evaso */
    ORDER_CANCELLED,
    ORDER_LAPSED,
    ORDER_REFUNDED,
    ORDER_STATES
};

enum order_event {
    ORDER_EVENT_PAY,
    ORDER_EVENT_PAY_LATE, /* after it lapsed, with money authorised before (D16) */
    ORDER_EVENT_INVOICE,
    ORDER_EVENT_PROCESS, /* of a purchase: its papers are asked for */
    ORDER_EVENT_FULFIL,
    ORDER_EVENT_CREDIT, /* of a top-up: to the prepaid account, without an invoice */
    ORDER_EVENT_CANCEL,
    ORDER_EVENT_LAPSE,
    ORDER_EVENT_REFUND
};

/* The transition table: DONE and *next, or REFUSED with PROBLEM_ORDER_STATE (detail: the state's Italian label). */
enum outcome order_transition(enum order_state from, enum order_event event, enum order_state *next, struct problem *why) must_check;

bool order_is_open(enum order_state state);            /* confirmed: may be paid, cancelled, lapses */
const char *order_state_name(enum order_state state);  /* "confirmed": API, database */
enum outcome order_state_of(const char *name, enum order_state *state) must_check;
const char *order_state_label(enum order_state state); /* msgid: "in attesa di pagamento" */

/* Why money is held instead of settling an order (§3.4 Y9). */
enum held_reason {
    HELD_NOT,               /* it settles */
    HELD_NO_REFERENCE,      /* no 15 digits, no code */
    HELD_BAD_CHECK_DIGITS,  /* 15 digits that fail their check */
    HELD_NO_ORDER,          /* well formed, of no order of ours */
    HELD_REUSED,            /* the order was already paid: last year's causale (R36) */
    HELD_CANCELLED,         /* the order was cancelled or has lapsed */
    HELD_AMOUNT_SHORT,
    HELD_AMOUNT_OVER,
    HELD_CURRENCY,
    HELD_SEVERAL_ORDERS,    /* more than one of our references in one payment */
    HELD_WRONG_ACCOUNT,     /* the credit is on an account that is not the order's brand's */
    HELD_OTHER_PAYMENT,     /* a provider's answer names another payment than the one asked about */
    HELD_REASONS
};
const char *held_reason_name(enum held_reason reason);  /* "bad_check_digits": API, database */
const char *held_reason_label(enum held_reason reason); /* msgid, for people */
enum outcome held_reason_of(const char *name, enum held_reason *reason) must_check;

/* Whether a booked credit of `amount` settles an order in `state` whose total is `due` (exact, tolerance 0.00). */
enum held_reason order_settlement(enum order_state state, struct money due, struct money amount);
