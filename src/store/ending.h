/* store/ending.h: mailboxes whose grace is over cease, and later what is in them goes (DOMAIN M18, M19); whole populations in one
 * statement each, up to `limit` a transaction. What stands in the way is asked in the statement itself. */
#pragma once

#include "store/mailbox.h"

struct ending_rule {
    const char *brand;
    struct day reach;         /* the last end of a term that is concerned */
    struct day deletes;       /* up to which last day of grace the content goes today: who ceases as well is told once, of that */
    bool to_holder, to_account, tell_host;
    int limit;
};

enum outcome endings_due(struct db_tx *tx, const struct ending_rule *rule, bool *due) must_check;
enum outcome deletions_due(struct db_tx *tx, const struct ending_rule *rule, bool *due) must_check;

/* Nobody ceases untold: whoever was not told since the end of the term, for whatever reason, is told now, and ceases another day. */
enum outcome endings_warn(struct db_tx *tx, const struct ending_rule *rule, int64_t *warned) must_check;
/* The others cease, unless an order about them is open: its money may be on its way (M18). */
enum outcome endings_cease(struct db_tx *tx, const struct ending_rule *rule, int64_t *ceased) must_check;

/* Of those that have ceased: the same warning, where nobody was told since the end. */
enum outcome deletions_warn(struct db_tx *tx, const struct ending_rule *rule, int64_t *warned) must_check;
/* The rest is deleted, unless a legal hold says otherwise (M19). What stays is the tombstone: address, holder, dates (L5). */
enum outcome deletions_do(struct db_tx *tx, const struct ending_rule *rule, int64_t *deleted) must_check;

/* ---- Domains that are nobody's (M20-M22) ---- */

/* Before domain_suspend (store/domain.h): who has a mailbox there is told that it is suspended, or with `back` that it is not any more. */
enum outcome domain_tell(struct db_tx *tx, const struct ending_rule *rule, const char *domain, bool back) must_check;
/* Suspended mailboxes of domains that have been nobody's since before `before` cease: who was told of it, and no order is open. */
enum outcome domains_drop(struct db_tx *tx, const struct ending_rule *rule, struct day before, int64_t *ceased) must_check;

struct legal_hold {
    char *reason, *set_by;
    struct instant set_at;
};
/* REFUSED: there is none. */
enum outcome legal_hold_get(struct db_tx *tx, void *mem, int64_t mailbox_id, struct legal_hold *hold) must_check;
enum outcome legal_hold_set(struct db_tx *tx, int64_t mailbox_id, const char *reason, const char *by) must_check;
enum outcome legal_hold_lift(struct db_tx *tx, int64_t mailbox_id, bool *lifted) must_check;

/* ---- Disdetta (M23) ---- */

struct termination {
    int64_t mailbox_id;
    struct day stops_on; /* the last day on which it works */
    char *given_by;
    struct instant given_at;
};
/* REFUSED: there is none. */
enum outcome termination_get(struct db_tx *tx, void *mem, int64_t mailbox_id, struct termination *given) must_check;
enum outcome termination_insert(struct db_tx *tx, int64_t mailbox_id, struct day stops_on, const char *by) must_check;
enum outcome termination_forget(struct db_tx *tx, int64_t mailbox_id, bool *changed) must_check;
/* The mail that says so, on record as a notice of the mailbox's present term. */
enum outcome termination_tell(struct db_tx *tx, const char *brand, int64_t mailbox_id, const char *template, bool to_holder,
                              bool to_account) must_check;
/* Those whose last day is over cease, a whole brand's in one statement. */
enum outcome terminations_due(struct db_tx *tx, const struct ending_rule *rule, bool *due) must_check;
enum outcome terminations_cease(struct db_tx *tx, const struct ending_rule *rule, int64_t *ceased) must_check;
