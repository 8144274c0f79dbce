/* web/api_prices.c: GET and POST /api/v1/prices, POST /api/v1/sales, POST /api/v1/prices/{id}/withdraw: what the desk
 * dates beyond the brands' files (shop/catalogue.h). A key is no person: where the policy wants a second one, what it
 * asks for waits. */

#include "shop/catalogue.h"
#include "shop/describe.h"
#include "web/api.h"
#include <string.h>

struct dating {
    const char *brand, *plan, *convention, *reason;
    struct day from, sold_from, sold_until;
    struct money net, extra_gb;
    int64_t max_years;
    bool sale;
};

static const struct form_field PRICE[] = {
    FORM_TEXT(struct dating, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct dating, plan, "plan", .max = 40, .optional = true),
    FORM_TEXT(struct dating, convention, "convention", .max = 40, .optional = true),
    FORM_DAY(struct dating, from, "from"),
    FORM_MONEY(struct dating, net, "net_cents"),
    FORM_MONEY(struct dating, extra_gb, "extra_gb_cents", .optional = true),
    FORM_TEXT(struct dating, reason, "reason", .max = 500, .lines = true),
    FORM_END,
};
static const struct form_field SALE[] = {
    FORM_TEXT(struct dating, brand, "brand", .max = 40, .optional = true),
    FORM_TEXT(struct dating, plan, "plan", .max = 40),
    FORM_DAY(struct dating, from, "from"),
    FORM_DAY(struct dating, sold_from, "sold_from", .optional = true),
    FORM_DAY(struct dating, sold_until, "sold_until", .optional = true),
    FORM_INT(struct dating, max_years, "max_years", .min = 0, .max = 10, .optional = true),
    FORM_TEXT(struct dating, reason, "reason", .max = 500, .lines = true),
    FORM_END,
};

/* ---- What is dated ---- */

static json_t *describe_change(const struct catalogue_change *c)
{
    bool price = strcmp(c->kind, CATALOGUE_PRICE) == 0;
    json_t *data = json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o}", "id", (json_int_t)c->id, "kind",
                             c->kind, "brand", c->brand, "plan", c->plan, "convention", c->convention, "from",
                             describe_day(c->from), "reason", c->reason, "decided_by", c->decided_by, "decided_at",
                             describe_instant(c->decided_at), "withdrawn_at", describe_instant(c->withdrawn_at));

    if (price) {
        json_object_set_new(data, "net_cents", json_integer(c->net.cents));
        json_object_set_new(data, "extra_gb_cents", json_integer(c->extra_gb.cents));
    } else {
        json_object_set_new(data, "sold_from", describe_day(c->sold_from));
        json_object_set_new(data, "sold_until", describe_day(c->sold_until));
        json_object_set_new(data, "max_years", json_integer(c->max_years));
    }
    return data;
}

static enum outcome tell(struct db_tx *tx, struct call *c, void *arg)
{
    const struct brand *b;
    struct catalogue_change *all;
    json_t *list;
    size_t count;

    (void)arg;
    TRY(api_find_brand(c, form_value(&c->req->query, "brand"), &b));
    TRY(catalogue_changes_of(tx, c->mem, b->id, &all, &count));
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe_change(&all[i]));
    c->body = json_pack("{s:o}", "changes", list);
    return DONE;
}

void api_prices(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", NULL};
    struct call c;

    if (api_open(req, RIGHT_READ, &c))
        api_get(&c, KNOWN, tell, NULL);
}

/* ---- Asking for another ---- */

static void name_fields(struct problem *why)
{
    if (strcmp(why->field, "net") == 0 || strcmp(why->field, "extra_gb") == 0)
        strcat(why->field, "_cents");
}

static enum outcome ask(struct db_tx *tx, struct call *c, void *arg)
{
    const struct dating *d = arg;
    const struct brand *b;
    struct catalogue_change change;
    struct problem why = {0};
    enum outcome o;
    int64_t id = 0;
    bool waits = false;

    TRY(api_find_brand(c, d->brand, &b));
    change = (struct catalogue_change){.kind = (char *)(d->sale ? CATALOGUE_SALE : CATALOGUE_PRICE),
                                       .brand = (char *)b->id,
                                       .convention = (char *)(d->convention ? d->convention : ""),
                                       .plan = (char *)(d->plan ? d->plan : ""),
                                       .from = d->from,
                                       .net = d->net,
                                       .extra_gb = d->extra_gb,
                                       .sold_from = d->sold_from,
                                       .sold_until = d->sold_until,
                                       .max_years = (int)d->max_years,
                                       .reason = (char *)d->reason};
    o = catalogue_ask(tx, c->shop, c->mem, &change, &c->actor, &id, &waits, &why);
    name_fields(&why);
    TRY(api_passed(c, o, &why));
    c->status = waits ? 202 : 201;
    c->body = json_pack("{s:b, s:I}", "waits", waits, "id", (json_int_t)id);
    return DONE;
}

void api_price_post(struct http_request *req)
{
    struct dating d = {0};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, PRICE, &d, ask, &d);
}

void api_sale_post(struct http_request *req)
{
    struct dating d = {.sale = true};
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, SALE, &d, ask, &d);
}

static enum outcome take_back(struct db_tx *tx, struct call *c, void *arg)
{
    int64_t id = api_id(c->req, "id");
    struct catalogue_change change;
    struct problem why = {0};
    enum outcome o = catalogue_change_by_id(tx, c->mem, id, &change);

    (void)arg;
    if (o == REFUSED || (o == DONE && !api_sees(c, change.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(api_passed(c, catalogue_take_back(tx, c->mem, id, &c->actor, &change, &why), &why));
    TRY(catalogue_change_by_id(tx, c->mem, id, &change));
    c->body = describe_change(&change);
    return DONE;
}

void api_price_withdraw(struct http_request *req)
{
    struct call c;

    if (api_open_post(req, RIGHT_READ, &c))
        api_post(&c, NULL, NULL, take_back, NULL);
}
