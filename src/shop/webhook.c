/* shop/webhook.c: endpoints are added, changed and removed. */
#include "shop/webhook.h"
#include "rules/email.h"
#include "shop/seal.h"
#include "shop/webhook_parts.h"
#include "store/event_log.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define SECRET 32

char *webhook_purpose(void *mem, const char *url)
{
    return talloc_asprintf(mem, "webhook:%s", url);
}

static void make_secret(char text[WEBHOOK_TEXT])
{
    unsigned char random[SECRET];

    randombytes_buf(random, sizeof random);
    strcpy(text, "whsec_");
    sodium_bin2base64(text + 6, WEBHOOK_TEXT - 6, random, sizeof random, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(random, sizeof random);
}

enum outcome webhook_note(struct db_tx *tx, const struct webhook *w, const struct actor *actor, const char *kind)
{
    json_t *data = json_pack("{s:I, s:s}", "webhook", (json_int_t)w->id, "url", w->url);
    enum outcome o = event_record(tx, w->brand, actor, kind, 0, 0, data);

    json_decref(data);
    return o;
}

bool webhook_wants(const char *kinds, const char *kind)
{
    if (strncmp(kind, "webhook.", 8) == 0) /* about themselves they would never end */
        return false;
    if (!kinds[0])
        return true;
    for (const char *word = kinds; *word;) {
        size_t length = strcspn(word, " ");

        if (length > 0 && strncmp(kind, word, length) == 0 && (word[length - 1] == '.' || kind[length] == '\0'))
            return true;
        word += length;
        word += strspn(word, " ");
    }
    return false;
}

/* ---- Adding ---- */

static enum outcome check(const struct shop *shop, void *mem, const struct new_webhook *n, const char *email,
                          struct problem *why)
{
    if (!brand_by_id(shop->brands, n->brand))
        return problem_set(why, PROBLEM_BRAND, "brand", "%s", "");
    if (!shop->webhooks || strlen(n->url) > 500 || shop->webhooks->check(shop->webhooks->arg, mem, n->url) != DONE)
        return problem_set(why, PROBLEM_WEBHOOK_URL, "url", "%s", "");
    if (strlen(n->kinds) > WEBHOOK_KINDS_MOST || strspn(n->kinds, "abcdefghijklmnopqrstuvwxyz_. ") != strlen(n->kinds))
        return problem_set(why, PROBLEM_WEBHOOK_KINDS, "kinds", "%s", "");
    return email_valid(email) ? DONE : problem_set(why, PROBLEM_NOT_AN_EMAIL, "email", "%s", "");
}

enum outcome webhook_add_in(struct db_tx *tx, struct shop *shop, void *mem, const struct new_webhook *n, int64_t *id,
                            char secret[WEBHOOK_TEXT], struct problem *why)
{
    const struct brand *brand = brand_by_id(shop->brands, n->brand);
    const char *email = n->email && n->email[0] ? n->email : brand ? brand->support_email : "";
    struct webhook w = {
        .brand = (char *)n->brand, .url = (char *)n->url, .kinds = (char *)n->kinds, .email = (char *)email};

    TRY(check(shop, mem, n, email, why));
    make_secret(secret);
    TRY(secret_seal(shop, mem, webhook_purpose(mem, n->url), secret, strlen(secret), &w.secret, why));
    TRY(chain_length(tx, &w.cursor)); /* from now on */
    TRY(webhook_insert(tx, &w));
    *id = w.id;
    return webhook_note(tx, &w, &n->actor, "webhook.added");
}

struct adding {
    struct shop *shop;
    void *mem;
    const struct new_webhook *wanted;
    int64_t *id;
    char *secret;
    struct problem *why;
};

static enum outcome add(struct db_tx *tx, void *arg)
{
    struct adding *a = arg;

    return webhook_add_in(tx, a->shop, a->mem, a->wanted, a->id, a->secret, a->why);
}

enum outcome webhook_add(struct shop *shop, void *mem, const struct new_webhook *wanted, int64_t *id,
                         char secret[WEBHOOK_TEXT], struct problem *why)
{
    return db_transaction(shop->db, "webhook.add", add, &(struct adding){shop, mem, wanted, id, secret, why});
}

/* ---- Changing ---- */

enum outcome webhook_find(struct db_tx *tx, void *mem, int64_t id, const char *brand, struct webhook *out,
                          struct problem *why)
{
    enum outcome o = webhook_by_id(tx, mem, id, out);

    if (o == REFUSED || (o == DONE && brand[0] && strcmp(brand, out->brand) != 0))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

struct acting {
    struct shop *shop;
    void *mem;
    const struct webhook_act *act;
    struct webhook webhook;
    char *secret; /* the new one */
    int64_t delivery;
    struct instant since;
    struct problem *why;
};

static enum outcome find(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;

    return webhook_find(tx, a->mem, a->act->id, a->act->brand, &a->webhook, a->why);
}

static enum outcome rotate(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;
    char *sealed;

    TRY(find(tx, a));
    make_secret(a->secret);
    TRY(secret_seal(a->shop, a->mem, webhook_purpose(a->mem, a->webhook.url), a->secret, strlen(a->secret), &sealed,
                    a->why));
    TRY(webhook_set_secrets(tx, a->webhook.id, sealed, a->webhook.secret,
                            instant_plus(clock_now(), WEBHOOK_OLD_SIGNS)));
    return webhook_note(tx, &a->webhook, &a->act->actor, "webhook.rotated");
}

enum outcome webhook_rotate_in(struct db_tx *tx, struct shop *shop, void *mem, const struct webhook_act *act,
                               char secret[WEBHOOK_TEXT], struct problem *why)
{
    return rotate(tx, &(struct acting){.shop = shop, .mem = mem, .act = act, .secret = secret, .why = why});
}

enum outcome webhook_rotate(struct shop *shop, void *mem, const struct webhook_act *act, char secret[WEBHOOK_TEXT],
                            struct problem *why)
{
    struct acting a = {.shop = shop, .mem = mem, .act = act, .secret = secret, .why = why};

    return db_transaction(shop->db, "webhook.rotate", rotate, &a);
}

static enum outcome delete (struct db_tx *tx, void *arg) {
    struct acting *a = arg;

    TRY(find(tx, a));
    TRY(webhook_delete(tx, a->webhook.id));
    return webhook_note(tx, &a->webhook, &a->act->actor, "webhook.removed");
}

enum outcome webhook_remove(struct shop *shop, void *mem, const struct webhook_act *act, struct problem *why)
{
    struct acting a = {.shop = shop, .mem = mem, .act = act, .why = why};

    return db_transaction(shop->db, "webhook.remove", delete, &a);
}

static enum outcome enable(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;
    bool changed;

    TRY(find(tx, a));
    TRY(webhook_set_disabled(tx, a->webhook.id, false, &changed));
    return changed ? webhook_note(tx, &a->webhook, &a->act->actor, "webhook.enabled") : DONE;
}

enum outcome webhook_enable(struct shop *shop, void *mem, const struct webhook_act *act, struct problem *why)
{
    struct acting a = {.shop = shop, .mem = mem, .act = act, .why = why};

    return db_transaction(shop->db, "webhook.enable", enable, &a);
}

/* ---- Again ---- */

enum outcome webhook_intend(struct db_tx *tx, const struct webhook *w, int64_t event_id)
{
    json_t *data;
    int64_t delivery;
    enum outcome o;

    TRY(webhook_delivery_put(tx, w->id, event_id, &delivery));
    data = json_pack("{s:I}", "delivery", (json_int_t)delivery);
    o = outbox_add(tx, w->brand, "webhook", "", w->url, "", 0, data);
    json_decref(data);
    return o;
}

static enum outcome replay(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;
    struct webhook_delivery d;
    enum outcome o;

    TRY(find(tx, a));
    o = webhook_delivery_by_id(tx, a->mem, a->delivery, &d);
    if (o == REFUSED || (o == DONE && d.webhook_id != a->webhook.id))
        return problem_set(a->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    return strcmp(d.state, "waiting") == 0 ? DONE : webhook_intend(tx, &a->webhook, d.event_id);
}

enum outcome webhook_replay(struct shop *shop, void *mem, const struct webhook_act *act, int64_t delivery,
                            struct problem *why)
{
    struct acting a = {.shop = shop, .mem = mem, .act = act, .delivery = delivery, .why = why};

    return db_transaction(shop->db, "webhook.replay", replay, &a);
}

static enum outcome replay_since(struct db_tx *tx, void *arg)
{
    struct acting *a = arg;
    int64_t seq;
    bool moved;

    TRY(find(tx, a));
    TRY(webhook_place_before(tx, a->since, &seq));
    if (seq < 0 || seq >= a->webhook.cursor)
        return DONE; /* nothing sealed since then that is not still to be sent */
    TRY(webhook_move(tx, a->webhook.id, a->webhook.cursor, seq, &moved));
    return moved ? webhook_note(tx, &a->webhook, &a->act->actor, "webhook.replayed") : BUSY;
}

enum outcome webhook_replay_since(struct shop *shop, void *mem, const struct webhook_act *act, struct instant since,
                                  struct problem *why)
{
    struct acting a = {.shop = shop, .mem = mem, .act = act, .since = since, .why = why};

    return db_transaction(shop->db, "webhook.replay_since", replay_since, &a);
}

enum outcome webhook_replay_in(struct db_tx *tx, void *mem, const struct webhook_act *act, int64_t delivery,
                               struct problem *why)
{
    return replay(tx, &(struct acting){.mem = mem, .act = act, .delivery = delivery, .why = why});
}

enum outcome webhook_replay_since_in(struct db_tx *tx, void *mem, const struct webhook_act *act, struct instant since,
                                     struct problem *why)
{
    return replay_since(tx, &(struct acting){.mem = mem, .act = act, .since = since, .why = why});
}

enum outcome webhook_enable_in(struct db_tx *tx, void *mem, const struct webhook_act *act, struct problem *why)
{
    return enable(tx, &(struct acting){.mem = mem, .act = act, .why = why});
}

enum outcome webhook_remove_in(struct db_tx *tx, void *mem, const struct webhook_act *act, struct problem *why)
{
    return delete (tx, &(struct acting){.mem = mem, .act = act, .why = why});
}
