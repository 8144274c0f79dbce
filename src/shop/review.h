/* shop/review.h: the desk looks at the papers of a request and decides (DOMAIN §3.2 M8-M10, §3.5 K3-K4, O11): approved, they lead to
 * the mail host (shop/activate.h); rejected, they are asked for again; refused for good, the money goes back and the names are free.
 * Web pages, API and command line call the same use cases. */
#pragma once

#include "shop/shop.h"
#include "store/access.h"
#include "store/desk.h"
#include "store/order.h"
#include "store/request.h"
#include "store/submission.h"

/* ---- Looking ---- */

#define REVIEW_OTHERS 20 /* of the holder's other mailboxes that are shown */

struct review {
    const struct brand *brand;
    struct request request;
    struct order order;
    struct account account; /* the buyer */
    struct document *documents; /* all of the request, those not yet sent too; in the order in which they were put there */
    size_t document_count;
    struct submission *submissions;
    size_t submission_count;
    const struct submission *last; /* NULL: none yet */
    bool waits;                    /* the last one waits for a verdict */
    struct review_name {
        char *address; /* NULL: not given */
        enum name_verdict verdict;
        bool held; /* for this request */
    } names[NAMES];
    struct mailbox *others; /* of the same tax code, not deleted */
    size_t other_count;
    struct outbox_row asking; /* the row that asks the mail host; id 0: none is under way */
    struct day today;
};
/* REFUSED with PROBLEM_NOT_FOUND. */
enum outcome review_load(struct db_tx *tx, void *mem, const struct brands *brands, int64_t request_id, struct review *review,
                         struct problem *why) must_check;
/* The request of an order. */
enum outcome review_find(struct db_tx *tx, void *mem, const char *code, int64_t *request_id, struct problem *why) must_check;
/* What pages call an actor: an operator's name, else the actor as it is. */
enum outcome actor_label(struct db_tx *tx, void *mem, const char *actor, const char **label) must_check;

/* Before the bytes of a document are shown to anybody at the desk: leaves the event document.seen. REFUSED with PROBLEM_NOT_FOUND when
 * it is not of this request or change of holder, or was purged. */
enum outcome document_look(struct db_tx *tx, void *mem, struct papers_of whose, int64_t document_id, const struct actor *actor,
                           struct document *document, struct problem *why) must_check;

/* ---- Deciding ---- */

enum review_verdict { VERDICT_APPROVE, VERDICT_REJECT, VERDICT_REFUSE };
const char *review_verdict_name(enum review_verdict verdict); /* "approve": API, command line */

struct review_decision {
    enum review_verdict verdict;
    int64_t request_id;
    int64_t submission_id;          /* that was looked at; 0: whichever waits */
    const char *reason;             /* of a rejection or refusal, by review_reason_name */
    const char *note;               /* the reviewer's own words to the customer; NULL: none */
    struct day identity_expires_on; /* of an approval: as it stands on the document (K3) */
    const char *destination, *iban, *payee; /* of a refusal: where the money goes (shop/refund.h); NULL: where it came from, else to the
                                               prepaid account */
    struct actor actor;
};
/* *request is as it is afterwards. Of two reviewers at once one counts, the other is REFUSED with PROBLEM_REVIEWED (detail: who
 * decided); one's own verdict again changes nothing. REFUSED also on `identity_expires_on` (REQUIRED, IDENTITY_EXPIRED), `reason`,
 * `iban` (REQUIRED: the money cannot find its way back by itself), and with PROBLEM_REQUEST_STATE. */
enum outcome review_decide(struct db_tx *tx, void *mem, const struct shop *shop, const struct review_decision *decision,
                           struct request *request, struct problem *why) must_check;

/* The customer is asked once more for papers that have not come. REFUSED with PROBLEM_REQUEST_STATE. */
enum outcome review_remind(struct db_tx *tx, void *mem, const struct shop *shop, int64_t request_id, const struct actor *actor,
                           struct request *request, struct problem *why) must_check;

/* ---- By itself ---- */

/* Requests without papers for the brand's silence_days since they were paid: refused, the money given back (M10). Where the money does
 * not find its way back by itself, the request waits at the desk with its `error`. *refused: how many were looked after. */
enum outcome requests_refuse_silent(struct db_tx *tx, void *mem, const struct shop *shop, int limit, int *refused) must_check;
/* Reminders before that: a week and a month after the payment, and ten days before the end, once each. */
enum outcome requests_remind(struct db_tx *tx, void *mem, const struct shop *shop, int limit, int *reminded) must_check;
