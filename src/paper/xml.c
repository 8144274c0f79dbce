/* paper/xml.c: values on their way into a FatturaPA document. */
#include "paper/xml.h"
#include "base/log.h"
#include "base/text.h"
#include <string.h>
#include <talloc.h>

static bool empty(const char *text)
{
    return !text || !*text;
}
static bool is_code(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void xml_fault(struct xml *x, const char *element)
{
    if (!x->broken) /* the value is somebody's name or tax number: not for the log */
        log_error("invoice.xml", LOG_TEXT("invoice", x->invoice->number), LOG_TEXT("element", element));
    x->broken = true;
}

void xml_begin(struct xml *x, const char *element)
{
    if (xmlTextWriterStartElement(x->writer, BAD_CAST element) < 0)
        xml_fault(x, element);
}

void xml_end(struct xml *x)
{
    if (xmlTextWriterEndElement(x->writer) < 0)
        xml_fault(x, "");
}

/* A value that must not be empty, written as it stands. */
void xml_put(struct xml *x, const char *element, const char *value)
{
    if (empty(value) || xmlTextWriterWriteElement(x->writer, BAD_CAST element, BAD_CAST value) < 0)
        xml_fault(x, element);
}

/* Cuts to `limit` characters of UTF-8, and the blank that a cut may leave at the end. */
static void cut(char *text, size_t limit)
{
    char *c = text;

    while (*c && limit > 0) {
        for (c++; (*c & 0xC0) == 0x80; c++)
            ;
        limit--;
    }
    while (c > text && c[-1] == ' ')
        c--;
    *c = '\0';
}

/* Text as Latin-1 can hold it, without line ends or runs of blanks, of `limit` characters at most; "" when nothing is
 * left. */
char *xml_latin(struct xml *x, const char *text, size_t limit)
{
    char *plain = text_latin(x->mem, text ? text : "");

    for (char *c = plain; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = ' ';
    plain = text_trim(x->mem, plain);
    cut(plain, limit);
    return plain;
}

/* A text that the schema requires: a dash stands for what has no Latin-1 form at all, so that the rest still goes out.
 */
void xml_put_text(struct xml *x, const char *element, const char *text, size_t limit)
{
    const char *plain = xml_latin(x, text, limit);

    xml_put(x, element, *plain ? plain : "-");
}

void xml_put_text_if_any(struct xml *x, const char *element, const char *text, size_t limit)
{
    const char *plain = xml_latin(x, text, limit);

    if (*plain)
        xml_put(x, element, plain);
}

/* As put_text, in basic Latin alone. */
void xml_put_ascii(struct xml *x, const char *element, const char *text, size_t limit)
{
    char *plain = xml_latin(x, text, limit), *to = plain;

    for (const char *from = plain; *from; from++)
        if ((*from & 0xC0) != 0x80)
            *to++ = (char)(*from & 0x80 ? '?' : *from);
    *to = '\0';
    xml_put(x, element, *plain ? plain : "-");
}

/* A code of `least` to `most` capital letters and digits: SdI refuses anything else, and so do we. */
void xml_put_code(struct xml *x, const char *element, const char *code, size_t least, size_t most)
{
    size_t n = code ? strlen(code) : 0;

    for (size_t i = 0; i < n; i++)
        if (!is_code(code[i]))
            n = 0;
    if (n < least || n > most)
        xml_fault(x, element);
    else
        xml_put(x, element, code);
}

void xml_put_money(struct xml *x, const char *element, struct money amount)
{
    char text[MONEY_TEXT];

    xml_put(x, element, money_decimal(amount, text));
}

void xml_put_day(struct xml *x, const char *element, struct day day)
{
    char text[DAY_TEXT];

    if (day.n)
        xml_put(x, element, day_iso(day, text));
}
