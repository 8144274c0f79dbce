/* rules/term.h: when a mailbox's service ends, when it may be renewed, and what works meanwhile.
 *
 * A term ends on a civil date, inclusive: the mailbox works until 24:00 Europe/Rome of that day (DOMAIN D1). Renewing always
 * extends the old end, early or late, never from the day of payment (D5, D6; R126). The anchor is the day of month of the
 * first end, kept so that a term that began on the 31st does not drift through February (D3). */
#pragma once

#include "base/day.h"
#include "base/problem.h"

struct term {
    struct day ends_on;
    int anchor; /* 1..31 */
};

/* A length of time as policies state it: so many calendar months and then so many days. */
struct span {
    int months, days;
};

/* What an expired mailbox still does during its grace (DOMAIN P7). */
enum expired_mode { EXPIRED_READ_ONLY, EXPIRED_RECEIVE_ONLY, EXPIRED_DISABLED };

#define ANY_TIME (-1)

/* The part of a brand's policy that concerns renewing (DOMAIN §2). */
struct renewal_policy {
    int opens_months_before;      /* P4; ANY_TIME: no opening limit */
    struct span closes_after;     /* P5; {0,0}: stops the day after expiry */
    enum expired_mode expired_mode; /* P7 */
    int horizon_years;            /* D9: new end ≤ today + this + the opening window; 5 */
    int min_years, max_years;     /* P11 */
    int advise_days_before;       /* P6 */
    struct span receives_for;     /* M17: of the grace, in receive_only; afterwards it is read only. {0,0}: all of it */
};

/* First and last day, both inclusive, on which a mailbox with this end may be renewed (D8). opens_on is DAY 0 for ANY_TIME. */
struct renewal_window {
    struct day opens_on, closes_on;
};
struct renewal_window renewal_window(struct day ends_on, const struct renewal_policy *policy);

/* DONE when `today` is within the window; REFUSED with PROBLEM_TOO_EARLY (detail: the opening date, Italian form) or
 * PROBLEM_TOO_LATE (detail: the last day it was possible) otherwise (R119: a message for each). */
enum outcome renewal_window_check(struct day ends_on, struct day today, const struct renewal_policy *policy,
                                  struct problem *why) must_check;

/* The term after `years` more. REFUSED with PROBLEM_YEARS outside the years on sale, PROBLEM_HORIZON when it would end past the
 * horizon (D9; detail: the last date allowed), PROBLEM_STILL_EXPIRED when it would end today or before (D6; detail: the years
 * that are needed), PROBLEM_DAY_RANGE past the calendar. The window is not checked here. */
enum outcome term_renew(struct term t, int64_t years, struct day today, const struct renewal_policy *policy,
                        struct term *renewed, struct problem *why) must_check;

/* Until which day, inclusive, a mailbox may do each thing (DESIGN §1.7). receive_until etc. follow from the mode: during the
 * grace, read_only leaves reading, receive_only leaves receiving (for receives_for, then no more) and reading, disabled leaves nothing. */
struct allowed {
    struct day send_until, receive_until, read_until, renew_until;
};
struct allowed term_allows(struct day ends_on, const struct renewal_policy *policy);

/* The mailbox's phase on a date, from its dates alone. A mailbox that may be renewed at any time is expiring in its last three
 * months, when notices begin (P35). */
enum phase { PHASE_ACTIVE, PHASE_EXPIRING /* inside the renewal window, DOMAIN M13 */, PHASE_EXPIRED, PHASE_CEASED };
enum phase term_phase(struct day ends_on, struct day today, const struct renewal_policy *policy);
const char *phase_name(enum phase phase); /* "active", "expiring", "expired", "ceased": API, database, logs */
