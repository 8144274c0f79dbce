/* Any bytes as a signed file: a .p7m, or a PDF in which signatures are looked for. Never a crash or a long wait; what
 * is found lies inside the file. The first byte chooses: 0 the finder in PDFs alone, else the whole way. */
#include "link/signature.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void find_all(const char *file, size_t length)
{
    struct pdf_signature p;
    size_t from = 0, last;
    enum outcome o;

    for (last = 0; (o = pdf_next_signature(file, length, &from, &p)) != REFUSED; last = from) {
        must(from > last && from <= length);
        if (o == DONE)
            must(p.hole + p.hole_length <= p.end && p.end <= length && p.hex > file &&
                 p.hex + p.hex_length < file + length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct signature_reader reader;
    struct signature found;
    struct problem why = {0};
    void *mem;

    if (length == 0)
        return 0;
    if (bytes[0] == 0) {
        find_all((const char *)bytes + 1, length - 1);
        return 0;
    }
    mem = talloc_new(NULL);
    must(signature_open(mem, NULL, &reader, &why) == DONE);
    must(reader.read(reader.arg, mem, bytes + 1, length - 1, &found, &why) == DONE);
    must(found.state != SIGNATURE_VALID); /* nobody is believed here */
    must((found.state == SIGNATURE_BROKEN) == (why.code == PROBLEM_DOCUMENT_SIGNATURE));
    must(found.signer && found.tax_code && found.content);
    talloc_free(mem);
    return 0;
}
