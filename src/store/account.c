#include "store/account.h"
#include "store/search.h"
#include <string.h>

static struct db_value text_or_empty(const char *text)
{
    return db_text(text ? text : "");
}

static struct db_value instant_or_null(struct instant i)
{
    return i.us ? db_instant(i) : db_null();
}

/* ---- Accounts ---- */

static const struct db_column ACCOUNT[] = {
    DB_ID(struct account, id),
    DB_TEXT(struct account, brand),
    DB_TEXT(struct account, email),
    DB_TEXT(struct account, user_name),
    DB_TEXT(struct account, name),
    DB_TEXT(struct account, password_hash),
    DB_TEXT(struct account, language),
    DB_INSTANT(struct account, proved_at),
    DB_INSTANT(struct account, created_at),
    DB_END,
};
#define SELECT_ACCOUNT                                                                                                 \
    "SELECT id, brand, email, user_name, name, password_hash, language, proved_at, created_at FROM account "

enum outcome account_by_email(struct db_tx *tx, void *mem, const char *brand, const char *email, struct account *out)
{
    return db_one(tx, mem, ACCOUNT, out, SELECT_ACCOUNT "WHERE brand = $1 AND email = $2", db_text(brand),
                  db_text(email));
}

enum outcome account_by_user_name(struct db_tx *tx, void *mem, const char *brand, const char *user_name,
                                  struct account *out)
{
    return db_one(tx, mem, ACCOUNT, out, SELECT_ACCOUNT "WHERE brand = $1 AND user_name = $2 AND user_name <> ''",
                  db_text(brand), db_text(user_name));
}

enum outcome account_by_either(struct db_tx *tx, void *mem, const char *brand, const char *name, struct account *out)
{
    return strchr(name, '@') ? account_by_email(tx, mem, brand, name, out)
                             : account_by_user_name(tx, mem, brand, name, out);
}

enum outcome account_by_id(struct db_tx *tx, void *mem, int64_t id, struct account *out)
{
    return db_one(tx, mem, ACCOUNT, out, SELECT_ACCOUNT "WHERE id = $1", db_int(id));
}

enum outcome accounts_before(struct db_tx *tx, void *mem, const char *brand, int64_t before, int limit,
                             struct account **accounts, size_t *count)
{
    struct db_value from = db_int(before ? before : INT64_MAX);

    if (!brand[0])
        return db_all(tx, mem, ACCOUNT, accounts, count, SELECT_ACCOUNT "WHERE id < $1 ORDER BY id DESC LIMIT $2", from,
                      db_int(limit));
    return db_all(tx, mem, ACCOUNT, accounts, count,
                  SELECT_ACCOUNT "WHERE brand = $1 AND id < $2 ORDER BY id DESC LIMIT $3", db_text(brand), from,
                  db_int(limit));
}

enum outcome account_insert(struct db_tx *tx, struct account *a)
{
    TRY(db_number(tx, &a->id,
                  "INSERT INTO account (brand, email, user_name, name, password_hash, language, created_at, proved_at) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
                  db_text(a->brand), db_text(a->email), text_or_empty(a->user_name), db_text(a->name),
                  db_text(a->password_hash), db_text(a->language), db_instant(db_now(tx)),
                  instant_or_null(a->proved_at)));
    return search_note_account(tx, a->id);
}

enum outcome account_set_password(struct db_tx *tx, int64_t id, const char *hash)
{
    return db_exec(tx, NULL, "UPDATE account SET password_hash = $2 WHERE id = $1", db_int(id), db_text(hash));
}

enum outcome account_set_email(struct db_tx *tx, int64_t id, const char *email, bool *set)
{
    int64_t rows;

    TRY(search_forget_account(tx, id));
    TRY(db_exec(tx, &rows,
                "UPDATE account SET email = $2, proved_at = $3 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM account o "
                "WHERE o.brand = account.brand AND o.email = $2 AND o.id <> $1)",
                db_int(id), db_text(email), db_instant(db_now(tx))));
    *set = rows == 1;
    return search_note_account(tx, id);
}

enum outcome account_set_names(struct db_tx *tx, int64_t id, const char *name, const char *user_name, bool *set)
{
    int64_t rows;

    TRY(search_forget_account(tx, id));
    TRY(db_exec(tx, &rows,
                "UPDATE account SET name = $2, user_name = $3 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM account o "
                "WHERE o.brand = account.brand AND o.user_name = $3 AND o.user_name <> '' AND o.id <> $1)",
                db_int(id), db_text(name), text_or_empty(user_name)));
    *set = rows == 1;
    return search_note_account(tx, id);
}

/* ---- Profiles ---- */

#define PROFILE_COLUMNS(type, at)                                                                                      \
    DB_TEXT(type, at.kind), DB_TEXT(type, at.phone), DB_TEXT(type, at.billing.tax_code),                               \
        DB_TEXT(type, at.billing.vat_number), DB_TEXT(type, at.billing.street), DB_TEXT(type, at.billing.postcode),    \
        DB_TEXT(type, at.billing.city), DB_TEXT(type, at.billing.province), DB_TEXT(type, at.billing.country),         \
        DB_TEXT(type, at.billing.sdi_code), DB_TEXT(type, at.billing.sdi_pec)

/* Words of the table into what the program counts by. */
static enum outcome understand(struct account_profile *profile)
{
    enum holder_kind kind;

    if (holder_kind_of(profile->kind, &kind) != DONE)
        return BROKEN;
    profile->billing.kind = (int)kind;
    return DONE;
}

struct known_profile {
    struct account_profile p;
};

enum outcome account_profile_of(struct db_tx *tx, void *mem, int64_t account_id, struct account_profile *out)
{
    static const struct db_column PROFILE[] = {DB_TEXT(struct known_profile, p.billing.name),
                                               DB_TEXT(struct known_profile, p.billing.email),
                                               PROFILE_COLUMNS(struct known_profile, p), DB_END};
    struct known_profile known;

    TRY(db_one(tx, mem, PROFILE, &known,
               "SELECT a.name, a.email, p.kind, p.phone, p.tax_code, p.vat_number, p.street, p.postcode, p.city, "
               "p.province, p.country, p.sdi_code, p.sdi_pec FROM account_profile p JOIN account a ON a.id = "
               "p.account_id WHERE p.account_id = $1",
               db_int(account_id)));
    *out = known.p;
    return understand(out);
}

enum outcome account_profile_put(struct db_tx *tx, int64_t account_id, const struct account_profile *profile)
{
    const struct billing *b = &profile->billing;

    TRY(search_forget_account(tx, account_id));
    TRY(db_exec(tx, NULL,
                "INSERT INTO account_profile (account_id, kind, phone, tax_code, vat_number, street, postcode, "
                "city, province, country, sdi_code, sdi_pec, privacy_version, privacy_sha256, changed_at) VALUES "
                "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', $13) ON CONFLICT (account_id) DO "
                "UPDATE SET kind = $2, phone = $3, tax_code = $4, vat_number = $5, street = $6, postcode = $7, "
                "city = $8, province = $9, country = $10, sdi_code = $11, sdi_pec = $12, changed_at = $13",
                db_int(account_id), db_text(holder_kind_name((enum holder_kind)b->kind)), text_or_empty(profile->phone),
                text_or_empty(b->tax_code), text_or_empty(b->vat_number), text_or_empty(b->street),
                text_or_empty(b->postcode), text_or_empty(b->city), text_or_empty(b->province),
                text_or_empty(b->country), text_or_empty(b->sdi_code), text_or_empty(b->sdi_pec),
                db_instant(db_now(tx))));
    return search_note_account(tx, account_id);
}

enum outcome account_privacy_put(struct db_tx *tx, int64_t account_id, const struct privacy_accepted *a)
{
    return db_exec(tx, NULL,
                   "UPDATE account_profile SET privacy_version = $2, privacy_sha256 = $3, privacy_at = $4 WHERE "
                   "account_id = $1",
                   db_int(account_id), text_or_empty(a->version), text_or_empty(a->sha256), instant_or_null(a->at));
}

/* ---- Registrations ---- */

static const struct db_column REGISTRATION[] = {
    DB_TEXT(struct registration, brand),
    DB_TEXT(struct registration, email),
    DB_TEXT(struct registration, user_name),
    DB_TEXT(struct registration, name),
    DB_TEXT(struct registration, password_hash),
    DB_TEXT(struct registration, language),
    DB_TEXT(struct registration, next),
    DB_TEXT(struct registration, visit_hash),
    PROFILE_COLUMNS(struct registration, profile),
    DB_TEXT(struct registration, privacy.version),
    DB_TEXT(struct registration, privacy.sha256),
    DB_INSTANT(struct registration, privacy.at),
    DB_INSTANT(struct registration, expires_at),
    DB_END,
};
#define SELECT_REGISTRATION                                                                                            \
    "SELECT brand, email, user_name, name, password_hash, language, next, visit_hash, kind, phone, tax_code, "         \
    "vat_number, street, postcode, city, province, country, sdi_code, sdi_pec, privacy_version, privacy_sha256, "      \
    "created_at, expires_at FROM registration "

enum outcome registration_insert(struct db_tx *tx, const char *token_hash, const struct registration *r)
{
    const struct billing *b = &r->profile.billing;

    return db_exec(
        tx, NULL,
        "INSERT INTO registration (token_hash, brand, email, user_name, name, password_hash, language, next, "
        "visit_hash, kind, phone, tax_code, vat_number, street, postcode, city, province, country, sdi_code, sdi_pec, "
        "privacy_version, privacy_sha256, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
        "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
        db_text(token_hash), db_text(r->brand), db_text(r->email), db_text(r->user_name), db_text(r->name),
        db_text(r->password_hash), db_text(r->language), text_or_empty(r->next), text_or_empty(r->visit_hash),
        db_text(holder_kind_name((enum holder_kind)b->kind)), text_or_empty(r->profile.phone),
        text_or_empty(b->tax_code), text_or_empty(b->vat_number), text_or_empty(b->street), text_or_empty(b->postcode),
        text_or_empty(b->city), text_or_empty(b->province), text_or_empty(b->country), text_or_empty(b->sdi_code),
        text_or_empty(b->sdi_pec), text_or_empty(r->privacy.version), text_or_empty(r->privacy.sha256),
        db_instant(r->privacy.at), db_instant(r->expires_at));
}

static enum outcome finish(struct registration *r)
{
    r->profile.billing.name = r->name;
    r->profile.billing.email = r->email;
    return understand(&r->profile);
}

enum outcome registration_find(struct db_tx *tx, void *mem, const char *token_hash, struct registration *out)
{
    TRY(db_one(tx, mem, REGISTRATION, out,
               SELECT_REGISTRATION "WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2", db_text(token_hash),
               db_instant(db_now(tx))));
    return finish(out);
}

enum outcome registration_of_email(struct db_tx *tx, void *mem, const char *brand, const char *email,
                                   struct registration *out)
{
    TRY(db_one(tx, mem, REGISTRATION, out,
               SELECT_REGISTRATION "WHERE brand = $1 AND email = $2 AND used_at IS NULL AND expires_at > $3 ORDER BY "
                                   "created_at DESC, token_hash LIMIT 1",
               db_text(brand), db_text(email), db_instant(db_now(tx))));
    return finish(out);
}

enum outcome registrations_spend(struct db_tx *tx, const char *brand, const char *email)
{
    return db_exec(tx, NULL, "UPDATE registration SET used_at = $3 WHERE brand = $1 AND email = $2 AND used_at IS NULL",
                   db_text(brand), db_text(email), db_instant(db_now(tx)));
}

enum outcome registrations_delete_before(struct db_tx *tx, struct instant expired_before)
{
    return db_exec(tx, NULL, "DELETE FROM registration WHERE expires_at < $1", db_instant(expired_before));
}

/* ---- A new e-mail ---- */

enum outcome email_link_insert(struct db_tx *tx, const char *token_hash, int64_t account_id, const char *email,
                               struct instant expires_at)
{
    return db_exec(tx, NULL,
                   "INSERT INTO email_link (token_hash, account_id, email, expires_at) VALUES ($1, $2, $3, $4)",
                   db_text(token_hash), db_int(account_id), db_text(email), db_instant(expires_at));
}

enum outcome email_link_find(struct db_tx *tx, void *mem, const char *token_hash, struct email_link *out)
{
    static const struct db_column LINK[] = {DB_ID(struct email_link, account_id), DB_TEXT(struct email_link, email),
                                            DB_END};

    return db_one(tx, mem, LINK, out,
                  "SELECT account_id, email FROM email_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at "
                  "> $2",
                  db_text(token_hash), db_instant(db_now(tx)));
}

enum outcome email_links_spend(struct db_tx *tx, int64_t account_id)
{
    return db_exec(tx, NULL, "UPDATE email_link SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL",
                   db_int(account_id), db_instant(db_now(tx)));
}

enum outcome email_links_delete_before(struct db_tx *tx, struct instant expired_before)
{
    return db_exec(tx, NULL, "DELETE FROM email_link WHERE expires_at < $1", db_instant(expired_before));
}
