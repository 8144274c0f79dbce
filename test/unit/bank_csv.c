/* The tables that Italian banks let people download: invented ones for each rule, and eight banks' own. */
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

#define IBAN "IT62C0326803203052886541770"

static void samples(void **state)
{
    static const struct {
        const char *what, *text, *read;
    } ROWS[] = {
        {"one amount, Italian",
         "Data contabile;Data valuta;Importo;Descrizione\n15/01/2026;14/01/2026;1.010,98;RIF 202600009505571\n"
         "16/01/2026;16/01/2026;-5,00;COMMISSIONI\n",
         "csv []  EUR -\n1010.98 EUR in BOOK 2026-01-15 2026-01-14|||RIF 202600009505571||\n"
         "5.00 EUR out BOOK 2026-01-16 2026-01-16|||COMMISSIONI||\n- unstated\n"},
        {"debit and credit, tabs, minus or none, no value date",
         "DATA\tDARE\tAVERE\tCAUSALE\n15.01.26\t\t10,98\tBONIFICO\n15.01.26\t5,00\t\tSPESE\n15.01.26\t-5,00\t0,"
         "00\tSPESE\n"
         "15.01.26\t\t-1,00\tSTORNO\n",
         "csv []  EUR -\n10.98 EUR in BOOK 2026-01-15 -|||BONIFICO||\n5.00 EUR out BOOK 2026-01-15 -|||SPESE||\n"
         "5.00 EUR out BOOK 2026-01-15 -|||SPESE||\n1.00 EUR out BOOK 2026-01-15 -|||STORNO||\n- unstated\n"},
        {"a sign of its own; commas and quotes; a mark of UTF-8",
         "\xEF\xBB\xBF\"Data operazione\",\"Importo\",\"Segno\",\"Descrizione\"\n\"2026-01-15\",\"1,010.98\",A,\"UNO, "
         "\"\"DUE\"\"\nTRE\"\n2026-01-15,5.00,D,X\n2026-01-15,5.00,Addebito,X\n2026-01-15,-5.00,Accredito,X\n",
         "csv []  EUR -\n1010.98 EUR in BOOK 2026-01-15 -|||UNO, \"DUE\" TRE||\n5.00 EUR out BOOK 2026-01-15 -|||X||\n"
         "5.00 EUR out BOOK 2026-01-15 -|||X||\n5.00 EUR in BOOK 2026-01-15 -|||X||\n- unstated\n"},
        {"what stands before: the IBAN in groups, the currency; what stands behind",
         "Conto corrente;IBAN: IT62 C032 6803 2030 5288 6541 770 di ROSSI;\nDivisa;;USD\nSaldo al "
         "15/01/2026;1.000,00\n\n"
         "Data;Importo;Descrizione;Saldo\n;;Saldo iniziale;1.000,00\n15/01/2026;10,98;BONIFICO;1.010,98\n"
         "15/01/2026;1.010,98;Saldo finale;\n;10,98;Totale entrate\nEsportato il 16/01/2026\n",
         "csv [] " IBAN " USD -\n10.98 USD in BOOK 2026-01-15 -|||BONIFICO||\n- unstated\n"},
        {"two IBANs before: neither",
         "IT60X0542811101000000123456\n" IBAN "\nData;Importo;Descrizione\n15/01/2026;1,5;A\n",
         "csv []  EUR -\n1.50 EUR in BOOK 2026-01-15 -|||A||\n- unstated\n"},
        {"a column of IBANs: a statement for each run",
         "IBAN;Data;Importo (CHF);Descrizione\n" IBAN ";15/01/2026;1,5;A\n" IBAN ";15/01/2026;1,5;B\n"
         "IT60 X054 2811 1010 0000 0123 456;15/01/2026;2,5;C\n",
         "csv [] " IBAN " CHF -\n1.50 CHF in BOOK 2026-01-15 -|||A||\n1.50 CHF in BOOK 2026-01-15 -|||B||\n- unstated\n"
         "csv [] IT60X0542811101000000123456 CHF -\n2.50 CHF in BOOK 2026-01-15 -|||C||\n- unstated\n"},
        {"who paid, the transfer's number, a currency for each row",
         "Data|Importo|Divisa|Ordinante|IBAN ordinante|CRO|Descrizione\n"
         "15/01/2026|10,98|EUR|ROSSI  MARIO|IT60 X054 2811 1010 0000 0123 456|12345678901|RINNOVO\n"
         "15/01/2026|-1,00|USD|NOI|" IBAN "||SPESA\n",
         "csv []  EUR -\n10.98 EUR in BOOK 2026-01-15 -|ROSSI MARIO|IT60X0542811101000000123456|RINNOVO||12345678901\n"
         "1.00 USD out BOOK 2026-01-15 -|||SPESA||\n- unstated\n"},
        {"\"Valuta\" is a date in one, a currency in another",
         "Data;Valuta;Importo;Descrizione\n15/01/2026;14/01/2026;1,00;A\n15/01/2026;CHF;1,00;B\n",
         "csv []  EUR -\n1.00 EUR in BOOK 2026-01-15 2026-01-14|||A||\n1.00 CHF in BOOK 2026-01-15 -|||B||\n- "
         "unstated\n"},
        {"what is not booked yet",
         "Data contabile;Data valuta;Importo;Descrizione;Stato\n15/01/2026;15/01/2026;1,00;A;Contabilizzato\n"
         "15/01/2026;15/01/2026;1,00;B;Autorizzato\n15/01/2026;15/01/2026;1,00;C;NON CONTABILIZZATO\n"
         ";15/01/2026;1,00;D;\n;;Operazioni non contabilizzate;;\n15/01/2026;15/01/2026;1,00;E;\n"
         ";;Operazioni contabilizzate;;\n15/01/2026;15/01/2026;1,00;F;\n",
         "csv []  EUR -\n1.00 EUR in BOOK 2026-01-15 2026-01-15|||A||\n1.00 EUR in PDNG 2026-01-15 2026-01-15|||B||\n"
         "1.00 EUR in PDNG 2026-01-15 2026-01-15|||C||\n1.00 EUR in PDNG - 2026-01-15|||D||\n"
         "1.00 EUR in PDNG 2026-01-15 2026-01-15|||E||\n1.00 EUR in BOOK 2026-01-15 2026-01-15|||F||\n- unstated\n"},
        {"thousands parted by anything, brackets, a minus behind, euro around",
         "Data;Importo;Descrizione\n15/01/2026;1'234.50;A\n15/01/2026;€ 1\xC2\xA0"
         "234;B\n15/01/2026;(59.00);C\n"
         "15/01/2026;59.00- EUR;D\n15/01/2026;\xE2\x88\x92"
         "1,234,567.8;E\n15/01/2026;+.5;F\n15/01/2026;-;G\n",
         "csv []  EUR -\n1234.50 EUR in BOOK 2026-01-15 -|||A||\n1234.00 EUR in BOOK 2026-01-15 -|||B||\n"
         "59.00 EUR out BOOK 2026-01-15 -|||C||\n59.00 EUR out BOOK 2026-01-15 -|||D||\n"
         "1234567.80 EUR out BOOK 2026-01-15 -|||E||\n0.50 EUR in BOOK 2026-01-15 -|||F||\n- unstated\n"},
        {"a later row tells what the first means: thousands",
         "Data;Importo;Descrizione\n05/04/2026;1.650;A\n05/04/2026;12,30;B\n",
         "csv []  EUR -\n1650.00 EUR in BOOK 2026-04-05 -|||A||\n12.30 EUR in BOOK 2026-04-05 -|||B||\n- unstated\n"},
        {"a later row tells what the first means: decimals and months",
         "Data;Importo;Descrizione\n04/05/2026;1.650;A\n04/15/2026 11:58;12.30;B\n",
         "csv []  EUR -\n1.65 EUR in BOOK 2026-04-05 -|||A||\n12.30 EUR in BOOK 2026-04-15 -|||B||\n- unstated\n"},
        {"quotes inside a cell",
         "Data;Importo;Descrizione\n15/01/2026;1,00;BAR \"DA GINO\"\n15/01/2026;1,00;\"DA GINO\" BAR\n",
         "csv []  EUR -\n1.00 EUR in BOOK 2026-01-15 -|||BAR \"DA GINO\"||\n1.00 EUR in BOOK 2026-01-15 -|||DA GINO "
         "BAR||\n"
         "- unstated\n"},
        {"Windows-1252", "Data;Importo (\x80);Descrizione\n15/01/2026;1,00;SOCIET\xC0\n",
         "csv []  EUR -\n1.00 EUR in BOOK 2026-01-15 -|||SOCIETÀ||\n- unstated\n"},
        {"several texts are one, notes are not shown",
         "Data;Operazione;Dettagli;Note;Importo\n15/01/2026;BONIFICO;DA ROSSI;MIA;1,00\n",
         "csv []  EUR -\n1.00 EUR in BOOK 2026-01-15 -|||BONIFICO DA ROSSI||\n- unstated\n"},
        {"nothing happened", "Data;Importo;Causale\n", "csv []  EUR -\n- unstated\n"},
        {"a bank known by its columns",
         "Data Registrazione;Data valuta;Descrizione;Importo (EUR);\n15.01.2026;15.01.2026;A;1,00;\n",
         "csv-unicredit []  EUR -\n1.00 EUR in BOOK 2026-01-15 2026-01-15|||A||\n- unstated\n"},
    };
    (void)state;

    for (size_t i = 0; i < count_of(ROWS); i++) {
        assert_reads(ROWS[i].what, ROWS[i].text, strlen(ROWS[i].text), ROWS[i].read);
        read_what_is_left_of(ROWS[i].text);
    }
}

/* The same table in every encoding that banks use. */
static void encodings(void **state)
{
    static const char TEXT[] = "Data;Importo;Descrizione\r\n15/01/2026;1,00;SOCIET\xC0 \xF9\r\n";
    static const char READ[] = "csv []  EUR -\n1.00 EUR in BOOK 2026-01-15 -|||SOCIETÀ ù||\n- unstated\n";
    (void)state;

    for (int how = 0; how < 5; how++) {
        static const char *const MARKS[] = {"", "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF", ""};
        void *mem = talloc_new(NULL);
        struct text_buffer bytes = text_buffer(mem);
        struct problem why;
        char *read;

        text_put(&bytes, MARKS[how]);
        for (const unsigned char *c = (const unsigned char *)TEXT; *c; c++) {
            char wide[2] = {(char)*c, 0}, utf8[2] = {(char)(0xC0 | *c >> 6), (char)(0x80 | (*c & 0x3F))};
            if (how == 3)
                wide[0] = 0, wide[1] = (char)*c;
            if (how == 0)
                text_put_bytes(&bytes, wide, 1);
            else if (how == 1)
                text_put_bytes(&bytes, *c < 0x80 ? wide : utf8, *c < 0x80 ? 1 : 2);
            else
                text_put_bytes(&bytes, wide, 2);
        }
        assert_int_equal(note_statement(mem, bytes.bytes, bytes.length, &read, &why), DONE);
        assert_string_equal(read, READ);
        talloc_free(mem);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *text, *says;
    } ROWS[] = {
        {"uno\ndue\n", "riga 1: non è un estratto conto"},
        {"Nome;Cognome\nMARIO;ROSSI\n", "riga 1: non è un estratto conto"},
        {"\n\nData;Descrizione\n15/01/2026;A\n", "riga 3: tra le colonne non si trova l'importo"},
        {"Importo;Descrizione\n1,00;A\n", "riga 1: tra le colonne non si trova la data"},
        {"Data;Importo;Saldo\n15/01/2026;1,00;1,00\n", "non si trova la descrizione"},
        {"Data;Avere;Descrizione\n15/01/2026;1,00;A\n", "non si trova l'importo"},
        {"Data;Importo;Descrizione\n32/01/2026;1,00;A\n", "riga 2: la data «32/01/2026»"},
        {"Data;Importo;Descrizione\n15 gen 2026;1,00;A\n", "riga 2: la data «15 gen 2026»"},
        {"Data;Importo;Descrizione\ngiovedì;1,00;A\n", "riga 2: un movimento non ha data"},
        {"Data;Importo;Descrizione\n;1,00;A\n", "riga 2: un movimento non ha data"},
        {"Data;Importo;Descrizione\n15/01/2026;A;B\n", "riga 2: l'importo «A»"},
        {"Data;Importo;Descrizione\n15/01/2026;1,00;A\n15/01/2026;1.2.3,00;A\n", "riga 3: l'importo"},
        {"Data;Importo;Descrizione\n15/01/2026;1,00;A\n15/01/2026;1.00;A\n", "riga 3: l'importo «1.00»"},
        {"Data;Importo;Descrizione\n15/01/2026;12-34,00;A\n", "riga 2: l'importo"},
        {"Data;Importo;Descrizione\n15/01/2026;--1,00;A\n", "riga 2: l'importo"},
        {"Data;Importo;Descrizione\n15/01/2026;(1,00;A\n", "riga 2: l'importo"},
        {"Data;Importo;Descrizione\n15/01/2026;1234567890123456789,00;A\n", "riga 2: l'importo"},
        {"Data;Importo;Descrizione\n15/01/2026;1.650;A\n", "riga 2: non si capisce se il segno in «1.650»"},
        {"Data;Dare;Avere;Descrizione\n15/01/2026;1,00;1,00;A\n", "riga 2: un movimento è sia a debito"},
        {"Data;Importo;Segno;Descrizione\n15/01/2026;1,00;;A\n", "riga 2: il segno"},
        {"Data;Descrizione;Importo\n15/01/2026;A;1,00;2,00\n", "riga 2: ci sono più campi"},
        {"Data;Descrizione;Importo\n15/01/2026;A; B;1,00\n", "riga 2: l'importo «B»"},
        {"Data;Descrizione;Importo\n15/01/2026;\"A;1,00\n", "riga 2: virgolette aperte"},
    };
    (void)state;

    for (size_t i = 0; i < count_of(ROWS); i++)
        assert_refused(ROWS[i].text, strlen(ROWS[i].text), ROWS[i].says);
}

/* A bank's table from its middle on, with more before its header and its rows in another order, gives the same lines.
 */
static void overlapping_tables_agree(void **state)
{
    static const char HEADER[] = "Data;Importo;Descrizione;Note\n";
    static const char *const MOVEMENTS[] = {"15/01/2026;10,98;RINNOVO;\n", "15/01/2026;10,98;RINNOVO;\n",
                                            "16/01/2026;5,00;ALTRO;mia nota\n"};
    void *mem = talloc_new(NULL);
    char *whole, *part, *rest;
    struct problem why;
    (void)state;

    char *all = talloc_asprintf(mem, "%s%s%s%s", HEADER, MOVEMENTS[0], MOVEMENTS[1], MOVEMENTS[2]);
    char *some = talloc_asprintf(mem, "Conto;1\nPeriodo;16/01/2026\n%s%s;;Totale;\n%s", HEADER, "16/01/2026;5;ALTRO;\n",
                                 MOVEMENTS[0]);
    assert_int_equal(note_statement(mem, all, strlen(all), &whole, &why), DONE);
    assert_int_equal(note_statement(mem, some, strlen(some), &part, &why), DONE);
    rest = strchr(part, '\n') + 1;
    *strstr(rest, "- unstated") = '\0';
    for (char *line = rest, *next; *line; line = next) {
        next = strchr(line, '\n') + 1;
        assert_non_null(strstr(whole, talloc_strndup(mem, line, (size_t)(next - line))));
    }
    talloc_free(mem);
}

/* ---- Banks' own ---- */

struct sums {
    size_t count[2];
    amount_units sum[2];
    char format[32];
};

static enum outcome add(void *arg, const struct statement_payment *p)
{
    struct sums *s = arg;
    amount_units units;

    assert_true(amount_parse(p->amount_text, &units));
    assert_true(p->booked_on.n || p->value_on.n);
    assert_true(*p->remittance);
    s->count[p->credit]++;
    s->sum[p->credit] += units;
    return DONE;
}

static enum outcome format(void *arg, const struct statement_head *head)
{
    snprintf(((struct sums *)arg)->format, sizeof((struct sums *)arg)->format, "%s", head->format);
    return DONE;
}

static amount_units units_of(const json_t *object, const char *key)
{
    amount_units units = 0;

    assert_true(amount_parse(json_string_value(json_object_get(object, key)), &units));
    return units;
}

/* The other reading took every row with an amount for a movement. Where a table also sums up, those rows are named here
 * with what they add there: no movement is among them. */
static const struct {
    const char *name, *format;
    size_t credits, debits; /* rows that sum up, by the side on which the other reading counted them */
    amount_units credit, debit;
} BANKS[] = {
    {"ch.banana.filter.import.finecobank#example_01.csv", "csv-fineco", 0, 0, 0, 0},
    {"csv_bancaannia_example_format1_20230619.csv", "csv-bancaannia", 0, 0, 0, 0},
    {"csv_bps_example_format1_20150227.csv", "csv-bps", 0, 0, 0, 0},
    {"csv_intesa_example_format1_20232209.csv", "csv-intesa", 0, 0, 0, 0},
    /* "Saldo contabile iniziale 13135.57", "Saldo contabile finale 36490.93" */
    {"csv_intesa_example_format2_20240522.csv", "csv-intesa", 0, 2, 0, 4962650000},
    {"csv_unicredit_example_format2_20250225.csv", "csv-unicredit", 0, 0, 0, 0},
    {"xls_bancadelpiemonte_example_format1_20241230.csv", "csv-bancadelpiemonte", 0, 0, 0, 0},
    /* "Totale Entrate 2450.00", "Totale Uscite 2450.79" */
    {"xls_creditagricole_example_format1_20241230.csv", "csv-creditagricole", 2, 0, 490079000, 0},
};

static void agrees_with_the_independent_reading(void **state)
{
    (void)state;
    const char *source = getenv("CASELLA_SOURCE");
    void *mem = talloc_new(NULL);
    char *folder = talloc_asprintf(mem, "%s/../shared/data/bankcsv", source ? source : ".");
    json_t *all = json_load_file(talloc_asprintf(mem, "%s/expected.json", folder), 0, NULL);

    if (!all) {
        print_message("no %s: skipped\n", folder);
        talloc_free(mem);
        skip();
    }
    assert_int_equal(json_object_size(all), count_of(BANKS));
    for (size_t i = 0; i < count_of(BANKS); i++) {
        const json_t *expected = json_object_get(all, BANKS[i].name);
        struct sums s = {0};
        const struct statement_sink sink = {.begin = format, .payment = add, .arg = &s};
        struct problem why = {0};
        int file = open(talloc_asprintf(mem, "%s/%s", folder, BANKS[i].name), O_RDONLY | O_CLOEXEC);

        assert_true(file >= 0);
        print_message("%s\n", BANKS[i].name);
        enum outcome o = statement_read(file, &sink, &why);
        assert_string_equal(why.detail, "");
        assert_int_equal(o, DONE);
        assert_string_equal(s.format, BANKS[i].format);
        assert_int_equal(s.count[1] + BANKS[i].credits, json_integer_value(json_object_get(expected, "credits")));
        assert_int_equal(s.count[0] + BANKS[i].debits, json_integer_value(json_object_get(expected, "debits")));
        assert_true(s.sum[1] + BANKS[i].credit == units_of(expected, "credit_sum"));
        assert_true(s.sum[0] + BANKS[i].debit == units_of(expected, "debit_sum"));
        close(file);
    }
    json_decref(all);
    talloc_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples),
        cmocka_unit_test(encodings),
        cmocka_unit_test(refused),
        cmocka_unit_test(overlapping_tables_agree),
        cmocka_unit_test(agrees_with_the_independent_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
