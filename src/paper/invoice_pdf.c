/* paper/invoice_pdf.c: the courtesy copy of an invoice, for people: its table, its totals, its pages. */
#include "base/i18n.h"
#include "paper/invoice_draft.h"
#include "paper/sums.h"
#include "rules/sale.h"
#include <talloc.h>

/* The table's columns, by their left edges and widths. */
#define WHAT_X      (SHEET_LEFT + 8)
#define WHAT_WIDTH  262.0
#define COUNT_X     (SHEET_LEFT + 278)
#define COUNT_WIDTH 45.0
#define UNIT_X      (SHEET_LEFT + 328)
#define UNIT_WIDTH  72.0
#define NET_X       (SHEET_LEFT + 405)
#define NET_WIDTH   (SHEET_RIGHT - 8 - NET_X)

#define ROW_PAD        7.0
#define PERIOD_GAP     3.0
#define TABLE_HEAD     22.0
#define CLOSING_HEIGHT 196.0

static bool is_credit_note(const struct invoice_draft *d)
{
    return d->invoice->kind == DOCUMENT_CREDIT_NOTE;
}

static void table_head(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct {
        double x, width;
        bool right;
        const char *msgid;
    } column[] = {
        {WHAT_X, WHAT_WIDTH, false, N_("Descrizione")},
        {COUNT_X, COUNT_WIDTH, true, N_("Quantità")},
        {UNIT_X, UNIT_WIDTH, true, N_("Prezzo")},
        {NET_X, NET_WIDTH, true, N_("Importo")},
    };

    sheet_rule(s, d->y, SHEET_LEFT, SHEET_RIGHT, TABLE_HEAD, INK_BRAND_SOFT);
    sheet_begin(s, "TR");
    for (size_t i = 0; i < count_of(column); i++)
        sheet_text(s, "TH", STYLE_STRONG, INK_BRAND,
                   (struct sheet_place){column[i].x, d->y + 5, column[i].width, column[i].right},
                   sheet_words(s, column[i].msgid, NULL));
    sheet_end(s, "TR");
    d->y += TABLE_HEAD;
}

static char *period(struct invoice_draft *d, const struct invoice_line *line)
{
    struct sheet *s = &d->sheet;

    if (!line->from.n || !line->to.n)
        return NULL;
    return sheet_words(s, N_("Servizio dal {} al {}"), sheet_day(s, line->from), sheet_day(s, line->to), NULL);
}

/* Lays out every description once, and so learns each row's height. */
static void measure(struct invoice_draft *d)
{
    const double label = 8.5 * 1.16;

    d->rows = talloc_zero_array(d->sheet.mem, struct invoice_row, d->invoice->line_count);
    for (size_t i = 0; i < d->invoice->line_count; i++) {
        const struct invoice_line *line = &d->invoice->lines[i];
        struct invoice_row *row = &d->rows[i];

        row->what = sheet_lay_out(&d->sheet, STYLE_BODY, WHAT_WIDTH, sheet_clean(&d->sheet, line->description, 1000),
                                  &row->what_height);
        row->height = row->what_height + 2 * ROW_PAD + (line->from.n && line->to.n ? PERIOD_GAP + label : 0);
    }
}

/* Gives each row its page, and the totals a page with at least one row above them. */
static void paginate(struct invoice_draft *d, double first_y)
{
    double y = first_y + TABLE_HEAD;
    int page = 1;

    for (size_t i = 0; i < d->invoice->line_count; i++) {
        bool last = i + 1 == d->invoice->line_count;

        if (y + d->rows[i].height + (last ? CLOSING_HEIGHT : 0) > SHEET_BOTTOM && i > 0) {
            page++;
            y = INVOICE_LATER_Y + TABLE_HEAD;
        }
        d->rows[i].page = page;
        y += d->rows[i].height;
    }
    if (y + CLOSING_HEIGHT > SHEET_BOTTOM) /* a single very tall row */
        page++;
    d->pages = page;
}

static void draw_row(struct invoice_draft *d, const struct invoice_line *line, struct invoice_row *row)
{
    struct sheet *s = &d->sheet;
    double y = d->y + ROW_PAD;
    char *when = period(d, line);

    sheet_begin(s, "TR");
    sheet_begin(s, "TD");
    sheet_draw(s, "P", INK_TEXT, WHAT_X, y, row->what);
    if (when)
        sheet_text(s, "P", STYLE_LABEL, INK_QUIET,
                   (struct sheet_place){WHAT_X, y + row->what_height + PERIOD_GAP, WHAT_WIDTH, false}, when);
    sheet_end(s, "TD");
    sheet_text(s, "TD", STYLE_BODY, INK_TEXT, (struct sheet_place){COUNT_X, y, COUNT_WIDTH, true},
               talloc_asprintf(s->mem, "%lld", (long long)line->quantity));
    sheet_text(s, "TD", STYLE_BODY, INK_TEXT, (struct sheet_place){UNIT_X, y, UNIT_WIDTH, true},
               sheet_euro(s, line->unit));
    sheet_text(s, "TD", STYLE_BODY, INK_TEXT, (struct sheet_place){NET_X, y, NET_WIDTH, true},
               sheet_euro(s, line->net));
    sheet_end(s, "TR");
    d->y += row->height;
    sheet_rule(s, d->y, SHEET_LEFT, SHEET_RIGHT, 0.5, INK_LINE);
}

static void turn_page(struct invoice_draft *d)
{
    sheet_foot(&d->sheet, d->invoice->seller, d->page++, d->pages);
    sheet_next_page(&d->sheet);
    invoice_later_head(d);
}

static void table(struct invoice_draft *d)
{
    sheet_begin(&d->sheet, "Table");
    table_head(d);
    for (size_t i = 0; i < d->invoice->line_count; i++) {
        if (d->rows[i].page > d->page) {
            sheet_end(&d->sheet, "Table");
            turn_page(d);
            sheet_begin(&d->sheet, "Table");
            table_head(d);
        }
        draw_row(d, &d->invoice->lines[i], &d->rows[i]);
    }
    sheet_end(&d->sheet, "Table");
    if (d->page < d->pages)
        turn_page(d);
}

static char *rate_label(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    int bp = d->invoice->vat_rate_bp;
    char *rate =
        bp % 100 ? talloc_asprintf(s->mem, "%d,%02d", bp / 100, bp % 100) : talloc_asprintf(s->mem, "%d", bp / 100);

    if (d->invoice->vat_nature)
        return sheet_words(s, N_("IVA {} % ({})"), rate, d->invoice->vat_nature, NULL);
    return sheet_words(s, N_("IVA {} %"), rate, NULL);
}

static void total_row(struct invoice_draft *d, enum sheet_style style, enum sheet_ink ink, const char *label,
                      struct money amount)
{
    struct sheet *s = &d->sheet;
    double height;

    sheet_begin(s, "TR");
    sheet_text(s, "TH", style, ink, (struct sheet_place){COUNT_X - 40, d->y, UNIT_X + UNIT_WIDTH - COUNT_X + 40, false},
               label);
    height = sheet_text(s, "TD", style, ink, (struct sheet_place){UNIT_X, d->y, NET_X + NET_WIDTH - UNIT_X, true},
                        sheet_euro(s, amount));
    sheet_end(s, "TR");
    d->y += height + 5;
}

static void totals(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;

    d->y += 14;
    sheet_begin(s, "Table");
    total_row(d, STYLE_BODY, INK_TEXT, sheet_words(s, N_("Imponibile"), NULL), invoice->net);
    total_row(d, STYLE_BODY, INK_TEXT, rate_label(d), invoice->vat);
    sheet_rule(s, d->y + 1, COUNT_X - 40, SHEET_RIGHT, 1.25, INK_BRAND);
    d->y += 9;
    total_row(d, STYLE_TOTAL, INK_TEXT, sheet_words(s, N_("Totale"), NULL), invoice->gross);
    if (invoice->split_payment)
        total_row(d, STYLE_STRONG, INK_TEXT,
                  sheet_words(s, is_credit_note(d) ? N_("Da rimborsare, senza IVA") : N_("Da pagare, senza IVA"), NULL),
                  invoice->net);
    sheet_end(s, "Table");
}

/* What the law wants said of a VAT that is not charged or not collected, and of the stamp duty. */
static char *vat_note(struct invoice_draft *d)
{
    const struct invoice_paper *invoice = d->invoice;
    struct sheet *s = &d->sheet;
    char *note = talloc_strdup(s->mem, "");

    if (invoice->split_payment)
        note = sheet_words(
            s, N_("IVA versata dal committente (scissione dei pagamenti, art. 17-ter D.P.R. 633/1972). "), NULL);
    else if (invoice->vat_law)
        note = talloc_asprintf(s->mem, "%s. ", sheet_clean(s, invoice->vat_law, 100));
    if (sale_stamp(invoice->vat_nature, invoice->net).cents)
        note = talloc_asprintf(
            s->mem, "%s%s", note,
            sheet_words(s, N_("Imposta di bollo di {} assolta in modo virtuale (D.M. 17 giugno 2014). "),
                        sheet_euro(s, sale_stamp(invoice->vat_nature, invoice->net)), NULL));
    return note;
}

static char *payment_words(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;
    const char *amount = sheet_euro(s, invoice->split_payment ? invoice->net : invoice->gross);

    if (is_credit_note(d))
        return invoice->paid_on.n
                   ? sheet_words(s, N_("Rimborsata il {}: {}."), sheet_day(s, invoice->paid_on), amount, NULL)
                   : sheet_words(s, N_("Da rimborsare: {}"), amount, NULL);
    if (!invoice->paid_on.n)
        return sheet_words(s, N_("Da pagare: {}"), amount, NULL);
    return sheet_words(s, N_("Pagata il {}: {}. Non occorre fare altro."), sheet_day(s, invoice->paid_on), amount,
                       NULL);
}

static void closing(struct invoice_draft *d)
{
    struct sheet *s = &d->sheet;
    const double width = SHEET_RIGHT - SHEET_LEFT;
    const char *courtesy = is_credit_note(d)
                               ? N_("Copia di cortesia della nota di credito elettronica. L'originale è il file XML "
                                    "inviato al Sistema di Interscambio, "
                                    "che si consulta anche nell'area riservata del sito dell'Agenzia delle Entrate.")
                               : N_("Copia di cortesia della fattura elettronica. L'originale è il file XML inviato al "
                                    "Sistema di Interscambio, "
                                    "che si consulta anche nell'area riservata del sito dell'Agenzia delle Entrate.");

    totals(d);
    d->y += 14;
    sheet_box(s, SHEET_LEFT, d->y, width, 30, 5, INK_BRAND_SOFT);
    sheet_text(s, "P", STYLE_STRONG, INK_BRAND, (struct sheet_place){SHEET_LEFT + 12, d->y + 9, width - 24, false},
               payment_words(d));
    d->y += 42;
    sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y, width, false},
               talloc_asprintf(s->mem, "%s%s", vat_note(d), sheet_words(s, courtesy, NULL)));
    sheet_foot(s, d->invoice->seller, d->page, d->pages);
}

enum outcome invoice_pdf(void *mem, const struct invoice_paper *invoice, void **bytes, size_t *length)
{
    struct invoice_draft d = {.invoice = invoice, .page = 1};
    struct sheet_look look = {.language = invoice->language, .colour = invoice->colour, .made_on = invoice->issued_on};

    TRY(invoice_adds_up(invoice));
    d.sheet = (struct sheet){.mem = mem, .language = invoice->language};
    look.title = invoice_title(&d);
    look.author = sheet_clean(&d.sheet, invoice->seller->name, 100);
    look.subject = sheet_clean(&d.sheet, invoice->order_code, 60);
    TRY(sheet_open(&d.sheet, mem, &look));
    invoice_first_head(&d);
    measure(&d);
    paginate(&d, d.y);
    table(&d);
    closing(&d);
    return sheet_close(&d.sheet, bytes, length);
}
