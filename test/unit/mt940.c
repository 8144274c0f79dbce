/* MT940 and MT942: samples for each rule, hostile ones, and the files of many banks against an independent reading. */
#include "base/text.h"
#include "link/amount.h"
#include "link/statement.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include <cmocka.h>

#include "statement_file.h"
#include "statement_note.h"

#define HEAD ":20:S1\n:25:IT62C0326803203052886541770\n:28C:15/1\n:60F:C260115EUR1000,00\n"
#define IN   ":61:2601150115C10,98NTRFNONREF//B1\n"

static void samples(void **state)
{
    static const struct {
        const char *what, *text, *read;
    } ROWS[] = {
        {"the reference's own sample: words cut anywhere, a credit taken back",
         ":20:STMT20260115\n:25:03268/052886541770\n:28C:15/1\n:60F:C260115EUR1000,00\n"
         ":61:2601150115C10,98NTRFNONREF//0326826015000001\n"
         ":86:48 ORD ROSSI MARIO INF RINNOVO PEC ORDINE RLM95055 RIF 2026000\n09505571\n"
         ":61:2601150115RC24,40NCHK1234567890//0326826015000002\n:86:ASSEGNO INSOLUTO\n:62F:C260115EUR986,58\n-\n",
         "mt940 [STMT20260115 15/1] 03268/052886541770 EUR 1000.00\n"
         "10.98 EUR in BOOK 2026-01-15 2026-01-15|||48 ORD ROSSI MARIO INF RINNOVO PEC ORDINE RLM95055 RIF "
         "202600009505571||0326826015000001\n"
         "24.40 EUR out reversal BOOK 2026-01-15 2026-01-15|||ASSEGNO INSOLUTO|1234567890|0326826015000002\n"
         "986.58 right\n"},
        {"an account before IBAN", ":20:A\n:25:03268/03203/052886541770\n",
         "mt940 [A] IT62C0326803203052886541770  -\n- unstated\n"},
        {"an IBAN with its currency", ":20:A\n:25:IT62C0326803203052886541770EUR\n",
         "mt940 [A] IT62C0326803203052886541770  -\n- unstated\n"},
        {"subfields, cut within their separators",
         HEAD IN
         ":86:166?00GUTSCHRIFT?20EREF+ORD-1 SVWZ+RINNOVO ORD?21INE RIF 2026000095?\n2205571?30BIC?31IT60X05428111010"
         "00000123456?32ROSSI?33MARIO\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n"
         "10.98 EUR in BOOK 2026-01-15 2026-01-15|ROSSI MARIO|IT60X0542811101000000123456|RINNOVO ORDINE RIF "
         "202600009505571|ORD-1|B1\n- unstated\n"},
        {"a debit has no debtor", HEAD ":61:260115D1,NTRFNONREF\n:86:166?20PER?31X?32Y\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n1.00 EUR out BOOK 2026-01-15 2026-01-15|||PER||\n"
         "- unstated\n"},
        {"a reversed debit is money in, and a reversal", HEAD ":61:260115RD1,5NTRFR1\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n"
         "1.50 EUR in reversal BOOK 2026-01-15 2026-01-15||||R1|\n- unstated\n"},
        {"over new year, both ways", HEAD ":61:2512311201C1,NTRFA\n:61:2512310102C1,NTRFB\n:61:2601021231C1,NTRFC\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n"
         "1.00 EUR in BOOK 2025-12-01 2025-12-31||||A|\n1.00 EUR in BOOK 2026-01-02 2025-12-31||||B|\n"
         "1.00 EUR in BOOK 2025-12-31 2026-01-02||||C|\n- unstated\n"},
        {"days that only accounts of 360 days have", HEAD ":61:2602300230C1,NTRFA\n:61:240230C1,NTRFA\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n"
         "1.00 EUR in BOOK 2026-02-28 2026-02-28||||A|\n1.00 EUR in BOOK 2024-02-29 2024-02-29||||A|\n- unstated\n"},
        {"two pages, each with its own balances",
         HEAD IN ":62M:C260115EUR1010,98\n-\n:20:S1\n:28C:15/2\n"
                 ":60M:C260115EUR1010,98\n:61:260115D0,98NTRFX\n:62F:C260115EUR1010,\n-",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n10.98 EUR in BOOK 2026-01-15 2026-01-15|||||B1\n"
         "1010.98 right\nmt940 [S1 15/2]  EUR 1010.98\n0.98 EUR out BOOK 2026-01-15 2026-01-15||||X|\n1010.00 right\n"},
        {"a sum that does not hold is told, not refused", HEAD IN ":62F:C260115EUR1,00\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n10.98 EUR in BOOK 2026-01-15 2026-01-15|||||B1\n"
         "1.00 wrong\n"},
        {"two currencies do not hold either", HEAD IN ":62F:C260115USD1010,98\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n10.98 EUR in BOOK 2026-01-15 2026-01-15|||||B1\n"
         "1010.98 wrong\n"},
        {"overdrawn", ":20:A\n:60F:D260115EUR5,00\n" IN ":62F:C260115EUR5,98\n",
         "mt940 [A]  EUR -5.00\n10.98 EUR in BOOK 2026-01-15 2026-01-15|||||B1\n5.98 right\n"},
        {"during the day; what is expected is pending",
         ":20:A\n:25:X\n:28C:1\n:34F:EURD0,\n:13D:2601151015+0100\n" IN
         ":61:260115EC3,NTRFNONREF\n:86:ATTESO\n:90C:1EUR10,98\n-\n",
         "mt942 [A 1] X EUR -\n10.98 EUR in BOOK 2026-01-15 2026-01-15|||||B1\n"
         "3.00 EUR in PDNG 2026-01-15 2026-01-15|||ATTESO||\n- unstated\n"},
        {"blocks say the kind, message by message",
         "{1:F01X}{2:I942X}{4:\n:20:A\n" IN "-}\n{1:F01X}{2:I940X}{4:\r\n:20:B\r\n-}{5:{CHK:1}}\n",
         "mt942 [A]   -\n10.98  in BOOK 2026-01-15 2026-01-15|||||B1\n- unstated\nmt940 [B]   -\n- unstated\n"},
        {"a text that looks like a tag, a dash, a second account", HEAD IN ":86:UNO\n:26:DUE\n-TRE\n:25:QUATTRO\n-\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n"
         "10.98 EUR in BOOK 2026-01-15 2026-01-15|||UNO :26:DUE -TRE :25:QUATTRO||B1\n- unstated\n"},
        {"several fields 86; more about a movement",
         HEAD ":61:260115C1,NTRFNONREF\nDA ROSSI\n:86:RIF\n:86:202600009505571\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n"
         "1.00 EUR in BOOK 2026-01-15 2026-01-15|||RIF 202600009505571||\n- unstated\n"},
        {"nothing but what is more", HEAD ":61:260115C1,NTRFNONREF\nDA ROSSI\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n1.00 EUR in BOOK 2026-01-15 2026-01-15|||DA "
         "ROSSI||\n"
         "- unstated\n"},
        {"Windows-1252", ":20:A\n" IN ":86:SOCIET\xC0 \x80\n",
         "mt940 [A]   -\n10.98  in BOOK 2026-01-15 2026-01-15|||SOCIETÀ €||B1\n- unstated\n"},
        {"an amount of more than cents, another in millions",
         HEAD ":61:260115C1,234NTRFA\n:61:260115C123456789012,NTRFA\n",
         "mt940 [S1 15/1] IT62C0326803203052886541770 EUR 1000.00\n1.234! EUR in BOOK 2026-01-15 2026-01-15||||A|\n"
         "123456789012.00 EUR in BOOK 2026-01-15 2026-01-15||||A|\n- unstated\n"},
    };
    static const char WIDE[] = "\xFF\xFE:\0"
                               "2\0"
                               "0\0:\0A\0\r\0\n\0";
    void *mem = talloc_new(NULL);
    struct text_buffer wide = text_buffer(mem);
    (void)state;

    for (size_t i = 0; i < count_of(ROWS); i++) {
        assert_reads(ROWS[i].what, ROWS[i].text, strlen(ROWS[i].text), ROWS[i].read);
        read_what_is_left_of(ROWS[i].text);
    }
    text_put_bytes(&wide, WIDE, sizeof WIDE - 1);
    for (const char *c = IN; *c; c++)
        text_put_bytes(&wide, (char[2]){*c, 0}, 2);
    assert_reads("UTF-16", wide.bytes, wide.length,
                 "mt940 [A]   -\n10.98  in BOOK 2026-01-15 2026-01-15|||||B1\n- unstated\n");
    talloc_free(mem);
}

static void refused(void **state)
{
    static const struct {
        const char *text, *says;
        size_t length; /* 0: up to the NUL */
    } ROWS[] = {
        {HEAD ":61:26011", "riga 5: la data di valuta", 0},
        {HEAD ":61:261315C1,NTRFA\n", "riga 5: la data di valuta", 0},
        {HEAD ":61:2601151301C1,NTRFA\n", "riga 5: la data contabile", 0},
        {HEAD ":61:260115X1,NTRFA\n", "riga 5: un movimento non dice C o D", 0},
        {HEAD ":61:260115\n", "riga 5: un movimento non dice C o D", 0},
        {HEAD ":61:260115RX1,NTRFA\n", "riga 5: un movimento non dice C o D", 0},
        {HEAD IN "\n:61:260115C\n", "riga 7: l'importo", 0},
        {HEAD ":61:260115C1.00NTRFA\n", "riga 5: un movimento finisce", 0},
        {HEAD ":61:260115C1,0,0NTRFA\n", "riga 5: l'importo", 0},
        {HEAD ":61:260115C1,123456NTRFA\n", "riga 5: l'importo", 0},
        {HEAD ":61:260115C10,9", "riga 5: un movimento finisce a metà", 0},
        {HEAD IN ":62F:C260115EUR\n", "riga 6: un saldo", 0},
        {":20:A\n:60F:X260115EUR1,\n", "riga 2: un saldo", 0},
        {":20:A\n:60F:C269915EUR1,\n", "riga 2: un saldo", 0},
        {"{1:F01X}{2:I940X}{4:\n:20:A\n" IN, "riga 3: il file finisce a metà", 0},
        {":20:A\n\0\n", "riga 2: contiene un byte nullo", 8},
    };
    (void)state;

    for (size_t i = 0; i < count_of(ROWS); i++)
        assert_refused(ROWS[i].text, ROWS[i].length ? ROWS[i].length : strlen(ROWS[i].text), ROWS[i].says);
}

/* Too long a line, field or description is refused; all three at their limit are not. */
static void bounds(void **state)
{
    static const struct {
        size_t line, lines, fields;
        const char *says;
    } ROWS[] = {
        {40000, 1, 1, "riga 6: supera"},
        {5000, 1, 1, "un campo è troppo lungo"},
        {4000, 1, 1, ""},
        {4000, 1, 2, ""},
        {4000, 1, 3, "troppo lunga"},
        {1, 1, 4000, ""},
        {65, 60, 1, ""},
        {65, 70, 1, "un campo è troppo lungo"},
    };
    (void)state;

    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        struct text_buffer text = text_buffer(mem);
        struct problem why;
        char *read;

        text_put(&text, HEAD IN);
        for (size_t field = 0; field < ROWS[i].fields; field++) {
            text_put(&text, ":86:");
            for (size_t line = 0; line < ROWS[i].lines; line++) {
                for (size_t c = 0; c < ROWS[i].line; c++)
                    text_put(&text, "X");
                text_put(&text, "\n");
            }
        }
        print_message("%zu %zu %zu\n", ROWS[i].line, ROWS[i].lines, ROWS[i].fields);
        enum outcome o = note_statement(mem, text.bytes, text.length, &read, &why);
        assert_int_equal(o, *ROWS[i].says ? REFUSED : DONE);
        assert_non_null(strstr(why.detail, ROWS[i].says));
        assert_english(why.detail);
        talloc_free(mem);
    }
}

/* ---- Other people's files ---- */

struct comparison {
    const json_t *statements, *expected;
    size_t statement, entry, reversed[2];
    amount_units sum[2], reversed_sum[2];
    size_t count[2];
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static amount_units units_of(const char *text)
{
    amount_units units = 0;
    bool negative = *text == '-';

    assert_true(amount_parse(text + negative, &units));
    return negative ? -units : units;
}

static enum outcome begin(void *arg, const struct statement_head *head)
{
    struct comparison *c = arg;
    const json_t *opening;

    c->expected = json_array_get(c->statements, c->statement++);
    assert_non_null(c->expected);
    c->entry = c->reversed[0] = c->reversed[1] = c->count[0] = c->count[1] = 0;
    c->sum[0] = c->sum[1] = 0;
    opening = json_object_get(c->expected, "opening");
    assert_true(head->has_opening || !opening);
    if (opening && head->has_opening && json_is_string(json_object_get(opening, "ccy")))
        assert_string_equal(head->currency, text_of(opening, "ccy"));
    return DONE;
}

static enum outcome payment(void *arg, const struct statement_payment *p)
{
    static const char *const MARKS[2][2] = {{"D", "C"}, {"RC", "RD"}}; /* [reversal][credit] */
    struct comparison *c = arg;
    const json_t *entry = json_array_get(json_object_get(c->expected, "entries"), c->entry++);
    char value_on[DAY_TEXT], booked_on[DAY_TEXT];
    const char *date = text_of(entry, "date"), *entry_date = text_of(entry, "entry_date");

    c->reversed[p->credit] += p->reversal;
    c->count[p->credit] += !p->reversal;
    if (!p->reversal)
        c->sum[p->credit] += units_of(p->amount_text);
    if (!*date) /* it could not be read there */
        return DONE;
    assert_string_equal(MARKS[p->reversal][p->credit], text_of(entry, "dc"));
    assert_true(units_of(p->amount_text) == units_of(text_of(entry, "amount")));
    day_iso(p->value_on, value_on);
    day_iso(p->booked_on, booked_on);
    assert_memory_equal(value_on + 2, date, 2);
    assert_memory_equal(value_on + 5, date + 2, 2);
    if (strcmp(date + 2, "0230") != 0)
        assert_memory_equal(value_on + 8, date + 4, 2);
    if (*entry_date) {
        assert_memory_equal(booked_on + 5, entry_date, 2);
        assert_memory_equal(booked_on + 8, entry_date + 2, 2);
    }
    return DONE;
}

static enum outcome end(void *arg, const struct statement_head *head)
{
    struct comparison *c = arg;
    const char *check = text_of(c->expected, "balance_check");
    const json_t *closing = json_object_get(c->expected, "closing");
    size_t unread = (size_t)json_integer_value(json_object_get(c->expected, "n_unparsed"));

    assert_int_equal(head->entries, c->entry);
    assert_int_equal(json_integer_value(json_object_get(c->expected, "n_entries")), head->entries - unread);
    if (unread == 0) {
        assert_int_equal(json_integer_value(json_object_get(c->expected, "credit_count")), c->count[1]);
        assert_int_equal(json_integer_value(json_object_get(c->expected, "debit_count")), c->count[0]);
        assert_true(units_of(text_of(c->expected, "credit_sum")) == c->sum[1]);
        assert_true(units_of(text_of(c->expected, "debit_sum")) == c->sum[0]);
    }
    assert_int_equal(json_integer_value(json_object_get(c->expected, "reversal_credit_count")), c->reversed[0]);
    assert_int_equal(json_integer_value(json_object_get(c->expected, "reversal_debit_count")), c->reversed[1]);
    if (json_is_string(json_object_get(closing, "amount")))
        assert_true(units_of(head->closing) == units_of(text_of(closing, "amount")));
    if (*check)
        assert_int_equal(head->check, strcmp(check, "ok") == 0 ? BALANCE_RIGHT : BALANCE_WRONG);
    return DONE;
}

/* What the other reading makes no statement of is nothing to us either. */
static void agrees_with_the_independent_reading(void **state)
{
    (void)state;
    const char *source = getenv("CASELLA_SOURCE"), *name;
    void *mem = talloc_new(NULL);
    char *folder = talloc_asprintf(mem, "%s/../shared/data/mt940", source ? source : ".");
    json_t *all = json_load_file(talloc_asprintf(mem, "%s/expected.json", folder), 0, NULL), *one;
    size_t agree = 0, refused = 0;

    if (!all) {
        print_message("no %s: skipped\n", folder);
        talloc_free(mem);
        skip();
    }
    json_object_foreach(all, name, one)
    {
        struct comparison c = {.statements = one};
        const struct statement_sink sink = {begin, payment, end, &c};
        struct problem why = {0};
        json_t *described = NULL;
        int file = open(talloc_asprintf(mem, "%s/%s", folder, name), O_RDONLY | O_CLOEXEC);

        assert_true(file >= 0);
        print_message("%s\n", name);
        enum outcome o = statement_read(file, &sink, &why);
        if (json_array_size(one) == 0) {
            assert_int_equal(o, REFUSED);
            refused++;
        } else {
            assert_string_equal(why.detail, "");
            assert_int_equal(o, DONE);
            assert_int_equal(c.statement, json_array_size(one));
            lseek(file, 0, SEEK_SET);
            assert_int_equal(statement_json(file, &described, &why), DONE);
            assert_true(text_starts(text_of(described, "format"), "mt94"));
            json_decref(described);
            agree++;
        }
        close(file);
    }
    print_message("%zu agree, %zu hold nothing\n", agree, refused);
    assert_int_equal(agree + refused, 105);
    json_decref(all);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples),
        cmocka_unit_test(refused),
        cmocka_unit_test(bounds),
        cmocka_unit_test(agrees_with_the_independent_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
