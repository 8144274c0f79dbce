/* link/bank_csv.c */
#include "link/bank_csv.h"
#include "base/csv.h"
#include "base/text.h"
#include "link/bank_csv_cell.h"
#include "link/bank_csv_layout.h"
#include "link/statement_flat.h"
#include "rules/iban.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define HEADER_ROWS 60 /* it stands among the first ones */
#define IBAN_CELL   200
#define SHOWN       31
#define AGAIN       "; scaricare di nuovo il file dalla banca, senza salvarlo con altri programmi"

struct bank_csv {
    struct flat flat;
    struct lines *in;
    const char *rest; /* of the line being handed to base/csv */
    bool line_done;
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
        return lines_refuse_at(m->in, (int)best.line, "tra le colonne non si trova %s; scaricarle tutte dalla banca",
                               best.missing);
    return lines_refuse_at(m->in, 1,
                           "non è un estratto conto: né camt (XML), né MT940, né CBI, né una tabella con data, importo "
                           "e descrizione");
}

/* ---- What all cells at hand show ---- */

static const char *cell(const struct bank_csv *m, enum column_kind kind)
{
    int at = m->layout.at[kind];

    return at >= 0 && (size_t)at < m->row.count ? m->row.cell[at] : "";
}

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
            habits_of_date(&m->habits, cell(m, DATES[i]));
        for (size_t i = 0; i < count_of(AMOUNTS); i++)
            habits_of_amount(&m->habits, cell(m, AMOUNTS[i]));
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

static bool starts_with_one(const char *text, const char *const *words)
{
    for (text += strspn(text, " "); *words; words++)
        if (strncasecmp(text, *words, strlen(*words)) == 0)
            return true;
    return false;
}

static bool is_currency(const char *text)
{
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
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

/* ---- Movements ---- */

struct movement {
    struct day booked_on, value_on;
    bool has_booking_day, has_amount;
    amount_units units; /* with its sign */
};

static bool row_is_blank(const struct bank_csv *m)
{
    for (size_t i = 0; i < m->row.count; i++)
        if (!text_is_blank(m->row.cell[i]))
            return false;
    return true;
}

/* A row that heads a part of the table. */
static bool heads_part(struct bank_csv *m)
{
    static const char *const PENDING[] = {"operazioni non contabilizzate",
                                          "movimenti non contabilizzati",
                                          "operazioni in attesa",
                                          "movimenti in attesa",
                                          "operazioni prenotate",
                                          "movimenti prenotati",
                                          NULL},
                             *const BOOKED[] = {"operazioni contabilizzate", "movimenti contabilizzati", NULL};

    for (size_t i = 0; i < m->row.count; i++) {
        bool pending = starts_with_one(m->row.cell[i], PENDING);
        if (!pending && !starts_with_one(m->row.cell[i], BOOKED))
            continue;
        m->pending_part = pending;
        return true;
    }
    return false;
}

static bool sums_up(const struct bank_csv *m, bool has_date)
{
    static const char *const ANY[] = {"saldo", "totale", "totali", "total", "tot.", "riporto", "disponibil", NULL},
                             *const DATED[] = {"saldo iniziale",    "saldo finale",     "saldo contabile",
                                               "saldo disponibile", "saldo liquido",    "saldo attuale",
                                               "saldo precedente",  "totale entrate",   "totale uscite",
                                               "totale movimenti",  "totale accrediti", "totale addebiti",
                                               "totale dare",       "totale avere",     NULL};

    for (size_t i = 0; i < m->row.count; i++)
        if ((!has_date || m->layout.kind[i] == TEXT || m->layout.kind[i] == NOTE) &&
            starts_with_one(m->row.cell[i], has_date ? DATED : ANY))
            return true;
    return false;
}

static enum outcome take_amount(struct bank_csv *m, enum column_kind kind, amount_units *units)
{
    char text[SHOWN];

    *units = 0;
    flat_copy(text, sizeof text, cell(m, kind), strlen(cell(m, kind)));
    switch (cell_amount(cell(m, kind), &m->habits, units)) {
    case CELL_UNCLEAR:
        return lines_refuse_at(m->in, (int)m->row.line,
                               "non si capisce se il segno in «%s» separi le migliaia o i decimali; scaricare un "
                               "periodo con più movimenti",
                               text);
    case CELL_NO_AMOUNT:
        return lines_refuse_at(m->in, (int)m->row.line, "l'importo «%s» non è un numero come 1.234,56" AGAIN, text);
    default:
        return DONE;
    }
}

static enum outcome take_sign(struct bank_csv *m, amount_units *units)
{
    static const char *const OUT[] = {"d", "-", "u", NULL}, *const IN[] = {"a", "c", "+", "e", NULL};
    const char *sign = cell(m, SIGN);

    if (m->layout.at[SIGN] < 0 || *units == 0)
        return DONE;
    if (starts_with_one(sign, strncasecmp(sign, "add", 3) == 0 ? (const char *const[]){"add", NULL} : OUT))
        *units = *units < 0 ? *units : -*units;
    else if (starts_with_one(sign, IN))
        *units = *units < 0 ? -*units : *units;
    else
        return lines_refuse_at(m->in, (int)m->row.line, "il segno di un movimento non è né D né A" AGAIN);
    return DONE;
}

static enum outcome take_amounts(struct bank_csv *m, struct movement *e)
{
    amount_units credit, debit;

    if (m->layout.at[CREDIT] >= 0 && m->layout.at[DEBIT] >= 0) {
        TRY(take_amount(m, CREDIT, &credit));
        TRY(take_amount(m, DEBIT, &debit));
        if (credit && debit)
            return lines_refuse_at(m->in, (int)m->row.line, "un movimento è sia a debito che a credito" AGAIN);
        e->units = credit ? credit : debit < 0 ? debit : -debit;
    } else {
        TRY(take_amount(m, AMOUNT, &e->units));
        TRY(take_sign(m, &e->units));
    }
    e->has_amount = e->units != 0;
    return DONE;
}

static bool take_days(struct bank_csv *m, struct movement *e)
{
    bool has_value_day = cell_date(cell(m, VALUE_ON), &m->habits, &e->value_on) ||
                         cell_date(cell(m, VALUE_OR_CURRENCY), &m->habits, &e->value_on);

    e->has_booking_day = cell_date(cell(m, BOOKED_ON), &m->habits, &e->booked_on);
    if (m->layout.at[BOOKED_ON] < 0 && has_value_day) {
        e->has_booking_day = true;
        e->booked_on = e->value_on;
    }
    return e->has_booking_day || has_value_day;
}

/* A status that is not one of these is taken for booked: banks have many words for it. */
static bool says_pending(const char *status)
{
    static const char *const WORDS[] = {"non ",    "no",     "autorizz", "in attesa", "attesa",  "sospes",
                                        "prenot",  "provvi", "in lavor", "in corso",  "annull",  "rifiut",
                                        "respint", "storn",  "pend",     "da ",       "in elab", "impegn",
                                        "insolut", "richie", "inserit",  "programm",  "revocat", NULL};

    return starts_with_one(status, WORDS);
}

static size_t gather_texts(struct bank_csv *m, struct statement_payment *p)
{
    char *to = m->remittance;
    size_t count = 0, room = sizeof m->remittance;
    enum column_kind shown = m->layout.at[TEXT] >= 0 ? TEXT : NOTE;

    *to = '\0';
    for (size_t i = 0; i < m->row.count; i++) {
        enum column_kind kind = m->layout.kind[i];
        if ((kind != TEXT && kind != NOTE) || text_is_blank(m->row.cell[i]))
            continue;
        m->flat.pieces[count++] = m->row.cell[i];
        if (kind != shown)
            continue;
        if (to > m->remittance)
            *to++ = ' ', room--;
        flat_copy(to, room, m->row.cell[i], strlen(m->row.cell[i]));
        room -= strlen(to);
        to += strlen(to);
    }
    p->remittance = m->remittance;
    p->pieces = m->flat.pieces;
    return count;
}

static const char *row_currency(struct bank_csv *m, char room[4])
{
    static const enum column_kind KINDS[] = {CURRENCY, VALUE_OR_CURRENCY};
    char text[8];

    for (size_t i = 0; i < count_of(KINDS); i++) {
        flat_copy(text, sizeof text, cell(m, KINDS[i]), strlen(cell(m, KINDS[i])));
        if (is_currency(text))
            return memcpy(room, text, 4);
    }
    return *m->layout.currency ? m->layout.currency : *m->currency ? m->currency : "EUR";
}

/* The statement that the row belongs to. */
static enum outcome open_statement(struct bank_csv *m, const char *currency)
{
    char account[FLAT_TEXT + 1];

    if (m->layout.at[OWN_ACCOUNT] >= 0)
        flat_account(account, cell(m, OWN_ACCOUNT));
    else
        snprintf(account, sizeof account, "%s", m->several_accounts ? "" : m->account);
    if (m->flat.is_open && strcmp(account, m->flat.account) == 0)
        return DONE;
    TRY(flat_end(&m->flat));
    flat_open(&m->flat, m->format);
    snprintf(m->flat.account, sizeof m->flat.account, "%s", account);
    snprintf(m->flat.currency, sizeof m->flat.currency, "%s", currency);
    return DONE;
}

static enum outcome give(struct bank_csv *m, const struct movement *e)
{
    char own_currency[4], debtor[4 * FLAT_TEXT], debtor_iban[FLAT_TEXT + 1], reference[FLAT_TEXT + 1];
    const char *currency = row_currency(m, own_currency);
    bool credit = e->units > 0;
    struct statement_payment p = {
        .currency = currency,
        .status =
            m->pending_part || !e->has_booking_day || says_pending(cell(m, STATUS)) ? ENTRY_PENDING : ENTRY_BOOKED,
        .credit = credit,
        .booked_on = e->booked_on,
        .value_on = e->value_on,
        .debtor = credit ? debtor : "",
        .debtor_iban = credit ? debtor_iban : "",
        .end_to_end_id = "",
        .bank_reference = reference,
        .return_reason = "",
        .line = (int)m->row.line,
    };

    TRY(open_statement(m, currency));
    flat_copy(debtor, sizeof debtor, cell(m, PAYER), strlen(cell(m, PAYER)));
    flat_account(debtor_iban, cell(m, PAYER_ACCOUNT));
    flat_copy(reference, sizeof reference, cell(m, REFERENCE), strlen(cell(m, REFERENCE)));
    p.piece_count = gather_texts(m, &p);
    return flat_payment(&m->flat, credit ? e->units : -e->units, &p);
}

static enum outcome check_width(const struct bank_csv *m)
{
    for (size_t i = m->layout.columns; i < m->row.count; i++)
        if (!text_is_blank(m->row.cell[i]))
            return lines_refuse_at(m->in, (int)m->row.line, "ci sono più campi che colonne" AGAIN);
    return DONE;
}

/* A part of the table may have a header of its own. */
static bool is_header(struct bank_csv *m)
{
    struct csv_layout layout;

    csv_layout_of(&m->row, &layout);
    if (csv_layout_missing(&layout))
        return false;
    m->layout = layout;
    return true;
}

/* Of a row without a date: nothing there may look like one. */
static enum outcome check_days(const struct bank_csv *m)
{
    static const enum column_kind KINDS[] = {BOOKED_ON, VALUE_ON};
    char text[SHOWN];

    for (size_t i = 0; i < count_of(KINDS); i++) {
        flat_copy(text, sizeof text, cell(m, KINDS[i]), strlen(cell(m, KINDS[i])));
        if (*text >= '0' && *text <= '9')
            return lines_refuse_at(m->in, (int)m->row.line, "la data «%s» non è scritta come 15/01/2026" AGAIN, text);
    }
    return DONE;
}

static enum outcome take_row(struct bank_csv *m)
{
    struct movement e = {0};
    bool has_date;

    if (row_is_blank(m))
        return DONE;
    has_date = take_days(m, &e);
    if (!has_date && (is_header(m) || heads_part(m)))
        return DONE;
    if (sums_up(m, has_date))
        return DONE;
    if (!has_date)
        TRY(check_days(m));
    TRY(take_amounts(m, &e));
    if (!e.has_amount && !has_date)
        return DONE; /* a note among the movements */
    TRY(check_width(m));
    if (!e.has_amount)
        return DONE;
    if (!has_date)
        return lines_refuse_at(m->in, (int)m->row.line, "un movimento non ha data" AGAIN);
    return give(m, &e);
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
            TRY(take_row(m));
    }
    if (m->flat.statements == 0) { /* nothing happened in the period */
        m->row.count = 0;
        TRY(open_statement(m, *m->layout.currency ? m->layout.currency : *m->currency ? m->currency : "EUR"));
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
