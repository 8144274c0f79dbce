/* web/office_catalogue.c: GET /office/catalogo, …/{marchio}: plans and conventions with their prices, now, to come and
 * gone by; POST …/{marchio}/ritira/{id}: a change that has not begun is taken back (shop/catalogue.h). */

#include "base/i18n.h"
#include "shop/catalogue.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/office.h"
#include <string.h>
#include <talloc.h>

struct catalogue_page {
    const struct brand *brand; /* NULL: unknown, or not the operator's to see */
    struct catalogue_change *all;
    size_t count;
    const char **deciders;
};

const struct brand *office_catalogue_brand(const struct office *o)
{
    const char *id = http_parameter(o->page.req, "marchio");
    const struct brand *b = id ? brand_by_id(o->page.shop->brands, id) : NULL;

    return b && operator_sees(&o->operator, b->id) ? b : NULL;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct catalogue_page *c = arg;
    void *mem = o->page.mem;

    c->brand = office_catalogue_brand(o);
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
    t->brand = office_catalogue_brand(o);
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
