#include "base/log.h"
#include "sandbox/parts.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

void call_answer(struct call *c, int status, json_t *answer)
{
    json_decref(c->answer);
    c->status = status;
    c->answer = answer;
}

/* ---- The same key again ---- */

static void hash_of(const struct http_request *req, unsigned char hash[32])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, (const void *)req->path, strlen(req->path) + 1);
    crypto_generichash_update(&state, (const void *)req->body, req->body_length);
    crypto_generichash_final(&state, hash, 32);
}

static const char *key_of(const struct call *c)
{
    const char *header = c->sandbox->provider->key_header;

    const char *key = header && c->req->method == HTTP_POST ? http_header(c->req, header) : NULL;

    return key && c->sandbox->provider->key_by_path ? talloc_asprintf(c->req->mem, "%s %s", c->req->path, key) : key;
}

static struct reply *find_reply(struct sandbox *s, const char *key)
{
    size_t kept = s->reply_count < SANDBOX_REPLIES ? s->reply_count : SANDBOX_REPLIES;

    for (size_t i = 0; i < kept; i++)
        if (strcmp(s->replies[i].key, key) == 0)
            return &s->replies[i];
    return NULL;
}

/* True: answered as before, or refused. */
static bool replay(struct call *c, const char *key)
{
    const struct provider *provider = c->sandbox->provider;
    const struct reply *reply = key ? find_reply(c->sandbox, key) : NULL;
    unsigned char hash[32];

    if (!reply)
        return false;
    hash_of(c->req, hash);
    if (memcmp(hash, reply->body, sizeof hash) != 0) {
        provider->key_reused(c);
        return true;
    }
    call_answer(c, reply->status == 201 && provider->replay_status ? provider->replay_status : reply->status,
                json_loads(reply->text, JSON_DECODE_ANY, NULL));
    http_set_header(c->req, "Idempotent-Replayed", "true");
    return true;
}

static void keep_reply(struct call *c, const char *key)
{
    struct sandbox *s = c->sandbox;
    struct reply *reply = &s->replies[s->reply_count++ % SANDBOX_REPLIES];
    char *text = json_dumps(c->answer, JSON_COMPACT | JSON_ENCODE_ANY);

    talloc_free(reply->key);
    talloc_free(reply->text);
    *reply =
        (struct reply){.key = talloc_strdup(s, key), .text = talloc_strdup(s, text ? text : "{}"), .status = c->status};
    hash_of(c->req, reply->body);
    free(text);
}

/* ---- One call ---- */

static void carry_out(struct call *c)
{
    const struct endpoint *endpoint = c->req->route->data;
    const struct provider *provider = c->sandbox->provider;
    const char *key = key_of(c);

    if (!endpoint->open && !provider->admit(c))
        return;
    if (c->req->method == HTTP_POST && !endpoint->form && !provider->read(c))
        return;
    if (replay(c, key))
        return;
    endpoint->handle(c);
    if (key && c->keep)
        keep_reply(c, key);
}

static void send_garbage(struct http_request *req)
{
    static const char NOT_JSON[] = "<html><body>upstream conn{\"err";

    http_reply(req, 200, "text/html", NOT_JSON, sizeof NOT_JSON - 1);
}

/* True: the call has its answer. */
static bool befall(struct call *c, const struct fail *fail)
{
    switch (fail->how) {
    case FAIL_HANG_UP:
        http_hang_up(c->req);
        return true;
    case FAIL_GARBAGE:
        send_garbage(c->req);
        return true;
    case FAIL_STATUS:
        c->sandbox->provider->broken(c, fail->status);
        return false;
    case FAIL_SLOW:
        sandbox_pause(c->sandbox, fail->ms);
        return false;
    case FAIL_NOT:
        break;
    }
    return false;
}

static void reply(struct call *c)
{
    if (c->answer) {
        http_reply_json(c->req, c->status, c->answer);
        c->answer = NULL;
    } else {
        http_reply(c->req, c->status, NULL, "", 0);
    }
}

void call_run(struct http_request *req)
{
    struct call c = {.sandbox = sandbox_of(req), .req = req};
    struct fail fail;
    json_t *whole;

    sandbox_lock(c.sandbox);
    fail = behaviour_next(c.sandbox, req);
    sandbox_unlock(c.sandbox);
    if (fail.how != FAIL_NOT)
        log_debug("sandbox.fault", LOG_TEXT("path", req->path), LOG_INT("how", fail.how), LOG_INT("after", fail.after));
    if (!fail.after && befall(&c, &fail))
        return;
    if (!fail.after && fail.how == FAIL_STATUS) {
        reply(&c);
        return;
    }
    sandbox_lock(c.sandbox);
    carry_out(&c);
    whole = json_deep_copy(c.answer); /* what stays here may change once the lock is given up */
    sandbox_unlock(c.sandbox);
    call_answer(&c, c.status, whole);
    if (fail.after && befall(&c, &fail)) {
        json_decref(c.answer);
        return;
    }
    reply(&c);
}
