/* shop/day_tally.c: what was sold since is added to the sums that reports are read from (store/report.h). */
#include "shop/day.h"
#include "store/report.h"
#include <talloc.h>

#define AT_ONCE 2000 /* documents a transaction, so that no other writer waits for long */

struct tallying {
    struct day_turn *turn;
    struct tally_series *series;
    size_t count;
    struct tally_series part;
    bool taken;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct tallying *t = arg;

    return tally_waiting(tx, t->turn->mem, &t->series, &t->count);
}

static enum outcome take(struct db_tx *tx, void *arg)
{
    struct tallying *t = arg;

    return tally_take(tx, &t->part, &t->taken);
}

enum outcome day_tally(struct day_turn *turn, int64_t *done)
{
    struct tallying t = {.turn = turn};

    TRY(db_read(turn->shop->db, "tally.look", look, &t));
    for (size_t i = 0; i < t.count; i++) {
        const struct tally_series *s = &t.series[i];

        t.taken = true;
        for (int64_t from = s->from; from < s->until && t.taken; from += AT_ONCE) {
            t.part = *s;
            t.part.from = from;
            t.part.until = from + AT_ONCE < s->until ? from + AT_ONCE : s->until;
            TRY(db_transaction_rows(turn->shop->db, "tally.take", take, &t));
            *done += t.taken ? t.part.until - t.part.from : 0;
            day_progress(turn, *done);
        }
    }
    return DONE;
}
