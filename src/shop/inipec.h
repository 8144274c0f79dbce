/* shop/inipec.h: the list of a brand's mailboxes of businesses and professionals in the form in which Ordini send theirs to INI-PEC
 * (DM 19-3-2013; DOMAIN L11): what has changed since a day. docs/inipec.md describes it. */
#pragma once

#include "shop/shop.h"

enum inipec_state { INIPEC_NOTHING, INIPEC_UPDATED, INIPEC_NEW, INIPEC_CEASED }; /* the numbers of the format: 1, 2, 3 */

/* Appends the header and a line for each mailbox that is new, changed or no longer receives, since `since` and up to today. *lines is how
 * many. REFUSED on "since": it lies ahead. */
enum outcome inipec_report(struct db_tx *tx, void *mem, const struct brand *brand, struct day since, struct text_buffer *out,
                           int64_t *lines, struct problem *why) must_check;
