/* web/box.h: a mailbox as the area shows it (views/part/box.html): its state, its life line, and the one thing to do about it. */
#pragma once

#include "shop/cart.h"
#include "web/page.h"

struct boxed {
    struct mailbox mailbox;
    struct order open_order; /* id 0: none */
    struct day pay_by;
    bool in_cart;
};

json_t *box_data(struct page *p, const struct boxed *boxed);
bool box_needs_attention(const struct page *p, const struct mailbox *mailbox); /* expires soon, or has expired */
