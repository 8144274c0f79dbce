/* Orders: reading them, placing one, and the steps from one state to the next; their lines are in order_line.c. */
#include "store/order.h"
#include <inttypes.h>
#include <string.h>

static const struct db_column ORDER[] = {
    DB_ID(struct order, id),
    DB_TEXT(struct order, brand),
    DB_TEXT(struct order, code),
    DB_TEXT(struct order, kind),
    DB_TEXT(struct order, state_text),
    DB_ID(struct order, account_id),
    DB_ID(struct order, mailbox_id),
    DB_TEXT(struct order, door),
    DB_TEXT(struct order, language),
    DB_MONEY(struct order, total.net),
    DB_MONEY(struct order, total.vat),
    DB_MONEY(struct order, total.gross),
    DB_INT(struct order, total.vat_rate_bp),
    DB_MONEY(struct order, total.due),
    DB_TEXT(struct order, vat_nature),
    DB_TEXT(struct order, vat_law),
    DB_TEXT(struct order, payment_method),
    DB_TEXT(struct order, terms_version),
    DB_TEXT(struct order, terms_sha256),
    DB_TEXT(struct order, billing_kind),
    DB_TEXT(struct order, billing.name),
    DB_TEXT(struct order, billing.tax_code),
    DB_TEXT(struct order, billing.vat_number),
    DB_TEXT(struct order, billing.street),
    DB_TEXT(struct order, billing.postcode),
    DB_TEXT(struct order, billing.city),
    DB_TEXT(struct order, billing.province),
    DB_TEXT(struct order, billing.country),
    DB_TEXT(struct order, billing.sdi_code),
    DB_TEXT(struct order, billing.sdi_pec),
    DB_TEXT(struct order, billing.email),
    DB_INSTANT(struct order, confirmed_at),
    DB_DAY(struct order, lapses_on),
    DB_INSTANT(struct order, settled_at),
    DB_DAY(struct order, settled_on),
    DB_TEXT(struct order, settled_by),
    DB_BOOL(struct order, provisional),
    DB_INSTANT(struct order, cancelled_at),
    DB_END,
};

#define SELECT_ORDER                                                                                                   \
    "SELECT id, brand, code, kind, state, account_id, mailbox_id, door, language, net_cents, vat_cents, gross_cents, " \
    "vat_rate_bp, due_cents, vat_nature, vat_law, payment_method, terms_version, terms_sha256, billing_kind, "         \
    "billing_name, billing_tax_code, "                                                                                 \
    "billing_vat_number, billing_street, billing_postcode, billing_city, billing_province, billing_country, "          \
    "billing_sdi_code, billing_sdi_pec, billing_email, confirmed_at, lapses_on, settled_at, settled_on, settled_by, "  \
    "provisional, cancelled_at FROM shop_order o "

static enum outcome finish(struct order *order)
{
    enum holder_kind kind;

    TRY(order_state_of(order->state_text, &order->state));
    TRY(holder_kind_of(order->billing_kind, &kind));
    order->billing.kind = (int)kind;
    return DONE;
}

static enum outcome finish_all(struct order *orders, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(finish(&orders[i]));
    return DONE;
}

bool order_is_topup(const struct order *order)
{
    return strcmp(order->kind, ORDER_TOPUP) == 0;
}

bool order_is_purchase(const struct order *order)
{
    return strcmp(order->kind, ORDER_PURCHASE) == 0;
}

bool order_is_bulk(const struct order *order)
{
    return strcmp(order->kind, ORDER_BULK) == 0;
}

bool order_is_space(const struct order *order)
{
    return strcmp(order->kind, ORDER_SPACE) == 0;
}

enum outcome order_by_id(struct db_tx *tx, void *mem, int64_t id, struct order *out)
{
    TRY(db_one(tx, mem, ORDER, out, SELECT_ORDER "WHERE id = $1", db_int(id)));
    return finish(out);
}

enum outcome order_by_code(struct db_tx *tx, void *mem, const char *code, struct order *out)
{
    TRY(db_one(tx, mem, ORDER, out, SELECT_ORDER "WHERE code = $1", db_text(code)));
    return finish(out);
}

enum outcome order_by_form_token(struct db_tx *tx, void *mem, const char *token, struct order *out)
{
    TRY(db_one(tx, mem, ORDER, out, SELECT_ORDER "WHERE form_token = $1", db_text(token)));
    return finish(out);
}

static int64_t newest(int64_t before_id)
{
    return before_id ? before_id : INT64_MAX;
}

enum outcome orders_seen_by(struct db_tx *tx, void *mem, struct principal who, int64_t before_id, int limit,
                            struct order **orders, size_t *count)
{
    TRY(db_all(tx, mem, ORDER, orders, count,
               SELECT_ORDER "WHERE " ORDER_SEEN "AND o.id < $3 ORDER BY o.id DESC LIMIT $4", db_int(who.account_id),
               db_int(who.mailbox_id), db_int(newest(before_id)), db_int(limit)));
    return finish_all(*orders, *count);
}

enum outcome orders_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct order **orders,
                               size_t *count)
{
    TRY(db_all(
        tx, mem, ORDER, orders, count,
        SELECT_ORDER
        "WHERE id IN (SELECT order_id FROM order_line WHERE mailbox_id = $1) AND NOT EXISTS (SELECT 1 FROM holding g "
        "WHERE g.mailbox_id = $1 AND g.until_at > o.confirmed_at) ORDER BY id DESC LIMIT $2",
        db_int(mailbox_id), db_int(limit)));
    return finish_all(*orders, *count);
}

enum outcome orders_in_state(struct db_tx *tx, void *mem, const char *state, int limit, struct order **orders,
                             size_t *count)
{
    TRY(db_all(tx, mem, ORDER, orders, count, SELECT_ORDER "WHERE state = $1 ORDER BY id DESC LIMIT $2", db_text(state),
               db_int(limit)));
    return finish_all(*orders, *count);
}

#define MONEY_IS_COMING                                                                                                \
    "EXISTS (SELECT 1 FROM payment p WHERE p.order_id = o.id AND p.state IN ('pending', 'unknown', 'authorised', "     \
    "'needs_action')) OR EXISTS (SELECT 1 FROM proof p WHERE p.order_id = o.id AND p.state IN ('received', "           \
    "'accepted')) OR EXISTS (SELECT 1 FROM cheque c WHERE c.order_id = o.id AND c.state IN ('received', 'deposited'))"

enum outcome order_money_is_coming(struct db_tx *tx, int64_t order_id, bool *coming)
{
    int64_t count;

    TRY(db_number(tx, &count, "SELECT count(*) FROM shop_order o WHERE o.id = $1 AND (" MONEY_IS_COMING ")",
                  db_int(order_id)));
    *coming = count > 0;
    return DONE;
}

enum outcome orders_to_lapse(struct db_tx *tx, void *mem, int limit, struct order **orders, size_t *count)
{
    TRY(db_all(tx, mem, ORDER, orders, count,
               SELECT_ORDER "WHERE state = 'confirmed' AND lapses_on < $1 AND NOT (" MONEY_IS_COMING
                            ") ORDER BY lapses_on LIMIT $2",
               db_day(db_today(tx)), db_int(limit)));
    return finish_all(*orders, *count);
}

enum outcome order_seen_by(struct db_tx *tx, const struct order *order, struct principal who, bool *seen)
{
    int64_t count;

    TRY(db_number(tx, &count, "SELECT count(*) FROM shop_order o WHERE " ORDER_SEEN "AND o.id = $3",
                  db_int(who.account_id), db_int(who.mailbox_id), db_int(order->id)));
    *seen = count == 1;
    return DONE;
}

/* On SQLite one transaction writes at a time, and orders are never deleted. */
static const char *new_id_of(const struct db_tx *tx)
{
    return db_tx_engine(tx) == DB_SQLITE ? "SELECT coalesce(max(id), 0) + 1 FROM shop_order"
                                         : "SELECT nextval('shop_order_id_seq')";
}

void order_new_id_ahead(struct db_tx *tx)
{
    db_ahead(tx, new_id_of(tx));
}

enum outcome order_new_id(struct db_tx *tx, int64_t *id)
{
    return db_number(tx, id, new_id_of(tx));
}

enum outcome order_insert(struct db_tx *tx, const struct order *o, const char *form_token)
{
    int64_t inserted = 1;

    TRY(db_exec(
        tx, form_token ? &inserted : NULL,
        "INSERT INTO shop_order (id, code, brand, kind, state, account_id, mailbox_id, door, language, form_token, "
        "net_cents, vat_cents, gross_cents, vat_rate_bp, payment_method, terms_version, terms_sha256, billing_kind, "
        "billing_name, billing_tax_code, billing_vat_number, billing_street, billing_postcode, billing_city, "
        "billing_province, billing_country, billing_sdi_code, billing_sdi_pec, billing_email, confirmed_at, lapses_on, "
        "vat_nature, vat_law, split_payment) "
        "VALUES ($30, $31, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
        "$21, $22, $23, $24, $25, $26, $27, $28, $29, $32, $33, $34) ON CONFLICT (form_token) DO NOTHING",
        db_text(o->brand), db_text(o->kind), db_text(order_state_name(o->state)), db_id(o->account_id),
        db_id(o->mailbox_id), db_text(o->door), db_text(o->language), db_text(form_token), db_money(o->total.net),
        db_money(o->total.vat), db_money(o->total.gross), db_int(o->total.vat_rate_bp), db_text(o->payment_method),
        db_text(o->terms_version), db_text(o->terms_sha256),
        db_text(holder_kind_name((enum holder_kind)o->billing.kind)), db_text(o->billing.name),
        db_text(o->billing.tax_code), db_text(o->billing.vat_number), db_text(o->billing.street),
        db_text(o->billing.postcode), db_text(o->billing.city), db_text(o->billing.province),
        db_text(o->billing.country), db_text(o->billing.sdi_code), db_text(o->billing.sdi_pec),
        db_text(o->billing.email), db_instant(o->confirmed_at), db_day(o->lapses_on), db_int(o->id), db_text(o->code),
        db_text(o->vat_nature ? o->vat_nature : ""), db_text(o->vat_law ? o->vat_law : ""),
        db_bool(total_is_split(&o->total))));
    return inserted ? DONE : REFUSED;
}

enum outcome order_settled(struct db_tx *tx, const struct order *o, enum order_state to, bool *changed)
{
    int64_t rows;

    TRY(db_exec(
        tx, &rows,
        "UPDATE shop_order SET state = $2, settled_at = $3, settled_on = $4, settled_by = $5, provisional = $6, "
        "payment_method = $7, cancelled_at = NULL WHERE id = $1 AND state = $8",
        db_int(o->id), db_text(order_state_name(to)), db_instant(db_now(tx)), db_day(o->settled_on),
        db_text(o->settled_by), db_bool(o->provisional), db_text(o->payment_method),
        db_text(order_state_name(o->state))));
    *changed = rows == 1;
    return DONE;
}

enum outcome order_confirmed_by_credit(struct db_tx *tx, int64_t id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE shop_order SET provisional = 0 WHERE id = $1 AND provisional = 1", db_int(id)));
    *changed = rows == 1;
    return DONE;
}

enum outcome order_unconfirmed(struct db_tx *tx, int64_t id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE shop_order SET provisional = 1 WHERE id = $1 AND (state = 'fulfilled' OR state = 'in_process') "
                "AND provisional = 0",
                db_int(id)));
    *changed = rows == 1;
    return DONE;
}

enum outcome order_refunded(struct db_tx *tx, int64_t id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(
        tx, &rows,
        "UPDATE shop_order SET state = 'refunded' WHERE id = $1 AND (state = 'fulfilled' OR state = 'in_process')",
        db_int(id)));
    *changed = rows == 1;
    return DONE;
}

enum outcome order_activated(struct db_tx *tx, int64_t id, int64_t mailbox_id, struct day expires_on, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE shop_order SET state = 'fulfilled', mailbox_id = $2 WHERE id = $1 AND state = 'in_process'",
                db_int(id), db_int(mailbox_id)));
    *changed = rows == 1;
    return db_exec(tx, NULL,
                   "UPDATE order_line SET mailbox_id = $2, new_expires_on = $3, fulfilled_at = $4 WHERE order_id = $1",
                   db_int(id), db_int(mailbox_id), db_day(expires_on), db_instant(db_now(tx)));
}

enum outcome order_set_method(struct db_tx *tx, int64_t id, const char *method)
{
    return db_exec(tx, NULL, "UPDATE shop_order SET payment_method = $2 WHERE id = $1 AND state = 'confirmed'",
                   db_int(id), db_text(method));
}

enum outcome order_keep_open(struct db_tx *tx, int64_t id, struct day until)
{
    return db_exec(tx, NULL,
                   "UPDATE shop_order SET lapses_on = $2 WHERE id = $1 AND state = 'confirmed' AND lapses_on < $2",
                   db_int(id), db_day(until));
}

enum outcome order_cancelled(struct db_tx *tx, int64_t id, enum order_state state, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows, "UPDATE shop_order SET state = $2, cancelled_at = $3 WHERE id = $1 AND state = 'confirmed'",
                db_int(id), db_text(order_state_name(state)), db_instant(db_now(tx))));
    *changed = rows == 1;
    return DONE;
}

/* From the index over open orders alone: it holds no others. */
enum outcome orders_open_count(struct db_tx *tx, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) FROM shop_order WHERE state = 'confirmed'");
}

enum outcome order_mend_billing(struct db_tx *tx, int64_t id, const struct billing *b)
{
    return db_exec(
        tx, NULL,
        "UPDATE shop_order SET billing_name = $2, billing_tax_code = $3, billing_vat_number = $4, billing_street = $5, "
        "billing_postcode = $6, billing_city = $7, billing_province = $8, billing_country = $9, billing_sdi_code = "
        "$10, "
        "billing_sdi_pec = $11, billing_email = $12, billing_kind = $13 WHERE id = $1",
        db_int(id), db_text(b->name), db_text(b->tax_code), db_text(b->vat_number), db_text(b->street),
        db_text(b->postcode), db_text(b->city), db_text(b->province), db_text(b->country), db_text(b->sdi_code),
        db_text(b->sdi_pec), db_text(b->email), db_text(holder_kind_name((enum holder_kind)b->kind)));
}
