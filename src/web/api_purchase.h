/* web/api_purchase.h: the buying of a mailbox, as one call: the form, its names and Conferma in one transaction. */
#pragma once

#include "web/api.h"
#include "web/api_order_form.h"

/* `request` has the brand, the account and all that concerns paying; *bought is the request that was made. REFUSED with every fault,
 * at the places of the API's body: lines[0].names[0], lines[0].plan, holder.tax_code … */
enum outcome api_purchase(struct db_tx *tx, struct call *c, const struct order_form *form, const struct order_request *request,
                          struct placed_order *placed, struct request *bought) must_check;
