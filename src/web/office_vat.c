/* web/office_vat.c: GET /office/fatture/registro: the register of sales of a brand's month; …/registro.csv, document by
 * document. */

#include "base/csv.h"
#include "base/i18n.h"
#include "shop/vat_register.h"
#include "web/office_invoice.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct vat_page {
    const char *brand;
    struct day from, until;
    char month[16];
    struct vat_register reg;
    struct text_buffer *csv; /* NULL: the page */
};

static const struct brand *brand_of(const struct office *o, const char *id)
{
    const struct brands *brands = o->page.shop->brands;
    const struct brand *brand = brand_by_id(brands, o->operator.brand[0] ? o->operator.brand : id);

    return brand ? brand : &brands->all[0];
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct vat_page *v = arg;
    struct ymd today = day_split(o->page.today);

    (void)why;
    if (!v->from.n) {
        snprintf(v->month, sizeof v->month, "%04d-%02d", today.year, today.month);
        (void)office_month(v->month, &v->from, &v->until);
    }
    TRY(vat_register_load(tx, o->page.mem, brand_of(o, v->brand), v->from, v->until, &v->reg));
    return v->csv ? vat_register_csv(tx, o->page.mem, &v->reg, v->csv) : DONE;
}

static bool open_page(struct http_request *req, struct text_buffer *csv, struct vat_page *v, struct office *o)
{
    const char *brand = form_value(&req->query, "marchio"), *month = form_value(&req->query, "mese");

    *v = (struct vat_page){.brand = brand ? brand : "", .csv = csv};
    if (office_month(month, &v->from, &v->until))
        snprintf(v->month, sizeof v->month, "%s", month);
    return office_open(req, load, v, o);
}

static const char *kind_words(const struct page *p, const char *kind)
{
    return page_text(p, strcmp(kind, INVOICE_CREDIT_NOTE) == 0 ? N_("Note di credito (TD04)") : N_("Fatture (TD01)"));
}

static json_t *text_or_false(const char *text)
{
    return text[0] ? json_string(text) : json_false();
}

static json_t *money_or_false(struct money amount)
{
    return amount.cents ? present_money(amount) : json_false();
}

static json_t *rows(const struct page *p, const struct vat_register *reg)
{
    json_t *all = json_array();

    for (size_t i = 0; i < reg->row_count; i++) {
        const struct vat_row *r = &reg->rows[i];

        json_array_append_new(
            all, json_pack("{s:s, s:b, s:o, s:I, s:o, s:o, s:o, s:o, s:b, s:o}", "kind", kind_words(p, r->kind), "note",
                           strcmp(r->kind, INVOICE_CREDIT_NOTE) == 0, "rate", present_vat_rate(r->vat_rate_bp),
                           "documents", (json_int_t)r->documents, "net", present_money(r->net), "vat",
                           present_money(r->vat), "gross", present_money(r->gross), "nature", text_or_false(r->nature),
                           "split", r->split, "stamps", money_or_false(vat_row_stamps(r))));
    }
    return all;
}

static json_t *series(const struct page *p, const struct vat_register *reg)
{
    json_t *all = json_array();

    for (size_t i = 0; i < reg->series_count; i++) {
        const struct vat_series *s = &reg->series[i];

        json_array_append_new(all, json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:I}", "kind", kind_words(p, s->kind),
                                             "year", (json_int_t)s->year, "first", (json_int_t)s->first, "last",
                                             (json_int_t)s->last, "documents", (json_int_t)s->documents, "gapless",
                                             vat_series_gapless(s), "before", (json_int_t)s->before));
    }
    return all;
}

void office_vat(struct http_request *req)
{
    struct vat_page v;
    struct office o;
    struct page *p = &o.page;
    json_t *brands;

    if (!open_page(req, NULL, &v, &o))
        return;
    brands = json_array();
    for (size_t i = 0; i < p->shop->brands->count; i++)
        if (operator_sees(&o.operator, p->shop->brands->all[i].id))
            json_array_append_new(brands, json_pack("{s:s, s:s, s:b}", "id", p->shop->brands->all[i].id, "name",
                                                    p->shop->brands->all[i].name, "here",
                                                    &p->shop->brands->all[i] == v.reg.brand));
    page_set(p, "brands", brands);
    page_set(p, "month", json_string(v.month));
    page_set(p, "brand_id", json_string(v.reg.brand->id));
    page_set(p, "seller",
             json_pack("{s:s, s:s}", "name", v.reg.brand->seller.name, "vat_number", v.reg.brand->seller.vat_number));
    page_set(p, "from", present_day(v.from));
    page_set(p, "until", present_day(v.until));
    page_set(p, "rows", rows(p, &v.reg));
    page_set(p, "any", json_boolean(v.reg.row_count > 0));
    page_set(p, "series", series(p, &v.reg));
    page_set(p, "gapless", json_boolean(v.reg.gapless));
    page_set(p, "rejected", v.reg.rejected ? json_integer(v.reg.rejected) : json_false());
    page_set(p, "total",
             json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "net", present_money(v.reg.total.net), "vat",
                       present_money(v.reg.total.vat), "gross", present_money(v.reg.total.gross), "split_vat",
                       money_or_false(v.reg.split_vat), "our_vat",
                       present_money(money(v.reg.total.vat.cents - v.reg.split_vat.cents)), "stamps",
                       money_or_false(v.reg.stamps)));
    office_show(&o, 200, "vat", N_("Registro IVA delle vendite"));
}

void office_vat_csv(struct http_request *req)
{
    struct text_buffer out = text_buffer(req->mem);
    struct vat_page v;
    struct office o;

    text_put(&out, CSV_MARK);
    if (!open_page(req, &out, &v, &o))
        return;
    http_attachment(req, "registro-%s-%s.csv", v.reg.brand->id, v.month);
    http_reply_kept(req, 200, "text/csv; charset=utf-8", out.bytes, out.length);
}
