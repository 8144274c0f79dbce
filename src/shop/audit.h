/* shop/audit.h: recomputes every invariant of DESIGN §6 that exists so far and lists what is broken. Reads only, in one snapshot,
 * set by set in SQL where the database can do it. */
#pragma once

#include "shop/shop.h"

struct audit_fault {
    const char *invariant; /* "ledger.balanced", "mailbox.expiry", … stable names */
    char *what;            /* which row, and what is wrong with it */
};

struct audit_report {
    struct audit_fault *faults; /* the first 1,000 */
    size_t count;
    int64_t orders, mailboxes, invoices, bank_entries, events, unsealed_events; /* what was looked at */
};

enum outcome audit(struct shop *shop, void *mem, struct audit_report *report) must_check;
