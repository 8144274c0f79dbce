/* web/portal_purchase.c: GET and POST /attivazione/{id}/conferma (R50-R55, L14, L15, M4): everything is looked over,
 * how it is paid is chosen, and only the button makes an order. */

#include "base/i18n.h"
#include "shop/place_purchase.h"
#include "shop/present.h"
#include "web/checkout_form.h"
#include "web/portal.h"
#include "web/purchase_page.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct purchase_form {
    struct checkout_form order;
    const char *payer;
    bool start_now;
};

static const struct form_field PURCHASE[] = {
    CHECKOUT_FIELDS,
    CHECKOUT_TOTAL,
    CHECKOUT_BILLING,
    CHECKOUT_AUTORENEW,
    FORM_FLAG(struct purchase_form, start_now, "start_now"),
    FORM_TEXT(struct purchase_form, payer, "payer", .max = 10, .optional = true),
    FORM_END,
};

struct buying {
    struct request_read read; /* first: what draft_open reads */
    struct purchase_quote quote;
    struct billing known; /* the payer's: as last invoiced to this account, or the holder's */
    bool by_holder;       /* the holder's were asked for */
    struct pay_offer offer;
};

#define HOLDER_PAYS "holder"

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct buying *b = (struct buying *)arg;
    const struct request *r = &b->read.request;
    const char *asked =
        p->req->method == HTTP_GET ? form_value(&p->req->query, "paga") : form_value(&p->req->form, "payer");

    (void)why;
    b->by_holder = asked && (strcmp(asked, "titolare") == 0 || strcmp(asked, HOLDER_PAYS) == 0);
    if (purchase_quote(p->brand, r->plan, r->years, p->today, &b->quote, NULL) != DONE)
        return DONE; /* told on the request's page */
    b->known = r->holder;
    if (!b->by_holder)
        TRY(billing_known(tx, p, &r->holder, &b->known));
    return pay_offer_load(tx, p, b->quote.total.gross, &b->offer);
}

/* ---- Showing ---- */

static json_t *text_or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

static json_t *request_data(const struct page *p, const struct buying *b)
{
    const struct request *r = &b->read.request;
    const struct billing *h = &r->holder;
    json_t *others = others_data(p, r), *held = held_data(p, &b->read);
    json_t *data = json_pack(
        "{s:s, s:s, s:i, s:i, s:I, s:b, s:s, s:b, s:o, s:b, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, "
        "s:s, s:s}",
        "product", purchase_product(p->brand), "plan", b->quote.plan->name, "mailbox_gb", b->quote.plan->mailbox_gb,
        "archive_gb", b->quote.plan->archive_gb, "years", (json_int_t)r->years, "one", r->years == 1, "address",
        draft_address(p, r->held_name), "has_others", (int)json_array_size(others), "others", others, "ended",
        json_is_false(held), "name", h->name, "kind_label", page_text(p, holder_kind_label((enum holder_kind)h->kind)),
        "street", h->street, "postcode", h->postcode, "city", h->city, "province", text_or_false(h->province),
        "country", h->country, "tax_code", text_or_false(h->tax_code), "vat_number", text_or_false(h->vat_number),
        "signer_name", text_or_false(r->signer_name), "signer_tax_code", text_or_false(r->signer_tax_code), "email",
        h->email, "phone", r->phone);

    json_object_set(data, "until", json_is_false(held) ? held : json_object_get(held, "until"));
    json_object_set(data, "on", json_is_false(held) ? held : json_object_get(held, "on"));
    json_decref(held);
    return data;
}

static json_t *cart_data(const struct page *p, const struct buying *b)
{
    const struct request *r = &b->read.request;
    const struct order_line line = {.address = draft_address(p, r->held_name),
                                    .description =
                                        present_purchase(p->mem, p->language, p->brand, b->quote.plan, r->years),
                                    .quantity = r->years,
                                    .unit = b->quote.priced.year,
                                    .net = b->quote.total.net};

    json_t *cart = present_lines(p->mem, &line, 1, &b->quote.total);

    billing_owed(p, cart, &b->known, &b->quote.total);
    return cart;
}

/* Another than the one shown as payer may be meant: the holder. */
static json_t *holder_pays(const struct buying *b)
{
    const struct billing *holder = &b->read.request.holder;

    if (b->by_holder || text_same(holder->tax_code, b->known.tax_code))
        return json_false();
    return json_pack("{s:s}", "name", holder->name);
}

static struct checkout_known known(const struct page *p, const struct buying *b)
{
    return (struct checkout_known){
        .billing = &b->known, .offer = &b->offer, .may_renew_itself = autorenew_offered_new(p)};
}

/* `typed` is NULL when the page is shown first. */
static void show(struct page *p, struct buying *b, int status, const struct purchase_form *typed,
                 const struct problems *faults)
{
    bool consumer = holder_is_consumer((enum holder_kind)b->read.request.holder.kind);
    struct checkout_known k = known(p, b);

    page_set(p, "id", json_sprintf("%" PRId64, b->read.request.id));
    purchase_steps(p, "payment", &b->read.request);
    checkout_form_put(p, &k, typed ? &typed->order : NULL, PURCHASE, faults);
    page_set(p, "request", request_data(p, b));
    page_set(p, "cart", cart_data(p, b));
    page_set(p, "payer", json_string(b->by_holder ? HOLDER_PAYS : ""));
    page_set(p, "holder_pays", holder_pays(b));
    page_set(p, "buyer", json_pack("{s:s, s:s}", "name", p->visitor.label, "email", p->visitor.email));
    page_set(p, "holder_consumer",
             consumer ? json_pack("{s:i, s:b}", "days", p->brand->purchase.withdrawal_days, "checked",
                                  typed && typed->start_now)
                      : json_false());
    /* Where the payer's kind may still be changed on the page, the button says it to all. */
    page_set(p, "consumer",
             json_boolean(consumer || holder_is_consumer((enum holder_kind)b->known.kind) ||
                          json_is_false(json_object_get(p->data, "billing"))));
    page_show(p, status, "purchase", N_("Riepilogo e pagamento"));
}

/* Without a name, or with a plan that is no longer sold, there is nothing to confirm: the request's page says what is
 * missing. */
static bool may_confirm(struct page *p, const struct buying *b)
{
    if (b->read.request.state == REQUEST_RESERVED && b->quote.plan)
        return true;
    page_go(p, draft_path(p, &b->read.request, ""));
    return false;
}

void portal_purchase(struct http_request *req)
{
    struct buying b = {0};
    struct page p;

    if (draft_open(req, load, &b.read, &p) && may_confirm(&p, &b))
        show(&p, &b, 200, NULL, NULL);
}

/* ---- Ordering ---- */

struct ordering {
    void *mem;
    struct purchase_request *request;
    struct placed_order placed;
    struct problem why;
};

static enum outcome place(struct db_tx *tx, void *arg)
{
    struct ordering *w = arg;

    return place_purchase(tx, w->mem, w->request, &w->placed, &w->why);
}

static enum outcome order(struct page *p, const struct buying *b, const struct purchase_form *form, struct ordering *w)
{
    struct purchase_request request = {
        .order = checkout_request(p, &form->order), .request_id = b->read.request.id, .start_now = form->start_now};

    w->mem = p->mem;
    w->request = &request;
    return db_transaction_rows(p->shop->db, "purchase.place", place, w);
}

/* The request's own faults are told on its page, where they can be mended. */
static bool is_of_request(const struct problem *why)
{
    return strcmp(why->field, "payment_method") != 0 && strcmp(why->field, "terms") != 0 &&
           strcmp(why->field, "total_cents") != 0 && strcmp(why->field, "autorenew") != 0;
}

static void refuse(struct page *p, struct buying *b, const struct purchase_form *form, struct problem *why,
                   struct problems *faults)
{
    if (why->code == PROBLEM_NAME_NOT_HELD) {
        page_go(p, draft_path(p, &b->read.request, "?perso=1"));
    } else if (why->code == PROBLEM_NOT_FOUND || why->code == PROBLEM_REQUEST_STATE ||
               why->code == PROBLEM_FORM_EXPIRED) {
        page_problem(p, why);
    } else if (is_of_request(why)) {
        page_go(p, draft_path(p, &b->read.request, ""));
    } else {
        checkout_refused(why, faults);
        show(p, b, 422, form, faults);
    }
}

void portal_purchase_sent(struct http_request *req)
{
    struct buying b = {0};
    struct purchase_form form = {0};
    struct checkout_known k;
    struct problems faults = {0};
    struct ordering w = {0};
    enum outcome o;
    struct page p;

    if (!draft_open(req, load, &b.read, &p) || !may_confirm(&p, &b))
        return;
    k = known(&p, &b);
    if (checkout_form_read(&p, &k, &form.order, PURCHASE, &faults) != DONE) {
        show(&p, &b, 422, &form, &faults);
        return;
    }
    o = order(&p, &b, &form, &w);
    if (o == DONE)
        pay_placed(&p, &w.placed.order, form.order.remember);
    else if (o == REFUSED)
        refuse(&p, &b, &form, &w.why, &faults);
    else
        page_failed(&p, o, &w.why);
}
