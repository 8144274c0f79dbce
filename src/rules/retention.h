/* rules/retention.h: how long data are kept, from which day, and by which law (DOMAIN L1, L5, L29, L30). What belongs to which class
 * stands in store/erasure_kinds.c.
 *
 * A term is counted in months from the day given, by the calendar (D2), and its last day is kept whole. Books count from the end of the
 * year of the last document, since a year's entries are closed together. */
#pragma once

#include "base/day.h"

enum retention_class {
    RETAIN_NOTHING,  /* no law wants it: it goes at once */
    RETAIN_LOG,      /* L1: orders, identities and logs, 30 months after the end of the mailbox */
    RETAIN_IDENTITY, /* L30: images of documents, as many months as the brand says, 30 without its word */
    RETAIN_CONTRACT, /* the signed contract and its parties, ten years after its end */
    RETAIN_FISCAL,   /* L29: books, invoices and what proves their payment, ten years */
    RETAIN_ALWAYS,   /* L5: an address never goes to anybody else */
    RETENTION_CLASSES
};

#define RETENTION_LOG_MONTHS 30
#define RETENTION_IDENTITY_MONTHS 30 /* where a brand says nothing */

const char *retention_name(enum retention_class class);  /* "fiscal" */
const char *retention_basis(enum retention_class class); /* msgid: the law, and the term in words */

/* The day from which a term is counted has not come: what the data are for goes on. */
#define RETENTION_NOT_BEGUN ((struct day){-1})

/* The first day on which it may be erased. `from` DAY 0: nothing is waited for, whatever the class. DAY_NEVER: there is no such day, or it
 * is not known yet. `identity_months` is the brand's; 0: RETENTION_IDENTITY_MONTHS. */
struct day retention_over(enum retention_class class, struct day from, int identity_months);
