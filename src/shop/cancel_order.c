#include "shop/place_order.h"

enum outcome cancel_order(struct db_tx *tx, void *mem, const char *code, const struct actor *actor, struct problem *why)
{
    struct order order;
    enum order_state next;
    bool changed;
    enum outcome o = order_by_code(tx, mem, code, &order);

    if (o == REFUSED)
        return problem_set(why, PROBLEM_NOT_FOUND, "code", "%s", "");
    TRY(o);
    TRY(order_transition(order.state, ORDER_EVENT_CANCEL, &next, why));
    TRY(order_cancelled(tx, order.id, next, &changed));
    if (!changed)
        return BUSY;
    TRY(mailboxes_release(tx, order.id));
    TRY(event_record(tx, order.brand, actor, "order.cancelled", order.id, order.mailbox_id, NULL));
    return outbox_add(tx, order.brand, "mail", "order_cancelled", order.billing.email, order.language, order.id, NULL);
}
