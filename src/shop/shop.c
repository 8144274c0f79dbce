#include "shop/shop.h"
#include <string.h>
#include <talloc.h>

/* The first that others reach too; NULL: none. */
static const char *host_of(const struct brand *brand)
{
    static const char HERE[] = ".localhost";

    for (const char **host = brand->hosts; *host; host++) {
        size_t length = strlen(*host);

        if (length < sizeof HERE || strcmp(*host + length + 1 - sizeof HERE, HERE) != 0)
            return *host;
    }
    return NULL;
}

char *shop_link(void *mem, const struct shop *shop, const struct brand *brand, const char *path)
{
    const char *host = !shop->public_url && shop->by_hosts ? host_of(brand) : NULL;

    if (host)
        return talloc_asprintf(mem, "https://%s/b/%s%s", host, brand->id, path);
    return talloc_asprintf(mem, "%s/b/%s%s", shop->public_url ? shop->public_url : "", brand->id, path);
}
