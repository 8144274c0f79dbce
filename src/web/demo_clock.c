/* web/demo_clock.c: GET and POST /demo/clock: the demonstration's time, which stands until it is moved. */

#include "base/i18n.h"
#include "shop/present.h"
#include "web/page.h"
#include "web/portal.h"
#include <string.h>

struct clock_form {
    struct day date;
    const char *move;
};

static const struct form_field CLOCK[] = {
    FORM_DAY(struct clock_form, date, "date", .optional = true),
    FORM_TEXT(struct clock_form, move, "move", .optional = true),
    FORM_END,
};

struct moving {
    struct instant to;
    struct problem why;
};

static enum outcome move_clock(struct db_tx *tx, void *arg)
{
    struct moving *m = arg;

    return db_set_clock(tx, m->to, &m->why);
}

static void show(struct page *p, int status, const struct problems *faults)
{
    char date[DAY_TEXT], now[INSTANT_TEXT];

    page_fields(p, CLOCK, NULL, faults);
    page_set(p, "clock", json_pack("{s:s, s:s}", "now", instant_italian(p->now, now), "date", day_iso(p->today, date)));
    page_set(p, "moved", json_boolean(form_value(&p->req->query, "fatto") != NULL));
    page_show(p, status, "demo_clock", N_("Orologio"));
}

void demo_clock(struct http_request *req)
{
    struct page p;

    if (page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        show(&p, 200, NULL);
}

/* The new date, at the time of day that it is. */
static struct instant at_same_time(const struct page *p, struct day date)
{
    int hour, minute, second;

    rome_time(p->now, &hour, &minute, &second);
    return rome_at(date, hour, minute, second);
}

void demo_clock_sent(struct http_request *req)
{
    struct clock_form form = {0};
    struct problems faults = {0};
    struct moving m = {0};
    struct day to;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_ANYBODY, NULL, NULL, &p))
        return;
    if (page_form(&p, CLOCK, &form, &faults) != DONE) {
        show(&p, 422, &faults);
        return;
    }
    to = form.date;
    if (form.move)
        to = strcmp(form.move, "month") == 0 ? day_add_months(p.today, 1, 0) : day_plus(p.today, 1);
    if (to.n == 0 || day_before(to, p.today)) {
        problems_add(&faults, to.n == 0 ? PROBLEM_REQUIRED : PROBLEM_DAY_RANGE, "date", "%s", "");
        show(&p, 422, &faults);
        return;
    }
    m.to = at_same_time(&p, to);
    o = db_transaction(p.shop->db, "clock.set", move_clock, &m);
    if (o != DONE)
        page_failed(&p, o, &m.why);
    else
        http_redirect(req, "/demo/clock?fatto=1");
}
