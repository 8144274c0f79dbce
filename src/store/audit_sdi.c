/* store/audit_sdi.c: invoices and SdI: each stands in one place, and SdI has taken one file of it at most (L26). */
#include "base/outcome.h"
#include "store/audit_sets.h"

#define NUMBER "i.brand || ' ' || " AUDIT_TEXT("i.year") " || '/' || " AUDIT_TEXT("i.number")

/* clang-format off */
const struct audit_set AUDIT_SDI[] = {
    {"sdi.standing", "SELECT " NUMBER " FROM invoice i LEFT JOIN sdi_invoice s ON s.invoice_id = i.id WHERE s.invoice_id IS NULL OR "
                     "s.brand <> i.brand OR s.kind <> i.kind OR s.issued_on <> i.issued_on" AUDIT_MOST},
    {"sdi.sent", "SELECT " NUMBER " FROM sdi_invoice s JOIN invoice i ON i.id = s.invoice_id LEFT JOIN sdi_sending g ON g.invoice_id = "
                 "s.invoice_id AND g.attempt = s.attempt WHERE s.state <> 'to_send' AND (g.name IS NULL OR (s.state = 'sent' AND g.outcome "
                 "<> '') OR (s.state <> 'sent' AND g.outcome <> s.state))" AUDIT_MOST},
    {"sdi.once", "SELECT " NUMBER " FROM sdi_sending g JOIN invoice i ON i.id = g.invoice_id WHERE g.outcome <> '' AND g.outcome <> "
                 "'rejected' AND g.outcome <> 'refused' GROUP BY i.id, i.brand, i.year, i.number HAVING count(*) > 1" AUDIT_MOST},
    {"sdi.again", "SELECT " NUMBER " FROM sdi_sending g JOIN invoice i ON i.id = g.invoice_id WHERE g.attempt > 1 AND NOT EXISTS (SELECT 1 "
                  "FROM sdi_sending b WHERE b.invoice_id = g.invoice_id AND b.attempt = g.attempt - 1)" AUDIT_MOST},
};
/* clang-format on */
const size_t AUDIT_SDI_COUNT = count_of(AUDIT_SDI);
