/* A file of any bytes, as somebody sends it: never a crash or a long wait, and what is taken as a picture or a document
 * is whole by its own walk. */
#include "shop/upload.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The first byte chooses: 0 the walks alone, which are quick; else the whole way, through libmagic. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct {
        const char *type;
        bool (*is_whole)(const unsigned char *bytes, size_t length);
    } TAKEN[] = {{"application/pdf", pdf_is_whole}, {"image/jpeg", jpeg_is_whole}, {"image/png", png_is_whole}};
    const uint8_t *file = bytes + 1;
    struct problem why = {0};
    const char *type = NULL;
    enum outcome o;

    if (length == 0)
        return 0;
    length--;
    if (bytes[0] == 0) {
        int whole = 0;

        for (size_t i = 0; i < count_of(TAKEN); i++)
            whole += TAKEN[i].is_whole(file, length);
        must(whole <= 1);
        return 0;
    }
    o = upload_type(file, length, 1 << 20, &type, &why);
    must(o == DONE || o == REFUSED);
    must((o == DONE) == (type != NULL));
    must(o == DONE || strcmp(why.field, "file") == 0);
    for (size_t i = 0; i < count_of(TAKEN) && o == DONE; i++)
        if (strcmp(TAKEN[i].type, type) == 0)
            must(TAKEN[i].is_whole(file, length));
    return 0;
}
