#include "store/price_told.h"
#include "store/catalogue.h"
#include "store/notice_parts.h"

/* $1 brand, $2 today, $3 how many days before the end of the term is charged, $4 after which mandate. */
#define CHARGE_ON "coalesce(d.charge_on, d.expires_on - $3)"
#define STANDS(c) c ".kind = '" CATALOGUE_PRICE "' AND " c ".convention = '' AND " c ".withdrawn_at IS NULL"
#define UNTOLD                                                                                                         \
    "FROM catalogue_change c JOIN mandate d ON d.brand = c.brand AND (d.state = 'on' OR d.state = 'notified') AND "    \
    "d.instrument_id IS NOT NULL JOIN mailbox_row m ON m.id = d.mailbox_id AND m.plan = c.plan WHERE c.brand = $1 "    \
    "AND c.from_day > $2 AND d.id > $4 AND " CHARGE_ON " >= c.from_day AND " STANDS(                                   \
        "c") " AND NOT EXISTS (SELECT 1 FROM catalogue_change n WHERE n.brand = c.brand AND n.plan = c.plan AND "      \
             "n.from_day > c.from_day AND n.from_day <= " CHARGE_ON                                                    \
             " AND " STANDS("n") ") AND NOT EXISTS (SELECT 1 FROM price_told t WHERE t.mandate_id = d.id AND "         \
                                 "t.change_id = c.id) "
#define RULE_VALUES(r, today) db_text((r)->brand), db_day(today), db_int((r)->charge_days_before), db_int((r)->after)

enum outcome prices_untold(struct db_tx *tx, const struct price_rule *r, bool *any)
{
    int64_t count;

    TRY(db_number(tx, &count, "SELECT count(*) FROM (SELECT 1 " UNTOLD "LIMIT 1) first", RULE_VALUES(r, db_today(tx))));
    *any = count != 0;
    return DONE;
}

#define INSERT_MAIL(reader)                                                                                            \
    "INSERT INTO outbox (brand, kind, template, recipient, language, order_id, data, state, attempts, due_at, lease, " \
    "last_error, created_at) WITH r (told, language, sent_to, copy_to) AS (SELECT t.id, " MAILBOX_READERS(             \
        "1",                                                                                                           \
        "1") " FROM price_told t JOIN mandate d ON d.id = t.mandate_id JOIN mailbox_row m ON m.id = "                  \
             "d.mailbox_id JOIN holder h ON h.id = m.holder_id LEFT JOIN account a ON a.id = d.account_id WHERE "      \
             "t.id > $3) SELECT $1, 'mail', 'price_changed', r." reader                                                \
             ", r.language, NULL, '{\"told\":' || r.told || '}', 'waiting', 0, $2, '', '', $2 FROM r WHERE r." reader  \
             " <> '' ORDER BY r.told"

static enum outcome mail(struct db_tx *tx, const char *brand, int64_t mark)
{
    struct db_value now = db_instant(clock_now()); /* the outbox goes by the machine's clock */

    TRY(db_exec(tx, NULL, INSERT_MAIL("sent_to"), db_text(brand), now, db_int(mark)));
    return db_exec(tx, NULL, INSERT_MAIL("copy_to"), db_text(brand), now, db_int(mark));
}

enum outcome prices_tell(struct db_tx *tx, const struct price_rule *r, int limit, int64_t *told, int64_t *last)
{
    int64_t mark;

    *last = 0;
    TRY(db_number(tx, &mark, "SELECT coalesce(max(id), 0) FROM price_told"));
    TRY(db_exec(tx, told,
                "INSERT INTO price_told (mandate_id, change_id, told_on) SELECT d.id, c.id, $2 " UNTOLD
                "ORDER BY d.id LIMIT $5 ON CONFLICT DO NOTHING",
                RULE_VALUES(r, db_today(tx)), db_int(limit)));
    if (*told == 0)
        return DONE;
    TRY(mail(tx, r->brand, mark));
    return *told < limit ? DONE
                         : db_number(tx, last, "SELECT max(mandate_id) FROM price_told WHERE id > $1", db_int(mark));
}

static const struct db_column TOLD[] = {
    DB_ID(struct price_told, id),
    DB_ID(struct price_told, mandate_id),
    DB_ID(struct price_told, change_id),
    DB_DAY(struct price_told, told_on),
    DB_END,
};

enum outcome price_told_by_id(struct db_tx *tx, void *mem, int64_t id, struct price_told *told)
{
    return db_one(tx, mem, TOLD, told, "SELECT id, mandate_id, change_id, told_on FROM price_told WHERE id = $1",
                  db_int(id));
}
