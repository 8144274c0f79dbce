/* Any bytes as a bank's file: read, described, and never more than refused. */
#include "statement_look.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t count = 0;
    const struct statement_sink sink = {look_head, look, look_head, &count};
    struct problem why = {0};
    json_t *described = NULL;
    int file = file_of_bytes(bytes, size);
    enum outcome o = statement_read(file, &sink, &why);

    look_outcome(o, &why);
    lseek(file, 0, SEEK_SET);
    if (statement_json(file, &described, &why) == DONE)
        json_decref(described);
    else if (o == DONE)
        abort(); /* what can be booked can be shown */
    close(file);
    return 0;
}
