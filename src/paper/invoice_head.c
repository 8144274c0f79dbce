/* paper/invoice_head.c: the top of an invoice's pages: what it is, from whom, to whom, for which order. */
#include "base/i18n.h"
#include "paper/invoice_draft.h"
#include <string.h>
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

/* The name, and under it one paragraph of the lines that follow. */
static double block(struct invoice_draft *d, double x, double y, double width, const char *msgid, const char *name,
                    const struct text_buffer *lines)
{
    struct sheet *s = &d->sheet;

    y += 4 + sheet_text(s, "H2", STYLE_LABEL, INK_QUIET, (struct sheet_place){x, y, width, false},
                        sheet_words(s, msgid, NULL));
    y += LEADING + sheet_text(s, "P", STYLE_STRONG, INK_TEXT, (struct sheet_place){x, y, width, false},
                              sheet_clean(s, name, 250));
    return y + sheet_text(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){x, y, width, false}, lines->bytes);
}

static void put_place(struct invoice_draft *d, struct text_buffer *lines, const char *street, const char *postcode,
                      const char *city, const char *province, const char *country)
{
    struct sheet *s = &d->sheet;

    text_put_format(lines, "%s\n%s %s", sheet_clean(s, street, 120), sheet_clean(s, postcode, 12),
                    sheet_clean(s, city, 80));
    if (!empty(province))
        text_put_format(lines, " (%s)", sheet_clean(s, province, 4));
    if (!empty(country) && strcmp(country, "IT") != 0)
        text_put_format(lines, ", %s", sheet_clean(s, country, 4));
}

static void put_code(struct invoice_draft *d, struct text_buffer *lines, const char *msgid, const char *value)
{
    if (!empty(value))
        text_put_format(lines, "\n%s", sheet_words(&d->sheet, msgid, sheet_clean(&d->sheet, value, 80), NULL));
}

static double seller_block(struct invoice_draft *d, double x, double y, double width)
{
    const struct seller *seller = d->invoice->seller;
    struct text_buffer lines = text_buffer(d->sheet.mem);

    put_place(d, &lines, seller->street, seller->postcode, seller->city, seller->province, seller->country);
    put_code(d, &lines, N_("P. IVA {}"), seller->vat_number);
    if (!text_same(seller->tax_code, seller->vat_number))
        put_code(d, &lines, N_("C.F. {}"), seller->tax_code);
    return block(d, x, y, width, N_("Emessa da"), seller->name, &lines);
}

static double customer_block(struct invoice_draft *d, double x, double y, double width)
{
    const struct billing *customer = d->invoice->customer;
    struct text_buffer lines = text_buffer(d->sheet.mem);

    put_place(d, &lines, customer->street, customer->postcode, customer->city, customer->province, customer->country);
    put_code(d, &lines, N_("P. IVA {}"), customer->vat_number);
    put_code(d, &lines, N_("C.F. {}"), customer->tax_code);
    if (!text_same(customer->sdi_code, "XXXXXXX")) /* every foreigner's */
        put_code(d, &lines, N_("Codice destinatario {}"), customer->sdi_code);
    if (empty(customer->sdi_code))
        put_code(d, &lines, N_("PEC {}"), customer->sdi_pec);
    return block(d, x, y, width, N_("Intestata a"), customer->name, &lines);
}

static const char *method_label(const char *method)
{
    static const struct {
        const char *name, *label;
    } LABEL[] = {
        {"bank_transfer", N_("Bonifico bancario")},
        {"card", N_("Carta")},
        {"paypal", N_("PayPal")},
        {"prepaid", N_("Credito prepagato")},
        {"prepaid_account", N_("Credito prepagato")},
        {"postal_slip", N_("Bollettino postale")},
        {"cheque", N_("Assegno")},
    };

    for (size_t i = 0; i < count_of(LABEL); i++)
        if (text_same(LABEL[i].name, method))
            return LABEL[i].label;
    return "";
}

/* Three facts side by side: order, payment or refund, and its day. */
static void facts(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;
    const char *method = method_label(invoice->payment_method);
    bool back = invoice->kind == DOCUMENT_CREDIT_NOTE;
    const struct {
        const char *label, *value;
    } fact[] = {
        {N_("Ordine"), sheet_clean(s, invoice->order_code, 24)},
        {back ? N_("Rimborso") : N_("Pagamento"), *method ? sheet_words(s, method, NULL) : ""},
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
    const double gap = 24, width = (SHEET_RIGHT - SHEET_LEFT - gap) / 2;
    double left, right;
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
    left = seller_block(d, SHEET_LEFT, d->y, width);
    right = customer_block(d, SHEET_LEFT + width + gap, d->y, width);
    d->y = (left > right ? left : right) + 16;
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
