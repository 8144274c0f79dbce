/* paper/fatturapa_header.c: sender, seller and customer of a FatturaPA invoice (PAYMENTS §9.1, §9.3). */
#include "base/text.h"
#include "paper/xml.h"
#include <string.h>
#include <talloc.h>

#define ITALY "IT"

static bool empty(const char *text)
{
    return !text || !*text;
}
static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_code(char c)
{
    return is_upper(c) || is_digit(c);
}

static bool is_abroad(const struct billing *customer)
{
    return !empty(customer->country) && strcmp(customer->country, ITALY) != 0;
}
static bool is_public(const struct billing *customer)
{
    return customer->kind == HOLDER_PUBLIC_BODY && !is_abroad(customer);
}

bool xml_is_public(const struct invoice_paper *invoice)
{
    return is_public(invoice->customer);
}

/* An address as the schema's EmailType wants it; what does not fit is left out, and the invoice waits in the reserved
 * area. */
static bool is_mail_part(const char *from, const char *to)
{
    if (from == to || *from == '.' || to[-1] == '.')
        return false;
    for (const char *c = from; c < to; c++)
        if (*c == '.' ? c[1] == '.' : *c <= ' ' || *c >= 0x7F || strchr("\"(),:;<>@[\\]", *c))
            return false;
    return true;
}

static bool is_mail(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;

    return at && strlen(address) >= 7 && strlen(address) <= 256 && is_mail_part(address, at) &&
           is_mail_part(at + 1, address + strlen(address));
}

static void put_tax_number(struct xml *x, const char *element, const char *country, const char *code)
{
    xml_begin(x, element);
    if (empty(country) || !is_upper(country[0]) || !is_upper(country[1]) || country[2])
        xml_fault(x, "IdPaese");
    xml_put(x, "IdPaese", country);
    xml_put_code(x, "IdCodice", code, 1, 28);
    xml_end(x);
}

static const char *sender_code(const struct seller *seller)
{
    return empty(seller->tax_code) ? seller->vat_number : seller->tax_code;
}

/* Where SdI delivers (PAYMENTS §9.3). */
static const char *recipient(const struct billing *customer)
{
    if (is_abroad(customer))
        return "XXXXXXX";
    if (is_public(customer))
        return empty(customer->sdi_code) ? "999999" : customer->sdi_code;
    return empty(customer->sdi_code) ? "0000000" : customer->sdi_code;
}

static void put_transmission(struct xml *x)
{
    const struct billing *customer = x->invoice->customer;
    size_t length = is_public(customer) ? 6 : 7;

    xml_begin(x, "DatiTrasmissione");
    put_tax_number(x, "IdTrasmittente", ITALY, sender_code(x->invoice->seller));
    xml_put_code(x, "ProgressivoInvio", x->invoice->progressive, 1, 10);
    xml_put(x, "FormatoTrasmissione", is_public(customer) ? "FPA12" : "FPR12");
    xml_put_code(x, "CodiceDestinatario", recipient(customer), length, length);
    if (strcmp(recipient(customer), "0000000") == 0 && is_mail(customer->sdi_pec))
        xml_put(x, "PECDestinatario", customer->sdi_pec);
    xml_end(x);
}

static void put_postcode(struct xml *x, const char *postcode)
{
    size_t n = postcode ? strlen(postcode) : 0;

    for (size_t i = 0; i < n; i++)
        if (!is_digit(postcode[i]))
            n = 0;
    if (n != 5)
        xml_fault(x, "CAP");
    else
        xml_put(x, "CAP", postcode);
}

static void put_place(struct xml *x, const char *street, const char *postcode, const char *city, const char *province,
                      const char *country, bool abroad)
{
    xml_begin(x, "Sede");
    xml_put_text(x, "Indirizzo", street, 60);
    put_postcode(x, abroad ? "00000" : postcode);
    xml_put_text(x, "Comune", city, 60);
    if (!abroad && !empty(province))
        xml_put_code(x, "Provincia", province, 2, 2);
    xml_put_code(x, "Nazione", empty(country) ? ITALY : country, 2, 2);
    xml_end(x);
}

static void put_register(struct xml *x, const struct seller *seller)
{
    if (empty(seller->rea_office) || empty(seller->rea_number))
        return;
    xml_begin(x, "IscrizioneREA");
    xml_put_code(x, "Ufficio", seller->rea_office, 2, 2);
    xml_put_ascii(x, "NumeroREA", seller->rea_number, 20);
    if (seller->share_capital.cents > 0)
        xml_put_money(x, "CapitaleSociale", seller->share_capital);
    xml_put(x, "StatoLiquidazione", "LN");
    xml_end(x);
}

static void put_contacts(struct xml *x, const struct seller *seller)
{
    char phone[16] = "";
    size_t n = 0;
    bool mail = is_mail(seller->email) && strchr(strchr(seller->email, '@'), '.');

    for (const char *c = seller->phone ? seller->phone : ""; *c && n < sizeof phone - 1; c++)
        if (is_digit(*c) || (*c == '+' && n == 0))
            phone[n++] = *c;
    if (n < 5 || n > 12)
        n = 0;
    if (!n && !mail)
        return;
    xml_begin(x, "Contatti");
    if (n)
        xml_put(x, "Telefono", phone);
    if (mail)
        xml_put(x, "Email", seller->email);
    xml_end(x);
}

static void put_seller(struct xml *x)
{
    const struct seller *seller = x->invoice->seller;

    xml_begin(x, "CedentePrestatore");
    xml_begin(x, "DatiAnagrafici");
    put_tax_number(x, "IdFiscaleIVA", ITALY, seller->vat_number);
    if (!empty(seller->tax_code))
        xml_put_code(x, "CodiceFiscale", seller->tax_code, 11, 16);
    xml_begin(x, "Anagrafica");
    xml_put_text(x, "Denominazione", seller->name, 80);
    xml_end(x);
    xml_put_code(x, "RegimeFiscale", seller->tax_regime, 4, 4);
    xml_end(x);
    put_place(x, seller->street, seller->postcode, seller->city, seller->province, seller->country, false);
    put_register(x, seller);
    put_contacts(x, seller);
    xml_end(x);
}

/* A person's one name is "Nome Cognome": the first word and the rest. With a single word the schema's other form, which
 * suits anybody. */
static void put_name(struct xml *x, const struct billing *customer)
{
    char *name = xml_latin(x, customer->name, 121), *rest = strchr(name, ' ');

    xml_begin(x, "Anagrafica");
    if (customer->kind == HOLDER_PERSON && rest) {
        *rest = '\0';
        xml_put_text(x, "Nome", name, 60);
        xml_put_text(x, "Cognome", rest + 1, 60);
    } else {
        xml_put_text(x, "Denominazione", name, 80);
    }
    xml_end(x);
}

/* Abroad the number stands with its country, in capitals and digits; without one, the filler that SdI takes. */
static const char *foreign_number(struct xml *x, const struct billing *customer)
{
    const char *from = empty(customer->vat_number) ? customer->tax_code : customer->vat_number;
    char *code = text_upper(x->mem, from ? from : "");
    size_t n = 0;

    if (!empty(customer->vat_number) && text_starts(code, customer->country))
        code += strlen(customer->country);
    for (const char *c = code; *c; c++)
        if (is_code(*c) && n < 28)
            code[n++] = *c;
    code[n] = '\0';
    return n ? code : "OO99999999999";
}

static void put_customer(struct xml *x)
{
    const struct billing *customer = x->invoice->customer;
    bool abroad = is_abroad(customer);

    xml_begin(x, "CessionarioCommittente");
    xml_begin(x, "DatiAnagrafici");
    if (abroad)
        put_tax_number(x, "IdFiscaleIVA", customer->country, foreign_number(x, customer));
    else if (!empty(customer->vat_number))
        put_tax_number(x, "IdFiscaleIVA", ITALY, customer->vat_number);
    if (!abroad && !empty(customer->tax_code))
        xml_put_code(x, "CodiceFiscale", customer->tax_code, 11, 16);
    if (!abroad && empty(customer->vat_number) && empty(customer->tax_code))
        xml_fault(x, "00417");
    put_name(x, customer);
    xml_end(x);
    put_place(x, customer->street, customer->postcode, customer->city, customer->province, customer->country, abroad);
    xml_end(x);
}

void xml_put_parties(struct xml *x)
{
    xml_begin(x, "FatturaElettronicaHeader");
    put_transmission(x);
    put_seller(x);
    put_customer(x);
    xml_end(x);
}

char *invoice_xml_name(void *mem, const struct invoice_paper *invoice)
{
    size_t n = strlen(invoice->progressive);

    return talloc_asprintf(mem, ITALY "%s_%s.xml", sender_code(invoice->seller),
                           invoice->progressive + (n > 5 ? n - 5 : 0));
}
