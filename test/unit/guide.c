/* A brand's guide as a PDF (DOMAIN R82): whole, tagged, over as many pages as it takes. */
#include "paper/guide.h"
#include "base/embedded.h"
#include "base/i18n.h"
#include "paper/invoice.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paper_reader.h"

static const struct seller SELLER = {.name = "Visura di Prova S.r.l.",
                                     .vat_number = "99900030018",
                                     .tax_code = "99900030018",
                                     .street = "Via del Campione 2",
                                     .postcode = "00184",
                                     .city = "Roma",
                                     .province = "RM",
                                     .country = "IT",
                                     .email = "amministrazione@visura.example"};

static struct guide_paper guide_of(const char *text)
{
    return (struct guide_paper){.seller = &SELLER,
                                .title = N_("Guida al rinnovo PEC"),
                                .text = text,
                                .brand_name = "Visura",
                                .colour = "#7a1f3d",
                                .contact = "assistenza@visura.example, +39 06 5550 0200",
                                .made_on = day_of(2026, 12, 20)};
}

static bool can_read(void)
{
    return installed("pdftotext") && installed("pdfinfo") && installed("qpdf");
}

static void the_brands_guide_says_what_it_says(void **state)
{
    void *mem = talloc_new(NULL), *bytes, *again;
    size_t length, again_length;
    struct guide_paper guide = guide_of(embedded_find("brands/visura/guide-2026-01.txt")->bytes);
    char *text;

    (void)state;
    if (!can_read())
        skip();
    assert_int_equal(guide_pdf(mem, &guide, &bytes, &length), DONE);
    assert_int_equal(guide_pdf(mem, &guide, &again, &again_length), DONE);
    assert_int_equal(length, again_length);
    assert_memory_equal(bytes, again, length);
    through(mem, "qpdf --check @ 2>&1", bytes, length);
    says(through(mem, "pdfinfo @", bytes, length), "Tagged:          yes");
    text = through(mem, "pdftotext -layout @ -", bytes, length);
    says(text, "Guida al rinnovo PEC");
    says(text, "Customer Care: assistenza@visura.example, +39 06 5550 0200");
    says(text, "Da 3 mesi prima della scadenza a 6 mesi dopo");
    says(text, "KVIS, KLX o HLH");
    says(text, "Gestione ordini, nel dettaglio dell'ordine.");
    talloc_free(mem);
}

static void a_long_guide_turns_its_pages(void **state)
{
    void *mem = talloc_new(NULL), *bytes;
    struct text_buffer long_text = text_buffer(mem);
    struct guide_paper guide;
    size_t length;
    char *text;

    (void)state;
    if (!can_read())
        skip();
    for (int i = 1; i <= 90; i++)
        text_put_format(&long_text, "Titolo %d\n\n%d. Un paragrafo che dice qualche cosa, numero %d.\n\n", i, i, i);
    guide = guide_of(long_text.bytes);
    assert_int_equal(guide_pdf(mem, &guide, &bytes, &length), DONE);
    says(through(mem, "pdfinfo @", bytes, length), "Pages:");
    text = through(mem, "pdftotext -layout @ -", bytes, length);
    says(text, "Titolo 1\n");
    says(text, "numero 90.");
    says(through(mem, "pdftotext -f 2 -l 2 -layout @ -", bytes, length), "Titolo");
    guide = guide_of("  \n");
    assert_int_equal(guide_pdf(mem, &guide, &bytes, &length), BROKEN);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_brands_guide_says_what_it_says),
        cmocka_unit_test(a_long_guide_turns_its_pages),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    paper_forget_fonts();
    return failed;
}
