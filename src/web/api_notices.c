/* web/api_notices.c: GET /api/v1/notices/forecast?brand=&on=: how many notices would be sent on a day, by step of each
 * brand's plan (shop/notice_forecast.h). Nothing is written or sent. */

#include "shop/describe.h"
#include "shop/notice_forecast.h"
#include "web/api.h"
#include <string.h>

struct foreseeing {
    const char *brand, *typed; /* "": all that the key sees; today */
};

static enum outcome foresee(struct db_tx *tx, struct call *c, void *arg)
{
    const struct foreseeing *f = arg;
    struct day today = db_today(tx), on = today;
    struct notice_forecast *all;
    const struct brand *b;
    json_t *steps;
    size_t count;

    if (f->brand[0])
        TRY(api_find_brand(c, f->brand, &b));
    if (f->typed[0] && day_parse(f->typed, strlen(f->typed), &on) != DONE)
        return api_refuse(c, PROBLEM_NOT_A_DATE, "on", "%s", "");
    if (!notice_forecast_reaches(on, today))
        return api_refuse(c, PROBLEM_DAY_RANGE, "on", "%s", "");
    TRY(notices_forecast(tx, c->mem, c->shop->brands, f->brand, c->key.brand, on, &all, &count));
    steps = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(steps, describe_forecast(&all[i]));
    c->body = json_pack("{s:o, s:o}", "on", describe_day(on), "steps", steps);
    return DONE;
}

void api_notices_forecast(struct http_request *req)
{
    static const char *const KNOWN[] = {"brand", "on", NULL};
    struct foreseeing f;
    struct call c;

    if (!api_open(req, RIGHT_READ, &c))
        return;
    f = (struct foreseeing){api_text(&c, "brand"), api_text(&c, "on")};
    api_get(&c, KNOWN, foresee, &f);
}
