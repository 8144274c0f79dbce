/* Any bytes as CBI's RH, whatever else they may look like. */
#include "statement_look.h"

#include "link/cbi_rh.h"
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t count = 0;
    const struct statement_sink sink = {look_head, look, look_head, &count, .accept_unbalanced = true};
    struct first_bytes *first = talloc_size(NULL, sizeof *first);
    struct lines *in = talloc_size(first, sizeof *in);
    struct problem why = {0};
    int file = file_of_bytes(bytes, size);

    if (first_bytes_read(file, first, &why) != DONE)
        abort();
    look_outcome(cbi_rh_read(first, in, &sink, &why), &why);
    close(file);
    talloc_free(first);
    return 0;
}
