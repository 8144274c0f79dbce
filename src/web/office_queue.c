/* web/office_queue.c: GET /office/documenti: what waits at the desk, since when, and by when it is due. All that
 * chooses stands in the address: elenco, marchio, scaduti, cerca, and where the page begins (dopo). */

#include "base/i18n.h"
#include "shop/present.h"
#include "shop/review.h"
#include "web/office.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define PAGE_SIZE 30

static const char *const LABELS[DESK_LISTS] = {[DESK_WAITING] = N_("Da verificare"),
                                               [DESK_TROUBLE] = N_("Ferme"),
                                               [DESK_ACTIVATING] = N_("In attivazione"),
                                               [DESK_MISSING] = N_("Senza documenti"),
                                               [DESK_CLOSED] = N_("Concluse")};

struct queue {
    struct desk_page page;
    struct desk_row *rows;
    size_t count;
    bool more;
    struct desk_counts counts;
};

static enum outcome load(struct db_tx *tx, struct office *o, void *arg, struct problem *why)
{
    struct queue *q = arg;

    (void)why;
    if (o->operator.brand[0])
        q->page.brand = o->operator.brand;
    TRY(desk_count(tx, o->operator.brand, &q->counts));
    TRY(desk_rows(tx, o->page.mem, &q->page, &q->rows, &q->count));
    q->more = q->count > PAGE_SIZE;
    q->count = q->more ? PAGE_SIZE : q->count;
    return DONE;
}

/* An address of this page, with the same choices but for what is given; texts of the address are escaped by the
 * caller's words only. */
static char *address(void *mem, const struct desk_page *p, enum desk_list list, bool overdue, const char *brand,
                     const char *search)
{
    struct text_buffer out = text_buffer(mem);

    (void)p;
    text_put_format(&out, "/office/documenti?elenco=%s", desk_list_name(list));
    if (overdue)
        text_put(&out, "&scaduti=1");
    if (brand[0])
        text_put_format(&out, "&marchio=%s", brand);
    if (search[0])
        text_put(&out, "&cerca=");
    for (const char *c = search; *c; c++)
        text_put_format(&out, "%%%02X", (unsigned char)*c);
    return out.bytes;
}

static json_t *row(const struct office *o, const struct desk_row *r)
{
    const struct page *p = &o->page;
    const struct brand *brand = brand_by_id(p->shop->brands, r->brand);
    bool waits = strcmp(r->state, "in_review") == 0 && !r->error[0];
    bool overdue = waits && r->due_at.us < p->now.us;
    struct instant since = waits ? r->sent_at : r->changed_at;
    enum request_state state;
    json_t *data =
        json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:b}", "id", (json_int_t)r->id, "code", r->code,
                  "brand", brand ? brand->name : r->brand, "holder", r->holder, "state",
                  request_state_of(r->state, &state) == DONE ? page_text(p, request_state_label(state)) : r->state,
                  "since", office_span(p, p->now.us - since.us), "since_at", present_instant(since), "name",
                  r->held_name, "overdue", overdue, "waits", waits);

    json_object_set_new(data, "due_at", waits ? present_instant(r->due_at) : json_false());
    json_object_set_new(data, "due",
                        waits
                            ? json_string(office_span(p, overdue ? p->now.us - r->due_at.us : r->due_at.us - p->now.us))
                            : json_false());
    json_object_set_new(data, "number", r->submissions > 1 ? json_integer(r->submissions) : json_false());
    json_object_set_new(data, "error",
                        r->error[0] ? json_string(i18n_filled(p->mem, p->language, r->error)) : json_false());
    return data;
}

static void put_filters(struct office *o, const struct queue *q)
{
    struct page *p = &o->page;
    const struct desk_page *d = &q->page;
    json_t *lists = json_array(), *brands = json_array();

    for (int i = 0; i < DESK_LISTS; i++)
        json_array_append_new(lists, json_pack("{s:s, s:s, s:b, s:o}", "label", page_text(p, LABELS[i]), "url",
                                               address(p->mem, d, (enum desk_list)i, false, d->brand, d->search),
                                               "here", d->list == (enum desk_list)i, "count",
                                               i == DESK_WAITING   ? json_integer(q->counts.waiting)
                                               : i == DESK_TROUBLE ? json_integer(q->counts.trouble)
                                                                   : json_false()));
    for (size_t i = 0; i < p->shop->brands->count && !o->operator.brand[0]; i++)
        if (p->shop->brands->all[i].purchase.on)
            json_array_append_new(brands, json_pack("{s:s, s:s, s:b}", "id", p->shop->brands->all[i].id, "name",
                                                    p->shop->brands->all[i].name, "here",
                                                    strcmp(p->shop->brands->all[i].id, d->brand) == 0));
    page_set(p, "lists", lists);
    page_set(p, "has_brands", json_boolean(json_array_size(brands) > 1));
    page_set(p, "brands", brands);
    page_set(p, "list", json_string(desk_list_name(d->list)));
    page_set(p, "brand_id", json_string(d->brand));
    page_set(p, "search", json_string(d->search));
    page_set(p, "overdue", json_boolean(d->overdue));
    page_set(p, "is_waiting", json_boolean(d->list == DESK_WAITING));
    page_set(p, "overdue_count", q->counts.overdue ? json_integer(q->counts.overdue) : json_false());
    page_set(p, "overdue_url", json_string(address(p->mem, d, DESK_WAITING, true, d->brand, d->search)));
}

static void read_choices(struct http_request *req, struct desk_page *d)
{
    const char *list = form_value(&req->query, "elenco"), *brand = form_value(&req->query, "marchio");
    const char *search = form_value(&req->query, "cerca"), *after = form_value(&req->query, "dopo");

    *d =
        (struct desk_page){.brand = brand ? brand : "",
                           .search = search && text_is_plain(search, strlen(search)) ? text_trim(req->mem, search) : "",
                           .overdue = form_value(&req->query, "scaduti") != NULL,
                           .limit = PAGE_SIZE + 1};
    if (!list || desk_list_of(list, &d->list) != DONE)
        d->list = DESK_WAITING;
    if (d->brand[0] && strspn(d->brand, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(d->brand))
        d->brand = "";
    d->overdue &= d->list == DESK_WAITING;
    if (after && sscanf(after, "%" SCNd64 ".%" SCNd64, &d->after_key, &d->after_id) != 2)
        d->after_key = d->after_id = 0;
}

void office_queue(struct http_request *req)
{
    struct queue q;
    struct office o;
    json_t *rows;
    char *here;

    read_choices(req, &q.page);
    if (!office_open(req, load, &q, &o))
        return;
    rows = json_array();
    for (size_t i = 0; i < q.count; i++)
        json_array_append_new(rows, row(&o, &q.rows[i]));
    put_filters(&o, &q);
    here = address(o.page.mem, &q.page, q.page.list, q.page.overdue, q.page.brand, q.page.search);
    page_set(&o.page, "rows", rows);
    page_set(&o.page, "any", json_boolean(q.count > 0));
    page_set(&o.page, "first_url", q.page.after_id ? json_string(here) : json_false());
    page_set(&o.page, "more_url",
             q.more
                 ? json_sprintf("%s&dopo=%" PRId64 ".%" PRId64, here, q.rows[q.count - 1].key, q.rows[q.count - 1].id)
                 : json_false());
    office_show(&o, 200, "queue", N_("Documenti"));
}
