/* web/api_pay.c: POST /api/v1/orders/{code}/payments, and the paying of what POST /api/v1/orders and …/topups have
 * placed. */

#include "web/api_pay.h"
#include "shop/describe.h"
#include "shop/pay.h"
#include "shop/present_pay.h"
#include <string.h>
#include <talloc.h>

/* ---- Orders as answers ---- */

enum outcome api_find_order(struct db_tx *tx, struct call *c, struct order *order)
{
    enum outcome o = order_by_code(tx, c->mem, http_parameter(c->req, "code"), order);

    if (o != DONE && o != REFUSED)
        return o;
    return o == DONE && api_sees(c, order->brand) ? DONE : api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
}

enum outcome api_put_order(struct db_tx *tx, struct call *c, const struct order *order)
{
    struct order_facts facts;
    struct order_money money;

    TRY(order_facts_load(tx, c->mem, c->shop->brands, order, &facts));
    TRY(order_money_load(tx, c->mem, &facts, &money));
    c->body = describe_order(c->mem, &facts);
    describe_order_money(c->mem, c->body, &facts, &money);
    return DONE;
}

enum outcome api_tell_order(struct db_tx *tx, struct call *c, void *arg)
{
    struct order order;

    (void)arg;
    TRY(api_find_order(tx, c, &order));
    return api_put_order(tx, c, &order);
}

char *api_begun_code(const struct call *c)
{
    json_t *begun = json_loads(c->begun, 0, NULL);
    const char *code = json_string_value(json_object_get(begun, "code"));
    char *copy = talloc_strdup(c->mem, code ? code : "");

    json_decref(begun);
    return copy;
}

/* ---- Paying ---- */

static enum outcome tell_paid(struct db_tx *tx, struct call *c, void *arg)
{
    const struct api_paying *p = arg;
    struct order order;
    json_t *payment;

    TRY(order_by_code(tx, c->mem, p->code, &order));
    TRY(api_put_order(tx, c, &order));
    payment = json_object_get(c->body, "payment");
    if (p->failed && json_is_null(json_object_get(payment, "error")))
        json_object_set_new(payment, "error", json_string(p->failed));
    c->status = 201;
    return DONE;
}

struct looking {
    struct call *c;
    const char *code;
    struct order order;
};

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct looking *l = arg;

    return order_by_code(tx, l->c->mem, l->code, &l->order);
}

/* The request drew from the prepaid account, and what it answered was lost. */
static bool drawn_before(struct call *c, const struct api_paying *p)
{
    struct looking l = {.c = c, .code = p->code};

    return c->resumed && p->method == METHOD_WALLET && db_read(c->shop->db, "api.drawn", look, &l) == DONE &&
           l.order.settled_at.us && strcmp(l.order.payment_method, payment_method_name(METHOD_WALLET)) == 0;
}

static enum outcome try_to_pay(struct call *c, const struct api_paying *p, struct problem *why)
{
    struct pay_request request = {.code = p->code, .method = p->method, .remember = p->remember, .actor = c->actor};
    struct looking l = {.c = c, .code = p->code};
    struct payment payment = {0};
    bool changed;
    enum outcome o;

    TRY(db_read(c->shop->db, "api.order", look, &l));
    request.brand = brand_by_id(c->shop->brands, l.order.brand);
    request.language = l.order.language;
    if (!request.brand)
        return BROKEN;
    if (p->method == METHOD_WALLET)
        return pay_from_wallet(c->shop, c->mem, &request, &payment, why);
    if (!payment_method_is_online(p->method))
        return pay_outside(c->shop, c->mem, &request, &changed, why);
    o = http_leave(c->req) ? pay_begin(c->shop, c->mem, &request, &payment, why) : BUSY;
    http_return(c->req);
    if (o == BUSY && payment.id) /* the provider is silent: the attempt stands, and is asked about */
        return DONE;
    /* Another request is opening this very attempt: its address is not known yet. */
    return o == DONE && payment.state == PAYMENT_NEW ? BUSY : o;
}

void api_pay(struct call *c, struct api_paying *p)
{
    struct problem why = {0};
    enum outcome o = try_to_pay(c, p, &why);

    if (o == REFUSED && (p->placing || drawn_before(c, p))) {
        p->failed = p->placing ? problem_slug(why.code) : NULL;
        o = DONE;
    }
    if (o == REFUSED) {
        (void)api_refuse(c, why.code, why.field, "%s", why.detail);
        api_give_up(c);
        return;
    }
    if (o != DONE)
        api_fail(c, o);
    else if (api_finish(c, tell_paid, p))
        api_send(c);
}

/* ---- Of an order that stands ---- */

struct pay_form {
    const char *method;
    bool remember;
};

static const struct form_field FORM[] = {
    FORM_TEXT(struct pay_form, method, "payment_method", .max = 40),
    FORM_FLAG(struct pay_form, remember, "remember", .optional = true),
    FORM_END,
};

static enum outcome begin(struct db_tx *tx, struct call *c, void *arg)
{
    struct order order;

    (void)arg;
    TRY(api_find_order(tx, c, &order));
    c->body = json_pack("{s:s}", "code", order.code);
    return DONE;
}

void api_payment_post(struct http_request *req)
{
    struct api_paying paying = {0};
    struct pay_form form = {0};
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    if (api_body(&c, FORM, &form) && payment_method_of(form.method, &paying.method) != DONE)
        (void)api_refuse(&c, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    if (c.faults.count) {
        api_send_faults(&c);
        return;
    }
    if (!api_begin(&c, begin, NULL))
        return;
    if (c.answer) {
        api_send(&c);
        return;
    }
    paying.code = api_begun_code(&c);
    paying.remember = form.remember;
    api_pay(&c, &paying);
}
