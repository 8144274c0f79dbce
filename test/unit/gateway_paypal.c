/* PayPal's client: what it asks, to the letter, and what it makes of every answer (PAYMENTS §4). Its notifications are
 * in webhooks.c. */
#include "gateway_desk.h"
#include "link/paypal.h"

#define TOKEN                                                                                                          \
    {                                                                                                                  \
        .answer = "{\"access_token\":\"A21\",\"token_type\":\"Bearer\",\"expires_in\":32400}"                          \
    }
#define ISSUE(issue) "{\"name\":\"UNPROCESSABLE_ENTITY\",\"details\":[{\"issue\":\"" issue "\"}]}"
#define EURO(value)  "{\"currency_code\":\"EUR\",\"value\":\"" value "\"}"
#define CAPTURE(status)                                                                                                \
    "{\"id\":\"3C6\",\"status\":\"" status "\",\"amount\":" EURO("10.98") ",\"custom_id\":\"RLM95055-1\","             \
                                                                          "\"create_time\":\"2026-01-15T15:13:14Z\"}"
#define ORDER_WITH(status, captures, refunds, more)                                                                    \
    "{\"id\":\"5O1\",\"status\":\"" status "\",\"purchase_units\":[{\"custom_id\":\"RLM95055-1\",\"amount\":" EURO(    \
        "10.98") ",\"payments\":{\"captures\":[" captures "],\"refunds\":[" refunds "]}}]" more "}"
#define ORDER(status, captures) ORDER_WITH(status, captures, "", "")
#define REFUND(key, value, status)                                                                                     \
    "{\"id\":\"9R1\",\"custom_id\":\"" key "\",\"amount\":" EURO(value) ",\"status\":\"" status "\"}"
#define CREATED                                                                                                        \
    "{\"id\":\"5O1\",\"status\":\"PAYER_ACTION_REQUIRED\",\"links\":[{\"rel\":\"self\",\"href\":\"https://x.example/"  \
    "\"},"                                                                                                             \
    "{\"rel\":\"payer-action\",\"href\":\"https://pay.example/go?token=5O1\"}]}"

static int set_up(void **state)
{
    struct desk *d = desk_open();
    struct paypal_config config = {
        .url = d->answerer->url, .client_id = "me", .secret = "s3", .webhook_id = "WH", .brand_name = "Esempio PEC"};

    assert_int_equal(paypal_gateway(d, d->client, &config, &d->gateway), DONE);
    *state = d;
    return 0;
}

/* With a token at hand: what follows in the script are the calls themselves. */
static int set_up_with_token(void **state)
{
    struct desk *d;

    set_up(state);
    d = *state;
    answerer_then(d->answerer, (struct step)TOKEN);
    then(d, 200, ORDER("CREATED", ""));
    assert_int_equal(status_of(d, "5O1"), DONE);
    return 0;
}

#define UNIT                                                                                                           \
    "\"purchase_units\":[{\"reference_id\":\"RLM95055\",\"custom_id\":\"RLM95055-1\",\"invoice_id\":\"RLM95055-1\","   \
    "\"description\":\"Rinnovo PEC 1 anno\",\"amount\":{\"currency_code\":\"EUR\",\"value\":\"10.98\",\"breakdown\":{" \
    "\"item_total\":" EURO("9.00") ",\"tax_total\":" EURO(                                                             \
        "1.98") "}},\"items\":[{\"name\":\"Rinnovo PEC 1 anno\","                                                      \
                "\"quantity\":\"1\",\"category\":\"DIGITAL_GOODS\",\"unit_amount\":" EURO("9.00") ",\"tax\":" EURO(    \
                    "1.98") "}]}]"
#define CONTEXT                                                                                                        \
    "\"experience_context\":{\"return_url\":\"https://shop.example.it/ok\",\"cancel_url\":"                            \
    "\"https://shop.example.it/ko\",\"user_action\":\"PAY_NOW\",\"shipping_preference\":\"NO_SHIPPING\","              \
    "\"locale\":\"it-IT\",\"brand_name\":\"Esempio PEC\",\"payment_method_preference\":"                               \
    "\"IMMEDIATE_PAYMENT_REQUIRED\"}"

static void begins(void **state)
{
    struct desk *d = *state;
    struct gateway_ask ask = ASK;

    answerer_then(d->answerer, (struct step)TOKEN);
    then(d, 201, CREATED);
    then(d, 200, "{\"id\":\"5O1\",\"links\":[{\"rel\":\"approve\",\"href\":\"https://pay.example/old\"}]}");
    assert_int_equal(begin(d, &ASK), DONE);
    assert_string_equal(d->begun.ref, "5O1");
    assert_string_equal(d->begun.redirect_url, "https://pay.example/go?token=5O1");
    assert_string_equal(d->answerer->heard[0].line, "POST /v1/oauth2/token");
    assert_string_equal(d->answerer->heard[0].body, "grant_type=client_credentials");
    assert_header(d, 0, "Authorization", "Basic bWU6czM=");
    assert_header(d, 0, "Content-Type", "application/x-www-form-urlencoded");
    assert_asked(d, 1, "POST /v2/checkout/orders",
                 "{\"intent\":\"CAPTURE\"," UNIT ",\"payment_source\":{\"paypal\":{" CONTEXT "}}}");
    assert_header(d, 1, "Authorization", "Bearer A21");
    assert_header(d, 1, "PayPal-Request-Id", "RLM95055-1-create");
    assert_header(d, 1, "Prefer", "return=representation");
    ask.remember = true;
    assert_int_equal(begin(d, &ask), DONE);
    assert_string_equal(d->begun.redirect_url, "https://pay.example/old");
    assert_asked(d, 2, "POST /v2/checkout/orders",
                 "{\"intent\":\"CAPTURE\"," UNIT ",\"payment_source\":{\"paypal\":{" CONTEXT
                 ",\"attributes\":{\"vault\":{\"store_in_vault\":\"ON_SUCCESS\",\"usage_type\":\"MERCHANT\","
                 "\"customer_type\":\"CONSUMER\"}}}}}");
}

static void begins_or_says_why_not(void **state)
{
    static const struct {
        const char *name;
        struct step steps[2];
        size_t count;
        enum outcome outcome;
        const char *error;
    } CASES[] = {
        {"refused", {{.status = 422, .answer = ISSUE("PAYER_CANNOT_PAY")}}, 1, REFUSED, "PAYER_CANNOT_PAY"},
        {"sums", {{.status = 422, .answer = ISSUE("AMOUNT_MISMATCH")}}, 1, BROKEN, "AMOUNT_MISMATCH"},
        {"used key", {{.status = 422, .answer = ISSUE("DUPLICATE_INVOICE_ID")}}, 1, BROKEN, "DUPLICATE_INVOICE_ID"},
        {"wrong", {{.status = 400, .answer = "{\"name\":\"INVALID_REQUEST\"}"}}, 1, BROKEN, "INVALID_REQUEST"},
        {"forbidden", {{.status = 403, .answer = "{\"name\":\"NOT_AUTHORIZED\"}"}}, 1, BROKEN, ""},
        {"once lost", {{.how = CLOSE}, {.status = 200, .answer = CREATED}}, 2, DONE, ""},
        {"twice lost", {{.how = RESET}, {.how = CUT, .answer = "{"}}, 2, BUSY, ""},
        {"twice down", {{.status = 503, .answer = "{}"}, {.status = 500, .answer = ""}}, 2, BUSY, ""},
        {"twice HTML", {{.answer = "<html>"}, {.answer = "<html>"}}, 2, BUSY, ""},
        {"silence", {{.how = HANG}, {.how = HANG}}, 2, BUSY, ""},
        {"too many", {{.status = 429, .answer = "{}"}, {.status = 429, .answer = "{}"}}, 2, BUSY, ""},
        {"worked on", {{.status = 409, .answer = "{}"}}, 1, BUSY, ""},
        {"no link", {{.status = 201, .answer = "{\"id\":\"5O1\",\"links\":[]}"}}, 1, BUSY, ""},
        {"a bad link",
         {{.status = 201,
           .answer = "{\"id\":\"5O1\",\"links\":[{\"rel\":\"approve\",\"href\":\"http://pay.example\"}]}"}},
         1,
         BUSY,
         ""},
        {"a bad id",
         {{.status = 201,
           .answer = "{\"id\":\"../x\",\"links\":[{\"rel\":\"approve\",\"href\":\"https://pay.example\"}]}"}},
         1,
         BUSY,
         ""},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(begin(d, &ASK), CASES[i].outcome);
        if (CASES[i].error[0])
            assert_string_equal(d->begun.error, CASES[i].error);
        assert_int_equal(d->answerer->heard_count, before + CASES[i].count);
    }
}

/* ---- The token ---- */

static void keeps_its_token(void **state)
{
    struct desk *d = *state;

    answerer_then(d->answerer, (struct step)TOKEN);
    then(d, 200, ORDER("CREATED", ""));
    then(d, 200, ORDER("CREATED", ""));
    then(d, 401, "{\"error\":\"invalid_token\"}"); /* withdrawn: another one, and once more */
    then(d, 200, "{\"access_token\":\"B22\",\"expires_in\":0}");
    then(d, 200, ORDER("CREATED", ""));
    then(d, 200, "{\"access_token\":\"C23\",\"expires_in\":32400}"); /* B22 lasted for nothing */
    then(d, 401, "{}");
    then(d, 200, "{\"access_token\":\"D24\",\"expires_in\":32400}");
    then(d, 401, "{}");
    for (int i = 0; i < 3; i++)
        assert_int_equal(status_of(d, "5O1"), DONE);
    assert_header(d, 2, "Authorization", "Bearer A21");
    assert_header(d, 5, "Authorization", "Bearer B22");
    assert_int_equal(status_of(d, "5O1"), BROKEN);
    assert_int_equal(d->answerer->heard_count, 10);
}

static void has_no_token(void **state)
{
    struct desk *d = *state;

    then(d, 401, "{\"error\":\"invalid_client\"}");
    assert_int_equal(status_of(d, "5O1"), BROKEN);
    then(d, 200, "{}");
    assert_int_equal(status_of(d, "5O1"), BUSY);
    then(d, 500, "{}");
    assert_int_equal(status_of(d, "5O1"), BUSY);
    then(d, 200, "{\"access_token\":\"a\\r\\nX: y\"}");
    assert_int_equal(status_of(d, "5O1"), BUSY);
}

/* ---- Asking ---- */

static void reads_a_captured_order(void **state)
{
    struct desk *d = *state;

    then(d, 200,
         ORDER_WITH("COMPLETED", CAPTURE("COMPLETED"), "",
                    ",\"payment_source\":{\"paypal\":{\"attributes\":{\"vault\":{\"id\":\"v-1\",\"customer\":{\"id\":"
                    "\"c-1\"}}}}}"));
    assert_int_equal(status_of(d, "5O1"), DONE);
    assert_asked(d, 2, "GET /v2/checkout/orders/5O1", NULL);
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);
    assert_int_equal(d->said.amount.cents, 1098);
    assert_string_equal(d->said.currency, "EUR");
    assert_string_equal(d->said.key, "RLM95055-1");
    assert_string_equal(d->said.ref, "5O1");
    assert_string_equal(d->said.capture_ref, "3C6");
    assert_int_equal(d->said.authorised_at.us, SECONDS(1768489994));
    assert_true(d->said.has_instrument);
    assert_string_equal(d->said.instrument.token, "v-1");
    assert_string_equal(d->said.instrument.customer, "c-1");
    assert_string_equal(d->said.instrument.label, "PayPal");
}

/* By the number of what was taken, which is the one that people read at PayPal. */
static void found_by_its_capture(void **state)
{
    static const struct {
        int status;
        const char *answer;
        enum outcome outcome;
    } CASES[] = {
        {200, "{\"id\":\"3C6\",\"supplementary_data\":{\"related_ids\":{\"order_id\":\"5O1\"}}}", DONE},
        {404, ISSUE("INVALID_RESOURCE_ID"), REFUSED},
        {200, "{\"id\":\"3C6\"}", BUSY},
        {200, "{\"supplementary_data\":{\"related_ids\":{\"order_id\":\"../x\"}}}", BUSY},
        {500, "{}", BUSY},
    };
    struct gateway_ref payment = {.key = "RLM95055-1", .ref = "", .capture_ref = "3C6", .amount = {1098}};
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        then(d, CASES[i].status, CASES[i].answer);
        if (CASES[i].outcome == DONE)
            then(d, 200, ORDER("COMPLETED", CAPTURE("COMPLETED")));
        assert_int_equal(d->gateway.status(d->gateway.arg, d, &payment, &d->said, &d->why), CASES[i].outcome);
        assert_asked(d, before, "GET /v2/payments/captures/3C6", NULL);
        if (CASES[i].outcome != DONE)
            continue;
        assert_asked(d, before + 1, "GET /v2/checkout/orders/5O1", NULL);
        assert_int_equal(d->said.state, PAYMENT_CAPTURED);
        assert_string_equal(d->said.ref, "5O1");
    }
}

static void reads_states(void **state)
{
    static const struct {
        const char *answer;
        enum outcome outcome;
        enum payment_state state;
        int64_t refunded;
    } CASES[] = {
        {ORDER("CREATED", ""), DONE, PAYMENT_NEW, 0},
        {ORDER("SAVED", ""), DONE, PAYMENT_NEW, 0},
        {ORDER("PAYER_ACTION_REQUIRED", ""), DONE, PAYMENT_NEW, 0},
        {ORDER("APPROVED", ""), DONE, PAYMENT_AUTHORISED, 0},
        {ORDER("VOIDED", ""), DONE, PAYMENT_CANCELLED, 0},
        {ORDER("COMPLETED", ""), DONE, PAYMENT_PENDING, 0}, /* no capture to show */
        {ORDER("SOMETHING_NEW", ""), DONE, PAYMENT_PENDING, 0},
        {ORDER("COMPLETED", CAPTURE("PENDING")), DONE, PAYMENT_PENDING, 0},
        {ORDER("COMPLETED", CAPTURE("SOMETHING_NEW")), DONE, PAYMENT_PENDING, 0},
        {ORDER("COMPLETED", CAPTURE("DECLINED")), DONE, PAYMENT_FAILED, 0},
        {ORDER("COMPLETED", CAPTURE("FAILED")), DONE, PAYMENT_FAILED, 0},
        {ORDER("COMPLETED", CAPTURE("DECLINED") "," CAPTURE("COMPLETED")), DONE, PAYMENT_CAPTURED, 0},
        {ORDER("COMPLETED", CAPTURE("COMPLETED") "," CAPTURE("DECLINED")), DONE, PAYMENT_CAPTURED, 0},
        {ORDER("COMPLETED", CAPTURE("PENDING") "," CAPTURE("DECLINED")), DONE, PAYMENT_PENDING, 0},
        {ORDER_WITH("COMPLETED", CAPTURE("PARTIALLY_REFUNDED"), REFUND("x", "5.00", "COMPLETED"), ""), DONE,
         PAYMENT_PART_REFUNDED, 500},
        {ORDER_WITH("COMPLETED", CAPTURE("REFUNDED"),
                    REFUND("x", "5.00", "COMPLETED") "," REFUND("y", "5.98", "PENDING"), ""),
         DONE, PAYMENT_REFUNDED, 1098},
        {ORDER_WITH("COMPLETED", CAPTURE("REFUNDED"), "", ""), DONE, PAYMENT_REFUNDED, 1098},
        {ORDER_WITH("COMPLETED", CAPTURE("COMPLETED"), REFUND("x", "5.00", "FAILED"), ""), DONE, PAYMENT_CAPTURED, 0},
        {ORDER_WITH("COMPLETED", CAPTURE("COMPLETED"), REFUND("x", "5,00", "COMPLETED"), ""), BUSY, 0, 0},
        {"{\"id\":\"5O1\",\"status\":\"APPROVED\"}", BUSY, 0, 0}, /* for how much? */
        {"{\"id\":\"5O1\",\"status\":\"APPROVED\",\"purchase_units\":[{\"amount\":{\"value\":10.98}}]}", BUSY, 0, 0},
        {"{\"status\":\"APPROVED\"}", BUSY, 0, 0},
        {"{\"id\":{},\"status\":[],\"purchase_units\":{}}", BUSY, 0, 0},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        print_message("%zu\n", i);
        then(d, 200, CASES[i].answer);
        assert_int_equal(status_of(d, "5O1"), CASES[i].outcome);
        if (CASES[i].outcome != DONE)
            continue;
        assert_int_equal(d->said.state, CASES[i].state);
        assert_int_equal(d->said.refunded.cents, CASES[i].refunded);
    }
    then(d, 404, "{\"name\":\"RESOURCE_NOT_FOUND\"}");
    assert_int_equal(status_of(d, "5O1"), REFUSED);
    assert_string_equal(d->said.error, "RESOURCE_NOT_FOUND");
    assert_int_equal(status_of(d, ""), BUSY); /* nothing to ask by */
    assert_int_equal(status_of(d, "a/../b"), BUSY);
}

/* ---- Capture ---- */

static void captures(void **state)
{
    static const struct {
        const char *name;
        struct step steps[2];
        size_t count;
        enum outcome outcome;
        enum payment_state state;
        const char *error;
    } CASES[] = {
        {"taken", {{.status = 201, .answer = ORDER("COMPLETED", CAPTURE("COMPLETED"))}}, 1, DONE, PAYMENT_CAPTURED, ""},
        {"in review",
         {{.status = 201, .answer = ORDER("COMPLETED", CAPTURE("PENDING"))}},
         1,
         DONE,
         PAYMENT_PENDING,
         ""},
        {"declined",
         {{.status = 422, .answer = ISSUE("INSTRUMENT_DECLINED")}},
         1,
         DONE,
         PAYMENT_NEEDS_ACTION,
         "INSTRUMENT_DECLINED"},
        {"to be shown again",
         {{.status = 422, .answer = ISSUE("PAYER_ACTION_REQUIRED")}},
         1,
         DONE,
         PAYMENT_NEEDS_ACTION,
         NULL},
        {"not approved", {{.status = 422, .answer = ISSUE("ORDER_NOT_APPROVED")}}, 1, DONE, PAYMENT_NEW, NULL},
        {"taken before",
         {{.status = 422, .answer = ISSUE("ORDER_ALREADY_CAPTURED")},
          {.answer = ORDER("COMPLETED", CAPTURE("COMPLETED"))}},
         2,
         DONE,
         PAYMENT_CAPTURED,
         ""},
        {"being taken",
         {{.status = 422, .answer = ISSUE("ORDER_COMPLETION_IN_PROGRESS")}, {.answer = ORDER("APPROVED", "")}},
         2,
         DONE,
         PAYMENT_AUTHORISED,
         NULL},
        {"refused",
         {{.status = 422, .answer = ISSUE("TRANSACTION_REFUSED")}},
         1,
         DONE,
         PAYMENT_FAILED,
         "TRANSACTION_REFUSED"},
        {"new issue", {{.status = 422, .answer = ISSUE("SOMETHING_NEW")}}, 1, DONE, PAYMENT_FAILED, "SOMETHING_NEW"},
        {"used key", {{.status = 422, .answer = ISSUE("DUPLICATE_INVOICE_ID")}}, 1, BROKEN, 0, NULL},
        {"gone", {{.status = 404, .answer = "{\"name\":\"RESOURCE_NOT_FOUND\"}"}}, 1, REFUSED, 0, NULL},
        {"lost", {{.how = CLOSE}}, 1, BUSY, 0, NULL},
        {"down", {{.status = 500, .answer = "{}"}}, 1, BUSY, 0, NULL},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(capture(d, "5O1"), CASES[i].outcome);
        if (CASES[i].outcome == DONE)
            assert_int_equal(d->said.state, CASES[i].state);
        if (CASES[i].error)
            assert_string_equal(d->said.error, CASES[i].error);
        assert_asked(d, before, "POST /v2/checkout/orders/5O1/capture", "{}");
        assert_header(d, before, "PayPal-Request-Id", "RLM95055-1-capture");
        assert_int_equal(d->answerer->heard_count, before + CASES[i].count);
    }
}

/* ---- Charging ---- */

static void charges(void **state)
{
    static const struct {
        const char *name;
        struct step steps[2];
        size_t count;
        enum outcome outcome;
        enum payment_state state;
    } CASES[] = {
        {"taken", {{.status = 201, .answer = ORDER("COMPLETED", CAPTURE("COMPLETED"))}}, 1, DONE, PAYMENT_CAPTURED},
        {"answer lost",
         {{.how = CLOSE}, {.status = 200, .answer = ORDER("COMPLETED", CAPTURE("COMPLETED"))}},
         2,
         DONE,
         PAYMENT_CAPTURED},
        {"to be taken",
         {{.status = 201, .answer = ORDER("APPROVED", "")},
          {.status = 201, .answer = ORDER("COMPLETED", CAPTURE("COMPLETED"))}},
         2,
         DONE,
         PAYMENT_CAPTURED},
        {"the payer must come",
         {{.status = 201, .answer = ORDER("PAYER_ACTION_REQUIRED", "")}},
         1,
         DONE,
         PAYMENT_NEEDS_ACTION},
        {"given up", {{.status = 422, .answer = ISSUE("AGREEMENT_ALREADY_CANCELLED")}}, 1, DONE, PAYMENT_NEEDS_ACTION},
        {"forgotten", {{.status = 422, .answer = ISSUE("TOKEN_ID_NOT_FOUND")}}, 1, DONE, PAYMENT_NEEDS_ACTION},
        {"no money", {{.status = 422, .answer = ISSUE("TRANSACTION_REFUSED")}}, 1, DONE, PAYMENT_FAILED},
        {"declined", {{.status = 201, .answer = ORDER("COMPLETED", CAPTURE("DECLINED"))}}, 1, DONE, PAYMENT_FAILED},
        {"its source declined", {{.status = 422, .answer = ISSUE("INSTRUMENT_DECLINED")}}, 1, DONE, PAYMENT_FAILED},
        {"lost", {{.how = CLOSE}, {.how = CLOSE}}, 2, BUSY, 0},
    };
    const struct gateway_instrument account = {.token = "v-1", .customer = "c-1", .first_ref = "5O0"};
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(charge(d, &account), CASES[i].outcome);
        if (CASES[i].outcome == DONE)
            assert_int_equal(d->said.state, CASES[i].state);
        assert_asked(d, before, "POST /v2/checkout/orders",
                     "{\"intent\":\"CAPTURE\"," UNIT ",\"payment_source\":{\"paypal\":{\"vault_id\":\"v-1\"}}}");
        assert_header(d, before, "PayPal-Request-Id", "RLM95055-1-charge");
        assert_int_equal(d->answerer->heard_count, before + CASES[i].count);
    }
}

/* ---- Refund ---- */

#define PAID ORDER("COMPLETED", CAPTURE("COMPLETED"))

static void refunds(void **state)
{
    static const struct {
        const char *name;
        struct step steps[2];
        size_t count;
        enum outcome outcome;
        bool pending;
        const char *error;
    } CASES[] = {
        {"given back",
         {{.answer = PAID}, {.status = 201, .answer = REFUND("R7", "5.00", "COMPLETED")}},
         2,
         DONE,
         false,
         ""},
        {"on its way",
         {{.answer = PAID}, {.status = 201, .answer = REFUND("R7", "5.00", "PENDING")}},
         2,
         DONE,
         true,
         ""},
        {"was given back",
         {{.answer = ORDER_WITH("COMPLETED", CAPTURE("PARTIALLY_REFUNDED"), REFUND("R7", "5.00", "COMPLETED"), "")}},
         1,
         DONE,
         false,
         ""},
        {"still on its way",
         {{.answer = ORDER_WITH("COMPLETED", CAPTURE("COMPLETED"), REFUND("R7", "5.00", "PENDING"), "")}},
         1,
         DONE,
         true,
         ""},
        {"another one was",
         {{.answer = ORDER_WITH("COMPLETED", CAPTURE("PARTIALLY_REFUNDED"), REFUND("R6", "5.00", "COMPLETED"), "")},
          {.status = 201, .answer = REFUND("R7", "5.00", "COMPLETED")}},
         2,
         DONE,
         false,
         ""},
        {"failed",
         {{.answer = PAID}, {.status = 201, .answer = REFUND("R7", "5.00", "FAILED")}},
         2,
         REFUSED,
         false,
         "FAILED"},
        {"too late",
         {{.answer = PAID}, {.status = 422, .answer = ISSUE("REFUND_TIME_LIMIT_EXCEEDED")}},
         2,
         REFUSED,
         false,
         "REFUND_TIME_LIMIT_EXCEEDED"},
        {"lost", {{.answer = PAID}, {.how = CLOSE}}, 2, BUSY, false, ""},
        {"not understood", {{.answer = PAID}, {.status = 201, .answer = "{}"}}, 2, BUSY, false, ""},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(refund(d, "5O1", "3C6", 500, 0), CASES[i].outcome);
        assert_int_equal(d->refunded.pending, CASES[i].pending);
        assert_string_equal(d->refunded.error, CASES[i].error);
        assert_asked(d, before, "GET /v2/checkout/orders/5O1", NULL);
        if (CASES[i].count == 2) {
            assert_asked(d, before + 1, "POST /v2/payments/captures/3C6/refund",
                         "{\"amount\":" EURO("5.00") ",\"custom_id\":\"R7\",\"note_to_payer\":\"recesso\"}");
            assert_header(d, before + 1, "PayPal-Request-Id", "R7-refund");
        }
        assert_int_equal(d->answerer->heard_count, before + CASES[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begins, set_up, desk_close),
        cmocka_unit_test_setup_teardown(begins_or_says_why_not, set_up_with_token, desk_close),
        cmocka_unit_test_setup_teardown(keeps_its_token, set_up, desk_close),
        cmocka_unit_test_setup_teardown(has_no_token, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_a_captured_order, set_up_with_token, desk_close),
        cmocka_unit_test_setup_teardown(found_by_its_capture, set_up_with_token, desk_close),
        cmocka_unit_test_setup_teardown(reads_states, set_up_with_token, desk_close),
        cmocka_unit_test_setup_teardown(captures, set_up_with_token, desk_close),
        cmocka_unit_test_setup_teardown(charges, set_up_with_token, desk_close),
        cmocka_unit_test_setup_teardown(refunds, set_up_with_token, desk_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
