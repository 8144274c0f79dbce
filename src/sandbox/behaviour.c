#include "sandbox/parts.h"
#include <sodium.h>
#include <string.h>
#include <talloc.h>

enum { WAIT_MOST_MS = 20000, MS_MOST = 60000 };

void behaviour_reset(struct behaviour *b)
{
    *b = (struct behaviour){.repeat = 1, .slow_card_ms = 8000, .token_seconds = 32400};
}

/* ---- What befalls a call ---- */

/* splitmix64: the nth draw of a seed. */
static uint64_t draw(uint64_t seed, uint64_t nth)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15 + (nth + 1) * 0xbf58476d1ce4e5b9;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static struct fail random_fail(const struct behaviour *b, uint64_t nth)
{
    static const struct fail WAYS[] = {
        {.how = FAIL_HANG_UP},
        {.how = FAIL_HANG_UP, .after = true},
        {.how = FAIL_STATUS, .status = 503},
        {.how = FAIL_STATUS, .status = 500, .after = true},
        {.how = FAIL_GARBAGE, .after = true},
        {.how = FAIL_SLOW, .ms = 50},
    };
    uint64_t dice = draw((uint64_t)b->seed, nth);

    return dice % 1000 < (uint64_t)b->per_mille ? WAYS[(dice >> 32) % count_of(WAYS)] : (struct fail){0};
}

static const char *method_name(const struct http_request *req)
{
    return req->method == HTTP_POST ? "POST" : req->method == HTTP_DELETE ? "DELETE" : "GET";
}

struct fail behaviour_next(struct sandbox *s, const struct http_request *req)
{
    struct behaviour *b = &s->behaviour;
    uint64_t nth = s->calls++;

    for (size_t i = 0; i < b->fails; i++) {
        struct fail *f = &b->fail[i];

        if (!strstr(req->path, f->path) || (*f->method && strcmp(f->method, method_name(req)) != 0) || f->times == 0)
            continue;
        if (f->skip > 0) {
            f->skip--;
            continue;
        }
        f->times--;
        return *f;
    }
    return b->random ? random_fail(b, nth) : (struct fail){0};
}

/* ---- Reading it ----
 *
 * Each reader leaves its place as it was when the member is absent, and otherwise says in *fault what is wrong. */

static bool number(const json_t *object, const char *name, int64_t least, int64_t most, int64_t *value,
                   const char **fault)
{
    const json_t *member = json_object_get(object, name);

    if (!member)
        return true;
    if (!json_is_integer(member) || json_integer_value(member) < least || json_integer_value(member) > most)
        return *fault = name, false;
    *value = json_integer_value(member);
    return true;
}

static bool flag(const json_t *object, const char *name, bool *value, const char **fault)
{
    const json_t *member = json_object_get(object, name);

    if (!member)
        return true;
    if (!json_is_boolean(member))
        return *fault = name, false;
    *value = json_is_true(member);
    return true;
}

/* The place of a word in a list that ends with NULL. */
static bool word(const json_t *object, const char *name, const char *const *words, int *value, const char **fault)
{
    const json_t *member = json_object_get(object, name);
    const char *text = json_string_value(member);

    if (!member)
        return true;
    for (int i = 0; text && words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return *value = i, true;
    return *fault = name, false;
}

static bool only(const json_t *object, const char *const *known, const char **fault)
{
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return *fault = "{", false;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        size_t i = 0;

        while (known[i] && strcmp(known[i], name) != 0)
            i++;
        if (!known[i])
            return *fault = name, false;
    }
    return true;
}

static const char *const FORGES[] = {"no", "signature", "unknown", NULL};
static const char *const HOWS[] = {"", "hang-up", "status", "garbage", "slow", NULL};
static const char *const WHENS[] = {"before", "after", NULL};
static const char *const TOKENS[] = {"as-saved", "ok", "needs-action", "insufficient-funds", "expired", NULL};
static const char *const SETTLEMENTS[] = {"automatic", "manual", NULL};
static const char *const WORDS[] = {"short", "long", NULL};

static bool read_notifications(const json_t *object, struct behaviour *b, const char **fault)
{
    static const char *const KNOWN[] = {"delay_ms", "repeat",        "drop",  "hold",
                                        "reverse",  "before_return", "forge", NULL};
    int forge = (int)b->forge;

    if (!object)
        return true;
    if (!only(object, KNOWN, fault) || !number(object, "delay_ms", 0, MS_MOST, &b->delay_ms, fault) ||
        !number(object, "repeat", 0, 10, &b->repeat, fault) || !flag(object, "drop", &b->drop, fault) ||
        !flag(object, "hold", &b->hold, fault) || !flag(object, "reverse", &b->reverse, fault) ||
        !flag(object, "before_return", &b->before_return, fault) || !word(object, "forge", FORGES, &forge, fault))
        return false;
    b->forge = (unsigned)forge;
    return true;
}

static bool short_text(const json_t *object, const char *name, char *text, size_t room, const char **fault)
{
    const char *value = json_string_value(json_object_get(object, name));

    if (json_object_get(object, name) && (!value || strlen(value) >= room))
        return *fault = name, false;
    snprintf(text, room, "%s", value ? value : "");
    return true;
}

static bool read_fail(const json_t *object, struct fail *f, const char **fault)
{
    static const char *const KNOWN[] = {"path", "method", "times", "skip", "when", "how", "status", "ms", NULL};
    int64_t times = 1, skip = 0, status = 503, ms = 1000;
    int how = FAIL_HANG_UP, when = 0;

    if (!only(object, KNOWN, fault) || !short_text(object, "path", f->path, sizeof f->path, fault) ||
        !short_text(object, "method", f->method, sizeof f->method, fault) ||
        !number(object, "times", 1, 1000000, &times, fault) || !number(object, "skip", 0, 1000000, &skip, fault) ||
        !word(object, "when", WHENS, &when, fault) || !word(object, "how", HOWS, &how, fault) ||
        !number(object, "status", 400, 599, &status, fault) || !number(object, "ms", 0, MS_MOST, &ms, fault))
        return false;
    f->times = (int)times, f->skip = (int)skip, f->status = (int)status, f->ms = (int)ms;
    f->how = (unsigned)how, f->after = when == 1;
    return true;
}

static bool read_fails(const json_t *list, struct behaviour *b, const char **fault)
{
    if (!list)
        return true;
    if (!json_is_array(list) || json_array_size(list) > SANDBOX_RULES)
        return *fault = "fail", false;
    b->fails = json_array_size(list);
    for (size_t i = 0; i < b->fails; i++)
        if (!read_fail(json_array_get(list, i), &b->fail[i], fault))
            return false;
    return true;
}

static bool read_faults(const json_t *object, struct behaviour *b, const char **fault)
{
    static const char *const KNOWN[] = {"seed", "per_mille", NULL};

    if (!object)
        return true;
    b->random = !json_is_null(object);
    if (!b->random)
        return true;
    return only(object, KNOWN, fault) && number(object, "seed", 0, INT64_MAX, &b->seed, fault) &&
           number(object, "per_mille", 0, 1000, &b->per_mille, fault);
}

static bool read_all(const json_t *body, struct behaviour *b, const char **fault)
{
    static const char *const KNOWN[] = {
        "reset",         "notifications",      "fail",     "faults", "tokens",  "settlement", "words", "slow_card_ms",
        "token_seconds", "drop_access_tokens", "complete", "expire", "dispute", "wait",       NULL};
    int tokens = (int)b->tokens, settlement = b->manual_settlement, words = b->long_words;

    if (!only(body, KNOWN, fault) || !read_notifications(json_object_get(body, "notifications"), b, fault) ||
        !read_fails(json_object_get(body, "fail"), b, fault) ||
        !read_faults(json_object_get(body, "faults"), b, fault) || !word(body, "tokens", TOKENS, &tokens, fault) ||
        !word(body, "settlement", SETTLEMENTS, &settlement, fault) || !word(body, "words", WORDS, &words, fault) ||
        !number(body, "slow_card_ms", 0, MS_MOST, &b->slow_card_ms, fault) ||
        !number(body, "token_seconds", 0, 1000000, &b->token_seconds, fault))
        return false;
    b->tokens = (unsigned)tokens, b->manual_settlement = settlement == 1, b->long_words = words == 1;
    return true;
}

/* ---- Showing it ---- */

static json_t *show_fails(const struct behaviour *b)
{
    json_t *list = json_array();

    for (size_t i = 0; i < b->fails; i++) {
        const struct fail *f = &b->fail[i];

        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:i, s:i}", "path", f->path, "method",
                                              f->method, "times", f->times, "skip", f->skip, "when", WHENS[f->after],
                                              "how", HOWS[f->how], "status", f->status, "ms", f->ms));
    }
    return list;
}

static json_t *show(const struct behaviour *b)
{
    json_t *notifications = json_pack("{s:I, s:I, s:b, s:b, s:b, s:b, s:s}", "delay_ms", (json_int_t)b->delay_ms,
                                      "repeat", (json_int_t)b->repeat, "drop", b->drop, "hold", b->hold, "reverse",
                                      b->reverse, "before_return", b->before_return, "forge", FORGES[b->forge]);
    json_t *faults = b->random
                         ? json_pack("{s:I, s:I}", "seed", (json_int_t)b->seed, "per_mille", (json_int_t)b->per_mille)
                         : json_null();

    return json_pack("{s:o, s:o, s:o, s:s, s:s, s:s, s:I, s:I}", "notifications", notifications, "fail", show_fails(b),
                     "faults", faults, "tokens", TOKENS[b->tokens], "settlement", SETTLEMENTS[b->manual_settlement],
                     "words", WORDS[b->long_words], "slow_card_ms", (json_int_t)b->slow_card_ms, "token_seconds",
                     (json_int_t)b->token_seconds);
}

/* ---- The call ---- */

/* Things that are done once. False: no such payment, or not in that state; nothing was done then. */
static bool act(struct sandbox *s, const json_t *body, const char **fault)
{
    const struct {
        const char *name;
        enum phase from, to;
        void (*happen)(struct sandbox *s, struct payment *p);
    } acts[] = {{"complete", PHASE_WAITING, PHASE_WAITING, s->provider->complete},
                {"expire", PHASE_OPEN, PHASE_AUTHORISED, s->provider->expire},
                {"dispute", PHASE_CAPTURED, PHASE_CAPTURED, s->provider->dispute}};
    struct payment *payment[count_of(acts)];

    for (size_t i = 0; i < count_of(acts); i++) {
        payment[i] = sandbox_payment_by_id(s, sandbox_text(body, acts[i].name));
        if (json_object_get(body, acts[i].name) &&
            (!payment[i] || payment[i]->phase < acts[i].from || payment[i]->phase > acts[i].to))
            return *fault = acts[i].name, false;
    }
    for (size_t i = 0; i < count_of(acts); i++)
        if (payment[i])
            acts[i].happen(s, payment[i]);
    if (json_is_true(json_object_get(body, "drop_access_tokens")))
        s->access_count = 0, memset(s->access, 0, sizeof s->access);
    return true;
}

void behaviour_post(struct http_request *req)
{
    struct sandbox *s = sandbox_of(req);
    struct problem why = {0};
    const char *fault = "{";
    json_t *body, *shown = NULL;
    struct behaviour b, before;

    if (http_json(req, &body, &why) != DONE) {
        http_reply_json(req, 400, json_pack("{s:s}", "error", why.detail));
        return;
    }
    sandbox_lock(s);
    b = before = s->behaviour;
    if (json_is_true(json_object_get(body, "reset")))
        behaviour_reset(&b);
    if (read_all(body, &b, &fault)) {
        s->behaviour = b;
        if (act(s, body, &fault))
            shown = show(&b);
        else
            s->behaviour = before;
    }
    if (shown && json_object_get(body, "faults"))
        s->calls = 0;
    pthread_cond_broadcast(&s->changed); /* the notifier looks again at what it holds */
    sandbox_unlock(s);
    if (!shown) {
        http_reply_json(req, 400, json_pack("{s:o}", "error", json_sprintf("not understood: %s", fault)));
        return;
    }
    if (json_is_true(json_object_get(body, "wait")) && !notify_wait(s, WAIT_MOST_MS)) {
        json_decref(shown);
        http_reply_json(req, 504, json_pack("{s:s}", "error", "notifications are still under way"));
        return;
    }
    http_reply_json(req, 200, shown);
}
