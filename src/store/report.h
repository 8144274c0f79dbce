/* store/report.h: the figures that the desk's reports are drawn from (shop/report.h). What lies ahead is counted in an index as it
 * stands. What was sold lies in too many rows for that: it is summed by day as it comes to pass (tally_take), and what came since is
 * added whenever it is asked for; so a report is exact at any moment, and its cost is that of days and not of orders. */
#pragma once

#include "base/day.h"
#include "db/db.h"

/* One figure; which of its members mean something is said by each function. */
struct report_figure {
    char *kind, *first, *second;
    struct day on;
    int64_t slot, count, cents;
};
typedef enum outcome report_each(const struct report_figure *figure, void *arg);

/* ---- Sums by day ---- */

/* A series of documents (invoices, credit notes of a year) of which some are not summed yet: after `from`, up to `until`. */
struct tally_series {
    char *brand, *kind;
    int64_t year, from, until;
};
enum outcome tally_waiting(struct db_tx *tx, void *mem, struct tally_series **series, size_t *count) must_check;
/* Sums them. *taken false: somebody else has, meanwhile. Numbers have no gaps, and a series is written by one at a time, so that a
 * number that can be seen has all those before it. */
enum outcome tally_take(struct db_tx *tx, const struct tally_series *series, bool *taken) must_check;

/* ---- Figures of one brand, days from `from` to `until`, both inclusive ---- */

/* kind: of the order; first: method; second: convention; on, count (documents), cents (net). From the ledger. */
enum outcome report_income(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, report_each *each,
                           void *arg) must_check;
/* Terms that ended and were renewed: on (the end), slot (days from the end to the renewal), count. */
enum outcome report_renewed(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, report_each *each,
                            void *arg) must_check;
/* Mailboxes whose term ends, or ended and was not renewed: kind ("live", suspended ones too; "ceased", "deleted"), on, count. */
enum outcome report_ends(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, report_each *each,
                         void *arg) must_check;
/* Those that have not ceased: first: plan; second: convention; on, count. */
enum outcome report_expiries(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, report_each *each,
                             void *arg) must_check;

/* ---- Queues ---- */

/* What waits, by its age. kind: documents, proofs, held, refunds; first: the brand, or an account (an IBAN) where only that is known;
 * slot: of REPORT_AGES; count. */
#define REPORT_AGES 6 /* under 4 hours, a day, 3 days, 7, 30; more */
enum outcome report_queues(struct db_tx *tx, void *mem, report_each *each, void *arg) must_check;
