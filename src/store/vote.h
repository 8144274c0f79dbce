/* store/vote.h: votes on pages of help (sql/0021-more.sql). */
#pragma once

#include "db/db.h"

enum outcome vote_count(struct db_tx *tx, const char *brand, const char *page, bool useful) must_check; /* one more, today */
