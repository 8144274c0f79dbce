/* rules/steps.h: the steps that a renewal is made of, and in what order they can stand (T38, RI140). Each brand lists its own in
 * brand.yaml; this is the list of all there are, and the rules that a list must keep. Pure: what each step asks and shows is
 * web/step_*.c.
 *
 * A step *gives* what the order has to know, *needs* what earlier steps must have given, and comes *after* what earlier steps give
 * if the brand asks for it at all. A list is complete when everything that an order cannot do without is given.
 *
 * Two ways of walking them. Brands whose steps are `choose`, `cart` and `checkout` gather several renewals in a cart (S0). All others
 * walk a wizard of its own address (web/wizard.h). */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    STEP_MAILBOX = 1 << 0, /* which one; given by the door that one came in by, unless a step looks for it */
    STEP_TYPE    = 1 << 1, /* the plan and the extra space */
    STEP_TERM    = 1 << 2, /* for how many years; given by the brand where there is only one answer */
    STEP_HOLDER  = 1 << 3, /* the holder's data were looked over */
    STEP_BILLING = 1 << 4, /* who is invoiced; the holder, unless it is asked */
    STEP_FUNDS   = 1 << 5, /* from the prepaid account, or by a payment of its own */
    STEP_METHOD  = 1 << 6,
    STEP_TERMS   = 1 << 7, /* the conditions were accepted */
    STEP_SEEN    = 1 << 8, /* the summary was seen */
    STEP_ORDER   = 1 << 9, /* Conferma: the order is made */
    STEP_END     = 1 << 10 /* the page after it */
};

struct step {
    const char *name;  /* in brand.yaml: "payment" */
    const char *path;  /* in addresses: "pagamento"; NULL: it has its own address, or none */
    const char *label; /* msgid, of the stepper */
    unsigned gives, needs, after;
    bool cart;         /* walks by the cart */
};

#define STEPS_MOST 16 /* of one brand */

const struct step *step_by_name(const char *name); /* NULL: there is none */
const struct step *step_by_path(const char *path);
const struct step *step_at(size_t index);          /* all there are, in turn; NULL past the last */

/* Whether a brand with these names (NULL-terminated, all known) sells by the cart. */
bool steps_by_cart(const char *const *names);

/* What is wrong with a list. `at`: the index in it, -1 of the list as a whole. */
struct step_fault {
    enum step_wrong {
        STEP_TWICE,   /* asks again what `other` asks */
        STEP_EARLY,   /* stands before `other`, which it needs */
        STEP_LACKS,   /* needs what `other` gives, and no step of the list does */
        STEP_LATE,    /* after the order is made nothing can be asked */
        STEP_MIXED,   /* a step of the cart among others, or the other way round */
        STEP_MISSING, /* `other` or one like it is missing: an order cannot be made without it */
        STEP_ENDS     /* `other` must be the last but the page of confirmation */
    } wrong;
    int at;
    const char *name, *other;
};

/* Finds all faults of a list whose names are known and stand in it once; returns how many, at most `most`. `fixed_term`: the brand
 * sells one term only, so nobody need ask for it. */
size_t steps_faults(const char *const *names, bool fixed_term, struct step_fault *faults, size_t most);

/* Whether a step may be entered or sent: every one before it in the list must be done. REFUSED with *missing, the first that is not.
 * `done` has an entry for each name. */
enum outcome step_may_open(const char *const *names, const bool *done, const char *wanted, const char **missing) must_check;
