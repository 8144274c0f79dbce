/* store/wish.h: automatic renewal that was asked for with a purchase, before there is a mailbox (sql/0021-more.sql). */
#pragma once

#include "db/db.h"

struct wish {
    int64_t order_id, account_id, instrument_id; /* instrument_id 0: not paid yet */
    char *method;
    char *consent_version, *consent_sha256, *consented_door, *consented_by;
    struct instant consented_at;
};

enum outcome wish_insert(struct db_tx *tx, const struct wish *wish) must_check;
/* REFUSED: there is none. */
enum outcome wish_of(struct db_tx *tx, void *mem, int64_t order_id, struct wish *out) must_check;
enum outcome wish_pay(struct db_tx *tx, int64_t order_id, int64_t instrument_id, const char *method) must_check;
enum outcome wish_drop(struct db_tx *tx, int64_t order_id) must_check;
