/* web/api_reports.c: GET /api/v1/reports/{name}?brand=&per=&months= (shop/report.h) */

#include "shop/report.h"
#include "web/api.h"
#include <string.h>

struct reporting {
    struct report_wanted wanted;
    struct report *report;
};

static enum outcome read_report(struct db_tx *tx, struct call *c, void *arg)
{
    struct reporting *r = arg;
    struct problem why = {0};
    enum outcome o;

    if (!r->wanted.kind)
        return api_refuse(c, PROBLEM_NOT_FOUND, "", "%s", "");
    r->wanted.sees = c->key.brand;
    o = report_make(tx, c->mem, c->shop->brands, c->language, &r->wanted, &r->report, &why);
    if (o == REFUSED)
        problems_put(&c->faults, &why);
    TRY(o);
    c->body = report_json(r->report);
    return DONE;
}

void api_report(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "per", "months", NULL};
    const char *brand = form_value(&req->query, "brand");
    struct reporting r = {.wanted = {.brand = brand ? brand : "", .per = form_value(&req->query, "per")}};
    int64_t months;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    r.wanted.kind = report_by_name(http_parameter(req, "name"));
    (void)!api_query(&c, KNOWN);
    (void)!api_number(&c, "months", REPORT_MONTHS_LEAST, REPORT_MONTHS_MOST, 0, &months);
    if (c.faults.count) {
        api_send_faults(&c);
        return;
    }
    r.wanted.months = (int)months;
    if (api_read(&c, read_report, &r))
        api_send(&c);
}
