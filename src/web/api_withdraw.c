/* web/api_withdraw.c: POST /api/v1/orders/{code}/withdraw: a consumer's letter, entered by the desk (L15). */

#include "shop/withdraw.h"
#include "web/api_pay.h"
#include <string.h>

struct withdrawing {
    const char *iban, *payee;
    struct day sent_on;
};

static const struct form_field FORM[] = {
    FORM_TEXT(struct withdrawing, iban, "iban", .max = 60, .optional = true),
    FORM_TEXT(struct withdrawing, payee, "payee", .max = 100, .optional = true),
    FORM_DAY(struct withdrawing, sent_on, "sent_on", .optional = true),
    FORM_END,
};

static enum outcome take(struct db_tx *tx, struct call *c, void *arg)
{
    const struct withdrawing *w = arg;
    struct withdraw_look look;
    struct problem why = {0};
    struct order order;
    enum outcome o;

    TRY(api_find_order(tx, c, &order));
    o = withdraw(tx, c->mem, c->shop->brands,
                 &(struct withdraw_request){
                     .code = order.code, .iban = w->iban, .payee = w->payee, .sent_on = w->sent_on, .actor = c->actor},
                 &look, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, why.field, "%s", why.detail);
    TRY(o);
    return api_tell_order(tx, c, NULL);
}

void api_withdraw(struct http_request *req)
{
    struct withdrawing w = {0};
    struct call c;

    if (api_open_post(req, RIGHT_MONEY, &c))
        api_post(&c, FORM, &w, take, &w);
}
