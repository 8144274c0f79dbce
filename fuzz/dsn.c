/* Any bytes as a mail that came back: what is read of it keeps within its bounds. */
#include "net/dsn.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

static void look(const char *text, size_t most)
{
    if (!text || strlen(text) > most)
        abort();
    for (const char *p = text; *p; p++)
        if (*p < ' ' || *p > '~')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    void *mem = talloc_new(NULL);
    struct dsn dsn;

    if (dsn_read(mem, (const char *)bytes, size, &dsn) == DONE) {
        if (dsn.count < 1 || dsn.count > DSN_RECIPIENTS)
            abort();
        look(dsn.message_id, 2000);
        for (size_t i = 0; i < dsn.count; i++) {
            look(dsn.recipients[i].address, 2000);
            look(dsn.recipients[i].original, 2000);
            look(dsn.recipients[i].status, 9);
            look(dsn.recipients[i].diagnostic, 300);
        }
    }
    talloc_free(mem);
    return 0;
}
