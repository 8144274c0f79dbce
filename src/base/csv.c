#include "base/csv.h"
#include "base/i18n.h"

#include "base/log.h"
#include "base/text.h"
#include <string.h>
#include <talloc.h>

/* A row being read: its bytes, each cell ended by a NUL. */
struct cells {
    size_t count;              /* may pass CSV_COLUMNS, for the complaint; the rest are not kept */
    size_t from[CSV_COLUMNS];  /* where each begins */
    size_t until[CSV_COLUMNS]; /* and ends; a NUL of the input may stand between */
    size_t used;
    bool quoted; /* any cell */
    char bytes[CSV_ROW_BYTES];
};

struct csv {
    FILE *file;                       /* or */
    const unsigned char *bytes, *end; /* or */
    const struct csv_source *source;

    bool loose; /* others made it */

    char delimiter; /* NUL until the header shows it */
    bool ended;
    size_t line;               /* of the next byte */
    int ahead[3], ahead_count; /* bytes read too far, last first */

    size_t columns;
    char **names;
    struct cells row;
};

/* --- bytes
 * -------------------------------------------------------------------------------------------------------------- */

static int next_byte(struct csv *csv)
{
    if (csv->ahead_count > 0)
        return csv->ahead[--csv->ahead_count];
    if (csv->file != NULL)
        return getc_unlocked(csv->file);
    if (csv->source != NULL)
        return csv->source->next(csv->source->arg);
    return csv->bytes < csv->end ? *csv->bytes++ : EOF;
}

static void unread(struct csv *csv, int byte)
{
    csv->ahead[csv->ahead_count++] = byte;
}

static void skip_mark(struct csv *csv)
{
    static const unsigned char MARK[3] = {0xEF, 0xBB, 0xBF};
    int byte[3];

    for (int i = 0; i < 3; i++)
        if ((byte[i] = next_byte(csv)) != MARK[i]) {
            for (; i >= 0; i--)
                unread(csv, byte[i]);
            return;
        }
}

/* LF or CR LF; a CR by itself is a byte like others. */
static int next_byte_or_end(struct csv *csv)
{
    int byte = next_byte(csv), after;

    if (byte == '\r') {
        after = next_byte(csv);
        if (after == '\n')
            return '\n';
        unread(csv, after);
    }
    return byte;
}

/* --- one row
 * ------------------------------------------------------------------------------------------------------------ */

static enum outcome complain(struct csv *csv, size_t line, bool lost, const char *text, struct problem *why)
{
    csv->ended = csv->ended || lost;
    return problem_set(why, PROBLEM_CSV, "", N_("riga %zu: %s"), line, text);
}

static bool keep(struct cells *row, int byte)
{
    if (row->used == sizeof row->bytes)
        return false;
    row->bytes[row->used++] = (char)byte;
    return true;
}

static void begin_cell(struct cells *row)
{
    if (row->count < CSV_COLUMNS)
        row->from[row->count] = row->used;
}

static bool end_cell(struct cells *row)
{
    if (row->count < CSV_COLUMNS)
        row->until[row->count] = row->used;
    row->count++;
    return keep(row, '\0');
}

static bool is_delimiter(struct csv *csv, int byte)
{
    if (csv->delimiter == '\0' && (byte == ',' || byte == ';'))
        csv->delimiter = (char)byte;
    return byte == csv->delimiter && byte != '\0';
}

/* Splits up to the row's end. What stands in `row` is not checked yet. */
static enum outcome split(struct csv *csv, size_t line, struct problem *why)
{
    static const char TOO_LONG[] = N_("la riga supera 64 KiB");
    struct cells *row = &csv->row;
    enum { START, PLAIN, QUOTED, CLOSED } at = START;

    row->count = row->used = 0;
    row->quoted = false;
    begin_cell(row);
    for (;;) {
        int byte = at == QUOTED ? next_byte(csv) : next_byte_or_end(csv);

        if (byte == '\n')
            csv->line++;
        if (at == QUOTED && byte != EOF) {
            if (byte != '"') {
                if (!keep(row, byte))
                    return complain(csv, line, true, TOO_LONG, why);
                continue;
            }
            byte = next_byte(csv);
            if (byte == '"') {
                if (!keep(row, byte))
                    return complain(csv, line, true, TOO_LONG, why);
                continue;
            }
            unread(csv, byte);
            at = CLOSED;
            continue;
        }
        if (at == QUOTED)
            return complain(csv, line, true, N_("virgolette aperte e mai chiuse"), why);
        if (byte == EOF || byte == '\n' || is_delimiter(csv, byte)) {
            if (!end_cell(row))
                return complain(csv, line, true, TOO_LONG, why);
            if (byte == EOF || byte == '\n') {
                csv->ended = byte == EOF;
                return DONE;
            }
            begin_cell(row);
            at = START;
        } else if (byte == '"' && at == START) {
            at = QUOTED;
            row->quoted = true;
        } else if ((byte == '"' || at == CLOSED) && !csv->loose) {
            return complain(csv, line, true, N_("virgolette fuori posto: devono racchiudere tutto il campo"), why);
        } else if (!keep(row, byte)) {
            return complain(csv, line, true, TOO_LONG, why);
        } else {
            at = PLAIN;
        }
    }
}

/* The next row that is not an empty line; count 0 at the end of the table. */
static enum outcome read_row(struct csv *csv, size_t *line, struct problem *why)
{
    struct cells *row = &csv->row;
    enum outcome outcome;

    for (;;) {
        *line = csv->line;
        row->count = 0;
        if (csv->ended)
            return DONE;
        outcome = split(csv, *line, why);
        if (csv->file != NULL && ferror(csv->file)) {
            csv->ended = true;
            return log_broken("csv.read", LOG_INT("line", *line));
        }
        TRY(outcome);
        if (row->count > 1 || row->used > 1 || row->quoted)
            return DONE;
    }
}

static enum outcome check_utf8(struct csv *csv, size_t line, struct problem *why)
{
    for (size_t i = 0; i < csv->row.count && i < CSV_COLUMNS; i++)
        if (!text_is_utf8(csv->row.bytes + csv->row.from[i], csv->row.until[i] - csv->row.from[i]))
            return complain(csv, line, false, N_("il testo non è UTF-8 (salvare il file come «CSV UTF-8»)"), why);
    return DONE;
}

/* Beyond the columns that are used a spreadsheet writes empty cells wherever somebody once typed or formatted. */
static void drop_blanks(struct cells *row, size_t columns)
{
    while (row->count > columns && row->count <= CSV_COLUMNS && text_is_blank(row->bytes + row->from[row->count - 1]) &&
           strlen(row->bytes + row->from[row->count - 1]) == row->until[row->count - 1] - row->from[row->count - 1])
        row->count--;
}

/* --- the table
 * ------------------------------------------------------------------------------------------------------------ */

static enum outcome read_header(struct csv *csv, struct problem *why)
{
    size_t line;
    char text[128];

    skip_mark(csv);
    TRY(read_row(csv, &line, why));
    if (csv->row.count == 0)
        return complain(csv, line, true, N_("manca la riga con i nomi delle colonne"), why);
    if (csv->row.count > CSV_COLUMNS) {
        snprintf(text, sizeof text, N_("%zu colonne, al massimo %d"), csv->row.count, CSV_COLUMNS);
        return complain(csv, line, true, text, why);
    }
    TRY(check_utf8(csv, line, why));
    drop_blanks(&csv->row, 1);
    csv->names = talloc_zero_array(csv, char *, csv->row.count);
    for (size_t i = 0; i < csv->row.count; i++) {
        char *name = text_trim(csv->names, csv->row.bytes + csv->row.from[i]);

        if (*name == '\0') {
            snprintf(text, sizeof text, N_("la colonna %zu non ha nome"), i + 1);
            return complain(csv, line, true, text, why);
        }
        if (csv_column(csv, name) >= 0) {
            snprintf(text, sizeof text, N_("le colonne %d e %zu hanno lo stesso nome"), csv_column(csv, name) + 1,
                     i + 1);
            return complain(csv, line, true, text, why);
        }
        csv->names[i] = name;
        csv->columns = i + 1;
    }
    if (csv->delimiter == '\0')
        csv->delimiter = ',';
    return DONE;
}

static enum outcome open_table(struct csv *csv, struct csv **out, struct problem *why)
{
    enum outcome outcome;

    csv->line = 1;
    outcome = read_header(csv, why);
    if (outcome == DONE)
        *out = csv;
    else
        talloc_free(csv);
    return outcome;
}

enum outcome csv_open_file(void *mem, FILE *file, struct csv **csv, struct problem *why)
{
    struct csv *table = talloc_zero(mem, struct csv);

    table->file = file;
    return open_table(table, csv, why);
}

enum outcome csv_open_bytes(void *mem, const void *bytes, size_t length, struct csv **csv, struct problem *why)
{
    struct csv *table = talloc_zero(mem, struct csv);

    table->bytes = bytes;
    table->end = length > 0 ? table->bytes + length : table->bytes;
    return open_table(table, csv, why);
}

size_t csv_columns(const struct csv *csv)
{
    return csv->columns;
}

const char *csv_column_name(const struct csv *csv, size_t column)
{
    return csv->names[column];
}

int csv_column(const struct csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->names[i], name) == 0)
            return (int)i;
    return -1;
}

enum outcome csv_next(void *mem, struct csv *csv, struct csv_row *row, struct problem *why)
{
    char text[96], *bytes;

    *row = (struct csv_row){0};
    TRY(read_row(csv, &row->line, why));
    if (csv->row.count == 0)
        return DONE;
    drop_blanks(&csv->row, csv->columns);
    if (csv->row.count != csv->columns) {
        snprintf(text, sizeof text, N_("%zu campi, le colonne sono %zu"), csv->row.count, csv->columns);
        return complain(csv, row->line, false, text, why);
    }
    TRY(check_utf8(csv, row->line, why));

    row->cell = talloc_array(mem, char *, csv->columns);
    bytes = talloc_memdup(row->cell, csv->row.bytes, csv->row.used);
    for (size_t i = 0; i < csv->columns; i++)
        row->cell[i] = bytes + csv->row.from[i];
    return DONE;
}

/* --- rows of others
 * ------------------------------------------------------------------------------------------------------------ */

struct csv *csv_open_rows(void *mem, const struct csv_source *source, char delimiter)
{
    struct csv *table = talloc_zero(mem, struct csv);

    table->source = source;
    table->delimiter = delimiter;
    table->loose = true;
    table->line = 1;
    return table;
}

enum outcome csv_next_cells(struct csv *csv, struct csv_cells *row, struct problem *why)
{
    char text[64];

    row->count = 0;
    TRY(read_row(csv, &row->line, why));
    if (csv->row.count > CSV_COLUMNS) {
        snprintf(text, sizeof text, N_("%zu colonne, al massimo %d"), csv->row.count, CSV_COLUMNS);
        return complain(csv, row->line, true, text, why);
    }
    row->count = csv->row.count;
    for (size_t i = 0; i < row->count; i++)
        row->cell[i] = csv->row.bytes + csv->row.from[i];
    return DONE;
}

/* ---- Writing one ---- */

void csv_put(struct text_buffer *out, const char *text, bool last)
{
    bool formula = text[0] && strchr("=+-@\t", text[0]);

    if (formula || strpbrk(text, ";\"\r\n")) {
        text_put(out, formula ? "\"'" : "\"");
        for (const char *c = text; *c; c++) {
            if (*c == '"')
                text_put(out, "\"");
            text_put_bytes(out, c, 1);
        }
        text_put(out, "\"");
    } else {
        text_put(out, text);
    }
    text_put(out, last ? "\n" : ";");
}
