/* store/mailhost.h: what the mail servers' views (sql/0006-mailhost.sql) cannot say by themselves: addresses of the host's own. */
#pragma once

#include "db/db.h"

/* Whether the host has this address already: its own, or a mailbox that did not come of this request (0: of none). */
enum outcome mailhost_taken(struct db_tx *tx, const char *address, int64_t request_id, bool *taken) must_check;
/* How full a mailbox is, as the mail server wrote it; *known false where it has never written of any. A server that writes, and not of
 * this one, has nothing in it. */
enum outcome mailhost_usage_of(struct db_tx *tx, const char *address, int64_t *bytes, bool *known) must_check;
/* An address begins anew: what its last mailbox held is not its. */
enum outcome mailhost_usage_forget(struct db_tx *tx, const char *address) must_check;
