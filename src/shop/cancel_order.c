#include "shop/autorenew.h"
#include "shop/place_purchase.h"
#include "store/space.h"

/* An order ends without money: its mailboxes are free for another, a new one's name for anybody, and the customer is
 * told. */
static enum outcome close_order(struct db_tx *tx, void *mem, const struct order *order, enum order_event event,
                                const struct actor *actor, struct problem *why)
{
    const char *kind = event == ORDER_EVENT_CANCEL ? "order.cancelled" : "order.lapsed";
    enum order_state next;
    bool changed;

    TRY(order_transition(order->state, event, &next, why));
    TRY(order_cancelled(tx, order->id, next, &changed));
    if (!changed)
        return BUSY;
    TRY(order_is_purchase(order) ? purchase_dropped(tx, mem, order, actor)
        : order_is_space(order)  ? space_release(tx, order->id)
                                 : mailboxes_release(tx, order->id));
    TRY(autorenew_closed(tx, mem, order, actor));
    TRY(event_record(tx, order->brand, actor, kind, order->id, order->mailbox_id, NULL));
    return outbox_add(tx, order->brand, "mail", "order_cancelled", order->billing.email, order->language, order->id,
                      NULL);
}

enum outcome cancel_order(struct db_tx *tx, void *mem, const char *code, const struct actor *actor, struct problem *why)
{
    struct order order;
    enum outcome o = order_by_code(tx, mem, code, &order);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    return close_order(tx, mem, &order, ORDER_EVENT_CANCEL, actor, why);
}

enum outcome lapse_orders(struct db_tx *tx, void *mem, int limit, int *lapsed)
{
    const struct actor actor = {.door = "job", .name = "system"};
    struct order *orders;
    size_t count;

    *lapsed = 0;
    TRY(orders_to_lapse(tx, mem, limit, &orders, &count));
    for (size_t i = 0; i < count; i++)
        TRY(close_order(tx, mem, &orders[i], ORDER_EVENT_LAPSE, &actor, NULL));
    *lapsed = (int)count;
    return DONE;
}
