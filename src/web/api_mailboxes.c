/* web/api_mailboxes.c: GET /api/v1/mailboxes/{address} and …/renewal. */

#include "base/log.h"
#include "shop/describe.h"
#include "web/api.h"
#include <talloc.h>

struct found {
    struct mailbox mailbox;
    const struct brand *brand;
    const char *open_order; /* its code; NULL: none */
};

/* Another brand's mailbox reads like one that does not exist. */
static enum outcome find_mailbox(struct db_tx *tx, struct call *c, struct found *f)
{
    const char *address = text_lower(c->mem, http_parameter(c->req, "address"));
    enum outcome o = mailbox_by_address(tx, c->mem, address, &f->mailbox);
    struct order order;

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || !api_sees(c, f->mailbox.brand))
        return api_refuse(c, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    f->brand = brand_by_id(c->shop->brands, f->mailbox.brand);
    if (!f->brand)
        return log_broken("api.brand", LOG_TEXT("brand", f->mailbox.brand), LOG_TEXT("why", "not loaded"));
    f->open_order = NULL;
    if (!f->mailbox.open_order_id)
        return DONE;
    TRY(order_by_id(tx, c->mem, f->mailbox.open_order_id, &order));
    f->open_order = order.code;
    return DONE;
}

static enum outcome read_mailbox(struct db_tx *tx, struct call *c, void *arg)
{
    struct found f;

    (void)arg;
    TRY(find_mailbox(tx, c, &f));
    c->body = describe_mailbox(f.brand, &f.mailbox, db_today(tx), f.open_order);
    return DONE;
}

static enum outcome read_renewal(struct db_tx *tx, struct call *c, void *arg)
{
    struct found f;

    (void)arg;
    TRY(find_mailbox(tx, c, &f));
    c->body = describe_renewal(c->mem, c->language, f.brand, &f.mailbox, db_today(tx), f.open_order);
    return DONE;
}

static void show(struct http_request *req, api_work *read)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, read, NULL))
        api_send(&c);
}

void api_mailbox(struct http_request *req)
{
    show(req, read_mailbox);
}

void api_renewal(struct http_request *req)
{
    show(req, read_renewal);
}
