#include "store/inipec.h"
#include "store/mailbox.h"

/* Instants as days of Rome, but for an hour or two at midnight: what is exported twice does no harm. */
#define DAY_OF(instant) "CAST((" instant " + 3600000000) / 86400000000 AS BIGINT)"
#define LAST_EVENT(kinds)                                                                                              \
    "coalesce((SELECT max(" DAY_OF("e.at") ") FROM event e WHERE e.mailbox_id = m.id AND e.at >= $3 AND (" kinds       \
                                           ")), 0)"
#define REVIVED                                                                                                        \
    "coalesce((SELECT max(" DAY_OF(                                                                                    \
        "l.fulfilled_at") ") FROM order_line l WHERE l.mailbox_id = m.id AND l.kind = 'renewal' AND "                  \
                          "l.fulfilled_at >= $3 AND l.old_expires_on < " DAY_OF("l.fulfilled_at") "), 0)"
#define RENAMED "CASE WHEN x.changed_at >= $3 THEN " DAY_OF("x.changed_at") " ELSE 0 END"

enum outcome inipec_each(struct db_tx *tx, void *mem, const char *brand, struct day since, struct inipec_row *row,
                         db_each_row *each, void *arg)
{
    static const struct db_column ROW[] = {
        DB_TEXT(struct inipec_row, address),      DB_TEXT(struct inipec_row, holder),
        DB_TEXT(struct inipec_row, tax_code),     DB_TEXT(struct inipec_row, name),
        DB_TEXT(struct inipec_row, surname),      DB_TEXT(struct inipec_row, enrolment_no),
        DB_TEXT(struct inipec_row, status),       DB_DAY(struct inipec_row, activated_on),
        DB_DAY(struct inipec_row, receive_until), DB_DAY(struct inipec_row, ceased_on),
        DB_DAY(struct inipec_row, renamed_on),    DB_DAY(struct inipec_row, passed_on),
        DB_DAY(struct inipec_row, revived_on),    DB_END,
    };

    return db_each(
        tx, mem, ROW, row, each, arg,
        "SELECT m.address, h.name, h.tax_code, coalesce(x.name, ''), coalesce(x.surname, ''), "
        "coalesce(x.enrolment_no, ''), m.status, m.activated_on, m.receive_until, " LAST_EVENT(
            "e.kind = 'mailbox.ceased'") ", " RENAMED
                                         ", " LAST_EVENT(
                                             "e.kind = 'mailbox.holder_changed'") ", " REVIVED
                                                                                  " FROM mailbox m JOIN holder h ON "
                                                                                  "h.id = m.holder_id LEFT JOIN member "
                                                                                  "x ON x.mailbox_id = m.id AND "
                                                                                  "x.status = 'active' "
                                                                                  "WHERE " MAILBOX_OF(
                                                                                      "$1") " AND (x.id IS NOT NULL OR "
                                                                                            "h.kind = 'freelance' OR "
                                                                                            "h.kind = 'sole_trader' OR "
                                                                                            "h.kind = 'company') AND "
                                                                                            "(m.activated_on >= $2 OR "
                                                                                            "m.receive_until >= $2 - "
                                                                                            "1) ORDER BY m.address, "
                                                                                            "m.id",
        db_text(brand), db_day(since), db_instant(rome_midnight(since)));
}
