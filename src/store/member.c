#include "store/member.h"
#include <sodium.h>
#include <string.h>

#define ROSTER_KEPT DAYS(1)

static const struct db_column MEMBER[] = {
    DB_ID(struct member, id),
    DB_TEXT(struct member, brand),
    DB_TEXT(struct member, convention),
    DB_TEXT(struct member, tax_code),
    DB_TEXT(struct member, name),
    DB_TEXT(struct member, surname),
    DB_TEXT(struct member, enrolment_no),
    DB_ID(struct member, mailbox_id),
    DB_DAY(struct member, joined_on),
    DB_DAY(struct member, left_on),
    DB_END,
};

enum outcome member_of_mailbox(struct db_tx *tx, void *mem, int64_t mailbox_id, struct member *out)
{
    *out = (struct member){0};
    return db_one(tx, mem, MEMBER, out,
                  "SELECT id, brand, convention, tax_code, name, surname, enrolment_no, mailbox_id, joined_on, left_on "
                  "FROM member WHERE mailbox_id = $1 AND status = 'active'",
                  db_int(mailbox_id));
}

enum outcome member_insert(struct db_tx *tx, const struct member *m)
{
    return db_exec(tx, NULL,
                   "INSERT INTO member (brand, convention, tax_code, name, surname, enrolment_no, mailbox_id, status, "
                   "joined_on, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8, $9)",
                   db_text(m->brand), db_text(m->convention), db_text(m->tax_code), db_text(m->name),
                   db_text(m->surname), db_text(m->enrolment_no), db_int(m->mailbox_id), db_day(m->joined_on),
                   db_instant(db_now(tx)));
}

enum outcome member_update(struct db_tx *tx, const struct member *m)
{
    return db_exec(tx, NULL,
                   "UPDATE member SET name = $2, surname = $3, enrolment_no = $4, joined_on = $5, changed_at = $6 "
                   "WHERE id = $1",
                   db_int(m->id), db_text(m->name), db_text(m->surname), db_text(m->enrolment_no), db_day(m->joined_on),
                   db_instant(db_now(tx)));
}

enum outcome member_leave(struct db_tx *tx, int64_t mailbox_id, struct day left_on)
{
    return db_exec(tx, NULL,
                   "UPDATE member SET status = 'left', left_on = $2, changed_at = $3 WHERE mailbox_id = $1 AND "
                   "status = 'active'",
                   db_int(mailbox_id), db_day(left_on), db_instant(db_now(tx)));
}

enum outcome mailbox_set_convention(struct db_tx *tx, int64_t id, const char *convention)
{
    return db_exec(tx, NULL, "UPDATE mailbox_row SET convention = $2 WHERE id = $1", db_int(id), db_text(convention));
}

enum outcome convention_mailboxes_of(struct db_tx *tx, void *mem, const char *brand, const char *convention,
                                     const char *tax_code, int limit, struct mailbox **mailboxes, size_t *count)
{
    struct mailbox *all;
    size_t found, kept = 0;

    TRY(mailboxes_of_holder(tx, mem, tax_code, limit, &all, &found));
    for (size_t i = 0; i < found; i++)
        if (strcmp(all[i].brand, brand) == 0 && strcmp(all[i].convention, convention) == 0)
            all[kept++] = all[i];
    *mailboxes = all;
    *count = kept;
    return DONE;
}

/* ---- Lists ---- */

static const struct db_column ROW[] = {
    DB_ID(struct member_row, mailbox_id),
    DB_TEXT(struct member_row, address),
    DB_TEXT(struct member_row, holder),
    DB_TEXT(struct member_row, tax_code),
    DB_TEXT(struct member_row, name),
    DB_TEXT(struct member_row, surname),
    DB_TEXT(struct member_row, enrolment_no),
    DB_TEXT(struct member_row, plan),
    DB_TEXT(struct member_row, status),
    DB_INT64(struct member_row, extra_gb),
    DB_ID(struct member_row, open_order_id),
    DB_DAY(struct member_row, expires_on),
    DB_LAST_DAY(struct member_row, renew_until),
    DB_BOOL(struct member_row, auto_renew),
    DB_BOOL(struct member_row, chosen),
    DB_BOOL(struct member_row, ordered_by_body),
    DB_END,
};

#define ROWS                                                                                                           \
    "SELECT m.id, m.address, h.name, h.tax_code, coalesce(x.name, ''), coalesce(x.surname, ''), "                      \
    "coalesce(x.enrolment_no, ''), m.plan, m.status, m.extra_gb, m.open_order_id, m.expires_on, m.renew_until, "       \
    "m.auto_renew, CASE WHEN EXISTS (SELECT 1 FROM bulk_choice b WHERE b.owner = $6 AND b.mailbox_id = m.id) THEN 1 "  \
    "ELSE 0 END, CASE WHEN EXISTS (SELECT 1 FROM shop_order o WHERE o.id = m.open_order_id AND o.kind = 'bulk') THEN " \
    "1 ELSE 0 END "
#define FROM_MEMBERS                                                                                                   \
    "FROM mailbox m JOIN holder h ON h.id = m.holder_id LEFT JOIN member x ON x.mailbox_id = m.id AND x.status = "     \
    "'active' WHERE " MAILBOX_OF(                                                                                      \
        "$1") " AND m.convention = $2 AND m.convention <> '' AND m.status <> 'deleted' AND m.expires_on BETWEEN $3 "   \
              "AND $4 AND ($5 = '' OR lower(m.address) LIKE $5 ESCAPE '!' OR lower(h.name) LIKE $5 ESCAPE '!' OR "     \
              "lower(x.enrolment_no) LIKE $5 ESCAPE '!' OR lower(x.surname || ' ' || x.name || ' ' || x.surname) "     \
              "LIKE $5 ESCAPE '!') "
#define LISTED(l)                                                                                                      \
    db_text((l)->brand), db_text((l)->convention), db_day((l)->from), db_day((l)->until), db_text((l)->search)

enum outcome members_page(struct db_tx *tx, void *mem, const struct member_list *l, struct member_row **rows,
                          size_t *count)
{
    return db_all(tx, mem, ROW, rows, count,
                  ROWS FROM_MEMBERS
                  "AND (m.expires_on > $7 OR (m.expires_on = $7 AND m.id > $8)) ORDER BY m.expires_on, "
                  "m.id LIMIT $9",
                  LISTED(l), db_text(l->owner), db_day(l->after_day), db_int(l->after_id), db_int(l->limit));
}

enum outcome members_each(struct db_tx *tx, void *mem, const struct member_list *l, struct member_row *row,
                          db_each_row *each, void *arg)
{
    return db_each(tx, mem, ROW, row, each, arg, ROWS FROM_MEMBERS "ORDER BY m.expires_on, m.id", LISTED(l),
                   db_text(l->owner));
}

enum outcome members_count(struct db_tx *tx, const struct member_list *l, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) " FROM_MEMBERS, LISTED(l));
}

enum outcome members_ordered(struct db_tx *tx, const struct member_list *l, int64_t *count)
{
    return db_number(tx, count, "SELECT count(*) " FROM_MEMBERS "AND m.open_order_id IS NOT NULL", LISTED(l));
}

/* ---- Lists that wait for a confirmation ---- */

/* Never that of a list that is gone: SQLite's own next number may be, and then a page that still shows the list before
 * would confirm the one after. */
static int64_t new_number(void)
{
    uint64_t random;

    randombytes_buf(&random, sizeof random);
    return (int64_t)(random >> 5) + 1; /* 18 digits at most, as the desk reads a number */
}

enum outcome roster_file_put(struct db_tx *tx, struct roster_file *f)
{
    f->id = new_number();
    TRY(db_exec(tx, NULL,
                "DELETE FROM roster_file WHERE uploaded_at < $5 OR (coalesce(account_id, 0) = $1 AND "
                "coalesce(operator_id, 0) = $2 AND brand = $3 AND convention = $4)",
                db_int(f->account_id), db_int(f->operator_id), db_text(f->brand), db_text(f->convention),
                db_instant(instant_plus(clock_now(), -ROSTER_KEPT))));
    return db_exec(tx, NULL,
                   "INSERT INTO roster_file (id, brand, convention, account_id, operator_id, name, bytes, uploaded_at) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   db_int(f->id), db_text(f->brand), db_text(f->convention), db_id(f->account_id),
                   db_id(f->operator_id), db_text(f->name), db_bytes(f->bytes.bytes, f->bytes.length),
                   db_instant(clock_now()));
}

enum outcome roster_file_get(struct db_tx *tx, void *mem, int64_t id, struct roster_file *out)
{
    static const struct db_column FILE_[] = {
        DB_ID(struct roster_file, id),
        DB_TEXT(struct roster_file, brand),
        DB_TEXT(struct roster_file, convention),
        DB_TEXT(struct roster_file, name),
        DB_ID(struct roster_file, account_id),
        DB_ID(struct roster_file, operator_id),
        DB_BYTES(struct roster_file, bytes),
        DB_INSTANT(struct roster_file, uploaded_at),
        DB_END,
    };

    return db_one(tx, mem, FILE_, out,
                  "SELECT id, brand, convention, name, account_id, operator_id, bytes, uploaded_at FROM roster_file "
                  "WHERE id = $1",
                  db_int(id));
}

enum outcome roster_file_drop(struct db_tx *tx, int64_t id)
{
    return db_exec(tx, NULL, "DELETE FROM roster_file WHERE id = $1", db_int(id));
}
