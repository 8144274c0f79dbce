/* sandbox/statement_write.c */
#include "sandbox/statement_write.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define SWIFT_LINE 65
#define SWIFT_TEXT (6 * SWIFT_LINE)
#define RECORD     120
#define RECORD_RI1 104
#define RECORD_RI2 36

/* One line of plain text in ISO 8859-1. */
static char *narrow(void *mem, const char *text)
{
    char *latin = text_latin(mem, text && text_is_utf8(text, strlen(text)) ? text : ""), *to = latin;

    for (const unsigned char *c = (const unsigned char *)latin; *c; c++) {
        unsigned point = *c;
        if (point >= 0xC0 && c[1])
            point = (point & 0x1F) << 6 | (*++c & 0x3F);
        *to++ = (char)(point < ' ' || point == 0x7F || (point >= 0x80 && point < 0xA0) ? ' ' : point);
    }
    *to = '\0';
    return latin;
}

/* The digits of a date in the order of `order`: y, m and d. */
static char *short_date(struct day day, const char *order, char text[8])
{
    struct ymd date = day_split(day);
    size_t length = 0;

    for (; *order; order++) {
        int number = *order == 'y' ? date.year % 100 : *order == 'm' ? date.month : date.day;
        text[length++] = (char)('0' + number / 10);
        text[length++] = (char)('0' + number % 10);
    }
    text[length] = '\0';
    return text;
}

/* "1010,98", and with `width` "000000001010,98"; without sign. */
static char *comma_amount(struct money amount, int width, char text[MONEY_TEXT])
{
    int64_t cents = amount.cents < 0 ? -amount.cents : amount.cents;

    snprintf(text, MONEY_TEXT, "%0*lld,%02lld", width > 3 ? width - 3 : 1, (long long)(cents / 100),
             (long long)(cents % 100));
    return text;
}

static bool is_written(const struct camt_statement *s, const struct camt_movement *m)
{
    return m->status == ENTRY_BOOKED && (!m->currency || text_same(m->currency, s->currency));
}

static struct day booked_on(const struct camt_statement *s, const struct camt_movement *m)
{
    return m->booked_on.n ? m->booked_on : s->day;
}

static struct day value_on(const struct camt_statement *s, const struct camt_movement *m)
{
    return m->value_on.n ? m->value_on : booked_on(s, m);
}

/* At most 16 characters: what tells one movement from another stands at the end. */
static char *reference(void *mem, const struct camt_statement *s, size_t i)
{
    const char *own = narrow(mem, s->movements[i].bank_reference);

    if (!*own)
        return talloc_asprintf(mem, "%.9s-%06zu", narrow(mem, s->id), (i + 1) % 1000000);
    return talloc_strdup(mem, strlen(own) > 16 ? own + strlen(own) - 16 : own);
}

static enum outcome finish(void *mem, struct text_buffer *out, enum outcome o, struct written_file *file)
{
    if (o == DONE) {
        file->length = out->length;
        file->bytes = talloc_memdup(mem, out->bytes, out->length + 1);
    }
    talloc_free(out->mem);
    return o;
}

/* ---- MT940 ---- */

static void put_swift_balance(struct text_buffer *out, const char *tag, struct money amount,
                              const struct camt_statement *s)
{
    char date[8], text[MONEY_TEXT];

    text_put_format(out, ":%s:%c%s%.3s%s\r\n", tag, amount.cents < 0 ? 'D' : 'C', short_date(s->day, "ymd", date),
                    s->currency, comma_amount(amount, 0, text));
}

/* A line may begin neither with a colon nor with a dash: both would end the field. */
static void put_swift_text(struct text_buffer *out, const char *text)
{
    size_t length = strlen(text);

    text_put(out, ":86:");
    for (size_t at = 0; at < length && at < SWIFT_TEXT; at += SWIFT_LINE) {
        bool ends = text[at] == ':' || text[at] == '-';
        text_put_format(out, "%c%.*s\r\n", ends ? '.' : text[at], SWIFT_LINE - 1, text + at + 1);
    }
    if (length == 0)
        text_put(out, "\r\n");
}

static void put_swift_movement(struct text_buffer *out, const struct camt_statement *s, size_t i)
{
    const struct camt_movement *m = &s->movements[i];
    char value[8], entry[8], amount[MONEY_TEXT];
    char *debtor = narrow(out->mem, m->debtor), *own = narrow(out->mem, m->end_to_end_id);

    text_put_format(out, ":61:%s%s%s%c%sNTRF%.16s//%s\r\n", short_date(value_on(s, m), "ymd", value),
                    short_date(booked_on(s, m), "md", entry), m->reversal ? "R" : "",
                    m->debit != m->reversal ? 'D' : 'C', comma_amount(m->amount, 0, amount),
                    *own && !strstr(own, "//") ? own : "NONREF", reference(out->mem, s, i));
    put_swift_text(out, talloc_asprintf(out->mem, "%s%s%s INF %s", m->debit ? "26" : "48", *debtor ? " ORD " : "",
                                        debtor, narrow(out->mem, m->remittance)));
}

enum outcome mt940_write(void *mem, const struct camt_statement *s, struct written_file *file, struct problem *why)
{
    struct text_buffer out = text_buffer(talloc_new(NULL));
    struct money closing;
    enum outcome o = camt_closing(s, &closing, why);

    text_put_format(&out, ":20:%.16s\r\n:25:%s\r\n:28C:%d/1\r\n", narrow(out.mem, s->id), s->iban, s->sequence);
    put_swift_balance(&out, "60F", s->opening, s);
    for (size_t i = 0; o == DONE && i < s->movement_count; i++)
        if (is_written(s, &s->movements[i]))
            put_swift_movement(&out, s, i);
    if (o == DONE)
        put_swift_balance(&out, "62F", closing, s);
    text_put(&out, "-\r\n");
    return finish(mem, &out, o, file);
}

/* ---- CBI RH ---- */

struct record {
    char text[RECORD + 2 + 1];
};

static struct record record(const char *kind)
{
    struct record r;

    memset(r.text, ' ', RECORD);
    memcpy(r.text + RECORD, "\r\n", 3);
    memcpy(r.text + 1, kind, 2);
    return r;
}

/* From position `from` to `to`, counted from 1; cut when longer. */
static void put_at(struct record *r, int from, int to, const char *text)
{
    size_t length = strlen(text), room = (size_t)(to - from) + 1;

    memcpy(r->text + from - 1, text, length < room ? length : room);
}

static void put_signed(struct record *r, int from, struct money amount, bool negative)
{
    char text[MONEY_TEXT];

    put_at(r, from, from, negative ? "D" : "C");
    put_at(r, from + 1, from + 15, comma_amount(amount, 15, text));
}

struct flow {
    struct text_buffer *out;
    const struct camt_statement *s;
    size_t records, movements;
};

static void put_record(struct flow *f, const struct record *r)
{
    text_put(f->out, r->text);
    f->records++;
}

static void put_end_of_flow(struct flow *f, const char *kind)
{
    struct record r = record(kind);
    char date[8], number[24];

    put_at(&r, 4, 8, strlen(f->s->iban) == 27 ? f->s->iban + 5 : "");
    put_at(&r, 9, 13, "DEMO1");
    put_at(&r, 14, 19, short_date(f->s->day, "dmy", date));
    put_at(&r, 20, 39, narrow(f->out->mem, f->s->id));
    if (*kind == 'E') {
        put_at(&r, 46, 52, "0000001");
        snprintf(number, sizeof number, "%07zu", f->records + 1);
        put_at(&r, 83, 89, number);
    }
    put_record(f, &r);
}

static struct record detail(const struct flow *f, const char *flag)
{
    struct record r = record("63");
    char number[24];

    snprintf(number, sizeof number, "0000001%03zu", (f->movements - 1) % 999 + 1);
    put_at(&r, 4, 13, number);
    put_at(&r, 14, 16, flag);
    return r;
}

static void put_detail(struct flow *f, const char *flag, int from, int to, const char *text)
{
    struct record r = detail(f, flag);

    if (!*text)
        return;
    put_at(&r, from, to, text);
    put_record(f, &r);
}

static void put_rh_movement(struct flow *f, size_t i)
{
    const struct camt_movement *m = &f->s->movements[i];
    void *mem = f->out->mem;
    char *text = narrow(mem, m->remittance), date[8];
    struct record r;

    f->movements++;
    r = detail(f, "");
    r.text[2] = '2';
    put_at(&r, 14, 19, short_date(value_on(f->s, m), "dmy", date));
    put_at(&r, 20, 25, short_date(booked_on(f->s, m), "dmy", date));
    put_signed(&r, 26, m->amount, m->debit);
    put_at(&r, 42, 43, m->reversal ? "68" : m->debit ? "26" : "48");
    put_at(&r, 62, 77, reference(mem, f->s, i));
    put_at(&r, 87, 120, m->debit ? "VOSTRA DISPOSIZIONE" : "BONIFICO A VOSTRO FAVORE");
    put_record(f, &r);
    put_detail(f, "YYY", 41, 80, narrow(mem, m->debtor));
    put_detail(f, "YY2", 67, 100, narrow(mem, m->debtor_iban));
    put_detail(f, "ID1", 52, 86, narrow(mem, m->end_to_end_id));
    put_detail(f, "RI1", 17, 16 + RECORD_RI1, text);
    if (strlen(text) > RECORD_RI1)
        put_detail(f, "RI2", 17, 16 + RECORD_RI2, text + RECORD_RI1);
}

static void put_report(struct flow *f, const char *kind, struct money balance)
{
    const struct camt_statement *s = f->s;
    struct record r = record(kind);
    char date[8];
    bool opening = strcmp(kind, "61") == 0;

    put_at(&r, 4, 10, "0000001");
    if (opening) {
        put_at(&r, 29, 49, "93001C/C ORDINARIO");
        put_at(&r, 50, 51, "CC");
        put_at(&r, 52, 74, strlen(s->iban) == 27 ? s->iban + 4 : "");
        put_at(&r, 75, 77, s->currency);
        put_at(&r, 100, 103, s->iban);
    } else {
        put_at(&r, 11, 13, s->currency);
        put_signed(&r, 36, balance, balance.cents < 0);
    }
    put_at(&r, opening ? 78 : 14, opening ? 83 : 19, short_date(s->day, "dmy", date));
    put_signed(&r, opening ? 84 : 20, balance, balance.cents < 0);
    put_record(f, &r);
}

enum outcome cbi_rh_write(void *mem, const struct camt_statement *s, struct written_file *file, struct problem *why)
{
    struct text_buffer out = text_buffer(talloc_new(NULL));
    struct flow f = {.out = &out, .s = s};
    struct money closing;
    enum outcome o = camt_closing(s, &closing, why);

    put_end_of_flow(&f, "RH");
    put_report(&f, "61", s->opening);
    for (size_t i = 0; o == DONE && i < s->movement_count; i++)
        if (is_written(s, &s->movements[i]))
            put_rh_movement(&f, i);
    if (o == DONE)
        put_report(&f, "64", closing);
    put_end_of_flow(&f, "EF");
    return finish(mem, &out, o, file);
}

/* ---- A table ---- */

static void put_cell(struct text_buffer *out, const char *text, char after)
{
    char *plain = text_trim(out->mem, text && text_is_utf8(text, strlen(text)) ? text : "");

    text_put(out, "\"");
    for (const char *c = plain; *c; c++)
        text_put_bytes(out, *c == '"' ? "\"\"" : (unsigned char)*c < ' ' ? " " : c, *c == '"' ? 2 : 1);
    text_put_format(out, "\"%c", after);
}

enum outcome bank_csv_write(void *mem, const struct camt_statement *s, struct written_file *file, struct problem *why)
{
    static const char *const STATUS[] = {
        [ENTRY_BOOKED] = "Contabilizzato", [ENTRY_PENDING] = "In attesa", [ENTRY_INFO] = "In attesa"};
    struct text_buffer out = text_buffer(talloc_new(NULL));
    struct money closing;
    enum outcome o = camt_closing(s, &closing, why);

    text_put_format(&out,
                    "\xEF\xBB\xBF"
                    "Conto;%s\r\n\r\nData contabile;Data valuta;Importo;Divisa;Ordinante;IBAN ordinante;CRO/TRN;"
                    "Descrizione;Stato\r\n",
                    s->iban);
    for (size_t i = 0; o == DONE && i < s->movement_count; i++) {
        const struct camt_movement *m = &s->movements[i];
        char booked[DAY_TEXT], value[DAY_TEXT], amount[MONEY_TEXT];

        text_put_format(&out, "%s;%s;%s%s;%.3s;", day_italian(booked_on(s, m), booked),
                        day_italian(value_on(s, m), value), m->debit ? "-" : "", money_italian(m->amount, amount),
                        m->currency ? m->currency : s->currency);
        put_cell(&out, m->debtor, ';');
        put_cell(&out, m->debtor_iban, ';');
        put_cell(&out, reference(out.mem, s, i), ';');
        put_cell(&out, m->remittance, ';');
        text_put_format(&out, "%s\r\n", STATUS[m->status]);
    }
    return finish(mem, &out, o, file);
}
