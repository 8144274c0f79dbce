/* shop/dated.h: what the desk has dated beyond a brand's file, held in memory where the brand's own data stand. Brands are shared by all
 * threads and never change; so a list is replaced as a whole by one store, and read by one load. */
#pragma once

#include "base/day.h"
#include <stdatomic.h>

/* Items in order of their days, each a struct that begins with `struct day from`. */
struct dated_list {
    struct dated_list *older; /* kept, for who still reads it */
    size_t count, size;
    _Alignas(max_align_t) unsigned char items[];
};
struct dated {
    _Atomic(struct dated_list *) list; /* NULL: the file's alone count */
};

/* Goes with `mem`, and all its lists with it. */
struct dated *dated_new(void *mem);
/* Puts `items` in the place of what was there; the same again changes nothing. */
void dated_replace(struct dated *dated, const void *items, size_t count, size_t size);

/* The last of `count` items that has begun by then; NULL: none. `dated` may be NULL; where it has a list, `items` do not count. */
const void *dated_on(struct dated *dated, const void *items, size_t count, size_t size, struct day on);
