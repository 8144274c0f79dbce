/* The server, over real sockets: what it routes, what it refuses, and how it bears slow, greedy and broken clients. */
#include "client.h"

#include "base/clock.h"
#include "base/guard.h"
#include "base/log.h"
#include "net/http.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <zlib.h>

static void *mem;
static struct http_server *server;
static const char *url;

/* ---- A gate that handlers wait at, so that a test says when they are done ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static int inside, let_through;

static void pass_gate(void)
{
    pthread_mutex_lock(&gate);
    inside++;
    pthread_cond_broadcast(&moved);
    while (!let_through)
        pthread_cond_wait(&moved, &gate);
    let_through--;
    inside--;
    pthread_mutex_unlock(&gate);
}

static void wait_inside(int count)
{
    pthread_mutex_lock(&gate);
    while (inside < count)
        pthread_cond_wait(&moved, &gate);
    pthread_mutex_unlock(&gate);
}

static void open_gate(int count)
{
    pthread_mutex_lock(&gate);
    let_through += count;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&gate);
}

/* ---- A toy site ---- */

static void reply_text(struct http_request *req, const char *text)
{
    http_reply(req, 200, "text/plain; charset=utf-8", text, strlen(text));
}

static void show(struct http_request *req)
{
    static const char *const NAMES[] = {"a", "b", "rest"};
    char *text = talloc_strdup(req->mem, req->route->pattern);

    for (size_t i = 0; i < count_of(NAMES); i++)
        if (http_parameter(req, NAMES[i]))
            text = talloc_asprintf_append(text, " %s=%s", NAMES[i], http_parameter(req, NAMES[i]));
    for (size_t i = 0; i < req->query.count; i++)
        text = talloc_asprintf_append(text, " ?%s=%s", req->query.pair[i].name, req->query.pair[i].value);
    reply_text(req, text);
}

static void tell(struct http_request *req)
{
    reply_text(req, talloc_asprintf(req->mem, "host=%s client=%s secure=%d cookie=%s/%s header=%s body=%zu guard=%d",
                                    req->host, req->client, req->secure,
                                    http_cookie(req, "uno") ? http_cookie(req, "uno") : "-",
                                    http_cookie(req, "due") ? http_cookie(req, "due") : "-",
                                    http_header(req, "X-Prova") ? http_header(req, "X-Prova") : "-", req->body_length,
                                    reply_queued));
}

static void echo(struct http_request *req)
{
    http_reply(req, 200, "application/octet-stream", req->body, req->body_length);
}

static void spooled(struct http_request *req)
{
    char *bytes = talloc_size(req->mem, req->body_length + 1);
    ssize_t n = read(req->body_file, bytes, req->body_length + 1);

    http_reply(req, 200, "application/octet-stream", bytes, n > 0 ? (size_t)n : 0);
}

static void wait_there(struct http_request *req)
{
    pass_gate();
    reply_text(req, "passed");
}

static void forms(struct http_request *req)
{
    char *text = talloc_strdup(req->mem, "");

    for (size_t i = 0; i < req->form.count; i++)
        text = talloc_asprintf_append(text, "%s=%s;", req->form.pair[i].name, req->form.pair[i].value);
    for (size_t i = 0; i < req->upload_count; i++)
        text = talloc_asprintf_append(text, "%s<%s:%zu>", req->uploads[i].field, req->uploads[i].filename,
                                      req->uploads[i].length);
    reply_text(req, text);
}

static void json(struct http_request *req)
{
    struct problem why;
    json_t *object;

    if (http_json(req, &object, &why) != DONE)
        http_reply_problem(req, &why, "it");
    else
        http_reply_json(req, 201, json_pack("{s:i}", "members", (int)json_object_size(object)));
}

static void large_page(struct http_request *req)
{
    struct text_buffer page = text_buffer(req->mem);

    for (int i = 0; i < 300; i++)
        text_put_format(&page, "<p>Casella numero %d, in scadenza.</p>\n", i);
    http_reply(req, 200, "text/html; charset=utf-8", page.bytes, page.length);
}

static void forgetful(struct http_request *req)
{
    (void)req;
}

static void twice(struct http_request *req)
{
    reply_text(req, "first");
    reply_text(req, "second");
}

static void headers(struct http_request *req)
{
    http_set_header(req, "X-Uno", "1");
    http_set_header(req, "x-uno", "2");
    http_set_header(req, "X-Rotto", "a\r\nX-Iniettato: 1");
    http_set_header(req, "Content-Length", "3");
    http_set_header(req, "Cache-Control", "private, max-age=60");
    http_set_header(req, "Content-Security-Policy", "default-src 'none'; form-action https://banca.example");
    http_set_cookie(req, "sessione", "abc", "/", -1);
    http_set_cookie(req, "vecchio", "", "/b", 0);
    http_set_cookie(req, "rotto", "a;b", "/", -1);
    reply_text(req, "ok");
}

static void away(struct http_request *req)
{
    http_redirect(req, "/carrello?a=1");
}
static void away_broken(struct http_request *req)
{
    http_redirect(req, "/a\r\nX-Iniettato: 1");
}

static void faults(struct http_request *req)
{
    struct problems all = {0};

    (void)!problems_add(&all, PROBLEM_REQUIRED, "nome", "");
    (void)!problems_add(&all, PROBLEM_OUT_OF_RANGE, "anni", "da 1 a 10");
    http_reply_problems(req, &all, "it");
}

static void otherwise(struct http_request *req)
{
    http_reply_problem(req, http_refusal(req), "it");
}

static const struct http_route ROUTES[] = {
    {HTTP_GET, "/", show},
    {HTTP_GET, "/caselle/nuova", show},
    {HTTP_GET, "/caselle/{a}", show},
    {HTTP_POST, "/caselle/{a}", show},
    {HTTP_GET, "/caselle/{a}/rinnovo", show},
    {HTTP_POST, "/caselle/nuova/subito", show},
    {HTTP_DELETE, "/caselle/{a}/rinnovo/{b}", show},
    {HTTP_GET, "/b/{a}/", show},
    {HTTP_GET, "/file/{rest*}", show},
    {HTTP_GET, "/dice", tell},
    {HTTP_POST, "/dice", tell},
    {HTTP_POST, "/eco", echo, 1000},
    {HTTP_POST, "/grande", echo, 300000},
    {HTTP_POST, "/rullo", spooled, 2000000, HTTP_SPOOL},
    {HTTP_GET, "/attesa", wait_there},
    {HTTP_GET, "/corsia", wait_there, 0, HTTP_LANE},
    {HTTP_POST, "/modulo", forms},
    {HTTP_POST, "/json", json},
    {HTTP_GET, "/pagina", large_page},
    {HTTP_GET, "/smemorato", forgetful},
    {HTTP_GET, "/doppio", twice},
    {HTTP_GET, "/intestazioni", headers},
    {HTTP_GET, "/via", away},
    {HTTP_GET, "/via-rotta", away_broken},
    {HTTP_GET, "/errori", faults},
    {0},
};

static const struct http_file FILES[] = {
    {"sito.123.css", "text/css", "body{}", "packed", 6, 6},
    {"a.svg", "image/svg+xml", "<svg/>", NULL, 6, 0},
    {0},
};

static void start(struct http_options options)
{
    struct problem why = {0};

    options.listen = "127.0.0.1:0";
    options.routes = ROUTES;
    options.files = FILES;
    if (!options.otherwise)
        options.otherwise = otherwise;
    if (http_server_start(mem, &options, &server, &why) != DONE)
        fail_msg("the server does not start: %s", why.detail);
    url = http_server_url(server);
}

static int begin(void **state)
{
    (void)state;
    mem = talloc_new(NULL);
    inside = let_through = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    talloc_free(mem); /* stops the server */
    return 0;
}

static struct answer get(const char *path)
{
    return client_get(mem, url, path, "");
}
static struct answer say(const char *text)
{
    return client_say(mem, url, text, strlen(text));
}
static const char *header(const struct answer *a, const char *name)
{
    return answer_header(mem, a, name);
}

static void wait_for(const char *metric)
{
    int64_t until = clock_monotonic_us() + SECONDS(20);

    for (;;) {
        struct text_buffer text = text_buffer(mem);

        http_server_metrics(server, &text);
        if (strstr(text.bytes, metric))
            return;
        if (clock_monotonic_us() > until)
            fail_msg("never came: %s in\n%s", metric, text.bytes);
        sched_yield();
    }
}

/* ---- Routing ---- */

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

/* ---- Bodies ---- */

static void large_bodies_are_refused_before_they_come(void **state)
{
    (void)state;
    start((struct http_options){0});
    struct answer a = say("POST /eco HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
    assert_int_equal(a.status, 413);
    assert_string_equal(header(&a, "Connection"), "close");
    assert_non_null(strstr(a.body, "too-large"));
    a = say("POST /eco HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\nExpect: 100-continue\r\n\r\n");
    assert_int_equal(a.status, 413);
    a = say("POST /nulla HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
    assert_int_equal(a.status, 404);
    char body[1001] = {0};
    a = client_post(mem, url, "/eco", "text/plain", body, 1000);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.length, 1000);
    assert_int_equal(client_post(mem, url, "/eco", "text/plain", body, 1001).status, 413);
}

static struct answer send_chunks(const char *path, size_t chunks, size_t size)
{
    char *chunk = talloc_asprintf(mem, "%zx\r\n", size);
    char *request = talloc_asprintf(mem, "POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", path);
    int s = client_connect(url);
    struct answer a;

    size_t head = strlen(chunk);
    chunk = talloc_realloc_size(mem, chunk, head + size + 2);
    memset(chunk + head, 'x', size);
    memcpy(chunk + head + size, "\r\n", 2);
    client_send(s, request, strlen(request));
    for (size_t i = 0; i < chunks; i++)
        client_send(s, chunk, head + size + 2);
    client_send(s, "0\r\n\r\n", 5);
    a = client_read(mem, s, false);
    close(s);
    return a;
}

static void chunks_are_counted_as_they_come(void **state)
{
    (void)state;
    start((struct http_options){0});
    struct answer a = send_chunks("/eco", 10, 100);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.length, 1000);
    assert_int_equal(send_chunks("/eco", 11, 100).status, 413);
    assert_int_equal(send_chunks("/grande", 400, 1000).status, 413);
    a = send_chunks("/eco", 4000, 1000); /* 4 MB: cut off in the middle */
    assert_true(a.status == 0 || a.status == 413);
    wait_for("http_body_memory_bytes 0\n");
    assert_int_equal(get("/").status, 200);
}

static void spooled_bodies_reach_the_handler_whole(void **state)
{
    (void)state;
    size_t length = 1500000;
    char *body = talloc_size(mem, length);

    for (size_t i = 0; i < length; i++)
        body[i] = (char)(i * 31 >> 3);
    start((struct http_options){.body_memory = 1000}); /* a spool takes none of it */
    struct answer a = client_post(mem, url, "/rullo", "text/plain", body, length);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.length, length);
    assert_memory_equal(a.body, body, length);
    assert_int_equal(client_post(mem, url, "/rullo", "text/plain", "", 0).status, 200);
}

static void bodies_together_stay_within_memory(void **state)
{
    (void)state;
    char *body = talloc_zero_size(mem, 300000);

    start((struct http_options){.body_memory = 200000});
    struct answer a = client_post(mem, url, "/grande", "text/plain", body, 300000);
    assert_int_equal(a.status, 503);
    assert_non_null(header(&a, "Retry-After"));
    assert_int_equal(client_post(mem, url, "/grande", "text/plain", body, 100000).status, 200);
    wait_for("http_body_memory_bytes 0\n");
}

static void forms_and_json_are_read(void **state)
{
    (void)state;
    static const char MULTIPART[] =
        "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--X\r\n"
        "Content-Disposition: form-data; name=\"f\"; filename=\"c.pdf\"\r\n\r\n%PDF\r\n--X--\r\n";
    static const struct {
        const char *path, *type, *body;
        int status;
        const char *answer; /* a part of it */
    } rows[] = {
        {"/modulo", "application/x-www-form-urlencoded", "a=1&b=x+y", 200, "a=1;b=x y;"},
        {"/modulo", "APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-8", "a=1", 200, "a=1;"},
        {"/modulo", "application/x-www-form-urlencodedx", "a=1", 200, ""},
        {"/modulo", "multipart/form-data; boundary=X", MULTIPART, 200, "a=1;f<c.pdf:4>"},
        {"/json", "application/json", "{\"a\":1,\"b\":[2]}", 201, "{\"members\":2}"},
        {"/json", "application/json; charset=utf-8", "{}", 201, "{\"members\":0}"},
        {"/json", "text/plain", "{}", 400, "bad-request"},
        {"/json", "application/json", "{\"a\":1,\"a\":2}", 400, "bad-request"},
        {"/json", "application/json", "[]", 400, "bad-request"},
        {"/json", "application/json", "{", 400, "bad-request"},
        {"/json", "application/json", "{\"a\":\"\xff\"}", 400, "bad-request"},
        {"/json", "application/json", "", 400, "bad-request"},
    };

    start((struct http_options){0});
    for (size_t i = 0; i < count_of(rows); i++) {
        struct answer a = client_post(mem, url, rows[i].path, rows[i].type, rows[i].body, strlen(rows[i].body));

        if (a.status != rows[i].status || !strstr(a.body, rows[i].answer))
            fail_msg("%s %s: %d %s", rows[i].type, rows[i].body, a.status, a.body);
    }
    char *deep = talloc_zero_size(mem, 60001);
    memset(deep, '[', 60000);
    assert_int_equal(client_post(mem, url, "/json", "application/json", deep, 60000).status, 400);
}

/* ---- Answers ---- */

static void handlers_that_err_are_survived(void **state)
{
    (void)state;
    start((struct http_options){0});
    assert_int_equal(get("/smemorato").status, 500);
    assert_string_equal(get("/doppio").body, "first");
    struct answer a = get("/via");
    assert_int_equal(a.status, 303);
    assert_string_equal(header(&a, "Location"), "/carrello?a=1");
    a = get("/via-rotta");
    assert_int_equal(a.status, 500);
    assert_null(header(&a, "X-Iniettato"));
    a = get("/errori");
    assert_int_equal(a.status, 422);
    assert_string_equal(header(&a, "Content-Type"), "application/problem+json");
    json_t *body = json_loads(a.body, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(body, "type")), "/problems/invalid-input");
    assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(body, "errors"), 1), "field")),
                        "anni");
    json_decref(body);
}

static void what_a_handler_sets_stands(void **state)
{
    (void)state;
    start((struct http_options){.trust_proxy = true});
    struct answer a = client_get(mem, url, "/intestazioni", "X-Forwarded-Proto: https\r\n");
    assert_string_equal(header(&a, "X-Uno"), "2");
    assert_null(header(&a, "X-Rotto"));
    assert_null(header(&a, "X-Iniettato"));
    assert_string_equal(header(&a, "Content-Length"), "2");
    assert_string_equal(header(&a, "Cache-Control"), "private, max-age=60");
    assert_string_equal(header(&a, "Content-Security-Policy"), "default-src 'none'; form-action https://banca.example");
    assert_non_null(strstr(a.head, "Set-Cookie: sessione=abc; Path=/; HttpOnly; SameSite=Lax; Secure\r\n"));
    assert_non_null(strstr(a.head, "Set-Cookie: vecchio=; Path=/b; HttpOnly; SameSite=Lax; Secure; Max-Age=0\r\n"));
    assert_null(strstr(a.head, "rotto"));
    assert_null(strstr(strstr(a.head, "Content-Security-Policy") + 1, "Content-Security-Policy"));
}

static void every_answer_carries_the_security_headers(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
        const char *cache;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "no-store"},
        {"GET /via HTTP/1.1\r\nHost: x\r\n\r\n", 303, "no-store"},
        {"GET /caselle/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "no-store"},
        {"GET /nulla HTTP/1.1\r\nHost: x\r\n\r\n", 404, "no-store"},
        {"PUT / HTTP/1.1\r\nHost: x\r\n\r\n", 405, "no-store"},
        {"POST /eco HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413, "no-store"},
        {"GET /errori HTTP/1.1\r\nHost: x\r\n\r\n", 422, "no-store"},
        {"GET /smemorato HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n", 500, "no-store"},
        {"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 201,
         "no-store"},
        {"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "no-store"},
        {"GET /static/a.svg HTTP/1.1\r\nHost: x\r\n\r\n", 200, "public, max-age=31536000, immutable"},
    };

    start((struct http_options){0});
    for (size_t i = 0; i < count_of(rows); i++) {
        struct answer a = say(rows[i].request);
        const char *policy = header(&a, "Content-Security-Policy"), *cache = header(&a, "Cache-Control");

        if (a.status != rows[i].status || !policy || !strstr(policy, "default-src 'none'; script-src 'self'") ||
            !cache || strcmp(cache, rows[i].cache) != 0 || !header(&a, "X-Request-Id") ||
            !header(&a, "X-Content-Type-Options") || !header(&a, "Referrer-Policy") ||
            !header(&a, "Cross-Origin-Opener-Policy"))
            fail_msg("%s: %s", rows[i].request, a.head);
    }
}

static void embedded_files_are_served_packed_to_those_who_can(void **state)
{
    (void)state;
    static const struct {
        const char *path, *accept, *body, *encoding;
    } rows[] = {
        {"/static/sito.123.css", "", "body{}", NULL},
        {"/static/sito.123.css", "Accept-Encoding: br, gzip\r\n", "packed", "gzip"},
        {"/static/sito.123.css", "Accept-Encoding: gzip;q=0\r\n", "body{}", NULL},
        {"/static/sito.123.css", "Accept-Encoding: gzip;q=0.000, br\r\n", "body{}", NULL},
        {"/static/sito.123.css", "Accept-Encoding: gzip;q=0.1\r\n", "packed", "gzip"},
        {"/static/sito.123.css", "Accept-Encoding: xgzip\r\n", "body{}", NULL},
        {"/static/a.svg", "Accept-Encoding: gzip\r\n", "<svg/>", NULL},
    };

    start((struct http_options){0});
    for (size_t i = 0; i < count_of(rows); i++) {
        struct answer a = client_get(mem, url, rows[i].path, rows[i].accept);
        const char *encoding = header(&a, "Content-Encoding");

        if (strcmp(a.body, rows[i].body) != 0 || !encoding != !rows[i].encoding)
            fail_msg("%s %s: %s", rows[i].path, rows[i].accept, a.body);
    }
}

static void pages_are_compressed_on_request(void **state)
{
    (void)state;
    static char page[65536];

    start((struct http_options){.compress = true});
    struct answer whole = get("/pagina");
    assert_string_equal(header(&whole, "Vary"), "Accept-Encoding");
    for (int i = 0; i < 3; i++) { /* the worker's stream is used again */
        struct answer a = client_get(mem, url, "/pagina", "Accept-Encoding: gzip\r\n");
        z_stream zip = {.next_in = (Bytef *)a.body,
                        .avail_in = (uInt)a.length,
                        .next_out = (Bytef *)page,
                        .avail_out = sizeof page};

        assert_string_equal(header(&a, "Content-Encoding"), "gzip");
        assert_true(a.length < whole.length / 3);
        assert_int_equal(inflateInit2(&zip, 15 + 16), Z_OK);
        assert_int_equal(inflate(&zip, Z_FINISH), Z_STREAM_END);
        assert_int_equal(zip.total_out, whole.length);
        assert_memory_equal(page, whole.body, whole.length);
        inflateEnd(&zip);
    }
    struct answer small = client_get(mem, url, "/", "Accept-Encoding: gzip\r\n");
    assert_null(header(&small, "Content-Encoding"));
}

/* ---- Pressure ---- */

static void slow_clients_hold_no_worker(void **state)
{
    (void)state;
    static const char HALF[] = "POST /eco HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc";
    int slow[50];

    start((struct http_options){.workers = 2});
    for (size_t i = 0; i < count_of(slow); i++) {
        slow[i] = client_connect(url);
        client_send(slow[i], HALF, i % 2 ? strlen(HALF) : 20); /* half a head, half a body */
    }
    for (int i = 0; i < 20; i++)
        assert_int_equal(get("/").status, 200);
    client_send(slow[1], "defghij", 7);
    struct answer a = client_read(mem, slow[1], false);
    assert_string_equal(a.body, "abcdefghij");
    for (size_t i = 0; i < count_of(slow); i++)
        close(slow[i]);
    assert_int_equal(get("/").status, 200);
}

static int ask(const char *path)
{
    char *request = talloc_asprintf(mem, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    int s = client_connect(url);

    client_send(s, request, strlen(request));
    return s;
}

static void a_full_queue_says_so(void **state)
{
    (void)state;
    int waiting[4];

    start((struct http_options){.workers = 1, .queue_limit = 3});
    waiting[0] = ask("/attesa");
    wait_inside(1);
    for (int i = 1; i < 4; i++)
        waiting[i] = ask("/attesa");
    wait_for("http_queue_length{pool=\"main\"} 3\n");
    struct answer a = get("/");
    assert_int_equal(a.status, 503);
    assert_non_null(header(&a, "Retry-After"));
    assert_non_null(header(&a, "Content-Security-Policy"));
    a = client_get(mem, url, "/", "Accept: text/html\r\n");
    assert_int_equal(a.status, 503);
    assert_string_equal(header(&a, "Content-Type"), "text/html; charset=utf-8");
    assert_int_equal(client_get(mem, url, "/static/a.svg", "").status, 200); /* needs no worker */
    open_gate(4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(client_read(mem, waiting[i], false).body, "passed");
        close(waiting[i]);
    }
    assert_int_equal(get("/").status, 200);
}

static void the_costly_lane_starves_nobody(void **state)
{
    (void)state;
    int waiting[4];

    start((struct http_options){.workers = 1, .lane_workers = 1});
    for (int i = 0; i < 4; i++)
        waiting[i] = ask("/corsia");
    wait_inside(1);
    wait_for("http_queue_length{pool=\"main\"} 0\nhttp_queue_length{pool=\"lane\"} 3\n");
    for (int i = 0; i < 10; i++)
        assert_int_equal(get("/").status, 200);
    open_gate(4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(client_read(mem, waiting[i], false).body, "passed");
        close(waiting[i]);
    }
}

static void a_client_that_leaves_is_survived(void **state)
{
    (void)state;
    start((struct http_options){.workers = 2});
    for (int i = 0; i < 20; i++) {
        int s = ask("/attesa");
        struct linger now = {.l_onoff = 1};

        wait_inside(1);
        setsockopt(s, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(s); /* reset while the handler runs */
        open_gate(1);
        wait_for("http_in_flight 0\n");
    }
    assert_int_equal(get("/").status, 200);
}

static void header_floods_are_stopped(void **state)
{
    (void)state;
    struct {
        int lines;
        size_t bytes;
        bool fine;
    } rows[] = {{90, 20, true},   {1, 8000, true},    {98, 20, true},   {101, 20, false},
                {1, 9000, false}, {1, 100000, false}, {5000, 20, false}};

    start((struct http_options){0});
    for (size_t i = 0; i < count_of(rows); i++) {
        struct text_buffer request = text_buffer(mem);
        char *value = talloc_size(mem, rows[i].bytes + 1);

        memset(value, 'v', rows[i].bytes);
        value[rows[i].bytes] = '\0';
        text_put(&request, "GET / HTTP/1.1\r\nHost: x\r\n");
        for (int n = 0; n < rows[i].lines; n++)
            text_put_format(&request, "X-%d: %s\r\n", n, value);
        text_put(&request, "\r\n");
        struct answer a = client_say(mem, url, request.bytes, request.length);
        bool refused = a.status == 0 || a.status == 400 || a.status == 413 || a.status == 431;
        if (rows[i].fine ? a.status != 200 : !refused)
            fail_msg("%d lines of %zu: %d", rows[i].lines, rows[i].bytes, a.status);
    }
    assert_int_equal(get("/").status, 200);
}

static void ten_thousand_may_idle(void **state)
{
    (void)state;
    struct rlimit files;
    size_t want = 10000, made = 0, room;
    int *idle;

    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < 2 * want + 1000) {
        struct rlimit more = {2 * want + 1000, 2 * want + 1000};
        (void)!setrlimit(RLIMIT_NOFILE, &more);
    }
    start((struct http_options){.connection_limit = 12000, .idle_seconds = 120});
    getrlimit(RLIMIT_NOFILE, &files);
    room = (files.rlim_cur - 1000) / 2; /* both ends are ours */
    if (room < want) {
        print_message("only %zu idle connections: this process may open %zu files\n", room, (size_t)files.rlim_cur);
        want = room;
    }
    idle = talloc_array(mem, int, want);
    while (made < want && (idle[made] = client_connect(url)) >= 0) {
        made++;
        if (made % 1000 == 0)
            assert_int_equal(get("/").status, 200);
    }
    assert_int_equal(made, want);
    wait_for(talloc_asprintf(mem, "http_connections %zu\n", want));
    for (int i = 0; i < 100; i++)
        assert_int_equal(get("/pagina").status, 200);
    client_send(idle[want / 2], "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
    assert_int_equal(client_read(mem, idle[want / 2], false).status, 200);
    for (size_t i = 0; i < made; i++)
        close(idle[i]);
}

static void an_idle_connection_is_closed(void **state)
{
    (void)state;
    char byte;

    start((struct http_options){.idle_seconds = 1});
    int s = client_connect(url);
    client_send(s, "GET / HT", 8);
    struct answer a = client_read(mem, s, false); /* 408, or just the end */
    assert_true(a.status == 0 || a.status == 408);
    assert_int_equal(recv(s, &byte, 1, 0), 0);
    close(s);
}

static void *stop(void *arg)
{
    http_server_stop(arg);
    return NULL;
}

static void stopping_finishes_what_was_accepted(void **state)
{
    (void)state;
    pthread_t stopper;
    int waiting[6];

    start((struct http_options){.workers = 2});
    int half = client_connect(url), unused = client_connect(url);
    client_send(half, "GET / HT", 8);
    for (int i = 0; i < 6; i++)
        waiting[i] = ask("/attesa");
    wait_inside(2);
    wait_for("http_in_flight 6\n");
    assert_int_equal(pthread_create(&stopper, NULL, stop, server), 0);
    open_gate(6);
    for (int i = 0; i < 6; i++) {
        struct answer a = client_read(mem, waiting[i], false);

        assert_int_equal(a.status, 200);
        assert_true(a.whole);
        assert_string_equal(a.body, "passed");
        close(waiting[i]);
    }
    pthread_join(stopper, NULL);
    assert_int_equal(client_connect(url), -1);
    close(half);
    close(unused);
    http_server_stop(server); /* again: nothing */
}

static void many_at_once_get_their_own_answers(void **state)
{
    (void)state;
    enum { CLIENTS = 64, TURNS = 20 };
    int s[CLIENTS];

    start((struct http_options){.workers = 4});
    for (int i = 0; i < CLIENTS; i++)
        s[i] = client_connect(url);
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < CLIENTS; i++) {
            char *request = talloc_asprintf(mem, "GET /caselle/%d-%d HTTP/1.1\r\nHost: x\r\n\r\n", i, turn);
            client_send(s[i], request, strlen(request));
        }
        for (int i = 0; i < CLIENTS; i++) {
            struct answer a = client_read(mem, s[i], false);
            assert_string_equal(a.body, talloc_asprintf(mem, "/caselle/{a} a=%d-%d", i, turn));
        }
    }
    for (int i = 0; i < CLIENTS; i++)
        close(s[i]);
    wait_for(talloc_asprintf(mem, "http_requests_total{class=\"2xx\"} %d\n", CLIENTS * TURNS));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(paths_find_their_handlers),
        TEST(wrong_patterns_are_refused_at_start),
        TEST(addresses_that_cannot_be_listened_at_are_refused),
        TEST(misleading_requests_are_refused),
        TEST(head_is_get_without_the_body),
        TEST(a_handler_is_told_who_asks),
        TEST(large_bodies_are_refused_before_they_come),
        TEST(chunks_are_counted_as_they_come),
        TEST(spooled_bodies_reach_the_handler_whole),
        TEST(bodies_together_stay_within_memory),
        TEST(forms_and_json_are_read),
        TEST(handlers_that_err_are_survived),
        TEST(what_a_handler_sets_stands),
        TEST(every_answer_carries_the_security_headers),
        TEST(embedded_files_are_served_packed_to_those_who_can),
        TEST(pages_are_compressed_on_request),
        TEST(slow_clients_hold_no_worker),
        TEST(a_full_queue_says_so),
        TEST(the_costly_lane_starves_nobody),
        TEST(a_client_that_leaves_is_survived),
        TEST(header_floods_are_stopped),
        TEST(ten_thousand_may_idle),
        TEST(an_idle_connection_is_closed),
        TEST(stopping_finishes_what_was_accepted),
        TEST(many_at_once_get_their_own_answers),
    };

    log_setup((enum log_level)(LOG_ERROR + 1), false); /* many of the faults that follow are wanted */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
