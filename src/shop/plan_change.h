/* shop/plan_change.h: a renewal that leaves a mailbox with less room, or without its archive (DOMAIN §3.7).
 *
 * What was bought is the mailbox's from the moment the order is settled: plan, extra space, price of the next renewal. Its room at the
 * mail host stays what it was until the host has told that what is in use fits; only then is the room cut and the archive removed. Where
 * it no longer fits, the term is renewed all the same, the mailbox keeps the room it had, its holder is told what to empty, and the host is
 * asked again once a day. An order that is cancelled or lapses deletes nothing. */
#pragma once

#include "shop/cart.h"
#include "shop/place_order.h"
#include "shop/shop.h"
#include "store/plan_change.h"

/* ---- The consent to the deletion of an archive ---- */

const char *plan_consent_word(const char *language); /* to be typed: "CANCELLA" */
/* What stands above the field, in full: kept with what was typed. */
char *plan_consent_text(void *mem, const char *language, const struct mailbox *mailbox, const struct quote *quote);
/* REFUSED (PROBLEM_ARCHIVE_CONSENT on "consent") when the archive goes and the word was not typed; the word of any language will do. */
enum outcome plan_consent_check(const char *language, const struct quote *quote, struct problem *why) must_check;

/* ---- The order, and its effect ---- */

/* With the order; nothing where the mailbox gets no smaller. */
enum outcome plan_change_ordered(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor,
                                 const struct mailbox *mailbox, const struct quote *quote) must_check;
/* The order is settled; `mailbox` as it was before. *quota_mb is the room that the mail host gives from now on. */
enum outcome plan_change_settled(struct db_tx *tx, void *mem, const struct brand *brand, const struct order_line *line,
                                 int64_t order_id, const struct mailbox *mailbox, int64_t *quota_mb) must_check;
/* The renewal is taken back: what has not been cut stays. */
enum outcome plan_change_taken_back(struct db_tx *tx, void *mem, int64_t order_id, int64_t mailbox_id) must_check;

/* Extra space that was bought for the rest of the term is given back: the order has no change of its own until now. */
enum outcome plan_change_less_space(struct db_tx *tx, void *mem, const struct brand *brand, const struct order *order,
                                    const struct actor *actor, const struct mailbox *mailbox, const struct space *then,
                                    int64_t *quota_mb) must_check;

/* Asks the mail host, and cuts the room if it fits (a row "plan_change" of the outbox). BUSY: ask again. */
enum outcome plan_change_turn(struct shop *shop, void *mem, int64_t id, struct problem *why) must_check;

/* ---- What is in use ---- */

/* Asks the mail host how much of the mailbox is in use, and keeps the answer in its row and in *mailbox. DONE as well when the host does
 * not know, does not answer, or there is none: then what was last known stands. */
enum outcome space_ask(const struct shop *shop, void *mem, struct mailbox *mailbox) must_check;
/* The same for those lines of an order that leave a mailbox with another plan or less space, before place_order judges them. */
enum outcome spaces_ask(const struct shop *shop, void *mem, const struct wanted_line *lines, size_t count) must_check;
/* Whether any line says something of plan or space. For all others there is nothing to ask, and no reason to leave a worker. */
bool spaces_chosen(const struct wanted_line *lines, size_t count);
