#include "shop/catalogue.h"
#include "base/log.h"
#include "shop/wording.h"
#include <string.h>
#include <talloc.h>

/* ---- In memory ---- */

/* The file's items and the desk's, by their days; of the same day the desk's. */
struct merging {
    unsigned char *items;
    size_t count, size;
};

static struct day day_at(const void *items, size_t size, size_t i)
{
    return *(const struct day *)(const void *)((const unsigned char *)items + i * size);
}

static struct merging merging(void *mem, const void *file, size_t count, size_t size, size_t more)
{
    struct merging m = {talloc_zero_size(mem, (count + more + 1) * size), count, size};

    if (count)
        memcpy(m.items, file, count * size);
    return m;
}

static void merge(struct merging *m, const void *item)
{
    struct day from = *(const struct day *)item;
    size_t at = 0;

    while (at < m->count && day_before(day_at(m->items, m->size, at), from))
        at++;
    if (at == m->count || !day_same(day_at(m->items, m->size, at), from)) {
        memmove(m->items + (at + 1) * m->size, m->items + at * m->size, (m->count - at) * m->size);
        m->count++;
    }
    memcpy(m->items + at * m->size, item, m->size);
}

static bool is_of(const struct catalogue_change *c, const char *kind, const struct brand *b, const char *convention,
                  const char *plan)
{
    return strcmp(c->kind, kind) == 0 && strcmp(c->brand, b->id) == 0 && strcmp(c->convention, convention) == 0 &&
           strcmp(c->plan, plan) == 0;
}

static void replace_plan(void *mem, const struct brand *b, const struct brand_plan *plan,
                         const struct catalogue_change *all, size_t count)
{
    struct brand_sale file = {
        .sold_from = plan->sold_from, .sold_until = plan->sold_until, .max_years = plan->max_years};
    struct merging prices = merging(mem, plan->prices, plan->price_count, sizeof *plan->prices, count);
    struct merging sales = merging(mem, &file, 1, sizeof file, count);
    bool priced = false, sold = false;

    file.from = NEVER_TURNED;
    memcpy(sales.items, &file, sizeof file);
    for (size_t i = 0; i < count; i++) {
        const struct catalogue_change *c = &all[i];

        if (is_of(c, CATALOGUE_PRICE, b, "", plan->id)) {
            merge(&prices, &(struct brand_price){c->from, c->net, c->extra_gb});
            priced = true;
        } else if (is_of(c, CATALOGUE_SALE, b, "", plan->id)) {
            merge(&sales, &(struct brand_sale){c->from, c->sold_from, c->sold_until, c->max_years});
            sold = true;
        }
    }
    if (plan->priced && (priced || plan->priced->list))
        dated_replace(plan->priced, prices.items, prices.count, prices.size);
    if (plan->sale && (sold || plan->sale->list))
        dated_replace(plan->sale, sales.items, sales.count, sales.size);
}

static void replace_convention(void *mem, const struct brand *b, const struct brand_convention *convention,
                               const struct catalogue_change *all, size_t count)
{
    struct merging m = merging(mem, convention->prices, convention->price_count, sizeof *convention->prices, count);
    bool priced = false;

    for (size_t i = 0; i < count; i++)
        if (is_of(&all[i], CATALOGUE_PRICE, b, convention->id, "")) {
            merge(&m, &(struct convention_price){all[i].from, all[i].net, all[i].extra_gb});
            priced = true;
        }
    if (convention->priced && (priced || convention->priced->list))
        dated_replace(convention->priced, m.items, m.count, m.size);
}

enum outcome catalogue_refresh(struct db_tx *tx, const struct brands *brands)
{
    void *mem = talloc_new(NULL);
    struct catalogue_change *all;
    size_t count;
    enum outcome o = catalogue_changes(tx, mem, &all, &count);

    for (size_t i = 0; o == DONE && i < brands->count; i++) {
        const struct brand *b = &brands->all[i];

        for (size_t k = 0; k < b->plan_count; k++)
            replace_plan(mem, b, &b->plans[k], all, count);
        for (size_t k = 0; k < b->convention_count; k++)
            replace_convention(mem, b, &b->conventions[k], all, count);
    }
    talloc_free(mem);
    return o;
}

static enum outcome each_hour(struct db_tx *tx, void *arg)
{
    TRY(catalogue_refresh(tx, arg));
    return wordings_refresh(tx, arg);
}

enum outcome catalogue_look(struct shop *shop)
{
    return db_read(shop->db, "catalogue.look", each_hour, (void *)shop->brands);
}

void catalogue_follow(struct db *db, const struct brands *brands)
{
    db_each_hour(db, each_hour, (void *)brands);
}
