/* rules/autorenew.h: automatic renewal (DOMAIN §3.6 A1-A11, L17, L21, P32-P34): the life of a mandate, and what happens on which day.
 *
 * A mandate is a customer's consent that one mailbox be renewed again and again from an instrument that the provider keeps. It is
 * alive while the next renewal is the program's business; meanwhile a renewal by hand is refused (R147). */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/problem.h"
#include <stdbool.h>

enum mandate_state {
    MANDATE_OFF,            /* asked for with an order that is not paid yet; or over */
    MANDATE_ON,
    MANDATE_NOTIFIED,       /* the customer was told what will be charged, and when */
    MANDATE_CHARGING,       /* the provider is being asked, or its answer was lost */
    MANDATE_RETRYING,       /* refused; the next attempt has its day */
    MANDATE_FAILED_OPEN,    /* no more attempts: the order waits to be paid by hand */
    MANDATE_METHOD_MISSING, /* the card or account is gone: renewing by hand is possible again */
    MANDATE_OFF_BY_USER,
    MANDATE_STATES
};

enum mandate_event {
    MANDATE_EVENT_SWITCH_ON,    /* A1; also with another instrument after the first was gone */
    MANDATE_EVENT_WARN,         /* A2 */
    MANDATE_EVENT_CHARGE,       /* A3, and each retry */
    MANDATE_EVENT_RENEW,        /* A4: the term was renewed, by the charge or by hand */
    MANDATE_EVENT_REFUSE,       /* A5: a soft refusal, and there is a day left */
    MANDATE_EVENT_GIVE_UP,      /* A6: the last or a hard refusal; or what must not be charged (A10) */
    MANDATE_EVENT_LOSE_METHOD,  /* A7 */
    MANDATE_EVENT_SWITCH_OFF,   /* A8 */
    MANDATE_EVENT_CLOSE_ORDER,  /* A9: the system's order was cancelled, or lapsed */
    MANDATE_EVENT_END,          /* the mailbox has ended, or the order with which it was asked for */
    MANDATE_EVENTS
};

/* The transition table: DONE and *to, or REFUSED with PROBLEM_MANDATE_STATE (detail: the state's label). What the program itself does
 * against the table is BROKEN: the caller's to say. */
enum outcome mandate_transition(enum mandate_state from, enum mandate_event event, enum mandate_state *to, struct problem *why) must_check;

bool mandate_is_alive(enum mandate_state state);        /* mailbox.auto_renew */
bool mandate_is_standing(enum mandate_state state);     /* alive, or waiting for another instrument: one a mailbox */
const char *mandate_state_name(enum mandate_state state);  /* "failed_open": database, API */
const char *mandate_state_label(enum mandate_state state); /* msgid */
enum outcome mandate_state_of(const char *name, enum mandate_state *state) must_check;

/* ---- When ---- */

#define AUTORENEW_RETRIES 8
struct autorenew_policy {
    int charge_days_before;                  /* P34 */
    int retry_days[AUTORENEW_RETRIES];       /* before the expiry, descending: 5 3 1 0 */
    int retry_count;
    int warn_months_before, warn_days_before; /* 3 and 30 (A2) */
};

enum autorenew_warning { WARNING_NONE, WARNING_FIRST, WARNING_SECOND };
const char *autorenew_warning_name(enum autorenew_warning warning); /* "first", "second" */

struct autorenew_days {
    struct day first, second, charge; /* of the term that ends so */
};
struct autorenew_days autorenew_days(struct day ends_on, const struct autorenew_policy *policy);

/* The warning that is due on a day, of which after a standstill only the latest is; and the day of the next one, DAY 0: none. */
enum autorenew_warning autorenew_warning_on(struct day ends_on, struct day today, const struct autorenew_policy *policy, struct day *next);

/* The day of the next attempt after one on `today`; false when there is none before the service ends. */
bool autorenew_next_try(struct day ends_on, struct day today, const struct autorenew_policy *policy, struct day *next);

/* ---- How much ---- */

struct autorenew_amounts {
    bool consumer;
    struct money agreed;    /* with the consent, or with what was bought since */
    struct money announced; /* by the last warning */
    struct money now;
    bool noticed;           /* the second warning left in time: art. 65-bis' thirty days */
};

/* Whether `now` may be charged (A10): it is not more than what was agreed, or it was announced; to a consumer thirty days before. */
bool autorenew_may_charge(const struct autorenew_amounts *amounts);

/* ---- What a refusal means ---- */

enum autorenew_refusal { REFUSAL_SOFT, REFUSAL_HARD, REFUSAL_METHOD };

/* By the provider's code: another day may go better; no day will; the instrument itself is no longer good. What is not known is soft. */
enum autorenew_refusal autorenew_refusal(const char *code);

/* Whether a card's last month is over; month 0: it has none. */
bool autorenew_card_is_over(int month, int year, struct day today);
