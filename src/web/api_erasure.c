/* web/api_erasure.c: GET /api/v1/persons/{person}/erasure: what of a person's data may go, what stays and why; POST:
 * that it be erased (shop/erasure.h). A key is no person: where the policy wants two, it waits for one at the desk. */

#include "shop/erasure.h"
#include "shop/govern.h"
#include "web/api.h"

struct erasing {
    const char *reason;
    struct erasure_look look;
    bool waits;
};

static const struct form_field ERASE[] = {
    FORM_TEXT(struct erasing, reason, "reason", .max = GOVERN_TEXT_MOST, .lines = true),
    FORM_END,
};

/* Of the key's brand alone, where it is of one. */
static enum outcome find(struct db_tx *tx, struct call *c, struct erasing *e)
{
    struct problem why = {0};

    return api_passed(
        c, erasure_seek(tx, c->shop, c->mem, http_parameter(c->req, "person"), c->key.brand, &e->look, &why), &why);
}

static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    struct erasing *e = arg;

    TRY(find(tx, c, e));
    c->body = describe_erasure(c->mem, c->language, &e->look);
    return DONE;
}

static enum outcome ask(struct db_tx *tx, struct call *c, void *arg)
{
    struct erasing *e = arg;
    struct problem why = {0};

    e->waits = false;
    TRY(find(tx, c, e));
    TRY(api_passed(c, erasure_ask(tx, c->shop, c->mem, &e->look, e->reason, &c->actor, &e->waits, &why), &why));
    c->status = e->waits ? 202 : 200;
    c->body = describe_erasure(c->mem, c->language, &e->look);
    return DONE;
}

void api_erasure(struct http_request *req)
{
    struct erasing e = {0};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, NULL, tell, &e);
}

void api_erasure_post(struct http_request *req)
{
    struct erasing e = {0};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, ERASE, &e, ask, &e);
}
