#include "link/gateways.h"
#include "base/log.h"
#include "base/text.h"
#include "link/secrets.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

struct opening {
    const char *folder;
    struct client *client;
    struct gateways *gateways;
    struct problem *why;
};

static enum outcome wrong(struct problem *why, const char *what, const char *reason)
{
    return problem_set(why, PROBLEM_CONFIG, "", "%.120s: %.60s", what, reason);
}

static enum outcome secret_of(const struct opening *o, void *mem, const char *brand, const char *name,
                              const char **secret)
{
    TRY(secret_find(mem, o->folder, brand, name, secret, o->why));
    if (!*secret)
        log_warning("gateway.no_secret", LOG_TEXT("brand", brand), LOG_TEXT("secret", name));
    return DONE;
}

/* ---- Each provider of a brand ---- */

static enum outcome check_url(void *mem, const char *url, struct problem *why)
{
    struct client_url parts;

    return client_url_read(mem, url, &parts) == DONE && client_url_allowed(&parts) ? DONE : wrong(why, url, "https://");
}

static void add(struct opening *o, const struct brand *brand, enum payment_method method, const struct gateway *gateway)
{
    struct gateways *g = o->gateways;

    g->all[g->count++] =
        (struct gateway_of){.brand = talloc_strdup(g->all, brand->id), .method = method, .gateway = *gateway};
    log_info("gateway.open", LOG_TEXT("brand", brand->id), LOG_TEXT("provider", gateway->provider));
}

static enum outcome open_axerve(struct opening *o, void *mem, const struct brand *brand)
{
    struct axerve_config config = {.url = brand->gateways.axerve.url, .shop_login = brand->gateways.axerve.shop_login};
    struct gateway gateway;

    if (!config.url || !config.shop_login)
        return DONE;
    TRY(check_url(mem, config.url, o->why));
    TRY(secret_of(o, mem, brand->id, "axerve.api_key", &config.api_key));
    if (!config.api_key)
        return DONE;
    TRY(axerve_gateway(o->gateways->all, o->client, &config, &gateway));
    add(o, brand, METHOD_CARD, &gateway);
    return DONE;
}

static enum outcome open_paypal(struct opening *o, void *mem, const struct brand *brand)
{
    struct paypal_config config = {.url = brand->gateways.paypal.url,
                                   .client_id = brand->gateways.paypal.client_id,
                                   .webhook_id = brand->gateways.paypal.webhook_id,
                                   .ca_file = brand->gateways.paypal.ca_file,
                                   .brand_name = brand->name};
    struct gateway gateway;

    if (!config.url || !config.client_id)
        return DONE;
    TRY(check_url(mem, config.url, o->why));
    if (config.ca_file && access(config.ca_file, R_OK) != 0)
        return wrong(o->why, config.ca_file, strerror(errno));
    TRY(secret_of(o, mem, brand->id, "paypal.secret", &config.secret));
    if (!config.secret)
        return DONE;
    TRY(paypal_gateway(o->gateways->all, o->client, &config, &gateway));
    add(o, brand, METHOD_PAYPAL, &gateway);
    return DONE;
}

static enum outcome open_stripe(struct opening *o, void *mem, const struct brand *brand)
{
    struct stripe_config config = {.url = brand->gateways.stripe.url};
    struct gateway gateway;

    if (!config.url)
        return DONE;
    TRY(check_url(mem, config.url, o->why));
    TRY(secret_of(o, mem, brand->id, "stripe.secret_key", &config.secret_key));
    TRY(secret_of(o, mem, brand->id, "stripe.webhook_secret", &config.webhook_secret));
    if (!config.secret_key || !config.webhook_secret)
        return DONE;
    TRY(stripe_gateway(o->gateways->all, o->client, &config, &gateway));
    add(o, brand, METHOD_STRIPE, &gateway);
    return DONE;
}

static enum outcome open_all(struct opening *o, void *mem, const struct brands *brands)
{
    TRY(client_open(o->gateways->all, &(struct client_options){0}, &o->client, o->why));
    for (size_t i = 0; i < brands->count; i++) {
        TRY(open_axerve(o, mem, &brands->all[i]));
        TRY(open_paypal(o, mem, &brands->all[i]));
        TRY(open_stripe(o, mem, &brands->all[i]));
    }
    return DONE;
}

enum outcome gateways_open(void *mem, const struct brands *brands, const char *folder, struct gateways *gateways,
                           struct problem *why)
{
    struct opening opening = {.folder = folder, .gateways = gateways, .why = why};
    void *scratch = talloc_new(NULL);
    enum outcome outcome;

    *gateways = (struct gateways){0};
    gateways->all = talloc_zero_array(mem, struct gateway_of, (unsigned)(3 * brands->count + 1));
    outcome = open_all(&opening, scratch, brands);
    talloc_free(scratch); /* the secrets are with the clients now */
    if (outcome != DONE) {
        TALLOC_FREE(gateways->all);
        gateways->count = 0;
    }
    return outcome;
}
