/* Axerve's client: what it asks, to the letter, and what it makes of every answer (PAYMENTS §1). */
#include "gateway_desk.h"
#include "link/axerve.h"

#define GOOD(payload) "{\"error\":{\"code\":\"0\",\"description\":\"ok\"},\"payload\":" payload "}"
#define CODE(code)    "{\"error\":{\"code\":\"" code "\",\"description\":\"x\"},\"payload\":{}}"
#define EVENT(type, amount)                                                                                            \
    "{\"event\":{\"eventtype\":\"" type "\",\"eventamount\":\"" amount "\",\"eventdate\":\"15/01/26 16:13:14\"}}"
#define DETAIL(result, code, events)                                                                                   \
    GOOD(                                                                                                              \
        "{\"transactionResult\":\"" result "\",\"transactionErrorCode\":\"" code "\",\"events\":[" events "],"         \
        "\"shopTransactionID\":\"RLM95055-1\",\"bankTransactionID\":\"77\",\"paymentID\":\"42\",\"currency\":\"EUR\"," \
        "\"company\":\"VISA\",\"maskedPAN\":\"424242******4242\",\"token\":\"TOK9\",\"tokenExpiryMonth\":\"05\","      \
        "\"tokenExpiryYear\":\"29\"}")
#define CREATED                                                                                                        \
    GOOD("{\"paymentToken\":\"t-1\",\"paymentID\":\"42\",\"userRedirect\":{\"href\":\"https://bank.example/"           \
         "p?a=1&b=t-1\"}}")

static int set_up(void **state)
{
    struct desk *d = desk_open();
    struct axerve_config config = {talloc_asprintf(d, "%s/api/v1/", d->answerer->url), "GESPAY00000", "K3Y"};

    assert_int_equal(axerve_gateway(d, d->client, &config, &d->gateway), DONE);
    *state = d;
    return 0;
}

/* ---- Beginning ---- */

static void begins(void **state)
{
    struct desk *d = *state;

    then(d, 200, CREATED);
    assert_int_equal(begin(d, &ASK), DONE);
    assert_string_equal(d->begun.ref, "42");
    assert_string_equal(d->begun.redirect_url, "https://bank.example/p?a=1&b=t-1");
    assert_asked(d, 0, "POST /api/v1/payment/create",
                 "{\"shopLogin\":\"GESPAY00000\",\"amount\":\"10.98\",\"currency\":\"EUR\","
                 "\"shopTransactionID\":\"RLM95055-1\",\"languageId\":\"1\",\"paymentType\":[\"CREDITCARD\"],"
                 "\"buyerName\":\"Mario Rossi\",\"buyerEmail\":\"mario@example.it\",\"responseURLs\":{"
                 "\"buyerOK\":\"https://shop.example.it/ok\",\"buyerKO\":\"https://shop.example.it/ko\","
                 "\"serverNotificationURL\":\"https://shop.example.it/hook\"}}");
    assert_header(d, 0, "Authorization", "apikey K3Y");
    assert_header(d, 0, "Content-Type", "application/json");
}

static void asks_that_the_card_be_kept(void **state)
{
    struct desk *d = *state;
    struct gateway_ask ask = ASK;
    json_t *body;

    ask.remember = true;
    ask.language = "en";
    then(d, 200, CREATED);
    assert_int_equal(begin(d, &ask), DONE);
    body = json_loads(d->answerer->heard[0].body, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(body, "requestToken")), "MASKEDPAN");
    assert_string_equal(json_string_value(json_object_get(body, "languageId")), "2");
    assert_string_equal(json_string_value(json_at(body, "transDetails.type")), "01F");
    assert_int_equal(json_string_length(json_at(body, "transDetails.recurringTransaction.expiry")), 8);
    json_decref(body);
}

static void begins_or_says_why_not(void **state)
{
    static const struct {
        const char *name;
        struct step step;
        enum outcome outcome;
        const char *error;
    } CASES[] = {
        {"a wrong card", {.status = 400, .answer = CODE("1120")}, REFUSED, "1120"},
        {"not in the list", {.status = 400, .answer = CODE("4711")}, REFUSED, "4711"},
        {"a wrong parameter", {.status = 400, .answer = CODE("1105")}, BROKEN, "1105"},
        {"a wrong key", {.status = 403, .answer = CODE("1166")}, BROKEN, NULL},
        {"processed already", {.status = 400, .answer = CODE("1137")}, BUSY, "1137"},
        {"unavailable", {.status = 400, .answer = CODE("451")}, BUSY, NULL},
        {"internal", {.status = 500, .answer = CODE("9999")}, BUSY, NULL},
        {"internal with 200", {.status = 200, .answer = CODE("9999")}, BUSY, NULL},
        {"good in bad", {.status = 400, .answer = CODE("0")}, BUSY, NULL},
        {"HTML", {.status = 200, .answer = "<html>", .type = "text/html"}, BUSY, NULL},
        {"empty", {.status = 200, .answer = ""}, BUSY, NULL},
        {"an array", {.status = 200, .answer = "[]"}, BUSY, NULL},
        {"no envelope", {.status = 200, .answer = "{}"}, BUSY, NULL},
        {"twice the same member", {.status = 200, .answer = "{\"error\":{\"code\":\"1\",\"code\":\"0\"}}"}, BUSY, NULL},
        {"no payload", {.status = 200, .answer = CODE("0")}, BUSY, ""},
        {"no redirect", {.status = 200, .answer = GOOD("{\"paymentID\":\"42\"}")}, BUSY, ""},
        {"a bad redirect",
         {.status = 200, .answer = GOOD("{\"paymentID\":\"42\",\"userRedirect\":{\"href\":\"javascript:x\"}}")},
         BUSY,
         ""},
        {"plain http",
         {.status = 200, .answer = GOOD("{\"paymentID\":\"42\",\"userRedirect\":{\"href\":\"http://bank.example\"}}")},
         BUSY,
         ""},
        {"types", {.status = 200, .answer = GOOD("{\"paymentID\":{},\"userRedirect\":[]}")}, BUSY, ""},
        {"redirect", {.status = 302, .answer = "", .header = "Location: /x"}, BUSY, NULL},
        {"too many", {.status = 429, .answer = "{}"}, BUSY, NULL},
        {"cut", {.how = CUT, .answer = "{\"error\""}, BUSY, NULL},
        {"silence", {.how = HANG}, BUSY, NULL},
        {"broken off", {.how = RESET}, BUSY, NULL},
        {"garbage", {.how = GARBAGE}, BUSY, NULL},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        print_message("%s\n", CASES[i].name);
        d->begun = (struct gateway_begun){0};
        answerer_then(d->answerer, CASES[i].step);
        assert_int_equal(begin(d, &ASK), CASES[i].outcome);
        if (CASES[i].error)
            assert_string_equal(d->begun.error, CASES[i].error);
        assert_int_equal(d->answerer->heard_count, i + 1); /* asked once, whatever came */
    }
}

/* ---- Asking ---- */

static void reads_a_captured_payment(void **state)
{
    struct desk *d = *state;

    then(d, 200, DETAIL("OK", "0", EVENT("AUT", "10.98") "," EVENT("MOV", "10.98")));
    assert_int_equal(status_of(d, "42"), DONE);
    assert_asked(d, 0, "POST /api/v1/payment/detail", "{\"shopLogin\":\"GESPAY00000\",\"paymentID\":\"42\"}");
    assert_header(d, 0, "Authorization", "apikey K3Y");
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);
    assert_int_equal(d->said.amount.cents, 1098);
    assert_string_equal(d->said.currency, "EUR");
    assert_string_equal(d->said.key, "RLM95055-1");
    assert_string_equal(d->said.ref, "42");
    assert_string_equal(d->said.capture_ref, "77");
    assert_string_equal(d->said.error, "");
    assert_int_equal(d->said.authorised_at.us, rome_at(day_of(2026, 1, 15), 16, 13, 14).us);
    assert_true(d->said.has_instrument);
    assert_string_equal(d->said.instrument.token, "TOK9");
    assert_string_equal(d->said.instrument.first_ref, "42");
    assert_string_equal(d->said.instrument.label, "VISA");
    assert_string_equal(d->said.instrument.last4, "4242");
    assert_int_equal(d->said.instrument.exp_month, 5);
    assert_int_equal(d->said.instrument.exp_year, 2029);
}

static void finds_by_our_key(void **state)
{
    struct desk *d = *state;

    then(d, 200, DETAIL("UNSUBMITTED", "", ""));
    then(d, 400, CODE("2011"));
    assert_int_equal(status_of(d, ""), DONE);
    assert_asked(d, 0, "POST /api/v1/payment/detail",
                 "{\"shopLogin\":\"GESPAY00000\",\"shopTransactionID\":\"RLM95055-1\"}");
    assert_int_equal(d->said.state, PAYMENT_NEW);
    assert_int_equal(status_of(d, ""), REFUSED); /* it never arrived */
    assert_string_equal(d->said.error, "2011");
}

static void reads_states(void **state)
{
    static const struct {
        const char *answer;
        enum payment_state state;
        int64_t amount, refunded;
    } CASES[] = {
        {DETAIL("OK", "0", EVENT("AUT", "10.98")), PAYMENT_AUTHORISED, 1098, 0},
        {DETAIL("APPROVED", "0", EVENT("AUT", "10.98")), PAYMENT_AUTHORISED, 1098, 0},
        {DETAIL("APPROVED", "0", EVENT("MOV", "10.98")), PAYMENT_CAPTURED, 1098, 0},
        {DETAIL("OK", "0", EVENT("AUT", "10.98") "," EVENT("MOV", "5.00")), PAYMENT_CAPTURED, 500, 0},
        {DETAIL("OK", "0", EVENT("AUT", "10.98") "," EVENT("CAN", "10.98")), PAYMENT_CANCELLED, 1098, 0},
        {DETAIL("OK", "0", EVENT("MOV", "10.98") "," EVENT("STO", "5.00")), PAYMENT_PART_REFUNDED, 1098, 500},
        {DETAIL("OK", "0", EVENT("MOV", "10.98") "," EVENT("STO", "5.00") "," EVENT("STO", "5.98")), PAYMENT_REFUNDED,
         1098, 1098},
        {DETAIL("OK", "0", ""), PAYMENT_PENDING, 0, 0}, /* no event says that money moved */
        {DETAIL("OK", "0", EVENT("PRE", "10.98") "," EVENT("REQ", "10.98")), PAYMENT_PENDING, 0, 0},
        {DETAIL("OK", "0", EVENT("MOV", "0.00")), PAYMENT_PENDING, 0, 0},
        {DETAIL("KO", "0", EVENT("MOV", "10.98")), PAYMENT_PENDING, 1098, 0}, /* contradicts itself */
        {DETAIL("XX", "0", EVENT("MOV", "10.98")), PAYMENT_PENDING, 1098, 0},
        {DETAIL("UNSUBMITTED", "", ""), PAYMENT_NEW, 0, 0},
        {DETAIL("WAITING", "", ""), PAYMENT_PENDING, 0, 0},
        {DETAIL("PENDING", "", ""), PAYMENT_PENDING, 0, 0},
        {DETAIL("XX", "", ""), PAYMENT_PENDING, 0, 0},
        {DETAIL("SOMETHING NEW", "0", EVENT("AUT", "10.98")), PAYMENT_PENDING, 1098, 0},
        {DETAIL("KO", "74", ""), PAYMENT_FAILED, 0, 0},
        {DETAIL("DECLINED", "57", ""), PAYMENT_FAILED, 0, 0},
        {DETAIL("KO", "1143", ""), PAYMENT_CANCELLED, 0, 0},
        {DETAIL("KO", "1140", ""), PAYMENT_CANCELLED, 0, 0},
        {DETAIL("KO", "1457", ""), PAYMENT_EXPIRED, 0, 0},
        {DETAIL("KO", "8006", ""), PAYMENT_NEEDS_ACTION, 0, 0},
        {DETAIL("KO", "8026", ""), PAYMENT_NEEDS_ACTION, 0, 0},
        {DETAIL("KO", "8012", ""), PAYMENT_FAILED, 0, 0},
        {DETAIL("KO", "1165", ""), PAYMENT_NEEDS_ACTION, 0, 0},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        print_message("%zu\n", i);
        then(d, 200, CASES[i].answer);
        assert_int_equal(status_of(d, "42"), DONE);
        assert_int_equal(d->said.state, CASES[i].state);
        assert_int_equal(d->said.amount.cents, CASES[i].amount);
        assert_int_equal(d->said.refunded.cents, CASES[i].refunded);
        assert_int_equal(d->said.has_instrument,
                         CASES[i].state == PAYMENT_CAPTURED || CASES[i].state == PAYMENT_AUTHORISED);
    }
}

/* What is not an amount is no news at all. */
static void reads_amounts_strictly(void **state)
{
    static const char *const BAD[] = {
        "", "10,98", "-10.98", "10.981", "1e3", "0x10", " 10", "10.", "1000000000000000000000"};
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(BAD); i++) {
        then(d, 200, talloc_asprintf(d->answerer->mem, DETAIL("OK", "0", EVENT("MOV", "%s")), BAD[i]));
        assert_int_equal(status_of(d, "42"), BUSY);
    }
    then(d, 200,
         GOOD("{\"transactionResult\":\"OK\",\"events\":[{\"event\":{\"eventtype\":\"MOV\",\"eventamount\":10.98}}]}"));
    assert_int_equal(status_of(d, "42"), BUSY);
}

static void reads_times(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } CASES[] = {
        {"15/01/26 16:13:14", 1768489994},
        {"15/07/2026 16:13:14", 1784124794},
        {"31/02/26 16:13:14", 0},
        {"15/01/26 24:00:00", 0},
        {"15/01/26 16:13", 0},
        {"15/01/26 16:13:14x", 0},
        {"2026-01-15 16:13:14", 0},
        {"", 0},
        {"15/01/26", 0},
        {"1a/01/26 16:13:14", 0},
    };

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++)
        assert_int_equal(axerve_instant(CASES[i].text).us, SECONDS(CASES[i].seconds));
}

/* ---- Capture ---- */

#define AUT DETAIL("OK", "0", EVENT("AUT", "10.98"))
#define MOV DETAIL("OK", "0", EVENT("AUT", "10.98") "," EVENT("MOV", "10.98"))

static void captures(void **state)
{
    static const struct {
        const char *name;
        struct step steps[2];
        size_t count;
        enum outcome outcome;
        enum payment_state state;
    } CASES[] = {
        {"taken", {{.answer = GOOD("{}")}, {.answer = MOV}}, 2, DONE, PAYMENT_CAPTURED},
        {"taken before", {{.status = 400, .answer = CODE("58")}, {.answer = MOV}}, 2, DONE, PAYMENT_CAPTURED},
        {"void", {{.status = 400, .answer = CODE("63")}, {.answer = AUT}}, 2, DONE, PAYMENT_FAILED},
        {"too much", {{.status = 400, .answer = CODE("58")}, {.answer = AUT}}, 2, BROKEN, 0},
        {"lost", {{.how = CLOSE}}, 1, BUSY, 0},
        {"not read back", {{.answer = GOOD("{}")}, {.how = HANG}}, 2, BUSY, 0},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(capture(d, "42"), CASES[i].outcome);
        if (CASES[i].outcome == DONE)
            assert_int_equal(d->said.state, CASES[i].state);
        assert_asked(d, before, "POST /api/v1/payment/capture",
                     "{\"shopLogin\":\"GESPAY00000\",\"amount\":\"10.98\",\"currency\":\"EUR\",\"paymentID\":\"42\"}");
        assert_int_equal(d->answerer->heard_count, before + CASES[i].count);
    }
}

/* ---- Charging ---- */

static const struct gateway_instrument CARD = {.token = "TOK9", .customer = "", .first_ref = "40"};
#define NOT_THERE                                                                                                      \
    {                                                                                                                  \
        .status = 400, .answer = CODE("2011")                                                                          \
    }

static void charges(void **state)
{
    const struct step steps[] = {
        NOT_THERE, {.answer = CREATED}, {.answer = GOOD("{\"transactionResult\":\"OK\"}")}, {.answer = MOV}};
    struct desk *d = *state;

    script(d, steps, count_of(steps));
    assert_int_equal(charge(d, &CARD), DONE);
    assert_int_equal(d->said.state, PAYMENT_CAPTURED);
    assert_string_equal(d->said.ref, "42");
    assert_asked(d, 0, "POST /api/v1/payment/detail",
                 "{\"shopLogin\":\"GESPAY00000\",\"shopTransactionID\":\"RLM95055-1\"}");
    assert_asked(d, 1, "POST /api/v1/payment/create",
                 "{\"shopLogin\":\"GESPAY00000\",\"amount\":\"10.98\",\"currency\":\"EUR\","
                 "\"shopTransactionID\":\"RLM95055-1\",\"languageId\":\"1\",\"paymentType\":[\"CREDITCARD\"],"
                 "\"buyerName\":\"Mario Rossi\",\"buyerEmail\":\"mario@example.it\",\"transDetails\":{\"type\":\"01N\","
                 "\"previousTransDetails\":{\"paymentID\":\"40\"}}}");
    assert_asked(d, 2, "POST /api/v1/payment/submit",
                 "{\"shopLogin\":\"GESPAY00000\",\"paymentTypeDetails\":{\"creditcard\":{\"token\":\"TOK9\"}}}");
    assert_header(d, 2, "paymentToken", "t-1");
    assert_header(d, 2, "Authorization", NULL);
    assert_asked(d, 3, "POST /api/v1/payment/detail", "{\"shopLogin\":\"GESPAY00000\",\"paymentID\":\"42\"}");
}

static void charges_or_says_why_not(void **state)
{
    static const struct {
        const char *name;
        struct step steps[6];
        size_t count;
        enum outcome outcome;
        enum payment_state state;
        const char *error;
    } CASES[] = {
        {"captured by hand",
         {NOT_THERE,
          {.answer = CREATED},
          {.answer = GOOD("{\"transactionResult\":\"OK\"}")},
          {.answer = AUT},
          {.answer = GOOD("{}")},
          {.answer = MOV}},
         6,
         DONE,
         PAYMENT_CAPTURED,
         ""},
        {"went through before", {{.answer = MOV}}, 1, DONE, PAYMENT_CAPTURED, ""},
        {"was refused before", {{.answer = DETAIL("KO", "74", "")}}, 1, DONE, PAYMENT_FAILED, "74"},
        {"no funds",
         {NOT_THERE, {.answer = CREATED}, {.status = 400, .answer = CODE("74")}},
         3,
         DONE,
         PAYMENT_FAILED,
         "74"},
        {"3-D Secure",
         {NOT_THERE, {.answer = CREATED}, {.status = 400, .answer = CODE("8006")}},
         3,
         DONE,
         PAYMENT_NEEDS_ACTION,
         "8006"},
        {"the issuer wants it",
         {NOT_THERE, {.answer = CREATED}, {.status = 200, .answer = CODE("8026")}},
         3,
         DONE,
         PAYMENT_NEEDS_ACTION,
         "8026"},
        {"the card is gone",
         {NOT_THERE, {.answer = CREATED}, {.status = 400, .answer = CODE("1165")}},
         3,
         DONE,
         PAYMENT_NEEDS_ACTION,
         "1165"},
        {"no result",
         {NOT_THERE,
          {.answer = CREATED},
          {.answer = GOOD("{\"transactionResult\":\"\"}")},
          {.answer = DETAIL("UNSUBMITTED", "", "")}},
         4,
         DONE,
         PAYMENT_NEEDS_ACTION,
         NULL},
        {"it waits",
         {NOT_THERE,
          {.answer = CREATED},
          {.answer = GOOD("{\"transactionResult\":\"\"}")},
          {.answer = DETAIL("WAITING", "8006", "")}},
         4,
         DONE,
         PAYMENT_NEEDS_ACTION,
         "8006"},
        {"not yet to be read",
         {NOT_THERE,
          {.answer = CREATED},
          {.answer = GOOD("{\"transactionResult\":\"OK\"}")},
          {.answer = DETAIL("UNSUBMITTED", "", "")}},
         4,
         DONE,
         PAYMENT_PENDING,
         NULL},
        {"submit lost", {NOT_THERE, {.answer = CREATED}, {.how = CLOSE}}, 3, BUSY, 0, NULL},
        {"nobody says whether it went through before", {{.status = 500, .answer = "{}"}}, 1, BUSY, 0, NULL},
        {"several", {{.status = 400, .answer = CODE("2012")}}, 1, BUSY, 0, NULL},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(charge(d, &CARD), CASES[i].outcome);
        if (CASES[i].outcome == DONE)
            assert_int_equal(d->said.state, CASES[i].state);
        if (CASES[i].error)
            assert_string_equal(d->said.error, CASES[i].error);
        assert_int_equal(d->answerer->heard_count, before + CASES[i].count);
    }
}

/* ---- Refund ---- */

static void refunds_once(void **state)
{
    static const struct {
        const char *name;
        struct step steps[2];
        size_t count;
        int64_t before;
        enum outcome outcome;
        const char *error;
    } CASES[] = {
        {"given back", {{.answer = MOV}, {.answer = GOOD("{\"bankTransactionID\":\"78\"}")}}, 2, 0, DONE, ""},
        {"was given back",
         {{.answer = DETAIL("OK", "0", EVENT("MOV", "10.98") "," EVENT("STO", "5.00"))}},
         1,
         0,
         DONE,
         ""},
        {"the second",
         {{.answer = DETAIL("OK", "0", EVENT("MOV", "10.98") "," EVENT("STO", "5.00"))}, {.answer = GOOD("{}")}},
         2,
         500,
         DONE,
         ""},
        {"another under way", {{.answer = MOV}}, 1, 500, BUSY, NULL},
        {"too much", {{.answer = MOV}, {.status = 400, .answer = CODE("2014")}}, 2, 0, BROKEN, NULL},
        {"refused", {{.answer = MOV}, {.status = 400, .answer = CODE("404")}}, 2, 0, REFUSED, "404"},
        {"lost", {{.answer = MOV}, {.how = CLOSE}}, 2, 0, BUSY, NULL},
        {"not asked", {{.how = CLOSE}}, 1, 0, BUSY, NULL},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        size_t before = d->answerer->heard_count;

        print_message("%s\n", CASES[i].name);
        script(d, CASES[i].steps, CASES[i].count);
        assert_int_equal(refund(d, "42", "77", 500, CASES[i].before), CASES[i].outcome);
        if (CASES[i].error)
            assert_string_equal(d->refunded.error, CASES[i].error);
        assert_false(d->refunded.pending);
        assert_int_equal(d->answerer->heard_count, before + CASES[i].count);
        if (CASES[i].count == 2)
            assert_asked(d, before + 1, "POST /api/v1/payment/refund",
                         "{\"shopLogin\":\"GESPAY00000\",\"amount\":\"5.00\",\"currency\":\"EUR\",\"paymentID\":\"42\","
                         "\"refundReason\":\"recesso\"}");
    }
}

/* ---- Notifications ---- */

static const char *no_header(void *arg, const char *name)
{
    (void)arg, (void)name;
    return NULL;
}

static void hears_hints(void **state)
{
    static const struct {
        const char *query, *ref;
    } CASES[] = {
        {"Status=OK&paymentID=42&paymentToken=t", "42"},
        {"PAYMENTID=42", "42"},
        {"", ""},
        {"paymentID=%0a", ""},
        {"paymentID=%zz", ""},
        {"a=GESPAY&b=xyz", ""},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        struct gateway_notice notice = {.query = CASES[i].query, .header = no_header, .body = "", .at = clock_now()};
        struct gateway_heard heard;

        assert_int_equal(d->gateway.hear(d->gateway.arg, d, &notice, &heard, &d->why), DONE);
        assert_false(heard.verified);
        assert_string_equal(heard.ref, CASES[i].ref);
    }
}

static void nobody_there(void **state)
{
    struct desk *d = *state;
    struct axerve_config config = {"http://127.0.0.1:1/api/v1/", "GESPAY00000", "K3Y"};

    assert_int_equal(axerve_gateway(d, d->client, &config, &d->gateway), DONE);
    assert_int_equal(begin(d, &ASK), BUSY);
    assert_int_equal(status_of(d, "42"), BUSY);
    assert_int_equal(refund(d, "42", "", 100, 0), BUSY);
    config.url = "http://bank.example/";
    assert_int_equal(axerve_gateway(d, d->client, &config, &d->gateway), BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begins, set_up, desk_close),
        cmocka_unit_test_setup_teardown(asks_that_the_card_be_kept, set_up, desk_close),
        cmocka_unit_test_setup_teardown(begins_or_says_why_not, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_a_captured_payment, set_up, desk_close),
        cmocka_unit_test_setup_teardown(finds_by_our_key, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_states, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_amounts_strictly, set_up, desk_close),
        cmocka_unit_test_setup_teardown(reads_times, set_up, desk_close),
        cmocka_unit_test_setup_teardown(captures, set_up, desk_close),
        cmocka_unit_test_setup_teardown(charges, set_up, desk_close),
        cmocka_unit_test_setup_teardown(charges_or_says_why_not, set_up, desk_close),
        cmocka_unit_test_setup_teardown(refunds_once, set_up, desk_close),
        cmocka_unit_test_setup_teardown(hears_hints, set_up, desk_close),
        cmocka_unit_test_setup_teardown(nobody_there, set_up, desk_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
