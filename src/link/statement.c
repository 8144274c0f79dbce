/* link/statement.c: what a bank's file is, told by what stands in it, and so who reads it. */
#include "link/statement.h"
#include "base/text.h"
#include "link/bank_csv.h"
#include "link/camt.h"
#include "link/cbi_rh.h"
#include "link/mt940.h"
#include "link/statement_lines.h"
#include <string.h>
#include <talloc.h>

/* XML, or no text at all: the reader of XML knows what else it may be. */
static bool is_xml_or_no_text(const struct first_bytes *first, struct lines *room)
{
    char *line;

    if (first->length == 0 || (first->length >= 4 && memcmp(first->bytes, "%PDF", 4) == 0))
        return true;
    for (size_t i = 0; i < first->length && i < 4; i++) { /* ZIP, gzip, Excel and the like begin with such */
        unsigned char c = (unsigned char)first->bytes[i];
        if (c > '\1' && c < ' ' && !strchr("\t\n\r", c))
            return true;
    }
    lines_look(room, first, NULL);
    do {
        if (lines_next(room, &line) != DONE)
            return true;
    } while (line && text_is_blank(line));
    return line && line[strspn(line, " \t")] == '<';
}

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
    else if (is_xml_or_no_text(first, in))
        o = camt_read(first, sink, why);
    else
        o = bank_csv_read(first, in, sink, why);
    talloc_free(first);
    return o;
}
