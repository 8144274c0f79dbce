/* sandbox/sdi_invoice.c: what the simulated SdI reads of an invoice. */
#include "base/i18n.h"
#include "link/xml_stream.h"
#include "sandbox/sdi_parts.h"
#include <talloc.h>

enum {
    START,
    ROOT,
    HEADER,
    TRANSMISSION,
    SENDER,
    BODY,
    GENERAL,
    DOCUMENT,
    FORMAT,
    RECIPIENT,
    PEC,
    CODE,
    TYPE,
    NUMBER,
    DATE
};

static const struct xml_step STEPS[] = {
    {START, "FatturaElettronica", ROOT, false},
    {ROOT, "FatturaElettronicaHeader", HEADER, false},
    {HEADER, "DatiTrasmissione", TRANSMISSION, false},
    {TRANSMISSION, "IdTrasmittente", SENDER, false},
    {SENDER, "IdCodice", CODE, true},
    {TRANSMISSION, "FormatoTrasmissione", FORMAT, true},
    {TRANSMISSION, "CodiceDestinatario", RECIPIENT, true},
    {TRANSMISSION, "PECDestinatario", PEC, true},
    {ROOT, "FatturaElettronicaBody", BODY, false},
    {BODY, "DatiGenerali", GENERAL, false},
    {GENERAL, "DatiGeneraliDocumento", DOCUMENT, false},
    {DOCUMENT, "TipoDocumento", TYPE, true},
    {DOCUMENT, "Data", DATE, true},
    {DOCUMENT, "Numero", NUMBER, true},
};

struct reading {
    void *mem;
    struct sdi_invoice *invoice;
};

static enum outcome open_element(void *arg, struct xml_stream *in, int place, const char *uri, const char *attribute)
{
    (void)arg;
    (void)in;
    (void)place;
    (void)uri;
    (void)attribute;
    return DONE;
}

static enum outcome close_element(void *arg, struct xml_stream *in, int place, char *text)
{
    struct reading *r = arg;
    struct sdi_invoice *i = r->invoice;
    const char **field = place == FORMAT      ? &i->format
                         : place == RECIPIENT ? &i->recipient
                         : place == PEC       ? &i->pec
                         : place == CODE      ? &i->sender
                         : place == TYPE      ? &i->type
                         : place == NUMBER    ? &i->number
                         : place == DATE      ? &i->date
                                              : NULL;

    (void)in;
    if (field)
        *field = talloc_strdup(r->mem, text);
    return DONE;
}

enum outcome sdi_invoice_read(void *mem, const void *bytes, size_t length, struct sdi_invoice *invoice)
{
    struct reading r = {mem, invoice};
    struct xml_reader reader = {.steps = STEPS,
                                .step_count = count_of(STEPS),
                                .code = PROBLEM_SDI_NOTICE,
                                .wrong_root = N_("non è una fattura"),
                                .open = open_element,
                                .close = close_element,
                                .arg = &r,
                                .ahead = bytes,
                                .ahead_length = length};
    struct problem why;

    *invoice = (struct sdi_invoice){"", "", "", "", "", "", ""};
    TRY(xml_stream_read(-1, &reader, &why));
    return invoice->format[0] && invoice->recipient[0] && invoice->number[0] && invoice->date[0] && invoice->type[0]
               ? DONE
               : REFUSED;
}
