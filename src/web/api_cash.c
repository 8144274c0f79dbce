/* web/api_cash.c: GET /api/v1/cash?day=…&to=…: what came and went, as the ledger has it, against the payments' records.
 */

#include "shop/cash.h"
#include "web/api.h"

struct asked {
    struct day day, to;
};

static const struct form_field FIELDS[] = {
    FORM_DAY(struct asked, day, "day", .optional = true),
    FORM_DAY(struct asked, to, "to", .optional = true),
    FORM_END,
};

static enum outcome load(struct db_tx *tx, struct call *c, void *arg)
{
    struct money_scope scope = money_scope_of(c->shop->brands, c->key.brand);
    struct asked a = *(const struct asked *)arg;
    struct problem why = {0};
    struct cash cash;
    enum outcome o;

    a.day = a.day.n ? a.day : db_today(tx);
    o = cash_load(tx, c->mem, &scope, a.day, a.to.n ? a.to : a.day, &cash, &why);
    if (o == REFUSED)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    c->body = describe_cash(&cash, c->language);
    return DONE;
}

void api_cash(struct http_request *req)
{
    struct asked a = {{0}, {0}};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!form_check(c.mem, FIELDS, &req->query, &a, &c.faults);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, load, &a))
        api_send(&c);
}
