/* What must hold of changes of holder and of the chain of who held a mailbox (DOMAIN M25). */
#include "base/outcome.h"
#include "store/audit_sets.h"

#define N    AUDIT_TEXT
#define MOST AUDIT_MOST

/* clang-format off */
#define LAST_PAPERS "LEFT JOIN submission s ON s.change_id = c.id AND s.number = (SELECT max(l.number) FROM submission l WHERE l.change_id = c.id) "
#define CHANGE      "'change ' || " N("c.id") " || ': ' || c.state"
#define PASSED      "(SELECT max(g.until_at) FROM holding g WHERE g.mailbox_id = m.id)"

const struct audit_set AUDIT_HOLDERS[] = {
    {"holder.chain", "SELECT 'mailbox ' || " N("mailbox_id") " FROM holding GROUP BY mailbox_id HAVING count(*) <> max(number) OR min(number) <> 1" MOST},
    {"holder.chain", "SELECT m.address FROM holding g JOIN mailbox m ON m.id = g.mailbox_id LEFT JOIN holding b ON b.mailbox_id = g.mailbox_id AND "
                     "b.number = g.number - 1 WHERE m.holder_id = g.holder_id OR coalesce(g.since_at, 0) <> coalesce(b.until_at, 0) OR "
                     "g.until_at < coalesce(g.since_at, 0)" MOST},
    {"holder.chain", "SELECT " CHANGE " FROM holding g JOIN holder_change c ON c.id = g.change_id WHERE c.state <> 'done' OR c.mailbox_id <> "
                     "g.mailbox_id OR c.from_holder_id <> g.holder_id OR c.ended_at <> g.until_at" MOST},
    {"holder.change", "SELECT " CHANGE " FROM holder_change c WHERE (c.state = 'done') <> EXISTS (SELECT 1 FROM holding g WHERE g.change_id = c.id) OR "
                      "(c.ended_at IS NULL) <> (c.state IN ('asked', 'accepted', 'in_review')) OR (c.token_hash IS NOT NULL AND c.state <> "
                      "'asked') OR (c.state IN ('accepted', 'in_review', 'done') AND (c.account_id IS NULL OR c.terms_version = '' OR "
                      "c.accepted_at IS NULL))" MOST},
    {"holder.papers", "SELECT " CHANGE " || ', papers ' || coalesce(s.state, 'none') FROM holder_change c " LAST_PAPERS "WHERE (c.state = 'in_review') "
                      "<> (coalesce(s.state, '') = 'in_review') OR (c.state = 'done' AND coalesce(s.state, '') <> 'approved')" MOST},
    {"holder.passed", "SELECT m.address FROM mailbox m JOIN holding g ON g.mailbox_id = m.id AND g.number = (SELECT max(l.number) FROM holding l WHERE "
                      "l.mailbox_id = m.id) JOIN holder_change c ON c.id = g.change_id JOIN holder h ON h.id = m.holder_id WHERE h.tax_code <> c.tax_code "
                      "OR h.vat_number <> c.vat_number OR h.name <> c.name" MOST},
    {"holder.mandate", "SELECT m.address FROM mandate d JOIN mailbox m ON m.id = d.mailbox_id WHERE d.state NOT IN ('off', 'off_by_user') AND "
                       "d.consented_at < " PASSED MOST},
    {"holder.session", "SELECT m.address FROM session s JOIN mailbox m ON m.id = s.mailbox_id WHERE s.created_at < " PASSED MOST},
    {"holder.order", "SELECT m.address FROM mailbox m JOIN shop_order o ON o.id = m.open_order_id WHERE o.state = 'confirmed' AND o.confirmed_at < " PASSED MOST},
};
/* clang-format on */
const size_t AUDIT_HOLDER_COUNT = count_of(AUDIT_HOLDERS);
