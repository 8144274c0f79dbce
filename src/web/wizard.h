/* web/wizard.h: the engine that walks a customer through a brand's steps (T38, RI140), /rinnovo/{id}/{step}. Which steps, in which
 * order, is data: `renewal.steps` of brand.yaml, by the rules of rules/steps.h.
 *
 * How to add a step:
 *  1. Its row in rules/steps.c: name, path, label, what it gives, needs, and comes after. `casella brand check` knows it from then on.
 *  2. A `const struct wizard_step` in web/step_NAME.c, and its line in wizard_steps.c. Its page is views/page/step_NAME.html, which
 *     begins and ends with part/way_head and part/way_foot; example data in test/data/views.
 *  3. Its name in the `steps` of a brand.
 *
 * What a step may rely on. All that was typed stands in `w->answers`, a JSON object by name of step; `w->lines` are the mailboxes with
 * what was chosen for each, `w->cart` the same at today's prices. A step is *done* when what it keeps still `holds`, recomputed from
 * today's data at every request: there are no flags. Nobody gets to a step before the ones ahead of it in the list are done, by GET or
 * POST: they are shown which one is missing. Whatever is kept, is kept by walk_keep and written by the engine in one transaction with
 * nothing else; the last step alone makes the order, with the wizard's id as its form token, so a double click makes one.
 *
 * The windows of a browser have a wizard each, for each beginning makes an id of its own; reload and back are GETs of a page that has an
 * address; after a logout the same address shows the same answers, and a new wizard for the mailbox begins with them. */
#pragma once

#include "rules/steps.h"
#include "shop/wizard.h"
#include "web/pay_form.h"
#include "web/portal.h"

struct wizard_step;

struct walk {
    struct page page;                /* opened, the visitor signed in */
    const struct wizard_step *here;
    struct wizard kept;              /* version 0: nothing is kept yet */
    json_t *answers;                 /* never NULL; of the request */
    json_t *changes;                 /* what walk_keep put aside */
    struct wizard_lines lines;
    struct cart cart;                /* of the lines; where years are not chosen yet, of the shortest term */
    char *code;                      /* of the order that was made; NULL: none */
    bool done[STEPS_MOST];           /* by index in brand->steps */
    const char *from;                /* ?casella=: the mailbox that one came in for, until something is kept; NULL */
    struct mailbox *others;          /* at the first step: what else could be renewed in the same order */
    size_t other_count;
    struct pay_offer offer;          /* of step_payment */
    const char *account;             /* of step_summary: the name of the account that sees the first mailbox; NULL: none does */
    struct billing holder;           /* of step_billing, step_holder: as is known without this wizard */
    bool unpriced;                   /* what the query chooses cannot be had as it is: the sum is without it */
    bool mending;                    /* taking out a mailbox that stands in the way */
    bool answered;                   /* `take` has answered the request itself */
};

struct wizard_step {
    const char *name;                /* as in rules/steps.c; its page is step_NAME */
    const char *title;               /* msgid: of the page */
    const char *button;              /* msgid: of the one that goes on; NULL: "Prosegui" */
    /* Reads what it needs, in the page's snapshot; also for steps further on, which `holds` then asks. May be NULL. */
    enum outcome (*load)(struct db_tx *tx, struct walk *w, struct problem *why);
    /* Whether what is kept will do today; NULL: as long as there is something under its name. Without side effects. */
    bool (*holds)(struct walk *w);
    /* Sets the page's data; `faults` is NULL when it is shown first. Then the form sent is shown again (page_fields). */
    void (*show)(struct walk *w, const struct problems *faults);
    /* Reads the form that was sent and keeps it. REFUSED with the faults: the page is shown again with them. */
    enum outcome (*take)(struct walk *w, struct problems *faults);
};

extern const struct wizard_step *const WIZARD_STEPS[]; /* all there are; NULL-terminated */

/* To a new wizard for this mailbox (NULL: none yet), at its first step. Nothing is written before something is typed. */
void walk_begin(struct page *p, const char *address);

/* A11: what stands in the way is automatic renewal, and the brand lets the type be changed all the same. */
bool wizard_may_change(const struct brand *brand, const struct problem *why);

/* Puts an answer aside for the engine to write; takes over the reference. NULL takes the answer out. */
void walk_keep(struct walk *w, const char *name, json_t *answer);
void walk_keep_lines(struct walk *w); /* w->lines */
const json_t *walk_kept(const struct walk *w, const char *name); /* NULL: nothing */

/* The holder of the first mailbox, for who sees it; nobody for who found it by its user-id (its holder's data are not for him). */
struct billing walk_holder(const struct walk *w);
/* Who is invoiced, by what was answered: of `billing`, else of `holder`, else the holder as above. */
struct billing walk_billing(const struct walk *w);
bool walk_asks(const struct walk *w, unsigned things); /* whether a step of the brand gives any of these */
/* "/rinnovo/ID/pagamento"; step NULL: "/rinnovo/ID". */
char *walk_path(const struct walk *w, const char *step);

/* wizard_more.c: several mailboxes in one order (R150), where the brand has it and an account is signed in. */
enum outcome walk_load_others(struct db_tx *tx, struct walk *w) must_check; /* in the page's reading */
json_t *walk_more(const struct walk *w); /* `way.more` of part/way_foot; false where there is nothing to add or to take out */
/* Opens the walk that the address names; false when the answer has been given. */
bool walk_open(struct http_request *req, struct walk *w) must_check;
bool walk_write(struct walk *w) must_check; /* what was put aside; false, and answered, where that failed */
