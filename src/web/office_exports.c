/* web/office_exports.c: GET /office/rapporti/esportazioni: what is handed to others as a file; GET
 * …/caselle.csv?marchio=&parte=: a brand's mailboxes for its provider, in parts (shop/provider_list.h). Who took what
 * is recorded. */

#include "base/i18n.h"
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
    office_show(&o, 200, "exports", N_("Esportazioni"));
}

struct exporting {
    const struct office *o;
    const struct brand *brand;
    int64_t part, lines;
    struct text_buffer out;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct exporting *e = arg;
    const char *id = form_value(&o->page.req->query, "marchio");

    e->brand = id ? brand_by_id(o->page.shop->brands, id) : NULL;
    if (!e->brand || !operator_sees(&o->operator, id))
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    e->out = text_buffer(o->page.mem);
    text_put(&e->out, "\xef\xbb\xbf");
    return provider_list(tx, o->page.mem, e->brand, e->part, &e->out, &e->lines);
}

static enum outcome note(struct db_tx *tx, void *arg)
{
    const struct exporting *e = arg;
    json_t *data = json_pack("{s:I, s:I}", "part", (json_int_t)e->part, "lines", (json_int_t)e->lines);
    enum outcome o = event_record(tx, e->brand->id, &e->o->actor, "mailboxes.exported", 0, 0, data);

    json_decref(data);
    return o;
}

void office_export_mailboxes(struct http_request *req)
{
    struct exporting e = {.part = office_number(form_value(&req->query, "parte"))};
    enum outcome outcome;
    struct office o;

    if (e.part < 1 || e.part > INT32_MAX)
        e.part = 1;
    if (!office_open(req, load, &e, &o))
        return;
    e.o = &o;
    outcome = db_transaction(o.page.shop->db, "mailboxes.exported", note, &e);
    if (outcome != DONE) {
        office_failed(&o, outcome, NULL);
        return;
    }
    http_set_header(
        req, "Content-Disposition",
        talloc_asprintf(req->mem, "attachment; filename=\"caselle-%s-%" PRId64 ".csv\"", e.brand->id, e.part));
    http_reply_kept(req, 200, "text/csv; charset=utf-8", e.out.bytes, e.out.length);
}
