/* jobs/desk.c: what the desk's clock does by itself: papers that do not come are asked for again, and in the end the
 * money goes back (DOMAIN M10). */

#include "jobs/parts.h"
#include "shop/review.h"
#include <talloc.h>

#define AT_ONCE 50

struct turn {
    void *mem;
    const struct shop *shop;
    int reminded, refused;
};

static enum outcome remind(struct db_tx *tx, void *arg)
{
    struct turn *t = arg;

    return requests_remind(tx, t->mem, t->shop, AT_ONCE, &t->reminded);
}

static enum outcome refuse(struct db_tx *tx, void *arg)
{
    struct turn *t = arg;

    return requests_refuse_silent(tx, t->mem, t->shop, AT_ONCE, &t->refused);
}

enum outcome desk_turn(void *mem, struct shop *shop, struct jobs_round *round)
{
    struct turn t = {.mem = talloc_new(mem), .shop = shop};
    enum outcome o;

    do { /* first: who is refused needs no reminder */
        o = db_transaction(shop->db, "requests.refuse", refuse, &t);
        round->refused += o == DONE ? t.refused : 0;
        talloc_free_children(t.mem);
    } while (o == DONE && t.refused >= AT_ONCE);
    while (o == DONE) {
        o = db_transaction(shop->db, "requests.remind", remind, &t);
        round->reminded += o == DONE ? t.reminded : 0;
        talloc_free_children(t.mem);
        if (t.reminded < AT_ONCE)
            break;
    }
    talloc_free(t.mem);
    return o;
}
