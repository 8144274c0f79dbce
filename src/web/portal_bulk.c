/* web/portal_bulk.c: GET and POST /convenzione/{id}/ordine: one order for the mailboxes that were chosen, paid by the
 * Ordine (T42). */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/convention_page.h"
#include "web/pay_form.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct bulk_form {
    const char *method, *form_token;
    bool terms, remember;
    int64_t total_cents;
};
static const struct form_field ORDER[] = {
    FORM_TEXT(struct bulk_form, method, "method", .max = 40, .optional = true),
    FORM_FLAG(struct bulk_form, remember, "remember"),
    FORM_FLAG(struct bulk_form, terms, "terms"),
    FORM_IGNORE("terms_version"),
    FORM_INT(struct bulk_form, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT),
    FORM_TEXT(struct bulk_form, form_token, "form_token", .max = 64),
    FORM_END,
};

struct bulk {
    struct page *p;
    struct convention_page cp;
    struct bulk_quote quote;
    struct pay_offer offer;
    struct bulk_form form;
    struct placed_order placed;
    struct problem why;
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct bulk *b = arg;

    TRY(convention_page_load(tx, p, &b->cp, why));
    TRY(bulk_quote(tx, p->mem, p->brand, b->cp.convention, b->cp.owner, p->language, &b->quote, why));
    return pay_offer_load(tx, p, b->quote.total.gross, &b->offer);
}

/* ---- Showing ---- */

static json_t *billing_data(const struct page *p, const struct billing *b)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "kind_label",
                     page_text(p, holder_kind_label((enum holder_kind)b->kind)), "name", b->name, "tax_code",
                     b->tax_code, "vat_number", b->vat_number, "street", b->street, "postcode", b->postcode, "city",
                     b->city, "province", b->province, "country", b->country, "sdi_code", b->sdi_code, "sdi_pec",
                     b->sdi_pec, "email", b->email);
}

static json_t *faults_data(struct page *p, const struct bulk_quote *q)
{
    json_t *list = json_array();

    for (size_t i = 0; i < q->fault_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "mailbox", q->faults[i].address, "text",
                                              problem_text(p->mem, p->language, &q->faults[i].why)));
    return list;
}

static json_t *lines_data(const struct bulk_quote *q)
{
    json_t *list = json_array();

    for (size_t i = 0; i < q->count; i++) {
        const struct order_line *l = &q->lines[i];

        json_array_append_new(list, json_pack("{s:s, s:I, s:b, s:o, s:o, s:o}", "what", l->description, "mailboxes",
                                              (json_int_t)l->quantity, "one", l->quantity == 1, "expires_on",
                                              present_day(l->old_expires_on), "new_expires_on",
                                              present_day(l->new_expires_on), "net", present_money(l->net)));
    }
    return list;
}

static void show(struct page *p, struct bulk *b, int status, const struct problems *faults)
{
    char token[TOKEN_TEXT];
    const struct bulk_quote *q = &b->quote;

    token_make(token);
    convention_page_set(p, &b->cp);
    page_set(p, "form_token", json_string(b->form.form_token ? b->form.form_token : token));
    page_fields(p, ORDER, NULL, faults);
    pay_form(p, &b->offer, b->form.method, b->form.remember);
    page_put_terms(p, b->form.terms);
    page_set(p, "billing", billing_data(p, &b->cp.convention->billing));
    page_set(p, "faults", faults_data(p, q));
    page_set(p, "refused", json_boolean(q->fault_count > 0));
    page_set(p, "may", json_boolean(q->mailboxes > 0 && !q->fault_count));
    page_set(p, "lines", lines_data(q));
    page_set(p, "mailboxes", json_integer((json_int_t)q->mailboxes));
    page_set(p, "total",
             json_pack("{s:o, s:o, s:o, s:o, s:I}", "net", present_money(q->total.net), "vat",
                       present_money(q->total.vat), "vat_rate", present_vat_rate(q->total.vat_rate_bp), "gross",
                       present_money(q->total.gross), "gross_cents", (json_int_t)q->total.gross.cents));
    page_show(p, status, "bulk", N_("Ordine per gli iscritti"));
}

void portal_bulk(struct http_request *req)
{
    struct bulk b = {0};
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &b, &p))
        return;
    if (!b.cp.chosen)
        page_go(&p, convention_page_path(&p, &b.cp, ""));
    else
        show(&p, &b, 200, NULL);
}

/* ---- Ordering ---- */

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct bulk *b = arg;
    struct page *p = b->p;
    struct order_request request = {.brand = p->brand,
                                    .actor = p->actor,
                                    .who = p->visitor.who,
                                    .shop = p->shop,
                                    .payment_method = b->form.method,
                                    .terms_accepted = b->form.terms,
                                    .terms_version = page_terms_shown(p),
                                    .language = p->language,
                                    .form_token = b->form.form_token,
                                    .expected = money(b->form.total_cents)};

    return place_bulk(tx, p->mem, b->cp.convention, b->cp.owner, &request, &b->placed, &b->quote, &b->why);
}

static void go_on(struct page *p, const struct bulk *b)
{
    const struct order *order = &b->placed.order;
    enum payment_method method;
    struct problem why = {0};

    if (!order_is_open(order->state) || payment_method_of(order->payment_method, &method) != DONE)
        page_go(p, talloc_asprintf(p->mem, "/ordini/%s?nuovo=1", order->code));
    else
        (void)pay_order(p, order->code, method, b->form.remember, true, &why);
}

void portal_bulk_sent(struct http_request *req)
{
    struct problems faults = {0};
    enum payment_method method;
    struct bulk b = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &b, &p))
        return;
    b.p = &p;
    o = page_form(&p, ORDER, &b.form, &faults);
    if (b.cp.chosen) { /* else it was ordered a moment ago, by this very form */
        (void)!pay_form_check(&p, &b.offer, b.form.method, &method, &faults);
        if (!b.form.terms)
            (void)!problems_add(&faults, PROBLEM_TERMS, "terms", "%s", "");
    }
    if (o == DONE && !faults.count)
        o = db_transaction(p.shop->db, "bulk.place", place, &b);
    else
        o = REFUSED;
    if (o == DONE) {
        go_on(&p, &b);
        return;
    }
    if (b.why.code != PROBLEM_NONE)
        problems_put(&faults, &b.why);
    if (o != REFUSED)
        page_failed(&p, o, &b.why);
    else if (!b.cp.chosen)
        page_go(&p, convention_page_path(&p, &b.cp, ""));
    else
        show(&p, &b, 422, &faults);
}
