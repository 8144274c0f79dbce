#include "store/mandate.h"
#include <talloc.h>

static const struct db_column MANDATE[] = {
    DB_ID(struct mandate, id),
    DB_TEXT(struct mandate, brand),
    DB_ID(struct mandate, mailbox_id),
    DB_ID(struct mandate, account_id),
    DB_ID(struct mandate, instrument_id),
    DB_TEXT(struct mandate, method),
    DB_TEXT(struct mandate, state_text),
    DB_INT64(struct mandate, years),
    DB_TEXT(struct mandate, plan),
    DB_INT64(struct mandate, extra_gb),
    DB_MONEY(struct mandate, agreed),
    DB_TEXT(struct mandate, language),
    DB_TEXT(struct mandate, consent_version),
    DB_TEXT(struct mandate, consent_sha256),
    DB_INSTANT(struct mandate, consented_at),
    DB_TEXT(struct mandate, consented_door),
    DB_TEXT(struct mandate, consented_by),
    DB_ID(struct mandate, order_id),
    DB_DAY(struct mandate, expires_on),
    DB_DAY(struct mandate, warn_on),
    DB_DAY(struct mandate, charge_on),
    DB_MONEY(struct mandate, announced),
    DB_BOOL(struct mandate, noticed),
    DB_INT64(struct mandate, attempts),
    DB_ID(struct mandate, charge_order_id),
    DB_INSTANT(struct mandate, changed_at),
    DB_INSTANT(struct mandate, ended_at),
    DB_END,
};

#define SELECT_MANDATE                                                                                                 \
    "SELECT t.id, t.brand, t.mailbox_id, t.account_id, t.instrument_id, t.method, t.state, t.years, t.plan, "          \
    "t.extra_gb, t.agreed_cents, t.language, t.consent_version, t.consent_sha256, t.consented_at, t.consented_door, "  \
    "t.consented_by, t.order_id, t.expires_on, t.warn_on, t.charge_on, t.announced_cents, t.noticed, t.attempts, "     \
    "t.charge_order_id, t.changed_at, t.ended_at FROM mandate t "
#define STANDING "t.state <> 'off' AND t.state <> 'off_by_user' "
#define ALIVE    STANDING "AND t.state <> 'method_missing' "

static enum outcome finish(enum outcome o, struct mandate *all, size_t count)
{
    for (size_t i = 0; o == DONE && i < count; i++)
        if (mandate_state_of(all[i].state_text, &all[i].state) != DONE)
            return BROKEN;
    return o;
}

static struct db_value day_or_null(struct day day)
{
    return day.n ? db_day(day) : db_null();
}

static struct db_value instant_or_null(struct instant at)
{
    return at.us ? db_instant(at) : db_null();
}

static enum outcome show_on_mailbox(struct db_tx *tx, int64_t mailbox_id, enum mandate_state state)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET auto_renew = $2 WHERE id = $1", db_int(mailbox_id),
                   db_bool(mandate_is_alive(state)));
}

static const char *text_or_none(const char *text)
{
    return text ? text : "";
}

enum outcome mandate_insert(struct db_tx *tx, struct mandate *m)
{
    m->changed_at = db_now(tx);
    m->state_text = (char *)mandate_state_name(m->state);
    TRY(db_number(
        tx, &m->id,
        "INSERT INTO mandate (brand, mailbox_id, account_id, instrument_id, method, state, years, plan, extra_gb, "
        "agreed_cents, language, consent_version, consent_sha256, consented_at, consented_door, consented_by, "
        "order_id, expires_on, warn_on, charge_on, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21) RETURNING id",
        db_text(m->brand), db_int(m->mailbox_id), db_id(m->account_id), db_id(m->instrument_id),
        db_text(text_or_none(m->method)), db_text(m->state_text), db_int(m->years), db_text(m->plan),
        db_int(m->extra_gb), db_money(m->agreed), db_text(m->language), db_text(text_or_none(m->consent_version)),
        db_text(text_or_none(m->consent_sha256)), db_instant(m->consented_at), db_text(m->consented_door),
        db_text(m->consented_by), db_id(m->order_id), db_day(m->expires_on), day_or_null(m->warn_on),
        day_or_null(m->charge_on), db_instant(m->changed_at)));
    return mandate_is_alive(m->state) ? show_on_mailbox(tx, m->mailbox_id, m->state) : DONE;
}

enum outcome mandate_update(struct db_tx *tx, struct mandate *m, enum mandate_state was, bool *changed)
{
    int64_t rows;

    m->changed_at = db_now(tx);
    TRY(db_exec(tx, &rows,
                "UPDATE mandate SET state = $3, plan = $4, extra_gb = $5, agreed_cents = $6, expires_on = $7, "
                "warn_on = $8, charge_on = $9, announced_cents = $10, noticed = $11, attempts = $12, "
                "charge_order_id = $13, changed_at = $14, ended_at = $15 WHERE id = $1 AND state = $2",
                db_int(m->id), db_text(mandate_state_name(was)), db_text(mandate_state_name(m->state)),
                db_text(m->plan), db_int(m->extra_gb), db_money(m->agreed), db_day(m->expires_on),
                day_or_null(m->warn_on), day_or_null(m->charge_on), db_money(m->announced), db_bool(m->noticed),
                db_int(m->attempts), db_id(m->charge_order_id), db_instant(m->changed_at),
                instant_or_null(m->ended_at)));
    *changed = rows == 1;
    if (!*changed || mandate_is_alive(was) == mandate_is_alive(m->state))
        return DONE;
    return show_on_mailbox(tx, m->mailbox_id, m->state);
}

enum outcome mandate_set_instrument(struct db_tx *tx, const struct mandate *m)
{
    return db_exec(tx, NULL, "UPDATE mandate SET instrument_id = $2, account_id = $3, method = $4 WHERE id = $1",
                   db_int(m->id), db_id(m->instrument_id), db_id(m->account_id), db_text(m->method));
}

enum outcome mandate_imported(struct db_tx *tx, const struct mailbox *mailbox)
{
    struct mandate m = {.brand = mailbox->brand,
                        .mailbox_id = mailbox->id,
                        .state = MANDATE_ON,
                        .years = 1,
                        .plan = mailbox->plan,
                        .extra_gb = mailbox->extra_gb,
                        .language = (char *)"it",
                        .consented_at = db_now(tx),
                        .consented_door = (char *)"import",
                        .consented_by = (char *)"",
                        .expires_on = mailbox->term.ends_on,
                        .warn_on = day_plus(mailbox->term.ends_on, -30)};

    return mandate_insert(tx, &m);
}

enum outcome mandates_end_with(struct db_tx *tx, int64_t mark)
{
    TRY(db_exec(
        tx, NULL,
        "UPDATE mandate SET state = 'off', ended_at = $2, changed_at = $2, warn_on = NULL, charge_on = NULL WHERE "
        "mailbox_id IN (SELECT mailbox_id FROM notice WHERE id > $1) AND state <> 'off' AND state <> "
        "'off_by_user'",
        db_int(mark), db_instant(db_now(tx))));
    return db_exec(
        tx, NULL,
        "UPDATE mailbox_row SET auto_renew = 0 WHERE auto_renew <> 0 AND id IN (SELECT mailbox_id FROM notice "
        "WHERE id > $1)",
        db_int(mark));
}

/* ---- Finding ---- */

enum outcome mandate_by_id(struct db_tx *tx, void *mem, int64_t id, struct mandate *out)
{
    return finish(db_one(tx, mem, MANDATE, out, SELECT_MANDATE "WHERE t.id = $1", db_int(id)), out, 1);
}

enum outcome mandate_standing(struct db_tx *tx, void *mem, int64_t mailbox_id, struct mandate *out)
{
    return finish(
        db_one(tx, mem, MANDATE, out, SELECT_MANDATE "WHERE t.mailbox_id = $1 AND " STANDING, db_int(mailbox_id)), out,
        1);
}

enum outcome mandate_latest(struct db_tx *tx, void *mem, int64_t mailbox_id, struct mandate *out)
{
    enum outcome o = db_one(tx, mem, MANDATE, out,
                            SELECT_MANDATE "WHERE t.mailbox_id = $1 AND (t.state <> 'off' OR t.instrument_id IS NOT "
                                           "NULL) AND NOT EXISTS (SELECT 1 FROM holding g WHERE g.mailbox_id = $1 AND "
                                           "g.until_at > t.consented_at) ORDER BY t.id DESC LIMIT 1",
                            db_int(mailbox_id));

    return finish(o, out, 1);
}

enum outcome mandates_asked(struct db_tx *tx, void *mem, int64_t order_id, struct mandate **all, size_t *count)
{
    enum outcome o = db_all(tx, mem, MANDATE, all, count,
                            SELECT_MANDATE "WHERE t.order_id = $1 AND t.state = 'off' AND t.ended_at IS NULL "
                                           "ORDER BY t.id",
                            db_int(order_id));

    return finish(o, *all, *count);
}

enum outcome mandates_charged_by(struct db_tx *tx, void *mem, int64_t order_id, struct mandate **all, size_t *count)
{
    enum outcome o = db_all(tx, mem, MANDATE, all, count, SELECT_MANDATE "WHERE t.charge_order_id = $1 AND " STANDING,
                            db_int(order_id));

    return finish(o, *all, *count);
}

enum outcome mandates_of_instrument(struct db_tx *tx, void *mem, int64_t instrument_id, struct mandate **all,
                                    size_t *count)
{
    enum outcome o =
        db_all(tx, mem, MANDATE, all, count, SELECT_MANDATE "WHERE t.instrument_id = $1 AND " ALIVE "ORDER BY t.id",
               db_int(instrument_id));

    return finish(o, *all, *count);
}

enum outcome mandates_of_order(struct db_tx *tx, void *mem, int64_t order_id, struct mandate **all, size_t *count)
{
    enum outcome o = db_all(tx, mem, MANDATE, all, count,
                            SELECT_MANDATE "WHERE t.mailbox_id IN (SELECT mailbox_id FROM order_line WHERE order_id = "
                                           "$1) AND " ALIVE "ORDER BY t.id",
                            db_int(order_id));

    return finish(o, *all, *count);
}

enum outcome mandates_to_warn(struct db_tx *tx, void *mem, struct day today, int limit, struct mandate **all,
                              size_t *count)
{
    enum outcome o =
        db_all(tx, mem, MANDATE, all, count, SELECT_MANDATE "WHERE t.warn_on <= $1 ORDER BY t.warn_on, t.id LIMIT $2",
               db_day(today), db_int(limit));

    return finish(o, *all, *count);
}

enum outcome mandates_to_charge(struct db_tx *tx, void *mem, struct day today, int limit, struct mandate **all,
                                size_t *count)
{
    enum outcome o =
        db_all(tx, mem, MANDATE, all, count,
               SELECT_MANDATE "WHERE t.charge_on <= $1 AND NOT EXISTS (SELECT 1 FROM mailbox_hold d WHERE "
                              "d.mailbox_id = t.mailbox_id AND d.lifted_at IS NULL AND d.stops_renewal = 1 AND "
                              "d.until_on >= $1) ORDER BY t.charge_on, t.id LIMIT $2",
               db_day(today), db_int(limit));

    return finish(o, *all, *count);
}

/* ---- Warnings ---- */

static const struct db_column WARNING[] = {
    DB_ID(struct charge_warning, mailbox_id), DB_DAY(struct charge_warning, expires_on),
    DB_TEXT(struct charge_warning, kind),     DB_ID(struct charge_warning, mandate_id),
    DB_DAY(struct charge_warning, sent_on),   DB_TEXT(struct charge_warning, recipient),
    DB_DAY(struct charge_warning, charge_on), DB_MONEY(struct charge_warning, amount),
    DB_MONEY(struct charge_warning, was),     DB_END,
};

enum outcome charge_warning_insert(struct db_tx *tx, const struct charge_warning *w)
{
    return db_exec(tx, NULL,
                   "INSERT INTO charge_warning (mailbox_id, expires_on, kind, mandate_id, sent_on, recipient, "
                   "charge_on, amount_cents, was_cents) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                   "ON CONFLICT (mailbox_id, expires_on, kind, mandate_id) DO UPDATE SET sent_on = excluded.sent_on, "
                   "recipient = excluded.recipient, charge_on = excluded.charge_on, "
                   "amount_cents = excluded.amount_cents, was_cents = excluded.was_cents",
                   db_int(w->mailbox_id), db_day(w->expires_on), db_text(w->kind), db_int(w->mandate_id),
                   db_day(w->sent_on), db_text(w->recipient), db_day(w->charge_on), db_money(w->amount),
                   db_money(w->was));
}

enum outcome charge_warnings(struct db_tx *tx, void *mem, int64_t mailbox_id, struct day expires_on,
                             struct charge_warning **all, size_t *count)
{
    return db_all(
        tx, mem, WARNING, all, count,
        "SELECT mailbox_id, expires_on, kind, mandate_id, sent_on, recipient, charge_on, amount_cents, "
        "was_cents FROM charge_warning WHERE mailbox_id = $1 AND expires_on = $2 ORDER BY sent_on, mandate_id, kind",
        db_int(mailbox_id), db_day(expires_on));
}

struct reader {
    char *sent_to;
};

enum outcome charge_notice_reader(struct db_tx *tx, void *mem, int64_t mailbox_id, struct day expires_on,
                                  struct day since, const char **reader)
{
    static const struct db_column READER[] = {DB_TEXT(struct reader, sent_to), DB_END};
    struct reader found;

    TRY(db_one(tx, mem, READER, &found,
               "SELECT CASE n.state WHEN 'silent' THEN '' ELSE n.sent_to END FROM notice n WHERE n.mailbox_id = $1 AND "
               "n.expires_on = $2 AND n.template = 'charge_notice' AND n.noted_on >= $3 AND n.state <> 'skipped' AND "
               "n.state <> 'void' AND n.state <> 'failed' ORDER BY n.id DESC LIMIT 1",
               db_int(mailbox_id), db_day(expires_on), db_day(since)));
    *reader = found.sent_to;
    return DONE;
}

/* ---- Attempts ---- */

static const struct db_column CHARGE[] = {
    DB_ID(struct charge, mailbox_id),
    DB_DAY(struct charge, expires_on),
    DB_INT64(struct charge, attempt),
    DB_ID(struct charge, mandate_id),
    DB_ID(struct charge, order_id),
    DB_ID(struct charge, payment_id),
    DB_DAY(struct charge, on_day),
    DB_BOOL(struct charge, free_withdrawal),
    DB_TEXT(struct charge, payment_state),
    DB_TEXT(struct charge, error),
    DB_END,
};

#define SELECT_CHARGE                                                                                                  \
    "SELECT c.mailbox_id, c.expires_on, c.attempt, c.mandate_id, c.order_id, c.payment_id, c.on_day, "                 \
    "c.free_withdrawal, p.state, p.error FROM charge c JOIN payment p ON p.id = c.payment_id "

enum outcome charge_insert(struct db_tx *tx, const struct charge *c)
{
    return db_exec(tx, NULL,
                   "INSERT INTO charge (mailbox_id, expires_on, attempt, mandate_id, order_id, payment_id, on_day, "
                   "free_withdrawal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   db_int(c->mailbox_id), db_day(c->expires_on), db_int(c->attempt), db_int(c->mandate_id),
                   db_int(c->order_id), db_int(c->payment_id), db_day(c->on_day), db_bool(c->free_withdrawal));
}

enum outcome charges_of(struct db_tx *tx, void *mem, int64_t mailbox_id, struct day expires_on, struct charge **all,
                        size_t *count)
{
    return db_all(tx, mem, CHARGE, all, count,
                  SELECT_CHARGE "WHERE c.mailbox_id = $1 AND c.expires_on = $2 ORDER BY c.mandate_id, c.attempt",
                  db_int(mailbox_id), db_day(expires_on));
}

enum outcome charge_of_payment(struct db_tx *tx, void *mem, int64_t payment_id, struct charge *out)
{
    return db_one(tx, mem, CHARGE, out, SELECT_CHARGE "WHERE c.payment_id = $1", db_int(payment_id));
}

enum outcome charge_free_withdrawal(struct db_tx *tx, int64_t mailbox_id, bool *free)
{
    int64_t count;

    TRY(db_number(tx, &count,
                  "SELECT count(*) FROM charge c JOIN order_line l ON l.order_id = c.order_id AND l.kind = 'renewal' "
                  "AND l.mailbox_id = c.mailbox_id JOIN mailbox m ON m.id = c.mailbox_id AND m.expires_on = "
                  "l.new_expires_on JOIN payment p ON p.id = c.payment_id AND p.state = 'captured' "
                  "WHERE c.mailbox_id = $1 AND c.free_withdrawal = 1",
                  db_int(mailbox_id)));
    *free = count > 0;
    return DONE;
}
