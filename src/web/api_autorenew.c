/* web/api_autorenew.c: GET /api/v1/mailboxes/{address}/autorenew, POST …/autorenew/on and …/autorenew/off. */

#include "base/log.h"
#include "shop/describe_autorenew.h"
#include "web/api.h"

struct switching {
    int64_t years, instrument;
    const char *consent_version;
    bool on;
    struct mailbox mailbox;
    const struct brand *brand;
};

static const struct form_field FORM[] = {
    FORM_INT(struct switching, years, "years", .min = 1, .max = 10),
    FORM_INT(struct switching, instrument, "instrument", .min = 1, .max = INT64_MAX),
    FORM_TEXT(struct switching, consent_version, "consent_version", .max = 20),
    FORM_END,
};

/* Another brand's mailbox reads like one that does not exist. */
static enum outcome find(struct db_tx *tx, struct call *c, struct switching *s)
{
    const char *address = text_lower(c->mem, http_parameter(c->req, "address"));
    enum outcome o = mailbox_by_address(tx, c->mem, address, &s->mailbox);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || !api_sees(c, s->mailbox.brand))
        return api_refuse(c, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    s->brand = brand_by_id(c->shop->brands, s->mailbox.brand);
    return s->brand ? DONE
                    : log_broken("api.brand", LOG_TEXT("brand", s->mailbox.brand), LOG_TEXT("why", "not loaded"));
}

static enum outcome tell(struct db_tx *tx, struct call *c, const struct switching *s)
{
    struct autorenew_facts facts;
    struct order order = {0};

    TRY(autorenew_facts_load(tx, c->mem, s->brand, &s->mailbox, &facts));
    if (facts.known && facts.mandate.charge_order_id)
        TRY(order_by_id(tx, c->mem, facts.mandate.charge_order_id, &order));
    c->body = describe_autorenew(&s->mailbox, &facts, order.id && order_is_open(order.state) ? order.code : NULL);
    return DONE;
}

static enum outcome read_it(struct db_tx *tx, struct call *c, void *arg)
{
    struct switching s = {0};

    (void)arg;
    TRY(find(tx, c, &s));
    return tell(tx, c, &s);
}

void api_autorenew(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, read_it, NULL))
        api_send(&c);
}

static enum outcome flip(struct db_tx *tx, struct call *c, void *arg)
{
    struct switching *s = arg;
    struct autorenew_request request;
    struct problem why = {0};
    struct mandate mandate;
    enum outcome o;

    TRY(find(tx, c, s));
    request = (struct autorenew_request){.shop = c->shop,
                                         .brand = s->brand,
                                         .actor = c->actor,
                                         .address = s->mailbox.address,
                                         .language = "it",
                                         .years = s->years,
                                         .instrument_id = s->instrument,
                                         .consent_version = s->consent_version};
    o = s->on ? autorenew_switch_on(tx, c->mem, &request, &mandate, &why)
              : autorenew_switch_off(tx, c->mem, &request, &mandate, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    return tell(tx, c, s);
}

void api_autorenew_on(struct http_request *req)
{
    struct switching s = {.on = true};
    struct call c;

    if (api_open_post(req, RIGHT_SELL, &c))
        api_post(&c, FORM, &s, flip, &s);
}

void api_autorenew_off(struct http_request *req)
{
    struct switching s = {0};
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    c.alone = true;
    api_check_empty(&c);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, flip, &s))
        api_send(&c);
}
