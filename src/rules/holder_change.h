/* rules/holder_change.h: the life of a change of holder (cambio di intestatario; DOMAIN M25): the present holder asks, the new one
 * accepts and sends an identity document, the desk approves, and the mailbox passes. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>

enum holder_change_state {
    HOLDER_CHANGE_ASKED,     /* by the present holder; the new one has the link */
    HOLDER_CHANGE_ACCEPTED,  /* by the new one, whose identity document is awaited */
    HOLDER_CHANGE_IN_REVIEW, /* it is at the desk */
    HOLDER_CHANGE_DONE,
    HOLDER_CHANGE_CANCELLED, /* by the present holder */
    HOLDER_CHANGE_DECLINED,  /* by the new one */
    HOLDER_CHANGE_REFUSED,   /* by the desk */
    HOLDER_CHANGE_EXPIRED,   /* what was awaited did not come in time, or the mailbox is no longer there to pass */
    HOLDER_CHANGE_STATES
};

enum holder_change_event {
    HOLDER_CHANGE_EVENT_ACCEPT,
    HOLDER_CHANGE_EVENT_SEND,
    HOLDER_CHANGE_EVENT_REJECT,  /* the papers are asked for again */
    HOLDER_CHANGE_EVENT_PASS,    /* approved */
    HOLDER_CHANGE_EVENT_CANCEL,
    HOLDER_CHANGE_EVENT_DECLINE,
    HOLDER_CHANGE_EVENT_REFUSE,
    HOLDER_CHANGE_EVENT_EXPIRE,
    HOLDER_CHANGE_EVENTS
};

/* DONE and *next, or REFUSED with PROBLEM_HOLDER_CHANGE_STATE (detail: the state's Italian label). */
enum outcome holder_change_transition(enum holder_change_state from, enum holder_change_event event, enum holder_change_state *next,
                                      struct problem *why) must_check;
bool holder_change_is_open(enum holder_change_state state);

const char *holder_change_state_name(enum holder_change_state state);  /* "in_review": API, database */
const char *holder_change_state_label(enum holder_change_state state); /* msgid: "documenti in verifica" */
enum outcome holder_change_state_of(const char *name, enum holder_change_state *state) must_check;
