/* web/order_read.h: the order that a page's address names, as {code}. */
#pragma once

#include "shop/documents.h"
#include "shop/present_pay.h"
#include "shop/withdraw.h"
#include "web/page.h"

struct order_read {
    struct order_facts facts;
    struct order_money money;
    struct papers papers; /* of a purchase; request.id 0: none */
    struct withdraw_look withdrawal;
    bool withdrawable; /* or withdrawn from already */
};

/* Whether the visitor may see it: who placed it or has its mailboxes, or acts for the body that it is of. */
enum outcome order_seen_here(struct db_tx *tx, struct page *p, const struct order *order, bool *seen) must_check;
/* A page_read of one struct order_facts, or with the money's ways of one struct order_read. Somebody else's order reads like one that
 * does not exist. */
enum outcome order_read(struct db_tx *tx, struct page *p, void *arg, struct problem *why) must_check;
enum outcome order_read_money(struct db_tx *tx, struct page *p, void *arg, struct problem *why) must_check;

/* "Ordine RLM95055" */
char *order_title(const struct page *p, const struct order *order);
/* "/ordini/RLM95055" */
char *order_path(const struct page *p, const struct order *order);
