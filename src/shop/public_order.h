/* shop/public_order.h: what public bodies need (L26): the codes of their purchase on the invoice, and, where the brand allows it
 * (invoicing.public_commitment), an order that is fulfilled and invoiced on their commitment to pay, before the money comes. */
#pragma once

#include "shop/shop.h"
#include "store/public_order.h"

struct public_request {
    const char *code;       /* of the order, of a public body */
    const char *cig, *cup;  /* 10 and 15 letters or digits; "" none */
    const char *act;        /* the commitment, as it is called; with commit required */
    bool commit;            /* registers the commitment; otherwise only the codes are noted */
    struct actor actor;
};
/* The codes can be noted while there is no invoice, or SdI or the body has turned it down. A commitment settles an order that waits for
 * money, provisionally: the bank's credit confirms it. REFUSED with the fault and its field: code, cig, cup, act. */
enum outcome public_order_note(struct db_tx *tx, void *mem, const struct brands *brands, const struct public_request *request,
                               struct problem *why) must_check;
