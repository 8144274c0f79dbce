/* web/portal_invoice.c: GET /fatture, /fatture/{id}.pdf, /fatture/{id}.xml (R27, R37). */

#include "base/i18n.h"
#include "shop/paper.h"
#include "web/order_read.h"
#include "web/page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 20

struct list {
    int64_t before;
    struct invoice *invoices;
    struct order_facts *facts;
    size_t count;
    bool more;
};

static enum outcome load_list(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct list *l = arg;

    (void)why;
    TRY(invoices_seen_by(tx, p->mem, p->visitor.who, l->before, PAGE_SIZE + 1, &l->invoices, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    l->facts = talloc_zero_array(p->mem, struct order_facts, (unsigned)l->count + 1);
    for (size_t i = 0; i < l->count; i++) {
        struct order order;

        TRY(order_by_id(tx, p->mem, l->invoices[i].order_id, &order));
        TRY(order_facts_load(tx, p->mem, p->shop->brands, &order, &l->facts[i]));
    }
    return DONE;
}

static json_t *row(struct page *p, const struct invoice *i, const struct order_facts *f)
{
    json_t *data = present_order_row(p->mem, f);

    json_object_set_new(data, "id", json_integer(i->id));
    json_object_set_new(data, "number", json_string(invoice_number_text(p->mem, i)));
    json_object_set_new(data, "issued_on", present_day(i->issued_on));
    json_object_set_new(data, "order_code", json_string(f->order.code));
    json_object_set_new(data, "amount", present_money(i->total.gross));
    return data;
}

void portal_invoices(struct http_request *req)
{
    const char *before = form_value(&req->query, "prima");
    struct list l = {.before = before ? strtoll(before, NULL, 10) : 0};
    json_t *rows;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_list, &l, &p))
        return;
    rows = json_array();
    for (size_t i = 0; i < l.count; i++)
        json_array_append_new(rows, row(&p, &l.invoices[i], &l.facts[i]));
    page_set(&p, "invoices", rows);
    page_set(&p, "first_url", l.before ? json_sprintf("%s/fatture", p.base) : json_false());
    page_set(&p, "more_url",
             l.more ? json_sprintf("%s/fatture?prima=%" PRId64, p.base, l.invoices[l.count - 1].id) : json_false());
    page_show(&p, 200, "invoices", N_("Fatture"));
}

/* ---- One invoice's papers ---- */

struct one {
    int64_t id;
    struct order_facts facts;
};

static enum outcome load_one(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct one *one = arg;
    struct invoice invoice;
    struct order order;
    bool seen = false;
    enum outcome o = invoice_by_id(tx, p->mem, one->id, &invoice);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == DONE) {
        TRY(order_by_id(tx, p->mem, invoice.order_id, &order));
        TRY(order_seen_here(tx, p, &order, &seen));
    }
    if (!seen || strcmp(order.brand, p->brand->id) != 0)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return order_facts_of_invoice(tx, p->mem, p->shop->brands, &invoice, &one->facts);
}

static void send_xml(struct page *p, const struct one *one)
{
    struct invoice_file file;
    enum outcome o = invoice_file_get(p->shop, p->mem, one->id, &file);

    if (o != DONE) {
        page_failed(p, o, NULL);
        return;
    }
    http_attachment(p->req, "%s", file.name);
    http_reply(p->req, 200, "application/xml", file.bytes.bytes, file.bytes.length);
}

static void send_pdf(struct page *p, const struct one *one)
{
    void *bytes;
    size_t length;

    if (invoice_pdf(p->mem, invoice_paper_of(p->mem, &one->facts), &bytes, &length) != DONE) {
        page_failed(p, BROKEN, NULL);
        return;
    }
    http_inline(p->req, "%s", invoice_pdf_name(p->mem, &one->facts.invoice));
    http_reply(p->req, 200, "application/pdf", bytes, length);
}

void portal_invoice(struct http_request *req)
{
    char *kind;
    struct one one = {.id = strtoll(http_parameter(req, "file"), &kind, 10)};
    bool xml = strcmp(kind, ".xml") == 0;
    struct page p;

    if (!xml && strcmp(kind, ".pdf") != 0)
        one.id = 0; /* no such file */
    if (!page_open(req, PAGE_SIGNED_IN, load_one, &one, &p))
        return;
    if (xml)
        send_xml(&p, &one);
    else
        send_pdf(&p, &one);
}
