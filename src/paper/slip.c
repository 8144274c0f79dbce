/* paper/slip.c: the page of a postal slip, and on its upper half what a person needs to pay it. */
#include "paper/slip.h"
#include "base/i18n.h"
#include "base/log.h"
#include "paper/matrix.h"
#include "paper/slip_draft.h"
#include <talloc.h>

#define LEFT_WIDTH  420.0
#define RIGHT_X     496.0
#define RIGHT_WIDTH (SLIP_WIDTH - SHEET_LEFT - RIGHT_X)
#define PAD         14.0

static bool empty(const char *text)
{
    return !text || !*text;
}

/* The digits of every code on the page, checked before anything is drawn. */
static enum outcome prepare(void *mem, struct slip_draft *d)
{
    const struct slip_paper *paper = d->paper;
    char payload[SLIP_PAYLOAD_TEXT];
    struct problem why;

    if (!reference_valid(paper->reference))
        return log_broken("slip.reference", LOG_TEXT("reference", paper->reference));
    if (paper->type != SLIP_BLANK && paper->type != SLIP_COMPLETE)
        return log_broken("slip.type", LOG_INT("type", paper->type));
    if (paper->type == SLIP_COMPLETE && empty(paper->authorisation))
        return log_broken("slip.authorisation", LOG_TEXT("reference", paper->reference));
    d->slip = (struct slip){.type = SLIP_COMPLETE, .amount = paper->amount}; /* a model's amount is as limited */
    slip_code(paper->reference, d->slip.code);
    if (slip_account(paper->account ? paper->account : "", "account", d->slip.account, &why) != DONE ||
        !slip_valid(&d->slip))
        return log_broken("slip.data", LOG_TEXT("reference", paper->reference));
    d->slip.type = paper->type;
    d->holder = empty(paper->holder) ? paper->seller->payee : paper->holder;
    reference_grouped(paper->reference, d->reference);
    if (paper->type != SLIP_COMPLETE)
        return DONE;
    return matrix_encode(mem, slip_payload(&d->slip, payload), &d->matrix);
}

static void head(struct slip_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct slip_paper *paper = d->paper;
    const char *lead = paper->expires_on.n
                           ? N_("Da pagare entro il {}. La casella si rinnova quando l'importo è accreditato.")
                           : N_("Da pagare entro il {}. L'ordine si conclude quando l'importo è accreditato.");

    d->y =
        sheet_head(s, paper->brand_name, sheet_words(s, N_("Ordine del {}"), sheet_day(s, paper->ordered_on), NULL)) -
        14;
    d->y += sheet_text(s, "H1", STYLE_TITLE, INK_TEXT, (struct sheet_place){SHEET_LEFT, d->y, LEFT_WIDTH, false},
                       sheet_words(s, N_("Bollettino postale"), NULL));
    d->y += 12 + sheet_text(s, "P", STYLE_LEAD, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y, LEFT_WIDTH, false},
                            sheet_words(s, lead, sheet_day(s, paper->pay_by), NULL));
}

static void fact(struct slip_draft *d, double x, double y, double width, const char *msgid, enum sheet_style style,
                 int lines, const char *value)
{
    y += 1 + sheet_text(&d->sheet, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){x, y, width, false},
                        sheet_words(&d->sheet, msgid, NULL));
    sheet_text_within(&d->sheet, "P", style, INK_TEXT, (struct sheet_place){x, y, width, false}, lines, value);
}

/* The card of what must be paid, to whom, and under which number. */
static void facts(struct slip_draft *d)
{
    struct sheet *s = &d->sheet;
    const double x = SHEET_LEFT + PAD, half = LEFT_WIDTH / 2 - PAD, top = d->y, row = 33;

    sheet_outline(s, SHEET_LEFT, top, LEFT_WIDTH, 2 * row + PAD + 6, 6, INK_LINE);
    fact(d, x, top + 10, half - 12, N_("Importo"), STYLE_CODE, 1, sheet_euro(s, d->paper->amount));
    fact(d, x + half, top + 10, half, N_("Conto corrente postale"), STYLE_CODE, 1, d->slip.account);
    fact(d, x, top + 10 + row, half - 12, N_("Intestato a"), STYLE_STRONG, 2, sheet_clean(s, d->holder, 100));
    fact(d, x + half, top + 10 + row, half, N_("Causale"), STYLE_CODE, 1, d->reference);
    d->y = top + 2 * row + PAD + 18;
}

static void bought(struct slip_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct slip_paper *paper = d->paper;
    struct text_buffer what = text_buffer(s->mem);
    const struct sheet_place place = {SHEET_LEFT, d->y, LEFT_WIDTH, false};
    double y = d->y;

    y += 4 + sheet_text(s, "H2", STYLE_HEADING, INK_TEXT, place, sheet_words(s, N_("Che cosa si paga"), NULL));
    y += 2 + sheet_text_within(s, "P", STYLE_STRONG, INK_TEXT, (struct sheet_place){place.x, y, place.width, false}, 1,
                               sheet_clean(s, paper->mailbox, 260));
    text_put(&what, sheet_clean(s, paper->what, 300));
    if (paper->new_expires_on.n && paper->expires_on.n)
        text_put_format(&what, " · %s",
                        sheet_words(s, N_("scadenza {} → {}"), sheet_day(s, paper->expires_on),
                                    sheet_day(s, paper->new_expires_on), NULL));
    sheet_text_within(s, "P", STYLE_BODY, INK_TEXT, (struct sheet_place){place.x, y, place.width, false}, 2,
                      what.bytes);
}

static void warnings(struct slip_draft *d, double y)
{
    static const char *const COMPLETE[] = {
        N_("Si paga negli uffici postali e dove si accettano bollettini premarcati: tabaccherie, sportelli "
           "automatici, app."),
        N_("Vale per questo ordine soltanto: importo intero, una volta sola."),
        N_("La zona bianca in basso è per il lettore ottico: non scriverci e non piegarla."),
        N_("Conservare la ricevuta: prova il pagamento. L'accredito arriva di solito in 1 o 2 giorni lavorativi; la "
           "conferma segue per e-mail."),
    };
    static const char *const MODEL[] = {
        N_("Chiedere un bollettino in bianco all'ufficio postale e ricopiarvi i dati del modello qui sotto."),
        N_("Nella causale vanno le 15 cifre, tutte e nell'ordine: è l'unico modo in cui il pagamento trova l'ordine."),
        N_("Vale per questo ordine soltanto: importo intero, una volta sola."),
        N_("Conservare la ricevuta: prova il pagamento. L'accredito arriva di solito in 1 o 2 giorni lavorativi; la "
           "conferma segue per e-mail."),
    };
    bool complete = d->paper->type == SLIP_COMPLETE;

    sheet_warnings(&d->sheet, RIGHT_X, y, RIGHT_WIDTH, N_("Prima di pagare"), complete ? COMPLETE : MODEL,
                   complete ? count_of(COMPLETE) : count_of(MODEL));
}

enum outcome slip_pdf(void *mem, const struct slip_paper *paper, void **bytes, size_t *length)
{
    struct slip_draft d = {.paper = paper};
    struct sheet_look look = {.title = i18n(paper->language, N_("Bollettino postale")),
                              .author = paper->seller->name,
                              .subject = paper->reference,
                              .language = paper->language,
                              .colour = paper->colour,
                              .made_on = paper->ordered_on,
                              .landscape = true};
    double top;

    TRY(prepare(mem, &d));
    TRY(sheet_open(&d.sheet, mem, &look));
    head(&d);
    top = SHEET_TOP + 20;
    facts(&d);
    bought(&d);
    warnings(&d, top);
    sheet_text_within(
        &d.sheet, NULL, STYLE_TINY, INK_QUIET,
        (struct sheet_place){SHEET_LEFT, d.sheet.height - SLIP_HEIGHT - 32, SLIP_WIDTH - 2 * SHEET_LEFT, false}, 2,
        sheet_legal(&d.sheet, paper->seller, " · "));
    slip_form(&d);
    return sheet_close(&d.sheet, bytes, length);
}
