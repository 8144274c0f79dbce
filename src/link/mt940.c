/* link/mt940.c */
#include "link/mt940.h"
#include "base/i18n.h"
#include "base/text.h"
#include "link/mt940_entry.h"
#include "link/mt940_text.h"
#include "link/statement_flat.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define LINES_LOOKED 60
#define AGAIN        "; " N_("chiedere alla banca un file corretto")

enum tag { NO_TAG, T_20, T_25, T_28, T_60, T_61, T_62, T_86, T_NS, T_INTERIM, T_CURRENCY, T_OTHER };

static const struct {
    const char *text;
    enum tag tag;
} TAGS[] = {
    {":20:", T_20},       {":25:", T_25},       {":25P:", T_25},       {":28:", T_28},      {":28C:", T_28},
    {":60F:", T_60},      {":60M:", T_60},      {":61:", T_61},        {":62F:", T_62},     {":62M:", T_62},
    {":86:", T_86},       {":NS:", T_NS},       {":34F:", T_CURRENCY}, {":13:", T_INTERIM}, {":13D:", T_INTERIM},
    {":90C:", T_INTERIM}, {":90D:", T_INTERIM}, {":21:", T_OTHER},     {":64:", T_OTHER},   {":65:", T_OTHER},
    {":65F:", T_OTHER},
};

struct movement {
    bool filled;
    struct mt940_entry entry;
    int line;
    size_t text_length;
    char text[MT940_TEXT + 1]; /* of its :86: fields */
};

struct mt940 {
    struct flat flat;
    struct lines *in;
    bool block_is_942, is_942, in_block;
    enum tag tag; /* of the field being gathered */
    int line;     /* on which it begins */
    size_t length;
    char field[MT940_FIELD + 1];
    char reference[MT940_REFERENCE * 2 + 1];
    struct movement movement;
    struct mt940_details details;
};

static enum tag tag_of(const char *line, size_t *length)
{
    *length = 0;
    for (size_t i = 0; i < count_of(TAGS) && *line == ':'; i++)
        if (text_starts(line, TAGS[i].text)) {
            *length = strlen(TAGS[i].text);
            return TAGS[i].tag;
        }
    return NO_TAG;
}

static char *without_leading_blanks(char *line)
{
    return line + strspn(line, " \t");
}

bool mt940_recognise(const struct first_bytes *first, struct lines *room)
{
    char *line;
    size_t length;

    lines_look(room, first, NULL);
    for (int i = 0; i < LINES_LOOKED && lines_next(room, &line) == DONE && line; i++) {
        line = without_leading_blanks(line);
        if (text_starts(line, "{1:") || tag_of(line, &length) != NO_TAG)
            return true;
    }
    return false;
}

/* ---- Movements ---- */

static enum outcome movement_end(struct mt940 *m)
{
    const struct mt940_entry *e = &m->movement.entry;
    struct mt940_details *d = &m->details;
    struct flat *f = &m->flat;
    size_t count = 0;

    if (!m->movement.filled)
        return DONE;
    m->movement.filled = false;
    mt940_details(d, m->movement.text);
    const char *own = *d->end_to_end_id ? d->end_to_end_id : e->own_reference;
    const char *beforehand[] = {d->end_to_end_id, e->own_reference, e->supplement};
    for (size_t i = 0; i < count_of(beforehand); i++) /* before the lines, so that nothing is joined to their end */
        if (*beforehand[i] && (i != 1 || strcmp(e->own_reference, d->end_to_end_id) != 0))
            f->pieces[count++] = beforehand[i];
    for (size_t i = 0; i < d->piece_count; i++)
        f->pieces[count++] = d->pieces[i];
    return flat_payment(f, e->units,
                        &(struct statement_payment){
                            .currency = f->currency,
                            .status = e->expected ? ENTRY_PENDING : ENTRY_BOOKED,
                            .credit = e->credit,
                            .reversal = e->reversal,
                            .booked_on = e->booked_on,
                            .value_on = e->value_on,
                            .debtor = e->credit ? d->debtor : "",
                            .debtor_iban = e->credit ? d->debtor_account : "",
                            .end_to_end_id = own,
                            .bank_reference = e->bank_reference,
                            .return_reason = "",
                            .remittance = *d->remittance ? d->remittance : e->supplement,
                            .pieces = f->pieces,
                            .piece_count = count,
                            .line = m->movement.line,
                        });
}

static enum outcome take_movement(struct mt940 *m)
{
    struct movement *e = &m->movement;
    const char *fault = mt940_entry_read(&e->entry, m->field);

    if (fault)
        return lines_refuse_at(m->in, m->line, "%s" AGAIN, fault);
    e->text_length = 0;
    e->text[0] = '\0';
    e->line = m->line;
    e->filled = true;
    return DONE;
}

static enum outcome take_text(struct mt940 *m, const char *text)
{
    struct movement *e = &m->movement;
    size_t length = strlen(text);

    if (!e->filled || length == 0)
        return DONE;
    if (e->text_length + length + 1 > MT940_TEXT)
        return lines_refuse_at(m->in, m->line, N_("la descrizione di un movimento è troppo lunga") AGAIN);
    if (e->text_length > 0)
        e->text[e->text_length++] = '\n';
    memcpy(e->text + e->text_length, text, length + 1);
    e->text_length += length;
    return DONE;
}

/* The German savings banks' own field: lines that begin with two digits that say what they are. */
static enum outcome take_non_swift(struct mt940 *m)
{
    for (char *line = m->field; line;) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        TRY(take_text(m, line + (flat_digits(line, 2) >= 0 ? 2 : 0)));
        line = next;
    }
    return DONE;
}

/* ---- Messages ---- */

static enum outcome message_end(struct mt940 *m)
{
    TRY(movement_end(m));
    return flat_end(&m->flat);
}

static void message_open(struct mt940 *m)
{
    flat_open(&m->flat, m->is_942 ? "mt942" : "mt940");
}

/* "C260115EUR1000,00"; the currency is missing in some. */
static enum outcome take_balance(struct mt940 *m, struct flat_balance *balance)
{
    const char *c = m->field;
    bool negative = *c == 'D';
    struct day day;

    flat_copy(m->field, sizeof m->field, m->field, strlen(m->field));
    if ((*c != 'C' && *c != 'D') || strlen(c) < 8 ||
        !flat_day(flat_digits(c + 1, 2), flat_digits(c + 3, 2), flat_digits(c + 5, 2), &day))
        return lines_refuse_at(m->in, m->line, N_("un saldo non è scritto come C260115EUR1000,00") AGAIN);
    c += 7;
    *balance = (struct flat_balance){.stated = true};
    if (strspn(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3) {
        memcpy(balance->currency, c, 3);
        c += 3;
    }
    if (!flat_amount(c, strlen(c), ',', &balance->units))
        return lines_refuse_at(m->in, m->line, N_("un saldo non è scritto come C260115EUR1000,00") AGAIN);
    if (negative)
        balance->units = -balance->units;
    return DONE;
}

static enum outcome take_opening(struct mt940 *m)
{
    struct flat_balance balance;

    TRY(take_balance(m, &balance));
    if (m->flat.opening.stated || m->flat.has_begun || m->movement.filled)
        return DONE;
    m->flat.opening = balance;
    if (*balance.currency)
        memcpy(m->flat.currency, balance.currency, sizeof balance.currency);
    return DONE;
}

static void take_name(struct mt940 *m, bool number)
{
    char text[MT940_REFERENCE * 2 + 1];
    struct flat *f = &m->flat;

    flat_copy(text, sizeof text, m->field, strlen(m->field));
    if (f->has_begun || m->movement.filled)
        return;
    if (!number)
        memcpy(m->reference, text, sizeof text);
    snprintf(f->id, sizeof f->id, "%s%s%s", m->reference, number && *m->reference ? " " : "", number ? text : "");
}

static enum outcome field_end(struct mt940 *m)
{
    enum tag tag = m->tag;

    m->tag = NO_TAG;
    if (tag == NO_TAG)
        return DONE;
    m->field[m->length] = '\0';
    if (tag == T_20) {
        TRY(message_end(m));
        m->reference[0] = '\0';
        m->is_942 = m->block_is_942;
    }
    m->is_942 = m->is_942 || tag == T_INTERIM || tag == T_CURRENCY;
    if (!m->flat.is_open)
        message_open(m);
    if (m->is_942 && !m->flat.has_begun)
        m->flat.head.format = "mt942";
    switch (tag) {
    case T_20:
    case T_28:
        take_name(m, tag == T_28);
        return DONE;
    case T_25:
        flat_account(m->flat.account, m->field);
        return DONE;
    case T_CURRENCY:
        if (!*m->flat.currency && strspn(m->field, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 3)
            memcpy(m->flat.currency, m->field, 3);
        return DONE;
    case T_60:
        return take_opening(m);
    case T_61:
        TRY(movement_end(m));
        return take_movement(m);
    case T_86:
        return take_text(m, m->field);
    case T_NS:
        return take_non_swift(m);
    case T_62:
        TRY(movement_end(m));
        return take_balance(m, &m->flat.closing);
    default:
        return DONE;
    }
}

static enum outcome take_line(struct mt940 *m, const char *text)
{
    size_t length = strlen(text);

    if (m->tag == NO_TAG)
        return DONE;
    if (m->length + length + 1 > MT940_FIELD)
        return lines_refuse_at(m->in, m->line, N_("un campo è troppo lungo") AGAIN);
    if (m->length > 0)
        m->field[m->length++] = '\n';
    memcpy(m->field + m->length, text, length);
    m->length += length;
    return DONE;
}

/* "{1:F01…}{2:I940…}{4:": the kind of message, and that its text ends with "-}". */
static enum outcome take_block(struct mt940 *m, const char *line)
{
    const char *kind = strstr(line, "{2:");

    TRY(field_end(m));
    if (text_starts(line, "{1:") || kind) {
        TRY(message_end(m));
        m->is_942 = m->block_is_942 = false;
    }
    if (kind && (kind[3] == 'I' || kind[3] == 'O') && text_starts(kind + 4, "942"))
        m->is_942 = m->block_is_942 = true;
    m->in_block = m->in_block || strstr(line, "{4:");
    return DONE;
}

static enum outcome on_line(struct mt940 *m, char *line)
{
    char *text = without_leading_blanks(line);
    size_t length;
    enum tag tag = tag_of(text, &length);
    bool ends = *text == '-' && (text[1] == '}' || !text[1 + strspn(text + 1, " \t")]);

    if (text_starts(text, "{1:") || text_starts(text, "{2:") || text_starts(text, "{4:"))
        return take_block(m, text);
    if (ends) {
        TRY(field_end(m));
        m->in_block = m->in_block && text[1] != '}';
        return message_end(m);
    }
    /* a line of text may begin like a tag; a second account within a message is none */
    if (tag == NO_TAG || (tag == T_25 && m->flat.is_open && (m->movement.filled || m->tag == T_61 || m->tag == T_86)))
        return take_line(m, line);
    TRY(field_end(m));
    m->tag = tag;
    m->line = m->in->number;
    m->length = 0;
    return take_line(m, text + length);
}

enum outcome mt940_read(const struct first_bytes *first, struct lines *in, const struct statement_sink *sink,
                        struct problem *why)
{
    struct mt940 *m = talloc_zero(NULL, struct mt940);
    enum outcome o;
    char *line;

    m->flat.sink = sink;
    m->in = in;
    lines_begin(in, first, why);
    while ((o = lines_next(in, &line)) == DONE && line && (o = on_line(m, line)) == DONE)
        ;
    if (o == DONE)
        o = field_end(m);
    if (o == DONE && m->in_block)
        o = lines_refuse(in, N_("il file finisce a metà; scaricarlo di nuovo dalla banca"));
    if (o == DONE)
        o = message_end(m);
    talloc_free(m);
    return o;
}
