/* The simulated Stripe, spoken to over HTTP as a shop and as a payer: the wire of PAYMENTS §3. */
#include "sandbox_kit.h"

#include "base/text.h"
#include <openssl/hmac.h>

#define SESSIONS "/v1/checkout/sessions"

static struct said call(const char *method, const char *path, const char *key, const char *const *pairs)
{
    const char *const headers[] = {client_basic(mem, "sk_test_prova", ""), "Stripe-Version: 2026-06-24.dahlia",
                                   key ? talloc_asprintf(mem, "Idempotency-Key: %s", key) : NULL, NULL};

    return say_as(method, path, "application/x-www-form-urlencoded", pairs ? client_form(mem, pairs) : NULL, headers);
}

/* A good session; a name in `other` takes the place of the same name, or is added. */
static const char *const *session_of(const char *key, const char *const *other)
{
    const char *base[] = {"mode",
                          "payment",
                          "line_items[0][price_data][currency]",
                          "eur",
                          "line_items[0][price_data][unit_amount]",
                          "1098",
                          "line_items[0][price_data][product_data][name]",
                          "Rinnovo",
                          "line_items[0][quantity]",
                          "1",
                          "client_reference_id",
                          key,
                          "payment_intent_data[metadata][key]",
                          key,
                          "metadata[order]",
                          "RLM1",
                          "success_url",
                          "https://shop.example/pay/done?sid={CHECKOUT_SESSION_ID}",
                          "cancel_url",
                          "https://shop.example/pay/ko",
                          "locale",
                          "it"};
    const char **pairs = talloc_zero_array(mem, const char *, 80);
    size_t count = count_of(base);

    memcpy(pairs, base, sizeof base);
    for (; other && *other; other += 2) {
        size_t i = 0;

        while (i < count && strcmp(pairs[i], other[0]) != 0)
            i += 2;
        pairs[i] = other[0];
        pairs[i + 1] = other[1];
        count = i == count ? count + 2 : count;
    }
    return pairs;
}

#define WITH(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SAVED     WITH("payment_intent_data[setup_future_usage]", "off_session", "customer_creation", "always")

static struct said begin(const char *key, const char *const *other)
{
    struct said said = call("POST", SESSIONS, key, session_of(key, other));

    if (said.status != 200)
        fail_msg("%s: %d %s", key, said.status, said.text);
    return said;
}

static struct said read_session(const char *id)
{
    return call(
        "GET",
        talloc_asprintf(mem, SESSIONS "/%s?expand[]=payment_intent&expand%%5B%%5D=payment_intent.latest_charge", id),
        NULL, NULL);
}

static int start(void **state)
{
    (void)state;
    kit_start((struct sandbox_options){.what = SANDBOX_STRIPE,
                                       .secret_key = "sk_test_prova",
                                       .webhook_secret = "whsec_prova",
                                       .shop_name = "Prova S.r.l."});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kit_stop();
    return 0;
}

/* ---- Sessions ---- */

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *name, *value, *code, *param;
    } CASES[] = {
        {"colour", "red", "parameter_unknown", "colour"},
        {"line_items[0][colour]", "red", "parameter_unknown", "line_items[0][colour]"},
        {"success_url", "", "parameter_invalid_empty", "success_url"},
        {"success_url", "shop.example", "url_invalid", "success_url"},
        {"line_items[0][price_data][unit_amount]", "10.98", "parameter_invalid_integer",
         "line_items[0][price_data][unit_amount]"},
        {"line_items[0][price_data][unit_amount]", "-1", "parameter_invalid_integer",
         "line_items[0][price_data][unit_amount]"},
        {"line_items[0][price_data][unit_amount]", "49", "amount_too_small", "line_items"},
        {"line_items[0][price_data][currency]", "EUR", "(none)", "line_items[0][price_data][currency]"},
        {"line_items[1][quantity]", "1", "parameter_missing", "line_items[1][price_data][currency]"},
        {"line_items[0][quantity]", "0", "parameter_invalid_integer", "line_items[0][quantity]"},
        {"mode", "setup", "(none)", "mode"},
        {"locale", "xx", "(none)", "locale"},
        {"customer", "cus_nessuno", "resource_missing", "customer"},
        {"expires_at", "1", "(none)", "expires_at"},
        {"metadata[12345678901234567890123456789012345678901]", "1", "parameter_invalid_string",
         "metadata[12345678901234567890123456789012345678901]"},
        {"expand[0]", "nothing", "(none)", "expand"},
    };
    struct said said;

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        said = call("POST", SESSIONS, NULL, session_of("W", WITH(CASES[i].name, CASES[i].value)));
        if (said.status != 400 || strcmp(at(said.json, "error.code"), CASES[i].code) != 0 ||
            strcmp(at(said.json, "error.param"), CASES[i].param) != 0)
            fail_msg("%s=%s: %d %s", CASES[i].name, CASES[i].value, said.status, said.text);
        assert_string_equal(at(said.json, "error.type"), "invalid_request_error");
    }
    said = call("POST", SESSIONS, NULL, WITH("mode", "payment"));
    assert_string_equal(at(said.json, "error.param"), "success_url");
    assert_int_equal(say_as("GET", SESSIONS, NULL, NULL, WITH("Authorization: Bearer sk_test_altra")).status, 401);
    assert_int_equal(say_as("GET", SESSIONS, NULL, NULL, NULL).status, 401);
    assert_int_equal(say_as("GET", SESSIONS, NULL, NULL, WITH("Authorization: Bearer sk_test_prova")).status, 200);
}

static void keys_make_a_call_once(void **state)
{
    const char *id = at(begin("K-1", NULL).json, "id");
    struct said said;

    (void)state;
    assert_string_equal(at(begin("K-1", NULL).json, "id"), id);
    said = call("POST", SESSIONS, "K-1", session_of("K-1", WITH("line_items[0][quantity]", "2")));
    assert_int_equal(said.status, 400);
    assert_string_equal(at(said.json, "error.type"), "idempotency_error");
    said = call("POST", SESSIONS, "K-2",
                session_of("K-2", WITH("mode", "setup"))); /* what was refused as wrong is not kept */
    assert_int_equal(said.status, 400);
    assert_int_equal(call("POST", SESSIONS, "K-2", session_of("K-2", NULL)).status, 200);
    assert_int_equal(json_array_size(json_object_get(ledger(), "payments")), 2);
    behave("{\"fail\": [{\"path\": \"/sessions\", \"how\": \"hang-up\", \"when\": \"after\"}]}");
    assert_int_equal(call("POST", SESSIONS, "K-3", session_of("K-3", NULL)).outcome, BUSY);
    begin("K-3", NULL);
    assert_int_equal(json_array_size(json_object_get(ledger(), "payments")), 3);
}

/* ---- The payer ---- */

static void cards_do_as_the_page_says(void **state)
{
    static const struct {
        const char *card;
        int status;
        const char *session, *payment, *intent, *decline;
    } CASES[] = {
        {"4242424242424242", 303, "complete", "paid", "succeeded", "(none)"},
        {"4000000000000077", 303, "complete", "paid", "succeeded", "(none)"},
        {"4000000000000002", 402, "open", "unpaid", "requires_payment_method", "generic_decline"},
        {"4000000000009995", 402, "open", "unpaid", "requires_payment_method", "insufficient_funds"},
        {"4000000000000069", 402, "open", "unpaid", "requires_payment_method", "expired_card"},
        {"4000000000000259", 303, "complete", "unpaid", "processing", "(none)"},
        {"4111111111111111", 422, "open", "unpaid", "(none)", "(none)"},
    };

    (void)state;
    behave("{\"slow_card_ms\": 20}");
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct said said = begin(talloc_asprintf(mem, "P-%zu", i), NULL);
        const char *id = at(said.json, "id"), *page = at(said.json, "url");
        struct seen seen = look(page);

        assert_string_equal(at(said.json, "payment_intent"), "null");
        assert_int_equal(seen.status, 200);
        assert_non_null(strstr(seen.body, "10,98 €"));
        seen = pay_by_card(page, CASES[i].card);
        assert_int_equal(seen.status, CASES[i].status);
        if (seen.status == 303)
            assert_string_equal(seen.location, talloc_asprintf(mem, "https://shop.example/pay/done?sid=%s", id));
        said = read_session(id);
        if (strcmp(at(said.json, "status"), CASES[i].session) != 0 ||
            strcmp(at(said.json, "payment_status"), CASES[i].payment) != 0 ||
            strcmp(at(said.json, "payment_intent.status"), CASES[i].intent) != 0 ||
            strcmp(at(said.json, "payment_intent.last_payment_error.decline_code"), CASES[i].decline) != 0)
            fail_msg("%s: %s", CASES[i].card, said.text);
        if (seen.status == 402) { /* the session is still open, for another card */
            assert_int_equal(pay_by_card(page, "5555555555554444").status, 303);
            assert_string_equal(at(read_session(id).json, "payment_intent.status"), "succeeded");
        }
    }
    assert_string_equal(at(ledger(), "captured_cents"), "5490");
}

static void a_challenge_wants_its_code(void **state)
{
    struct said said = begin("SCA-1", NULL);
    const char *id = at(said.json, "id");
    struct seen seen = pay_by_card(at(said.json, "url"), "4000002760003184");
    const char *challenge = talloc_asprintf(mem, "/c/pay/%s/authenticate", id);

    (void)state;
    assert_string_equal(seen.location, challenge);
    assert_int_equal(look(challenge).status, 200);
    assert_int_equal(fill(challenge, WITH("act", "pay", "otp", "111111")).status, 402);
    assert_string_equal(at(read_session(id).json, "payment_intent.last_payment_error.code"), "authentication_required");
    pay_by_card(at(said.json, "url"), "4000002760003184");
    assert_int_equal(fill(challenge, WITH("act", "pay", "otp", "123456")).status, 303);
    assert_string_equal(at(read_session(id).json, "payment_status"), "paid");
    said = begin("SCA-2", NULL);
    assert_string_equal(fill(at(said.json, "url"), WITH("act", "cancel")).location, "https://shop.example/pay/ko");
    assert_string_equal(at(read_session(at(said.json, "id")).json, "status"), "open");
    assert_string_equal(
        at(call("POST", talloc_asprintf(mem, SESSIONS "/%s/expire", at(said.json, "id")), NULL, NULL).json, "status"),
        "expired");
    assert_int_equal(look(at(said.json, "url")).status, 404);
}

/* ---- Later charges and refunds ---- */

static void saved_cards_are_charged(void **state)
{
    static const struct {
        const char *tokens;
        int status;
        const char *code, *decline;
    } CASES[] = {{"as-saved", 200, "(none)", "(none)"},
                 {"needs-action", 402, "authentication_required", "authentication_required"},
                 {"insufficient-funds", 402, "card_declined", "insufficient_funds"},
                 {"expired", 402, "expired_card", "expired_card"}};
    struct said said = begin("V-0", SAVED);
    const char *customer, *method;

    (void)state;
    pay_by_card(at(said.json, "url"), "4242424242424242");
    said = read_session(at(said.json, "id"));
    customer = at(said.json, "customer"), method = at(said.json, "payment_intent.payment_method");
    assert_string_equal(at(said.json, "payment_intent.customer"), customer);
    assert_string_equal(at(said.json, "payment_intent.setup_future_usage"), "off_session");
    assert_string_equal(at(said.json, "payment_intent.metadata.key"), "V-0");
    assert_string_equal(at(said.json, "payment_intent.latest_charge.payment_method_details.card.last4"), "4242");
    for (size_t i = 0; i < count_of(CASES); i++) {
        const char *key = talloc_asprintf(mem, "V-%zu", i + 1);
        const char *const *pairs = WITH("amount", "1098", "currency", "eur", "customer", customer, "payment_method",
                                        method, "off_session", "true", "confirm", "true", "error_on_requires_action",
                                        "true", "metadata[key]", key, "expand[0]", "latest_charge");

        behave(talloc_asprintf(mem, "{\"tokens\": \"%s\"}", CASES[i].tokens));
        said = call("POST", "/v1/payment_intents", key, pairs);
        if (said.status != CASES[i].status || strcmp(at(said.json, "error.code"), CASES[i].code) != 0 ||
            strcmp(at(said.json, "error.decline_code"), CASES[i].decline) != 0)
            fail_msg("%s: %d %s", CASES[i].tokens, said.status, said.text);
        assert_string_equal(at(said.json, said.status == 200 ? "status" : "error.payment_intent.status"),
                            said.status == 200 ? "succeeded" : "requires_payment_method");
        assert_int_equal(call("POST", "/v1/payment_intents", key, pairs).status,
                         CASES[i].status); /* kept, and no second charge */
    }
    assert_string_equal(at(ledger(), "captured_cents"), "2196");
    said = call("GET", "/v1/payment_intents?limit=2&created%5Bgte%5D=0", NULL, NULL);
    assert_string_equal(at(said.json, "has_more"), "true");
    assert_string_equal(at(said.json, "data.0.metadata.key"), "V-4");
    said =
        call("GET", talloc_asprintf(mem, "/v1/payment_intents?limit=100&starting_after=%s", at(said.json, "data.1.id")),
             NULL, NULL);
    assert_string_equal(at(said.json, "data.0.metadata.key"), "V-2");
    assert_string_equal(at(said.json, "has_more"), "false");
    assert_int_equal(
        call("POST", talloc_asprintf(mem, "/v1/payment_methods/%s/detach", method), NULL, WITH("expand[]", "customer"))
            .status,
        200);
    said = call(
        "POST", "/v1/payment_intents", NULL,
        WITH("amount", "1098", "currency", "eur", "customer", customer, "payment_method", method, "confirm", "true"));
    assert_string_equal(at(said.json, "error.code"), "resource_missing");
}

static void refunds_keep_to_the_balance(void **state)
{
    struct said said = begin("R-1", NULL);
    const char *intent;

    (void)state;
    pay_by_card(at(said.json, "url"), "4242424242424242");
    intent = at(read_session(at(said.json, "id")).json, "payment_intent.id");
    assert_int_equal(call("POST", "/v1/refunds", NULL, WITH("payment_intent", intent, "amount", "1099")).status, 400);
    assert_int_equal(call("POST", "/v1/refunds", NULL, WITH("payment_intent", intent, "reason", "boh")).status, 400);
    said = call("POST", "/v1/refunds", "r1", WITH("payment_intent", intent, "amount", "400", "metadata[refund]", "r1"));
    assert_string_equal(at(said.json, "status"), "succeeded");
    assert_string_equal(
        at(call("POST", "/v1/refunds", "r1", WITH("payment_intent", intent, "amount", "400", "metadata[refund]", "r1"))
               .json,
           "id"),
        at(said.json, "id"));
    assert_int_equal(call("POST", "/v1/refunds", "r2", WITH("payment_intent", intent, "amount", "699")).status, 400);
    assert_string_equal(at(call("POST", "/v1/refunds", "r3", WITH("payment_intent", intent)).json, "amount"), "698");
    assert_string_equal(at(call("POST", "/v1/refunds", "r4", WITH("payment_intent", intent)).json, "error.code"),
                        "charge_already_refunded");
    said = call("GET", talloc_asprintf(mem, "/v1/refunds?payment_intent=%s", intent), NULL, NULL);
    assert_int_equal(json_array_size(json_object_get(said.json, "data")), 2);
    assert_string_equal(at(said.json, "data.1.metadata.refund"), "r1");
    assert_string_equal(at(ledger(), "refunded_cents"), "1098");
    assert_int_equal(call("POST", "/v1/refunds", NULL, WITH("payment_intent", "pi_nessuno")).status, 404);
}

/* ---- Webhooks ---- */

static bool is_genuine(const struct heard *h)
{
    const char *header = h->header[0], *comma = strchr(header, ',');
    const char *message = talloc_asprintf(mem, "%.*s.%s", (int)(comma - header) - 2, header + 2, h->body);
    unsigned char mac[32];

    assert_int_equal(strncmp(header, "t=", 2), 0);
    assert_int_equal(strncmp(comma, ",v1=", 4), 0);
    HMAC(EVP_sha256(), "whsec_prova", 11, (const void *)message, strlen(message), mac, NULL);
    return strcmp(comma + 4, text_hex(mem, mac, sizeof mac)) == 0;
}

static void webhooks_are_signed(void **state)
{
    static const char *const EVENTS[] = {"payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"};
    struct said said;
    const char *id;

    (void)state;
    said = begin("H-1", NULL), id = at(said.json, "id");
    pay_by_card(at(said.json, "url"), "4242424242424242");
    behave("{\"wait\": true}");
    assert_int_equal(heard_count, 3);
    for (size_t i = 0; i < 3; i++) {
        json_t *event = json_loads(heard[i].body, 0, NULL);

        assert_string_equal(at(event, "type"), EVENTS[i]);
        assert_string_equal(at(event, "livemode"), "false");
        assert_int_equal(strncmp(at(event, "id"), "evt_", 4), 0);
        if (i == 2)
            assert_string_equal(at(event, "data.object.id"), id);
        assert_true(is_genuine(&heard[i]));
        json_decref(event);
    }
    assert_string_equal(at(call("GET", "/v1/events", NULL, NULL).json, "data.0.type"), "checkout.session.completed");
    behave(talloc_asprintf(mem, "{\"notifications\": {\"forge\": \"signature\"}, \"dispute\": \"%s\", \"wait\": true}",
                           id));
    assert_non_null(strstr(heard[3].body, "charge.dispute.created"));
    assert_false(is_genuine(&heard[3]));
    behave("{\"reset\": true, \"notifications\": {\"forge\": \"unknown\"}}");
    said = begin("H-2", NULL);
    pay_by_card(at(said.json, "url"), "4000000000000259");
    behave("{\"wait\": true}");
    assert_int_equal(heard_count, 6);
    assert_null(strstr(heard[5].body, at(said.json, "id")));
    assert_true(is_genuine(&heard[5]));
    behave(talloc_asprintf(mem, "{\"reset\": true, \"complete\": \"%s\", \"wait\": true}", at(said.json, "id")));
    assert_non_null(strstr(heard[heard_count - 1].body, "checkout.session.async_payment_succeeded"));
    assert_string_equal(at(read_session(at(said.json, "id")).json, "payment_status"), "paid");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(what_is_wrong_is_named),     TEST(keys_make_a_call_once),   TEST(cards_do_as_the_page_says),
        TEST(a_challenge_wants_its_code), TEST(saved_cards_are_charged), TEST(refunds_keep_to_the_balance),
        TEST(webhooks_are_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
