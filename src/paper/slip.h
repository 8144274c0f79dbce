/* paper/slip.h: the postal slip, bollettino (R52, R53, R99; PAYMENTS §8): a page of A4 across. Below is the slip itself,
 * 297 x 102 mm, to be cut off, above it what a person needs to pay it; drawn from the record that the page shows. */
#pragma once

#include "base/day.h"
#include "base/money.h"
#include "paper/invoice.h"
#include "rules/slip.h"

struct slip_paper {
    enum slip_type type; /* SLIP_COMPLETE: the slip that is paid; SLIP_BLANK: a model, to be copied onto a blank one of the post office */
    const struct seller *seller;
    const char *account;         /* postal, up to 12 digits */
    const char *holder;          /* of the account, as Poste know it; NULL: the seller's payee */
    const char *authorisation;   /* by Poste, to print complete slips: "DB/SISB/E 12345 del 01/02/2026"; else NULL */
    const struct billing *payer; /* NULL: left empty */
    const char *reference;       /* 15 digits */
    struct money amount;         /* up to 99999999.99 */
    struct day ordered_on, pay_by;
    const char *mailbox, *what; /* "studio.verdi@legalmail.example", "Rinnovo 1 anno, Bronze" */
    struct day expires_on, new_expires_on;
    const char *language, *brand_name, *colour;
};

/* BROKEN, and logged, when the record is none that can be paid: a wrong reference or account, an amount out of range, a complete slip
 * without authorisation, a type that is not printed here. The same record gives the same bytes. Owned by `mem`. */
enum outcome slip_pdf(void *mem, const struct slip_paper *paper, void **bytes, size_t *length) must_check;
