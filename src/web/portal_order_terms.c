/* web/portal_order_terms.c: GET /ordini/{code}/condizioni, and at the desk /office/ordini/{code}/condizioni: the
 * conditions that an order accepted, in the words of then (L14). */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/wording.h"
#include "web/office.h"
#include "web/order_read.h"
#include "web/portal.h"
#include <string.h>
#include <talloc.h>

struct accepted {
    struct order order;
    struct brand_terms terms;
};

static enum outcome load_terms(struct db_tx *tx, void *mem, const struct brand *b, struct accepted *a,
                               struct problem *why)
{
    enum outcome o = wording_accepted(tx, mem, b, "terms", a->order.terms_version, a->order.terms_sha256, &a->terms);

    return o == REFUSED ? problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "") : o;
}

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct accepted *a = arg;
    struct order_facts facts;

    TRY(order_read(tx, p, &facts, why));
    a->order = facts.order;
    return load_terms(tx, p->mem, p->brand, a, why);
}

static void put(struct page *p, const struct accepted *a)
{
    page_set(p, "terms", page_terms(p, &a->terms));
    page_set(p, "accepted",
             json_pack("{s:s, s:o}", "code", a->order.code, "on", present_day(rome_day(a->order.confirmed_at))));
}

void portal_order_terms(struct http_request *req)
{
    struct accepted a;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &a, &p))
        return;
    put(&p, &a);
    page_show(&p, 200, "terms", N_("Condizioni del servizio"));
}

static enum outcome load_at_desk(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct accepted *a = arg;
    enum outcome found = order_by_code(tx, o->page.mem, http_parameter(o->page.req, "code"), &a->order);

    if (found == REFUSED || (found == DONE && !operator_sees(&o->operator, a->order.brand)))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(found);
    return load_terms(tx, o->page.mem, brand_by_id(o->page.shop->brands, a->order.brand), a, why);
}

void office_order_terms(struct http_request *req)
{
    struct accepted a;
    struct office o;

    if (!office_open(req, load_at_desk, &a, &o))
        return;
    put(&o.page, &a);
    office_show(&o, 200, "terms", N_("Condizioni accettate"));
}
