/* web/api_invoices.c: GET /api/v1/invoices/{id}, {id}.pdf, {id}.xml. */

#include "shop/describe.h"
#include "shop/paper.h"
#include "web/api.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum paper { AS_JSON, AS_PDF, AS_XML, AS_NOTHING };

struct wanted {
    int64_t id;
    enum paper as;
    struct order_facts facts;
};

static void read_name(const char *file, struct wanted *w)
{
    static const char *const SUFFIX[] = {[AS_JSON] = "", [AS_PDF] = ".pdf", [AS_XML] = ".xml"};
    size_t digits = strspn(file, "0123456789");

    w->id = digits && digits <= 18 ? strtoll(file, NULL, 10) : 0;
    for (w->as = AS_JSON; w->as < AS_NOTHING && strcmp(file + digits, SUFFIX[w->as]) != 0;)
        w->as++;
}

static enum outcome read_invoice(struct db_tx *tx, struct call *c, void *arg)
{
    struct wanted *w = arg;
    struct invoice invoice;
    struct order order;
    enum outcome o = w->as == AS_NOTHING ? REFUSED : invoice_by_id(tx, c->mem, w->id, &invoice);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == REFUSED || !api_sees(c, invoice.brand))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(order_by_id(tx, c->mem, invoice.order_id, &order));
    if (w->as == AS_PDF)
        return order_facts_of_invoice(tx, c->mem, c->shop->brands, &invoice, &w->facts);
    if (w->as == AS_JSON)
        c->body = describe_invoice(c->mem, &invoice, order.code);
    return DONE;
}

static void send_xml(struct call *c, const struct wanted *w)
{
    struct invoice_file file;
    enum outcome o = invoice_file_get(c->shop, c->mem, w->id, &file);

    if (o != DONE) {
        api_fail(c, o);
        return;
    }
    http_attachment(c->req, "%s", file.name);
    http_reply(c->req, 200, "application/xml", file.bytes.bytes, file.bytes.length);
}

static void send_pdf(struct call *c, const struct wanted *w)
{
    void *bytes;
    size_t length;

    if (invoice_pdf(c->mem, invoice_paper_of(c->mem, &w->facts), &bytes, &length) != DONE) {
        api_fail(c, BROKEN);
        return;
    }
    http_attachment(c->req, "%s", invoice_pdf_name(c->mem, &w->facts.invoice));
    http_reply(c->req, 200, "application/pdf", bytes, length);
}

void api_invoice(struct http_request *req)
{
    struct wanted w = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    read_name(http_parameter(req, "file"), &w);
    if (!api_read(&c, read_invoice, &w))
        return;
    if (w.as == AS_XML)
        send_xml(&c, &w);
    else if (w.as == AS_PDF)
        send_pdf(&c, &w);
    else
        api_send(&c);
}
