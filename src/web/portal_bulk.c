/* web/portal_bulk.c: GET and POST /convenzione/{id}/ordine: one order for the mailboxes that were chosen, paid by the
 * Ordine (T42). */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/checkout_form.h"
#include "web/convention_page.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

static const struct form_field ORDER[] = {CHECKOUT_FIELDS, CHECKOUT_TOTAL, FORM_END};

struct bulk {
    struct page *p;
    struct convention_page cp;
    struct bulk_quote quote;
    struct pay_offer offer;
    struct checkout_form form;
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

/* Nothing chosen any more: it was ordered a moment ago, by this very form. It is invoiced to whom the convention says.
 */
static struct checkout_known known(const struct bulk *b)
{
    return (struct checkout_known){.offer = b->cp.chosen ? &b->offer : NULL};
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
    struct checkout_known k = known(b);
    const struct bulk_quote *q = &b->quote;

    convention_page_set(p, &b->cp);
    checkout_form_put(p, &k, &b->form, ORDER, faults);
    page_set(p, "billing", billing_data(p, &b->cp.convention->billing));
    page_set(p, "faults", faults_data(p, q));
    page_set(p, "refused", json_boolean(q->fault_count > 0));
    page_set(p, "may", json_boolean(q->mailboxes > 0 && !q->fault_count));
    page_set(p, "lines", lines_data(q));
    page_set(p, "mailboxes", json_integer((json_int_t)q->mailboxes));
    page_set(p, "single", json_boolean(q->mailboxes == 1));
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
    struct order_request request = checkout_request(b->p, &b->form);

    return place_bulk(tx, b->p->mem, b->cp.convention, b->cp.owner, &request, &b->placed, &b->quote, &b->why);
}

void portal_bulk_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct checkout_known k;
    struct bulk b = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &b, &p))
        return;
    b.p = &p;
    k = known(&b);
    o = checkout_form_read(&p, &k, &b.form, ORDER, &faults);
    if (o == DONE) {
        o = db_transaction(p.shop->db, "bulk.place", place, &b);
        if (o == REFUSED)
            checkout_refused(&b.why, &faults);
    }
    if (o == DONE)
        pay_placed(&p, &b.placed.order, b.form.remember);
    else if (o != REFUSED)
        page_failed(&p, o, &b.why);
    else if (!b.cp.chosen)
        page_go(&p, convention_page_path(&p, &b.cp, ""));
    else
        show(&p, &b, 422, &faults);
}
