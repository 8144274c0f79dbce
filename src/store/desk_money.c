#include "store/desk_money.h"

static const struct db_column COUNTS[] = {
    DB_INT64(struct money_counts, held),
    DB_INT64(struct money_counts, held_cents),
    DB_INT64(struct money_counts, payments),
    DB_INT64(struct money_counts, cheques_held),
    DB_INT64(struct money_counts, proofs),
    DB_INT64(struct money_counts, proofs_late),
    DB_INT64(struct money_counts, proofs_uncredited),
    DB_INT64(struct money_counts, cheques_received),
    DB_INT64(struct money_counts, cheques_deposited),
    DB_INT64(struct money_counts, cheques_due),
    DB_INT64(struct money_counts, refunds),
    DB_INT64(struct money_counts, refunds_cents),
    DB_INT64(struct money_counts, refunds_failed),
    DB_END,
};

#define OURS        "($1 = '' OR brand = $1)"
#define OUR_ACCOUNT "($1 = '' OR account = $2 OR account = $3)"

/* Of what is open only, by the indexes for it. */
enum outcome money_count(struct db_tx *tx, const struct money_scope *s, struct money_counts *counts)
{
    return db_one(
        tx, NULL, COUNTS, counts,
        "SELECT (SELECT count(*) FROM bank_entry WHERE state = 'held' AND " OUR_ACCOUNT "), (SELECT "
        "CAST(coalesce(sum(amount_cents - placed_cents), 0) AS BIGINT) FROM bank_entry WHERE state = 'held' AND "
        "currency = "
        "'EUR' AND " OUR_ACCOUNT "), (SELECT count(*) FROM payment WHERE state = 'held' AND " OURS
        "), (SELECT count(*) "
        "FROM cheque c WHERE state = 'cleared' AND held_reason <> '' AND " OURS
        " AND NOT EXISTS (SELECT 1 FROM refund r "
        "WHERE r.cheque_id = c.id)), (SELECT count(*) FROM proof WHERE state = 'received' AND " OURS
        "), (SELECT count(*) "
        "FROM proof WHERE state = 'received' AND due_at < $4 AND " OURS "), (SELECT count(*) FROM proof WHERE state = "
        "'accepted' AND alert_on <= $5 AND " OURS "), (SELECT count(*) FROM cheque WHERE state = 'received' AND " OURS
        "), (SELECT count(*) FROM cheque WHERE state = 'deposited' AND " OURS
        "), (SELECT count(*) FROM cheque WHERE state "
        "= 'deposited' AND clears_on <= $5 AND " OURS
        "), (SELECT count(*) FROM refund WHERE state <> 'done' AND state <> "
        "'dropped' AND destination = 'transfer' AND " OURS
        "), (SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM "
        "refund WHERE state <> 'done' AND state <> 'dropped' AND destination = 'transfer' AND " OURS
        "), (SELECT count(*) "
        "FROM refund WHERE state = 'failed' AND " OURS ")",
        db_text(s->brand), db_text(s->accounts[0]), db_text(s->accounts[1]), db_instant(db_now(tx)),
        db_day(db_today(tx)));
}

static const struct db_column STATEMENT[] = {
    DB_ID(struct statement_row, id),
    DB_TEXT(struct statement_row, account),
    DB_TEXT(struct statement_row, name),
    DB_TEXT(struct statement_row, format),
    DB_INSTANT(struct statement_row, imported_at),
    DB_INT64(struct statement_row, entries),
    DB_INT64(struct statement_row, matched),
    DB_INT64(struct statement_row, held),
    DB_INT64(struct statement_row, other),
    DB_BOOL(struct statement_row, balanced),
    DB_END,
};

enum outcome statement_rows(struct db_tx *tx, void *mem, const struct money_scope *s, int64_t before, int limit,
                            struct statement_row **rows, size_t *count)
{
    return db_all(
        tx, mem, STATEMENT, rows, count,
        "SELECT s.id, s.account, s.name, s.format, s.imported_at, s.entries, (SELECT count(*) FROM bank_entry e WHERE "
        "e.statement_id = s.id AND e.state = 'matched'), (SELECT count(*) FROM bank_entry e WHERE e.statement_id = "
        "s.id AND "
        "e.state = 'held'), (SELECT count(*) FROM bank_entry e WHERE e.statement_id = s.id AND e.state IN ('placed', "
        "'refunded')), s.balanced FROM bank_statement s WHERE ($1 = '' OR s.account = $2 OR s.account = $3) AND ($4 = "
        "0 OR "
        "s.id < $4) ORDER BY s.id DESC LIMIT $5",
        db_text(s->brand), db_text(s->accounts[0]), db_text(s->accounts[1]), db_int(before), db_int(limit));
}
