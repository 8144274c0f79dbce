/* shop/wizard.h: a renewal on its way through a brand's steps (rules/steps.h), kept at each of them until it is ordered. What was
 * typed survives the session, the browser and the program; each window has its own, by the id in its address.
 *
 * The calling order: wizard_load in a page's reading → wizard_answer in a transaction, at each step → wizard_place at the last. */
#pragma once

#include "shop/cart.h"
#include "shop/place_order.h"
#include "store/wizard.h"
#include <jansson.h>

/* The mailboxes of a wizard with what was chosen for each: plan "" and years 0 where that was not asked yet. */
struct wizard_lines {
    struct cart_line *all;
    size_t count;
};

/* The wizard with that id, of this owner and brand. One that does not exist yet is DONE, too, with version 0: it will once something
 * is kept. *code is the code of the order that was made of it, NULL: none yet. REFUSED with PROBLEM_NOT_FOUND: somebody else's. */
enum outcome wizard_load(struct db_tx *tx, void *mem, const struct brand *brand, const char *owner, const char *id,
                         struct wizard *wizard, char **code, struct problem *why) must_check;

/* What the owner typed for this mailbox and never ordered, in another window or on another day: the answers of a new one may begin
 * with it. NULL where there is none. What counts as consent (to the conditions, the sum, an archive's
 * end, automatic renewal) is not among it, nor are other mailboxes. The caller's reference. */
enum outcome wizard_before(struct db_tx *tx, void *mem, const struct brand *brand, const char *owner, int64_t mailbox_id,
                           json_t **answers) must_check;

/* Puts the members of `changes` into the answers, in place of what they were (null: out of them), and keeps the wizard. Reads what is kept now in the
 * same transaction, so two windows on one wizard keep each other's steps. REFUSED with PROBLEM_FORM_EXPIRED once it is ordered. */
enum outcome wizard_answer(struct db_tx *tx, void *mem, const struct wizard *wizard, const json_t *changes, struct problem *why) must_check;

/* "lines" of the answers, and back. */
struct wizard_lines wizard_lines_read(void *mem, const json_t *answers);
json_t *wizard_lines_write(const struct wizard_lines *lines);

/* The cart of these lines at today's prices. Where years were not chosen they are the shortest on sale; a choice that is not to be had any
 * more is taken out of `lines` (years 0, plan "") and priced without. An item that is refused all the same cannot be renewed at all. */
enum outcome wizard_price(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who, const char *language,
                          struct wizard_lines *lines, struct cart *cart) must_check;

/* What the customer saw and agreed to, beside the order itself. */
struct wizard_consent {
    int64_t version;            /* of the wizard, as it was shown; another: PROBLEM_WIZARD_CHANGED */
    struct instant accepted_at; /* the conditions, at their own step; 0: they are not asked at a step */
    const struct billing *holder; /* the contact data of the mailboxes' holder, looked over; NULL: not asked */
    const char *account;          /* e-mail of the account that is to see the mailboxes (R134); NULL: it stays */
};

/* place_order with the wizard's id as its form token: sent twice it finds the first order. The evidence of what was accepted is an event
 * of the order. The mailboxes of the holder whose data were looked over get them, in the same transaction; and those that no account
 * sees are seen by the one that was named, if there is one: nobody is told whether there is. */
enum outcome wizard_place(struct db_tx *tx, void *mem, const struct wizard *wizard, const struct wizard_consent *consent,
                          struct order_request *request, struct placed_order *placed, struct problem *why) must_check;
