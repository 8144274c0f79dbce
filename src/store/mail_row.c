#include "store/mail_row.h"

static const struct db_column MAIL[] = {
    DB_ID(struct mail_row, id),           DB_ID(struct mail_row, order_id),
    DB_TEXT(struct mail_row, brand),      DB_TEXT(struct mail_row, template),
    DB_TEXT(struct mail_row, recipient),  DB_TEXT(struct mail_row, language),
    DB_TEXT(struct mail_row, state),      DB_TEXT(struct mail_row, data),
    DB_TEXT(struct mail_row, last_error), DB_INSTANT(struct mail_row, created_at),
    DB_INSTANT(struct mail_row, done_at), DB_END,
};
#define SELECT_MAIL                                                                                                    \
    "SELECT id, order_id, brand, template, recipient, language, state, data, last_error, created_at, done_at FROM "    \
    "outbox "

enum outcome mails_of_order(struct db_tx *tx, void *mem, int64_t order_id, int limit, struct mail_row **mails,
                            size_t *count)
{
    return db_all(tx, mem, MAIL, mails, count,
                  SELECT_MAIL "WHERE order_id = $1 AND kind = 'mail' ORDER BY id DESC LIMIT $2", db_int(order_id),
                  db_int(limit));
}

enum outcome mail_by_id(struct db_tx *tx, void *mem, int64_t id, struct mail_row *out)
{
    return db_one(tx, mem, MAIL, out, SELECT_MAIL "WHERE id = $1 AND kind = 'mail'", db_int(id));
}
