/* jobs/lapse.c: orders that nobody paid in time (DOMAIN O10). */

#include "jobs/parts.h"
#include "shop/place_order.h"
#include <talloc.h>

#define AT_ONCE 200

struct lapse {
    void *mem;
    bool any;
    int lapsed;
};

/* Most looks find nothing: they cost a read, not a turn at the writer. */
static enum outcome look(struct db_tx *tx, void *arg)
{
    struct lapse *l = arg;
    struct order *orders;
    size_t count;

    TRY(orders_to_lapse(tx, l->mem, 1, &orders, &count));
    l->any = count > 0;
    return DONE;
}

static enum outcome lapse_some(struct db_tx *tx, void *arg)
{
    struct lapse *l = arg;

    return lapse_orders(tx, l->mem, AT_ONCE, &l->lapsed);
}

enum outcome lapse_due(void *mem, struct db *db, int *lapsed)
{
    struct lapse l = {.mem = talloc_new(mem)};
    enum outcome o = db_read(db, "orders.look", look, &l);

    while (o == DONE && l.any) {
        o = db_transaction(db, "orders.lapse", lapse_some, &l);
        if (o == DONE)
            *lapsed += l.lapsed;
        l.any = l.lapsed == AT_ONCE;
        talloc_free_children(l.mem);
    }
    talloc_free(l.mem);
    return o;
}
