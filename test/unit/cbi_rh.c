/* CBI's flow RH: the reference's sample, each kind of record, and files that must be refused. */
#include "base/text.h"
#include "link/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

#include "statement_file.h"
#include "statement_note.h"

#define RH  " RH03268AB1CD150126RH-20260115-0001\n"
#define R61 " 610000001                  93001C/C ORDINARIO   CCC0326803203052886541770EUR150126C000000001000,00IT62\n"
#define R62                                                                                                            \
    " 620000001001150126150126C000000000010,9848BF                0326826015000001         BONIFICO A VOSTRO FAVORE\n"
#define YYY " 630000001001YYY14012026RSSMRA80A01H501UROSSI MARIO                             MILANO\n"
#define YY2 " 630000001001YY2VIA MILANO 2                                      IT60X0542811101000000123456\n"
#define ID1 " 630000001001ID1                                   NOTPROVIDED\n"
#define RI1 " 630000001001RI1RINNOVO PEC ORDINE RLM95055 RIF 202600009505571\n"
#define R64 " 640000001EUR150126C000000001010,98C000000001010,98\n"
#define EF(reports, records)                                                                                           \
    " EF03268AB1CD150126RH-20260115-0001          " reports "                              " records "\n"
#define BEGIN RH R61
#define END   R64 EF("0000001", "0000005")
#define READ  "cbi-rh [RH-20260115-0001 0000001] IT62C0326803203052886541770 EUR 1000.00\n"

static void samples(void **state)
{
    static const struct {
        const char *what, *text, *read;
    } ROWS[] = {
        {"the reference's own sample", RH R61 R62 YYY YY2 ID1 RI1 R64 EF("0000001", "0000009"),
         READ "10.98 EUR in BOOK 2026-01-15 2026-01-15|ROSSI MARIO|IT60X0542811101000000123456|RINNOVO PEC ORDINE "
              "RLM95055 RIF 202600009505571||0326826015000001\n1010.98 right\n"},
        {"the description alone", BEGIN R62 END,
         READ "10.98 EUR in BOOK 2026-01-15 2026-01-15|||BONIFICO A VOSTRO FAVORE||0326826015000001\n1010.98 right\n"},
        {"a remittance cut after 104 places, and an end-to-end id",
         BEGIN R62
         " 630000001001RI1RINNOVO DELLA CASELLA DI POSTA CERTIFICATA STUDIO ROSSI E ASSOCIATI VIA MILANO 2 BUSTO ARRSI "
         "RIF 2026000\n"
         " 630000001001RI209505571 GRAZIE\n"
         " 630000001001ID1MSG                                ORD-7\n" R64 EF("0000001", "0000008"),
         READ "10.98 EUR in BOOK 2026-01-15 2026-01-15|||RINNOVO DELLA CASELLA DI POSTA CERTIFICATA STUDIO ROSSI E "
              "ASSOCIATI VIA MILANO 2 BUSTO ARRSI RIF 202600009505571 GRAZIE|ORD-7|0326826015000001\n1010.98 right\n"},
        {"free text, cut anywhere; other records are no text",
         BEGIN R62 " 630000001001KKKRAPPORTO\n 630000001001ZZ1000000000000001098EUR\n"
                   " 630000001001ORDINANT ROSSI MARIO PER IL RINNOVO DELLA CASELLA DI POSTA ELETTRONICA CERTIFICATA "
                   "DELLO STUDIO RIF 2026000\n"
                   " 63000000100109505571\n" R64 EF("0000001", "0000009"),
         READ "10.98 EUR in BOOK 2026-01-15 2026-01-15|||ORDINANT ROSSI MARIO PER IL RINNOVO DELLA CASELLA DI POSTA "
              "ELETTRONICA CERTIFICATA DELLO STUDIO RIF 202600009505571||0326826015000001\n1010.98 right\n"},
        {"a long name goes before a short one; beneficiary, reason and more",
         BEGIN R62 YYY " 630000001001ZZ2ROSSI MARIO E ASSOCIATI SOCIETA TRA PROFESSIONISTI\n"
                       " 630000001001ZZ3NOI                                               RIF 202600009505571\n"
                       " 630000001001/ZZ4/DI PIU\n" R64 EF("0000001", "0000009"),
         READ "10.98 EUR in BOOK 2026-01-15 2026-01-15|ROSSI MARIO E ASSOCIATI SOCIETA TRA PROFESSIONISTI||DI "
              "PIU||0326826015000001\n1010.98 right\n"},
        {"storno: money out that undoes, money in that undoes; a debit has no debtor",
         BEGIN " 620000001001150126150126D000000000010,9868\n" YYY
               " 620000001002      000000C000000000021,9668\n" R64 EF("0000001", "0000007"),
         READ "10.98 EUR out reversal BOOK 2026-01-15 2026-01-15|||||\n"
              "21.96 EUR in reversal BOOK 2026-01-15 -|||||\n1010.98 right\n"},
        {"no IBAN: from CIN, ABI, CAB and account; overdrawn; what will be available",
         RH " 610000001                  93001C/C ORDINARIO   CC 0326803203052886541770   150126D000000000010,98\n" R62
            " 640000001EUR150126C000000000000,00C000000001010,98\n 650000001160126C000000000001,00\n" EF("0000001",
                                                                                                         "0000006"),
         "cbi-rh [RH-20260115-0001 0000001] IT62C0326803203052886541770 EUR -10.98\n"
         "10.98 EUR in BOOK 2026-01-15 2026-01-15|||BONIFICO A VOSTRO FAVORE||0326826015000001\n0.00 right\n"},
        {"two reports, two flows, blank lines, CR LF",
         RH R61 R62 R64 "\r\n" R61 R62 R64 EF("0000002", "0000008") "   \r\n" BEGIN R62 END,
         READ
         "10.98 EUR in BOOK 2026-01-15 2026-01-15|||BONIFICO A VOSTRO FAVORE||0326826015000001\n1010.98 right\n" READ
         "10.98 EUR in BOOK 2026-01-15 2026-01-15|||BONIFICO A VOSTRO FAVORE||0326826015000001\n1010.98 right\n" READ
         "10.98 EUR in BOOK 2026-01-15 2026-01-15|||BONIFICO A VOSTRO FAVORE||0326826015000001\n1010.98 right\n"},
        {"letters with accents do not move what follows, in UTF-8 and in Windows-1252",
         BEGIN R62
         " 630000001001YYY14012026RSSMRA80A01H501UNICOLÒ È                                MILANO\n"
         " 630000001001YY2VIA FORL\xCC"
         "                                         IT60X0542811101000000123456\n" R64 EF("0000001", "0000007"),
         READ "10.98 EUR in BOOK 2026-01-15 2026-01-15|NICOLÒ È|IT60X0542811101000000123456|BONIFICO A VOSTRO "
              "FAVORE||0326826015000001\n1010.98 right\n"},
    };
    (void)state;

    for (size_t i = 0; i < count_of(ROWS); i++) {
        assert_reads(ROWS[i].what, ROWS[i].text, strlen(ROWS[i].text), ROWS[i].read);
        read_what_is_left_of(ROWS[i].text);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *text, *says;
    } ROWS[] = {
        {RH, "riga 1: il file finisce a metà"},
        {BEGIN R62, "riga 3: il file finisce a metà"},
        {BEGIN R62 R64, "riga 4: il file finisce a metà"},
        {RH EF("0000000", "0000002"), "nessun rendiconto"},
        {BEGIN R62 R64 EF("0000002", "0000005"), "riga 5: il flusso ha 1 rendiconti e dice di averne 2"},
        {BEGIN R62 R64 EF("0000001", "0000006"), "riga 5: il flusso ha 5 record e dice di averne 6"},
        {BEGIN R62 R64 EF("       ", "0000005"), "non dice quanti"},
        {BEGIN R62 R64 " EF03268AB1CD150126RH-20260115-0002          0000001                              0000005\n",
         "non è di questo flusso"},
        {RH R62, "riga 2: un movimento (62) sta fuori"},
        {RH RI1, "riga 2: un record 63 non segue"},
        {BEGIN R62 " 630000001002RI1ALTRO\n", "riga 4: un record 63 non segue"},
        {BEGIN R62 R64 RI1, "riga 5: un record 63 non segue"},
        {RH R64, "riga 2: un saldo finale (64) non è"},
        {BEGIN " 640000002EUR150126C000000001000,00\n", "riga 3: un saldo finale (64) non è"},
        {BEGIN R61, "riga 3: il rendiconto precedente non ha"},
        {BEGIN EF("0000001", "0000003"), "riga 3: l'ultimo rendiconto non ha"},
        {BEGIN " 650000001\n", "riga 3: un record 65"},
        {RH RH, "riga 2: comincia un flusso"},
        {RH R61 R62 R64 EF("0000001", "0000005") R61, "riga 6: il record sta fuori"},
        {RH " 99\n", "riga 2: il record « 99» non è"},
        {BEGIN " 620000001001320126150126C000000000010,9848\n", "riga 3: una data"},
        {BEGIN " 620000001001150126150126X000000000010,9848\n", "riga 3: il segno"},
        {BEGIN " 620000001001150126150126C000000000010.9848\n", "riga 3: il segno"},
        {BEGIN " 620000001001150126150126C\n", "riga 3: il segno"},
        {RH " 610000001                  93001C/C ORDINARIO   CCC0326803203052886541770E1R150126C000000001000,00IT62\n",
         "riga 2: la valuta"},
        {RH " 610000001                  93001C/C ORDINARIO   CCC0326803203052886541770EUR159926C000000001000,00IT62\n",
         "riga 2: la data contabile"},
        {RH " 610000001                  93001C/C ORDINARIO   CCC0326803203052886541770EUR150126C           1000IT62\n",
         "riga 2: il saldo iniziale"},
        {BEGIN " 640000001EUR150126C\n", "riga 3: il saldo finale non è scritto"},
        {RH
         " 61XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
         "XXXXXXXXXXXXXXXXX\n",
         "riga 2: il record è più lungo"},
    };
    (void)state;

    for (size_t i = 0; i < count_of(ROWS); i++)
        assert_refused(ROWS[i].text, strlen(ROWS[i].text), ROWS[i].says);
}

/* A sum that does not hold is refused, and shown to who only looks. */
static void wrong_sum(void **state)
{
    static const char *const FILES[] = {
        BEGIN R62 R62 R64 EF("0000001", "0000006"),
        BEGIN R62 " 640000001USD150126C000000001010,98\n" EF("0000001", "0000005"),
    };
    (void)state;

    for (size_t i = 0; i < count_of(FILES); i++) {
        void *mem = talloc_new(NULL);
        int file = file_of(FILES[i], strlen(FILES[i]));
        json_t *described = NULL;
        struct problem why;
        char *read;

        assert_int_equal(note_statement(mem, FILES[i], strlen(FILES[i]), &read, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_STATEMENT_BALANCE);
        assert_int_equal(statement_json(file, &described, &why), DONE);
        json_t *statement = json_array_get(json_object_get(described, "statements"), 0);
        assert_string_equal(json_string_value(json_object_get(described, "format")), "cbi-rh");
        assert_string_equal(json_string_value(json_object_get(statement, "balance_check")), "wrong");
        assert_string_equal(json_string_value(json_object_get(statement, "closing")), "1010.98");
        json_decref(described);
        close(file);
        talloc_free(mem);
    }
}

/* Texts without end are refused; as many as a movement may have are not. */
static void too_many_texts(void **state)
{
    (void)state;
    for (size_t count = 100; count <= 100000; count *= 1000) {
        void *mem = talloc_new(NULL);
        struct text_buffer text = text_buffer(mem);
        struct problem why;
        char *read;

        text_put(&text, BEGIN R62);
        for (size_t i = 0; i < count; i++)
            text_put(&text, " 630000001001RI1RINNOVO\n");
        text_put(&text, R64 EF("0000001", "0000105"));
        assert_int_equal(note_statement(mem, text.bytes, text.length, &read, &why), count == 100 ? DONE : REFUSED);
        assert_non_null(strstr(why.detail, count == 100 ? "" : "troppi testi"));
        talloc_free(mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples),
        cmocka_unit_test(refused),
        cmocka_unit_test(wrong_sum),
        cmocka_unit_test(too_many_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
