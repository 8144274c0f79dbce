/* link/xml_stream.c: libxml2's SAX interface, with the limits its own options leave open. */
#include "link/xml_stream.h"
#include "base/i18n.h"
#include "base/log.h"
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Bytes without a single '<'. Longer runs are no text of a bank, and inside one tag they would make libxml2 compare
 * thousands of attributes with each other. */
#define QUIET_MAX          16384
#define ATTRIBUTES_MAX     32
#define ATTRIBUTE_TEXT_MAX 255
#define NAME_SLOTS         256 /* twice XML_PLACES and more, so that a search ends soon; a power of two */

#define AGAIN "; " N_("scaricare di nuovo il file dalla banca, senza salvarlo con altri programmi")

struct name_slot {
    const xmlChar *name;
    unsigned char number;
};

struct xml_stream {
    const struct xml_reader *reader;
    struct problem *why;
    xmlParserCtxt *parser;
    enum outcome outcome;

    int file;
    size_t ahead_used;
    bool at_end;
    size_t quiet, total;
    unsigned char first[4];
    size_t first_count;

    struct name_slot names[NAME_SLOTS];
    size_t name_count;
    unsigned char next[XML_PLACES][XML_PLACES]; /* [place][number of a name] → place, 0: pass over */
    bool wants_text[XML_PLACES], has_prefix_steps[XML_PLACES];

    unsigned char path[XML_DEPTH_MAX + 1];
    int depth, passed_over; /* how many open elements are known, and how many below them are not */
    bool root_seen;
    size_t text_length;
    char text[XML_TEXT_MAX + 1];
};

int xml_stream_line(const struct xml_stream *in)
{
    return in->parser && in->parser->input ? in->parser->input->line : 1;
}

/* libxml2 is not told: its own way of stopping frees the input under the hands of whoever is reading it. With no more
 * calls heeded and no more bytes given it comes to its end by itself. */
static void stop(struct xml_stream *in, enum outcome outcome)
{
    if (in->outcome == DONE)
        in->outcome = outcome;
}

enum outcome xml_stream_refuse(struct xml_stream *in, const char *format, ...)
{
    char text[160];
    va_list arguments;

    if (in->outcome != DONE)
        return in->outcome;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    int line = xml_stream_line(in);
    stop(in, REFUSED);
    return problem_set(in->why, in->reader->code, "", N_("riga %d: %s"), line, text);
}

/* Names: libxml2 keeps each name once, so two are the same when their addresses are. */

static struct name_slot *name_find(struct xml_stream *in, const xmlChar *name)
{
    size_t at = ((uintptr_t)name * UINT64_C(0x9E3779B97F4A7C15)) >> 56;

    while (in->names[at].name && in->names[at].name != name)
        at = (at + 1) % NAME_SLOTS;
    return &in->names[at];
}

static bool is_prefix_step(const struct xml_step *step)
{
    return step->name[strlen(step->name) - 1] == '*';
}

static bool learn_steps(struct xml_stream *in)
{
    for (size_t i = 0; i < in->reader->step_count; i++) {
        const struct xml_step *step = &in->reader->steps[i];
        in->wants_text[step->to] = step->text;
        if (is_prefix_step(step)) {
            in->has_prefix_steps[step->from] = true;
            continue;
        }
        const xmlChar *name = xmlDictLookup(in->parser->dict, (const xmlChar *)step->name, -1);
        if (!name)
            return false;
        struct name_slot *slot = name_find(in, name);
        if (!slot->name && in->name_count == XML_PLACES - 1)
            return false;
        if (!slot->name)
            *slot = (struct name_slot){name, (unsigned char)++in->name_count};
        in->next[step->from][slot->number] = step->to;
    }
    return true;
}

static unsigned char step_to(struct xml_stream *in, unsigned char from, const xmlChar *name)
{
    unsigned char to = in->next[from][name_find(in, name)->number];

    if (to || !in->has_prefix_steps[from])
        return to;
    for (size_t i = 0; i < in->reader->step_count; i++) {
        const struct xml_step *step = &in->reader->steps[i];
        if (step->from == from && is_prefix_step(step) &&
            strncmp((const char *)name, step->name, strlen(step->name) - 1) == 0)
            return step->to;
    }
    return 0;
}

/* What libxml2 calls. */

static void on_document_type(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    xml_stream_refuse(
        arg,
        N_("contiene una dichiarazione DOCTYPE, che nessuna banca usa; non aprirlo e chiedere il file alla banca"));
}

static xmlEntityPtr on_entity(void *arg, const xmlChar *name)
{
    (void)arg;
    return xmlGetPredefinedEntity(name);
}

/* Attributes come as five pointers each: local name, prefix, namespace, begin and end of the value. */
static void copy_attribute(struct xml_stream *in, int count, const xmlChar **attributes,
                           char value[ATTRIBUTE_TEXT_MAX + 1])
{
    value[0] = '\0';
    for (int i = 0; i < count && in->reader->attribute; i++) {
        const xmlChar **a = attributes + (size_t)i * 5;
        size_t length = (size_t)(a[4] - a[3]);
        if (strcmp((const char *)a[0], in->reader->attribute) != 0 || length > ATTRIBUTE_TEXT_MAX)
            continue;
        memcpy(value, a[3], length);
        value[length] = '\0';
    }
}

static void on_open(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
                    const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes)
{
    struct xml_stream *in = arg;
    char value[ATTRIBUTE_TEXT_MAX + 1];
    (void)prefix, (void)namespaces, (void)defaulted;

    if (in->outcome != DONE)
        return;
    if (namespace_count > ATTRIBUTES_MAX || attribute_count > ATTRIBUTES_MAX) {
        xml_stream_refuse(in, N_("un elemento ha troppi attributi") AGAIN);
        return;
    }
    if (in->depth + in->passed_over >= XML_DEPTH_MAX) {
        xml_stream_refuse(in, N_("troppi elementi uno dentro l'altro") AGAIN);
        return;
    }
    unsigned char to = in->passed_over ? 0 : step_to(in, in->path[in->depth], name);
    if (!in->root_seen && !to) {
        xml_stream_refuse(in, "%s", in->reader->wrong_root);
        return;
    }
    in->root_seen = true;
    if (!to) {
        in->passed_over++;
        return;
    }
    in->path[++in->depth] = to;
    in->text_length = 0;
    copy_attribute(in, attribute_count, attributes, value);
    enum outcome o = in->reader->open(in->reader->arg, in, to, uri ? (const char *)uri : "", value);
    if (o != DONE)
        stop(in, o);
}

static void on_text(void *arg, const xmlChar *bytes, int length)
{
    struct xml_stream *in = arg;

    if (in->outcome != DONE || in->passed_over || !in->wants_text[in->path[in->depth]])
        return;
    if ((size_t)length > XML_TEXT_MAX - in->text_length) {
        xml_stream_refuse(in, N_("un testo supera i %d caratteri") AGAIN, XML_TEXT_MAX);
        return;
    }
    memcpy(in->text + in->text_length, bytes, (size_t)length);
    in->text_length += (size_t)length;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char *finished_text(struct xml_stream *in)
{
    char *begin = in->text, *end = in->text + in->text_length;

    while (end > begin && is_blank(end[-1]))
        end--;
    while (begin < end && is_blank(*begin))
        begin++;
    *end = '\0';
    for (char *c = begin; c < end; c++)
        if (is_blank(*c))
            *c = ' ';
    return begin;
}

static void on_close(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_stream *in = arg;
    (void)name, (void)prefix, (void)uri;

    if (in->outcome != DONE)
        return;
    if (in->passed_over) {
        in->passed_over--;
        return;
    }
    int place = in->path[in->depth--];
    if (!in->wants_text[place])
        in->text_length = 0;
    enum outcome o = in->reader->close(in->reader->arg, in, place, finished_text(in));
    in->text_length = 0;
    if (o != DONE)
        stop(in, o);
}

/* Failures, in words. */

static const char *what_it_is(const struct xml_stream *in)
{
    static const struct {
        const char *begin, *say;
    } KNOWN[] = {
        {"PK\003\004",
         N_("è un archivio ZIP o un foglio di Excel; usare il file che contiene, o salvare il foglio come CSV")},
        {"\037\213", N_("è un file compresso; decomprimerlo e usare il file che contiene")},
        {"%PDF", N_("è un PDF; scaricare dalla banca lo stesso estratto in formato camt.053 (XML)")},
        {"\320\317\021\340", N_("è un foglio di Excel; salvarlo come CSV, o scaricare dalla banca il camt.053 (XML)")},
    };
    for (size_t i = 0; i < count_of(KNOWN); i++) {
        size_t length = strlen(KNOWN[i].begin);
        if (in->first_count >= length && memcmp(in->first, KNOWN[i].begin, length) == 0)
            return KNOWN[i].say;
    }
    return NULL;
}

/* Cut short: the file is over and what libxml2 has still to read closes nothing. */
static bool is_cut_short(const struct xml_stream *in)
{
    const xmlParserInput *rest = in->parser->input;

    return in->at_end && in->root_seen && in->depth > 0 &&
           (!rest || !rest->cur || !memchr(rest->cur, '>', (size_t)(rest->end - rest->cur)));
}

static const char *in_words(const struct xml_stream *in, int error)
{
    switch (error) {
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
        return N_("usa un'abbreviazione (&…;) che il file non definisce") AGAIN;
    case XML_ERR_INVALID_CHAR:
    case XML_ERR_INVALID_CHARREF:
    case XML_ERR_INVALID_ENCODING:
    case XML_ERR_UNKNOWN_ENCODING:
    case XML_ERR_UNSUPPORTED_ENCODING:
    case XML_I18N_CONV_FAILED:
        return in->root_seen ? N_("contiene caratteri che la codifica dichiarata non ammette") AGAIN
                             : N_("la codifica dei caratteri non è riconosciuta") AGAIN;
    case XML_ERR_TAG_NAME_MISMATCH:
        return N_("un elemento si chiude con il nome di un altro") AGAIN;
    case XML_ERR_DOCUMENT_END:
        if (in->root_seen && !in->at_end)
            return N_("c'è altro dopo la fine del documento") AGAIN;
        break;
    default:
        break;
    }
    if (!in->root_seen)
        return in->reader->not_xml
                   ? in->reader->not_xml
                   : N_("non è un estratto conto; scaricare dalla banca un camt.053 (XML), MT940, CBI o CSV");
    return N_("l'XML non è scritto bene") AGAIN;
}

#if LIBXML_VERSION >= 21200
static void on_error(void *arg, const xmlError *error)
#else
static void on_error(void *arg, xmlError *error)
#endif
{
    struct xml_stream *in = arg;
    const char *known;

    if (error->level != XML_ERR_FATAL || in->outcome != DONE)
        return;
    if (in->total == 0)
        xml_stream_refuse(in, N_("il file è vuoto; scaricarlo di nuovo dalla banca"));
    else if (!in->root_seen && (known = what_it_is(in)))
        xml_stream_refuse(in, "%s", known);
    else if (is_cut_short(in))
        xml_stream_refuse(in, N_("il file finisce a metà; scaricarlo di nuovo dalla banca"));
    else
        xml_stream_refuse(in, "%s", in_words(in, error->code));
}

/* Counts the bytes since the last '<'. In UTF-16 the byte is there as well. */
static bool too_quiet(struct xml_stream *in, const char *bytes, size_t count)
{
    const char *first = memchr(bytes, '<', count);

    if (in->quiet + (first ? (size_t)(first - bytes) : count) > QUIET_MAX)
        return true;
    const char *last = first ? memrchr(bytes, '<', count) : NULL;
    in->quiet = last ? (size_t)(bytes + count - last) : in->quiet + count;
    return false;
}

static int on_read(void *arg, char *bytes, int room)
{
    struct xml_stream *in = arg;
    ssize_t got;

    if (in->outcome != DONE)
        return -1;
    got = (ssize_t)(in->reader->ahead_length - in->ahead_used);
    if (got > 0) {
        got = got < room ? got : room;
        memcpy(bytes, in->reader->ahead + in->ahead_used, (size_t)got);
        in->ahead_used += (size_t)got;
    } else if (in->file >= 0) {
        do
            got = read(in->file, bytes, (size_t)room);
        while (got < 0 && errno == EINTR);
    }
    if (got < 0) {
        if (errno == EISDIR)
            xml_stream_refuse(in, N_("è una cartella; indicare il file che contiene"));
        else
            stop(in, log_broken("xml.read", LOG_TEXT("why", strerror(errno))));
        return -1;
    }
    in->at_end = got == 0;
    for (ssize_t i = 0; i < got && in->first_count < sizeof in->first; i++)
        in->first[in->first_count++] = (unsigned char)bytes[i];
    in->total += (size_t)got;
    if (too_quiet(in, bytes, (size_t)got)) {
        const char *known = in->root_seen ? NULL : what_it_is(in);
        xml_stream_refuse(in, "%s",
                          known           ? known
                          : in->root_seen ? N_("un testo è troppo lungo") AGAIN
                                          : in_words(in, 0));
        return -1;
    }
    return (int)got;
}

enum outcome xml_stream_read(int file, const struct xml_reader *reader, struct problem *why)
{
    struct xml_stream in = {.reader = reader, .why = why, .file = file};
    xmlSAXHandler calls = {.initialized = XML_SAX2_MAGIC,
                           .internalSubset = on_document_type,
                           .getEntity = on_entity,
                           .startElementNs = on_open,
                           .endElementNs = on_close,
                           .characters = on_text,
                           .ignorableWhitespace = on_text, /* the same function: libxml2 then skips its guess */
                           .cdataBlock = on_text,
                           .serror = on_error};

    in.parser = xmlCreateIOParserCtxt(&calls, &in, on_read, NULL, &in, XML_CHAR_ENCODING_NONE);
    if (!in.parser)
        return in.outcome != DONE ? in.outcome : log_broken("xml.memory");
    xmlCtxtUseOptions(in.parser, XML_PARSE_NONET);
    if (learn_steps(&in))
        xmlParseDocument(in.parser);
    else
        in.outcome = log_broken("xml.memory");
    if (in.outcome == DONE && !in.parser->wellFormed)
        xml_stream_refuse(&in, "%s", in_words(&in, in.parser->errNo));
    xmlFreeDoc(in.parser->myDoc); /* made unasked where a document type declares entities */
    xmlFreeParserCtxt(in.parser);
    return in.outcome;
}
