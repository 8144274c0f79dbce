/* What must hold between mandates, their mailboxes, warnings and charges (DOMAIN §3.6). */
#include "base/outcome.h"
#include "store/audit_sets.h"

#define N    AUDIT_TEXT
#define MOST AUDIT_MOST

/* clang-format off */
#define STANDING "t.state NOT IN ('off', 'off_by_user')"

const struct audit_set AUDIT_AUTORENEWALS[] = {
    {"autorenew.mailbox", "SELECT m.address FROM mailbox m WHERE (m.auto_renew <> 0) <> EXISTS (SELECT 1 FROM mandate t WHERE "
                          "t.mailbox_id = m.id AND " STANDING " AND t.state <> 'method_missing')" MOST},
    {"autorenew.one", "SELECT 'mailbox ' || " N("t.mailbox_id") " FROM mandate t WHERE " STANDING " GROUP BY t.mailbox_id HAVING "
                      "count(*) > 1" MOST},
    {"autorenew.consent", "SELECT 'mandate ' || " N("t.id") " FROM mandate t WHERE t.instrument_id IS NOT NULL AND (t.consent_version = '' "
                          "OR t.consent_sha256 = '')" MOST},
    {"autorenew.brand", "SELECT 'mandate ' || " N("t.id") " FROM mandate t JOIN mailbox m ON m.id = t.mailbox_id LEFT JOIN instrument i ON "
                        "i.id = t.instrument_id WHERE t.brand <> m.brand OR i.brand <> t.brand OR i.account_id <> t.account_id" MOST},
    {"autorenew.order", "SELECT 'mandate ' || " N("t.id") " || ': ' || t.state FROM mandate t LEFT JOIN shop_order o ON o.id = "
                        "t.charge_order_id WHERE t.state IN ('charging', 'retrying', 'failed_open') AND coalesce(o.state, '') <> "
                        "'confirmed'" MOST},
    {"autorenew.charging", "SELECT 'mandate ' || " N("t.id") " FROM mandate t WHERE t.state = 'charging' AND NOT EXISTS (SELECT 1 FROM "
                           "charge c JOIN payment p ON p.id = c.payment_id WHERE c.mandate_id = t.id AND p.state IN ('new', 'pending', "
                           "'unknown', 'authorised', 'held'))" MOST},
    {"charge.twice", "SELECT m.address FROM charge c JOIN mailbox m ON m.id = c.mailbox_id JOIN shop_order o ON o.id = c.order_id AND "
                     "o.settled_by = 'payment:' || " N("c.payment_id") " AND o.state = 'fulfilled' GROUP BY m.address, c.expires_on HAVING "
                     "count(*) > 1" MOST},
    {"charge.warning", "SELECT m.address FROM charge c JOIN mailbox m ON m.id = c.mailbox_id WHERE NOT EXISTS (SELECT 1 FROM charge_warning w "
                       "WHERE w.mailbox_id = c.mailbox_id AND w.expires_on = c.expires_on AND w.mandate_id = c.mandate_id AND w.sent_on <= c.on_day)" MOST},
    {"charge.notice", "SELECT m.address FROM charge c JOIN mailbox m ON m.id = c.mailbox_id JOIN holder h ON h.id = m.holder_id AND h.kind = "
                      "'person' WHERE c.free_withdrawal = 0 AND NOT EXISTS (SELECT 1 FROM charge_warning w WHERE w.mailbox_id = "
                      "c.mailbox_id AND w.expires_on = c.expires_on AND w.mandate_id = c.mandate_id AND w.kind = 'second' AND w.sent_on <= c.expires_on - 30)" MOST},
    {"charge.payment", "SELECT 'charge of order ' || o.code FROM charge c JOIN payment p ON p.id = c.payment_id JOIN shop_order o ON o.id = "
                       "c.order_id WHERE p.order_id <> c.order_id OR p.instrument_id IS NULL" MOST},
    {"charge.attempts", "SELECT m.address FROM charge c JOIN mailbox m ON m.id = c.mailbox_id GROUP BY m.address, c.expires_on, "
                        "c.mandate_id HAVING count(*) <> max(c.attempt)" MOST},
};
/* clang-format on */
const size_t AUDIT_AUTORENEWAL_COUNT = count_of(AUDIT_AUTORENEWALS);
