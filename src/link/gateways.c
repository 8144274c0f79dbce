#include "link/gateways.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

enum { SECRET_MOST = 4096 };

struct opening {
    const char *folder;
    struct client *client;
    struct gateways *gateways;
    struct problem *why;
};

/* ---- Secrets ---- */

static enum outcome wrong(struct problem *why, const char *what, const char *reason)
{
    return problem_set(why, PROBLEM_CONFIG, "", "%.120s: %.60s", what, reason);
}

/* *secret NULL where there is no such file. */
static enum outcome secret_from_file(void *mem, const char *path, const char **secret, struct problem *why)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    char bytes[SECRET_MOST + 1];
    struct stat about;
    ssize_t length;

    *secret = NULL;
    if (file < 0)
        return errno == ENOENT ? DONE : wrong(why, path, strerror(errno));
    length = read(file, bytes, sizeof bytes);
    if (fstat(file, &about) == 0 && (about.st_mode & S_IROTH))
        log_warning("gateway.secret_open_to_all", LOG_TEXT("file", path));
    close(file);
    if (length < 0)
        return wrong(why, path, strerror(errno));
    if (length > 0 && bytes[length - 1] == '\n')
        length--;
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    if (length == 0)
        return wrong(why, path, "è vuoto");
    if (length > SECRET_MOST || !text_is_plain(bytes, (size_t)length))
        return wrong(why, path, "una riga di testo");
    *secret = talloc_strndup(mem, bytes, (size_t)length);
    sodium_memzero(bytes, sizeof bytes);
    return DONE;
}

/* `name` as "axerve.api_key": BRAND.axerve.api_key, or CASELLA_BRAND_AXERVE_API_KEY. */
static enum outcome secret_of(const struct opening *o, void *mem, const char *brand, const char *name,
                              const char **secret)
{
    char *variable = text_upper(mem, talloc_asprintf(mem, "casella_%s_%s", brand, name));

    *secret = NULL;
    if (o->folder)
        TRY(secret_from_file(mem, talloc_asprintf(mem, "%s/%s.%s", o->folder, brand, name), secret, o->why));
    if (*secret)
        return DONE;
    for (char *c = variable; *c; c++)
        *c = *c == '.' || *c == '-' ? '_' : *c;
    *secret = getenv(variable);
    if (*secret && (!**secret || !text_is_plain(*secret, strlen(*secret))))
        return wrong(o->why, variable, "una riga di testo");
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
