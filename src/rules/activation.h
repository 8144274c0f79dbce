/* rules/activation.h: the life of a request for a mailbox (DOMAIN §3.2 M1-M12), from the form to the active mailbox. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>

enum request_state {
    REQUEST_REQUESTED,        /* the form, with its draft */
    REQUEST_RESERVED,         /* a name is held */
    REQUEST_AWAITING_PAYMENT, /* ordered */
    REQUEST_DOCS_PENDING,     /* paid and invoiced: shown as "ordine in lavorazione" (R64) */
    REQUEST_IN_REVIEW,        /* its papers are at the desk */
    REQUEST_WAITING,          /* approved; a consumer's days of withdrawal are not over, who did not ask for it to begin before (L15) */
    REQUEST_ACTIVATING,       /* approved; the mail host is asked */
    REQUEST_ACTIVE,
    REQUEST_REFUSED,          /* given back */
    REQUEST_DROPPED,          /* never ordered, cancelled or lapsed: its names are free again */
    REQUEST_STATES
};

enum request_event {
    REQUEST_EVENT_HOLD,     /* Valida found a free name (M2); again while one is held */
    REQUEST_EVENT_LOSE,     /* the hold ran out, or none of the names is free (M3) */
    REQUEST_EVENT_ORDER,    /* Conferma (M4) */
    REQUEST_EVENT_PAY,      /* M5 */
    REQUEST_EVENT_DROP,     /* M6, and a draft that nobody touched for 30 days */
    REQUEST_EVENT_SUBMIT,   /* invio documenti (M7) */
    REQUEST_EVENT_REJECT,   /* M8: the papers are asked for again */
    REQUEST_EVENT_APPROVE,  /* M9 */
    REQUEST_EVENT_PUT_OFF,  /* M9, to a later day (L15) */
    REQUEST_EVENT_BEGIN,    /* that day has come */
    REQUEST_EVENT_REFUSE,   /* M10: final, or 90 days of silence */
    REQUEST_EVENT_ACTIVATE, /* M11 */
    REQUEST_EVENT_FAIL,     /* M12: the host takes none of the names */
    REQUEST_EVENTS
};

/* The transition table: DONE and *next, or REFUSED with PROBLEM_REQUEST_STATE (detail: the state's Italian label). */
enum outcome request_transition(enum request_state from, enum request_event event, enum request_state *next,
                                struct problem *why) must_check;

const char *request_state_name(enum request_state state);  /* "docs_pending": API, database */
const char *request_state_label(enum request_state state); /* msgid: "in attesa dei documenti" */
enum outcome request_state_of(const char *name, enum request_state *state) must_check;

/* Why the desk sends papers back, or refuses for good (K4). */
enum review_reason {
    REVIEW_EXPIRED_DOCUMENT,
    REVIEW_ILLEGIBLE,
    REVIEW_UNSIGNED,
    REVIEW_WRONG_PERSON,
    REVIEW_WRONG_VERSION,
    REVIEW_MISSING_PAGES,
    REVIEW_NOT_ENTITLED, /* the holder may not have this mailbox: a refusal */
    REVIEW_SILENCE,      /* no papers for the brand's days: a refusal */
    REVIEW_REASONS
};
const char *review_reason_name(enum review_reason reason);   /* "expired_document" */
const char *review_reason_label(enum review_reason reason);  /* msgid, for the desk's list */
const char *review_reason_advice(enum review_reason reason); /* msgid: a sentence for the customer, what to send instead */
enum outcome review_reason_of(const char *name, enum review_reason *reason) must_check;
