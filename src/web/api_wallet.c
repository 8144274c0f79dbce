/* web/api_wallet.c: GET /api/v1/accounts/{email}/wallet, POST …/topups: a customer's prepaid account. Which brand's
 * customer is said by the key, or, where that is of every brand, by the request. */

#include "shop/describe.h"
#include "shop/pay.h"
#include "shop/present_pay.h"
#include "shop/wallet.h"
#include "web/api_order_form.h"
#include "web/api_pay.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

enum { ENTRIES_USUAL = 100, ENTRIES_MOST = 1000 };

/* ---- Whose ---- */

struct owner {
    const char *brand_id; /* "": the key's */
    const struct brand *brand;
    struct account account;
};

static enum outcome find_owner(struct db_tx *tx, struct call *c, struct owner *owner)
{
    const char *id = owner->brand_id[0] ? owner->brand_id : c->key.brand;
    enum outcome o;

    if (!id[0])
        return api_refuse(c, PROBLEM_REQUIRED, "brand", "%s", "");
    owner->brand = brand_by_id(c->shop->brands, id);
    if (!api_sees(c, id))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    if (!owner->brand)
        return api_refuse(c, PROBLEM_BRAND, "brand", "%s", "");
    o = account_by_email(tx, c->mem, id, text_lower(c->mem, http_parameter(c->req, "email")), &owner->account);
    return o == REFUSED ? api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

/* ---- Its statement ---- */

struct listing {
    struct owner owner;
    int64_t before, limit;
};

static enum outcome list(struct db_tx *tx, struct call *c, void *arg)
{
    struct listing *l = arg;
    struct wallet_entry *entries;
    struct money balance, owed;
    json_t *rows;
    size_t count;

    TRY(find_owner(tx, c, &l->owner));
    TRY(wallet_balance(tx, l->owner.account.id, &balance));
    TRY(wallet_owed(tx, l->owner.account.id, &owed));
    TRY(wallet_entries(tx, c->mem, l->owner.account.id, l->before, (int)l->limit, &entries, &count));
    rows = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, describe_wallet_entry(&entries[i]));
    c->body =
        json_pack("{s:s, s:s, s:I, s:I, s:o, s:o}", "account", l->owner.account.email, "brand", l->owner.brand->id,
                  "balance_cents", (json_int_t)balance.cents, "owed_cents", (json_int_t)owed.cents, "entries", rows,
                  "next", count == (size_t)l->limit ? json_sprintf("%" PRId64, entries[count - 1].id) : json_null());
    return DONE;
}

void api_wallet(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "before", "limit", NULL};
    const char *brand = form_value(&req->query, "brand");
    struct listing l = {.owner.brand_id = brand ? brand : ""};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "before", 0, INT64_MAX, 0, &l.before);
    (void)!api_number(&c, "limit", 1, ENTRIES_MOST, ENTRIES_USUAL, &l.limit);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, list, &l))
        api_send(&c);
}

/* ---- Topping up ---- */

static const struct form_choice LANGUAGES[] = {{"it", 0}, {"en", 1}, {0}};

struct topup {
    struct owner owner;
    const char *method_name;
    enum payment_method method;
    struct money amount;
    struct billing billing;
    int language;
    bool remember;
};

static const struct form_field TOPUP[] = {
    FORM_TEXT(struct topup, owner.brand_id, "brand", .max = 40, .optional = true),
    FORM_MONEY(struct topup, amount, "amount_cents"),
    FORM_TEXT(struct topup, method_name, "payment_method", .max = 40),
    FORM_ENUM(struct topup, language, "language", LANGUAGES, .optional = true),
    FORM_FLAG(struct topup, remember, "remember", .optional = true),
    FORM_IGNORE("billing"),
    FORM_END,
};

static void read_topup(struct call *c, const json_t *object, struct topup *t)
{
    *t = (struct topup){.owner.brand_id = ""};
    (void)!form_check_json(c->mem, TOPUP, object, t, &c->faults);
    api_billing_read(c->mem, json_object_get(object, "billing"), &t->billing, &c->faults);
    if (!json_is_object(json_object_get(object, "billing")))
        (void)api_refuse(c, PROBLEM_REQUIRED, "billing", "%s", ""); /* who the receipt is for */
    if (t->method_name && (payment_method_of(t->method_name, &t->method) != DONE || t->method == METHOD_WALLET))
        (void)api_refuse(c, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
}

static enum outcome place(struct db_tx *tx, struct call *c, void *arg)
{
    struct topup *t = arg;
    struct problem why = {0};
    struct order order;
    enum outcome o;

    TRY(find_owner(tx, c, &t->owner));
    if (!method_offered(c->shop, t->owner.brand, METHOD_WALLET))
        return api_refuse(c, PROBLEM_KIND, "", "%s", "");
    if (!method_offered(c->shop, t->owner.brand, t->method))
        return api_refuse(c, PROBLEM_PAYMENT_METHOD, "payment_method", "%s", "");
    o = place_topup(tx, c->mem,
                    &(struct topup_request){.brand = t->owner.brand,
                                            .actor = c->actor,
                                            .account_id = t->owner.account.id,
                                            .amount = t->amount,
                                            .payment_method = payment_method_name(t->method),
                                            .billing = t->billing,
                                            .language = VIEW_LANGUAGE[t->language]},
                    &order, &why);
    if (o == REFUSED && why.code != PROBLEM_NONE)
        return api_refuse(c, why.code, strcmp(why.field, "amount") == 0 ? "amount_cents" : why.field, "%s", why.detail);
    TRY(o);
    c->status = 201;
    return api_put_order(tx, c, &order);
}

static void set_location(struct call *c, const char *code)
{
    http_set_header(c->req, "Location", talloc_asprintf(c->mem, API_ROOT "/orders/%s", code));
}

void api_topup_post(struct http_request *req)
{
    struct api_paying paying = {.placing = true};
    struct topup t;
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    object = api_body(&c, NULL, NULL);
    if (object)
        read_topup(&c, object, &t);
    if (c.faults.count) {
        api_send_faults(&c);
        return;
    }
    if (!payment_method_is_at_once(t.method)) {
        if (!api_write(&c, place, &t))
            return;
        c.begun = c.answer;
        set_location(&c, api_begun_code(&c));
        api_send(&c);
        return;
    }
    if (!api_begin(&c, place, &t))
        return;
    if (c.answer)
        c.begun = c.answer;
    paying.code = api_begun_code(&c);
    paying.method = t.method;
    paying.remember = t.remember;
    set_location(&c, paying.code);
    if (c.answer)
        api_send(&c);
    else
        api_pay(&c, &paying);
}
