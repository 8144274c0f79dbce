/* The PDFs: what they say, how many pages, whether other programs take them, and that threads do not disturb each
 * other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "paper_reader.h"
#include "paper_sample.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

static char *drawn(void *mem, const struct invoice_paper *invoice, size_t *length)
{
    void *bytes;

    assert_int_equal(invoice_pdf(mem, invoice, &bytes, length), DONE);
    assert_true(*length > 1000 && memcmp(bytes, "%PDF-1.", 7) == 0);
    return bytes;
}

static struct transfer_paper sample_transfer(void)
{
    return (struct transfer_paper){.seller = &SELLER,
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
}

static void an_invoice_says_all(void **state)
{
    static const char *const WORDS[] = {"Fattura 2026/95055",
                                        "del 16/12/2026",
                                        "Esempio PEC S.p.A.",
                                        "P. IVA 01234560587",
                                        "Intestata a",
                                        "Studio Verdi di Giuseppe Verdi",
                                        "81100 Caserta (CE)",
                                        "C.F. VRDGPP13A10B963V",
                                        "202600000421715",
                                        "Bonifico Bancario",
                                        "Servizio dal 16/03/2027 al 15/03/2028",
                                        "Imponibile",
                                        "52,00 €",
                                        "IVA 22 %",
                                        "11,44 €",
                                        "63,44 €",
                                        "Pagata il 15/12/2026",
                                        "Copia di cortesia della fattura elettronica",
                                        "Pagina 1 di 1",
                                        "REA RM-123456"};
    const struct invoice_line lines[] = {sample_line("Rinnovo 1 anno, Bronze", 1, 2500),
                                         sample_line("Spazio aggiuntivo", 3, 900)};
    struct invoice_paper invoice = sample_invoice(&CUSTOMERS[1], lines, 2);
    void *mem = talloc_new(NULL);
    size_t length;
    char *pdf = drawn(mem, &invoice, &length), *text;

    (void)state;
    if (!installed("pdftotext")) {
        print_message("pdftotext is not installed\n");
        talloc_free(mem);
        skip();
    }
    text = through(mem, "pdftotext -layout @ -", pdf, length);
    for (size_t i = 0; i < count_of(WORDS); i++)
        says(text, WORDS[i]);
    text = through(mem, "pdfinfo @", pdf, length);
    says(text, "Fattura 2026/95055");
    says(text, "Esempio PEC S.p.A.");
    says(text, "Tagged:          yes");
    says(text, "A4");
    text = through(mem, "pdfinfo -struct @", pdf, length);
    says(text, "H1");
    says(text, "Table");
    talloc_free(mem);
}

static void as_many_pages_as_needed(void **state)
{
    static const struct {
        size_t lines;
        int pages;
    } ROWS[] = {{1, 1}, {5, 1}, {20, 2}, {60, 5}};
    void *mem = talloc_new(NULL);
    struct invoice_line lines[60];

    (void)state;
    if (!installed("pdftotext") || !installed("qpdf")) {
        print_message("pdftotext or qpdf is not installed\n");
        talloc_free(mem);
        skip();
    }
    for (size_t i = 0; i < count_of(lines); i++)
        lines[i] = sample_line(talloc_asprintf(mem, "Voce numero %zu.", i + 1), 1, 100);
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct invoice_paper invoice = sample_invoice(&CUSTOMERS[0], lines, ROWS[i].lines);
        size_t length;
        char *pdf = drawn(mem, &invoice, &length), *text;

        through(mem, "qpdf --check @ 2>&1", pdf, length);
        assert_int_equal(atoi(through(mem, "qpdf --show-npages @", pdf, length)), ROWS[i].pages);
        text = through(mem, "pdftotext -layout @ -", pdf, length);
        for (size_t n = 1; n <= ROWS[i].lines; n++) /* each once */
            says(text, talloc_asprintf(mem, "Voce numero %zu.", n));
        for (int page = 1; page <= ROWS[i].pages; page++)
            says(text, talloc_asprintf(mem, "Pagina %d di %d", page, ROWS[i].pages));
        says(strstr(text, talloc_asprintf(mem, "Pagina %d di %d", ROWS[i].pages - 1, ROWS[i].pages)) ?: text, "Totale");
    }
    talloc_free(mem);
}

static void rarer_papers(void **state)
{
    const struct invoice_line line = sample_line("Rinnovo", 1, 2500);
    struct invoice_paper credit = sample_credit_note(&CUSTOMERS[5], &line, 1),
                         broken = sample_invoice(&CUSTOMERS[5], &line, 1);
    void *mem = talloc_new(NULL), *bytes;
    size_t length;
    char *text;

    (void)state;
    broken.gross.cents++;
    assert_int_equal(invoice_pdf(mem, &broken, &bytes, &length), BROKEN);
    credit.split_payment = true;
    if (installed("pdftotext")) {
        bytes = drawn(mem, &credit, &length);
        text = through(mem, "pdftotext -layout @ -", bytes, length);
        says(text, "Nota di credito NC-2026/17");
        says(text, "del 16/12/2026, storna per intero la fattura 2026/95000 del 01/12/2026");
        says(text, "Recesso entro 14 giorni");
        says(text, "scissione dei pagamenti");
        says(text, "Data del rimborso");
        says(text, "Rimborsata il 15/12/2026: 25,00 €."); /* the VAT was never paid to us */
        credit.split_payment = false;
        credit.corrects_part = true;
        credit.paid_on = (struct day){0};
        bytes = drawn(mem, &credit, &length);
        text = through(mem, "pdftotext -layout @ -", bytes, length);
        says(text, "storna in parte la fattura 2026/95000 del 01/12/2026");
        says(text, "Copia di cortesia della nota di credito elettronica");
        says(text, "Da rimborsare: 30,50 €");
    }
    talloc_free(mem);
}

static void the_same_record_gives_the_same_bytes(void **state)
{
    const struct invoice_line line = sample_line("Rinnovo", 1, 2500);
    struct invoice_paper invoice = sample_invoice(&CUSTOMERS[0], &line, 1);
    void *mem = talloc_new(NULL);
    size_t first_length, second_length;
    char *first = drawn(mem, &invoice, &first_length), *second = drawn(mem, &invoice, &second_length);

    (void)state;
    assert_int_equal(first_length, second_length);
    assert_memory_equal(first, second, first_length);
    talloc_free(mem);
}

static void a_transfer_says_what_the_page_says(void **state)
{
    static const char *const WORDS[] = {"202600 009505 571",
                                        "IT62 C032 6803 2030 5288 6541 770",
                                        "30,50 €",
                                        "ESEMPIO PEC SPA",
                                        "Banca di Prova",
                                        "15/01/2027",
                                        "studio.verdi@legalmail.example",
                                        "Rinnovo 1 anno, Bronze",
                                        "15/03/2027",
                                        "15/03/2028",
                                        "solo le 15 cifre",
                                        "vale per questo ordine soltanto",
                                        "dell'anno scorso"};
    struct transfer_paper paper = sample_transfer();
    void *mem = talloc_new(NULL), *bytes;
    size_t length;
    char *text;

    (void)state;
    assert_int_equal(transfer_pdf(mem, &paper, &bytes, &length), DONE);
    if (!installed("pdftotext") || !installed("qpdf")) {
        print_message("pdftotext or qpdf is not installed\n");
        talloc_free(mem);
        skip();
    }
    through(mem, "qpdf --check @ 2>&1", bytes, length);
    assert_int_equal(atoi(through(mem, "qpdf --show-npages @", bytes, length)), 1);
    text = through(mem, "pdftotext -layout @ -", bytes, length);
    for (size_t i = 0; i < count_of(WORDS); i++)
        says(text, WORDS[i]);
    if (installed("zbarimg") && installed("pdftoppm")) {
        text = through(mem,
                       "f=@; pdftoppm -r 150 -png -singlefile $f $f && zbarimg -q --raw --oneshot $f.png 2>/dev/null; "
                       "rm -f $f.png",
                       bytes, length);
        assert_string_equal(
            text, "BCD\n002\n1\nSCT\n\nESEMPIO PEC SPA\nIT62C0326803203052886541770\nEUR30.50\n\n\n202600009505571");
    }
    talloc_free(mem);
}

static void a_transfer_with_wrong_data_is_not_drawn(void **state)
{
    struct seller seller = SELLER;
    struct transfer_paper paper = sample_transfer();
    void *mem = talloc_new(NULL), *bytes;
    size_t length;

    (void)state;
    for (const char *const *wrong = (const char *const[]){"202600009505572", "RLM9505", "R95055", "RLM95055A",
                                                          "rlm95055", "RLM 95055", "", NULL};
         *wrong; wrong++) {
        paper.reference = *wrong;
        assert_int_equal(transfer_pdf(mem, &paper, &bytes, &length), BROKEN);
    }
    paper = sample_transfer();
    paper.amount = money(0);
    assert_int_equal(transfer_pdf(mem, &paper, &bytes, &length), BROKEN);
    paper = sample_transfer();
    paper.seller = &seller;
    seller.iban = "IT61C0326803203052886541770";
    assert_int_equal(transfer_pdf(mem, &paper, &bytes, &length), BROKEN);
    talloc_free(mem);
}

/* Whatever a customer is called, the sheet is drawn, and stays valid. */
static void any_name(void **state)
{
    json_t *naughty = need_hard_strings(), *text;
    void *mem = talloc_new(NULL);
    size_t i;

    (void)state;
    json_array_foreach(naughty, i, text)
    {
        struct billing customer = CUSTOMERS[i % count_of(CUSTOMERS)];
        struct invoice_line line = sample_line(json_string_value(text), 1, 2500);
        struct invoice_paper invoice;
        void *here = talloc_new(mem);
        size_t length;

        customer.name = customer.street = customer.city = json_string_value(text);
        invoice = sample_invoice(&customer, &line, 1);
        invoice.order_code = invoice.brand_name = json_string_value(text);
        drawn(here, &invoice, &length);
        talloc_free(here);
    }
    json_decref(naughty);
    talloc_free(mem);
}

static void *draw_many(void *arg)
{
    const struct invoice_line line = sample_line("Rinnovo", 1, 2500);

    for (int i = 0; i < 10; i++) {
        struct invoice_paper invoice = sample_invoice(&CUSTOMERS[0], &line, 1);
        void *mem = talloc_new(NULL), *bytes;
        size_t length;

        if (invoice_pdf(mem, &invoice, &bytes, &length) != DONE)
            *(bool *)arg = true;
        talloc_free(mem);
    }
    return NULL;
}

static void threads(void **state)
{
    pthread_t thread[4];
    bool failed[count_of(thread)] = {false};

    (void)state;
    talloc_disable_null_tracking();
    for (size_t i = 0; i < count_of(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, draw_many, &failed[i]), 0);
    for (size_t i = 0; i < count_of(thread); i++) {
        pthread_join(thread[i], NULL);
        assert_false(failed[i]);
    }
}

static int finish(void **state)
{
    (void)state;
    paper_forget_fonts();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invoice_says_all),
        cmocka_unit_test(as_many_pages_as_needed),
        cmocka_unit_test(rarer_papers),
        cmocka_unit_test(the_same_record_gives_the_same_bytes),
        cmocka_unit_test(a_transfer_says_what_the_page_says),
        cmocka_unit_test(a_transfer_with_wrong_data_is_not_drawn),
        cmocka_unit_test(any_name),
        cmocka_unit_test(threads),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
