/* shop/import_row.h: one row of a mailbox CSV made into a mailbox; only for import_mailboxes.c. */
#pragma once

#include "base/csv.h"
#include "shop/shop.h"

enum import_column {
    COLUMN_BRAND,
    COLUMN_ADDRESS,
    COLUMN_PLAN,
    COLUMN_HOLDER_KIND,
    COLUMN_HOLDER_NAME,
    COLUMN_TAX_CODE,
    COLUMN_CONTACT_EMAIL,
    COLUMN_ACTIVATED_ON,
    COLUMN_EXPIRES_ON,
    REQUIRED_COLUMNS,
    COLUMN_USER_ID = REQUIRED_COLUMNS,
    COLUMN_PASSWORD,
    COLUMN_VAT_NUMBER,
    COLUMN_AUTO_RENEW,
    COLUMN_CONVENTION,
    COLUMN_DOMAIN,
    COLUMN_EXTRA_GB,
    COLUMN_STREET,
    COLUMN_POSTCODE,
    COLUMN_CITY,
    COLUMN_PROVINCE,
    COLUMN_COUNTRY,
    COLUMN_SDI_CODE,
    COLUMN_SDI_PEC,
    COLUMNS
};

/* Where each column stands in this file, -1 for none. */
struct import_columns {
    int at[COLUMNS];
};

/* REFUSED with PROBLEM_CSV for a column that is unknown, or a required one that is missing. */
enum outcome import_columns_find(const struct csv *csv, struct import_columns *columns, struct problem *why) must_check;

struct import_row {
    struct mailbox mailbox; /* password_hash not set */
    const char *password;   /* "" for none */
};

/* Every fault of the row goes to `faults`; the row counts only if there was none. Owned by `mem`. */
void import_row_read(void *mem, const struct brands *brands, const struct import_columns *columns,
                     const struct csv_row *cells, struct day today, struct import_row *row, struct problems *faults);
