/* The lines of orders: their kinds, reading them one by one or as the pages of a bulk order show them, and what becomes
 * of them. */
#include "base/i18n.h"
#include "store/order.h"
#include <string.h>
#include <talloc.h>

static const char *const LINE_KIND[] = {[LINE_RENEWAL] = "renewal",
                                        [LINE_SPACE] = "space",
                                        [LINE_UPGRADE_RESIDUE] = "upgrade_residue",
                                        [LINE_SPACE_RESIDUE] = "space_residue",
                                        [LINE_TOPUP] = "topup",
                                        [LINE_PURCHASE] = "purchase",
                                        [LINE_EXTRA_SPACE] = "extra_space",
                                        [LINE_LATE_FEE] = "late_fee"};

const char *order_line_kind_name(enum order_line_kind kind)
{
    return LINE_KIND[kind];
}

bool order_line_is(const struct order_line *line, enum order_line_kind kind)
{
    return strcmp(line->kind, LINE_KIND[kind]) == 0;
}

bool order_line_serves(const struct order_line *line)
{
    return order_line_is(line, LINE_RENEWAL) || order_line_is(line, LINE_PURCHASE) ||
           order_line_is(line, LINE_EXTRA_SPACE);
}

struct space order_line_space(const struct order_line *line)
{
    return (struct space){line->extra_gb, line->extra_archive_gb};
}

static const struct db_column LINE[] = {
    DB_INT64(struct order_line, line),
    DB_TEXT(struct order_line, kind),
    DB_ID(struct order_line, mailbox_id),
    DB_TEXT(struct order_line, address),
    DB_TEXT(struct order_line, description),
    DB_INT64(struct order_line, quantity),
    DB_MONEY(struct order_line, unit),
    DB_MONEY(struct order_line, net),
    DB_TEXT(struct order_line, plan),
    DB_INT64(struct order_line, extra_gb),
    DB_INT64(struct order_line, extra_archive_gb),
    DB_INT64(struct order_line, years),
    DB_TEXT(struct order_line, old_plan),
    DB_INT64(struct order_line, old_extra_gb),
    DB_INT64(struct order_line, old_extra_archive_gb),
    DB_DAY(struct order_line, from),
    DB_DAY(struct order_line, to),
    DB_DAY(struct order_line, old_expires_on),
    DB_DAY(struct order_line, new_expires_on),
    DB_INSTANT(struct order_line, fulfilled_at),
    DB_END,
};

#define SELECT_LINES                                                                                                   \
    "SELECT l.line, l.kind, l.mailbox_id, m.address, l.description, l.quantity, l.unit_cents, l.net_cents, l.plan, "   \
    "l.extra_gb, l.extra_archive_gb, l.years, l.old_plan, l.old_extra_gb, l.old_extra_archive_gb, l.from_day, "        \
    "l.to_day, l.old_expires_on, l.new_expires_on, l.fulfilled_at FROM order_line l LEFT JOIN mailbox m ON m.id = "    \
    "l.mailbox_id WHERE l.order_id = $1 "

enum outcome order_lines(struct db_tx *tx, void *mem, int64_t order_id, struct order_line **lines, size_t *count)
{
    return db_all(tx, mem, LINE, lines, count, SELECT_LINES "ORDER BY l.line", db_int(order_id));
}

enum outcome order_lines_of(struct db_tx *tx, void *mem, int64_t order_id, int64_t mailbox_id,
                            struct order_line **lines, size_t *count)
{
    return db_all(tx, mem, LINE, lines, count, SELECT_LINES "AND l.mailbox_id = $2 ORDER BY l.line", db_int(order_id),
                  db_int(mailbox_id));
}

enum outcome order_lines_grouped(struct db_tx *tx, void *mem, const struct order *order, struct order_line **lines,
                                 size_t *count)
{
    TRY(db_all(
        tx, mem, LINE, lines, count,
        "SELECT min(l.line), l.kind, CASE count(*) WHEN 1 THEN min(l.mailbox_id) END, CASE count(*) WHEN 1 THEN "
        "min((SELECT m.address FROM mailbox m WHERE m.id = l.mailbox_id)) ELSE CAST(count(*) AS TEXT) END, "
        "l.description, CAST(sum(l.quantity) AS BIGINT), "
        "l.unit_cents, CAST(sum(l.net_cents) AS BIGINT), l.plan, max(l.extra_gb), max(l.extra_archive_gb), l.years, "
        "min(l.old_plan), max(l.old_extra_gb), max(l.old_extra_archive_gb), min(l.from_day), max(l.to_day), "
        "min(l.old_expires_on), CASE WHEN "
        "min(l.new_expires_on) = max(l.new_expires_on) THEN max(l.new_expires_on) END, max(l.fulfilled_at) FROM "
        "order_line l WHERE l.order_id = $1 GROUP BY l.kind, l.description, l.unit_cents, l.plan, l.years ORDER BY 1",
        db_int(order->id)));
    for (size_t i = 0; i < *count; i++)
        if (!(*lines)[i].mailbox_id)
            (*lines)[i].address = talloc_asprintf(mem, i18n(order->language, N_("%s caselle")), (*lines)[i].address);
    return DONE;
}

enum outcome order_line_insert(struct db_tx *tx, int64_t order_id, const struct order_line *l)
{
    return db_exec(
        tx, NULL,
        "INSERT INTO order_line (order_id, line, kind, mailbox_id, description, quantity, unit_cents, "
        "net_cents, plan, extra_gb, years, from_day, to_day, old_expires_on, new_expires_on, old_plan, old_extra_gb, "
        "extra_archive_gb, old_extra_archive_gb) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        db_int(order_id), db_int(l->line), db_text(l->kind), db_id(l->mailbox_id), db_text(l->description),
        db_int(l->quantity), db_money(l->unit), db_money(l->net), db_text(l->plan), db_int(l->extra_gb),
        db_int(l->years), db_day(l->from), db_day(l->to), db_day(l->old_expires_on), db_day(l->new_expires_on),
        db_text(l->old_plan ? l->old_plan : ""), db_int(l->old_extra_gb), db_int(l->extra_archive_gb),
        db_int(l->old_extra_archive_gb));
}

enum outcome order_lines_fulfilled(struct db_tx *tx, int64_t order_id)
{
    return db_exec(tx, NULL, "UPDATE order_line SET fulfilled_at = $2 WHERE order_id = $1", db_int(order_id),
                   db_instant(db_now(tx)));
}

enum outcome order_lines_taken_back(struct db_tx *tx, int64_t order_id)
{
    return db_exec(tx, NULL, "UPDATE order_line SET fulfilled_at = NULL WHERE order_id = $1", db_int(order_id));
}
