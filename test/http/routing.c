/* Which handler a request finds, what it is told, and which requests find none. */
#include "site.h"

static void paths_find_their_handlers(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path;
        int status;
        const char *body; /* or Allow, for 405 */
    } rows[] = {
        {"GET", "/", 200, "/"},
        {"GET", "/?a=1&b=%C3%A0+x", 200, "/ ?a=1 ?b=à x"},
        {"GET", "/caselle/nuova", 200, "/caselle/nuova"},
        {"GET", "/caselle/n%75ova", 200, "/caselle/nuova"},
        {"GET", "/caselle/nuovo", 200, "/caselle/{a} a=nuovo"},
        {"GET", "/caselle/rossi@pec.example", 200, "/caselle/{a} a=rossi@pec.example"},
        {"GET", "/caselle/a%20b%2B+c", 200, "/caselle/{a} a=a b++c"},
        {"POST", "/caselle/nuova", 200, "/caselle/{a} a=nuova"}, /* the literal knows no POST, the name does */
        {"GET", "/caselle/nuova/rinnovo", 200, "/caselle/{a}/rinnovo a=nuova"},
        {"DELETE", "/caselle/x/rinnovo/y", 200, "/caselle/{a}/rinnovo/{b} a=x b=y"},
        {"GET", "/b/visura/", 200, "/b/{a}/ a=visura"},
        {"GET", "/b/visura", 404, NULL},
        {"GET", "/file/uno/due/", 200, "/file/{rest*} rest=uno/due/"},
        {"GET", "/file/", 404, NULL},
        {"GET", "/caselle/", 404, NULL},
        {"GET", "/caselle", 404, NULL},
        {"GET", "//caselle/x", 404, NULL},
        {"GET", "/nulla", 404, NULL},
        {"DELETE", "/nulla", 404, NULL},
        {"DELETE", "/caselle/x", 405, "GET, HEAD, POST"},
        {"POST", "/", 405, "GET, HEAD"},
        {"PUT", "/eco", 405, "POST"},
        {"GET", "/caselle/x/rinnovo/y", 405, "DELETE"},
        {"HEAD", "/eco", 405, "POST"},
        {"GET", "/static/manca.css", 404, NULL},
    };

    start((struct http_options){0});
    for (size_t i = 0; i < count_of(rows); i++) {
        char *request = talloc_asprintf(mem, "%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", rows[i].method,
                                        rows[i].path);
        struct answer a = say(request);
        const char *told = a.status == 405 ? header(&a, "Allow") : a.body;

        if (a.status != rows[i].status || (rows[i].body && (!told || strcmp(told, rows[i].body) != 0)))
            fail_msg("%s %s: %d %s", rows[i].method, rows[i].path, a.status, told);
    }
}

static void wrong_patterns_are_refused_at_start(void **state)
{
    (void)state;
    static const struct http_route rows[][3] = {
        {{HTTP_GET, "senza", show}, {0}},
        {{HTTP_GET, "/a/{x*}/b", show}, {0}},
        {{HTTP_GET, "/a{x}", show}, {0}},
        {{HTTP_GET, "/a", show}, {HTTP_GET, "/a", show}, {0}},
        {{HTTP_GET, "/a/{x}", show}, {HTTP_GET, "/a/{y}", show}, {0}},
        {{HTTP_GET, "/a", NULL}, {0}},
    };

    for (size_t i = 0; i < count_of(rows); i++) {
        struct http_options options = {.listen = "127.0.0.1:0", .routes = rows[i]};
        struct problem why;

        assert_int_equal(http_server_start(mem, &options, &server, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_CONFIG);
    }
}

static void addresses_that_cannot_be_listened_at_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {"", "8080", "127.0.0.1:http", "256.0.0.1:0", "192.0.2.1:0", "127.0.0.1:70000"};
    struct http_server *other;

    for (size_t i = 0; i < count_of(rows); i++) {
        struct http_options options = {.listen = rows[i], .routes = ROUTES};

        if (http_server_start(mem, &options, &server, NULL) != REFUSED)
            fail_msg("%s", rows[i]);
    }
    start((struct http_options){0});
    struct http_options taken = {.listen = url + strlen("http://"), .routes = ROUTES};
    assert_int_equal(http_server_start(mem, &taken, &other, NULL), REFUSED);
}

static void misleading_requests_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"GET /caselle/a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/a%2fb HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/%FF HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/%C0%AF HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/%ED%A0%80 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/% HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/%0d%0a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/../x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/%2e%2E HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /./x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /static/../sito HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /caselle/..x HTTP/1.1\r\nHost: x\r\n\r\n", 200},
        {"GET /caselle/... HTTP/1.1\r\nHost: x\r\n\r\n", 200},
        {"GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"POST /eco HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
        {"POST /eco HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /eco HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST /modulo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
         "3\r\n\r\na=%",
         400},
        {"POST /modulo HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: "
         "3\r\n\r\nabc",
         400},
    };

    start((struct http_options){0});
    for (size_t i = 0; i < count_of(rows); i++) {
        struct answer a = say(rows[i].request);

        if (a.status != rows[i].status)
            fail_msg("%s: %d", rows[i].request, a.status);
    }
    assert_int_equal(get("/").status, 200);
}

static void head_is_get_without_the_body(void **state)
{
    (void)state;
    int s;

    start((struct http_options){0});
    struct answer whole = get("/pagina");
    s = client_connect(url);
    for (int i = 0; i < 2; i++) { /* the second shows that no body was in the way */
        const char request[] = "HEAD /pagina HTTP/1.1\r\nHost: x\r\n\r\n";

        client_send(s, request, strlen(request));
        struct answer a = client_read(mem, s, true);
        assert_int_equal(a.status, 200);
        assert_string_equal(header(&a, "Content-Length"), header(&whole, "Content-Length"));
    }
    close(s);
}

static void a_handler_is_told_who_asks(void **state)
{
    (void)state;
    static const char HEADERS[] = "X-Forwarded-For: 1.2.3.4, 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Prova: sì\r\n"
                                  "Cookie: unouno=9; uno=a=b ;due=\"2\"; uno=z\r\n";

    start((struct http_options){0});
    struct answer a = client_get(mem, url, "/dice", HEADERS);
    assert_string_equal(a.body, "host=localhost client=127.0.0.1 secure=0 cookie=a=b/2 header=sì body=0 guard=0");
    assert_null(header(&a, "Strict-Transport-Security"));
    http_server_stop(server);
    start((struct http_options){.trust_proxy = true});
    a = client_get(mem, url, "/dice", HEADERS);
    assert_string_equal(a.body, "host=localhost client=203.0.113.7 secure=1 cookie=a=b/2 header=sì body=0 guard=0");
    assert_non_null(header(&a, "Strict-Transport-Security"));
    a = client_get(mem, url, "/dice", "X-Forwarded-For: <script>\r\n");
    assert_non_null(strstr(a.body, "client=127.0.0.1 secure=0"));
    a = say("GET /dice HTTP/1.1\r\nHost: VISURA.Example.:8080\r\n\r\n");
    assert_non_null(strstr(a.body, "host=visura.example "));
    a = say("GET /dice HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n");
    assert_non_null(strstr(a.body, "host=[::1] "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(paths_find_their_handlers),
        TEST(wrong_patterns_are_refused_at_start),
        TEST(addresses_that_cannot_be_listened_at_are_refused),
        TEST(misleading_requests_are_refused),
        TEST(head_is_get_without_the_body),
        TEST(a_handler_is_told_who_asks),
    };

    QUIET();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
