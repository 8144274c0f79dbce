/* store/audit_day.c: what the day's turn must have left behind (DESIGN §6.7). */
#include "base/outcome.h"
#include "store/audit_sets.h"

/* clang-format off */
const struct audit_set AUDIT_DAYS[] = {
    {"notice.once", "SELECT m.address || ': ' || n.event FROM notice n JOIN mailbox m ON m.id = n.mailbox_id GROUP BY m.address, "
                    "n.mailbox_id, n.expires_on, n.event, n.spent_by HAVING count(*) > 1" AUDIT_MOST},
    {"notice.sent", "SELECT m.address || ': ' || n.event FROM notice n JOIN mailbox m ON m.id = n.mailbox_id WHERE n.state = 'sent' AND "
                    "(n.sent_at IS NULL OR n.outbox_id IS NULL OR n.version = '' OR n.sent_to = '')" AUDIT_MOST},
    {"notice.mail", "SELECT " AUDIT_TEXT("notices") " || ' wait, mails: ' || " AUDIT_TEXT("mails") " FROM (SELECT (SELECT count(*) FROM notice "
                    "WHERE state = 'waiting') AS notices, (SELECT count(*) FROM outbox WHERE (state = 'waiting' OR state = 'leased') AND "
                    "kind = 'mail' AND data LIKE '{\"notice\":%') AS mails) counted WHERE notices > mails" AUDIT_MOST},
    {"mailbox.stopped", "SELECT m.address || ': ceased untold' FROM mailbox m JOIN notice c ON c.mailbox_id = m.id AND c.expires_on = "
                        "m.expires_on AND c.event = 'ceased' AND c.spent_by = 0 WHERE (m.status = 'ceased' OR m.status = 'deleted') AND NOT EXISTS (SELECT 1 "
                        "FROM notice n WHERE n.mailbox_id = m.id AND (n.template = 'mailbox_suspended' OR (n.expires_on = m.expires_on AND n.spent_by = 0 AND n.noted_on > "
                        "m.expires_on)) AND n.noted_on < c.noted_on AND n.state <> 'skipped') AND NOT EXISTS (SELECT 1 FROM termination t WHERE t.mailbox_id = m.id)" AUDIT_MOST},
    {"mailbox.stopped", "SELECT m.address || ': ceased, and no notice or person says so' FROM mailbox m WHERE m.status = 'ceased' AND NOT EXISTS "
                        "(SELECT 1 FROM notice c WHERE c.mailbox_id = m.id AND c.expires_on >= m.expires_on AND c.event = 'ceased' AND c.spent_by = 0) AND NOT "
                        "EXISTS (SELECT 1 FROM event e WHERE e.mailbox_id = m.id AND e.kind = 'mailbox.ceased' AND e.actor <> 'system')" AUDIT_MOST},
    {"mailbox.stopped", "SELECT m.address || ': deleted untold' FROM mailbox m JOIN notice d ON d.mailbox_id = m.id AND d.event = 'deleted' "
                        "WHERE m.status = 'deleted' AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.mailbox_id = m.id AND n.expires_on = "
                        "d.expires_on AND n.spent_by = 0 AND n.noted_on < d.noted_on AND n.state <> 'skipped')" AUDIT_MOST},
    {"mailbox.tombstone", "SELECT m.address FROM mailbox m LEFT JOIN holder h ON h.id = m.holder_id WHERE m.status = 'deleted' AND (h.id IS NULL "
                          "OR (h.tax_code = '' AND h.vat_number = '') OR m.password_hash <> '' OR m.open_order_id IS NOT NULL)" AUDIT_MOST},
    {"mailbox.hold", "SELECT m.address FROM mailbox m JOIN legal_hold l ON l.mailbox_id = m.id JOIN notice d ON d.mailbox_id = m.id AND d.event "
                     "= 'deleted' WHERE m.status = 'deleted' AND d.sent_at IS NOT NULL AND l.set_at < d.sent_at" AUDIT_MOST},
};
/* clang-format on */
const size_t AUDIT_DAY_COUNT = count_of(AUDIT_DAYS);
