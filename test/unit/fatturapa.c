/* FatturaPA: many invoices, valid by the official schema, whose sums are recomputed here without the code that wrote
 * them. */
#include "seeded.h"

#include "base/text.h"
#include "paper_sample.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <talloc.h>
#include <unistd.h>

static xmlSchemaPtr schema; /* NULL where the shared schema is absent */
static json_t *naughty;

/* The schema of signatures names a DTD on the web; nothing is fetched. */
static xmlParserInputPtr only_files(const char *url, const char *id, xmlParserCtxtPtr context)
{
    (void)id;
    if (!url || strstr(url, "://"))
        return xmlNewStringInputStream(context, BAD_CAST "");
    return xmlNewInputFromFile(context, url);
}

static void quiet(void *arg, const char *format, ...)
{
    (void)arg;
    (void)format;
}

static int begin(void **state)
{
    const char *source = getenv("CASELLA_SOURCE");
    char *path = talloc_asprintf(NULL, "%s/../shared/data/fatturapa/xsd/FatturaPA_v1.2.3.xsd", source ? source : ".");
    xmlSchemaParserCtxtPtr parser;

    xmlInitParser();
    xmlSetExternalEntityLoader(only_files);
    if (access(path, R_OK) == 0) {
        parser = xmlSchemaNewParserCtxt(path);
        schema = xmlSchemaParse(parser);
        xmlSchemaFreeParserCtxt(parser);
        if (!schema)
            fail_msg("the shared schema does not load");
    }
    naughty = hard_strings();
    talloc_free(path);
    return chance_begin(state);
}

static int finish(void **state)
{
    (void)state;
    xmlSchemaFree(schema);
    json_decref(naughty);
    xmlCleanupParser();
    return 0;
}

/* --- an independent reading of what was written */

static void like_printf(2, 3) complaint(void *out, const char *format, ...)
{
    va_list args;
    char text[512];

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_put(out, text);
}

struct reading {
    void *mem;
    xmlDocPtr document;
    xmlXPathContextPtr path;
};

static char *value(struct reading *r, const char *expression)
{
    xmlXPathObjectPtr found = xmlXPathEvalExpression(BAD_CAST expression, r->path);
    xmlChar *text = xmlXPathCastToString(found);
    char *copy = talloc_strdup(r->mem, (const char *)text);

    xmlFree(text);
    xmlXPathFreeObject(found);
    return copy;
}

static int count(struct reading *r, const char *expression)
{
    return atoi(value(r, talloc_asprintf(r->mem, "count(%s)", expression)));
}

/* "-12.34" in cents, by digits alone. */
static long long cents(const char *text)
{
    long long n = 0;
    const char *point = strchr(text, '.');

    if (!point || strlen(point) != 3)
        fail_msg("not an amount of two decimals: \"%s\"", text);
    for (const char *c = text; *c; c++)
        if (*c >= '0' && *c <= '9')
            n = n * 10 + (*c - '0');
    return *text == '-' ? -n : n;
}

#define BODY     "/*/FatturaElettronicaBody"
#define LINE     BODY "/DatiBeniServizi/DettaglioLinee"
#define SUMMARY  BODY "/DatiBeniServizi/DatiRiepilogo"
#define SENDING  "/*/FatturaElettronicaHeader/DatiTrasmissione"
#define CUSTOMER "/*/FatturaElettronicaHeader/CessionarioCommittente"

static void check_lines(struct reading *r)
{
    int lines = count(r, LINE);
    long long sum = 0, net = cents(value(r, SUMMARY "/ImponibileImporto"));

    holds(lines > 0);
    for (int i = 1; i <= lines; i++) {
        char *line = talloc_asprintf(r->mem, LINE "[%d]", i);
#define OF_LINE(name) value(r, talloc_asprintf(r->mem, "%s/" name, line))
        long long total = cents(OF_LINE("PrezzoTotale")), rate = cents(OF_LINE("AliquotaIVA"));
        long long product = cents(OF_LINE("PrezzoUnitario")) * cents(OF_LINE("Quantita")) / 100;
        const char *nature = OF_LINE("Natura");

        holds(atoi(OF_LINE("NumeroLinea")) == i);
        holds(llabs(product - total) <= 1);                                           /* 00423 */
        holds((rate == 0) == (*nature != '\0'));                                      /* 00400, 00401 */
        holds(rate == 0 || (rate >= 100 && rate <= 10000));                           /* 00424 */
        holds(strcmp(OF_LINE("AliquotaIVA"), value(r, SUMMARY "/AliquotaIVA")) == 0); /* 00419 */
        holds(strcmp(nature, value(r, SUMMARY "/Natura")) == 0);
        sum += total;
    }
    holds(sum == net); /* 00422, and without its tolerance */
}

static void check_totals(struct reading *r)
{
    long long net = cents(value(r, SUMMARY "/ImponibileImporto")), vat = cents(value(r, SUMMARY "/Imposta"));
    long long rate = cents(value(r, SUMMARY "/AliquotaIVA"));
    bool split = strcmp(value(r, SUMMARY "/EsigibilitaIVA"), "S") == 0;
    bool credit = strcmp(value(r, BODY "/DatiGenerali/DatiGeneraliDocumento/TipoDocumento"), "TD04") == 0;

    holds(count(r, SUMMARY) == 1);
    holds(llabs(vat - (net * rate + 5000) / 10000) <= (credit ? 1 : 0)); /* 00421, half up */
    holds(cents(value(r, BODY "/DatiGenerali/DatiGeneraliDocumento/ImportoTotaleDocumento")) == net + vat);
    if (!credit || count(r, BODY "/DatiPagamento"))
        holds(cents(value(r, BODY "/DatiPagamento/DettaglioPagamento/ImportoPagamento")) == (split ? net : net + vat));
    holds(count(r, BODY "/DatiGenerali/DatiFattureCollegate") == credit);
}

static void check_parties(struct reading *r)
{
    const char *format = value(r, SENDING "/FormatoTrasmissione"), *code = value(r, SENDING "/CodiceDestinatario");

    holds(strcmp(format, value(r, "string(/*/@versione)")) == 0);
    holds(strlen(code) == (strcmp(format, "FPA12") == 0 ? 6 : 7)); /* 00427, 00428 */
    holds(count(r, SENDING "/PECDestinatario") == 0 || strcmp(code, "0000000") == 0);
    holds(count(r, CUSTOMER "/DatiAnagrafici/IdFiscaleIVA | " CUSTOMER "/DatiAnagrafici/CodiceFiscale") >
          0);                                                                                          /* 00417 */
    holds(strpbrk(value(r, BODY "/DatiGenerali/DatiGeneraliDocumento/Numero"), "0123456789") != NULL); /* 00425 */
}

/* Validates and recomputes; returns the document, read. */
static struct reading examine(void *mem, const struct invoice_paper *invoice)
{
    struct reading r = {.mem = mem};
    char *bytes;
    size_t length;

    if (invoice_xml(mem, invoice, &bytes, &length) != DONE)
        fail_msg("CASELLA_SEED=%llu: not written, customer \"%s\"", (unsigned long long)seed, invoice->customer->name);
    holds(strlen(bytes) == length && text_is_utf8(bytes, length));
    r.document = xmlReadMemory(bytes, (int)length, "invoice.xml", NULL, XML_PARSE_NONET);
    holds(r.document != NULL);
    if (schema) {
        xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
        struct text_buffer why = text_buffer(mem);

        xmlSchemaSetValidErrors(valid, complaint, quiet, &why);
        if (xmlSchemaValidateDoc(valid, r.document) != 0)
            fail_msg("CASELLA_SEED=%llu: %s%s", (unsigned long long)seed, why.bytes, bytes);
        xmlSchemaFreeValidCtxt(valid);
    }
    r.path = xmlXPathNewContext(r.document);
    check_lines(&r);
    check_totals(&r);
    check_parties(&r);
    return r;
}

static void done(struct reading *r)
{
    xmlXPathFreeContext(r->path);
    xmlFreeDoc(r->document);
}

#define expect(expression, text) assert_string_equal(value(&r, expression), text)

/* --- what each kind of customer gets */

static void customers(void **state)
{
    static const struct {
        const char *format, *code, *pec, *country, *vat, *tax, *postcode, *province, *name, *surname, *company;
    } ROWS[] = {
        {"FPR12", "0000000", "", "", "", "RSSMRA80A01H501U", "20121", "MI", "Mario", "Rossi", ""},
        {"FPR12", "0000000", "studio.verdi@legalmail.example", "IT", "06675021007", "VRDGPP13A10B963V", "81100", "CE",
         "", "", "Studio Verdi di Giuseppe Verdi"},
        {"FPR12", "M5UXCR1", "", "IT", "01234560587", "MRTMTT91D08F205J", "38122", "TN", "", "",
         "Officina D'Angelò - Müller & Figli"},
        {"FPR12", "0000000", "societa@pec.example", "IT", "06675021007", "06675021007", "50122", "FI", "", "",
         "Società \"Lódz\" S.r.l."},
        {"FPR12", "0000000", "", "IT", "06675021007", "", "10123", "TO", "", "", "Ditta senza codice fiscale S.r.l."},
        {"FPA12", "UFABCD", "", "", "", "80012345678", "00100", "RM", "", "", "Comune di Esempio"},
        {"FPR12", "XXXXXXX", "", "DE", "129273398", "", "00000", "", "", "", "Beispiel GmbH & Co. KG"},
        {"FPR12", "XXXXXXX", "", "LU", "OO99999999999", "", "00000", "", "Zoë", "Ångström", ""},
        {"FPR12", "0000000", "", "", "", "RSSMRA80A01H501U", "20121", "MI", "", "", "Prince"},
    };
    const struct invoice_line line = sample_line("Rinnovo 1 anno, Bronze: studio.verdi@legalmail.example", 1, 2500);
    void *mem = talloc_new(NULL);

    (void)state;
    assert_int_equal(count_of(ROWS), count_of(CUSTOMERS));
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct invoice_paper invoice = sample_invoice(&CUSTOMERS[i], &line, 1);
        struct reading r = examine(mem, &invoice);

        expect(SENDING "/FormatoTrasmissione", ROWS[i].format);
        expect(SENDING "/CodiceDestinatario", ROWS[i].code);
        expect(SENDING "/PECDestinatario", ROWS[i].pec);
        expect(CUSTOMER "/DatiAnagrafici/IdFiscaleIVA/IdPaese", ROWS[i].country);
        expect(CUSTOMER "/DatiAnagrafici/IdFiscaleIVA/IdCodice", ROWS[i].vat);
        expect(CUSTOMER "/DatiAnagrafici/CodiceFiscale", ROWS[i].tax);
        expect(CUSTOMER "/Sede/CAP", ROWS[i].postcode);
        expect(CUSTOMER "/Sede/Provincia", ROWS[i].province);
        expect(CUSTOMER "/DatiAnagrafici/Anagrafica/Nome", ROWS[i].name);
        expect(CUSTOMER "/DatiAnagrafici/Anagrafica/Cognome", ROWS[i].surname);
        expect(CUSTOMER "/DatiAnagrafici/Anagrafica/Denominazione", ROWS[i].company);
        done(&r);
    }
    talloc_free(mem);
}

static void body_of_a_renewal(void **state)
{
    const struct invoice_line lines[] = {sample_line("Rinnovo 1 anno, Bronze", 1, 2500),
                                         sample_line("Spazio aggiuntivo", 3, 900)};
    struct invoice_paper invoice = sample_invoice(&CUSTOMERS[0], lines, 2);
    void *mem = talloc_new(NULL);
    struct reading r = examine(mem, &invoice);

    (void)state;
    expect(SENDING "/IdTrasmittente/IdCodice", "01234560587");
    expect(SENDING "/ProgressivoInvio", "0000A");
    expect("//IscrizioneREA/NumeroREA", "123456");
    expect("//IscrizioneREA/CapitaleSociale", "120000.00");
    expect("//CedentePrestatore/Contatti/Telefono", "+39061234567");
    expect(BODY "//TipoDocumento", "TD01");
    expect(BODY "//DatiGeneraliDocumento/Data", "2026-12-16");
    expect(BODY "//Causale", "Rinnovo 1 anno, Bronze e un'altra voce, ordine 202600000421715");
    expect(LINE "[1]/DataInizioPeriodo", "2027-03-16");
    expect(LINE "[2]/Quantita", "3.00");
    expect(LINE "[2]/PrezzoTotale", "27.00");
    expect(SUMMARY "/EsigibilitaIVA", "I");
    expect(BODY "//ModalitaPagamento", "MP05");
    expect(BODY "//DettaglioPagamento/IBAN", "IT62C0326803203052886541770");
    expect(BODY "//DettaglioPagamento/Beneficiario", "ESEMPIO PEC SPA");
    expect(BODY "//DettaglioPagamento/CodicePagamento", "202600000421715");
    assert_string_equal(invoice_xml_name(mem, &invoice), "IT01234560587_0000A.xml");
    done(&r);
    talloc_free(mem);
}

static void methods(void **state)
{
    static const char *const ROWS[][3] = {
        {"bank_transfer", "MP05", ""},
        {"card", "MP08", ""},
        {"paypal", "MP08", "PayPal"},
        {"stripe", "MP08", ""},
        {"wallet", "MP08", "conto prepagato"},
        {"postal_slip", "MP18", ""},
        {"cheque", "MP02", ""},
    };
    const struct invoice_line line = sample_line("Rinnovo", 1, 2500);
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct invoice_paper invoice = sample_invoice(&CUSTOMERS[0], &line, 1);
        struct reading r;

        invoice.payment_method = ROWS[i][0];
        r = examine(mem, &invoice);
        expect(BODY "//ModalitaPagamento", ROWS[i][1]);
        assert_int_equal(count(&r, BODY "//DettaglioPagamento/IBAN"), i == 0);
        assert_non_null(strstr(value(&r, BODY "//Causale"), ROWS[i][2]));
        done(&r);
    }
    talloc_free(mem);
}

static void rarer_documents(void **state)
{
    const struct invoice_line line = sample_line("Rinnovo", 1, 7748);
    struct invoice_paper split = sample_invoice(&CUSTOMERS[5], &line, 1);
    struct invoice_paper exempt = sample_invoice(&CUSTOMERS[0], &line, 1);
    void *mem = talloc_new(NULL);
    struct reading r;

    (void)state;
    split.split_payment = true;
    split.cig = "X123456789";
    split.cup = "B12C34567890123";
    r = examine(mem, &split);
    expect(SUMMARY "/EsigibilitaIVA", "S");
    expect(BODY "//DatiOrdineAcquisto/CodiceCIG", "X123456789");
    expect(BODY "//ImportoPagamento", "77.48");
    done(&r);
    exempt.vat_rate_bp = 0;
    exempt.vat_nature = "N2.2";
    exempt.vat_law = "Art. 1, commi 54-89, L. 190/2014";
    sample_total(&exempt);
    r = examine(mem, &exempt);
    expect(BODY "//ImportoBollo", "2.00"); /* above 77.47 */
    expect(SUMMARY "/Natura", "N2.2");
    expect(SUMMARY "/RiferimentoNormativo", "Art. 1, commi 54-89, L. 190/2014");
    done(&r);
    talloc_free(mem);
}

static void credit_notes(void **state)
{
    static const struct {
        const char *method;
        bool part;
        int64_t net, vat;
        const char *code, *reason;
    } ROWS[] = {
        {"bank_transfer", false, 2500, 550, "MP05",
         "Storno totale della fattura 2026/95000 del 01/12/2026, ordine 202600000421715"},
        {"paypal", true, 820, 180, "MP08",
         "Storno parziale della fattura 2026/95000 del 01/12/2026, ordine 202600000421715, rimborsato con PayPal"},
        {"wallet", true, 9, 2, "MP08",
         "Storno parziale della fattura 2026/95000 del 01/12/2026, ordine 202600000421715, rimborsato sul conto "
         "prepagato"},
        {"", true, 7, 1, "", /* 0.08: a gross that has no exact net, 7 + 2 and 6 + 1 make others */
         "Storno parziale della fattura 2026/95000 del 01/12/2026, ordine 202600000421715"},
    };
    void *mem = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < count_of(ROWS); i++) {
        struct invoice_line line = sample_line("Rinnovo 1 anno, Bronze", 1, ROWS[i].net);
        struct invoice_paper note = sample_credit_note(&CUSTOMERS[0], &line, 1);
        struct reading r;

        note.payment_method = ROWS[i].method;
        note.corrects_part = ROWS[i].part;
        note.vat = money(ROWS[i].vat);
        note.gross = money(ROWS[i].net + ROWS[i].vat);
        r = examine(mem, &note);
        expect(BODY "//TipoDocumento", "TD04");
        expect(BODY "//DatiGeneraliDocumento/Numero", "NC-2026/17");
        expect(BODY "//DatiFattureCollegate/IdDocumento", "2026/95000");
        expect(BODY "//DatiFattureCollegate/Data", "2026-12-01");
        expect(BODY "//Causale[1]", ROWS[i].reason);
        expect(BODY "//Causale[2]", "Motivo: Recesso entro 14 giorni");
        expect(BODY "//ModalitaPagamento", ROWS[i].code);
        assert_int_equal(count(&r, BODY "//DatiPagamento"), *ROWS[i].method ? 1 : 0);
        assert_int_equal(count(&r, BODY "//IBAN"), 0); /* ours takes nothing in */
        done(&r);
    }
    talloc_free(mem);
}

/* The same rounding as SdI's, where line by line differs: 3 x 3.33 at 22 % is 2.20. */
static void vat_on_the_sum(void **state)
{
    const struct invoice_line lines[] = {sample_line("a", 1, 333), sample_line("b", 1, 333), sample_line("c", 1, 333)};
    struct invoice_paper invoice = sample_invoice(&CUSTOMERS[0], lines, 3);
    void *mem = talloc_new(NULL);
    struct reading r = examine(mem, &invoice);

    (void)state;
    expect(SUMMARY "/Imposta", "2.20");
    done(&r);
    talloc_free(mem);
}

/* --- records that must not go out */

static void broken(const char *what, const struct invoice_paper *invoice)
{
    void *mem = talloc_new(NULL);
    char *bytes;
    size_t length;

    if (invoice_xml(mem, invoice, &bytes, &length) != BROKEN)
        fail_msg("written although: %s", what);
    talloc_free(mem);
}

#define BREAKS(change)                                                                                                 \
    do {                                                                                                               \
        struct invoice_line line = sample_line("Rinnovo", 2, 2500);                                                    \
        struct seller seller = SELLER;                                                                                 \
        struct billing customer = CUSTOMERS[0];                                                                        \
        struct invoice_paper invoice = sample_invoice(&customer, &line, 1);                                            \
        invoice.seller = &seller;                                                                                      \
        change;                                                                                                        \
        broken(#change, &invoice);                                                                                     \
    } while (0)

static void what_does_not_add_up(void **state)
{
    (void)state;
    BREAKS(invoice.vat.cents--);
    BREAKS(invoice.vat.cents++; invoice.gross.cents++);
    BREAKS(invoice.gross.cents++);
    BREAKS(invoice.net.cents++);
    BREAKS(invoice.corrects_number = "2026/1");          /* of what is no credit note */
    BREAKS(line.net.cents += 2; sample_total(&invoice)); /* 00423 */
    BREAKS(line.quantity = 0);
    BREAKS(line.unit.cents = INT64_MAX);
    BREAKS(line.to = day_of(2027, 3, 15)); /* ends before it begins */
    BREAKS(invoice.line_count = 0);
    BREAKS(invoice.vat_rate_bp = 22; sample_total(&invoice)); /* 00424 */
    BREAKS(invoice.vat_rate_bp = 0; sample_total(&invoice));  /* 00400 */
    BREAKS(invoice.vat_nature = "N4");                        /* 00401 */
    BREAKS(invoice.number = "senza cifre");                   /* 00425 */
    BREAKS(invoice.number = "2026/123456789012345678");
    BREAKS(invoice.number = "");
    BREAKS(invoice.progressive = "0000a");
    BREAKS(invoice.progressive = "");
    BREAKS(invoice.payment_method = "shells");
    BREAKS(customer.tax_code = ""); /* 00417 */
    BREAKS(customer.tax_code = "rssmra80a01h501u");
    BREAKS(customer.sdi_code = "UFABCD"); /* 00427 */
    BREAKS(customer.postcode = "2012");
    BREAKS(customer.province = "Milano");
    BREAKS(customer.country = "Italia");
    BREAKS(seller.iban = "IT61C0326803203052886541770");
    BREAKS(seller.vat_number = "");
    BREAKS(seller.tax_regime = "ordinario");
}

#define NOTE_BREAKS(change)                                                                                            \
    do {                                                                                                               \
        struct invoice_line line = sample_line("Rinnovo", 2, 2500);                                                    \
        struct invoice_paper note = sample_credit_note(&CUSTOMERS[0], &line, 1);                                       \
        change;                                                                                                        \
        broken(#change, &note);                                                                                        \
    } while (0)

static void what_is_no_credit_note(void **state)
{
    (void)state;
    NOTE_BREAKS(note.corrects_number = NULL);
    NOTE_BREAKS(note.corrects_number = "");
    NOTE_BREAKS(note.corrects_number = "senza cifre");
    NOTE_BREAKS(note.corrects_on = (struct day){0});
    NOTE_BREAKS(note.corrects_on = day_of(2026, 12, 17)); /* 00418 */
    NOTE_BREAKS(note.reason = NULL);
    NOTE_BREAKS(note.reason = "  ");
    NOTE_BREAKS(note.vat.cents += 2; note.gross.cents += 2);
    NOTE_BREAKS(note.gross.cents++);
    NOTE_BREAKS(line.unit = line.net = money(0); sample_total(&note));
    NOTE_BREAKS(line.unit = money(-2500); line.net = money(-5000); sample_total(&note));
    NOTE_BREAKS(note.payment_method = "shells");
    NOTE_BREAKS(note.kind = (enum document_kind)2);
}

/* --- anything at all as a name, a street, a description */

static const char *any_text(void *mem, size_t most)
{
    static const char *const PIECES[] = {
        "Rossi ", "S.p.A. ", "d’Este ", "€ 10 ",   "—",  "& ", "<b>",    "]]>",    "ß",   "Ł",   "Ж",    "日本",    "😀",
        "\n",     "\t",      "\u00A0",  "e\u0301", "\"", "'",  "\u202E", "\uFEFF", "123", "   ", "\x01", "\xC2\x85"};
    struct text_buffer out = text_buffer(mem);

    if (naughty && chance() % 2)
        return json_string_value(json_array_get(naughty, chance() % json_array_size(naughty)));
    while (out.length < most && chance() % 40)
        text_put(&out, PIECES[chance() % count_of(PIECES)]);
    return out.bytes;
}

static void one_of_many(void *mem, const char *name, const char *street)
{
    static const char *const METHOD[] = {"bank_transfer", "card", "paypal", "wallet", "postal_slip", "cheque"};
    struct billing customer = CUSTOMERS[chance() % count_of(CUSTOMERS)];
    size_t n = 1 + chance() % 20;
    struct invoice_line lines[20];
    struct invoice_paper invoice;
    struct reading r;

    customer.name = name;
    customer.street = street;
    customer.city = any_text(mem, 200);
    customer.sdi_pec = chance() % 2 ? customer.sdi_pec : any_text(mem, 300);
    for (size_t i = 0; i < n; i++) {
        lines[i] = sample_line(any_text(mem, 3000), chance_between(1, 500), chance_between(1, 99999));
        if (chance() % 4 == 0)
            lines[i].from = lines[i].to = (struct day){0};
    }
    invoice = sample_invoice(&customer, lines, n);
    invoice.payment_method = METHOD[chance() % count_of(METHOD)];
    invoice.vat_rate_bp = chance() % 4 ? 2200 : chance() % 2 ? 400 : 0;
    invoice.vat_nature = invoice.vat_rate_bp ? NULL : "N4";
    invoice.vat_law = chance() % 2 ? any_text(mem, 300) : NULL;
    invoice.order_code = any_text(mem, 90);
    if (chance() % 3 == 0) {
        invoice.kind = DOCUMENT_CREDIT_NOTE;
        invoice.corrects_number = "2026/1";
        invoice.corrects_on = day_of(2026, 1, 31);
        invoice.reason = any_text(mem, 600);
        if (text_is_blank(invoice.reason))
            invoice.reason = "?";
    }
    sample_total(&invoice);
    r = examine(mem, &invoice);
    done(&r);
}

static void any_invoice(void **state)
{
    (void)state;
    for (int i = 0; i < 400; i++) {
        void *mem = talloc_new(NULL);

        one_of_many(mem, any_text(mem, 400), any_text(mem, 400));
        talloc_free(mem);
    }
}

static void naughty_strings(void **state)
{
    size_t i;
    json_t *text;

    (void)state;
    if (!naughty) {
        print_message("the shared strings are absent\n");
        skip();
    }
    json_array_foreach(naughty, i, text)
    {
        void *mem = talloc_new(NULL);

        one_of_many(mem, json_string_value(text), json_string_value(text));
        talloc_free(mem);
    }
}

static void cut_by_characters(void **state)
{
    void *mem = talloc_new(NULL);
    struct billing customer = CUSTOMERS[1];
    struct text_buffer name = text_buffer(mem);
    struct invoice_line line;
    struct invoice_paper invoice;
    struct reading r;

    (void)state;
    for (int i = 0; i < 1200; i++)
        text_put(&name, "è");
    customer.name = customer.street = name.bytes;
    line = sample_line(name.bytes, 1, 100);
    invoice = sample_invoice(&customer, &line, 1);
    r = examine(mem, &invoice);
    assert_int_equal(text_characters(value(&r, CUSTOMER "//Denominazione")), 80);
    assert_int_equal(text_characters(value(&r, CUSTOMER "/Sede/Indirizzo")), 60);
    assert_int_equal(text_characters(value(&r, LINE "/Descrizione")), 1000);
    assert_int_equal(text_characters(value(&r, BODY "//Causale")), 200);
    assert_non_null(strstr(value(&r, BODY "//Causale"), ", ordine 202600000421715"));
    done(&r);
    talloc_free(mem);
}

/* The schema that judges the others must itself refuse something. */
static void the_schema_judges(void **state)
{
    static const char BAD[] = "<p:FatturaElettronica versione=\"FPR12\" "
                              "xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2\"/>";
    xmlDocPtr document;
    xmlSchemaValidCtxtPtr valid;

    (void)state;
    if (!schema) {
        print_message("the shared schema is absent\n");
        skip();
    }
    document = xmlReadMemory(BAD, sizeof BAD - 1, "bad.xml", NULL, XML_PARSE_NONET);
    valid = xmlSchemaNewValidCtxt(schema);
    xmlSchemaSetValidErrors(valid, quiet, quiet, NULL);
    assert_int_not_equal(xmlSchemaValidateDoc(valid, document), 0);
    xmlSchemaFreeValidCtxt(valid);
    xmlFreeDoc(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_judges),      cmocka_unit_test(customers),
        cmocka_unit_test(body_of_a_renewal),      cmocka_unit_test(methods),
        cmocka_unit_test(rarer_documents),        cmocka_unit_test(credit_notes),
        cmocka_unit_test(what_is_no_credit_note), cmocka_unit_test(vat_on_the_sum),
        cmocka_unit_test(what_does_not_add_up),   cmocka_unit_test(any_invoice),
        cmocka_unit_test(naughty_strings),        cmocka_unit_test(cut_by_characters),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
