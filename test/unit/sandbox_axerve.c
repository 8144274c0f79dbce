/* The simulated Axerve, spoken to over HTTP as a shop and as a payer: the wire of PAYMENTS §1, its codes, and faults on
 * demand. */
#include "sandbox_kit.h"

#define API(call) "/api/v1/payment/" call

static const char *const KEY[] = {"Authorization: apikey prova-di-chiave", NULL};

static struct said ask(const char *path, const char *body)
{
    return say_as("POST", path, "application/json", body, KEY);
}

static const char *order(const char *key, const char *more)
{
    return talloc_asprintf(
        mem,
        "{\"shopLogin\":\"GESPAY00001\",\"amount\":\"10.98\",\"currency\":\"EUR\",\"shopTransactionID\":\"%s\","
        "\"buyerName\":\"Rosa Modelli\",\"responseURLs\":{\"buyerOK\":\"https://shop.example/ok?o=1\","
        "\"buyerKO\":\"https://shop.example/ko\",\"serverNotificationURL\":\"%s/hook\"}%s}",
        key, http_server_url(shop), more);
}

/* A payment begun: its id, token and page. */
struct begun {
    const char *id, *token, *page;
};

static struct begun begin(const char *key, const char *more)
{
    struct said said = ask(API("create"), order(key, more));

    if (said.status != 200)
        fail_msg("%s: %d %s", key, said.status, said.text);
    assert_string_equal(at(said.json, "error.code"), "0");
    return (struct begun){at(said.json, "payload.paymentID"), at(said.json, "payload.paymentToken"),
                          at(said.json, "payload.userRedirect.href")};
}

static const json_t *detail(const char *id)
{
    struct said said = say_as("GET", talloc_asprintf(mem, API("detail/%s"), id), NULL, NULL, KEY);

    assert_int_equal(said.status, 200);
    return json_object_get(said.json, "payload");
}

static int start(void **state)
{
    (void)state;
    kit_start((struct sandbox_options){.what = SANDBOX_AXERVE,
                                       .shop_login = "GESPAY00001",
                                       .api_key = "prova-di-chiave",
                                       .shop_name = "Prova S.r.l."});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kit_stop();
    return 0;
}

/* ---- Refusals of create ---- */

static void what_is_wrong_has_its_code(void **state)
{
#define ORDER(amount, currency, key, more)                                                                             \
    "{\"shopLogin\":\"GESPAY00001\",\"amount\":" amount ",\"currency\":\"" currency "\",\"shopTransactionID\":\"" key  \
    "\"" more "}"
    static const struct {
        const char *body, *code;
    } CASES[] = {
        {"{}", "1108"},
        {"{\"shopLogin\":\"GESPAY99999\"}", "1131"},
        {"{\"shopLogin\":\"GESPAY00001\",\"currency\":\"EUR\",\"shopTransactionID\":\"a\"}", "1112"},
        {"{\"shopLogin\":\"GESPAY00001\"", "1105"},
        {ORDER("10.98", "EUR", "a", ""), "1113"},
        {ORDER("\"10,98\"", "EUR", "a", ""), "1456"},
        {ORDER("\"10.9\"", "EUR", "a", ""), "1114"},
        {ORDER("\"10\"", "EUR", "a", ""), "1114"},
        {ORDER("\"-1.00\"", "EUR", "a", ""), "1113"},
        {ORDER("\"0.00\"", "EUR", "a", ""), "1146"},
        {ORDER("\"10.98\"", "978", "a", ""), "1111"},
        {ORDER("\"10.98\"", "EUR", "", ""), "1115"},
        {ORDER("\"10.98\"", "EUR", "123456789012345678901234567890123456789012345678901", ""), "1116"},
        {ORDER("\"10.98\"", "EUR", "a", ",\"languageId\":\"9\""), "1117"},
        {ORDER("\"10.98\"", "EUR", "a", ",\"buyerEmail\":\"rosa\""), "1127"},
        {ORDER("\"10.98\"", "EUR", "a", ",\"paymentType\":[\"CONTANTI\"]"), "1105"},
        {ORDER("\"10.98\"", "EUR", "a", ",\"responseURLs\":{\"buyerOK\":\"javascript:1\"}"), "1105"},
        {ORDER("\"10.98\"", "EUR", "a", ",\"transDetails\":{\"type\":\"01N\"}"), "1109"},
    };

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct said said = ask(API("create"), CASES[i].body);

        if (said.status != 400 || strcmp(at(said.json, "error.code"), CASES[i].code) != 0)
            fail_msg("%s: %d %s", CASES[i].body, said.status, said.text);
        assert_string_equal(at(said.json, "payload"), "{}");
    }
    assert_int_equal(json_array_size(json_object_get(ledger(), "payments")), 0);
}

static void keys_are_asked_for(void **state)
{
    static const char *const WRONG[] = {"Authorization: apikey altra", NULL},
                             *const BEARER[] = {"Authorization: Bearer prova-di-chiave", NULL};
    struct said said;

    (void)state;
    said = say_as("POST", API("create"), "application/json", order("A-1", ""), NULL);
    assert_int_equal(said.status, 403);
    assert_string_equal(at(said.json, "error.code"), "1169");
    said = say_as("POST", API("create"), "application/json", order("A-1", ""), WRONG);
    assert_int_equal(said.status, 403);
    assert_string_equal(at(said.json, "error.code"), "1166");
    said = say_as("POST", API("create"), "application/json", order("A-1", ""), BEARER);
    assert_int_equal(said.status, 403);
    said = say_as("GET", API("nulla"), NULL, NULL, KEY);
    assert_int_equal(said.status, 404);
}

/* ---- The payer ---- */

static void cards_do_as_the_page_says(void **state)
{
    static const struct {
        const char *card, *result, *code, *where, *status;
    } CASES[] = {
        {"4242 4242 4242 4242", "OK", "0", "https://shop.example/ok?o=1&Status=OK&paymentID=", "captured"},
        {"5555555555554444", "OK", "0", "https://shop.example/ok?o=1&Status=OK&paymentID=", "captured"},
        {"4000000000000002", "KO", "57", "https://shop.example/ko?Status=KO&paymentID=", "failed"},
        {"4000000000009995", "KO", "74", "https://shop.example/ko?Status=KO&paymentID=", "failed"},
        {"4000000000000069", "KO", "433", "https://shop.example/ko?Status=KO&paymentID=", "failed"},
        {"4000000000000077", "OK", "0", "https://shop.example/ok?o=1&Status=OK&paymentID=", "captured"},
        {"4000000000000259", "XX", "", "https://shop.example/ok?o=1&Status=XX&paymentID=", "waiting"},
    };

    (void)state;
    behave("{\"slow_card_ms\": 20}");
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct begun b = begin(talloc_asprintf(mem, "CARD-%zu", i), "");
        struct seen seen = look(b.page);
        const json_t *d;

        assert_int_equal(seen.status, 200);
        assert_non_null(strstr(seen.body, "10,98 €"));
        assert_string_equal(at(detail(b.id), "transactionResult"), "UNSUBMITTED");
        seen = pay_by_card(b.page, CASES[i].card);
        if (seen.status != 303 || strncmp(seen.location, CASES[i].where, strlen(CASES[i].where)) != 0)
            fail_msg("%s: %d %s", CASES[i].card, seen.status, seen.location);
        assert_non_null(strstr(seen.location, talloc_asprintf(mem, "paymentID=%s&paymentToken=%s", b.id, b.token)));
        d = detail(b.id);
        assert_string_equal(at(d, "transactionResult"), CASES[i].result);
        assert_string_equal(at(d, "transactionErrorCode"), CASES[i].code);
        assert_string_equal(at(ledger(), talloc_asprintf(mem, "payments.%zu.state", i)), CASES[i].status);
        assert_int_equal(pay_by_card(b.page, "4242424242424242").status, 404); /* over */
    }
    assert_string_equal(at(ledger(), "captured_cents"), "3294");
}

static void wrong_cards_stay_on_the_page(void **state)
{
    static const char *const NUMBERS[] = {"4242424242424241", "4111111111111111", "abcd", ""};
    struct begun b;

    (void)state;
    b = begin("CARD-W", "");
    for (size_t i = 0; i < count_of(NUMBERS); i++) {
        struct seen seen = pay_by_card(b.page, NUMBERS[i]);

        assert_int_equal(seen.status, 422);
        assert_non_null(strstr(seen.body, "role=\"alert\""));
        assert_null(*NUMBERS[i] ? strstr(seen.body, NUMBERS[i]) : NULL);
    }
    assert_int_equal(fill(b.page, (const char *const[]){"act", "pay", "number", "4242424242424242", "expiry", "13/30",
                                                        "cvv", "123", "name", "R", NULL})
                         .status,
                     422);
    assert_int_equal(fill(b.page, (const char *const[]){"act", "pay", "number", "4242424242424242", "expiry", "01/20",
                                                        "cvv", "123", "name", "R", NULL})
                         .status,
                     303);
    assert_string_equal(at(detail(b.id), "transactionErrorCode"), "433");
}

static void a_detail_says_all(void **state)
{
    struct begun b;
    const json_t *d;

    (void)state;
    b = begin("DET-1", ",\"requestToken\":\"MASKEDPAN\",\"customInfo\":{\"a\":\"1\"}");
    pay_by_card(b.page, "4242424242424242");
    d = detail(b.id);
    assert_string_equal(at(d, "shopTransactionID"), "DET-1");
    assert_string_equal(at(d, "paymentID"), b.id);
    assert_string_equal(at(d, "transactionState"), "MOV");
    assert_string_equal(at(d, "events.0.event.eventtype"), "AUT");
    assert_string_equal(at(d, "events.1.event.eventtype"), "MOV");
    assert_string_equal(at(d, "events.1.event.eventamount"), "10.98");
    assert_int_equal(strlen(at(d, "events.1.event.eventdate")), strlen("15/01/26 16:13:14"));
    assert_string_equal(at(d, "maskedPAN"), "424242******4242");
    assert_string_equal(at(d, "company"), "VISA");
    assert_string_equal(at(d, "tokenExpiryMonth"), "12");
    assert_string_equal(at(d, "tokenExpiryYear"), "30");
    assert_int_equal(strlen(at(d, "token")), 16);
    assert_string_equal(at(d, "customInfo.a"), "1");
    behave("{\"words\": \"long\"}");
    assert_string_equal(at(detail(b.id), "transactionResult"), "APPROVED");
    assert_string_equal(at(ask(API("detail"), "{\"shopLogin\":\"GESPAY00001\",\"shopTransactionID\":\"DET-1\"}").json,
                           "payload.paymentID"),
                        b.id);
    assert_string_equal(
        at(ask(API("detail"), "{\"shopLogin\":\"GESPAY00001\",\"shopTransactionID\":\"DET-2\"}").json, "error.code"),
        "2011");
    assert_string_equal(at(ask(API("create"), order("DET-1", "")).json, "error.code"), "1137");
    begin("DET-3", "");
    begin("DET-3", "");
    assert_string_equal(
        at(ask(API("detail"), "{\"shopLogin\":\"GESPAY00001\",\"shopTransactionID\":\"DET-3\"}").json, "error.code"),
        "2012");
}

static void a_token_reads_its_payment_five_times(void **state)
{
    struct begun b;
    const char *header[2] = {NULL};

    (void)state;
    b = begin("TOK-1", "");
    header[0] = talloc_asprintf(mem, "paymentToken: %s", b.token);
    for (int i = 0; i < 5; i++)
        assert_int_equal(say_as("GET", talloc_asprintf(mem, API("detail/%s"), b.id), NULL, NULL, header).status, 200);
    assert_int_equal(say_as("GET", talloc_asprintf(mem, API("detail/%s"), b.id), NULL, NULL, header).status, 403);
    assert_int_equal(say_as("GET", API("detail/1234567890"), NULL, NULL, header).status, 403);
}

static void a_challenge_wants_its_code(void **state)
{
    struct begun b = begin("SCA-1", "");
    struct seen seen = pay_by_card(b.page, "4000002760003184");

    (void)state;
    assert_int_equal(seen.status, 303);
    assert_non_null(strstr(seen.location, "/pagam/pagam3d.aspx?a=GESPAY00001&b="));
    assert_int_equal(look(seen.location).status, 200);
    assert_string_equal(at(detail(b.id), "transactionResult"), "WAITING");
    fill(seen.location, (const char *const[]){"act", "pay", "otp", "123456", NULL});
    assert_string_equal(at(detail(b.id), "transactionResult"), "OK");
    b = begin("SCA-2", "");
    seen = pay_by_card(b.page, "4000002760003184");
    fill(seen.location, (const char *const[]){"act", "pay", "otp", "000000", NULL});
    assert_string_equal(at(detail(b.id), "transactionErrorCode"), "8009");
    b = begin("SCA-3", "");
    fill(b.page, (const char *const[]){"act", "cancel", NULL});
    assert_string_equal(at(detail(b.id), "transactionErrorCode"), "1140");
}

/* ---- Money after that ---- */

static struct said move(const char *call, const char *id, const char *amount)
{
    return ask(talloc_asprintf(mem, API("%s"), call),
               talloc_asprintf(
                   mem, "{\"shopLogin\":\"GESPAY00001\",\"paymentID\":\"%s\",\"amount\":\"%s\",\"currency\":\"EUR\"}",
                   id, amount));
}

static void refunds_keep_to_the_balance(void **state)
{
    struct begun b;

    (void)state;
    b = begin("REF-1", "");
    assert_string_equal(at(move("refund", b.id, "1.00").json, "error.code"), "2018");
    pay_by_card(b.page, "4242424242424242");
    assert_string_equal(at(move("refund", b.id, "10.99").json, "error.code"), "2014");
    assert_string_equal(at(move("refund", b.id, "4.00").json, "payload.transactionResult"), "OK");
    assert_string_equal(at(move("refund", b.id, "6.99").json, "error.code"), "2014");
    assert_string_equal(at(move("refund", b.id, "6.98").json, "error.code"), "0");
    assert_string_equal(at(detail(b.id), "events.3.event.eventtype"), "STO");
    assert_string_equal(at(ledger(), "payments.0.refunded_cents"), "1098");
}

static void a_shop_may_settle_by_itself(void **state)
{
    struct begun b;

    (void)state;
    behave("{\"settlement\": \"manual\"}");
    b = begin("SET-1", "");
    pay_by_card(b.page, "4242424242424242");
    assert_string_equal(at(detail(b.id), "transactionState"), "AUT");
    assert_string_equal(at(ledger(), "captured_cents"), "0");
    assert_string_equal(at(move("capture", b.id, "10.99").json, "error.code"), "58");
    assert_string_equal(at(move("capture", b.id, "10.98").json, "error.code"), "0");
    assert_string_equal(at(move("capture", b.id, "10.98").json, "error.code"), "2019");
    assert_string_equal(at(move("cancel", b.id, "10.98").json, "error.code"), "2017");
    b = begin("SET-2", "");
    pay_by_card(b.page, "4242424242424242");
    assert_string_equal(at(move("cancel", b.id, "10.98").json, "error.code"), "0");
    assert_string_equal(at(detail(b.id), "transactionState"), "CAN");
}

static void saved_cards_are_charged(void **state)
{
    static const struct {
        const char *tokens, *result, *code;
    } CASES[] = {{"as-saved", "OK", "0"},
                 {"needs-action", "", "8006"},
                 {"insufficient-funds", "KO", "74"},
                 {"expired", "KO", "1164"}};
    struct begun first;
    const char *token, *header[2] = {NULL};
    struct said said;

    (void)state;
    first = begin("REC-0", ",\"requestToken\":\"MASKEDPAN\",\"transDetails\":{\"type\":\"01F\"}");
    pay_by_card(first.page, "4242424242424242");
    token = at(detail(first.id), "token");
    for (size_t i = 0; i <= count_of(CASES); i++) {
        bool unknown = i == count_of(CASES);
        struct begun b = begin(
            talloc_asprintf(mem, "REC-%zu", i + 1),
            talloc_asprintf(mem, ",\"transDetails\":{\"type\":\"01N\",\"previousTransDetails\":{\"paymentID\":\"%s\"}}",
                            first.id));

        behave(talloc_asprintf(mem, "{\"tokens\": \"%s\"}", CASES[unknown ? 0 : i].tokens));
        header[0] = talloc_asprintf(mem, "paymentToken: %s", b.token);
        said = say_as("POST", API("submit"), "application/json",
                      talloc_asprintf(
                          mem,
                          "{\"shopLogin\":\"GESPAY00001\",\"paymentTypeDetails\":{\"creditcard\":{\"token\":\"%s\"}}}",
                          unknown ? "424242ZZZZZZ4242" : token),
                      header);
        assert_int_equal(said.status, 200);
        assert_string_equal(at(said.json, "payload.transactionResult"), unknown ? "KO" : CASES[i].result);
        assert_string_equal(at(said.json, "payload.transactionErrorCode"), unknown ? "1165" : CASES[i].code);
        if (!unknown && !*CASES[i].result)
            assert_non_null(strstr(at(said.json, "payload.userRedirect.href"), "pagam3d.aspx"));
    }
    assert_string_equal(at(ledger(), "captured_cents"), "2196");
    assert_int_equal(
        say_as("DELETE", talloc_asprintf(mem, "/api/v1/shop/token/GESPAY00001/%s", token), NULL, NULL, KEY).status,
        200);
    assert_string_equal(at(ledger(), "tokens.0.state"), "deleted");
}

/* ---- What the shop is told ---- */

static void the_shop_is_told(void **state)
{
    struct begun b, c;

    (void)state;
    behave("{\"notifications\": {\"before_return\": true}}");
    b = begin("TELL-1", "");
    pay_by_card(b.page, "4242424242424242");
    assert_int_equal(heard_count, 1);
    assert_string_equal(heard[0].target,
                        talloc_asprintf(mem, "/hook?Status=OK&paymentID=%s&paymentToken=%s", b.id, b.token));
    behave("{\"reset\": true, \"notifications\": {\"hold\": true, \"reverse\": true, \"repeat\": 2}}");
    b = begin("TELL-2", ""), c = begin("TELL-3", "");
    pay_by_card(b.page, "4242424242424242");
    pay_by_card(c.page, "4000000000000002");
    assert_string_equal(at(ledger(), "notifications.waiting"), "4");
    behave("{\"notifications\": {\"hold\": false}, \"wait\": true}");
    assert_int_equal(heard_count, 5);
    assert_non_null(strstr(heard[1].target, c.id));
    assert_non_null(strstr(heard[4].target, b.id));
    behave("{\"reset\": true, \"notifications\": {\"drop\": true}}");
    b = begin("TELL-4", "");
    pay_by_card(b.page, "4242424242424242");
    behave("{\"reset\": true, \"notifications\": {\"forge\": \"unknown\"}}");
    c = begin("TELL-5", "");
    pay_by_card(c.page, "4242424242424242");
    behave("{\"wait\": true}");
    assert_int_equal(heard_count, 6);
    assert_null(strstr(heard[5].target, c.id));
    behave(talloc_asprintf(mem, "{\"reset\": true, \"dispute\": \"%s\", \"wait\": true}", c.id));
    assert_int_equal(heard_count, 7);
    assert_string_equal(at(detail(c.id), "events.2.event.eventtype"), "STO");
}

/* ---- Faults ---- */

static void calls_fail_as_told(void **state)
{
    static const struct {
        const char *how;
        enum outcome outcome;
        int status;
        size_t payments; /* made by then */
    } CASES[] = {
        {"\"how\": \"hang-up\", \"when\": \"before\"", BUSY, 0, 0},
        {"\"how\": \"hang-up\", \"when\": \"after\"", BUSY, 0, 1},
        {"\"how\": \"status\", \"status\": 503", DONE, 503, 1},
        {"\"how\": \"status\", \"status\": 500, \"when\": \"after\"", DONE, 500, 2},
        {"\"how\": \"garbage\"", DONE, 200, 2},
        {"\"how\": \"garbage\", \"when\": \"after\"", DONE, 200, 3},
        {"\"how\": \"slow\", \"ms\": 10", DONE, 200, 4},
    };

    (void)state;
    for (size_t i = 0; i < count_of(CASES); i++) {
        struct said said;

        behave(talloc_asprintf(mem, "{\"fail\": [{\"path\": \"/create\", %s}]}", CASES[i].how));
        said = ask(API("create"), order(talloc_asprintf(mem, "FAIL-%zu", i), ""));
        if (said.outcome != CASES[i].outcome || said.status != CASES[i].status ||
            json_array_size(json_object_get(ledger(), "payments")) != CASES[i].payments)
            fail_msg("%s: %d %d", CASES[i].how, said.outcome, said.status);
        assert_true(strstr(CASES[i].how, "garbage") == NULL || said.json == NULL);
    }
    assert_int_equal(ask(API("create"), order("FAIL-Z", "")).status, 200); /* once, as told */
    behave("{\"fail\": [{\"path\": \"\", \"method\": \"GET\", \"skip\": 1, \"times\": 2, \"how\": \"status\"}]}");
    for (int i = 0; i < 4; i++)
        assert_int_equal(say_as("GET", API("detail/1"), NULL, NULL, KEY).status, i == 1 || i == 2 ? 503 : 400);
}

static void a_seed_gives_the_same_faults(void **state)
{
    char first[61] = "", second[61] = "";

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        char *out = turn ? second : first;

        behave("{\"faults\": {\"seed\": 7, \"per_mille\": 300}}");
        for (int i = 0; i < 60; i++) {
            struct said said = ask(API("detail"), "{}"); /* a body, so that it is not sent twice */

            out[i] = said.outcome != DONE ? 'h'
                     : said.status == 400 ? '.'
                     : said.status == 200 ? 'g'
                     : said.status == 503 ? 's'
                                          : 'e';
        }
    }
    assert_string_equal(first, second);
    assert_true(strchr(first, 'h') && strchr(first, '.') && strchr(first, 'g') && strchr(first, 's'));
    behave("{\"faults\": null}");
    assert_int_equal(say_as("GET", API("detail/1"), NULL, NULL, KEY).status, 400);
}

static void behaviour_is_checked(void **state)
{
    static const char *const WRONG[] = {"{\"altro\": 1}",
                                        "{\"notifications\": {\"repeat\": 11}}",
                                        "{\"notifications\": []}",
                                        "{\"tokens\": \"forse\"}",
                                        "{\"fail\": {}}",
                                        "{\"fail\": [{\"how\": \"boh\"}]}",
                                        "{\"faults\": {\"per_mille\": 1001}}",
                                        "{\"expire\": \"nessuno\"}",
                                        "{\"dispute\": \"nessuno\"}",
                                        "{\"slow_card_ms\": \"1\"}",
                                        "[]",
                                        "{"};

    (void)state;
    for (size_t i = 0; i < count_of(WRONG); i++)
        if (say_as("POST", "/sandbox/behaviour", "application/json", WRONG[i], NULL).status != 400)
            fail_msg("%s was taken", WRONG[i]);
    assert_string_equal(at(say_as("POST", "/sandbox/behaviour", "application/json", "{}", NULL).json, "tokens"),
                        "as-saved");
}

static void only_loopback_and_only_simulated(void **state)
{
    struct sandbox_options good = {.what = SANDBOX_AXERVE,
                                   .listen = "127.0.0.1:0",
                                   .shop_login = "G",
                                   .api_key = "k",
                                   .simulated = true},
                           o;
    static const char *const ELSEWHERE[] = {"0.0.0.0:0", ":0",          "192.168.1.1:0", "localhost:0",
                                            "[::]:0",    "128.0.0.1:0", "127.0.0.1"};
    struct sandbox *made;
    struct problem why = {0};

    (void)state;
    for (size_t i = 0; i < count_of(ELSEWHERE); i++) {
        o = good, o.listen = ELSEWHERE[i];
        assert_int_equal(sandbox_start(mem, &o, &made, &why), REFUSED);
    }
    o = good, o.simulated = false;
    assert_int_equal(sandbox_start(mem, &o, &made, &why), REFUSED);
    o = good, o.api_key = "";
    assert_int_equal(sandbox_start(mem, &o, &made, &why), REFUSED);
    assert_int_equal(sandbox_start(mem, &good, &made, &why), DONE);
    assert_string_equal(sandbox_url(made), talloc_asprintf(mem, "%s/api/v1/", sandbox_origin(made)));
    assert_null(sandbox_ca_file(made));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(what_is_wrong_has_its_code),
        TEST(keys_are_asked_for),
        TEST(cards_do_as_the_page_says),
        TEST(wrong_cards_stay_on_the_page),
        TEST(a_detail_says_all),
        TEST(a_token_reads_its_payment_five_times),
        TEST(a_challenge_wants_its_code),
        TEST(refunds_keep_to_the_balance),
        TEST(a_shop_may_settle_by_itself),
        TEST(saved_cards_are_charged),
        TEST(the_shop_is_told),
        TEST(calls_fail_as_told),
        TEST(a_seed_gives_the_same_faults),
        TEST(behaviour_is_checked),
        TEST(only_loopback_and_only_simulated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
