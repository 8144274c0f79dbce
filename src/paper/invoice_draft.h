/* paper/invoice_draft.h: the courtesy copy while it is drawn; shared by invoice_head.c and invoice_pdf.c. */
#pragma once

#include "paper/sheet.h"

#define INVOICE_LATER_Y 92.0 /* where the table goes on, on pages after the first */

struct invoice_row {
    PangoLayout *what; /* the description, laid out once: measured for the pages, then drawn */
    double what_height, height;
    int page;
};

struct invoice_draft {
    struct sheet sheet;
    const struct invoice_paper *invoice;
    struct invoice_row *rows;
    int page, pages;
    double y; /* where the next thing goes */
};

char *invoice_title(struct invoice_draft *d); /* "Fattura 2026/1" */
void invoice_first_head(struct invoice_draft *d);
void invoice_later_head(struct invoice_draft *d);
