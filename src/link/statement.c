/* link/statement.c: what a bank's file is, told by what stands in it, and so who reads it. */
#include "link/statement.h"
#include "link/camt.h"
#include "link/cbi_rh.h"
#include "link/mt940.h"
#include "link/statement_lines.h"
#include <talloc.h>

enum outcome statement_read(int file, const struct statement_sink *sink, struct problem *why)
{
    struct first_bytes *first = talloc_size(NULL, sizeof *first);
    struct lines *in = talloc_size(first, sizeof *in);
    enum outcome o = first_bytes_read(file, first, why);

    if (o != DONE)
        ;
    else if (mt940_recognise(first, in))
        o = mt940_read(first, in, sink, why);
    else if (cbi_rh_recognise(first, in))
        o = cbi_rh_read(first, in, sink, why);
    else
        o = camt_read(first, sink, why);
    talloc_free(first);
    return o;
}
