/* The page of a postal slip: what it says to people, and what machines read on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paper/slip.h"
#include "paper_reader.h"
#include "paper_sample.h"

#include <dmtx.h>
#include <jansson.h>

static struct slip_paper sample_paper(enum slip_type type)
{
    return (struct slip_paper){.type = type,
                               .seller = &SELLER,
                               .account = "1007214826",
                               .authorisation = type == SLIP_COMPLETE ? "DB/SISB/E 12345 del 01/02/2026" : NULL,
                               .payer = &CUSTOMERS[1],
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

static bool can_read(void)
{
    bool can = installed("pdftotext") && installed("pdftoppm") && installed("qpdf");

    if (!can)
        print_message("pdftotext, pdftoppm or qpdf is not installed\n");
    return can;
}

static char *text_of(void *mem, const struct slip_paper *paper)
{
    void *bytes;
    size_t length;

    assert_int_equal(slip_pdf(mem, paper, &bytes, &length), DONE);
    through(mem, "qpdf --check @ 2>&1", bytes, length);
    says(through(mem, "pdfinfo @", bytes, length), "841.89 x 595.28 pts (A4)");
    says(through(mem, "pdfinfo @", bytes, length), "Tagged:          yes");
    return through(mem, "pdftotext -layout @ -", bytes, length);
}

static size_t times(const char *text, const char *word)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        n++;
    return n;
}

static void both_kinds_say_what_to_pay(void **state)
{
    static const char *const WORDS[] = {"Bollettino postale",
                                        "Da pagare entro il 15/01/2027",
                                        "30,50 €",
                                        "scadenza 15/03/2027 → 15/03/2028",
                                        "studio.verdi@legalmail.example",
                                        "Rinnovo 1 anno, Bronze",
                                        "Conservare la ricevuta",
                                        "P. IVA 01234560587",
                                        "Ricevuta di Versamento",
                                        "Ricevuta di Accredito",
                                        "Corso Umberto I 15",
                                        "Caserta (CE)"};
    static const struct {
        enum slip_type type;
        const char *there, *absent;
    } ROWS[] = {{SLIP_COMPLETE, "TD 896", "Modello da ricopiare"}, {SLIP_BLANK, "TD 123", "CODICE CLIENTE"}};

    (void)state;
    if (!can_read())
        skip();
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct slip_paper paper = sample_paper(ROWS[i].type);
        void *mem = talloc_new(NULL);
        char *text = text_of(mem, &paper);

        for (size_t n = 0; n < count_of(WORDS); n++)
            says(text, WORDS[n]);
        says(text, ROWS[i].there);
        assert_null(strstr(text, ROWS[i].absent));
        assert_int_equal(times(text, "001007214826"), 3); /* above, and on both parts */
        assert_int_equal(times(text, "202600 009505 571"), 3);
        assert_int_equal(times(text, "trenta/50"), 2);
        assert_int_equal(times(text, "ESEMPIO PEC SPA"), 3);
        assert_int_equal(times(text, "120260000950557134"), ROWS[i].type == SLIP_COMPLETE ? 2 : 0);
        assert_int_equal(times(text, "Aut. DB/SISB/E 12345 del 01/02/2026"), ROWS[i].type == SLIP_COMPLETE);
        talloc_free(mem);
    }
}

/* The page as a scanner sees it: grey, one byte a dot; *pixels is where it begins in the file. */
static char *scanned(void *mem, const void *bytes, size_t length, int *width, int *height, unsigned char **pixels)
{
    char *copy = talloc_asprintf(mem, "/tmp/casella-slip-%d", (int)getpid()), *file;
    FILE *f;
    long size;
    int begins;

    through(mem, talloc_asprintf(mem, "pdftoppm -r 200 -gray -singlefile @ %s 2>&1", copy), bytes, length);
    copy = talloc_asprintf(mem, "%s.pgm", copy);
    f = fopen(copy, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);
    file = talloc_zero_array(mem, char, (unsigned)size + 1);
    assert_int_equal(fread(file, 1, (size_t)size, f), size);
    fclose(f);
    unlink(copy);
    assert_int_equal(sscanf(file, "P5 %d %d 255%n", width, height, &begins), 2);
    *pixels = (unsigned char *)file + begins + 1;
    assert_true((long)begins + 1 + (long)*width * *height == size);
    return file;
}

static void the_matrix_says_what_the_slip_says(void **state)
{
    struct slip_paper paper = sample_paper(SLIP_COMPLETE);
    void *mem = talloc_new(NULL), *bytes;
    unsigned char *pixels;
    size_t length;
    int width, height;
    DmtxImage *image;
    DmtxDecode *decoder;
    DmtxRegion *region;
    DmtxMessage *message;

    (void)state;
    assert_int_equal(slip_pdf(mem, &paper, &bytes, &length), DONE);
    if (!can_read()) {
        talloc_free(mem);
        skip();
    }
    scanned(mem, bytes, length, &width, &height, &pixels);
    image = dmtxImageCreate(pixels, width, height, DmtxPack8bppK);
    decoder = dmtxDecodeCreate(image, 1);
    dmtxDecodeSetProp(decoder, DmtxPropSymbolSize, DmtxSymbol16x48);
    dmtxDecodeSetProp(decoder, DmtxPropXmin, width * 3 / 4); /* where it stands, counted from below */
    dmtxDecodeSetProp(decoder, DmtxPropYmin, height / 12);
    dmtxDecodeSetProp(decoder, DmtxPropYmax, height / 4);
    region = dmtxRegionFindNext(decoder, NULL);
    assert_non_null(region);
    message = dmtxDecodeMatrixRegion(decoder, region, DmtxUndefined);
    assert_non_null(message);
    assert_int_equal(message->outputIdx, 50);
    assert_memory_equal(message->output, "18120260000950557134120010072148261000000030503896", 50);
    dmtxMessageDestroy(&message);
    dmtxRegionDestroy(&region);
    dmtxDecodeDestroy(&decoder);
    dmtxImageDestroy(&image);
    talloc_free(mem);
}

/* Where the optical reader looks there are shapes of the right width, ten characters an inch, and white around them. */
static void the_reader_s_zone_holds_one_line(void **state)
{
    struct slip_paper paper = sample_paper(SLIP_COMPLETE);
    void *mem = talloc_new(NULL), *bytes;
    unsigned char *pixels;
    size_t length;
    int width, height, left = 100000, right = 0, top = 100000, bottom = 0;

    (void)state;
    assert_int_equal(slip_pdf(mem, &paper, &bytes, &length), DONE);
    if (!can_read()) {
        talloc_free(mem);
        skip();
    }
    scanned(mem, bytes, length, &width, &height, &pixels);
    for (int y = height - 18 * 200 * 10 / 254; y < height; y++)
        for (int x = 134 * 200 * 10 / 254; x < width; x++)
            if (pixels[(size_t)y * (size_t)width + (size_t)x] < 128) {
                left = x < left ? x : left;
                right = x > right ? x : right;
                top = y < top ? y : top;
                bottom = y > bottom ? y : bottom;
            }
    if (through(mem, "fc-list 'OCR B' ; : @", "", 0)[0])
        assert_in_range(right - left, 53 * 20 - 30, 53 * 20); /* 53 characters of 20 dots each */
    assert_in_range(bottom - top, 15, 30);                    /* one line */
    assert_in_range(height - bottom, 6 * 200 * 10 / 254, 11 * 200 * 10 / 254);
    talloc_free(mem);
}

static void slips_that_must_not_be_drawn(void **state)
{
    static const struct {
        const char *reference, *account, *authorisation;
        int64_t cents;
        int type;
    } ROWS[] = {
        {"202600009505572", "1007214826", "AUT", 3050, SLIP_COMPLETE},
        {"202600009505571", "10072148261234", "AUT", 3050, SLIP_COMPLETE},
        {"202600009505571", NULL, "AUT", 3050, SLIP_COMPLETE},
        {"202600009505571", "1007214826", "", 3050, SLIP_COMPLETE},
        {"202600009505571", "1007214826", NULL, 3050, SLIP_COMPLETE},
        {"202600009505571", "1007214826", "AUT", 0, SLIP_COMPLETE},
        {"202600009505571", "1007214826", "AUT", 10000000000, SLIP_COMPLETE},
        {"202600009505571", "1007214826", "AUT", 3050, SLIP_CUSTOMER},
        {"202600009505571", "1007214826", "AUT", -3050, SLIP_BLANK},
        {"202600009505571", "conto", "AUT", 3050, SLIP_BLANK},
    };
    void *mem = talloc_new(NULL), *bytes;
    size_t length;

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct slip_paper paper = sample_paper((enum slip_type)ROWS[i].type);

        paper.reference = ROWS[i].reference;
        paper.account = ROWS[i].account;
        paper.authorisation = ROWS[i].authorisation;
        paper.amount = money(ROWS[i].cents);
        assert_int_equal(slip_pdf(mem, &paper, &bytes, &length), BROKEN);
    }
    talloc_free(mem);
}

/* The largest amount, no payer, no dates, and names that no form has room for: still one page. */
static void extremes(void **state)
{
    struct slip_paper paper = sample_paper(SLIP_COMPLETE);
    void *mem = talloc_new(NULL), *bytes;
    char *name = talloc_zero_array(mem, char, 500), *text;
    struct billing payer = CUSTOMERS[1];
    size_t length;

    (void)state;
    if (!can_read()) {
        talloc_free(mem);
        skip();
    }
    paper.amount = money(9999999999);
    paper.payer = NULL;
    paper.expires_on = paper.new_expires_on = (struct day){0};
    text = text_of(mem, &paper);
    says(text, "99999999,99");
    says(text, "novantanovemilioninovecentonovantanovemilanovecentonovantanove/99");
    says(text, "L'ordine si conclude");
    memset(name, 'W', 499);
    payer.name = payer.street = payer.city = name;
    paper.payer = &payer;
    paper.holder = paper.what = paper.mailbox = paper.brand_name = name;
    assert_int_equal(slip_pdf(mem, &paper, &bytes, &length), DONE);
    assert_int_equal(atoi(through(mem, "qpdf --show-npages @", bytes, length)), 1);
    talloc_free(mem);
}

static void any_name(void **state)
{
    json_t *naughty = need_hard_strings(), *text;
    void *mem = talloc_new(NULL);
    size_t i;

    (void)state;
    json_array_foreach(naughty, i, text)
    {
        struct slip_paper paper = sample_paper(i % 2 ? SLIP_BLANK : SLIP_COMPLETE);
        struct billing payer = CUSTOMERS[i % count_of(CUSTOMERS)];
        void *here = talloc_new(mem), *bytes;
        size_t length;

        payer.name = payer.street = payer.postcode = payer.city = payer.province = json_string_value(text);
        paper.payer = &payer;
        paper.holder = *payer.name ? payer.name : NULL;
        paper.what = paper.mailbox = payer.name;
        assert_int_equal(slip_pdf(here, &paper, &bytes, &length), DONE);
        talloc_free(here);
    }
    json_decref(naughty);
    talloc_free(mem);
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
        cmocka_unit_test(both_kinds_say_what_to_pay),
        cmocka_unit_test(the_matrix_says_what_the_slip_says),
        cmocka_unit_test(the_reader_s_zone_holds_one_line),
        cmocka_unit_test(slips_that_must_not_be_drawn),
        cmocka_unit_test(extremes),
        cmocka_unit_test(any_name),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
