#include "store/vote.h"

enum outcome vote_count(struct db_tx *tx, const char *brand, const char *page, bool useful)
{
    return db_exec(
        tx, NULL,
        "INSERT INTO page_vote (brand, page, voted_on, useful, useless) VALUES ($1, $2, $3, $4, 1 - $4) ON "
        "CONFLICT (brand, page, voted_on) DO UPDATE SET useful = page_vote.useful + excluded.useful, useless = "
        "page_vote.useless + excluded.useless",
        db_text(brand), db_text(page), db_day(db_today(tx)), db_int(useful));
}
