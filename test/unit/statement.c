/* Statements that no bank wrote: invented ones for each rule, hostile ones that must be refused, and our own writer's.
 */
#include "link/statement.h"
#include "base/text.h"
#include "sandbox/camt_write.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <talloc.h>

#include <cmocka.h>

#include <iconv.h>
#include <libxml/xmlschemas.h>

#include "english.h"
#include "statement_file.h"

#define NAMESPACE "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
#define HEAD      "<Document xmlns=\"" NAMESPACE "\"><BkToCstmrStmt><Stmt><Id>S1</Id>" ACCOUNT
#define ACCOUNT   "<Acct><Id><IBAN>IT62C0326803203052886541770</IBAN></Id><Ccy>EUR</Ccy></Acct>"
#define BALANCE(code, amount)                                                                                          \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount                                   \
    "</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
#define TAIL "</Stmt></BkToCstmrStmt></Document>"
#define ENTRY(amount, rest)                                                                                            \
    "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>" rest "</Ntry>"
#define DETAILS(inner) "<NtryDtls>" inner "</NtryDtls>"

/* What was read, one line a payment: "amount currency direction status debtor|iban|remittance|reference". */
static enum outcome note(void *arg, const struct statement_payment *payment)
{
    static const char *const STATUS[] = {"BOOK", "PDNG", "INFO"};
    struct text_buffer *out = arg;

    text_put_format(out, "%s%s %s %s%s %s %s|%s|%s|%s\n", *payment->amount_text ? payment->amount_text : "?",
                    payment->amount_fits ? "" : "!", payment->currency, payment->credit ? "in" : "out",
                    payment->reversal ? " reversal" : "", STATUS[payment->status], payment->debtor,
                    payment->debtor_iban, payment->remittance, payment->bank_reference);
    return DONE;
}

static enum outcome read_bytes(void *mem, const void *bytes, size_t length, char **read, struct problem *why)
{
    struct text_buffer out = text_buffer(mem);
    const struct statement_sink sink = {.payment = note, .arg = &out};
    int file = file_of(bytes, length);

    *why = (struct problem){0};
    assert_true(file >= 0);
    enum outcome o = statement_read(file, &sink, why);
    close(file);
    *read = out.bytes ? out.bytes : "";
    return o;
}

static void payments(void **state)
{
    static const struct {
        const char *what, *xml, *read;
    } ROWS[] = {
        {"no details: the entry itself", HEAD ENTRY("10.98", "<AddtlNtryInf>RIF 1</AddtlNtryInf>") TAIL,
         "10.98 EUR in BOOK ||RIF 1|\n"},
        {"one detail takes the entry's amount and text",
         HEAD ENTRY(
             "10.98",
             DETAILS(
                 "<TxDtls><RltdPties><Dbtr><Nm> Mario\n Rossi </Nm></Dbtr></RltdPties></TxDtls>") "<AddtlNtryInf>RIF "
                                                                                                  "1</AddtlNtryInf>")
             TAIL,
         "10.98 EUR in BOOK Mario  Rossi||RIF 1|\n"},
        {"a batch gives each its own, and keeps its text for itself",
         HEAD ENTRY("30.00",
                    "<AcctSvcrRef>E</AcctSvcrRef>" DETAILS(
                        "<TxDtls><Refs><AcctSvcrRef>T</AcctSvcrRef></Refs><Amt Ccy=\"EUR\">10.00</Amt></TxDtls>"
                        "<TxDtls><Amt Ccy=\"EUR\">20</Amt></TxDtls>") "<AddtlNtryInf>X</AddtlNtryInf>") TAIL,
         "10.00 EUR in BOOK |||T\n20 EUR in BOOK |||E\n"},
        {"what a batch leaves over belongs to the one without amount",
         HEAD ENTRY("30.00", DETAILS("<TxDtls><RmtInf><Ustrd>A</Ustrd></RmtInf></TxDtls>"
                                     "<TxDtls><Amt Ccy=\"EUR\">20</Amt></TxDtls>")) TAIL,
         "20 EUR in BOOK |||\n10.00 EUR in BOOK ||A|\n"},
        {"several without amount are one payment",
         HEAD ENTRY("30.00", DETAILS("<TxDtls><RmtInf><Ustrd>A</Ustrd></RmtInf></TxDtls>"
                                     "<TxDtls><RmtInf><Ustrd>B</Ustrd></RmtInf></TxDtls>")) TAIL,
         "30.00 EUR in BOOK ||A B|\n"},
        {"nothing left over: not known",
         HEAD ENTRY("30.00", DETAILS("<TxDtls><Amt Ccy=\"EUR\">30</Amt></TxDtls><TxDtls/>")) TAIL,
         "30 EUR in BOOK |||\n?! EUR in BOOK |||\n"},
        {"a debit among credits is no credit",
         HEAD ENTRY("30.00", DETAILS("<TxDtls><Amt Ccy=\"EUR\">40</Amt></TxDtls>"
                                     "<TxDtls><Amt Ccy=\"EUR\">10</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>")) TAIL,
         "40 EUR in BOOK |||\n10 EUR out BOOK |||\n"},
        {"another currency stays another",
         HEAD ENTRY("30.00", DETAILS("<TxDtls><Amt Ccy=\"USD\">35</Amt></TxDtls>")) TAIL, "35 USD in BOOK |||\n"},
        {"more decimals than cents", HEAD ENTRY("8.85012", "") TAIL, "8.85012! EUR in BOOK |||\n"},
        {"zeros are no decimals", HEAD ENTRY("8.85000", "") TAIL, "8.85000 EUR in BOOK |||\n"},
        {"an own status never counts as booked",
         HEAD "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Prtry>BOOK</Prtry></Sts></Ntry>" TAIL,
         "1 EUR in INFO |||\n"},
        {"pending and reversed",
         HEAD
         "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts>PDNG</Sts></Ntry>" TAIL,
         "1 EUR in reversal PDNG |||\n"},
        {"an account without IBAN; structured and end-to-end",
         HEAD ENTRY(
             "1",
             DETAILS(
                 "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><UltmtDbtr><Pty><Nm>U</Nm></Pty>"
                 "</UltmtDbtr><DbtrAcct><Id><Othr><Id>7</Id></Othr></Id></DbtrAcct></"
                 "RltdPties><RmtInf><Strd><CdtrRefInf>"
                 "<Ref>RF1</Ref></CdtrRefInf></Strd><Ustrd>A &amp; &#x42;<![CDATA[<C>]]></Ustrd></RmtInf></TxDtls>"))
             TAIL,
         "1 EUR in BOOK U|7|A & B<C> RF1|\n"},
        {"the balances hold", HEAD BALANCE("PRCD", "5") BALANCE("CLBD", "6.10") ENTRY("1.1", "") TAIL,
         "1.1 EUR in BOOK |||\n"},
        {"CBI's envelope and prefixes",
         "<a:CBIBdyBkToCstmrStmtReq xmlns:a=\"urn:CBI:xsd:CBIBdyBkToCstmrStmtReq.00.01.02\" "
         "xmlns:b=\"urn:x\"><a:PhyMsgInf/>"
         "<a:CBIEnvelBkToCstmrStmtReqLogMsg><b:CBIDlyStmtReqLogMsg><b:Stmt><b:Id>1</b:Id><b:Ntry><b:Amt "
         "Ccy=\"EUR\">2.00</b:Amt>"
         "<b:CdtDbtInd>CRDT</b:CdtDbtInd><b:Sts>BOOK</b:Sts><b:BookgDt><b:Dt>2026-01-15+01:00</b:Dt></b:BookgDt></"
         "b:Ntry></b:Stmt>"
         "</b:CBIDlyStmtReqLogMsg></a:CBIEnvelBkToCstmrStmtReqLogMsg></a:CBIBdyBkToCstmrStmtReq>",
         "2.00 EUR in BOOK |||\n"},
        {"CR LF, a comment, an unknown namespace",
         "<?xml version=\"1.0\"?>\r\n<!-- & -->\r\n<Document xmlns=\"urn:x\">\r\n<BkToCstmrStmt><Stmt>" ENTRY("1", "")
             TAIL "\r\n",
         "1 EUR in BOOK |||\n"},
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        struct problem why;
        char *read;
        print_message("%s\n", ROWS[i].what);
        enum outcome o = read_bytes(mem, ROWS[i].xml, strlen(ROWS[i].xml), &read, &why);
        assert_string_equal(why.detail, "");
        assert_int_equal(o, DONE);
        assert_string_equal(read, ROWS[i].read);
        talloc_free(mem);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *xml, *part; /* what the complaint must hold */
    } ROWS[] = {
        {"", "riga 1: il file è vuoto"},
        {"   \n", "riga 1: non è un estratto conto"},
        {"1\n2\n3\n", "riga 1: non è un estratto conto"},
        {"\x89PNG\r\n\x1a\n", "non è un estratto conto"},
        {"%PDF-1.7\n", "è un PDF"},
        {"PK\003\004xyz", "archivio ZIP"},
        {"<html><body/></html>", "XML di altro genere"},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03\"><CstmrCdtTrfInitn/></Document>",
         "altro messaggio"},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.01\"/>", "versione 01"},
        {"<Document/>", "nessun estratto conto"},
        {"<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>", "nessun estratto conto"},
        {"<!DOCTYPE Document SYSTEM \"file:///etc/passwd\"><Document/>", "DOCTYPE"},
        {"<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><Document>&b;</Document>",
         "DOCTYPE"},
        {"<!DOCTYPE d [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/x\">%p;]><Document/>", "DOCTYPE"},
        {HEAD "<Id>&passwd;</Id>" TAIL, "abbreviazione"},
        {HEAD "\n\n<Ntry><CdtDbtInd>CRDT</CdtDbtInd>\n<Sts>BOOK</Sts></Ntry>" TAIL,
         "riga 4: un movimento non dice l'importo"},
        {HEAD "<Ntry><Amt Ccy=\"EUR\">1</Amt><Sts>BOOK</Sts></Ntry>" TAIL, "non dice il segno"},
        {HEAD "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>" TAIL, "non dice lo stato"},
        {HEAD ENTRY("8,85", "") TAIL, "non è un numero"},
        {HEAD ENTRY("-1", "") TAIL, "non è un numero"},
        {HEAD ENTRY("", "") TAIL, "non è un numero"},
        {HEAD ENTRY("1e3", "") TAIL, "non è un numero"},
        {HEAD ENTRY("0.000001", "") TAIL, "non è un numero"},
        {HEAD ENTRY("1234567890123456789", "") TAIL, "non è un numero"},
        {HEAD ENTRY("1", "<BookgDt><Dt>2026-02-30</Dt></BookgDt>") TAIL, "una data"},
        {HEAD ENTRY("1", "<BookgDt><Dt>15/01/2026</Dt></BookgDt>") TAIL, "una data"},
        {HEAD "<Ntry><Amt Ccy=\"euro\">1</Amt></Ntry>" TAIL, "la valuta"},
        {HEAD "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>AVERE</CdtDbtInd></Ntry>" TAIL, "né CRDT né DBIT"},
        {HEAD "<a><b></a></b>" TAIL, "si chiude con il nome di un altro"},
        {HEAD "<Acct x=\"1\" x=\"2\"/>" TAIL, "non è scritto bene"},
        {HEAD TAIL "<Document/>", "riga 1"},
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>" HEAD "<Id>\xE8</Id>" TAIL, "codifica"},
        {"<?xml version=\"1.0\" encoding=\"KLINGON\"?>" HEAD TAIL, "codifica"},
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        struct problem why;
        char *read;
        assert_int_equal(read_bytes(mem, ROWS[i].xml, strlen(ROWS[i].xml), &read, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
        if (!strstr(why.detail, ROWS[i].part))
            fail_msg("%.80s: \"%s\" does not say \"%s\"", ROWS[i].xml, why.detail, ROWS[i].part);
        assert_english(why.detail);
        talloc_free(mem);
    }
}

static void wrong_balance(void **state)
{
    static const char *const ROWS[] = {
        HEAD BALANCE("OPBD", "5") BALANCE("CLBD", "7") ENTRY("1", "") TAIL,
        HEAD BALANCE("OPBD", "5") BALANCE("PRCD", "6") BALANCE("CLBD", "7") ENTRY("1", "")
            TAIL, /* OPBD goes before PRCD */
        HEAD BALANCE("OPBD", "5") BALANCE("CLBD", "5.00001") TAIL,
        HEAD BALANCE("OPBD", "5")
            BALANCE("CLBD", "6") "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>" TAIL,
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        struct problem why;
        char *read;
        json_t *described = NULL;
        assert_int_equal(read_bytes(mem, ROWS[i], strlen(ROWS[i]), &read, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_STATEMENT_BALANCE);
        int file = file_of(ROWS[i], strlen(ROWS[i]));
        assert_int_equal(statement_json(file, &described, &why), DONE);
        close(file);
        json_t *statement = json_array_get(json_object_get(described, "statements"), 0);
        assert_string_equal(json_string_value(json_object_get(statement, "balance_check")), "wrong");
        json_decref(described);
        talloc_free(mem);
    }
}

static void described(void **state)
{
    static const char XML[] = HEAD BALANCE("OPBD", "500000") BALANCE("CLBD", "500010.98012")
        ENTRY("10.9", "<BookgDt><Dt>2026-01-15</Dt></BookgDt>")
            ENTRY("0.08012", "") "<Ntry><Amt Ccy=\"EUR\">3</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>INFO</Sts></Ntry>" TAIL;
    static const char EXPECTED[] =
        "{\"format\":\"camt.053.001.08\",\"statements\":[{\"account\":\"IT62C0326803203052886541770\",\"opening\":"
        "\"500000.00\","
        "\"closing\":\"500010.98012\",\"balance_check\":\"ok\",\"credits\":[{\"amount\":\"10.90\",\"currency\":\"EUR\","
        "\"booked_on\":\"2026-01-15\",\"value_on\":null,\"debtor\":null,\"debtor_iban\":null,\"remittance\":null,"
        "\"bank_reference\":null,\"status\":\"BOOK\"},{\"amount\":\"0.08012\",\"currency\":\"EUR\",\"booked_on\":null,"
        "\"value_on\":null,\"debtor\":null,\"debtor_iban\":null,\"remittance\":null,\"bank_reference\":null,\"status\":"
        "\"BOOK\"}]}]}";
    json_t *object = NULL;
    struct problem why = {0};
    int file = file_of(XML, strlen(XML));
    (void)state;

    assert_int_equal(statement_json(file, &object, &why), DONE);
    close(file);
    char *text = json_dumps(object, JSON_COMPACT);
    assert_string_equal(text, EXPECTED);
    free(text);
    json_decref(object);
}

static char *written(void *mem)
{
    static const struct camt_movement MOVEMENTS[] = {
        {.amount = {1098},
         .debtor = "Mario & <Rossi>",
         .debtor_iban = "IT60X0542811101000000123456",
         .remittance = "RIF 202600009505571"},
        {.amount = {500}, .debit = true, .remittance = "commissioni"},
        {.amount = {700}, .status = ENTRY_PENDING, .remittance = "in arrivo"},
        {.amount = {1098}, .reversal = true, .booked_on = {20468}, .end_to_end_id = "E2E", .bank_reference = "REF"},
        {.amount = {900},
         .currency = "USD",
         .debtor = "Zoë \u00A0\x01\n",
         .remittance = "una causale di più di centoquaranta caratteri, perché la banca la taglia in righe: "
                       "èèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèè"
                       "èèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèè fine"},
    };
    const struct camt_statement statement = {.id = "20260115-0001",
                                             .iban = "IT62C0326803203052886541770",
                                             .currency = "EUR",
                                             .sequence = 15,
                                             .created = {1768500000000000},
                                             .day = {20468},
                                             .opening = {-100},
                                             .movements = MOVEMENTS,
                                             .movement_count = count_of(MOVEMENTS)};
    struct problem why = {0};
    char *xml = NULL;

    assert_int_equal(camt_write(mem, &statement, &xml, &why), DONE);
    return xml;
}

static void our_own_reads_back(void **state)
{
    void *mem = talloc_new(NULL);
    char *xml = written(mem), *read;
    struct problem why;
    (void)state;

    enum outcome o = read_bytes(mem, xml, strlen(xml), &read, &why);
    assert_string_equal(why.detail, "");
    assert_int_equal(o, DONE);
    assert_true(text_starts(
        read, "10.98 EUR in BOOK Mario & <Rossi>|IT60X0542811101000000123456|RIF 202600009505571|20260115-0001-1\n"
              "5.00 EUR out BOOK ||commissioni|20260115-0001-2\n"
              "7.00 EUR in PDNG ||in arrivo|20260115-0001-3\n"
              "10.98 EUR in reversal BOOK |||REF\n9.00 USD in BOOK Zoë"));
    assert_non_null(strstr(xml, "<Amt Ccy=\"EUR\">15.96</Amt>")); /* -1.00 + 10.98 - 5.00 + 10.98 */
    talloc_free(mem);
}

static void our_own_is_valid(void **state)
{
    const char *source = getenv("CASELLA_SOURCE");
    void *mem = talloc_new(NULL);
    char *path = talloc_asprintf(mem, "%s/../shared/data/camt/xsd/camt.053.001.08.xsd", source ? source : "."),
         *xml = written(mem);
    (void)state;

    if (access(path, R_OK) != 0) {
        print_message("no %s: skipped\n", path);
        talloc_free(mem);
        skip();
    }
    xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(path);
    xmlSchema *schema = xmlSchemaParse(parser);
    assert_non_null(schema);
    xmlSchemaValidCtxt *valid = xmlSchemaNewValidCtxt(schema);
    xmlDoc *document = xmlReadMemory(xml, (int)strlen(xml), "written", NULL, XML_PARSE_NONET);
    assert_int_equal(xmlSchemaValidateDoc(valid, document), 0);
    xmlFreeDoc(document);
    xmlSchemaFreeValidCtxt(valid);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    talloc_free(mem);
}

static void cut_short_anywhere(void **state)
{
    void *mem = talloc_new(NULL);
    char *xml = written(mem), *read;
    struct problem why;
    size_t length = strlen(xml) - 1; /* without the last newline */
    (void)state;

    for (size_t cut = 0; cut < length; cut += cut + 200 < length ? length / 199 : 1) {
        assert_int_equal(read_bytes(mem, xml, cut, &read, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
        if (cut > 200 && !strstr(why.detail, "finisce a metà"))
            fail_msg("cut at %zu: %s", cut, why.detail);
    }
    talloc_free(mem);
}

/* The same statement in the encodings banks use. */
static void encodings(void **state)
{
    static const struct {
        const char *name, *declaration;
    } ROWS[] = {
        {"UTF-16", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>"},
        {"ISO-8859-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"},
        {"WINDOWS-1252", "<?xml version=\"1.0\" encoding=\"windows-1252\"?>"},
        {"ISO-8859-15", "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?>"},
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        char *xml =
            talloc_asprintf(mem, "%s%s", ROWS[i].declaration, HEAD ENTRY("1", "<AddtlNtryInf>più</AddtlNtryInf>") TAIL);
        size_t left = strlen(xml), room = left * 4, size = room;
        char *bytes = talloc_size(mem, room), *to = bytes, *read;
        struct problem why;
        iconv_t convert = iconv_open(ROWS[i].name, "UTF-8");
        assert_int_equal(iconv(convert, &xml, &left, &to, &room), 0);
        iconv_close(convert);
        assert_int_equal(read_bytes(mem, bytes, size - room, &read, &why), DONE);
        assert_string_equal(read, "1 EUR in BOOK ||più|\n");
        talloc_free(mem);
    }
}

/* `part` repeated `times` between `begin` and `end` must be refused, and quickly. */
static void too_much(void **state)
{
    static const struct {
        const char *begin, *part, *end;
        size_t times;
        const char *say;
    } ROWS[] = {
        {HEAD, "<x>", "", 1000000, "uno dentro l'altro"},
        {HEAD "<Id>", "x", "</Id>" TAIL, 20000000, "riga 1: un testo"},
        {HEAD "<Id>", "xxxxxxxx<a/>", "</Id>" TAIL, 10000, "riga 1: un testo supera"},
        {HEAD "<Id>", "&amp;", "</Id>" TAIL, 10000, "riga 1: un testo"},
        {HEAD "<Id>", "<![CDATA[aaaaaaaaaaaaaaaa]]>", "</Id>" TAIL, 10000, "riga 1: un testo supera"},
        {HEAD "<a ", "b=\">\" ", "/>" TAIL, 1000000, "riga 1"},
        {HEAD, "<!-- ", TAIL, 3000000, "riga 1"},
        {HEAD "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls><TxDtls><RmtInf>",
         "<Ustrd>abcdefgh</Ustrd>", "</RmtInf></TxDtls></NtryDtls></Ntry>" TAIL, 10000, "troppi testi"},
        {"", "A", "", 30000000, "non è un estratto conto"},
    };
    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        void *mem = talloc_new(NULL);
        struct text_buffer xml = text_buffer(mem);
        struct problem why;
        char *read;
        text_put(&xml, ROWS[i].begin);
        for (size_t n = 0; n < ROWS[i].times; n++)
            text_put(&xml, ROWS[i].part);
        text_put(&xml, ROWS[i].end);
        assert_int_equal(read_bytes(mem, xml.bytes, xml.length, &read, &why), REFUSED);
        assert_int_equal(why.code, PROBLEM_STATEMENT_FORMAT);
        if (!strstr(why.detail, ROWS[i].say))
            fail_msg("%.60s: \"%s\" does not say \"%s\"", ROWS[i].part, why.detail, ROWS[i].say);
        assert_english(why.detail);
        talloc_free(mem);
    }
}

static enum outcome stop_at_second(void *arg, const struct statement_payment *payment)
{
    *(size_t *)arg += 1;
    return payment->entry_index == 1 ? BUSY : DONE;
}

static void a_sink_may_stop(void **state)
{
    static const char XML[] = HEAD ENTRY("1", "") ENTRY("2", "") ENTRY("3", "") TAIL;
    size_t seen = 0;
    const struct statement_sink sink = {.payment = stop_at_second, .arg = &seen};
    struct problem why = {0};
    int file = file_of(XML, strlen(XML));
    (void)state;

    assert_int_equal(statement_read(file, &sink, &why), BUSY);
    assert_int_equal(seen, 2);
    close(file);
    file = open("/", O_RDONLY | O_DIRECTORY);
    assert_int_equal(statement_read(file, &sink, &why), REFUSED);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payments),           cmocka_unit_test(refused),
        cmocka_unit_test(wrong_balance),      cmocka_unit_test(described),
        cmocka_unit_test(our_own_reads_back), cmocka_unit_test(our_own_is_valid),
        cmocka_unit_test(cut_short_anywhere), cmocka_unit_test(encodings),
        cmocka_unit_test(too_much),           cmocka_unit_test(a_sink_may_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
