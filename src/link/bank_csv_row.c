/* link/bank_csv_row.c */
#include "link/bank_csv_row.h"
#include "base/i18n.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

#define SHOWN 31
#define AGAIN "; " N_("scaricare di nuovo il file dalla banca, senza salvarlo con altri programmi")

const char *bank_csv_cell(const struct bank_csv *m, enum column_kind kind)
{
    int at = m->layout.at[kind];

    return at >= 0 && (size_t)at < m->row.count ? m->row.cell[at] : "";
}

bool starts_with_one(const char *text, const char *const *words)
{
    for (text += strspn(text, " "); *words; words++)
        if (strncasecmp(text, *words, strlen(*words)) == 0)
            return true;
    return false;
}

bool is_currency(const char *text)
{
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

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
    flat_copy(text, sizeof text, bank_csv_cell(m, kind), strlen(bank_csv_cell(m, kind)));
    switch (cell_amount(bank_csv_cell(m, kind), &m->habits, units)) {
    case CELL_UNCLEAR:
        return lines_refuse_at(m->in, (int)m->row.line,
                               N_("non si capisce se il segno in «%s» separi le migliaia o i decimali; scaricare un "
                                  "periodo con più movimenti"),
                               text);
    case CELL_NO_AMOUNT:
        return lines_refuse_at(m->in, (int)m->row.line, N_("l'importo «%s» non è un numero come 1.234,56") AGAIN, text);
    default:
        return DONE;
    }
}

static enum outcome take_sign(struct bank_csv *m, amount_units *units)
{
    static const char *const OUT[] = {"d", "-", "u", NULL}, *const IN[] = {"a", "c", "+", "e", NULL};
    const char *sign = bank_csv_cell(m, SIGN);

    if (m->layout.at[SIGN] < 0 || *units == 0)
        return DONE;
    if (starts_with_one(sign, strncasecmp(sign, "add", 3) == 0 ? (const char *const[]){"add", NULL} : OUT))
        *units = *units < 0 ? *units : -*units;
    else if (starts_with_one(sign, IN))
        *units = *units < 0 ? -*units : *units;
    else
        return lines_refuse_at(m->in, (int)m->row.line, N_("il segno di un movimento non è né D né A") AGAIN);
    return DONE;
}

static enum outcome take_amounts(struct bank_csv *m, struct movement *e)
{
    amount_units credit, debit;

    if (m->layout.at[CREDIT] >= 0 && m->layout.at[DEBIT] >= 0) {
        TRY(take_amount(m, CREDIT, &credit));
        TRY(take_amount(m, DEBIT, &debit));
        if (credit && debit)
            return lines_refuse_at(m->in, (int)m->row.line, N_("un movimento è sia a debito che a credito") AGAIN);
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
    bool has_value_day = cell_date(bank_csv_cell(m, VALUE_ON), &m->habits, &e->value_on) ||
                         cell_date(bank_csv_cell(m, VALUE_OR_CURRENCY), &m->habits, &e->value_on);

    e->has_booking_day = cell_date(bank_csv_cell(m, BOOKED_ON), &m->habits, &e->booked_on);
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
        flat_copy(text, sizeof text, bank_csv_cell(m, KINDS[i]), strlen(bank_csv_cell(m, KINDS[i])));
        if (is_currency(text))
            return memcpy(room, text, 4);
    }
    return *m->layout.currency ? m->layout.currency : *m->currency ? m->currency : "EUR";
}

enum outcome bank_csv_statement(struct bank_csv *m, const char *currency)
{
    char account[FLAT_TEXT + 1];

    if (m->layout.at[OWN_ACCOUNT] >= 0)
        flat_account(account, bank_csv_cell(m, OWN_ACCOUNT));
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
        .status = m->pending_part || !e->has_booking_day || says_pending(bank_csv_cell(m, STATUS)) ? ENTRY_PENDING
                                                                                                   : ENTRY_BOOKED,
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

    TRY(bank_csv_statement(m, currency));
    flat_copy(debtor, sizeof debtor, bank_csv_cell(m, PAYER), strlen(bank_csv_cell(m, PAYER)));
    flat_account(debtor_iban, bank_csv_cell(m, PAYER_ACCOUNT));
    flat_copy(reference, sizeof reference, bank_csv_cell(m, REFERENCE), strlen(bank_csv_cell(m, REFERENCE)));
    p.piece_count = gather_texts(m, &p);
    return flat_payment(&m->flat, credit ? e->units : -e->units, &p);
}

static enum outcome check_width(const struct bank_csv *m)
{
    for (size_t i = m->layout.columns; i < m->row.count; i++)
        if (!text_is_blank(m->row.cell[i]))
            return lines_refuse_at(m->in, (int)m->row.line, N_("ci sono più campi che colonne") AGAIN);
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
        flat_copy(text, sizeof text, bank_csv_cell(m, KINDS[i]), strlen(bank_csv_cell(m, KINDS[i])));
        if (*text >= '0' && *text <= '9')
            return lines_refuse_at(m->in, (int)m->row.line, N_("la data «%s» non è scritta come 15/01/2026") AGAIN,
                                   text);
    }
    return DONE;
}

enum outcome bank_csv_row(struct bank_csv *m)
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
        return lines_refuse_at(m->in, (int)m->row.line, N_("un movimento non ha data") AGAIN);
    return give(m, &e);
}
