#include "store/mailhost.h"
#include "store/mailbox.h"

enum outcome mailhost_taken(struct db_tx *tx, const char *address, int64_t request_id, bool *taken)
{
    int64_t count;

    TRY(db_number(
        tx, &count,
        "SELECT (SELECT count(*) FROM mailhost_alias WHERE address = $1) + (SELECT count(*) FROM mailbox m "
        "WHERE " MAILBOX_AT("$1") " AND m.status <> 'deleted' AND NOT EXISTS (SELECT 1 FROM activation_request r "
                                  "WHERE r.id = $2 AND r.mailbox_id = m.id))",
        db_text(address), db_int(request_id)));
    *taken = count > 0;
    return DONE;
}

enum outcome mailhost_usage_of(struct db_tx *tx, const char *address, int64_t *bytes, bool *known)
{
    int64_t any;

    TRY(db_number(tx, bytes, "SELECT coalesce((SELECT bytes FROM mailhost_usage WHERE address = $1), 0)",
                  db_text(address)));
    TRY(db_number(tx, &any, "SELECT CASE WHEN EXISTS (SELECT 1 FROM mailhost_usage) THEN 1 ELSE 0 END"));
    *known = any > 0;
    return DONE;
}

enum outcome mailhost_usage_forget(struct db_tx *tx, const char *address)
{
    return db_exec(tx, NULL, "DELETE FROM mailhost_usage WHERE address = $1", db_text(address));
}
