/* shop/price_change.c: the desk dates a price or a sale. */
#include "base/i18n.h"
#include "base/text.h"
#include "shop/catalogue.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#define REASON_MOST 500
#define AHEAD_MOST  (3 * 366) /* days */
#define PRICE_MOST  1000000   /* cents */

struct day catalogue_first_day(struct instant now)
{
    return day_plus(rome_day(instant_plus(now, CATALOGUE_MARGIN)), 1);
}

/* ---- Whether it may be ---- */

static enum outcome fault(struct problem *why, enum problem_code code, const char *field)
{
    return problem_set(why, code, field, "%s", "");
}

static enum outcome check_what(const struct brands *brands, const struct catalogue_change *c, struct problem *why)
{
    const struct brand *b = brand_by_id(brands, c->brand);

    if (!b)
        return fault(why, PROBLEM_BRAND, "brand");
    if (c->convention[0]
            ? c->plan[0] || strcmp(c->kind, CATALOGUE_PRICE) != 0 || !brand_convention_by_id(b, c->convention)
            : false)
        return fault(why, PROBLEM_CONVENTION, "convention");
    if (!c->convention[0] && !brand_plan_by_id(b, c->plan))
        return fault(why, PROBLEM_PLAN, "plan");
    return DONE;
}

static enum outcome check_values(const struct brands *brands, const struct catalogue_change *c, struct problem *why)
{
    const struct brand *b = brand_by_id(brands, c->brand);
    const struct brand_plan *plan = c->plan[0] ? brand_plan_by_id(b, c->plan) : NULL;

    if (strcmp(c->kind, CATALOGUE_SALE) == 0) {
        if (c->sold_until.n && day_before(c->sold_until, day_later(c->sold_from, c->from)))
            return fault(why, PROBLEM_DAY_RANGE, "sold_until");
        return c->max_years < 0 || c->max_years > b->renewal.max_years
                   ? problem_set(why, PROBLEM_OUT_OF_RANGE, "max_years", "0-%d", b->renewal.max_years)
                   : DONE;
    }
    if (c->net.cents < 1 || c->net.cents > PRICE_MOST)
        return problem_set(why, PROBLEM_OUT_OF_RANGE, "net", "%s", "0,01-10.000,00");
    if (c->extra_gb.cents < 0 || c->extra_gb.cents > PRICE_MOST)
        return problem_set(why, PROBLEM_OUT_OF_RANGE, "extra_gb", "%s", "0,00-10.000,00");
    if (plan && (plan->max_extra_gb || plan->max_extra_archive_gb) && !c->extra_gb.cents)
        return fault(why, PROBLEM_REQUIRED, "extra_gb"); /* the type allows extra space, which then has a price */
    return DONE;
}

static enum outcome check_day(struct db_tx *tx, const struct catalogue_change *c, struct problem *why)
{
    if (day_before(c->from, catalogue_first_day(db_now(tx))) || day_before(day_plus(db_today(tx), AHEAD_MOST), c->from))
        return fault(why, PROBLEM_DAY_RANGE, "from");
    return DONE;
}

enum outcome catalogue_check(struct db_tx *tx, const struct brands *brands, const struct catalogue_change *c,
                             struct problem *why)
{
    TRY(check_what(brands, c, why));
    TRY(check_day(tx, c, why));
    return check_values(brands, c, why);
}

/* ---- Doing it ---- */

static json_t *data_of(const struct catalogue_change *c)
{
    char from[DAY_TEXT], sold_from[DAY_TEXT] = "", sold_until[DAY_TEXT] = "";
    json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", c->kind, "brand", c->brand, "convention",
                             c->convention, "plan", c->plan, "from", day_iso(c->from, from));

    if (strcmp(c->kind, CATALOGUE_PRICE) == 0) {
        json_object_set_new(data, "net_cents", json_integer(c->net.cents));
        json_object_set_new(data, "extra_gb_cents", json_integer(c->extra_gb.cents));
    } else {
        json_object_set_new(data, "sold_from", json_string(c->sold_from.n ? day_iso(c->sold_from, sold_from) : ""));
        json_object_set_new(data, "sold_until", json_string(c->sold_until.n ? day_iso(c->sold_until, sold_until) : ""));
        json_object_set_new(data, "max_years", json_integer(c->max_years));
    }
    return data;
}

static const char *text_at(const json_t *data, const char *name)
{
    const char *text = json_string_value(json_object_get(data, name));

    return text ? text : "";
}

static struct day day_in(const json_t *data, const char *name)
{
    const char *text = text_at(data, name);
    struct day day = {0};

    return day_parse(text, strlen(text), &day) == DONE ? day : (struct day){0};
}

static int64_t number_at(const json_t *data, const char *name)
{
    return json_integer_value(json_object_get(data, name));
}

static enum outcome insert(struct db_tx *tx, const struct brands *brands, struct catalogue_change *c,
                           const struct actor *actor, struct problem *why)
{
    json_t *data;
    enum outcome o;
    bool inserted;

    TRY(catalogue_check(tx, brands, c, why));
    c->decided_by = (char *)actor->name;
    TRY(catalogue_change_insert(tx, c, &inserted));
    if (!inserted)
        return fault(why, PROBLEM_CATALOGUE_DAY, "from");
    data = data_of(c);
    json_object_set_new(data, "change", json_integer(c->id));
    json_object_set_new(data, "reason", json_string(c->reason));
    o = event_record(tx, c->brand, actor, "catalogue.dated", 0, 0, data);
    json_decref(data);
    return o;
}

static enum outcome act(struct db_tx *tx, struct shop *shop, void *mem, const json_t *data, const struct actor *actor,
                        const char *reason, struct problem *why)
{
    struct catalogue_change c = {.kind = (char *)text_at(data, "kind"),
                                 .brand = (char *)text_at(data, "brand"),
                                 .convention = (char *)text_at(data, "convention"),
                                 .plan = (char *)text_at(data, "plan"),
                                 .from = day_in(data, "from"),
                                 .net = money(number_at(data, "net_cents")),
                                 .extra_gb = money(number_at(data, "extra_gb_cents")),
                                 .sold_from = day_in(data, "sold_from"),
                                 .sold_until = day_in(data, "sold_until"),
                                 .max_years = (int)number_at(data, "max_years"),
                                 .reason = (char *)reason};

    (void)mem;
    return insert(tx, shop->brands, &c, actor, why);
}

const struct approval_kind APPROVE_PRICE = {"price", N_("Listino"), OFFICE_CATALOGUE, OFFICE_CATALOGUE, act};

/* "Listino: Legalmail, Bronze, 27,00 € dal 01/01/2027" */
static char *title_of(void *mem, const struct brands *brands, const struct catalogue_change *c)
{
    const struct brand *b = brand_by_id(brands, c->brand);
    const char *what = c->plan[0] ? brand_plan_by_id(b, c->plan)->name : brand_convention_by_id(b, c->convention)->body;
    char day[DAY_TEXT], amount[MONEY_TEXT];

    day_italian(c->from, day);
    if (strcmp(c->kind, CATALOGUE_SALE) == 0)
        return talloc_asprintf(mem, N_("Vendita di %s, %s, dal %s"), b->name, what, day);
    return talloc_asprintf(mem, N_("Listino di %s, %s: %s dal %s"), b->name, what, money_euro(c->net, amount), day);
}

enum outcome catalogue_ask(struct db_tx *tx, struct shop *shop, void *mem, const struct catalogue_change *c,
                           const struct actor *actor, int64_t *id, bool *waits, struct problem *why)
{
    struct catalogue_change *all;
    json_t *data;
    size_t count;
    enum outcome o;

    TRY(catalogue_check(tx, shop->brands, c, why));
    if (!c->reason || text_is_blank(c->reason))
        return fault(why, PROBLEM_REQUIRED, "reason");
    if (text_characters(c->reason) > REASON_MOST)
        return problem_set(why, PROBLEM_TOO_LONG, "reason", "%d", REASON_MOST);
    data = data_of(c);
    o = approval_ask(tx, shop, mem,
                     &(struct approval_ask){.kind = &APPROVE_PRICE,
                                            .brand = c->brand,
                                            .subject = talloc_asprintf(mem, "%s:%s/%s%s:%d", c->kind, c->brand,
                                                                       c->convention, c->plan, c->from.n),
                                            .title = title_of(mem, shop->brands, c),
                                            .link = talloc_asprintf(mem, "/office/catalogo/%s", c->brand),
                                            .reason = c->reason,
                                            .amount = c->net,
                                            .data = data,
                                            .actor = *actor},
                     id, waits, why);
    json_decref(data);
    TRY(o);
    if (*waits)
        return DONE;
    TRY(catalogue_changes(tx, mem, &all, &count));
    for (size_t i = 0; i < count; i++)
        *id = all[i].id > *id ? all[i].id : *id; /* of this very transaction */
    return DONE;
}

enum outcome catalogue_take_back(struct db_tx *tx, void *mem, int64_t id, const struct actor *actor,
                                 struct catalogue_change *c, struct problem *why)
{
    enum outcome o = catalogue_change_by_id(tx, mem, id, c);
    json_t *data;
    bool changed;

    if (o == REFUSED || (o == DONE && c->withdrawn_at.us))
        return fault(why, PROBLEM_NOT_FOUND, "");
    TRY(o);
    if (day_before(c->from, catalogue_first_day(db_now(tx))))
        return fault(why, PROBLEM_DAY_RANGE, "from");
    TRY(catalogue_change_withdraw(tx, id, actor->name, &changed));
    if (!changed)
        return BUSY;
    data = data_of(c);
    json_object_set_new(data, "change", json_integer(id));
    o = event_record(tx, c->brand, actor, "catalogue.withdrawn", 0, 0, data);
    json_decref(data);
    return o;
}

/* ---- What it would do ---- */

static struct money times(struct money one, int64_t count)
{
    struct money product = {0};

    return money_times(one, count, &product) == DONE ? product : money(0);
}

enum outcome catalogue_effect(struct db_tx *tx, const struct brands *brands, const struct catalogue_change *c,
                              struct catalogue_effect *e, struct problem *why)
{
    const struct brand *b = brand_by_id(brands, c->brand);
    struct day before = day_plus(c->from, -1);
    const struct brand_price *plan = c->plan[0] ? brand_price_on(brand_plan_by_id(b, c->plan), before) : NULL;
    const struct convention_price *term =
        c->convention[0] ? convention_price_on(brand_convention_by_id(b, c->convention), before) : NULL;

    *e = (struct catalogue_effect){.known = plan || term};
    e->net_before = plan ? plan->year : term ? term->term : money(0);
    e->extra_before = plan ? plan->extra_gb_year : term ? term->extra_gb_year : money(0);
    TRY(price_total(e->net_before, brand_vat_rate_bp(b, before), &e->before, why));
    TRY(price_total(c->net, brand_vat_rate_bp(b, c->from), &e->after, why));
    TRY(catalogue_meets(tx, c, &e->met));
    e->income = times(money(c->net.cents - e->net_before.cents), e->met.mailboxes);
    return DONE;
}
