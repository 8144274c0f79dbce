/* web/office_catalogue_change.c: GET and POST /office/catalogo/{marchio}/prezzo and …/vendita: a new price, or from
 * when to when a plan is sold; its effect is shown before it is asked for (shop/catalogue.h). */

#include "base/i18n.h"
#include "shop/catalogue.h"
#include "shop/present.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

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

    c->brand = office_catalogue_brand(o);
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

/* ---- Showing ---- */

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

/* ---- Asking for it ---- */

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
