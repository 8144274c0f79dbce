/* web/api_log.c: GET /api/v1/log: what happened, the newest first, by what is chosen; POST …/log/verify: the chain of
 * events walked some way on, and what was found (shop/chain.h). */

#include "shop/chain.h"
#include "shop/describe.h"
#include "shop/place_order.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

enum { LOG_USUAL = 100, LOG_MOST = 1000, VERIFY_PIECES = 10 };

struct wanted {
    struct event_filter filter;
    const char *mailbox, *order;
    int64_t limit;
};

/* Of another brand, what is asked about reads as if it were not there: nothing happened to it. */
static enum outcome resolve(struct db_tx *tx, struct call *c, struct wanted *w, bool *there)
{
    struct mailbox mailbox;
    struct order order;
    enum outcome o = DONE;

    if (c->key.brand[0])
        w->filter.brand = c->key.brand;
    if (w->mailbox[0]) {
        o = mailbox_by_address(tx, c->mem, text_lower(c->mem, w->mailbox), &mailbox);
        w->filter.mailbox_id = mailbox.id;
    }
    if (o == DONE && w->order[0]) {
        o = order_by_code(tx, c->mem, w->order, &order);
        w->filter.order_id = order.id;
    }
    *there = o == DONE;
    return o == REFUSED ? DONE : o;
}

static enum outcome read_log(struct db_tx *tx, struct call *c, void *arg)
{
    struct wanted *w = arg;
    struct event *events = NULL;
    json_t *list = json_array();
    int64_t next = 0;
    size_t count = 0;
    bool there;
    enum outcome o = resolve(tx, c, w, &there);

    if (o == DONE && there)
        o = events_chosen(tx, c->mem, &w->filter, (int)w->limit, &events, &count, &next);
    for (size_t i = 0; o == DONE && i < count; i++)
        json_array_append_new(list, describe_event(&events[i]));
    c->body = json_pack("{s:o, s:o}", "events", list, "next", next ? json_integer(next) : json_null());
    return o;
}

/* The first moment of a day in Rome, `plus` days later; 0 where none is asked for. */
static struct instant day_of_query(struct call *c, const char *name, int plus)
{
    const char *text = api_text(c, name);
    struct day day;

    if (!text[0])
        return (struct instant){0};
    if (day_parse(text, strlen(text), &day) == DONE)
        return rome_midnight(day_plus(day, plus));
    (void)!api_refuse(c, PROBLEM_NOT_A_DATE, name, "%s", "");
    return (struct instant){0};
}

void api_log(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "kind",  "actor",  "mailbox", "order",
                                        "from",  "until", "before", "limit",   NULL};
    struct wanted w = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    w.mailbox = api_text(&c, "mailbox");
    w.order = api_text(&c, "order");
    w.filter = (struct event_filter){.brand = api_text(&c, "brand"),
                                     .kind = api_text(&c, "kind"),
                                     .actor = api_text(&c, "actor"),
                                     .from = day_of_query(&c, "from", 0),
                                     .until = day_of_query(&c, "until", 1)};
    (void)!api_number(&c, "before", 0, INT64_MAX, 0, &w.filter.before);
    (void)!api_number(&c, "limit", 1, LOG_MOST, LOG_USUAL, &w.limit);
    api_get(&c, KNOWN, read_log, &w);
}

/* ---- The chain ---- */

static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    const struct chain_check *check = arg;
    int64_t length;

    TRY(chain_length(tx, &length));
    c->body = json_pack("{s:s, s:I, s:I, s:o, s:o, s:o}", "state",
                        check->broken_at     ? "broken"
                        : check->ended_at.us ? "whole"
                                             : "going",
                        "checked", (json_int_t)check->seq, "length", (json_int_t)length, "broken_at",
                        check->broken_at ? json_integer(check->broken_at) : json_null(), "begun_at",
                        describe_instant(check->begun_at), "ended_at", describe_instant(check->ended_at));
    return DONE;
}

/* The walk is transactions of its own, so its answer comes after it; walked once more, it only goes further. */
void api_log_verify(struct http_request *req)
{
    struct chain_check check = {0};
    enum outcome o;
    struct call c;

    if (!api_open_post(req, RIGHT_READ, &c))
        return;
    api_check_empty(&c);
    if (!api_is_new(&c))
        return;
    o = chain_verify(c.shop, c.mem, VERIFY_PIECES, &c.actor, &check);
    if (o != DONE)
        api_fail(&c, o);
    else if (api_write(&c, tell, &check))
        api_send(&c);
}
