#include "sandbox/sandbox.h"
#include "base/i18n.h"
#include "base/log.h"
#include "sandbox/parts.h"
#include "sandbox/paypal.h"
#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>
#include <talloc.h>

static const struct provider *const PROVIDERS[] = {
    [SANDBOX_AXERVE] = &AXERVE, [SANDBOX_PAYPAL] = &PAYPAL, [SANDBOX_STRIPE] = &STRIPE};

static const struct http_route CONTROL[] = {
    {HTTP_POST, "/sandbox/behaviour", behaviour_post, 0, 0, NULL},
    {HTTP_GET, "/sandbox/ledger", ledger_show, 0, 0, NULL},
};

/* ---- Small things that all files use ---- */

struct sandbox *sandbox_of(const struct http_request *req)
{
    return req->app;
}

void sandbox_lock(struct sandbox *s)
{
    pthread_mutex_lock(&s->lock);
}

void sandbox_unlock(struct sandbox *s)
{
    pthread_mutex_unlock(&s->lock);
}

void sandbox_pause(struct sandbox *s, int64_t ms)
{
    int64_t until = clock_monotonic_us() + ms * 1000;
    struct timespec at = {.tv_sec = (time_t)(until / 1000000), .tv_nsec = (long)(until % 1000000) * 1000};

    sandbox_lock(s);
    while (!s->stopping && clock_monotonic_us() < until)
        pthread_cond_timedwait(&s->changed, &s->lock, &at);
    sandbox_unlock(s);
}

char *sandbox_id(char out[SANDBOX_ID], const char *prefix, size_t length, const char *alphabet)
{
    static const char ALL[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t at = (size_t)snprintf(out, SANDBOX_ID, "%s", prefix);

    alphabet = alphabet ? alphabet : ALL;
    for (size_t end = at + length; at < end && at < SANDBOX_ID - 1; at++)
        out[at] = alphabet[randombytes_uniform((uint32_t)strlen(alphabet))];
    out[at] = '\0';
    return out;
}

const char *sandbox_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* ---- Start ---- */

static enum outcome wrong(struct problem *why, const char *field, const char *text)
{
    return problem_set(why, PROBLEM_CONFIG, field, "%s", text);
}

static bool is_loopback(const char *listen)
{
    const char *colon = strrchr(listen, ':');
    char host[64] = "";
    struct in_addr address;

    if (!colon || (size_t)(colon - listen) >= sizeof host)
        return false;
    memcpy(host, listen, (size_t)(colon - listen));
    return strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET);
}

static enum outcome check_options(const struct sandbox_options *o, struct problem *why)
{
    const char *const needed[][3] = {[SANDBOX_AXERVE] = {o->shop_login, o->api_key, "-"},
                                     [SANDBOX_PAYPAL] = {o->client_id, o->secret, o->webhook_id},
                                     [SANDBOX_STRIPE] = {o->secret_key, o->webhook_secret, "-"}};

    if (o->what >= count_of(PROVIDERS))
        return wrong(why, "what", N_("sandbox sconosciuta"));
    if (!o->simulated)
        return wrong(why, "simulated", N_("una sandbox vive solo accanto a un archivio simulato"));
    if (!o->listen || !is_loopback(o->listen))
        return wrong(why, "listen", N_("una sandbox ascolta solo su 127.0.0.1 o [::1]"));
    for (size_t i = 0; i < count_of(needed[0]); i++)
        if (!needed[o->what][i] || !*needed[o->what][i])
            return wrong(why, "credentials", N_("mancano le credenziali della sandbox"));
    if (o->webhook_url && !sandbox_url_is_absolute(o->webhook_url))
        return wrong(why, "webhook_url", N_("serve un indirizzo http o https"));
    return DONE;
}

static const char *copy(void *mem, const char *text)
{
    return text ? talloc_strdup(mem, text) : NULL;
}

static void copy_options(struct sandbox *s, const struct sandbox_options *o)
{
    s->options = *o;
    s->options.listen = copy(s, o->listen);
    s->options.shop_login = copy(s, o->shop_login);
    s->options.api_key = copy(s, o->api_key);
    s->options.client_id = copy(s, o->client_id);
    s->options.secret = copy(s, o->secret);
    s->options.webhook_id = copy(s, o->webhook_id);
    s->options.secret_key = copy(s, o->secret_key);
    s->options.webhook_secret = copy(s, o->webhook_secret);
    s->options.webhook_url = copy(s, o->webhook_url);
    s->options.shop_name = copy(s, o->shop_name ? o->shop_name : o->shop_login ? o->shop_login : "Negozio di prova");
}

static const struct http_route *all_routes(struct sandbox *s)
{
    const struct http_route *own = s->provider->routes;
    size_t count = 0;
    struct http_route *all;

    while (own[count].pattern)
        count++;
    all = talloc_zero_array(s, struct http_route, count + count_of(CONTROL) + 1);
    memcpy(all, own, count * sizeof *all);
    memcpy(all + count, CONTROL, sizeof CONTROL);
    return all;
}

static int release(struct sandbox *s)
{
    sandbox_stop(s);
    json_decref(s->event_list);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    return 0;
}

static void begin_locks(struct sandbox *s)
{
    pthread_condattr_t steady;

    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &steady);
    pthread_condattr_destroy(&steady);
    pthread_mutex_init(&s->lock, NULL);
}

static enum outcome start(struct sandbox *s, struct problem *why)
{
    enum outcome o;

    TRY(pages_load(s, why));
    if (s->options.what == SANDBOX_PAYPAL)
        TRY(signer_make(s, &s->signer, why));
    TRY(notify_start(s, why));
    sandbox_lock(s); /* a call that comes at once waits until s->server is there */
    o = http_server_start(s,
                          &(struct http_options){.listen = s->options.listen,
                                                 .io_threads = 1,
                                                 .workers = 8,
                                                 .lane_workers = 1,
                                                 .connection_limit = 500,
                                                 .routes = all_routes(s),
                                                 .otherwise = hosted_page_otherwise,
                                                 .files = s->files,
                                                 .app = s},
                          &s->server, why);
    sandbox_unlock(s);
    return o;
}

enum outcome sandbox_start(void *mem, const struct sandbox_options *options, struct sandbox **sandbox,
                           struct problem *why)
{
    struct sandbox *s;
    enum outcome o;

    TRY(check_options(options, why));
    if (sodium_init() < 0)
        return log_broken("sandbox.sodium");
    s = talloc_zero(mem, struct sandbox);
    s->provider = PROVIDERS[options->what];
    s->event_list = json_array();
    s->replies = talloc_zero_array(s, struct reply, SANDBOX_REPLIES);
    begin_locks(s);
    copy_options(s, options);
    behaviour_reset(&s->behaviour);
    talloc_set_destructor(s, release);
    if ((o = start(s, why)) != DONE) {
        talloc_free(s);
        return o;
    }
    s->url = talloc_asprintf(s, "%s%s", http_server_url(s->server), s->provider->base);
    log_info("sandbox.start", LOG_TEXT("provider", s->provider->name), LOG_TEXT("url", s->url));
    *sandbox = s;
    return DONE;
}

const char *sandbox_url(const struct sandbox *s)
{
    return s->url;
}

const char *sandbox_origin(const struct sandbox *s)
{
    return http_server_url(s->server);
}

const char *sandbox_ca_file(const struct sandbox *s)
{
    return s->signer ? signer_ca_file(s->signer) : NULL;
}

void sandbox_set_webhook(struct sandbox *s, const char *url)
{
    sandbox_lock(s);
    s->options.webhook_url = copy(s, url);
    sandbox_unlock(s);
}

void sandbox_stop(struct sandbox *s)
{
    sandbox_lock(s);
    s->stopping = true;
    pthread_cond_broadcast(&s->changed);
    sandbox_unlock(s);
    if (s->server)
        http_server_stop(s->server);
    notify_stop(s);
    TALLOC_FREE(s->signer);
}
