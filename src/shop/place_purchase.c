#include "shop/place_purchase.h"
#include "shop/autorenew.h"
#include "shop/place_parts.h"
#include "shop/request_parts.h"
#include <string.h>
#include <talloc.h>

struct work {
    struct db_tx *tx;
    void *mem;
    const struct order_request *order;
    const struct purchase_request *purchase;
    struct placed_order *placed;
    struct problem *why;
    struct request request;
    struct purchase_quote quote;
    char *address;
};

static enum outcome load(struct work *w)
{
    struct instant until;

    TRY(request_load(w->tx, w->mem, w->order->brand, w->order->who.account_id, w->purchase->request_id, &w->request,
                     &until, w->why));
    if (w->request.state == REQUEST_REQUESTED)
        return problem_set(w->why, PROBLEM_NAME_NOT_HELD, "names", "%s", "");
    if (w->request.state != REQUEST_RESERVED)
        return problem_set(w->why, PROBLEM_REQUEST_STATE, "request", "%s", request_state_label(w->request.state));
    w->address = talloc_asprintf(w->mem, "%s@%s", w->request.held_name, w->order->brand->domain);
    return DONE;
}

/* The draft may have been changed since Valida. */
static enum outcome check_form(struct work *w)
{
    struct problems faults = {0};
    struct day today = db_today(w->tx);

    if (request_check(w->mem, w->order->brand, today, &w->request, &faults) != DONE)
        return problem_set(w->why, faults.item[0].code, faults.item[0].field, "%s", faults.item[0].detail);
    return purchase_quote(w->order->brand, w->request.plan, w->request.years, today, &w->quote, w->why);
}

/* A hold whose time is over is as good as a new one, as long as nobody else wanted the name. */
static enum outcome check_name(struct work *w)
{
    enum name_verdict verdict;

    TRY(name_look(w->tx, w->address, w->request.holder.tax_code, w->request.id, &verdict));
    if (verdict != NAME_FREE)
        return problem_set(w->why, PROBLEM_NAME_NOT_HELD, "names", "%s", "");
    return DONE;
}

static void make_line(struct work *w)
{
    struct order_line *line = talloc_zero(w->mem, struct order_line);

    *line = (struct order_line){
        .line = 1,
        .kind = (char *)order_line_kind_name(LINE_PURCHASE),
        .address = w->address,
        .description = present_purchase(w->mem, w->order->language, w->order->brand, w->quote.plan, w->request.years),
        .quantity = w->request.years,
        .unit = w->quote.priced.year,
        .net = w->quote.total.net,
        .plan = (char *)w->quote.plan->id,
        .years = w->request.years,
    };
    w->placed->lines = line;
    w->placed->line_count = 1;
}

/* The name is kept from now on for as long as its order is under way. */
static enum outcome keep(struct work *w)
{
    struct request *r = &w->request;
    bool held;

    TRY(name_hold(w->tx, w->address, r->id, (struct instant){0}, &held));
    if (!held)
        return BUSY;
    r->order_id = w->placed->order.id;
    r->start_now = w->purchase->start_now && holder_is_consumer((enum holder_kind)r->holder.kind);
    return request_keep(w->tx, r, REQUEST_EVENT_ORDER, w->why);
}

enum outcome place_purchase(struct db_tx *tx, void *mem, const struct purchase_request *purchase,
                            struct placed_order *placed, struct problem *why)
{
    const struct order_request *r = &purchase->order;
    struct work *w = talloc_zero(mem, struct work);
    enum outcome o;

    *w = (struct work){.tx = tx, .mem = mem, .order = r, .purchase = purchase, .placed = placed, .why = why};
    *placed = (struct placed_order){0};
    o = place_found(tx, mem, r, placed, why);
    if (o != REFUSED || placed->found)
        return o;
    TRY(place_check_method(r, why));
    TRY(place_check_terms(tx, r, why));
    TRY(load(w));
    TRY(check_form(w));
    TRY(check_name(w));
    TRY(place_check_total(r, &w->quote.total, why));
    placed->order.kind = (char *)ORDER_PURCHASE;
    placed->order.billing = r->billing.name && r->billing.name[0] ? r->billing : w->request.holder;
    TRY(place_begin(tx, mem, r, &w->quote.total, &placed->order));
    make_line(w);
    TRY(place_write(tx, r, placed));
    if (r->autorenew_version && r->autorenew_version[0])
        TRY(autorenew_wish(tx, r->shop, r->brand, &r->actor, &placed->order, r->autorenew_version, why));
    return keep(w);
}

/* ---- All at once ---- */

static enum outcome put(struct problems *faults, enum outcome o, const struct problem *why)
{
    if (o == REFUSED && why->code != PROBLEM_NONE) /* a constraint's has no words, and ends the transaction */
        (void)!problems_add(faults, why->code, why->field, "%s", why->detail);
    return o;
}

static enum outcome save_and_hold(struct db_tx *tx, void *mem, struct purchase_request *p, struct request *bought,
                                  struct problems *faults)
{
    const struct order_request *order = &p->order;
    struct problem why = {0};
    struct validated v;

    TRY(put(faults, draft_save(tx, mem, order->brand, order->who.account_id, bought, &why), &why));
    p->request_id = bought->id;
    TRY(put(faults,
            names_validate(tx, mem, order->brand, order->who.account_id, bought->id, &order->actor, bought, &v, &why),
            &why));
    if (place_check_method(order, &why) != DONE)
        (void)!put(faults, REFUSED, &why);
    if (place_check_terms(tx, order, &why) != DONE)
        (void)!put(faults, REFUSED, &why);
    for (size_t i = 0; i < v.faults.count && i < count_of(v.faults.item); i++)
        (void)!put(faults, REFUSED, &v.faults.item[i]);
    return faults->count ? REFUSED : DONE;
}

enum outcome purchase_at_once(struct db_tx *tx, void *mem, struct purchase_request *purchase, struct request *bought,
                              struct placed_order *placed, struct problems *faults)
{
    struct problem why = {0};
    enum outcome o = purchase->order.form_token ? place_found(tx, mem, &purchase->order, placed, &why) : REFUSED;

    if (o == DONE)
        return request_by_order(tx, mem, placed->order.id, bought);
    if (o != REFUSED || why.code != PROBLEM_NONE)
        return put(faults, o, &why);
    TRY(save_and_hold(tx, mem, purchase, bought, faults));
    TRY(put(faults, place_purchase(tx, mem, purchase, placed, &why), &why));
    return request_by_id(tx, mem, purchase->request_id, bought);
}

enum outcome purchase_dropped(struct db_tx *tx, void *mem, const struct order *order, const struct actor *actor)
{
    return request_drop_of(tx, mem, order->id, actor);
}
