#include "store/wallet.h"

static const struct db_column ENTRY[] = {
    DB_ID(struct wallet_entry, id),         DB_ID(struct wallet_entry, account_id),
    DB_TEXT(struct wallet_entry, kind),     DB_MONEY(struct wallet_entry, amount),
    DB_MONEY(struct wallet_entry, balance), DB_TEXT(struct wallet_entry, cause),
    DB_ID(struct wallet_entry, order_id),   DB_TEXT(struct wallet_entry, order_code),
    DB_INSTANT(struct wallet_entry, at),    DB_END,
};

enum outcome wallet_balance(struct db_tx *tx, int64_t account_id, struct money *balance)
{
    enum outcome o =
        db_number(tx, &balance->cents, "SELECT balance_cents FROM wallet WHERE account_id = $1", db_int(account_id));

    if (o == REFUSED)
        *balance = money(0);
    return o == REFUSED ? DONE : o;
}

enum outcome wallet_owed(struct db_tx *tx, int64_t account_id, struct money *owed)
{
    enum outcome o =
        db_number(tx, &owed->cents, "SELECT owed_cents FROM wallet WHERE account_id = $1", db_int(account_id));

    if (o == REFUSED)
        *owed = money(0);
    return o == REFUSED ? DONE : o;
}

enum outcome wallet_owe(struct db_tx *tx, int64_t account_id, struct money more)
{
    TRY(db_exec(tx, NULL,
                "INSERT INTO wallet (account_id, balance_cents) VALUES ($1, 0) ON CONFLICT (account_id) DO NOTHING",
                db_int(account_id)));
    return db_exec(tx, NULL, "UPDATE wallet SET owed_cents = owed_cents + $2 WHERE account_id = $1", db_int(account_id),
                   db_money(more));
}

enum outcome wallet_entries_of_order(struct db_tx *tx, int64_t order_id, int64_t account_id, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) FROM wallet_entry WHERE account_id = $1 AND order_id = $2",
                     db_int(account_id), db_int(order_id));
}

/* The row is where two changes at once meet: one of them waits, or is run again. */
enum outcome wallet_change(struct db_tx *tx, int64_t account_id, struct money amount, struct money *balance,
                           bool *enough)
{
    enum outcome o;

    if (amount.cents > 0)
        TRY(db_exec(tx, NULL,
                    "INSERT INTO wallet (account_id, balance_cents) VALUES ($1, 0) ON CONFLICT (account_id) DO NOTHING",
                    db_int(account_id)));
    o = db_number(
        tx, &balance->cents,
        "UPDATE wallet SET balance_cents = balance_cents + $2 WHERE account_id = $1 AND balance_cents + $2 >= 0 "
        "RETURNING balance_cents",
        db_int(account_id), db_money(amount));
    *enough = o == DONE;
    return o == REFUSED ? DONE : o;
}

enum outcome wallet_entry_insert(struct db_tx *tx, struct wallet_entry *e)
{
    e->at = db_now(tx);
    return db_number(tx, &e->id,
                     "INSERT INTO wallet_entry (account_id, kind, amount_cents, balance_cents, cause, order_id, at) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                     db_int(e->account_id), db_text(e->kind), db_money(e->amount), db_money(e->balance),
                     db_text(e->cause), db_id(e->order_id), db_instant(e->at));
}

enum outcome wallet_balance_after(struct db_tx *tx, const char *cause, struct money *balance)
{
    return db_number(tx, &balance->cents, "SELECT balance_cents FROM wallet_entry WHERE cause = $1", db_text(cause));
}

enum outcome wallet_entries(struct db_tx *tx, void *mem, int64_t account_id, int64_t before, int limit,
                            struct wallet_entry **entries, size_t *count)
{
    return db_all(
        tx, mem, ENTRY, entries, count,
        "SELECT e.id, e.account_id, e.kind, e.amount_cents, e.balance_cents, e.cause, e.order_id, o.code, e.at "
        "FROM wallet_entry e LEFT JOIN shop_order o ON o.id = e.order_id WHERE e.account_id = $1 AND e.id < $2 "
        "ORDER BY e.id DESC LIMIT $3",
        db_int(account_id), db_int(before ? before : INT64_MAX), db_int(limit));
}
