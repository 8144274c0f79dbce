/* A payment provider's client beside a server that answers by a script: for the tests of each. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answerer.h"
#include "base/log.h"
#include "link/gateways.h"
#include <jansson.h>

struct desk {
    struct answerer *answerer;
    struct client *client;
    struct gateway gateway;
    struct problem why;
    struct gateway_begun begun;
    struct gateway_said said;
    struct gateway_refunded refunded;
};

static const struct gateway_ask ASK = {.key = "RLM95055-1",
                                       .order = "RLM95055",
                                       .description = "Rinnovo PEC 1 anno",
                                       .net = {900},
                                       .vat = {198},
                                       .gross = {1098},
                                       .language = "it",
                                       .buyer_name = "Mario Rossi",
                                       .buyer_email = "mario@example.it",
                                       .return_url = "https://shop.example.it/ok",
                                       .cancel_url = "https://shop.example.it/ko",
                                       .notify_url = "https://shop.example.it/hook"};

static inline struct desk *desk_open(void)
{
    struct desk *d = talloc_zero(NULL, struct desk);
    struct client_options options = {.timeout_ms = 3000, .body_most = 65536};

    log_setup(LOG_ERROR + 1, false);
    d->answerer = answerer_start();
    assert_int_equal(client_open(d, &options, &d->client, &d->why), DONE);
    return d;
}

static inline int desk_close(void **state)
{
    struct desk *d = *state;
    struct answerer *a = d->answerer;

    talloc_free(d);
    answerer_stop(a);
    return 0;
}

static inline void script(struct desk *d, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        answerer_then(d->answerer, steps[i]);
}

static inline void then(struct desk *d, int status, const char *answer)
{
    answerer_then(d->answerer, (struct step){.status = status, .answer = answer});
}

static inline enum outcome begin(struct desk *d, const struct gateway_ask *ask)
{
    return d->gateway.begin(d->gateway.arg, d, ask, &d->begun, &d->why);
}

static inline enum outcome status_of(struct desk *d, const char *ref)
{
    struct gateway_ref payment = {.key = "RLM95055-1", .ref = ref, .capture_ref = "", .amount = {1098}};

    return d->gateway.status(d->gateway.arg, d, &payment, &d->said, &d->why);
}

static inline enum outcome capture(struct desk *d, const char *ref)
{
    struct gateway_ref payment = {.key = "RLM95055-1", .ref = ref, .capture_ref = "", .amount = {1098}};

    return d->gateway.capture(d->gateway.arg, d, &payment, &d->said, &d->why);
}

static inline enum outcome charge(struct desk *d, const struct gateway_instrument *instrument)
{
    return d->gateway.charge(d->gateway.arg, d, &ASK, instrument, &d->said, &d->why);
}

static inline enum outcome refund(struct desk *d, const char *ref, const char *capture_ref, int64_t amount, int64_t before)
{
    struct gateway_refund r = {.key = "R7",
                               .payment = {.key = "RLM95055-1", .ref = ref, .capture_ref = capture_ref, .amount = {1098}},
                               .amount = {amount},
                               .captured = {1098},
                               .refunded_before = {before},
                               .reason = "recesso"};

    return d->gateway.refund(d->gateway.arg, d, &r, &d->refunded, &d->why);
}

/* The request asked for this, with this JSON: every member, no other. */
static inline void assert_asked(struct desk *d, size_t request, const char *line, const char *body)
{
    json_t *want, *got;

    assert_true(d->answerer->heard_count > request);
    assert_string_equal(d->answerer->heard[request].line, line);
    if (!body) {
        assert_int_equal(d->answerer->heard[request].length, 0);
        return;
    }
    want = json_loads(body, 0, NULL);
    got = json_loads(d->answerer->heard[request].body, 0, NULL);
    assert_non_null(want);
    if (!json_equal(want, got))
        fail_msg("request %zu: %s", request, d->answerer->heard[request].body);
    json_decref(want);
    json_decref(got);
}

static inline void assert_header(struct desk *d, size_t request, const char *name, const char *value)
{
    const char *got = answerer_header(d->answerer, request, name);

    if (value)
        assert_string_equal(got ? got : "(none)", value);
    else
        assert_null(got);
}
