#include "base/text.h"
#include "shop/review.h"
#include "web/office_mailbox.h"
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum outcome mailbox_view_find(struct db_tx *tx, struct office *o, struct mailbox *m, struct problem *why)
{
    const char *typed = http_parameter(o->page.req, "address");
    const char *addresses[SEARCH_POINTS] = {text_lower(o->page.mem, typed ? typed : ""), "", "", "", "", "", "", ""};
    int64_t id = office_number(form_value(&o->page.req->query, "id"));
    struct found_box *found;
    size_t count, at = 0;

    TRY(found_boxes_at(tx, o->page.mem, o->operator.brand, addresses, "", &found, &count));
    while (id && at < count && found[at].id != id)
        at++;
    if (at >= count || !typed)
        return problem_set(why, PROBLEM_NOT_FOUND, "", "%s", "");
    return mailbox_by_id(tx, o->page.mem, found[at].id, m);
}

/* What may be missing. */
static enum outcome maybe(enum outcome o)
{
    return o == REFUSED ? DONE : o;
}

static enum outcome load_ties(struct db_tx *tx, void *mem, struct mailbox_view *v)
{
    const struct mailbox *m = &v->mailbox;

    if (m->account_id)
        TRY(account_by_id(tx, mem, m->account_id, &v->account));
    if (m->domain[0])
        TRY(maybe(domain_by_name(tx, mem, m->brand, m->domain, &v->domain)));
    TRY(maybe(mandate_latest(tx, mem, m->id, &v->mandate)));
    TRY(maybe(plan_change_open(tx, mem, m->id, &v->change)));
    return maybe(request_by_mailbox(tx, mem, m->id, &v->request));
}

static enum outcome load_holds(struct db_tx *tx, void *mem, struct mailbox_view *v)
{
    int64_t id = v->mailbox.id;

    TRY(maybe(legal_hold_get(tx, mem, id, &v->legal)));
    TRY(maybe(suspension_of(tx, mem, id, &v->suspension)));
    TRY(maybe(termination_get(tx, mem, id, &v->termination)));
    TRY(mailbox_holds_of(tx, mem, id, HOLDS_SHOWN, &v->holds, &v->hold_count));
    v->holders = talloc_zero_array(mem, const char *, (unsigned)v->hold_count + 1);
    for (size_t i = 0; i < v->hold_count; i++)
        TRY(actor_label(tx, mem, v->holds[i].set_by, &v->holders[i]));
    if (v->legal.reason)
        TRY(actor_label(tx, mem, v->legal.set_by, &v->legal_by));
    if (v->suspension.reason)
        TRY(actor_label(tx, mem, v->suspension.set_by, &v->suspended_by));
    return DONE;
}

enum outcome mailbox_view_load(struct db_tx *tx, struct office *o, struct mailbox_view *v, struct problem *why)
{
    void *mem = o->page.mem;
    struct order *orders;

    *v = (struct mailbox_view){0};
    TRY(mailbox_view_find(tx, o, &v->mailbox, why));
    v->brand = brand_by_id(o->page.shop->brands, v->mailbox.brand);
    if (!v->brand)
        return problem_set(why, PROBLEM_BRAND, "", "%s", "");
    TRY(load_ties(tx, mem, v));
    TRY(load_holds(tx, mem, v));
    TRY(orders_of_mailbox(tx, mem, v->mailbox.id, ORDERS_SHOWN, &orders, &v->order_count));
    TRY(office_orders_load(tx, o, orders, v->order_count, &v->orders));
    v->desk.about.mailbox_id = v->mailbox.id;
    return desk_view_load(tx, o, &v->desk);
}
