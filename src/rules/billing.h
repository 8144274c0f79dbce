/* rules/billing.h: who is invoiced, and whether the data will pass SdI (DOMAIN R158, L26; PAYMENTS §9.3, §9.9). */
#pragma once

#include "base/problem.h"
#include <stdbool.h>

enum holder_kind {
    HOLDER_PERSON,
    HOLDER_FREELANCE,
    HOLDER_SOLE_TRADER,
    HOLDER_COMPANY,
    HOLDER_PUBLIC_BODY,
    HOLDER_KINDS
};

/* The name in API, database and CSV ("sole_trader"), the msgid of the label ("Ditta individuale"); "" for a value that
 * is none. */
const char *holder_kind_name(enum holder_kind kind);
const char *holder_kind_label(enum holder_kind kind);
enum outcome holder_kind_of(const char *name, enum holder_kind *kind) must_check; /* REFUSED for an unknown name */
static inline bool holder_is_consumer(enum holder_kind kind)
{
    return kind == HOLDER_PERSON;
}

/* As typed or stored; members never NULL once checked. */
struct billing {
    int kind;               /* enum holder_kind */
    const char *name;       /* person: "Nome Cognome"; else ragione sociale */
    const char *tax_code;   /* codice fiscale: 16 characters, or 11 digits for bodies */
    const char *vat_number; /* partita IVA, 11 digits; "" for a person */
    const char *street, *postcode, *city, *province, *country;
    const char *sdi_code; /* 7 characters, 6 for a public body, "" when none */
    const char *sdi_pec;  /* "" when none */
    const char *email;    /* where the invoice mail goes */
};

/* Puts into canonical form (upper-case codes, no blanks; NULL made "") with memory of `mem`, then checks; every fault
 * with the field's name: kind name tax_code vat_number street postcode city province country sdi_code sdi_pec email.
 *
 *  - person: tax_code of 16, no vat_number
 *  - freelance, sole trader: both, tax_code of 16
 *  - company: vat_number; tax_code of 11 digits or 16, or empty, which makes it the vat_number
 *  - public body: tax_code of 11 digits, sdi_code of 6; vat_number optional
 *  - Italy: CAP of 5 digits, province of the list, sdi_code of the kind's length or none
 *  - abroad: CAP and province free; sdi_code becomes XXXXXXX; tax_code optional, Italian where there is one
 *  - abroad, vat_number: of all but persons; 2 to 28 letters and digits, the prefix of a country of the Union taken off
 *  - lengths of FatturaPA: name 80, street and city 60 */
enum outcome billing_check(void *mem, struct billing *billing, struct problems *all) must_check;

/* Where a checked customer is, for VAT. */
enum billing_place { BILLING_ITALY, BILLING_UNION, BILLING_WORLD };
enum billing_place billing_place(const struct billing *billing);
/* Whether a checked customer is of those that pay the VAT of what they buy to the state themselves, while that is in force (rules/sale.h):
 * an Italian public body with the code of its office in the IPA, 999999 being none. Listed companies are out since 01-07-2025. */
bool billing_splits_vat(const struct billing *billing);
