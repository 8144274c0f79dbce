/* web/portal_checkout.c: GET and POST /cassa (R20-R22, L14): billing data, payment method, conditions, the order. */

#include "base/i18n.h"
#include "shop/cart.h"
#include "shop/place_order.h"
#include "shop/present.h"
#include "web/page.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct checkout_form {
    const char *method, *form_token;
    bool terms;
    int64_t total_cents;
    int kind; /* -1: the billing data were not in the form, what is known was confirmed */
    struct billing billing;
};

static const struct form_choice KINDS[] = {
    {"person", HOLDER_PERSON},   {"freelance", HOLDER_FREELANCE},     {"sole_trader", HOLDER_SOLE_TRADER},
    {"company", HOLDER_COMPANY}, {"public_body", HOLDER_PUBLIC_BODY}, {NULL, 0},
};

#define BILLING_TEXT(member, most)                                                                                     \
    FORM_TEXT(struct checkout_form, billing.member, #member, .max = most, .optional = true)

/* All of the billing data is optional here: what each kind needs, billing_check says, field by field. */
static const struct form_field CHECKOUT[] = {
    FORM_TEXT(struct checkout_form, method, "method", .max = 40, .optional = true),
    FORM_FLAG(struct checkout_form, terms, "terms"),
    FORM_INT(struct checkout_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT),
    FORM_TEXT(struct checkout_form, form_token, "form_token", .max = 64),
    FORM_ENUM(struct checkout_form, kind, "kind", KINDS, .optional = true),
    BILLING_TEXT(name, 80),
    BILLING_TEXT(tax_code, 32),
    BILLING_TEXT(vat_number, 32),
    BILLING_TEXT(street, 60),
    BILLING_TEXT(postcode, 10),
    BILLING_TEXT(city, 60),
    BILLING_TEXT(province, 2),
    BILLING_TEXT(country, 2),
    BILLING_TEXT(sdi_code, 7),
    BILLING_TEXT(sdi_pec, 254),
    BILLING_TEXT(email, 254),
    FORM_END,
};

struct checkout {
    struct cart cart;
    struct billing known; /* the holder's, or as last invoiced to this account */
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct checkout *c = arg;
    struct order *orders;
    size_t count;

    (void)why;
    TRY(cart_load(tx, p->mem, p->brand, p->visitor.who, p->language, &c->cart));
    if (!c->cart.count)
        return DONE;
    c->known = c->cart.items[0].mailbox.holder;
    if (p->visitor.who.account_id) {
        TRY(orders_seen_by(tx, p->mem, p->visitor.who, 0, 1, &orders, &count));
        if (count && orders[0].account_id == p->visitor.who.account_id)
            c->known = orders[0].billing;
        if (!c->known.email || !c->known.email[0])
            c->known.email = p->visitor.email;
    }
    return DONE;
}

/* ---- Showing ---- */

static json_t *billing_values(const struct billing *b)
{
    return json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "kind",
                     holder_kind_name((enum holder_kind)b->kind), "name", b->name, "tax_code", b->tax_code,
                     "vat_number", b->vat_number, "street", b->street, "postcode", b->postcode, "city", b->city,
                     "province", b->province, "country", b->country && b->country[0] ? b->country : "IT", "sdi_code",
                     b->sdi_code, "sdi_pec", b->sdi_pec, "email", b->email);
}

static json_t *kinds_data(const struct page *p, const char *selected)
{
    json_t *list = json_array();

    for (int kind = 0; kind < HOLDER_KINDS; kind++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b}", "value", holder_kind_name((enum holder_kind)kind), "label",
                                        page_text(p, holder_kind_label((enum holder_kind)kind)), "selected",
                                        strcmp(holder_kind_name((enum holder_kind)kind), selected) == 0));
    return list;
}

/* With one method on sale there is nothing to choose: it is chosen. */
static json_t *methods_data(const struct page *p, const char *chosen)
{
    static const struct {
        const char *method, *label, *delay;
    } METHOD[] = {{"bank_transfer", N_("Bonifico Bancario"), N_("Di solito arriva il giorno lavorativo dopo.")}};
    json_t *list = json_array();

    for (size_t i = 0; i < count_of(METHOD); i++)
        if (payment_method_offered(p->brand, METHOD[i].method))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b, s:b}", "value", METHOD[i].method, "label",
                                                  page_text(p, METHOD[i].label), "delay", page_text(p, METHOD[i].delay),
                                                  "checked", chosen && strcmp(chosen, METHOD[i].method) == 0, "first",
                                                  json_array_size(list) == 0));
    if (json_array_size(list) == 1)
        json_object_set_new(json_array_get(list, 0), "checked", json_true());
    return list;
}

static json_t *holders_data(const struct checkout *c, const struct billing *billing)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->cart.count; i++) {
        const struct billing *holder = &c->cart.items[i].mailbox.holder;

        if (!text_same(holder->email, billing->email) && json_array_size(list) < 5)
            json_array_append_new(list, json_string(holder->name));
    }
    return list;
}

/* `typed` is NULL when the page is shown first. */
static void show(struct page *p, struct checkout *c, int status, const struct checkout_form *typed, bool open,
                 const struct problems *faults)
{
    struct problems unused = {0};
    struct billing known = c->known;
    bool whole = billing_check(p->mem, &known, &unused) == DONE;
    json_t *values = billing_values(&known);
    const char *kind = typed && typed->kind >= 0 ? holder_kind_name((enum holder_kind)typed->kind)
                                                 : holder_kind_name((enum holder_kind)known.kind);
    char token[TOKEN_TEXT];

    token_make(token);
    page_set(p, "form_token", json_string(typed && typed->form_token ? typed->form_token : token));
    page_steps(p, "checkout");
    page_fields(p, CHECKOUT, values, faults);
    page_set(p, "kinds", kinds_data(p, kind));
    page_set(p, "consumer", json_boolean(holder_is_consumer((enum holder_kind)known.kind)));
    page_set(p, "methods", methods_data(p, typed ? typed->method : NULL));
    page_set(p, "terms_checked", json_boolean(typed && typed->terms));
    page_set(p, "terms_version", json_string(p->brand->terms.version));
    page_set(p, "holders", holders_data(c, &known));
    page_set(p, "cart", present_lines(p->mem, c->cart.lines, c->cart.line_count, &c->cart.total));
    if (whole && !open) {
        json_object_set_new(values, "kind_label",
                            json_string(page_text(p, holder_kind_label((enum holder_kind)known.kind))));
        for (const char *const *name =
                 (const char *const[]){"tax_code", "vat_number", "sdi_code", "sdi_pec", "province", NULL};
             *name; name++)
            if (!json_string_length(json_object_get(values, *name)))
                json_object_set_new(values, *name, json_false());
        page_set(p, "billing", values);
    } else {
        json_decref(values);
        page_set(p, "billing", json_false());
    }
    page_show(p, status, "checkout", N_("Dati e pagamento"));
}

void portal_checkout(struct http_request *req)
{
    struct checkout c = {0};
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &c, &p))
        return;
    if (!c.cart.line_count ||
        c.cart.line_count < c.cart.count) /* empty, or with something that is no longer possible */
        page_go(&p, "/carrello");
    else
        show(&p, &c, 200, NULL, form_value(&req->query, "modifica") != NULL, NULL);
}

/* ---- Ordering ---- */

struct ordering {
    void *mem;
    struct order_request *request;
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct ordering *w = arg;

    return place_order(tx, w->mem, w->request, &w->placed, &w->why);
}

static struct wanted_line *wanted(struct page *p, const struct cart *cart)
{
    struct wanted_line *lines = talloc_zero_array(p->mem, struct wanted_line, (unsigned)cart->count + 1);

    for (size_t i = 0; i < cart->count; i++)
        lines[i] = (struct wanted_line){.address = cart->items[i].mailbox.address, .choice = cart->items[i].choice};
    return lines;
}

/* What the customer must see beside its field; the rest is of the whole form. */
static const char *form_field_of(const struct problem *why)
{
    return strcmp(why->field, "payment_method") == 0 ? "method" : why->field;
}

static enum outcome order(struct page *p, struct checkout *c, const struct checkout_form *form, struct ordering *w)
{
    struct order_request request = {.brand = p->brand,
                                    .actor = p->actor,
                                    .who = p->visitor.who,
                                    .lines = wanted(p, &c->cart),
                                    .line_count = c->cart.count,
                                    .payment_method = form->method,
                                    .billing = form->billing,
                                    .terms_accepted = form->terms,
                                    .terms_version = p->brand->terms.version,
                                    .language = p->language,
                                    .form_token = form->form_token,
                                    .expected = money(form->total_cents),
                                    .cart_owner = p->owner};

    w->mem = p->mem;
    w->request = &request;
    return db_transaction_rows(p->shop->db, "order.place", place, w);
}

void portal_checkout_sent(struct http_request *req)
{
    struct checkout c = {0};
    struct checkout_form form = {.kind = -1};
    struct problems faults = {0};
    struct ordering w = {0};
    enum outcome o;
    struct page p;
    bool open;

    if (!page_open(req, PAGE_SIGNED_IN, load, &c, &p))
        return;
    o = page_form(&p, CHECKOUT, &form, &faults);
    open = form_value(&req->form, "kind") != NULL;
    if (open)
        form.billing.kind = form.kind;
    else
        form.billing = c.known;
    /* An empty cart has no billing data either: the form was sent before, and place_order finds the order it made. */
    if (o == DONE && c.cart.count)
        o = billing_check(p.mem, &form.billing, &faults);
    if (o == DONE) {
        o = order(&p, &c, &form, &w);
        if (o == REFUSED) {
            snprintf(w.why.field, sizeof w.why.field, "%s", form_field_of(&w.why));
            problems_put(&faults, &w.why);
        }
    }
    if (o == DONE)
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s?nuovo=1", w.placed.order.code));
    else if (o == REFUSED && c.cart.line_count)
        show(&p, &c, 422, &form, open, &faults);
    else if (o == REFUSED)
        page_go(&p, "/carrello");
    else
        page_failed(&p, o, &w.why);
}
