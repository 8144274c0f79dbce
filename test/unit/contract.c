/* The contract of a new mailbox: what it says for each kind of holder, over how many pages, and what makes none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paper/contract.h"
#include "paper_reader.h"
#include "paper_sample.h"

#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static struct contract_paper sample(const struct billing *holder)
{
    return (struct contract_paper){
        .seller = &SELLER,
        .provider = "Gestore di Prova S.p.A.",
        .holder = holder,
        .phone = "+39 06 7654321",
        .signer_name = "",
        .signer_tax_code = "",
        .product = "PEC Legalmail",
        .plan = "Base",
        .years = 1,
        .net = {900},
        .vat = {198},
        .gross = {1098},
        .vat_rate_bp = 2200,
        .address = "mario.rossi@pec.visura.example",
        .alternatives = {"m.rossi@pec.visura.example", "rossi.mario@pec.visura.example", ""},
        .order_code = "LM95055",
        .ordered_on = day_of(2026, 11, 22),
        .paid_on = day_of(2026, 11, 24),
        .text = "Premessa senza numero.\n\n1. Parti. Chi vende e chi compra.\n\n2. Durata. Un anno.",
        .version = "2026-01",
        .sha256 = HASH,
        .brand_name = "Visura",
        .colour = "#0b5d57"};
}

static char *drawn(void *mem, const struct contract_paper *contract, size_t *length)
{
    void *bytes, *again;
    size_t again_length;

    assert_int_equal(contract_pdf(mem, contract, &bytes, length), DONE);
    assert_int_equal(contract_pdf(mem, contract, &again, &again_length), DONE);
    assert_int_equal(*length, again_length);
    assert_memory_equal(bytes, again, *length);
    return bytes;
}

static bool can_read(void)
{
    return installed("pdftotext") && installed("pdfinfo") && installed("qpdf");
}

static void it_says_all(void **state)
{
    static const char *const WORDS[] = {"Contratto per una casella PEC",
                                        "Esempio PEC S.p.A.",
                                        "Gestore di Prova S.p.A.",
                                        "Mario Rossi",
                                        "C.F. RSSMRA80A01H501U",
                                        "Persona fisica",
                                        "mario@posta.example",
                                        "+39 06 7654321",
                                        "mario.rossi@pec.visura.example",
                                        "m.rossi@pec.visura.example, rossi.mario@pec.visura.example",
                                        "PEC Legalmail, Base",
                                        "1 anno dal giorno dell'attivazione",
                                        "9,00 € più IVA 22 % (1,98 €): 10,98 €",
                                        "LM95055 del 22/11/2026",
                                        "Premessa senza numero.",
                                        "1. Parti.",
                                        "Chi vende e chi compra.",
                                        "versione 2026-01",
                                        HASH,
                                        "Firma di Mario Rossi",
                                        "Luogo",
                                        "Data",
                                        "Pagina 1 di 1"};
    struct contract_paper contract = sample(&CUSTOMERS[0]);
    void *mem = talloc_new(NULL);
    size_t length;
    char *pdf = drawn(mem, &contract, &length), *text;

    (void)state;
    if (!can_read()) {
        talloc_free(mem);
        skip();
    }
    through(mem, "qpdf --check @ 2>&1", pdf, length);
    text = through(mem, "pdftotext -layout @ -", pdf, length);
    for (size_t i = 0; i < count_of(WORDS); i++)
        says(text, WORDS[i]);
    assert_null(strstr(text, "1341")); /* a consumer signs once */
    assert_null(strstr(text, "recedere"));
    says(through(mem, "pdfinfo @", pdf, length), "Tagged:          yes");
    contract.start_now = true;
    pdf = drawn(mem, &contract, &length);
    says(through(mem, "pdftotext -layout @ -", pdf, length), "il termine per recedere");
    talloc_free(mem);
}

/* L18: whoever is no consumer signs for the onerous clauses apart; for a company somebody else signs. */
static void by_kind_of_holder(void **state)
{
    static const struct {
        int customer;
        const char *kind, *code;
        bool signer;
    } ROWS[] = {
        {1, "Libero professionista", "C.F. VRDGPP13A10B963V", false},
        {2, "Ditta individuale", "P. IVA 01234560587", false},
        {3, "Società", "P. IVA 06675021007", true},
        {5, "Pubblica amministrazione", "C.F. 80012345678", true},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    if (!can_read()) {
        talloc_free(mem);
        skip();
    }
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct contract_paper contract = sample(&CUSTOMERS[ROWS[i].customer]);
        size_t length;
        char *pdf, *text;

        contract.years = 2;
        if (ROWS[i].signer) {
            contract.signer_name = "Anna Bianchi";
            contract.signer_tax_code = "BNCNNA75D50H501A";
        }
        assert_true(contract_has_second_signature(&contract));
        pdf = drawn(mem, &contract, &length);
        text = through(mem, "pdftotext -layout @ -", pdf, length);
        says(text, ROWS[i].kind);
        says(text, ROWS[i].code);
        says(text, "2 anni dal giorno dell'attivazione");
        says(text, "Seconda firma");
        says(text, "articoli 1341 e 1342");
        if (ROWS[i].signer) {
            says(text, "Anna Bianchi, codice fiscale BNCNNA75D50H501A");
            says(text, "Firma di Anna Bianchi");
        }
    }
    talloc_free(mem);
}

/* However long the text, all of it is there, every page is numbered, and the signatures stand on the last. */
static void over_pages(void **state)
{
    static const int CLAUSES[] = {1, 12, 40, 200};
    void *mem = talloc_new(NULL);

    (void)state;
    if (!can_read()) {
        talloc_free(mem);
        skip();
    }
    for (size_t i = 0; i < count_of(CLAUSES); i++) {
        struct contract_paper contract = sample(&CUSTOMERS[3]);
        struct text_buffer words = text_buffer(mem);
        char *text, *pdf, *last;
        size_t length;
        int pages;

        for (int n = 1; n <= CLAUSES[i]; n++) {
            text_put_format(&words, "%d. Punto %d. ", n, n);
            for (int k = 0; k < (n == 3 ? 900 : 20); k++) /* the third is longer than a page */
                text_put(&words, "parole scelte con cura ");
            text_put_format(&words, "fine%d.\n\n", n);
        }
        contract.text = words.bytes;
        pdf = drawn(mem, &contract, &length);
        text = through(mem, "pdftotext -layout @ -", pdf, length);
        for (int n = 1; n <= CLAUSES[i]; n++)
            says(text, talloc_asprintf(mem, "fine%d.", n));
        last = through(mem, "pdfinfo @ | sed -n 's/^Pages: *//p'", pdf, length);
        pages = atoi(last);
        says(text, talloc_asprintf(mem, "Pagina %d di %d", pages, pages));
        assert_null(strstr(text, talloc_asprintf(mem, "Pagina %d di", pages + 1)));
        text = through(mem, talloc_asprintf(mem, "pdftotext -f %d -layout @ -", pages), pdf, length);
        says(text, "Firma del contratto");
        says(text, "Seconda firma");
    }
    talloc_free(mem);
}

static void what_is_no_contract(void **state)
{
    void *mem = talloc_new(NULL), *bytes;
    struct contract_paper rows[6];
    size_t length;

    (void)state;
    for (size_t i = 0; i < count_of(rows); i++)
        rows[i] = sample(&CUSTOMERS[0]);
    rows[0].address = "";
    rows[1].order_code = NULL;
    rows[2].text = " \n";
    rows[3].version = "";
    rows[4].years = 0;
    rows[5].paid_on = (struct day){0};
    for (size_t i = 0; i < count_of(rows); i++)
        assert_int_equal(contract_pdf(mem, &rows[i], &bytes, &length), BROKEN);
    talloc_free(mem);
}

static int forget(void **state)
{
    (void)state;
    paper_forget_fonts();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_all),
        cmocka_unit_test(by_kind_of_holder),
        cmocka_unit_test(over_pages),
        cmocka_unit_test(what_is_no_contract),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}
