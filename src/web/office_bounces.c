/* web/office_bounces.c: GET /office/recapiti: the addresses from which our mails come back, the newest first; POST
 * /office/recapiti/{id}: one of them receives again. */

#include "base/i18n.h"
#include "shop/bounce.h"
#include "shop/present.h"
#include "web/office.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

struct bounces {
    int64_t before, total;
    struct bounce *rows;
    size_t count;
    bool more;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct bounces *b = arg;

    (void)why;
    TRY(bounces_count(tx, o->operator.brand, &b->total));
    TRY(bounces_before(tx, o->page.mem, o->operator.brand, b->before, PAGE_SIZE + 1, &b->rows, &b->count));
    b->more = b->count > PAGE_SIZE;
    b->count = b->more ? PAGE_SIZE : b->count;
    return DONE;
}

static json_t *row(const struct office *o, const struct bounce *b)
{
    const struct brand *brand = brand_by_id(o->page.shop->brands, b->brand);

    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:I, s:b, s:s, s:o, s:o}", "id", (json_int_t)b->id, "brand",
                     brand ? brand->name : b->brand, "address", b->address, "since", present_instant(b->since),
                     "last_at", present_instant(b->last_at), "times", (json_int_t)b->times, "again", b->times > 1,
                     "status", b->status, "said", b->said[0] ? json_string(b->said) : json_false(), "mailbox",
                     b->mailbox[0] ? json_string(b->mailbox) : json_false());
}

static void show(struct office *o, const struct bounces *b)
{
    struct page *p = &o->page;
    json_t *rows = json_array();

    for (size_t i = 0; i < b->count; i++)
        json_array_append_new(rows, row(o, &b->rows[i]));
    page_set(p, "rows", rows);
    page_set(p, "any", json_boolean(b->count > 0));
    page_set(p, "total", json_integer(b->total));
    page_set(p, "may_clear", json_boolean(operator_may(&o->operator, OFFICE_ASK)));
    page_set(p, "first_url", b->before ? json_string("/office/recapiti") : json_false());
    page_set(p, "more_url",
             b->more ? json_sprintf("/office/recapiti?dopo=%" PRId64, b->rows[b->count - 1].id) : json_false());
    if (form_value(&p->req->query, "fatto"))
        page_set(p, "flash", json_string(page_text(p, N_("Recapito tolto dall'elenco."))));
    office_show(o, 200, "bounces", N_("Recapiti che tornano indietro"));
}

void office_bounces(struct http_request *req)
{
    struct bounces b = {.before = office_number(form_value(&req->query, "dopo"))};
    struct office o;

    if (office_open(req, load, &b, &o))
        show(&o, &b);
}

struct clearing {
    struct office *o;
    int64_t id;
};

/* Somebody else's reads like one that is gone, which is no fault: it was to go. */
static enum outcome clear(struct db_tx *tx, void *arg)
{
    const struct clearing *c = arg;
    const char *brand = c->o->operator.brand;
    struct bounce b;
    enum outcome o = bounce_by_id(tx, c->o->page.mem, c->id, &b);

    if (o == DONE && (!brand[0] || strcmp(brand, b.brand) == 0))
        o = bounce_clear(tx, &b, &c->o->actor);
    return o == REFUSED ? DONE : o;
}

void office_bounce_sent(struct http_request *req)
{
    struct clearing c = {.id = office_number(http_parameter(req, "id"))};
    struct office o;
    enum outcome outcome;

    if (!office_open(req, NULL, NULL, &o))
        return;
    c.o = &o;
    outcome = db_transaction(o.page.shop->db, "bounce.clear", clear, &c);
    if (outcome == DONE)
        office_go(&o, "/office/recapiti?fatto=1");
    else
        office_failed(&o, outcome, NULL);
}
