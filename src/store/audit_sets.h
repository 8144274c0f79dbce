/* store/audit_sets.h: what the files of the audit share: each statement lists what breaks the invariant, as one text a row. Sums of
 * BIGINT are wider on PostgreSQL: they are only compared, or made text. */
#pragma once

#include <stddef.h>

struct audit_set {
    const char *invariant, *sql;
};

#define AUDIT_TEXT(column) "CAST(" column " AS TEXT)"
#define AUDIT_MOST " LIMIT 1000"

/* audit_purchase.c: of requests, names and tombstones. */
extern const struct audit_set AUDIT_PURCHASES[];
extern const size_t AUDIT_PURCHASE_COUNT;
/* audit_convention.c: of members and bulk orders. */
extern const struct audit_set AUDIT_CONVENTIONS[];
extern const size_t AUDIT_CONVENTION_COUNT;

/* audit_autorenew.c: of mandates and charges. */
extern const struct audit_set AUDIT_AUTORENEWALS[];
extern const size_t AUDIT_AUTORENEWAL_COUNT;
/* audit_holder.c: of changes of holder. */
extern const struct audit_set AUDIT_HOLDERS[];
extern const size_t AUDIT_HOLDER_COUNT;
/* audit_day.c: of notices, and of mailboxes that stopped. */
extern const struct audit_set AUDIT_DAYS[];
extern const size_t AUDIT_DAY_COUNT;
/* audit_sdi.c: of invoices and SdI. */
extern const struct audit_set AUDIT_SDI[];
extern const size_t AUDIT_SDI_COUNT;
