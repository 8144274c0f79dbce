/* What must hold between members, conventions' mailboxes and bulk orders (§3.8, T42). */
#include "base/outcome.h"
#include "store/audit_sets.h"

/* clang-format off */
#define N AUDIT_TEXT
#define MOST AUDIT_MOST

const struct audit_set AUDIT_CONVENTIONS[] = {
    {"member.mailbox", "SELECT 'member ' || " N("x.id") " || ': ' || m.address FROM member x JOIN mailbox m ON m.id = x.mailbox_id "
                       "WHERE x.brand <> m.brand OR (x.status = 'active' AND m.status <> 'deleted' AND x.convention <> m.convention)" MOST},
    {"member.one", "SELECT 'mailbox ' || " N("mailbox_id") " FROM member WHERE status = 'active' GROUP BY mailbox_id HAVING count(*) > 1" MOST},
    {"member.left", "SELECT 'member ' || " N("id") " FROM member WHERE (status = 'left') <> (left_on IS NOT NULL)" MOST},
    {"order.bulk", "SELECT 'order ' || o.code || ': ' || m.address FROM shop_order o JOIN order_line l ON l.order_id = o.id JOIN mailbox m "
                   "ON m.id = l.mailbox_id WHERE o.kind = 'bulk' AND (m.brand <> o.brand OR l.kind <> 'renewal' OR l.years < 1)" MOST},
};
const size_t AUDIT_CONVENTION_COUNT = count_of(AUDIT_CONVENTIONS);
/* clang-format on */
