/* paper/xml.h: a FatturaPA document being written with libxml2, element by element in the schema's order (PAYMENTS
 * §9.1).
 *
 * The first fault is logged and kept in `broken`; what is written after it does not matter, so nobody checks each step.
 * Texts of people (put_text …) are made to fit; codes and numbers (put_code, put) must be right already. For paper's
 * own files. */
#pragma once

#include "paper/invoice.h"
#include <libxml/xmlwriter.h>

struct xml {
    void *mem;
    const struct invoice_paper *invoice;
    xmlTextWriterPtr writer;
    bool broken;
};

void xml_fault(struct xml *x, const char *element);
void xml_begin(struct xml *x, const char *element);
void xml_end(struct xml *x);

void xml_put(struct xml *x, const char *element, const char *value); /* as it stands; empty is a fault */
void xml_put_text(struct xml *x, const char *element, const char *text,
                  size_t limit); /* Latin-1, cut; "-" when nothing is left */
void xml_put_text_if_any(struct xml *x, const char *element, const char *text, size_t limit);
void xml_put_ascii(struct xml *x, const char *element, const char *text, size_t limit); /* basic Latin alone */
void xml_put_code(struct xml *x, const char *element, const char *code, size_t least,
                  size_t most); /* A-Z 0-9; else a fault */
void xml_put_money(struct xml *x, const char *element, struct money amount);
void xml_put_day(struct xml *x, const char *element, struct day day); /* DAY 0: left out */

/* The text as the document can hold it, of `limit` characters at most, "" when nothing is left; owned by x->mem. */
char *xml_latin(struct xml *x, const char *text, size_t limit);

void xml_put_parties(struct xml *x);                     /* fatturapa_header.c: FatturaElettronicaHeader */
bool xml_is_public(const struct invoice_paper *invoice); /* goes to a public body: FPA12 */
