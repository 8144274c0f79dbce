/* store/erasure_obstacles.c: what must be over before a person's data are erased: a mailbox, an order, money that is
 * nobody's yet, a duty to keep. */
#include "store/erasure.h"
#include "store/erasure_parts.h"

/* clang-format off */
#define OBSTACLES \
    "SELECT 'mailbox' AS kind, m.address AS what FROM mailbox m WHERE m.status <> 'deleted' AND m.id IN " PERSON_BOXES \
    " UNION ALL SELECT 'order', o.code FROM shop_order o WHERE (o.state = 'confirmed' OR o.state = 'paid' OR o.state = 'invoiced' OR o.state = " \
    "'in_process') AND o.id IN " PERSON_ORDERS \
    " UNION ALL SELECT 'change', m.address FROM holder_change c JOIN mailbox m ON m.id = c.mailbox_id WHERE c.ended_at IS NULL AND c.id IN " \
    PERSON_CHANGES \
    " UNION ALL SELECT 'payment', p.key FROM payment p WHERE p.ask_at IS NOT NULL AND p.state <> 'failed' AND p.state <> 'cancelled' AND p.state <> " \
    "'expired' AND p.order_id IN (SELECT o.id FROM shop_order o WHERE o.state <> 'fulfilled' AND o.state <> 'refunded' AND o.id IN " PERSON_ORDERS ")" \
    " UNION ALL SELECT 'money', p.key FROM payment p WHERE p.state = 'held' AND p.order_id IN " PERSON_ORDERS \
    " UNION ALL SELECT 'money', o.code FROM bank_entry e JOIN shop_order o ON o.id = e.order_id WHERE e.state = 'held' AND o.id IN " PERSON_ORDERS \
    " UNION ALL SELECT 'money', o.code FROM cheque q JOIN shop_order o ON o.id = q.order_id WHERE (q.state = 'received' OR q.state = 'deposited' OR " \
    "(q.state = 'cleared' AND q.held_reason <> '' AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.cheque_id = q.id))) AND o.id IN " PERSON_ORDERS \
    " UNION ALL SELECT 'wallet', a.email FROM wallet w JOIN account a ON a.id = w.account_id WHERE (w.balance_cents > 0 OR w.owed_cents > 0) AND " \
    "a.id IN " PERSON_ACCOUNTS \
    " UNION ALL SELECT 'refund', coalesce(o.code, r.key) FROM refund r LEFT JOIN shop_order o ON o.id = r.order_id WHERE r.state <> 'done' AND r.state " \
    "<> 'dropped' AND r.order_id IN " PERSON_ORDERS \
    " UNION ALL SELECT 'proof', o.code FROM proof p JOIN shop_order o ON o.id = p.order_id WHERE (p.state = 'received' OR (p.state = 'accepted' AND " \
    "o.provisional = 1)) AND o.id IN " PERSON_ORDERS \
    " UNION ALL SELECT 'legal_hold', m.address FROM legal_hold l JOIN mailbox m ON m.id = l.mailbox_id WHERE m.id IN " PERSON_BOXES \
    " UNION ALL SELECT 'hold', m.address FROM mailbox_hold l JOIN mailbox m ON m.id = l.mailbox_id WHERE l.lifted_at IS NULL AND l.stops_deletion = 1 " \
    "AND l.until_on >= $4 AND m.id IN " PERSON_BOXES
/* clang-format on */

enum outcome erasure_obstacles(struct db_tx *tx, void *mem, const struct erasure_subject *subject,
                               struct erasure_obstacle **rows, size_t *count)
{
    static const struct db_column ROW[] = {DB_TEXT(struct erasure_obstacle, kind),
                                           DB_TEXT(struct erasure_obstacle, what), DB_END};

    return db_all(
        tx, mem, ROW, rows, count,
        "SELECT f.kind, f.what FROM (" OBSTACLES ") f" PERSON_ALL " AND $4 = $4 ORDER BY f.kind, f.what LIMIT 50",
        db_text(subject->tax_code), db_text(subject->brand), db_int(subject->account_id), db_day(db_today(tx)));
}
