/* What providers send: taken when it is theirs, refused when a single byte differs. With a body that PayPal really
 * signed and Stripe's own vectors, from the shared data, and with forgeries made here. */
#include "gateway_desk.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

/* ---- Shared data ---- */

static char *read_shared(void *mem, const char *name)
{
    const char *source = getenv("CASELLA_SOURCE");
    char *path = talloc_asprintf(mem, "%s/../shared/data/webhooks/%s", source ? source : ".", name), *bytes;
    FILE *file = fopen(path, "rb");
    size_t length;

    if (!file)
        return NULL;
    bytes = talloc_zero_array(mem, char, 65536);
    length = fread(bytes, 1, 65535, file);
    fclose(file);
    bytes[length] = '\0';
    return bytes;
}

#define NEED(text)                                                                                                     \
    do {                                                                                                               \
        if (!(text)) {                                                                                                 \
            print_message("shared/data/webhooks is not here\n");                                                       \
            skip();                                                                                                    \
        }                                                                                                              \
    } while (0)

/* ---- A notice ---- */

enum { HEADERS = 5 };
static const char *const NAMES[HEADERS] = {"PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME",
                                           "PAYPAL-TRANSMISSION-SIG", "PAYPAL-CERT-URL", "PAYPAL-AUTH-ALGO"};

struct letter {
    const char *paypal[HEADERS], *stripe;
    const char *body;
    size_t length;
    struct instant at;
};

static const char *header_of(void *arg, const char *name)
{
    struct letter *letter = arg;

    for (size_t i = 0; i < HEADERS; i++)
        if (strcmp(name, NAMES[i]) == 0)
            return letter->paypal[i];
    return strcmp(name, "Stripe-Signature") == 0 ? letter->stripe : NULL;
}

static enum outcome hear(struct desk *d, struct letter *letter, struct gateway_heard *heard)
{
    struct gateway_notice notice = {.query = "",
                                    .header = header_of,
                                    .header_arg = letter,
                                    .body = letter->body,
                                    .length = letter->length,
                                    .at = letter->at};
    enum outcome o = d->gateway.hear(d->gateway.arg, d, &notice, heard, &d->why);

    assert_true(o == DONE || !heard->verified);
    return o;
}

static struct instant at(const char *text)
{
    struct instant i;

    assert_int_equal(instant_parse(text, strlen(text), &i), DONE);
    return i;
}

static int set_up(void **state)
{
    *state = desk_open();
    return 0;
}

static void be_paypal(struct desk *d, const char *webhook_id, const char *ca_file)
{
    struct paypal_config config = {.url = d->answerer->url,
                                   .client_id = "me",
                                   .secret = "s3",
                                   .webhook_id = webhook_id,
                                   .brand_name = "x",
                                   .ca_file = ca_file};

    assert_int_equal(paypal_gateway(d, d->client, &config, &d->gateway), DONE);
}

/* ---- PayPal, as it really was ---- */

static struct letter real_letter(struct desk *d)
{
    char *text = read_shared(d, "paypal/vectors.json");
    json_t *vectors = json_loads(text ? text : "", 0, NULL), *headers;
    struct letter letter = {.at = at("2015-05-18T15:46:00Z"),
                            .body = read_shared(d, "paypal/python-sdk-sale-completed.body.json")};

    NEED(vectors && letter.body);
    letter.length = strlen(letter.body);
    headers = json_object_get(json_array_get(vectors, 0), "headers");
    for (size_t i = 0; i < HEADERS; i++)
        letter.paypal[i] = talloc_strdup(d, json_string_value(json_object_get(headers, NAMES[i])));
    /* the same certificate, on a server that a test can reach */
    letter.paypal[3] = talloc_asprintf(d, "%s/v1/notifications/certs/CERT-360caa42", d->answerer->url);
    json_decref(vectors);
    return letter;
}

#define REAL_WEBHOOK "4JH86294D6297924G"
#define REAL_PEM     "paypal/CERT-360caa42-fca2a594-a5cafa77.pem"

static char *real_ca_file(struct desk *d)
{
    return talloc_asprintf(d, "%s/../shared/data/webhooks/" REAL_PEM, getenv("CASELLA_SOURCE"));
}

static void hears_what_paypal_signed(void **state)
{
    struct desk *d = *state;
    struct letter letter = real_letter(d);
    struct gateway_heard heard;

    be_paypal(d, REAL_WEBHOOK, real_ca_file(d));
    then(d, 200, read_shared(d, REAL_PEM));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hear(d, &letter, &heard), DONE);
        assert_true(heard.verified);
        assert_string_equal(heard.event_id, "WH-0G2756385H040842W-5Y612302CV158622M");
        assert_non_null(strstr(heard.covered, "PAYPAL-AUTH-ALGO: SHA256withRSA\n"));
    }
    assert_int_equal(d->answerer->heard_count, 1); /* the certificate is kept */
    assert_string_equal(d->answerer->heard[0].line, "GET /v1/notifications/certs/CERT-360caa42");
    assert_header(d, 0, "Authorization", NULL);
}

static void refuses_every_change(void **state)
{
    struct desk *d = *state;
    struct letter letter = real_letter(d), changed;
    struct gateway_heard heard;

    be_paypal(d, REAL_WEBHOOK, real_ca_file(d));
    then(d, 200, read_shared(d, REAL_PEM));
    assert_int_equal(hear(d, &letter, &heard), DONE);
    for (size_t i = 0; i < letter.length; i++) {
        char *body = talloc_strndup(d, letter.body, letter.length);

        body[i] ^= 1;
        changed = letter;
        changed.body = body;
        assert_int_equal(hear(d, &changed, &heard), REFUSED);
        talloc_free(body);
    }
    for (size_t h = 0; h < HEADERS; h++) {
        for (size_t i = 0; h != 3 && i < strlen(letter.paypal[h]); i++) {
            char *value = talloc_strdup(d, letter.paypal[h]);

            value[i] ^= 1;
            changed = letter;
            changed.paypal[h] = value;
            assert_int_equal(hear(d, &changed, &heard), REFUSED);
            talloc_free(value);
        }
        changed = letter;
        changed.paypal[h] = NULL;
        assert_int_equal(hear(d, &changed, &heard), REFUSED);
    }
    changed = letter;
    changed.length--;
    assert_int_equal(hear(d, &changed, &heard), REFUSED);
    assert_int_equal(d->answerer->heard_count, 1);
}

static void refuses_another_time_and_place(void **state)
{
    struct desk *d = *state;
    struct letter letter = real_letter(d), late = letter;
    struct gateway_heard heard;

    then(d, 200, read_shared(d, REAL_PEM));
    then(d, 200, read_shared(d, REAL_PEM));
    be_paypal(d, REAL_WEBHOOK, real_ca_file(d));
    late.at = at("2026-01-01T00:00:00Z"); /* the certificate has expired */
    assert_int_equal(hear(d, &late, &heard), REFUSED);
    be_paypal(d, "4JH86294D6297924H", real_ca_file(d)); /* somebody else's webhook */
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
}

static void goes_only_to_paypal_for_certificates(void **state)
{
    static const char *const BAD[] = {
        "https://paypal.com.example/c",
        "http://api.paypal.com/c",
        "https://evilpaypal.com/c",
        "https://paypal.com@127.0.0.1/c",
        "https://api.paypal.com:444/c",
        "https://127.0.0.1/paypal.com",
        "http://127.0.0.1:1/c",
        "http://localhost/c",
        "file:///etc/ssl/cert.pem",
        "https://paypal.com.",
        "//paypal.com/c",
        "https://example/?.paypal.com",
        "https://example/#.paypal.com",
        "https://paypal.com\\.example/",
    };
    struct desk *d = *state;
    struct letter letter = {.paypal = {"id", "time", "c2ln", NULL, "SHA256withRSA"}, .body = "{}", .length = 2};
    struct gateway_heard heard;

    be_paypal(d, "WH", NULL);
    for (size_t i = 0; i < count_of(BAD); i++) {
        print_message("%s\n", BAD[i]);
        letter.paypal[3] = BAD[i];
        assert_int_equal(hear(d, &letter, &heard), REFUSED);
        assert_string_equal(d->why.detail, "PAYPAL-CERT-URL");
    }
    assert_int_equal(d->answerer->heard_count, 0);
}

/* ---- PayPal, asked whether it was PayPal ---- */

#define TOKEN                                                                                                          \
    {                                                                                                                  \
        .answer = "{\"access_token\":\"A21\",\"expires_in\":32400}"                                                    \
    }

static void asks_where_it_cannot_check(void **state)
{
    static const struct {
        const char *name;
        struct step certificate, verdict;
        enum outcome outcome;
    } CASES[] = {
        {"no certificate, right", {.status = 404}, {.answer = "{\"verification_status\":\"SUCCESS\"}"}, DONE},
        {"no certificate, wrong", {.status = 404}, {.answer = "{\"verification_status\":\"FAILURE\"}"}, REFUSED},
        {"hanging certificate", {.how = HANG}, {.answer = "{\"verification_status\":\"SUCCESS\"}"}, DONE},
        {"no verdict", {.status = 500}, {.answer = "{\"verification_status\":\"success\"}"}, BUSY},
        {"no answer", {.status = 500}, {.how = CLOSE}, BUSY},
        {"bad request", {.status = 500}, {.status = 400, .answer = "{\"name\":\"VALIDATION_ERROR\"}"}, BUSY},
    };
    /* spacing, order and escapes must arrive as they are */
    static const char BODY[] =
        "{\"id\":\"WH-1\" ,\n \"event_type\":\"PAYMENT.CAPTURE.COMPLETED\",\"resource\":{\"custom_id\":"
        "\"RLM95055-1\",\"x\":1.10,\"y\":\"\\u00e8\\/\",\"supplementary_data\":{\"related_ids\":{"
        "\"order_id\":\"5O1\"}}}}";
    struct desk *d = *state;

    be_paypal(d, "WH", NULL);
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct letter letter = {
            .paypal = {"id", "time", "c2ln", talloc_asprintf(d, "%s/c%zu", d->answerer->url, i), "SHA256withRSA"},
            .body = BODY,
            .length = strlen(BODY)};
        struct gateway_heard heard;
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        answerer_then(d->answerer, CASES[i].certificate);
        if (i == 0)
            answerer_then(d->answerer, (struct step)TOKEN);
        answerer_then(d->answerer, CASES[i].verdict);
        assert_int_equal(hear(d, &letter, &heard), CASES[i].outcome);
        assert_int_equal(d->answerer->heard_count, before + (i == 0 ? 3 : 2));
        assert_string_equal(d->answerer->heard[d->answerer->heard_count - 1].line,
                            "POST /v1/notifications/verify-webhook-signature");
        assert_string_equal(
            d->answerer->heard[d->answerer->heard_count - 1].body,
            talloc_asprintf(d,
                            "{\"auth_algo\":\"SHA256withRSA\",\"cert_url\":\"%s/c%zu\",\"transmission_id\":\"id\","
                            "\"transmission_sig\":\"c2ln\",\"transmission_time\":\"time\",\"webhook_id\":\"WH\","
                            "\"webhook_event\":%s}",
                            d->answerer->url, i, BODY));
        if (CASES[i].outcome == DONE) {
            assert_true(heard.verified);
            assert_string_equal(heard.event_id, "WH-1");
            assert_string_equal(heard.key, "RLM95055-1");
            assert_string_equal(heard.ref, "5O1");
        }
    }
}

/* Its issuer is not among the system's: only PayPal can tell. */
static void asks_about_unknown_issuers(void **state)
{
    struct desk *d = *state;
    struct letter letter = real_letter(d);
    struct gateway_heard heard;
    const struct step steps[] = {
        {.answer = read_shared(d, REAL_PEM)}, TOKEN, {.answer = "{\"verification_status\":\"FAILURE\"}"}};

    be_paypal(d, REAL_WEBHOOK, NULL);
    script(d, steps, count_of(steps));
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
    assert_int_equal(d->answerer->heard_count, 3);
}

/* ---- PayPal, forged ---- */

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);

    assert_non_null(key);
    return key;
}

static X509 *make_certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *x = X509_new();
    X509_NAME *subject = X509_get_subject_name(x);

    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : subject);
    if (!issuer) {
        X509_EXTENSION *ca = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

        X509_add_ext(x, ca, -1);
        X509_EXTENSION_free(ca);
    }
    assert_true(X509_sign(x, issuer_key, EVP_sha256()) > 0);
    return x;
}

static char *pem_of(void *mem, X509 *x)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes, *copy;
    long length;

    PEM_write_bio_X509(bio, x);
    length = BIO_get_mem_data(bio, &bytes);
    copy = talloc_strndup(mem, bytes, (size_t)length);
    BIO_free(bio);
    return copy;
}

static char *sign(void *mem, EVP_PKEY *key, const char *message)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char bytes[256], text[400];
    size_t length = sizeof bytes;

    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, bytes, &length, (const unsigned char *)message, strlen(message)), 1);
    EVP_MD_CTX_free(context);
    EVP_EncodeBlock(text, bytes, (int)length);
    return talloc_strdup(mem, (char *)text);
}

/* The message that PAYMENTS §4.6 works out. */
#define WORKED_BODY    "{\"id\":\"WH-1\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\"}"
#define WORKED_ID      "69cd13f0-d67a-11e5-baa3-778b53f4ae55"
#define WORKED_TIME    "2026-01-01T00:00:00Z"
#define WORKED_WEBHOOK "1JE4291016473214C"
#define WORKED_MESSAGE WORKED_ID "|" WORKED_TIME "|" WORKED_WEBHOOK "|2325436976"

static void trusts_our_authority_alone(void **state)
{
    struct desk *d = *state;
    EVP_PKEY *ca_key = make_key(), *key = make_key();
    X509 *ca = make_certificate("Authority", ca_key, NULL, ca_key);
    X509 *good = make_certificate("messages", key, ca, ca_key), *alone = make_certificate("messages", key, NULL, key);
    char file[] = "/tmp/casella-ca-XXXXXX";
    int handle = mkstemp(file);
    const char *pem = pem_of(d, ca);
    struct letter letter = {.paypal = {WORKED_ID, WORKED_TIME, sign(d, key, WORKED_MESSAGE),
                                       talloc_asprintf(d, "%s/1", d->answerer->url), "SHA256withRSA"},
                            .body = WORKED_BODY,
                            .length = strlen(WORKED_BODY),
                            .at = clock_now()};
    struct gateway_heard heard;

    assert_int_equal(write(handle, pem, strlen(pem)), (ssize_t)strlen(pem));
    close(handle);
    be_paypal(d, WORKED_WEBHOOK, file);
    then(d, 200, pem_of(d, good));
    assert_int_equal(hear(d, &letter, &heard), DONE);
    assert_true(heard.verified);
    then(d, 200, pem_of(d, alone)); /* the same key, vouched for by itself */
    letter.paypal[3] = talloc_asprintf(d, "%s/2", d->answerer->url);
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
    then(d, 200, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    letter.paypal[3] = talloc_asprintf(d, "%s/3", d->answerer->url);
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
    letter.paypal[3] = talloc_asprintf(d, "%s/1", d->answerer->url);
    letter.paypal[2] = sign(d, ca_key, WORKED_MESSAGE); /* another key's signature */
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
    unlink(file);
    X509_free(ca), X509_free(good), X509_free(alone);
    EVP_PKEY_free(ca_key), EVP_PKEY_free(key);
}

static void takes_hints_without_a_webhook(void **state)
{
    struct desk *d = *state;
    struct letter letter = {.body =
                                "{\"id\":\"WH-1\",\"resource_type\":\"checkout-order\",\"resource\":{\"id\":\"5O1\"}}"};
    struct gateway_heard heard;

    letter.length = strlen(letter.body);
    be_paypal(d, NULL, NULL);
    assert_int_equal(hear(d, &letter, &heard), DONE);
    assert_false(heard.verified);
    assert_string_equal(heard.ref, "5O1");
    letter.body = "[]";
    letter.length = 2;
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
    letter.length = 0;
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
}

/* ---- Stripe ---- */

static void checks_stripes_vectors(void **state)
{
    struct desk *d = *state;
    char *text = read_shared(d, "stripe/vectors.json"), *event = read_shared(d, "stripe/event_test_signature.json");
    json_t *vectors = json_loads(text ? text : "", 0, NULL), *one;
    size_t i;

    NEED(vectors && event);
    json_array_foreach(json_object_get(vectors, "cases"), i, one)
    {
        json_t *suffix = json_object_get(one, "body_suffix");
        char *body = talloc_asprintf(d, "%s%s", event, suffix ? json_string_value(suffix) : "");
        struct instant now = {SECONDS(json_integer_value(json_object_get(one, "now")))};
        bool accept = strcmp(json_string_value(json_object_get(one, "expect")), "accept") == 0;

        print_message("%s\n", json_string_value(json_object_get(one, "note")));
        assert_int_equal(stripe_signature_check(json_string_value(json_object_get(one, "header")), body, strlen(body),
                                                json_string_value(json_object_get(vectors, "secret")), now, &d->why),
                         accept ? DONE : REFUSED);
    }
    assert_true(i >= 11);
    json_decref(vectors);
}

#define STRIPE_BODY "{\"id\":\"evt_1\",\"type\":\"checkout.session.completed\"}"
#define STRIPE_V1   "15cb038dde33dbf631159a8a3226f345c540a7ba0350704f4e95f9462346670c"

static enum outcome check(const char *header, const char *body, const char *secret, int64_t now)
{
    struct problem why;

    return stripe_signature_check(header, body, strlen(body), secret, (struct instant){SECONDS(now)}, &why);
}

static void checks_stripes_signature(void **state)
{
    static const char GOOD[] = "t=1767225600,v1=" STRIPE_V1;
    char body[] = STRIPE_BODY, header[] = "t=1767225600,v1=" STRIPE_V1;

    (void)state;
    assert_int_equal(check(GOOD, STRIPE_BODY, "whsec_test_secret", 1767225600), DONE);
    assert_int_equal(check(GOOD, STRIPE_BODY, "whsec_test_secret", 1767225900), DONE);
    assert_int_equal(check(GOOD, STRIPE_BODY, "whsec_test_secret", 1767225901), REFUSED);
    assert_int_equal(check(GOOD, STRIPE_BODY, "whsec_test_secret", 1767225299), REFUSED);
    assert_int_equal(check(GOOD, STRIPE_BODY, "test_secret", 1767225600), REFUSED);
    assert_int_equal(check(GOOD, STRIPE_BODY, "", 1767225600), REFUSED);
    assert_int_equal(check("v1=" STRIPE_V1, STRIPE_BODY, "whsec_test_secret", 1767225600), REFUSED);
    assert_int_equal(check("t=1767225600", STRIPE_BODY, "whsec_test_secret", 1767225600), REFUSED);
    assert_int_equal(check("t=1767225600,v0=" STRIPE_V1, STRIPE_BODY, "whsec_test_secret", 1767225600), REFUSED);
    assert_int_equal(check("t=1767225600,v1=00,v1=" STRIPE_V1, STRIPE_BODY, "whsec_test_secret", 1767225600), DONE);
    assert_int_equal(check("v1=" STRIPE_V1 ",x,t=1767225600", STRIPE_BODY, "whsec_test_secret", 1767225600), DONE);
    assert_int_equal(check("t=1,t=1767225600,v1=" STRIPE_V1, STRIPE_BODY, "whsec_test_secret", 1767225600), REFUSED);
    assert_int_equal(check("t=99999999999999999999,v1=" STRIPE_V1, STRIPE_BODY, "whsec_test_secret", 1767225600),
                     REFUSED);
    for (size_t i = 0; i < strlen(body); i++) {
        body[i] ^= 1;
        assert_int_equal(check(GOOD, body, "whsec_test_secret", 1767225600), REFUSED);
        body[i] ^= 1;
    }
    for (size_t i = 2; i < strlen(header); i++) {
        header[i] ^= 1;
        assert_int_equal(check(header, STRIPE_BODY, "whsec_test_secret", 1767225600), REFUSED);
        header[i] ^= 1;
    }
}

static void hears_stripe(void **state)
{
    struct desk *d = *state;
    struct stripe_config config = {talloc_asprintf(d, "%s/v1/", d->answerer->url), "sk_test_1", "whsec_test_secret"};
    struct letter letter = {.stripe = "t=1767225600,v1=" STRIPE_V1,
                            .body = STRIPE_BODY,
                            .length = strlen(STRIPE_BODY),
                            .at = {SECONDS(1767225601)}};
    struct gateway_heard heard;

    assert_int_equal(stripe_gateway(d, d->client, &config, &d->gateway), DONE);
    assert_int_equal(hear(d, &letter, &heard), DONE);
    assert_true(heard.verified);
    assert_string_equal(heard.event_id, "evt_1");
    assert_string_equal(heard.covered, "Stripe-Signature: t=1767225600,v1=" STRIPE_V1 "\n");
    letter.stripe = NULL;
    assert_int_equal(hear(d, &letter, &heard), REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hears_what_paypal_signed, set_up, desk_close),
        cmocka_unit_test_setup_teardown(refuses_every_change, set_up, desk_close),
        cmocka_unit_test_setup_teardown(refuses_another_time_and_place, set_up, desk_close),
        cmocka_unit_test_setup_teardown(goes_only_to_paypal_for_certificates, set_up, desk_close),
        cmocka_unit_test_setup_teardown(asks_where_it_cannot_check, set_up, desk_close),
        cmocka_unit_test_setup_teardown(asks_about_unknown_issuers, set_up, desk_close),
        cmocka_unit_test_setup_teardown(trusts_our_authority_alone, set_up, desk_close),
        cmocka_unit_test_setup_teardown(takes_hints_without_a_webhook, set_up, desk_close),
        cmocka_unit_test_setup_teardown(checks_stripes_vectors, set_up, desk_close),
        cmocka_unit_test_setup_teardown(checks_stripes_signature, set_up, desk_close),
        cmocka_unit_test_setup_teardown(hears_stripe, set_up, desk_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
