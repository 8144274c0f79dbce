/* paper/invoice_pdf.c: the courtesy copy of an invoice, for people. */
#include "base/i18n.h"
#include "paper/sheet.h"
#include "paper/sums.h"
#include <string.h>
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

#define ROW_PAD        6.0
#define PERIOD_GAP     2.0
#define TABLE_HEAD     22.0
#define FIRST_Y_LATER  92.0 /* where the table goes on, on pages after the first */
#define CLOSING_HEIGHT 196.0

struct row {
    PangoLayout *what;
    double what_height, height;
    int page;
};

struct draft {
    struct sheet sheet;
    const struct invoice_paper *invoice;
    struct row *rows;
    int page, pages;
    double y;
};

static bool empty(const char *text)
{
    return !text || !*text;
}

static char *title(struct draft *d)
{
    char *number = sheet_clean(&d->sheet, d->invoice->number, 20);

    return sheet_words(&d->sheet, d->invoice->corrects_number ? N_("Nota di credito {}") : N_("Fattura {}"), number,
                       NULL);
}

/* A line of a block of particulars; returns the y below it. Empty lines take no room. */
static double particular(struct draft *d, double x, double y, double width, enum sheet_style style, const char *text)
{
    if (empty(text))
        return y;
    return y + sheet_text(&d->sheet, "P", style, INK_TEXT, (struct sheet_place){x, y, width, false}, text);
}

static double place(struct draft *d, double x, double y, double width,
                    const char *const *address /* street … country */)
{
    struct sheet *s = &d->sheet;
    struct text_buffer city = text_buffer(s->mem);

    y = particular(d, x, y, width, STYLE_BODY, sheet_clean(s, address[0], 120));
    text_put_format(&city, "%s %s", sheet_clean(s, address[1], 12), sheet_clean(s, address[2], 80));
    if (!empty(address[3]))
        text_put_format(&city, " (%s)", sheet_clean(s, address[3], 4));
    if (!empty(address[4]) && strcmp(address[4], "IT") != 0)
        text_put_format(&city, ", %s", sheet_clean(s, address[4], 4));
    return particular(d, x, y, width, STYLE_BODY, text_trim(s->mem, city.bytes));
}

static double code(struct draft *d, double x, double y, double width, const char *msgid, const char *value)
{
    if (empty(value))
        return y;
    return particular(d, x, y, width, STYLE_BODY,
                      sheet_words(&d->sheet, msgid, sheet_clean(&d->sheet, value, 80), NULL));
}

static double heading(struct draft *d, double x, double y, double width, const char *msgid)
{
    return y + 3 +
           sheet_text(&d->sheet, "H2", STYLE_LABEL, INK_QUIET, (struct sheet_place){x, y, width, false},
                      sheet_words(&d->sheet, msgid, NULL));
}

static double seller_block(struct draft *d, double x, double y, double width)
{
    const struct seller *seller = d->invoice->seller;

    y = heading(d, x, y, width, N_("Emessa da"));
    y = particular(d, x, y, width, STYLE_STRONG, sheet_clean(&d->sheet, seller->name, 120));
    y = place(d, x, y, width,
              (const char *const[]){seller->street, seller->postcode, seller->city, seller->province, seller->country});
    y = code(d, x, y, width, N_("P. IVA {}"), seller->vat_number);
    if (!text_same(seller->tax_code, seller->vat_number))
        y = code(d, x, y, width, N_("C.F. {}"), seller->tax_code);
    return y;
}

static double customer_block(struct draft *d, double x, double y, double width)
{
    const struct billing *customer = d->invoice->customer;

    y = heading(d, x, y, width, N_("Intestata a"));
    y = particular(d, x, y, width, STYLE_STRONG, sheet_clean(&d->sheet, customer->name, 160));
    y = place(d, x, y, width,
              (const char *const[]){customer->street, customer->postcode, customer->city, customer->province,
                                    customer->country});
    y = code(d, x, y, width, N_("P. IVA {}"), customer->vat_number);
    y = code(d, x, y, width, N_("C.F. {}"), customer->tax_code);
    y = code(d, x, y, width, N_("Codice destinatario {}"), customer->sdi_code);
    if (empty(customer->sdi_code))
        y = code(d, x, y, width, N_("PEC {}"), customer->sdi_pec);
    return y;
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

/* Three facts side by side: order, payment, day of payment. */
static void facts(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;
    const char *method = method_label(invoice->payment_method);
    const struct {
        const char *label, *value;
    } fact[] = {
        {N_("Ordine"), sheet_clean(s, invoice->order_code, 24)},
        {N_("Pagamento"), *method ? sheet_words(s, method, NULL) : ""},
        {N_("Data del pagamento"), invoice->paid_on.n ? sheet_day(s, invoice->paid_on) : ""},
    };
    double width = (SHEET_RIGHT - SHEET_LEFT) / 3, tallest = 0;

    sheet_rule(s, d->y, SHEET_LEFT, SHEET_RIGHT, 0.5, INK_LINE);
    d->y += 10;
    for (size_t i = 0, column = 0; i < count_of(fact); i++) {
        double x, below;

        if (empty(fact[i].value))
            continue;
        x = SHEET_LEFT + width * (double)column++;
        below = heading(d, x, d->y, width - 12, fact[i].label) - 2;
        below = particular(d, x, below, width - 12, STYLE_BODY, fact[i].value);
        if (below - d->y > tallest)
            tallest = below - d->y;
    }
    d->y += tallest + 18;
}

static void first_head(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;
    const double gap = 24, width = (SHEET_RIGHT - SHEET_LEFT - gap) / 2;
    double left, right;
    char *dated = sheet_words(s, N_("del {}"), sheet_day(s, invoice->issued_on), NULL);

    d->y = sheet_head(s, invoice->brand_name, sheet_words(s, N_("Copia di cortesia"), NULL));
    d->y += sheet_text(s, "H1", STYLE_TITLE, INK_TEXT,
                       (struct sheet_place){SHEET_LEFT, d->y, SHEET_RIGHT - SHEET_LEFT, false}, title(d));
    if (invoice->corrects_number)
        dated = sheet_words(s, N_("{}, rettifica la fattura {} del {}"), dated,
                            sheet_clean(s, invoice->corrects_number, 20), sheet_day(s, invoice->corrects_on), NULL);
    d->y += 2 + sheet_text(s, "P", STYLE_LEAD, INK_QUIET,
                           (struct sheet_place){SHEET_LEFT, d->y + 2, SHEET_RIGHT - SHEET_LEFT, false}, dated);
    d->y += 20;
    left = seller_block(d, SHEET_LEFT, d->y, width);
    right = customer_block(d, SHEET_LEFT + width + gap, d->y, width);
    d->y = (left > right ? left : right) + 16;
    facts(d);
}

static void later_head(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const char *note = sheet_words(s, N_("{} del {}"), title(d), sheet_day(s, d->invoice->issued_on), NULL);

    sheet_head(s, d->invoice->brand_name, note);
    d->y = FIRST_Y_LATER;
}

static void table_head(struct draft *d)
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

static char *period(struct draft *d, const struct invoice_line *line)
{
    struct sheet *s = &d->sheet;

    if (!line->from.n || !line->to.n)
        return NULL;
    return sheet_words(s, N_("Servizio dal {} al {}"), sheet_day(s, line->from), sheet_day(s, line->to), NULL);
}

/* Lays out every description once, and so learns each row's height. */
static void measure(struct draft *d)
{
    const double label = 8.5 * 1.4;

    d->rows = talloc_zero_array(d->sheet.mem, struct row, d->invoice->line_count);
    for (size_t i = 0; i < d->invoice->line_count; i++) {
        const struct invoice_line *line = &d->invoice->lines[i];
        struct row *row = &d->rows[i];

        row->what = sheet_lay_out(&d->sheet, STYLE_BODY, WHAT_WIDTH, sheet_clean(&d->sheet, line->description, 1000),
                                  &row->what_height);
        row->height = row->what_height + 2 * ROW_PAD + (line->from.n && line->to.n ? PERIOD_GAP + label : 0);
    }
}

/* Gives each row its page, and the totals a page with at least one row above them. */
static void paginate(struct draft *d, double first_y)
{
    double y = first_y + TABLE_HEAD;
    int page = 1;

    for (size_t i = 0; i < d->invoice->line_count; i++) {
        bool last = i + 1 == d->invoice->line_count;

        if (y + d->rows[i].height + (last ? CLOSING_HEIGHT : 0) > SHEET_BOTTOM && i > 0) {
            page++;
            y = FIRST_Y_LATER + TABLE_HEAD;
        }
        d->rows[i].page = page;
        y += d->rows[i].height;
    }
    if (y + CLOSING_HEIGHT > SHEET_BOTTOM) /* a single very tall row */
        page++;
    d->pages = page;
}

static void draw_row(struct draft *d, const struct invoice_line *line, struct row *row)
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

static void turn_page(struct draft *d)
{
    sheet_foot(&d->sheet, d->invoice->seller, d->page++, d->pages);
    sheet_next_page(&d->sheet);
    later_head(d);
}

static void table(struct draft *d)
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

static char *rate_label(struct draft *d)
{
    struct sheet *s = &d->sheet;
    int bp = d->invoice->vat_rate_bp;
    char *rate =
        bp % 100 ? talloc_asprintf(s->mem, "%d,%02d", bp / 100, bp % 100) : talloc_asprintf(s->mem, "%d", bp / 100);

    if (d->invoice->vat_nature)
        return sheet_words(s, N_("IVA {} % ({})"), rate, d->invoice->vat_nature, NULL);
    return sheet_words(s, N_("IVA {} %"), rate, NULL);
}

static void total_row(struct draft *d, enum sheet_style style, enum sheet_ink ink, const char *label,
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

static void totals(struct draft *d)
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
        total_row(d, STYLE_STRONG, INK_TEXT, sheet_words(s, N_("Da pagare, senza IVA"), NULL), invoice->net);
    sheet_end(s, "Table");
}

/* What the law wants said of a VAT that is not charged or not collected. */
static char *vat_note(struct draft *d)
{
    if (d->invoice->split_payment)
        return sheet_words(&d->sheet,
                           N_("IVA versata dal committente (scissione dei pagamenti, art. 17-ter D.P.R. 633/1972). "),
                           NULL);
    if (d->invoice->vat_law)
        return talloc_asprintf(d->sheet.mem, "%s. ", sheet_clean(&d->sheet, d->invoice->vat_law, 100));
    return talloc_strdup(d->sheet.mem, "");
}

static char *payment_words(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const struct invoice_paper *invoice = d->invoice;
    const char *amount = sheet_euro(s, invoice->split_payment ? invoice->net : invoice->gross);

    if (invoice->corrects_number)
        return NULL;
    if (!invoice->paid_on.n)
        return sheet_words(s, N_("Da pagare: {}"), amount, NULL);
    return sheet_words(s, N_("Pagata il {}: {}. Non occorre fare altro."), sheet_day(s, invoice->paid_on), amount,
                       NULL);
}

static void closing(struct draft *d)
{
    struct sheet *s = &d->sheet;
    const double width = SHEET_RIGHT - SHEET_LEFT;
    char *payment = payment_words(d);

    totals(d);
    if (payment) {
        d->y += 14;
        sheet_box(s, SHEET_LEFT, d->y, width, 30, 5, INK_BRAND_SOFT);
        sheet_text(s, "P", STYLE_STRONG, INK_BRAND, (struct sheet_place){SHEET_LEFT + 12, d->y + 9, width - 24, false},
                   payment);
        d->y += 30;
    }
    d->y += 12;
    sheet_text(s, "P", STYLE_LABEL, INK_QUIET, (struct sheet_place){SHEET_LEFT, d->y, width, false},
               talloc_asprintf(s->mem, "%s%s", vat_note(d),
                               sheet_words(s,
                                           N_("Copia di cortesia della fattura elettronica trasmessa al Sistema di "
                                              "Interscambio: vale il file XML, "
                                              "che si trova anche nell'area riservata dell'Agenzia delle Entrate."),
                                           NULL)));
    sheet_foot(s, d->invoice->seller, d->page, d->pages);
}

enum outcome invoice_pdf(void *mem, const struct invoice_paper *invoice, void **bytes, size_t *length)
{
    struct draft d = {.invoice = invoice, .page = 1};
    struct sheet_look look = {.author = invoice->seller->name,
                              .subject = invoice->order_code ? invoice->order_code : "",
                              .language = invoice->language,
                              .colour = invoice->colour,
                              .made_on = invoice->issued_on};

    TRY(invoice_adds_up(invoice));
    d.sheet = (struct sheet){.mem = mem, .language = invoice->language};
    look.title = title(&d);
    TRY(sheet_open(&d.sheet, mem, &look));
    first_head(&d);
    measure(&d);
    paginate(&d, d.y);
    table(&d);
    closing(&d);
    return sheet_close(&d.sheet, bytes, length);
}
