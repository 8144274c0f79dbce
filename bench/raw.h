/* bench/raw.h: the limit of whatever writes orders: a bare loop on the same disk and SQLite settings (WAL,
 * synchronous=FULL, 64 MB of cache) that writes an order's rows into our tables and does nothing else: the order, two
 * lines, its payment, four ledger rows, the mailbox. */
#pragma once

#include "measure.h"

struct raw;

/* A migrated database with mailboxes of numbers 1 … `mailboxes`. */
struct raw *raw_open(const char *path, int64_t mailboxes);
void raw_close(struct raw *raw);
/* Orders a second, `in_one_commit` of them a transaction, for so many seconds. `times`: of each transaction; may be
 * NULL. */
double raw_run(struct raw *raw, int in_one_commit, double seconds, struct times *times);

/* The bank statement that their entries belong to; once. */
#define RAW_FIRST                                                                                                      \
    "INSERT INTO bank_statement (id, account, name, format, opening, closing, booked_cents, entries, imported_at) "    \
    "VALUES (1, 'raw', 'raw', 'raw', '', '', 0, 0, 0) ON CONFLICT DO NOTHING;"

/* The texts, with $1 the mailbox and $2 a number that was never used before. PL/pgSQL takes them as they are. */
extern const char *const RAW_STATEMENTS[]; /* ends with NULL */
