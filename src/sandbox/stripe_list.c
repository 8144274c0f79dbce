#include "sandbox/stripe.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* Lists are newest first, in pages: limit (10, at most 100), starting_after, created[gte], and ids to compare. */

struct list {
    struct call *call;
    json_t *data;
    size_t limit;
    const char *after; /* passed over up to this one; NULL: none, or seen */
    json_int_t since;
    bool more;
};

static const char *asked(const struct call *c, const char *name)
{
    return form_value(&c->req->query, name);
}

static bool list_begin(struct list *l, struct call *c)
{
    const char *limit = asked(c, "limit"), *since = asked(c, "created[gte]");

    *l = (struct list){.call = c,
                       .data = json_array(),
                       .limit = limit ? (size_t)atoi(limit) : 10,
                       .after = asked(c, "starting_after"),
                       .since = since ? atoll(since) : 0};
    if (l->limit >= 1 && l->limit <= 100)
        return true;
    json_decref(l->data);
    stripe_refuse(c, 400, "invalid_request_error", "parameter_invalid_integer", "limit",
                  "This value must be from 1 to 100.");
    return false;
}

static bool is_asked(const struct list *l, const json_t *object)
{
    static const char *const COMPARED[] = {"payment_intent", "customer", "charge", "type"};

    for (size_t i = 0; i < count_of(COMPARED); i++)
        if (asked(l->call, COMPARED[i]) && strcmp(asked(l->call, COMPARED[i]), sandbox_text(object, COMPARED[i])) != 0)
            return false;
    return json_integer_value(json_object_get(object, "created")) >= l->since;
}

static void list_add(struct list *l, json_t *object)
{
    if (!object || !is_asked(l, object))
        return;
    if (l->after) {
        if (strcmp(l->after, sandbox_text(object, "id")) == 0)
            l->after = NULL;
        return;
    }
    if (json_array_size(l->data) < l->limit)
        json_array_append(l->data, object);
    else
        l->more = true;
}

static void list_end(struct list *l)
{
    json_t *list = json_pack("{s:s, s:s, s:b, s:o}", "object", "list", "url", l->call->req->path, "has_more", l->more,
                             "data", l->data);

    stripe_answer(l->call, 200, list);
    json_decref(list);
}

static void list_parts(struct call *c, const char *part)
{
    struct list l;

    if (!list_begin(&l, c))
        return;
    for (size_t i = c->sandbox->payment_count; i-- > 0;)
        list_add(&l, stripe_part(c->sandbox->payments[i], part));
    list_end(&l);
}

void stripe_list_sessions(struct call *c)
{
    list_parts(c, "session");
}

void stripe_list_intents(struct call *c)
{
    list_parts(c, "intent");
}

void stripe_list_refunds(struct call *c)
{
    struct list l;

    if (!list_begin(&l, c))
        return;
    for (size_t i = c->sandbox->payment_count; i-- > 0;)
        for (size_t k = json_array_size(c->sandbox->payments[i]->events); k-- > 0;)
            list_add(&l, json_array_get(c->sandbox->payments[i]->events, k));
    list_end(&l);
}

void stripe_list_events(struct call *c)
{
    struct list l;

    if (!list_begin(&l, c))
        return;
    for (size_t i = json_array_size(c->sandbox->event_list); i-- > 0;)
        list_add(&l, json_array_get(c->sandbox->event_list, i));
    list_end(&l);
}
