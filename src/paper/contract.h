/* paper/contract.h: the contract that the holder of a new mailbox signs (R65, R66; L18), A4, as many pages as its text needs. It is
 * written in Italian whatever the order's language: what is signed is one text, and that one is Italian. */
#pragma once

#include "paper/invoice.h"
#include "rules/name.h"

struct contract_paper {
    const struct seller *seller;
    const char *provider;         /* the gestore */
    const struct billing *holder; /* its email is the email di riferimento */
    const char *phone;
    const char *signer_name, *signer_tax_code; /* "" where the holder signs */
    const char *product, *plan;   /* "PEC Legalmail", "Base" */
    int64_t years;
    struct money net, vat, gross;
    int vat_rate_bp;
    const char *address;                   /* that is held */
    const char *alternatives[NAMES];       /* the others wanted, in order, as addresses; "" or NULL none */
    bool start_now;                        /* before the days of withdrawal are over (L15) */
    const char *order_code;
    struct day ordered_on, paid_on;
    const char *text, *version, *sha256; /* of the conditions: paragraphs, with a blank line between */
    const char *brand_name, *colour;
};

/* Whether the onerous clauses are signed for apart (art. 1341-1342 c.c.): by whoever is no consumer. */
bool contract_has_second_signature(const struct contract_paper *contract);

/* BROKEN, and logged, without an address, a code, a text or its version. The same record gives the same bytes. Owned by `mem`. */
enum outcome contract_pdf(void *mem, const struct contract_paper *contract, void **bytes, size_t *length) must_check;
