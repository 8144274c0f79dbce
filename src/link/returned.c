#include "link/returned.h"

enum outcome returned_read(void *mem, const char *bytes, size_t length, struct returned returned[DSN_RECIPIENTS],
                           size_t *count)
{
    static const enum returned_how HOW[] = {
        [DSN_FAILED] = RETURNED_FAILED, [DSN_DELAYED] = RETURNED_DELAYED, [DSN_DELIVERED] = RETURNED_DELIVERED};
    struct dsn dsn;

    *count = 0;
    TRY(dsn_read(mem, bytes, length, &dsn));
    for (size_t i = 0; i < dsn.count; i++) {
        const struct dsn_recipient *r = &dsn.recipients[i];

        if (r->action != DSN_OTHER)
            returned[(*count)++] = (struct returned){.how = HOW[r->action],
                                                     .message_id = dsn.message_id,
                                                     .address = r->address,
                                                     .original = r->original,
                                                     .status = r->status,
                                                     .said = r->diagnostic};
    }
    return DONE;
}
