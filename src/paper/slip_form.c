/* paper/slip_form.c: the slip itself, as Poste lay it out (PAYMENTS §8.4): on the left the payer's receipt, on the
 * right the part that stays at the counter, with the zone for the optical reader along its lower edge. What Poste read
 * is black. The form speaks Italian, whatever the page's language: it is read at the counter. */
#include "base/i18n.h"
#include "paper/matrix.h"
#include "paper/slip_draft.h"
#include <string.h>
#include <talloc.h>

#define MM            SLIP_MM
#define RECEIPT_WIDTH (132 * MM)
#define OCR_ZONE      (19 * MM)
#define PAD           (7 * MM)
#define ACCOUNT_BOXES 12
#define AMOUNT_BOXES  11 /* 8 digits, the comma, 2 digits */

/* One of the two parts while it is drawn: x and y of its corner, and whether it is read aloud. The receipt repeats what
 * the other says. */
struct part {
    struct slip_draft *d;
    double x, y, width;
    const char *tag;
};

static void label(const struct part *p, double x, double y, const char *text)
{
    sheet_text(&p->d->sheet, p->tag, STYLE_FORM_LABEL, INK_BLACK, (struct sheet_place){p->x + x, p->y + y, 0, false},
               text);
}

static void value(const struct part *p, enum sheet_style style, struct sheet_place place, int lines, const char *text)
{
    place.x += p->x;
    place.y += p->y;
    sheet_text_within(&p->d->sheet, p->tag, style, INK_BLACK, place, lines, text);
}

static void frame(const struct part *p, double x, double y, double width, double height)
{
    struct sheet *s = &p->d->sheet;

    x += p->x;
    y += p->y;
    sheet_line(s, x, y, x + width, y, 0.4, INK_QUIET);
    sheet_line(s, x, y + height, x + width, y + height, 0.4, INK_QUIET);
    sheet_line(s, x, y, x, y + height, 0.4, INK_QUIET);
    sheet_line(s, x + width, y, x + width, y + height, 0.4, INK_QUIET);
}

/* A box for each character, its text set in the same steps. */
static void boxes(const struct part *p, double x, double y, int count, const char *text)
{
    const double height = 6 * MM;

    frame(p, x, y, count * SHEET_BOX, height);
    for (int i = 1; i < count; i++)
        sheet_line(&p->d->sheet, p->x + x + i * SHEET_BOX, p->y + y + height - 3, p->x + x + i * SHEET_BOX,
                   p->y + y + height, 0.4, INK_QUIET);
    value(p, STYLE_FORM_BOXED, (struct sheet_place){x, y + 0.5, 0, false}, 1, text);
}

/* "30,50" */
static const char *amount_figures(const struct slip_draft *d)
{
    int64_t cents = d->paper->amount.cents;

    return talloc_asprintf(d->sheet.mem, "%lld,%02d", (long long)(cents / 100), (int)(cents % 100));
}

static void heading(const struct part *p, const char *name)
{
    struct sheet *s = &p->d->sheet;

    value(p, STYLE_STRONG, (struct sheet_place){PAD, 4 * MM, 0, false}, 1,
          talloc_asprintf(s->mem, "CONTI CORRENTI POSTALI - %s", name));
    value(p, STYLE_STRONG, (struct sheet_place){p->width - PAD - 100, 4 * MM, 100, true}, 1, "BancoPosta");
    sheet_rule(s, p->y + 9 * MM, p->x + PAD, p->x + p->width - PAD, 1, INK_BLACK);
}

/* The line that says where the money goes and how much it is, and the amount again in words. */
static void sums(const struct part *p)
{
    const double y = 12 * MM, account = PAD + 18 * MM, figures_x = p->width - PAD - AMOUNT_BOXES * SHEET_BOX;
    const char *figures = amount_figures(p->d);
    const size_t unused = AMOUNT_BOXES - strlen(figures);
    char words[SLIP_WORDS_TEXT];

    slip_words(p->d->paper->amount, words);
    value(p, STYLE_TOTAL, (struct sheet_place){PAD, y + 1, 0, false}, 1, "€");
    label(p, PAD + 6 * MM, y + 6, "sul C/C n.");
    boxes(p, account, y, ACCOUNT_BOXES, p->d->slip.account);
    label(p, figures_x - 9 * MM, y + 6, "di Euro");
    boxes(p, figures_x, y, AMOUNT_BOXES, talloc_asprintf(p->d->sheet.mem, "%*s%s", (int)unused, "", figures));
    label(p, PAD, y + 8 * MM, "IMPORTO IN LETTERE");
    value(p, strlen(words) > 44 ? STYLE_TINY : STYLE_BODY,
          (struct sheet_place){PAD + 27 * MM, y + 7.2 * MM, p->width - 2 * PAD - 27 * MM, false}, 1, words);
    sheet_line(&p->d->sheet, p->x + PAD + 27 * MM, p->y + y + 11.4 * MM, p->x + p->width - PAD, p->y + y + 11.4 * MM,
               0.4, INK_QUIET);
}

static void holder(const struct part *p)
{
    label(p, PAD, 26 * MM, "INTESTATO A");
    value(p, STYLE_STRONG, (struct sheet_place){PAD, 28.6 * MM, p->width - 2 * PAD, false}, 1,
          sheet_clean(&p->d->sheet, p->d->holder, 100));
    sheet_line(&p->d->sheet, p->x + PAD, p->y + 33 * MM, p->x + p->width - PAD, p->y + 33 * MM, 0.4, INK_QUIET);
}

/* What the money is for: first the number by which the order is found. */
static void purpose(const struct part *p, double x, double y, double width, double height)
{
    struct sheet *s = &p->d->sheet;
    const struct slip_paper *paper = p->d->paper;

    frame(p, x, y, width, height);
    label(p, x + 4, y + 3, "CAUSALE");
    value(p, STYLE_CODE, (struct sheet_place){x + 4, y + 11, width - 8, false}, 1, p->d->reference);
    if (paper->type == SLIP_COMPLETE) /* a hand copies the digits alone */
        value(p, STYLE_LABEL, (struct sheet_place){x + 4, y + 26, width - 8, false}, 2,
              talloc_asprintf(s->mem, "%s, %s", sheet_clean(s, paper->what, 120), sheet_clean(s, paper->mailbox, 120)));
}

static const char *town(struct sheet *s, const struct billing *payer)
{
    const char *province = sheet_clean(s, payer->province, 4);

    return *province ? talloc_asprintf(s->mem, "%s (%s)", sheet_clean(s, payer->city, 60), province)
                     : sheet_clean(s, payer->city, 60);
}

static void payer(const struct part *p, double x, double y, double width, double height)
{
    static const struct billing NOBODY = {.name = "", .street = "", .postcode = "", .city = "", .province = ""};
    const struct billing *who = p->d->paper->payer ? p->d->paper->payer : &NOBODY;
    struct sheet *s = &p->d->sheet;
    const struct {
        const char *label, *value;
    } line[] = {
        {"ESEGUITO DA", sheet_clean(s, who->name, 100)},
        {"VIA - PIAZZA", sheet_clean(s, who->street, 80)},
        {"CAP", sheet_clean(s, who->postcode, 10)},
        {"LOCALITÀ", town(s, who)},
    };
    const size_t lines = count_of(line);
    const double step = height / (double)lines, indent = 17 * MM;

    frame(p, x, y, width, height);
    for (size_t i = 0; i < lines; i++) {
        const double top = y + (double)i * step;

        label(p, x + 4, top + step - 10, line[i].label);
        value(p, STYLE_LABEL, (struct sheet_place){x + indent, top + step - 13, width - indent - 4, false}, 1,
              line[i].value);
        if (i > 0)
            sheet_line(s, p->x + x, p->y + top, p->x + x + width, p->y + top, 0.4, INK_QUIET);
    }
}

static void stamp(const struct part *p, double x, double y, double width, double height)
{
    frame(p, x, y, width, height);
    label(p, x + 4, y + height - 10, "BOLLO DELL'UFFICIO POSTALE");
}

/* For machines. In the white zone stands nothing but the line that the optical reader takes. */
static void for_machines(const struct part *p)
{
    struct slip_draft *d = p->d;
    struct sheet *s = &d->sheet;
    const double zone = SLIP_HEIGHT - OCR_ZONE, module = 45 * MM / MATRIX_WIDTH;
    const double right = p->x + p->width - 10 * MM;
    char line[SLIP_LINE_TEXT];

    sheet_symbol(s, &d->matrix, p->x + p->width - PAD - 45 * MM, p->y + zone - 20.5 * MM, module);
    label(p, PAD, zone - 12 * MM, "CODICE CLIENTE");
    value(p, STYLE_CODE, (struct sheet_place){PAD, zone - 9.5 * MM, 80 * MM, false}, 1, d->slip.code);
    label(p, PAD, zone - 3 * MM, "IMPORTANTE: NON SCRIVERE NELLA ZONA SOTTOSTANTE");
    sheet_text(s, NULL, STYLE_FORM_LABEL, INK_BLACK,
               (struct sheet_place){p->x + PAD, p->y + zone - 3 * MM, p->width - 2 * PAD, true},
               "codice cliente · importo in euro · numero conto · tipo");
    sheet_rule(s, p->y + zone - 0.5, p->x, p->x + p->width, 0.5, INK_BLACK);
    sheet_shapes(s, STYLE_OCR, INK_BLACK, (struct sheet_place){right - 160 * MM, p->y + zone + 7 * MM, 160 * MM, true},
                 slip_line(&d->slip, line));
}

static void receipt(struct slip_draft *d)
{
    const struct part p = {d, 0, d->sheet.height - SLIP_HEIGHT, RECEIPT_WIDTH, NULL};
    const double inner = RECEIPT_WIDTH - 2 * PAD;

    heading(&p, "Ricevuta di Versamento");
    sums(&p);
    holder(&p);
    purpose(&p, PAD, 35 * MM, inner, 18 * MM);
    payer(&p, PAD, 55 * MM, inner * 0.6, 28 * MM);
    stamp(&p, PAD + inner * 0.6 + 2 * MM, 55 * MM, inner * 0.4 - 2 * MM, 40 * MM);
    if (d->paper->type == SLIP_COMPLETE) {
        label(&p, PAD, 86 * MM, "CODICE CLIENTE");
        value(&p, STYLE_CODE, (struct sheet_place){PAD, 88.5 * MM, inner * 0.6, false}, 1, d->slip.code);
    }
}

static void counterpart(struct slip_draft *d)
{
    const struct part p = {d, RECEIPT_WIDTH, d->sheet.height - SLIP_HEIGHT, SLIP_WIDTH - RECEIPT_WIDTH, "P"};
    const double inner = p.width - 2 * PAD;
    bool complete = d->paper->type == SLIP_COMPLETE;

    heading(&p, "Ricevuta di Accredito");
    label(&p, p.width - PAD - 40 * MM, 5.4 * MM, talloc_asprintf(d->sheet.mem, "TD %d", (int)d->paper->type));
    sums(&p);
    holder(&p);
    purpose(&p, PAD, 35 * MM, inner * 0.55 - 2 * MM, 18 * MM);
    payer(&p, PAD + inner * 0.55, 35 * MM, inner * 0.45, 26 * MM);
    if (complete) {
        stamp(&p, PAD, 55 * MM, inner * 0.55 - 2 * MM, 14 * MM);
        for_machines(&p);
    } else {
        stamp(&p, PAD, 55 * MM, inner * 0.55 - 2 * MM, 38 * MM);
    }
}

void slip_form(struct slip_draft *d)
{
    struct sheet *s = &d->sheet;
    const double top = s->height - SLIP_HEIGHT;
    bool complete = d->paper->type == SLIP_COMPLETE;
    const char *note =
        complete ? N_("Ritagliare lungo la linea") : N_("Modello da ricopiare: non si paga con questo foglio");

    sheet_cut(s, top);
    sheet_text(s, "P", STYLE_TINY, INK_QUIET,
               (struct sheet_place){SHEET_LEFT, top - 11, SLIP_WIDTH - 2 * SHEET_LEFT, true},
               sheet_words(s, note, NULL));
    receipt(d);
    sheet_line(s, RECEIPT_WIDTH, top, RECEIPT_WIDTH, s->height, 0.5, INK_QUIET);
    sheet_begin(s, "Sect");
    counterpart(d);
    sheet_end(s, "Sect");
    if (complete)
        sheet_text(s, NULL, STYLE_FORM_LABEL, INK_BLACK,
                   (struct sheet_place){PAD, s->height - 4.5 * MM, RECEIPT_WIDTH - 2 * PAD, false},
                   talloc_asprintf(s->mem, "Aut. %s", sheet_clean(s, d->paper->authorisation, 60)));
}
