/* web/portal_area.c: GET /caselle, /caselle/{address} (R13, R14, R116). */

#include "base/i18n.h"
#include "shop/autorenew.h"
#include "shop/extra_space.h"
#include "shop/holder_change.h"
#include "shop/notice.h"
#include "shop/plan_change.h"
#include "shop/present.h"
#include "shop/terminate.h"
#include "web/box.h"
#include "web/portal.h"
#include "web/purchase_page.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 20

struct search {
    const char *query; /* as typed */
};
static const struct view_field SEARCH[] = {VIEW_TEXT(struct search, query, "query"), VIEW_END};

struct area {
    struct search typed, *search; /* search NULL: no need of one */
    struct mailbox_page page;
    struct boxed *boxes;
    size_t count;
    bool more;
    int64_t total, attention;
    bool one_only, attention_one, attention_here, found_none; /* here: of this page alone */
    const char *first_url, *more_url;                         /* NULL: no such page */
    struct drafts drafts;                                     /* on the first page */
    struct holder_change *takings; /* likewise: mailboxes that are to become this account's */
    size_t taking_count;
};
static const struct view_field AREA[] = {
    VIEW_LIST(struct area, boxes, count, "mailboxes", BOX),
    VIEW_INT64(struct area, total, "total"),
    VIEW_BOOL(struct area, one_only, "one_only"),
    VIEW_INT64(struct area, attention, "attention"),
    VIEW_BOOL(struct area, attention_here, "attention_here"),
    VIEW_BOOL(struct area, attention_one, "attention_one"),
    VIEW_POINTER(struct area, search, "search", SEARCH),
    VIEW_BOOL(struct area, found_none, "found_none"),
    VIEW_TEXT(struct area, first_url, "first_url"),
    VIEW_TEXT(struct area, more_url, "more_url"),
    VIEW_END,
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
    if (order_is_bulk(&b->open_order)) { /* of the Ordine, who pays it */
        b->open_order = (struct order){0};
        return DONE;
    }
    TRY(order_facts_load(tx, p->mem, p->shop->brands, &b->open_order, &facts));
    b->pay_by = order_pay_by(&facts);
    return DONE;
}

#define TAKINGS_SHOWN 10

static enum outcome load_first(struct db_tx *tx, struct page *p, struct area *a)
{
    TRY(drafts_load(tx, p, &a->drafts));
    if (!p->visitor.who.account_id || !p->brand->holder_change.on)
        return DONE;
    return holder_changes_of_account(tx, p->mem, p->visitor.who.account_id, TAKINGS_SHOWN, &a->takings,
                                     &a->taking_count);
}

static void show_takings(struct page *p, const struct area *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->taking_count; i++)
        json_array_append_new(list, present_holder_change(p->mem, p->language, &a->takings[i]));
    page_set(p, "has_takings", json_boolean(a->taking_count));
    page_set(p, "takings", list);
}

static enum outcome load_area(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct area *a = arg;
    struct mailbox *mailboxes;
    struct cart_line *cart = NULL;
    size_t cart_size = 0;

    (void)why;
    if (!a->page.after_id && !a->page.search[0])
        TRY(load_first(tx, p, a));
    TRY(mailboxes_seen_by(tx, p->mem, p->visitor.who, &a->page, &mailboxes, &a->count));
    a->total = (int64_t)a->count; /* where all are on this page */
    if (a->count > PAGE_SIZE || a->page.after_day.n != INT32_MIN || a->page.search[0])
        TRY(mailboxes_count(tx, p->visitor.who, &a->total));
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
    const char *q = a->typed.query[0] ? present_path(p->mem, a->typed.query) : NULL;

    if (!after)
        return talloc_asprintf(p->mem, "%s/caselle%s%s", p->base, q ? "?q=" : "", q ? q : "");
    return talloc_asprintf(p->mem, "%s/caselle?%s%s%sdopo=%d.%" PRId64, p->base, q ? "q=" : "", q ? q : "",
                           q ? "&" : "", after->term.ends_on.n, after->id);
}

#define BOUNCED_SHOWN 3

/* The holders' addresses, on this page, from which our mails come back; each once. */
static json_t *bounced_data(struct page *p, const struct boxed *boxes, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count && json_array_size(list) < BOUNCED_SHOWN; i++) {
        const struct mailbox *m = &boxes[i].mailbox;
        bool again = false;

        for (size_t j = 0; j < i; j++)
            again |= strcmp(boxes[j].mailbox.holder.email, m->holder.email) == 0;
        if (m->contact_bounced && !again)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "email", m->holder.email, "mailbox", m->address,
                                                  "path", present_path(p->mem, m->address)));
    }
    return list;
}

void portal_area(struct http_request *req)
{
    const char *typed = form_value(&req->query, "q");
    struct area a = {.typed.query = "", .page = {.after_day = {INT32_MIN}, .limit = PAGE_SIZE + 1}};
    struct page p;

    if (typed && strlen(typed) <= 100 && text_is_plain(typed, strlen(typed)))
        a.typed.query = text_lower(req->mem, text_trim(req->mem, typed));
    a.page.search = a.typed.query[0] ? text_like(req->mem, a.typed.query) : "";
    read_place(req, &a.page);
    if (!page_open(req, PAGE_SIGNED_IN, load_area, &a, &p))
        return;
    for (size_t i = 0; i < a.count; i++) {
        box_look(&p, &a.boxes[i]);
        a.attention += box_needs_attention(&p, &a.boxes[i].mailbox);
    }
    a.search = a.total > PAGE_SIZE || a.typed.query[0] ? &a.typed : NULL;
    a.found_none = a.count == 0 && a.typed.query[0];
    a.one_only = a.total == 1;
    a.total = a.found_none ? 0 : a.total;
    a.attention_one = a.attention == 1;
    a.attention_here = a.more || a.page.after_id;
    a.first_url = a.page.after_id ? area_url(&p, &a, NULL) : NULL;
    a.more_url = a.more ? area_url(&p, &a, &a.boxes[a.count - 1].mailbox) : NULL;
    drafts_show(&p, &a.drafts);
    show_takings(&p, &a);
    page_set(&p, "bounced", bounced_data(&p, a.boxes, a.count));
    page_set_view(&p, AREA, &a);
    page_show(&p, 200, "area", N_("Le mie caselle"));
}

/* ---- One mailbox ---- */

#define ORDERS_SHOWN  20
#define NOTICES_SHOWN 12

struct one {
    struct box_page shown;
    struct order_facts *orders;
    size_t order_count;
    struct notice *notices;
    size_t notice_count;
    bool more_space;
    const char *space_order;       /* NULL: none waits */
    struct plan_change_row change; /* id 0: none waits for the mail host, or for room */
    struct termination given;      /* mailbox_id 0: nobody gave it up */
    struct autorenew_facts renews; /* where it renews itself */
};

static enum outcome load_space(struct db_tx *tx, struct page *p, struct one *one)
{
    struct problem why = {0};
    enum outcome o = space_possible(tx, p->mem, p->brand, &one->shown.box.mailbox, p->today, &why);

    one->more_space = o == DONE;
    if (o == REFUSED && why.code == PROBLEM_OPEN_ORDER && one->shown.box.mailbox.space_order_id)
        one->space_order = talloc_strdup(p->mem, why.detail);
    return o == REFUSED ? DONE : o;
}

static enum outcome load_change(struct db_tx *tx, struct page *p, struct one *one)
{
    enum outcome o = plan_change_open(tx, p->mem, one->shown.box.mailbox.id, &one->change);

    if (o == REFUSED)
        one->change = (struct plan_change_row){0};
    return o == REFUSED ? DONE : o;
}

static enum outcome load_termination(struct db_tx *tx, struct page *p, struct one *one)
{
    enum outcome o = termination_get(tx, p->mem, one->shown.box.mailbox.id, &one->given);

    return o == REFUSED ? DONE : o;
}

/* Until when it works, where it was given up and still lives. */
static json_t *given_data(const struct one *one)
{
    bool lives = strcmp(one->shown.box.mailbox.status, mailbox_status_name(MAILBOX_LIVE)) == 0;

    return lives && one->given.mailbox_id ? present_day(one->given.stops_on) : json_false();
}

/* Whether it renews itself, and how that goes; false where nothing does. */
static json_t *autorenew_data(const struct page *p, const struct one *one)
{
    const struct mailbox *m = &one->shown.box.mailbox;
    enum mandate_state state = one->renews.known ? one->renews.mandate.state : MANDATE_ON;

    if (!m->auto_renew && autorenew_possible(p->brand, m, NULL) != DONE)
        return json_false();
    return json_pack("{s:b, s:s}", "on", m->auto_renew, "label",
                     page_text(p, mandate_state_label(m->auto_renew ? state : MANDATE_OFF)));
}

/* A smaller plan that was paid and waits for room: what to do about it. False: none does. */
static json_t *held_change_data(const struct page *p, const struct one *one)
{
    const struct plan_change_row *r = &one->change;
    const struct brand_plan *plan = r->id ? brand_plan_by_id(p->brand, r->new_plan) : NULL;
    char used[SPACE_TEXT], archive[SPACE_TEXT];

    if (!r->id || strcmp(r->state, plan_change_state_name(CHANGE_HELD)) != 0)
        return json_false();
    return json_pack("{s:s, s:o, s:o, s:o}", "plan", plan ? plan->name : r->new_plan, "mailbox",
                     r->used_mb > r->quota_mb ? json_string(space_text(r->used_mb, r->quota_mb, used)) : json_false(),
                     "archive",
                     r->archive_mb && r->used_archive_mb > r->archive_mb
                         ? json_string(space_text(r->used_archive_mb, r->archive_mb, archive))
                         : json_false(),
                     "asked_on", present_day(r->asked_on));
}

static enum outcome load_mailbox(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct one *one = arg;
    struct cart_line *cart;
    struct order *orders;
    size_t cart_size;
    enum outcome o =
        mailbox_by_address(tx, p->mem, text_lower(p->mem, http_parameter(p->req, "address")), &one->shown.box.mailbox);

    if (o == REFUSED || (o == DONE && !principal_sees(p->visitor.who, &one->shown.box.mailbox)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    TRY(o);
    TRY(cart_lines(tx, p->mem, p->owner, &cart, &cart_size));
    TRY(load_boxed(tx, p, &one->shown.box, cart, cart_size));
    TRY(load_space(tx, p, one));
    TRY(load_change(tx, p, one));
    TRY(load_termination(tx, p, one));
    if (one->shown.box.mailbox.auto_renew)
        TRY(autorenew_facts_load(tx, p->mem, p->brand, &one->shown.box.mailbox, &one->renews));
    TRY(notices_of_mailbox(tx, p->mem, one->shown.box.mailbox.id, NOTICES_SHOWN, &one->notices, &one->notice_count));
    TRY(orders_of_mailbox(tx, p->mem, one->shown.box.mailbox.id, ORDERS_SHOWN, &orders, &one->order_count));
    one->orders = talloc_zero_array(p->mem, struct order_facts, (unsigned)one->order_count + 1);
    for (size_t i = 0; i < one->order_count; i++) {
        struct order_facts *f = &one->orders[i];

        TRY(order_facts_load(tx, p->mem, p->shop->brands, &orders[i], f));
        if (order_is_bulk(&orders[i])) /* of the Ordine: what it says of this mailbox, and nothing else */
            TRY(order_lines_of(tx, p->mem, orders[i].id, one->shown.box.mailbox.id, &f->lines, &f->line_count));
    }
    return DONE;
}

/* The renewals that took effect, newest first. */
static json_t *history_data(const struct one *one)
{
    json_t *list = json_array();

    for (size_t i = 0; i < one->order_count; i++) {
        const struct order_facts *f = &one->orders[i];

        for (size_t j = 0; f->order.state == ORDER_FULFILLED && j < f->line_count; j++)
            if (f->lines[j].mailbox_id == one->shown.box.mailbox.id && f->lines[j].years)
                json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "on", present_day(f->order.settled_on), "what",
                                                      f->lines[j].description, "new_expires_on",
                                                      present_day(f->lines[j].new_expires_on)));
    }
    return list;
}

void portal_mailbox(struct http_request *req)
{
    struct one one = {0};
    const struct mailbox *m = &one.shown.box.mailbox;
    struct renewal_policy policy;
    json_t *orders;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_mailbox, &one, &p))
        return;
    box_look(&p, &one.shown.box);
    policy = brand_renewal(p.brand, m->domain[0]);
    orders = json_array();
    for (size_t i = 0; i < one.order_count; i++)
        if (!order_is_bulk(&one.orders[i].order))
            json_array_append_new(orders, present_order_row(p.mem, &one.orders[i]));
    page_set(&p, "user_id", m->user_id[0] ? json_string(m->user_id) : json_false());
    page_set(&p, "autorenew", autorenew_data(&p, &one));
    page_set(&p, "given_until", given_data(&one));
    page_set(&p, "held_change", held_change_data(&p, &one));
    page_set(&p, "more_space", json_boolean(one.more_space));
    page_set(&p, "space_order", one.space_order ? json_string(one.space_order) : json_false());
    page_set(&p, "holder_change",
             json_boolean(p.brand->holder_change.on && !m->convention[0] && !m->domain[0] &&
                          strcmp(m->status, mailbox_status_name(MAILBOX_LIVE)) == 0));
    page_set(&p, "contact_email", json_string(m->holder.email));
    page_set(&p, "bounced", bounced_data(&p, &one.shown.box, 1));
    if (form_value(&req->query, "recapito"))
        page_set(&p, "flash", json_string(page_text(&p, N_("E-mail di riferimento salvata."))));
    page_set(&p, "activated_on", present_day(m->activated_on));
    page_set(&p, "allows",
             json_pack("{s:o, s:o, s:o, s:o, s:o}", "send_until", present_day(m->allowed.send_until), "receive_until",
                       present_day(m->allowed.receive_until), "read_until", present_day(m->allowed.read_until),
                       "renew_from", present_day(renewal_window(m->term.ends_on, &policy).opens_on), "renew_until",
                       present_day(m->allowed.renew_until)));
    page_set(&p, "history", history_data(&one));
    page_set(&p, "has_notices", json_boolean(one.notice_count > 0));
    page_set(&p, "notices", notices_present(one.notices, one.notice_count, p.language));
    page_set(&p, "orders", orders);
    page_set_view(&p, BOX_PAGE, &one.shown);
    page_show(&p, 200, "mailbox", m->address);
}
