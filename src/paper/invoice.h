/* paper/invoice.h: an invoice on paper (PDF) and for the tax office (FatturaPA XML 1.2, PAYMENTS §9). Both are drawn from the same
 * record, so that they cannot disagree. Nothing here looks anything up. */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "base/problem.h"
#include "rules/billing.h"
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

struct invoice_paper {
    const char *number;      /* "2026/1", holds a digit */
    struct day issued_on;
    const char *progressive; /* ProgressivoInvio, 1-10 characters */
    const char *order_code;  /* or the causale */
    const char *payment_method; /* "bank_transfer" → MP05 */
    struct day paid_on;
    const struct seller *seller;
    const struct billing *customer;
    const struct invoice_line *lines;
    size_t line_count;
    struct money net, vat, gross;
    int vat_rate_bp;
    const char *language;    /* of the PDF: "it", "en" */
    const char *brand_name, *colour; /* "#0b5d57" */
};

/* FatturaPA XML, UTF-8. Checked against the totals' rules of PAYMENTS §9.5 before it is given out: a record that does not add up is
 * BROKEN. Owned by `mem`. */
enum outcome invoice_xml(void *mem, const struct invoice_paper *invoice, char **bytes, size_t *length) must_check;
/* "IT01234560587_0000A.xml" */
char *invoice_xml_name(void *mem, const struct invoice_paper *invoice);

/* PDF/courtesy copy. */
enum outcome invoice_pdf(void *mem, const struct invoice_paper *invoice, void **bytes, size_t *length) must_check;
