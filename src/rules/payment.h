/* rules/payment.h: the life of an attempt to pay (DOMAIN §3.4 Y1-Y12, PAYMENTS §0.2), and the ways to pay.
 *
 * What happened is told by providers in any order and any number of times, so the table has three answers: an event that
 * leads on, one that is old news (DONE, *to is `from`: write nothing), and one that contradicts what is known (REFUSED: a
 * person must look). Money is never refused: it may be captured after the attempt was given up. */
#pragma once

#include "base/problem.h"
#include "rules/order.h"
#include <stdbool.h>

enum payment_state {
    PAYMENT_NEW,          /* nobody has been asked yet */
    PAYMENT_PENDING,      /* the browser was sent away */
    PAYMENT_UNKNOWN,      /* an answer was lost: the provider must be asked */
    PAYMENT_AUTHORISED,   /* promised, not yet taken */
    PAYMENT_CAPTURED,
    PAYMENT_NEEDS_ACTION, /* the customer must come back */
    PAYMENT_FAILED,
    PAYMENT_CANCELLED,
    PAYMENT_EXPIRED,
    PAYMENT_HELD,         /* captured, but not what was asked for, or for an order that cannot take it */
    PAYMENT_PART_REFUNDED,
    PAYMENT_REFUNDED,
    PAYMENT_CHARGED_BACK,
    PAYMENT_STATES
};

enum payment_event {
    PAYMENT_EVENT_SEND,        /* the payer was sent to the provider, or the provider still waits for him */
    PAYMENT_EVENT_LOSE,        /* an answer was lost */
    PAYMENT_EVENT_AUTHORISE,
    PAYMENT_EVENT_CAPTURE,     /* taken, and what was asked for: payment_compare() says HELD_NOT */
    PAYMENT_EVENT_NEED_ACTION,
    PAYMENT_EVENT_FAIL,
    PAYMENT_EVENT_CANCEL,
    PAYMENT_EVENT_EXPIRE,
    PAYMENT_EVENT_HOLD,        /* taken, but not to be used for the order */
    PAYMENT_EVENT_RELEASE,     /* staff gave held money to an order */
    PAYMENT_EVENT_REFUND_PART, /* also once more of what was partly refunded: that changes nothing here */
    PAYMENT_EVENT_REFUND,      /* all of it */
    PAYMENT_EVENT_CHARGE_BACK,
    PAYMENT_EVENT_REINSTATE,   /* the dispute was won */
    PAYMENT_EVENTS
};

/* DONE and *to, which is `from` where the event changes nothing; REFUSED with PROBLEM_PAYMENT_STATE (detail: the state's
 * label) where it cannot be, such as a failure of what was captured. Refunds of what was never seen captured are refused:
 * apply the capture first. */
enum outcome payment_transition(enum payment_state from, enum payment_event event, enum payment_state *to,
                                struct problem *why) must_check;

/* The event that a provider's report of `state` is; PENDING and NEW are both "still waiting". */
enum payment_event payment_event_to(enum payment_state state);

const char *payment_state_name(enum payment_state state);  /* "needs_action": API, database */
const char *payment_state_label(enum payment_state state); /* msgid */
enum outcome payment_state_of(const char *name, enum payment_state *state) must_check;

bool payment_is_open(enum payment_state state);   /* may yet bring money without the customer starting over */
bool payment_has_money(enum payment_state state); /* all or some of it is with us: captured, held, partly refunded */

/* Why a provider refused, by its code: msgid, to stand in the middle of a sentence; NULL for "". */
const char *payment_refusal_words(const char *code);

/* Our key of an order's nth attempt at the provider, "RLM95055-1", never used twice (PAYMENTS §0.3). */
#define PAYMENT_KEY_TEXT 40
char *payment_key_make(const char *order_code, int attempt, char text[PAYMENT_KEY_TEXT]);

/* What was asked for, or what the provider says. */
struct payment_facts {
    struct money amount;
    const char *currency; /* "EUR", in capitals or not */
    const char *key;      /* ours; NULL or "" where the provider does not say: then it is not compared */
};

/* HELD_NOT where what was said is what was asked for; else why it is held: another key, then currency, then amount. */
enum held_reason payment_compare(const struct payment_facts *asked, const struct payment_facts *said);

enum payment_method {
    METHOD_CARD, /* Axerve */
    METHOD_PAYPAL,
    METHOD_STRIPE,
    METHOD_WALLET,
    METHOD_BANK_TRANSFER,
    METHOD_POSTAL_SLIP,
    METHOD_CHEQUE,
    PAYMENT_METHODS
};

const char *payment_method_name(enum payment_method method);  /* "bank_transfer" */
const char *payment_method_label(enum payment_method method); /* msgid */
const char *payment_method_delay(enum payment_method method); /* msgid: when the money is expected (R161), a sentence */
enum outcome payment_method_of(const char *name, enum payment_method *method) must_check;

bool payment_method_is_online(enum payment_method method);       /* on a provider's page: the browser is sent away */
bool payment_method_is_at_once(enum payment_method method);      /* the order goes on while the customer looks */
bool payment_method_shows_reference(enum payment_method method); /* the customer copies the order's code */
