/* link/bank_csv_row.h: a bank's table being read, and its rows. Inside link only; the rest uses link/bank_csv.h. */
#pragma once

#include "link/bank_csv_cell.h"
#include "link/bank_csv_layout.h"
#include "link/statement_flat.h"
#include "link/statement_lines.h"
#include "rules/iban.h"

struct bank_csv {
    struct flat flat;
    struct lines *in;
    const char *rest; /* of the line being handed to base/csv */
    enum outcome read; /* of the lines */

    char delimiter;
    size_t header_line;
    struct csv_layout layout;
    const char *format;
    struct cell_habits habits;
    bool pending_part, several_accounts;
    char account[IBAN_TEXT], currency[4]; /* as what stands before the header states */
    struct csv_cells row;
    char remittance[CSV_ROW_BYTES + CSV_COLUMNS];
};

/* The row's cell of a kind, "" where there is none. */
const char *bank_csv_cell(const struct bank_csv *m, enum column_kind kind);

/* One row behind the header: a movement, or what stands among them. */
enum outcome bank_csv_row(struct bank_csv *m) must_check;

/* Opens the statement that the row belongs to, unless it is open. */
enum outcome bank_csv_statement(struct bank_csv *m, const char *currency) must_check;

bool starts_with_one(const char *text, const char *const *words); /* words end with NULL; case and blanks before aside */
bool is_currency(const char *text);
