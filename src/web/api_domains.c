/* web/api_domains.c: GET /api/v1/domains/{name}, POST /api/v1/domains, POST …/renewed, …/unregistered, …/registered:
 * domains of the customers' own, as who registers them tells of them. */

#include "base/text.h"
#include "shop/describe.h"
#include "shop/domain.h"
#include "web/api.h"

struct telling {
    struct day expires_on;
    bool renewed, gone;
};
static const struct form_field RENEWED[] = {FORM_DAY(struct telling, expires_on, "expires_on"), FORM_END};
static const char *const KNOWN[] = {"brand", NULL};

static const char *name_of(const struct call *c)
{
    return text_lower(c->mem, http_parameter(c->req, "name"));
}

/* Of the key's brand, or of ?brand= where the key is of all. */
static enum outcome tell_named(struct db_tx *tx, struct call *c, const struct brand *brand, const char *name)
{
    struct domain domain;
    struct mailbox *mailboxes;
    json_t *addresses;
    size_t count;
    enum outcome o = domain_by_name(tx, c->mem, brand->id, name, &domain);

    if (o == REFUSED)
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(domain_mailboxes(tx, c->mem, brand->id, domain.name, &mailboxes, &count));
    addresses = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(addresses, json_string(mailboxes[i].address));
    c->body = json_pack("{s:s, s:s, s:o, s:o, s:o}", "brand", domain.brand, "domain", domain.name, "expires_on",
                        describe_day(domain.expires_on), "unregistered_on", describe_day(domain.unregistered_on),
                        "mailboxes", addresses);
    return DONE;
}

static enum outcome tell(struct db_tx *tx, struct call *c, const struct brand *brand)
{
    return tell_named(tx, c, brand, name_of(c));
}

static enum outcome find_brand(struct call *c, const struct brand **brand)
{
    const char *named = form_value(&c->req->query, "brand");

    return api_find_brand(c, named ? named : "", brand);
}

static enum outcome read_domain(struct db_tx *tx, struct call *c, void *arg)
{
    const struct brand *brand;

    (void)arg;
    TRY(find_brand(c, &brand));
    return tell(tx, c, brand);
}

void api_domain(struct http_request *req)
{
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    if (api_query(&c, KNOWN) != DONE)
        api_send_faults(&c);
    else if (api_read(&c, read_domain, NULL))
        api_send(&c);
}

static enum outcome change(struct db_tx *tx, struct call *c, void *arg)
{
    const struct telling *t = arg;
    const struct brand *brand;
    struct problem why = {0};
    int64_t changed;
    enum outcome o;

    TRY(find_brand(c, &brand));
    o = t->renewed ? domain_renewed(tx, c->mem, brand, name_of(c), t->expires_on, &c->actor, &changed, &why)
                   : domain_unregistered(tx, c->mem, brand, name_of(c), t->gone, &c->actor, &changed, &why);
    if (o == REFUSED && why.code == PROBLEM_DAY_RANGE)
        return api_refuse(c, why.code, "expires_on", "%s", "");
    if (o == REFUSED)
        return api_refuse(c, why.code, "", "%s", why.detail);
    TRY(o);
    return tell(tx, c, brand);
}

/* It moves what people have paid for, without a payment: not every key that sells may. */
static void post(struct http_request *req, struct telling *t)
{
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    c.alone = true;
    (void)!api_query(&c, KNOWN);
    if (t->renewed)
        (void)api_body(&c, RENEWED, t);
    else
        api_check_empty(&c);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, change, t))
        api_send(&c);
}

void api_domain_renewed(struct http_request *req)
{
    post(req, &(struct telling){.renewed = true});
}

void api_domain_unregistered(struct http_request *req)
{
    post(req, &(struct telling){.gone = true});
}

void api_domain_registered(struct http_request *req)
{
    post(req, &(struct telling){0});
}

/* ---- One that is new ---- */

struct adding {
    const char *brand, *name;
    struct day expires_on;
};
static const struct form_field NEW_DOMAIN[] = {
    FORM_TEXT(struct adding, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct adding, name, "domain", .max = 253),
    FORM_DAY(struct adding, expires_on, "expires_on"),
    FORM_END,
};

static enum outcome add(struct db_tx *tx, struct call *c, void *arg)
{
    const struct adding *a = arg;
    const struct brand *brand;
    struct problem why = {0};
    enum outcome o;

    TRY(api_find_brand(c, a->brand, &brand));
    o = domain_add(tx, c->mem, brand, a->name, a->expires_on, &c->actor, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    c->status = 201;
    return tell_named(tx, c, brand, a->name);
}

void api_domain_add(struct http_request *req)
{
    struct adding a = {.brand = ""};
    struct call c;

    if (!api_open_post(req, RIGHT_MONEY, &c))
        return;
    c.alone = true;
    (void)api_body(&c, NEW_DOMAIN, &a);
    a.name = text_lower(c.mem, a.name ? a.name : "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, add, &a))
        api_send(&c);
}
