/* shop/webhook_send.c: endpoints are fed, and each delivery is signed and sent. */
#include "base/log.h"
#include "shop/describe.h"
#include "shop/seal.h"
#include "shop/webhook_parts.h"
#include "store/event_log.h"
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define FED_AT_ONCE   200
#define ENDPOINTS     50
#define SECRET_PREFIX "whsec_"
#define SECRET_MOST   64 /* bytes, as the specification says */

static const struct actor JOB = {.door = "job", .name = "system"};

/* ---- Feeding ---- */

struct feeding {
    void *mem;
    struct webhook *all, *one;
    size_t count;
    int fed;
    bool more;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct feeding *f = arg;

    return webhooks_behind(tx, f->mem, ENDPOINTS, &f->all, &f->count);
}

static enum outcome feed(struct db_tx *tx, void *arg)
{
    struct feeding *f = arg;
    struct webhook w;
    struct event *events;
    int64_t next;
    size_t count;
    bool moved;

    f->fed = 0;
    f->more = false;
    TRY(webhook_by_id(tx, f->mem, f->one->id, &w)); /* REFUSED: it was removed */
    if (w.disabled_at.us)
        return DONE;
    TRY(events_in_order(tx, f->mem, w.brand, w.cursor, FED_AT_ONCE, &events, &count, &next));
    for (size_t i = 0; i < count; i++)
        if (webhook_wants(w.kinds, events[i].kind)) {
            TRY(webhook_intend(tx, &w, events[i].id));
            f->fed++;
        }
    f->more = count == FED_AT_ONCE;
    if (!f->more)
        TRY(chain_length(tx, &next)); /* the rest is of other brands */
    TRY(webhook_move(tx, w.id, w.cursor, next, &moved));
    return moved ? DONE : BUSY;
}

enum outcome webhooks_feed(struct shop *shop, void *mem, int *fed)
{
    struct feeding f = {.mem = talloc_new(mem)};
    enum outcome o = db_read(shop->db, "webhook.look", look, &f);

    for (size_t i = 0; i < f.count && o == DONE; i++) {
        f.one = &f.all[i];
        do {
            o = db_transaction(shop->db, "webhook.feed", feed, &f);
            *fed += o == DONE ? f.fed : 0;
        } while (o == DONE && f.more);
        o = o == REFUSED ? DONE : o;
    }
    talloc_free(f.mem);
    return o;
}

/* ---- Signing ---- */

enum outcome webhook_sign(void *mem, const char *secret, const char *id, int64_t timestamp, const char *body,
                          char **signature)
{
    unsigned char key[SECRET_MOST + 1], mac[EVP_MAX_MD_SIZE];
    char base64[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL)], *content;
    size_t length;
    unsigned mac_length;
    bool made;

    if (strncmp(secret, SECRET_PREFIX, strlen(SECRET_PREFIX)) == 0)
        secret += strlen(SECRET_PREFIX);
    if (sodium_base642bin(key, sizeof key, secret, strlen(secret), NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length == 0)
        return REFUSED;
    content = talloc_asprintf(mem, "%s.%" PRId64 ".%s", id, timestamp, body);
    made = HMAC(EVP_sha256(), key, (int)length, (const unsigned char *)content, strlen(content), mac, &mac_length);
    sodium_memzero(key, sizeof key);
    if (!made)
        return BROKEN;
    sodium_bin2base64(base64, sizeof base64, mac, mac_length, sodium_base64_VARIANT_ORIGINAL);
    *signature = talloc_asprintf(mem, "v1,%s", base64);
    return DONE;
}

/* ---- Sending ---- */

struct sending {
    struct shop *shop;
    void *mem;
    int64_t id;
    struct webhook_delivery delivery;
    struct webhook webhook;
    struct event event;
    /* how it ended */
    const char *state, *error;
    int status;
    bool gone, give_up;
};

static enum outcome load(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;

    TRY(webhook_delivery_by_id(tx, s->mem, s->id, &s->delivery));
    TRY(webhook_by_id(tx, s->mem, s->delivery.webhook_id, &s->webhook));
    return event_by_id(tx, s->mem, s->delivery.event_id, &s->event);
}

static char *message(struct sending *s)
{
    json_t *data = describe_event(&s->event), *whole;
    char *text, *kept;

    whole = json_pack("{s:s, s:O, s:o}", "type", s->event.kind, "timestamp", json_object_get(data, "at"), "data", data);
    text = json_dumps(whole, JSON_COMPACT | JSON_SORT_KEYS);
    kept = talloc_strdup(s->mem, text ? text : "{}");
    free(text);
    json_decref(whole);
    return kept;
}

/* Both secrets sign while a rotation is under way. */
static enum outcome sign(struct sending *s, const char *id, int64_t timestamp, const char *body, char **signatures,
                         struct problem *why)
{
    const struct webhook *w = &s->webhook;
    char *purpose = webhook_purpose(s->mem, w->url), *old;
    void *secret;
    size_t length;

    TRY(secret_unseal(s->shop, s->mem, purpose, w->secret, &secret, &length, why));
    TRY(webhook_sign(s->mem, secret, id, timestamp, body, signatures));
    if (!w->old_secret[0] || w->old_until.us <= clock_now().us)
        return DONE;
    TRY(secret_unseal(s->shop, s->mem, purpose, w->old_secret, &secret, &length, why));
    TRY(webhook_sign(s->mem, secret, id, timestamp, body, &old));
    *signatures = talloc_asprintf(s->mem, "%s %s", *signatures, old);
    return DONE;
}

static enum outcome post(struct sending *s, struct problem *why)
{
    const struct webhook_sender *sender = s->shop->webhooks;
    int64_t timestamp = clock_now().us / 1000000;
    char *id = talloc_asprintf(s->mem, "msg_%" PRId64 "_%" PRId64, s->webhook.id, s->event.id), *body = message(s);
    char *signatures;
    enum outcome o;

    TRY(sign(s, id, timestamp, body, &signatures, why));
    const char *const headers[] = {talloc_asprintf(s->mem, "webhook-id: %s", id),
                                   talloc_asprintf(s->mem, "webhook-timestamp: %" PRId64, timestamp),
                                   talloc_asprintf(s->mem, "webhook-signature: %s", signatures), NULL};

    o = sender->post(sender->arg, s->mem, s->webhook.url, headers, body, &s->status, why);
    if (o != DONE)
        return o;
    if (s->status >= 200 && s->status < 300)
        return DONE;
    s->gone = s->status == 410; /* as the specification says: it wants no more */
    return problem_set(why, PROBLEM_REMOTE, "", "HTTP %d", s->status);
}

/* ---- How it ended ---- */

static enum outcome switch_off(struct db_tx *tx, struct sending *s)
{
    json_t *data;
    bool changed;
    enum outcome o;

    TRY(webhook_set_disabled(tx, s->webhook.id, true, &changed));
    if (!changed)
        return DONE;
    TRY(webhook_note(tx, &s->webhook, &JOB, "webhook.disabled"));
    data = json_pack("{s:s, s:s, s:b}", "url", s->webhook.url, "error", s->error, "gone", s->gone);
    o = outbox_add(tx, s->webhook.brand, "mail", "webhook_disabled", s->webhook.email, "it", 0, data);
    json_decref(data);
    return o;
}

static enum outcome record(struct db_tx *tx, void *arg)
{
    struct sending *s = arg;
    struct instant now = clock_now();
    struct webhook w;

    TRY(webhook_by_id(tx, s->mem, s->webhook.id, &w));
    TRY(webhook_delivery_tried(tx, s->id, s->state, s->status, s->error));
    if (strcmp(s->state, "done") == 0)
        return w.failing_since.us ? webhook_set_failing(tx, w.id, (struct instant){0}) : DONE;
    if (!w.failing_since.us)
        TRY(webhook_set_failing(tx, w.id, now));
    if (s->gone || (w.failing_since.us && now.us - w.failing_since.us > WEBHOOK_PATIENCE))
        return switch_off(tx, s);
    return DONE;
}

/* Each answer that does not come is waited for, and nothing else goes out meanwhile: once is enough. */
static enum outcome ask(struct sending *s, bool *silent, struct problem *why)
{
    enum outcome o;

    if (s->webhook.disabled_at.us)
        return problem_set(why, PROBLEM_WEBHOOK_OFF, "", "%s", "");
    if (*silent)
        return problem_set(why, PROBLEM_REMOTE, "", "%.200s", s->webhook.url);
    o = post(s, why);
    *silent = o == BUSY && !s->status;
    return o;
}

enum outcome webhook_deliver(struct shop *shop, void *mem, int64_t delivery, bool last, bool *silent,
                             struct problem *why)
{
    struct sending s = {.shop = shop, .mem = mem, .id = delivery, .error = ""};
    enum outcome o = db_read(shop->db, "webhook.load", load, &s), sent;

    if (o == REFUSED || (o == DONE && strcmp(s.delivery.state, "waiting") != 0))
        return DONE; /* removed, or another row of the outbox was quicker */
    TRY(o);
    if (!shop->webhooks)
        return problem_set(why, PROBLEM_CONFIG, "webhook", "%s", "webhook");
    sent = ask(&s, silent, why);
    last = last || s.gone || s.webhook.disabled_at.us;
    s.state = sent == DONE ? "done" : last ? "failed" : "waiting";
    s.error = sent == DONE ? "" : problem_text(mem, "it", why);
    o = db_transaction(shop->db, "webhook.record", record, &s);
    if (o == REFUSED)
        return DONE; /* removed meanwhile */
    TRY(o);
    return sent == DONE ? DONE : last ? REFUSED : BUSY;
}
