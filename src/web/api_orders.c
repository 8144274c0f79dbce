/* web/api_orders.c: POST /api/v1/orders, GET /api/v1/orders/{code}, POST …/cancel. */

#include "base/log.h"
#include "shop/describe.h"
#include "shop/extra_space.h"
#include "shop/plan_change.h"
#include "web/api.h"
#include "web/api_order_form.h"
#include "web/api_pay.h"
#include "web/api_purchase.h"
#include <string.h>
#include <talloc.h>

/* ---- Placing ---- */

struct placing {
    struct order_form form;
    struct placed_order placed;
};

enum outcome api_find_brand(struct call *c, const char *named, const struct brand **brand)
{
    const char *id = named && named[0] ? named : c->key.brand;

    if (!id[0])
        return api_refuse(c, PROBLEM_REQUIRED, "brand", "%s", "");
    if (!api_sees(c, id))
        return api_refuse(c, PROBLEM_NOT_FOUND, "brand", "%s", "");
    *brand = brand_by_id(c->shop->brands, id);
    return *brand ? DONE : api_refuse(c, PROBLEM_BRAND, "brand", "%s", "");
}

/* Whose order it is: then the mailboxes must be its own, and its prepaid account may pay. */
static enum outcome find_account(struct db_tx *tx, struct call *c, const struct order_form *form,
                                 struct order_request *request)
{
    struct account account;
    enum outcome o;

    if (form->associate) {
        o = account_by_email(tx, c->mem, request->brand->id, form->associate, &account);
        if (o == REFUSED)
            return api_refuse(c, PROBLEM_NOT_FOUND, "associate", "%s", "");
        TRY(o);
        request->associate_account_id = account.id;
    }
    if (!form->account)
        return DONE;
    o = account_by_email(tx, c->mem, request->brand->id, form->account, &account);
    if (o == REFUSED)
        return api_refuse(c, PROBLEM_NOT_FOUND, "account", "%s", "");
    TRY(o);
    request->who.account_id = account.id;
    return DONE;
}

/* What stands in the way of the mandate is seen last, when the order is written and about to be taken back. */
static bool is_of_mandate(const struct problem *why)
{
    return why->code == PROBLEM_MANDATE_CONSENT || why->code == PROBLEM_MANDATE_METHOD ||
           why->code == PROBLEM_MANDATE_NOT_HERE;
}

/* place_order stops at the first fault; whoever sends a whole order at once is told of all of them. */
static enum outcome explain(struct db_tx *tx, struct call *c, const struct order_request *request,
                            const struct problem *why)
{
    enum outcome o;

    if (why->code == PROBLEM_NONE) /* a constraint's, which ends the transaction */
        return REFUSED;
    if (is_of_mandate(why))
        return api_refuse(c, why->code, "consents.autorenew", "%s", why->detail);
    o = order_faults(tx, c->mem, request, &c->faults);
    if (o != DONE && o != REFUSED)
        return o;
    for (size_t i = 0; i < c->faults.count && i < count_of(c->faults.item); i++)
        if (strcmp(c->faults.item[i].field, "terms") == 0)
            strcpy(c->faults.item[i].field, "consents.terms");
    return c->faults.count ? REFUSED : api_refuse(c, why->code, why->field, "%s", why->detail);
}

/* Its one line's faults, where the API has the line. */
static enum outcome refuse_space(struct call *c, const struct problem *why)
{
    const char *field = why->field;
    bool line = strcmp(field, "mailbox") == 0 || strncmp(field, "extra_", strlen("extra_")) == 0;
    bool whole = !field[0] || strcmp(field, "payment_method") == 0 || strcmp(field, "total_cents") == 0;

    if (strcmp(field, "terms") == 0)
        return api_refuse(c, why->code, "consents.terms", "%s", why->detail);
    return api_refuse(c, why->code,
                      talloc_asprintf(c->mem, "%s%s",
                                      line    ? "lines[0]."
                                      : whole ? ""
                                              : "billing.",
                                      field),
                      "%s", why->detail);
}

static void answer(struct call *c, const struct brand *brand, const struct placed_order *placed, struct request *bought)
{
    c->status = 201;
    c->body = describe_order(c->mem, &(struct order_facts){.brand = brand,
                                                           .order = placed->order,
                                                           .lines = placed->lines,
                                                           .line_count = placed->line_count,
                                                           .request = bought});
}

static enum outcome place(struct db_tx *tx, struct call *c, void *arg)
{
    struct placing *p = arg;
    const struct order_form *form = &p->form;
    struct request bought;
    struct order_request request = {.actor = c->actor,
                                    .shop = c->shop,
                                    .lines = form->lines,
                                    .line_count = form->line_count,
                                    .payment_method = form->payment_method,
                                    .billing = form->billing,
                                    .terms_accepted = form->terms_accepted,
                                    .language = VIEW_LANGUAGE[form->language],
                                    .autorenew_version = form->autorenew_version,
                                    .expected = form->expected};
    struct problem why = {0};
    enum outcome o;

    TRY(api_find_brand(c, form->brand, &request.brand));
    TRY(find_account(tx, c, form, &request));
    request.terms_version =
        form->terms_version ? form->terms_version : brand_terms_on(&request.brand->terms, db_today(tx))->version;
    if (order_form_buys(form)) {
        TRY(api_purchase(tx, c, form, &request, &p->placed, &bought));
        answer(c, request.brand, &p->placed, &bought);
        return DONE;
    }
    if (order_form_adds(form)) {
        o = place_space(tx, c->mem, &request, &p->placed, &why);
        TRY(o == REFUSED && why.code != PROBLEM_NONE ? refuse_space(c, &why) : o);
        answer(c, request.brand, &p->placed, NULL);
        return DONE;
    }
    o = place_order(tx, c->mem, &request, &p->placed, &why);
    if (o == REFUSED)
        return explain(tx, c, &request, &why);
    TRY(o);
    answer(c, request.brand, &p->placed, NULL);
    return DONE;
}

static void tell_ahead(struct db_tx *tx, void *arg)
{
    const struct placing *p = arg;

    place_order_ahead(tx, p->form.lines, p->form.line_count);
}

static void set_location(struct call *c, const char *code)
{
    json_t *earlier = c->replayed ? json_loads(c->answer, 0, NULL) : NULL;

    code = c->replayed ? json_string_value(json_object_get(earlier, "code")) : code;
    if (code)
        http_set_header(c->req, "Location", talloc_asprintf(c->mem, API_ROOT "/orders/%s", code));
    json_decref(earlier);
}

/* By a method that goes on at once: the order, then the provider's page or the prepaid account. */
static void place_and_pay(struct call *c, struct placing *p, enum payment_method method)
{
    struct api_paying paying = {.method = method, .remember = p->form.remember, .placing = true};

    if (!api_begin(c, place, p))
        return;
    if (c->answer) {
        set_location(c, NULL);
        api_send(c);
        return;
    }
    paying.code = api_begun_code(c);
    set_location(c, paying.code);
    api_pay(c, &paying);
}

/* A mailbox that is to get smaller: how much of it is in use, as its host says now. */
static void ask_space(struct call *c, struct placing *p)
{
    if (order_form_buys(&p->form) || order_form_adds(&p->form) || !spaces_chosen(p->form.lines, p->form.line_count))
        return;
    if (http_leave(c->req))
        (void)!spaces_ask(c->shop, c->mem, p->form.lines, p->form.line_count);
    http_return(c->req);
}

void api_order_post(struct http_request *req)
{
    struct placing *p = talloc_zero(req->mem, struct placing);
    enum payment_method method;
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    object = api_body(&c, NULL, NULL);
    if (object)
        (void)!order_form_read(c.mem, object, &p->form, &c.faults);
    if (c.faults.count) {
        api_send_faults(&c);
        return;
    }
    ask_space(&c, p);
    c.ahead = tell_ahead;
    if (payment_method_of(p->form.payment_method, &method) == DONE && payment_method_is_at_once(method)) {
        place_and_pay(&c, p, method);
        return;
    }
    if (!api_write(&c, place, p))
        return;
    set_location(&c, p->placed.order.code);
    api_send(&c);
}

/* ---- Looking, cancelling ---- */

void api_order(struct http_request *req)
{
    struct call c;

    if (api_open(req, RIGHT_READ, &c) && api_read(&c, api_tell_order, NULL))
        api_send(&c);
}

static enum outcome cancel(struct db_tx *tx, struct call *c, void *arg)
{
    struct problem why = {0};
    struct order order;
    enum outcome o;

    TRY(api_find_order(tx, c, &order));
    o = cancel_order(tx, c->mem, order.code, &c->actor, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    return api_tell_order(tx, c, arg);
}

void api_order_cancel(struct http_request *req)
{
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    api_check_empty(&c);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, cancel, NULL))
        api_send(&c);
}
