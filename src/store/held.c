#include "store/held.h"
#include <talloc.h>

enum outcome held_act_insert(struct db_tx *tx, struct held_act *act, bool *fresh)
{
    enum outcome o = db_number(tx, &act->id,
                               "INSERT INTO held_act (bank_entry_id, token, note, decided_by, decided_at) "
                               "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (token) DO NOTHING RETURNING id",
                               db_int(act->bank_entry_id), db_text(act->token), db_text(act->note),
                               db_text(act->decided_by), db_instant(db_now(tx)));

    *fresh = o == DONE;
    return o == REFUSED ? DONE : o;
}

enum outcome held_act_by_token(struct db_tx *tx, const char *token, int64_t *bank_entry_id)
{
    return db_number(tx, bank_entry_id, "SELECT bank_entry_id FROM held_act WHERE token = $1", db_text(token));
}

static const struct db_column PART[] = {
    DB_ID(struct held_part, id),
    DB_ID(struct held_part, act_id),
    DB_ID(struct held_part, bank_entry_id),
    DB_TEXT(struct held_part, way),
    DB_MONEY(struct held_part, amount),
    DB_ID(struct held_part, order_id),
    DB_ID(struct held_part, account_id),
    DB_ID(struct held_part, refund_id),
    DB_TEXT(struct held_part, order_code),
    DB_TEXT(struct held_part, account_email),
    DB_TEXT(struct held_part, refund_state),
    DB_TEXT(struct held_part, note),
    DB_TEXT(struct held_part, decided_by),
    DB_INSTANT(struct held_part, decided_at),
    DB_INSTANT(struct held_part, undone_at),
    DB_TEXT(struct held_part, undone_by),
    DB_TEXT(struct held_part, undone_note),
    DB_END,
};

#define SELECT_PART                                                                                                    \
    "SELECT p.id, p.act_id, a.bank_entry_id, p.way, p.amount_cents, p.order_id, p.account_id, p.refund_id, o.code, "   \
    "c.email, r.state, a.note, a.decided_by, a.decided_at, p.undone_at, p.undone_by, p.undone_note FROM held_part p "  \
    "JOIN held_act a ON a.id = p.act_id LEFT JOIN shop_order o ON o.id = p.order_id LEFT JOIN account c ON c.id = "    \
    "p.account_id LEFT JOIN refund r ON r.id = p.refund_id "

enum outcome held_part_insert(struct db_tx *tx, struct held_part *p)
{
    return db_number(tx, &p->id,
                     "INSERT INTO held_part (act_id, way, amount_cents, order_id, account_id, refund_id) "
                     "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                     db_int(p->act_id), db_text(p->way), db_money(p->amount), db_id(p->order_id), db_id(p->account_id),
                     db_id(p->refund_id));
}

enum outcome held_part_set_refund(struct db_tx *tx, int64_t id, int64_t refund_id)
{
    return db_exec(tx, NULL, "UPDATE held_part SET refund_id = $2 WHERE id = $1", db_int(id), db_int(refund_id));
}

enum outcome held_part_by_id(struct db_tx *tx, void *mem, int64_t id, struct held_part *out)
{
    return db_one(tx, mem, PART, out, SELECT_PART "WHERE p.id = $1", db_int(id));
}

enum outcome held_parts_of(struct db_tx *tx, void *mem, int64_t bank_entry_id, struct held_part **parts, size_t *count)
{
    return db_all(tx, mem, PART, parts, count, SELECT_PART "WHERE a.bank_entry_id = $1 ORDER BY p.id",
                  db_int(bank_entry_id));
}

enum outcome held_part_undone(struct db_tx *tx, int64_t id, const char *note, const char *by, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE held_part SET undone_at = $2, undone_by = $3, undone_note = $4 WHERE id = $1 AND undone_at IS "
                "NULL",
                db_int(id), db_instant(db_now(tx)), db_text(by), db_text(note)));
    *changed = rows == 1;
    return DONE;
}

enum outcome bank_entry_place(struct db_tx *tx, int64_t id, struct money was, struct money more, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE bank_entry SET placed_cents = placed_cents + $3, state = CASE WHEN placed_cents + $3 = "
                "amount_cents THEN 'placed' ELSE 'held' END WHERE id = $1 AND placed_cents = $2 AND placed_cents + $3 "
                "<= amount_cents AND placed_cents + $3 >= 0 AND (state = 'held' OR state = 'placed' AND $3 < 0)",
                db_int(id), db_money(was), db_money(more)));
    *changed = rows == 1;
    return DONE;
}

enum outcome held_written(struct db_tx *tx, int64_t order_id, int64_t *times)
{
    return db_number(tx, times, "SELECT count(*) FROM event WHERE order_id = $1 AND kind = 'held.written'",
                     db_int(order_id));
}

/* ---- Suggestions ---- */

static const struct db_column CANDIDATE[] = {DB_ID(struct held_candidate, id), DB_TEXT(struct held_candidate, name),
                                             DB_END};

#define SELECT_CANDIDATE "SELECT id, billing_name FROM shop_order WHERE state = 'confirmed' AND "

enum outcome held_orders_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit,
                                    struct held_candidate **orders, size_t *count)
{
    return db_all(tx, mem, CANDIDATE, orders, count, SELECT_CANDIDATE "mailbox_id = $1 ORDER BY id DESC LIMIT $2",
                  db_int(mailbox_id), db_int(limit));
}

enum outcome held_orders_of_account(struct db_tx *tx, void *mem, int64_t account_id, int limit,
                                    struct held_candidate **orders, size_t *count)
{
    return db_all(tx, mem, CANDIDATE, orders, count, SELECT_CANDIDATE "account_id = $1 ORDER BY id DESC LIMIT $2",
                  db_int(account_id), db_int(limit));
}

enum outcome held_orders_of_tax_number(struct db_tx *tx, void *mem, const char *number, int limit,
                                       struct held_candidate **orders, size_t *count)
{
    TRY(db_all(tx, mem, CANDIDATE, orders, count, SELECT_CANDIDATE "billing_tax_code = $1 ORDER BY id DESC LIMIT $2",
               db_text(number), db_int(limit)));
    if (*count)
        return DONE;
    return db_all(tx, mem, CANDIDATE, orders, count,
                  SELECT_CANDIDATE "billing_vat_number = $1 AND billing_vat_number <> '' ORDER BY id DESC LIMIT $2",
                  db_text(number), db_int(limit));
}

enum outcome held_orders_of_amount(struct db_tx *tx, void *mem, const char *brand, struct money due, int limit,
                                   struct held_candidate **orders, size_t *count)
{
    return db_all(tx, mem, CANDIDATE, orders, count,
                  SELECT_CANDIDATE "brand = $1 AND due_cents = $2 ORDER BY id DESC LIMIT $3", db_text(brand),
                  db_money(due), db_int(limit));
}

enum outcome held_order_of_code(struct db_tx *tx, const char *code, int64_t *id)
{
    return db_number(tx, id, "SELECT id FROM shop_order WHERE code = $1", db_text(code));
}

enum outcome held_twin(struct db_tx *tx, int64_t bank_entry_id, int days, int64_t *id)
{
    return db_number(
        tx, id,
        "SELECT t.id FROM bank_entry e JOIN bank_entry t ON t.debtor_iban = e.debtor_iban AND "
        "t.amount_cents = e.amount_cents AND t.account = e.account WHERE e.id = $1 AND e.debtor_iban <> '' "
        "AND t.id <> e.id AND t.state IN ('matched', 'placed') AND t.booked_on BETWEEN e.booked_on - $2 AND "
        "e.booked_on + $2 ORDER BY t.id DESC LIMIT 1",
        db_int(bank_entry_id), db_int(days));
}
