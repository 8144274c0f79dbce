/* web/api_lookup.c: GET /api/v1/renewals?user_id=…&address=…: the mailbox that a customer names by its pair (R84),
 * found and throttled as on the page; no more is told of it than how it can be renewed. */

#include "shop/describe.h"
#include "shop/lookup.h"
#include "web/api.h"

struct finding {
    const char *brand_named, *user_id, *address;
    const struct brand *brand;
    struct day today;
    struct mailbox found;
    struct problem why;
};

static const struct form_field QUERY[] = {
    FORM_TEXT(struct finding, brand_named, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct finding, user_id, "user_id", .max = 40),
    FORM_TEXT(struct finding, address, "address", .max = 254),
    FORM_END,
};

/* Who asks, and for which brand. */
static enum outcome enter(struct db_tx *tx, struct call *c, void *arg)
{
    struct finding *f = arg;

    f->today = db_today(tx);
    return api_find_brand(c, f->brand_named, &f->brand);
}

static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    struct finding *f = arg;
    const char *code = NULL;
    struct order order;

    if (f->found.open_order_id) {
        TRY(order_by_id(tx, c->mem, f->found.open_order_id, &order));
        code = order.code;
    }
    c->body = describe_renewal(c->mem, c->language, f->brand, &f->found, f->today, code);
    return DONE;
}

void api_lookup(struct http_request *req)
{
    struct finding f = {.brand_named = ""};
    struct call c;
    enum outcome o;

    if (!api_open(req, RIGHT_SELL, &c))
        return;
    if (form_check(c.mem, QUERY, &req->query, &f, &c.faults) != DONE) {
        api_send_faults(&c);
        return;
    }
    if (!api_read(&c, enter, &f))
        return;
    o = lookup_mailbox(c.shop, c.mem,
                       &(struct lookup){.brand = f.brand,
                                        .key_id = c.key.id,
                                        .client = req->client,
                                        .user_id = f.user_id,
                                        .address = f.address,
                                        .actor = c.actor},
                       &f.found, &f.why);
    if (o == REFUSED && !lookup_found(&f.why)) {
        (void)api_refuse(&c, f.why.code, f.why.field, "%s", f.why.detail);
        api_send_faults(&c);
    } else if (o != DONE && o != REFUSED) {
        api_fail(&c, o);
    } else if (api_read(&c, tell, &f)) {
        api_send(&c);
    }
}
