/* link/stripe.c: Stripe's Checkout and PaymentIntents (PAYMENTS §3). Every POST carries an Idempotency-Key; repeated,
 * its body must be the same, so nothing in it depends on the hour. */
#include "link/stripe.h"
#include "base/log.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define VERSION "2026-06-24.dahlia" /* of the interface that this file speaks */

#define EXPAND "expand%%5B%%5D=" /* in a format */

enum { PAGES_MOST = 20 };

struct stripe {
    struct client *client;
    struct stripe_config config;
};

struct pair {
    const char *name, *value; /* value NULL: left out; the array ends with a name that is NULL */
};

static const char *form_of(void *mem, const struct pair *pairs)
{
    size_t count = 0, at = 0;
    const char **flat;

    while (pairs[count].name)
        count++;
    flat = talloc_zero_array(mem, const char *, (unsigned)(2 * count + 1));
    for (; pairs->name; pairs++)
        if (pairs->value) {
            flat[at++] = pairs->name;
            flat[at++] = pairs->value;
        }
    return client_form(mem, flat);
}

/* GET without `pairs`; POST with them, and an idempotency key. */
static enum outcome call(struct stripe *s, void *mem, const char *path, const struct pair *pairs, const char *key,
                         struct reply *reply, struct problem *why)
{
    const char *headers[] = {talloc_asprintf(mem, "Authorization: Bearer %s", s->config.secret_key),
                             "Stripe-Version: " VERSION, key ? talloc_asprintf(mem, "Idempotency-Key: %s", key) : NULL,
                             NULL};
    const char *body = pairs ? form_of(mem, pairs) : NULL;
    struct client_request request = {.method = body ? "POST" : "GET",
                                     .url = talloc_asprintf(mem, "%s/%s", s->config.url, path),
                                     .headers = headers,
                                     .body = body,
                                     .length = body ? strlen(body) : 0,
                                     .content_type = "application/x-www-form-urlencoded"};

    TRY(provider_ask(s->client, mem, &request, reply, why));
    if (reply->status == 401 || reply->status == 403)
        return provider_fault("stripe", path, reply->status, json_word(mem, reply->json, "error.code", 60));
    if (reply->status == 409) /* the same request is still being worked on */
        return provider_silent(why);
    return DONE;
}

/* "insufficient_funds", "authentication_required", "resource_missing". */
static const char *error_of(void *mem, const struct reply *reply)
{
    const char *code = json_word(mem, reply->json, "error.decline_code", 60);

    if (!*code)
        code = json_word(mem, reply->json, "error.code", 60);
    return *code ? code : json_word(mem, reply->json, "error.type", 60);
}

static bool is_id(const char *id)
{
    size_t length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    return length > 3 && length <= 100 && id[length] == '\0';
}

/* 402 is about the card; 404 about something that is not there; the rest is ours. */
static enum outcome refuse(void *mem, const char *what, const struct reply *reply, const char **error,
                           struct problem *why)
{
    *error = error_of(mem, reply);
    if (reply->status == 402 || reply->status == 404)
        return provider_declined(why, *error);
    return provider_fault("stripe", what, reply->status, *error);
}

/* ---- Beginning ---- */

static enum outcome begin(void *arg, void *mem, const struct gateway_ask *ask, struct gateway_begun *begun,
                          struct problem *why)
{
    const char *what = shortened(mem, ask->description, 250);
    const struct pair pairs[] = {
        {"mode", "payment"},
        {"payment_method_types[0]", "card"},
        {"line_items[0][price_data][currency]", "eur"},
        {"line_items[0][price_data][unit_amount]", cents(mem, ask->gross)},
        {"line_items[0][price_data][product_data][name]", what},
        {"line_items[0][quantity]", "1"},
        {"client_reference_id", ask->key},
        {"payment_intent_data[description]", what},
        {"payment_intent_data[metadata][order]", ask->order},
        {"payment_intent_data[metadata][key]", ask->key},
        {"payment_intent_data[setup_future_usage]", ask->remember ? "off_session" : NULL},
        {"metadata[order]", ask->order},
        {"metadata[key]", ask->key},
        {"customer_creation", ask->remember ? "always" : NULL},
        {"customer_email", text_is_blank(ask->buyer_email) ? NULL : ask->buyer_email},
        {"success_url", ask->return_url},
        {"cancel_url", ask->cancel_url},
        {"locale", ask->language && strcmp(ask->language, "en") == 0 ? "en" : "it"},
        {NULL, NULL},
    };
    struct reply reply;

    *begun = (struct gateway_begun){.ref = "", .redirect_url = "", .error = ""};
    TRY(call(arg, mem, "checkout/sessions", pairs, talloc_asprintf(mem, "%s-session", ask->key), &reply, why));
    if (reply.status >= 300)
        return refuse(mem, "begin", &reply, &begun->error, why);
    begun->ref = json_word(mem, reply.json, "id", 100);
    begun->redirect_url = json_word(mem, reply.json, "url", 2000);
    if (!is_id(begun->ref) || !redirect_good(mem, begun->redirect_url))
        return provider_silent(why);
    return DONE;
}

/* ---- Asking ---- */

static enum outcome read_one(struct stripe *s, void *mem, const char *id, struct gateway_said *said,
                             struct problem *why)
{
    bool session = text_starts(id, "cs_");
    const char *path =
        talloc_asprintf(mem,
                        session ? "checkout/sessions/%s?" EXPAND "payment_intent&" EXPAND "payment_intent.latest_charge"
                                : "payment_intents/%s?" EXPAND "latest_charge",
                        id);
    struct gateway_said fresh;
    struct reply reply;

    TRY(call(s, mem, path, NULL, NULL, &reply, why));
    if (reply.status >= 300)
        return refuse(mem, "status", &reply, &said->error, why);
    if (stripe_said(mem, reply.json, &fresh) != DONE || strcmp(fresh.ref, id) != 0)
        return provider_silent(why);
    *said = fresh;
    return DONE;
}

/* The id of what bears our key, among the newest first since it was asked for; "" if nothing does. */
static enum outcome find(struct stripe *s, void *mem, const char *list, const char *key_path,
                         const struct gateway_ref *p, const char **found, struct problem *why)
{
    long long since = (long long)((p->created_at.us - MINUTES(10)) / 1000000);
    const char *after = "";

    *found = "";
    for (int page = 0; page < PAGES_MOST; page++) {
        const char *path = talloc_asprintf(mem, "%s?limit=100&created%%5Bgte%%5D=%lld%s%s", list, since > 0 ? since : 0,
                                           *after ? "&starting_after=" : "", after);
        struct reply reply;
        json_t *one;
        size_t i;

        TRY(call(s, mem, path, NULL, NULL, &reply, why));
        if (reply.status >= 300 || !json_is_array(json_at(reply.json, "data")))
            return provider_silent(why);
        json_array_foreach(json_at(reply.json, "data"), i, one)
        {
            after = json_word(mem, one, "id", 100);
            if (json_is(one, key_path, p->key) && is_id(after)) {
                *found = after;
                return DONE;
            }
        }
        if (!json_is_true(json_at(reply.json, "has_more")))
            return DONE;
        if (!is_id(after))
            break;
    }
    return provider_silent(why);
}

static enum outcome status(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said,
                           struct problem *why)
{
    const char *id = payment->ref ? payment->ref : "";

    if (!*id)
        TRY(find(arg, mem, "checkout/sessions", "client_reference_id", payment, &id, why));
    if (!*id)
        TRY(find(arg, mem, "payment_intents", "metadata.key", payment, &id, why));
    if (!is_id(id)) {
        said->error = "not_found";
        return provider_declined(why, said->error);
    }
    return read_one(arg, mem, id, said, why);
}

/* ---- Capture: of an account that does not capture by itself ---- */

static enum outcome capture(void *arg, void *mem, const struct gateway_ref *payment, struct gateway_said *said,
                            struct problem *why)
{
    struct gateway_ref ref = *payment;
    struct gateway_said fresh = {0};
    struct reply reply;

    TRY(status(arg, mem, &ref, &fresh, why));
    if (fresh.state == PAYMENT_AUTHORISED && is_id(fresh.capture_ref)) {
        const char *path = talloc_asprintf(mem, "payment_intents/%s/capture", fresh.capture_ref);
        const struct pair pairs[] = {
            {"amount_to_capture", cents(mem, payment->amount)},
            {NULL, NULL},
        };

        TRY(call(arg, mem, path, pairs, talloc_asprintf(mem, "%s-capture", payment->key), &reply, why));
        if (reply.status >= 300)
            return refuse(mem, "capture", &reply, &said->error, why);
        ref.ref = fresh.ref;
        TRY(status(arg, mem, &ref, &fresh, why));
    }
    *said = fresh;
    return DONE;
}

/* ---- Charging with nobody present ---- */

/* What the refusal of a charge means: the holder must come, the card is gone, or it has no money today. */
static enum outcome refused_charge(void *mem, const struct reply *reply, struct gateway_said *said, struct problem *why)
{
    const char *code = json_word(mem, reply->json, "error.code", 60);
    json_t *intent = json_at(reply->json, "error.payment_intent");
    bool gone = (reply->status == 400 || reply->status == 404) && strcmp(code, "resource_missing") == 0;

    if (reply->status != 402 && !gone)
        return refuse(mem, "charge", reply, &said->error, why);
    if (json_is_object(intent)) {
        said->ref = json_word(mem, intent, "id", 100);
        said->capture_ref = said->ref;
    }
    said->error = error_of(mem, reply);
    said->state = gone || strcmp(code, "authentication_required") == 0 ? PAYMENT_NEEDS_ACTION : PAYMENT_FAILED;
    return DONE;
}

static enum outcome charge(void *arg, void *mem, const struct gateway_ask *ask,
                           const struct gateway_instrument *instrument, struct gateway_said *said, struct problem *why)
{
    const struct pair pairs[] = {
        {"amount", cents(mem, ask->gross)},
        {"currency", "eur"},
        {"customer", instrument->customer},
        {"payment_method", instrument->token},
        {"payment_method_types[0]", "card"},
        {"off_session", "true"},
        {"confirm", "true"},
        {"error_on_requires_action", "true"},
        {"description", shortened(mem, ask->description, 250)},
        {"metadata[order]", ask->order},
        {"metadata[key]", ask->key},
        {"expand[0]", "latest_charge"},
        {NULL, NULL},
    };
    struct gateway_said fresh;
    struct reply reply;

    *said = (struct gateway_said){.key = ask->key, .ref = "", .capture_ref = "", .currency = "EUR", .error = ""};
    TRY(call(arg, mem, "payment_intents", pairs, talloc_asprintf(mem, "%s-charge", ask->key), &reply, why));
    if (reply.status >= 300)
        return refused_charge(mem, &reply, said, why);
    if (!json_is(reply.json, "object", "payment_intent") || stripe_said(mem, reply.json, &fresh) != DONE)
        return provider_silent(why);
    *said = fresh;
    if (fresh.state == PAYMENT_AUTHORISED) {
        struct gateway_ref ref = {.key = ask->key, .ref = fresh.ref, .amount = ask->gross};

        return capture(arg, mem, &ref, said, why);
    }
    if (said->state == PAYMENT_NEW)
        said->state = PAYMENT_FAILED;
    return DONE;
}

/* ---- Refund ---- */

static enum outcome refund_outcome(void *mem, json_t *refund, struct gateway_refunded *refunded, struct problem *why)
{
    refunded->ref = json_word(mem, refund, "id", 100);
    refunded->pending = json_is(refund, "status", "pending") || json_is(refund, "status", "requires_action");
    if (json_is(refund, "status", "succeeded") || refunded->pending)
        return DONE;
    if (!json_is(refund, "status", "failed") && !json_is(refund, "status", "canceled"))
        return provider_silent(why);
    refunded->error = json_word(mem, refund, "failure_reason", 60);
    if (!*refunded->error)
        refunded->error = json_word(mem, refund, "status", 20);
    return provider_declined(why, refunded->error);
}

/* One that was asked for before: its answer was lost, or it was pending, which the same request would only repeat. */
static enum outcome find_refund(struct stripe *s, void *mem, const struct gateway_refund *refund, json_t **found,
                                struct problem *why)
{
    const char *path = talloc_asprintf(mem, "refunds?payment_intent=%s&limit=100", refund->payment.capture_ref);
    struct reply reply;
    json_t *one;
    size_t i;

    *found = NULL;
    TRY(call(s, mem, path, NULL, NULL, &reply, why));
    if (reply.status >= 300)
        return DONE; /* to be asked for, then, by its key */
    json_array_foreach(json_at(reply.json, "data"), i, one)
    {
        if (json_is(one, "metadata.refund", refund->key))
            *found = one;
    }
    return DONE;
}

static enum outcome refund(void *arg, void *mem, const struct gateway_refund *refund, struct gateway_refunded *refunded,
                           struct problem *why)
{
    const struct pair pairs[] = {
        {"payment_intent", refund->payment.capture_ref},
        {"amount", cents(mem, refund->amount)},
        {"reason", "requested_by_customer"},
        {"metadata[refund]", refund->key},
        {NULL, NULL},
    };
    struct reply reply;
    json_t *known;

    *refunded = (struct gateway_refunded){.ref = "", .error = ""};
    if (!is_id(refund->payment.capture_ref))
        return provider_fault("stripe", "refund", 0, "id");
    TRY(find_refund(arg, mem, refund, &known, why));
    if (known)
        return refund_outcome(mem, known, refunded, why);
    TRY(call(arg, mem, "refunds", pairs, talloc_asprintf(mem, "%s-refund", refund->key), &reply, why));
    if (reply.status < 300)
        return refund_outcome(mem, reply.json, refunded, why);
    if (strcmp(json_word(mem, reply.json, "error.code", 60), "charge_already_refunded") == 0) {
        refunded->error = "charge_already_refunded";
        return provider_declined(why, refunded->error);
    }
    return refuse(mem, "refund", &reply, &refunded->error, why);
}

static enum outcome hear(void *arg, void *mem, const struct gateway_notice *notice, struct gateway_heard *heard,
                         struct problem *why)
{
    struct stripe *s = arg;

    return stripe_hear(s->config.webhook_secret, mem, notice, heard, why);
}

enum outcome stripe_gateway(void *mem, struct client *client, const struct stripe_config *config,
                            struct gateway *gateway)
{
    struct stripe *s = talloc_zero(mem, struct stripe);

    s->client = client;
    TRY(base_url(s, config->url, &s->config.url));
    s->config.secret_key = talloc_strdup(s, config->secret_key);
    s->config.webhook_secret = talloc_strdup(s, config->webhook_secret);
    *gateway = (struct gateway){"stripe", begin, status, capture, charge, refund, hear, s};
    return DONE;
}
