/* store/notice.h: notices about terms that end, and the ends themselves, for whole populations: each function here that makes or
 * changes many rows is one statement over a range of ends (DESIGN §1.6). All but the sending of a single mail.
 *
 * A notice row is the key of what happens to a mailbox at a step (mailbox, end of term, event): who writes it first does the rest, in
 * the same transaction; who comes second finds it there, and does nothing. */
#pragma once

#include "store/mailbox.h"

/* ---- How far a brand's turn has come ---- */

struct day_done {
    struct day on; /* DAY 0: never turned */
    int64_t last_mailbox;
};
enum outcome day_done_get(struct db_tx *tx, const char *brand, const char *task, struct day_done *done) must_check;
/* Takes the row for this transaction, and makes it where there is none: who comes second at the same time waits, is run again, and
 * sees what the first has done. */
enum outcome day_done_take(struct db_tx *tx, const char *brand, const char *task, struct day_done *done) must_check;
enum outcome day_done_set(struct db_tx *tx, const char *brand, const char *task, const struct day_done *done) must_check;
enum outcome mailbox_newest(struct db_tx *tx, int64_t *id) must_check;

/* ---- Notices ---- */

/* Mailboxes on domains of their own may have another grace than the brand's, and so other days. */
enum notice_domains { DOMAINS_ALL, DOMAINS_BRAND, DOMAINS_OWN };

/* A step of a brand's plan, and the mailboxes that crossed it: ends after `after`, up to `until`. Those after `later` (later_charged
 * where the term renews itself) are sent it, the others have it recorded as skipped. */
struct notice_rule {
    const char *brand, *event, *template;
    enum notice_domains domains;
    const char *charge_template; /* where the term renews itself; NULL: nothing is due there */
    struct day after, until, later, later_charged;
    bool newcomers;              /* only mailboxes with an id above newer_than, which the plan has not seen before: what is due now, */
    int64_t newer_than;          /* and nothing skipped */
    bool mailed, to_holder, to_account;
    const char *log_event;       /* recorded for each; NULL none */
    bool tell_host;              /* the mail host has to hear of it */
};

struct notices_made {
    int64_t noted, skipped, mails;
};

enum outcome notices_due(struct db_tx *tx, const struct notice_rule *rule, bool *due) must_check;
enum outcome notices_count(struct db_tx *tx, const struct notice_rule *rule, int64_t *count) must_check; /* how many it concerns */
/* The earliest end of a mailbox of the brand that is neither ceased nor deleted, no earlier than rule->after; DAY_NEVER: none. */
enum outcome notices_first_end(struct db_tx *tx, const struct notice_rule *rule, struct day *first) must_check;
enum outcome notices_record(struct db_tx *tx, const struct notice_rule *rule, struct notices_made *made) must_check;

/* What notices_record would write on a day, by the same statement: how many are sent (and copied to a second reader), skipped, or have
 * nobody to be sent to; and twenty of those that are sent. */
struct notices_split {
    int64_t sent, skipped, silent, copies;
};
struct notice_sample {
    int64_t mailbox_id;
    char *address, *template, *language, *sent_to, *copy_to;
    struct day expires_on;
};
enum outcome notices_would(struct db_tx *tx, const struct notice_rule *rule, struct day on, struct notices_split *split) must_check;
enum outcome notices_sample(struct db_tx *tx, void *mem, const struct notice_rule *rule, struct day on, struct notice_sample **rows,
                            size_t *count) must_check;

/* ---- One notice, when its mail goes ---- */

struct notice {
    int64_t id, mailbox_id;
    struct day expires_on, noted_on;
    char *event, *template, *state, *sent_to, *copy_to, *version;
    struct instant sent_at; /* 0: not yet */
};
enum outcome notice_by_id(struct db_tx *tx, void *mem, int64_t id, struct notice *notice) must_check;
/* Where the mail's row is done with; `how` is sent, failed or void. Of two mails of one notice the first that is sent counts. */
enum outcome notice_settle(struct db_tx *tx, int64_t id, const char *how, int64_t outbox_id, const char *version) must_check;
/* The end is its mailbox's again, because the order's renewal was taken back: who was told after it, or ceased, is told anew and ceases
 * once more. */
enum outcome notices_spend(struct db_tx *tx, int64_t mailbox_id, struct day expires_on, int64_t order_id) must_check;
/* Those about a mailbox that were sent or are about to be, newest first. */
enum outcome notices_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct notice **notices,
                                size_t *count) must_check;
