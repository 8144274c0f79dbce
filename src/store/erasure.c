#include "store/erasure.h"
#include "rules/search.h"
#include "rules/taxid.h"
#include "store/erasure_parts.h"
#include "store/mailbox.h"
#include "store/search.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum outcome erasure_find(struct db_tx *tx, void *mem, const struct erasure_kind *kind,
                          const struct erasure_subject *subject, struct erasure_row **rows, size_t *count)
{
    static const struct db_column ROW[] = {DB_ID(struct erasure_row, id), DB_DAY(struct erasure_row, from), DB_END};

    return db_all(tx, mem, ROW, rows, count,
                  talloc_asprintf(mem, "SELECT f.id, f.from_on FROM (%s) f" PERSON_ALL " ORDER BY f.id", kind->find),
                  db_text(subject->tax_code), db_text(subject->brand), db_int(subject->account_id));
}

/* ---- Whose ---- */

enum outcome erasure_holder_by_id(struct db_tx *tx, void *mem, int64_t id, struct erasure_holder *out)
{
    static const struct db_column HOLDER[] = {DB_TEXT(struct erasure_holder, name),
                                              DB_TEXT(struct erasure_holder, tax_code), DB_END};

    return db_one(tx, mem, HOLDER, out,
                  "SELECT h.name, CASE h.tax_code WHEN '' THEN h.vat_number ELSE h.tax_code END FROM holder h WHERE "
                  "h.id = $1",
                  db_int(id));
}

/* An account before a holder: it is the same person, and what is erased by the one has the other's as well. */
enum outcome erasure_who(struct db_tx *tx, void *mem, const char *typed, const char *brand, struct erasure_found *found)
{
    static const struct db_column FOUND[] = {DB_ID(struct erasure_found, account_id),
                                             DB_ID(struct erasure_found, holder_id), DB_END};
    char *code = taxid_clean(mem, typed), *name = text_lower(mem, typed), *end;
    long long number = strtoll(typed, &end, 10);
    struct erasure_found *all;
    size_t count;

    *found = (struct erasure_found){0};
    TRY(db_all(
        tx, mem, FOUND, &all, &count,
        "SELECT a.id, 0 FROM account a WHERE ($4 = '' OR a.brand = $4) AND a.id IN (SELECT k.id FROM search_key k "
        "WHERE "
        "k.about = 'a' AND (k.key = $1 OR k.key = $2) UNION SELECT x.id FROM account x WHERE x.user_name = $2 AND "
        "x.user_name <> '' AND x.brand = $4 UNION SELECT y.id FROM account y WHERE y.id = $3) LIMIT 3",
        db_text(code), db_text(name), db_int(*end ? 0 : number), db_text(brand)));
    if (count == 0)
        TRY(db_all(tx, mem, FOUND, &all, &count,
                   "SELECT 0, max(f.id) FROM (SELECT h.id FROM holder h WHERE h.tax_code = $1 AND ($3 = '' OR h.brand "
                   "= $3) UNION ALL SELECT m.holder_id FROM mailbox m WHERE " MAILBOX_AT(
                       "$2") " AND ($3 = '' OR m.brand = $3) UNION ALL SELECT n.holder_id FROM search_key k JOIN "
                             "mailbox n ON n.id = k.id WHERE k.about = 'm' AND k.key = $1 AND ($3 = '' OR k.brand = "
                             "$3)) f HAVING count(*) > 0",
                   db_text(code), db_text(name), db_text(brand)));
    if (count != 1)
        return REFUSED;
    *found = all[0];
    return DONE;
}

/* ---- Doing it ---- */

enum outcome erasure_insert(struct db_tx *tx, const char *brand, const char *reason, const char *by, int64_t *id)
{
    return db_number(tx, id,
                     "INSERT INTO erasure (brand, reason, done_by, at) VALUES ($1, $2, $3, $4) "
                     "RETURNING id",
                     db_text(brand), db_text(reason), db_text(by), db_instant(db_now(tx)));
}

enum outcome erasure_item_put(struct db_tx *tx, int64_t erasure_id, const struct erasure_kind *kind, int64_t row_id,
                              struct day due_on)
{
    return db_exec(tx, NULL,
                   "INSERT INTO erasure_item (kind, row_id, erasure_id, due_on) VALUES ($1, $2, $3, $4) ON CONFLICT "
                   "(kind, row_id) DO UPDATE SET erasure_id = excluded.erasure_id, due_on = excluded.due_on, done_on = "
                   "NULL",
                   db_text(kind->name), db_int(row_id), db_int(erasure_id), db_day(due_on));
}

struct keyed {
    int64_t id;
    char *brand, *tax_code, *vat_number;
};

/* What they were found by goes before they do: the words of a name are made of it in C. */
static enum outcome forget_keys(struct db_tx *tx, void *mem, const struct erasure_kind *kind, struct keyed **rows,
                                size_t *count)
{
    static const struct db_column KEYED[] = {
        DB_ID(struct keyed, id),
        DB_TEXT(struct keyed, brand),
        DB_TEXT(struct keyed, tax_code),
        DB_TEXT(struct keyed, vat_number),
        DB_END,
    };
    bool accounts = strcmp(kind->name, "account") == 0;

    *count = 0;
    if (!accounts && strcmp(kind->name, "holder") != 0)
        return DONE;
    TRY(db_all(tx, mem, KEYED, rows, count,
               accounts
                   ? "SELECT a.id, a.brand, '', '' FROM account a WHERE a.id IN " ERASURE_DUE
                   : "SELECT m.id, m.brand, h.tax_code, CASE h.tax_code WHEN '' THEN h.vat_number ELSE '' END FROM "
                     "mailbox m JOIN holder h ON h.id = m.holder_id WHERE m.id IN " ERASURE_DUE,
               db_text(kind->name), db_day(db_today(tx))));
    for (size_t i = 0; i < *count; i++)
        TRY(accounts ? search_forget_account(tx, (*rows)[i].id) : search_forget_mailbox(tx, (*rows)[i].id));
    return DONE;
}

/* A tombstone is found by its address and by whose it was. */
static enum outcome put_keys(struct db_tx *tx, void *mem, const struct keyed *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct search_keys keys;

        search_keys(mem, "", rows[i].tax_code, rows[i].vat_number, "", &keys);
        if (keys.count)
            TRY(search_put(tx, SEARCH_MAILBOX, rows[i].id, rows[i].brand, &keys));
    }
    return DONE;
}

enum outcome erasure_do(struct db_tx *tx, void *mem, const struct erasure_kind *kind, int64_t *done)
{
    struct keyed *keyed = NULL;
    size_t count;

    TRY(forget_keys(tx, mem, kind, &keyed, &count));
    for (const char *const *sql = kind->erase; sql && *sql; sql++)
        TRY(db_exec(tx, NULL, *sql, db_text(kind->name), db_day(db_today(tx))));
    TRY(put_keys(tx, mem, keyed, count));
    return db_exec(tx, done,
                   "UPDATE erasure_item SET done_on = $2 WHERE kind = $1 AND due_on <= $2 AND done_on IS NULL",
                   db_text(kind->name), db_day(db_today(tx)));
}

enum outcome erasure_is_due(struct db_tx *tx, bool *due)
{
    int64_t any;

    TRY(db_number(tx, &any,
                  "SELECT count(*) FROM (SELECT 1 FROM erasure_item WHERE due_on <= $1 AND done_on IS NULL LIMIT 1) "
                  "first",
                  db_day(db_today(tx))));
    *due = any != 0;
    return DONE;
}

/* Another document, a proof, a contract or a statement may have the same bytes. */
enum outcome erasure_files(struct db_tx *tx, void *mem, const struct erasure_kind *kind, struct erasure_file **files,
                           size_t *count)
{
    static const struct db_column FILE_[] = {DB_TEXT(struct erasure_file, sha256), DB_BOOL(struct erasure_file, needed),
                                             DB_END};

    *count = 0;
    if (!kind->files)
        return DONE;
    return db_all(
        tx, mem, FILE_, files, count,
        talloc_asprintf(
            mem,
            "SELECT x.sha256, CASE WHEN EXISTS (SELECT 1 FROM document d WHERE d.file_sha256 = x.sha256 AND "
            "d.purged_at IS NULL AND ($1 NOT IN ('identity', 'contracts') OR d.id NOT IN " ERASURE_DUE
            ")) OR EXISTS (SELECT 1 FROM proof p WHERE p.file_sha256 = x.sha256 AND p.file_name <> '" ERASED
            "' AND ($1 <> 'proofs' OR p.id NOT IN " ERASURE_DUE
            ")) OR EXISTS (SELECT 1 FROM statement_upload u WHERE u.file_sha256 = x.sha256) THEN 1 ELSE 0 END FROM "
            "(%s) x ORDER BY x.id",
            kind->files),
        db_text(kind->name), db_day(db_today(tx)));
}
