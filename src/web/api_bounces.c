/* web/api_bounces.c: GET /api/v1/bounces?before=&limit=: the addresses from which our mails come back, the newest
 * first; POST …/bounces/{id}/clear: one is good again. */

#include "shop/bounce.h"
#include "shop/describe.h"
#include "web/api.h"
#include <talloc.h>

enum { BOUNCES_USUAL = 100, BOUNCES_MOST = 1000 };

struct wanted {
    int64_t id, before, limit;
};

static enum outcome read_bounces(struct db_tx *tx, struct call *c, void *arg)
{
    struct wanted *w = arg;
    struct bounce *bounces;
    size_t count;
    json_t *list;

    TRY(bounces_before(tx, c->mem, c->key.brand, w->before, (int)w->limit, &bounces, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_bounce(&bounces[i]));
    c->body = json_pack("{s:o, s:b}", "bounces", list, "more", count == (size_t)w->limit);
    return DONE;
}

void api_bounces(struct http_request *req)
{
    static const char *const KNOWN[] = {"before", "limit", NULL};
    struct wanted w;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "before", 0, INT64_MAX, 0, &w.before);
    (void)!api_number(&c, "limit", 1, BOUNCES_MOST, BOUNCES_USUAL, &w.limit);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, read_bounces, &w))
        api_send(&c);
}

static enum outcome clear(struct db_tx *tx, struct call *c, void *arg)
{
    const struct wanted *w = arg;
    struct bounce b;
    enum outcome o = bounce_by_id(tx, c->mem, w->id, &b);

    if (o == REFUSED || (o == DONE && !api_sees(c, b.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(bounce_clear(tx, &b, &c->actor));
    c->body = describe_bounce(&b);
    return DONE;
}

void api_bounce_clear(struct http_request *req)
{
    struct wanted w = {.id = api_id(req, "id")};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NULL, NULL, clear, &w);
}
