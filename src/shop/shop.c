#include "shop/shop.h"
#include <talloc.h>

char *shop_link(void *mem, const struct shop *shop, const struct brand *brand, const char *path)
{
    return talloc_asprintf(mem, "%s/b/%s%s", shop->public_url ? shop->public_url : "", brand->id, path);
}
