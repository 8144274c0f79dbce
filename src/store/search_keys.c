/* store/search_keys.c: what mailboxes and accounts are found by, kept beside them. */

#include "store/search.h"
#include <talloc.h>

enum outcome search_put(struct db_tx *tx, const char *about, int64_t id, const char *brand,
                        const struct search_keys *keys)
{
#define KEY(n) db_text(keys->count > (n) ? keys->key[n] : "")
    return db_exec(tx, NULL,
                   "INSERT INTO search_key (about, key, id, brand) SELECT CAST($1 AS TEXT), k.key, CAST($2 AS BIGINT), "
                   "CAST($3 AS TEXT) FROM (SELECT CAST($4 AS TEXT) AS key UNION ALL SELECT CAST($5 AS TEXT) UNION ALL "
                   "SELECT CAST($6 AS TEXT) UNION ALL SELECT CAST($7 AS TEXT) UNION ALL SELECT CAST($8 AS TEXT) UNION "
                   "ALL SELECT CAST($9 AS TEXT) UNION ALL SELECT CAST($10 AS TEXT) UNION ALL SELECT CAST($11 AS TEXT)) "
                   "k WHERE k.key <> '' ON CONFLICT (about, key, id) DO NOTHING",
                   db_text(about), db_int(id), db_text(brand), KEY(0), KEY(1), KEY(2), KEY(3), KEY(4), KEY(5), KEY(6),
                   KEY(7));
#undef KEY
}

struct known {
    char *brand, *name, *tax_code, *vat_number, *email;
};
static const struct db_column KNOWN[] = {
    DB_TEXT(struct known, brand),      DB_TEXT(struct known, name),  DB_TEXT(struct known, tax_code),
    DB_TEXT(struct known, vat_number), DB_TEXT(struct known, email), DB_END,
};

static enum outcome drop(struct db_tx *tx, const char *about, int64_t id, const struct search_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        TRY(db_exec(tx, NULL, "DELETE FROM search_key WHERE about = $1 AND key = $2 AND id = $3", db_text(about),
                    db_text(keys->key[i]), db_int(id)));
    return DONE;
}

static enum outcome change(struct db_tx *tx, const char *about, int64_t id, const char *sql, bool there)
{
    void *mem = talloc_new(NULL);
    struct search_keys keys;
    struct known k;
    enum outcome o = db_one_(tx, mem, KNOWN, &k, sql, 1, &(struct db_value){DB_IS_INT, id, NULL, 0});

    if (o == DONE) {
        search_keys(mem, k.name, k.tax_code, k.vat_number, k.email, &keys);
        o = there ? search_put(tx, about, id, k.brand, &keys) : drop(tx, about, id, &keys);
    }
    talloc_free(mem);
    return o;
}

#define OF_MAILBOX                                                                                                     \
    "SELECT m.brand, h.name, h.tax_code, h.vat_number, h.contact_email FROM mailbox m JOIN holder h ON h.id = "        \
    "m.holder_id WHERE m.id = $1"
#define OF_ACCOUNT                                                                                                     \
    "SELECT a.brand, a.name, coalesce(p.tax_code, ''), coalesce(p.vat_number, ''), a.email FROM account a LEFT JOIN "  \
    "account_profile p ON p.account_id = a.id WHERE a.id = $1"

enum outcome search_note_mailbox(struct db_tx *tx, int64_t mailbox_id)
{
    return change(tx, SEARCH_MAILBOX, mailbox_id, OF_MAILBOX, true);
}

enum outcome search_forget_mailbox(struct db_tx *tx, int64_t mailbox_id)
{
    return change(tx, SEARCH_MAILBOX, mailbox_id, OF_MAILBOX, false);
}

enum outcome search_note_account(struct db_tx *tx, int64_t account_id)
{
    return change(tx, SEARCH_ACCOUNT, account_id, OF_ACCOUNT, true);
}

enum outcome search_forget_account(struct db_tx *tx, int64_t account_id)
{
    return change(tx, SEARCH_ACCOUNT, account_id, OF_ACCOUNT, false);
}
