/* shop/roster_read.c: the rows of a list of members, before anything is looked up. */
#include "base/csv.h"
#include "base/i18n.h"
#include "base/text.h"
#include "rules/email.h"
#include "rules/taxid.h"
#include "shop/roster.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define TEXT_MOST 100

enum column { PEC, NAME, SURNAME, ENROLMENT, TAX_CODE, STATE, JOINED, LEFT, COLUMNS };

static const char *const NAMES[COLUMNS][4] = {
    [PEC] = {"pec", "address"},
    [NAME] = {"nome", "name"},
    [SURNAME] = {"cognome", "surname"},
    [ENROLMENT] = {"numero_iscrizione", "enrolment_no", "iscrizione", "numero"},
    [TAX_CODE] = {"codice_fiscale", "tax_code", "cf"},
    [STATE] = {"stato", "status"},
    [JOINED] = {"data_iscrizione", "joined_on", "data"},
    [LEFT] = {"data_cancellazione", "left_on"},
};

struct reading {
    void *mem;
    struct csv *csv;
    int at[COLUMNS]; /* -1: no such column */
    struct roster_row *rows;
    size_t count, room;
    struct roster_faults *faults;
    bool bad; /* the row at hand */
};

/* "Numero Iscrizione" and "numero-iscrizione" are "numero_iscrizione". */
static char *plain_name(void *mem, const char *name)
{
    char *plain = talloc_strdup(mem, name);

    for (char *c = plain; *c; c++)
        *c = *c == ' ' || *c == '-' || *c == '.' ? '_' : (char)tolower((unsigned char)*c);
    return plain;
}

static int column_of(const char *name)
{
    for (int c = 0; c < COLUMNS; c++)
        for (size_t i = 0; i < count_of(NAMES[c]) && NAMES[c][i]; i++)
            if (strcmp(NAMES[c][i], name) == 0)
                return c;
    return COLUMNS;
}

static enum outcome unknown_column(struct reading *r, const char *name, struct problem *why)
{
    char *known = talloc_strdup(r->mem, NAMES[0][0]);

    for (int c = 1; c < COLUMNS; c++)
        known = talloc_asprintf_append(known, ", %s", NAMES[c][0]);
    return problem_set(why, PROBLEM_CSV, "file", N_("colonna «%.40s» non prevista: quelle previste sono %s"), name,
                       known);
}

static enum outcome find_columns(struct reading *r, struct problem *why)
{
    for (int c = 0; c < COLUMNS; c++)
        r->at[c] = -1;
    for (size_t i = 0; i < csv_columns(r->csv); i++) {
        const char *name = csv_column_name(r->csv, i);
        int c = column_of(plain_name(r->mem, name));

        if (c == COLUMNS)
            return unknown_column(r, name, why);
        if (r->at[c] >= 0)
            return problem_set(why, PROBLEM_CSV, "file", N_("la colonna «%s» compare due volte"), NAMES[c][0]);
        r->at[c] = (int)i;
    }
    for (int c = 0; c < COLUMNS; c++)
        if (r->at[c] < 0 && (c == PEC || c == TAX_CODE))
            return problem_set(why, PROBLEM_CSV, "file", N_("manca la colonna «%s»"), NAMES[c][0]);
    return DONE;
}

static void note(struct reading *r, int line, const char *address, const struct problem *problem)
{
    struct roster_faults *f = r->faults;

    f->rows += !r->bad;
    r->bad = true;
    if (f->count < ROSTER_FAULTS_LISTED)
        f->item[f->count++] = (struct roster_fault){line, talloc_strdup(r->mem, address), *problem};
}

static void fault(struct reading *r, const struct roster_row *row, enum problem_code code, enum column column)
{
    struct problem why;

    (void)problem_set(&why, code, NAMES[column][0], "%s", "");
    note(r, row->line, row->address ? row->address : "", &why);
}

static char *word(struct reading *r, const struct csv_row *cells, const struct roster_row *row, enum column column)
{
    const char *typed = r->at[column] < 0 ? "" : cells->cell[r->at[column]];
    struct problem why;
    char *text;

    if (!text_is_plain(typed, strlen(typed))) {
        fault(r, row, PROBLEM_NOT_TEXT, column);
        return talloc_strdup(r->mem, "");
    }
    text = text_trim(r->mem, typed);
    if (text_characters(text) > TEXT_MOST) {
        (void)problem_set(&why, PROBLEM_TOO_LONG, NAMES[column][0], "%d", TEXT_MOST);
        note(r, row->line, row->address ? row->address : "", &why);
    }
    return text;
}

static struct day date(struct reading *r, const struct csv_row *cells, const struct roster_row *row, enum column column)
{
    char *text = word(r, cells, row, column);
    struct day day = {0};

    if (*text && day_parse(text, strlen(text), &day) != DONE && day_parse_italian(text, strlen(text), &day) != DONE)
        fault(r, row, PROBLEM_NOT_A_DATE, column);
    return day;
}

static void read_state(struct reading *r, const struct csv_row *cells, struct roster_row *row)
{
    char *text = word(r, cells, row, STATE);

    row->state = ROSTER_NEW;
    if (!*text)
        return;
    if (strlen(text) != 1 || *text < '1' || *text > '3')
        fault(r, row, PROBLEM_ROSTER_STATUS, STATE);
    else
        row->state = (enum roster_state)(*text - '0');
}

static void read_row(struct reading *r, const struct csv_row *cells)
{
    struct roster_row row = {.line = (int)cells->line};
    bool leaves;
    struct problem why;

    r->bad = false;
    row.address = text_lower(r->mem, word(r, cells, &row, PEC));
    read_state(r, cells, &row);
    leaves = row.state == ROSTER_DELETE;
    row.name = word(r, cells, &row, NAME);
    row.surname = word(r, cells, &row, SURNAME);
    row.enrolment_no = word(r, cells, &row, ENROLMENT);
    row.tax_code = taxid_clean(r->mem, word(r, cells, &row, TAX_CODE));
    row.joined_on = date(r, cells, &row, JOINED);
    row.left_on = date(r, cells, &row, LEFT);
    if (!*row.address && (!leaves || !*row.tax_code))
        fault(r, &row, PROBLEM_REQUIRED, PEC);
    else if (*row.address && !email_valid(row.address))
        fault(r, &row, PROBLEM_NOT_AN_EMAIL, PEC);
    if (!*row.tax_code && !leaves)
        fault(r, &row, PROBLEM_REQUIRED, TAX_CODE);
    else if (*row.tax_code && tax_code_check(row.tax_code, NAMES[TAX_CODE][0], &why) != DONE)
        note(r, row.line, row.address, &why);
    if (r->bad)
        return;
    if (r->count == r->room) {
        r->room = r->room ? 2 * r->room : 256;
        r->rows = talloc_realloc(r->mem, r->rows, struct roster_row, (unsigned)r->room);
    }
    r->rows[r->count++] = row;
}

/* ---- The same person or mailbox twice ---- */

struct key {
    const char *text;
    size_t row;
};

static int by_text(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    return order ? order : x->row < y->row ? -1 : x->row > y->row;
}

/* Marks rows that repeat an earlier one's address or tax code by putting that one's line into `first`. Who changes
 * mailbox stands there twice: the old one goes, by its address, and the new one comes. */
static void mark_repeated(const struct reading *r, struct key *keys, bool by_tax_code, int *first)
{
    size_t count = 0;

    for (size_t i = 0; i < r->count; i++) {
        const struct roster_row *row = &r->rows[i];
        const char *text = by_tax_code ? row->tax_code : row->address;
        bool goes = row->state == ROSTER_DELETE && *row->address;

        if (*text && !(by_tax_code && goes))
            keys[count++] = (struct key){text, i};
    }
    qsort(keys, count, sizeof *keys, by_text);
    for (size_t i = 1, begin = 0; i < count; i++) {
        if (strcmp(keys[begin].text, keys[i].text) != 0)
            begin = i;
        else if (!first[keys[i].row])
            first[keys[i].row] = r->rows[keys[begin].row].line;
    }
}

static void drop_repeated(struct reading *r)
{
    struct key *keys = talloc_array(r->mem, struct key, (unsigned)r->count + 1);
    int *first = talloc_zero_array(r->mem, int, (unsigned)r->count + 1);
    size_t kept = 0;

    mark_repeated(r, keys, false, first);
    mark_repeated(r, keys, true, first);
    for (size_t i = 0; i < r->count; i++) {
        struct problem why;

        r->bad = false;
        if (!first[i]) {
            r->rows[kept++] = r->rows[i];
            continue;
        }
        (void)problem_set(&why, PROBLEM_MEMBER_REPEATED, NAMES[TAX_CODE][0], "%d", first[i]);
        note(r, r->rows[i].line, r->rows[i].address, &why);
    }
    r->count = kept;
}

/* As spreadsheets write the empty lines below a table. */
static bool is_blank(const struct reading *r, const struct csv_row *cells)
{
    for (size_t i = 0; i < csv_columns(r->csv); i++)
        if (!text_is_blank(cells->cell[i]))
            return false;
    return true;
}

/* What the table's reader says begins with the line, which the fault has by itself. */
static void note_broken(struct reading *r, int line, const struct problem *wrong)
{
    const char *text = strstr(wrong->detail, ": ");
    struct problem why;

    (void)problem_set(&why, PROBLEM_CSV, "", "%s", text ? text + 2 : wrong->detail);
    note(r, line, "", &why);
}

static enum outcome read_rows(struct reading *r, struct problem *why)
{
    struct csv_row cells;

    for (;;) {
        struct problem wrong = {0};
        enum outcome o = csv_next(r->mem, r->csv, &cells, &wrong);

        r->bad = false;
        if (o == REFUSED) {
            note_broken(r, (int)cells.line, &wrong);
            continue;
        }
        TRY(o);
        if (!cells.cell)
            return r->count || r->faults->rows ? DONE : problem_set(why, PROBLEM_CSV, "file", N_("nessuna riga"));
        if (!is_blank(r, &cells))
            read_row(r, &cells);
        if (r->count + (size_t)r->faults->rows > ROSTER_ROWS)
            return problem_set(why, PROBLEM_CSV, "file", N_("più di %d righe"), ROSTER_ROWS);
    }
}

enum outcome roster_read(void *mem, const void *bytes, size_t length, struct roster_row **rows, size_t *count,
                         struct roster_faults *faults, struct problem *why)
{
    struct reading r = {.mem = mem, .faults = faults};

    *faults = (struct roster_faults){.count = 0};
    *rows = NULL;
    *count = 0;
    if (length > ROSTER_BYTES)
        return problem_set(why, PROBLEM_TOO_LARGE, "file", "%d MB", ROSTER_BYTES / 1024 / 1024);
    TRY(csv_open_bytes(mem, bytes, length, &r.csv, why));
    TRY(find_columns(&r, why));
    TRY(read_rows(&r, why));
    drop_repeated(&r);
    *rows = r.rows;
    *count = r.count;
    return DONE;
}
