/* rules/notice.c: the plan of notices, by DOMAIN §3.9. */
#include "rules/notice.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_MONTHS 24
#define MOST_DAYS   730

/* `digits`, then "m" for months; false where it is anything else. */
static bool read_span(const char *text, struct span *span)
{
    char *rest;
    long n;

    if (text[0] < '0' || text[0] > '9')
        return false;
    n = strtol(text, &rest, 10);
    *span = (struct span){0};
    if (strcmp(rest, "m") == 0 && n <= MOST_MONTHS)
        span->months = (int)n;
    else if (rest[0] == '\0' && n <= MOST_DAYS)
        span->days = (int)n;
    else
        return false;
    return true;
}

enum outcome notice_step_read(const char *word, struct notice_step *step, struct problem *why)
{
    const char *span = word;

    *step = (struct notice_step){.mailed = true};
    if (text_starts(word, "grace-")) {
        step->kind = NOTICE_GRACE;
        span += strlen("grace-");
    } else if (word[0] == '+') {
        step->kind = NOTICE_EXPIRED;
        span++;
    } else if (word[0] == '-') {
        span++;
    } else if (strcmp(word, "0") != 0) {
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "", "%s", word);
    }
    if (strlen(word) >= sizeof step->event || !read_span(span, &step->span) ||
        (step->kind != NOTICE_EXPIRY && step->span.months == 0 && step->span.days == 0))
        return problem_set(why, PROBLEM_NOT_A_CHOICE, "", "%s", word);
    snprintf(step->event, sizeof step->event, "%s", word);
    return DONE;
}

static struct day minus(struct day d, struct span span)
{
    return day_plus(day_add_months(d, -span.months, 0), -span.days);
}

static struct day plus(struct day d, struct span span)
{
    return day_plus(day_add_months(d, span.months, 0), span.days);
}

struct day notice_day(const struct notice_step *step, struct day ends_on, const struct renewal_policy *policy)
{
    switch (step->kind) {
    case NOTICE_EXPIRED:
        return plus(ends_on, step->span);
    case NOTICE_MODE:
        return day_plus(term_allows(ends_on, policy).receive_until, 1);
    case NOTICE_GRACE:
        return minus(renewal_window(ends_on, policy).closes_on, step->span);
    case NOTICE_EXPIRY:
        break;
    }
    return minus(ends_on, step->span);
}

struct day deletion_day(struct day renew_until, struct span more)
{
    return day_plus(plus(renew_until, more), 1);
}

/* What a day is computed with, for `reach`. */
struct counting {
    const struct notice_step *step; /* NULL: the end of the grace; without a policy the deletion's, from that end on */
    struct span more;
    const struct renewal_policy *policy;
};

static struct day day_of_end(const struct counting *c, struct day ends_on)
{
    if (!c->policy)
        return deletion_day(ends_on, c->more);
    return c->step ? notice_day(c->step, ends_on, c->policy)
                   : day_plus(renewal_window(ends_on, c->policy).closes_on, 1);
}

/* Later ends never have earlier days, so halving finds the last one that is due. */
static struct day reach(const struct counting *c, struct day today)
{
    struct day due = NEVER_TURNED, not_due = day_plus(DAY_NEVER, -1);

    while (not_due.n - due.n > 1) {
        struct day middle = {due.n + (not_due.n - due.n) / 2};

        if (day_before(today, day_of_end(c, middle)))
            not_due = middle;
        else
            due = middle;
    }
    return due;
}

struct day notice_reach(const struct notice_step *step, struct day today, const struct renewal_policy *policy)
{
    return reach(&(struct counting){.step = step, .policy = policy}, today);
}

struct day deletion_reach(struct day today, struct span more)
{
    return reach(&(struct counting){.more = more}, today);
}

struct day grace_reach(struct day today, const struct renewal_policy *policy)
{
    return reach(&(struct counting){.policy = policy}, today);
}

bool notice_for_charged(const struct notice_step *step)
{
    return step->kind != NOTICE_EXPIRY || step->charge || (step->span.months == 0 && step->span.days == 0);
}

struct notice_band notice_band(const struct notice_step *steps, size_t count, size_t which, struct day turned,
                               struct day today, const struct renewal_policy *policy)
{
    struct notice_band band = {
        .after = NEVER_TURNED,
        .until = notice_reach(&steps[which], today, policy),
        .later = NEVER_TURNED,
        .later_charged = NEVER_TURNED,
    };

    if (turned.n > NEVER_TURNED.n)
        band.after = notice_reach(&steps[which], turned, policy);
    for (size_t i = which + 1; i < count; i++) {
        struct day later = notice_reach(&steps[i], today, policy);

        if (!steps[i].mailed)
            continue;
        band.later = day_later(band.later, later);
        if (notice_for_charged(&steps[i]))
            band.later_charged = day_later(band.later_charged, later);
    }
    return band;
}
