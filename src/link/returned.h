/* link/returned.h: a mail that came back, read for shop/bounce.h. */
#pragma once

#include "net/dsn.h"
#include "shop/ports.h"

/* Owned by `mem`, one for each recipient that it says something final, or of a delay, about. REFUSED: it is no report of this kind
 * (an answer of a person or a machine, anything else). */
enum outcome returned_read(void *mem, const char *bytes, size_t length, struct returned returned[DSN_RECIPIENTS],
                           size_t *count) must_check;
