#include "store/desk.h"
#include <string.h>
#include <talloc.h>

static const char *const LISTS[DESK_LISTS] = {[DESK_WAITING] = "waiting",
                                              [DESK_TROUBLE] = "trouble",
                                              [DESK_ACTIVATING] = "activating",
                                              [DESK_MISSING] = "missing",
                                              [DESK_CLOSED] = "closed"};

const char *desk_list_name(enum desk_list list)
{
    return LISTS[list];
}

enum outcome desk_list_of(const char *name, enum desk_list *list)
{
    for (int i = 0; i < DESK_LISTS; i++)
        if (strcmp(LISTS[i], name) == 0) {
            *list = (enum desk_list)i;
            return DONE;
        }
    return REFUSED;
}

static const struct db_column ROW[] = {
    DB_ID(struct desk_row, id),
    DB_TEXT(struct desk_row, brand),
    DB_TEXT(struct desk_row, code),
    DB_TEXT(struct desk_row, state),
    DB_TEXT(struct desk_row, holder_kind),
    DB_TEXT(struct desk_row, holder),
    DB_TEXT(struct desk_row, held_name),
    DB_TEXT(struct desk_row, plan),
    DB_TEXT(struct desk_row, error),
    DB_INT64(struct desk_row, years),
    DB_INT64(struct desk_row, submissions),
    DB_INSTANT(struct desk_row, sent_at),
    DB_INSTANT(struct desk_row, due_at),
    DB_INSTANT(struct desk_row, changed_at),
    DB_INSTANT(struct desk_row, paid_at),
    DB_INT64(struct desk_row, key),
    DB_END,
};

#define SELECT_ROW(key)                                                                                                \
    "SELECT r.id, r.brand, o.code, r.state, r.kind, r.name, r.held_name, r.plan, r.error, r.years, s.number, "         \
    "s.sent_at, s.due_at, r.changed_at, r.paid_at, " key " FROM "
#define LAST_PAPERS                                                                                                    \
    "JOIN shop_order o ON o.id = r.order_id LEFT JOIN submission s ON s.request_id = r.id AND s.number = (SELECT "     \
    "max(l.number) FROM submission l WHERE l.request_id = r.id) "
#define WHOSE                                                                                                          \
    "($1 = '' OR r.brand = $1) AND ($2 = '' OR o.code = $2 OR r.tax_code = $2 OR r.held_name = $3 OR lower(r.name) "   \
    "LIKE $4 ESCAPE '!') "

/* What is looked for anywhere in a name, with nothing in it that LIKE would understand. */
static char *pattern(void *mem, const char *search)
{
    char *out = talloc_strdup(mem, "%");

    for (const char *c = search; *c; c++)
        out = strchr("%_!", *c) ? talloc_asprintf_append(out, "!%c", *c)
                                : talloc_asprintf_append(out, "%c", *c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    return talloc_asprintf_append(out, "%%");
}

static char *cased(void *mem, const char *text, char from, int by)
{
    char *copy = talloc_strdup(mem, text);

    for (char *c = copy; *c; c++)
        if (*c >= from && *c < from + 26)
            *c = (char)(*c + by);
    return copy;
}

/* Both engines walk an index in the order of the list, and stop at the limit. */
#define PAGE_UP(key) "AND (" key " > $5 OR (" key " = $5 AND r.id > $6)) ORDER BY " key ", r.id LIMIT $7"
#define PAGE_DOWN(key)                                                                                                 \
    "AND ($5 = 0 OR " key " < $5 OR (" key " = $5 AND r.id < $6)) ORDER BY " key " DESC, r.id DESC LIMIT $7"
#define BY_CHANGE(what)                                                                                                \
    SELECT_ROW("r.changed_at")                                                                                         \
    "activation_request r " LAST_PAPERS "WHERE " what " AND " WHOSE

enum outcome desk_rows(struct db_tx *tx, void *mem, const struct desk_page *p, struct desk_row **rows, size_t *count)
{
    struct db_value brand = db_text(p->brand), code = db_text(cased(mem, p->search, 'a', -32)),
                    name = db_text(cased(mem, p->search, 'A', 32)), like = db_text(pattern(mem, p->search)),
                    key = db_int(p->after_key), id = db_int(p->after_id), limit = db_int(p->limit);

    switch (p->list) {
    case DESK_WAITING:
        return db_all(
            tx, mem, ROW, rows, count,
            SELECT_ROW("s.due_at") "submission s JOIN activation_request r ON r.id = s.request_id JOIN "
                                   "shop_order o ON o.id = r.order_id WHERE s.state = 'in_review' AND ($8 = 0 "
                                   "OR s.due_at < $9) AND " WHOSE PAGE_UP("s.due_at"),
            brand, code, name, like, key, id, limit, db_bool(p->overdue), db_instant(db_now(tx)));
    case DESK_TROUBLE:
        return db_all(tx, mem, ROW, rows, count,
                      BY_CHANGE("r.error <> '' AND (r.state = 'in_review' OR r.state = 'docs_pending')")
                          PAGE_UP("r.changed_at"),
                      brand, code, name, like, key, id, limit);
    case DESK_ACTIVATING:
        return db_all(tx, mem, ROW, rows, count,
                      BY_CHANGE("(r.state = 'activating' OR r.state = 'waiting')") PAGE_UP("r.changed_at"), brand, code,
                      name, like, key, id, limit);
    case DESK_MISSING:
        return db_all(tx, mem, ROW, rows, count, BY_CHANGE("r.state = 'docs_pending'") PAGE_UP("r.changed_at"), brand,
                      code, name, like, key, id, limit);
    default:
        return db_all(tx, mem, ROW, rows, count,
                      BY_CHANGE("(r.state = 'active' OR r.state = 'refused')") PAGE_DOWN("r.changed_at"), brand, code,
                      name, like, key, id, limit);
    }
}

enum outcome desk_count(struct db_tx *tx, const char *brand, struct desk_counts *c)
{
    static const struct db_column COUNTS[] = {DB_INT64(struct desk_counts, waiting),
                                              DB_INT64(struct desk_counts, overdue),
                                              DB_INT64(struct desk_counts, trouble), DB_END};

    return db_one(
        tx, NULL, COUNTS, c,
        "SELECT (SELECT count(*) FROM submission s JOIN activation_request r ON r.id = s.request_id WHERE "
        "s.state = 'in_review' AND ($1 = '' OR r.brand = $1)), (SELECT count(*) FROM submission s JOIN "
        "activation_request r ON r.id = s.request_id WHERE s.state = 'in_review' AND s.due_at < $2 AND ($1 = '' "
        "OR r.brand = $1)), (SELECT count(*) FROM activation_request r WHERE r.error <> '' AND (r.state = "
        "'in_review' OR r.state = 'docs_pending') AND ($1 = '' OR r.brand = $1))",
        db_text(brand), db_instant(db_now(tx)));
}
