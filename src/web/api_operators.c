/* web/api_operators.c: GET /api/v1/operators?after=&limit=: who works at the desk; POST: somebody more, who chooses the
 * password through a link; GET …/operators/{id}; POST …/operators/{id}/change: another role or brand; …/disable. A
 * second factor, sessions and new links are the desk's own business: they open its door. */

#include "shop/describe.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

enum { OPERATORS_USUAL = 100, OPERATORS_MOST = 500 };

struct work {
    int64_t id, after, limit;
    const char *email, *name, *role, *brand, *reason;
    bool disable, waits;
    char *link; /* of somebody new */
};

static json_t *describe_operator(const struct operator* o)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)o->id, "email", o->email, "name",
                     o->name, "role", o->role, "brand", o->brand, "state",
                     o->disabled_at.us     ? "disabled"
                     : o->password_hash[0] ? "active"
                                           : "invited",
                     "created_at", describe_instant(o->created_at), "disabled_at", describe_instant(o->disabled_at));
}

/* ---- Looking ---- */

static enum outcome read_all(struct db_tx *tx, struct call *c, void *arg)
{
    const struct work *w = arg;
    struct operator* all;
    json_t *list;
    size_t count;

    TRY(operators_of(tx, c->mem, c->key.brand, w->after, (int)w->limit, &all, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_operator(&all[i]));
    c->body = json_pack("{s:o, s:b}", "operators", list, "more", count == (size_t)w->limit);
    return DONE;
}

void api_operators(struct http_request *req)
{
    static const char *const KNOWN[] = {"after", "limit", NULL};
    struct work w = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_number(&c, "after", 0, INT64_MAX, 0, &w.after);
    (void)!api_number(&c, "limit", 1, OPERATORS_MOST, OPERATORS_USUAL, &w.limit);
    api_get(&c, KNOWN, read_all, &w);
}

static enum outcome read_one(struct db_tx *tx, struct call *c, void *arg)
{
    const struct work *w = arg;
    struct operator found;
    enum outcome o = operator_by_id(tx, c->mem, w->id, &found);

    if (o == REFUSED || (o == DONE && !api_sees(c, found.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    c->body = describe_operator(&found);
    return DONE;
}

void api_operator(struct http_request *req)
{
    struct work w = {.id = api_id(req, "id")};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, read_one, &w);
}

/* ---- Somebody more ---- */

static const struct form_field NEW[] = {
    FORM_TEXT(struct work, email, "email", .max = 254),
    FORM_TEXT(struct work, name, "name", .max = 80),
    FORM_TEXT(struct work, role, "role", .max = 20),
    FORM_TEXT(struct work, brand, "brand", .max = 40, .optional = true),
    FORM_END,
};

/* A key of one brand gives that alone. */
static const char *brand_given(const struct call *c, const char *named)
{
    return named && named[0] ? named : c->key.brand;
}

static enum outcome invite(struct db_tx *tx, struct call *c, void *arg)
{
    struct work *w = arg;
    const char *brand = brand_given(c, w->brand);
    const struct new_operator wanted = {
        .brand = brand, .email = w->email, .name = w->name, .role = w->role, .actor = c->actor};
    struct problem why = {0};

    if (!api_sees(c, brand))
        return api_refuse(c, PROBLEM_BRAND, "brand", "%s", "");
    TRY(api_passed(c, operator_invite(tx, c->shop, c->mem, &wanted, &w->id, &w->link, &why), &why));
    TRY(read_one(tx, c, w));
    json_object_set_new(c->body, "link", json_null());
    c->status = 201;
    return DONE;
}

void api_operator_post(struct http_request *req)
{
    struct work w = {0};
    struct call c;

    if (!api_open_post(req, RIGHT_READ, &c))
        return;
    c.alone = true;
    (void)api_body(&c, NEW, &w);
    if (c.faults.count) {
        api_send_faults(&c);
        return;
    }
    if (!api_write(&c, invite, &w))
        return;
    api_tell_once(&c, "link", w.link);
    api_send(&c);
}

/* ---- Another role, or out ---- */

static const struct form_field CHANGE[] = {
    FORM_TEXT(struct work, role, "role", .max = 20, .optional = true),
    FORM_TEXT(struct work, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct work, reason, "reason", .max = 1000, .lines = true, .optional = true),
    FORM_END,
};
static const struct form_field DISABLE[] = {
    FORM_TEXT(struct work, reason, "reason", .max = 1000, .lines = true, .optional = true),
    FORM_END,
};

static enum outcome change(struct db_tx *tx, struct call *c, void *arg)
{
    struct work *w = arg;
    const struct operator_change wanted = {
        .id = w->id, .role = w->role, .brand = w->brand, .reason = w->reason, .disable = w->disable, .actor = c->actor};
    struct problem why = {0};

    TRY(read_one(tx, c, w));
    if (w->brand && !api_sees(c, w->brand))
        return api_refuse(c, PROBLEM_BRAND, "brand", "%s", "");
    TRY(api_passed(c, operator_change_in(tx, c->shop, c->mem, &wanted, &w->waits, &why), &why));
    json_decref(c->body);
    c->body = NULL;
    c->status = w->waits ? 202 : 200;
    return read_one(tx, c, w);
}

static void post(struct http_request *req, const struct form_field *fields, bool disable)
{
    struct work w = {.id = api_id(req, "id"), .disable = disable};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, fields, &w, change, &w);
}

void api_operator_change(struct http_request *req)
{
    post(req, CHANGE, false);
}

void api_operator_disable(struct http_request *req)
{
    post(req, DISABLE, true);
}
