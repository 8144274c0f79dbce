/* web/office_conventions.c: GET /office/convenzioni: every brand's; GET …/{marchio}/{id}/scadenze.csv: who expires
 * (L9); GET and POST …/{marchio}/{id}/elenco: a list of members is looked through, POST …/elenco/conferma: applied
 * (T42), as the Ordine's delegate does. */

#include "base/csv.h"
#include "base/i18n.h"
#include "shop/files.h"
#include "shop/present.h"
#include "web/convention_page.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct conventions {
    struct convention_facts *all;
    size_t count;
};

static enum outcome load_all(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    const struct brands *brands = o->page.shop->brands;
    struct conventions *c = arg;

    (void)why;
    c->all = talloc_array(o->page.mem, struct convention_facts, 0);
    c->count = 0;
    for (size_t i = 0; i < brands->count; i++)
        for (size_t k = 0; k < brands->all[i].convention_count && operator_sees(&o->operator, brands->all[i].id); k++) {
            c->all = talloc_realloc(o->page.mem, c->all, struct convention_facts, (unsigned)c->count + 1);
            TRY(convention_load(tx, &brands->all[i], &brands->all[i].conventions[k], &c->all[c->count++]));
        }
    return DONE;
}

static char *path_of(void *mem, const struct convention_facts *f, const char *rest)
{
    return talloc_asprintf(mem, "/office/convenzioni/%s/%s%s", f->brand->id, f->convention->id, rest);
}

static json_t *row(const struct page *p, const struct convention_facts *f)
{
    const struct brand_convention *c = f->convention;
    const struct convention_price *price = convention_price_on(c, p->today);

    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:b, s:o, s:I, s:I, s:o, s:s, s:s}", "body", c->body, "brand",
                     f->brand->name, "brand_id", f->brand->id, "plan", c->plan->name, "years", c->years, "body_pays",
                     c->body_pays, "price", price ? present_money(price->term) : json_false(), "mailboxes",
                     (json_int_t)f->mailboxes, "expiring", (json_int_t)f->expiring, "until", present_day(c->until),
                     "csv_url", path_of(p->mem, f, "/scadenze.csv"), "roster_url", path_of(p->mem, f, "/elenco"));
}

void office_conventions(struct http_request *req)
{
    struct conventions c;
    struct office o;
    json_t *rows;

    if (!office_open(req, load_all, &c, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < c.count; i++)
        json_array_append_new(rows, row(&o.page, &c.all[i]));
    page_set(&o.page, "any", json_boolean(c.count > 0));
    page_set(&o.page, "rows", rows);
    office_show(&o, 200, "conventions", N_("Convenzioni"));
}

/* ---- One ---- */

struct taking {
    struct office *o;
    struct convention_facts facts;
    struct text_buffer out;         /* of the report */
    const struct http_upload *sent; /* NULL: the file `id`, to be applied */
    int64_t id;
    struct roster *roster;
    struct problem why;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct taking *t = arg;
    const struct brand *b = brand_by_id(o->page.shop->brands, http_parameter(o->page.req, "marchio"));
    const struct brand_convention *c =
        b && operator_sees(&o->operator, b->id) ? brand_convention_by_id(b, http_parameter(o->page.req, "id")) : NULL;

    return c ? convention_load(tx, b, c, &t->facts) : problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
}

static enum outcome load_report(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct taking *t = arg;
    struct day from, until;

    TRY(load(tx, o, arg, why));
    t->out = text_buffer(o->page.mem);
    text_put(&t->out, CSV_MARK);
    convention_due(t->facts.brand, o->page.today, &from, &until);
    return convention_report(tx, o->page.mem, t->facts.brand, t->facts.convention, from, until, &t->out);
}

void office_convention_report(struct http_request *req)
{
    struct taking t = {0};
    struct office o;

    if (!office_open(req, load_report, &t, &o))
        return;
    http_attachment(req, "scadenze-%s.csv", t.facts.convention->id);
    http_reply_kept(req, 200, "text/csv; charset=utf-8", t.out.bytes, t.out.length);
}

static void show(struct taking *t, int status, const struct problems *faults)
{
    struct page *p = &t->o->page;

    page_set(p, "body", json_string(t->facts.convention->body));
    roster_page_set(p, t->roster, t->id, path_of(p->mem, &t->facts, "/elenco"), "/office/convenzioni", faults);
    office_show(t->o, status, "roster", N_("Elenco degli iscritti"));
}

void office_roster(struct http_request *req)
{
    struct taking t = {0};
    struct office o;

    t.o = &o;
    if (office_open(req, load, &t, &o))
        show(&t, 200, NULL);
}

static void answer(struct taking *t, enum outcome outcome)
{
    struct problems faults = {0};

    if (outcome == REFUSED && t->why.code != PROBLEM_NONE) {
        problems_put(&faults, &t->why);
        show(t, problem_status(t->why.code), &faults);
    } else if (outcome != DONE) {
        office_failed(t->o, outcome, &t->why);
    } else {
        show(t, t->roster->faults.rows ? 422 : 200, NULL);
    }
}

static enum outcome look_through(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;
    void *mem = t->o->page.mem;
    const struct convention_facts *f = &t->facts;
    struct roster_file file = {.brand = (char *)f->brand->id,
                               .convention = (char *)f->convention->id,
                               .name = file_name_clean(mem, t->sent->filename),
                               .operator_id = t->o->operator.id,
                               .bytes = {t->sent->length, (void *)(uintptr_t)t->sent->bytes}};

    TRY(roster_take(tx, mem, f->brand, f->convention, t->sent->bytes, t->sent->length, false, &t->o->actor, t->roster,
                    &t->why));
    t->id = 0;
    if (t->roster->faults.rows)
        return DONE;
    TRY(roster_file_put(tx, &file));
    t->id = file.id;
    return DONE;
}

void office_roster_sent(struct http_request *req)
{
    struct taking t = {0};
    struct office o;

    t.o = &o;
    if (!office_open(req, load, &t, &o))
        return;
    t.roster = talloc_zero(req->mem, struct roster);
    t.sent = req->upload_count ? &req->uploads[0] : NULL;
    answer(&t, t.sent && t.sent->length ? db_transaction(o.page.shop->db, "roster.look", look_through, &t)
                                        : problem_set(&t.why, PROBLEM_REQUIRED, "file", "%s", ""));
}

static enum outcome apply(struct db_tx *tx, void *arg)
{
    struct taking *t = arg;
    void *mem = t->o->page.mem;
    const struct convention_facts *f = &t->facts;
    struct roster_file file;
    enum outcome o = roster_file_get(tx, mem, t->id, &file);

    if (o == REFUSED || (o == DONE && (file.operator_id != t->o->operator.id || strcmp(file.brand, f->brand->id) != 0 ||
                                       strcmp(file.convention, f->convention->id) != 0)))
        return problem_set(&t->why, PROBLEM_ROSTER_GONE, "file", "%s", "");
    TRY(o);
    TRY(roster_take(tx, mem, f->brand, f->convention, file.bytes.bytes, file.bytes.length, true, &t->o->actor,
                    t->roster, &t->why));
    return roster_file_drop(tx, file.id);
}

void office_roster_confirmed(struct http_request *req)
{
    struct taking t = {0};
    struct office o;
    enum outcome outcome;

    t.o = &o;
    if (!office_open(req, load, &t, &o))
        return;
    t.roster = talloc_zero(req->mem, struct roster);
    t.id = office_number(form_value(&req->form, "file"));
    outcome = db_transaction(o.page.shop->db, "roster.apply", apply, &t);
    t.id = 0;
    answer(&t, outcome);
}
