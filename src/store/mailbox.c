#include "store/mailbox.h"
#include "store/mandate.h"
#include "store/search.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct db_column MAILBOX[] = {
    DB_ID(struct mailbox, id),
    DB_TEXT(struct mailbox, brand),
    DB_TEXT(struct mailbox, address),
    DB_TEXT(struct mailbox, user_id),
    DB_ID(struct mailbox, holder_id),
    DB_ID(struct mailbox, account_id),
    DB_TEXT(struct mailbox, plan),
    DB_INT64(struct mailbox, extra_gb),
    DB_INT64(struct mailbox, extra_archive_gb),
    DB_INT64(struct mailbox, used_mb),
    DB_INT64(struct mailbox, used_archive_mb),
    DB_DAY(struct mailbox, used_on),
    DB_INT64(struct mailbox, quota_mb),
    DB_TEXT(struct mailbox, password_hash),
    DB_TEXT(struct mailbox, status),
    DB_DAY(struct mailbox, activated_on),
    DB_DAY(struct mailbox, first_expires_on),
    DB_DAY(struct mailbox, term.ends_on),
    DB_INT(struct mailbox, term.anchor),
    DB_DAY(struct mailbox, allowed.send_until),
    DB_DAY(struct mailbox, allowed.receive_until),
    DB_DAY(struct mailbox, allowed.read_until),
    DB_DAY(struct mailbox, allowed.renew_until),
    DB_BOOL(struct mailbox, auto_renew),
    DB_TEXT(struct mailbox, convention),
    DB_TEXT(struct mailbox, domain),
    DB_ID(struct mailbox, open_order_id),
    DB_TEXT(struct mailbox, holder_kind),
    DB_TEXT(struct mailbox, holder.name),
    DB_TEXT(struct mailbox, holder.tax_code),
    DB_TEXT(struct mailbox, holder.vat_number),
    DB_TEXT(struct mailbox, holder.email),
    DB_TEXT(struct mailbox, holder.street),
    DB_TEXT(struct mailbox, holder.postcode),
    DB_TEXT(struct mailbox, holder.city),
    DB_TEXT(struct mailbox, holder.province),
    DB_TEXT(struct mailbox, holder.country),
    DB_TEXT(struct mailbox, holder.sdi_code),
    DB_TEXT(struct mailbox, holder.sdi_pec),
    DB_DAY(struct mailbox, renewal_held_until),
    DB_BOOL(struct mailbox, contact_bounced),
    DB_ID(struct mailbox, space_order_id),
    DB_END,
};

#define SELECT_MAILBOX                                                                                                 \
    "SELECT m.id, m.brand, m.address, m.user_id, m.holder_id, m.account_id, m.plan, m.extra_gb, "                      \
    "m.extra_archive_gb, "                                                                                             \
    "coalesce((SELECT (u.bytes + 1048575) / 1048576 FROM mailhost_usage u WHERE u.address = m.address AND "            \
    "m.status <> 'deleted'), m.used_mb), m.used_archive_mb, m.used_on, m.quota_mb, "                                   \
    "m.password_hash, m.status, m.activated_on, m.first_expires_on, m.expires_on, m.anchor_day, m.send_until, "        \
    "m.receive_until, m.read_until, m.renew_until, m.auto_renew, m.convention, m.domain, m.open_order_id, h.kind, "    \
    "h.name, h.tax_code, h.vat_number, h.contact_email, h.street, h.postcode, h.city, h.province, h.country, "         \
    "h.sdi_code, h.sdi_pec, (SELECT max(d.until_on) FROM mailbox_hold d WHERE d.mailbox_id = m.id AND d.lifted_at IS " \
    "NULL AND d.stops_renewal = 1), CASE WHEN EXISTS (SELECT 1 FROM contact_bounce b WHERE b.brand = m.brand AND "     \
    "b.address = h.contact_email) THEN 1 ELSE 0 END, (SELECT s.order_id FROM space_claim s WHERE s.mailbox_id = "      \
    "m.id) FROM mailbox m JOIN holder h ON h.id = m.holder_id "

static const char *const STATUS_NAME[] = {[MAILBOX_LIVE] = "live",
                                          [MAILBOX_SUSPENDED] = "suspended",
                                          [MAILBOX_CEASED] = "ceased",
                                          [MAILBOX_DELETED] = "deleted"};

const char *mailbox_status_name(enum mailbox_status status)
{
    return STATUS_NAME[status];
}

bool principal_sees(struct principal who, const struct mailbox *mailbox)
{
    return (who.mailbox_id != 0 && who.mailbox_id == mailbox->id) ||
           (who.account_id != 0 && who.account_id == mailbox->account_id);
}

char *principal_text(struct principal who, char text[PRINCIPAL_TEXT])
{
    if (who.account_id)
        snprintf(text, PRINCIPAL_TEXT, "account:%" PRId64, who.account_id);
    else
        snprintf(text, PRINCIPAL_TEXT, "mailbox:%" PRId64, who.mailbox_id);
    return text;
}

static enum outcome finish(struct mailbox *mailbox)
{
    enum holder_kind kind;

    TRY(holder_kind_of(mailbox->holder_kind, &kind));
    mailbox->holder.kind = (int)kind;
    return DONE;
}

#define SELECT_BY_ADDRESS SELECT_MAILBOX "WHERE " MAILBOX_AT("$1") " AND m.status <> 'deleted'"

enum outcome mailbox_by_address(struct db_tx *tx, void *mem, const char *address, struct mailbox *out)
{
    TRY(db_one(tx, mem, MAILBOX, out, SELECT_BY_ADDRESS, db_text(address)));
    return finish(out);
}

void mailbox_by_address_ahead(struct db_tx *tx, const char *address)
{
    db_ahead(tx, SELECT_BY_ADDRESS, db_text(address));
}

enum outcome mailbox_by_id(struct db_tx *tx, void *mem, int64_t id, struct mailbox *out)
{
    TRY(db_one(tx, mem, MAILBOX, out, SELECT_MAILBOX "WHERE m.id = $1", db_int(id)));
    return finish(out);
}

static enum outcome finish_all(struct mailbox *mailboxes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(finish(&mailboxes[i]));
    return DONE;
}

#define KEYSET "AND (m.expires_on > $2 OR (m.expires_on = $2 AND m.id > $3)) "
#define PAGE   "ORDER BY m.expires_on, m.id LIMIT $4"

enum outcome mailboxes_seen_by(struct db_tx *tx, void *mem, struct principal who, const struct mailbox_page *page,
                               struct mailbox **mailboxes, size_t *count)
{
    struct db_value day = db_day(page->after_day), id = db_int(page->after_id), limit = db_int(page->limit);

    if (!who.account_id)
        TRY(db_all(tx, mem, MAILBOX, mailboxes, count,
                   SELECT_MAILBOX "WHERE m.id = $1 AND m.status <> 'deleted' " KEYSET PAGE, db_int(who.mailbox_id), day,
                   id, limit));
    else if (!page->search || !page->search[0])
        TRY(db_all(tx, mem, MAILBOX, mailboxes, count,
                   SELECT_MAILBOX "WHERE m.account_id = $1 AND m.status <> 'deleted' " KEYSET PAGE,
                   db_int(who.account_id), day, id, limit));
    else
        TRY(db_all(tx, mem, MAILBOX, mailboxes, count,
                   SELECT_MAILBOX "WHERE m.account_id = $1 AND m.status <> 'deleted' " KEYSET
                                  "AND (lower(m.address) LIKE $5 ESCAPE '!' OR lower(h.name) LIKE $5 ESCAPE '!') " PAGE,
                   db_int(who.account_id), day, id, limit, db_text(page->search)));
    return finish_all(*mailboxes, *count);
}

enum outcome mailboxes_count(struct db_tx *tx, struct principal who, int64_t *count)
{
    if (!who.account_id) {
        *count = 1;
        return DONE;
    }
    return db_number(tx, count, "SELECT count(*) FROM mailbox_row WHERE account_id = $1 AND status <> 'deleted'",
                     db_int(who.account_id));
}

enum outcome mailboxes_after(struct db_tx *tx, void *mem, int64_t after, int limit, struct mailbox **mailboxes,
                             size_t *count)
{
    TRY(db_all(tx, mem, MAILBOX, mailboxes, count, SELECT_MAILBOX "WHERE m.id > $1 ORDER BY m.id LIMIT $2",
               db_int(after), db_int(limit)));
    return finish_all(*mailboxes, *count);
}

enum outcome mailboxes_of_holder(struct db_tx *tx, void *mem, const char *tax_code, int limit,
                                 struct mailbox **mailboxes, size_t *count)
{
    TRY(db_all(tx, mem, MAILBOX, mailboxes, count,
               SELECT_MAILBOX "WHERE h.tax_code = $1 AND m.status <> 'deleted' ORDER BY m.expires_on, m.id LIMIT $2",
               db_text(tax_code), db_int(limit)));
    return finish_all(*mailboxes, *count);
}

enum outcome mailboxes_of_domain(struct db_tx *tx, void *mem, const char *brand, const char *domain,
                                 struct mailbox **mailboxes, size_t *count)
{
    TRY(db_all(tx, mem, MAILBOX, mailboxes, count,
               SELECT_MAILBOX "WHERE " MAILBOX_OF(
                   "$1") " AND m.domain = $2 AND m.domain <> '' AND m.status <> 'deleted' ORDER BY m.id",
               db_text(brand), db_text(domain)));
    return finish_all(*mailboxes, *count);
}

enum outcome mailbox_user_id_is_free(struct db_tx *tx, const char *brand, const char *user_id, bool *free)
{
    int64_t count;

    TRY(db_number(tx, &count,
                  "SELECT count(*) FROM mailbox_row m WHERE m.user_id = $1 AND m.user_id <> '' AND " MAILBOX_OF("$2"),
                  db_text(user_id), db_text(brand)));
    *free = count == 0;
    return DONE;
}

static enum outcome note_keys(struct db_tx *tx, const struct mailbox *m)
{
    void *mem = talloc_new(NULL);
    struct search_keys keys;
    enum outcome o;

    search_keys(mem, m->holder.name, m->holder.tax_code, m->holder.vat_number, m->holder.email, &keys);
    o = search_put(tx, SEARCH_MAILBOX, m->id, m->brand, &keys);
    talloc_free(mem);
    return o;
}

enum outcome holder_insert(struct db_tx *tx, const char *brand, const struct billing *h, int64_t *id)
{
    return db_number(
        tx, id,
        "INSERT INTO holder (brand, kind, name, tax_code, vat_number, contact_email, street, postcode, city, "
        "province, country, sdi_code, sdi_pec) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        "RETURNING id",
        db_text(brand), db_text(holder_kind_name((enum holder_kind)h->kind)), db_text(h->name), db_text(h->tax_code),
        db_text(h->vat_number), db_text(h->email), db_text(h->street), db_text(h->postcode), db_text(h->city),
        db_text(h->province), db_text(h->country), db_text(h->sdi_code), db_text(h->sdi_pec));
}

/* Its two words, where they are new: looked for first, since on PostgreSQL a refused row takes its number with it. */
static enum outcome note_words(struct db_tx *tx, const struct mailbox *m)
{
    const char *at = strchr(m->address, '@');

    return db_exec(tx, NULL,
                   "INSERT INTO word (name) SELECT n.name FROM (SELECT CAST($1 AS TEXT) AS name UNION SELECT CAST($2 "
                   "AS TEXT)) n WHERE NOT EXISTS (SELECT 1 FROM word w WHERE w.name = n.name) ON CONFLICT (name) DO "
                   "NOTHING",
                   db_text(m->brand), db_text(at ? at + 1 : ""));
}

enum outcome mailbox_insert(struct db_tx *tx, struct mailbox *m)
{
    TRY(note_words(tx, m));
    TRY(holder_insert(tx, m->brand, &m->holder, &m->holder_id));
    TRY(db_number(
        tx, &m->id,
        "INSERT INTO mailbox_row (brand_no, local, domain_no, user_id, holder_id, account_id, plan, extra_gb, used_mb, "
        "password_hash, status, activated_on, first_expires_on, expires_on, anchor_day, send_until, "
        "receive_until, read_until, renew_until, auto_renew, convention, domain, quota_mb, extra_archive_gb, "
        "used_archive_mb, used_on) VALUES (" WORD_NO("$1") ", " MAILBOX_LOCAL("$2") ", " WORD_NO(
            MAILBOX_DOMAIN("$2")) ", $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
                                  "$18, $19, $20, $21, $22, $23, $24, $25) RETURNING id",
        db_text(m->brand), db_text(m->address), db_text(m->user_id), db_int(m->holder_id), db_id(m->account_id),
        db_text(m->plan), db_int(m->extra_gb), db_int(m->used_mb), db_text(m->password_hash), db_text(m->status),
        db_day(m->activated_on), db_day(m->first_expires_on), db_day(m->term.ends_on), db_int(m->term.anchor),
        db_day(m->allowed.send_until), db_day(m->allowed.receive_until), db_day(m->allowed.read_until),
        db_day(m->allowed.renew_until), db_bool(m->auto_renew), db_text(m->convention), db_text(m->domain),
        db_int(m->quota_mb), db_int(m->extra_archive_gb), db_int(m->used_archive_mb), db_day(m->used_on)));
    TRY(note_keys(tx, m));
    return m->auto_renew ? mandate_imported(tx, m) : DONE;
}

enum outcome mailbox_claim(struct db_tx *tx, int64_t id, int64_t order_id)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET open_order_id = $1 WHERE id = $2 AND open_order_id IS NULL",
                   db_int(order_id), db_int(id));
}

enum outcome mailboxes_release(struct db_tx *tx, int64_t order_id)
{
    return db_exec(tx, NULL,
                   "UPDATE mailbox_row SET open_order_id = NULL WHERE open_order_id = $1 AND id IN "
                   "(SELECT mailbox_id FROM order_line WHERE order_id = $1)",
                   db_int(order_id));
}

enum outcome mailbox_set_term(struct db_tx *tx, int64_t id, struct day ends_on, const struct allowed *allowed,
                              const char *plan, const struct space *space, int64_t quota_mb)
{
    return db_exec(tx, NULL,
                   "UPDATE mailbox_row SET expires_on = $2, send_until = $3, receive_until = $4, read_until = $5, "
                   "renew_until = $6, plan = $7, extra_gb = $8, quota_mb = $9, extra_archive_gb = $10, "
                   "open_order_id = NULL WHERE id = $1",
                   db_int(id), db_day(ends_on), db_day(allowed->send_until), db_day(allowed->receive_until),
                   db_day(allowed->read_until), db_day(allowed->renew_until), db_text(plan), db_int(space->extra_gb),
                   db_int(quota_mb), db_int(space->extra_archive_gb));
}

enum outcome mailbox_renew(struct db_tx *tx, const struct mailbox *mailbox, struct day ends_on,
                           const struct allowed *allowed, const char *plan, const struct space *space, int64_t quota_mb)
{
    TRY(mailbox_set_term(tx, mailbox->id, ends_on, allowed, plan, space, quota_mb));
    if (strcmp(mailbox->status, mailbox_status_name(MAILBOX_CEASED)) != 0)
        return DONE; /* a status that is written is written in five indexes */
    return db_exec(tx, NULL, "UPDATE mailbox_row SET status = 'live' WHERE id = $1", db_int(mailbox->id));
}

enum outcome mailbox_set_quota(struct db_tx *tx, int64_t id, int64_t quota_mb)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET quota_mb = $2 WHERE id = $1", db_int(id), db_int(quota_mb));
}

enum outcome mailbox_set_used(struct db_tx *tx, int64_t id, int64_t used_mb, int64_t used_archive_mb)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET used_mb = $2, used_archive_mb = $3, used_on = $4 WHERE id = $1",
                   db_int(id), db_int(used_mb), db_int(used_archive_mb), db_day(db_today(tx)));
}

struct space_used mailbox_used(const struct mailbox *m)
{
    return (struct space_used){.known = m->used_on.n != 0, .mailbox_mb = m->used_mb, .archive_mb = m->used_archive_mb};
}

struct space mailbox_space(const struct mailbox *m)
{
    return (struct space){m->extra_gb, m->extra_archive_gb};
}

enum outcome mailbox_cease(struct db_tx *tx, int64_t id, bool *changed)
{
    int64_t rows;

    TRY(db_exec(tx, &rows,
                "UPDATE mailbox_row SET status = 'ceased' WHERE id = $1 AND (status = 'live' OR status = 'suspended')",
                db_int(id)));
    *changed = rows == 1;
    return DONE;
}

enum outcome mailbox_set_password(struct db_tx *tx, int64_t id, const char *hash)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET password_hash = $2 WHERE id = $1", db_int(id), db_text(hash));
}

enum outcome mailbox_set_account(struct db_tx *tx, int64_t id, int64_t account_id)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET account_id = $2 WHERE id = $1", db_int(id), db_int(account_id));
}

enum outcome holder_set_contact(struct db_tx *tx, const struct mailbox *m, const struct billing *c)
{
    TRY(search_forget_mailbox(tx, m->id));
    TRY(db_exec(tx, NULL,
                "UPDATE holder SET contact_email = $2, street = $3, postcode = $4, city = $5, province = $6, country = "
                "$7, sdi_code = $8, sdi_pec = $9 WHERE id = $1",
                db_int(m->holder_id), db_text(c->email), db_text(c->street), db_text(c->postcode), db_text(c->city),
                db_text(c->province), db_text(c->country), db_text(c->sdi_code), db_text(c->sdi_pec)));
    return search_note_mailbox(tx, m->id);
}

enum outcome mailbox_set_contact(struct db_tx *tx, const struct mailbox *m, const char *email)
{
    TRY(search_forget_mailbox(tx, m->id));
    TRY(db_exec(tx, NULL, "UPDATE holder SET contact_email = $2 WHERE id = $1", db_int(m->holder_id), db_text(email)));
    return search_note_mailbox(tx, m->id);
}
