#include "shop/dated.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static pthread_mutex_t replacing = PTHREAD_MUTEX_INITIALIZER;

static int forget(struct dated *dated)
{
    struct dated_list *list = dated->list, *older;

    for (; list; list = older) {
        older = list->older;
        free(list);
    }
    return 0;
}

struct dated *dated_new(void *mem)
{
    struct dated *dated = talloc_zero(mem, struct dated);

    talloc_set_destructor(dated, forget);
    return dated;
}

static bool same(const struct dated_list *list, const void *items, size_t count, size_t size)
{
    return list && list->count == count && memcmp(list->items, items, count * size) == 0;
}

void dated_replace(struct dated *dated, const void *items, size_t count, size_t size)
{
    struct dated_list *list, *was;

    pthread_mutex_lock(&replacing);
    was = dated->list;
    if (!same(was, items, count, size) && (was || count)) {
        list = malloc(sizeof *list + count * size); /* not talloc's: other threads use its trees */
        if (!list)
            abort();
        *list = (struct dated_list){was, count, size};
        memcpy(list->items, items, count * size);
        dated->list = list;
    }
    pthread_mutex_unlock(&replacing);
}

const void *dated_on(struct dated *dated, const void *items, size_t count, size_t size, struct day on)
{
    const struct dated_list *list = dated ? dated->list : NULL;
    const unsigned char *item = list ? list->items : items, *found = NULL;

    for (size_t i = 0; i < (list ? list->count : count) && !day_before(on, *(const struct day *)(const void *)item);
         i++, item += size)
        found = item;
    return found;
}
