/* link/statement.h: what a bank says happened on an account, in whatever format: camt.053 and .054 from version .02 on
 * (link/camt.h), MT940 and MT942 (link/mt940.h), CBI's RH (link/cbi_rh.h), the tables that banks let people download
 * (link/bank_csv.h). What a file is, is told by what stands in it, never by its name.
 *
 * A file is read as a stream, in flat memory, whatever its size. Payments come to the sink one at a time: one for each
 * TxDtls of a camt's batch, one for each movement of the others. A file that is not what it looks like is REFUSED with
 * the line and the reason. */
#pragma once

#include "shop/ports.h"
#include <jansson.h>

/* Reads from an open file descriptor, which may be a pipe, from its current position. REFUSED with
 * PROBLEM_STATEMENT_FORMAT ("riga 12: …") when it is empty, in no format known here, holds no statement, is cut short,
 * or has anything that cannot be read; PROBLEM_STATEMENT_BALANCE when opening + booked entries ≠ closing in a camt.053
 * or an RH. An MT940 whose sum does not hold is read to its end and says BALANCE_WRONG: the caller warns. Payments
 * already given to the sink must be forgotten by the caller after REFUSED: nothing is kept half-read. */
enum outcome statement_read(int file, const struct statement_sink *sink, struct problem *why) must_check;

/* What `casella bank read --json` prints for one file (DESIGN §5): only booked credits that are no reversals. Each
 * statement also says `balance_check`: "ok", "wrong", or null where the balances are not both stated. */
enum outcome statement_json(int file, json_t **described, struct problem *why) must_check;
