/* web/api_webhooks.c: GET /api/v1/webhooks: programs that are told of events; …/{id}/deliveries: what one was told;
 * POST …/{id}/replay: one delivery again, or all since a day; …/enable, …/remove. An endpoint is added at the desk or
 * by the command line, where its secret is shown and kept by nobody: an answer of this API would be, for the next
 * request with its Idempotency-Key. */

#include "shop/present_webhook.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

enum { WEBHOOKS_MOST = 500, DELIVERIES_USUAL = 100, DELIVERIES_MOST = 1000 };

static enum outcome read_webhooks(struct db_tx *tx, struct call *c, void *arg)
{
    struct webhook *all;
    size_t count;
    json_t *list;

    (void)arg;
    TRY(webhooks_after(tx, c->mem, c->key.brand, 0, WEBHOOKS_MOST, &all, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, present_webhook(&all[i]));
    c->body = json_pack("{s:o}", "webhooks", list);
    return DONE;
}

void api_webhooks(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, read_webhooks, NULL))
        api_send(&c);
}

/* ---- What one was told ---- */

struct wanted {
    int64_t id, before, limit;
    const char *state;
};

static enum outcome read_deliveries(struct db_tx *tx, struct call *c, void *arg)
{
    struct wanted *w = arg;
    struct webhook_delivery *all;
    struct problem why = {0};
    struct webhook webhook;
    size_t count;
    json_t *list;

    TRY(api_passed(c, webhook_find(tx, c->mem, w->id, c->key.brand, &webhook, &why), &why));
    TRY(webhook_deliveries(tx, c->mem, w->id, w->state, w->before, (int)w->limit, &all, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, present_delivery(&all[i]));
    c->body = json_pack("{s:o, s:b}", "deliveries", list, "more", count == (size_t)w->limit);
    return DONE;
}

void api_webhook_deliveries(struct http_request *req)
{
    static const char *const KNOWN[] = {"before", "limit", "state", NULL};
    const char *state = form_value(&req->query, "state");
    struct wanted w = {.id = api_id(req, "id"), .state = state ? state : ""};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "before", 0, INT64_MAX, 0, &w.before);
    (void)!api_number(&c, "limit", 1, DELIVERIES_MOST, DELIVERIES_USUAL, &w.limit);
    if (w.state[0] && strcmp(w.state, "waiting") != 0 && strcmp(w.state, "done") != 0 && strcmp(w.state, "failed") != 0)
        (void)!api_refuse(&c, PROBLEM_NOT_A_CHOICE, "state", "%s", "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, read_deliveries, &w))
        api_send(&c);
}

/* ---- Again ---- */

struct again {
    int64_t id, delivery;
    struct day since;
};

static const struct form_field AGAIN[] = {
    FORM_INT(struct again, delivery, "delivery", .min = 1, .max = INT64_MAX, .optional = true),
    FORM_DAY(struct again, since, "since", .optional = true),
    FORM_END,
};

static enum outcome replay(struct db_tx *tx, struct call *c, void *arg)
{
    const struct again *a = arg;
    const struct webhook_act act = {.id = a->id, .brand = c->key.brand, .actor = c->actor};
    struct problem why = {0};

    if (strcmp(c->key.role, "owner") != 0)
        return api_refuse(c, PROBLEM_FORBIDDEN, "", "%s", "");
    TRY(api_passed(c,
                   a->delivery ? webhook_replay_in(tx, c->mem, &act, a->delivery, &why)
                               : webhook_replay_since_in(tx, c->mem, &act, rome_midnight(a->since), &why),
                   &why));
    c->body = json_pack("{s:I}", "id", (json_int_t)a->id);
    return DONE;
}

void api_webhook_replay(struct http_request *req)
{
    struct again a = {.id = api_id(req, "id")};
    struct call c;

    if (!api_open_post(req, RIGHT_READ, &c))
        return;
    if (api_body(&c, AGAIN, &a) && !a.delivery == !a.since.n)
        (void)api_refuse(&c, PROBLEM_REQUIRED, a.delivery ? "since" : "delivery", "%s", "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, replay, &a))
        api_send(&c);
}

/* ---- On again, or gone ---- */

struct ending {
    int64_t id;
    bool removes;
};

static enum outcome end(struct db_tx *tx, struct call *c, void *arg)
{
    const struct ending *e = arg;
    const struct webhook_act act = {.id = e->id, .brand = c->key.brand, .actor = c->actor};
    struct problem why = {0};
    struct webhook webhook;

    TRY(api_passed(c, webhook_find(tx, c->mem, e->id, c->key.brand, &webhook, &why), &why));
    TRY(api_passed(
        c, e->removes ? webhook_remove_in(tx, c->mem, &act, &why) : webhook_enable_in(tx, c->mem, &act, &why), &why));
    if (!e->removes)
        TRY(api_passed(c, webhook_find(tx, c->mem, e->id, c->key.brand, &webhook, &why), &why));
    c->body = present_webhook(&webhook);
    return DONE;
}

static void post(struct http_request *req, bool removes)
{
    struct ending e = {.id = api_id(req, "id"), .removes = removes};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NULL, NULL, end, &e);
}

void api_webhook_enable(struct http_request *req)
{
    post(req, false);
}

void api_webhook_remove(struct http_request *req)
{
    post(req, true);
}

/* ---- One more, or another secret ---- */

struct adding {
    int64_t id; /* whose secret is another; 0: a new one */
    const char *brand, *url, *kinds, *email;
    char secret[WEBHOOK_TEXT];
};

static const struct form_field NEW[] = {
    FORM_TEXT(struct adding, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct adding, url, "url", .max = 500),
    FORM_TEXT(struct adding, kinds, "kinds", .max = WEBHOOK_KINDS_MOST, .optional = true),
    FORM_TEXT(struct adding, email, "email", .max = 254, .optional = true),
    FORM_END,
};

static enum outcome add(struct db_tx *tx, struct call *c, void *arg)
{
    struct adding *a = arg;
    const struct brand *brand;
    struct problem why = {0};
    struct webhook webhook;

    TRY(api_find_brand(c, a->brand, &brand));
    TRY(api_passed(
        c,
        webhook_add_in(tx, c->shop, c->mem,
                       &(struct new_webhook){
                           .brand = brand->id, .url = a->url, .kinds = a->kinds, .email = a->email, .actor = c->actor},
                       &a->id, a->secret, &why),
        &why));
    TRY(api_passed(c, webhook_find(tx, c->mem, a->id, c->key.brand, &webhook, &why), &why));
    c->status = 201;
    c->body = present_webhook(&webhook);
    json_object_set_new(c->body, "secret", json_null());
    return DONE;
}

static enum outcome rotate(struct db_tx *tx, struct call *c, void *arg)
{
    struct adding *a = arg;
    const struct webhook_act act = {.id = a->id, .brand = c->key.brand, .actor = c->actor};
    struct problem why = {0};
    struct webhook webhook;

    TRY(api_passed(c, webhook_rotate_in(tx, c->shop, c->mem, &act, a->secret, &why), &why));
    TRY(api_passed(c, webhook_find(tx, c->mem, a->id, c->key.brand, &webhook, &why), &why));
    c->body = present_webhook(&webhook);
    json_object_set_new(c->body, "secret", json_null());
    return DONE;
}

static void tell_secret(struct call *c, api_work *work, struct adding *a)
{
    c->alone = true;
    if (c->faults.count) {
        api_send_faults(c);
    } else if (api_write(c, work, a)) {
        api_tell_once(c, "secret", a->secret);
        api_send(c);
    }
}

void api_webhook_post(struct http_request *req)
{
    struct adding a = {.brand = "", .kinds = "", .email = ""};
    struct call c;

    if (!api_open_post(req, RIGHT_READ, &c))
        return;
    (void)api_body(&c, NEW, &a);
    tell_secret(&c, add, &a);
}

void api_webhook_rotate(struct http_request *req)
{
    struct adding a = {.id = api_id(req, "id")};
    struct call c;

    if (!api_open_post(req, RIGHT_READ, &c))
        return;
    api_check_empty(&c);
    tell_secret(&c, rotate, &a);
}
