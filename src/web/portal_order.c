/* web/portal_order.c: GET /ordini, /ordini/{code} (R31-R33), /ordini/{code}/bonifico.pdf; GET and POST
 * /ordini/{code}/annulla (O9). */

#include "base/i18n.h"
#include "shop/paper.h"
#include "shop/place_order.h"
#include "shop/present.h"
#include "web/page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* Somebody else's order reads like one that does not exist. */
static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct order_facts *facts = arg;
    struct order order;
    bool seen = false;
    enum outcome o = order_by_code(tx, p->mem, http_parameter(p->req, "code"), &order);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == DONE)
        TRY(order_seen_by(tx, &order, p->visitor.who, &seen));
    if (!seen || strcmp(order.brand, p->brand->id) != 0)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return order_facts_load(tx, p->mem, p->shop->brands, &order, facts);
}

static char *order_title(struct page *p, const struct order_facts *facts)
{
    return talloc_asprintf(p->mem, page_text(p, N_("Ordine %s")), facts->order.code);
}

void portal_order(struct http_request *req)
{
    struct order_facts facts;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &facts, &p))
        return;
    json_object_update_missing_new(p.data, present_order(p.mem, &facts, p.language, true));
    page_set(&p, "from_checkout", json_boolean(form_value(&req->query, "nuovo") != NULL));
    page_steps(&p, "confirmed");
    page_show(&p, 200, "order", order_title(&p, &facts));
}

void portal_order_pdf(struct http_request *req)
{
    struct order_facts facts;
    void *bytes;
    size_t length;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &facts, &p))
        return;
    if (facts.order.state != ORDER_CONFIRMED) {
        page_problem(&p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    if (transfer_pdf(p.mem, transfer_paper_of(p.mem, &facts), &bytes, &length) != DONE) {
        page_failed(&p, BROKEN, NULL);
        return;
    }
    http_set_header(req, "Content-Disposition",
                    talloc_asprintf(p.mem, "inline; filename=\"bonifico-%s.pdf\"", facts.order.code));
    http_reply(req, 200, "application/pdf", bytes, length);
}

/* ---- Cancelling ---- */

void portal_cancel(struct http_request *req)
{
    struct order_facts facts;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &facts, &p))
        return;
    if (facts.order.state != ORDER_CONFIRMED) { /* the back button, after it was done */
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s", facts.order.code));
        return;
    }
    json_object_update_missing_new(p.data, present_order(p.mem, &facts, p.language, false));
    page_show(&p, 200, "order_cancel", N_("Annullare l'ordine?"));
}

struct cancelling {
    struct page *p;
    const char *code;
    struct problem why;
};

static enum outcome cancel(struct db_tx *tx, void *arg)
{
    struct cancelling *c = arg;

    return cancel_order(tx, c->p->mem, c->code, &c->p->actor, &c->why);
}

void portal_cancel_sent(struct http_request *req)
{
    struct order_facts facts;
    struct cancelling c = {0};
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &facts, &p))
        return;
    c = (struct cancelling){.p = &p, .code = facts.order.code};
    /* A second click finds it cancelled, which is what was wanted. */
    o = facts.order.state == ORDER_CANCELLED ? DONE : db_transaction(p.shop->db, "order.cancel", cancel, &c);
    if (o != DONE)
        page_failed(&p, o, &c.why);
    else
        page_go(&p, talloc_asprintf(p.mem, "/ordini/%s", facts.order.code));
}

/* ---- The list ---- */

#define PAGE_SIZE 20

struct list {
    int64_t before;
    struct order_facts *facts;
    size_t count;
    bool more;
};

static enum outcome load_list(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct list *l = arg;
    struct order *orders;

    (void)why;
    TRY(orders_seen_by(tx, p->mem, p->visitor.who, l->before, PAGE_SIZE + 1, &orders, &l->count));
    l->more = l->count > PAGE_SIZE;
    l->count = l->more ? PAGE_SIZE : l->count;
    l->facts = talloc_zero_array(p->mem, struct order_facts, (unsigned)l->count + 1);
    for (size_t i = 0; i < l->count; i++)
        TRY(order_facts_load(tx, p->mem, p->shop->brands, &orders[i], &l->facts[i]));
    return DONE;
}

void portal_orders(struct http_request *req)
{
    const char *before = form_value(&req->query, "prima");
    struct list l = {.before = before ? strtoll(before, NULL, 10) : 0};
    json_t *rows;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_list, &l, &p))
        return;
    rows = json_array();
    for (size_t i = 0; i < l.count; i++)
        json_array_append_new(rows, present_order_row(p.mem, &l.facts[i]));
    page_set(&p, "orders", rows);
    page_set(&p, "first_url", l.before ? json_sprintf("%s/ordini", p.base) : json_false());
    page_set(&p, "more_url",
             l.more ? json_sprintf("%s/ordini?prima=%" PRId64, p.base, l.facts[l.count - 1].order.id) : json_false());
    page_show(&p, 200, "orders", N_("Ordini"));
}
