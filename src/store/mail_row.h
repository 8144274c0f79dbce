/* store/mail_row.h: the mails of an order, as the outbox keeps them. */
#pragma once

#include "db/db.h"

struct mail_row {
    int64_t id, order_id;
    char *brand, *template, *recipient, *language, *state, *data, *last_error;
    struct instant created_at, done_at; /* by the machine's clock; done_at 0: not yet */
};
/* Newest first. */
enum outcome mails_of_order(struct db_tx *tx, void *mem, int64_t order_id, int limit, struct mail_row **mails, size_t *count) must_check;
enum outcome mail_by_id(struct db_tx *tx, void *mem, int64_t id, struct mail_row *out) must_check; /* REFUSED: none */
