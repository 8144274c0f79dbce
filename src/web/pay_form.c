#include "web/pay_form.h"
#include "base/i18n.h"
#include "base/text.h"
#include "shop/pay.h"
#include "shop/present.h"
#include "shop/wallet.h"
#include <string.h>
#include <talloc.h>

enum outcome pay_offer_load(struct db_tx *tx, const struct page *p, struct money due, struct pay_offer *offer)
{
    *offer = (struct pay_offer){.due = due, .remember = p->visitor.who.account_id != 0};
    if (!p->visitor.who.account_id || !method_offered(p->shop, p->brand, METHOD_WALLET))
        return DONE;
    offer->wallet = true;
    return wallet_balance(tx, p->visitor.who.account_id, &offer->balance);
}

static bool is_short(const struct pay_offer *offer, enum payment_method method)
{
    return method == METHOD_WALLET && offer->balance.cents < offer->due.cents;
}

static const char *label_of(const struct page *p, enum payment_method method)
{
    return page_text(p, method == METHOD_WALLET ? N_("Preleva da conto prepagato") : payment_method_label(method));
}

/* When the money is expected (R161), and whose page takes it. */
static char *delay_of(const struct page *p, enum payment_method method)
{
    const char *host = p->brand->payment.card_host, *delay = page_text(p, payment_method_delay(method));

    if (method == METHOD_CARD && host)
        return talloc_asprintf(p->mem, page_text(p, N_("Alla pagina protetta di %s. %s")), host, delay);
    if (method == METHOD_CARD)
        return talloc_asprintf(p->mem, page_text(p, N_("Alla pagina protetta della banca. %s")), delay);
    return talloc_strdup(p->mem, delay);
}

static json_t *method_row(const struct page *p, const struct pay_offer *offer, enum payment_method method,
                          const char *chosen)
{
    bool lacking = is_short(offer, method);

    return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:o}", "value", payment_method_name(method), "label",
                     label_of(p, method), "delay", delay_of(p, method), "checked",
                     !lacking && chosen && strcmp(chosen, payment_method_name(method)) == 0, "first", 0, "disabled",
                     lacking, "online", payment_method_is_online(method), "dedicated", 0, "balance",
                     method == METHOD_WALLET ? present_money(offer->balance) : json_false());
}

void pay_form(struct page *p, const struct pay_offer *offer, const char *chosen, bool remember)
{
    json_t *list = json_array(), *row, *first = NULL;
    size_t i, open = 0, online = 0;
    enum payment_method method;

    for (const char **name = p->brand->payment_methods; *name; name++)
        if (payment_method_of(*name, &method) == DONE && method_offered(p->shop, p->brand, method) &&
            (method != METHOD_WALLET || offer->wallet))
            json_array_append_new(list, method_row(p, offer, method, chosen));
    row = json_array_get(list, 1); /* after the prepaid account: another payment is made for the order */
    if (row && !json_is_false(json_object_get(json_array_get(list, 0), "balance")))
        json_object_set_new(row, "dedicated", json_true());
    json_array_foreach(list, i, row)
    {
        online += json_is_true(json_object_get(row, "online"));
        if (json_is_true(json_object_get(row, "disabled")))
            continue;
        first = first ? first : row;
        open++;
    }
    if (first)
        json_object_set_new(first, "first", json_true());
    if (open == 1 && json_array_size(list) == 1)
        json_object_set_new(first, "checked", json_true());
    page_set(p, "methods", list);
    page_set(p, "remember",
             offer->remember && online ? json_pack("{s:b, s:b}", "checked", remember, "paypal",
                                                   method_offered(p->shop, p->brand, METHOD_PAYPAL))
                                       : json_false());
}

enum outcome pay_form_check(const struct page *p, const struct pay_offer *offer, const char *chosen,
                            enum payment_method *method, struct problems *faults)
{
    char text[MONEY_TEXT];

    if (!chosen || payment_method_of(chosen, method) != DONE || !method_offered(p->shop, p->brand, *method) ||
        (*method == METHOD_WALLET && !offer->wallet))
        return problems_add(faults, PROBLEM_PAYMENT_METHOD, "method", "%s", "");
    if (is_short(offer, *method))
        return problems_add(faults, PROBLEM_WALLET_SHORT, "method", "%s €", money_italian(offer->balance, text));
    return DONE;
}

/* ---- Paying ---- */

/* Where the browser is now, if that is a host of the brand's own: its session is kept there. */
static const char *return_base(const struct page *p)
{
    const char *host = http_header(p->req, "Host"), *port;

    if (!host || p->base[0] || brand_by_host(p->shop->brands, p->req->host) != p->brand)
        return NULL;
    port = strchr(host, ':');
    if (strcspn(host, ":") != strlen(p->req->host) || (port && strspn(port + 1, "0123456789") != strlen(port + 1)))
        return NULL;
    return talloc_asprintf(p->mem, "%s://%s%s", p->req->secure ? "https" : "http", p->req->host, port ? port : "");
}

static bool pay_online(struct page *p, const struct pay_request *request, const char *order_page)
{
    struct problem why = {0};
    struct payment payment;
    enum outcome o = http_leave(p->req) ? pay_begin(p->shop, p->mem, request, &payment, &why) : BUSY;
    bool asked = o != BUSY || why.code != PROBLEM_NONE;

    http_return(p->req);
    if (o == DONE)
        page_go(p, talloc_asprintf(p->mem, "/pagamenti/%s/vai", payment.nonce));
    else if (o == BROKEN || !asked)
        page_failed(p, o, &why);
    else /* the order stands, and its page says what happened and how to go on */
        page_go(p, order_page);
    return true;
}

bool pay_order(struct page *p, const char *code, enum payment_method method, bool remember, bool fresh,
               struct problem *why)
{
    struct pay_request request = {.brand = p->brand,
                                  .code = code,
                                  .method = method,
                                  .remember = remember && payment_method_is_online(method) && p->visitor.who.account_id,
                                  .language = p->language,
                                  .return_base = return_base(p),
                                  .actor = p->actor};
    const char *order_page = talloc_asprintf(p->mem, "/ordini/%s%s", code, fresh ? "?nuovo=1" : "");
    struct payment payment;
    enum outcome o = DONE;
    bool changed;

    if (payment_method_is_online(method))
        return pay_online(p, &request, order_page);
    if (method == METHOD_WALLET)
        o = pay_from_wallet(p->shop, p->mem, &request, &payment, why);
    else if (!fresh)
        o = pay_outside(p->shop, p->mem, &request, &changed, why);
    if (o == REFUSED && why->code == PROBLEM_WALLET_SHORT && !fresh)
        return false;
    if (o == DONE || (o == REFUSED && (fresh || why->code == PROBLEM_ORDER_STATE))) /* paid meanwhile, perhaps */
        page_go(p, order_page);
    else
        page_failed(p, o, why);
    return true;
}

void pay_placed(struct page *p, const struct order *order, bool remember)
{
    enum payment_method method;
    struct problem why = {0};

    if (!order_is_open(order->state) || payment_method_of(order->payment_method, &method) != DONE)
        page_go(p, talloc_asprintf(p->mem, "/ordini/%s?nuovo=1", order->code));
    else
        (void)pay_order(p, order->code, method, remember, true, &why);
}
