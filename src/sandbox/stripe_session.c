#include "sandbox/stripe.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { ITEMS_MOST = 100, MOST_CENTS = 99999999, LEAST_CENTS = 50 };

static const char *const KNOWN[] = {"mode",
                                    "line_items[][price_data][currency]",
                                    "line_items[][price_data][unit_amount]",
                                    "line_items[][price_data][product_data][name]",
                                    "line_items[][price_data][product_data][description]",
                                    "line_items[][quantity]",
                                    "client_reference_id",
                                    "customer",
                                    "customer_creation",
                                    "customer_email",
                                    "payment_intent_data[setup_future_usage]",
                                    "payment_intent_data[description]",
                                    "payment_intent_data[receipt_email]",
                                    "payment_method_types[]",
                                    "success_url",
                                    "cancel_url",
                                    "locale",
                                    "expires_at",
                                    "ui_mode",
                                    "submit_type",
                                    NULL};

/* ---- What was asked ---- */

static bool check_url(struct call *c, const char *name)
{
    const char *url = stripe_param(c, name), *place = url ? strstr(url, "{CHECKOUT_SESSION_ID}") : NULL;
    const char *plain = place ? talloc_asprintf(c->req->mem, "%.*sX%s", (int)(place - url), url, place + 21) : url;

    if (url && !sandbox_url_is_absolute(plain))
        stripe_refuse(c, 400, "invalid_request_error", "url_invalid", name, "Not a valid URL");
    return !url || sandbox_url_is_absolute(plain);
}

static bool check_item(struct call *c, size_t i, json_t *items, int64_t *total)
{
    static const char *const CURRENCIES[] = {"eur", NULL};
    char *prefix = talloc_asprintf(c->req->mem, "line_items[%zu]", i);
    const char *needed[] = {talloc_asprintf(c->req->mem, "%s[price_data][currency]", prefix),
                            talloc_asprintf(c->req->mem, "%s[price_data][unit_amount]", prefix),
                            talloc_asprintf(c->req->mem, "%s[price_data][product_data][name]", prefix),
                            talloc_asprintf(c->req->mem, "%s[quantity]", prefix), NULL};
    int64_t amount = 0, count = 0;

    if (!stripe_needs(c, needed) || !stripe_word(c, needed[0], CURRENCIES) ||
        !stripe_whole(c, needed[1], 0, MOST_CENTS, &amount) || !stripe_whole(c, needed[3], 1, 999999, &count))
        return false;
    if (strlen(stripe_param(c, needed[2])) > 250) {
        stripe_refuse(c, 400, "invalid_request_error", "parameter_invalid_string", needed[2],
                      "Invalid string: at most 250 characters.");
        return false;
    }
    *total += amount * count;
    json_array_append_new(items, json_pack("{s:s, s:I, s:I}", "name", stripe_param(c, needed[2]), "quantity",
                                           (json_int_t)count, "amount", (json_int_t)(amount * count)));
    return true;
}

static bool check_items(struct call *c, json_t *items, int64_t *total)
{
    size_t count = 0;

    for (size_t i = 0; i < c->req->form.count; i++) {
        size_t n =
            (size_t)atoi(text_starts(c->req->form.pair[i].name, "line_items[") ? c->req->form.pair[i].name + 11 : "0");

        count = text_starts(c->req->form.pair[i].name, "line_items[") && n + 1 > count ? n + 1 : count;
    }
    if (count == 0 || count > ITEMS_MOST) {
        stripe_refuse(c, 400, "invalid_request_error", "parameter_missing", "line_items",
                      "You must specify 1 to 100 line_items in payment mode.");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!check_item(c, i, items, total))
            return false;
    if (*total < LEAST_CENTS || *total > MOST_CENTS) {
        stripe_refuse(c, 400, "invalid_request_error", *total < LEAST_CENTS ? "amount_too_small" : "amount_too_large",
                      "line_items", "The Checkout Session's total amount due must add up to at least €0.50 eur");
        return false;
    }
    return true;
}

static bool check_customer(struct call *c)
{
    const char *customer = stripe_param(c, "customer");

    if (!customer)
        return true;
    if (stripe_param(c, "customer_creation") || stripe_param(c, "customer_email")) {
        stripe_refuse(c, 400, "invalid_request_error", "", "customer",
                      "You may only specify one of these parameters: customer, customer_creation, customer_email.");
        return false;
    }
    for (size_t i = 0; i < c->sandbox->token_count; i++)
        if (strcmp(c->sandbox->tokens[i]->customer, customer) == 0)
            return true;
    stripe_missing(c, "customer", customer, 400);
    return false;
}

static bool check_words(struct call *c)
{
    static const char *const MODES[] = {"payment", NULL}, *const CREATIONS[] = {"always", "if_required", NULL},
                             *const USAGES[] = {"off_session", "on_session", NULL}, *const METHODS[] = {"card", NULL},
                             *const LOCALES[] = {"auto", "it", "en", "en-GB", "de", "fr", "es", NULL},
                             *const UIS[] = {"hosted", "hosted_page", NULL},
                             *const SUBMITS[] = {"auto", "pay", "book", "donate", NULL};

    return stripe_word(c, "mode", MODES) && stripe_word(c, "customer_creation", CREATIONS) &&
           stripe_word(c, "payment_intent_data[setup_future_usage]", USAGES) &&
           stripe_word(c, "payment_method_types[0]", METHODS) && stripe_word(c, "locale", LOCALES) &&
           stripe_word(c, "ui_mode", UIS) && stripe_word(c, "submit_type", SUBMITS);
}

static bool check_expiry(struct call *c, int64_t *expires)
{
    int64_t now = clock_now().us / SECONDS(1);

    *expires = now + 24 * 3600;
    if (!stripe_whole(c, "expires_at", 0, INT64_MAX, expires))
        return false;
    if (*expires < now + 30 * 60 - 10 || *expires > now + 24 * 3600 + 10) {
        stripe_refuse(
            c, 400, "invalid_request_error", "", "expires_at",
            "The `expires_at` timestamp must be from 30 minutes to 24 hours after Checkout Session creation.");
        return false;
    }
    return true;
}

/* ---- The session ---- */

static void set_or_null(json_t *object, const char *name, const char *value)
{
    json_object_set_new(object, name, value && *value ? json_string(value) : json_null());
}

static json_t *new_session(const struct call *c, const char *id, int64_t total, int64_t expires, json_t *metadata)
{
    json_t *session =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:o, s:n, s:I, s:I, s:b, s:s, s:[s]}", "id", id, "object",
                  "checkout.session", "status", "open", "payment_status", "unpaid", "amount_total", (json_int_t)total,
                  "amount_subtotal", (json_int_t)total, "currency", "eur", "mode", "payment", "metadata", metadata,
                  "payment_intent", "created", (json_int_t)(clock_now().us / SECONDS(1)), "expires_at",
                  (json_int_t)expires, "livemode", false, "ui_mode", "hosted_page", "payment_method_types", "card");
    static const char *const ECHOED[] = {
        "client_reference_id", "customer", "customer_creation", "customer_email", "success_url",
        "cancel_url",          "locale"};

    for (size_t i = 0; i < count_of(ECHOED); i++)
        set_or_null(session, ECHOED[i], stripe_param(c, ECHOED[i]));
    json_object_set_new(session, "url", json_sprintf("%s/c/pay/%s", sandbox_origin(c->sandbox), id));
    return session;
}

/* What the payment intent will be made of, and what the page shows. */
static json_t *remember(struct call *c, json_t *items, json_t *intent_metadata)
{
    return json_pack("{s:O, s:o, s:s*, s:s*}", "items", items, "metadata", intent_metadata, "description",
                     stripe_param(c, "payment_intent_data[description]"), "usage",
                     stripe_param(c, "payment_intent_data[setup_future_usage]"));
}

static void make_session(struct call *c, json_t *items, int64_t total, int64_t expires)
{
    json_t *metadata, *intent_metadata, *session;
    struct payment *p;
    char id[SANDBOX_ID];

    if (!stripe_metadata(c, "metadata", &metadata))
        return;
    if (!stripe_metadata(c, "payment_intent_data[metadata]", &intent_metadata)) {
        json_decref(metadata);
        return;
    }
    session = new_session(c, sandbox_id(id, "cs_test_", 58, NULL), total, expires, metadata);
    p = sandbox_payment_new(c->sandbox, id, sandbox_text(session, "client_reference_id"), total, "eur",
                            json_pack("{s:o}", "session", session));
    p->asked = remember(c, items, intent_metadata);
    stripe_answer(c, 200, session);
}

void stripe_create_session(struct call *c)
{
    static const char *const NEEDED[] = {"mode", "success_url", NULL};
    json_t *items = json_array();
    int64_t total = 0, expires = 0;

    if (stripe_known(c, KNOWN) && stripe_needs(c, NEEDED) && check_words(c) && check_items(c, items, &total) &&
        check_url(c, "success_url") && check_url(c, "cancel_url") && check_customer(c) && check_expiry(c, &expires))
        make_session(c, items, total, expires);
    json_decref(items);
}

struct payment *stripe_session(struct sandbox *s, const char *id)
{
    struct payment *p = sandbox_payment_by_id(s, id);
    const json_t *session = p ? stripe_part(p, "session") : NULL;

    if (!session || strcmp(p->id, id) != 0)
        return NULL;
    if (strcmp(sandbox_text(session, "status"), "open") == 0 &&
        json_integer_value(json_object_get(session, "expires_at")) < clock_now().us / SECONDS(1))
        stripe_expire(s, p);
    return p;
}

void stripe_session_paid(struct sandbox *s, struct payment *p)
{
    json_t *session = stripe_part(p, "session"), *customer = json_object_get(stripe_part(p, "intent"), "customer");

    json_object_set_new(session, "status", json_string("complete"));
    json_object_set_new(session, "payment_status", json_string(p->phase == PHASE_CAPTURED ? "paid" : "unpaid"));
    json_object_set(session, "customer", customer ? customer : json_null());
    json_object_set_new(session, "url", json_null());
    stripe_tell(s, "checkout.session.completed", session);
}

/* A session that nobody paid is over; a payment that waited is refused in the end. */
void stripe_expire(struct sandbox *s, struct payment *p)
{
    json_t *session = stripe_part(p, "session"), *intent = stripe_part(p, "intent");

    if (p->phase == PHASE_WAITING) {
        p->phase = PHASE_FAILED;
        json_object_set_new(intent, "status", json_string("requires_payment_method"));
        json_object_set_new(intent, "last_payment_error",
                            json_pack("{s:s, s:s, s:s}", "type", "card_error", "code", "card_declined", "decline_code",
                                      "generic_decline"));
        stripe_tell(s, "payment_intent.payment_failed", intent);
        if (session)
            stripe_tell(s, "checkout.session.async_payment_failed", session);
        return;
    }
    p->phase = PHASE_EXPIRED;
    if (session) {
        json_object_set_new(session, "status", json_string("expired"));
        json_object_set_new(session, "url", json_null());
        stripe_tell(s, "checkout.session.expired", session);
    } else {
        json_object_set_new(intent, "status", json_string("canceled"));
        stripe_tell(s, "payment_intent.canceled", intent);
    }
}

void stripe_show_session(struct call *c)
{
    const char *id = http_parameter(c->req, "id");
    const struct payment *p = stripe_session(c->sandbox, id);

    if (p)
        stripe_answer(c, 200, stripe_part(p, "session"));
    else
        stripe_missing(c, "checkout.session", id, 404);
}

void stripe_expire_session(struct call *c)
{
    const char *id = http_parameter(c->req, "id");
    struct payment *p = stripe_session(c->sandbox, id);

    if (!p) {
        stripe_missing(c, "checkout.session", id, 404);
        return;
    }
    if (p->phase > PHASE_CHALLENGE) {
        stripe_refuse(c, 400, "invalid_request_error", "", "",
                      "Only Checkout Sessions with a status in [\"open\"] can be expired.");
        return;
    }
    stripe_expire(c->sandbox, p);
    stripe_answer(c, 200, stripe_part(p, "session"));
}
