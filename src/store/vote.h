/* store/vote.h: votes on pages of help (sql/0021-more.sql). */
#pragma once

#include "db/db.h"

enum outcome vote_count(struct db_tx *tx, const char *brand, const char *page, bool useful) must_check; /* one more, today */

/* Of a brand, from day to day both included; a row a day on which anybody voted. */
struct votes {
    struct day on;
    int64_t useful, useless;
};
enum outcome votes_between(struct db_tx *tx, void *mem, const char *brand, struct day from, struct day until, struct votes **votes,
                           size_t *count) must_check;
