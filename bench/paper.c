/* How fast papers are drawn, next to the limit in the same run: a page of the same lines of bare Pango text, in the
 * same faces, and of the same QR symbol, if the paper has one, drawn in the cheapest way that there is: a picture of
 * one bit a module. It has no layout, tags, rules, colours or checks. Embedding the faces costs most of either.
 *
 *     bench-paper [PAGES]      500
 *
 * Prints both rates and their ratio. Exit 1 when either is below 0.85. */
#include "paper/epc.h"
#include "paper/invoice.h"
#include "paper/transfer.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

static const struct seller SELLER = {
    .name = "Esempio PEC S.p.A.",
    .vat_number = "01234560587",
    .tax_code = "01234560587",
    .tax_regime = "RF01",
    .street = "Via Roma 1",
    .postcode = "00184",
    .city = "Roma",
    .province = "RM",
    .country = "IT",
    .rea_office = "RM",
    .rea_number = "123456",
    .share_capital = {12000000},
    .email = "assistenza@esempio.example",
    .phone = "06 1234567",
    .website = "www.esempio.example",
    .payee = "ESEMPIO PEC SPA",
    .bank = "Banca di Prova",
    .iban = "IT62C0326803203052886541770",
};

static const struct billing CUSTOMER = {HOLDER_FREELANCE,
                                        "Studio Verdi di Giuseppe Verdi",
                                        "VRDGPP13A10B963V",
                                        "06675021007",
                                        "Corso Umberto I 15",
                                        "81100",
                                        "Caserta",
                                        "CE",
                                        "IT",
                                        "",
                                        "verdi@pec.example",
                                        "verdi@posta.example"};

static size_t bytes_drawn; /* so that no drawing can be left out, and sizes can be compared */

static void invoice(void *mem)
{
    struct invoice_line lines[] = {
        {"Rinnovo 1 anno, Bronze: studio.verdi@legalmail.example",
         1,
         {2500},
         {2500},
         day_of(2027, 3, 16),
         day_of(2028, 3, 15)},
        {"Spazio aggiuntivo, 3 GB", 3, {900}, {2700}, day_of(2027, 3, 16), day_of(2028, 3, 15)},
    };
    struct invoice_paper paper = {.number = "2026/95055",
                                  .issued_on = day_of(2026, 12, 16),
                                  .progressive = "0000A",
                                  .order_code = "202600000421715",
                                  .payment_method = "bank_transfer",
                                  .paid_on = day_of(2026, 12, 15),
                                  .seller = &SELLER,
                                  .customer = &CUSTOMER,
                                  .lines = lines,
                                  .line_count = 2,
                                  .net = {5200},
                                  .vat = {1144},
                                  .gross = {6344},
                                  .vat_rate_bp = 2200,
                                  .language = "it",
                                  .brand_name = "Legalmail",
                                  .colour = "#0b5d57"};
    void *bytes;
    size_t length;

    if (invoice_pdf(mem, &paper, &bytes, &length) != DONE)
        exit(3);
    bytes_drawn += length;
}

static void transfer(void *mem)
{
    struct transfer_paper paper = {.seller = &SELLER,
                                   .reference = "202600009505571",
                                   .amount = {3050},
                                   .ordered_on = day_of(2026, 12, 16),
                                   .pay_by = day_of(2027, 1, 15),
                                   .mailbox = "studio.verdi@legalmail.example",
                                   .what = "Rinnovo 1 anno, Bronze",
                                   .expires_on = day_of(2027, 3, 15),
                                   .new_expires_on = day_of(2028, 3, 15),
                                   .language = "it",
                                   .brand_name = "Legalmail",
                                   .colour = "#0b5d57"};
    void *bytes;
    size_t length;

    if (transfer_pdf(mem, &paper, &bytes, &length) != DONE)
        exit(3);
    bytes_drawn += length;
}

static cairo_status_t count(void *arg, const unsigned char *data, unsigned int length)
{
    (void)arg;
    (void)data;
    bytes_drawn += length;
    return CAIRO_STATUS_SUCCESS;
}

/* The very lines of the two papers, each with its face: the bare page has the same glyphs to shape and to embed. */
enum face { PLAIN, BOLD, MONO };
struct line {
    enum face face;
    const char *text;
};

// clang-format off
static const struct line INVOICE[] = {
    {BOLD, "Legalmail"},
    {PLAIN, "Copia di cortesia"},
    {BOLD, "Fattura 2026/95055"},
    {PLAIN, "del 16/12/2026"},
    {PLAIN, "Emessa da"},
    {BOLD, "Esempio PEC S.p.A."},
    {PLAIN, "Via Roma 1"},
    {PLAIN, "00184 Roma (RM)"},
    {PLAIN, "P. IVA 01234560587"},
    {PLAIN, "Intestata a"},
    {BOLD, "Studio Verdi di Giuseppe Verdi"},
    {PLAIN, "Corso Umberto I 15"},
    {PLAIN, "81100 Caserta (CE)"},
    {PLAIN, "P. IVA 06675021007"},
    {PLAIN, "C.F. VRDGPP13A10B963V"},
    {PLAIN, "Ordine"},
    {PLAIN, "202600000421715"},
    {PLAIN, "Pagamento"},
    {PLAIN, "Bonifico Bancario"},
    {PLAIN, "Data del pagamento"},
    {PLAIN, "15/12/2026"},
    {BOLD, "Descrizione"},
    {BOLD, "Quantità"},
    {BOLD, "Prezzo"},
    {BOLD, "Importo"},
    {PLAIN, "Rinnovo 1 anno, Bronze: studio.verdi@legalmail.example"},
    {PLAIN, "Servizio dal 16/03/2027 al 15/03/2028"},
    {PLAIN, "1"},
    {PLAIN, "25,00 €"},
    {PLAIN, "25,00 €"},
    {PLAIN, "Spazio aggiuntivo, 3 GB"},
    {PLAIN, "Servizio dal 16/03/2027 al 15/03/2028"},
    {PLAIN, "3"},
    {PLAIN, "9,00 €"},
    {PLAIN, "27,00 €"},
    {PLAIN, "Imponibile"},
    {PLAIN, "52,00 €"},
    {PLAIN, "IVA 22 %"},
    {PLAIN, "11,44 €"},
    {BOLD, "Totale"},
    {BOLD, "63,44 €"},
    {BOLD, "Pagata il 15/12/2026: 63,44 €. Non occorre fare altro."},
    {PLAIN, "Copia di cortesia della fattura elettronica. L'originale è il file XML inviato al Sistema di"},
    {PLAIN, "Interscambio, che si consulta anche nell'area riservata del sito dell'Agenzia delle Entrate."},
    {PLAIN, "Esempio PEC S.p.A. · Via Roma 1, 00184 Roma (RM)"},
    {PLAIN, "P. IVA 01234560587 · REA RM-123456 · Capitale sociale 120.000,00 €"},
    {PLAIN, "assistenza@esempio.example · 06 1234567 · www.esempio.example"},
    {PLAIN, "Pagina 1 di 1"},
};

static const struct line TRANSFER[] = {
    {BOLD, "Legalmail"},
    {PLAIN, "Ordine del 16/12/2026"},
    {BOLD, "Dati per il bonifico"},
    {PLAIN, "Da disporre entro il 15/01/2027. La casella si rinnova quando l'importo è accreditato."},
    {PLAIN, "Causale: 15 cifre, da copiare così"},
    {MONO, "202600 009505 571"},
    {PLAIN, "IBAN"},
    {MONO, "IT62 C032 6803 2030 5288 6541 770"},
    {PLAIN, "Importo"},
    {MONO, "30,50 €"},
    {PLAIN, "Beneficiario"},
    {PLAIN, "ESEMPIO PEC SPA"},
    {PLAIN, "Banca"},
    {PLAIN, "Banca di Prova"},
    {BOLD, "Dall'app della banca"},
    {PLAIN, "Il codice compila beneficiario,"},
    {PLAIN, "IBAN, importo e causale."},
    {BOLD, "Che cosa si paga"},
    {BOLD, "studio.verdi@legalmail.example"},
    {PLAIN, "Rinnovo 1 anno, Bronze"},
    {PLAIN, "Scadenza attuale"},
    {PLAIN, "15/03/2027"},
    {PLAIN, "Nuova scadenza"},
    {BOLD, "15/03/2028"},
    {BOLD, "Prima di inviare"},
    {BOLD, "1."},
    {PLAIN, "Nella causale vanno solo le 15 cifre, tutte e nell'ordine: è l'unico modo in cui il pagamento trova l'ordine."},
    {BOLD, "2."},
    {PLAIN, "La causale vale per questo ordine soltanto. Un bonifico copiato da quello dell'anno scorso non rinnova la"},
    {PLAIN, "casella."},
    {BOLD, "3."},
    {PLAIN, "L'importo va pagato intero e in una volta. Un ordine, un bonifico."},
    {BOLD, "4."},
    {PLAIN, "Il bonifico arriva di solito il giorno lavorativo dopo. La fattura segue per e-mail dopo l'accredito."},
    {PLAIN, "Esempio PEC S.p.A. · Via Roma 1, 00184 Roma (RM)"},
    {PLAIN, "P. IVA 01234560587 · REA RM-123456 · Capitale sociale 120.000,00 €"},
    {PLAIN, "assistenza@esempio.example · 06 1234567 · www.esempio.example"},
    {PLAIN, "Pagina 1 di 1"},
};
// clang-format on

static void bare_symbol(cairo_t *cairo)
{
    static const char PAYLOAD[] =
        "BCD\n002\n1\nSCT\n\nESEMPIO PEC SPA\nIT62C0326803203052886541770\nEUR30.50\n\n\n202600009505571";
    void *mem = talloc_new(NULL);
    cairo_surface_t *picture;
    cairo_pattern_t *mask;
    struct problem why;
    struct qr qr;

    if (qr_encode(mem, PAYLOAD, sizeof PAYLOAD - 1, &qr, &why) != DONE)
        exit(3);
    picture = cairo_image_surface_create(CAIRO_FORMAT_A1, qr.side, qr.side);
    for (int y = 0; y < qr.side; y++) {
        unsigned char *row =
            cairo_image_surface_get_data(picture) + (ptrdiff_t)y * cairo_image_surface_get_stride(picture);

        for (int x = 0; x < qr.side; x++)
            row[x / 8] = (unsigned char)(row[x / 8] | qr.dark[y * qr.side + x] << x % 8);
    }
    cairo_surface_mark_dirty(picture);
    mask = cairo_pattern_create_for_surface(picture);
    cairo_pattern_set_filter(mask, CAIRO_FILTER_NEAREST);
    cairo_translate(cairo, 400, 200);
    cairo_scale(cairo, 3.25, 3.25);
    cairo_mask(cairo, mask);
    cairo_pattern_destroy(mask);
    cairo_surface_destroy(picture);
    talloc_free(mem);
}

static void bare(const struct line *lines, size_t line_count, bool symbol)
{
    static const char *const FACE[] = {"Liberation Sans, DejaVu Sans, sans-serif 9.5",
                                       "Liberation Sans, DejaVu Sans, sans-serif bold 9.5",
                                       "Liberation Mono, DejaVu Sans Mono, monospace bold 12.5"};
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(count, NULL, 595.28, 841.89);
    cairo_t *cairo = cairo_create(surface);
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    PangoLayout *layout = pango_layout_new(context);
    PangoFontDescription *font[count_of(FACE)];

    pango_cairo_update_context(cairo, context);
    for (size_t i = 0; i < count_of(FACE); i++)
        font[i] = pango_font_description_from_string(FACE[i]);
    for (size_t i = 0; i < line_count; i++) {
        pango_layout_set_font_description(layout, font[lines[i].face]);
        pango_layout_set_text(layout, lines[i].text, -1);
        cairo_move_to(cairo, 52, 40 + (double)i * 16);
        pango_cairo_show_layout(cairo, layout);
    }
    if (symbol)
        bare_symbol(cairo);
    for (size_t i = 0; i < count_of(FACE); i++)
        pango_font_description_free(font[i]);
    g_object_unref(layout);
    g_object_unref(context);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct rival {
    const struct line *lines;
    size_t line_count;
    bool symbol;
};

/* The time of one page; `draw` NULL: of the bare one. */
static double page(void (*draw)(void *mem), const struct rival *rival)
{
    double start = seconds();
    void *mem = talloc_new(NULL);

    if (draw)
        draw(mem);
    else
        bare(rival->lines, rival->line_count, rival->symbol);
    talloc_free(mem);
    return seconds() - start;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Pages a second at the quicker quartile: a machine that others use makes some pages slow, never quick. */
static double rate(double *times, size_t pages)
{
    qsort(times, pages, sizeof *times, ascending);
    return 1 / times[pages / 4];
}

/* Ours and the bare one by turns, so that both meet the same machine. */
static double compare(const char *name, void (*draw)(void *mem), const struct rival *rival, size_t pages)
{
    double *ours = calloc(pages, sizeof *ours), *theirs = calloc(pages, sizeof *theirs), rates[2];

    if (!ours || !theirs)
        exit(3);
    for (size_t i = 0; i < 3; i++) { /* fonts are looked up once, before the clock */
        page(draw, rival);
        page(NULL, rival);
    }
    for (size_t i = 0; i < pages; i++) {
        ours[i] = page(draw, rival);
        theirs[i] = page(NULL, rival);
    }
    rates[0] = rate(ours, pages);
    rates[1] = rate(theirs, pages);
    printf("%s: %.0f a second, bare page of its %zu lines%s %.0f, ratio %.2f\n", name, rates[0], rival->line_count,
           rival->symbol ? " and symbol" : "", rates[1], rates[0] / rates[1]);
    free(ours);
    free(theirs);
    return rates[0] / rates[1];
}

int main(int argc, char **argv)
{
    int pages = argc > 1 ? atoi(argv[1]) : 500;
    const struct rival invoice_rival = {INVOICE, count_of(INVOICE), false},
                       transfer_rival = {TRANSFER, count_of(TRANSFER), true};
    bool enough;

    if (pages < 1) {
        fprintf(stderr, "bench-paper [PAGES]\n");
        return 2;
    }
    enough = compare("invoice", invoice, &invoice_rival, (size_t)pages) >= 0.85;
    enough &= compare("transfer", transfer, &transfer_rival, (size_t)pages) >= 0.85;
    paper_forget_fonts();
    return enough ? 0 : 1;
}
