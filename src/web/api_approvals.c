/* web/api_approvals.c: GET /api/v1/approvals?state=&before=&limit=: what waits for a second person, or was decided; GET
 * …/approvals/{id}: one, with all that was asked; POST …/approvals/{id}/withdraw: by the key that asked. To decide
 * takes a person (shop/approval.h): a key is none. */

#include "shop/approval.h"
#include "shop/describe.h"
#include "web/api.h"
#include <string.h>
#include <talloc.h>

enum { APPROVALS_USUAL = 100, APPROVALS_MOST = 500 };

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *describe_approval(const struct approval *a, struct instant now)
{
    bool over = strcmp(a->state, "waiting") == 0 && a->expires_at.us <= now.us;
    json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:o, s:o}", "id", (json_int_t)a->id, "brand",
                            a->brand, "kind", a->kind, "subject", a->subject, "title", a->title, "reason", a->reason,
                            "amount_cents", (json_int_t)a->amount.cents, "state",
                            over ? approval_state_name(APPROVAL_EXPIRED) : a->state, "asked_by", a->asked_by,
                            "asked_at", describe_instant(a->asked_at), "expires_at", describe_instant(a->expires_at));

    json_object_set_new(row, "decided_by", text_or_null(a->decided_by));
    json_object_set_new(row, "decision", text_or_null(a->decision));
    json_object_set_new(row, "decided_at", describe_instant(a->decided_at));
    return row;
}

/* ---- The list ---- */

struct wanted {
    int64_t id, before, limit;
    const char *state;
};

static enum outcome read_all(struct db_tx *tx, struct call *c, void *arg)
{
    const struct wanted *w = arg;
    struct approval *all;
    json_t *list;
    size_t count;

    TRY(approvals_before(tx, c->mem, c->key.brand, strcmp(w->state, "decided") != 0, w->before, (int)w->limit, &all,
                         &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_approval(&all[i], db_now(tx)));
    c->body = json_pack("{s:o, s:b}", "approvals", list, "more", count == (size_t)w->limit);
    return DONE;
}

void api_approvals(struct http_request *req)
{
    static const char *const KNOWN[] = {"state", "before", "limit", NULL};
    struct wanted w;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    w.state = api_text(&c, "state");
    if (w.state[0] && strcmp(w.state, "waiting") != 0 && strcmp(w.state, "decided") != 0)
        (void)!api_refuse(&c, PROBLEM_NOT_A_CHOICE, "state", "%s", "");
    (void)!api_number(&c, "before", 0, INT64_MAX, 0, &w.before);
    (void)!api_number(&c, "limit", 1, APPROVALS_MOST, APPROVALS_USUAL, &w.limit);
    api_get(&c, KNOWN, read_all, &w);
}

/* ---- One ---- */

static enum outcome find(struct db_tx *tx, struct call *c, int64_t id, struct approval *a)
{
    enum outcome o = approval_by_id(tx, c->mem, id, a);

    if (o == REFUSED || (o == DONE && !api_sees(c, a->brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    return o;
}

static enum outcome read_one(struct db_tx *tx, struct call *c, void *arg)
{
    const struct wanted *w = arg;
    struct approval a;
    json_t *data;

    TRY(find(tx, c, w->id, &a));
    data = json_loads(a.data, 0, NULL);
    c->body = describe_approval(&a, db_now(tx));
    json_object_set_new(c->body, "data", data ? data : json_object());
    return DONE;
}

void api_approval(struct http_request *req)
{
    struct wanted w = {.id = api_id(req, "id")};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, read_one, &w);
}

static enum outcome withdraw(struct db_tx *tx, struct call *c, void *arg)
{
    const struct wanted *w = arg;
    struct problem why = {0};
    struct approval a;

    TRY(find(tx, c, w->id, &a));
    TRY(api_passed(c, approval_withdraw(tx, &a, &c->actor, &why), &why));
    return read_one(tx, c, arg);
}

void api_approval_withdraw(struct http_request *req)
{
    struct wanted w = {.id = api_id(req, "id")};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NULL, NULL, withdraw, &w);
}
