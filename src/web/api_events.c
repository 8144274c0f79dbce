/* web/api_events.c: GET /api/v1/events?after=&limit=: what happened, in the order of the chain (store/event.h). */

#include "base/log.h"
#include "shop/describe.h"
#include "web/api.h"
#include <inttypes.h>
#include <talloc.h>

enum { EVENTS_USUAL = 100, EVENTS_MOST = 1000, SEALED_AT_ONCE = 1000 };

struct wanted {
    int64_t after, limit;
    bool unsealed; /* some events have no place in the chain yet */
};

static enum outcome read_events(struct db_tx *tx, struct call *c, void *arg)
{
    struct wanted *w = arg;
    struct event *events;
    size_t count;
    int64_t next;
    json_t *list;

    TRY(events_waiting(tx, &w->unsealed));
    TRY(events_in_order(tx, c->mem, c->key.brand, w->after, (int)w->limit, &events, &count, &next));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_event(&events[i]));
    c->body = json_pack("{s:o, s:o, s:b}", "events", list, "next", json_sprintf("%" PRId64, next), "more",
                        count == (size_t)w->limit);
    return DONE;
}

struct sealing {
    void *mem;
    int sealed;
};

static enum outcome seal(struct db_tx *tx, void *arg)
{
    struct sealing *s = arg;

    return events_seal(tx, s->mem, SEALED_AT_ONCE, &s->sealed);
}

/* What has just happened need not wait for the worker that seals. Where that worker was quicker, or is busy, it will
 * do. */
static void seal_now(struct call *c)
{
    struct sealing s = {.mem = c->mem};

    if (db_transaction(c->shop->db, "api.seal", seal, &s) == BROKEN)
        log_warning("api.seal", LOG_TEXT("why", "left to the worker"));
}

void api_events(struct http_request *req)
{
    static const char *const KNOWN[] = {"after", "limit", NULL};
    struct wanted w;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "after", 0, INT64_MAX, 0, &w.after);
    (void)!api_number(&c, "limit", 1, EVENTS_MOST, EVENTS_USUAL, &w.limit);
    if (c.faults.count) {
        api_send_faults(&c);
        return;
    }
    if (!api_read(&c, read_events, &w))
        return;
    if (w.unsealed) {
        seal_now(&c);
        if (!api_read(&c, read_events, &w))
            return;
    }
    api_send(&c);
}
