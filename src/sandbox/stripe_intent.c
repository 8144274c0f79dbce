#include "sandbox/stripe.h"
#include <string.h>
#include <talloc.h>

enum { LEAST_CENTS = 50, MOST_CENTS = 99999999 };

json_t *stripe_part(const struct payment *p, const char *name)
{
    return json_object_get(p->data, name);
}

struct payment *stripe_by_intent(struct sandbox *s, const char *id)
{
    struct payment *p = sandbox_payment_by_id(s, id);

    return p && strcmp(sandbox_text(stripe_part(p, "intent"), "id"), id) == 0 ? p : NULL;
}

static json_int_t now_seconds(void)
{
    return clock_now().us / SECONDS(1);
}

/* ---- Objects ---- */

static json_t *card_of(const struct card *card)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:s, s:s}", "brand", card->brand ? card->brand : "visa", "last4",
                     card->last4, "exp_month", card->month, "exp_year", card->year, "funding", "credit", "country",
                     "IT");
}

json_t *stripe_method(const struct token *t)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:b}", "id", t->id, "object", "payment_method", "type", "card", "card",
                     card_of(&t->card), "customer", t->customer, "livemode", false);
}

json_t *stripe_object(struct sandbox *s, const char *id)
{
    const struct token *t = text_starts(id, "pm_") ? sandbox_token_by_id(s, id) : NULL;

    if (t)
        return stripe_method(t);
    for (size_t i = s->payment_count; i-- > 0;) {
        static const char *const PARTS[] = {"intent", "charge", "session"};

        for (size_t k = 0; k < count_of(PARTS); k++)
            if (strcmp(sandbox_text(stripe_part(s->payments[i], PARTS[k]), "id"), id) == 0)
                return json_incref(stripe_part(s->payments[i], PARTS[k]));
    }
    return NULL;
}

json_t *stripe_new_intent(struct payment *p, const char *id, const char *description, json_t *metadata)
{
    json_t *intent =
        json_pack("{s:s, s:s, s:I, s:i, s:i, s:s, s:s, s:o, s:I, s:b, s:s*}", "id", id, "object", "payment_intent",
                  "amount", (json_int_t)p->amount, "amount_received", 0, "amount_capturable", 0, "currency",
                  p->currency, "status", "requires_payment_method", "metadata", metadata, "created", now_seconds(),
                  "livemode", false, "description", description);
    static const char *const NULLS[] = {"customer", "payment_method", "latest_charge", "last_payment_error",
                                        "setup_future_usage"};

    for (size_t i = 0; i < count_of(NULLS); i++)
        json_object_set_new(intent, NULLS[i], json_null());
    json_object_set_new(intent, "capture_method", json_string("automatic"));
    json_object_set_new(intent, "client_secret", json_sprintf("%s_secret_prova", id));
    json_object_set_new(p->data, "intent", intent);
    return intent;
}

static json_t *new_charge(struct payment *p, bool paid)
{
    const json_t *intent = stripe_part(p, "intent");
    char id[SANDBOX_ID];
    json_t *charge = json_pack(
        "{s:s, s:s, s:I, s:I, s:i, s:b, s:b, s:b, s:b, s:s, s:s, s:I, s:s, s:{s:s, s:o}, s:O, s:O, s:O, s:b}", "id",
        sandbox_id(id, "ch_", 24, NULL), "object", "charge", "amount", (json_int_t)p->amount, "amount_captured",
        (json_int_t)(paid ? p->amount : 0), "amount_refunded", 0, "refunded", false, "disputed", false, "paid", paid,
        "captured", paid, "status", paid ? "succeeded" : "failed", "currency", p->currency, "created", now_seconds(),
        "payment_intent", sandbox_text(intent, "id"), "payment_method_details", "type", "card", "card",
        card_of(&p->card), "payment_method", json_object_get(intent, "payment_method"), "customer",
        json_object_get(intent, "customer"), "metadata", json_object_get(intent, "metadata"), "livemode", false);

    json_object_set_new(p->data, "charge", charge);
    json_object_set_new((json_t *)(uintptr_t)intent, "latest_charge", json_string(id));
    return charge;
}

/* ---- Paying ---- */

const char *stripe_message(const char *code)
{
    return strcmp(code, "expired_card") == 0         ? "Your card has expired."
           : strcmp(code, "insufficient_funds") == 0 ? "Your card has insufficient funds."
           : strcmp(code, "authentication_required") == 0
               ? "This payment required an authentication action to complete, but `error_on_requires_action` was set."
               : "Your card was declined.";
}

static const char *decline_of(enum fate fate)
{
    switch (fate) {
    case FATE_REFUSED:
        return "generic_decline";
    case FATE_NO_FUNDS:
        return "insufficient_funds";
    case FATE_EXPIRED:
        return "expired_card";
    case FATE_CHALLENGE:
        return "authentication_required";
    default:
        return NULL;
    }
}

/* A decline by its decline_code; expired and unauthenticated cards have a code of their own. */
static json_t *error_of(const char *decline)
{
    bool own = strcmp(decline, "expired_card") == 0 || strcmp(decline, "authentication_required") == 0;

    return json_pack("{s:s, s:s, s:s, s:s}", "type", "card_error", "code", own ? decline : "card_declined",
                     "decline_code", decline, "message", stripe_message(decline));
}

static void succeed(struct sandbox *s, struct payment *p)
{
    json_t *intent = stripe_part(p, "intent"), *charge;

    json_object_set_new(intent, "status", json_string("succeeded"));
    json_object_set_new(intent, "amount_received", json_integer(p->amount));
    json_object_set_new(intent, "last_payment_error", json_null());
    charge = new_charge(p, true);
    sandbox_payment_capture(p, p->amount);
    stripe_tell(s, "payment_intent.succeeded", intent);
    stripe_tell(s, "charge.succeeded", charge);
}

const char *stripe_pay(struct sandbox *s, struct payment *p, enum fate fate, const char *method, const char *customer)
{
    json_t *intent = stripe_part(p, "intent");
    const char *decline = decline_of(fate);

    json_object_set_new(intent, "payment_method", decline ? json_null() : json_string(method));
    json_object_set_new(intent, "customer", *customer ? json_string(customer) : json_null());
    if (!decline) {
        succeed(s, p);
        return NULL;
    }
    json_object_set_new(intent, "last_payment_error", error_of(decline));
    new_charge(p, false);
    stripe_tell(s, "payment_intent.payment_failed", intent);
    return decline;
}

void stripe_waits(struct sandbox *s, struct payment *p)
{
    json_object_set_new(stripe_part(p, "intent"), "status", json_string("processing"));
    p->phase = PHASE_WAITING;
    stripe_tell(s, "payment_intent.processing", stripe_part(p, "intent"));
}

void stripe_complete(struct sandbox *s, struct payment *p)
{
    json_t *session = stripe_part(p, "session");

    succeed(s, p);
    if (session) {
        json_object_set_new(session, "payment_status", json_string("paid"));
        stripe_tell(s, "checkout.session.async_payment_succeeded", session);
    }
}

void stripe_dispute(struct sandbox *s, struct payment *p)
{
    json_t *charge = stripe_part(p, "charge"), *dispute;
    char id[SANDBOX_ID];

    json_object_set_new(charge, "disputed", json_true());
    p->phase = PHASE_DISPUTED;
    dispute = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "id", sandbox_id(id, "dp_", 24, NULL), "object",
                        "dispute", "amount", (json_int_t)p->captured, "currency", p->currency, "charge",
                        sandbox_text(charge, "id"), "payment_intent", sandbox_text(charge, "payment_intent"), "status",
                        "needs_response", "reason", "fraudulent");
    stripe_tell(s, "charge.dispute.created", dispute);
    json_decref(dispute);
}

/* ---- With nobody present ---- */

static void decline_call(struct call *c, struct payment *p, const char *decline)
{
    json_t *error = error_of(decline);

    json_object_set_new(error, "charge", json_string(sandbox_text(stripe_part(p, "charge"), "id")));
    json_object_set_new(error, "payment_intent", json_deep_copy(stripe_part(p, "intent")));
    call_answer(c, 402, json_pack("{s:o}", "error", error));
    c->keep = true;
}

/* The saved card of a charge: it must be the customer's. NULL: refused. */
static struct token *named_method(struct call *c)
{
    const char *method = stripe_param(c, "payment_method"), *customer = stripe_param(c, "customer");
    struct token *t = method ? sandbox_token_by_id(c->sandbox, method) : NULL;

    if (!method)
        stripe_refuse(c, 400, "invalid_request_error", "payment_intent_unexpected_state", "payment_method",
                      "You cannot confirm this PaymentIntent because it's missing a payment method.");
    else if (!t)
        stripe_missing(c, "PaymentMethod", method, 400);
    else if (!customer || strcmp(t->customer, customer) != 0)
        stripe_refuse(c, 400, "invalid_request_error", "resource_missing", "payment_method",
                      "The customer does not have a payment method with this ID.");
    else
        return t;
    return NULL;
}

static const char *key_of(const json_t *metadata)
{
    return *sandbox_text(metadata, "key") ? sandbox_text(metadata, "key") : sandbox_text(metadata, "order");
}

static bool check_intent(struct call *c, int64_t *amount)
{
    static const char *const KNOWN[] = {"amount",
                                        "currency",
                                        "customer",
                                        "payment_method",
                                        "payment_method_types[]",
                                        "off_session",
                                        "confirm",
                                        "error_on_requires_action",
                                        "description",
                                        "capture_method",
                                        "setup_future_usage",
                                        "receipt_email",
                                        "statement_descriptor_suffix",
                                        NULL};
    static const char *const NEEDED[] = {"amount", "currency", NULL}, *const FLAGS[] = {"true", "false", NULL},
                             *const CURRENCIES[] = {"eur", NULL}, *const METHODS[] = {"card", NULL},
                             *const CAPTURES[] = {"automatic", "automatic_async", NULL};

    return stripe_known(c, KNOWN) && stripe_needs(c, NEEDED) &&
           stripe_whole(c, "amount", LEAST_CENTS, MOST_CENTS, amount) && stripe_word(c, "currency", CURRENCIES) &&
           stripe_word(c, "off_session", FLAGS) && stripe_word(c, "confirm", FLAGS) &&
           stripe_word(c, "error_on_requires_action", FLAGS) && stripe_word(c, "payment_method_types[0]", METHODS) &&
           stripe_word(c, "capture_method", CAPTURES);
}

void stripe_create_intent(struct call *c)
{
    bool confirm = text_same(stripe_param(c, "confirm"), "true");
    int64_t amount = 0;
    struct token *t = NULL;
    json_t *metadata;
    struct payment *p;
    const char *decline;
    char id[SANDBOX_ID];

    if (!check_intent(c, &amount) || (confirm && !(t = named_method(c))) || !stripe_metadata(c, "metadata", &metadata))
        return;
    p = sandbox_payment_new(c->sandbox, sandbox_id(id, "pi_", 24, NULL), key_of(metadata), amount, "eur",
                            json_object());
    stripe_new_intent(p, id, stripe_param(c, "description"), metadata);
    if (!confirm) {
        stripe_answer(c, 200, stripe_part(p, "intent"));
        return;
    }
    p->card = t->card;
    decline = stripe_pay(c->sandbox, p, sandbox_token_fate(c->sandbox, t), t->id, t->customer);
    if (decline) {
        p->phase = PHASE_FAILED;
        decline_call(c, p, decline);
    } else {
        stripe_answer(c, 200, stripe_part(p, "intent"));
    }
}

void stripe_show_intent(struct call *c)
{
    const char *id = http_parameter(c->req, "id");
    const struct payment *p = stripe_by_intent(c->sandbox, id);

    if (p)
        stripe_answer(c, 200, stripe_part(p, "intent"));
    else
        stripe_missing(c, "payment_intent", id, 404);
}

/* Nothing here is captured by hand: what may be captured was. */
void stripe_capture_intent(struct call *c)
{
    const char *id = http_parameter(c->req, "id");
    const struct payment *p = stripe_by_intent(c->sandbox, id);

    if (!p) {
        stripe_missing(c, "payment_intent", id, 404);
        return;
    }
    stripe_refuse(c, 400, "invalid_request_error", "payment_intent_unexpected_state", "",
                  talloc_asprintf(c->req->mem,
                                  "This PaymentIntent could not be captured because it has a status of %s. Only a "
                                  "PaymentIntent with one of the following statuses may be captured: requires_capture.",
                                  sandbox_text(stripe_part(p, "intent"), "status")));
}

void stripe_detach(struct call *c)
{
    const char *id = http_parameter(c->req, "id");
    struct token *t = sandbox_token_by_id(c->sandbox, id);
    json_t *method;

    if (!t) {
        stripe_missing(c, "PaymentMethod", id, 404);
        return;
    }
    t->deleted = true;
    method = stripe_method(t);
    json_object_set_new(method, "customer", json_null());
    stripe_answer(c, 200, method);
    json_decref(method);
}
