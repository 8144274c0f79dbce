/* What must hold between requests, the names held for them, their orders and their mailboxes (DESIGN §6.4, DOMAIN
 * M1-M12, RI72, L5). */
#include "base/outcome.h"
#include "store/audit_sets.h"
#include "store/erasure.h"
#include "store/mailbox.h"

#define N    AUDIT_TEXT
#define MOST AUDIT_MOST

/* clang-format off */
#define UNDER_WAY(r) r ".state IN ('awaiting_payment', 'docs_pending', 'in_review', 'waiting', 'activating')"
/* The states of a request that go with each state of its order. One that was given back after its mailbox was there had been active. */
#define AGREE "CASE o.state WHEN 'confirmed' THEN r.state = 'awaiting_payment' WHEN 'fulfilled' THEN r.state = 'active' " \
              "WHEN 'refunded' THEN r.state = 'refused' OR (r.state = 'active' AND r.mailbox_id IS NOT NULL) " \
              "WHEN 'cancelled' THEN r.state = 'dropped' WHEN 'lapsed' THEN r.state = 'dropped' " \
              "ELSE r.state IN ('docs_pending', 'in_review', 'waiting', 'activating') END"

const struct audit_set AUDIT_PURCHASES[] = {
    {"purchase.request", "SELECT 'order ' || o.code FROM shop_order o LEFT JOIN activation_request r ON r.order_id = o.id WHERE "
                         "(o.kind = 'purchase') <> (r.id IS NOT NULL)" MOST},
    {"purchase.request", "SELECT 'request ' || " N("r.id") " || ': ' || r.state FROM activation_request r WHERE "
                         "(r.state IN ('requested', 'reserved') AND r.order_id IS NOT NULL) OR "
                         "(r.state NOT IN ('requested', 'reserved', 'dropped') AND r.order_id IS NULL)" MOST},
    {"purchase.request", "SELECT 'order ' || o.code || ': brand, buyer or line' FROM activation_request r JOIN shop_order o ON "
                         "o.id = r.order_id WHERE r.brand <> o.brand OR r.account_id <> coalesce(o.account_id, 0) OR (SELECT count(*) "
                         "FROM order_line l WHERE l.order_id = o.id AND l.kind = 'purchase' AND l.plan = r.plan AND l.years = r.years) <> 1" MOST},
    {"purchase.state", "SELECT 'order ' || o.code || ': ' || o.state || ', request ' || r.state FROM activation_request r JOIN "
                       "shop_order o ON o.id = r.order_id WHERE NOT (" AGREE ")" MOST},
    {"purchase.mailbox", "SELECT 'order ' || o.code FROM activation_request r JOIN shop_order o ON o.id = r.order_id WHERE "
                         "(r.state = 'active') <> (r.mailbox_id IS NOT NULL) OR coalesce(o.mailbox_id, 0) <> coalesce(r.mailbox_id, 0) OR "
                         "EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND coalesce(l.mailbox_id, 0) <> "
                         "coalesce(r.mailbox_id, 0))" MOST},
    {"purchase.term", "SELECT m.address FROM shop_order o JOIN order_line l ON l.order_id = o.id AND l.kind = 'purchase' JOIN mailbox m ON "
                      "m.id = l.mailbox_id WHERE l.new_expires_on <> m.first_expires_on" MOST},
    {"purchase.mail", "SELECT 'order ' || o.code || ': order_settled' FROM shop_order o WHERE o.kind = 'purchase' AND o.state IN "
                      "('in_process', 'fulfilled', 'refunded') AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.order_id = o.id AND b.kind = "
                      "'mail' AND b.template = 'order_settled')" MOST},
    {"name.hold", "SELECT h.address || ': request ' || " N("r.id") " || ' is ' || r.state FROM name_hold h JOIN activation_request r ON "
                  "r.id = h.request_id WHERE CASE WHEN h.held_until IS NULL THEN NOT (" UNDER_WAY("r") ") ELSE r.state <> 'reserved' END OR "
                  "substr(h.address, 1, length(r.held_name) + 1) <> r.held_name || '@'" MOST},
    {"name.hold", "SELECT 'request ' || " N("r.id") " || ': ' || r.held_name FROM activation_request r WHERE " UNDER_WAY("r") " AND NOT "
                  "(r.state = 'in_review' AND r.error <> '' AND r.held_name = '') AND NOT EXISTS (SELECT 1 FROM name_hold h WHERE h.request_id = r.id AND h.held_until IS NULL)" MOST},
    {"name.taken", "SELECT h.address FROM name_hold h JOIN mailbox_row m ON " MAILBOX_AT("h.address") " AND m.status <> 'deleted' WHERE "
                   "h.held_until IS NULL" MOST},
    {"name.tombstone", "SELECT h.address FROM name_hold h JOIN activation_request r ON r.id = h.request_id JOIN mailbox_row m ON " MAILBOX_AT("h.address") " AND m.status = 'deleted' JOIN holder d ON d.id = m.holder_id WHERE h.held_until IS NULL AND d.tax_code <> "
                       "r.tax_code" MOST},
    {"purchase.holder", "SELECT 'request ' || " N("r.id") " || ': ' || m.address FROM activation_request r JOIN mailbox m ON m.id = "
                        "r.mailbox_id JOIN holder h ON h.id = coalesce((SELECT g.holder_id FROM holding g WHERE g.mailbox_id = m.id AND g.number = 1), "
                        "m.holder_id) WHERE h.tax_code <> r.tax_code OR (r.name <> '" ERASED "' AND substr(m.address, 1, "
                        "length(r.name_1) + 1) <> r.name_1 || '@' AND substr(m.address, 1, length(r.name_2) + 1) <> r.name_2 || '@' AND "
                        "substr(m.address, 1, length(r.name_3) + 1) <> r.name_3 || '@')" MOST},
    {"papers.state", "SELECT 'request ' || " N("r.id") " || ': ' || r.state || ', papers ' || coalesce(s.state, 'none') FROM "
                     "activation_request r LEFT JOIN submission s ON s.request_id = r.id AND s.number = (SELECT max(l.number) FROM "
                     "submission l WHERE l.request_id = r.id) WHERE (r.state IN ('waiting', 'activating', 'active') AND coalesce(s.state, '') <> "
                     "'approved') OR (r.state = 'in_review' AND coalesce(s.state, '') <> CASE r.error WHEN '' THEN 'in_review' ELSE "
                     "'approved' END) OR (r.state IN ('docs_pending', 'refused') AND s.state = 'in_review') OR (r.state IN ('requested', "
                     "'reserved', 'awaiting_payment') AND s.id IS NOT NULL)" MOST},
    {"papers.state", "SELECT 'request ' || coalesce(" N("request_id") ", 'none') || ', change ' || coalesce(" N("change_id") ", 'none') FROM submission "
                     "GROUP BY request_id, change_id HAVING count(*) <> max(number) OR "
                     "sum(CASE WHEN state = 'in_review' THEN 1 ELSE 0 END) > 1" MOST},
    {"purchase.wait", "SELECT 'request ' || " N("id") " FROM activation_request WHERE state = 'waiting' AND begins_on IS NULL" MOST},
    {"papers.verdict", "SELECT 'submission ' || " N("id") " FROM submission WHERE state <> 'in_review' AND (decided_at IS NULL OR "
                       "decided_by = '' OR (state = 'approved' AND identity_expires_on IS NULL))" MOST},
};
/* clang-format on */
const size_t AUDIT_PURCHASE_COUNT = count_of(AUDIT_PURCHASES);
