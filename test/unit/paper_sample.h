/* test/unit/paper_sample.h: one seller, one customer of each kind, and an invoice that adds up, for the tests of
 * src/paper. */
#pragma once

#include "paper/invoice.h"
#include "paper/transfer.h"
#include <jansson.h>
#include <stdlib.h>
#include <talloc.h>

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
    .phone = "+39 06 1234567",
    .website = "www.esempio.example",
    .payee = "ESEMPIO PEC SPA",
    .bank = "Banca di Prova",
    .iban = "IT62 C032 6803 2030 5288 6541 770",
    .bic = NULL,
};

static const struct billing CUSTOMERS[] = {
    {HOLDER_PERSON, "Mario Rossi", "RSSMRA80A01H501U", "", "Via Milano 2", "20121", "Milano", "MI", "IT", "", "",
     "mario@posta.example"},
    {HOLDER_FREELANCE, "Studio Verdi di Giuseppe Verdi", "VRDGPP13A10B963V", "06675021007", "Corso Umberto I 15",
     "81100", "Caserta", "CE", "IT", "", "studio.verdi@legalmail.example", "verdi@posta.example"},
    {HOLDER_SOLE_TRADER, "Officina D’Angelò – Müller & Figli", "MRTMTT91D08F205J", "01234560587",
     "Località Città Vecchia s.n.c.", "38122", "Trento", "TN", "IT", "M5UXCR1", "", "officina@posta.example"},
    {HOLDER_COMPANY, "Società “Łódź” S.r.l.", "06675021007", "06675021007", "Piazza Duomo 1", "50122", "Firenze", "FI",
     "IT", "0000000", "societa@pec.example", "info@posta.example"},
    {HOLDER_COMPANY, "Ditta senza codice fiscale S.r.l.", "", "06675021007", "Via Po 3", "10123", "Torino", "TO", "IT",
     "", "non è una pec", "info@posta.example"},
    {HOLDER_PUBLIC_BODY, "Comune di Esempio", "80012345678", "", "Piazza del Municipio 1", "00100", "Roma", "RM", "IT",
     "UFABCD", "", "protocollo@comune.example"},
    {HOLDER_COMPANY, "Beispiel GmbH & Co. KG", "", "DE129273398", "Unter den Linden 77, 3. Stock", "10117", "Berlin",
     "", "DE", "XXXXXXX", "", "info@beispiel.example"},
    {HOLDER_PERSON, "Zoë Ångström", "", "", "12 rue de l'Église", "L-1458", "Luxembourg", "", "LU", "XXXXXXX", "",
     "zoe@posta.example"},
    {HOLDER_PERSON, "Prince", "RSSMRA80A01H501U", "", "Via Milano 2", "20121", "Milano", "MI", "IT", "", "",
     "p@posta.example"},
};

/* Totals from the lines, as the shop computes them. */
static inline void sample_total(struct invoice_paper *invoice)
{
    invoice->net = money(0);
    for (size_t i = 0; i < invoice->line_count; i++)
        invoice->net.cents += invoice->lines[i].net.cents;
    if (money_share(invoice->net, invoice->vat_rate_bp, 10000, &invoice->vat) != DONE)
        fail_msg("VAT of a sample");
    invoice->gross.cents = invoice->net.cents + invoice->vat.cents;
}

static inline struct invoice_paper sample_invoice(const struct billing *customer, const struct invoice_line *lines,
                                                  size_t count)
{
    struct invoice_paper invoice = {
        .number = "2026/95055",
        .issued_on = day_of(2026, 12, 16),
        .progressive = "0000A",
        .order_code = "202600000421715",
        .payment_method = "bank_transfer",
        .paid_on = day_of(2026, 12, 15),
        .seller = &SELLER,
        .customer = customer,
        .lines = lines,
        .line_count = count,
        .vat_rate_bp = 2200,
        .language = "it",
        .brand_name = "Legalmail",
        .colour = "#0b5d57",
    };

    sample_total(&invoice);
    return invoice;
}

/* The credit note of the whole of an invoice like it. */
static inline struct invoice_paper sample_credit_note(const struct billing *customer, const struct invoice_line *lines,
                                                      size_t count)
{
    struct invoice_paper note = sample_invoice(customer, lines, count);

    note.kind = DOCUMENT_CREDIT_NOTE;
    note.number = "NC-2026/17";
    note.corrects_number = "2026/95000";
    note.corrects_on = day_of(2026, 12, 1);
    note.reason = "Recesso entro 14 giorni";
    return note;
}

static inline struct invoice_line sample_line(const char *what, int64_t quantity, int64_t cents)
{
    return (struct invoice_line){what, quantity, {cents}, {cents * quantity}, day_of(2027, 3, 16), day_of(2028, 3, 15)};
}

/* Strings that have broken programs, of the shared data; NULL where they are absent. */
static inline json_t *hard_strings(void)
{
    const char *source = getenv("CASELLA_SOURCE");
    char *path = talloc_asprintf(NULL, "%s/../shared/data/strings/blns.json", source ? source : ".");
    json_t *strings = json_load_file(path, 0, NULL);

    talloc_free(path);
    return strings;
}

/* … for a test that is skipped without them. */
static inline json_t *need_hard_strings(void)
{
    json_t *strings = hard_strings();

    if (!strings) {
        print_message("the shared strings are absent\n");
        skip();
    }
    return strings;
}
