/* Asking over HTTP, against a server that answers well, badly, late, and not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answerer.h"
#include "base/log.h"
#include "net/client.h"

struct place {
    struct answerer *answerer;
    struct client *client;
    struct problem why;
    struct client_answer answer;
};

static int set_up(void **state)
{
    struct place *p = talloc_zero(NULL, struct place);
    struct client_options options = {.timeout_ms = 3000, .body_most = 100};

    log_setup(LOG_ERROR + 1, false);
    p->answerer = answerer_start();
    assert_int_equal(client_open(p, &options, &p->client, &p->why), DONE);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    struct answerer *a = p->answerer;

    talloc_free(p);
    answerer_stop(a);
    return 0;
}

static enum outcome ask(struct place *p, const char *method, const char *path, const char *body)
{
    struct client_request request = {.method = method,
                                     .url = talloc_asprintf(p, "%s%s", p->answerer->url, path),
                                     .headers = (const char *const[]){"X-Secret: abc", NULL},
                                     .body = body,
                                     .length = body ? strlen(body) : 0};

    return client_call(p->client, p, &request, &p->answer, &p->why);
}

static void asks_and_hears(void **state)
{
    struct place *p = *state;

    answerer_then(p->answerer, (struct step){.status = 201, .answer = "{\"a\":1}"});
    answerer_then(p->answerer, (struct step){.status = 404, .answer = "no", .type = "text/plain"});
    assert_int_equal(ask(p, "POST", "/x?q=1", "{}"), DONE);
    assert_int_equal(p->answer.status, 201);
    assert_string_equal(p->answer.body, "{\"a\":1}");
    assert_string_equal(p->answer.content_type, "application/json");
    assert_string_equal(p->answerer->heard[0].line, "POST /x?q=1");
    assert_string_equal(p->answerer->heard[0].body, "{}");
    assert_string_equal(answerer_header(p->answerer, 0, "X-Secret"), "abc");
    assert_string_equal(answerer_header(p->answerer, 0, "Content-Type"), "application/json");
    assert_null(answerer_header(p->answerer, 0, "Expect"));
    assert_null(answerer_header(p->answerer, 0, "Transfer-Encoding"));
    assert_int_equal(ask(p, "GET", "/y", NULL), DONE);
    assert_int_equal(p->answer.status, 404);
    assert_string_equal(p->answerer->heard[1].line, "GET /y");
    assert_null(answerer_header(p->answerer, 1, "Content-Length"));
    assert_int_equal(p->answerer->connections, 1); /* kept */
}

static void follows_nothing_and_keeps_nothing(void **state)
{
    struct place *p = *state;

    answerer_then(p->answerer, (struct step){.status = 302, .header = "Location: /elsewhere\r\nSet-Cookie: a=b"});
    answerer_then(p->answerer, (struct step){0});
    assert_int_equal(ask(p, "GET", "/x", NULL), DONE);
    assert_int_equal(p->answer.status, 302);
    assert_int_equal(ask(p, "GET", "/y", NULL), DONE);
    assert_null(answerer_header(p->answerer, 1, "Cookie"));
    assert_int_equal(p->answerer->heard_count, 2);
}

static void says_what_is_not_known(void **state)
{
    struct place *p = *state;
    const enum how bad[] = {CUT, HANG, RESET, CLOSE, GARBAGE};

    for (size_t i = 0; i < count_of(bad); i++) {
        answerer_then(p->answerer, (struct step){.how = bad[i], .answer = "{\"half"});
        assert_int_equal(ask(p, "POST", "/x", "{}"), BUSY);
        assert_true(p->answer.sent);
        assert_int_equal(p->why.code, PROBLEM_REMOTE);
        assert_int_equal(p->answerer->heard_count, i + 1); /* asked once */
    }
}

/* A kept connection that dies under a request: what has a body is not said a second time. */
static void never_says_twice(void **state)
{
    struct place *p = *state;

    answerer_then(p->answerer, (struct step){0});
    answerer_then(p->answerer, (struct step){.how = CLOSE});
    answerer_then(p->answerer, (struct step){0});
    assert_int_equal(ask(p, "POST", "/x", "{}"), DONE);
    assert_int_equal(ask(p, "POST", "/x", "{}"), BUSY);
    assert_true(p->answer.sent);
    assert_int_equal(p->answerer->heard_count, 2);
}

static void bounds_answers(void **state)
{
    struct place *p = *state;
    static char long_answer[102]; /* the answerer may still be writing it when the test is over */

    memset(long_answer, 'x', 101);
    long_answer[101] = '\0';
    answerer_then(p->answerer, (struct step){.answer = long_answer});
    answerer_then(p->answerer, (struct step){.answer = long_answer + 1});
    assert_int_equal(ask(p, "POST", "/x", "{}"), REFUSED);
    assert_true(p->answer.sent);
    assert_int_equal(ask(p, "POST", "/x", "{}"), DONE);
    assert_int_equal(p->answer.length, 100);
}

static void nobody_there(void **state)
{
    struct place *p = *state;
    struct client_request request = {.method = "GET", .url = "http://127.0.0.1:1/x"};

    assert_int_equal(client_call(p->client, p, &request, &p->answer, &p->why), BUSY);
    assert_false(p->answer.sent);
}

static void goes_only_where_it_may(void **state)
{
    static const struct {
        const char *url;
        enum outcome outcome;
    } CASES[] = {
        {"http://example.com/", REFUSED},
        {"http://10.0.0.1/", REFUSED},
        {"http://127.0.0.1.example.com/", REFUSED},
        {"http://user@127.0.0.1/", REFUSED},
        {"http://localhost.example.com/", REFUSED},
        {"http://[::2]/", REFUSED},
        {"http://128.0.0.1/", REFUSED},
        {"file:///etc/passwd", REFUSED},
        {"ftp://127.0.0.1/", REFUSED},
        {"127.0.0.1", REFUSED},
        {"", REFUSED},
        {"gopher://127.0.0.1:1/", REFUSED},
        {"http://127.0.0.1:1/", BUSY},
        {"http://127.9.9.9:1/", BUSY},
        {"http://[::1]:1/", BUSY},
        {"http://LOCALHOST:1/", BUSY},
        {"https://127.0.0.1:1/", BUSY},
    };
    struct place *p = *state;

    for (size_t i = 0; i < count_of(CASES); i++) {
        struct client_request request = {.method = "GET", .url = CASES[i].url};

        print_message("%s\n", CASES[i].url);
        assert_int_equal(client_call(p->client, p, &request, &p->answer, &p->why), CASES[i].outcome);
        assert_false(p->answer.sent);
    }
}

static void refuses_broken_headers(void **state)
{
    struct place *p = *state;
    struct client_request request = {
        .method = "GET", .url = p->answerer->url, .headers = (const char *const[]){"A: b\r\nC: d", NULL}};

    assert_int_equal(client_call(p->client, p, &request, &p->answer, &p->why), BROKEN);
    assert_int_equal(p->answerer->heard_count, 0);
}

static void *ask_often(void *arg)
{
    struct place *p = arg;
    void *mem = talloc_new(NULL);
    struct client_request request = {.method = "POST", .url = p->answerer->url, .body = "{}", .length = 2};

    for (int i = 0; i < 10; i++) {
        struct client_answer answer;
        struct problem why;

        if (client_call(p->client, mem, &request, &answer, &why) != DONE)
            abort();
    }
    talloc_free(mem);
    return NULL;
}

static void many_threads(void **state)
{
    struct place *p = *state;
    pthread_t threads[4];

    for (int i = 0; i < 40; i++)
        answerer_then(p->answerer, (struct step){0});
    for (size_t i = 0; i < count_of(threads); i++)
        pthread_create(&threads[i], NULL, ask_often, p);
    for (size_t i = 0; i < count_of(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(p->answerer->heard_count, 40);
    assert_in_range(p->answerer->connections, 1, 4);
}

static void makes_words(void **state)
{
    void *mem = talloc_new(*state);
    struct client_url url;

    assert_string_equal(client_form(mem, (const char *const[]){"a[b]", "c d&e=è", "f", "", NULL}),
                        "a%5Bb%5D=c%20d%26e%3D%C3%A8&f=");
    assert_string_equal(client_form(mem, (const char *const[]){NULL}), "");
    assert_string_equal(client_basic(mem, "Aladdin", "open sesame"),
                        "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_int_equal(client_url_read(mem, "HTTPS://API.PayPal.com/v1/x?y#z", &url), DONE);
    assert_string_equal(url.scheme, "https");
    assert_string_equal(url.host, "api.paypal.com");
    assert_int_equal(url.port, 443);
    assert_string_equal(url.path, "/v1/x");
    assert_int_equal(client_url_read(mem, "https://paypal.com@evil.example/", &url), REFUSED);
}

static void wants_its_authorities(void **state)
{
    struct place *p = *state;
    struct client_options options = {.ca_file = "/nonexistent/ca.pem"};
    struct client *client;

    assert_int_equal(client_open(p, &options, &client, &p->why), REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(asks_and_hears, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_nothing_and_keeps_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_what_is_not_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(never_says_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_only_where_it_may, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_broken_headers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wants_its_authorities, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
