/* web/portal_pay.c: GET and POST /ordini/{code}/paga: an open order is paid, again or in another way (R161). The order
 * stays the same whatever happens here. */

#include "base/i18n.h"
#include "shop/pay.h"
#include "web/order_read.h"
#include "web/pay_form.h"
#include "web/portal.h"
#include <string.h>
#include <talloc.h>

struct pay_page {
    struct order_read read;
    struct pay_offer offer;
};

struct choice {
    const char *method;
    bool remember;
};

static const struct form_field CHOICE[] = {
    FORM_TEXT(struct choice, method, "method", .max = 40, .optional = true),
    FORM_FLAG(struct choice, remember, "remember"),
    FORM_END,
};

/* The prepaid account pays its owner's orders, and never for itself. */
static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct pay_page *pp = arg;
    const struct order *order = &pp->read.facts.order;

    TRY(order_read_money(tx, p, &pp->read, why));
    TRY(pay_offer_load(tx, p, order->total.due, &pp->offer));
    if (order_is_topup(order) || order->account_id != p->visitor.who.account_id)
        pp->offer.wallet = false;
    pp->offer.remember &= order->account_id != 0;
    return DONE;
}

static void show(struct page *p, const struct pay_page *pp, int status, const struct choice *typed,
                 const struct problems *faults)
{
    const struct order_facts *f = &pp->read.facts;

    json_object_update_missing_new(p->data, present_order(p->mem, f, p->language, false));
    present_order_money(p->mem, f, &pp->read.money, p->language, p->data);
    page_fields(p, CHOICE, NULL, faults);
    pay_form(p, &pp->offer, typed ? typed->method : f->order.payment_method, typed && typed->remember);
    page_show(p, status, "pay", N_("Come pagare"));
}

void portal_pay(struct http_request *req)
{
    struct pay_page pp;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &pp, &p))
        return;
    if (!order_is_open(pp.read.facts.order.state)) /* the back button, after it was paid */
        page_go(&p, order_path(&p, &pp.read.facts.order));
    else
        show(&p, &pp, 200, NULL, NULL);
}

/* What was begun before may have been paid meanwhile, in another tab or without its answer: asked before it is paid
 * twice. */
static enum outcome ask_about_others(struct page *p, const struct pay_page *pp, bool *settled)
{
    const struct order_money *m = &pp->read.money;
    struct payment payment;
    struct problem why = {0};
    enum outcome o;

    *settled = false;
    for (size_t i = 0; i < m->payment_count; i++) {
        if (!payment_is_open(m->payments[i].state) || !m->payments[i].redirect_url[0] ||
            payment_asked_lately(&m->payments[i]))
            continue;
        if (!http_leave(p->req))
            return BUSY;
        o = payment_ask(p->shop, p->mem, m->payments[i].id, &payment, &why);
        http_return(p->req);
        if (o == BROKEN)
            return BROKEN;
        *settled |= payment.state == PAYMENT_CAPTURED;
    }
    return DONE;
}

void portal_pay_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct problem why = {0};
    struct choice choice = {0};
    enum payment_method method;
    struct pay_page pp;
    bool settled;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &pp, &p))
        return;
    if (!order_is_open(pp.read.facts.order.state)) {
        page_go(&p, order_path(&p, &pp.read.facts.order));
        return;
    }
    o = page_form(&p, CHOICE, &choice, &faults);
    if (o == DONE)
        o = pay_form_check(&p, &pp.offer, choice.method, &method, &faults);
    if (o != DONE) {
        show(&p, &pp, 422, &choice, &faults);
        return;
    }
    o = ask_about_others(&p, &pp, &settled);
    if (o != DONE) {
        page_failed(&p, o, NULL);
    } else if (settled) {
        page_go(&p, order_path(&p, &pp.read.facts.order));
    } else if (!pay_order(&p, pp.read.facts.order.code, method, choice.remember && pp.offer.remember, false, &why)) {
        (void)!problems_add(&faults, why.code, "method", "%s", why.detail);
        show(&p, &pp, 422, &choice, &faults);
    }
}
