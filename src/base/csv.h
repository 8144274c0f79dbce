/* base/csv.h: a table that people prepare with a spreadsheet (RFC 4180), read row by row.
 *
 *     struct csv *csv;
 *     struct csv_row row;
 *
 *     TRY(csv_open_file(mem, file, &csv, why));
 *     while ((outcome = csv_next(mem, csv, &row, why)) == DONE && row.cell != NULL)
 *         … row.cell[csv_column(csv, "brand")] …
 *
 * The first line names the columns and shows the delimiter: ',' or ';', whichever comes first outside quotes. Text is
 * UTF-8; a byte order mark is skipped. Rows end with LF or CR LF; empty lines are skipped; cells come as they stand,
 * blanks kept. Empty cells beyond the last column that has a name do not count. Quotes may only enclose a whole cell. At
 * most CSV_COLUMNS columns and CSV_ROW_BYTES bytes a row.
 *
 * Every complaint is PROBLEM_CSV with the line on which the row begins ("riga 12: …"). */
#pragma once

#include "base/outcome.h"
#include "base/problem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CSV_COLUMNS   64
#define CSV_ROW_BYTES (64 * 1024)

struct csv;

/* As many cells as the header has columns, each valid UTF-8 without NUL. */
struct csv_row {
    size_t line; /* where it begins, counted from 1 */
    char **cell; /* owned by the `mem` of csv_next; NULL at the end of the table */
};

/* Reads the header. REFUSED when it is missing, too wide, or has a name that is empty or there twice. The file or the
 * bytes stay the caller's, and must outlive *csv, which `mem` owns. BROKEN when the file cannot be read. */
enum outcome csv_open_file(void *mem, FILE *file, struct csv **csv, struct problem *why) must_check;
enum outcome csv_open_bytes(void *mem, const void *bytes, size_t length, struct csv **csv,
                            struct problem *why) must_check;

size_t csv_columns(const struct csv *csv);
const char *csv_column_name(const struct csv *csv, size_t column); /* trimmed of blanks, otherwise as it stands */
int csv_column(const struct csv *csv, const char *name);           /* its place, -1 where there is none */

/* The next row. After REFUSED for one row the next can be asked for, so that an import tells all bad lines at once;
 * when it can no longer be known where a row ends (a quote out of place, a row too long) the table ends there, as it
 * does after BROKEN. */
enum outcome csv_next(void *mem, struct csv *csv, struct csv_row *row, struct problem *why) must_check;

/* ---- Writing one ---- */

struct text_buffer;
#define CSV_MARK "\xEF\xBB\xBF" /* at the head of what people open by a double click: without it Excel takes "sì" for two letters */
/* A cell and what follows it, ';' or the line's end. A text that a spreadsheet would take for a formula is shown as text. */
void csv_put(struct text_buffer *out, const char *text, bool last);

/* ---- Tables that others make ----
 *
 * Rows of any width with a delimiter that the caller has found; no header, the caller finds it among the rows. A quote
 * that stands inside a cell is a character like others, and so is what follows a closed one. */

struct csv_source {
    int (*next)(void *arg); /* a byte of valid UTF-8 without NUL, or EOF for good */
    void *arg;
};

struct csv_cells {
    size_t line, count;      /* count 0 at the end of the table */
    char *cell[CSV_COLUMNS]; /* valid until the next row, the caller's to change */
};

/* The source must outlive the table. */
struct csv *csv_open_rows(void *mem, const struct csv_source *source, char delimiter);

/* The next row that is not an empty line. REFUSED as csv_next; the table ends there. */
enum outcome csv_next_cells(struct csv *csv, struct csv_cells *row, struct problem *why) must_check;
