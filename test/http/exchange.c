/* Bodies that come in, answers that go out. */
#include "site.h"

#include <zlib.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    QUIET();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
