/* An Ordine's list of members: any bytes are rows and faults, or a refusal; no row that is kept repeats another. */
#include "shop/roster.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    void *mem = talloc_new(NULL);
    struct roster_faults *faults = talloc_zero(mem, struct roster_faults);
    struct roster_row *rows;
    struct problem why = {0};
    size_t count;

    if (roster_read(mem, bytes, length, &rows, &count, faults, &why) == REFUSED && why.code == PROBLEM_NONE)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state < ROSTER_UPDATE || rows[i].state > ROSTER_DELETE)
            abort();
        if (!*rows[i].address && !*rows[i].tax_code)
            abort();
        for (size_t k = 0; k < i && i < 200; k++)
            if ((*rows[i].address && strcmp(rows[i].address, rows[k].address) == 0) ||
                (*rows[i].tax_code && strcmp(rows[i].tax_code, rows[k].tax_code) == 0))
                abort();
    }
    if (faults->count > ROSTER_FAULTS_LISTED || (int64_t)faults->count < faults->rows - ROSTER_ROWS)
        abort();
    talloc_free(mem);
    return 0;
}
