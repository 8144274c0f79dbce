/* shop/provider_list.h: a brand's mailboxes as its provider's people compare them with their own: a table for spreadsheets, in parts. */
#pragma once

#include "shop/shop.h"

#define PROVIDER_LIST_PART 50000 /* numbers of mailboxes a part */

/* How many parts there are; at least 1. */
enum outcome provider_list_parts(struct db_tx *tx, int64_t *parts) must_check;
/* Appends the header and the part's mailboxes (parts count from 1), deleted ones left out. */
enum outcome provider_list(struct db_tx *tx, void *mem, const struct brand *brand, int64_t part, struct text_buffer *out,
                           int64_t *lines) must_check;
