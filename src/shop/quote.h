/* shop/quote.h: what renewing a mailbox would cost and bring, before anything is confirmed (R14-R16). Pure: the same quote is
 * drawn on the page, answered by the API and computed again inside the order's transaction (T7). */
#pragma once

#include "rules/plan_change.h"
#include "rules/price.h"
#include "shop/brand.h"
#include "store/mailbox.h"

#define EXTRA_GB_AS_HELD INT64_MIN /* of extra_gb: what the mailbox has */

struct renewal_choice {
    int64_t years, extra_gb;
    const char *plan; /* NULL or "": the one it has */
    bool archive_chosen;         /* extra_archive_gb is what is wanted; otherwise what it has, where the plan has an archive */
    int64_t extra_archive_gb;
    bool with_domain;            /* the domain is renewed: all of its mailboxes are in the order, for as many years */
    const char *consent;         /* typed to agree that the archive goes (shop/plan_change.h); NULL: nothing */
};

/* The convention by which the mailbox would be renewed today; NULL: at retail, because it has none, its convention is not in force, or
 * the mailbox is better than what was agreed (§3.8). */
const struct brand_convention *convention_of(const struct brand *brand, const struct mailbox *mailbox, struct day today);

/* The terms on sale for it: the brand's, or the one of its convention (P13, P27). */
struct renewal_years {
    int least, most;
};
struct renewal_years renewal_years(const struct brand *brand, const struct mailbox *mailbox, struct day today);

/* Whether the mailbox may be renewed today, whatever the choice. REFUSED with the reason: state, a convention that pays for it (P14), an
 * open order (D10; without its code), automatic renewal (R147), window (R119). */
enum outcome renewal_eligible(const struct brand *brand, const struct mailbox *mailbox, struct day today,
                              struct problem *why) must_check;
/* The same, and an open order that stands in the way is named in the detail. */
enum outcome renewal_possible(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                              struct day today, struct problem *why) must_check;

struct quote {
    const struct brand_convention *convention; /* whose price and term these are; NULL: retail */
    const struct brand_plan *plan;
    struct renewal_choice choice; /* plan and space filled in */
    bool changes;                 /* another plan than it has */
    struct plan_verdict verdict;
    struct renewal_price price;
    struct plan priced;           /* the plan with its price today */
    struct total total;
    struct term renewed;
};

/* The price of one choice on a date; faults carry the choice's field: years, plan, extra_gb, extra_archive_gb. Whether what is in use
 * fits is judged by what the mail host last told (shop/plan_change.h: space_ask). Neither eligibility nor consent is asked again. */
enum outcome quote_renewal(const struct brand *brand, const struct mailbox *mailbox, const struct renewal_choice *choice,
                           struct day today, struct quote *quote, struct problem *why) must_check;

/* Eligibility and price of one choice at once. Automatic renewal, which does without orders, stands in nobody's way who changes the
 * plan (A11). */
enum outcome quote_possible(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                            const struct renewal_choice *choice, struct day today, struct quote *quote,
                            struct problem *why) must_check;

/* All years on sale with the mailbox as it is; those that the rules refuse (horizon, still expired) are left out. */
#define QUOTE_OPTIONS 10
size_t quote_options(const struct brand *brand, const struct mailbox *mailbox, const char *plan, int64_t extra_gb,
                     struct day today, struct quote options[QUOTE_OPTIONS]);

/* The same with what is wanted of plan and space; its years do not matter. */
size_t quote_options_of(const struct brand *brand, const struct mailbox *mailbox, const struct renewal_choice *wanted,
                        struct day today, struct quote options[QUOTE_OPTIONS]);

/* The first of these for the plan and space that it has; false where there is none. */
bool quote_shortest(const struct brand *brand, const struct mailbox *mailbox, struct day today, struct quote *quote);

/* Days of an expired mailbox's next term that have already gone by (D6), 0 while it is active. */
int elapsed_days(const struct mailbox *mailbox, struct day today);
