#include "shop/ports.h"
#include "base/i18n.h"
#include "base/naming.h"
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

const struct sdi_channel *sdi_channel_of(const struct sdi_channels *channels, const char *brand)
{
    for (size_t i = 0; channels && i < channels->count; i++)
        if (strcmp(channels->all[i].brand, brand) == 0)
            return &channels->all[i].channel;
    return NULL;
}

static const struct naming SIGNATURES[] = {
    [SIGNATURE_NONE] = {"none", N_("senza firma digitale")},
    [SIGNATURE_VALID] = {"valid", N_("firma digitale valida")},
    [SIGNATURE_UNTRUSTED] = {"untrusted", N_("firma digitale di un'autorità non riconosciuta")},
    [SIGNATURE_EXPIRED] = {"expired", N_("firma digitale con certificato scaduto")},
    [SIGNATURE_BROKEN] = {"broken", N_("firma digitale non valida")},
};
NAMING(signature_state, SIGNATURES);
