/* web/api_sale.c: GET /api/v1/vat-register?brand=&month=, /api/v1/vat-register.csv; POST /api/v1/invoices/{id}/send;
 * POST /api/v1/orders/{code}/public-body: the codes of its purchase, and its commitment to pay. */

#include "base/csv.h"
#include "shop/public_order.h"
#include "shop/sdi.h"
#include "shop/vat_register.h"
#include "web/api_pay.h"
#include "web/office_invoice.h"
#include <talloc.h>

/* ---- The register of sales ---- */

struct month {
    const char *text; /* "2026-12" */
    struct day from, until;
    struct vat_register reg;
    struct text_buffer *csv; /* NULL: as JSON */
};

static enum outcome read_month(struct db_tx *tx, struct call *c, void *arg)
{
    struct month *m = arg;
    const struct brand *brand;

    TRY(api_find_brand(c, api_text(c, "brand"), &brand));
    if (!office_month(m->text, &m->from, &m->until))
        return api_refuse(c, PROBLEM_OUT_OF_RANGE, "month", "%s", "2026-12");
    TRY(vat_register_load(tx, c->mem, brand, m->from, m->until, &m->reg));
    if (m->csv) {
        m->csv->length = 0; /* it may run again */
        text_put(m->csv, CSV_MARK);
        return vat_register_csv(tx, c->mem, &m->reg, m->csv);
    }
    c->body = vat_register_describe(&m->reg, m->text);
    return DONE;
}

static const char *const OF_REGISTER[] = {"brand", "month", NULL};

void api_vat_register(struct http_request *req)
{
    struct month m = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    m.text = api_text(&c, "month");
    api_get(&c, OF_REGISTER, read_month, &m);
}

void api_vat_register_csv(struct http_request *req)
{
    struct text_buffer out = text_buffer(req->mem);
    struct month m = {.csv = &out};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    m.text = api_text(&c, "month");
    (void)!api_query(&c, OF_REGISTER);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_read(&c, read_month, &m)) {
        http_attachment(req, "registro-%s-%s.csv", m.reg.brand->id, m.text);
        http_reply_kept(req, 200, "text/csv; charset=utf-8", out.bytes, out.length);
    }
}

/* ---- To SdI ---- */

static enum outcome send(struct db_tx *tx, struct call *c, void *arg)
{
    struct problem why = {0};
    struct invoice invoice;
    int64_t id = api_id(c->req, "id");
    enum outcome o = id ? invoice_by_id(tx, c->mem, id, &invoice) : REFUSED;

    (void)arg;
    if (o == REFUSED || (o == DONE && !api_sees(c, invoice.brand)))
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    TRY(api_passed(c, sdi_queue(tx, c->mem, c->shop->brands, &invoice, &why), &why));
    c->status = 202;
    c->body = json_pack("{s:I, s:s}", "invoice", (json_int_t)id, "state", sdi_state_name(SDI_TO_SEND));
    return DONE;
}

void api_invoice_send(struct http_request *req)
{
    struct call c;

    if (api_open_post(req, RIGHT_MONEY, &c))
        api_post(&c, NULL, NULL, send, NULL);
}

/* ---- A public body's order ---- */

static const struct form_field OF_BODY[] = {
    FORM_TEXT(struct public_request, cig, "cig", .max = 20, .optional = true),
    FORM_TEXT(struct public_request, cup, "cup", .max = 30, .optional = true),
    FORM_TEXT(struct public_request, act, "act", .max = 120, .optional = true),
    FORM_FLAG(struct public_request, commit, "commit", .optional = true),
    FORM_END,
};

static enum outcome note(struct db_tx *tx, struct call *c, void *arg)
{
    const struct public_request *asked = arg;
    struct public_request r = *asked;
    struct problem why = {0};
    struct order order;

    TRY(api_find_order(tx, c, &order));
    r.code = order.code;
    r.cig = r.cig ? r.cig : "";
    r.cup = r.cup ? r.cup : "";
    r.act = r.act ? r.act : "";
    r.actor = c->actor;
    TRY(api_passed(c, public_order_note(tx, c->mem, c->shop->brands, &r, &why), &why));
    return api_tell_order(tx, c, NULL);
}

void api_public_body(struct http_request *req)
{
    struct public_request r = {0};
    struct call c;

    if (api_open_post(req, RIGHT_MONEY, &c))
        api_post(&c, OF_BODY, &r, note, &r);
}
