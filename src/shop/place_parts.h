/* shop/place_parts.h: what placing an order of either kind has in common. */
#pragma once

#include "shop/place_order.h"

/* The order that the same form made before, with placed->found; REFUSED with PROBLEM_NONE in *why where there is none, with
 * PROBLEM_FORM_EXPIRED where it is somebody else's. */
enum outcome place_found(struct db_tx *tx, void *mem, const struct order_request *request, struct placed_order *placed,
                         struct problem *why) must_check;
enum outcome place_check_method(const struct order_request *request, struct problem *why) must_check;
enum outcome place_check_terms(struct db_tx *tx, const struct order_request *request, struct problem *why) must_check;
enum outcome place_check_total(const struct order_request *request, const struct total *total, struct problem *why) must_check;

/* An order as the request and the brand make it, with its id and code, not yet written: kind, mailbox_id and billing are the
 * caller's, who sets the first before. */
enum outcome place_begin(struct db_tx *tx, void *mem, const struct order_request *request, const struct total *total,
                         struct order *order) must_check;
/* Writes it and its lines, its event and the acknowledgment mail. BUSY: the same form, a moment ago. */
enum outcome place_write(struct db_tx *tx, const struct order_request *request, const struct placed_order *placed) must_check;
