/* web/portal_offers.c: GET /servizi (R41), /servizi/pec (R42, R43, P43): what may be bought, with features and prices.
 */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/request.h"
#include "web/portal.h"
#include "web/purchase_page.h"

/* ---- By category ---- */

/* The price a year of the cheapest plan, as a customer pays it. */
static json_t *lowest(const struct offer *offers, size_t count)
{
    struct money least = offers[0].year[0].total.gross;

    for (size_t i = 1; i < count; i++)
        if (offers[i].year[0].total.gross.cents < least.cents)
            least = offers[i].year[0].total.gross;
    return present_money(least);
}

void portal_services(struct http_request *req)
{
    json_t *categories, *box;
    struct offer *offers;
    size_t count;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    categories = json_array();
    purchase_catalogue(p.mem, p.brand, p.today, &offers, &count);
    if (p.brand->purchase.on) {
        box = json_pack(
            "{s:s, s:o, s:s, s:o}", "name", purchase_product(p.brand), "text",
            json_sprintf(page_text(&p, N_("Posta elettronica certificata, con indirizzi che finiscono per @%s.")),
                         p.brand->domain),
            "path", "/servizi/pec", "from", count ? lowest(offers, count) : json_false());
        json_array_append_new(categories, json_pack("{s:s, s:[o]}", "name",
                                                    p.brand->purchase.category ? p.brand->purchase.category
                                                                               : page_text(&p, N_("Caselle PEC")),
                                                    "boxes", box));
    }
    page_set(&p, "categories", categories);
    page_show(&p, 200, "services", N_("Servizi"));
}

/* ---- The types of mailbox ---- */

static json_t *price(const struct purchase_quote *quote)
{
    return json_pack("{s:I, s:o, s:o}", "years", (json_int_t)quote->years, "net", present_money(quote->total.net),
                     "gross", present_money(quote->total.gross));
}

static json_t *promotion(const struct brand_plan *plan, struct day today)
{
    struct brand_sale sale = brand_sale_on(plan, today);

    if (!plan->note && !sale.max_years && !day_is_known(sale.sold_until))
        return json_false();
    return json_pack("{s:o, s:o, s:o, s:b}", "note", plan->note ? json_string(plan->note) : json_false(), "until",
                     present_day(sale.sold_until), "max_years",
                     sale.max_years ? json_integer(sale.max_years) : json_false(), "one_year", sale.max_years == 1);
}

static json_t *offer_data(const struct offer *offer, struct day today)
{
    const struct brand_plan *plan = offer->plan;
    json_t *features = json_array(), *others = json_array();

    for (const char **feature = plan->features; feature && *feature; feature++)
        json_array_append_new(features, json_string(*feature));
    for (size_t i = 1; i < offer->year_count; i++)
        json_array_append_new(others, price(&offer->year[i]));
    return json_pack("{s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:b, s:o}", "id", plan->id, "name", plan->name, "mailbox_gb",
                     plan->mailbox_gb, "archive_gb", plan->archive_gb, "features", features, "year",
                     price(&offer->year[0]), "others", others, "has_others", offer->year_count > 1, "promotion",
                     promotion(plan, today));
}

void offers_show(struct page *p, int status, bool gone)
{
    json_t *list = json_array();
    struct offer *offers;
    size_t count;

    purchase_catalogue(p->mem, p->brand, p->today, &offers, &count);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, offer_data(&offers[i], p->today));
    page_set(p, "offers", list);
    page_set(p, "product", json_string(purchase_product(p->brand)));
    page_set(p, "domain", json_string(p->brand->domain));
    page_set(p, "vat_rate", count ? present_vat_rate(offers[0].year[0].total.vat_rate_bp) : json_false());
    page_set(p, "gone", json_boolean(gone && count));
    page_set(p, "lists", json_boolean(p->signed_in));
    page_show(p, status, "offers", purchase_product(p->brand));
}

void portal_offers(struct http_request *req)
{
    struct page p;

    if (page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        offers_show(&p, 200, false);
}
