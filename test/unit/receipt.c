/* The receipt of a top-up: what it says, and what makes none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paper/receipt.h"
#include "paper_reader.h"
#include "paper_sample.h"

static struct receipt_paper sample(void)
{
    return (struct receipt_paper){.seller = &SELLER,
                                  .customer = &CUSTOMERS[1],
                                  .order_code = "R2026000123",
                                  .amount = {5000},
                                  .payment_method = "card",
                                  .paid_on = day_of(2026, 12, 15),
                                  .balance = {123456},
                                  .language = "it",
                                  .brand_name = "Legalmail",
                                  .colour = "#0b5d57"};
}

static void it_says_all(void **state)
{
    static const char *const WORDS[] = {"Ricevuta di ricarica",
                                        "Non è una fattura",
                                        "pagata il 15/12/2026",
                                        "Esempio PEC S.p.A.",
                                        "Studio Verdi di Giuseppe Verdi",
                                        "P. IVA 06675021007",
                                        "50,00 €",
                                        "R2026000123",
                                        "Carta di credito",
                                        "1.234,56 €",
                                        "fuori campo IVA",
                                        "deposito",
                                        "Pagina 1 di 1"};
    struct receipt_paper receipt = sample();
    void *mem = talloc_new(NULL), *bytes, *again;
    size_t length, again_length;
    char *text;

    (void)state;
    assert_int_equal(receipt_pdf(mem, &receipt, &bytes, &length), DONE);
    assert_int_equal(receipt_pdf(mem, &receipt, &again, &again_length), DONE);
    assert_int_equal(length, again_length);
    assert_memory_equal(bytes, again, length);
    if (!installed("pdftotext") || !installed("qpdf")) {
        print_message("pdftotext or qpdf is not installed\n");
        talloc_free(mem);
        skip();
    }
    through(mem, "qpdf --check @ 2>&1", bytes, length);
    text = through(mem, "pdftotext -layout @ -", bytes, length);
    for (size_t i = 0; i < count_of(WORDS); i++)
        says(text, WORDS[i]);
    says(through(mem, "pdfinfo @", bytes, length), "Tagged:          yes");
    receipt.balance = money(0);
    assert_int_equal(receipt_pdf(mem, &receipt, &bytes, &length), DONE);
    assert_null(strstr(through(mem, "pdftotext -layout @ -", bytes, length), "Saldo"));
    talloc_free(mem);
}

static void what_is_no_receipt(void **state)
{
    static const struct {
        const char *code, *method;
        int64_t cents, balance;
        int year;
    } ROWS[] = {
        {"", "card", 5000, 0, 2026},     {NULL, "card", 5000, 0, 2026},  {"R1", "", 5000, 0, 2026},
        {"R1", "shells", 5000, 0, 2026}, {"R1", NULL, 5000, 0, 2026},    {"R1", "card", 0, 0, 2026},
        {"R1", "card", -5000, 0, 2026},  {"R1", "card", 5000, -1, 2026}, {"R1", "card", 5000, 0, 0},
    };
    void *mem = talloc_new(NULL), *bytes;
    size_t length;

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct receipt_paper receipt = sample();

        receipt.order_code = ROWS[i].code;
        receipt.payment_method = ROWS[i].method;
        receipt.amount = money(ROWS[i].cents);
        receipt.balance = money(ROWS[i].balance);
        if (!ROWS[i].year)
            receipt.paid_on = (struct day){0};
        assert_int_equal(receipt_pdf(mem, &receipt, &bytes, &length), BROKEN);
    }
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
        cmocka_unit_test(it_says_all),
        cmocka_unit_test(what_is_no_receipt),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
