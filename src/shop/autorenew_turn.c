/* shop/autorenew_turn.c: what automatic renewal does on a day (DOMAIN A2, A3, A10): first the warnings, then the
 * charges, batch after batch. */
#include "base/log.h"
#include "shop/autorenew_day.h"
#include "shop/catalogue.h"
#include <talloc.h>

#define AT_ONCE 200

static void add_up(struct autorenew_turned *all, const struct autorenew_turned *more)
{
    all->warned += more->warned;
    all->lost += more->lost;
    all->charged += more->charged;
    all->refused += more->refused;
    all->unknown += more->unknown;
    all->left += more->left;
}

/* The first that is due, which cannot be done, is tried again tomorrow: it holds up no other. */
static enum outcome leave_first(struct db_tx *tx, void *arg)
{
    struct autorenew_batch *t = arg;
    bool warning = t->work == NULL, changed;
    struct mandate *first;
    size_t count;

    TRY(warning ? mandates_to_warn(tx, t->mem, db_today(tx), 1, &first, &count)
                : mandates_to_charge(tx, t->mem, db_today(tx), 1, &first, &count));
    if (!count)
        return DONE;
    log_warning("autorenew.left", LOG_INT("mandate", first->id));
    *(warning ? &first->warn_on : &first->charge_on) = day_plus(db_today(tx), 1);
    return mandate_update(tx, first, first->state, &changed);
}

/* Batch after batch until nothing is due. A batch that fails is tried one by one. */
static enum outcome go_through(struct shop *shop, void *mem, bool charges, struct autorenew_turned *turned)
{
    struct autorenew_batch t = {.shop = shop, .limit = AT_ONCE};
    enum outcome o;

    do {
        t.mem = talloc_new(mem);
        t.work = charges ? talloc_zero_array(t.mem, struct pay_work *, AT_ONCE) : NULL;
        o = db_transaction(shop->db, charges ? "autorenew.charge" : "autorenew.warn",
                           charges ? batch_charge : batch_warn, &t);
        if (o == DONE && charges)
            batch_ask(&t);
        else if (o != DONE && o != BUSY) {
            if (t.limit == 1)
                o = db_transaction(shop->db, "autorenew.leave", leave_first, &t);
            else
                o = DONE;
            t.limit = 1;
            t.done = (struct autorenew_turned){0};
            t.found = 1;
        }
        if (o == DONE)
            add_up(turned, &t.done);
        talloc_free(t.mem);
    } while (o == DONE && t.found == (size_t)t.limit);
    return o;
}

enum outcome autorenew_announce(struct shop *shop, void *mem, struct autorenew_turned *turned)
{
    *turned = (struct autorenew_turned){0};
    TRY(catalogue_look(shop)); /* what is announced is charged later, by the prices of that day */
    return go_through(shop, mem, false, turned);
}

enum outcome autorenew_charge(struct shop *shop, void *mem, struct autorenew_turned *turned)
{
    *turned = (struct autorenew_turned){0};
    return go_through(shop, mem, true, turned);
}

enum outcome autorenew_turn(struct shop *shop, void *mem, struct autorenew_turned *turned)
{
    struct autorenew_turned charged;

    TRY(autorenew_announce(shop, mem, turned));
    TRY(autorenew_charge(shop, mem, &charged));
    add_up(turned, &charged);
    return DONE;
}
