/* web/portal_order.c: GET /ordini, /ordini/{code} (R31-R33), its papers /bonifico.pdf, /bollettino.pdf and
 * /ricevuta.pdf; GET and POST /ordini/{code}/annulla (O9). */

#include "base/i18n.h"
#include "shop/bulk.h"
#include "shop/paper.h"
#include "shop/place_order.h"
#include "shop/present.h"
#include "shop/present_papers.h"
#include "web/order_read.h"
#include "web/portal.h"
#include "web/purchase_page.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum outcome order_seen_here(struct db_tx *tx, struct page *p, const struct order *order, bool *seen)
{
    TRY(order_seen_by(tx, order, p->visitor.who, seen));
    return *seen || !p->visitor.who.account_id ? DONE
                                               : bulk_seen_by(tx, p->mem, p->brand, order, p->visitor.email, seen);
}

enum outcome order_read(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct order_facts *facts = arg;
    struct order order;
    bool seen = false;
    enum outcome o = order_by_code(tx, p->mem, http_parameter(p->req, "code"), &order);

    if (o != DONE && o != REFUSED)
        return o;
    if (o == DONE)
        TRY(order_seen_here(tx, p, &order, &seen));
    if (!seen || strcmp(order.brand, p->brand->id) != 0)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return order_facts_load(tx, p->mem, p->shop->brands, &order, facts);
}

enum outcome order_read_money(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct order_read *r = arg;
    struct problem no;
    enum outcome o;

    r->papers = (struct papers){0};
    TRY(order_read(tx, p, &r->facts, why));
    if (order_is_purchase(&r->facts.order))
        TRY(papers_load(tx, p->mem, r->facts.order.id, &r->papers));
    o = withdraw_look(tx, p->mem, p->shop->brands, &r->facts.order, &r->withdrawal, &no);
    r->withdrawable = o == DONE;
    if (o != DONE && o != REFUSED)
        return o;
    return order_money_load(tx, p->mem, &r->facts, &r->money);
}

char *order_title(const struct page *p, const struct order *order)
{
    return talloc_asprintf(p->mem, page_text(p, N_("Ordine %s")), order->code);
}

char *order_path(const struct page *p, const struct order *order)
{
    return talloc_asprintf(p->mem, "/ordini/%s", order->code);
}

/* Of a purchase: the address that was asked for, or the one that was assigned. */
static json_t *wanted_data(const struct page *p, const struct order_facts *f)
{
    const struct request *r = f->request;
    bool assigned = r && r->mailbox_id;
    json_t *others;

    if (!r || !f->line_count)
        return json_false();
    others = assigned ? json_array() : others_data(p, r);
    return json_pack("{s:s, s:b, s:b, s:o, s:s}", "address", f->lines[0].address, "assigned", assigned, "has_others",
                     (int)json_array_size(others), "others", others, "holder", r->holder.name);
}

void portal_order(struct http_request *req)
{
    struct order_read r;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, order_read_money, &r, &p))
        return;
    json_object_update_missing_new(p.data, present_order(p.mem, &r.facts, p.language, true));
    present_order_money(p.mem, &r.facts, &r.money, p.language, p.data);
    page_set(&p, "papers",
             r.facts.order.state == ORDER_IN_PROCESS && r.papers.request.id
                 ? present_papers(p.brand, &r.papers, p.language)
                 : json_false());
    page_set(&p, "is_account", json_boolean(p.visitor.who.account_id != 0));
    page_set(&p, "turned_back", json_boolean(form_value(&req->query, "annullato") != NULL));
    page_set(&p, "withdrawal",
             r.withdrawable ? present_withdrawal(p.mem, &r.facts.order, &r.withdrawal) : json_false());
    page_set(&p, "from_checkout", json_boolean(form_value(&req->query, "nuovo") && !order_is_topup(&r.facts.order)));
    page_set(&p, "by_sheet",
             json_boolean(form_value(&req->query, "nuovo") && p.brand->lookup.on && !order_is_topup(&r.facts.order) &&
                          !order_is_purchase(&r.facts.order)));
    page_set(&p, "wanted", wanted_data(&p, &r.facts));
    if (order_is_purchase(&r.facts.order))
        purchase_steps(&p, "confirmed", r.facts.request);
    else
        page_steps(&p, "confirmed");
    page_show(&p, 200, "order", order_title(&p, &r.facts.order));
}

/* ---- Papers ---- */

static void send_pdf(struct page *p, const char *stem, const char *code, enum outcome drawn, const void *bytes,
                     size_t length)
{
    if (drawn != DONE) {
        page_failed(p, drawn, NULL);
        return;
    }
    http_inline(p->req, "%s-%s.pdf", stem, code);
    http_reply(p->req, 200, "application/pdf", bytes, length);
}

/* Each paper is of a way to pay, and as long as the order waits for that. */
static bool waits_for(const struct order_facts *f, enum payment_method method)
{
    return f->order.state == ORDER_CONFIRMED && strcmp(f->order.payment_method, payment_method_name(method)) == 0;
}

void portal_order_pdf(struct http_request *req)
{
    struct order_facts facts;
    enum outcome o;
    void *bytes;
    size_t length;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, order_read, &facts, &p))
        return;
    if (!waits_for(&facts, METHOD_BANK_TRANSFER)) {
        page_problem(&p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    o = transfer_pdf(p.mem, transfer_paper_of(p.mem, &facts), &bytes, &length);
    send_pdf(&p, "bonifico", facts.order.code, o, bytes, length);
}

void portal_order_slip(struct http_request *req)
{
    struct order_facts facts;
    enum outcome o;
    void *bytes;
    size_t length;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, order_read, &facts, &p))
        return;
    if (!waits_for(&facts, METHOD_POSTAL_SLIP) || !p.brand->payment.slip.type) {
        page_problem(&p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    o = slip_pdf(p.mem, slip_paper_of(p.mem, &facts), &bytes, &length);
    send_pdf(&p, "bollettino", facts.order.code, o, bytes, length);
}

void portal_order_receipt(struct http_request *req)
{
    struct order_facts facts;
    enum outcome o;
    void *bytes;
    size_t length;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, order_read, &facts, &p))
        return;
    if (!order_is_topup(&facts.order) || facts.order.state != ORDER_FULFILLED) {
        page_problem(&p, &(struct problem){.code = PROBLEM_NOT_FOUND});
        return;
    }
    o = receipt_pdf(p.mem, receipt_paper_of(p.mem, &facts), &bytes, &length);
    send_pdf(&p, "ricevuta", facts.order.code, o, bytes, length);
}

/* ---- Cancelling ---- */

void portal_cancel(struct http_request *req)
{
    struct order_facts facts;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, order_read, &facts, &p))
        return;
    if (facts.order.state != ORDER_CONFIRMED) { /* the back button, after it was done */
        page_go(&p, order_path(&p, &facts.order));
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

    if (!page_open(req, PAGE_SIGNED_IN, order_read, &facts, &p))
        return;
    c = (struct cancelling){.p = &p, .code = facts.order.code};
    /* A second click finds it cancelled, which is what was wanted. */
    o = facts.order.state == ORDER_CANCELLED ? DONE : db_transaction(p.shop->db, "order.cancel", cancel, &c);
    if (o != DONE)
        page_failed(&p, o, &c.why);
    else
        page_go(&p, order_path(&p, &facts.order));
}

/* ---- The list ---- */

#define PAGE_SIZE 20

struct list {
    int64_t before;
    struct drafts drafts; /* on the first page */
    struct order_facts *facts;
    size_t count;
    bool more;
};

static enum outcome load_list(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct list *l = arg;
    struct order *orders;

    (void)why;
    if (!l->before)
        TRY(drafts_load(tx, p, &l->drafts));
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
    drafts_show(&p, &l.drafts);
    if (form_value(&req->query, "salvata") && l.drafts.count)
        page_set(&p, "flash", json_string(page_text(&p, N_("Richiesta salvata: si riprende da qui."))));
    page_set(&p, "first_url", l.before ? json_sprintf("%s/ordini", p.base) : json_false());
    page_set(&p, "more_url",
             l.more ? json_sprintf("%s/ordini?prima=%" PRId64, p.base, l.facts[l.count - 1].order.id) : json_false());
    page_show(&p, 200, "orders", N_("Ordini"));
}
