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

static const struct db_column VOTES[] = {
    DB_DAY(struct votes, on),
    DB_INT64(struct votes, useful),
    DB_INT64(struct votes, useless),
    DB_END,
};

enum outcome votes_between(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until,
                           struct votes **votes, size_t *count)
{
    return db_all(tx, mem, VOTES, votes, count,
                  "SELECT voted_on, CAST(sum(useful) AS BIGINT), CAST(sum(useless) AS BIGINT) FROM page_vote WHERE "
                  "brand = $1 AND voted_on >= $2 AND voted_on <= $3 GROUP BY voted_on ORDER BY voted_on",
                  db_text(brand), db_day(from), db_day(until));
}
