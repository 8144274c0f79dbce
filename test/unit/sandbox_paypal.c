/* The simulated PayPal, spoken to over HTTP as a shop and as a payer: the wire of PAYMENTS §4. */
#include "sandbox_kit.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <zlib.h>

#define ORDERS "/v2/checkout/orders"
#define SELLER                                                                                                         \
    "\"experience_context\":{\"return_url\":\"https://shop.example/pp/ok?o=1\",\"cancel_url\":\"https://shop.example/" \
    "pp/ko\",\"user_action\":\"PAY_NOW\",\"shipping_preference\":\"NO_SHIPPING\",\"locale\":\"it-IT\"}"
#define VAULT                                                                                                          \
    ",\"attributes\":{\"vault\":{\"store_in_vault\":\"ON_SUCCESS\",\"usage_type\":\"MERCHANT\",\"customer_type\":"     \
    "\"CONSUMER\"}}"

static const char *bearer;

static const char *get_token(void)
{
    const char *const headers[] = {client_basic(mem, "cliente", "segreto"), NULL};
    struct said said = say_as("POST", "/v1/oauth2/token", "application/x-www-form-urlencoded",
                              "grant_type=client_credentials", headers);

    assert_int_equal(said.status, 200);
    assert_string_equal(at(said.json, "token_type"), "Bearer");
    return talloc_asprintf(mem, "Authorization: Bearer %s", at(said.json, "access_token"));
}

static struct said call(const char *method, const char *path, const char *key, const char *body)
{
    const char *const headers[] = {bearer, "Prefer: return=representation",
                                   key ? talloc_asprintf(mem, "PayPal-Request-Id: %s", key) : NULL, NULL};

    return say_as(method, path, "application/json", body, headers);
}

static const char *order(const char *key, const char *source)
{
    return talloc_asprintf(
        mem,
        "{\"intent\":\"CAPTURE\",\"purchase_units\":[{\"reference_id\":\"R\",\"custom_id\":\"%s\",\"invoice_id\":\"%"
        "s\","
        "\"description\":\"Rinnovo\",\"amount\":{\"currency_code\":\"EUR\",\"value\":\"10.98\",\"breakdown\":{"
        "\"item_total\":{\"currency_code\":\"EUR\",\"value\":\"9.00\"},\"tax_total\":{\"currency_code\":\"EUR\","
        "\"value\":\"1.98\"}}},"
        "\"items\":[{\"name\":\"Rinnovo\",\"quantity\":\"1\",\"unit_amount\":{\"currency_code\":\"EUR\",\"value\":\"9."
        "00\"},"
        "\"tax\":{\"currency_code\":\"EUR\",\"value\":\"1.98\"}}]}],\"payment_source\":{\"paypal\":{%s}}}",
        key, key, source);
}

static const char *begin(const char *key, const char *source)
{
    struct said said = call("POST", ORDERS, talloc_asprintf(mem, "create-%s", key), order(key, source));

    if (said.status != 201)
        fail_msg("%s: %d %s", key, said.status, said.text);
    return at(said.json, "id");
}

static struct seen approve(const char *id, const char *source)
{
    struct seen seen = fill(talloc_asprintf(mem, "/checkoutnow?token=%s", id),
                            (const char *const[]){"act", "login", "email", "x@y.example", NULL});

    assert_int_equal(seen.status, 303);
    assert_int_equal(look(seen.location).status, 200);
    return fill(seen.location, (const char *const[]){"act", "pay", "source", source, NULL});
}

static struct said capture(const char *id)
{
    return call("POST", talloc_asprintf(mem, ORDERS "/%s/capture", id), talloc_asprintf(mem, "capture-%s", id), "{}");
}

static const char *issue(struct said said)
{
    return at(said.json, "details.0.issue");
}

static int start(void **state)
{
    (void)state;
    kit_start((struct sandbox_options){
        .what = SANDBOX_PAYPAL, .client_id = "cliente", .secret = "segreto", .webhook_id = "1JE4291016473214C"});
    bearer = get_token();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kit_stop();
    return 0;
}

/* ---- Access ---- */

static void access_is_asked_for_and_ends(void **state)
{
    const char *const wrong[] = {client_basic(mem, "cliente", "altro"), NULL}, *const right[] = {
                                                                                   client_basic(mem, "cliente",
                                                                                                "segreto"),
                                                                                   NULL};
    struct said said;

    (void)state;
    said =
        say_as("POST", "/v1/oauth2/token", "application/x-www-form-urlencoded", "grant_type=client_credentials", wrong);
    assert_int_equal(said.status, 401);
    assert_string_equal(at(said.json, "error"), "invalid_client");
    said = say_as("POST", "/v1/oauth2/token", "application/x-www-form-urlencoded", "grant_type=password", right);
    assert_int_equal(said.status, 400);
    assert_int_equal(call("GET", ORDERS "/X", NULL, NULL).status, 404);
    behave("{\"drop_access_tokens\": true}");
    said = call("GET", ORDERS "/X", NULL, NULL);
    assert_int_equal(said.status, 401);
    assert_string_equal(at(said.json, "error"), "invalid_token");
    behave("{\"token_seconds\": 0}");
    bearer = get_token();
    assert_int_equal(call("GET", ORDERS "/X", NULL, NULL).status, 401);
    bearer = "X-Nothing: 1";
    assert_int_equal(call("GET", ORDERS "/X", NULL, NULL).status, 401);
}

/* ---- Creating ---- */

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *from, *to; /* of a good order */
        int status;
        const char *issue;
    } CASES[] = {
        {"\"intent\":\"CAPTURE\",", "", 400, "MISSING_REQUIRED_PARAMETER"},
        {"\"CAPTURE\"", "\"PAY\"", 400, "INVALID_PARAMETER_VALUE"},
        {"\"value\":\"10.98\"", "\"value\":\"10.99\"", 422, "AMOUNT_MISMATCH"},
        {"\"value\":\"10.98\"", "\"value\":\"10.980\"", 422, "DECIMAL_PRECISION"},
        {"\"value\":\"10.98\"", "\"value\":\"0.00\"", 422, "CANNOT_BE_ZERO_OR_NEGATIVE"},
        {"\"value\":\"10.98\"", "\"value\":\"-1\"", 422, "CANNOT_BE_ZERO_OR_NEGATIVE"},
        {"\"value\":\"10.98\"", "\"value\":\"dieci\"", 400, "INVALID_PARAMETER_VALUE"},
        {"\"value\":\"10.98\"", "\"valore\":\"10.98\"", 400, "MISSING_REQUIRED_PARAMETER"},
        {"\"EUR\",\"value\":\"10.98\"", "\"USD\",\"value\":\"10.98\"", 422, "CURRENCY_MISMATCH"},
        {"\"EUR\",\"value\":\"10.98\"", "\"euro\",\"value\":\"10.98\"", 422, "INVALID_CURRENCY_CODE"},
        {"\"quantity\":\"1\"", "\"quantity\":\"2\"", 422, "ITEM_TOTAL_MISMATCH"},
        {"\"quantity\":\"1\"", "\"quantity\":\"0\"", 400, "INVALID_PARAMETER_VALUE"},
        {"\"tax\":{\"currency_code\":\"EUR\",\"value\":\"1.98\"}",
         "\"tax\":{\"currency_code\":\"EUR\",\"value\":\"1.97\"}", 422, "TAX_TOTAL_MISMATCH"},
        {"\"description\":\"Rinnovo\"", "\"soft_descriptor\":\"12345678901234567890123\"", 400,
         "INVALID_STRING_LENGTH"},
        {"\"PAY_NOW\"", "\"NOW\"", 400, "INVALID_PARAMETER_VALUE"},
        {"\"cancel_url\"", "\"cancel\"", 400, "MISSING_REQUIRED_PARAMETER"},
        {"https://shop.example/pp/ko", "shop.example", 400, "INVALID_PARAMETER_VALUE"},
        {"\"paypal\"", "\"card\"", 400, "INVALID_PARAMETER_VALUE"},
        {"{\"intent\"", "\"intent\"", 400, "MALFORMED_REQUEST_JSON"},
    };
    struct said said;

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        const char *good = order("W-1", SELLER), *place = strstr(good, CASES[i].from);
        const char *bad =
            talloc_asprintf(mem, "%.*s%s%s", (int)(place - good), good, CASES[i].to, place + strlen(CASES[i].from));

        said = call("POST", ORDERS, talloc_asprintf(mem, "wrong-%zu", i), bad);
        if (said.status != CASES[i].status || strcmp(issue(said), CASES[i].issue) != 0)
            fail_msg("%s: %d %s", CASES[i].to, said.status, said.text);
        assert_string_equal(at(said.json, "name"), said.status == 422 ? "UNPROCESSABLE_ENTITY" : "INVALID_REQUEST");
        assert_string_not_equal(at(said.json, "debug_id"), "(none)");
    }
    assert_string_equal(issue(call("POST", ORDERS, NULL, order("W-1", SELLER))), "PAYPAL_REQUEST_ID_REQUIRED");
    said = say_as("POST", ORDERS, "text/plain", "{}", (const char *const[]){bearer, NULL});
    assert_int_equal(said.status, 415);
    assert_int_equal(json_array_size(json_object_get(ledger(), "payments")), 0);
}

static void an_order_leads_to_its_page(void **state)
{
    struct said said, brief;
    const char *id;

    (void)state;
    said = call("POST", ORDERS, "k1", order("O-1", SELLER));
    assert_int_equal(said.status, 201);
    id = at(said.json, "id");
    assert_int_equal(strlen(id), 17);
    assert_string_equal(at(said.json, "status"), "PAYER_ACTION_REQUIRED");
    assert_string_equal(at(said.json, "links.0.rel"), "self");
    assert_string_equal(at(said.json, "links.1.rel"), "payer-action");
    assert_string_equal(at(said.json, "links.1.href"),
                        talloc_asprintf(mem, "%s/checkoutnow?token=%s", sandbox_origin(sandbox), id));
    assert_string_equal(at(said.json, "purchase_units.0.custom_id"), "O-1");
    brief = say_as("POST", ORDERS, "application/json", order("O-2", SELLER),
                   (const char *const[]){bearer, "PayPal-Request-Id: k2", NULL});
    assert_string_equal(at(brief.json, "purchase_units"), "(none)");
    assert_string_equal(at(brief.json, "status"), "PAYER_ACTION_REQUIRED");
    said = call("POST", ORDERS, "k1", order("O-1", SELLER));
    assert_int_equal(said.status, 200);
    assert_string_equal(at(said.json, "id"), id);
    said = call("POST", ORDERS, "k1", order("O-3", SELLER));
    assert_int_equal(said.status, 422);
    assert_string_equal(issue(said), "PAYPAL_REQUEST_ID_PREVIOUSLY_USED");
    assert_int_equal(json_array_size(json_object_get(ledger(), "payments")), 2);
    assert_int_equal(look(talloc_asprintf(mem, "/checkoutnow?token=%s", id)).status, 200);
    assert_int_equal(look("/checkoutnow?token=NESSUNO").status, 404);
}

/* ---- Paying ---- */

static void a_capture_takes_the_money_once(void **state)
{
    struct seen seen;
    struct said said;
    const char *id;

    (void)state;
    id = begin("C-1", SELLER);
    said = capture(id);
    assert_int_equal(said.status, 422);
    assert_string_equal(issue(said), "ORDER_NOT_APPROVED");
    seen = approve(id, "balance");
    assert_int_equal(seen.status, 303);
    assert_int_equal(
        strncmp(seen.location, talloc_asprintf(mem, "https://shop.example/pp/ok?o=1&token=%s&PayerID=", id), 55), 0);
    assert_string_equal(at(call("GET", talloc_asprintf(mem, ORDERS "/%s", id), NULL, NULL).json, "status"), "APPROVED");
    assert_string_equal(at(ledger(), "captured_cents"), "0");
    said = capture(id);
    assert_int_equal(said.status, 201);
    assert_string_equal(at(said.json, "status"), "COMPLETED");
    assert_string_equal(at(said.json, "purchase_units.0.payments.captures.0.status"), "COMPLETED");
    assert_string_equal(at(said.json, "purchase_units.0.payments.captures.0.amount.value"), "10.98");
    assert_string_equal(at(said.json, "purchase_units.0.payments.captures.0.custom_id"), "C-1");
    assert_string_equal(
        at(said.json, "purchase_units.0.payments.captures.0.seller_receivable_breakdown.paypal_fee.value"), "0.72");
    said = capture(id);
    assert_int_equal(said.status, 200); /* the same key: the same answer */
    said = call("POST", talloc_asprintf(mem, ORDERS "/%s/capture", id), "another-key", "{}");
    assert_string_equal(issue(said), "ORDER_ALREADY_CAPTURED");
    assert_string_equal(at(ledger(), "captured_cents"), "1098");
    assert_string_equal(at(ledger(), "payments.0.captures"), "1");
    said = call("POST", ORDERS, "create-again", order("C-1", SELLER));
    assert_string_equal(issue(said), "DUPLICATE_INVOICE_ID");
}

static void sources_do_as_the_page_says(void **state)
{
    struct said said;
    const char *id;

    (void)state;
    id = begin("S-1", SELLER);
    approve(id, "declined");
    said = capture(id);
    assert_string_equal(issue(said), "INSTRUMENT_DECLINED");
    assert_string_equal(at(said.json, "links.0.rel"), "redirect");
    approve(id, "card"); /* another one, on the same order */
    assert_string_equal(at(capture(id).json, "status"), "COMPLETED");
    id = begin("S-2", SELLER);
    approve(id, "review");
    said = capture(id);
    assert_string_equal(at(said.json, "purchase_units.0.payments.captures.0.status"), "PENDING");
    assert_string_equal(at(said.json, "purchase_units.0.payments.captures.0.status_details.reason"), "PENDING_REVIEW");
    assert_string_equal(at(ledger(), "captured_cents"), "1098");
    behave(talloc_asprintf(mem, "{\"complete\": \"%s\", \"wait\": true}", id));
    assert_string_equal(at(ledger(), "captured_cents"), "2196");
    id = begin("S-3", SELLER);
    assert_string_equal(
        fill(talloc_asprintf(mem, "/checkoutnow?token=%s", id), (const char *const[]){"act", "cancel", NULL}).location,
        talloc_asprintf(mem, "https://shop.example/pp/ko?token=%s", id));
    behave(talloc_asprintf(mem, "{\"expire\": \"%s\"}", id));
    assert_int_equal(call("GET", talloc_asprintf(mem, ORDERS "/%s", id), NULL, NULL).status, 404);
}

static void refunds_keep_to_the_balance(void **state)
{
    static const struct {
        const char *key, *body;
        int status;
        const char *says;
    } CASES[] = {
        {"r1", "{\"amount\":{\"currency_code\":\"EUR\",\"value\":\"10.99\"}}", 422, "REFUND_AMOUNT_EXCEEDED"},
        {"r2", "{\"amount\":{\"currency_code\":\"USD\",\"value\":\"1.00\"}}", 422, "REFUND_CAPTURE_CURRENCY_MISMATCH"},
        {"r3", "{\"amount\":{\"currency_code\":\"EUR\",\"value\":\"4.00\"},\"note_to_payer\":\"Recesso\"}", 201,
         "COMPLETED"},
        {"r3", "{\"amount\":{\"currency_code\":\"EUR\",\"value\":\"4.00\"},\"note_to_payer\":\"Recesso\"}", 200,
         "COMPLETED"},
        {"r3", "{\"amount\":{\"currency_code\":\"EUR\",\"value\":\"5.00\"}}", 422, "PAYPAL_REQUEST_ID_PREVIOUSLY_USED"},
        {"r4", "{\"amount\":{\"currency_code\":\"EUR\",\"value\":\"6.99\"}}", 422, "REFUND_AMOUNT_EXCEEDED"},
        {"r5", "{}", 201, "COMPLETED"},
        {"r6", "{}", 422, "CAPTURE_FULLY_REFUNDED"},
    };
    const char *id, *taken;
    struct said said = {0};

    (void)state;
    id = begin("R-1", SELLER);
    approve(id, "balance");
    taken = at(capture(id).json, "purchase_units.0.payments.captures.0.id");
    for (size_t i = 0; i < count_of(CASES); i++) {
        said =
            call("POST", talloc_asprintf(mem, "/v2/payments/captures/%s/refund", taken), CASES[i].key, CASES[i].body);
        if (said.status != CASES[i].status ||
            strcmp(said.status < 300 ? at(said.json, "status") : issue(said), CASES[i].says) != 0)
            fail_msg("%zu: %d %s", i, said.status, said.text);
    }
    assert_string_equal(at(ledger(), "refunded_cents"), "1098");
    assert_string_equal(
        at(call("GET", talloc_asprintf(mem, "/v2/payments/captures/%s", taken), NULL, NULL).json, "status"),
        "REFUNDED");
    assert_int_equal(call("POST", "/v2/payments/captures/NESSUNO/refund", "r9", "{}").status, 404);
}

static void saved_accounts_are_charged(void **state)
{
    static const struct {
        const char *tokens;
        int status;
        const char *says;
    } CASES[] = {{"as-saved", 201, "COMPLETED"},
                 {"needs-action", 422, "PAYER_ACTION_REQUIRED"},
                 {"insufficient-funds", 422, "INSTRUMENT_DECLINED"},
                 {"expired", 422, "AGREEMENT_ALREADY_CANCELLED"},
                 {"ok", 201, "COMPLETED"}};
    const char *id = begin("V-0", SELLER VAULT), *token, *source;
    struct said said;

    (void)state;
    approve(id, "balance");
    said = capture(id);
    token = at(said.json, "payment_source.paypal.attributes.vault.id");
    assert_string_equal(at(said.json, "payment_source.paypal.attributes.vault.status"), "VAULTED");
    assert_string_not_equal(at(said.json, "payment_source.paypal.attributes.vault.customer.id"), "(none)");
    source = talloc_asprintf(mem, "\"vault_id\":\"%s\"", token);
    for (size_t i = 0; i < count_of(CASES); i++) {
        const char *key = talloc_asprintf(mem, "V-%zu", i + 1);

        behave(talloc_asprintf(mem, "{\"tokens\": \"%s\"}", CASES[i].tokens));
        said = call("POST", ORDERS, key, order(key, source));
        if (said.status != CASES[i].status ||
            strcmp(said.status == 201 ? at(said.json, "status") : issue(said), CASES[i].says) != 0)
            fail_msg("%s: %d %s", CASES[i].tokens, said.status, said.text);
    }
    assert_string_equal(at(said.json, "purchase_units.0.payments.captures.0.status"), "COMPLETED");
    assert_string_equal(at(ledger(), "captured_cents"), "3294");
    assert_int_equal(call("GET", talloc_asprintf(mem, "/v3/vault/payment-tokens/%s", token), NULL, NULL).status, 200);
    assert_int_equal(call("DELETE", talloc_asprintf(mem, "/v3/vault/payment-tokens/%s", token), NULL, NULL).status,
                     204);
    assert_int_equal(call("GET", talloc_asprintf(mem, "/v3/vault/payment-tokens/%s", token), NULL, NULL).status, 404);
    assert_string_equal(issue(call("POST", ORDERS, "V-9", order("V-9", source))), "TOKEN_ID_NOT_FOUND");
}

/* ---- Webhooks ---- */

/* The signature and the certificate, as a shop checks them offline. */
static bool is_genuine(const struct heard *h)
{
    const char *message = talloc_asprintf(mem, "%s|%s|1JE4291016473214C|%lu", h->header[1], h->header[2],
                                          crc32(0, (const void *)h->body, (unsigned)strlen(h->body)));
    struct said pem = say_as("GET", h->header[4], NULL, NULL, NULL);
    BIO *bytes = BIO_new_mem_buf(pem.text, -1);
    X509 *certificate = PEM_read_bio_X509(bytes, NULL, NULL, NULL);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *chain = X509_STORE_CTX_new();
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    unsigned char signature[300];
    int length = EVP_DecodeBlock(signature, (const void *)h->header[3], (int)strlen(h->header[3]));
    bool genuine;

    assert_int_equal(pem.status, 200);
    assert_int_equal(X509_STORE_load_locations(store, sandbox_ca_file(sandbox), NULL), 1);
    assert_int_equal(X509_STORE_CTX_init(chain, store, certificate, NULL), 1);
    assert_int_equal(X509_verify_cert(chain), 1);
    assert_int_equal(length, 258);
    genuine = EVP_DigestVerifyInit(digest, NULL, EVP_sha256(), NULL, X509_get0_pubkey(certificate)) == 1 &&
              EVP_DigestVerify(digest, signature, 256, (const void *)message, strlen(message)) == 1;
    EVP_MD_CTX_free(digest);
    X509_STORE_CTX_free(chain);
    X509_STORE_free(store);
    X509_free(certificate);
    BIO_free(bytes);
    return genuine;
}

static const char *verification(const struct heard *h, const char *event)
{
    return at(
        call("POST", "/v1/notifications/verify-webhook-signature", NULL,
             talloc_asprintf(mem,
                             "{\"auth_algo\":\"SHA256withRSA\",\"cert_url\":\"%s\",\"transmission_id\":\"%s\","
                             "\"transmission_sig\":\"%s\","
                             "\"transmission_time\":\"%s\",\"webhook_id\":\"1JE4291016473214C\",\"webhook_event\":%s}",
                             h->header[4], h->header[1], h->header[3], h->header[2], event))
            .json,
        "verification_status");
}

static void webhooks_are_signed(void **state)
{
    static const char *const EVENTS[] = {"CHECKOUT.ORDER.APPROVED", "VAULT.PAYMENT-TOKEN.CREATED",
                                         "PAYMENT.CAPTURE.COMPLETED"};
    const char *id = begin("H-1", SELLER VAULT);

    (void)state;
    approve(id, "balance");
    capture(id);
    behave("{\"wait\": true}");
    assert_int_equal(heard_count, 3);
    for (size_t i = 0; i < 3; i++) {
        json_t *event = json_loads(heard[i].body, 0, NULL);

        assert_string_equal(at(event, "event_type"), EVENTS[i]);
        assert_int_equal(strncmp(at(event, "id"), "WH-", 3), 0);
        assert_true(is_genuine(&heard[i]));
        if (i == 2) {
            assert_string_equal(at(event, "resource.supplementary_data.related_ids.order_id"), id);
            assert_string_equal(at(event, "resource.custom_id"), "H-1");
        }
        json_decref(event);
    }
    assert_string_equal(verification(&heard[2], heard[2].body), "SUCCESS");
    assert_string_equal(verification(&heard[2], heard[1].body), "FAILURE");
    assert_int_equal(call("POST", "/v1/notifications/verify-webhook-signature", NULL, "{}").status, 400);
    behave(talloc_asprintf(mem, "{\"notifications\": {\"forge\": \"signature\"}, \"dispute\": \"%s\", \"wait\": true}",
                           id));
    assert_int_equal(heard_count, 4);
    assert_non_null(strstr(heard[3].body, "PAYMENT.CAPTURE.REVERSED"));
    assert_false(is_genuine(&heard[3]));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(access_is_asked_for_and_ends),   TEST(what_is_wrong_is_named),      TEST(an_order_leads_to_its_page),
        TEST(a_capture_takes_the_money_once), TEST(sources_do_as_the_page_says), TEST(refunds_keep_to_the_balance),
        TEST(saved_accounts_are_charged),     TEST(webhooks_are_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
