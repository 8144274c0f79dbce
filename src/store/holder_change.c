#include "store/holder_change.h"
#include "store/mailbox.h"
#include "store/search.h"
#include <string.h>

static const struct db_column CHANGE[] = {
    DB_ID(struct holder_change, id),
    DB_TEXT(struct holder_change, brand),
    DB_ID(struct holder_change, mailbox_id),
    DB_TEXT(struct holder_change, state_text),
    DB_ID(struct holder_change, from_holder_id),
    DB_ID(struct holder_change, from_account_id),
    DB_TEXT(struct holder_change, asked_by),
    DB_TEXT(struct holder_change, asked_door),
    DB_TEXT(struct holder_change, consent_sha256),
    DB_ID(struct holder_change, account_id),
    DB_TEXT(struct holder_change, language),
    DB_TEXT(struct holder_change, holder_kind),
    DB_TEXT(struct holder_change, holder.name),
    DB_TEXT(struct holder_change, holder.tax_code),
    DB_TEXT(struct holder_change, holder.vat_number),
    DB_TEXT(struct holder_change, holder.street),
    DB_TEXT(struct holder_change, holder.postcode),
    DB_TEXT(struct holder_change, holder.city),
    DB_TEXT(struct holder_change, holder.province),
    DB_TEXT(struct holder_change, holder.country),
    DB_TEXT(struct holder_change, holder.sdi_code),
    DB_TEXT(struct holder_change, holder.sdi_pec),
    DB_TEXT(struct holder_change, holder.email),
    DB_TEXT(struct holder_change, phone),
    DB_TEXT(struct holder_change, signer_name),
    DB_TEXT(struct holder_change, signer_tax_code),
    DB_TEXT(struct holder_change, terms_version),
    DB_TEXT(struct holder_change, terms_sha256),
    DB_TEXT(struct holder_change, reason),
    DB_TEXT(struct holder_change, note),
    DB_INSTANT(struct holder_change, asked_at),
    DB_INSTANT(struct holder_change, accepted_at),
    DB_INSTANT(struct holder_change, ended_at),
    DB_INSTANT(struct holder_change, changed_at),
    DB_DAY(struct holder_change, expires_on),
    DB_TEXT(struct holder_change, address),
    DB_END,
};

#define SELECT_CHANGE                                                                                                  \
    "SELECT c.id, c.brand, c.mailbox_id, c.state, c.from_holder_id, c.from_account_id, c.asked_by, c.asked_door, "     \
    "c.consent_sha256, c.account_id, c.language, c.kind, c.name, c.tax_code, c.vat_number, c.street, c.postcode, "     \
    "c.city, c.province, c.country, c.sdi_code, c.sdi_pec, c.contact_email, c.phone, c.signer_name, "                  \
    "c.signer_tax_code, c.terms_version, c.terms_sha256, c.reason, c.note, c.asked_at, "                               \
    "c.accepted_at, c.ended_at, c.changed_at, c.expires_on, m.address FROM holder_change c JOIN mailbox m ON m.id = "  \
    "c.mailbox_id "

static struct db_value instant_or_null(struct instant i)
{
    return i.us ? db_instant(i) : db_null();
}

static struct db_value text_or_empty(const char *text)
{
    return db_text(text ? text : "");
}

static enum outcome understand(struct holder_change *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum holder_kind kind;

        TRY(holder_change_state_of(all[i].state_text, &all[i].state));
        TRY(holder_kind_of(all[i].holder_kind, &kind));
        all[i].holder.kind = (int)kind;
    }
    return DONE;
}

enum outcome holder_change_insert(struct db_tx *tx, struct holder_change *c, const char *token_hash)
{
    c->asked_at = c->changed_at = db_now(tx);
    return db_number(
        tx, &c->id,
        "INSERT INTO holder_change (brand, mailbox_id, state, from_holder_id, from_account_id, asked_by, asked_door, "
        "consent_sha256, language, kind, name, tax_code, vat_number, street, postcode, city, province, country, "
        "sdi_code, sdi_pec, contact_email, phone, signer_name, signer_tax_code, token_hash, asked_at, changed_at, "
        "expires_on) VALUES ($1, $2, 'asked', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
        "$19, $20, $21, $22, $23, $24, $25, $25, $26) RETURNING id",
        db_text(c->brand), db_int(c->mailbox_id), db_int(c->from_holder_id), db_id(c->from_account_id),
        db_text(c->asked_by), db_text(c->asked_door), text_or_empty(c->consent_sha256), db_text(c->language),
        db_text(holder_kind_name((enum holder_kind)c->holder.kind)), db_text(c->holder.name),
        db_text(c->holder.tax_code), db_text(c->holder.vat_number), db_text(c->holder.street),
        db_text(c->holder.postcode), db_text(c->holder.city), db_text(c->holder.province), db_text(c->holder.country),
        db_text(c->holder.sdi_code), db_text(c->holder.sdi_pec), db_text(c->holder.email), text_or_empty(c->phone),
        text_or_empty(c->signer_name), text_or_empty(c->signer_tax_code), db_text(token_hash), db_instant(c->asked_at),
        db_day(c->expires_on));
}

enum outcome holder_change_update(struct db_tx *tx, struct holder_change *c, enum holder_change_state was,
                                  bool *changed)
{
    bool open = holder_change_is_open(c->state);
    int64_t rows;

    c->changed_at = db_now(tx);
    c->ended_at = open ? (struct instant){0} : c->changed_at;
    TRY(db_exec(
        tx, &rows,
        "UPDATE holder_change SET state = $3, account_id = $4, street = $5, postcode = $6, city = $7, province = $8, "
        "country = $9, sdi_code = $10, sdi_pec = $11, phone = $12, signer_name = $13, signer_tax_code = $14, "
        "terms_version = $15, terms_sha256 = $16, reason = $17, note = $18, accepted_at = $19, ended_at = $20, "
        "changed_at = $21, expires_on = $22, token_hash = CASE WHEN $23 = 1 THEN token_hash END WHERE id = $1 AND "
        "state "
        "= $2",
        db_int(c->id), db_text(holder_change_state_name(was)), db_text(holder_change_state_name(c->state)),
        db_id(c->account_id), db_text(c->holder.street), db_text(c->holder.postcode), db_text(c->holder.city),
        db_text(c->holder.province), db_text(c->holder.country), db_text(c->holder.sdi_code),
        db_text(c->holder.sdi_pec), text_or_empty(c->phone), text_or_empty(c->signer_name),
        text_or_empty(c->signer_tax_code), text_or_empty(c->terms_version), text_or_empty(c->terms_sha256),
        text_or_empty(c->reason), text_or_empty(c->note), instant_or_null(c->accepted_at), instant_or_null(c->ended_at),
        db_instant(c->changed_at), db_day(c->expires_on), db_int(c->state == HOLDER_CHANGE_ASKED)));
    *changed = rows == 1;
    return DONE;
}

enum outcome holder_change_set_link(struct db_tx *tx, int64_t id, const char *token_hash)
{
    return db_exec(tx, NULL, "UPDATE holder_change SET token_hash = $2 WHERE id = $1 AND state = 'asked'", db_int(id),
                   token_hash ? db_text(token_hash) : db_null());
}

#define ONE(where, value)                                                                                              \
    TRY(db_one(tx, mem, CHANGE, out, SELECT_CHANGE "WHERE " where, value));                                            \
    return understand(out, 1)

enum outcome holder_change_by_id(struct db_tx *tx, void *mem, int64_t id, struct holder_change *out)
{
    ONE("c.id = $1", db_int(id));
}

enum outcome holder_change_by_link(struct db_tx *tx, void *mem, const char *token_hash, struct holder_change *out)
{
    ONE("c.token_hash = $1", db_text(token_hash));
}

enum outcome holder_change_standing(struct db_tx *tx, void *mem, int64_t mailbox_id, struct holder_change *out)
{
    ONE("c.mailbox_id = $1 AND c.ended_at IS NULL", db_int(mailbox_id));
}

enum outcome holder_changes_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit,
                                       struct holder_change **all, size_t *count)
{
    TRY(db_all(tx, mem, CHANGE, all, count, SELECT_CHANGE "WHERE c.mailbox_id = $1 ORDER BY c.id DESC LIMIT $2",
               db_int(mailbox_id), db_int(limit)));
    return understand(*all, *count);
}

enum outcome holder_changes_of_account(struct db_tx *tx, void *mem, int64_t account_id, int limit,
                                       struct holder_change **all, size_t *count)
{
    TRY(db_all(tx, mem, CHANGE, all, count,
               SELECT_CHANGE "WHERE c.account_id = $1 AND c.ended_at IS NULL ORDER BY c.id DESC LIMIT $2",
               db_int(account_id), db_int(limit)));
    return understand(*all, *count);
}

enum outcome holder_changes_overdue(struct db_tx *tx, void *mem, struct day today, int limit,
                                    struct holder_change **all, size_t *count)
{
    TRY(db_all(tx, mem, CHANGE, all, count,
               SELECT_CHANGE
               "WHERE c.ended_at IS NULL AND ((c.state <> 'in_review' AND c.expires_on < $1) OR m.status = "
               "'ceased' OR m.status = 'deleted') ORDER BY c.expires_on, c.id LIMIT $2",
               db_day(today), db_int(limit)));
    return understand(*all, *count);
}

#define OF_BRAND "AND ($2 = '' OR c.brand = $2) "

enum outcome holder_changes_in_state(struct db_tx *tx, void *mem, const char *brand, const char *state,
                                     int64_t after_key, int64_t after_id, int limit, struct holder_change **all,
                                     size_t *count)
{
    struct db_value key = db_int(after_key), id = db_int(after_id), most = db_int(limit);

    if (strcmp(state, "ended") == 0)
        TRY(db_all(tx, mem, CHANGE, all, count,
                   SELECT_CHANGE "WHERE c.ended_at IS NOT NULL AND $1 <> '' " OF_BRAND
                                 "AND ($3 = 0 OR c.changed_at < $3 OR (c.changed_at = $3 AND c.id < $4)) ORDER BY "
                                 "c.changed_at DESC, c.id DESC LIMIT $5",
                   db_text(state), db_text(brand), key, id, most));
    else
        TRY(db_all(tx, mem, CHANGE, all, count,
                   SELECT_CHANGE "WHERE c.state = $1 " OF_BRAND
                                 "AND (c.changed_at > $3 OR (c.changed_at = $3 AND c.id > $4)) ORDER BY c.changed_at, "
                                 "c.id LIMIT $5",
                   db_text(state), db_text(brand), key, id, most));
    return understand(*all, *count);
}

/* ---- Who held it ---- */

enum outcome mailbox_pass(struct db_tx *tx, const struct holder_change *c)
{
    int64_t holder_id;

    TRY(search_forget_mailbox(tx, c->mailbox_id));
    TRY(holder_insert(tx, c->brand, &c->holder, &holder_id));
    TRY(db_exec(
        tx, NULL,
        "INSERT INTO holding (mailbox_id, number, holder_id, since_at, until_at, change_id) SELECT m.id, (SELECT "
        "count(*) + 1 FROM holding h WHERE h.mailbox_id = m.id), m.holder_id, (SELECT max(h.until_at) FROM "
        "holding h WHERE h.mailbox_id = m.id), $2, $3 FROM mailbox m WHERE m.id = $1",
        db_int(c->mailbox_id), db_instant(db_now(tx)), db_int(c->id)));
    TRY(db_exec(tx, NULL, "UPDATE mailbox_row SET holder_id = $2, account_id = $3, password_hash = '' WHERE id = $1",
                db_int(c->mailbox_id), db_int(holder_id), db_id(c->account_id)));
    return search_note_mailbox(tx, c->mailbox_id);
}

static const struct db_column HOLDING[] = {
    DB_INT64(struct holding, number),     DB_ID(struct holding, holder_id),
    DB_ID(struct holding, change_id),     DB_TEXT(struct holding, kind),
    DB_TEXT(struct holding, name),        DB_TEXT(struct holding, tax_code),
    DB_DAY(struct holding, activated_on), DB_INSTANT(struct holding, since_at),
    DB_INSTANT(struct holding, until_at), DB_END,
};

#define CHAIN                                                                                                          \
    "SELECT g.number, g.holder_id, g.change_id, h.kind, h.name, h.tax_code, m.activated_on, g.since_at, g.until_at "   \
    "FROM holding g JOIN holder h ON h.id = g.holder_id JOIN mailbox m ON m.id = g.mailbox_id WHERE m.id = $1 "        \
    "UNION ALL SELECT 1000000, m.holder_id, NULL, h.kind, h.name, h.tax_code, m.activated_on, (SELECT "                \
    "max(g.until_at) FROM holding g WHERE g.mailbox_id = m.id), NULL FROM mailbox m JOIN holder h ON h.id = "          \
    "m.holder_id WHERE m.id = $1 ORDER BY 1"

enum outcome holdings_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, struct holding **all, size_t *count)
{
    TRY(db_all(tx, mem, HOLDING, all, count, CHAIN, db_int(mailbox_id)));
    if (*count)
        (*all)[*count - 1].number = (int64_t)*count;
    return DONE;
}

enum outcome holding_at(struct db_tx *tx, void *mem, int64_t mailbox_id, struct instant at, struct holding *out)
{
    struct holding *all;
    size_t count;

    TRY(holdings_of_mailbox(tx, mem, mailbox_id, &all, &count));
    for (size_t i = 0; i < count; i++) {
        if (all[i].until_at.us && all[i].until_at.us <= at.us)
            continue;
        *out = all[i];
        return day_before(rome_day(at), all[i].activated_on) ? REFUSED : DONE;
    }
    return REFUSED;
}

enum outcome order_mailbox_passed(struct db_tx *tx, const struct order *order, bool *passed)
{
    int64_t count;

    TRY(db_number(
        tx, &count,
        "SELECT count(*) FROM order_line l JOIN holding g ON g.mailbox_id = l.mailbox_id WHERE l.order_id = $1 "
        "AND g.until_at > $2",
        db_int(order->id), db_instant(order->confirmed_at)));
    *passed = count > 0;
    return DONE;
}

enum outcome mailbox_shut_doors(struct db_tx *tx, int64_t mailbox_id)
{
    char owner[PRINCIPAL_TEXT];

    principal_text((struct principal){.mailbox_id = mailbox_id}, owner);
    TRY(db_exec(tx, NULL, "DELETE FROM mailbox_grant WHERE mailbox_id = $1", db_int(mailbox_id)));
    TRY(db_exec(tx, NULL, "DELETE FROM session WHERE mailbox_id = $1", db_int(mailbox_id)));
    TRY(db_exec(tx, NULL, "UPDATE reset_link SET used_at = $2 WHERE mailbox_id = $1 AND used_at IS NULL",
                db_int(mailbox_id), db_instant(db_now(tx))));
    TRY(db_exec(tx, NULL, "DELETE FROM wizard WHERE order_id IS NULL AND (owner = $1 OR mailbox_id = $2)",
                db_text(owner), db_int(mailbox_id)));
    TRY(db_exec(
        tx, NULL, /* an order of before, should it be paid late, brings no account back */
        "DELETE FROM order_association WHERE order_id IN (SELECT l.order_id FROM order_line l JOIN shop_order o "
        "ON o.id = l.order_id WHERE l.mailbox_id = $1 AND o.state IN ('confirmed', 'cancelled', 'lapsed'))",
        db_int(mailbox_id)));
    return db_exec(tx, NULL, "DELETE FROM cart_line WHERE owner = $1 OR mailbox_id = $2", db_text(owner),
                   db_int(mailbox_id));
}
