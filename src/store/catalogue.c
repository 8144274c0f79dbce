#include "store/catalogue.h"
#include "store/mailbox.h"

static const struct db_column CHANGE[] = {
    DB_ID(struct catalogue_change, id),
    DB_TEXT(struct catalogue_change, kind),
    DB_TEXT(struct catalogue_change, brand),
    DB_TEXT(struct catalogue_change, convention),
    DB_TEXT(struct catalogue_change, plan),
    DB_DAY(struct catalogue_change, from),
    DB_MONEY(struct catalogue_change, net),
    DB_MONEY(struct catalogue_change, extra_gb),
    DB_DAY(struct catalogue_change, sold_from),
    DB_DAY(struct catalogue_change, sold_until),
    DB_INT(struct catalogue_change, max_years),
    DB_TEXT(struct catalogue_change, reason),
    DB_TEXT(struct catalogue_change, decided_by),
    DB_INSTANT(struct catalogue_change, decided_at),
    DB_TEXT(struct catalogue_change, withdrawn_by),
    DB_INSTANT(struct catalogue_change, withdrawn_at),
    DB_END,
};

#define SELECT_CHANGE                                                                                                  \
    "SELECT id, kind, brand, convention, plan, from_day, net_cents, extra_gb_cents, sold_from, sold_until, "           \
    "max_years, reason, decided_by, decided_at, withdrawn_by, withdrawn_at FROM catalogue_change "

enum outcome catalogue_changes(struct db_tx *tx, void *mem, struct catalogue_change **all, size_t *count)
{
    return db_all(tx, mem, CHANGE, all, count,
                  SELECT_CHANGE "WHERE withdrawn_at IS NULL ORDER BY kind, brand, convention, plan, from_day");
}

enum outcome catalogue_changes_of(struct db_tx *tx, void *mem, const char *brand, struct catalogue_change **all,
                                  size_t *count)
{
    return db_all(tx, mem, CHANGE, all, count,
                  SELECT_CHANGE "WHERE brand = $1 ORDER BY from_day DESC, id DESC LIMIT 200", db_text(brand));
}

enum outcome catalogue_change_by_id(struct db_tx *tx, void *mem, int64_t id, struct catalogue_change *change)
{
    return db_one(tx, mem, CHANGE, change, SELECT_CHANGE "WHERE id = $1", db_int(id));
}

enum outcome catalogue_change_insert(struct db_tx *tx, struct catalogue_change *c, bool *inserted)
{
    int64_t before, changed;

    c->decided_at = db_now(tx);
    TRY(db_number(tx, &before, "SELECT coalesce(max(id), 0) FROM catalogue_change"));
    TRY(db_exec(tx, &changed,
                "INSERT INTO catalogue_change (kind, brand, convention, plan, from_day, net_cents, extra_gb_cents, "
                "sold_from, sold_until, max_years, reason, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
                "$8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
                db_text(c->kind), db_text(c->brand), db_text(c->convention), db_text(c->plan), db_day(c->from),
                db_money(c->net), db_money(c->extra_gb), db_day(c->sold_from), db_day(c->sold_until),
                db_int(c->max_years), db_text(c->reason), db_text(c->decided_by), db_instant(c->decided_at)));
    *inserted = changed == 1;
    return *inserted ? db_number(tx, &c->id, "SELECT max(id) FROM catalogue_change WHERE id > $1", db_int(before))
                     : DONE;
}

enum outcome catalogue_change_withdraw(struct db_tx *tx, int64_t id, const char *by, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE catalogue_change SET withdrawn_at = $2, withdrawn_by = $3 WHERE id = $1 AND withdrawn_at IS "
                "NULL",
                db_int(id), db_instant(db_now(tx)), db_text(by)));
    *changed = rows == 1;
    return DONE;
}

/* ---- Whom it meets ---- */

#define YEAR 365

enum outcome catalogue_meets(struct db_tx *tx, const struct catalogue_change *c, struct catalogue_met *met)
{
    struct db_value brand = db_text(c->brand), plan = db_text(c->plan), from = db_day(c->from),
                    until = db_day(day_plus(c->from, YEAR));

    *met = (struct catalogue_met){0};
    if (c->convention[0])
        return db_number(
            tx, &met->mailboxes,
            "SELECT count(*) FROM mailbox_row m WHERE " MAILBOX_OF(
                "$1") " AND convention = $2 AND convention <> '' AND "
                      "expires_on >= $3 AND expires_on < $4 AND status <> 'ceased' AND status <> 'deleted'",
            brand, db_text(c->convention), from, until);
    TRY(db_number(tx, &met->mailboxes,
                  "SELECT count(*) FROM mailbox_row m WHERE " MAILBOX_OF(
                      "$1") " AND expires_on >= $2 AND expires_on < $3 AND status <> "
                            "'ceased' AND status <> 'deleted' AND plan = $4 AND convention = ''",
                  brand, from, until, plan));
    TRY(db_number(tx, &met->carts,
                  "SELECT count(*) FROM cart_line l JOIN mailbox_row m ON m.id = l.mailbox_id WHERE " MAILBOX_OF(
                      "$1") " AND "
                            "l.plan = $2",
                  brand, plan));
    TRY(db_number(tx, &met->mandates,
                  "SELECT count(*) FROM mandate WHERE brand = $1 AND plan = $2 AND state <> 'off' AND state <> "
                  "'off_by_user'",
                  brand, plan));
    return db_number(tx, &met->announced,
                     "SELECT count(*) FROM mandate WHERE brand = $1 AND plan = $2 AND charge_on >= $3", brand, plan,
                     from);
}
