/* paper/invoice.h: an invoice or a credit note on paper (PDF) and for the tax office (FatturaPA XML 1.2, PAYMENTS §9). Both are
 * drawn from the same record, so that they cannot disagree. Nothing here looks anything up. */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/problem.h"
#include "rules/billing.h"
#include <stdbool.h>
#include <stddef.h>

/* The seller, from the brand's file. */
struct seller {
    const char *name, *vat_number, *tax_code, *tax_regime /* "RF01" */;
    const char *street, *postcode, *city, *province, *country;
    const char *rea_office, *rea_number; /* NULL: none */
    struct money share_capital;          /* 0: not stated */
    const char *email, *phone, *website;
    const char *payee, *bank, *iban, *bic; /* where transfers go; bic may be NULL */
};

struct invoice_line {
    const char *description;
    int64_t quantity;
    struct money unit, net;
    struct day from, to; /* the period of service; DAY 0: none */
};

enum document_kind { DOCUMENT_INVOICE /* TD01 */, DOCUMENT_CREDIT_NOTE /* TD04 */ };

struct invoice_paper {
    enum document_kind kind;
    const char *number;      /* "2026/1", of the kind's own series: "NC-2026/1"; holds a digit */
    struct day issued_on;
    const char *progressive; /* ProgressivoInvio, 1-10 letters or digits; its last five name the file, unique for ever */
    const char *order_code;  /* or the causale */
    /* How it was paid, or how a credit note's money goes back: "bank_transfer" (MP05), "card", "stripe", "paypal",
     * "wallet" (MP08), "postal_slip" (MP18), "cheque" (MP02), as in rules/payment.h; a credit note may have none: "" or NULL. */
    const char *payment_method;
    struct day paid_on; /* or paid back; DAY 0: not yet */
    const struct seller *seller;
    const struct billing *customer;
    const struct invoice_line *lines;
    size_t line_count;
    struct money net, vat, gross;
    int vat_rate_bp;
    const char *language;    /* of the PDF: "it", "en" */
    const char *brand_name, *colour; /* "#0b5d57" */
    /* What most invoices do not have: zero and NULL. */
    const char *vat_nature, *vat_law; /* only and always with a rate of 0: "N2.2", and the law that says so (may be NULL) */
    bool split_payment;               /* the customer, a public body, pays the VAT to the state: only the net is paid */
    const char *cig, *cup;            /* codes of a public body's purchase */
    /* A credit note's, whose amounts are positive as an invoice's are; its VAT may be a cent off, where a part's gross was given. */
    const char *corrects_number; /* the invoice … */
    struct day corrects_on;      /* … and its date, not after issued_on */
    bool corrects_part;          /* not the whole of it */
    const char *reason;          /* "Recesso entro 14 giorni" */
};

/* FatturaPA XML, UTF-8. Checked against the totals' rules of PAYMENTS §9.5 before it is given out: a record that does not add up, or
 * lacks what SdI wants (a tax number, a CAP, a digit in the number), is BROKEN and logged with the field. Texts are cut and made
 * Latin-1 where the format asks for it. Owned by `mem`. */
enum outcome invoice_xml(void *mem, const struct invoice_paper *invoice, char **bytes, size_t *length) must_check;
/* "IT01234560587_0000A.xml" */
char *invoice_xml_name(void *mem, const struct invoice_paper *invoice);

/* The courtesy copy for people, A4, as many pages as the lines need; the same record gives the same bytes. BROKEN when the record
 * does not add up. Owned by `mem`. */
enum outcome invoice_pdf(void *mem, const struct invoice_paper *invoice, void **bytes, size_t *length) must_check;

/* Fonts stay with the thread that drew, for its next paper, until it ends. At the end of a program, when no thread draws any more, the
 * main thread's and the list of fonts may be let go: a leak checker cannot tell otherwise that they are still in use. */
void paper_forget_fonts(void);
