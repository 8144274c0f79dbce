#include "store/cash.h"

static const struct db_column ROW[] = {
    DB_TEXT(struct cash_row, account),
    DB_MONEY(struct cash_row, came),
    DB_MONEY(struct cash_row, went),
    DB_MONEY(struct cash_row, recorded_came),
    DB_MONEY(struct cash_row, recorded_went),
    DB_INT64(struct cash_row, count),
    DB_END,
};

/* The number in a cause, where it is of that kind and of no other. */
#define NUMBER(prefix, length, tail)                                                                                   \
    "CASE WHEN l.transaction_id LIKE '" prefix "%' THEN CAST(replace(substr(l.transaction_id, " #length "), '" tail    \
    "', '') AS BIGINT) END"
#define PLAIN(kind) "l.transaction_id LIKE '" kind ":%' AND l.transaction_id NOT LIKE '" kind ":%:%'"

/* Kinds of which there is an account for each customer or order are told as one. */
#define LABEL                                                                                                          \
    "CASE WHEN l.account LIKE 'wallet:%' THEN 'wallet' WHEN l.account LIKE 'order:%' THEN 'orders' WHEN l.account "    \
    "LIKE 'held:%' THEN 'held' WHEN l.account LIKE 'refunds:%' THEN 'refunds' WHEN l.account LIKE 'provisional:%' "    \
    "THEN 'provisional' WHEN l.account LIKE 'chargebacks:%' THEN 'chargebacks' WHEN l.account LIKE 'foreign:%' THEN "  \
    "'foreign' WHEN l.account LIKE 'revenue:%' THEN 'revenue' WHEN l.account LIKE 'vat:%' THEN 'vat' ELSE l.account "  \
    "END"

/* What the record says of the same movement; where there is none to compare with, as the ledger. */
#define RECORDED                                                                                                       \
    "CASE WHEN l.account LIKE 'bank:%' THEN coalesce(e.amount_cents, 0) WHEN l.account LIKE 'gateway:%' AND p.id IS "  \
    "NOT NULL THEN coalesce(p.captured_cents, 0) WHEN (l.account LIKE 'gateway:%' OR l.account LIKE 'outgoing:%') "    \
    "AND "                                                                                                             \
    "r.id IS NOT NULL THEN - r.amount_cents WHEN l.account LIKE 'cheques:%' THEN CASE WHEN l.transaction_id LIKE "     \
    "'%:bounced' THEN - coalesce(c.amount_cents, 0) ELSE coalesce(c.amount_cents, 0) END WHEN l.account LIKE "         \
    "'wallet:%' THEN - coalesce(w.amount_cents, 0) ELSE l.amount_cents END"

enum outcome cash_rows(struct db_tx *tx, void *mem, const struct money_scope *s, struct instant from,
                       struct instant until, struct cash_row **rows, size_t *count)
{
    return db_all(
        tx, mem, ROW, rows, count,
        "SELECT x.label, CAST(sum(CASE WHEN x.cents > 0 THEN x.cents ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN "
        "x.cents < 0 "
        "THEN - x.cents ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN x.recorded > 0 THEN x.recorded ELSE 0 END) AS "
        "BIGINT), "
        "CAST(sum(CASE WHEN x.recorded < 0 THEN - x.recorded ELSE 0 END) AS BIGINT), count(*) FROM (SELECT " LABEL
        " AS label, l.amount_cents AS cents, " RECORDED " AS recorded FROM ledger_entry l "
        "LEFT JOIN bank_entry e ON e.id = CASE WHEN l.account LIKE 'bank:%' THEN " NUMBER(
            "bank:", 6, "") " END "
                            "LEFT JOIN payment p ON p.id = CASE WHEN l.account LIKE 'gateway:%' AND " PLAIN(
                                "payment") " THEN " NUMBER("payment:", 9,
                                                           "") " END "
                                                               "LEFT JOIN refund r ON r.id = CASE WHEN "
                                                               "l.transaction_id LIKE 'refund:%:done' THEN " NUMBER(
                                                                   "refund:", 8,
                                                                   ":done") " END LEFT JOIN cheque c ON c.id = CASE "
                                                                            "WHEN l.account LIKE 'cheques:%' "
                                                                            "THEN " NUMBER("cheque:", 8,
                                                                                           ":bounced") " END LEFT JOIN "
                                                                                                       "wallet_entry w "
                                                                                                       "ON w.cause = "
                                                                                                       "l.transaction_"
                                                                                                       "id AND "
                                                                                                       "l.account LIKE "
                                                                                                       "'wallet:%' "
                                                                                                       "LEFT JOIN "
                                                                                                       "account a ON "
                                                                                                       "a.id = "
                                                                                                       "w.account_id "
                                                                                                       "WHERE l.at >= "
                                                                                                       "$4 AND l.at < "
                                                                                                       "$5 AND ($1 = "
                                                                                                       "'' OR "
                                                                                                       "l.account IN "
                                                                                                       "('bank:' || "
                                                                                                       "$2, 'bank:' || "
                                                                                                       "$3, 'held:' || "
                                                                                                       "$2, 'held:' || "
                                                                                                       "$3, 'foreign:' "
                                                                                                       "|| $2, "
                                                                                                       "'foreign:' || "
                                                                                                       "$3) OR "
                                                                                                       "l.account LIKE "
                                                                                                       "'%:' || $1 OR "
                                                                                                       "a.brand = $1)) "
                                                                                                       "x GROUP BY "
                                                                                                       "x.label ORDER "
                                                                                                       "BY "
                                                                                                       "x.label",
        db_text(s->brand), db_text(s->accounts[0]), db_text(s->accounts[1]), db_instant(from), db_instant(until));
}

enum outcome cash_missing(struct db_tx *tx, const struct money_scope *s, struct instant from, struct instant until,
                          struct money *missing)
{
    return db_number(
        tx, &missing->cents,
        "SELECT CAST(coalesce(sum(e.amount_cents), 0) AS BIGINT) FROM bank_statement t JOIN bank_entry e ON "
        "e.statement_id = t.id WHERE t.imported_at >= $4 AND t.imported_at < $5 AND e.currency = 'EUR' AND ($1 = "
        "'' OR e.account = $2 OR e.account = $3) AND NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE "
        "l.transaction_id = 'bank:' || CAST(e.id AS TEXT))",
        db_text(s->brand), db_text(s->accounts[0]), db_text(s->accounts[1]), db_instant(from), db_instant(until));
}
