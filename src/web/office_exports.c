/* web/office_exports.c: GET /office/rapporti/esportazioni: what is handed to others as a file; GET
 * …/caselle.csv?marchio=&parte=: a brand's mailboxes for its provider, in parts (shop/provider_list.h). Who took what
 * is recorded. */

#include "base/csv.h"
#include "base/i18n.h"
#include "shop/inipec.h"
#include "shop/present.h"
#include "shop/provider_list.h"
#include "web/office.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

static enum outcome load_parts(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    (void)o;
    (void)why;
    return provider_list_parts(tx, arg);
}

void office_exports(struct http_request *req)
{
    const struct brands *brands;
    int64_t parts = 1;
    struct office o;
    json_t *rows, *numbers;

    if (!office_open(req, load_parts, &parts, &o))
        return;
    brands = o.page.shop->brands;
    rows = json_array();
    numbers = json_array();
    for (size_t i = 0; i < brands->count; i++)
        if (operator_sees(&o.operator, brands->all[i].id))
            json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "id", brands->all[i].id, "name",
                                                  brands->all[i].name, "provider", brands->all[i].provider));
    for (int64_t i = 1; i <= parts; i++)
        json_array_append_new(numbers, json_integer(i));
    office_report_tabs(&o.page, NULL);
    page_set(&o.page, "brands", rows);
    page_set(&o.page, "several", json_boolean(parts > 1));
    page_set(&o.page, "parts", numbers);
    page_set(&o.page, "since", present_day(day_add_months(o.page.today, -1, 0)));
    office_show(&o, 200, "exports", N_("Esportazioni"));
}

struct exporting {
    const struct office *o;
    const struct brand *brand;
    bool inipec;
    int64_t part, lines;
    struct day since;
    struct text_buffer out;
};

static const struct brand *brand_of(const struct office *o)
{
    const char *id = form_value(&o->page.req->query, "marchio");
    const struct brand *b = id ? brand_by_id(o->page.shop->brands, id) : NULL;

    return b && operator_sees(&o->operator, b->id) ? b : NULL;
}

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    const char *since = form_value(&o->page.req->query, "dal");
    struct exporting *e = arg;

    e->brand = brand_of(o);
    if (!e->brand)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    e->out = text_buffer(o->page.mem);
    if (!e->inipec) {
        text_put(&e->out, CSV_MARK);
        return provider_list(tx, o->page.mem, e->brand, e->part, &e->out, &e->lines);
    }
    if (!since || (day_parse_italian(since, strlen(since), &e->since) != DONE &&
                   day_parse(since, strlen(since), &e->since) != DONE))
        return problem_set(why, PROBLEM_NOT_A_DATE, "dal", "%s", "");
    return inipec_report(tx, o->page.mem, e->brand, e->since, &e->out, &e->lines, why);
}

static enum outcome note(struct db_tx *tx, void *arg)
{
    const struct exporting *e = arg;
    char day[DAY_TEXT];
    json_t *data = e->inipec ? json_pack("{s:s, s:I}", "since", day_iso(e->since, day), "lines", (json_int_t)e->lines)
                             : json_pack("{s:I, s:I}", "part", (json_int_t)e->part, "lines", (json_int_t)e->lines);
    enum outcome o =
        event_record(tx, e->brand->id, &e->o->actor, e->inipec ? "inipec.exported" : "mailboxes.exported", 0, 0, data);

    json_decref(data);
    return o;
}

static void hand_out(struct http_request *req, struct exporting *e)
{
    enum outcome outcome;
    struct office o;
    char day[DAY_TEXT];

    if (!office_open(req, load, e, &o))
        return;
    e->o = &o;
    outcome = db_transaction(o.page.shop->db, "exported", note, e);
    if (outcome != DONE) {
        office_failed(&o, outcome, NULL);
        return;
    }
    if (e->inipec)
        http_attachment(req, "inipec-%s-%s.csv", e->brand->id, day_iso(e->since, day));
    else
        http_attachment(req, "caselle-%s-%" PRId64 ".csv", e->brand->id, e->part);
    http_reply_kept(req, 200, "text/csv; charset=utf-8", e->out.bytes, e->out.length);
}

void office_export_mailboxes(struct http_request *req)
{
    struct exporting e = {.part = office_number(form_value(&req->query, "parte"))};

    if (e.part < 1 || e.part > INT32_MAX)
        e.part = 1;
    hand_out(req, &e);
}

void office_export_inipec(struct http_request *req)
{
    hand_out(req, &(struct exporting){.inipec = true});
}
