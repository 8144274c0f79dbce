/* web/portal_convention.c: GET /convenzione and /convenzione/{id}: the members of an Ordine and when they expire; POST
 * …/scelte: the mailboxes of its next bulk order (act: due, add, remove, unfit); GET …/scadenze.csv: the same for a
 * spreadsheet (§3.8, L9). */

#include "base/csv.h"
#include "base/i18n.h"
#include "shop/present.h"
#include "web/convention_page.h"
#include "web/portal.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define MEMBERS_A_PAGE 50

/* ---- What all of its pages need ---- */

enum outcome convention_page_load(struct db_tx *tx, struct page *p, struct convention_page *cp, struct problem *why)
{
    cp->convention = p->visitor.who.account_id
                         ? convention_of_delegate(p->brand, p->visitor.email, http_parameter(p->req, "id"))
                         : NULL;
    if (!cp->convention)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    cp->owner = bulk_owner(p->mem, p->brand, cp->convention, p->visitor.who);
    TRY(bulk_count(tx, cp->owner, &cp->chosen));
    return convention_load(tx, p->brand, cp->convention, &cp->facts);
}

char *convention_page_path(const struct page *p, const struct convention_page *cp, const char *rest)
{
    return talloc_asprintf(p->mem, "/convenzione/%s%s", cp->convention->id, rest);
}

void convention_page_set(struct page *p, const struct convention_page *cp)
{
    const struct brand_convention *c = cp->convention;
    const struct convention_price *price = convention_price_on(c, p->today);

    page_set(p, "convention",
             json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:i, s:b, s:o, s:b, s:I, s:I, s:o, s:b, s:I}", "id", c->id,
                       "path", convention_page_path(p, cp, ""), "text", c->text, "body", c->body, "note",
                       c->note ? json_string(c->note) : json_false(), "plan", c->plan->name, "years", c->years,
                       "one_year", c->years == 1, "price", price ? present_money(price->term) : json_false(),
                       "body_pays", c->body_pays, "total", (json_int_t)cp->facts.mailboxes, "expiring",
                       (json_int_t)cp->facts.expiring, "ordered",
                       cp->facts.ordered ? json_integer((json_int_t)cp->facts.ordered) : json_false(), "orderable",
                       cp->facts.orderable > 0, "chosen", (json_int_t)cp->chosen));
}

/* ---- The members ---- */

struct members {
    struct convention_page cp;
    struct member_list list;
    const char *query;
    struct member_row *rows;
    size_t count;
    bool more;
};

static enum outcome load_members(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct members *m = arg;

    TRY(convention_page_load(tx, p, &m->cp, why));
    m->list.brand = p->brand->id;
    m->list.convention = m->cp.convention->id;
    m->list.owner = m->cp.owner;
    TRY(members_page(tx, p->mem, &m->list, &m->rows, &m->count));
    m->more = m->count > MEMBERS_A_PAGE;
    m->count -= m->more;
    return DONE;
}

static json_t *row(struct page *p, const struct members *m, const struct member_row *r)
{
    bool live = strcmp(r->status, mailbox_status_name(MAILBOX_LIVE)) == 0;
    bool window = renewal_window_check(r->expires_on, p->today, &p->brand->renewal, NULL) == DONE;
    char *name = r->surname[0] || r->name[0] ? talloc_asprintf(p->mem, "%s %s", r->surname, r->name) : r->holder;

    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:b, s:b, s:b, s:b, s:b, s:b}", "id",
                     json_sprintf("%" PRId64, r->mailbox_id), "mailbox", r->address, "name", name, "enrolment_no",
                     r->enrolment_no[0] ? json_string(r->enrolment_no) : json_false(), "expires_on",
                     present_day(r->expires_on), "expired", day_before(r->expires_on, p->today), "soon",
                     window && !day_before(r->expires_on, p->today), "ordered", r->open_order_id != 0, "by_member",
                     m->cp.convention->body_pays && !r->ordered_by_body, "chosen", r->chosen, "may",
                     m->cp.convention->body_pays && convention_price_on(m->cp.convention, p->today) && live && window &&
                         !r->open_order_id && !r->auto_renew);
}

static json_t *others(struct page *p, const struct members *m)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->brand->convention_count; i++) {
        const struct brand_convention *c = &p->brand->conventions[i];

        if (c != m->cp.convention && convention_delegate(c, p->visitor.email))
            json_array_append_new(list, json_pack("{s:s, s:s}", "id", c->id, "text", c->text));
    }
    return list;
}

static char *page_url(struct page *p, const struct members *m, const struct member_row *after)
{
    char *path = convention_page_path(p, &m->cp, "");
    const char *q = m->query[0] ? present_path(p->mem, m->query) : NULL;

    if (!after)
        return talloc_asprintf(p->mem, "%s%s%s%s", p->base, path, q ? "?q=" : "", q ? q : "");
    return talloc_asprintf(p->mem, "%s%s?%s%s%sdopo=%d.%" PRId64, p->base, path, q ? "q=" : "", q ? q : "",
                           q ? "&" : "", after->expires_on.n, after->mailbox_id);
}

/* This very page, to come back to after a choice. */
static char *here(struct page *p, const struct members *m)
{
    struct member_row after = {.mailbox_id = m->list.after_id, .expires_on = m->list.after_day};

    return page_url(p, m, m->list.after_id ? &after : NULL);
}

static void read_place(const struct http_request *req, struct member_list *list)
{
    const char *after = form_value(&req->query, "dopo");
    char *rest;

    if (!after)
        return;
    list->after_day.n = (int32_t)strtol(after, &rest, 10);
    list->after_id = *rest == '.' ? strtoll(rest + 1, NULL, 10) : 0;
}

void portal_convention(struct http_request *req)
{
    const char *typed = form_value(&req->query, "q");
    struct members m = {.query = "",
                        .list = {.search = "",
                                 .from = {INT32_MIN},
                                 .until = DAY_NEVER,
                                 .after_day = {INT32_MIN},
                                 .limit = MEMBERS_A_PAGE + 1}};
    json_t *rows;
    struct page p;

    if (typed && strlen(typed) <= 100 && text_is_plain(typed, strlen(typed)))
        m.query = text_lower(req->mem, text_trim(req->mem, typed));
    if (m.query[0])
        m.list.search = text_like(req->mem, m.query);
    read_place(req, &m.list);
    if (!page_open(req, PAGE_SIGNED_IN, load_members, &m, &p))
        return;
    rows = json_array();
    for (size_t i = 0; i < m.count; i++)
        json_array_append_new(rows, row(&p, &m, &m.rows[i]));
    convention_page_set(&p, &m.cp);
    page_set(&p, "others", others(&p, &m));
    page_set(&p, "query", json_string(m.query));
    page_set(&p, "here", json_string(here(&p, &m)));
    page_set(&p, "any", json_boolean(m.count > 0));
    page_set(&p, "members", rows);
    page_set(&p, "first_url", m.list.after_id ? json_string(page_url(&p, &m, NULL)) : json_false());
    page_set(&p, "more_url", m.more ? json_string(page_url(&p, &m, &m.rows[m.count - 1])) : json_false());
    page_show(&p, 200, "convention", N_("Convenzione"));
}

/* ---- The choice ---- */

enum act { ACT_DUE, ACT_ADD, ACT_REMOVE, ACT_UNFIT };

struct choosing {
    struct page *p;
    struct convention_page cp;
    int act;
    int64_t mailbox;
    const char *back;
    struct problem why;
};

static const struct form_choice ACTS[] = {
    {"due", ACT_DUE}, {"add", ACT_ADD}, {"remove", ACT_REMOVE}, {"unfit", ACT_UNFIT}, {0}};
static const struct form_field CHOICE[] = {
    FORM_ENUM(struct choosing, act, "act", ACTS),
    FORM_INT(struct choosing, mailbox, "mailbox", .min = 1, .max = INT64_MAX, .optional = true),
    FORM_TEXT(struct choosing, back, "back", .max = 300, .optional = true),
    FORM_END,
};

static enum outcome load_choosing(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct choosing *c = arg;

    return convention_page_load(tx, p, &c->cp, why);
}

/* Only mailboxes of the convention can be chosen. */
static enum outcome add(struct db_tx *tx, struct choosing *c)
{
    struct mailbox m;
    enum outcome o = mailbox_by_id(tx, c->p->mem, c->mailbox, &m);

    if (o == REFUSED ||
        (o == DONE && (strcmp(m.brand, c->p->brand->id) != 0 || strcmp(m.convention, c->cp.convention->id) != 0)))
        return DONE;
    TRY(o);
    return bulk_add(tx, c->cp.owner, m.id);
}

static enum outcome choose(struct db_tx *tx, void *arg)
{
    struct choosing *c = arg;
    struct day from, until;

    switch (c->act) {
    case ACT_DUE:
        convention_due(c->p->brand, db_today(tx), &from, &until);
        return bulk_add_expiring(tx, c->cp.owner, c->p->brand->id, c->cp.convention->id, from, until);
    case ACT_ADD:
        return add(tx, c);
    case ACT_REMOVE:
        return bulk_remove(tx, c->cp.owner, c->mailbox);
    default:
        return bulk_drop_unfit(tx, c->p->mem, c->p->brand, c->cp.convention, c->cp.owner, &c->why);
    }
}

void portal_convention_chosen(struct http_request *req)
{
    struct problems faults = {0};
    struct choosing c = {0};
    const char *back;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_choosing, &c, &p))
        return;
    c.p = &p;
    o = page_form(&p, CHOICE, &c, &faults);
    if (o != DONE) {
        page_failed(&p, o, &faults.item[0]);
        return;
    }
    o = db_transaction(p.shop->db, "bulk.choose", choose, &c);
    if (o != DONE) {
        page_failed(&p, o, &c.why);
        return;
    }
    back = page_safe_next(&p, c.back);
    page_go(&p, c.act == ACT_DUE || c.act == ACT_UNFIT ? convention_page_path(&p, &c.cp, "/ordine")
                : back                                 ? back + strlen(p.base)
                                                       : convention_page_path(&p, &c.cp, ""));
}

/* ---- For a spreadsheet ---- */

struct reporting {
    struct convention_page cp;
    struct text_buffer out;
};

static enum outcome load_report(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct reporting *r = arg;
    struct day from, until;

    TRY(convention_page_load(tx, p, &r->cp, why));
    r->out = text_buffer(p->mem);
    text_put(&r->out, CSV_MARK);
    convention_due(p->brand, p->today, &from, &until);
    return convention_report(tx, p->mem, p->brand, r->cp.convention, from, until, &r->out);
}

void portal_convention_report(struct http_request *req)
{
    struct reporting r = {0};
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load_report, &r, &p))
        return;
    http_attachment(req, "scadenze-%s.csv", r.cp.convention->id);
    http_reply(req, 200, "text/csv; charset=utf-8", r.out.bytes, r.out.length);
}
