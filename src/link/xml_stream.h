/* link/xml_stream.h: a hostile XML file, read once from front to back in flat memory.
 *
 * The caller declares the elements it cares for as steps ("from this place, an element of this name leads to that
 * place"); everything else is passed over with all it holds. Names are compared without their prefix and namespace.
 * Text is gathered only where a step asks for it, at most XML_TEXT_MAX bytes, blanks at its ends removed.
 *
 * What no honest file has is refused as soon as it shows: a document type (and so every entity but the five
 * predefined), deep nesting, long runs without markup, elements with dozens of attributes. Nothing is ever fetched. */
#pragma once

#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>

#define XML_PLACES    96
#define XML_TEXT_MAX  4096
#define XML_DEPTH_MAX 64

/* `from` 0 is the start of the document. A name that ends in "*" matches by its beginning, where no whole name does. */
struct xml_step {
    unsigned char from;
    const char *name;
    unsigned char to; /* 1 .. XML_PLACES-1 */
    bool text;        /* its text is wanted when it closes */
};

struct xml_stream;

/* Any outcome but DONE stops the reading and is returned by xml_stream_read. */
struct xml_reader {
    const struct xml_step *steps;
    size_t step_count;
    const char *attribute;  /* the one attribute whose value is wanted, where an element has it */
    enum problem_code code; /* of every complaint */
    const char *wrong_root; /* what to say of a root that no step leads to */
    const char *not_xml;    /* and of what has no root; NULL: that it is no statement */
    /* `namespace_uri` and `attribute` are "" where absent. */
    enum outcome (*open)(void *arg, struct xml_stream *in, int place, const char *namespace_uri, const char *attribute);
    /* `text` is "" unless the step asked for it; it may be changed in place. */
    enum outcome (*close)(void *arg, struct xml_stream *in, int place, char *text);
    void *arg;
    const char *ahead; /* what the caller has already read of the file, to see what it is */
    size_t ahead_length;
};

/* Reads what is `ahead`, then `file` from its current position to its end (-1: there is no more). REFUSED with reader->code and "riga 12: …" when it is not
 * well-formed. */
enum outcome xml_stream_read(int file, const struct xml_reader *reader, struct problem *why) must_check;

int xml_stream_line(const struct xml_stream *in);

/* For the reader's own complaints: puts the line before the text; returns REFUSED. */
enum outcome xml_stream_refuse(struct xml_stream *in, const char *format, ...) like_printf(2, 3);
