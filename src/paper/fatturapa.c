/* paper/fatturapa.c: an invoice as SdI takes it, FatturaPA 1.2 (PAYMENTS §9): the document and its body. */
#include "base/log.h"
#include "base/text.h"
#include "paper/sums.h"
#include "paper/xml.h"
#include "rules/iban.h"
#include "rules/payment.h"
#include "rules/sale.h"
#include <string.h>
#include <talloc.h>

#define NAMESPACE "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"

static bool empty(const char *text)
{
    return !text || !*text;
}

static void put_rate(struct xml *x)
{
    int bp = x->invoice->vat_rate_bp;

    xml_put(x, "AliquotaIVA", talloc_asprintf(x->mem, "%d.%02d", bp / 100, bp % 100));
    if (x->invoice->vat_nature)
        xml_put(x, "Natura", x->invoice->vat_nature);
}

struct method {
    const char *code;
    const char *note, *note_back; /* what has no code of its own, paid and paid back */
};

static const struct method METHODS[PAYMENT_METHODS] = {
    [METHOD_CARD] = {"MP08", "", ""},
    [METHOD_PAYPAL] = {"MP08", ", pagato con PayPal", ", rimborsato con PayPal"},
    [METHOD_STRIPE] = {"MP08", "", ""},
    [METHOD_WALLET] = {"MP08", ", pagato con il conto prepagato", ", rimborsato sul conto prepagato"},
    [METHOD_BANK_TRANSFER] = {"MP05", "", ""},
    [METHOD_POSTAL_SLIP] = {"MP18", "", ""},
    [METHOD_CHEQUE] = {"MP02", "", ""},
};

static bool is_credit_note(const struct xml *x)
{
    return x->invoice->kind == DOCUMENT_CREDIT_NOTE;
}

/* NULL where a credit note leaves open how the money goes back. */
static const struct method *method_of(struct xml *x)
{
    enum payment_method method = METHOD_CARD;

    if (is_credit_note(x) && empty(x->invoice->payment_method))
        return NULL;
    if (empty(x->invoice->payment_method) || payment_method_of(x->invoice->payment_method, &method) != DONE)
        xml_fault(x, "ModalitaPagamento");
    return &METHODS[method];
}

/* What was bought, and for which order; the order's code is never what the cut takes. */
static void put_reason(struct xml *x)
{
    const struct invoice_paper *invoice = x->invoice;
    const char *order =
        empty(invoice->order_code) ? "" : talloc_asprintf(x->mem, ", ordine %s", xml_latin(x, invoice->order_code, 60));
    const char *more = invoice->line_count == 1 ? ""
                       : invoice->line_count == 2
                           ? " e un'altra voce"
                           : talloc_asprintf(x->mem, " e altre %zu voci", invoice->line_count - 1);
    char *tail = talloc_asprintf(x->mem, "%s%s%s", more, order, method_of(x)->note);

    xml_put_text(
        x, "Causale",
        talloc_asprintf(x->mem, "%s%s", xml_latin(x, invoice->lines[0].description, 200 - text_characters(tail)), tail),
        200);
}

/* That it takes back, what, and why; two paragraphs, since a reason may be long. */
static void put_correction(struct xml *x)
{
    const struct invoice_paper *invoice = x->invoice;
    const struct method *method = method_of(x);
    char day[DAY_TEXT];

    xml_put_text(x, "Causale",
                 talloc_asprintf(x->mem, "Storno %s della fattura %s del %s%s%s%s",
                                 invoice->corrects_part ? "parziale" : "totale",
                                 xml_latin(x, invoice->corrects_number, 20), day_italian(invoice->corrects_on, day),
                                 empty(invoice->order_code) ? "" : ", ordine ", xml_latin(x, invoice->order_code, 60),
                                 method ? method->note_back : ""),
                 200);
    xml_put_text(x, "Causale", talloc_asprintf(x->mem, "Motivo: %s", invoice->reason), 200);
}

static void put_number(struct xml *x, const char *element, const char *number)
{
    if (empty(number) || strlen(number) > 20 || !strpbrk(number, "0123456789") ||
        !text_is_plain(number, strlen(number)))
        xml_fault(x, "00425");
    xml_put_ascii(x, element, number, 20);
}

static void put_purchase(struct xml *x)
{
    const struct invoice_paper *invoice = x->invoice;

    if (empty(invoice->cig) && empty(invoice->cup))
        return;
    xml_begin(x, "DatiOrdineAcquisto");
    xml_put_ascii(x, "IdDocumento", empty(invoice->order_code) ? invoice->number : invoice->order_code, 20);
    if (!empty(invoice->cup))
        xml_put_code(x, "CodiceCUP", invoice->cup, 1, 15);
    if (!empty(invoice->cig))
        xml_put_code(x, "CodiceCIG", invoice->cig, 1, 15);
    xml_end(x);
}

static void put_general(struct xml *x)
{
    const struct invoice_paper *invoice = x->invoice;
    struct money stamp = sale_stamp(invoice->vat_nature, invoice->net);

    xml_begin(x, "DatiGenerali");
    xml_begin(x, "DatiGeneraliDocumento");
    xml_put(x, "TipoDocumento", is_credit_note(x) ? "TD04" : "TD01");
    xml_put(x, "Divisa", "EUR");
    xml_put_day(x, "Data", invoice->issued_on);
    put_number(x, "Numero", invoice->number);
    if (stamp.cents) {
        xml_begin(x, "DatiBollo");
        xml_put(x, "BolloVirtuale", "SI");
        xml_put_money(x, "ImportoBollo", stamp);
        xml_end(x);
    }
    xml_put_money(x, "ImportoTotaleDocumento", invoice->gross);
    if (is_credit_note(x))
        put_correction(x);
    else
        put_reason(x);
    xml_end(x);
    put_purchase(x);
    if (is_credit_note(x)) {
        xml_begin(x, "DatiFattureCollegate");
        put_number(x, "IdDocumento", invoice->corrects_number);
        xml_put_day(x, "Data", invoice->corrects_on);
        xml_end(x);
    }
    xml_end(x);
}

static void put_lines(struct xml *x)
{
    const struct invoice_paper *invoice = x->invoice;

    for (size_t i = 0; i < invoice->line_count; i++) {
        const struct invoice_line *line = &invoice->lines[i];

        xml_begin(x, "DettaglioLinee");
        xml_put(x, "NumeroLinea", talloc_asprintf(x->mem, "%zu", i + 1));
        xml_put_text(x, "Descrizione", line->description, 1000);
        xml_put(x, "Quantita", talloc_asprintf(x->mem, "%lld.00", (long long)line->quantity));
        xml_put_day(x, "DataInizioPeriodo", line->from);
        xml_put_day(x, "DataFinePeriodo", line->to);
        xml_put_money(x, "PrezzoUnitario", line->unit);
        xml_put_money(x, "PrezzoTotale", line->net);
        put_rate(x);
        xml_end(x);
    }
}

static void put_summary(struct xml *x)
{
    const struct invoice_paper *invoice = x->invoice;

    xml_begin(x, "DatiRiepilogo");
    put_rate(x);
    xml_put_money(x, "ImponibileImporto", invoice->net);
    xml_put_money(x, "Imposta", invoice->vat);
    if (invoice->vat_rate_bp)
        xml_put(x, "EsigibilitaIVA", invoice->split_payment ? "S" : "I");
    xml_put_text_if_any(x, "RiferimentoNormativo", invoice->vat_rate_bp ? NULL : invoice->vat_law, 100);
    xml_end(x);
}

static void put_payment(struct xml *x)
{
    const struct invoice_paper *invoice = x->invoice;
    const struct method *method = method_of(x);
    const struct seller *seller = invoice->seller;
    bool to_us = method && strcmp(method->code, "MP05") == 0 && !is_credit_note(x);
    char iban[IBAN_TEXT];
    struct problem why;

    if (!method)
        return;
    xml_begin(x, "DatiPagamento");
    xml_put(x, "CondizioniPagamento", "TP02");
    xml_begin(x, "DettaglioPagamento");
    if (to_us)
        xml_put_text_if_any(x, "Beneficiario", seller->payee, 200);
    xml_put(x, "ModalitaPagamento", method->code);
    xml_put_day(x, "DataScadenzaPagamento", invoice->paid_on);
    xml_put_money(x, "ImportoPagamento", invoice->split_payment ? invoice->net : invoice->gross);
    if (to_us) {
        xml_put_text_if_any(x, "IstitutoFinanziario", seller->bank, 80);
        if (iban_check(seller->iban ? seller->iban : "", "iban", iban, &why) != DONE)
            xml_fault(x, "IBAN");
        else
            xml_put(x, "IBAN", iban);
        if (!empty(seller->bic))
            xml_put_code(x, "BIC", seller->bic, 8, 11);
    }
    if (!empty(invoice->order_code))
        xml_put_ascii(x, "CodicePagamento", invoice->order_code, 60);
    xml_end(x);
    xml_end(x);
}

static void put_document(struct xml *x)
{
    xmlTextWriterStartDocument(x->writer, "1.0", "UTF-8", NULL);
    xml_begin(x, "p:FatturaElettronica");
    xmlTextWriterWriteAttribute(x->writer, BAD_CAST "versione",
                                BAD_CAST(xml_is_public(x->invoice) ? "FPA12" : "FPR12"));
    xmlTextWriterWriteAttribute(x->writer, BAD_CAST "xmlns:p", BAD_CAST NAMESPACE);
    xml_put_parties(x);
    xml_begin(x, "FatturaElettronicaBody");
    put_general(x);
    xml_begin(x, "DatiBeniServizi");
    put_lines(x);
    put_summary(x);
    xml_end(x);
    put_payment(x);
    xml_end(x);
    xml_end(x);
    if (xmlTextWriterEndDocument(x->writer) < 0)
        xml_fault(x, "p:FatturaElettronica");
}

enum outcome invoice_xml(void *mem, const struct invoice_paper *invoice, char **bytes, size_t *length)
{
    xmlBufferPtr buffer;
    struct xml x = {.invoice = invoice};

    TRY(invoice_adds_up(invoice));
    buffer = xmlBufferCreate();
    x.writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
    if (!x.writer) {
        xmlBufferFree(buffer);
        return log_broken("invoice.xml.memory");
    }
    x.mem = talloc_new(mem);
    put_document(&x);
    xmlFreeTextWriter(x.writer); /* flushes */
    *length = (size_t)xmlBufferLength(buffer);
    *bytes = talloc_strndup(mem, (const char *)xmlBufferContent(buffer), *length);
    xmlBufferFree(buffer);
    talloc_free(x.mem);
    return x.broken ? BROKEN : DONE;
}
