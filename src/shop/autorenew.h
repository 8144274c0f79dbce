/* shop/autorenew.h: automatic renewal (DOMAIN §3.6 A1-A11; R147, R160, R163; L17).
 *
 * The state of a mandate changes here alone, by the table of rules/autorenew.h. Each step is one transaction with whatever caused it:
 * the order that is paid, the refusal that is recorded, the card that is forgotten. autorenew_turn does what has its day: warnings,
 * and then charges, each written down before the provider is asked. */
#pragma once

#include "shop/quote.h"
#include "shop/shop.h"
#include "store/mandate.h"
#include "store/order.h"
#include "store/payment.h"

/* ---- Whether, and by what ---- */

/* Whether it may be on for the mailbox. REFUSED with PROBLEM_MANDATE_NOT_HERE: the brand offers none, or the mailbox is renewed another
 * way (convention, own domain), or is not live. */
enum outcome autorenew_possible(const struct brand *brand, const struct mailbox *mailbox, struct problem *why) must_check;
/* Whether a way to pay is among those of the policy and works here. */
bool autorenew_by(const struct shop *shop, const struct brand *brand, enum payment_method method);
/* The way by which an instrument is charged; false where there is none (any more). */
bool autorenew_method_of(const struct shop *shop, const struct brand *brand, const struct instrument *instrument, enum payment_method *method);

/* One renewal as the mailbox is now, by the prices of a day. */
enum outcome autorenew_price(const struct brand *brand, const char *plan, struct space space, int64_t years, struct day on,
                             struct total *total, struct problem *why) must_check;

/* ---- The switch ---- */

struct autorenew_request {
    const struct shop *shop;
    const struct brand *brand;
    struct actor actor;
    struct principal who;     /* {0,0}: staff or an API key */
    const char *address, *language;
    int64_t years, instrument_id;
    const char *consent_version; /* as shown; must be the one in force. NULL or "": no consent was given */
};
/* off → on, or a method that was missing is given anew (A1). Writes the consent; the customer gets a mail. */
enum outcome autorenew_switch_on(struct db_tx *tx, void *mem, const struct autorenew_request *request, struct mandate *mandate,
                                 struct problem *why) must_check;
/* → off_by_user (A8); REFUSED with PROBLEM_MANDATE_STATE while a charge is under way or its order waits: that is cancelled instead. Of
 * the request only shop, brand, actor, who and address count. */
enum outcome autorenew_switch_off(struct db_tx *tx, void *mem, const struct autorenew_request *request, struct mandate *mandate,
                                  struct problem *why) must_check;

/* ---- With an order ---- */

/* The customer asks for it while ordering renewals: a mandate for each, off until the order is paid by an instrument that the provider
 * keeps. REFUSED with PROBLEM_MANDATE_CONSENT, PROBLEM_MANDATE_METHOD or PROBLEM_MANDATE_NOT_HERE. */
enum outcome autorenew_ask(struct db_tx *tx, void *mem, const struct shop *shop, const struct brand *brand, const struct actor *actor,
                           const struct order *order, const struct order_line *lines, size_t count, const char *consent_version,
                           struct problem *why) must_check;
/* The same with a purchase: the consent is kept with the order, and becomes a mandate when the mailbox is active. */
enum outcome autorenew_wish(struct db_tx *tx, const struct shop *shop, const struct brand *brand, const struct actor *actor,
                            const struct order *order, const char *consent_version, struct problem *why) must_check;
/* The mailbox that an order bought is there, for so many years at a time. */
enum outcome autorenew_activated(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                 const struct mailbox *mailbox, int64_t years, const struct actor *actor) must_check;
/* Whether it was, and the order still waits: then what pays it is kept. */
enum outcome autorenew_asked(struct db_tx *tx, void *mem, int64_t order_id, bool *asked) must_check;

/* ---- What others tell ---- */

/* The order was paid; `instrument_id` is what the provider keeps of it, 0: nothing. Before its mailboxes are renewed. */
enum outcome autorenew_paid(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order, enum payment_method method,
                            int64_t instrument_id, const struct actor *actor) must_check;
/* A mailbox has a new end, by a line of whatever renewed it (A4). */
enum outcome autorenew_renewed(struct db_tx *tx, void *mem, const struct brand *brand, const struct order_line *line,
                               const struct order *order, const struct actor *actor) must_check;
/* The mailbox has more, or again less, extra space than it had: so has each renewal, at the price that was seen with the order. */
enum outcome autorenew_space(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                             const struct space *now) must_check;
/* An order was cancelled or has lapsed (A9). */
enum outcome autorenew_closed(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor) must_check;
/* A charge of a mandate has an answer other than money: refused, the customer must come, given up (A5-A7). */
enum outcome autorenew_refused(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                               const struct payment *payment) must_check;
/* The money of a payment was taken back by its bank (Y11). */
enum outcome autorenew_charged_back(struct db_tx *tx, void *mem, const struct payment *payment) must_check;
/* The mailbox has ended or passes to another holder, or its renewal was taken back: nobody is charged for it any more. */
enum outcome autorenew_end(struct db_tx *tx, void *mem, int64_t mailbox_id, const char *reason, const struct actor *actor) must_check;

/* A kept card or account is forgotten (T45). *changed false: it was not the account's, or already gone. */
enum outcome instrument_forget(struct db_tx *tx, void *mem, int64_t instrument_id, int64_t account_id,
                               const struct actor *actor, bool *changed) must_check;

/* ---- The day ---- */

struct autorenew_turned {
    int warned;              /* customers told */
    int lost;                /* whose method is missing */
    int charged, refused;    /* attempts that ended */
    int unknown;             /* of which the answer was lost: the poller asks */
    int left;                /* not attempted: an order to pay by hand instead */
};
/* Everything that is due on the database's day; again on the same day finds nothing. Any number of workers at once.
 *
 * Where the day's notices have announced the charge (a row of `notice` with the template charge_notice), that is the warning, and its
 * mail says what autorenew_notice puts into it; otherwise, such as where the switch went on between two steps of the plan, the
 * warning's mail is written here. What is said is kept in charge_warning in either case. */
enum outcome autorenew_announce(struct shop *shop, void *mem, struct autorenew_turned *turned) must_check;
enum outcome autorenew_charge(struct shop *shop, void *mem, struct autorenew_turned *turned) must_check;
enum outcome autorenew_turn(struct shop *shop, void *mem, struct autorenew_turned *turned) must_check; /* both */

/* The data of views/mail/charge_notice of a mailbox, as things are now; *data is the caller's. REFUSED with PROBLEM_NOTICE_OVERTAKEN
 * when nothing will be charged. */
enum outcome autorenew_notice(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox, json_t **data,
                              struct problem *why) must_check;

/* The data of views/mail/price_changed, of a row that the day has written (store/price_told.h). REFUSED with PROBLEM_NOTICE_OVERTAKEN when
 * the price was withdrawn before the mail left, or will not be charged. Of a price that is withdrawn after it was told nothing more is
 * said: what will be charged is announced as ever. */
enum outcome autorenew_price_notice(struct db_tx *tx, void *mem, const struct brand *brand, int64_t told, json_t **data,
                                    struct problem *why) must_check;

/* What the customer sees of it: the mandate, what and when will be charged, by what. */
struct autorenew_facts {
    bool known;                  /* there is, or was, a mandate */
    struct mandate mandate;
    struct instrument instrument; /* id 0: none, or gone */
    struct total total;          /* of the next charge, by today's prices */
    struct day charge_on;        /* of the next attempt; 0: none is due */
    struct day renewed_until;    /* what it would bring */
    bool free_withdrawal;        /* L17 */
    struct charge_warning *warnings;
    size_t warning_count;
    struct charge *charges;
    size_t charge_count;
};
enum outcome autorenew_facts_load(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox,
                                  struct autorenew_facts *facts) must_check;
