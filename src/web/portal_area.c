/* web/portal_area.c: GET /caselle, /caselle/{address} (R13, R14, R116). */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/box.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 20

struct area {
    const char *query; /* as typed */
    struct mailbox_page page;
    struct boxed *boxes;
    size_t count;
    bool more;
    int64_t total;
};

static enum outcome load_boxed(struct db_tx *tx, struct page *p, struct boxed *b, const struct cart_line *cart,
                               size_t cart_count)
{
    for (size_t i = 0; i < cart_count; i++)
        b->in_cart |= cart[i].mailbox_id == b->mailbox.id;
    if (!b->mailbox.open_order_id)
        return DONE;

    struct order_facts facts;
    TRY(order_by_id(tx, p->mem, b->mailbox.open_order_id, &b->open_order));
    TRY(order_facts_load(tx, p->mem, p->shop->brands, &b->open_order, &facts));
    b->pay_by = order_pay_by(&facts);
    return DONE;
}

static enum outcome load_area(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct area *a = arg;
    struct mailbox *mailboxes;
    struct cart_line *cart = NULL;
    size_t cart_size = 0;

    (void)why;
    TRY(mailboxes_count(tx, p->visitor.who, &a->total));
    TRY(mailboxes_seen_by(tx, p->mem, p->visitor.who, &a->page, &mailboxes, &a->count));
    if (p->cart_count)
        TRY(cart_lines(tx, p->mem, p->owner, &cart, &cart_size));
    a->more = a->count > PAGE_SIZE;
    a->count = a->more ? PAGE_SIZE : a->count;
    a->boxes = talloc_zero_array(p->mem, struct boxed, (unsigned)a->count + 1);
    for (size_t i = 0; i < a->count; i++) {
        a->boxes[i].mailbox = mailboxes[i];
        TRY(load_boxed(tx, p, &a->boxes[i], cart, cart_size));
    }
    return DONE;
}

/* A piece of an address or a name, for LIKE: what has a meaning there is escaped. */
static char *like(void *mem, const char *query)
{
    struct text_buffer b = text_buffer(mem);

    text_put(&b, "%");
    for (const char *c = query; *c; c++) {
        if (*c == '%' || *c == '_' || *c == '!')
            text_put(&b, "!");
        text_put_bytes(&b, c, 1);
    }
    text_put(&b, "%");
    return b.bytes;
}

/* "?dopo=20528.17": the day and id after which the page begins. */
static void read_place(const struct http_request *req, struct mailbox_page *page)
{
    const char *after = form_value(&req->query, "dopo");
    char *rest;

    if (!after)
        return;
    page->after_day.n = (int32_t)strtol(after, &rest, 10);
    page->after_id = *rest == '.' ? strtoll(rest + 1, NULL, 10) : 0;
}

static char *area_url(struct page *p, const struct area *a, const struct mailbox *after)
{
    char *query = a->query[0] ? talloc_asprintf(p->mem, "q=%s&", present_path(p->mem, a->query)) : (char *)"";

    if (!after)
        return talloc_asprintf(p->mem, "%s/caselle%s%s", p->base, a->query[0] ? "?q=" : "",
                               a->query[0] ? present_path(p->mem, a->query) : "");
    return talloc_asprintf(p->mem, "%s/caselle?%sdopo=%d.%" PRId64, p->base, query, after->term.ends_on.n, after->id);
}

void portal_area(struct http_request *req)
{
    const char *typed = form_value(&req->query, "q");
    struct area a = {.query = "", .page = {.after_day = {INT32_MIN}, .limit = PAGE_SIZE + 1}};
    json_t *list;
    int attention = 0;
    struct page p;

    if (typed && strlen(typed) <= 100 && text_is_plain(typed, strlen(typed)))
        a.query = text_lower(req->mem, text_trim(req->mem, typed));
    a.page.search = a.query[0] ? like(req->mem, a.query) : "";
    read_place(req, &a.page);
    if (!page_open(req, PAGE_SIGNED_IN, load_area, &a, &p))
        return;
    list = json_array();
    for (size_t i = 0; i < a.count; i++) {
        json_array_append_new(list, box_data(&p, &a.boxes[i]));
        attention += box_needs_attention(&p, &a.boxes[i].mailbox);
    }
    bool found_none = a.count == 0 && a.query[0];
    page_set(&p, "mailboxes", list);
    page_set(&p, "total", a.total && !found_none ? json_integer(a.total) : json_false());
    page_set(&p, "one_only", json_boolean(a.total == 1));
    page_set(&p, "attention", attention ? json_integer(attention) : json_false());
    page_set(&p, "attention_one", json_boolean(attention == 1));
    page_set(&p, "search", a.total > PAGE_SIZE || a.query[0] ? json_pack("{s:s}", "query", a.query) : json_false());
    page_set(&p, "found_none", json_boolean(found_none));
    page_set(&p, "first_url", a.page.after_id ? json_string(area_url(&p, &a, NULL)) : json_false());
    page_set(&p, "more_url", a.more ? json_string(area_url(&p, &a, &a.boxes[a.count - 1].mailbox)) : json_false());
    page_show(&p, 200, "area", N_("Le mie caselle"));
}

/* ---- One mailbox ---- */

#define ORDERS_SHOWN 20

struct one {
    struct boxed boxed;
    struct order_facts *orders;
    size_t order_count;
};

static enum outcome load_mailbox(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct one *one = arg;
    struct cart_line *cart;
    struct order *orders;
    size_t cart_size;
    enum outcome o =
        mailbox_by_address(tx, p->mem, text_lower(p->mem, http_parameter(p->req, "address")), &one->boxed.mailbox);

    if (o == REFUSED || (o == DONE && !principal_sees(p->visitor.who, &one->boxed.mailbox)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    TRY(cart_lines(tx, p->mem, p->owner, &cart, &cart_size));
    TRY(load_boxed(tx, p, &one->boxed, cart, cart_size));
    TRY(orders_of_mailbox(tx, p->mem, one->boxed.mailbox.id, ORDERS_SHOWN, &orders, &one->order_count));
    one->orders = talloc_zero_array(p->mem, struct order_facts, (unsigned)one->order_count + 1);
    for (size_t i = 0; i < one->order_count; i++)
        TRY(order_facts_load(tx, p->mem, p->shop->brands, &orders[i], &one->orders[i]));
    return DONE;
}

/* The renewals that took effect, newest first. */
static json_t *history_data(const struct one *one)
{
    json_t *list = json_array();

    for (size_t i = 0; i < one->order_count; i++) {
        const struct order_facts *f = &one->orders[i];

        for (size_t j = 0; f->order.state == ORDER_FULFILLED && j < f->line_count; j++)
            if (f->lines[j].mailbox_id == one->boxed.mailbox.id && f->lines[j].years)
                json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "on", present_day(f->order.settled_on), "what",
                                                      f->lines[j].description, "new_expires_on",
                                                      present_day(f->lines[j].new_expires_on)));
    }
    return list;
}

void portal_mailbox(struct http_request *req)
{
    struct one one = {0};
    const struct mailbox *m = &one.boxed.mailbox;
    json_t *box, *orders;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_mailbox, &one, &p))
        return;
    box = box_data(&p, &one.boxed);
    orders = json_array();
    for (size_t i = 0; i < one.order_count; i++)
        json_array_append_new(orders, present_order_row(p.mem, &one.orders[i]));
    json_object_set_new(box, "user_id", m->user_id[0] ? json_string(m->user_id) : json_false());
    json_object_set_new(box, "contact_email", json_string(m->holder.email));
    json_object_set_new(box, "activated_on", present_day(m->activated_on));
    json_object_set_new(box, "allows",
                        json_pack("{s:o, s:o, s:o, s:o, s:o}", "send_until", present_day(m->allowed.send_until),
                                  "receive_until", present_day(m->allowed.receive_until), "read_until",
                                  present_day(m->allowed.read_until), "renew_from",
                                  present_day(renewal_window(m->term.ends_on, &p.brand->renewal).opens_on),
                                  "renew_until", present_day(m->allowed.renew_until)));
    json_object_set_new(box, "history", history_data(&one));
    json_object_set_new(box, "orders", orders);
    page_set(&p, "box", box);
    page_show(&p, 200, "mailbox", m->address);
}
