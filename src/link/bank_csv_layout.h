/* link/bank_csv_layout.h: what the columns of a bank's table mean, by their names. One table of names for all banks: a
 * bank is no code. */
#pragma once

#include "base/csv.h"

enum column_kind {
    NO_KIND,
    BOOKED_ON,
    VALUE_ON,
    AMOUNT,
    CREDIT,
    DEBIT,
    SIGN,     /* of the amount: D or A, C, + … */
    CURRENCY,
    VALUE_OR_CURRENCY, /* "Valuta" is either, the cells tell which */
    PAYER,
    PAYER_ACCOUNT,
    REFERENCE,
    STATUS,
    OWN_ACCOUNT,
    TEXT, /* all of them */
    NOTE, /* all of them: searched, but shown only where there is no TEXT, for people may write in them later */
    COLUMN_KINDS
};

struct csv_layout {
    const char *format; /* "csv-intesa", or "csv" for a bank unknown by its columns; static */
    size_t columns;     /* of the header */
    size_t known;       /* how many of them mean something */
    int at[COLUMN_KINDS]; /* the column, -1: there is none; not for TEXT and NOTE */
    enum column_kind kind[CSV_COLUMNS];
    char currency[4];   /* that a column's name states: "Importo (CHF)" */
};

void csv_layout_of(const struct csv_cells *header, struct csv_layout *layout);

/* What is missing for it to be a statement's header, in words for people ("la data"); NULL when nothing is. */
const char *csv_layout_missing(const struct csv_layout *layout);
