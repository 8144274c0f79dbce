/* rules/notice.h: which notice about a mailbox's term is due when (DOMAIN §3.9, P35).
 *
 * A plan is a list of steps in the order of their days. A step's day follows from the end of the term alone, and later ends never
 * have earlier days; so, on a date, the mailboxes that have a step behind them are those whose term ends on or before one day, the
 * step's reach. What is due to a whole population is then a range of ends for each step, and needs no mailbox to be looked at. */
#pragma once

#include "rules/term.h"

enum notice_kind {
    NOTICE_EXPIRY,  /* before the end, or on its day */
    NOTICE_EXPIRED, /* after it; the first is M15 */
    NOTICE_MODE,    /* on the day from which nothing is received any more, where that comes within the grace (M17) */
    NOTICE_GRACE,   /* before the grace is over */
};

#define NOTICE_EVENT 12
struct notice_step {
    char event[NOTICE_EVENT]; /* as plans write it: "-3m", "-60", "0", "+1", "grace-15" */
    enum notice_kind kind;
    struct span span;         /* how far from the end of the term, or of its grace; never negative */
    bool mailed;              /* false: the plan has no +1, but that a term is over is recorded all the same */
    bool charge;              /* where the term renews itself, its charge is announced here (A2) */
};

/* The step of M17: no word of a plan, but there wherever the policy has two modes. */
#define NOTICE_MODE_EVENT "read_only"

/* A step from a plan's word. REFUSED with PROBLEM_NOT_A_CHOICE. */
enum outcome notice_step_read(const char *word, struct notice_step *step, struct problem *why) must_check;

struct day notice_day(const struct notice_step *step, struct day ends_on, const struct renewal_policy *policy);
/* The last end of a term whose step is due on or before `today`. */
struct day notice_reach(const struct notice_step *step, struct day today, const struct renewal_policy *policy);
/* The last end of a term whose grace is over before `today`. */
struct day grace_reach(struct day today, const struct renewal_policy *policy);
/* When what is in a mailbox may be deleted at the earliest: the last day of its grace, and then `more`, are over (P47). */
struct day deletion_day(struct day renew_until, struct span more);
/* The latest of such last days whose mailboxes may be deleted `today`. */
struct day deletion_reach(struct day today, struct span more);

/* The ends of terms that crossed a step since the plan was last turned: those after `after`, up to `until`. To those after `later` it
 * is sent; for the others a later step is due by now as well, and this one is skipped. later_charged is the same where the term
 * renews itself: there the steps before its end count only where they announce the charge. */
struct notice_band {
    struct day after, until, later, later_charged;
};
#define NEVER_TURNED ((struct day){-25567}) /* 1900-01-01: before any term */
struct notice_band notice_band(const struct notice_step *steps, size_t count, size_t which, struct day turned, struct day today,
                               const struct renewal_policy *policy);
/* Whether the step is for mailboxes whose term renews itself. */
bool notice_for_charged(const struct notice_step *step);
