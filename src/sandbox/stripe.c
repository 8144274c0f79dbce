#include "sandbox/stripe.h"
#include <sodium.h>
#include <string.h>
#include <talloc.h>

#define VERSION "2026-06-24.dahlia"

enum { EVENTS_KEPT = 2000 };

/* ---- Answers ---- */

void stripe_refuse(struct call *c, int status, const char *type, const char *code, const char *param,
                   const char *message)
{
    json_t *error = json_pack("{s:s, s:s}", "type", type, "message", message);

    if (*code) {
        json_object_set_new(error, "code", json_string(code));
        json_object_set_new(error, "doc_url", json_sprintf("https://stripe.com/docs/error-codes/%s", code));
    }
    if (*param)
        json_object_set_new(error, "param", json_string(param));
    call_answer(c, status, json_pack("{s:o}", "error", error));
}

void stripe_missing(struct call *c, const char *what, const char *id, int status)
{
    stripe_refuse(c, status, "invalid_request_error", "resource_missing", status == 404 ? "id" : what,
                  talloc_asprintf(c->req->mem, "No such %s: '%.80s'", what, id));
}

static void broken(struct call *c, int status)
{
    if (status >= 500)
        stripe_refuse(c, status, "api_error", "", "", "An unknown error occurred");
    else
        stripe_refuse(c, status, "invalid_request_error", "", "", "Unrecognized request URL.");
}

static void key_reused(struct call *c)
{
    stripe_refuse(c, 400, "idempotency_error", "", "",
                  "Keys for idempotent requests can only be used with the same parameters they were first used with.");
}

/* The id at the first name of the path gives way to its object; and so on inside it. */
static bool expand(struct sandbox *s, json_t *object, const char *path)
{
    size_t length = strcspn(path, ".");
    char name[64];
    json_t *value, *whole;

    snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), path);
    if (json_is_array(json_object_get(object, "data")) && strcmp(name, "data") == 0 && path[length]) {
        for (size_t i = 0; i < json_array_size(json_object_get(object, "data")); i++)
            if (!expand(s, json_array_get(json_object_get(object, "data"), i), path + length + 1))
                return false;
        return true;
    }
    value = json_object_get(object, name);
    if (!value)
        return false;
    if (json_is_string(value)) {
        whole = stripe_object(s, json_string_value(value));
        if (!whole)
            return false;
        json_object_set_new(object, name, json_deep_copy(whole));
        json_decref(whole);
        value = json_object_get(object, name);
    }
    return !path[length] || json_is_null(value) || (json_is_object(value) && expand(s, value, path + length + 1));
}

void stripe_answer(struct call *c, int status, const json_t *object)
{
    const struct form *given = c->req->method == HTTP_POST ? &c->req->form : &c->req->query;
    json_t *copy = json_deep_copy(object);

    for (size_t i = 0; i < given->count; i++)
        if (strncmp(given->pair[i].name, "expand[", 7) == 0 && !expand(c->sandbox, copy, given->pair[i].value)) {
            json_decref(copy);
            stripe_refuse(
                c, 400, "invalid_request_error", "", "expand",
                talloc_asprintf(c->req->mem, "This property cannot be expanded (%.60s).", given->pair[i].value));
            return;
        }
    call_answer(c, status, copy);
    c->keep = true;
}

/* ---- Who calls ---- */

static bool admit(struct call *c)
{
    const char *given = http_header(c->req, "Authorization"), *key = c->sandbox->options.secret_key;
    const char *basic = client_basic(c->req->mem, key, "");

    if (given && ((text_starts(given, "Bearer ") && strcmp(given + 7, key) == 0) ||
                  strcmp(given, basic + strlen("Authorization: ")) == 0))
        return true;
    http_set_header(c->req, "WWW-Authenticate", "Basic realm=\"Stripe\"");
    stripe_refuse(c, 401, "invalid_request_error", "", "",
                  given ? "Invalid API Key provided: sk_test_****" : "You did not provide an API key.");
    return false;
}

static bool read_form(struct call *c)
{
    const char *type = http_header(c->req, "Content-Type");

    if (c->req->body_length == 0 || (type && strncmp(type, "application/x-www-form-urlencoded", 33) == 0))
        return true;
    stripe_refuse(c, 400, "invalid_request_error", "", "",
                  "Invalid request: the Stripe API takes application/x-www-form-urlencoded.");
    return false;
}

/* ---- Events ---- */

static const char *const *sign(struct sandbox *s, void *mem, const char *body, bool wrongly)
{
    const char **lines = talloc_zero_array(mem, const char *, 2), *secret = s->options.webhook_secret;
    const char *message = talloc_asprintf(mem, "%lld.%s", (long long)(clock_now().us / SECONDS(1)), body);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const void *)secret, strlen(secret) - wrongly);
    crypto_auth_hmacsha256_update(&state, (const void *)message, strlen(message));
    crypto_auth_hmacsha256_final(&state, mac);
    lines[0] = talloc_asprintf(mem, "Stripe-Signature: t=%.*s,v1=%s", (int)strcspn(message, "."), message,
                               text_hex(mem, mac, sizeof mac));
    return lines;
}

void stripe_tell(struct sandbox *s, const char *type, const json_t *object)
{
    char id[SANDBOX_ID];
    bool session = strcmp(sandbox_text(object, "object"), "checkout.session") == 0;
    const char *about =
        sandbox_text(object, session || !*sandbox_text(object, "payment_intent") ? "id" : "payment_intent");
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:I, s:{s:o}, s:b, s:i, s:{s:n, s:n}, s:s}", "id", sandbox_id(id, "evt_", 24, NULL),
                  "object", "event", "api_version", VERSION, "created", (json_int_t)(clock_now().us / SECONDS(1)),
                  "data", "object", json_deep_copy(object), "livemode", false, "pending_webhooks", 1, "request", "id",
                  "idempotency_key", "type", type);

    if (json_array_size(s->event_list) == EVENTS_KEPT)
        json_array_remove(s->event_list, 0);
    json_array_append(s->event_list, event);
    notify_add(s, s->options.webhook_url, event, about);
}

/* ---- Routes ---- */

static const struct endpoint CREATE_SESSION = {stripe_create_session}, SHOW_SESSION = {stripe_show_session},
                             EXPIRE_SESSION = {stripe_expire_session}, LIST_SESSIONS = {stripe_list_sessions},
                             CREATE_INTENT = {stripe_create_intent}, SHOW_INTENT = {stripe_show_intent},
                             CAPTURE_INTENT = {stripe_capture_intent}, LIST_INTENTS = {stripe_list_intents},
                             CREATE_REFUND = {stripe_create_refund}, SHOW_REFUND = {stripe_show_refund},
                             LIST_REFUNDS = {stripe_list_refunds}, SHOW_CHARGE = {stripe_show_charge},
                             DETACH = {stripe_detach}, LIST_EVENTS = {stripe_list_events};

static const struct http_route ROUTES[] = {
    {HTTP_POST, "/v1/checkout/sessions", call_run, 0, 0, &CREATE_SESSION},
    {HTTP_GET, "/v1/checkout/sessions", call_run, 0, 0, &LIST_SESSIONS},
    {HTTP_GET, "/v1/checkout/sessions/{id}", call_run, 0, 0, &SHOW_SESSION},
    {HTTP_POST, "/v1/checkout/sessions/{id}/expire", call_run, 0, 0, &EXPIRE_SESSION},
    {HTTP_POST, "/v1/payment_intents", call_run, 0, 0, &CREATE_INTENT},
    {HTTP_GET, "/v1/payment_intents", call_run, 0, 0, &LIST_INTENTS},
    {HTTP_GET, "/v1/payment_intents/{id}", call_run, 0, 0, &SHOW_INTENT},
    {HTTP_POST, "/v1/payment_intents/{id}/capture", call_run, 0, 0, &CAPTURE_INTENT},
    {HTTP_POST, "/v1/payment_methods/{id}/detach", call_run, 0, 0, &DETACH},
    {HTTP_GET, "/v1/charges/{id}", call_run, 0, 0, &SHOW_CHARGE},
    {HTTP_POST, "/v1/refunds", call_run, 0, 0, &CREATE_REFUND},
    {HTTP_GET, "/v1/refunds", call_run, 0, 0, &LIST_REFUNDS},
    {HTTP_GET, "/v1/refunds/{id}", call_run, 0, 0, &SHOW_REFUND},
    {HTTP_GET, "/v1/events", call_run, 0, 0, &LIST_EVENTS},
    {HTTP_GET, "/c/pay/{id}", stripe_page_get, 0, 0, NULL},
    {HTTP_POST, "/c/pay/{id}", stripe_page_post, 0, 0, NULL},
    {HTTP_GET, "/c/pay/{id}/authenticate", stripe_challenge_get, 0, 0, NULL},
    {HTTP_POST, "/c/pay/{id}/authenticate", stripe_challenge_post, 0, 0, NULL},
    {0},
};

const struct provider STRIPE = {.name = "stripe",
                                .base = "/v1/",
                                .routes = ROUTES,
                                .admit = admit,
                                .read = read_form,
                                .broken = broken,
                                .key_header = "Idempotency-Key",
                                .key_reused = key_reused,
                                .complete = stripe_complete,
                                .expire = stripe_expire,
                                .dispute = stripe_dispute,
                                .sign = sign};
