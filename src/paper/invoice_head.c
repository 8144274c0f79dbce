/* paper/invoice_head.c: the top of an invoice's pages: what it is, from whom, to whom, for which order. */
#include "base/i18n.h"
#include "paper/invoice_draft.h"
#include <talloc.h>

#define LEADING 2.0 /* between the lines of a block */

static bool empty(const char *text)
{
    return !text || !*text;
}

char *invoice_title(struct invoice_draft *d)
{
    char *number = sheet_clean(&d->sheet, d->invoice->number, 20);

    return sheet_words(&d->sheet,
                       d->invoice->kind == DOCUMENT_CREDIT_NOTE ? N_("Nota di credito {}") : N_("Fattura {}"), number,
                       NULL);
}

/* Three facts side by side: order, payment or refund, and its day. */
static void facts(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;
    const char *method = sheet_method(s, invoice->payment_method);
    bool back = invoice->kind == DOCUMENT_CREDIT_NOTE;
    const struct {
        const char *label, *value;
    } fact[] = {
        {N_("Ordine"), sheet_clean(s, invoice->order_code, 24)},
        {back ? N_("Rimborso") : N_("Pagamento"), method},
        {back ? N_("Data del rimborso") : N_("Data del pagamento"),
         invoice->paid_on.n ? sheet_day(s, invoice->paid_on) : ""},
    };
    double width = (SHEET_RIGHT - SHEET_LEFT) / 3, tallest = 0;

    sheet_rule(s, d->y, SHEET_LEFT, SHEET_RIGHT, 0.5, INK_LINE);
    d->y += 10;
    for (size_t i = 0, column = 0; i < count_of(fact); i++) {
        double x, below;

        if (empty(fact[i].value))
            continue;
        x = SHEET_LEFT + width * (double)column++;
        below = d->y + LEADING +
                sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){x, d->y, width - 12, false},
                           sheet_words(s, fact[i].label, NULL));
        below +=
            sheet_text(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){x, below, width - 12, false}, fact[i].value);
        if (below - d->y > tallest)
            tallest = below - d->y;
    }
    d->y += tallest + 18;
}

/* A credit note says why it was made. */
static void reason(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const double width = SHEET_RIGHT - SHEET_LEFT;

    d->y += LEADING + sheet_text(s, "H2", STYLE_LABEL, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y, width, false},
                                 sheet_words(s, N_("Motivo"), NULL));
    d->y += 18 + sheet_text_within(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, width, false},
                                   6, sheet_clean(s, d->invoice->reason, 500));
}

void invoice_first_head(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;
    char *dated = sheet_words(s, N_("del {}"), sheet_day(s, invoice->issued_on), NULL);

    d->y = sheet_head(s, invoice->brand_name, sheet_words(s, N_("Copia di cortesia"), NULL));
    d->y += sheet_text(s, "H1", STYLE_TITLE, INK_TEXT,
                       (struct sheet_place){SHEET_LEFT, d->y, SHEET_RIGHT - SHEET_LEFT, false}, invoice_title(d));
    if (invoice->kind == DOCUMENT_CREDIT_NOTE)
        dated =
            sheet_words(s,
                        invoice->corrects_part ? N_("{}, storna in parte la fattura {} del {}")
                                               : N_("{}, storna per intero la fattura {} del {}"),
                        dated, sheet_clean(s, invoice->corrects_number, 20), sheet_day(s, invoice->corrects_on), NULL);
    d->y += 2 + sheet_text(s, "P", STYLE_LEAD, INK_QUIET,
                           (struct sheet_place){SHEET_LEFT, d->y + 2, SHEET_RIGHT - SHEET_LEFT, false}, dated);
    d->y += 20;
    d->y = sheet_parties(s, d->y, N_("Emessa da"), invoice->seller, N_("Intestata a"), invoice->customer) + 16;
    facts(d);
    if (invoice->kind == DOCUMENT_CREDIT_NOTE)
        reason(d);
}

void invoice_later_head(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const char *note = sheet_words(s, N_("{} del {}"), invoice_title(d), sheet_day(s, d->invoice->issued_on), NULL);

    sheet_head(s, d->invoice->brand_name, note);
    d->y = INVOICE_LATER_Y;
}
