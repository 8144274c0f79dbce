/* link/statement.h: what a bank says happened on an account: camt.053 and camt.054, every version from .02 (PAYMENTS
 * §6.1).
 *
 * A file is read as a stream, in flat memory, whatever its size. Payments come one at a time to `each`: only credits,
 * one for each TxDtls of a batch. A file that is not what it claims to be is REFUSED with the line and the reason. */
#pragma once

#include "shop/ports.h"
#include <jansson.h>

/* Reads from an open file descriptor, from its current position. REFUSED with PROBLEM_STATEMENT_FORMAT ("riga 12: …")
 * when it is empty, no XML, not a bank statement, holds no statement, is cut short, or holds a DTD;
 * PROBLEM_STATEMENT_BALANCE when a camt.053's opening + booked entries ≠ closing. Payments already given to the sink
 * must then be forgotten by the caller: nothing is kept half-read. */
enum outcome statement_read(int file, const struct statement_sink *sink, struct problem *why) must_check;

/* What `casella bank read --json` prints for one file (DESIGN §5): only booked credits that are no reversals. Each
 * statement also says `balance_check`: "ok", "wrong", or null where the balances are not both stated. */
enum outcome statement_json(int file, json_t **described, struct problem *why) must_check;
