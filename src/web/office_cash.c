/* web/office_cash.c: GET /office/denaro/cassa and …/cassa.csv: the day's cash, of one day or several (dal, al,
 * marchio). */

#include "base/csv.h"
#include "base/i18n.h"
#include "shop/cash.h"
#include "shop/present.h"
#include "web/office_money.h"
#include <talloc.h>

struct asking {
    const char *brand;
    struct day from, to;
    struct cash cash;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct asking *a = arg;
    struct money_scope scope = office_scope(o, a->brand);

    a->brand = scope.brand;
    a->from = a->from.n ? a->from : o->page.today;
    a->to = a->to.n ? a->to : a->from;
    if (a->to.n < a->from.n)
        a->to = a->from;
    if (a->to.n - a->from.n >= CASH_DAYS_MOST)
        a->to = day_plus(a->from, CASH_DAYS_MOST - 1);
    return cash_load(tx, o->page.mem, &scope, a->from, a->to, &a->cash, why);
}

static bool open(struct http_request *req, struct asking *a, struct office *o)
{
    *a = (struct asking){
        .brand = office_word(req, "marchio"), .from = office_day(req, "dal"), .to = office_day(req, "al")};
    return office_open(req, load, a, o);
}

static json_t *row(const struct page *p, const struct cash_row *r)
{
    int64_t difference = cash_difference(r);

    return json_pack("{s:s, s:o, s:o, s:o, s:I, s:o}", "label", cash_label(p->mem, p->language, r), "came",
                     present_money(r->came), "went", present_money(r->went), "net",
                     present_money(money(r->came.cents - r->went.cents)), "count", (json_int_t)r->count, "difference",
                     difference ? present_money(money(difference)) : json_false());
}

void office_cash(struct http_request *req)
{
    char from[DAY_TEXT], to[DAY_TEXT];
    struct asking a;
    struct office o;
    struct page *p = &o.page;
    json_t *till, *whose;

    if (!open(req, &a, &o))
        return;
    till = json_array();
    whose = json_array();
    for (size_t i = 0; i < a.cash.count; i++)
        json_array_append_new(cash_is_till(&a.cash.rows[i]) ? till : whose, row(p, &a.cash.rows[i]));
    page_set(p, "any_till", json_boolean(json_array_size(till) > 0));
    page_set(p, "any_whose", json_boolean(json_array_size(whose) > 0));
    page_set(p, "till", till);
    page_set(p, "whose", whose);
    page_set(p, "came", present_money(a.cash.came));
    page_set(p, "went", present_money(a.cash.went));
    page_set(p, "agrees", json_boolean(a.cash.agrees));
    page_set(p, "missing", a.cash.missing.cents ? present_money(a.cash.missing) : json_false());
    page_set(p, "from", json_string(day_iso(a.from, from)));
    page_set(p, "to", json_string(day_iso(a.to, to)));
    page_set(p, "csv_url", json_sprintf("/office/denaro/cassa.csv?dal=%s&al=%s&marchio=%s", from, to, a.brand));
    office_put_brands(&o, a.brand);
    office_show(&o, 200, "cash", N_("Cassa"));
}

void office_cash_csv(struct http_request *req)
{
    struct text_buffer out = text_buffer(req->mem);
    char from[DAY_TEXT], to[DAY_TEXT];
    struct asking a;
    struct office o;

    if (!open(req, &a, &o))
        return;
    text_put(&out, CSV_MARK);
    cash_csv(&a.cash, o.page.language, &out);
    http_attachment(req, "cassa-%s-%s.csv", day_iso(a.from, from), day_iso(a.to, to));
    http_reply_kept(req, 200, "text/csv; charset=utf-8", out.bytes, out.length);
}
