/* rules/billing.h: who is invoiced, and whether the data will pass SdI (DOMAIN R158, L26; PAYMENTS §9.3, §9.9). */
#pragma once

#include "base/problem.h"
#include <stdbool.h>

enum holder_kind { HOLDER_PERSON, HOLDER_FREELANCE, HOLDER_SOLE_TRADER, HOLDER_COMPANY, HOLDER_PUBLIC_BODY, HOLDER_KINDS };
const char *holder_kind_name(enum holder_kind kind);  /* "sole_trader": API, database, CSV */
const char *holder_kind_label(enum holder_kind kind); /* msgid: "Ditta individuale" */
enum outcome holder_kind_of(const char *name, enum holder_kind *kind) must_check;
static inline bool holder_is_consumer(enum holder_kind kind) { return kind == HOLDER_PERSON; }

/* As typed or stored; members never NULL once checked. */
struct billing {
    int kind;               /* enum holder_kind */
    const char *name;       /* person: "Nome Cognome"; else ragione sociale */
    const char *tax_code;   /* codice fiscale: 16 characters, or 11 digits for bodies */
    const char *vat_number; /* partita IVA, 11 digits; "" for a person */
    const char *street, *postcode, *city, *province, *country;
    const char *sdi_code;   /* 7 characters, 6 for a public body, "" when none */
    const char *sdi_pec;    /* "" when none */
    const char *email;      /* where the invoice mail goes */
};

/* Puts into canonical form (upper-case codes, no blanks; NULL made "") with memory of `mem`, then checks; every fault with
 * the field's name: kind name tax_code vat_number street postcode city province country sdi_code sdi_pec email.
 *   person: tax_code (16) required, no vat_number. freelance, sole trader: both. company: vat_number, tax_code of 11 digits (or 16) or
 *   empty (then the vat_number). public body: tax_code of 11 digits, sdi_code of 6.
 *   Italy: CAP of 5 digits, province of the list; abroad: neither is checked, sdi_code becomes XXXXXXX. */
enum outcome billing_check(void *mem, struct billing *billing, struct problems *all) must_check;
