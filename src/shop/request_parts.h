/* shop/request_parts.h: what the files about requests share. */
#pragma once

#include "shop/request.h"

/* A request of this account that is not ordered yet; REFUSED as draft_save. */
enum outcome request_load_draft(struct db_tx *tx, void *mem, const struct brand *brand, int64_t account_id, int64_t id,
                                struct request *request, struct problem *why) must_check;
/* Writes it, with its step to the next state. REFUSED where the table of rules/activation lacks that; BUSY: somebody else was quicker. */
enum outcome request_keep(struct db_tx *tx, struct request *request, enum request_event event, struct problem *why) must_check;
/* Writes it without the name that was held for it (M3). */
enum outcome request_lose_name(struct db_tx *tx, struct request *request) must_check;
/* The request of an order that ends unpaid (M6). */
enum outcome request_drop_of(struct db_tx *tx, void *mem, int64_t order_id, const struct actor *actor) must_check;
