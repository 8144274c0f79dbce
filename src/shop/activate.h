/* shop/activate.h: from approved papers to a mailbox that works (DOMAIN §3.2 M9, M11, M12; R70-R71, RI72, RI74; T22; D4).
 *
 * The deciding transaction only leaves a row in the outbox. A worker asks the mail host outside any transaction, by the key
 * "request:ID", as often as needed; what it answers is written in one transaction. Killed in between, the worker is followed by
 * another that asks the same again: the host leaves things as they are, and the same mailbox comes of it. */
#pragma once

#include "shop/shop.h"
#include "store/request.h"

#define PASSWORD_LINK_LIFE DAYS(7) /* to choose the password of a mailbox that has none */

/* From in_review: holds the first free name (the one that is held already comes first) and leaves the mail host's row; of a consumer
 * who did not ask for it to begin before the days of withdrawal are over it waits for the day after (L15, request->begins_on). Where no
 * name is free the customer is asked for others (M12). *request is written. */
enum outcome activation_begin(struct db_tx *tx, void *mem, const struct brand *brand, struct request *request,
                              const struct actor *actor, struct problem *why) must_check;

/* Begins with those whose day has come: the mail host's row of each. *begun `limit`: there may be more. */
enum outcome activations_begin(struct db_tx *tx, void *mem, int limit, int *begun) must_check;

/* What the outbox's row of kind "activate" asks for. BUSY: the host does not answer, or the brand's is not set up; the row waits and
 * is never given up. Anything the host will not do ends DONE: the next name is tried by a new row, or the desk has it (M12). */
enum outcome activate(struct shop *shop, void *mem, int64_t request_id, struct problem *why) must_check;

/* "Riprova": asks the host at once, whether it was silent or would not. REFUSED with PROBLEM_REQUEST_STATE, PROBLEM_NOT_FOUND. */
enum outcome activation_retry(struct db_tx *tx, void *mem, const struct shop *shop, int64_t request_id, const struct actor *actor,
                              struct request *request, struct problem *why) must_check;

/* Other names for a request whose names the host would not take, by the desk (account_id 0) or its buyer; then the host is asked
 * again. Faults on name_1 … name_3, as names_check and PROBLEM_NAME_TAKEN; at least one must be given and free. REFUSED with
 * PROBLEM_NOT_FOUND or PROBLEM_REQUEST_STATE in *why, or with faults. */
enum outcome names_give(struct db_tx *tx, void *mem, const struct shop *shop, int64_t request_id, int64_t account_id,
                        const char *const typed[NAMES], const struct actor *actor, struct request *request,
                        struct problems *faults, struct problem *why) must_check;
/* Whether it is other names that the request waits for. */
bool request_wants_names(const struct request *request);

/* ---- The host and a mailbox that exists ---- */

/* A mailbox has changed (term, quota, password): where its brand's mail host must be told, a row "mailhost" is left. */
enum outcome mailhost_changed(struct db_tx *tx, const struct brand *brand, int64_t mailbox_id) must_check;
/* What that row asks for: the mailbox as it is now. Outcomes as of struct mailhost. */
enum outcome mailhost_push(struct shop *shop, void *mem, int64_t mailbox_id, struct problem *why) must_check;
/* Asks the mail host how full a mailbox is now, outside any transaction, and keeps what it says; mailbox->used_mb and
 * used_archive_mb are that.
 * usage->known false, and used_mb as it was last known: the brand has no host, or its host does not know. BUSY: no answer. */
enum outcome mailbox_measure(const struct shop *shop, void *mem, struct mailbox *mailbox, struct mailhost_usage *usage,
                             struct problem *why) must_check;
/* Whether we keep its password: it was activated by us. */
enum outcome mailbox_is_hosted(struct db_tx *tx, void *mem, const struct brand *brand, const struct mailbox *mailbox, bool *hosted) must_check;
