/* shop/day_autorenew.c: automatic renewal's part of the day: what is charged is announced first, then what is due is
 * charged. After the notices, whose plan announces most of it (shop/day_notices.c). Of a price that the desk has dated
 * who renews automatically is told long before, as soon as it is decided. */
#include "shop/autorenew.h"
#include "shop/day_sweep.h"
#include "store/price_told.h"

#define AT_ONCE 2000 /* told in one transaction */

enum outcome day_announcements(struct day_turn *turn, int64_t *done)
{
    struct autorenew_turned turned;
    enum outcome o = autorenew_announce(turn->shop, turn->mem, &turned);

    *done += turned.warned + turned.lost;
    return o;
}

enum outcome day_charges(struct day_turn *turn, int64_t *done)
{
    struct autorenew_turned turned;
    enum outcome o = autorenew_charge(turn->shop, turn->mem, &turned);

    *done += turned.charged + turned.refused + turned.unknown + turned.left + turned.lost;
    return o;
}

/* ---- Prices that the desk has dated ---- */

struct telling {
    struct price_rule rule;
    bool any;
    int64_t told, last;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct telling *t = arg;

    return prices_untold(tx, &t->rule, &t->any);
}

static enum outcome tell(struct db_tx *tx, void *arg)
{
    struct telling *t = arg;

    return prices_tell(tx, &t->rule, AT_ONCE, &t->told, &t->last);
}

static enum outcome tell_all(struct day_turn *turn, struct telling *t, int64_t *done)
{
    do {
        TRY(db_transaction_rows(turn->shop->db, "prices.tell", tell, t));
        *done += t->told;
        day_progress(turn, *done);
        t->rule.after = t->last;
    } while (t->last);
    return DONE;
}

enum outcome day_prices(struct day_turn *turn, int64_t *done)
{
    const struct brands *brands = turn->shop->brands;

    for (size_t i = 0; i < brands->count; i++) {
        const struct brand *b = &brands->all[i];
        struct telling t = {.rule = {b->id, b->autorenew.policy.charge_days_before, 0}};

        if (!b->autorenew.on)
            continue;
        TRY(db_read(turn->shop->db, "prices.look", look, &t));
        if (t.any)
            TRY(tell_all(turn, &t, done));
    }
    return DONE;
}
