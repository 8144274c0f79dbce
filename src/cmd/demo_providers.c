#include "cmd/demo_providers.h"
#include "cmd/sandbox.h"
#include "link/gateways.h"
#include "sandbox/sandbox.h"
#include <string.h>
#include <talloc.h>

#define LOOPBACK "127.0.0.1:0"
#define MOST     16

struct demo_providers {
    struct one {
        const struct brand *brand;
        enum payment_method method;
        struct sandbox *sandbox;
    } all[MOST];
    size_t count;
    struct gateways gateways;
};

struct starting {
    struct cmd *cmd;
    struct demo_providers *providers;
    struct client *client;
};

static enum outcome start(struct starting *s, const struct brand *brand, enum payment_method method,
                          struct sandbox_options *options, struct one **one)
{
    struct demo_providers *p = s->providers;

    if (p->count == MOST)
        return problem_set(&s->cmd->why, PROBLEM_CONFIG, "gateways", "%s", brand->id);
    options->listen = LOOPBACK;
    options->shop_name = brand->seller.name;
    options->simulated = cmd_is_simulated(s->cmd);
    *one = &p->all[p->count];
    **one = (struct one){.brand = brand, .method = method};
    TRY(sandbox_start(p, options, &(*one)->sandbox, &s->cmd->why));
    p->count++;
    return DONE;
}

static struct gateway *add(struct starting *s, const struct one *one)
{
    struct gateways *g = &s->providers->gateways;

    g->all = talloc_realloc(s->providers, g->all, struct gateway_of, (unsigned)(g->count + 1));
    g->all[g->count] = (struct gateway_of){.brand = one->brand->id, .method = one->method};
    return &g->all[g->count++].gateway;
}

static enum outcome start_axerve(struct starting *s, const struct brand *brand)
{
    struct sandbox_options options = {.what = SANDBOX_AXERVE,
                                      .shop_login = brand->gateways.axerve.shop_login,
                                      .api_key = sandbox_secret(s->providers, "")};
    struct one *one = NULL;

    TRY(start(s, brand, METHOD_CARD, &options, &one));
    return axerve_gateway(s->providers, s->client,
                          &(struct axerve_config){.url = sandbox_url(one->sandbox),
                                                  .shop_login = options.shop_login,
                                                  .api_key = options.api_key},
                          add(s, one));
}

static enum outcome start_paypal(struct starting *s, const struct brand *brand)
{
    struct sandbox_options options = {.what = SANDBOX_PAYPAL,
                                      .client_id = brand->gateways.paypal.client_id,
                                      .secret = sandbox_secret(s->providers, ""),
                                      .webhook_id = brand->gateways.paypal.webhook_id};
    struct one *one = NULL;

    TRY(start(s, brand, METHOD_PAYPAL, &options, &one));
    return paypal_gateway(s->providers, s->client,
                          &(struct paypal_config){.url = sandbox_url(one->sandbox),
                                                  .client_id = options.client_id,
                                                  .secret = options.secret,
                                                  .webhook_id = options.webhook_id,
                                                  .brand_name = brand->name,
                                                  .ca_file = sandbox_ca_file(one->sandbox)},
                          add(s, one));
}

static enum outcome start_stripe(struct starting *s, const struct brand *brand)
{
    struct sandbox_options options = {.what = SANDBOX_STRIPE,
                                      .secret_key = sandbox_secret(s->providers, "sk_test_"),
                                      .webhook_secret = sandbox_secret(s->providers, "whsec_")};
    struct one *one = NULL;

    TRY(start(s, brand, METHOD_STRIPE, &options, &one));
    return stripe_gateway(s->providers, s->client,
                          &(struct stripe_config){.url = sandbox_url(one->sandbox),
                                                  .secret_key = options.secret_key,
                                                  .webhook_secret = options.webhook_secret},
                          add(s, one));
}

enum outcome demo_providers_start(struct cmd *cmd, struct demo_providers **providers)
{
    struct starting s = {.cmd = cmd, .providers = talloc_zero(cmd->mem, struct demo_providers)};

    *providers = s.providers;
    TRY(client_open(s.providers, &(struct client_options){0}, &s.client, &cmd->why));
    for (size_t i = 0; i < cmd->brands.count; i++) {
        const struct brand *brand = &cmd->brands.all[i];

        if (brand->gateways.axerve.url)
            TRY(start_axerve(&s, brand));
        if (brand->gateways.paypal.url)
            TRY(start_paypal(&s, brand));
        if (brand->gateways.stripe.url)
            TRY(start_stripe(&s, brand));
    }
    cmd->shop.gateways = &s.providers->gateways;
    return DONE;
}

void demo_providers_notify(struct demo_providers *p, const struct shop *shop)
{
    for (size_t i = 0; i < p->count; i++) {
        char *path = talloc_asprintf(p, "/notifiche/%s", payment_method_name(p->all[i].method));

        if (p->all[i].method != METHOD_CARD) /* Axerve is told with each payment */
            sandbox_set_webhook(p->all[i].sandbox, shop_link(p, shop, p->all[i].brand, path));
    }
}

void demo_providers_stop(struct demo_providers *p)
{
    for (size_t i = 0; p && i < p->count; i++)
        sandbox_stop(p->all[i].sandbox);
    if (p)
        p->count = 0;
}

bool demo_provider_at(const struct demo_providers *p, size_t i, struct demo_provider_line *line)
{
    if (i >= p->count)
        return false;
    *line = (struct demo_provider_line){p->all[i].brand->id, payment_method_name(p->all[i].method),
                                        sandbox_origin(p->all[i].sandbox)};
    return true;
}
