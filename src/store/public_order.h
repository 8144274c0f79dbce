/* store/public_order.h: the codes of a public body's purchase, and its commitment to pay. */
#pragma once

#include "db/db.h"

struct public_order {
    int64_t order_id; /* 0: none */
    char *cig, *cup, *act, *committed_by;
    struct instant committed_at; /* 0: not committed */
};
/* REFUSED: nothing was noted of it. */
enum outcome public_order_of(struct db_tx *tx, void *mem, int64_t order_id, struct public_order *out) must_check;
enum outcome public_order_put(struct db_tx *tx, const struct public_order *order) must_check;
