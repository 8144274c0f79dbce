/* web/api_exports.c: GET /api/v1/exports/mailboxes.csv?brand=&part= (shop/provider_list.h) and
 * …/exports/inipec.csv?brand= &since= (shop/inipec.h): what is handed to others as a file. Who took what is recorded.
 */

#include "shop/describe.h"
#include "shop/inipec.h"
#include "shop/provider_list.h"
#include "web/api.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

struct exporting {
    const char *brand_named, *since_named;
    const struct brand *brand;
    bool inipec;
    int64_t part, lines;
    struct day since;
    struct text_buffer out;
    const struct call *call;
};

static enum outcome load(struct db_tx *tx, struct call *c, void *arg)
{
    struct exporting *e = arg;
    struct problem why = {0};

    TRY(api_find_brand(c, e->brand_named, &e->brand));
    e->out = text_buffer(c->mem);
    return e->inipec ? api_passed(c, inipec_report(tx, c->mem, e->brand, e->since, &e->out, &e->lines, &why), &why)
                     : provider_list(tx, c->mem, e->brand, e->part, &e->out, &e->lines);
}

static enum outcome note(struct db_tx *tx, void *arg)
{
    const struct exporting *e = arg;
    char day[DAY_TEXT];
    json_t *data = e->inipec ? json_pack("{s:s, s:I}", "since", day_iso(e->since, day), "lines", (json_int_t)e->lines)
                             : json_pack("{s:I, s:I}", "part", (json_int_t)e->part, "lines", (json_int_t)e->lines);
    enum outcome o = event_record(tx, e->brand->id, &e->call->actor,
                                  e->inipec ? "inipec.exported" : "mailboxes.exported", 0, 0, data);

    json_decref(data);
    return o;
}

static void hand_out(struct call *c, const char *const *known, struct exporting *e)
{
    enum outcome o;

    e->call = c;
    e->brand_named = api_text(c, "brand");
    (void)!api_query(c, known);
    if (c->faults.count) {
        api_send_faults(c);
        return;
    }
    if (!api_read(c, load, e))
        return;
    o = db_transaction(c->shop->db, "exported", note, e);
    if (o != DONE)
        api_fail(c, o);
    else
        http_reply_kept(c->req, 200, "text/csv; charset=utf-8", e->out.bytes, e->out.length);
}

void api_export_mailboxes(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "part", NULL};
    struct exporting e = {0};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    (void)!api_number(&c, "part", 1, INT32_MAX, 1, &e.part);
    hand_out(&c, KNOWN, &e);
}

void api_export_inipec(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "since", NULL};
    struct exporting e = {.inipec = true};
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    e.since_named = api_text(&c, "since");
    if (day_parse(e.since_named, strlen(e.since_named), &e.since) != DONE)
        (void)!api_refuse(&c, PROBLEM_NOT_A_DATE, "since", "%s", "");
    hand_out(&c, KNOWN, &e);
}
