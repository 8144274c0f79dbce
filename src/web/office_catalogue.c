/* web/office_catalogue.c: GET /office/catalogo, …/{marchio}: plans and conventions with their prices, now, to come and
 * gone by; GET and POST …/{marchio}/prezzo and …/vendita: a new one, its effect shown before it is asked for; POST
 * …/{marchio}/ritira/{id} (shop/catalogue.h). */

#include "base/i18n.h"
#include "shop/catalogue.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct catalogue_page {
    const struct brand *brand; /* NULL: unknown, or not the operator's to see */
    struct catalogue_change *all;
    size_t count;
    const char **deciders;
};

static const struct brand *brand_of(const struct office *o)
{
    const char *id = http_parameter(o->page.req, "marchio");
    const struct brand *b = id ? brand_by_id(o->page.shop->brands, id) : NULL;

    return b && operator_sees(&o->operator, b->id) ? b : NULL;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct catalogue_page *c = arg;
    void *mem = o->page.mem;

    c->brand = brand_of(o);
    if (!c->brand)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(catalogue_refresh(tx, o->page.shop->brands));
    TRY(catalogue_changes_of(tx, mem, c->brand->id, &c->all, &c->count));
    c->deciders = talloc_zero_array(mem, const char *, (unsigned)c->count + 1);
    for (size_t i = 0; i < c->count; i++)
        TRY(actor_label(tx, mem, c->all[i].decided_by, &c->deciders[i]));
    return DONE;
}

/* ---- The list ---- */

static json_t *money_or_false(struct money m)
{
    return m.cents ? present_money(m) : json_false();
}

static json_t *price_row(struct day from, struct money net, struct money extra)
{
    return json_pack("{s:o, s:o, s:o}", "from", present_day(from), "net", present_money(net), "extra",
                     money_or_false(extra));
}

/* The prices that are yet to come: the file's and the desk's, as they stand together in memory. */
static json_t *coming(struct dated *dated, const void *file, size_t count, size_t size, struct day today)
{
    const struct dated_list *list = dated ? dated->list : NULL;
    const unsigned char *item = list ? list->items : file;
    json_t *rows = json_array();

    for (size_t i = 0; i < (list ? list->count : count); i++, item += size) {
        const struct brand_price *p = (const void *)item; /* a convention's are alike: a day, two amounts */

        if (day_before(today, p->from))
            json_array_append_new(rows, price_row(p->from, p->year, p->extra_gb_year));
    }
    return rows;
}

static json_t *plan_row(const struct page *p, const struct brand_plan *plan)
{
    const struct brand_price *now = brand_price_on(plan, p->today);
    struct brand_sale sale = brand_sale_on(plan, p->today);
    json_t *row = json_pack("{s:s, s:s, s:i, s:i, s:o, s:o}", "id", plan->id, "name", plan->name, "mailbox_gb",
                            plan->mailbox_gb, "archive_gb", plan->archive_gb, "now",
                            now ? price_row(now->from, now->year, now->extra_gb_year) : json_false(), "coming",
                            coming(plan->priced, plan->prices, plan->price_count, sizeof *plan->prices, p->today));

    json_object_set_new(row, "sold", json_boolean(brand_plan_sold(plan, p->today)));
    json_object_set_new(row, "sold_from", present_day(sale.sold_from));
    json_object_set_new(row, "sold_until", present_day(sale.sold_until));
    json_object_set_new(row, "max_years", sale.max_years ? json_integer(sale.max_years) : json_false());
    return row;
}

static json_t *convention_row(const struct page *p, const struct brand_convention *c)
{
    const struct convention_price *now = convention_price_on(c, p->today);

    return json_pack("{s:s, s:s, s:s, s:i, s:o, s:o}", "id", c->id, "name", c->body, "plan", c->plan->name, "years",
                     c->years, "now", now ? price_row(now->from, now->term, now->extra_gb_year) : json_false(),
                     "coming", coming(c->priced, c->prices, c->price_count, sizeof *c->prices, p->today));
}

static const char *subject_name(const struct brand *b, const struct catalogue_change *c)
{
    const struct brand_plan *plan = c->plan[0] ? brand_plan_by_id(b, c->plan) : NULL;
    const struct brand_convention *convention = c->convention[0] ? brand_convention_by_id(b, c->convention) : NULL;

    return plan ? plan->name : convention ? convention->body : c->plan[0] ? c->plan : c->convention;
}

static json_t *history_row(const struct page *p, const struct catalogue_page *cp, size_t i)
{
    const struct catalogue_change *c = &cp->all[i];
    bool price = strcmp(c->kind, CATALOGUE_PRICE) == 0;
    json_t *row = json_pack("{s:I, s:s, s:o, s:b, s:s, s:s, s:o}", "id", (json_int_t)c->id, "name",
                            subject_name(cp->brand, c), "from", present_day(c->from), "price", price, "reason",
                            c->reason, "decider", cp->deciders[i], "decided_at", present_instant(c->decided_at));

    json_object_set_new(row, "net", price ? present_money(c->net) : json_false());
    json_object_set_new(row, "extra", price ? money_or_false(c->extra_gb) : json_false());
    json_object_set_new(row, "sold_from", present_day(c->sold_from));
    json_object_set_new(row, "sold_until", present_day(c->sold_until));
    json_object_set_new(row, "max_years", c->max_years ? json_integer(c->max_years) : json_false());
    json_object_set_new(row, "withdrawn_at", c->withdrawn_at.us ? present_instant(c->withdrawn_at) : json_false());
    json_object_set_new(row, "may_withdraw",
                        json_boolean(!c->withdrawn_at.us && !day_before(c->from, catalogue_first_day(p->now))));
    return row;
}

static void put_brands(struct office *o, const struct brand *here)
{
    json_t *list = json_array();
    const struct brands *brands = o->page.shop->brands;

    for (size_t i = 0; i < brands->count; i++)
        if (operator_sees(&o->operator, brands->all[i].id))
            json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "id", brands->all[i].id, "name",
                                                  brands->all[i].name, "here", &brands->all[i] == here));
    page_set(&o->page, "several", json_boolean(json_array_size(list) > 1));
    page_set(&o->page, "brands", list);
}

static const char *flash_of(const struct page *p)
{
    const char *done = form_value(&p->req->query, "fatto");

    if (!done)
        return NULL;
    return strcmp(done, "attende") == 0    ? page_text(p, N_("Richiesta inviata: decide una seconda persona."))
           : strcmp(done, "ritirata") == 0 ? page_text(p, N_("Variazione ritirata."))
                                           : page_text(p, N_("Variazione registrata."));
}

void office_catalogue(struct http_request *req)
{
    struct catalogue_page cp = {0};
    json_t *plans, *conventions, *history;
    const char *flash;
    struct page *p;
    struct office o;

    if (!office_open(req, load, &cp, &o))
        return;
    p = &o.page;
    plans = json_array();
    conventions = json_array();
    history = json_array();
    for (size_t i = 0; i < cp.brand->plan_count; i++)
        json_array_append_new(plans, plan_row(p, &cp.brand->plans[i]));
    for (size_t i = 0; i < cp.brand->convention_count; i++)
        json_array_append_new(conventions, convention_row(p, &cp.brand->conventions[i]));
    for (size_t i = 0; i < cp.count; i++)
        json_array_append_new(history, history_row(p, &cp, i));
    put_brands(&o, cp.brand);
    page_set(p, "brand_id", json_string(cp.brand->id));
    page_set(p, "name", json_string(cp.brand->name));
    page_set(p, "sells", json_boolean(cp.brand->purchase.on));
    page_set(p, "plans", plans);
    page_set(p, "has_conventions", json_boolean(cp.brand->convention_count > 0));
    page_set(p, "conventions", conventions);
    page_set(p, "has_history", json_boolean(cp.count > 0));
    page_set(p, "history", history);
    flash = flash_of(p);
    if (flash)
        page_set(p, "flash", json_string(flash));
    office_show(&o, 200, "catalogue", N_("Catalogo"));
}

void office_catalogue_home(struct http_request *req)
{
    const struct brands *brands;
    struct office o;

    if (!office_open(req, NULL, NULL, &o))
        return;
    brands = o.page.shop->brands;
    for (size_t i = 0; i < brands->count; i++)
        if (operator_sees(&o.operator, brands->all[i].id)) {
            office_go(&o, talloc_asprintf(o.page.mem, "/office/catalogo/%s", brands->all[i].id));
            return;
        }
    office_problem(&o, &(struct problem){.code = PROBLEM_NOT_FOUND});
}

/* ---- A change ---- */

struct typed {
    const char *plan, *convention, *reason, *act, *seen;
    struct day from, sold_from, sold_until;
    struct money net, extra_gb;
    int64_t max_years;
};
static const struct form_field PRICE_FORM[] = {
    FORM_TEXT(struct typed, plan, "plan", .max = 40, .optional = true),
    FORM_TEXT(struct typed, convention, "convention", .max = 40, .optional = true),
    FORM_DAY(struct typed, from, "from"),
    FORM_MONEY(struct typed, net, "net"),
    FORM_MONEY(struct typed, extra_gb, "extra_gb", .optional = true),
    FORM_TEXT(struct typed, reason, "reason", .max = 500, .lines = true),
    FORM_TEXT(struct typed, act, "act", .max = 10, .optional = true),
    FORM_TEXT(struct typed, seen, "seen", .max = 100, .optional = true),
    FORM_END,
};
static const struct form_field SALE_FORM[] = {
    FORM_TEXT(struct typed, plan, "plan", .max = 40),
    FORM_DAY(struct typed, from, "from"),
    FORM_DAY(struct typed, sold_from, "sold_from", .optional = true),
    FORM_DAY(struct typed, sold_until, "sold_until", .optional = true),
    FORM_INT(struct typed, max_years, "max_years", .min = 0, .max = 10, .optional = true),
    FORM_TEXT(struct typed, reason, "reason", .max = 500, .lines = true),
    FORM_TEXT(struct typed, act, "act", .max = 10, .optional = true),
    FORM_TEXT(struct typed, seen, "seen", .max = 100, .optional = true),
    FORM_END,
};

struct changing {
    struct office *o;
    const struct brand *brand;
    bool sale;
    struct typed typed;
    struct catalogue_change change;
    struct catalogue_effect effect;
    struct problems faults;
    struct problem why;
    int64_t id;
    bool waits, shown; /* shown: the effect of what is typed */
};

static enum outcome load_brand(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct changing *c = arg;

    c->brand = brand_of(o);
    if (!c->brand)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return catalogue_refresh(tx, o->page.shop->brands);
}

static bool open_change(struct http_request *req, struct changing *c, struct office *o)
{
    const char *kind = http_parameter(req, "genere");

    *c = (struct changing){.o = o, .typed = {.plan = "", .convention = "", .reason = "", .act = "", .seen = ""}};
    c->sale = kind && strcmp(kind, "vendita") == 0;
    if (!office_open(req, load_brand, c, o))
        return false;
    if (c->sale || (kind && strcmp(kind, "prezzo") == 0))
        return true;
    office_problem(o, &(struct problem){.code = PROBLEM_NOT_FOUND});
    return false;
}

/* What is confirmed must be what was looked at. */
static char *seal(void *mem, const struct typed *t)
{
    return talloc_asprintf(mem, "%s/%s/%d/%" PRId64 "/%" PRId64 "/%d/%d/%" PRId64, t->plan, t->convention, t->from.n,
                           t->net.cents, t->extra_gb.cents, t->sold_from.n, t->sold_until.n, t->max_years);
}

static void put_effect(struct page *p, const struct changing *c)
{
    const struct catalogue_effect *e = &c->effect;
    bool dearer = e->after.net.cents > e->before.net.cents;

    page_set(p, "effect",
             json_pack("{s:b, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:b, s:b}", "known", e->known, "net_before",
                       present_money(e->net_before), "gross_before", present_money(e->before.gross), "net_after",
                       present_money(e->after.net), "gross_after", present_money(e->after.gross), "carts",
                       (json_int_t)e->met.carts, "mandates", (json_int_t)e->met.mandates, "announced",
                       (json_int_t)e->met.announced, "mailboxes", (json_int_t)e->met.mailboxes, "income",
                       present_money(e->income), "dearer", dearer && e->known, "plan", c->change.plan[0] != 0));
}

static json_t *subjects(const struct changing *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->brand->plan_count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b}", "id", c->brand->plans[i].id, "name", c->brand->plans[i].name,
                                        "here", strcmp(c->brand->plans[i].id, c->typed.plan) == 0));
    return list;
}

static void show_change(struct changing *c, int status, const json_t *values)
{
    struct page *p = &c->o->page;
    const struct brand_convention *convention =
        c->typed.convention[0] ? brand_convention_by_id(c->brand, c->typed.convention) : NULL;

    page_fields(p, c->sale ? SALE_FORM : PRICE_FORM, values, &c->faults);
    page_set(p, "brand_id", json_string(c->brand->id));
    page_set(p, "name", json_string(c->brand->name));
    page_set(p, "sale", json_boolean(c->sale));
    page_set(p, "kind", json_string(c->sale ? "vendita" : "prezzo"));
    page_set(p, "convention",
             convention ? json_pack("{s:s, s:s}", "id", convention->id, "name", convention->body) : json_false());
    page_set(p, "plans", subjects(c));
    page_set(p, "first_day", present_day(catalogue_first_day(p->now)));
    page_set(p, "years_most", json_integer(c->brand->renewal.max_years));
    page_set(p, "shown", json_boolean(c->shown));
    page_set(p, "seal", json_string(c->shown ? seal(p->mem, &c->typed) : ""));
    page_set(p, "second", json_boolean(approval_needed(c->brand, "price", c->change.net)));
    if (c->shown && !c->sale)
        put_effect(p, c);
    office_show(c->o, status, "catalogue_change", c->sale ? N_("Vendita di un tipo") : N_("Nuovo prezzo"));
}

static const char *asked_for(const struct http_request *req, const char *name)
{
    const char *value = form_value(&req->query, name);

    return value && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(value) ? value : "";
}

/* Empty, but for what it is about and the price that it would follow. */
void office_catalogue_change(struct http_request *req)
{
    const struct convention_price *term = NULL;
    const struct brand_price *price = NULL;
    const struct brand_convention *convention;
    const struct brand_plan *plan;
    struct changing c;
    struct office o;
    char net[MONEY_TEXT] = "", extra[MONEY_TEXT] = "";

    if (!open_change(req, &c, &o))
        return;
    c.typed.plan = asked_for(req, "tipo");
    c.typed.convention = asked_for(req, "convenzione");
    plan = brand_plan_by_id(c.brand, c.typed.plan);
    convention = brand_convention_by_id(c.brand, c.typed.convention);
    if (convention)
        term = convention_price_on(convention, o.page.today);
    else if (plan)
        price = brand_price_on(plan, o.page.today);
    if (price || term) {
        money_italian(price ? price->year : term->term, net);
        money_italian(price ? price->extra_gb_year : term->extra_gb_year, extra);
    }
    show_change(&c, 200,
                page_owns(o.page.mem, json_pack("{s:s, s:s, s:s, s:s}", "plan", c.typed.plan, "convention",
                                                c.typed.convention, "net", net, "extra_gb", extra)));
}

static enum outcome look(struct db_tx *tx, void *arg)
{
    struct changing *c = arg;

    TRY(catalogue_check(tx, c->o->page.shop->brands, &c->change, &c->why));
    return c->sale ? DONE : catalogue_effect(tx, c->o->page.shop->brands, &c->change, &c->effect, &c->why);
}

static enum outcome ask(struct db_tx *tx, void *arg)
{
    struct changing *c = arg;

    return catalogue_ask(tx, c->o->page.shop, c->o->page.mem, &c->change, &c->o->actor, &c->id, &c->waits, &c->why);
}

static void fill_change(struct changing *c)
{
    const struct typed *t = &c->typed;

    c->change = (struct catalogue_change){.kind = (char *)(c->sale ? CATALOGUE_SALE : CATALOGUE_PRICE),
                                          .brand = (char *)c->brand->id,
                                          .convention = (char *)t->convention,
                                          .plan = (char *)(t->convention[0] ? "" : t->plan),
                                          .from = t->from,
                                          .net = t->net,
                                          .extra_gb = t->extra_gb,
                                          .sold_from = t->sold_from,
                                          .sold_until = t->sold_until,
                                          .max_years = (int)t->max_years,
                                          .reason = (char *)t->reason};
}

void office_catalogue_change_sent(struct http_request *req)
{
    enum outcome outcome;
    struct changing c;
    struct office o;

    if (!open_change(req, &c, &o))
        return;
    outcome = page_form(&o.page, c.sale ? SALE_FORM : PRICE_FORM, &c.typed, &c.faults);
    fill_change(&c);
    if (outcome == DONE)
        outcome = db_read(o.page.shop->db, "catalogue.look", look, &c);
    c.shown = outcome == DONE;
    if (outcome == DONE && strcmp(c.typed.act, "do") == 0 && strcmp(c.typed.seen, seal(o.page.mem, &c.typed)) == 0) {
        outcome = db_transaction(o.page.shop->db, "catalogue.ask", ask, &c);
        if (outcome == DONE) {
            office_go(&o, talloc_asprintf(o.page.mem, "/office/catalogo/%s?fatto=%s", c.brand->id,
                                          c.waits ? "attende" : "variata"));
            return;
        }
    }
    if (outcome != DONE && outcome != REFUSED) {
        office_failed(&o, outcome, NULL);
        return;
    }
    if (outcome == REFUSED && !c.faults.count)
        problems_put(&c.faults, &c.why);
    show_change(&c, outcome == DONE ? 200 : 422, NULL);
}

/* ---- Taking back ---- */

struct taking_back {
    struct office *o;
    const struct brand *brand;
    int64_t id;
    struct catalogue_change change;
    struct problem why;
};

static enum outcome take_back(struct db_tx *tx, void *arg)
{
    struct taking_back *t = arg;
    enum outcome o = catalogue_change_by_id(tx, t->o->page.mem, t->id, &t->change);

    if (o == REFUSED || (o == DONE && strcmp(t->change.brand, t->brand->id) != 0))
        return problem_set(&t->why, PROBLEM_NOT_FOUND, "", "%s", "");
    TRY(o);
    return catalogue_take_back(tx, t->o->page.mem, t->id, &t->o->actor, &t->change, &t->why);
}

static enum outcome load_taking(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct taking_back *t = arg;

    (void)tx;
    t->brand = brand_of(o);
    return t->brand ? DONE : problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}

void office_catalogue_back(struct http_request *req)
{
    struct taking_back t = {.id = office_id(req, "id")};
    enum outcome outcome;
    struct office o;

    if (!office_open(req, load_taking, &t, &o))
        return;
    t.o = &o;
    outcome = db_transaction(o.page.shop->db, "catalogue.back", take_back, &t);
    if (outcome == DONE)
        office_go(&o, talloc_asprintf(o.page.mem, "/office/catalogo/%s?fatto=ritirata", t.brand->id));
    else
        office_failed(&o, outcome, &t.why);
}
