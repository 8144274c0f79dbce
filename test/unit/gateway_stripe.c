/* Stripe's client: what it asks, to the letter, and what it makes of every answer (PAYMENTS §3). Its notifications are
 * in webhooks.c. */
#include "gateway_desk.h"
#include "link/stripe.h"

#define CHARGE(more)                                                                                                   \
    "{\"id\":\"ch_1\",\"created\":1768489994,\"payment_method_details\":{\"card\":{\"brand\":\"visa\","                \
    "\"last4\":\"4242\",\"exp_month\":5,\"exp_year\":2029}}" more "}"
#define INTENT_WITH(status, charge, more)                                                                              \
    "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"" status                                              \
    "\",\"amount\":1098,\"amount_received\":1098,"                                                                     \
    "\"currency\":\"eur\",\"customer\":\"cus_1\",\"payment_method\":\"pm_1\",\"setup_future_usage\":\"off_session\","  \
    "\"metadata\":{\"key\":\"RLM95055-1\"},\"latest_charge\":" charge more "}"
#define INTENT(status) INTENT_WITH(status, CHARGE(""), "")
#define SESSION(status, paid, intent)                                                                                  \
    "{\"id\":\"cs_1\",\"object\":\"checkout.session\",\"status\":\"" status "\",\"payment_status\":\"" paid "\","      \
    "\"client_reference_id\":\"RLM95055-1\",\"currency\":\"eur\",\"payment_intent\":" intent "}"
#define ERROR(type, code, more) "{\"error\":{\"type\":\"" type "\",\"code\":\"" code "\"" more "}}"
#define READ_SESSION                                                                                                   \
    "GET /v1/checkout/sessions/cs_1?expand%5B%5D=payment_intent&expand%5B%5D=payment_intent.latest_charge"

static int set_up(void **state)
{
    struct desk *d = desk_open();
    struct stripe_config config = {talloc_asprintf(d, "%s/v1/", d->answerer->url), "sk_test_1", "whsec_1"};

    assert_int_equal(stripe_gateway(d, d->client, &config, &d->gateway), DONE);
    *state = d;
    return 0;
}

static void assert_posted(struct desk *d, size_t request, const char *line, const char *body, const char *key)
{
    assert_true(d->answerer->heard_count > request);
    assert_string_equal(d->answerer->heard[request].line, line);
    assert_string_equal(d->answerer->heard[request].body, body);
    assert_header(d, request, "Idempotency-Key", key);
    assert_header(d, request, "Stripe-Version", "2026-06-24.dahlia");
    assert_header(d, request, "Authorization", "Bearer sk_test_1");
    assert_header(d, request, "Content-Type", "application/x-www-form-urlencoded");
}

/* ---- Beginning ---- */

#define FORM(future, customer)                                                                                         \
    "mode=payment&payment_method_types%5B0%5D=card&line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=eur"                \
    "&line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=1098"                                                         \
    "&line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D=Rinnovo%20PEC%201%20anno"                          \
    "&line_items%5B0%5D%5Bquantity%5D=1&client_reference_id=RLM95055-1"                                                \
    "&payment_intent_data%5Bdescription%5D=Rinnovo%20PEC%201%20anno"                                                   \
    "&payment_intent_data%5Bmetadata%5D%5Border%5D=RLM95055&payment_intent_data%5Bmetadata%5D%5Bkey%5D=RLM95055-"      \
    "1" future "&metadata%5Border%5D=RLM95055&metadata%5Bkey%5D=RLM95055-1" customer                                   \
    "&customer_email=mario%40example.it&success_url=https%3A%2F%2Fshop.example.it%2Fok"                                \
    "&cancel_url=https%3A%2F%2Fshop.example.it%2Fko&locale=it"

static void begins(void **state)
{
    struct desk *d = *state;
    struct gateway_ask ask = ASK;

    then(d, 200, "{\"id\":\"cs_1\",\"url\":\"https://checkout.example/c/pay/cs_1#x\"}");
    then(d, 200, "{\"id\":\"cs_1\",\"url\":\"https://checkout.example/c/pay/cs_1#x\"}");
    assert_int_equal(begin(d, &ASK), DONE);
    assert_string_equal(d->begun.ref, "cs_1");
    assert_string_equal(d->begun.redirect_url, "https://checkout.example/c/pay/cs_1#x");
    assert_posted(d, 0, "POST /v1/checkout/sessions", FORM("", ""), "RLM95055-1-session");
    ask.remember = true;
    assert_int_equal(begin(d, &ask), DONE);
    assert_posted(d, 1, "POST /v1/checkout/sessions",
                  FORM("&payment_intent_data%5Bsetup_future_usage%5D=off_session", "&customer_creation=always"),
                  "RLM95055-1-session");
}

static void begins_or_says_why_not(void **state)
{
    static const struct {
        const char *name;
        struct step step;
        enum outcome outcome;
        const char *error;
    } CASES[] = {
        {"wrong",
         {.status = 400, .answer = ERROR("invalid_request_error", "parameter_missing", "")},
         BROKEN,
         "parameter_missing"},
        {"key reused",
         {.status = 400, .answer = "{\"error\":{\"type\":\"idempotency_error\"}}"},
         BROKEN,
         "idempotency_error"},
        {"who?", {.status = 401, .answer = ERROR("invalid_request_error", "api_key_expired", "")}, BROKEN, ""},
        {"may not", {.status = 403, .answer = "{}"}, BROKEN, ""},
        {"card", {.status = 402, .answer = ERROR("card_error", "card_declined", "")}, REFUSED, "card_declined"},
        {"worked on", {.status = 409, .answer = "{}"}, BUSY, ""},
        {"too many", {.status = 429, .answer = "{}"}, BUSY, ""},
        {"down", {.status = 502, .answer = "<html>"}, BUSY, ""},
        {"HTML", {.answer = "<html>"}, BUSY, ""},
        {"no url", {.answer = "{\"id\":\"cs_1\"}"}, BUSY, ""},
        {"a bad url", {.answer = "{\"id\":\"cs_1\",\"url\":\"https://x.example/\\u0000\"}"}, BUSY, ""},
        {"plain http", {.answer = "{\"id\":\"cs_1\",\"url\":\"http://x.example/\"}"}, BUSY, ""},
        {"a bad id", {.answer = "{\"id\":\"cs_1/../\",\"url\":\"https://x.example/\"}"}, BUSY, ""},
        {"cut", {.how = CUT, .answer = "{"}, BUSY, ""},
        {"silence", {.how = HANG}, BUSY, ""},
        {"broken off", {.how = RESET}, BUSY, ""},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        print_message("%s\n", CASES[i].name);
        answerer_then(d->answerer, CASES[i].step);
        assert_int_equal(begin(d, &ASK), CASES[i].outcome);
        assert_string_equal(d->begun.error, CASES[i].error);
        assert_int_equal(d->answerer->heard_count, i + 1);
    }
}

/* ---- Asking ---- */

static void reads_a_paid_session(void **state)
{
    struct desk *d = *state;

    then(d, 200, SESSION("complete", "paid", INTENT("succeeded")));
    assert_int_equal(status_of(d, "cs_1"), DONE);
    assert_asked(d, 0, READ_SESSION, NULL);
    assert_header(d, 0, "Stripe-Version", "2026-06-24.dahlia");
    assert_header(d, 0, "Idempotency-Key", NULL);
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);
    assert_int_equal(d->said.amount.cents, 1098);
    assert_string_equal(d->said.currency, "EUR");
    assert_string_equal(d->said.key, "RLM95055-1");
    assert_string_equal(d->said.ref, "cs_1");
    assert_string_equal(d->said.capture_ref, "pi_1");
    assert_int_equal(d->said.authorised_at.us, SECONDS(1768489994));
    assert_true(d->said.has_instrument);
    assert_string_equal(d->said.instrument.token, "pm_1");
    assert_string_equal(d->said.instrument.customer, "cus_1");
    assert_string_equal(d->said.instrument.label, "Visa");
    assert_string_equal(d->said.instrument.last4, "4242");
    assert_int_equal(d->said.instrument.exp_month, 5);
    assert_int_equal(d->said.instrument.exp_year, 2029);
}

static void reads_states(void **state)
{
    static const struct {
        const char *answer;
        enum outcome outcome;
        enum payment_state state;
    } CASES[] = {
        {SESSION("open", "unpaid", "null"), DONE, PAYMENT_NEW},
        {SESSION("open", "unpaid", INTENT("requires_action")), DONE, PAYMENT_NEW},
        {SESSION("open", "unpaid", INTENT("succeeded")), DONE, PAYMENT_PENDING}, /* not both say so */
        {SESSION("complete", "unpaid", INTENT("succeeded")), DONE, PAYMENT_PENDING},
        {SESSION("complete", "unpaid", INTENT("processing")), DONE, PAYMENT_PENDING},
        {SESSION("complete", "paid", INTENT("processing")), DONE, PAYMENT_PENDING},
        {SESSION("complete", "paid", "\"pi_1\""), DONE, PAYMENT_PENDING},
        {SESSION("complete", "paid", "null"), DONE, PAYMENT_PENDING},
        {SESSION("complete", "no_payment_required", "null"), DONE, PAYMENT_PENDING},
        {SESSION("complete", "paid", INTENT("something_new")), DONE, PAYMENT_PENDING},
        {SESSION("something_new", "paid", INTENT("succeeded")), DONE, PAYMENT_PENDING},
        {SESSION("complete", "unpaid", INTENT("requires_capture")), DONE, PAYMENT_AUTHORISED},
        {SESSION("complete", "unpaid", INTENT("canceled")), DONE, PAYMENT_CANCELLED},
        {SESSION(
             "complete", "unpaid",
             INTENT_WITH("requires_payment_method", "null", ",\"last_payment_error\":{\"code\":\"card_declined\"}")),
         DONE, PAYMENT_FAILED},
        {SESSION("expired", "unpaid", "null"), DONE, PAYMENT_EXPIRED},
        {SESSION("expired", "paid", "null"), DONE, PAYMENT_PENDING},
        {SESSION("complete", "paid", INTENT_WITH("succeeded", CHARGE(",\"amount_refunded\":500"), "")), DONE,
         PAYMENT_PART_REFUNDED},
        {SESSION("complete", "paid", INTENT_WITH("succeeded", CHARGE(",\"amount_refunded\":1098"), "")), DONE,
         PAYMENT_REFUNDED},
        {SESSION("complete", "paid", INTENT_WITH("succeeded", CHARGE(",\"disputed\":true"), "")), DONE,
         PAYMENT_CHARGED_BACK},
        {SESSION("complete", "paid", INTENT_WITH("succeeded", "\"ch_1\"", "")), DONE, PAYMENT_CAPTURED},
        {SESSION("complete", "paid", INTENT_WITH("succeeded", CHARGE(",\"amount_refunded\":-1"), "")), BUSY, 0},
        {SESSION("complete", "paid", "{\"object\":\"payment_intent\",\"status\":\"succeeded\",\"amount\":1098}"), BUSY,
         0},
        {SESSION("complete", "paid",
                 "{\"object\":\"payment_intent\",\"status\":\"succeeded\",\"amount_received\":10.98}"),
         BUSY, 0},
        {"{\"id\":\"cs_2\",\"object\":\"checkout.session\",\"status\":\"open\"}", BUSY, 0}, /* another one's */
        {"{}", BUSY, 0},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        print_message("%zu\n", i);
        then(d, 200, CASES[i].answer);
        assert_int_equal(status_of(d, "cs_1"), CASES[i].outcome);
        if (CASES[i].outcome == DONE)
            assert_int_equal(d->said.state, CASES[i].state);
    }
    then(d, 404, ERROR("invalid_request_error", "resource_missing", ""));
    assert_int_equal(status_of(d, "cs_1"), REFUSED);
    assert_string_equal(d->said.error, "resource_missing");
}

static void reads_an_intent(void **state)
{
    struct desk *d = *state;

    then(d, 200, INTENT("succeeded"));
    assert_int_equal(status_of(d, "pi_1"), DONE);
    assert_asked(d, 0, "GET /v1/payment_intents/pi_1?expand%5B%5D=latest_charge", NULL);
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);
    assert_string_equal(d->said.key, "RLM95055-1");
}

/* Where the answer to begin was lost, our key is looked for among what was made since. */
static void finds_by_our_key(void **state)
{
    struct desk *d = *state;

    then(d, 200,
         "{\"data\":[{\"id\":\"cs_8\",\"client_reference_id\":\"other\"},{\"id\":\"cs_9\"}],\"has_more\":true}");
    then(d, 200, "{\"data\":[{\"id\":\"cs_1\",\"client_reference_id\":\"RLM95055-1\"}],\"has_more\":true}");
    then(d, 200, SESSION("open", "unpaid", "null"));
    assert_int_equal(status_of(d, ""), DONE);
    assert_string_equal(d->said.ref, "cs_1");
    assert_asked(d, 0, "GET /v1/checkout/sessions?limit=100&created%5Bgte%5D=0", NULL);
    assert_asked(d, 1, "GET /v1/checkout/sessions?limit=100&created%5Bgte%5D=0&starting_after=cs_9", NULL);
    assert_asked(d, 2, READ_SESSION, NULL);

    then(d, 200, "{\"data\":[],\"has_more\":false}");
    then(d, 200, "{\"data\":[{\"id\":\"pi_1\",\"metadata\":{\"key\":\"RLM95055-1\"}}],\"has_more\":false}");
    then(d, 200, INTENT("succeeded"));
    assert_int_equal(status_of(d, ""), DONE);
    assert_asked(d, 4, "GET /v1/payment_intents?limit=100&created%5Bgte%5D=0", NULL);
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);

    then(d, 200, "{\"data\":[],\"has_more\":false}");
    then(d, 200, "{\"data\":[],\"has_more\":false}");
    assert_int_equal(status_of(d, ""), REFUSED);

    then(d, 200, "{}");
    assert_int_equal(status_of(d, ""), BUSY);
    then(d, 200, "{\"data\":[{\"id\":\"/\"}],\"has_more\":true}"); /* leads nowhere */
    assert_int_equal(status_of(d, ""), BUSY);
}

/* ---- Capture ---- */

static void captures(void **state)
{
    struct desk *d = *state;

    then(d, 200, SESSION("complete", "unpaid", INTENT("requires_capture")));
    then(d, 200, INTENT("succeeded"));
    then(d, 200, SESSION("complete", "paid", INTENT("succeeded")));
    assert_int_equal(capture(d, "cs_1"), DONE);
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);
    assert_posted(d, 1, "POST /v1/payment_intents/pi_1/capture", "amount_to_capture=1098", "RLM95055-1-capture");

    then(d, 200, SESSION("complete", "paid", INTENT("succeeded"))); /* taken before */
    assert_int_equal(capture(d, "cs_1"), DONE);
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);
    assert_int_equal(d->answerer->heard_count, 4);

    then(d, 200, SESSION("complete", "unpaid", INTENT("requires_capture")));
    answerer_then(d->answerer, (struct step){.how = CLOSE});
    assert_int_equal(capture(d, "cs_1"), BUSY);
}

/* ---- Charging ---- */

static void charges(void **state)
{
    static const struct {
        const char *name;
        struct step step;
        enum outcome outcome;
        enum payment_state state;
        const char *error, *ref;
    } CASES[] = {
        {"taken", {.answer = INTENT("succeeded")}, DONE, PAYMENT_CAPTURED, "", "pi_1"},
        {"under way", {.answer = INTENT("processing")}, DONE, PAYMENT_PENDING, "", "pi_1"},
        {"to be confirmed", {.answer = INTENT("requires_action")}, DONE, PAYMENT_NEEDS_ACTION, "", "pi_1"},
        {"not taken", {.answer = INTENT("requires_payment_method")}, DONE, PAYMENT_FAILED, "", "pi_1"},
        {"the holder must come",
         {.status = 402,
          .answer = ERROR("card_error", "authentication_required", ",\"payment_intent\":{\"id\":\"pi_2\"}")},
         DONE,
         PAYMENT_NEEDS_ACTION,
         "authentication_required",
         "pi_2"},
        {"the holder must come, says the bank",
         {.status = 402,
          .answer = ERROR("card_error", "authentication_required", ",\"decline_code\":\"authentication_required\"")},
         DONE,
         PAYMENT_NEEDS_ACTION,
         "authentication_required",
         ""},
        {"no money",
         {.status = 402,
          .answer = ERROR("card_error", "card_declined",
                          ",\"decline_code\":\"insufficient_funds\",\"payment_intent\":{\"id\":\"pi_3\"}")},
         DONE,
         PAYMENT_FAILED,
         "insufficient_funds",
         "pi_3"},
        {"expired",
         {.status = 402, .answer = ERROR("card_error", "expired_card", "")},
         DONE,
         PAYMENT_FAILED,
         "expired_card",
         ""},
        {"card gone",
         {.status = 400, .answer = ERROR("invalid_request_error", "resource_missing", "")},
         DONE,
         PAYMENT_NEEDS_ACTION,
         "resource_missing",
         ""},
        {"wrong",
         {.status = 400, .answer = ERROR("invalid_request_error", "parameter_unknown", "")},
         BROKEN,
         0,
         NULL,
         NULL},
        {"another thing", {.answer = "{\"object\":\"charge\",\"id\":\"ch_1\"}"}, BUSY, 0, NULL, NULL},
        {"lost", {.how = CLOSE}, BUSY, 0, NULL, NULL},
        {"down", {.status = 500, .answer = "{}"}, BUSY, 0, NULL, NULL},
    };
    const struct gateway_instrument card = {.token = "pm_1", .customer = "cus_1"};
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        print_message("%s\n", CASES[i].name);
        answerer_then(d->answerer, CASES[i].step);
        assert_int_equal(charge(d, &card), CASES[i].outcome);
        assert_posted(
            d, i, "POST /v1/payment_intents",
            "amount=1098&currency=eur&customer=cus_1&payment_method=pm_1&payment_method_types%5B0%5D=card"
            "&off_session=true&confirm=true&error_on_requires_action=true&description=Rinnovo%20PEC%201%20anno"
            "&metadata%5Border%5D=RLM95055&metadata%5Bkey%5D=RLM95055-1&expand%5B0%5D=latest_charge",
            "RLM95055-1-charge");
        if (CASES[i].outcome != DONE)
            continue;
        assert_int_equal(d->said.state, CASES[i].state);
        assert_string_equal(d->said.error, CASES[i].error);
        assert_string_equal(d->said.ref, CASES[i].ref);
    }
}

/* ---- Refund ---- */

#define GIVEN(status) "{\"id\":\"re_1\",\"status\":\"" status "\",\"metadata\":{\"refund\":\"R7\"}}"
#define NONE                                                                                                           \
    {                                                                                                                  \
        .answer = "{\"data\":[]}"                                                                                      \
    }

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
        {"given back", {NONE, {.answer = GIVEN("succeeded")}}, 2, DONE, false, ""},
        {"on its way", {NONE, {.answer = GIVEN("pending")}}, 2, DONE, true, ""},
        {"was given back", {{.answer = "{\"data\":[{\"metadata\":{}}," GIVEN("succeeded") "]}"}}, 1, DONE, false, ""},
        {"came to nothing", {{.answer = "{\"data\":[" GIVEN("failed") "]}"}}, 1, REFUSED, false, "failed"},
        {"cannot be listed", {{.status = 404, .answer = "{}"}, {.answer = GIVEN("succeeded")}}, 2, DONE, false, ""},
        {"all of it was",
         {NONE, {.status = 400, .answer = ERROR("invalid_request_error", "charge_already_refunded", "")}},
         2,
         REFUSED,
         false,
         "charge_already_refunded"},
        {"wrong",
         {NONE, {.status = 400, .answer = ERROR("invalid_request_error", "parameter_invalid_integer", "")}},
         2,
         BROKEN,
         false,
         "parameter_invalid_integer"},
        {"lost", {NONE, {.how = CLOSE}}, 2, BUSY, false, ""},
        {"not understood", {NONE, {.answer = "{}"}}, 2, BUSY, false, ""},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(refund(d, "cs_1", "pi_1", 500, 0), CASES[i].outcome);
        assert_int_equal(d->refunded.pending, CASES[i].pending);
        assert_string_equal(d->refunded.error, CASES[i].error);
        assert_asked(d, before, "GET /v1/refunds?payment_intent=pi_1&limit=100", NULL);
        if (CASES[i].count == 2)
            assert_posted(d, before + 1, "POST /v1/refunds",
                          "payment_intent=pi_1&amount=500&reason=requested_by_customer&metadata%5Brefund%5D=R7",
                          "R7-refund");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begins, set_up, desk_close),
        cmocka_unit_test_setup_teardown(begins_or_says_why_not, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_a_paid_session, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_states, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_an_intent, set_up, desk_close),
        cmocka_unit_test_setup_teardown(finds_by_our_key, set_up, desk_close),
        cmocka_unit_test_setup_teardown(captures, set_up, desk_close),
        cmocka_unit_test_setup_teardown(charges, set_up, desk_close),
        cmocka_unit_test_setup_teardown(refunds, set_up, desk_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
