/* link/cbi_rh.h: CBI's "rendicontazione saldi e movimenti" (flow RH, standard CBI-RND-001; PAYMENTS §6.3).
 *
 * Records of 120 characters; a file holds flows (RH … EF), a flow holds reports (61 … 64), each an account's day and so
 * a statement, named by the flow's support name and the report's number. Blanks that a program has cut from the end of a
 * record are put back. */
#pragma once

#include "link/statement.h"
#include "link/statement_lines.h"

bool cbi_rh_recognise(const struct first_bytes *first, struct lines *room);

/* A movement with causale 68 is a reversal. REFUSED when records are out of their order or unreadable, a flow does not
 * end, EF's counts are wrong, or (PROBLEM_STATEMENT_BALANCE) opening + movements ≠ closing. */
enum outcome cbi_rh_read(const struct first_bytes *first, struct lines *in, const struct statement_sink *sink,
                         struct problem *why) must_check;
