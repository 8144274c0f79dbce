/* store/log_reference.h: where the provider keeps the logs of a mailbox's messages, for who has the right to ask for them (DOMAIN L1). The
 * logs are the provider's; here is what finds them, kept for thirty months after the days they cover and after the mailbox's end. */
#pragma once

#include "db/db.h"

struct log_reference {
    int64_t id, mailbox_id;
    struct day from_on, to_on; /* both inclusive */
    char *location, *sha256;   /* "" not told */
    int64_t bytes;             /* 0: not told */
    char *added_by;
    struct instant added_at;
    struct day last_on;        /* from which the thirty months count: the later of the two; RETENTION_NOT_BEGUN while the mailbox is there */
};
/* *added false: it is there already, with the same days and place. Sets the id. */
enum outcome log_reference_insert(struct db_tx *tx, struct log_reference *reference, bool *added) must_check;
/* By their days, the newest first. */
enum outcome log_references_of(struct db_tx *tx, void *mem, int64_t mailbox_id, int limit, struct log_reference **rows,
                               size_t *count) must_check;
/* Of mailboxes that ended, and of days, on or before `reach`: in one statement. */
enum outcome log_references_remove(struct db_tx *tx, struct day reach, int64_t *removed) must_check;
