/* shop/autorenew_day.h: what the files of automatic renewal's day share: autorenew_item.c is one mandate with something due,
 * autorenew_warn.c announces, autorenew_charge.c charges, autorenew_turn.c goes through all of them in batches. */
#pragma once

#include "shop/autorenew_parts.h"
#include "shop/pay_parts.h"

/* The actor of all that the day does. */
#define AUTORENEW_JOB ((const struct actor){.door = "job", .name = "system"})

struct autorenew_batch {
    struct shop *shop;
    void *mem; /* of the batch */
    int limit;
    size_t found;                  /* mandates that the batch took up */
    struct pay_work **work;        /* attempts that the provider is to be asked for, room for `limit`; NULL: it only warns */
    size_t count, asked, recorded; /* of them */
    struct autorenew_turned done;  /* of the batch */
};

/* What each mandate needs, whichever day it is. */
struct autorenew_item {
    struct autorenew_batch *batch;
    struct db_tx *tx;
    void *mem;
    struct mandate *m;
    const struct brand *brand;
    struct mailbox mailbox;
    struct instrument instrument;
    struct day today;
    bool ready; /* false: nothing is to be done now */
};

/* ---- autorenew_item.c ---- */

/* Loads what belongs to it, and looks whether there is still something to renew, and to charge. */
enum outcome item_take_up(struct autorenew_item *i) must_check;
enum outcome item_save(struct autorenew_item *i) must_check;
/* Tomorrow again, for an order of the customer's own; who is told so on the day of the charge. */
enum outcome item_give_way(struct autorenew_item *i) must_check;
enum outcome item_put_off(struct autorenew_item *i) must_check; /* not now: the day after */
/* The order that stands in the way, or the one that was charged before, or a new one: the renewal as it was, at today's price. REFUSED: it
 * cannot be renewed so. */
enum outcome item_find_order(struct autorenew_item *i, struct order *order, struct problem *why) must_check;
/* It cannot be renewed like this any more: the plan has no price, the horizon is near. */
enum outcome item_end(struct autorenew_item *i, const struct problem *why) must_check;
/* No further attempt: the order is left to be paid by hand, and the customer is told why: "late", "price". */
enum outcome item_give_up(struct autorenew_item *i, const struct order *order, const char *reason, struct money was) must_check;
/* The days went by without anybody at work: what is over is not charged. */
enum outcome item_too_late(struct autorenew_item *i) must_check;

/* ---- autorenew_warn.c, autorenew_charge.c: one batch ---- */

enum outcome batch_warn(struct db_tx *tx, void *batch) must_check;
enum outcome batch_charge(struct db_tx *tx, void *batch) must_check; /* orders and attempts, and who is to be asked */
void batch_ask(struct autorenew_batch *t);                           /* the provider, for each, and what it answered is written down */
