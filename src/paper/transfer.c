/* paper/transfer.c: the sheet that tells how to pay an order by bank transfer (R31-R36). */
#include "paper/transfer.h"
#include "base/i18n.h"
#include "base/log.h"
#include "paper/sheet.h"
#include "rules/iban.h"
#include "rules/reference.h"
#include <string.h>
#include <talloc.h>

#define WIDTH       (SHEET_RIGHT - SHEET_LEFT)
#define PAD         18.0
#define QR_SIDE     134.0
#define QR_X        (SHEET_RIGHT - PAD - QR_SIDE)
#define FIELD_X     (SHEET_LEFT + PAD)
#define FIELD_WIDTH (QR_X - FIELD_X - 20)

struct draft {
    struct sheet sheet;
    const struct transfer_paper *paper;
    struct qr qr;
    char iban[IBAN_TEXT], reference[20];
    double y;
};

static bool empty(const char *text)
{
    return !text || !*text;
}

/* An order code as it is printed; everything else is a reference. */
static bool is_code(const char *text)
{
    size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), digits = strspn(text + letters, "0123456789");

    return letters >= 2 && letters <= CODE_PREFIX_MAX && digits >= 5 && digits <= 9 && !text[letters + digits];
}

/* The symbol says what the sheet says: same record, same digits. */
static enum outcome make_qr(void *mem, struct draft *d)
{
    const struct seller *seller = d->paper->seller;
    struct epc_transfer transfer = {.version = 2,
                                    .charset = 1,
                                    .bic = seller->bic,
                                    .name = seller->payee,
                                    .iban = seller->iban,
                                    .amount = d->paper->amount,
                                    .remittance = d->paper->reference};
    struct problem why;
    char *payload;
    size_t length;

    if (!reference_valid(d->paper->reference) && !is_code(d->paper->reference))
        return log_broken("transfer.reference", LOG_TEXT("reference", d->paper->reference));
    if (iban_check(seller->iban ? seller->iban : "", "iban", d->iban, &why) != DONE ||
        epc_payload(mem, &transfer, &payload, &length, &why) != DONE ||
        qr_encode(mem, payload, length, &d->qr, &why) != DONE)
        return log_broken("transfer.qr", LOG_TEXT("field", why.field), LOG_TEXT("why", why.detail));
    reference_grouped(d->paper->reference, d->reference);
    return DONE;
}

static double label(struct draft *d, double y, const char *msgid)
{
    return y + 1 +
           sheet_text(&d->sheet, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){FIELD_X, y, FIELD_WIDTH, false},
                      sheet_words(&d->sheet, msgid, NULL));
}

/* A labelled value and the hairline that parts it from the next. */
static double field(struct draft *d, double y, const char *msgid, enum sheet_style style, const char *value, bool last)
{
    if (empty(value))
        return y;
    y = label(d, y, msgid);
    y += sheet_text(&d->sheet, "P", style, INK_TEXT, (struct sheet_place){FIELD_X, y, FIELD_WIDTH, false}, value);
    if (last)
        return y;
    sheet_rule(&d->sheet, y + 7, FIELD_X, FIELD_X + FIELD_WIDTH, 0.5, INK_LINE);
    return y + 15;
}

static void head(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct transfer_paper *paper = d->paper;

    d->y = sheet_head(s, paper->brand_name, sheet_words(s, N_("Ordine del {}"), sheet_day(s, paper->ordered_on), NULL));
    d->y += sheet_text(s, "H1", STYLE_TITLE, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, WIDTH, false},
                       sheet_words(s, N_("Dati per il bonifico"), NULL));
    d->y +=
        4 + sheet_text(
                s, "P", STYLE_LEAD, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y + 4, WIDTH, false},
                sheet_words(s,
                            d->paper->expires_on.n
                                ? N_("Da disporre entro il {}. La casella si rinnova quando l'importo è accreditato.")
                                : N_("Da disporre entro il {}. L'ordine si conclude quando l'importo è accreditato."),
                            sheet_day(s, paper->pay_by), NULL));
    d->y += 18;
}

/* The one thing that must be copied stands alone, large and in groups. */
static void reference(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const double height = 68;

    sheet_box(s, SHEET_LEFT, d->y, WIDTH, height, 6, INK_BRAND_SOFT);
    sheet_outline(s, SHEET_LEFT, d->y, WIDTH, height, 6, INK_BRAND);
    sheet_text(s, "P", STYLE_LABEL, INK_BRAND, (struct sheet_place){FIELD_X, d->y + 12, WIDTH - 2 * PAD, false},
               sheet_words(s,
                           is_code(d->paper->reference) ? N_("Causale: il codice, da copiare così")
                                                        : N_("Causale: 15 cifre, da copiare così"),
                           NULL));
    sheet_text(s, "P", STYLE_BIG_CODE, INK_TEXT, (struct sheet_place){FIELD_X, d->y + 30, WIDTH - 2 * PAD, false},
               d->reference);
    d->y += height + 14;
}

static double symbol(struct draft *d, double top)
{
    struct sheet *s = &d->sheet;
    double y = top + PAD;

    sheet_qr(s, &d->qr, QR_X, y, QR_SIDE);
    y += QR_SIDE + PAD - 4;
    y += 2 + sheet_text(s, "P", STYLE_STRONG, INK_TEXT, (struct sheet_place){QR_X, y, QR_SIDE, false},
                        sheet_words(s, N_("Dall'app della banca"), NULL));
    return y + sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){QR_X, y, QR_SIDE, false},
                          sheet_words(s, N_("Il codice compila beneficiario, IBAN, importo e causale."), NULL));
}

/* The card of particulars; the box is drawn around what turned out to be its height, as an outline, so that order
 * matters not. */
static void particulars(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct seller *seller = d->paper->seller;
    const double top = d->y;
    double left = top + PAD, right;

    left = field(d, left, N_("IBAN"), STYLE_CODE, iban_grouped(s->mem, d->iban), false);
    left = field(d, left, N_("Importo"), STYLE_CODE, sheet_euro(s, d->paper->amount), false);
    left = field(d, left, N_("Beneficiario"), STYLE_BODY, sheet_clean(s, seller->payee, 70), false);
    left = field(d, left, N_("Banca"), STYLE_BODY,
                 empty(seller->bic) ? sheet_clean(s, seller->bank, 80)
                                    : talloc_asprintf(s->mem, "%s (BIC %s)", sheet_clean(s, seller->bank, 80),
                                                      sheet_clean(s, seller->bic, 11)),
                 true);
    right = symbol(d, top);
    d->y = (left > right ? left : right) + PAD;
    sheet_outline(s, SHEET_LEFT, top, WIDTH, d->y - top, 6, INK_LINE);
    d->y += 18;
}

/* A labelled date; returns where the next thing in the line may begin. */
static double dated(struct draft *d, double x, const char *msgid, struct day day, enum sheet_style style)
{
    struct sheet *s = &d->sheet;
    double wide, width;
    PangoLayout *label_text = sheet_lay_out_line(s, STYLE_LABEL, sheet_words(s, msgid, NULL), &wide);
    PangoLayout *text = sheet_lay_out_line(s, style, sheet_day(s, day), &width);

    sheet_draw(s, "P", INK_QUIET, x, d->y, label_text);
    sheet_draw(s, "P", INK_TEXT, x, d->y + 12, text);
    return x + (wide > width ? wide : width) + 14;
}

static void mailbox(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct transfer_paper *paper = d->paper;
    double x = SHEET_LEFT;

    d->y += 5 + sheet_text(s, "H2", STYLE_HEADING, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, WIDTH, false},
                           sheet_words(s, N_("Che cosa si paga"), NULL));
    if (!empty(paper->mailbox)) /* a top-up is about none */
        d->y += 3 + sheet_text(s, "P", STYLE_STRONG, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, WIDTH, false},
                               sheet_clean(s, paper->mailbox, 260));
    d->y += 10 + sheet_text(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, WIDTH, false},
                            sheet_clean(s, paper->what, 300));
    if (paper->new_expires_on.n) {
        if (paper->expires_on.n) {
            x = dated(d, x, N_("Scadenza attuale"), paper->expires_on, STYLE_BODY);
            sheet_arrow(s, x, d->y + 17, 18);
            x += 32;
        }
        dated(d, x, N_("Nuova scadenza"), paper->new_expires_on, STYLE_STRONG);
        d->y += 27;
    }
    d->y += 18;
}

static void warnings(struct draft *d)
{
    const char *const warning[] = {
        is_code(d->paper->reference)
            ? N_("Nella causale va solo il codice, copiato per intero: è l'unico modo in cui il pagamento trova "
                 "l'ordine.")
            : N_("Nella causale vanno solo le 15 cifre, tutte e nell'ordine: è l'unico modo in cui il pagamento trova "
                 "l'ordine."),
        N_("La causale vale per questo ordine soltanto: un bonifico copiato da quello dell'anno scorso non lo paga."),
        N_("L'importo va pagato intero e in una volta. Un ordine, un bonifico."),
        N_("Il bonifico arriva di solito il giorno lavorativo dopo. La conferma segue per e-mail dopo l'accredito."),
    };

    sheet_warnings(&d->sheet, SHEET_LEFT, d->y, WIDTH, N_("Prima di inviare"), warning, count_of(warning));
}

enum outcome transfer_pdf(void *mem, const struct transfer_paper *paper, void **bytes, size_t *length)
{
    struct draft d = {.paper = paper};
    struct sheet_look look = {.title = i18n(paper->language, N_("Dati per il bonifico")),
                              .author = paper->seller->name,
                              .subject = paper->reference,
                              .language = paper->language,
                              .colour = paper->colour,
                              .made_on = paper->ordered_on};

    TRY(make_qr(mem, &d));
    TRY(sheet_open(&d.sheet, mem, &look));
    head(&d);
    reference(&d);
    particulars(&d);
    mailbox(&d);
    warnings(&d);
    sheet_foot(&d.sheet, paper->seller, 1, 1);
    return sheet_close(&d.sheet, bytes, length);
}
