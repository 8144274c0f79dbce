/* rules/proof.h: the document that shows that money is on its way (DOMAIN §3.4 Y5-Y8, Y12; P21-P23; T33).
 *
 * The desk looks at it by rules/desk.h's deadline. Accepted, it stands for the money until the credit is booked; where
 * that does not come in ten working days, somebody must look again. */
#pragma once

#include "base/problem.h"
#include "rules/workday.h"

enum proof_kind {
    PROOF_EXECUTED_TRANSFER, /* the bank's document of a transfer it has executed */
    PROOF_POSTAL_RECEIPT,    /* stamped at the counter */
    PROOF_OTHER,             /* a copy of a payment that neither of them is */
    PROOF_KINDS
};
const char *proof_kind_name(enum proof_kind kind);  /* "executed_transfer": API, database */
const char *proof_kind_label(enum proof_kind kind); /* msgid */
enum outcome proof_kind_of(const char *name, enum proof_kind *kind) must_check;

enum proof_reason {
    PROOF_NOT_EXECUTED, /* "disposizione inserita": ordered, not yet done */
    PROOF_WRONG_KIND,
    PROOF_UNREADABLE,
    PROOF_WRONG_AMOUNT,
    PROOF_WRONG_CODE,
    PROOF_REASONS
};
const char *proof_reason_name(enum proof_reason reason);   /* "not_executed": API, database */
const char *proof_reason_label(enum proof_reason reason);  /* msgid: "documentazione non valida: …", for the desk's list */
const char *proof_reason_advice(enum proof_reason reason); /* msgid: a sentence for the customer, what to send instead */
enum outcome proof_reason_of(const char *name, enum proof_reason *reason) must_check;

enum proof_state { PROOF_RECEIVED, PROOF_ACCEPTED, PROOF_REJECTED, PROOF_CREDITED, PROOF_NEVER_CREDITED, PROOF_STATES };
enum proof_event {
    PROOF_EVENT_ACCEPT,
    PROOF_EVENT_REJECT,
    PROOF_EVENT_CREDIT, /* the money was booked */
    PROOF_EVENT_ALERT,  /* it was not, for too long */
    PROOF_EVENTS
};
const char *proof_state_name(enum proof_state state);  /* "never_credited": API, database */
const char *proof_state_label(enum proof_state state); /* msgid */
enum outcome proof_state_of(const char *name, enum proof_state *state) must_check;

/* Received ones are accepted or rejected, accepted ones credited or not; money may come before the verdict and after the
 * alert, and the desk may still accept what it rejected. DONE, and *to is `from` where nothing changes; else REFUSED with
 * PROBLEM_PROOF_STATE (detail: the state's label). */
enum outcome proof_transition(enum proof_state from, enum proof_event event, enum proof_state *to,
                              struct problem *why) must_check;

/* The kinds that a brand accepts (P23), a bit 1 << kind each: by default what shows that the payment was executed. */
#define PROOF_KINDS_EXECUTED (1u << PROOF_EXECUTED_TRANSFER | 1u << PROOF_POSTAL_RECEIPT)
/* REFUSED with PROBLEM_PROOF_KIND on "kind" where `kind` is not among `kinds`. */
enum outcome proof_kind_valid(enum proof_kind kind, unsigned kinds, struct problem *why) must_check;

/* The first day on which the missing credit is an alert: the tenth working day after it was accepted (Y12). */
struct day proof_alert_on(struct day accepted_on, struct patron patron);
