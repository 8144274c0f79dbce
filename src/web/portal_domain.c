/* web/portal_domain.c: GET and POST /domini/{name}: a domain of the customer's own and its mailboxes; all of them are
 * renewed at once (R145, P44). */

#include "base/i18n.h"
#include "base/text.h"
#include "shop/domain_offer.h"
#include "shop/present.h"
#include "web/page.h"
#include "web/portal.h"
#include <talloc.h>

struct domain_form {
    int64_t years;
};
static const struct form_field CHOICE[] = {FORM_INT(struct domain_form, years, "years", .min = 1, .max = QUOTE_OPTIONS),
                                           FORM_END};

struct domain_page {
    struct page *p;
    const char *name;
    struct domain_offer offer;
    struct domain_form form;
    struct problem why;
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct domain_page *d = arg;

    d->p = p;
    d->name = text_lower(p->mem, http_parameter(p->req, "name"));
    return domain_offer(tx, p->mem, p->brand, p->visitor.who, d->name, &d->offer, why);
}

/* ---- Showing ---- */

/* Those of others are counted, and not named. */
static json_t *mailboxes_data(const struct domain_page *d)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->offer.count; i++) {
        const struct mailbox *m = &d->offer.mailboxes[i];

        if (principal_sees(d->p->visitor.who, m))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "address", m->address, "path",
                                                  present_path(d->p->mem, m->address), "holder", m->holder.name));
    }
    return list;
}

static json_t *terms_data(const struct domain_page *d, size_t chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->offer.term_count; i++) {
        const struct domain_term *t = &d->offer.terms[i];

        json_array_append_new(
            list, json_pack("{s:I, s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "years", (json_int_t)t->years, "one",
                            t->years == 1, "checked", i == chosen, "net", present_money(t->total.net), "vat",
                            present_money(t->total.vat), "vat_rate", present_vat_rate(t->total.vat_rate_bp), "gross",
                            present_money(t->total.gross), "new_expires_on", present_day(t->ends_on)));
    }
    return list;
}

static void show(struct page *p, const struct domain_page *d, int status, const struct problems *faults)
{
    const struct domain_offer *offer = &d->offer;
    bool open = offer->why.code == PROBLEM_OPEN_ORDER;
    size_t chosen = 0;
    json_t *terms;

    for (size_t i = 0; i < offer->term_count; i++)
        if (offer->terms[i].years == d->form.years)
            chosen = i;
    terms = terms_data(d, chosen);
    page_fields(p, CHOICE, NULL, faults);
    page_set(p, "domain",
             json_pack("{s:s, s:s, s:o, s:I, s:b, s:I, s:b}", "name", d->name, "path", present_path(p->mem, d->name),
                       "expires_on", present_day(offer->domain.expires_on), "mailboxes", (json_int_t)offer->count,
                       "one", offer->count == 1, "others", (json_int_t)(offer->count - offer->seen), "shared",
                       offer->count > offer->seen));
    page_set(p, "mailboxes", mailboxes_data(d));
    page_set(p, "may", json_boolean(offer->term_count > 0));
    page_set(p, "open_order", open ? json_string(offer->why.detail) : json_false());
    page_set(p, "refusal",
             offer->term_count || open ? json_false() : json_string(problem_text(p->mem, p->language, &offer->why)));
    page_set(p, "chosen", offer->term_count ? json_incref(json_array_get(terms, chosen)) : json_false());
    page_set(p, "terms", terms);
    page_show(p, status, "domain", d->name);
}

void portal_domain(struct http_request *req)
{
    struct domain_page d = {0};
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &d, &p))
        show(&p, &d, 200, NULL);
}

/* ---- Choosing ---- */

static enum outcome choose(struct db_tx *tx, void *arg)
{
    struct domain_page *d = arg;

    return domain_choose(tx, d->p->mem, d->p->brand, d->p->visitor.who, d->name, d->form.years, &d->why);
}

void portal_domain_sent(struct http_request *req)
{
    struct problems faults = {0};
    struct domain_page d = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &d, &p))
        return;
    o = page_form(&p, CHOICE, &d.form, &faults);
    if (d.offer.why.code != PROBLEM_NONE) {
        page_problem(&p, &d.offer.why);
        return;
    }
    if (o == DONE) {
        o = db_transaction(p.shop->db, "domain.choose", choose, &d);
        if (o == REFUSED)
            problems_put(&faults, &d.why);
    }
    if (o == DONE)
        page_go(&p, "/carrello");
    else if (o == REFUSED)
        show(&p, &d, 422, &faults);
    else
        page_failed(&p, o, &d.why);
}
