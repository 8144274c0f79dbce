/* paper/receipt.c: the receipt of a top-up. */
#include "paper/receipt.h"
#include "base/i18n.h"
#include "base/log.h"
#include "paper/sheet.h"
#include "rules/payment.h"

#define WIDTH (SHEET_RIGHT - SHEET_LEFT)
#define PAD   18.0

struct draft {
    struct sheet sheet;
    const struct receipt_paper *receipt;
    double y;
};

static enum outcome check(const struct receipt_paper *receipt)
{
    enum payment_method method;

    if (text_is_blank(receipt->order_code) || receipt->amount.cents <= 0 || receipt->balance.cents < 0 ||
        !receipt->paid_on.n || text_is_blank(receipt->payment_method) ||
        payment_method_of(receipt->payment_method, &method) != DONE)
        return log_broken("receipt.data", LOG_TEXT("order", receipt->order_code ? receipt->order_code : ""));
    return DONE;
}

static void head(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct receipt_paper *receipt = d->receipt;

    d->y = sheet_head(s, receipt->brand_name, sheet_words(s, N_("Non è una fattura"), NULL));
    d->y += 2 + sheet_text(s, "H1", STYLE_TITLE, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, WIDTH, false},
                           sheet_words(s, N_("Ricevuta di ricarica"), NULL));
    d->y += 20 + sheet_text(s, "P", STYLE_LEAD, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y, WIDTH, false},
                            sheet_words(s, N_("Ricarica del conto prepagato, pagata il {}."),
                                        sheet_day(s, receipt->paid_on), NULL));
    d->y = sheet_parties(s, d->y, N_("Ricevuta da"), receipt->seller, N_("Versata da"), receipt->customer) + 20;
}

/* What was received stands large in a box, and under it how, for which order, and what the account holds now. */
static void amount(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct receipt_paper *receipt = d->receipt;
    const double height = 62, column = WIDTH / 3;
    const struct {
        const char *label, *value;
    } fact[] = {
        {N_("Ordine"), sheet_clean(s, receipt->order_code, 24)},
        {N_("Pagamento"), sheet_method(s, receipt->payment_method)},
        {N_("Saldo dopo la ricarica"), receipt->balance.cents ? sheet_euro(s, receipt->balance) : NULL},
    };

    sheet_box(s, SHEET_LEFT, d->y, WIDTH, height, 6, INK_BRAND_SOFT);
    sheet_text(s, "P", STYLE_LABEL, INK_BRAND,
               (struct sheet_place){SHEET_LEFT + PAD, d->y + 11, WIDTH - 2 * PAD, false},
               sheet_words(s, N_("Importo ricevuto"), NULL));
    sheet_text(s, "P", STYLE_BIG_CODE, INK_TEXT,
               (struct sheet_place){SHEET_LEFT + PAD, d->y + 25, WIDTH - 2 * PAD, false},
               sheet_euro(s, receipt->amount));
    d->y += height + 16;
    for (size_t i = 0; i < count_of(fact); i++) {
        const double x = SHEET_LEFT + column * (double)i;

        if (!fact[i].value)
            continue;
        sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){x, d->y, column - 12, false},
                   sheet_words(s, fact[i].label, NULL));
        sheet_text_within(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){x, d->y + 13, column - 12, false}, 1,
                          fact[i].value);
    }
    d->y += 44;
}

static void notes(struct draft *d)
{
    static const char *const NOTE[] = {
        N_("Operazione fuori campo IVA: la somma è un deposito e resta del cliente finché non la usa."),
        N_("La fattura si emette a ogni acquisto pagato con il conto prepagato."),
    };
    struct sheet *s = &d->sheet;

    for (size_t i = 0; i < count_of(NOTE); i++)
        d->y += 4 + sheet_text(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, WIDTH, false},
                               sheet_words(s, NOTE[i], NULL));
}

enum outcome receipt_pdf(void *mem, const struct receipt_paper *receipt, void **bytes, size_t *length)
{
    struct draft d = {.receipt = receipt};
    struct sheet_look look = {.title = i18n(receipt->language, N_("Ricevuta di ricarica")),
                              .author = receipt->seller->name,
                              .subject = receipt->order_code,
                              .language = receipt->language,
                              .colour = receipt->colour,
                              .made_on = receipt->paid_on};

    TRY(check(receipt));
    TRY(sheet_open(&d.sheet, mem, &look));
    head(&d);
    amount(&d);
    notes(&d);
    sheet_foot(&d.sheet, receipt->seller, 1, 1);
    return sheet_close(&d.sheet, bytes, length);
}
