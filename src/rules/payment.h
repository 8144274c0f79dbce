/* rules/payment.h: the life of an attempt to pay (DOMAIN §3.4 Y1-Y12, PAYMENTS §0.2), and the ways to pay. */
#pragma once

#include "base/problem.h"
#include "rules/order.h"
#include <stdbool.h>

enum payment_state {
    PAYMENT_NEW,          /* nobody has been asked yet */
    PAYMENT_PENDING,      /* the browser was sent away */
    PAYMENT_UNKNOWN,      /* an answer was lost: the provider must be asked */
    PAYMENT_AUTHORISED,
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

const char *payment_state_name(enum payment_state state); /* "needs_action": API, database */
const char *payment_state_label(enum payment_state state); /* msgid */
enum outcome payment_state_of(const char *name, enum payment_state *state) must_check;
const char *payment_method_name(enum payment_method method); /* "bank_transfer" */
const char *payment_method_label(enum payment_method method); /* msgid */
enum outcome payment_method_of(const char *name, enum payment_method *method) must_check;
