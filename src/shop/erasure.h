/* shop/erasure.h: a person's data are erased (GDPR art. 17; DOMAIN L30): what no law wants kept at once, the rest by the day's turn when
 * its term is over. What there is, and how long, says store/erasure_kinds.c; a second person decides (APPROVE_ERASURE).
 *
 *   looking  erasure_look: the same for the command line, the desk and the API: it changes nothing
 *   asking   erasure_ask: refused while a mailbox is there, an order open, money held, or somebody must keep the data
 *   doing    one transaction writes an item for each row with its day, and erases all that is due and has no file. What lies in the folder
 *            of files goes by the outbox (erasures_run), the bytes before the row says so, as documents_purge does it.
 *   log      the events stay as they are, so that their chain holds; what they say of people stands in event_said and goes from there */
#pragma once

#include "shop/approval.h"
#include "store/erasure.h"

struct erasure_line {
    const struct erasure_kind *kind;
    int64_t now, later;      /* rows that go at once, and those that stay for a time; of RETAIN_ALWAYS all are `later` */
    int64_t open;            /* whose term has not begun */
    struct day first, last;  /* of `later`: the last day on which the first, and the last of them is kept; DAY 0: no end */
};

struct erasure_look {
    struct erasure_subject subject;
    char *ref;                /* "account:12", "holder:7": what approval and log know of the person */
    char *name;               /* for people: "Maria Verdi" */
    struct erasure_obstacle *obstacles;
    size_t obstacle_count;
    struct erasure_line lines[ERASURE_KINDS_MOST]; /* those of which there is anything */
    size_t line_count;
};

/* A tax code or VAT number, an account's e-mail, user name or number, or the address of a mailbox, of `brand` ("": of every one). REFUSED
 * with PROBLEM_NOT_FOUND, also where two brands have the e-mail and none is said. */
enum outcome erasure_seek(struct db_tx *tx, struct shop *shop, void *mem, const char *typed, const char *brand,
                          struct erasure_look *look, struct problem *why) must_check;
enum outcome erasure_seek_account(struct db_tx *tx, struct shop *shop, void *mem, int64_t account_id, struct erasure_look *look,
                                  struct problem *why) must_check;
/* Who holds a mailbox, or held it: by the row of holder. */
enum outcome erasure_seek_holder(struct db_tx *tx, struct shop *shop, void *mem, int64_t holder_id, const char *brand,
                                 struct erasure_look *look, struct problem *why) must_check;
bool erasure_is_anything(const struct erasure_look *look); /* that may go now or later */
char *erasure_obstacle_words(void *mem, const char *language, const struct erasure_obstacle *obstacle); /* "l'ordine LM7 è aperto" */

/* REFUSED with PROBLEM_ERASURE (detail: what the first obstacle is about), PROBLEM_NOT_FOUND where nothing is left to erase, on "reason",
 * or as approval_ask. */
enum outcome erasure_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct erasure_look *look, const char *reason,
                         const struct actor *actor, bool *waits, struct problem *why) must_check;

/* Everything that is due, files included; for the outbox and the day. BUSY while some has a file and nobody says where files are. */
enum outcome erasures_run(struct shop *shop, void *mem, int64_t *done) must_check;

/* {person, obstacles: [{kind, what, words}], lines: [{kind, label, class, basis, deed, now, later, open, first, last}]}, labels in `language` */
json_t *describe_erasure(void *mem, const char *language, const struct erasure_look *look);

extern const struct approval_kind APPROVE_ERASURE;
