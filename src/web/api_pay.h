/* web/api_pay.h: calls that pay: what comes after api_begin. */
#pragma once

#include "rules/payment.h"
#include "shop/place_order.h"
#include "web/api.h"

struct api_paying {
    char *code; /* of the order */
    enum payment_method method;
    bool remember;
    bool placing; /* the order has just been placed: it stands whether or not it could be paid, and the answer says so */

    /* Once it was tried. */
    const char *failed; /* code of what stood in the way; NULL: nothing */
};

/* Asks the provider for its page, draws from the prepaid account, or has the order wait for money from outside. Then answers with
 * the order, and keeps that answer. What the provider leaves unsaid is "unknown"; what cannot be is refused, unless `placing`. */
void api_pay(struct call *c, struct api_paying *paying);

/* The order of the path as the answer, with its money. */
api_work api_tell_order;
/* The order that the path names; REFUSED as not found where it is another brand's. */
enum outcome api_find_order(struct db_tx *tx, struct call *c, struct order *order) must_check;
/* Any order as the answer. */
enum outcome api_put_order(struct db_tx *tx, struct call *c, const struct order *order) must_check;
/* "code" of what was begun. */
char *api_begun_code(const struct call *c);
