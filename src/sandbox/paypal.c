#include "sandbox/paypal.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* ---- Pieces of answers ---- */

static json_t *error_of(const char *name, const char *message)
{
    char id[SANDBOX_ID];

    return json_pack("{s:s, s:s, s:s, s:[]}", "name", name, "message", message, "debug_id",
                     sandbox_id(id, "", 13, "0123456789abcdef"), "links");
}

void paypal_refuse(struct call *c, int status, const char *field, const char *issue, const char *description)
{
    json_t *error =
        status == 422 ? error_of("UNPROCESSABLE_ENTITY", "The requested action could not be performed, semantically "
                                                         "incorrect, or failed business validation.")
        : status == 404
            ? error_of("RESOURCE_NOT_FOUND", "The specified resource does not exist.")
            : error_of("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema.");
    json_t *detail = json_pack("{s:s, s:s}", "issue", issue, "description", description);

    if (*field) {
        json_object_set_new(detail, "field", json_string(field));
        json_object_set_new(detail, "location", json_string(*field == '/' ? "body" : "header"));
    }
    json_object_set_new(error, "details", json_pack("[o]", detail));
    call_answer(c, status, error);
}

void paypal_missing(struct call *c)
{
    paypal_refuse(c, 404, "", "INVALID_RESOURCE_ID",
                  "Specified resource ID does not exist. Please check the resource ID and try again.");
}

json_t *paypal_time(struct instant at)
{
    char text[INSTANT_TEXT];

    at.us -= at.us % 1000000;
    return json_string(instant_rfc3339(at, text));
}

json_t *paypal_amount(int64_t cents, const char *currency)
{
    char text[MONEY_TEXT];

    return json_pack("{s:s, s:s}", "currency_code", currency, "value", money_decimal(money(cents), text));
}

json_t *paypal_link(const char *url, const char *rel, const char *method)
{
    return json_pack("{s:s, s:s, s:s}", "href", url, "rel", rel, "method", method);
}

static void broken(struct call *c, int status)
{
    call_answer(c, status,
                status == 503   ? error_of("SERVICE_UNAVAILABLE", "Service Unavailable.")
                : status >= 500 ? error_of("INTERNAL_SERVER_ERROR", "An internal server error has occurred.")
                : status == 404 ? error_of("RESOURCE_NOT_FOUND", "The specified resource does not exist.")
                                : error_of("INVALID_REQUEST", "Request is not well-formed."));
}

static void key_reused(struct call *c)
{
    paypal_refuse(c, 422, "PayPal-Request-Id", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED",
                  "The PayPal-Request-ID has already been used for another request.");
}

/* ---- Who calls ---- */

static void no_access(struct call *c, const char *error, const char *text)
{
    http_set_header(c->req, "WWW-Authenticate", "Bearer");
    call_answer(c, 401, json_pack("{s:s, s:s}", "error", error, "error_description", text));
}

static bool admit(struct call *c)
{
    const char *given = http_header(c->req, "Authorization");

    for (size_t i = 0; given && text_starts(given, "Bearer ") && i < count_of(c->sandbox->access); i++)
        if (*c->sandbox->access[i].text && strcmp(c->sandbox->access[i].text, given + 7) == 0) {
            if (clock_monotonic_us() < c->sandbox->access[i].until_us)
                return true;
            no_access(c, "invalid_token", "Token expired");
            return false;
        }
    no_access(c, "invalid_token",
              given ? "Access Token not found in cache" : "Authorization header does not have valid access token");
    return false;
}

static bool read_body(struct call *c)
{
    const char *type = http_header(c->req, "Content-Type");
    struct problem why = {0};

    if (!type || strncmp(type, "application/json", 16) != 0) {
        call_answer(
            c, 415,
            error_of("UNSUPPORTED_MEDIA_TYPE", "The server does not support the request payload's media type."));
        return false;
    }
    if (c->req->body_length == 0)
        return true;
    if (http_json(c->req, &c->body, &why) != DONE) {
        paypal_refuse(c, 400, "/", "MALFORMED_REQUEST_JSON", "The request JSON is not well formed.");
        return false;
    }
    return true;
}

/* "Basic " and base64 of id:secret. */
static bool is_client(const struct call *c)
{
    const char *given = http_header(c->req, "Authorization");
    const char *right = client_basic(c->req->mem, c->sandbox->options.client_id, c->sandbox->options.secret);

    return given && strcmp(given, right + strlen("Authorization: ")) == 0;
}

static void give_token(struct call *c)
{
    struct sandbox *s = c->sandbox;
    char nonce[SANDBOX_ID];
    size_t place;

    if (!is_client(c)) {
        http_set_header(c->req, "WWW-Authenticate", "Basic");
        return call_answer(
            c, 401,
            json_pack("{s:s, s:s}", "error", "invalid_client", "error_description", "Client Authentication failed"));
    }
    if (!text_same(form_value(&c->req->form, "grant_type"), "client_credentials"))
        return call_answer(c, 400,
                           json_pack("{s:s, s:s}", "error", "unsupported_grant_type", "error_description",
                                     "Grant Type is NULL or not supported"));
    place = s->access_count++ % count_of(s->access);
    sandbox_id(s->access[place].text, "A21AA", 60, NULL);
    s->access[place].until_us = clock_monotonic_us() + SECONDS(s->behaviour.token_seconds);
    call_answer(c, 200,
                json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "scope", "https://uri.paypal.com/services/payments/payment",
                          "access_token", s->access[place].text, "token_type", "Bearer", "app_id",
                          "APP-80W284485P519543T", "expires_in", (json_int_t)s->behaviour.token_seconds, "nonce",
                          sandbox_id(nonce, "", 24, NULL)));
}

/* ---- Webhooks ---- */

static const char *const *sign(struct sandbox *s, void *mem, const char *body, bool wrongly)
{
    const char **lines = talloc_zero_array(mem, const char *, 8);
    char a[SANDBOX_ID], b[SANDBOX_ID], c[SANDBOX_ID], time[INSTANT_TEXT];
    const char *id =
        talloc_asprintf(mem, "%s-%s-11e5-%s-%s", sandbox_id(a, "", 8, "0123456789abcdef"),
                        sandbox_id(b, "", 4, "0123456789abcdef"), "baa3", sandbox_id(c, "", 12, "0123456789abcdef"));
    struct instant now = clock_now();
    const char *message;

    now.us -= now.us % 1000000;
    instant_rfc3339(now, time);
    message = signer_message(mem, id, time, wrongly ? "WRONG" : s->options.webhook_id, body, strlen(body));
    lines[0] = talloc_asprintf(mem, "PAYPAL-TRANSMISSION-ID: %s", id);
    lines[1] = talloc_asprintf(mem, "PAYPAL-TRANSMISSION-TIME: %s", time);
    lines[2] = talloc_asprintf(mem, "PAYPAL-TRANSMISSION-SIG: %s", signer_sign(s->signer, mem, message));
    lines[3] = talloc_asprintf(mem, "PAYPAL-CERT-URL: %s/v1/notifications/certs/%s", sandbox_origin(s),
                               signer_name(s->signer));
    lines[4] = "PAYPAL-AUTH-ALGO: SHA256withRSA";
    lines[5] = "PAYPAL-AUTH-VERSION: v2";
    return lines;
}

void paypal_tell(struct sandbox *s, const struct payment *p, const char *event, const char *type, const char *summary,
                 json_t *resource)
{
    char a[SANDBOX_ID], b[SANDBOX_ID];
    json_t *id = json_sprintf("WH-%s-%s", sandbox_id(a, "", 17, CAPITALS), sandbox_id(b, "", 17, CAPITALS));
    json_t *self = json_sprintf("%s/v1/notifications/webhooks-events/%s", sandbox_origin(s), json_string_value(id));

    notify_add(s, s->options.webhook_url,
               json_pack("{s:o, s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:[{s:o, s:s, s:s}]}", "id", id, "event_version",
                         "1.0", "create_time", paypal_time(clock_now()), "resource_type", type, "resource_version",
                         "2.0", "event_type", event, "summary", summary, "resource", resource, "links", "href", self,
                         "rel", "self", "method", "GET"),
               p->id);
}

static void certificate(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);

    if (strcmp(http_parameter(req, "name"), signer_name(s->signer)) == 0)
        http_reply(req, 200, "application/x-pem-file", signer_chain(s->signer), strlen(signer_chain(s->signer)));
    else
        http_reply(req, 404, "text/plain", "", 0);
}

/* ---- Routes ---- */

static const struct endpoint TOKEN = {give_token, .open = true, .form = true}, CREATE = {paypal_create},
                             SHOW_ORDER = {paypal_show_order}, CAPTURE = {paypal_capture_order},
                             SHOW_CAPTURE = {paypal_show_capture}, REFUND = {paypal_refund},
                             SHOW_REFUND = {paypal_show_refund}, SHOW_TOKEN = {paypal_show_token},
                             DELETE_TOKEN = {paypal_delete_token}, VERIFY = {paypal_verify_webhook};

static const struct http_route ROUTES[] = {
    {HTTP_POST, "/v1/oauth2/token", call_run, 0, 0, &TOKEN},
    {HTTP_POST, "/v2/checkout/orders", call_run, 0, 0, &CREATE},
    {HTTP_GET, "/v2/checkout/orders/{id}", call_run, 0, 0, &SHOW_ORDER},
    {HTTP_POST, "/v2/checkout/orders/{id}/capture", call_run, 0, 0, &CAPTURE},
    {HTTP_GET, "/v2/payments/captures/{id}", call_run, 0, 0, &SHOW_CAPTURE},
    {HTTP_POST, "/v2/payments/captures/{id}/refund", call_run, 0, 0, &REFUND},
    {HTTP_GET, "/v2/payments/refunds/{id}", call_run, 0, 0, &SHOW_REFUND},
    {HTTP_GET, "/v3/vault/payment-tokens/{id}", call_run, 0, 0, &SHOW_TOKEN},
    {HTTP_DELETE, "/v3/vault/payment-tokens/{id}", call_run, 0, 0, &DELETE_TOKEN},
    {HTTP_POST, "/v1/notifications/verify-webhook-signature", call_run, 0, 0, &VERIFY},
    {HTTP_GET, "/v1/notifications/certs/{name}", certificate, 0, 0, NULL},
    {HTTP_GET, "/checkoutnow", paypal_login_get, 0, 0, NULL},
    {HTTP_POST, "/checkoutnow", paypal_login_post, 0, 0, NULL},
    {HTTP_GET, "/checkoutnow/review", paypal_review_get, 0, 0, NULL},
    {HTTP_POST, "/checkoutnow/review", paypal_review_post, 0, 0, NULL},
    {0},
};

const struct provider PAYPAL = {.name = "paypal",
                                .base = "",
                                .routes = ROUTES,
                                .admit = admit,
                                .read = read_body,
                                .broken = broken,
                                .key_header = "PayPal-Request-Id",
                                .key_by_path = true,
                                .replay_status = 200,
                                .key_reused = key_reused,
                                .complete = paypal_complete,
                                .expire = paypal_expire,
                                .dispute = paypal_dispute,
                                .sign = sign};
