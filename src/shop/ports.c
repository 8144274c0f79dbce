#include "shop/ports.h"
#include <string.h>

const struct gateway *gateway_of(const struct gateways *gateways, const char *brand, enum payment_method method)
{
    for (size_t i = 0; i < gateways->count; i++)
        if (gateways->all[i].method == method && strcmp(gateways->all[i].brand, brand) == 0)
            return &gateways->all[i].gateway;
    return NULL;
}

const struct mailhost *mailhost_of(const struct mailhosts *m, const char *brand)
{
    for (size_t i = 0; m && i < m->count; i++)
        if (strcmp(m->all[i].brand, brand) == 0)
            return &m->all[i].mailhost;
    return NULL;
}
