/* link/paypal.c: PayPal's Orders v2 (PAYMENTS §4). Every call that does something carries a PayPal-Request-Id, so that
 * PayPal itself sees to it that twice equals once. */
#include "link/paypal.h"
#include "base/log.h"
#include "base/text.h"
#include <string.h>
#include <talloc.h>

/* Ids come from PayPal and go into a path. */
static bool is_id(const char *id)
{
    size_t length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    return length > 0 && length <= 50 && id[length] == '\0';
}

static enum outcome understood(void *mem, json_t *order, struct gateway_said *said, struct problem *why)
{
    struct gateway_said fresh;

    if (paypal_said(mem, order, &fresh) != DONE || !is_id(fresh.ref))
        return provider_silent(why);
    *said = fresh;
    return DONE;
}

/* ---- Creating an order ---- */

static json_t *amount_of(void *mem, struct money amount)
{
    return json_pack("{s:s, s:s}", "currency_code", "EUR", "value", decimal(mem, amount));
}

static json_t *unit_of(void *mem, const struct gateway_ask *ask)
{
    const char *what = shortened(mem, ask->description, 127);

    return json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:{s:o, s:o}}, s:[{s:s, s:s, s:s, s:o, s:o}]}", "reference_id",
                     ask->order, "custom_id", ask->key, "invoice_id", ask->key, "description", what, "amount",
                     "currency_code", "EUR", "value", decimal(mem, ask->gross), "breakdown", "item_total",
                     amount_of(mem, ask->net), "tax_total", amount_of(mem, ask->vat), "items", "name", what, "quantity",
                     "1", "category", "DIGITAL_GOODS", "unit_amount", amount_of(mem, ask->net), "tax",
                     amount_of(mem, ask->vat));
}

/* Where the answer is lost it is asked for once more: with the same id PayPal gives the same order, and without its
 * answer nobody could find the order again. */
static enum outcome create(struct paypal *p, void *mem, const struct gateway_ask *ask, const char *action,
                           json_t *source, struct reply *reply, struct problem *why)
{
    struct paypal_request request = {
        .method = "POST",
        .path = "/v2/checkout/orders",
        .id = talloc_asprintf(mem, "%s-%s", ask->key, action),
        .body = json_body(mem, json_pack("{s:s, s:[o], s:{s:o}}", "intent", "CAPTURE", "purchase_units",
                                         unit_of(mem, ask), "payment_source", "paypal", source))};
    enum outcome outcome;

    if (!request.body || ask->net.cents + ask->vat.cents != ask->gross.cents)
        return provider_fault("paypal", action, 0, "amounts");
    outcome = paypal_call(p, mem, &request, reply, why);
    return outcome == BUSY ? paypal_call(p, mem, &request, reply, why) : outcome;
}

static json_t *experience(struct paypal *p, const struct gateway_ask *ask)
{
    bool english = ask->language && strcmp(ask->language, "en") == 0;
    json_t *source =
        json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}}", "experience_context", "return_url", ask->return_url,
                  "cancel_url", ask->cancel_url, "user_action", "PAY_NOW", "shipping_preference", "NO_SHIPPING",
                  "locale", english ? "en-GB" : "it-IT", "brand_name", p->config.brand_name,
                  "payment_method_preference", "IMMEDIATE_PAYMENT_REQUIRED");

    if (source && ask->remember)
        json_object_set_new(source, "attributes",
                            json_pack("{s:{s:s, s:s, s:s}}", "vault", "store_in_vault", "ON_SUCCESS", "usage_type",
                                      "MERCHANT", "customer_type", "CONSUMER"));
    return source;
}

static const char *link_named(void *mem, json_t *order, const char *rel)
{
    json_t *links = json_object_get(order, "links"), *one;
    size_t i;

    json_array_foreach(links, i, one)
    {
        if (json_is(one, "rel", rel))
            return json_word(mem, one, "href", 2000);
    }
    return "";
}

static enum outcome begin(void *arg, void *mem, const struct gateway_ask *ask, struct gateway_begun *begun,
                          struct problem *why)
{
    struct paypal *p = arg;
    struct reply reply;

    *begun = (struct gateway_begun){.ref = "", .redirect_url = "", .error = ""};
    TRY(create(p, mem, ask, "create", experience(p, ask), &reply, why));
    if (reply.status >= 400) {
        struct gateway_said said = {0};
        bool reread;

        begun->error = paypal_issue(mem, reply.json);
        TRY(paypal_refused(mem, "create", &reply, &said, &reread, why));
        return provider_declined(why, begun->error);
    }
    begun->ref = json_word(mem, reply.json, "id", 50);
    begun->redirect_url = link_named(mem, reply.json, "payer-action");
    if (!*begun->redirect_url)
        begun->redirect_url = link_named(mem, reply.json, "approve");
    if (reply.status >= 300 || !is_id(begun->ref) || !redirect_good(mem, begun->redirect_url))
        return provider_silent(why);
    return DONE;
}

/* ---- Asking, capturing ---- */

/* The order of a capture: people read that number in PayPal's pages. */
static enum outcome order_of_capture(struct paypal *p, void *mem, const char *capture, const char **order,
                                     struct problem *why)
{
    struct reply reply;

    TRY(paypal_call(
        p, mem,
        &(struct paypal_request){.method = "GET", .path = talloc_asprintf(mem, "/v2/payments/captures/%s", capture)},
        &reply, why));
    if (reply.status == 404)
        return provider_declined(why, paypal_issue(mem, reply.json));
    *order = json_word(mem, reply.json, "supplementary_data.related_ids.order_id", 50);
    return reply.status < 300 && is_id(*order) ? DONE : provider_silent(why);
}

/* Without the number of the order or of its capture nothing can be found: PayPal has no search by our key that is up to
 * date. */
static enum outcome read_order(struct paypal *p, void *mem, const struct gateway_ref *payment, struct reply *reply,
                               struct problem *why)
{
    const char *order = payment->ref;

    if ((!order || !*order) && payment->capture_ref && is_id(payment->capture_ref))
        TRY(order_of_capture(p, mem, payment->capture_ref, &order, why));
    if (!order || !is_id(order))
        return provider_silent(why);
    return paypal_call(
        p, mem,
        &(struct paypal_request){.method = "GET", .path = talloc_asprintf(mem, "/v2/checkout/orders/%s", order)}, reply,
        why);
}

static enum outcome status(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said,
                           struct problem *why)
{
    struct reply reply;

    TRY(read_order(arg, mem, payment, &reply, why));
    if (reply.status == 404) { /* it lapsed */
        said->error = paypal_issue(mem, reply.json);
        return provider_declined(why, said->error);
    }
    if (reply.status >= 300)
        return provider_fault("paypal", "status", reply.status, paypal_issue(mem, reply.json));
    return understood(mem, reply.json, said, why);
}

static enum outcome capture(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said,
                            struct problem *why)
{
    struct gateway_said fresh = {.key = payment->key, .ref = payment->ref, .capture_ref = "", .currency = "EUR"};
    struct paypal_request request = {.method = "POST",
                                     .path = talloc_asprintf(mem, "/v2/checkout/orders/%s/capture", payment->ref),
                                     .id = talloc_asprintf(mem, "%s-capture", payment->key),
                                     .body = "{}"};
    struct reply reply;
    bool reread;

    if (!is_id(payment->ref))
        return provider_fault("paypal", "capture", 0, "id");
    TRY(paypal_call(arg, mem, &request, &reply, why));
    if (reply.status < 300)
        return understood(mem, reply.json, said, why);
    TRY(paypal_refused(mem, "capture", &reply, &fresh, &reread, why));
    if (reread)
        return status(arg, mem, payment, said, why);
    *said = fresh;
    return DONE;
}

/* ---- Charging with nobody present ---- */

static enum outcome charge(void *arg, void *mem, const struct gateway_ask *ask,
                           const struct gateway_instrument *instrument, struct gateway_said *said, struct problem *why)
{
    struct paypal *p = arg;
    struct reply reply;
    bool reread;

    *said = (struct gateway_said){.key = ask->key, .ref = "", .capture_ref = "", .currency = "EUR", .error = ""};
    TRY(create(p, mem, ask, "charge", json_pack("{s:s}", "vault_id", instrument->token), &reply, why));
    if (reply.status >= 300) {
        TRY(paypal_refused(mem, "charge", &reply, said, &reread, why));
        if (strcmp(said->error, "INSTRUMENT_DECLINED") == 0) /* with nobody there to choose another one */
            said->state = PAYMENT_FAILED;
        return said->state == PAYMENT_NEW || reread ? provider_silent(why) : DONE;
    }
    TRY(understood(mem, reply.json, said, why));
    if (said->state == PAYMENT_AUTHORISED) {
        struct gateway_ref ref = {.key = ask->key, .ref = said->ref, .amount = ask->gross};

        return capture(p, mem, &ref, said, why);
    }
    if (said->state == PAYMENT_NEW) /* it waits for the payer */
        said->state = PAYMENT_NEEDS_ACTION;
    return DONE;
}

/* ---- Refund ---- */

static enum outcome refund_outcome(void *mem, json_t *refund, struct gateway_refunded *refunded, struct problem *why)
{
    refunded->ref = json_word(mem, refund, "id", 50);
    refunded->pending = json_is(refund, "status", "PENDING");
    if (json_is(refund, "status", "COMPLETED") || refunded->pending)
        return DONE;
    if (!json_is(refund, "status", "CANCELLED") && !json_is(refund, "status", "FAILED"))
        return provider_silent(why);
    refunded->error = json_word(mem, refund, "status", 20);
    return provider_declined(why, refunded->error);
}

/* Among those of the order, ours by its key: PayPal forgets request ids after some hours. */
static json_t *refund_known(json_t *order, const char *key)
{
    json_t *refunds = json_at(order, "purchase_units.0.payments.refunds"), *refund;
    size_t i;

    json_array_foreach(refunds, i, refund)
    {
        if (json_is(refund, "custom_id", key))
            return refund;
    }
    return NULL;
}

static json_t *refund_body(void *mem, const struct gateway_refund *refund)
{
    json_t *body = json_pack("{s:o, s:s}", "amount", amount_of(mem, refund->amount), "custom_id", refund->key);

    if (body && !text_is_blank(refund->reason))
        json_object_set_new(body, "note_to_payer", json_string(shortened(mem, refund->reason, 255)));
    return body;
}

static enum outcome refund(void *arg, void *mem, const struct gateway_refund *refund, struct gateway_refunded *refunded,
                           struct problem *why)
{
    struct paypal *p = arg;
    const char *capture_ref = refund->payment.capture_ref;
    struct paypal_request request = {
        .method = "POST",
        .path = talloc_asprintf(mem, "/v2/payments/captures/%s/refund", capture_ref),
        .id = talloc_asprintf(mem, "%s-refund", refund->key),
        .body = json_body(mem, refund_body(mem, refund)),
    };
    json_t *known = NULL;
    struct reply reply;

    *refunded = (struct gateway_refunded){.ref = "", .error = ""};
    if (!is_id(capture_ref) || !request.body)
        return provider_fault("paypal", "refund", 0, "id");
    if (refund->payment.ref && is_id(refund->payment.ref)) {
        TRY(read_order(p, mem, &refund->payment, &reply, why));
        known = reply.status < 300 ? refund_known(reply.json, refund->key) : NULL;
    }
    if (known)
        return refund_outcome(mem, known, refunded, why);
    TRY(paypal_call(p, mem, &request, &reply, why));
    if (reply.status < 300)
        return refund_outcome(mem, reply.json, refunded, why);
    refunded->error = paypal_issue(mem, reply.json);
    if (reply.status == 409)
        return provider_silent(why);
    if (reply.status == 400)
        return provider_fault("paypal", "refund", reply.status, refunded->error);
    return provider_declined(why, refunded->error);
}

/* ---- Opening ---- */

static int release(struct paypal *p)
{
    X509_STORE_free(p->authorities);
    pthread_mutex_destroy(&p->lock);
    return 0;
}

static enum outcome open_authorities(struct paypal *p, const char *ca_file)
{
    p->authorities = X509_STORE_new();
    if (!p->authorities ||
        (ca_file ? X509_STORE_load_file(p->authorities, ca_file) : X509_STORE_set_default_paths(p->authorities)) != 1)
        return log_broken("paypal.authorities", LOG_TEXT("file", ca_file));
    return DONE;
}

enum outcome paypal_gateway(void *mem, struct client *client, const struct paypal_config *config,
                            struct gateway *gateway)
{
    struct paypal *p = talloc_zero(mem, struct paypal);

    pthread_mutex_init(&p->lock, NULL);
    talloc_set_destructor(p, release);
    p->client = client;
    TRY(base_url(p, config->url, &p->config.url));
    if (client_url_read(p, p->config.url, &p->origin) != DONE)
        return BROKEN;
    p->config.client_id = talloc_strdup(p, config->client_id);
    p->config.secret = talloc_strdup(p, config->secret);
    p->config.webhook_id = talloc_strdup(p, config->webhook_id ? config->webhook_id : "");
    p->config.brand_name = shortened(p, config->brand_name ? config->brand_name : "", 127);
    TRY(open_authorities(p, config->ca_file));
    *gateway = (struct gateway){"paypal", begin, status, capture, charge, refund, paypal_hear, p};
    return DONE;
}
