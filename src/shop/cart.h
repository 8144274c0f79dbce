/* shop/cart.h: what has been chosen and not yet ordered; the priced lines that a cart shows and an order keeps. */
#pragma once

#include "shop/quote.h"
#include "store/access.h"
#include "store/order.h"

/* Appends the lines of one renewal: the renewal first, then what was added to it. Descriptions are in `language`: they go on the
 * invoice. */
void quote_lines(void *mem, const char *language, const struct mailbox *mailbox, const struct quote *quote, struct day today,
                 struct order_line **lines, size_t *count);

/* VAT is on the sum of the lines, not line by line (D11). */
enum outcome lines_total(const struct brand *brand, const struct order_line *lines, size_t count, struct day tax_point, struct total *total,
                         struct problem *why) must_check;

struct cart_item {
    struct mailbox mailbox;
    struct renewal_choice choice; /* all of it filled in, unless refused */
    bool refused; /* no longer possible, and why; its lines are not in the cart */
    struct problem why;
};

struct cart {
    struct cart_item *items;
    size_t count;
    struct order_line *lines; /* of the items that are possible */
    size_t line_count;
    struct total total;
};

/* The owner's cart with today's prices. Mailboxes that the principal may not renew any more are left out. */
enum outcome cart_load(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who, const char *language,
                       struct cart *cart) must_check;
/* The same for lines that stand elsewhere; years 0 of a line: the fewest that can be had. */
#define YEARS_SHORTEST 0
enum outcome cart_price(struct db_tx *tx, void *mem, const struct brand *brand, struct principal who, const char *language,
                        const struct cart_line *lines, size_t count, struct cart *cart) must_check;
