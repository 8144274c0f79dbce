/* sandbox/camt_write.c */
#include "sandbox/camt_write.h"
#include "base/i18n.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define LINE_MAX_CHARACTERS 140
#define ID_MAX_CHARACTERS   35

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The bytes of the first `characters` of a valid UTF-8 text. */
static size_t bytes_of(const char *text, size_t characters)
{
    size_t at = 0;

    for (; text[at]; at++)
        if (!is_continuation(text[at]) && characters-- == 0)
            break;
    return at;
}

/* Control characters have no place in XML 1.0; U+FFFE and U+FFFF neither. */
static char *printable(void *mem, const char *text)
{
    char *copy = talloc_strdup(mem, text_is_utf8(text, strlen(text)) ? text : ""), *to = copy;

    for (const char *c = copy; *c; c++) {
        if (strncmp(c, "\xEF\xBF\xBE", 3) == 0 || strncmp(c, "\xEF\xBF\xBF", 3) == 0) {
            c += 2;
            continue;
        }
        *to++ = (unsigned char)*c < ' ' || *c == 0x7F ? ' ' : *c;
    }
    *to = '\0';
    return text_trim(mem, copy);
}

static void put_element(struct text_buffer *out, const char *name, const char *text, size_t characters)
{
    text_put_format(out, "<%s>", name);
    text_put_html(out, text, bytes_of(text, characters));
    text_put_format(out, "</%s>", name);
}

static void put_day(struct text_buffer *out, const char *name, struct day day)
{
    char text[DAY_TEXT];

    text_put_format(out, "<%s><Dt>%s</Dt></%s>", name, day_iso(day, text), name);
}

static void put_amount(struct text_buffer *out, struct money amount, const char *currency, bool is_debit)
{
    char text[MONEY_TEXT];

    text_put(out, "<Amt Ccy=\"");
    text_put_html(out, currency, strlen(currency));
    text_put_format(out, "\">%s</Amt><CdtDbtInd>%s</CdtDbtInd>", money_decimal(amount, text),
                    is_debit ? "DBIT" : "CRDT");
}

static void put_balance(struct text_buffer *out, const char *code, struct money amount,
                        const struct camt_statement *statement)
{
    text_put_format(out, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>", code);
    put_amount(out, money(amount.cents < 0 ? -amount.cents : amount.cents), statement->currency, amount.cents < 0);
    put_day(out, "Dt", statement->day);
    text_put(out, "</Bal>\n");
}

static void put_remittance(struct text_buffer *out, const char *text)
{
    if (!*text)
        return;
    text_put(out, "<RmtInf>");
    for (; *text; text += bytes_of(text, LINE_MAX_CHARACTERS))
        put_element(out, "Ustrd", text, LINE_MAX_CHARACTERS);
    text_put(out, "</RmtInf>");
}

static char *field(void *mem, const char *text)
{
    return printable(mem, text ? text : "");
}

static void put_details(struct text_buffer *out, const struct camt_movement *movement, const char *currency)
{
    char *end_to_end = field(out->mem, movement->end_to_end_id), *debtor = field(out->mem, movement->debtor),
         *iban = field(out->mem, movement->debtor_iban);

    text_put(out, "<NtryDtls><TxDtls><Refs>");
    put_element(out, "EndToEndId", *end_to_end ? end_to_end : "NOTPROVIDED", ID_MAX_CHARACTERS);
    text_put(out, "</Refs>");
    put_amount(out, movement->amount, currency, movement->debit);
    if (*debtor || *iban)
        text_put(out, "<RltdPties>");
    if (*debtor) {
        text_put(out, "<Dbtr><Pty>");
        put_element(out, "Nm", debtor, LINE_MAX_CHARACTERS);
        text_put(out, "</Pty></Dbtr>");
    }
    if (*iban) {
        text_put(out, "<DbtrAcct><Id>");
        put_element(out, "IBAN", iban, 34);
        text_put(out, "</Id></DbtrAcct>");
    }
    if (*debtor || *iban)
        text_put(out, "</RltdPties>");
    put_remittance(out, field(out->mem, movement->remittance));
    text_put(out, "</TxDtls></NtryDtls>");
}

static void put_movement(struct text_buffer *out, const struct camt_statement *statement, size_t number)
{
    static const char *const STATUS[] = {[ENTRY_BOOKED] = "BOOK", [ENTRY_PENDING] = "PDNG", [ENTRY_INFO] = "INFO"};
    const struct camt_movement *movement = &statement->movements[number];
    const char *currency = movement->currency ? movement->currency : statement->currency;
    struct day booked_on = movement->booked_on.n ? movement->booked_on : statement->day;
    char *reference = field(out->mem, movement->bank_reference);

    if (!*reference)
        reference = talloc_asprintf(out->mem, "%.25s-%zu", statement->id, number + 1);
    text_put_format(out, "<Ntry><NtryRef>%zu</NtryRef>", number + 1);
    put_amount(out, movement->amount, currency, movement->debit);
    if (movement->reversal)
        text_put(out, "<RvslInd>true</RvslInd>");
    text_put_format(out, "<Sts><Cd>%s</Cd></Sts>", STATUS[movement->status]);
    put_day(out, "BookgDt", booked_on);
    put_day(out, "ValDt", movement->value_on.n ? movement->value_on : booked_on);
    put_element(out, "AcctSvcrRef", reference, ID_MAX_CHARACTERS);
    text_put_format(out,
                    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>%s</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
                    "<Prtry><Cd>%s</Cd><Issr>CBI</Issr></Prtry></BkTxCd>",
                    movement->debit ? "ICDT" : "RCDT", movement->debit ? "26//" : "48//");
    put_details(out, movement, currency);
    text_put(out, "</Ntry>\n");
}

enum outcome camt_closing(const struct camt_statement *statement, struct money *closing, struct problem *why)
{
    *closing = statement->opening;
    for (size_t i = 0; i < statement->movement_count; i++) {
        const struct camt_movement *movement = &statement->movements[i];
        bool counts = movement->status == ENTRY_BOOKED &&
                      (!movement->currency || text_same(movement->currency, statement->currency));
        if (movement->amount.cents < 0)
            return problem_set(why, PROBLEM_STATEMENT_FORMAT, "", N_("il movimento %zu ha un importo negativo"), i + 1);
        if (counts && (movement->debit ? money_subtract(*closing, movement->amount, closing)
                                       : money_add(*closing, movement->amount, closing)) != DONE)
            return problem_set(why, PROBLEM_STATEMENT_FORMAT, "", N_("la somma dei movimenti è troppo grande"));
    }
    return DONE;
}

enum outcome camt_write(void *mem, const struct camt_statement *statement, char **xml, struct problem *why)
{
    struct text_buffer out = text_buffer(talloc_new(NULL));
    char created[INSTANT_TEXT];
    struct money closing;
    enum outcome o = camt_closing(statement, &closing, why);

    if (o != DONE) {
        talloc_free(out.mem);
        return o;
    }
    instant_rfc3339(statement->created, created);
    text_put(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr>");
    put_element(&out, "MsgId", statement->id, ID_MAX_CHARACTERS);
    text_put_format(&out, "<CreDtTm>%s</CreDtTm></GrpHdr>\n<Stmt>", created);
    put_element(&out, "Id", statement->id, ID_MAX_CHARACTERS);
    text_put_format(&out, "<ElctrncSeqNb>%d</ElctrncSeqNb><CreDtTm>%s</CreDtTm><Acct><Id>", statement->sequence,
                    created);
    put_element(&out, "IBAN", statement->iban, 34);
    text_put(&out, "</Id>");
    put_element(&out, "Ccy", statement->currency, 3);
    text_put(&out, "</Acct>\n");
    put_balance(&out, "OPBD", statement->opening, statement);
    put_balance(&out, "CLBD", closing, statement);
    for (size_t i = 0; i < statement->movement_count; i++)
        put_movement(&out, statement, i);
    text_put(&out, "</Stmt></BkToCstmrStmt></Document>\n");
    *xml = talloc_strndup(mem, out.bytes, out.length);
    talloc_free(out.mem);
    return DONE;
}
