/* shop/approval.h: a second person for what the policy says (brand.yaml: desk.second_person). Who wants such a thing done asks for it;
 * where the policy needs nobody else it is done at once, otherwise it waits until another operator has looked at it.
 *
 *   kind      a row of APPROVAL_KINDS: its name in the policy, its words, who may ask, who may decide, and what does it. To add one:
 *             the row's struct in the file of its use case, its name in approval_kinds.c, and in brand_desk.c.
 *   asking    approval_ask in the transaction of the use case, after its own checks
 *   deciding  approval_decide: never by who asked, within the operator's brand, in time, once. What was asked is then checked anew by
 *             the kind's function, for the world may have changed; where it refuses, nothing is decided. */
#pragma once

#include "shop/operator.h"
#include "shop/shop.h"
#include "store/approval.h"

#define APPROVAL_LIFE DAYS(7)
#define APPROVAL_REASON_MOST 1000

struct approval_kind {
    const char *name;                   /* "refund" */
    const char *label;                  /* N_("Rimborso") */
    enum office_right asks, approves;   /* asked of operators only */
    /* Does it, in the transaction, with `data` as it was given to approval_ask. `actor` is who decided, or who asked where nobody
     * else was needed; `reason` of who asked. Repeatable, as any db_work. */
    enum outcome (*act)(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data, const struct actor *actor, const char *reason,
                        struct problem *why);
};
extern const struct approval_kind *const APPROVAL_KINDS[]; /* NULL ends it */
const struct approval_kind *approval_kind_by_name(const char *name); /* NULL: none */

/* Whether the brand's policy (brand NULL: nobody's, the platform's own) wants a second person. */
bool approval_needed(const struct brand *brand, const char *kind, struct money amount);

struct approval_ask {
    const struct approval_kind *kind;
    const char *brand;              /* "": no brand's */
    const char *subject;            /* "order:7": the like of it waits once */
    const char *title;              /* "Rimborso dell'ordine LM…, 612,40 €" */
    const char *link;               /* "/office/ordini/7"; NULL none */
    const char *reason;             /* required where it waits */
    struct money amount;
    int64_t order_id, mailbox_id;   /* for the log; 0: none */
    const json_t *data;             /* borrowed; what `act` gets and everybody sees: nothing secret */
    struct actor actor;
};

/* *waits false: it was done at once, because the policy wants nobody else, or because somebody with the command line asks (the machine
 * is his). True: it waits as *id. REFUSED with PROBLEM_APPROVAL_WAITS when the like of it does already, on "reason" when that is
 * missing, or as `act` refuses. */
enum outcome approval_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct approval_ask *ask, int64_t *id, bool *waits,
                          struct problem *why) must_check;

/* Yes: does it. No: says why, on "reason"; no by who asked takes it back. REFUSED: PROBLEM_NOT_FOUND (also of another brand),
 * PROBLEM_FORBIDDEN, PROBLEM_APPROVAL_SELF, PROBLEM_APPROVAL_DECIDED, or as `act` refuses. */
enum outcome approval_decide(struct shop *shop, void *mem, int64_t id, const struct operator *operator, bool yes, const char *reason,
                             struct problem *why) must_check;

/* Taken back by who asked, in the caller's transaction: for a key, which decides nothing else. REFUSED: PROBLEM_FORBIDDEN (another asked),
 * PROBLEM_APPROVAL_DECIDED. */
enum outcome approval_withdraw(struct db_tx *tx, const struct approval *approval, const struct actor *actor, struct problem *why) must_check;

/* Up to `limit` whose time is over; for the day. */
enum outcome approvals_expire(struct db_tx *tx, void *mem, int limit, int *count) must_check;

/* ---- The kinds, by file ---- */

extern const struct approval_kind APPROVE_OWNER_OUT; /* operator_change.c: an owner is disabled, or loses the role */
extern const struct approval_kind APPROVE_PRICE;     /* price_change.c: a price or a sale is dated */
extern const struct approval_kind APPROVE_REFUND;    /* held_refund.c: money goes back to who sent it */
