/* link/mt940.h: MT940 (the day's statement) and MT942 (during the day), as SWIFT and its dialects write them (PAYMENTS
 * §6.2). */
#pragma once

#include "link/statement.h"
#include "link/statement_lines.h"

/* Whether one of the first lines is a SWIFT block or carries a tag of these messages. */
bool mt940_recognise(const struct first_bytes *first, struct lines *room);

/* Each message (:20:) is a statement, named by its reference and number; intermediate balances (:60M:, :62M:) are that
 * message's own. A sum that does not hold is noted in the head, not refused: banks do send such files. `RC` and `RD` are
 * reversals, credit saying the effect on the account; `EC` and `ED` are expected, so pending.
 *
 * REFUSED when a movement or a balance cannot be read, or a block {4: does not end. */
enum outcome mt940_read(const struct first_bytes *first, struct lines *in, const struct statement_sink *sink,
                        struct problem *why) must_check;
