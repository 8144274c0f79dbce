/* link/bank_csv.c */
#include "link/bank_csv.h"
#include "base/i18n.h"
#include "base/text.h"
#include "link/bank_csv_row.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define HEADER_ROWS 60 /* it stands among the first ones */
#define IBAN_CELL   200

/* ---- Bytes for base/csv ---- */

static int next_byte(void *arg)
{
    struct bank_csv *m = arg;
    char *line;

    if (!m->rest) {
        if (m->read != DONE || (m->read = lines_next(m->in, &line)) != DONE || !line)
            return EOF;
        m->rest = line;
    }
    if (*m->rest)
        return (unsigned char)*m->rest++;
    m->rest = NULL;
    return '\n';
}

/* A row, the complaints of base/csv made ours. */
static enum outcome next_row(struct bank_csv *m, struct csv *csv, struct problem *why)
{
    enum outcome o = csv_next_cells(csv, &m->row, why);

    if (m->read != DONE)
        return m->read;
    if (o == REFUSED && why)
        why->code = PROBLEM_STATEMENT_FORMAT;
    return o;
}

static struct csv *table_open(struct bank_csv *m, struct csv_source *source, char delimiter)
{
    *source = (struct csv_source){next_byte, m};
    m->rest = NULL;
    m->read = DONE;
    return csv_open_rows(m, source, delimiter);
}

/* ---- The header ---- */

struct best {
    size_t known, line;
    const char *missing;
};

/* The rows at hand, read with one delimiter: the first complete header, or the row that comes nearest. */
static void look_with(struct bank_csv *m, const struct first_bytes *first, char delimiter, struct best *best)
{
    struct csv_source source;
    struct csv *csv;
    struct csv_layout layout;

    lines_look(m->in, first, NULL);
    csv = table_open(m, &source, delimiter);
    for (size_t i = 0; i < HEADER_ROWS && next_row(m, csv, NULL) == DONE && m->row.count > 0; i++) {
        csv_layout_of(&m->row, &layout);
        const char *missing = csv_layout_missing(&layout);
        bool complete = !missing, was_complete = best->known > 0 && !best->missing;

        if (complete < was_complete || (complete == was_complete && layout.known <= best->known))
            continue;
        *best = (struct best){layout.known, m->row.line, missing};
        m->delimiter = delimiter;
        m->layout = layout;
    }
    talloc_free(csv);
}

static enum outcome find_header(struct bank_csv *m, const struct first_bytes *first, struct problem *why)
{
    static const char DELIMITERS[] = ";\t,|";
    struct best best = {0};

    for (const char *d = DELIMITERS; *d; d++)
        look_with(m, first, *d, &best);
    m->in->why = why;
    if (best.known > 0 && !best.missing) {
        m->header_line = best.line;
        m->format = m->layout.format;
        return DONE;
    }
    if (best.known > 1)
        return lines_refuse_at(m->in, (int)best.line,
                               N_("tra le colonne non si trova %s; scaricarle tutte dalla banca"), best.missing);
    return lines_refuse_at(
        m->in, 1,
        N_("non è un estratto conto: né camt (XML), né MT940, né CBI, né una tabella con data, importo "
           "e descrizione"));
}

/* ---- What all cells at hand show ---- */

static void learn_habits(struct bank_csv *m, const struct first_bytes *first)
{
    static const enum column_kind DATES[] = {BOOKED_ON, VALUE_ON, VALUE_OR_CURRENCY},
                                  AMOUNTS[] = {AMOUNT, CREDIT, DEBIT};
    struct csv_source source;
    struct csv *csv;

    lines_look(m->in, first, NULL);
    csv = table_open(m, &source, m->delimiter);
    while (next_row(m, csv, NULL) == DONE && m->row.count > 0) {
        if (m->row.line <= m->header_line)
            continue;
        for (size_t i = 0; i < count_of(DATES); i++)
            habits_of_date(&m->habits, bank_csv_cell(m, DATES[i]));
        for (size_t i = 0; i < count_of(AMOUNTS); i++)
            habits_of_amount(&m->habits, bank_csv_cell(m, AMOUNTS[i]));
    }
    talloc_free(csv);
}

/* ---- Before the header ---- */

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* An IBAN that stands at `text`, perhaps in groups, whatever follows it. */
static bool iban_at(const char *text, char iban[IBAN_TEXT])
{
    char tried[IBAN_TEXT];
    size_t length = 0;

    for (; length + 1 < sizeof tried && (is_letter_or_digit(*text) || (*text == ' ' && length > 0)); text++)
        if (*text != ' ')
            tried[length++] = *text;
    for (; length >= 15; length--) {
        tried[length] = '\0';
        if (iban_check(tried, "", iban, NULL) == DONE)
            return true;
    }
    return false;
}

static void take_iban(struct bank_csv *m, const char *text)
{
    char iban[IBAN_TEXT];

    if (strlen(text) > IBAN_CELL)
        return;
    for (const char *c = text; *c; c++) {
        if ((c > text && is_letter_or_digit(c[-1])) || !iban_at(c, iban))
            continue;
        m->several_accounts = m->several_accounts || (*m->account && strcmp(m->account, iban) != 0);
        memcpy(m->account, iban, strlen(iban) + 1);
        return;
    }
}

static void before_header(struct bank_csv *m)
{
    static const char *const CURRENCY_WORDS[] = {"divisa", "valuta", "controvalore in", NULL};
    bool asked = false;

    for (size_t i = 0; i < m->row.count; i++) {
        char text[FLAT_TEXT + 1];

        take_iban(m, m->row.cell[i]);
        flat_copy(text, sizeof text, m->row.cell[i], strlen(m->row.cell[i]));
        if (asked && is_currency(text) && !*m->currency)
            memcpy(m->currency, text, 4);
        asked = *text ? starts_with_one(text, CURRENCY_WORDS) : asked;
    }
}

static enum outcome read_table(struct bank_csv *m, struct problem *why)
{
    struct csv_source source;
    struct csv *csv = table_open(m, &source, m->delimiter);

    for (;;) {
        TRY(next_row(m, csv, why));
        if (m->row.count == 0)
            break;
        if (m->row.line < m->header_line)
            before_header(m);
        else if (m->row.line > m->header_line)
            TRY(bank_csv_row(m));
    }
    if (m->flat.statements == 0) { /* nothing happened in the period */
        m->row.count = 0;
        TRY(bank_csv_statement(m, *m->layout.currency ? m->layout.currency : *m->currency ? m->currency : "EUR"));
    }
    return flat_end(&m->flat);
}

enum outcome bank_csv_read(const struct first_bytes *first, struct lines *in, const struct statement_sink *sink,
                           struct problem *why)
{
    struct bank_csv *m = talloc_zero(NULL, struct bank_csv);
    enum outcome o;

    m->flat.sink = sink;
    m->in = in;
    o = find_header(m, first, why);
    if (o == DONE) {
        learn_habits(m, first);
        lines_begin(in, first, why);
        o = read_table(m, why);
    }
    talloc_free(m);
    return o;
}
