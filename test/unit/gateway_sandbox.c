/* The clients and the sandboxes, written apart, speak the same: each payment goes through a hosted page, is taken,
 * given back in part, and charged again with nobody present. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answerer.h"
#include "base/log.h"
#include "link/gateways.h"
#include "sandbox/sandbox.h"
#include <string.h>
#include <talloc.h>

struct table {
    struct client *client;
    struct sandbox *sandbox;
    struct gateway gateway;
    struct problem why;
    struct answerer *shop; /* where notifications go */
};

static struct gateway_ask ask_for(const char *key)
{
    return (struct gateway_ask){.key = key,
                                .order = "RLM95055",
                                .description = "Rinnovo PEC 1 anno",
                                .net = {900},
                                .vat = {198},
                                .gross = {1098},
                                .language = "it",
                                .buyer_name = "Mario Rossi",
                                .buyer_email = "mario@example.it",
                                .return_url = "http://127.0.0.1:1/ok",
                                .cancel_url = "http://127.0.0.1:1/ko",
                                .notify_url = "http://127.0.0.1:1/hook",
                                .remember = true};
}

static struct table *lay(void **state, struct sandbox_options options)
{
    struct table *t = talloc_zero(NULL, struct table);

    log_setup(LOG_ERROR + 1, false);
    options.listen = "127.0.0.1:0";
    options.simulated = true;
    assert_int_equal(client_open(t, &(struct client_options){.timeout_ms = 5000}, &t->client, &t->why), DONE);
    assert_int_equal(sandbox_start(t, &options, &t->sandbox, &t->why), DONE);
    t->shop = answerer_start();
    for (int i = 0; i < ANSWERER_MOST; i++)
        answerer_then(t->shop, (struct step){0});
    *state = t;
    return t;
}

static int clear(void **state)
{
    struct table *t = *state;

    sandbox_stop(t->sandbox);
    answerer_stop(t->shop);
    talloc_free(t);
    return 0;
}

static int lay_axerve(void **state)
{
    struct table *t =
        lay(state, (struct sandbox_options){.what = SANDBOX_AXERVE, .shop_login = "GESPAY1", .api_key = "K3Y"});
    struct axerve_config config = {sandbox_url(t->sandbox), "GESPAY1", "K3Y"};

    assert_int_equal(axerve_gateway(t, t->client, &config, &t->gateway), DONE);
    return 0;
}

static int lay_paypal(void **state)
{
    struct table *t = lay(
        state, (struct sandbox_options){.what = SANDBOX_PAYPAL, .client_id = "me", .secret = "s3", .webhook_id = "WH"});
    struct paypal_config config = {sandbox_url(t->sandbox), "me", "s3", "WH", "Esempio", sandbox_ca_file(t->sandbox)};

    assert_int_equal(paypal_gateway(t, t->client, &config, &t->gateway), DONE);
    return 0;
}

static int lay_stripe(void **state)
{
    struct table *t =
        lay(state,
            (struct sandbox_options){.what = SANDBOX_STRIPE, .secret_key = "sk_test_1", .webhook_secret = "whsec_1"});
    struct stripe_config config = {sandbox_url(t->sandbox), "sk_test_1", "whsec_1"};

    assert_int_equal(stripe_gateway(t, t->client, &config, &t->gateway), DONE);
    return 0;
}

/* As the payer's browser sends a form; the status of the answer. */
static int submit(struct table *t, const char *url, const char *const *pairs)
{
    const char *body = client_form(t, pairs);
    struct client_request request = {.method = "POST",
                                     .url = url,
                                     .body = body,
                                     .length = strlen(body),
                                     .content_type = "application/x-www-form-urlencoded"};
    struct client_answer answer;

    assert_int_equal(client_call(t->client, t, &request, &answer, &t->why), DONE);
    return answer.status;
}

static void behave(struct table *t, const char *json)
{
    struct client_request request = {.method = "POST",
                                     .url = talloc_asprintf(t, "%s/sandbox/behaviour", sandbox_origin(t->sandbox)),
                                     .body = json,
                                     .length = strlen(json)};
    struct client_answer answer;

    assert_int_equal(client_call(t->client, t, &request, &answer, &t->why), DONE);
    assert_int_equal(answer.status, 200);
}

static void lose_answer(struct table *t, const char *path)
{
    behave(t, talloc_asprintf(t,
                              "{\"fail\": [{\"path\": \"%s\", \"method\": \"POST\", \"times\": 1, \"when\": \"after\", "
                              "\"how\": \"hang-up\"}]}",
                              path));
}

/* ---- The payer's side ---- */

static void pay_by_card(struct table *t, const char *url, const char *number)
{
    const char *const pairs[] = {"number",      number,  "expiry",           "12/39", "cvv", "123", "name",
                                 "Mario Rossi", "email", "mario@example.it", NULL};

    assert_int_equal(submit(t, url, pairs), 303);
}

static void approve(struct table *t, const char *ref, const char *source)
{
    const char *const pairs[] = {"source", source, NULL};

    assert_int_equal(
        submit(t, talloc_asprintf(t, "%s/checkoutnow/review?token=%s", sandbox_origin(t->sandbox), ref), pairs), 303);
}

static void pay(struct table *t, const struct gateway_begun *begun, bool later)
{
    if (strcmp(t->gateway.provider, "paypal") == 0)
        approve(t, begun->ref, later ? "later" : "balance");
    else
        pay_by_card(t, begun->redirect_url, later ? "4000002500003155" : "4242424242424242");
}

/* ---- The shop's side ---- */

static struct gateway_said status_of(struct table *t, const struct gateway_ref *ref)
{
    struct gateway_said said = {0};

    assert_int_equal(t->gateway.status(t->gateway.arg, t, ref, &said, &t->why), DONE);
    return said;
}

static struct gateway_said captured(struct table *t, const char *key, bool later)
{
    struct gateway_ask ask = ask_for(key);
    struct gateway_begun begun = {0};
    struct gateway_ref ref = {.key = key, .amount = ask.gross, .created_at = clock_now()};
    struct gateway_said said;

    assert_int_equal(t->gateway.begin(t->gateway.arg, t, &ask, &begun, &t->why), DONE);
    ref.ref = begun.ref;
    assert_int_equal(status_of(t, &ref).state, PAYMENT_NEW);
    pay(t, &begun, later);
    said = status_of(t, &ref);
    if (said.state == PAYMENT_AUTHORISED)
        assert_int_equal(t->gateway.capture(t->gateway.arg, t, &ref, &said, &t->why), DONE);
    assert_int_equal(said.state, PAYMENT_CAPTURED);
    assert_string_equal(said.key, key);
    assert_string_equal(said.currency, "EUR");
    assert_int_equal(said.amount.cents, 1098);
    assert_true(said.authorised_at.us > clock_now().us - MINUTES(1));
    assert_true(said.has_instrument);
    return said;
}

static void goes_through(void **state)
{
    struct table *t = *state;
    struct gateway_said first = captured(t, "RLM95055-1", false), said = {0};
    struct gateway_ask ask = ask_for("RLM95056-1");
    struct gateway_refund refund = {
        .key = "R7",
        .payment = {.key = "RLM95055-1", .ref = first.ref, .capture_ref = first.capture_ref, .amount = {1098}},
        .amount = {500},
        .captured = {1098},
        .reason = "recesso"};
    struct gateway_refunded refunded;

    for (int twice = 0; twice < 2; twice++) { /* it has no second effect */
        assert_int_equal(t->gateway.refund(t->gateway.arg, t, &refund, &refunded, &t->why), DONE);
        assert_false(refunded.pending);
        said = status_of(t, &refund.payment);
        assert_int_equal(said.state, PAYMENT_PART_REFUNDED);
        assert_int_equal(said.refunded.cents, 500);
    }
    refund.key = "R8";
    refund.refunded_before = money(500);
    refund.amount = money(598);
    assert_int_equal(t->gateway.refund(t->gateway.arg, t, &refund, &refunded, &t->why), DONE);
    assert_int_equal(status_of(t, &refund.payment).state, PAYMENT_REFUNDED);

    for (int twice = 0; twice < 2; twice++) {
        assert_int_equal(t->gateway.charge(t->gateway.arg, t, &ask, &first.instrument, &said, &t->why), DONE);
        assert_int_equal(said.state, PAYMENT_CAPTURED);
        assert_string_equal(said.key, "RLM95056-1");
        assert_int_equal(said.amount.cents, 1098);
    }
}

static void charges_may_need_the_payer(void **state)
{
    struct table *t = *state;
    struct gateway_said first = captured(t, "RLM95055-1", true), said = {0};
    struct gateway_ask ask = ask_for("RLM95056-1");

    assert_int_equal(t->gateway.charge(t->gateway.arg, t, &ask, &first.instrument, &said, &t->why), DONE);
    assert_int_equal(said.state, PAYMENT_NEEDS_ACTION);
    behave(t, "{\"tokens\": \"insufficient-funds\"}");
    ask.key = "RLM95056-2";
    assert_int_equal(t->gateway.charge(t->gateway.arg, t, &ask, &first.instrument, &said, &t->why), DONE);
    assert_int_equal(said.state, PAYMENT_FAILED);
}

/* An answer is lost after the money was taken: by asking again it is charged once. */
static void charges_once_when_the_answer_is_lost(void **state)
{
    struct table *t = *state;
    struct gateway_said first = captured(t, "RLM95055-1", false), said = {0};
    struct gateway_ask ask = ask_for("RLM95056-1");
    struct client_request request = {.method = "GET",
                                     .url = talloc_asprintf(t, "%s/sandbox/ledger", sandbox_origin(t->sandbox))};
    struct client_answer answer;

    lose_answer(t, strcmp(t->gateway.provider, "axerve") == 0   ? "/submit"
                   : strcmp(t->gateway.provider, "paypal") == 0 ? "/checkout/orders"
                                                                : "/payment_intents");
    if (t->gateway.charge(t->gateway.arg, t, &ask, &first.instrument, &said, &t->why) != DONE)
        assert_int_equal(t->gateway.charge(t->gateway.arg, t, &ask, &first.instrument, &said, &t->why), DONE);
    assert_int_equal(said.state, PAYMENT_CAPTURED);
    assert_int_equal(client_call(t->client, t, &request, &answer, &t->why), DONE);
    assert_non_null(strstr(answer.body, "2196")); /* two payments, in cents */
    assert_null(strstr(answer.body, "3294"));
}

static void takes_what_was_only_authorised(void **state)
{
    struct table *t = *state;

    behave(t, "{\"settlement\": \"manual\", \"words\": \"long\"}");
    captured(t, "RLM95055-1", false);
}

static void hears_refusals(void **state)
{
    struct table *t = *state;
    struct gateway_ask ask = ask_for("RLM95055-1");
    struct gateway_begun begun = {0};
    struct gateway_ref ref = {.key = "RLM95055-1", .ref = "", .amount = ask.gross, .created_at = clock_now()};

    assert_int_equal(t->gateway.begin(t->gateway.arg, t, &ask, &begun, &t->why), DONE);
    pay_by_card(t, begun.redirect_url, "4000000000000002");
    assert_int_equal(status_of(t, &ref).state, PAYMENT_FAILED); /* by our key */
    assert_string_equal(status_of(t, &ref).error, "57");

    ask.key = ref.key = "RLM95055-2";
    assert_int_equal(t->gateway.begin(t->gateway.arg, t, &ask, &begun, &t->why), DONE);
    assert_int_equal(submit(t, begun.redirect_url, (const char *const[]){"act", "cancel", NULL}), 303);
    assert_int_equal(status_of(t, &ref).state, PAYMENT_CANCELLED);

    ask.key = ref.key = "RLM95055-3";
    assert_int_equal(t->gateway.begin(t->gateway.arg, t, &ask, &begun, &t->why), DONE);
    pay_by_card(t, begun.redirect_url, "4000000000000259");
    assert_int_equal(status_of(t, &ref).state, PAYMENT_PENDING);
}

/* The answer to begin is lost: what was begun is found by our key, or the same call finds it by itself. */
static void finds_what_was_begun(void **state)
{
    struct table *t = *state;
    struct gateway_ask ask = ask_for("RLM95055-1");
    struct gateway_begun begun = {0};
    struct gateway_ref ref = {.key = "RLM95055-1", .ref = "", .amount = ask.gross, .created_at = clock_now()};

    lose_answer(t, strcmp(t->gateway.provider, "axerve") == 0   ? "/create"
                   : strcmp(t->gateway.provider, "paypal") == 0 ? "/checkout/orders"
                                                                : "/checkout/sessions");
    if (strcmp(t->gateway.provider, "paypal") == 0) {
        assert_int_equal(t->gateway.begin(t->gateway.arg, t, &ask, &begun, &t->why), DONE);
        return;
    }
    assert_int_equal(t->gateway.begin(t->gateway.arg, t, &ask, &begun, &t->why), BUSY);
    assert_int_equal(status_of(t, &ref).state, PAYMENT_NEW);
    assert_string_equal(status_of(t, &ref).key, "RLM95055-1");
    ref.key = "RLM95055-9";
    assert_int_equal(t->gateway.status(t->gateway.arg, t, &ref, &(struct gateway_said){0}, &t->why), REFUSED);
}

/* ---- Notifications ---- */

struct letter {
    struct answerer *shop;
    size_t index;
};

static const char *header_of(void *arg, const char *name)
{
    struct letter *letter = arg;

    return answerer_header(letter->shop, letter->index, name);
}

/* Every notice about the payment is signed by the sandbox and known by our key or the provider's id; one changed is
 * refused. */
static void hears_signed_notices(void **state)
{
    struct table *t = *state;
    struct gateway_said paid;
    size_t about = 0;

    sandbox_set_webhook(t->sandbox, talloc_asprintf(t, "%s/hook", t->shop->url));
    paid = captured(t, "RLM95055-1", false);
    behave(t, "{\"wait\": true}");
    assert_true(t->shop->heard_count > 0);
    for (size_t i = 0; i < t->shop->heard_count; i++) {
        struct letter letter = {t->shop, i};
        struct gateway_notice notice = {.query = "",
                                        .header = header_of,
                                        .header_arg = &letter,
                                        .body = t->shop->heard[i].body,
                                        .length = t->shop->heard[i].length,
                                        .at = clock_now()};
        struct gateway_heard heard;

        assert_int_equal(t->gateway.hear(t->gateway.arg, t, &notice, &heard, &t->why), DONE);
        assert_true(heard.verified);
        about += strcmp(heard.key, "RLM95055-1") == 0 || strcmp(heard.ref, paid.ref) == 0;
        t->shop->heard[i].body[20] ^= 1;
        assert_int_equal(t->gateway.hear(t->gateway.arg, t, &notice, &heard, &t->why), REFUSED);
        t->shop->heard[i].body[20] ^= 1;
    }
    assert_true(about > 0);
}

static void sends_the_payer_back_when_declined(void **state)
{
    struct table *t = *state;
    struct gateway_ask ask = ask_for("RLM95055-1");
    struct gateway_begun begun = {0};
    struct gateway_ref ref = {.key = "RLM95055-1", .amount = ask.gross};
    struct gateway_said said = {0};

    assert_int_equal(t->gateway.begin(t->gateway.arg, t, &ask, &begun, &t->why), DONE);
    ref.ref = begun.ref;
    approve(t, begun.ref, "declined");
    assert_int_equal(status_of(t, &ref).state, PAYMENT_AUTHORISED);
    assert_int_equal(t->gateway.capture(t->gateway.arg, t, &ref, &said, &t->why), DONE);
    assert_int_equal(said.state, PAYMENT_NEEDS_ACTION);
    assert_string_equal(said.error, "INSTRUMENT_DECLINED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_through, lay_axerve, clear),
        cmocka_unit_test_setup_teardown(charges_may_need_the_payer, lay_axerve, clear),
        cmocka_unit_test_setup_teardown(charges_once_when_the_answer_is_lost, lay_axerve, clear),
        cmocka_unit_test_setup_teardown(takes_what_was_only_authorised, lay_axerve, clear),
        cmocka_unit_test_setup_teardown(hears_refusals, lay_axerve, clear),
        cmocka_unit_test_setup_teardown(goes_through, lay_paypal, clear),
        cmocka_unit_test_setup_teardown(charges_may_need_the_payer, lay_paypal, clear),
        cmocka_unit_test_setup_teardown(charges_once_when_the_answer_is_lost, lay_paypal, clear),
        cmocka_unit_test_setup_teardown(sends_the_payer_back_when_declined, lay_paypal, clear),
        cmocka_unit_test_setup_teardown(finds_what_was_begun, lay_axerve, clear),
        cmocka_unit_test_setup_teardown(finds_what_was_begun, lay_paypal, clear),
        cmocka_unit_test_setup_teardown(hears_signed_notices, lay_paypal, clear),
        cmocka_unit_test_setup_teardown(goes_through, lay_stripe, clear),
        cmocka_unit_test_setup_teardown(charges_may_need_the_payer, lay_stripe, clear),
        cmocka_unit_test_setup_teardown(charges_once_when_the_answer_is_lost, lay_stripe, clear),
        cmocka_unit_test_setup_teardown(finds_what_was_begun, lay_stripe, clear),
        cmocka_unit_test_setup_teardown(hears_signed_notices, lay_stripe, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
