/* web/api_conventions.c: GET /api/v1/conventions, …/{id}, …/{id}/members, …/{id}/report; POST …/{id}/roster,
 * …/{id}/orders (R120, §3.8, L9, T42). */

#include "shop/convention.h"
#include "shop/describe.h"
#include "web/api.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define MEMBERS_MOST 1000

struct named {
    const struct brand *brand;
    const struct brand_convention *convention;
};

/* By its id, of the key's brand, or of ?brand= where several brands have one so called. */
static enum outcome find(struct call *c, struct named *n)
{
    const char *id = http_parameter(c->req, "id"), *of = form_value(&c->req->query, "brand");
    size_t found = 0;

    for (size_t i = 0; i < c->shop->brands->count; i++) {
        const struct brand *b = &c->shop->brands->all[i];
        const struct brand_convention *one = brand_convention_by_id(b, id);

        if (!one || !api_sees(c, b->id) || (of && strcmp(of, b->id) != 0))
            continue;
        *n = (struct named){b, one};
        found++;
    }
    if (found > 1)
        return api_refuse(c, PROBLEM_REQUIRED, "brand", "%s", "");
    return found ? DONE : api_refuse(c, PROBLEM_CONVENTION, "", "%s", "");
}

static enum outcome refuse(struct call *c, enum outcome o, const struct problem *why)
{
    return o == REFUSED && why->code != PROBLEM_NONE ? api_refuse(c, why->code, why->field, "%s", why->detail) : o;
}

/* ---- Looking ---- */

static enum outcome read_all(struct db_tx *tx, struct call *c, void *arg)
{
    const char *of = form_value(&c->req->query, "brand");
    json_t *list = json_array();

    (void)arg;
    for (size_t i = 0; i < c->shop->brands->count; i++) {
        const struct brand *b = &c->shop->brands->all[i];

        for (size_t k = 0; k < b->convention_count && api_sees(c, b->id) && (!of || strcmp(of, b->id) == 0); k++) {
            struct convention_facts facts;

            TRY(convention_load(tx, b, &b->conventions[k], &facts));
            json_array_append_new(list, describe_convention(&facts));
        }
    }
    c->body = json_pack("{s:o}", "conventions", list);
    return DONE;
}

static enum outcome read_one(struct db_tx *tx, struct call *c, void *arg)
{
    struct convention_facts facts;
    struct named n;

    (void)arg;
    TRY(find(c, &n));
    TRY(convention_load(tx, n.brand, n.convention, &facts));
    c->body = describe_convention(&facts);
    return DONE;
}

static void look(struct http_request *req, api_work *read)
{
    static const char *const KNOWN[] = {"brand", NULL};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    if (api_query(&c, KNOWN) != DONE)
        api_send_faults(&c);
    else if (api_read(&c, read, NULL))
        api_send(&c);
}

void api_conventions(struct http_request *req)
{
    look(req, read_all);
}

void api_convention(struct http_request *req)
{
    look(req, read_one);
}

/* ---- Who expires ---- */

struct listing {
    struct day from, until; /* DAY 0: those that may be renewed now */
    struct day after_day;
    int64_t after_id, limit;
    bool table;
    struct text_buffer out;
};

static enum outcome list(struct db_tx *tx, struct call *c, void *arg)
{
    struct listing *l = arg;
    struct member_list wanted = {
        .owner = "", .search = "", .after_day = l->after_day, .after_id = l->after_id, .limit = (int)l->limit};
    struct member_row *rows;
    struct named n;
    size_t count;
    json_t *members;

    TRY(find(c, &n));
    wanted.brand = n.brand->id;
    wanted.convention = n.convention->id;
    convention_due(n.brand, db_today(tx), &wanted.from, &wanted.until);
    wanted.from = l->from.n ? l->from : wanted.from;
    wanted.until = l->until.n ? l->until : wanted.until;
    if (l->table) {
        l->out = text_buffer(c->mem);
        return convention_report(tx, c->mem, n.brand, n.convention, wanted.from, wanted.until, &l->out);
    }
    TRY(members_page(tx, c->mem, &wanted, &rows, &count));
    members = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(members, describe_member(n.brand, &rows[i], db_today(tx)));
    c->body = json_pack("{s:o, s:o, s:b}", "members", members, "next",
                        count ? json_sprintf("%d.%" PRId64, rows[count - 1].expires_on.n, rows[count - 1].mailbox_id)
                              : json_null(),
                        "more", count == (size_t)l->limit);
    return DONE;
}

static void read_day(struct call *c, const char *name, struct day *day)
{
    const char *typed = form_value(&c->req->query, name);

    if (typed && day_parse(typed, strlen(typed), day) != DONE)
        (void)api_refuse(c, PROBLEM_NOT_A_DATE, name, "%s", "");
}

/* "20528.17": the day and id of the last one of the page before. */
static void read_after(struct call *c, struct listing *l)
{
    const char *typed = form_value(&c->req->query, "after");
    char *rest;

    l->after_day = (struct day){INT32_MIN};
    if (!typed)
        return;
    l->after_day.n = (int32_t)strtol(typed, &rest, 10);
    if (*rest != '.')
        (void)api_refuse(c, PROBLEM_OUT_OF_RANGE, "after", "%s", "next");
    else
        l->after_id = strtoll(rest + 1, NULL, 10);
}

static bool open_listing(struct http_request *req, const char *const *known, struct call *c, struct listing *l)
{
    if (!api_open(req, RIGHT_READ, c))
        return false;
    (void)!api_query(c, known);
    read_day(c, "from", &l->from);
    read_day(c, "until", &l->until);
    read_after(c, l);
    (void)!api_number(c, "limit", 1, MEMBERS_MOST, 100, &l->limit);
    if (c->faults.count)
        api_send_faults(c);
    return !c->faults.count;
}

void api_convention_members(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "from", "until", "after", "limit", NULL};
    struct listing l = {0};
    struct call c;

    if (open_listing(req, KNOWN, &c, &l) && api_read(&c, list, &l))
        api_send(&c);
}

void api_convention_report(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "from", "until", NULL};
    struct listing l = {.table = true};
    struct call c;

    if (!open_listing(req, KNOWN, &c, &l) || !api_read(&c, list, &l))
        return;
    http_attachment(req, "scadenze.csv");
    http_reply(req, 200, "text/csv; charset=utf-8", l.out.bytes, l.out.length);
}

/* ---- The list of members ---- */

struct taking {
    bool apply;
    struct roster roster;
};

static enum outcome take(struct db_tx *tx, struct call *c, void *arg)
{
    struct taking *t = arg;
    struct problem why = {0};
    struct named n;
    enum outcome o;

    TRY(find(c, &n));
    o = roster_take(tx, c->mem, n.brand, n.convention, c->req->body, c->req->body_length, false, &c->actor, &t->roster,
                    &why);
    if (o == DONE && t->apply && !t->roster.faults.rows)
        o = roster_take(tx, c->mem, n.brand, n.convention, c->req->body, c->req->body_length, true, &c->actor,
                        &t->roster, &why);
    if (o != DONE)
        return refuse(c, o, &why);
    c->status = t->roster.faults.rows ? 422 : 200; /* kept all the same: looking at it again takes another key */
    c->body = describe_roster(c->mem, c->language, &t->roster);
    return DONE;
}

void api_convention_roster(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "apply", NULL};
    const char *apply = form_value(&req->query, "apply");
    struct taking *t = talloc_zero(req->mem, struct taking);
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    c.alone = true;
    (void)!api_query(&c, KNOWN);
    t->apply = apply && strcmp(apply, "true") == 0;
    if (apply && !t->apply && strcmp(apply, "false") != 0)
        (void)api_refuse(&c, PROBLEM_NOT_A_CHOICE, "apply", "%s", "");
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, take, t))
        api_send(&c);
}

/* ---- A bulk order ---- */

struct ordering {
    const char *method, *terms_version;
    struct day until;
    int64_t total_cents;
    const json_t *mailboxes; /* NULL: all that are due, until `until` */
    bool terms;
    struct placed_order placed;
    struct bulk_quote quote;
};
static const struct form_field ORDER[] = {
    FORM_TEXT(struct ordering, method, "payment_method", .max = 40),
    FORM_DAY(struct ordering, until, "until", .optional = true),
    FORM_INT(struct ordering, total_cents, "total_cents", .min = 0, .max = MONEY_LIMIT, .optional = true),
    FORM_END,
};
static const struct form_field CONSENTS[] = {
    FORM_FLAG(struct ordering, terms, "terms"),
    FORM_TEXT(struct ordering, terms_version, "terms_version", .max = 20, .optional = true),
    FORM_END,
};

static enum outcome choose(struct db_tx *tx, struct call *c, const struct ordering *w, const struct named *n,
                           const char *owner)
{
    struct day from, until;
    struct mailbox m;

    TRY(bulk_clear(tx, owner));
    convention_due(n->brand, db_today(tx), &from, &until);
    if (!w->mailboxes)
        return bulk_add_expiring(tx, owner, n->brand->id, n->convention->id, from,
                                 w->until.n ? day_earlier(w->until, until) : until);
    for (size_t i = 0; i < json_array_size(w->mailboxes); i++) {
        const char *address = json_string_value(json_array_get(w->mailboxes, i));
        enum outcome o = address ? mailbox_by_address(tx, c->mem, text_lower(c->mem, address), &m) : REFUSED;

        if (o == REFUSED || (o == DONE && strcmp(m.brand, n->brand->id) != 0))
            return api_refuse(c, PROBLEM_MAILBOX_UNKNOWN, talloc_asprintf(c->mem, "mailboxes[%zu]", i), "%s", "");
        TRY(o);
        TRY(bulk_add(tx, owner, m.id));
    }
    return DONE;
}

/* As many as there is room for; the rest shows when these are gone. */
static enum outcome explain(struct call *c, const struct bulk_quote *q, const struct problem *why)
{
    for (size_t i = 0; i < q->fault_count && i < count_of(c->faults.item); i++)
        (void)!problems_add(&c->faults, q->faults[i].why.code, q->faults[i].address, "%s", q->faults[i].why.detail);
    return q->fault_count ? REFUSED : refuse(c, REFUSED, why);
}

static enum outcome place(struct db_tx *tx, struct call *c, void *arg)
{
    struct ordering *w = arg;
    struct problem why = {0};
    struct named n;
    char *owner;
    enum outcome o;

    TRY(find(c, &n));
    owner = bulk_owner(c->mem, n.brand, n.convention, (struct principal){0});
    TRY(choose(tx, c, w, &n, owner));
    o = place_bulk(tx, c->mem, n.convention, owner,
                   &(struct order_request){
                       .brand = n.brand,
                       .actor = c->actor,
                       .shop = c->shop,
                       .payment_method = w->method,
                       .terms_accepted = w->terms,
                       .terms_version =
                           w->terms_version ? w->terms_version : brand_terms_on(&n.brand->terms, db_today(tx))->version,
                       .language = "it",
                       .expected = money(w->total_cents)},
                   &w->placed, &w->quote, &why);
    if (o == REFUSED)
        return explain(c, &w->quote, &why);
    TRY(o);
    c->status = 201;
    c->body = describe_order(c->mem, &(struct order_facts){.brand = n.brand,
                                                           .order = w->placed.order,
                                                           .lines = w->placed.lines,
                                                           .line_count = w->placed.line_count});
    return DONE;
}

/* `mailboxes` and `consents` are taken out of the object; the rest is a form. */
static void read_order(struct call *c, json_t *object, struct ordering *w)
{
    const json_t *consents = json_object_get(object, "consents");

    w->total_cents = -1;
    w->mailboxes = json_object_get(object, "mailboxes");
    if (json_is_null(w->mailboxes))
        w->mailboxes = NULL;
    if (w->mailboxes && !json_is_array(w->mailboxes))
        (void)api_refuse(c, PROBLEM_NOT_A_CHOICE, "mailboxes", "%s", "");
    if (json_is_object(consents))
        (void)!form_check_json(c->mem, CONSENTS, consents, w, &c->faults);
    object = page_owns(c->mem, json_copy(object));
    json_object_del(object, "mailboxes");
    json_object_del(object, "consents");
    (void)!form_check_json(c->mem, ORDER, object, w, &c->faults);
}

void api_convention_order(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", NULL};
    struct ordering *w = talloc_zero(req->mem, struct ordering);
    json_t *object;
    struct call c;

    if (!api_open_post(req, RIGHT_SELL, &c))
        return;
    c.alone = true;
    (void)!api_query(&c, KNOWN);
    object = api_body(&c, NULL, NULL);
    if (object)
        read_order(&c, object, w);
    if (c.faults.count)
        api_send_faults(&c);
    else if (api_write(&c, place, w))
        api_send(&c);
}
