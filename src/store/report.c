#include "store/report.h"
#include "store/mailbox.h"
#include <string.h>

static const struct db_column FIGURE[] = {
    DB_TEXT(struct report_figure, kind),   DB_TEXT(struct report_figure, first),
    DB_TEXT(struct report_figure, second), DB_DAY(struct report_figure, on),
    DB_INT64(struct report_figure, slot),  DB_INT64(struct report_figure, count),
    DB_INT64(struct report_figure, cents), DB_END,
};

struct telling {
    report_each *each;
    void *arg;
};

static enum outcome tell(struct db_tx *tx, void *row, void *arg)
{
    const struct telling *t = arg;

    (void)tx;
    return t->each(row, t->arg);
}

#define EACH(sql, ...) db_each(tx, mem, FIGURE, &(struct report_figure){0}, tell, &t, sql, ##__VA_ARGS__)

/* ---- Sums by day ---- */

static const struct db_column SERIES[] = {
    DB_TEXT(struct tally_series, brand), DB_TEXT(struct tally_series, kind),   DB_INT64(struct tally_series, year),
    DB_INT64(struct tally_series, from), DB_INT64(struct tally_series, until), DB_END,
};

enum outcome tally_waiting(struct db_tx *tx, void *mem, struct tally_series **series, size_t *count)
{
    return db_all(tx, mem, SERIES, series, count,
                  "SELECT s.brand, s.kind, s.year, coalesce(t.number, 0), s.last_number FROM invoice_series s "
                  "LEFT JOIN tally_mark t ON t.brand = s.brand AND t.kind = s.kind AND t.year = s.year "
                  "WHERE s.last_number > coalesce(t.number, 0) ORDER BY s.brand, s.kind, s.year");
}

/* The documents of a series: $1 to $5. */
#define DOCUMENTS "FROM invoice i JOIN shop_order o ON o.id = i.order_id "
#define OF_SERIES "i.brand = $1 AND i.kind = $2 AND i.year = $3 AND i.number > $4 AND i.number <= $5 "

/* What a document brought stands in the ledger under its own name: revenue is credited by invoices, debited by notes.
 */
#define INCOME                                                                                                         \
    "SELECT o.kind AS kind, o.payment_method AS method, coalesce(m.convention, '') AS convention, i.issued_on AS "     \
    "on_day, CAST(sum(CASE i.kind WHEN 'invoice' THEN 1 ELSE -1 END) AS BIGINT) AS documents, "                        \
    "CAST(sum(-l.amount_cents) AS BIGINT) AS net_cents " DOCUMENTS                                                     \
    "JOIN ledger_entry l ON l.transaction_id = 'invoice:' || i.id AND l.account = 'revenue:' || i.brand "              \
    "LEFT JOIN mailbox_row m ON m.id = o.mailbox_id WHERE " OF_SERIES                                                  \
    "GROUP BY o.kind, o.payment_method, coalesce(m.convention, ''), i.issued_on"

/* A credit note takes a renewal back only where the term was, at the very moment at which the note was issued. */
#define RENEWED                                                                                                        \
    "SELECT l.old_expires_on AS ended_on, r.renewed_on - l.old_expires_on AS lag, CAST(sum(r.sign) AS BIGINT) AS "     \
    "renewals FROM (SELECT i.order_id, i.issued_on AS renewed_on, 1 AS sign " DOCUMENTS                                \
    "WHERE i.kind = 'invoice' AND " OF_SERIES "UNION ALL SELECT i.order_id, f.issued_on, -1 " DOCUMENTS                \
    "JOIN invoice f ON f.id = i.corrects_id WHERE i.kind = 'credit_note' AND " OF_SERIES                               \
    "AND EXISTS (SELECT 1 FROM event e WHERE e.order_id = i.order_id AND e.kind = 'mailbox.term_taken_back' AND "      \
    "e.at = i.issued_at)) r JOIN order_line l ON l.order_id = r.order_id AND l.kind = 'renewal' "                      \
    "GROUP BY l.old_expires_on, r.renewed_on - l.old_expires_on"

#define SERIES_VALUES(s)                                                                                               \
    db_text((s)->brand), db_text((s)->kind), db_int((s)->year), db_int((s)->from), db_int((s)->until)

/* The mark moves only from where it was read: who comes second changes nothing. */
static enum outcome mark(struct db_tx *tx, const struct tally_series *s, bool *taken)
{
    int64_t changed;

    TRY(db_exec(tx, &changed,
                "INSERT INTO tally_mark (brand, kind, year, number) VALUES ($1, $2, $3, $5) ON CONFLICT (brand, kind, "
                "year) DO UPDATE SET number = excluded.number WHERE tally_mark.number = $4",
                SERIES_VALUES(s)));
    *taken = changed == 1;
    return DONE;
}

enum outcome tally_take(struct db_tx *tx, const struct tally_series *s, bool *taken)
{
    TRY(mark(tx, s, taken));
    if (!*taken)
        return DONE;
    TRY(db_exec(tx, NULL,
                "INSERT INTO tally_income (brand, on_day, kind, method, convention, documents, net_cents) SELECT $1, "
                "n.on_day, n.kind, n.method, n.convention, n.documents, n.net_cents FROM (" INCOME ") n WHERE true "
                "ON CONFLICT (brand, on_day, kind, method, convention) DO UPDATE SET documents = "
                "tally_income.documents + excluded.documents, net_cents = tally_income.net_cents + excluded.net_cents",
                SERIES_VALUES(s)));
    return db_exec(tx, NULL,
                   "INSERT INTO tally_renewal (brand, ended_on, lag, renewals) SELECT $1, n.ended_on, n.lag, "
                   "n.renewals FROM (" RENEWED ") n WHERE true ON CONFLICT (brand, ended_on, lag) DO UPDATE SET "
                   "renewals = tally_renewal.renewals + excluded.renewals",
                   SERIES_VALUES(s));
}

/* ---- What was sold ---- */

/* The same of what is not summed yet. */
static enum outcome each_waiting(struct db_tx *tx, void *mem, const char *brand, bool income, struct telling *told)
{
    struct telling t = *told;
    struct tally_series *series;
    size_t count;

    TRY(tally_waiting(tx, mem, &series, &count));
    for (size_t i = 0; i < count; i++) {
        const struct tally_series *s = &series[i];

        if (strcmp(s->brand, brand) != 0)
            continue;
        TRY(income
                ? EACH("SELECT n.kind, n.method, n.convention, n.on_day, 0, n.documents, n.net_cents FROM (" INCOME
                       ") n",
                       SERIES_VALUES(s))
                : EACH("SELECT '', '', '', n.ended_on, n.lag, n.renewals, 0 FROM (" RENEWED ") n", SERIES_VALUES(s)));
    }
    return DONE;
}

struct within {
    struct day from, until;
    struct telling to;
};

static enum outcome tell_within(const struct report_figure *f, void *arg)
{
    const struct within *w = arg;

    return day_before(f->on, w->from) || day_before(w->until, f->on) ? DONE : w->to.each(f, w->to.arg);
}

enum outcome report_income(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                           report_each *each, void *arg)
{
    struct telling t = {each, arg};
    struct within rest = {from, until, t};

    TRY(EACH("SELECT kind, method, convention, on_day, 0, documents, net_cents FROM tally_income WHERE brand = $1 AND "
             "on_day >= $2 AND on_day <= $3",
             db_text(brand), db_day(from), db_day(until)));
    return each_waiting(tx, mem, brand, true, &(struct telling){tell_within, &rest});
}

enum outcome report_renewed(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                            report_each *each, void *arg)
{
    struct telling t = {each, arg};
    struct within rest = {from, until, t};

    TRY(EACH("SELECT '', '', '', ended_on, lag, renewals, 0 FROM tally_renewal WHERE brand = $1 AND ended_on >= $2 AND "
             "ended_on <= $3",
             db_text(brand), db_day(from), db_day(until)));
    return each_waiting(tx, mem, brand, false, &(struct telling){tell_within, &rest});
}

/* ---- Terms ---- */

#define RANGE "m WHERE " MAILBOX_OF("$1") " AND expires_on >= $2 AND expires_on <= $3 AND "

enum outcome report_ends(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                         report_each *each, void *arg)
{
    struct telling t = {each, arg};

    /* Spelled as the partial indexes are, of which each has its own. */
    TRY(EACH("SELECT 'live', '', '', expires_on, 0, count(*), 0 FROM mailbox_row " RANGE
             "status <> 'ceased' AND status <> 'deleted' GROUP BY expires_on",
             db_text(brand), db_day(from), db_day(until)));
    TRY(EACH("SELECT 'ceased', '', '', expires_on, 0, count(*), 0 FROM mailbox_row " RANGE
             "status = 'ceased' GROUP BY expires_on",
             db_text(brand), db_day(from), db_day(until)));
    return EACH("SELECT 'deleted', '', '', expires_on, 0, count(*), 0 FROM mailbox_row " RANGE
                "status = 'deleted' GROUP BY expires_on",
                db_text(brand), db_day(from), db_day(until));
}

enum outcome report_expiries(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                             report_each *each, void *arg)
{
    struct telling t = {each, arg};

    return EACH("SELECT '', plan, convention, expires_on, 0, count(*), 0 FROM mailbox_row " RANGE
                "status <> 'ceased' AND status <> 'deleted' GROUP BY expires_on, plan, convention",
                db_text(brand), db_day(from), db_day(until));
}

/* ---- Queues ---- */

#define HOUR "3600000000"
#define AGE(at)                                                                                                        \
    "CASE WHEN $1 - " at " < 4 * " HOUR " THEN 0 WHEN $1 - " at " < 24 * " HOUR " THEN 1 WHEN $1 - " at                \
    " < 72 * " HOUR " THEN 2 WHEN $1 - " at " < 168 * " HOUR " THEN 3 WHEN $1 - " at " < 720 * " HOUR                  \
    " THEN 4 ELSE 5 END"
#define QUEUE(kind, whose, at, from)                                                                                   \
    "SELECT '" kind "', w.whose, '', 0, w.slot, count(*), 0 FROM (SELECT " whose                                       \
    " AS whose, " AGE(at) " AS slot "                                                                                  \
                          "FROM " from ") w GROUP BY w.whose, w.slot"

enum outcome report_queues(struct db_tx *tx, void *mem, report_each *each, void *arg)
{
    struct db_value now = db_instant(db_now(tx)), machine = db_instant(clock_now()); /* payments go by the latter */
    struct telling t = {each, arg};

    TRY(EACH(QUEUE("documents", "r.brand", "s.sent_at",
                   "submission s JOIN activation_request r ON r.id = s.request_id WHERE s.state = 'in_review'"),
             now));
    TRY(EACH(QUEUE("proofs", "p.brand", "p.received_at", "proof p WHERE p.state = 'received'"), now));
    TRY(EACH(QUEUE("held", "e.account", "e.booked_on * 24 * " HOUR, "bank_entry e WHERE e.state = 'held'"), now));
    TRY(EACH(QUEUE("held", "p.brand", "p.created_at", "payment p WHERE p.state = 'held'"), machine));
    return EACH(
        QUEUE("refunds", "r.brand", "r.created_at", "refund r WHERE r.state <> 'done' AND r.state <> 'dropped'"), now);
}
