#include "store/bank.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static const struct db_column ENTRY[] = {
    DB_ID(struct bank_entry, id),
    DB_ID(struct bank_entry, statement_id),
    DB_TEXT(struct bank_entry, fingerprint),
    DB_TEXT(struct bank_entry, account),
    DB_MONEY(struct bank_entry, amount),
    DB_TEXT(struct bank_entry, currency),
    DB_DAY(struct bank_entry, booked_on),
    DB_DAY(struct bank_entry, value_on),
    DB_TEXT(struct bank_entry, debtor),
    DB_TEXT(struct bank_entry, debtor_iban),
    DB_TEXT(struct bank_entry, bank_reference),
    DB_TEXT(struct bank_entry, end_to_end_id),
    DB_TEXT(struct bank_entry, remittance),
    DB_TEXT(struct bank_entry, state),
    DB_TEXT(struct bank_entry, held_reason),
    DB_ID(struct bank_entry, order_id),
    DB_TEXT(struct bank_entry, format),
    DB_MONEY(struct bank_entry, placed),
    DB_END,
};

#define SELECT_ENTRY                                                                                                   \
    "SELECT e.id, e.statement_id, e.fingerprint, e.account, e.amount_cents, e.currency, e.booked_on, e.value_on, "     \
    "e.debtor, e.debtor_iban, e.bank_reference, e.end_to_end_id, e.remittance, e.state, e.held_reason, e.order_id, "   \
    "s.format, e.placed_cents FROM bank_entry e JOIN bank_statement s ON s.id = e.statement_id "

enum outcome bank_statement_insert(struct db_tx *tx, struct bank_statement *s)
{
    return db_number(tx, &s->id,
                     "INSERT INTO bank_statement (account, name, format, opening, closing, booked_cents, entries, "
                     "balanced, imported_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                     db_text(s->account), db_text(s->name), db_text(s->format), db_text(s->opening),
                     db_text(s->closing), db_money(s->booked), db_int(s->entries), db_bool(s->balanced),
                     db_instant(db_now(tx)));
}

static const struct db_column NEW_ID[] = {DB_ID(struct bank_entry, id), DB_END};

enum outcome bank_entry_insert(struct db_tx *tx, struct bank_entry *e, bool *fresh)
{
    enum outcome o = db_one(tx, NULL, NEW_ID, e,
                            "INSERT INTO bank_entry (statement_id, fingerprint, account, amount_cents, currency, "
                            "booked_on, value_on, debtor, "
                            "debtor_iban, bank_reference, remittance, state, held_reason, order_id, end_to_end_id) "
                            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT "
                            "(fingerprint) DO NOTHING RETURNING id",
                            db_int(e->statement_id), db_text(e->fingerprint), db_text(e->account), db_money(e->amount),
                            db_text(e->currency), db_day(e->booked_on), db_day(e->value_on), db_text(e->debtor),
                            db_text(e->debtor_iban), db_text(e->bank_reference), db_text(e->remittance),
                            db_text(e->state), db_text(e->held_reason), db_id(e->order_id), db_text(e->end_to_end_id));

    *fresh = o == DONE;
    return o == REFUSED ? DONE : o;
}

#define KNOWN "SELECT id FROM bank_entry WHERE fingerprint = $1"

void bank_entry_known_ahead(struct db_tx *tx, const char *fingerprint)
{
    db_ahead(tx, KNOWN, db_text(fingerprint));
}

enum outcome bank_entry_known(struct db_tx *tx, const char *fingerprint, int64_t *id)
{
    enum outcome o = db_number(tx, id, KNOWN, db_text(fingerprint));

    if (o == REFUSED)
        *id = 0;
    return o == REFUSED ? DONE : o;
}

enum outcome bank_entries_like(struct db_tx *tx, void *mem, const char *account, struct day booked_on,
                               struct money amount, struct bank_entry **entries, size_t *count)
{
    return db_all(tx, mem, ENTRY, entries, count,
                  SELECT_ENTRY "WHERE e.account = $1 AND e.booked_on = $2 AND e.amount_cents = $3 ORDER BY e.id",
                  db_text(account), db_day(booked_on), db_money(amount));
}

enum outcome bank_has_other_formats(struct db_tx *tx, const char *account, const char *format, bool *has)
{
    int64_t count;

    TRY(db_number(tx, &count, "SELECT count(*) FROM bank_statement WHERE account = $1 AND format <> $2",
                  db_text(account), db_text(format)));
    *has = count > 0;
    return DONE;
}

enum outcome bank_entries_held_of(struct db_tx *tx, void *mem, struct money left, struct day since, int limit,
                                  struct bank_entry **entries, size_t *count)
{
    return db_all(tx, mem, ENTRY, entries, count,
                  SELECT_ENTRY "WHERE e.state = 'held' AND e.currency = 'EUR' AND e.amount_cents - e.placed_cents = $1 "
                               "AND e.booked_on >= $2 ORDER BY e.id DESC LIMIT $3",
                  db_money(left), db_day(since), db_int(limit));
}

enum outcome bank_entry_by_id(struct db_tx *tx, void *mem, int64_t id, struct bank_entry *out)
{
    return db_one(tx, mem, ENTRY, out, SELECT_ENTRY "WHERE e.id = $1", db_int(id));
}

enum outcome bank_entry_of_cause(struct db_tx *tx, void *mem, const char *cause, struct bank_entry *out)
{
    if (strncmp(cause, "bank:", 5) == 0)
        return bank_entry_by_id(tx, mem, strtoll(cause + 5, NULL, 10), out);
    if (strncmp(cause, "held:", 5) != 0)
        return REFUSED;
    return db_one(tx, mem, ENTRY, out,
                  SELECT_ENTRY "JOIN held_act a ON a.bank_entry_id = e.id JOIN held_part p ON p.act_id = a.id "
                               "WHERE p.id = $1",
                  db_int(strtoll(cause + 5, NULL, 10)));
}

enum outcome bank_entry_refunded(struct db_tx *tx, int64_t id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE bank_entry SET state = 'refunded' WHERE id = $1 AND state = 'held'", db_int(id)));
    *changed = rows == 1;
    return DONE;
}

enum outcome bank_entries_held(struct db_tx *tx, void *mem, int64_t after, int limit, struct bank_entry **entries,
                               size_t *count)
{
    return db_all(tx, mem, ENTRY, entries, count,
                  SELECT_ENTRY "WHERE e.state = 'held' AND e.id > $1 ORDER BY e.id LIMIT $2", db_int(after),
                  db_int(limit));
}

enum outcome bank_entries_held_where(struct db_tx *tx, void *mem, const struct held_filter *f, int64_t after, int limit,
                                     struct bank_entry **entries, size_t *count)
{
    return db_all(tx, mem, ENTRY, entries, count,
                  SELECT_ENTRY
                  "WHERE e.state = 'held' AND e.id > $1 AND ($2 = '' OR e.account = $2 OR e.account = $3) "
                  "AND ($4 = '' OR e.held_reason = $4) AND ($5 = 0 OR e.booked_on <= $5) AND "
                  "e.amount_cents - e.placed_cents >= $6 AND ($7 = 0 OR e.amount_cents - e.placed_cents <= "
                  "$7) ORDER BY e.id LIMIT $8",
                  db_int(after), db_text(f->accounts[0]), db_text(f->accounts[1]), db_text(f->reason), db_day(f->until),
                  db_money(f->least), db_money(f->most), db_int(limit));
}

enum outcome bank_entries_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct bank_entry **entries,
                                   size_t *count)
{
    return db_all(tx, mem, ENTRY, entries, count, SELECT_ENTRY "WHERE e.order_id = $1 ORDER BY e.id", db_int(order_id));
}

static enum outcome ledger_entry_insert(struct db_tx *tx, const char *cause, const char *account, struct money amount)
{
    return db_exec(tx, NULL,
                   "INSERT INTO ledger_entry (transaction_id, account, amount_cents, at) VALUES ($1, $2, $3, $4)",
                   db_text(cause), db_text(account), db_money(amount), db_instant(db_now(tx)));
}

/* One by one: an INSERT of two rows needs a journal of its own on SQLite, to undo the first when the second fails. */
enum outcome ledger_move(struct db_tx *tx, const char *cause, const char *debit, const char *credit,
                         struct money amount)
{
    if (amount.cents == 0)
        return DONE;
    TRY(ledger_entry_insert(tx, cause, debit, amount));
    return ledger_entry_insert(tx, cause, credit, money(-amount.cents));
}

char *ledger_gateway(void *mem, const char *provider, const char *brand)
{
    return talloc_asprintf(mem, "gateway:%s:%s", provider, brand);
}

char *ledger_held_gateway(void *mem, const char *provider, const char *brand)
{
    return talloc_asprintf(mem, "held:gateway:%s:%s", provider, brand);
}
