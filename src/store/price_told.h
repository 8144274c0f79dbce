/* store/price_told.h: whom a price that the desk has dated will meet at the next charge, for whole populations. A row is the key of its
 * mails: who writes it first writes them, in the same transaction; who comes second finds it there, and does nothing. */
#pragma once

#include "db/db.h"

/* Mandates of a brand that were told nothing yet of the standing price that will count, and does not yet, on the day of their next
 * charge: of two such prices the later. Those after the one numbered `after`. */
struct price_rule {
    const char *brand;
    int charge_days_before; /* the end of the term, where the charge has no day yet */
    int64_t after;
};
enum outcome prices_untold(struct db_tx *tx, const struct price_rule *rule, bool *any) must_check;
/* Writes some rows, and for each a mail to the holder, and to the account where that is another. *last: the mandate after which there
 * may be more; 0: none. */
enum outcome prices_tell(struct db_tx *tx, const struct price_rule *rule, int limit, int64_t *told, int64_t *last) must_check;

struct price_told {
    int64_t id, mandate_id, change_id;
    struct day told_on;
};
enum outcome price_told_by_id(struct db_tx *tx, void *mem, int64_t id, struct price_told *told) must_check;
