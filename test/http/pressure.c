/* Slow, greedy and vanishing clients, full queues, and the end. */
#include "site.h"

#include <sys/resource.h>

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

/* Those who wait for somebody outside hold no worker, and are not more than there may be. */
static void who_is_away_starves_nobody(void **state)
{
    (void)state;
    int waiting[3];

    start((struct http_options){.workers = 1, .away_limit = 3});
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++) {
            waiting[i] = ask("/fuori");
            wait_inside(i + 1);
        }
        wait_for("http_away 3\n");
        for (int i = 0; i < 10; i++)
            assert_int_equal(get("/").status, 200);
        assert_string_equal(get("/fuori").body, "busy");
        open_gate(3);
        for (int i = 0; i < 3; i++) {
            assert_string_equal(client_read(mem, waiting[i], false).body, "passed");
            close(waiting[i]);
        }
        wait_for("http_away 0\n");
    }
}

/* The threads that take the place of others are no workers more: as many handlers work as were asked for. */
static void spare_threads_are_no_workers(void **state)
{
    (void)state;
    int waiting[4];

    start((struct http_options){.workers = 2, .away_limit = 8});
    for (int i = 0; i < 4; i++)
        waiting[i] = ask("/attesa");
    wait_inside(2);
    wait_for("http_at_work 2\n");
    wait_for("http_queue_length{pool=\"main\"} 2\n");
    open_gate(4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(client_read(mem, waiting[i], false).body, "passed");
        close(waiting[i]);
    }
}

static void where_reading_waits_a_worker_reads(void **state)
{
    (void)state;
    start((struct http_options){.workers = 1});
    assert_string_equal(get("/lettura").body, "on a worker");
}

static void what_only_reads_needs_no_worker(void **state)
{
    (void)state;
    int waiting[3];

    start((struct http_options){.workers = 2, .queue_limit = 1, .io_threads = 1, .reads_inline = true});
    for (int i = 0; i < 2; i++) {
        waiting[i] = ask("/lettura-lenta"); /* holds a worker, not the one thread that reads */
        wait_inside(i + 1);
    }
    waiting[2] = ask("/attesa");
    wait_for("http_queue_length{pool=\"main\"} 1\n");
    for (int i = 0; i < 10; i++)
        assert_string_equal(get("/lettura").body, "here");
    assert_int_equal(get("/").status, 503);
    open_gate(3);
    for (int i = 0; i < 2; i++) {
        struct answer a = client_read(mem, waiting[i], false);

        assert_string_equal(a.body, "on a worker");
        assert_string_equal(header(&a, "X-Uno"), "1");
        assert_null(strstr(strstr(a.head, "Set-Cookie") + 1, "Set-Cookie")); /* said by the second run alone */
    }
    for (int i = 0; i < 3; i++)
        close(waiting[i]);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slow_clients_hold_no_worker),        TEST(a_full_queue_says_so),
        TEST(who_is_away_starves_nobody),         TEST(spare_threads_are_no_workers),
        TEST(the_costly_lane_starves_nobody),     TEST(what_only_reads_needs_no_worker),
        TEST(where_reading_waits_a_worker_reads), TEST(a_client_that_leaves_is_survived),
        TEST(header_floods_are_stopped),          TEST(ten_thousand_may_idle),
        TEST(an_idle_connection_is_closed),       TEST(stopping_finishes_what_was_accepted),
        TEST(many_at_once_get_their_own_answers),
    };

    QUIET();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
