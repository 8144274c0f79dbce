/* paper/sums.c: the arithmetic that SdI recomputes, done first by us. */
#include "paper/sums.h"
#include "base/log.h"
#include "base/text.h"
#include <stdlib.h>

#define LINES_LIMIT    9999          /* NumeroLinea */
#define AMOUNT_LIMIT   9999999999999 /* cents: 11 digits before the point */
#define QUANTITY_LIMIT 999999999999  /* 12 digits */

static enum outcome wrong(const struct invoice_paper *invoice, const char *check)
{
    return log_broken("invoice.sums", LOG_TEXT("invoice", invoice->number), LOG_TEXT("check", check));
}

static bool fits(struct money m)
{
    return llabs(m.cents) <= AMOUNT_LIMIT;
}

static enum outcome add_lines(const struct invoice_paper *invoice, struct money *sum)
{
    for (size_t i = 0; i < invoice->line_count; i++) {
        const struct invoice_line *line = &invoice->lines[i];
        struct money product;

        if (line->quantity < 1 || line->quantity > QUANTITY_LIMIT || !fits(line->unit) || !fits(line->net))
            return wrong(invoice, "00200 line");
        if (money_times(line->unit, line->quantity, &product) != DONE || llabs(product.cents - line->net.cents) > 1)
            return wrong(invoice, "00423");
        if (line->from.n && line->to.n && day_before(line->to, line->from))
            return wrong(invoice, "00200 period");
        if (money_add(*sum, line->net, sum) != DONE)
            return wrong(invoice, "00422");
    }
    return DONE;
}

/* What a credit note must have, and an invoice may not. */
static enum outcome corrects(const struct invoice_paper *invoice)
{
    if (invoice->kind == DOCUMENT_INVOICE)
        return invoice->corrects_number ? wrong(invoice, "TD01 corrects") : DONE;
    if (invoice->kind != DOCUMENT_CREDIT_NOTE)
        return wrong(invoice, "TipoDocumento");
    if (text_is_blank(invoice->corrects_number) || !invoice->corrects_on.n || text_is_blank(invoice->reason))
        return wrong(invoice, "TD04 corrects");
    if (day_before(invoice->issued_on, invoice->corrects_on))
        return wrong(invoice, "00418");
    return invoice->gross.cents > 0 ? DONE : wrong(invoice, "TD04 amount");
}

/* A part of an invoice is given back by its gross amount, for which there may be no net whose VAT is right to the cent.
 */
static bool vat_is_right(const struct invoice_paper *invoice)
{
    const int64_t tolerance = invoice->kind == DOCUMENT_CREDIT_NOTE && invoice->vat_rate_bp ? 1 : 0;
    struct money vat;

    return money_share(invoice->net, invoice->vat_rate_bp, 10000, &vat) == DONE &&
           llabs(vat.cents - invoice->vat.cents) <= tolerance;
}

enum outcome invoice_adds_up(const struct invoice_paper *invoice)
{
    struct money sum = money(0), gross;

    TRY(corrects(invoice));
    if (invoice->line_count < 1 || invoice->line_count > LINES_LIMIT)
        return wrong(invoice, "00200 lines");
    if (invoice->vat_rate_bp != 0 && (invoice->vat_rate_bp < 100 || invoice->vat_rate_bp > 10000))
        return wrong(invoice, "00424"); /* a fraction where a percentage belongs */
    if (invoice->vat_rate_bp == 0 && !invoice->vat_nature)
        return wrong(invoice, "00400");
    if (invoice->vat_rate_bp != 0 && invoice->vat_nature)
        return wrong(invoice, "00401");
    TRY(add_lines(invoice, &sum));
    if (sum.cents != invoice->net.cents || sum.cents < 0 || !fits(sum))
        return wrong(invoice, "00422");
    if (!fits(invoice->vat) || !vat_is_right(invoice))
        return wrong(invoice, "00421");
    if (money_add(invoice->net, invoice->vat, &gross) != DONE || gross.cents != invoice->gross.cents || !fits(gross))
        return wrong(invoice, "total");
    return DONE;
}
