/* link/bank_csv.h: the tables that banks let people download, mostly Italian ones (PAYMENTS §6; no standard).
 *
 * The header is looked for among the first rows and with each delimiter (; tab , |); what stands before may tell the
 * account's IBAN and currency. Decimal sign and order of dates are taken from all cells at hand. A table is one
 * statement, or one for each run of rows with the same IBAN where a column states it; without, `account` is "" and the
 * person must be asked. The currency is EUR where nothing says another. No balances are taken: what is downloaded may be
 * a selection.
 *
 * Rows that only sum up are passed over. A movement is pending when its status says so (a word that is not known for
 * that says nothing), when it has no booking date, or in a part headed "Operazioni non contabilizzate". What a payment
 * is told by does not depend on the rows around it, so overlapping tables give the same payments. */
#pragma once

#include "link/statement.h"
#include "link/statement_lines.h"

/* REFUSED when no row is a header, naming what was not found; when a row has an amount and no date, a date or an amount
 * that cannot be read, both debit and credit, or more cells than the header. */
enum outcome bank_csv_read(const struct first_bytes *first, struct lines *in, const struct statement_sink *sink,
                           struct problem *why) must_check;
