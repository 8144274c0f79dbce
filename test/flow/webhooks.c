/* Other programs are told of events: in the chain's order, each event once an endpoint, signed so that it can be
 * checked; what fails is sent again, what fails for long is switched off, and what is asked for is sent anew. */
#include "flow/post.h"
#include "link/webhook.h"
#include "shop/webhook.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define URL "https://programma.example/eventi"

static const struct actor CLI = {"cli", "system"}, ANNA = {"office", "operator:3"};

/* Somebody who listens. */
struct listener {
    struct fixture *f;
    struct webhook_sender sender;
    int status; /* answered; 0: no answer */
    int calls;
    char *ids[40], *bodies[40], *signatures[40];
    int64_t timestamps[40];
    int64_t id;
    char secret[WEBHOOK_TEXT];
    struct problem why;
};

static enum outcome allow(void *arg, void *mem, const char *url)
{
    (void)arg;
    (void)mem;
    return strncmp(url, "https://", 8) == 0 ? DONE : REFUSED;
}

static const char *header(const char *const *headers, const char *name)
{
    for (; *headers; headers++)
        if (strncmp(*headers, name, strlen(name)) == 0)
            return *headers + strlen(name) + 2;
    fail_msg("no %s", name);
    return NULL;
}

static enum outcome hear(void *arg, void *mem, const char *url, const char *const *headers, const char *body,
                         int *status, struct problem *why)
{
    struct listener *l = arg;

    (void)mem;
    assert_string_equal(url, URL);
    assert_in_range(l->calls, 0, 39);
    l->ids[l->calls] = talloc_strdup(l, header(headers, "webhook-id"));
    l->timestamps[l->calls] = atoll(header(headers, "webhook-timestamp"));
    l->signatures[l->calls] = talloc_strdup(l, header(headers, "webhook-signature"));
    l->bodies[l->calls++] = talloc_strdup(l, body);
    *status = l->status;
    if (!l->status) {
        (void)problem_set(why, PROBLEM_REMOTE, "", "%s", "timeout");
        return BUSY;
    }
    return DONE;
}

static struct listener *listener(void **state, const char *kinds)
{
    struct fixture *f = fixture(state);
    struct new_webhook n = {.brand = "legalmail", .url = URL, .kinds = kinds, .actor = CLI};
    struct listener *l;

    if (!f)
        return NULL;
    l = talloc_zero(f, struct listener);
    l->f = f;
    l->status = 204;
    l->sender = (struct webhook_sender){.check = allow, .post = hear, .arg = l};
    f->shop.webhooks = &l->sender;
    f->shop.files = &f->files;
    assert_int_equal(webhook_add(&f->shop, l, &n, &l->id, l->secret, &l->why), DONE);
    return l;
}

static enum outcome say(struct db_tx *tx, void *arg)
{
    return event_record(tx, "legalmail", &ANNA, arg, 0, 0, NULL);
}

static void happen(struct listener *l, const char *kind)
{
    assert_int_equal(db_transaction(l->f->db, "say", say, (void *)kind), DONE);
}

/* What the workers do, the outbox at that many hours from now. */
static void work(struct listener *l, int hours)
{
    struct post *post = post_open(l->f);

    post->jobs.at = instant_plus(clock_now(), HOURS(hours) + 5000000);
    seal_events(l->f);
    post_try(post);
}

static struct webhook_act act(struct listener *l)
{
    return (struct webhook_act){.id = l->id, .brand = "", .actor = ANNA};
}

static char *state_of(struct listener *l)
{
    return words(l->f, "SELECT state FROM webhook_delivery ORDER BY id DESC LIMIT 1");
}

/* As a receiver does it. */
static bool right(struct listener *l, int call, const char *secret)
{
    char *signature;

    assert_int_equal(webhook_sign(l, secret, l->ids[call], l->timestamps[call], l->bodies[call], &signature), DONE);
    return strstr(l->signatures[call], signature) != NULL;
}

static void events_arrive_in_order_and_signed(void **state)
{
    struct listener *l = listener(state, "order. mailbox.renewed");
    char *first;

    if (!l)
        return;
    happen(l, "order.settled");
    happen(l, "document.seen");
    happen(l, "mailbox.renewed");
    happen(l, "mailbox.renewed_not"); /* no beginning of a kind, but another one */
    happen(l, "order.refunded");
    work(l, 0);
    assert_int_equal(l->calls, 3);
    assert_non_null(strstr(l->bodies[0], "\"type\":\"order.settled\""));
    assert_non_null(strstr(l->bodies[1], "\"type\":\"mailbox.renewed\""));
    assert_non_null(strstr(l->bodies[2], "\"type\":\"order.refunded\""));
    for (int i = 0; i < 3; i++)
        assert_true(right(l, i, l->secret));
    assert_false(right(l, 0, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert_null(strstr(words(l->f, "SELECT secret FROM webhook"), l->secret + 6));
    first = l->ids[0];
    work(l, 0);
    assert_int_equal(l->calls, 3); /* once each */

    {
        struct webhook_act a = act(l);
        int64_t delivery = number(l->f, "SELECT min(id) FROM webhook_delivery");

        assert_int_equal(webhook_replay(&l->f->shop, l, &a, delivery, &l->why), DONE);
        assert_int_equal(webhook_replay(&l->f->shop, l, &a, delivery, &l->why), DONE); /* is waiting already */
        work(l, 0);
        assert_int_equal(l->calls, 4);
        assert_string_equal(l->ids[3], first); /* by which it is known as the same */
        assert_int_equal(webhook_replay_since(&l->f->shop, l, &a, rome_midnight(day_of(2026, 12, 20)), &l->why), DONE);
        work(l, 0);
        assert_int_equal(l->calls, 7);
        a.brand = "visura";
        assert_int_equal(webhook_replay(&l->f->shop, l, &a, delivery, &l->why), REFUSED);
        assert_int_equal(l->why.code, PROBLEM_NOT_FOUND);
    }
    assert_clean(l->f);
}

static void what_fails_is_sent_again(void **state)
{
    struct listener *l = listener(state, "");

    if (!l)
        return;
    l->status = 500;
    happen(l, "order.settled");
    work(l, 0);
    assert_int_equal(l->calls, 1);
    assert_string_equal(state_of(l), "waiting");
    assert_int_equal(number(l->f, "SELECT status FROM webhook_delivery"), 500);
    work(l, 0);
    assert_int_equal(l->calls, 1); /* not before its time */
    l->status = 0;
    work(l, 1);
    assert_int_equal(l->calls, 2);
    assert_int_equal(number(l->f, "SELECT attempts FROM webhook_delivery"), 2);
    l->status = 200;
    work(l, 9);
    assert_int_equal(l->calls, 3);
    assert_string_equal(state_of(l), "done");
    assert_string_equal(l->ids[0], l->ids[2]);
    assert_int_equal(number(l->f, "SELECT coalesce(failing_since, 0) FROM webhook"), 0);
}

static void who_gives_no_answer_is_asked_once_a_round(void **state)
{
    struct listener *l = listener(state, "");

    if (!l)
        return;
    l->status = 0;
    for (int i = 0; i < 3; i++)
        happen(l, "order.settled");
    work(l, 0);
    assert_int_equal(l->calls, 1);
    assert_int_equal(number(l->f, "SELECT count(*) FROM webhook_delivery WHERE state = 'waiting'"), 3);
    l->status = 200;
    work(l, 1);
    assert_int_equal(l->calls, 4);
    assert_int_equal(number(l->f, "SELECT count(*) FROM webhook_delivery WHERE state = 'done'"), 3);
}

static void what_fails_for_long_is_switched_off(void **state)
{
    struct listener *l = listener(state, "");
    struct webhook_act a;

    if (!l)
        return;
    l->status = 503;
    happen(l, "order.settled");
    work(l, 0);
    sql(l->f, "UPDATE webhook SET failing_since = failing_since - 300000000000"); /* 83 hours ago */
    work(l, 1);
    assert_int_equal(number(l->f, "SELECT count(*) FROM webhook WHERE disabled_at IS NOT NULL"), 1);
    assert_int_equal(number(l->f, "SELECT count(*) FROM event WHERE kind = 'webhook.disabled'"), 1);
    assert_string_equal(words(l->f, "SELECT recipient FROM outbox WHERE template = 'webhook_disabled'"),
                        l->f->brand->support_email);
    happen(l, "order.refunded");
    l->status = 200;
    work(l, 9);
    assert_int_equal(l->calls, 2); /* is told nothing more */
    assert_string_equal(state_of(l), "failed");
    a = act(l);
    assert_int_equal(webhook_enable(&l->f->shop, l, &a, &l->why), DONE);
    work(l, 9);
    assert_int_equal(l->calls, 3); /* but what came meanwhile */
    assert_non_null(strstr(l->bodies[2], "order.refunded"));
}

static void who_wants_no_more_gets_no_more(void **state)
{
    struct listener *l = listener(state, "");

    if (!l)
        return;
    l->status = 410;
    happen(l, "order.settled");
    work(l, 0);
    assert_string_equal(state_of(l), "failed");
    assert_int_equal(number(l->f, "SELECT count(*) FROM webhook WHERE disabled_at IS NOT NULL"), 1);
}

static void after_a_rotation_both_secrets_sign(void **state)
{
    struct listener *l = listener(state, "");
    char fresh[WEBHOOK_TEXT];
    struct webhook_act a;

    if (!l)
        return;
    a = act(l);
    assert_int_equal(webhook_rotate(&l->f->shop, l, &a, fresh, &l->why), DONE);
    assert_string_not_equal(fresh, l->secret);
    happen(l, "order.settled");
    work(l, 0);
    assert_true(right(l, 0, fresh));
    assert_true(right(l, 0, l->secret));
    sql(l->f, "UPDATE webhook SET old_until = 1");
    happen(l, "order.refunded");
    work(l, 0);
    assert_true(right(l, 1, fresh));
    assert_false(right(l, 1, l->secret));
    assert_int_equal(webhook_remove(&l->f->shop, l, &a, &l->why), DONE);
    happen(l, "order.refunded");
    work(l, 0);
    assert_int_equal(l->calls, 2);
}

/* ---- The wire ---- */

static void signatures_are_those_of_the_specification(void **state)
{
    void *mem = talloc_new(NULL);
    char *signature;

    (void)state;
    assert_int_equal(webhook_sign(mem, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                  1614265330, "{\"test\": 2432232314}", &signature),
                     DONE);
    assert_string_equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_int_equal(webhook_sign(mem, "whsec_non base64!", "msg_1", 1, "{}", &signature), REFUSED);
    talloc_free(mem);
}

static const struct {
    const char *url;
    bool outside, inside;
} URLS[] = {
    {"https://programma.example/eventi", true, true},
    {"http://programma.example/eventi", false, false},
    {"http://127.0.0.1:9000/eventi", false, true},
    {"https://127.0.0.1/eventi", false, true},
    {"https://localhost/eventi", false, true},
    {"https://10.0.0.7/eventi", false, true},
    {"https://169.254.169.254/latest", false, true},
    {"https://[::1]/eventi", false, true},
    {"https://2130706433/", false, true}, /* 127.0.0.1 as one number */
    {"https://0x7f.1/", false, true},
    {"https://anna:segreta@programma.example/", false, false},
    {"ftp://programma.example/", false, false},
    {"programma", false, false},
};

static void it_goes_nowhere_inside(void **state)
{
    void *mem = talloc_new(NULL);
    struct webhook_sender outside, inside;
    struct problem why;
    int status;

    (void)state;
    assert_int_equal(webhooks_open(mem, false, &outside, &why), DONE);
    assert_int_equal(webhooks_open(mem, true, &inside, &why), DONE);
    for (size_t i = 0; i < count_of(URLS); i++)
        if ((outside.check(outside.arg, mem, URLS[i].url) == DONE) != URLS[i].outside ||
            (inside.check(inside.arg, mem, URLS[i].url) == DONE) != URLS[i].inside)
            fail_msg("%s", URLS[i].url);
    assert_int_equal(
        outside.post(outside.arg, mem, "https://127.0.0.1:1/", (const char *const[]){NULL}, "{}", &status, &why),
        REFUSED);
    talloc_free(mem);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_arrive_in_order_and_signed),
        cmocka_unit_test(what_fails_is_sent_again),
        cmocka_unit_test(who_gives_no_answer_is_asked_once_a_round),
        cmocka_unit_test(what_fails_for_long_is_switched_off),
        cmocka_unit_test(who_wants_no_more_gets_no_more),
        cmocka_unit_test(after_a_rotation_both_secrets_sign),
        cmocka_unit_test(signatures_are_those_of_the_specification),
        cmocka_unit_test(it_goes_nowhere_inside),
    };

    return FLOW(tests);
}
